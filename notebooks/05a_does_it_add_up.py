# %% [markdown]
# # Does it add up, and to what?
#
# [Chapter 05](05_explainability) reads SHAP values. Before the first look at any such chart: does it add up, compared with what, on which scale, and of which model? You need to know what {term}`log-odds` are.

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown

from casebook import conventions, data, evidence, explaining, leaks, mode, models, split, witness
from casebook.page import headed, in_short, signed
from casebook.witness import COSTS
from prerelease import costs, explain, intervals
from prerelease.losses import correct_weighting
from prerelease.plots import show, use_style
from prerelease.plots.metrics import forest

use_style()
pd.options.display.max_colwidth = None

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% tags=["remove-cell"]
payments = data.load()
train, valid = split.development(payments)
names = witness.INPUTS
X, y, weight = train[names], train["Class"], data.sampling_weights(train)
X_valid, y_valid, weight_valid = valid[names], valid["Class"], data.sampling_weights(valid)
model = models.chosen().fit(X, y, sample_weight=weight)
score = model.predict_proba(X_valid)[:, 1]
TRAININGS = 2 if mode.is_quick() else 5
thinned = witness.shares(train, TRAININGS)


def about(number):
    """Return a large number with the two digits that matter."""
    return f"{float(f'{number:.2g}'):,.0f}"


sample = explain.thin(y_valid, 150, sample_weight=weight_valid, seed=1)
few_rows = X_valid.iloc[sample.rows]

# %% [markdown]
# ## A broken model is explained correctly
#
# The usual charts are drawn from {term}`release candidate` 1, LightGBM with its defaults, whose training runs away ([chapter 01](01a_why_the_defaults_collapse)). Do they show it?

# %%
first_candidate = models.release_candidate_1().fit(X, y, sample_weight=weight)
wild, calm = (explain.attribute(each, few_rows) for each in (first_candidate, model))

# %% tags=["remove-cell"]
wild_score = first_candidate.predict_proba(X_valid)[:, 1]
wild_bill, our_bill = (
    costs.row_costs(
        y_valid, conventions.decide(valid, each, costs=COSTS), valid["Amount"], costs=COSTS
    )
    for each in (wild_score, score)
)
candidate_gap = intervals.bootstrap_difference(
    intervals.Total(),
    y_valid,
    wild_bill,
    our_bill,
    sample_weight=weight_valid,
    **conventions.drawn(valid["Time"]),
)
candidate_words = intervals.verdict(
    candidate_gap, above="more expensive than ours", below="cheaper than ours"
)

# %% tags=["remove-cell"]
so_candidate = (
    f"the difference of {candidate_gap:,.0f} € to ours could be luck"
    if candidate_words == intervals.UNTOLD
    else f"{candidate_words}, by {about(abs(candidate_gap.estimate))} € [{', '.join(about(end) for end in sorted((abs(candidate_gap.low), abs(candidate_gap.high))))}]"
)
largest, ours = (float(each.contributions.abs().to_numpy().max()) for each in (wild, calm))
odd = wild.contributions.abs().max().idxmax()

# %% [markdown]
# Its decisions on the validation rows: {eval}`so_candidate`. A chart of gains looks the same for both: bars, sorted. SHAP values could have told. The largest contribution of a single column ({eval}`odd`) is **{eval}`about(largest)`** {eval}`wild.output`; ours has {eval}`f"{ours:.1f}"` at most.
#
# Log-odds of ten already promise all but one in twenty thousand. Thousands mean nothing, and they add up correctly all the same. So an explanation that is correct is no sign that the model is. **Mend the model before you explain it.**

# %% [markdown]
# ## Hygiene: does it add up, and to what?
#
# **Does it add up?** The base and a row's SHAP values must give its score ({term}`additivity`). `explain.attribute` computes the score by the model itself, not by the explainer, and refuses to return values that miss it. And are they Shapley values at all? For a small model we can go through all sets of columns, as the definition says.

