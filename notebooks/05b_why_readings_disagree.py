# %% [markdown]
# # Why do the readings disagree, and what holds on other rows?
#
# In [chapter 05](05_explainability) one column gets three answers. How far do readings of all columns agree, why do they part, and do the columns that came first come first again?

# %% tags=["hide-input"]
from functools import reduce
from operator import sub

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from shap import Explanation, TreeExplainer
from shap.plots import beeswarm

# %% tags=["hide-input"]
from casebook import data, evidence, explaining, mode, models, plots, progress, split, witness
from casebook.page import headed, in_short, percent
from casebook.witness import gain
from prerelease import costs, explain, intervals, serving
from prerelease.plots import COLOURS, INK, show, use_style

use_style()
pd.options.display.max_colwidth = None

# %% tags=["remove-input"]
SOME_ONLY = "A quick run explains the frauds and some hundred other test rows, not all."
less = f"\n\n**Less in quick mode:** {SOME_ONLY} Groups are left out once, not four times."
Markdown(mode.banner() + less * mode.is_quick())

# %% tags=["remove-cell"]
payments = data.load()
train, valid = split.development(payments)
names = witness.INPUTS
X, y, weight = train[names], train["Class"], data.sampling_weights(train)
case = witness.served(train, valid)
model, draws, is_fraud, SHUFFLES = case.model, case.draws, case.draws.positive, 20
QUICK = mode.is_quick()


def about(number):
    """Return a number of euros with the two digits that matter."""
    return f"{float(f'{number:.2g}'):,.0f}"


def fine(each, digits=3):
    """Format an interval, with one more digit where an end would be rounded to zero."""
    digits += any(0 < abs(end) < 10**-digits / 2 for end in (each.low, each.high))
    return f"{each:z.{digits}f}"


# %% tags=["hide-input"]
shap = explain.attribute(model, case.inputs)
shuffled = explain.shuffle(
    model,
    case.inputs,
    n_repeats=SHUFFLES,
    sample_weight=case.kept.weight,
    tell=progress.line("shuffle"),
)
found = {
    "average precision": explain.losses(shuffled, draws),
    "€": explain.losses(shuffled, draws, case.euros),
}
lost = {
    unit: {column: loss.interval(asked=len(names)) for column, loss in losses.items()}
    for unit, losses in found.items()
}

# %% [markdown]
# ## How far do the readings agree?
#
# These are five readings of the same columns.
#
# - **gain**: by how much their splits lowered the training loss.
# - **SHAP, all**: mean |SHAP| over all validation payments. **SHAP, frauds**: over the frauds alone.
# - **shuffled, AP** and **shuffled, €**: what shuffling costs on these rows, in {term}`average precision` and in euros by the served threshold.
#
# To train again without each column is a sixth. Most of its losses could be luck, so its order means little, and we leave it out here.

# %% tags=["remove-cell"]
gained = gain(model)[names].to_numpy()
read = {
    "gain": (gained, gained[None]),
    "SHAP,\nall": draws.means(shap.contributions.abs()),
    "SHAP,\nfrauds": draws.means(shap.contributions[is_fraud].abs(), is_fraud),
}
for label, unit in {"shuffled,\nAP": "average precision", "shuffled,\n€": "€"}.items():
    each = found[unit].values()
    read[label] = (
        np.array([loss.estimate for loss in each]),
        np.stack([loss.resampled for loss in each], axis=1),
    )

# %% tags=["remove-cell"]
agree = pd.DataFrame(
    {
        other: {one: explaining.row_agreement(read[one], read[other], draws) for one in read}
        for other in read
    }
)
below = agree.iloc[1:, :-1]
correlation = below.map(lambda each: each.estimate)
upper = np.triu(np.ones(correlation.shape, dtype=bool), 1)
written = below.map(
    lambda each: f"{each:.2f}".replace(" [", "\n").replace(", ", " to ").rstrip("]")
)
written = written.map(lambda word: word.replace("-", "−"))

# %% tags=["remove-cell"]
labels = {one: one.replace("\n", " ") for one in agree}
pairs_of = {
    f"{labels[one]} and {labels[other]}": agree.loc[one, other]
    for number, one in enumerate(agree)
    for other in list(agree)[:number]
}
furthest, nearest = (
    pick(pairs_of, key=lambda pair: pairs_of[pair].estimate) for pick in (min, max)
)
agree_alt = (
    "Rank correlation of five readings of importance, with 95 % intervals: "
    + "; ".join(f"{pair}, {each:.2f}" for pair, each in pairs_of.items())
    + "."
)

