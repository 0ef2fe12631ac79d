# %% [markdown]
# # Explainability
#
# :::{admonition} This chapter
# :class: pr-overview
# **The question:** why does the model decide as it does, and what is it cheating on?
#
# **Afterwards you can** tell three questions apart that are all called “feature importance”; name the scale of an explanation and check that it adds up; test a method of explanation with columns whose worth you know; see what a model learned by heart; say how far an explanation would change with other rows or another day; and explain one decision to an expert without inventing a story.
#
# **You need** chapters 01 and 02 (the {term}`cost model`, the {term}`block bootstrap`). **Time:** three quarters of an hour to read, a few minutes to run.
# :::

# %%
from functools import reduce
from itertools import product
from operator import sub

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown, display
from joblib import Parallel, delayed
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from shap import Explanation, TreeExplainer
from shap.plots import beeswarm, waterfall
from shap.plots._style import set_style
from sklearn.base import clone
from threadpoolctl import threadpool_limits
from tqdm import tqdm

# %%
from casebook import (
    conventions,
    data,
    evidence,
    explaining,
    leaks,
    mode,
    models,
    plots,
    progress,
    race,
    split,
)
from prerelease import costs, explain, intervals, serving
from prerelease.losses import correct_weighting
from prerelease.plots import COLOURS, INK, show, use_style

use_style()
set_style(
    primary_color_positive=COLOURS["orange"],
    primary_color_negative=COLOURS["blue"],
    tick_labels_color=INK["light"],
)
pd.options.display.max_colwidth = None
_ = threadpool_limits(1)  # where a machine is shared, more threads mostly wait for each other

# %% tags=["remove-input"]
ONE_TRAINING = "A quick run trains once without each column, so its intervals do not know the luck of training."
FEW_EPOCHS = "A quick run trains TabNet for one epoch, which teaches it next to nothing."
SOME_ONLY = "A quick run explains the frauds and some hundred other test rows, not all."
HALF = "Importance is read on half as many honest payments, weighed to stand for all; models that are trained many times have half the trees, each a step twice as long."
Markdown(
    f"{mode.banner()}\n\n**Less in quick mode:** {ONE_TRAINING} {FEW_EPOCHS} {SOME_ONLY} {HALF}"
)

# %% [markdown]
# ## The question
#
# The head of fraud wants to know what the model looks at before she lets it block customers. A customer who was blocked wants to know why. An auditor wants to know that it is not cheating: that what it rests on today will be there tomorrow. All three are answered with the same coloured chart. But they ask different things:
#
# - What is this **score** made of? ({term}`SHAP values`)
# - What does the model's **worth** rest on, in {term}`average precision` or in euros? ({term}`permutation importance`)
# - What would we lose if we did not have this **column** at all? ({term}`drop-column importance`)
#
# We explain the model that the release goes on with, as it will be served: trained on the training rows, with the one threshold that is cheapest on the {term}`validation rows` (chapter 01). All choices are made on the validation rows; the {term}`test rows` come in at the end.

# %%
payments = data.load()
train, valid = split.development(payments)
names = [*models.INPUTS]
X, y, weight = train[names], train["Class"], data.sampling_weights(train)
X_valid, y_valid, weight_valid = valid[names], valid["Class"], data.sampling_weights(valid)
COSTS = costs.CostModel()
QUICK = mode.is_quick()
FEWER_TREES = {"n_estimators": 100, "learning_rate": 0.1} if QUICK else {}


def fit(candidate, rows, columns):
    """Train a clone on some rows and columns."""
    return clone(candidate).fit(
        rows[columns], rows["Class"], sample_weight=data.sampling_weights(rows)
    )


model = fit(models.chosen(), train, names)
score = model.predict_proba(X_valid)[:, 1]
THRESHOLD = conventions.threshold(valid, score, costs=COSTS)

# %% [markdown]
# Two measures of worth go through the whole chapter: average precision, and euros by that threshold, which stays where it is when a column is shuffled, as it would in production. Both are read on all validation frauds, the most suspect honest payments and a weighted share of the others (`explain.thin`), and on the same resamples of them.

# %%
judged = explain.thin(
    y_valid, 2000 if QUICK else 4000, score=score, sample_weight=weight_valid, seed=3
)
some = valid.iloc[judged.rows]
X_judged, y_judged = some[names], some["Class"]
# Of many intervals at once each reaches far into the tails, so a quick run draws no fewer.
MANY = {"n_resamples": conventions.RESAMPLES["full"]}
rows = explain.resample(
    y_judged, sample_weight=judged.weight, **conventions.drawn(some["Time"]) | MANY
)
SHUFFLES = 20


def euros(scores, threshold=THRESHOLD):
    """Return what decisions by these scores cost, payment by payment."""
    return costs.row_costs(y_judged, scores >= threshold, some["Amount"], costs=COSTS)


def gain_importance(fitted):
    """Return how much each column lowered the training loss, summed over its splits."""
    gain = fitted.booster_.feature_importance("gain")
    return pd.Series(gain, index=fitted.feature_name_)


# %%
def times(n):
    """Say how many trainings these are."""
    return f"{n} training{'s' if n > 1 else ''}"


def fine(each, digits=3, sign=""):
    """Format an interval, with one more digit where an end would be rounded to zero."""
    digits += any(0 < abs(end) < 10**-digits / 2 for end in (each.low, each.high))
    return f"{each:{sign}z.{digits}f}"


def costs_more(first, second):
    """Return by how many euros the first decisions cost more on the validation rows."""
    bills = [
        costs.row_costs(y_valid, block, valid["Amount"], costs=COSTS) for block in (first, second)
    ]
    return intervals.bootstrap_difference(
        intervals.Total(), y_valid, *bills, sample_weight=weight_valid,
        **conventions.drawn(valid["Time"]),
    )  # fmt: skip


# %% [markdown]
# ## The wrong way most people do it
#
# :::{admonition} The usual three lines
# :class: pr-wrong
# ```python
# model = LGBMClassifier().fit(X_train, y_train)
# lightgbm.plot_importance(model, importance_type="gain")
# shap.summary_plot(shap.TreeExplainer(model).shap_values(X_train))
# ```
# :::
#
# Two charts, read with the eye: what is long is important, and what is important is right. Let us see what they say when we know the answer. We give our model three columns that it should not have: pure **noise**; a **receipt number**, which grows with every payment, as identifiers do; and **`Time`**, the seconds since the first payment, which no later payment shares with an earlier one. These are {term}`planted controls <planted control>`.
#
# Beside gain we look at what shuffling the column costs on later rows, and at what a model saves that has it. Training is a lottery, too, so each model is trained several times, on all frauds and other weighted shares of the honest payments. (In the same breath we train without `Amount`; more on it below.)

# %%
both_parts = pd.concat([train, valid])
controls = ["noise", "receipt", "Time"]
both_parts["noise"] = np.random.default_rng(5).normal(size=len(both_parts))
gaps = np.random.default_rng(5).integers(1, 21, size=len(both_parts))
both_parts["receipt"] = np.cumsum(gaps).astype(float)
learn, judge = both_parts.iloc[: len(train)], both_parts.iloc[len(train) :]
TRAININGS = 2 if QUICK else 5
thinned = [explain.thin(y, 6000, sample_weight=weight, seed=4 + s) for s in range(TRAININGS)]
variants = {"as it is": names, **{name: [*names, name] for name in controls}}
variants["without Amount"] = names[:-1]


def fit_thin(columns, kept=thinned[0], **settings):
    """Train on all frauds and a weighted share of the honest payments."""
    part = learn.iloc[kept.rows]
    candidate = models.chosen(**FEWER_TREES | settings)
    return candidate.fit(part[columns], part["Class"], sample_weight=kept.weight)


# %%
def train_again(columns):
    """Return the models of all trainings, their scores and what they block."""
    many = [fit_thin(columns, kept) for kept in thinned]
    scored = [each.predict_proba(judge[columns])[:, 1] for each in many]
    return many, scored, [conventions.decide(valid, s, costs=COSTS) for s in scored]


trainings = Parallel(n_jobs=2, require="sharedmem")(map(delayed(train_again), variants.values()))
fitted, scores, blocked = (
    dict(zip(variants, each, strict=True)) for each in zip(*trainings, strict=True)
)
plain, plain_score = fitted["as it is"][0], scores["as it is"][0]
saved = {
    label: race.savings(
        valid, blocked[label], blocked["as it is"], costs=COSTS, asked=len(variants)
    )
    for label in list(variants)[1:]
}
# One more such question, by another rule, is asked further down.
bills = {
    label: intervals.verdict(gap, asked=len(variants), above="cheaper", below="more expensive")
    for label, gap in saved.items()
}

# %% tags=["hide-input"]
usual, unmoved = {}, []
for name in controls:
    with_it = fitted[name][0]
    gain = gain_importance(with_it)
    shuffled = explain.shuffle(
        with_it, judge.iloc[judged.rows][[*names, name]], columns=[name], n_repeats=SHUFFLES,
        sample_weight=judged.weight,
    )  # fmt: skip
    lost = explain.permutation_importance(shuffled, rows, asked=len(controls))[name]
    usual[name] = {"below": int((gain[names] < gain[name]).sum()), "lost": lost}
    unmoved += [name] * np.array_equal(shuffled.without[name][0], shuffled.score)
needed = {
    name: intervals.verdict(each["lost"], asked=len(controls), above="needed", below="harmful")
    for name, each in usual.items()
}

# %% tags=["remove-input"]
display(
    pd.DataFrame(
        {
            name: {
                f"of {len(names)} true columns, gain puts below it": row["below"],
                f"average precision lost ({SHUFFLES} shuffles)": f"{fine(row['lost'])}, {needed[name]}",
                f"savings gained by having it ({TRAININGS} trainings)": f"{fine(saved[name], sign='+')}, {bills[name]}",
            }
            for name, row in usual.items()
        }
    ).T.rename_axis("planted column")
)