# %%
six = [*names[:5], "Amount"]
small = witness.fit_thin(train, six, thinned[0], n_estimators=20)
kept = explain.thin(y, 200, sample_weight=weight, seed=2)
few, others = X[six].iloc[kept.rows[:25]], explain.background(X[six], 40, sample_weight=weight)
quick = explain.attribute(small, few, background=others)
by_definition = explaining.exact_shapley(
    lambda rows: small.booster_.predict(rows, raw_score=True), few, others
)
off = np.abs(quick.contributions.to_numpy() - by_definition).max()

# %% tags=["remove-cell"]
small_risk = explain.attribute(small, few, background=others, output="probability")
risk_by_definition = explaining.exact_shapley(small.booster_.predict, few, others)
risk_off = np.abs(small_risk.contributions.to_numpy() - risk_by_definition).max()
risk_largest = np.abs(risk_by_definition).max()

# %% [markdown]
# In log-odds the values miss the definition by {eval}`f"{off:.0e}"` at most. As probabilities they add up, too, but because SHAP stretches the log-odds values of each comparison until they do. Single ones miss the definition by up to {eval}`f"{risk_off:.2g}"`, where the largest is {eval}`f"{risk_largest:.2g}"`.
#
# **Compared with what?** A SHAP value shares out the difference from a *base*. Interventional values compare with background rows, drawn from the training rows. Path-dependent ones compare with the training rows that went each way in the trees. The drawing adds luck, so we draw two backgrounds.
#
# **On which scale?** Trees add up log-odds; people hear probabilities.
#
# **Of which model?** Weights that “balance” the classes change what the score means. We train the same model with and without them, on the same rows.

# %%
backgrounds = [explain.background(X, 60, sample_weight=weight, seed=seed) for seed in range(2)]
in_log_odds = [explain.attribute(model, few_rows, background=each) for each in backgrounds]
as_risk = explain.attribute(model, few_rows, background=backgrounds[0], output="probability")

# %% tags=["remove-cell"]
ratio = float((weight * (y == 0)).sum() / y.sum())
light = [witness.fit_thin(train, names, kept) for kept in thinned]
heavy = [witness.fit_thin(train, names, kept, scale_pos_weight=ratio) for kept in thinned]
ways = {
    "tree paths": calm,
    "background 1": in_log_odds[0],
    "background 2": in_log_odds[1],
    "probability": as_risk,
    "plain": explain.attribute(light[0], few_rows),
    "balanced": explain.attribute(heavy[0], few_rows),
}
draws = explain.resample(
    y_valid.iloc[sample.rows],
    sample_weight=sample.weight,
    **conventions.drawn(valid["Time"].iloc[sample.rows]),
)
drawn = {way: draws.means(each.contributions.abs()) for way, each in ways.items()}

# %% tags=["remove-cell"]
PAIRS = {
    "two backgrounds": ("background 1", "background 2"),
    "tree paths or a background": ("tree paths", "background 1"),
    "log-odds or probability": ("background 1", "probability"),
    "plain or balanced weights": ("plain", "balanced"),
}
alike = {
    what: explaining.row_agreement(drawn[one], drawn[other], draws)
    for what, (one, other) in PAIRS.items()
}
backs, scale = (
    explaining.rank_correlation(drawn[one][1], drawn[other][1])
    for one, other in (PAIRS["two backgrounds"], PAIRS["log-odds or probability"])
)
between_them = alike["two backgrounds"].estimate - alike["log-odds or probability"].estimate
scale_gap = draws.interval(between_them, backs - scale)
scale_words = intervals.verdict(
    scale_gap, above="the scale moves more", below="the background moves more"
)

# %% tags=["remove-cell"]
so_scale = {
    "the scale moves more": "The scale moves the order more than the draw of the background does, by more than luck.",
    "the background moves more": "The draw of the background moves the order more than the scale does, by more than luck.",
}.get(
    scale_words,
    "Whether the scale or the draw of the background moves the order more could be luck.",
)
error = max(each.error for each in ways.values())