# %% tags=["hide-input"]
figure, axes = plt.subplots(figsize=(5.0, 3.9))
sns.heatmap(
    correlation,
    annot=written,
    annot_kws={"size": 8},
    fmt="",
    mask=upper,
    cmap=sns.light_palette(COLOURS["blue"], as_cmap=True),
    vmin=0,
    vmax=1,
    cbar=False,
    ax=axes,
)
axes.set_title("Do five readings of importance agree?")
axes.tick_params(length=0, rotation=0)
axes.grid(visible=False)
show(figure, alt=agree_alt)

# %% [markdown]
# Each cell is a {term}`rank correlation` over all columns, with its 95 % interval over the rows. Furthest apart are {eval}`furthest` ({eval}`f"{pairs_of[furthest].estimate:.2f}"`), nearest are {eval}`nearest` ({eval}`f"{pairs_of[nearest].estimate:.2f}"`). A low number alone proves no more than that two orders differ. Two reasons can be measured.

# %% [markdown]
# ## Nearly all payments are asleep
#
# Nearly all payments are honest, and their scores lie far below any threshold. A column that moves them from one in ten thousand to one in a hundred thousand and back is busy all day and decides nothing. If that is why SHAP over all payments and shuffling part, leaving such payments out should bring them together.

# %%
asleep = model.predict_proba(case.inputs)[:, 1] < 0.01
total = shap.contributions.abs().mul(case.kept.weight, axis=0)
idle = total[asleep].sum() / total.sum()

# %% tags=["remove-cell"]
losses_ap = found["average precision"].values()
worth = (
    np.array([loss.estimate for loss in losses_ap]),
    np.stack([loss.resampled for loss in losses_ap], axis=1),
)
over_all = draws.means(shap.contributions.abs())
awake = draws.means(shap.contributions[~asleep].abs(), ~asleep)
over_frauds = draws.means(shap.contributions[is_fraud].abs(), is_fraud)
over_honest = draws.means(shap.contributions[~is_fraud].abs(), ~is_fraud)
# The control: as many frauds as among those awake, and honest payments of all scores.
share = draws.means(pd.DataFrame({"fraud": 1.0 * is_fraud[~asleep]}), ~asleep)
as_many = [s * f + (1 - s) * h for s, f, h in zip(share, over_frauds, over_honest, strict=True)]
sides = {"all": over_all, "awake": awake, "frauds": over_frauds, "control": as_many}
to_worth = {name: explaining.row_agreement(side, worth, draws) for name, side in sides.items()}


# %% tags=["remove-cell"]
def nearer(name, other):
    """Return by how much nearer to shuffling one reading is than another."""
    drawn = [explaining.rank_correlation(sides[each][1], worth[1]) for each in (name, other)]
    gap = to_worth[name].estimate - to_worth[other].estimate
    return draws.interval(gap, drawn[0] - drawn[1], asked=2)


closer, of_sleep = nearer("awake", "all"), nearer("awake", "control")
awake_words, sleep_words = (
    intervals.verdict(gap, asked=2, above="nearer", below="further apart")
    for gap in (closer, of_sleep)
)
so_sleep = "which could be luck" if sleep_words == intervals.UNTOLD else "which is more than luck"
so_awake = {
    "nearer": "They come nearer, by more than luck",
    "further apart": "They move further apart, by more than luck",
}.get(awake_words, "That could be luck, since the interval holds zero")

# %% [markdown]
# Of a column's mean |SHAP|, {eval}`percent(idle.min())` ({eval}`idle.idxmin()`) to {eval}`percent(idle.max())` ({eval}`idle.idxmax()`) comes from payments that the model gives less than one in a hundred. Without them its {term}`rank correlation` with what shuffling costs goes from {eval}`f"{to_worth['all'].estimate:.2f}"` to {eval}`f"{to_worth['awake'].estimate:.2f}"`, a change of {eval}`f"{closer:+.2f}"`. **{eval}`so_awake`.**
#
# But is it the sleep? Among those awake, frauds are a larger share. The control has as large a share of frauds, and honest payments of all scores: that alone gives {eval}`f"{to_worth['control'].estimate:.2f}"`. What is left for the sleep is {eval}`f"{of_sleep:+.3f}"`, {eval}`so_sleep`. (Frauds alone give {eval}`f"{to_worth['frauds'].estimate:.2f}"`. Two changes are asked about at once.) Either way, read mean |SHAP| over the payments that a decision is about. That need not close the gap: SHAP tells what moves the score, and never asks whether the model is right.