# %% tags=["remove-input"]
highest = max(controls, key=lambda name: usual[name]["below"])
Markdown(
    f"**Gain**, which the first chart shows, puts “{highest}” above {usual[highest]['below']} of {len(names)} true columns. It is summed over "
    "the training rows, by the trees that chose those splits, and known to favour columns with many values to split at {cite:p}`strobl2007`. "
    + (
        f"(For {' and '.join(unmoved)} a loss of zero holds by construction: later values are larger than any that the model learned from, so "
        "they all fall on the same side of every split, and shuffling them changes no score.) "
        if unmoved
        else ""
    )
    + "The intervals of a column of this table hold together, those of the last one for the model without `Amount` as well; they know the luck of rows, shuffles and trainings. "
    "“Not told apart” is no proof of harmlessness: that noise knows nothing we know because we made it."
)

# %% [markdown]
# And the second chart? Both are drawn from {term}`release candidate` 1, LightGBM with its defaults, whose training runs away (chapter 01). Do they show it?

# %%
sample = explain.thin(y_valid, 150, sample_weight=weight_valid, seed=1)
few_rows = X_valid.iloc[sample.rows]
first_candidate = fit(models.release_candidate_1(), train, names)
wild, calm = (explain.attribute(each, few_rows) for each in (first_candidate, model))
wild_score = first_candidate.predict_proba(X_valid)[:, 1]
candidate_gap = costs_more(
    *(conventions.decide(valid, each, costs=COSTS) for each in (wild_score, score))
)

# %% tags=["remove-input"]
largest = [float(each.contributions.abs().to_numpy().max()) for each in (wild, calm)]
odd = wild.contributions.abs().max().idxmax()
candidate_words = intervals.verdict(
    candidate_gap, above="more expensive than ours", below="cheaper than ours"
)
Markdown(
    f"On the validation rows it costs {candidate_gap.estimate:,.0f} € [{candidate_gap.low:,.0f}, {candidate_gap.high:,.0f}] more than our model, which is {{term}}`held back`{', but ' + candidate_words if candidate_words == intervals.UNTOLD else ''}. A chart of "
    "gains looks the same for both: bars, sorted. SHAP values could have told. "
    f"The largest contribution of a single column is **{largest[0]:,.0f}** (`{odd}`), in {wild.output}; in ours it is {largest[1]:.1f}. "
    "Log-odds of ten already are a promise of all but one in twenty thousand; thousands mean nothing, and they add up correctly all the same. "
    "An explanation of a broken model is a correct explanation of a broken model. **Regularise before you explain.**"
)

# %% [markdown]
# ## Hygiene: does it add up, and to what?
#
# Four questions come before the first look at any SHAP chart.
#
# **Does it add up?** The base and a row's SHAP values must give its score ({term}`additivity`). `explain.attribute` computes the score by the model itself, not by the explainer, and refuses to return values that miss it. And are they Shapley values at all? For a small model we can go through all sets of columns, as the definition says, and compare.

# %%
six = [*names[:5], "Amount"]
small = fit_thin(six, n_estimators=20)
kept = explain.thin(y, 200, sample_weight=weight, seed=2)
few, others = X[six].iloc[kept.rows[:25]], explain.background(X[six], 40, sample_weight=weight)
quick = explain.attribute(small, few, background=others)
by_definition = explaining.exact_shapley(
    lambda rows: small.booster_.predict(rows, raw_score=True), few, others
)
off = np.abs(quick.contributions.to_numpy() - by_definition).max()
small_risk = explain.attribute(small, few, background=others, output="probability")
risk_by_definition = explaining.exact_shapley(small.booster_.predict, few, others)
risk_off = np.abs(small_risk.contributions.to_numpy() - risk_by_definition)

# %% [markdown]
# **Compared with what?** A SHAP value shares out the difference from a *base*. Interventional values compare with background rows, which we draw from the training rows, as frequent as in reality; path-dependent ones with the training rows that went each way in the trees. The drawing adds luck, so we draw two backgrounds.
#
# **On which scale?** Trees add up {term}`log-odds`; people hear probabilities.
#
# **Of which model?** Weights that “balance” the classes change what the score means. We train the same model with and without them, on the same rows.

# %%
backgrounds = [explain.background(X, 60, sample_weight=weight, seed=seed) for seed in range(2)]
ratio = float((weight * (y == 0)).sum() / y.sum())
heavy = [fit_thin(names, kept, scale_pos_weight=ratio) for kept in thinned]
ways = {
    "tree paths": calm,
    "background 1": explain.attribute(model, few_rows, background=backgrounds[0]),
    "background 2": explain.attribute(model, few_rows, background=backgrounds[1]),
    "probability": explain.attribute(
        model, few_rows, background=backgrounds[0], output="probability"
    ),
    "plain": explain.attribute(plain, few_rows),
    "balanced": explain.attribute(heavy[0], few_rows),
}

# %% tags=["hide-input"]
small_sample = explain.resample(
    y_valid.iloc[sample.rows], sample_weight=sample.weight,
    **conventions.drawn(valid["Time"].iloc[sample.rows]),
)  # fmt: skip
drawn = {name: small_sample.means(each.contributions.abs()) for name, each in ways.items()}
alike = {
    (one, other): explaining.row_agreement(drawn[one], drawn[other], small_sample)
    for one in drawn
    for other in drawn
}

pairs = [("background 1", "background 2"), ("background 1", "probability")]
backs, scale = (explaining.rank_correlation(drawn[a][1], drawn[b][1]) for a, b in pairs)
scale_gap = small_sample.interval(
    alike[pairs[0]].estimate - alike[pairs[1]].estimate, backs - scale
)
scale_words = intervals.verdict(
    scale_gap, above="the scale moves more", below="the background moves more"
)

# %% tags=["remove-input"]
error = max(each.error for each in ways.values())
Markdown(
    f"In log-odds the values agree with the definition to {off:.0e}. As probabilities they add up, too, but because "
    f"SHAP stretches the log-odds values of each comparison until they do: single ones miss the definition by up to {risk_off.max():.2g} "
    f"(the largest is {np.abs(risk_by_definition).max():.2g}). In the large models they add up to the scores to {error:.0e} in the worst row. "
    f"Between two backgrounds of {len(backgrounds[0])} rows the columns' order by mean |SHAP| (the mean size of their values) has a {{term}}`rank correlation` of {alike[pairs[0]]:.2f}; "
    f"between the two kinds of SHAP, {alike['tree paths', 'background 1']:.2f}; from log-odds to probability, {alike[pairs[1]]:.2f}. "
    f"The scale against the background: {scale_words}. "
    "In log-odds a payment at one in a million that becomes one in ten thousand counts as "
    "much as one that goes from a coin's toss to near certainty; as a probability it hardly counts. A chart without its scale in the title cannot be read."
)

# %%
balanced_scores = [each.predict_proba(X_valid)[:, 1] for each in heavy]
balanced_score = balanced_scores[0]
corrected = correct_weighting(balanced_score, weight=ratio)
scored_alike = leaks.difference(valid, balanced_scores, scores["as it is"])
balanced_words = intervals.verdict(scored_alike)

# %% tags=["remove-input"]
promised = {name: float((weight_valid * p).sum()) for name, p in
            {"plain": plain_score, "balanced": balanced_score, "corrected": corrected}.items()}  # fmt: skip
accused = int(((y_valid == 0) & (balanced_score > 0.1)).sum())
Markdown(
    f"Balanced, the base moves from {ways['plain'].base:.1f} to {ways['balanced'].base:.1f} log-odds, and every sum with it. Read as risk, its scores promise {promised['balanced']:,.0f} frauds among the "
    f"validation rows, where there were {y_valid.sum()}; the plain model promises {promised['plain']:.0f}, the balanced one corrected "
    f"(chapter 01) {promised['corrected']:.0f}. To {accused:,} honest payments it gives more than {0.1:.0%}. The order of "
    f"its columns agrees with the plain model's by {alike['plain', 'balanced']:.2f}, its average precision changes "
    f"by {fine(scored_alike, sign='+')} over {times(TRAININGS)} each ({balanced_words}). "
    "A waterfall of a balanced model may not be read out as risk, and it is a waterfall of another model."
)

# %% [markdown]
# ## The same question, three ways
#
# Now the three questions, each with its own method, on the same validation rows. Shuffling is repeated and averaged: euros hang on a few decisions about large amounts, and the luck of one shuffle is as large as that of the rows. So each resample draws its shuffles anew, too. Dropping trains again without each column, on thinned training rows; each resample draws its trainings anew.

# %%
shap = explain.attribute(model, X_judged)
is_fraud = rows.positive
shuffled = explain.shuffle(
    model, X_judged, n_repeats=SHUFFLES, sample_weight=judged.weight,
    tell=progress.line("shuffle"),
)  # fmt: skip
DROPS = 1 if QUICK else 4
parts = [
    explain.thin(y, 3000 if QUICK else 6000, sample_weight=weight, seed=30 + s)
    for s in range(DROPS)
]
dropped = [
    explain.drop_columns(
        models.chosen(**FEWER_TREES), X.iloc[part.rows], y.iloc[part.rows], X_judged,
        fit_weight=part.weight, tell=progress.line("drop"),
    )
    for part in parts
]  # fmt: skip

# %%
found = {
    "precision": explain.losses(shuffled, rows),
    "euros": explain.losses(shuffled, rows, euros),
    "dropped": explain.losses(dropped, rows),
}
lost = {
    kind: {name: loss.interval(asked=len(names)) for name, loss in losses.items()}
    for kind, losses in found.items()
}

