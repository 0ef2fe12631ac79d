# %% [markdown]
# # One decision, told well
#
# [Chapter 05](05_explainability) explains a model. Here two of its decisions are told, and what may be said about an anonymous column. You need to know {term}`SHAP values`.

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown, display
from shap import Explanation
from shap.plots import waterfall
from shap.plots._style import set_style

# %% tags=["hide-input"]
from casebook import conventions, data, mode, models, split, witness
from casebook.page import in_short, percent
from prerelease import explain, intervals
from prerelease.plots import COLOURS, INK, show, use_style

use_style()
set_style(
    primary_color_positive=COLOURS["orange"],
    primary_color_negative=COLOURS["blue"],
    tick_labels_color=INK["light"],
)
pd.options.display.max_colwidth = None

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% tags=["remove-cell"]
payments = data.load()
train, valid = split.development(payments)
names = witness.INPUTS
X, y, weight = train[names], train["Class"], data.sampling_weights(train)
X_valid, y_valid = valid[names], valid["Class"]
case = witness.served(train, valid)
model, score, THRESHOLD, SHUFFLES = case.model, case.score, case.threshold, 20

# %% [markdown]
# ## Two frauds
#
# The validation fraud with the largest amount that was caught, and the largest that was missed: picked by their amount, not by how well their story reads.

# %%
table = valid.assign(score=score, block=score >= THRESHOLD)[y_valid == 1].sort_values("Amount")
picked = {"caught": table[table["block"]].index[-1], "missed": table[~table["block"]].index[-1]}
cases = explain.attribute(model, X_valid.loc[list(picked.values())])
steps = {name: cases.waterfall(number, top=8) for number, name in enumerate(picked)}


# %% tags=["hide-input"]
def why(number, title):
    """Draw how a score comes about, from the base at the bottom to the score at the top."""
    one = Explanation(
        cases.contributions.to_numpy()[number],
        base_values=cases.base,
        data=cases.inputs.to_numpy()[number],
        feature_names=names,
    )
    plt.figure()
    axes = waterfall(one, max_display=9, show=False).figure.axes[0]
    axes.set_title(title, pad=22, fontsize=14)
    axes.set_xlabel("score (log-odds of fraud)", labelpad=16, fontsize=12)
    return axes.figure


# %% tags=["remove-cell"]
told = {
    name: (
        f"Why was this fraud of {valid.loc[index, 'Amount']:,.2f} € {name}?",
        f"From the base of {cases.base:.2f} log-odds to the score of {steps[name]['reached'].iloc[-1]:.2f}: "
        + ", ".join(f"{c} {s:+.2f}" for c, s in steps[name]["contribution"].items())
        + ".",
    )
    for name, index in picked.items()
}

# %% tags=["remove-input"]
display(
    *(show(why(number, title), alt=words) for number, (title, words) in enumerate(told.values()))
)

# %% tags=["remove-cell"]
background = explain.background(X, 60, sample_weight=weight, seed=0)
as_risk = explain.attribute(
    model, X_valid.loc[list(picked.values())], background=background, output="probability"
)
first_step, lead_column = steps["caught"].iloc[0], steps["caught"].index[0]
tails = {"as low": X[lead_column] <= first_step["value"]}
tails["as high"] = X[lead_column] >= first_step["value"]
share, how_rare = min((np.average(tail, weights=weight), words) for words, tail in tails.items())
rare = percent(share, 1)
risk = as_risk.waterfall(0, top=1)["contribution"].iloc[0]
odds = np.exp(first_step["contribution"])
loudest = max(0.0, steps["missed"]["contribution"].drop("all others").max())
chance = {name: score[valid.index.get_loc(index)] for name, index in picked.items()}
sums = {
    name: f"{cases.base:.2f} {'+' if each['contribution'].sum() >= 0 else '−'} {abs(each['contribution'].sum()):.2f} = {cases.score[number]:.2f}".replace(
        "-", "−"
    )
    for number, (name, each) in enumerate(steps.items())
}

# %% [markdown]
# The base and the contributions give the score, in log-odds:
#
# - caught: {eval}`sums["caught"]`, a probability of {eval}`f"{chance['caught']:.2g}"`;
# - missed: {eval}`sums["missed"]`, a probability of {eval}`f"{chance['missed']:.1g}"`.
#
# Payments are blocked from {eval}`f"{THRESHOLD:.2f}"` on.
#
# In the first, {eval}`lead_column` alone multiplies the odds of fraud by {eval}`f"{odds:,.0f}"`; {eval}`rare` of the training payments have a value {eval}`how_rare`. As a probability, and compared with some training rows, it adds {eval}`f"{risk:.2f}"` to a base of {eval}`f"{as_risk.base:.2g}"`.
#
# The missed one is not a riddle that a better chart would solve: no column speaks up for fraud by more than {eval}`f"{loudest:.2f}"` log-odds. **An explanation cannot hold what the model does not know.**

# %% [markdown]
# ## What may be said to an expert about V14?
#
# `V1` to `V28` are {term}`principal components <principal component>` of fields that were never published. A fraud expert will ask what V14 *is*, and it is tempting to answer. What do the numbers bear? (*Needed*: the interval of the loss lies above zero. *Could be luck*: it holds zero.)