# %% [markdown]
# ## Columns that stand in for each other
#
# Shuffling asks for a column *beside all others*; dropping lets the others take over. “V1 to V28 are principal components, so they are uncorrelated”, one reads. Over all rows they are. Among the frauds?

# %%
between = {
    name: X[names[:-1]][y == label].corr().where(~np.eye(len(names) - 1, dtype=bool)).abs()
    for name, label in {"honest": 0, "frauds": 1}.items()
}
apart = squareform(1 - X[y == 1].corr().abs(), checks=False)  # groups: no pair below 0.8
group_of = fcluster(linkage(apart, method="complete"), 0.2, criterion="distance")
members = X.columns.to_series().groupby(group_of, sort=False)
groups = {", ".join(group): [*group] for _, group in members if len(group) > 1}
group_shuffled = explain.shuffle(
    model, case.inputs, columns=groups, n_repeats=SHUFFLES, sample_weight=case.kept.weight
)

# %% tags=["remove-cell"]
as_group = explain.losses(group_shuffled, draws)
of_members = {
    # The loss of the group minus those of its members, paired in rows and shuffles.
    name: reduce(sub, (found["average precision"][one] for one in group), as_group[name])
    for name, group in groups.items()
}
joint, hidden = (
    {name: loss.interval(asked=len(groups)) for name, loss in each.items()}
    for each in (as_group, of_members)
)
hidden_words = intervals.verdicts(hidden, above="more together", below="less together")

# %% tags=["remove-cell"]
DROPS = 1 if QUICK else 4
parts = witness.shares(train, DROPS, n=3000 if QUICK else 6000, seed=30)
group_dropped = [
    explain.drop_columns(
        models.chosen(**witness.fewer_trees()),
        X.iloc[part.rows],
        y.iloc[part.rows],
        case.inputs,
        columns=groups,
        fit_weight=part.weight,
    )
    for part in parts
]

# %% tags=["remove-input"]
joint_drop = explain.permutation_importance(group_dropped, draws)
drop_words = intervals.verdicts(joint_drop, above="above zero", below="below zero")
headed(
    pd.DataFrame(
        {
            name: {
                "shuffled together": fine(joint[name]),
                "minus the sum of its members": f"{fine(hidden[name])}, {hidden_words[name]}",
                "left out together": f"{fine(joint_drop[name])}",
            }
            for name in groups
        }
    ).T.rename_axis(f"average precision lost ({SHUFFLES} shuffles)")
)

# %% tags=["remove-cell"]
closest = between["frauds"].max().nlargest(2)
one_of, other_of = closest.index
honest_most = between["honest"].max().max()
largest_group = max(groups, key=lambda name: joint[name].estimate)
left_out = joint_drop[largest_group].estimate
left_words = (
    "which could be luck"
    if drop_words[largest_group] == intervals.UNTOLD
    else f"which is {drop_words[largest_group]} by more than luck"
)

# %% [markdown]
# Among honest payments no two components correlate by more than {eval}`f"{honest_most:.2f}"`; among the frauds {eval}`one_of` and {eval}`other_of` do by {eval}`f"{closest.iloc[0]:.2f}"`. Where a group costs more together than its members one by one, each hides behind the others. (*Could be luck*: the interval holds zero. The intervals of a column of the table hold together.)
#
# **Shuffling tells what this trained model rests on, not what the data would lose.** The group {eval}`largest_group` costs {eval}`f"{joint[largest_group].estimate:.2f}"` of average precision when it is shuffled. A model trained without it loses {eval}`f"{left_out:.2f}"`, {eval}`left_words`.

# %% [markdown]
# ### Pairs
#
# Trees can use a column differently depending on another. SHAP interaction values split each contribution into what a column does alone and what it does with each other one. They are slow, so here for the frauds alone, as a description of these.

# %%
frauds = valid.loc[valid["Class"] == 1, names]
acting = TreeExplainer(model).shap_interaction_values(frauds)  # payments × columns × columns