# %% tags=["hide-input"]
gained = gain_importance(model)[names].to_numpy()
read = {
    "gain,\ntrain": (gained, gained[None]),
    "SHAP,\nall": rows.means(shap.contributions.abs()),
    "SHAP,\nfrauds": rows.means(shap.contributions[is_fraud].abs(), is_fraud),
}
for label, kind in {
    "shuffled,\nAP": "precision",
    "shuffled,\n€": "euros",
    "dropped,\nAP": "dropped",
}.items():
    each = found[kind].values()
    read[label] = (
        np.array([loss.estimate for loss in each]),
        np.stack([loss.resampled for loss in each], axis=1),
    )

# %% tags=["hide-input"]
views = pd.DataFrame({name: mean for name, (mean, _) in read.items()}, index=names)
agree = pd.DataFrame(
    {
        other: {one: explaining.row_agreement(read[one], read[other], rows) for one in read}
        for other in read
    }
)

# %% tags=["hide-input"]
below = agree.iloc[1:, :-1]
numbers = below.map(lambda each: each.estimate)
words = below.map(lambda each: f"{each:.2f}".replace(" [", "\n").replace(", ", " to ").rstrip("]"))
figure, axes = plt.subplots(figsize=(5.4, 4.6))
sns.heatmap(
    numbers, annot=words.map(lambda word: word.replace("-", "−")), fmt="", cbar=False, ax=axes,
    mask=np.triu(np.ones(numbers.shape, dtype=bool), 1), vmin=0, vmax=1, annot_kws={"size": 8},
    cmap=sns.light_palette(COLOURS["blue"], as_cmap=True),
)  # fmt: skip
axes.set_title("Do six readings of importance agree?")
axes.tick_params(length=0, rotation=0)
show(
    figure,
    alt="Rank correlation of six readings of importance, with 95 % intervals: "
    + "; ".join(
        f"{one} and {other}, {agree.loc[one, other]:.2f}".replace("\n", " ")
        for number, one in enumerate(agree)
        for other in list(agree)[:number]
    )
    + ".",
)

# %% tags=["remove-input"]
first = {name.replace("\n", " "): column.idxmax() for name, column in views.items()}
Markdown(
    f"First is {', '.join(f'`{column}` ({name})' for name, column in first.items())}. "
    f"Over all {len(names)} columns the readings go together loosely, and nobody has made a mistake: these are answers to different questions. "
    f"(Rank correlations with 95 % intervals from resampled rows, AP for average precision, {SHUFFLES} shuffles, {times(DROPS)}. A resample adds noise, and noise lowers a rank correlation: "
    "so the intervals reach further down than up.)"
)

# %% [markdown]
# **Why SHAP over all payments says little about decisions.** Nearly all payments are honest, and their scores lie far below any threshold. A column that moves them from one in ten thousand to one in a hundred thousand and back is busy all day and decides nothing. If that is why the two part, leaving such payments out should bring the readings together.

# %% tags=["hide-input"]
asleep = model.predict_proba(X_judged)[:, 1] < 0.01
total = shap.contributions.abs().mul(judged.weight, axis=0)
idle = total[asleep].sum() / total.sum()
awake = rows.means(shap.contributions[~asleep].abs(), ~asleep)
nearer = [
    explaining.rank_correlation(*(np.atleast_2d(side) for side in pair))
    for part in (0, 1)
    for pair in (
        (awake[part], read["shuffled,\nAP"][part]),
        (read["SHAP,\nall"][part], read["shuffled,\nAP"][part]),
    )
]
closer = rows.interval(float((nearer[0] - nearer[1])[0]), nearer[2] - nearer[3])
frauds_alone = agree.loc["SHAP,\nfrauds", "shuffled,\nAP"]
awake_words = intervals.verdict(closer, above="nearer", below="further apart")

# %% tags=["remove-input"]
Markdown(
    f"Of a column's mean |SHAP|, {idle.min():.0%} (`{idle.idxmin()}`) to {idle.max():.0%} (`{idle.idxmax()}`) comes from payments that the model gives less than one in a hundred. "
    f"Without them its rank correlation with what shuffling costs goes from {nearer[1][0]:.2f} to {nearer[0][0]:.2f}, a change of {closer:+.2f}: **{awake_words}**. "
    f"Frauds alone give {frauds_alone:.2f}, so this may be the frauds and not the sleeping payments; leaving out as many at random would tell, and we did not. "
    "Either way, read mean |SHAP| over the payments that a decision is about. That need not close the gap: SHAP "
    "tells what moves the score, and never asks whether the model is right."
)

# %% tags=["hide-input"]
needed = {
    kind: intervals.verdicts(each, above="needed", below="harmful") for kind, each in lost.items()
}


def which(kind, word="needed"):
    """Name the columns that got this verdict."""
    return ", ".join(name for name, said in needed[kind].items() if said == word) or "none"


# %% tags=["remove-input"]
Markdown(
    f"**What is resolved.** All {len(names)} intervals of a measure hold together with 95 %. By average precision the model needs {which('precision')}; by euros, {which('euros')}. "
    f"Trained again without it, average precision misses {which('dropped')}. There is no column whose shuffling saves euros{'' if which('euros', 'harmful') == 'none' else ' but ' + which('euros', 'harmful')}. "
    f"Of all others these rows cannot tell the sign."
)

# %% tags=["remove-input"]
top = sorted(names, key=lambda name: -lost["precision"][name].estimate)[:8]
shown = [*top, *(name for name in ("Amount",) if name not in top)]
together = f"intervals that\nhold together with 95 % for all {len(names)} columns"
show(
    plots.beside(
        {
            f"{SHUFFLES} shuffles": {name: lost["precision"][name] for name in shown},
            f"dropped, {times(DROPS)}": {name: lost["dropped"][name] for name in shown},
        },
        title="What is lost without a column, in average precision?",
        unit=f"loss of average precision on validation rows; {together}",
        reference=0,
    ),
    alt="Loss of average precision when a column is shuffled, and when it is dropped: "
    + "; ".join(
        f"{name} {fine(lost['precision'][name])} and {fine(lost['dropped'][name])}"
        for name in shown
    )
    + ".",
)

# %% [markdown]
# In euros the rule of decision counts as much as the model. Beside the threshold that is served, the same shuffles under the challenger of chapter 01, which has a threshold for each payment:

# %%
of_payment = costs.bayes_threshold(some["Amount"], costs=COSTS)
lost["challenger"] = explain.permutation_importance(
    shuffled, rows, lambda scores: euros(scores, of_payment)
)
needed["challenger"] = intervals.verdicts(lost["challenger"], above="needed", below="harmful")

# %% tags=["remove-input"]
ends = sorted(names, key=lambda name: -lost["euros"][name].estimate)[:6]
ends += [name for name in ("Amount",) if name not in ends]
show(
    plots.beside(
        {
            "one threshold, served": {name: lost["euros"][name] for name in ends},
            "one for each payment": {name: lost["challenger"][name] for name in ends},
        },
        title="What is lost without a column, in euros?",
        unit=f"€ on the validation rows, {SHUFFLES} shuffles; {together}",
        reference=0,
    ),
    alt="Euros lost when a column is shuffled, with the threshold that is served and with one for each payment: "
    + "; ".join(
        f"{name} {lost['euros'][name]:z,.0f} and {lost['challenger'][name]:z,.0f}" for name in ends
    )
    + ".",
)

# %% tags=["remove-input"]
leader = ends[0]
one_by_one = [
    float(judged.weight @ (euros(each) - euros(shuffled.score)))
    for each in shuffled.without[leader]
]
Markdown(
    f"Under one threshold the model needs {which('euros')}; with one for each payment, {which('challenger')}, and there shuffling saves euros for {which('challenger', 'harmful')}. "
    "The order of columns in euros belongs to a model *and* its rule. "
    f"And to the luck of the draw: single shuffles of `{leader}` cost from {min(one_by_one):,.0f} to {max(one_by_one):,.0f} €."
)

# %% [markdown]
# ### Columns that stand in for each other
#
# The second reason to disagree: shuffling asks for a column *beside all others*, dropping lets the others take over. “V1 to V28 are principal components, so they are uncorrelated”, one reads. Over all rows they are. Among the frauds?

# %%
between = {
    name: X[names[:-1]][y == label].corr().where(~np.eye(len(names) - 1, dtype=bool)).abs()
    for name, label in {"honest": 0, "frauds": 1}.items()
}
apart = squareform(1 - X[y == 1].corr().abs(), checks=False)  # groups: no pair below 0.8
group_of = fcluster(linkage(apart, method="complete"), 0.2, criterion="distance")
together = X.columns.to_series().groupby(group_of, sort=False)
groups = {", ".join(members): [*members] for _, members in together if len(members) > 1}
group_shuffled = explain.shuffle(
    model, X_judged, columns=groups, n_repeats=SHUFFLES, sample_weight=judged.weight
)
joint = explain.losses(group_shuffled, rows)
hidden = {
    # The loss of the group minus those of its members, paired in rows and shuffles.
    name: reduce(sub, (found["precision"][member] for member in members), joint[name])
    for name, members in groups.items()
}
joint, hidden = (
    {name: loss.interval(asked=len(groups)) for name, loss in each.items()}
    for each in (joint, hidden)
)
hidden_words = intervals.verdicts(hidden, above="more together", below="less together")

# %%
group_dropped = [
    explain.drop_columns(
        models.chosen(**FEWER_TREES), X.iloc[part.rows], y.iloc[part.rows], X_judged,
        columns=groups, fit_weight=part.weight,
    )
    for part in parts
]  # fmt: skip
joint_drop = explain.permutation_importance(group_dropped, rows)

# %% tags=["hide-input"]
pd.DataFrame(
    {
        name: {
            "shuffled together": fine(joint[name]),
            "minus the sum of its members": f"{fine(hidden[name])}, {hidden_words[name]}",
            "dropped together": fine(joint_drop[name]),
        }
        for name in groups
    }
).T.rename_axis(f"group (loss of average precision, {SHUFFLES} shuffles)")