# %% tags=["remove-input"]
alike_alt = (
    "Rank correlation of the columns' mean |SHAP| between two ways to compute it: "
    + "; ".join(f"{what}, {each:.2f}" for what, each in alike.items())
    + "."
)
show(
    forest(
        alike,
        title="What moves the order of the columns?",
        spec=".2f",
        unit="rank correlation of mean |SHAP| (1 = the same order)",
    ),
    alt=alike_alt,
)

# %% [markdown]
# All of them add up to the scores, to {eval}`f"{error:.0e}"` in the worst row. Adding up does not make them alike. **{eval}`so_scale`** In log-odds a payment at one in a million that becomes one in ten thousand counts as much as one that goes from a coin's toss to near certainty. As a probability it hardly counts. **A chart without its scale in the title cannot be read.**

# %% [markdown]
# ## Balanced weights: whose risk is that?

# %% tags=["remove-cell"]
balanced_scores = [each.predict_proba(X_valid)[:, 1] for each in heavy]
plain_scores = [each.predict_proba(X_valid)[:, 1] for each in light]
balanced_score = balanced_scores[0]
corrected = correct_weighting(balanced_score, weight=ratio)
scored_alike = leaks.difference(valid, balanced_scores, plain_scores)
balanced_words, ap_change = intervals.verdict(scored_alike), signed(scored_alike, 2)
bases = {way: ways[way].base for way in ("plain", "balanced")}

# %% tags=["remove-input"]
promised = {
    "plain": plain_scores[0],
    "balanced": balanced_score,
    "balanced, corrected (chapter 01)": corrected,
}
headed(
    pd.DataFrame(
        {
            "frauds promised": {
                way: f"{(weight_valid * p).sum():,.0f}" for way, p in promised.items()
            },
            "honest payments above one in ten": {
                way: f"{((y_valid == 0) & (p > 0.1)).sum():,}" for way, p in promised.items()
            },
        }
    ).rename_axis(f"validation rows, with {y_valid.sum()} frauds")
)

# %% [markdown]
# Balanced, the base moves from {eval}`f"{bases['plain']:.1f}"` to {eval}`f"{bases['balanced']:.1f}"` log-odds, and every sum with it. Its average precision changes by {eval}`ap_change` over {eval}`TRAININGS` trainings each ({eval}`balanced_words`). So a waterfall of a balanced model may not be read out as risk, and it is a waterfall of another model.

# %% tags=["remove-input", "in-short"]
figure, axes = plt.subplots(figsize=(3.4, 2.4))
sizes = {"release candidate 1": largest, "ours": ours}
sns.stripplot(x=[*sizes.values()], y=[*sizes], hue=[*sizes], size=10, jitter=False, ax=axes)
axes.set(
    title="How much may one\ncolumn add?",
    xscale="log",
    xlim=(1, None),
    xlabel="largest contribution\n(log-odds; each line is ×100)",
)
in_short(
    question="What must be known of a chart of SHAP values before it is read?",
    answer=(
        f"A broken model adds up, too: in release candidate 1 a single column adds **{about(largest)} log-odds**, in ours {ours:.1f} at most. "
        f"And values that add up need not agree: in log-odds and in probabilities the columns stand in two orders, with a rank correlation of {alike['log-odds or probability'].estimate:.2f}."
    ),
    decision="Look at the size of the largest contribution first. Name scale, background and model in the title, and explain no balanced model as risk.",
    figure=show(
        figure,
        alt=f"Largest contribution of a single column: {largest:,.0f} log-odds in release candidate 1, {ours:.1f} in ours.",
    ),
)

# %% tags=["remove-cell"]
evidence.record(
    "bill of release candidate 1 above that of the chosen model",
    candidate_gap.estimate,
    candidate_gap,
    unit="€ on the validation rows",
    how="paired",
    n=len(valid),
    split="valid",
    chapter="05a",
    data_digest=payments.attrs["sha256"],
)
for question, answer in {
    "release candidate 1 against the chosen model": candidate_words,
    "does the scale move explanations more than the background?": scale_words,
    "balanced against plain, average precision": balanced_words,
}.items():
    evidence.conclude(question, answer, chapter="05a")

# %% [markdown]
# [Back to chapter 05](05_explainability)