# %% tags=["remove-cell"]
one, other = np.triu_indices(len(names))
strength = np.abs(acting[:, one, other]).mean(axis=0) * np.where(one == other, 1, 2)
pairs = pd.DataFrame({"first": np.take(names, one), "second": np.take(names, other)})
pairs["share"] = strength / strength.sum()
pairs = pairs.sort_values("share", ascending=False, kind="stable", ignore_index=True)
alone = pairs["first"] == pairs["second"]
np.testing.assert_allclose(
    acting.sum(axis=2), explain.attribute(model, frauds).contributions, atol=1e-5
)
best = ", ".join(
    f"{row.first} with {row.second} ({percent(row.share, 1)})"
    for row in pairs[~alone].head(3).itertuples(index=False)
)
by_themselves, n_pairs = pairs.loc[alone, "share"].sum(), int((~alone).sum())

# %% [markdown]
# For the frauds, {eval}`percent(by_themselves)` of all effects are those of columns alone. The strongest pairs, out of {eval}`n_pairs`: {eval}`best`. A long list of weak pairs is not a list of findings, for nobody has tested them.

# %% [markdown]
# ## The rule, and the luck of the draw
#
# In euros the rule counts as much as the model, as [the chapter](05_explainability) shows with two rules. And there is the luck of single shuffles.

# %% tags=["remove-cell"]
ends = sorted(names, key=lambda column: -lost["€"][column].estimate)[:6]
leader = ends[0]
one_by_one = [
    float(case.kept.weight @ (case.euros(each) - case.euros(shuffled.score)))
    for each in shuffled.without[leader]
]

# %% [markdown]
# Single shuffles of {eval}`leader` cost from {eval}`about(min(one_by_one))` to {eval}`about(max(one_by_one))` €. A reading of one shuffle is a lottery ticket: average at least twenty, and draw them anew in each resample.

# %% [markdown]
# ## Do the importances hold on rows that did not suggest them?
#
# The columns that cost most euros on the validation rows won a contest, and a winner is partly lucky ([chapter 02](02_representative_metrics)). So we name the first five now and ask the {term}`test rows` about these, in both measures, by the threshold that is served. Nothing below is chosen by the answer.

# %% tags=["hide-input"]
FIVE = ends[:5]
test = split.open_test(
    payments,
    who="chapter 05b",
    why="Do the importances of the first five columns hold, and do all explanations add up, on rows that suggested neither?",
    kind="demonstration",
)
X_test, y_test, weight_test = test[names], test["Class"], data.sampling_weights(test)
test_score = model.predict_proba(X_test)[:, 1]
part = explain.thin(y_test, 4000, score=test_score, sample_weight=weight_test, seed=16)
later = test.iloc[part.rows]
later_draws = witness.drawn(later, part.weight)

# %%
test_shuffled = explain.shuffle(
    model, later[names], columns=FIVE, n_repeats=SHUFFLES, sample_weight=part.weight
)


# %% tags=["remove-cell"]
def later_euros(scores):
    """Return what decisions by these scores cost, test payment by test payment."""
    return costs.row_costs(
        later["Class"], scores >= case.threshold, later["Amount"], costs=witness.COSTS
    )


test_lost = {
    unit: explain.permutation_importance(test_shuffled, later_draws, cost, asked=2 * len(FIVE))
    for unit, cost in {"average precision": None, "€": later_euros}.items()
}
test_words = {
    (unit, column): intervals.verdict(each, asked=2 * len(FIVE), above="needed", below="harmful")
    for unit, table in test_lost.items()
    for column, each in table.items()
}
needed = {
    unit: intervals.verdicts(each, above="needed", below="harmful") for unit, each in lost.items()
}

# %% tags=["remove-input"]
headed(
    pd.DataFrame(
        {
            column: {
                f"{unit}, {where}": f"{format(each[column], 'z,.0f') if unit == '€' else fine(each[column])}, {words}"
                for unit in test_lost
                for where, each, words in (
                    ("validation", lost[unit], needed[unit][column]),
                    ("test", test_lost[unit], test_words[unit, column]),
                )
            }
            for column in FIVE
        }
    ).T.rename_axis(f"lost when shuffled ({SHUFFLES} shuffles)")
)

# %% tags=["remove-cell"]
n_held = {unit: sum(test_words[unit, column] == "needed" for column in FIVE) for unit in test_lost}

# %% [markdown]
# By average precision the test rows confirm {eval}`n_held["average precision"] or "none"` of the five by more than luck; by euros, {eval}`n_held["€"] or "none"`. All ten intervals hold together, so each is wide. In euros a handful of large frauds decides, and intervals of such sums tend to be too short rather than too long. So what the release says about euros, it says of the validation rows, as a description. What it may say of any rows is in average precision.

# %% [markdown]
# ### All test rows, explained
#
# Whether explanations add up is not a matter of choice: it must hold for each row.