# %% tags=["remove-input"]
twins = between["frauds"].max().nlargest(2)
pair = twins.index
largest_group = max(groups, key=lambda name: joint[name].estimate)
drop_words = intervals.verdicts(joint_drop, above="above zero", below="below zero")[largest_group]
drop_words += " from nothing" * (drop_words == intervals.UNTOLD)
Markdown(
    f"Among honest payments no two components correlate by more than {between['honest'].max().max():.2f}. Among the frauds `{pair[0]}` and "
    f"`{pair[1]}` do by {between['frauds'].max().max():.2f}. Where a group costs more together than its members one by one, each hides behind the others; "
    "the intervals of the differences hold together, and where they hold zero the table does not say so. "
    f"And shuffling tells what this trained model rests on, not what the data would lose: `{largest_group}` costs {joint[largest_group].estimate:.2f} "
    f"shuffled, and {fine(joint_drop[largest_group], 2)}, {drop_words}, if a model is trained without it."
)

# %% [markdown]
# ### Pairs
#
# Trees can use a column differently depending on another. SHAP interaction values split each contribution into what a column does alone and what it does with each other one; they are slow, so here for the frauds alone, as a description of these.

# %% tags=["hide-input"]
frauds = X_valid[y_valid == 1]
acting = TreeExplainer(model).shap_interaction_values(frauds)  # payments × columns × columns
one, other = np.triu_indices(len(names))
strength = np.abs(acting[:, one, other]).mean(axis=0) * np.where(one == other, 1, 2)
pairs = pd.DataFrame({"first": np.take(names, one), "second": np.take(names, other)})
pairs["share"] = strength / strength.sum()
pairs = pairs.sort_values("share", ascending=False, kind="stable", ignore_index=True)
alone = pairs["first"] == pairs["second"]
np.testing.assert_allclose(
    acting.sum(axis=2), explain.attribute(model, frauds).contributions, atol=1e-5
)

# %% tags=["remove-input"]
best = pairs[~alone].head(3)
Markdown(
    f"For the frauds, {pairs.loc[alone, 'share'].sum():.0%} of all effects are those of columns alone. The strongest pairs are "
    + ", ".join(
        f"`{row.first}` with `{row.second}` ({row.share:.1%})"
        for row in best.itertuples(index=False)
    )
    + f", out of {int((~alone).sum())} pairs. A long list of weak pairs is not a list of findings: nobody has tested them."
)

# %% [markdown]
# ## Testing the methods: a leak of growing strength
#
# An auditor hopes that explanation finds leaks. Does it? We plant one and turn it up. The column is noise that lies a little higher for frauds: by no standard deviation at all, by half a one, by one … It is there in held-out rows too, as real leaks are, until production. Beside it we plant nine columns of pure noise. A method *finds* the leak if it ranks it above all nine; with no leak at all, that happens once in ten times by chance. The yardstick is Boruta's, which holds each column against the best of shuffled copies {cite:p}`kursa2010`. Everything is repeated with other noise.

# %%
N_SEEDS = 3 if QUICK else 10
STRENGTHS = [0, 2] if QUICK else [0, 0.5, 1, 2]
small_train = explain.thin(y, 4000, sample_weight=weight, seed=7)
small_valid = explain.thin(y_valid, 1000, score=score, sample_weight=weight_valid, seed=7)
X_few, y_few = X.iloc[small_train.rows], y.iloc[small_train.rows].to_numpy()
X_later, y_later = X_valid.iloc[small_valid.rows], y_valid.iloc[small_valid.rows].to_numpy()


def plant(strength, seed, n_noise):
    """Return both sides with a leak of some strength and noise beside it, all named."""
    known = np.concatenate([y_few, y_later])
    leak = np.random.default_rng(seed).normal(size=len(known)) + strength * known
    noise = np.random.default_rng(1000 + seed).normal(size=(len(known), n_noise))
    planted = pd.DataFrame(noise, columns=[f"noise_{n}" for n in range(1, n_noise + 1)])
    planted.insert(0, "leak", leak)
    sides = zip((X_few, X_later), (planted[: len(y_few)], planted[len(y_few) :]), strict=True)
    return [pd.concat([X, extra.set_axis(X.index)], axis=1) for X, extra in sides]


# %% tags=["hide-input"]
def precise(scores):
    """Return the average precision on the later rows."""
    return intervals.value(
        intervals.AveragePrecision(), y_later, scores, sample_weight=small_valid.weight
    )


def missed(shuffled):
    """Return the average precision lost without each of some columns."""
    whole = precise(shuffled.score)
    return {name: whole - precise(scores[0]) for name, scores in shuffled.without.items()}


def shap_of(fitted, later, **_):
    """Return mean |SHAP| over all later frauds and every tenth other row."""
    kept = (y_later == 1) | (np.arange(len(y_later)) % 10 == 0)
    return explain.attribute(fitted, later[kept]).importance(small_valid.weight[kept])


# %% tags=["hide-input"]
def shuffled_of(fitted, later, planted, seed, **_):
    """Shuffle what was planted, once."""
    weight = small_valid.weight
    return missed(
        explain.shuffle(
            fitted, later, columns=planted, n_repeats=1, sample_weight=weight, seed=seed
        )
    )


def dropped_of(fitted, few, later, planted, **_):
    """Train again without each column that was planted."""
    weight = small_train.weight
    return missed(
        explain.drop_columns(fitted, few, y_few, later, columns=planted, fit_weight=weight)
    )