# %% tags=["remove-cell"]
v14 = X["V14"]
honest_low = np.quantile(v14[y == 0], 0.001)
low_share = intervals.bootstrap(
    intervals.Recall(-honest_low), y, -v14, sample_weight=weight, **conventions.drawn(train["Time"])
)
DROPS = 1 if mode.is_quick() else 4
moved = explain.shuffle(
    model, case.inputs, columns=["V14"], n_repeats=SHUFFLES, sample_weight=case.kept.weight
)

# %% tags=["remove-cell"]
parts = witness.shares(train, DROPS, n=3000 if mode.is_quick() else 6000, seed=30)
left_out = [
    explain.drop_columns(
        models.chosen(**witness.fewer_trees()),
        X.iloc[part.rows],
        y.iloc[part.rows],
        case.inputs,
        columns=["V14"],
        fit_weight=part.weight,
    )
    for part in parts
]
asked = {"asked": len(names)}  # V14 came first of all columns
in_ap = explain.permutation_importance(moved, case.draws, **asked)["V14"]
in_euros = explain.permutation_importance(moved, case.draws, case.euros, **asked)["V14"]
dropped = explain.permutation_importance(left_out, case.draws, **asked)["V14"]
euros_told = "{} [{}, {}]".format(
    *(f"{float(f'{end:.2g}'):,.0f}" for end in (in_euros.estimate, in_euros.low, in_euros.high))
)
words = intervals.verdicts(
    {"ap": in_ap, "euros": in_euros, "dropped": dropped}, above="needed", below="harmful"
)

# %% tags=["remove-input"]
pd.DataFrame(
    [
        (
            f"A share of {low_share:.2f} of the training frauds has a V14 below that of all but one in a thousand honest payments.",
            "“Fraudsters have a low V14 because …”: nobody outside knows what it is.",
        ),
        (
            f"Shuffling V14 costs {in_ap:.2f} average precision ({words['ap']}) and {euros_told} € by the served threshold ({words['euros']}), on the rows that picked the column.",
            f"“V14 causes fraud”, or “without V14 we would lose that”: a model trained without it loses {dropped:.2f} ({words['dropped']}).",
        ),
        (
            "In this payment V14 added so much to the score, compared with these training rows.",
            "“Had V14 been normal, we would have let it through”: payments in which V14 alone changes may not exist.",
        ),
        (
            "In one series it moves on with each further payment of one price.",
            "“V14 counts the payments of a card”: a guess, to be asked of those who have the fields.",
        ),
    ],
    columns=["may be said", "may not be said"],
).set_index("may be said")

# %% [markdown]
# What other rows say of it stands [on another page](05b_why_readings_disagree), and so does [the series](05c_by_heart_and_tomorrow). The last line of the table is the useful one. The bank that made these components can look the guess up in a minute. **Explanations of anonymous columns are worth what they make people check.**

# %% tags=["remove-input", "in-short"]
figure, axes = plt.subplots(figsize=(3.4, 3.0))
kinds = y.map({0: "honest", 1: "fraud"}).rename("payment")
looks = {"palette": {"honest": COLOURS["blue"], "fraud": COLOURS["orange"]}, "ax": axes}
sns.ecdfplot(x=v14, hue=kinds, weights=weight, **looks)
axes.axvline(honest_low, color=INK["light"], lw=1, ls=(0, (4, 3)))
axes.set(title="How low is V14?", ylabel="share of payments below")
axes.set_xlabel("V14 (no unit); dashed: one in a\nthousand honest payments lies below")
in_short(
    question="What may be said about one decision, and about V14?",
    answer=(
        f"How rare a value is, and what it adds to the score. In the largest fraud that was caught, {lead_column} multiplies the odds of fraud by **{odds:,.0f}**. In the largest that was missed, "
        f"no column multiplies them by more than {np.exp(loudest):.1f}. What would have happened with other values, the numbers do not say."
    ),
    decision="Say what moved the score, on which scale and compared with what. Never say “because”; ask those who have the fields.",
    figure=show(
        figure,
        alt=f"Cumulative shares of V14: {low_share.estimate:.0%} of the training frauds lie below {honest_low:.1f}, where one in a thousand honest payments does.",
    ),
)

# %% [markdown]
# [Back to chapter 05](05_explainability)
#
# ## Exercises
#
# ```{exercise} 5.3 Read it off
# :label: explain-read
# :nonumber:
#
# In the waterfall of the fraud that was caught, cover the two largest contributions with your hand. Would the payment still have been blocked? Then compute it, and say why the answer is *not* “what would have happened without those two columns”.
# ```

# %% tags=["hide-cell"]
whole = cases.waterfall(0)
left = cases.score[0] - whole["contribution"].iloc[:2].sum()
uncovered = 1 / (1 + np.exp(-left))
Markdown(
    f"Without `{whole.index[0]}` and `{whole.index[1]}` the sum is {left:.2f} log-odds, a probability of {uncovered:.2g}; the threshold "
    f"is {THRESHOLD:.2f}: {'still blocked' if uncovered >= THRESHOLD else 'let through'}. But that is not what would have happened without the two columns. "
    "The other contributions were computed with these two present, and a model without them would have learned to use the others."
)