# %%
swarm = later[(later["Class"] == 1) | (np.arange(len(later)) % 3 == 0)][names]
explained = swarm if QUICK else X_test
all_shap = explain.attribute(model, explained)

# %% [markdown]
# {eval}`f"{len(explained):,}"` rows add up to their scores within {eval}`f"{all_shap.error:.0e}"`. Which way do the columns push? Low values are blue, high ones orange.

# %% tags=["remove-cell"]
top = sorted(names, key=lambda column: -lost["average precision"][column].estimate)[:3]
listed = list(dict.fromkeys([*FIVE, *top, "Amount"]))
told = Explanation(
    all_shap.contributions.loc[swarm.index, listed].to_numpy(),
    data=swarm[listed].to_numpy(),
    feature_names=listed,
)
reach = all_shap.contributions[listed].agg(["min", "max"]).T
swarm_alt = (
    "Contributions of columns to the scores of test rows, coloured by the column's value. "
    + " ".join(
        f"{row.Index}: from {row.min:.1f} to {row.max:.1f} log-odds." for row in reach.itertuples()
    )
)

# %% tags=["hide-input"]
figure = plt.figure(figsize=(5.0, 1.4 + 0.42 * len(listed)))
shades = sns.blend_palette([COLOURS[name] for name in ("blue", "grey", "orange")], as_cmap=True)
order = np.arange(len(listed))
axes = beeswarm(
    told, max_display=len(listed), order=order, color=shades, s=5, plot_size=None, show=False
)
axes.set_title("Which way do the columns push?")
axes.set_xlabel("contribution to the score (log-odds);\ntest rows: frauds, suspects, some others")
for each in figure.axes:
    each.tick_params(labelsize=9.5, labelcolor=INK["light"])
    each.xaxis.label.set_size(9.5)
    each.yaxis.label.set_size(9.5)
show(figure, alt=swarm_alt)

# %% tags=["remove-cell"]
beside = {
    "validation": {column: lost["average precision"][column] for column in FIVE},
    "test": test_lost["average precision"],
}
beside_alt = (
    "Average precision lost when a column is shuffled, on validation rows and on test rows: "
    + "; ".join(
        f"{column} {fine(beside['validation'][column])} and {fine(beside['test'][column])}"
        for column in FIVE
    )
    + "."
)

# %% tags=["remove-input", "in-short"]
figure = plots.beside(
    beside, title="Do they hold on other rows?", unit="average precision lost", reference=0
)
figure.set_size_inches(3.4, 3.2)
in_short(
    question="Which reading of importance may be believed?",
    answer=(
        f"Columns stand in for each other: {largest_group} cost {joint[largest_group].estimate:.2f} of average precision shuffled together, and {left_out:.2f} if a model is trained without them. "
        f"Of the five columns that cost most euros when shuffled, **{n_held['average precision'] or 'none'} cost more than luck on the test rows in average precision, and {n_held['€'] or 'none'} in euros**."
    ),
    decision="Read SHAP over the payments that a decision is about. Name no order of columns that other rows did not confirm.",
    figure=show(figure, alt=beside_alt),
)

# %% tags=["remove-cell"]
chapter = {"chapter": "05b", "data_digest": payments.attrs["sha256"]}
who = {"model": serving.fingerprint(case.score)}
for column, each in test_lost["€"].items():
    evidence.record(
        f"bill added when {column} is shuffled, test rows",
        each.estimate,
        each,
        unit="€ on the test rows",
        n=len(test),
        split="test",
        how=f"mean of {SHUFFLES} shuffles, drawn anew in each resample; one of {2 * len(FIVE)} losses of columns named beforehand",
        **who,
        **chapter,
    )

# %% tags=["remove-cell"]
evidence.record(
    "largest miss of additivity, all test rows",
    all_shap.error,
    None,
    unit="log-odds",
    n=len(explained),
    split="test",
    how="base and SHAP values against the model's own score",
    may_differ=SOME_ONLY,
    **who,
    **chapter,
)

# %% tags=["remove-cell"]
answers = {
    "SHAP without payments that nobody decides about, against shuffling": awake_words,
    "the same, against as large a share of frauds": sleep_words,
    **{f"group {name} against its members": words for name, words in hidden_words.items()},
    **{f"{name} on the test rows, {unit}": words for (unit, name), words in test_words.items()},
}
for question, answer in answers.items():
    evidence.conclude(question, answer, chapter="05b")

# %% [markdown]
# [Back to chapter 05](05_explainability)