# %% tags=["hide-input"]
def doses(methods, strengths, n_seeds, n_noise, tell):
    """Plant leaks, and say which method finds them above all noise, and what they add."""
    table = []
    for seed, strength in product(range(n_seeds), strengths):
        few, later = plant(strength, seed, n_noise)
        fitted = models.chosen(**FEWER_TREES).fit(few, y_few, sample_weight=small_train.weight)
        gained = {"seed": seed, "average_precision": precise(fitted.predict_proba(later)[:, 1])}
        planted = list(few.columns[-n_noise - 1 :])
        for name, method in methods.items():
            found = method(fitted=fitted, few=few, later=later, planted=planted, seed=seed)
            above = found["leak"] > max(found[other] for other in planted[1:])
            table.append({"strength": strength, "method": name, "found": above} | gained)
        tell(len(table) // len(methods), n_seeds * len(strengths))
    return pd.DataFrame(table)


# %%
methods = {
    "gain": lambda fitted, **_: gain_importance(fitted), "SHAP": shap_of, "shuffled": shuffled_of,
}  # fmt: skip
trials = doses(methods, STRENGTHS, N_SEEDS, 9, progress.line("leaks"))
DROPPED_SEEDS = 1 if QUICK else 3
dropping = doses(
    {"dropped": dropped_of}, [2] if QUICK else [0, 1, 2], DROPPED_SEEDS, 4,
    progress.line("leaks, dropped"),
)  # fmt: skip

# %% tags=["hide-input"]
everything = pd.concat([trials, dropping], ignore_index=True)
shares = everything.groupby(["method", "strength"], sort=False)["found"].agg(["sum", "size"])
shares["share"] = [intervals.binomial(int(k), int(n)) for k, n in shares.to_numpy()]
for end in ("estimate", "low", "high"):
    shares[end] = [getattr(each, end) for each in shares["share"]]
shares = shares.reset_index()
by_seed = trials[trials["method"] == "gain"].pivot_table(
    index="strength", columns="seed", values="average_precision"
)
gained = by_seed.sub(by_seed.loc[0.0], axis="columns").melt(ignore_index=False)["value"]
lift = conventions.mean_intervals(
    gained, gained.index, level=intervals.joint_level(len(STRENGTHS) - 1)
).rename(columns={"mean": "estimate"})


# %% tags=["hide-input"]
def draw_found(axes):
    """Draw how often each method finds the leak."""
    looks = zip(COLOURS.values(), "oDs^", ("-", "-.", "--", ":"), strict=False)
    for number, (method, part) in enumerate(shares.groupby("method", sort=False)):
        colour, marker, line = next(looks)
        x = part["strength"].map(lift.index.get_loc) + 0.09 * (number - 1.5)
        axes.vlines(x, part["low"], part["high"], color=colour, lw=2, alpha=0.4)
        axes.plot(x, part["estimate"], color=colour, marker=marker, ls=line, ms=5, label=method)
    axes.axhline(0.1, color=INK["light"], lw=1, ls=(0, (2, 3)))
    beside = {"ha": "right", "fontsize": "small", "transform": axes.get_yaxis_transform()}
    axes.text(0.99, 0.12, "by chance", **beside)
    axes.set(title="At what strength is a planted leak found?", ylabel="share of plantings found")


def draw_gain(axes):
    """Draw what the leak does to the score."""
    x = range(len(lift))
    axes.vlines(x, lift["low"], lift["high"], color=COLOURS["grey"], lw=3, alpha=0.6)
    axes.plot(x, lift["estimate"], "o-", color=COLOURS["grey"])
    axes.axhline(0, color=INK["light"], lw=1, ls=(0, (4, 3)))
    axes.set_ylabel("average precision\ngained by the leak")
    axes.set_xlabel("strength of the leak (standard deviations)")
    axes.set_xticks(x, [f"{strength:g}" for strength in lift.index])


# %% tags=["remove-input"]
figure, (above, below) = plt.subplots(2, 1, sharex=True, figsize=(5.0, 5.4), height_ratios=(3, 2))
draw_found(above)
draw_gain(below)
figure.legend(loc="outside lower center", ncols=4)
show(
    figure,
    alt=(
        "Share of plantings found by strength of the leak. "
        + " ".join(
            f"{method}: "
            + ", ".join(f"{row.strength:g}: {row.estimate:.0%}" for row in part.itertuples())
            + "."
            for method, part in shares.groupby("method", sort=False)
        )
        + " Average precision gained by the leak: "
        + ", ".join(f"{strength:g}: {row.estimate:+.3f}" for strength, row in lift.iterrows())
        + "."
    ),
)

# %% tags=["remove-input"]
strongest = shares[shares["strength"] == max(STRENGTHS)].set_index("method")
blind = shares[shares["strength"] == 0].set_index("method")
always = strongest.index[strongest["sum"] == strongest["size"]]
Markdown(
    f"The strongest leak adds {lift['estimate'].iloc[-1]:.2f} [{lift['low'].iloc[-1]:.2f}, {lift['high'].iloc[-1]:.2f}] average precision. It was found in every repetition by {', '.join(always) or 'no method'}. "
    "Without any leak, one was “found” in "
    + ", ".join(f"{row['sum']} of {row['size']} ({method})" for method, row in blind.iterrows())
    + " repetitions. The repetitions are few, above all those of dropping, which trains again for each column (and has four columns of "
    "noise, so one in five by chance); shares have exact binomial intervals, since repetitions with other noise do not depend on each other. What the figure cannot show: *found* here means above "
    "columns that we knew to be noise. In a list of real names the same column would be one of many, and "
    "nobody would take it for a leak. That a column *must not know* the label is knowledge about "
    "the business. So plant noise beside your columns, and ask of everything above it how it could know."
)

# %% [markdown]
# ## Overfitting made visible
#
# “It uses many columns, so it overfits” is not an argument. What is: a column that is worth much on the rows the model learned from and nothing on others. We train a model with the receipt number and the noise, and shuffle these and the eight columns that cost most above, on both sides. Average precision depends on the share of frauds, so the training rows are weighted to the share of the validation rows.

# %% tags=["hide-input"]
extra = ["noise", "receipt"]
columns = [*names, *extra]
suspects = [*top, *extra]
R_BOTH = 5
both = fit_thin(columns)
side = {
    "train": (learn.iloc[thinned[0].rows], thinned[0].weight),
    "held out": (judge.iloc[judged.rows], judged.weight),
}
honest_share = {
    name: kept[part["Class"] == 0].sum() / part["Class"].sum()
    for name, (part, kept) in side.items()
}
same_share = honest_share["held out"] / honest_share["train"]

# %%
on, drawn_on = {}, {}
for number, (name, (part, kept)) in enumerate(side.items()):
    scaled = kept * np.where((name == "train") & (part["Class"] == 0), same_share, 1.0)
    on[name] = explain.shuffle(
        both, part[columns], columns=suspects, n_repeats=R_BOTH, sample_weight=scaled, seed=9
    )
    drawn_on[name] = explain.resample(
        part["Class"], sample_weight=scaled, seed=number, **conventions.drawn(part["Time"]) | MANY
    )

# %%
here, there = (explain.losses(on[name], drawn_on[name]) for name in side)
heart = {
    name: {
        kind: each.interval(asked=len(suspects))
        for kind, each in {
            "train": here[name], "held out": there[name], "difference": here[name] - there[name],
        }.items()
    }
    for name in suspects
}  # fmt: skip
by_heart = intervals.verdicts(
    {name: each["difference"] for name, each in heart.items()},
    above="more where learned",
    below="less where learned",
)

# %% tags=["remove-input"]
ranked = sorted(suspects, key=lambda name: -heart[name]["difference"].estimate)
show(
    plots.beside(
        {kind: {name: heart[name][kind] for name in ranked} for kind in ("train", "held out")},
        title="What is worth more where it was learned?",
        unit=f"loss of average precision, {R_BOTH} shuffles, with intervals\nthat hold together with 95 % for all {len(suspects)}",
        reference=0,
    ),
    alt="Loss of average precision when a column is shuffled, on training rows and on held-out rows: "
    + "; ".join(f"{n} {fine(heart[n]['train'])} and {fine(heart[n]['held out'])}" for n in suspects)
    + ".",
)

# %% tags=["remove-input"]
base_ap = {
    name: drawn_on[name].read(intervals.AveragePrecision(), each.score)[0]
    for name, each in on.items()
}
planted_says = "; ".join(f"`{name}`, {by_heart[name]}" for name in extra)
more = [name for name, words in by_heart.items() if words == "more where learned"]
Markdown(
    f"The model has an average precision of {base_ap['train']:.2f} on the rows it learned from and {base_ap['held out']:.2f} on the others. "
    f"Worth more where they were learned: {', '.join(more) or 'none of them'}. "
    f"The planted ones: {planted_says}"
    + (" (on later rows by construction, as above, for the receipt number). " if "receipt" in unmoved else ". ")
    + "A difference need not be overfitting: it may also be drift between the rows (chapter 06), and a strong column "
    "has more to lose where the model is better. It is a list of where to look."
)  # fmt: skip

# %% [markdown]
# **Labels without meaning.** How much would this method find, and claim, if there were nothing to find? We move the labels round in time, so that they keep their number and their bursts and fit their rows no more, train, and read the same importance. By this null columns get p-values, as in PIMP {cite:p}`altmann2010`: how often does the *largest* gain of a set without meaning reach a column's true gain? Taking the largest allows for asking about all columns at once.

# %% tags=["hide-input"]
PERMUTATIONS = 9 if QUICK else 19
few_honest = 5000
shifts = np.random.default_rng(0).integers(len(y) // 10, len(y) - len(y) // 10, PERMUTATIONS)


def without_meaning(seed, shift):
    """Train on labels that went round by a part of their circle: their gain, and both scores."""
    moved = np.roll(y, shift)
    kept = explain.thin(moved, few_honest, sample_weight=weight, seed=seed)
    part, labels = X.iloc[kept.rows], moved[kept.rows]
    fitted = models.chosen(**FEWER_TREES).fit(part, labels, sample_weight=kept.weight)
    known, later = (fitted.predict_proba(each)[:, 1] for each in (part, X_later))
    metric = intervals.AveragePrecision()
    return gain_importance(fitted), {
        "train": intervals.value(metric, labels, known, sample_weight=kept.weight),
        "held out": intervals.value(metric, y_later, later, sample_weight=small_valid.weight),
    }


many = Parallel(n_jobs=2, require="sharedmem")(
    delayed(without_meaning)(seed, shift)
    for seed, shift in tqdm(list(enumerate(shifts, start=1)), desc="labels moved")
)
null_gain, null = (pd.DataFrame(each) for each in zip(*many, strict=True))

# %%
true_gain = gain_importance(
    fit_thin(names, explain.thin(y, few_honest, sample_weight=weight, seed=10))
)
reached = (null_gain.max(axis=1).to_numpy()[:, None] >= true_gain.to_numpy()).sum(axis=0)
p_values = pd.Series((1 + reached) / (1 + PERMUTATIONS), true_gain.index)
beaten = p_values[p_values <= 1 / (1 + PERMUTATIONS)].index.tolist()

# %% tags=["remove-input"]
share = float((weight_valid * y_valid).sum() / weight_valid.sum())
Markdown(
    f"On {PERMUTATIONS} sets of labels without meaning, the same settings reach an average precision of **{null['train'].mean():.2f}** "
    f"(from {null['train'].min():.2f} to {null['train'].max():.2f}) on the rows they learn from, and {null['held out'].mean():.4f} on the validation "
    f"rows, where guessing has {share:.4f}. So a high score on training rows is no evidence of anything. Their gain adds up to "
    f"{null_gain.mean().sum() / true_gain.sum():.0%} of that with the true labels, spread over all columns: a chart of it looks no less serious. "
    f"More gain than any column in any of these sets: {', '.join(beaten) or 'none'}. (With {PERMUTATIONS} sets no p-value is below "
    f"{1 / (1 + PERMUTATIONS):.2f}: that is the risk of a single false name in such a list.) "
    "Of the others, labels without meaning can make as much; that does not show them to be worthless."
)

# %% [markdown]
# ## Would it be the same tomorrow?
#
# Many models change with their seed, and an explanation that changes with the seed explains the seed. Ours draws nothing at random, so we change what it learns from: another share of the honest payments, another block bootstrap of the rows, no exact duplicates, another day. We compare mean |SHAP| over the validation frauds, in ranks and in the top five.

# %%
RUNS = 3 if QUICK else 6
days = pd.concat([train, valid])
days = {"day 1": days[days["Time"] < 86_400], "day 2": days[days["Time"] >= 86_400]}
same_trees = np.array_equal(
    fit_thin(names, random_state=1).predict_proba(few_rows), plain.predict_proba(few_rows)
)


def explained_by(part, part_weight):
    """Train on some rows and return mean |SHAP| over the validation frauds."""
    each = models.chosen(**FEWER_TREES)
    each.fit(part[names], part["Class"], sample_weight=part_weight)
    return explain.attribute(each, frauds).importance()


def shares_of(part, n, many):
    """Explain several trainings on all frauds of some rows and other honest payments."""
    part_weight = data.sampling_weights(part)
    kept = [
        explain.thin(part["Class"], n, sample_weight=part_weight, seed=50 + s) for s in range(many)
    ]
    return pd.DataFrame([explained_by(part.iloc[k.rows], k.weight) for k in kept])


# %%
kept = thinned[0]
part = train.iloc[kept.rows]
counts = explain.resample(
    part["Class"], sample_weight=kept.weight, seed=11,
    **conventions.drawn(part["Time"]) | {"n_resamples": 100},
).counts.T[:RUNS]  # fmt: skip
bootstraps = [explained_by(part[count > 0], count[count > 0]) for count in counts]
base_runs = shares_of(train, 6000, RUNS)
few_runs = max(2, RUNS // 2)
pairs_of = {
    "another share of honest payments": (base_runs,),
    "another bootstrap of the rows": (pd.DataFrame(bootstraps),),
    "exact duplicates removed": (base_runs, shares_of(train.drop_duplicates(), 6000, few_runs)),
    "another day": [shares_of(part, 3000, few_runs) for part in days.values()],
}
steady = {
    name: (explaining.agreement(*both), explaining.agreement(*both, top=5))
    for name, both in pairs_of.items()
}

# %% [markdown]
# And another kind of model. {term}`TabNet` says itself what it looks at: its attention masks are shares that add up to 1 in each row. We train it briefly on all frauds and a share of the honest payments, twice, and ask how its attention to the frauds agrees with SHAP of our model, and with itself. (It can be left out: without torch this part says so.)

# %%
from casebook.adapters import tabnet

tabnet_missing = tabnet.missing()
masks, tabnet_scores = [], []
for_network = explain.thin(y, 500 if QUICK else 20_000, sample_weight=weight, seed=14)
part = train.iloc[for_network.rows]
EPOCHS = 1 if QUICK else 12
for seed in tqdm([] if tabnet_missing else range(2), desc="TabNet"):
    network = tabnet.TabNet(
        fraud_weight=5, batch_size=512, max_epochs=EPOCHS, random_state=seed
    ).fit(part[names], part["Class"], sample_weight=for_network.weight)
    masks.append(pd.DataFrame(network.attention(frauds).total, columns=names))
    tabnet_scores.append(network.predict_proba(X_valid)[:, 1])

# %%
of_frauds = shap.contributions[is_fraud]
couples = {f"TabNet's attention, training {n}": (of_frauds, m) for n, m in enumerate(masks, 1)}
couples |= {"TabNet's attention, one training with the other": masks} if masks else {}
by_rows = {
    name: tuple(
        explaining.row_agreement(
            *(rows.means(each.abs(), is_fraud) for each in both), rows, top=top
        )
        for top in (None, 5)
    )
    for name, both in couples.items()
}

# %% tags=["remove-input"]
display(
    pd.DataFrame(
        {
            name: {"rank correlation": f"{by_rank:.2f}", "share of the top five": f"{top:.2f}"}
            for name, (by_rank, top) in {**steady, **by_rows}.items()
        }
    ).T.rename_axis("explained again with")
)

# %% tags=["remove-input"]
apart = leaks.difference(valid, tabnet_scores, score) if tabnet_scores else None
Markdown(
    f"(Another seed: {'the same scores, bit by bit' if same_trees else 'other scores'}. Of the first four lines the intervals are over trainings, {few_runs} to {RUNS} of each kind, by leaving out one at a time, with "
    "Student's t: with so few they are wide, and that there were only two days they do not know. They are not held against each other here.) "
    "A report names the first few columns, and no ranks below them. "
    + (
        tabnet_missing
        if tabnet_missing
        else "TabNet's lines have intervals over the frauds, each training by itself: how far a third training would differ, two cannot say. They were short "
        f"trainings on a part of the rows: against our model, average precision changes by {apart:+.2f}. Attention says what a network "
        "*looked at*, in the scale it was given, and not what moved the score or which way. Do not put it beside SHAP as a second opinion "
        "on the same question."
    )
)

# %% [markdown]
# ## What is this model cheating on?
#
# We look for a column that the model leans on and that is worth nothing, or less. One candidate is the one column that everybody understands: `Amount`. Surprises are checked twice here. What does its shuffling do to the bill, and what does a model save that never had it, over several trainings?

# %% tags=["hide-input"]
by_rule = {
    label: [costs.bayes_block(s, valid["Amount"], costs=COSTS) for s in scores[label]]
    for label in ("as it is", "without Amount")
}
saved_challenger = race.savings(
    valid, by_rule["without Amount"], by_rule["as it is"], costs=COSTS, asked=len(variants)
)
challenger_words = intervals.verdict(
    saved_challenger, asked=len(variants), above="cheaper", below="more expensive"
)
amount_stays = bills["without Amount"] != "cheaper"

# %% tags=["remove-input"]
display(
    pd.DataFrame(
        {
            "one threshold, served": {
                f"bill added by shuffling it (€, {SHUFFLES} shuffles)": f"{lost['euros']['Amount']:z,.0f}, {needed['euros']['Amount']}",
                f"savings gained without it ({TRAININGS} trainings)": f"{fine(saved['without Amount'], sign='+')}, {bills['without Amount']}",
            },
            "one for each payment, challenger": {
                f"bill added by shuffling it (€, {SHUFFLES} shuffles)": f"{lost['challenger']['Amount']:z,.0f}, {needed['challenger']['Amount']}",
                f"savings gained without it ({TRAININGS} trainings)": f"{fine(saved_challenger, sign='+')}, {challenger_words}",
            },
        }
    ).T.rename_axis("`Amount`, validation rows")
)
Markdown(
    f"By the rule that is served, a model without `Amount` is {bills['without Amount']} {'from' if bills['without Amount'] == intervals.UNTOLD else 'than'} one with it, so it {'stays an input' if amount_stays else 'would have to go'}. "
    "The rows that decide this are validation rows; the test rows are not asked. (The challenger knows the amount in any case: it is part of each payment's threshold.)"
)

# %% [markdown]
# But what did it learn about amounts? The trees can be read. We take the five euros within which they split `Amount` most often, and the commonest price of the training frauds there. Then we look for series: frauds of one price with no pause of more than half an hour.

# %%
trees = model.booster_.trees_to_dataframe()
cuts = trees.loc[trees["split_feature"] == "Amount", "threshold"].astype(float)
five = cuts // 5 * 5
window = five.mode()[0]
then = train[train["Class"] == 1]
PRICE = then.loc[then["Amount"] // 5 * 5 == window, "Amount"].mode()[0]
same, later_same = (np.isclose(part["Amount"], PRICE) for part in (train, valid))

pause = then.groupby("Amount")["Time"].diff() > 1800
series = then.assign(series=pause.groupby(then["Amount"]).cumsum())
components = names[:-1]


def steps_in(part):
    """Count the components that go up or down, nearly without a step back."""
    order = pd.Series(np.arange(len(part)), index=part.index)
    return int((part[components].corrwith(order, method="spearman").abs() >= 0.95).sum())


# %% tags=["hide-input"]
many = {key: part for key, part in series.groupby(["Amount", "series"]) if len(part) >= 10}
told = pd.DataFrame(
    {
        key: {
            "amount (€)": f"{key[0]:.2f}",
            "frauds": len(part),
            "minutes": round((part["Time"].iloc[-1] - part["Time"].iloc[0]) / 60),
            f"of {len(components)} components, in step": steps_in(part),
        }
        for key, part in many.items()
    }
).T

# %% tags=["remove-input"]
march = max(many, key=lambda key: steps_in(many[key]))
one = many[march]
between_them = train[train["Time"].between(one["Time"].iloc[0], one["Time"].iloc[-1])]
others = between_them[(between_them["Class"] == 0)].iloc[:: max(1, len(between_them) // len(one))]
told.set_index("amount (€)")


# %% tags=["hide-input"]
def stairs(columns):
    """Draw how some columns go from one payment of the series to the next."""
    figure, axes = plt.subplots(figsize=(5.0, 3.6))
    minutes = (one["Time"] - one["Time"].iloc[0]) / 60
    looks = zip(COLOURS.values(), "oDs^", ("-", "-.", "--", ":"), strict=False)
    for column, (colour, marker, line) in zip(columns, looks, strict=True):
        axes.plot(minutes, one[column], color=colour, marker=marker, ls=line, ms=4, lw=1)
        axes.axhline(X.loc[y == 0, column].median(), color=colour, lw=0.8, ls=(0, (1, 3)))
        axes.text(minutes.iloc[-1] + 1, one[column].iloc[-1], column, va="center")
    axes.set(title=f"What do {len(one)} frauds of {march[0]:.2f} € have in common?")
    axes.set_xlabel("minutes since the first payment of the series")
    axes.set_ylabel("value (no unit);\ndotted: median of honest payments")
    axes.margins(x=0.09)
    return figure


# %% tags=["remove-input"]
show(
    stairs(["V14", "V4", "V17", "V10"]),
    alt=(
        f"Four components of {len(one)} frauds of {march[0]:.2f} euros over "
        f"{(one['Time'].iloc[-1] - one['Time'].iloc[0]) / 60:.0f} minutes, step by step: "
        + ", ".join(
            f"{c} from {one[c].iloc[0]:.1f} to {one[c].iloc[-1]:.1f}"
            for c in ("V14", "V4", "V17", "V10")
        )
        + "."
    ),
)

# %% tags=["remove-input"]
at_price = series[np.isclose(series["Amount"], PRICE)]
sizes = at_price.groupby("series").size()
there = np.average(X["Amount"] // 5 * 5 == window, weights=weight)
Markdown(
    f"{(five == window).mean():.0%} of the {len(cuts)} splits on `Amount` lie between {window:.0f} and {window + 5:.0f} €, where {there:.0%} of the training payments are. Why there? Of "
    f"{int(weight[same].sum()):,} training payments of exactly {PRICE:.2f} € {len(at_price)} are frauds; and those are no habit "
    f"of fraudsters, but came in {len(sizes)} series, the longest of {sizes.max()} payments. Among the validation rows {int(y_valid[later_same].sum())} of "
    f"{int(weight_valid[later_same].sum())} payments of that price are fraud.\n\n"
    f"The figure shows the series that stands out most: {len(one)} payments of {march[0]:.2f} € within the hour, "
    f"{steps_in(one)} of {len(components)} components nearly without a step back. (As many honest payments from the same hour: {steps_in(others)}.) "
    "It looks like *one* stolen card, and like components that hold running totals of the card. We cannot know; nobody outside knows what the components are.\n\n"
    "So *that* the model looks at the price of a few thieves can be read in its trees; that this costs money is not shown. Few cards make many rows, and a hundred rows of one card are, for such "
    "questions, one."
)

# %% [markdown]
# ## Do the importances hold on rows that did not suggest them?
#
# The columns that cost most euros on the validation rows won a contest, and a winner is partly lucky (chapter 02). So we name the first five now and ask the test rows about these, in both measures, by the threshold that is served. Nothing below is chosen by the answer.

# %%
FIVE = ends[:5]
test = split.open_test(
    payments,
    who="chapter 05",
    why="Do the importances of the first five columns hold, and do all explanations add up, on rows that suggested neither?",
    kind="demonstration",
)
X_test, y_test, weight_test = test[names], test["Class"], data.sampling_weights(test)
test_score = model.predict_proba(X_test)[:, 1]
part = explain.thin(y_test, 4000, score=test_score, sample_weight=weight_test, seed=16)
later = test.iloc[part.rows]
later_rows = explain.resample(
    later["Class"], sample_weight=part.weight, **conventions.drawn(later["Time"]) | MANY
)
test_shuffled = explain.shuffle(
    model, later[names], columns=FIVE, n_repeats=SHUFFLES, sample_weight=part.weight
)


# %% tags=["hide-input"]
def later_euros(scores):
    """Return what decisions by these scores cost, test payment by test payment."""
    return costs.row_costs(later["Class"], scores >= THRESHOLD, later["Amount"], costs=COSTS)


test_lost = {
    unit: explain.permutation_importance(test_shuffled, later_rows, cost, asked=2 * len(FIVE))
    for unit, cost in {"average precision": None, "€": later_euros}.items()
}
test_words = {
    (unit, name): intervals.verdict(each, asked=2 * len(FIVE), above="needed", below="harmful")
    for unit, table in test_lost.items()
    for name, each in table.items()
}

# %% tags=["remove-input"]
pd.DataFrame(
    {
        name: {
            f"{unit}, {where}": f"{format(each[name], 'z,.0f') if unit == '€' else fine(each[name])}, {words}"
            for unit, kind in (("average precision", "precision"), ("€", "euros"))
            for where, each, words in (
                ("validation", lost[kind], needed[kind][name]),
                ("test", test_lost[unit], test_words[unit, name]),
            )
        }
        for name in FIVE
    }
).T.rename_axis(f"lost when shuffled ({SHUFFLES} shuffles)")

# %% tags=["remove-input"]
held = {
    unit: ", ".join(name for name in FIVE if test_words[unit, name] == "needed") or "none of them"
    for unit in test_lost
}
Markdown(
    f"By average precision the test rows confirm {held['average precision']}; by euros, {held['€']}. All ten intervals hold together. "
    "In euros a handful of large frauds decides, and intervals of such sums tend to be too short rather than too long: so what the release says about euros, "
    "it says of the validation rows, and as a description. What it may say of any rows is in average precision."
)

# %% [markdown]
# ### All test rows, explained
#
# Whether explanations add up is not a matter of choice: it must hold for each row.

# %%
swarm = later[(later["Class"] == 1) | (np.arange(len(later)) % 3 == 0)][names]
explained = swarm if QUICK else X_test
all_shap = explain.attribute(model, explained)

# %% tags=["hide-input"]
listed = list(dict.fromkeys([*FIVE, *top[:3], "Amount"]))
drawn = Explanation(
    all_shap.contributions.loc[swarm.index, listed].to_numpy(),
    data=swarm[listed].to_numpy(),
    feature_names=listed,
)
figure = plt.figure(figsize=(5.0, 1.4 + 0.42 * len(listed)))
shades = sns.blend_palette([COLOURS[name] for name in ("blue", "grey", "orange")], as_cmap=True)
axes = beeswarm(
    drawn, max_display=len(listed), order=np.arange(len(listed)), color=shades, s=5,
    plot_size=None, show=False,
)  # fmt: skip
axes.set_title("Which way do the columns push?")
axes.set_xlabel("contribution to the score (log-odds);\ntest rows: frauds, suspects, some others")
for each in figure.axes:
    each.tick_params(labelsize=9.5, labelcolor=INK["light"])
    each.xaxis.label.set_size(9.5)
    each.yaxis.label.set_size(9.5)
show(
    figure,
    alt=(
        "Contributions of columns to the scores of test rows, coloured by the column's value. "
        + " ".join(
            f"{name}: from {all_shap.contributions[name].min():.1f} to {all_shap.contributions[name].max():.1f} log-odds."
            for name in listed
        )
    ),
)

# %% tags=["remove-input"]
Markdown(f"{len(explained):,} rows add up to their scores within {all_shap.error:.0e}.")

# %% [markdown]
# ## One decision, told well
#
# The validation fraud with the largest amount that was caught, and the largest that was missed: picked by their amount, not by how well their story reads.

# %%
table = valid.assign(score=score, block=score >= THRESHOLD)[y_valid == 1].sort_values("Amount")
picked = {
    "caught": table[table["block"]].index[-1], "missed": table[~table["block"]].index[-1]
}  # fmt: skip
cases = explain.attribute(model, X_valid.loc[list(picked.values())])
as_risk = explain.attribute(
    model, X_valid.loc[list(picked.values())], background=backgrounds[0], output="probability"
)
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
    axes.set_title(title, pad=22)
    axes.set_xlabel("score (log-odds of fraud)", labelpad=16)
    return axes.figure


# %% tags=["remove-input"]
display(
    *(
        show(
            why(number, f"Why was this fraud of {valid.loc[index, 'Amount']:,.2f} € {name}?"),
            alt=(
                f"From the base of {cases.base:.2f} log-odds to the score of "
                f"{steps[name]['reached'].iloc[-1]:.2f}: "
                + ", ".join(f"{c} {s:+.2f}" for c, s in steps[name]["contribution"].items())
                + "."
            ),
        )
        for number, (name, index) in enumerate(picked.items())
    )
)

# %% tags=["remove-input"]
first_step = steps["caught"].iloc[0]
lead_column = steps["caught"].index[0]
tails = {"as low": X[lead_column] <= first_step["value"]}
tails["as high"] = X[lead_column] >= first_step["value"]
rare = min((np.average(tail, weights=weight), words) for words, tail in tails.items())
risk = as_risk.waterfall(0, top=1)
text = {
    name: f"{cases.base:.4f} {'+' if s['contribution'].sum() >= 0 else '−'} {abs(s['contribution'].sum()):.4f} = {cases.score[number]:.4f}"
    for number, (name, s) in enumerate(steps.items())
}
Markdown(
    f"The sums are exact: caught {text['caught']}, missed {text['missed']} log-odds; as probabilities {score[valid.index.get_loc(picked['caught'])]:.4f} and "
    f"{score[valid.index.get_loc(picked['missed'])]:.4f}, and payments are blocked from {THRESHOLD:.4f} on. "
    f"In the first, `{lead_column}` alone multiplies the odds of fraud by {np.exp(first_step['contribution']):,.0f}; {rare[0]:.2%} of "
    f"the training payments have a value {rare[1]}. As a probability, and compared with {len(backgrounds[0])} training rows, it adds "
    f"{risk['contribution'].iloc[0]:.2f} to a base of {as_risk.base:.4f}.\n\n"
    "The missed one is not a riddle that a better chart would solve: no column speaks up for fraud "
    f"by more than {max(0.0, steps['missed']['contribution'].drop('all others').max()):.2f}. An explanation cannot hold what the model does not know."
)

# %% [markdown]
# ### What may be said to an expert about V14?
#
# `V1` to `V28` are {term}`principal components <principal component>` of fields that were never published. A fraud expert will ask what V14 *is*, and it is tempting to answer. What the numbers bear:

# %% tags=["remove-input"]
# Only the first five columns were asked of later rows.
later_words = {
    "needed": "; later rows confirmed it in euros",
    None: "; later rows were not asked about it",
}.get(test_words.get(("€", "V14")), "; later rows did not confirm it in euros")
v14 = X["V14"]
honest_low = np.quantile(v14[y == 0], 0.001)
low_share = intervals.bootstrap(
    intervals.Recall(-honest_low), y, -v14, sample_weight=weight, **conventions.drawn(train["Time"])
)

# %% tags=["remove-input"]
pd.DataFrame(
    [
        (f"Of the training frauds, {low_share:.0%} have a V14 below that of all but one in a thousand honest payments.",
         "“Fraudsters have a low V14 because …”: nobody outside knows what it is."),
        (f"Shuffling V14 costs {lost['precision']['V14']:.2f} average precision on these rows ({needed['precision']['V14']}), and {lost['euros']['V14']:,.0f} € by the served threshold ({needed['euros']['V14']}), on the rows that picked the column{later_words}.",
         "“V14 causes fraud”, or “without V14 we would lose that”: dropped and trained again, "
         f"it is {lost['dropped']['V14']:.2f}."),
        ("In this payment V14 added so much to the score, compared with these training rows.",
         "“Had V14 been normal, we would have let it through”: payments in which V14 alone "
         "changes may not exist."),
        ("In one series it moves on with each further payment of one price.",
         "“V14 counts the payments of a card”: a guess, to be asked of those who have the fields."),
    ],
    columns=["may be said", "may not be said"],
).set_index("may be said")  # fmt: skip

# %% [markdown]
# The last line is the useful one. The bank that made these components can look the guess up in a minute. Explanations of anonymous columns are worth what they make people check.

# %% [markdown]
# ## What to decide
#
# :::{admonition} What do we show, and what do we change?
# :class: pr-decide
# The release file gets permutation importance on held-out rows, in average precision and in euros by the threshold that is served, averaged over many shuffles and with intervals that hold for all columns together; and SHAP of the frauds in log-odds, named so. It names no order of columns in euros that other rows did not confirm. Gain stays out of it. Neither `Time` nor any number that grows with the rows becomes an input. A column is removed only if a model without it is cheaper by the served rule, over several trainings, on rows that may choose. Every training run from now on carries a column of noise, and the run stops for a human if a true column falls below it that stood above it before. An expert gets the sentences of the left column above, and the question in the last line.
# :::

# %% tags=["remove-cell"]
chapter = {"chapter": "05", "data_digest": payments.attrs["sha256"]}
served = {"model": serving.fingerprint(score)}
by_shuffle = f"mean of {SHUFFLES} shuffles, drawn anew in each resample"
on_valid = {"n": len(valid), "split": "valid"}
for kind, name, unit in (
    ("precision", "V14", "average precision"), ("euros", "V14", "€ on the validation rows"),
    ("euros", "V12", "€ on the validation rows"), ("euros", "Amount", "€ on the validation rows"),
):  # fmt: skip
    evidence.record(
        f"{'bill added' if kind == 'euros' else 'average precision lost'} when {name} is shuffled",
        lost[kind][name].estimate, lost[kind][name], unit=unit,
        how=f"{by_shuffle}; one of {len(names)} columns asked about at once",
        **on_valid, **served, **chapter,
    )  # fmt: skip
for name, each in test_lost["€"].items():
    evidence.record(
        f"bill added when {name} is shuffled, test rows", each.estimate, each,
        unit="€ on the test rows", n=len(test), split="test",
        how=f"{by_shuffle}; one of {2 * len(FIVE)} losses of columns named beforehand",
        **served, **chapter,
    )  # fmt: skip

# %% tags=["remove-cell"]
paired = f"paired, over {TRAININGS} trainings with and {TRAININGS} without it"
share_saved = "share of the oracle's"
ap = "average precision"
for claim, gap, unit, how in (
    ("savings gained without Amount", saved["without Amount"], share_saved, paired),
    ("savings gained without Amount, a threshold for each payment", saved_challenger, share_saved, paired),
    ("savings gained by having Time as a column", saved["Time"], share_saved, paired),
    ("average precision lost when V14 is dropped and the model trained again", lost["dropped"]["V14"], ap,
     f"{times(DROPS)} on thinned rows, drawn anew in each resample"),
    ("bill of release candidate 1 above that of the chosen model", candidate_gap, "€ on the validation rows", "paired"),
    ("average precision lost when a receipt number is shuffled", usual["receipt"]["lost"], ap, by_shuffle),
):  # fmt: skip
    evidence.record(claim, gap.estimate, gap, unit=unit, how=how, **on_valid, **chapter)

# %% tags=["remove-cell"]
for name, (by_rank, _) in steady.items():
    evidence.record(
        f"rank correlation of explanations, {name}", by_rank.estimate, by_rank, n=by_rank.n,
        unit="Spearman's rank correlation", split="development",
        how="mean |SHAP| of the validation frauds, models trained again",
        because="it is over trainings, not rows: one is left out at a time, with Student's t", **chapter,
    )  # fmt: skip
for name, (by_rank, _) in by_rows.items():
    evidence.record(
        f"rank correlation of explanations, {name}", by_rank.estimate, by_rank, n=by_rank.n,
        unit="Spearman's rank correlation", split="valid", how="means over the validation frauds; one training each",
        may_differ=FEW_EPOCHS, **chapter,
    )  # fmt: skip

# %% tags=["remove-cell"]
for method, row in strongest.iterrows():
    evidence.record(
        f"leaks of two standard deviations found by {method}", row["share"].estimate, row["share"],
        n=row["share"].n, unit="share of plantings", split="development", how="counted over plantings",
        because="plantings with other noise do not depend on each other", **chapter,
    )  # fmt: skip
evidence.record(
    "largest miss of additivity, all test rows", all_shap.error, None, unit="log-odds",
    n=len(explained), split="test", how="base and SHAP values against the model's own score",
    may_differ=SOME_ONLY, **served, **chapter,
)  # fmt: skip
evidence.record(
    "average precision on training rows with labels without meaning, least of all", null["train"].min(),
    None, unit="average precision", n=PERMUTATIONS, split="train", how="labels moved in time", **chapter,
)  # fmt: skip

# %% tags=["remove-cell"]
answers = {
    **{f"needed by the model ({kind})": which(kind) for kind in lost},
    **{f"shuffling saves euros ({kind})": which(kind, "harmful") for kind in ("euros", "challenger")},
    **{f"a model with {name} against one without": bills[name] for name in controls},
    "a model without Amount against one with it": bills["without Amount"],
    "the same, a threshold for each payment": challenger_words,
    "does Amount stay an input?": "yes" if amount_stays else "no",
    "release candidate 1 against the chosen model": candidate_words,
    "does the scale move explanations more than the background?": scale_words,
    "balanced against plain, average precision": balanced_words,
    "SHAP without payments that nobody decides about, against shuffling": awake_words,
    **{f"group {name} against its members": words for name, words in hidden_words.items()},
    "worth more where learned": ", ".join(sorted(more)) or "none",
    "above all sets of labels without meaning": ", ".join(beaten) or "none",
    **{f"{name} on the test rows, {unit}": words for (unit, name), words in test_words.items()},
    "the strongest leak is always found by": ", ".join(always) or "no method",
}  # fmt: skip
for question, answer in answers.items():
    reason = ONE_TRAINING if question.endswith("(dropped)") else ""
    evidence.conclude(question, answer, chapter="05", may_differ=reason)

# %% [markdown]
# :::{admonition} Take-away
# :class: pr-takeaway
# - Ask which of three questions is meant: what the score is made of, what the worth rests on, what the data would lose.
# - Measure importance on *later* rows than the model learned from, in the unit of the decision and by its rule, over many shuffles, with an interval. Shuffle together what belongs together.
# - A SHAP chart needs its scale, its background and its rows in the caption. Adding up is necessary; it does not make an explanation of a broken model useful.
# - Plant noise, an identifier and a leak before you believe a ranking. Train once on labels without meaning before you believe a training score.
# - Few cards make many rows: a column may be important because one thief liked one price.
# - Nothing that shuffles, drops or adds up knows what a column means. Say what was measured, and ask the people who have the fields.
# :::

# %% [markdown]
# ## Exercises
#
# ```{exercise} Read it off
# :label: explain-read
#
# In the waterfall of the fraud that was caught, cover the two largest contributions with your hand. Would the payment still have been blocked? Then compute it, and say why the answer is *not* “what would have happened without those two columns”.
# ```

# %% tags=["hide-cell"]
whole = cases.waterfall(0)
left = cases.score[0] - whole["contribution"].iloc[:2].sum()
chance = 1 / (1 + np.exp(-left))
Markdown(
    f"Without `{whole.index[0]}` and `{whole.index[1]}` the sum is {left:.2f} log-odds, a probability of {chance:.4f}; the threshold "
    f"is {THRESHOLD:.4f}: {'still blocked' if chance >= THRESHOLD else 'let through'}. But the sum without two terms is the score of no payment. "
    "The other contributions were shared out with these two present, and a model without them would have learned to use the others."
)

# %% [markdown]
# ```{exercise} Code it
# :label: explain-code
#
# Is the hour of the day worth something? Add it as a column, train again, and judge it in all three ways: by what its shuffling costs, by what it adds to average precision and to the bill, and by its place among mean |SHAP| of the frauds. Think first what it can do on these rows, and what on a whole week.
#
# Call the new column on the validation rows `hour`, and what the new model says of them `hour_score`.
# ```

# %% tags=["hide-cell"]
learn, judge = (part.assign(hour=part["Time"] // 3600 % 24) for part in (learn, judge))
with_hour = [*names, "hour"]
clocked = fit_thin(with_hour)
hour, hour_score = judge["hour"], clocked.predict_proba(judge[with_hour])[:, 1]
hour_shuffled = explain.shuffle(
    clocked, judge.iloc[judged.rows][with_hour], columns=["hour"], sample_weight=judged.weight
)
gaps = {
    "average precision lost when it is shuffled": explain.permutation_importance(
        hour_shuffled, rows, asked=3
    )["hour"],
    "average precision gained": leaks.difference(valid, hour_score, plain_score, asked=3),
    "savings gained": race.savings(
        valid, *([conventions.decide(valid, s, costs=COSTS)] for s in (hour_score, plain_score)),
        costs=COSTS, asked=3,
    ),
}  # fmt: skip
place = explain.attribute(clocked, judge.loc[y_valid == 1, with_hour]).importance()
number = int(place.rank(ascending=False)["hour"])

# %% tags=["hide-cell"]
hour_words = intervals.verdicts(gaps, above="above zero", below="below zero")
Markdown(
    "; ".join(f"{what}: {fine(gap)}, {hour_words[what]}" for what, gap in gaps.items())
    + f". Among mean |SHAP| of the frauds it is number {number} of {len(place)}. One training each: how far others differ we have not asked. "
    "The validation rows are some hours of one day: there the hour can hardly tell one "
    "payment from another, and what it learned about the nights of two days is not tested at all."
)

# %% tags=["remove-cell", "check"]
from casebook import checks

checks.hour_of_day(hour, hour_score, valid=valid, score=plain_score)

# %% [markdown]
# ```{exercise} Argue it
# :label: explain-argue
#
# A regulator asks for “the reasons” of each blocked payment, in words. A vendor offers software that turns SHAP values into sentences: “blocked because V14 was unusual”. What do you answer to both?
# ```
#
# ```{solution} explain-argue
# :class: dropdown
#
# To the regulator: we can state, for each payment, which inputs moved the score, by how much, compared with which payments, and that these add up to the score; we keep it with the decision. We cannot give causes, and for anonymous inputs we cannot give meanings; the bank that has the fields can, and must check them. We also show what the model was *not* given. To the vendor: a sentence with “because” claims more than the numbers hold. “Unusual” is a claim about other payments that can be checked, “because” is one that cannot. We would rather send the customer the name and the number of a person who can look.
# ```

# %% [markdown]
# ## Further reading
#
# - {cite:t}`lundberg2017` and {cite:t}`lundberg2020`: SHAP values, and the two ways for trees.
# - {cite:t}`kumar2020`: what Shapley values are not, when they are read as importance.
# - {cite:t}`breiman2001` and {cite:t}`fisher2019`: permutation importance, then and now.
# - {cite:t}`strobl2007`: why importance on training rows favours columns with many values.
# - {cite:t}`altmann2010` and {cite:t}`ojala2010`: what labels without meaning can test; {cite:t}`kursa2010`: columns without meaning as a yardstick.
# - {cite:t}`jain2019`: why attention is not an explanation.
