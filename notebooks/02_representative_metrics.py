# %% [markdown]
# # Representative metrics over inflated ones
#
# A quarter of an hour. You need chapters 00 and 01: the {term}`cost model`, and {term}`average precision`.

# %% tags=["hide-input"]
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
from IPython.display import Markdown
from joblib import Parallel, delayed
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

# %% tags=["hide-input"]
from casebook import (
    conventions,
    data,
    evidence,
    impact,
    interactive,
    leaks,
    mode,
    models,
    profile,
    progress,
    split,
)
from casebook.page import in_short, percent, signed
from prerelease import costs as money
from prerelease import intervals, serving, splits
from prerelease.plots import show, use_style
from prerelease.plots.metrics import forest

use_style()
pd.options.display.max_colwidth = None
threads = threadpool_limits(1)  # where a machine is shared, more threads mostly wait for each other

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% [markdown]
# ## The question
#
# “The model finds nine frauds in ten”, says the notebook, and a manager plans with it: staff, budgets, promises to customers. If the model had met those frauds before, the plan fails in the first week.
#
# The model here is the same throughout, chapter 01's {term}`gradient boosting`. Only the way to judge it changes.
#
# ## The wrong way most people do it
#
# :::{admonition} The usual notebook
# :class: pr-wrong
# ```python
# X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y)
# score = model.fit(X_train, y_train).predict_proba(X_test)[:, 1]
# best = max(thresholds, key=lambda t: f1_score(y_test, score >= t))
# average_precision_score(y_test, score), f1_score(y_test, score >= best)
# ```
# :::
#
# Four lines, three mistakes. Rows of the future teach the model. The threshold is chosen on the rows that then judge it. No interval says how far the number may be off. One of the three does no harm here that can be shown. Which?

# %% task="Load all `payments`, split them into `train`, `valid` and `test`, and put these below each other as `rows`."
payments = data.load()
train, valid = split.development(payments)
test = split.open_test(
    payments,
    who="chapter 02",
    why="Random splits and the ladder need all rows; nothing is chosen.",
    kind="demonstration",
)
rows = pd.concat([train, valid, test])

# %% [markdown]
# The test rows are open already, as a *demonstration*, and the {term}`test ledger` says so. Whoever splits all rows at random looks at the future.

# %% tags=["remove-cell"]
everywhere, n_train, n_dev = np.arange(len(rows)), len(train), len(train) + len(valid)
labels, weights = rows["Class"].to_numpy(), data.sampling_weights(rows)
# In quick mode fits learn from few honest payments and have half the trees, of twice the step.
SHUFFLES, AGAIN, SHARE = (2, 1, 0.05) if mode.is_quick() else (3, 2, 1.0)
fewer_trees = {"n_estimators": 100, "learning_rate": 0.1} if mode.is_quick() else {}
model, costs = models.boosted(**fewer_trees), money.CostModel()
HOUR, NEAR = 3600.0, 0.05
once = np.flatnonzero(~rows.duplicated())
compared = rows[[*models.INPUTS]]  # twins a second apart are twins
groups = splits.near_duplicate_groups(compared, tolerance=NEAR)

# %% tags=["remove-cell"]
runs = {"random 0": StratifiedKFold(5, shuffle=True, random_state=0).split(everywhere, labels)}
runs = {name: leaks.fits(model, folds) for name, folds in runs.items()}
lined_up = {name: leaks.thinned_fits(labels, jobs, share=SHARE) for name, jobs in runs.items()}
# One fit on all development rows scores both those that it has learned and those that came later.
lined_up["learned all"] = [leaks.Fit(model, everywhere[:n_dev], everywhere)]
lined_up["chosen"] = [leaks.Fit(models.chosen(), everywhere[:n_train], everywhere[n_train:])]
scored = leaks.score_runs(rows, lined_up, tell=progress.line("The notebooks"))
is_test = everywhere >= n_dev
seen, by_time = scored["learned all"].where(~is_test), scored["learned all"].where(is_test)

# %% tags=["remove-cell"]
usual = []
for fit in runs["random 0"]:
    held = rows.iloc[fit.held_out].assign(score=scored["random 0"].iloc[fit.held_out])
    weight = weights[fit.held_out]
    at = money.best_fbeta(held["Class"], held["score"], beta=1, weight=weight)
    precision = intervals.value(
        intervals.AveragePrecision(), held["Class"], held["score"], sample_weight=weight
    )
    usual.append((precision, at.value, at.threshold))
usual = pd.DataFrame(usual, columns=["average precision", "best F1", "threshold"])
usual.index = [f"notebook {number}" for number in range(1, 6)]
luckiest = usual["average precision"].idxmax()
lucky, lucky_threshold = usual.loc[luckiest, ["average precision", "threshold"]]
on_test = test["Class"], scored["chosen"][n_dev:]
in_blocks = conventions.drawn(test["Time"]) | {"sample_weight": weights[n_dev:]}
later_f1 = intervals.bootstrap(intervals.FBeta(1, lucky_threshold), *on_test, **in_blocks)
later_ap = intervals.bootstrap(intervals.AveragePrecision(), *on_test, **in_blocks)

# %% [markdown]
# Five such notebooks, which hold out other rows and print four digits as notebooks do. Below them the candidate for release, on the payments that came next (brackets are 95 % intervals).

# %% tags=["remove-input"]
told_usual = usual.map("{:.4f}".format)
came = [f"{later_ap:.2f}", f"{later_f1:.2f}", f"that of {luckiest}, the best"]
told_usual.loc["the payments that came next"] = came
told_usual

# %% [markdown]
# Not all of the difference is a {term}`leak`: some is luck, some another evening. We take it apart.
#
# ## The split ladder
#
# Six ways to judge, from one that nobody should use down to one that production could live with:
#
# 1. **{term}`Resubstitution`**: score the rows that the model learned from.
# 2. **Random**: hold out a fifth of the rows at random, five times.
# 3. **Random, deduplicated**: the same after `drop_duplicates()`.
# 4. **Near-twins grouped**: rows that are alike, up to a twentieth of a standard deviation in each column, stay on one side.
# 5. **By time**: learn from the past, score the test rows ({term}`temporal split`).
# 6. **By time, with {term}`gap` and {term}`label delay`**: the model is trained an hour before it decides, and labels take twelve hours. In production it is days or weeks {cite:p}`leborgne2022`.
#
# The splitters are scikit-learn's, and the package's where scikit-learn has none.


# %% task="Write a function `splitters` that returns four ways to split: at random, with near-twins kept together, by time, and with a gap and a label delay."
def splitters(seed=0):
    hour = 3600.0
    by_time = {"start": split.VALID_END, "time": "Time"}
    return {
        "random": StratifiedKFold(5, shuffle=True, random_state=seed),
        "near-twins grouped": splits.NearDuplicateKFold(5, random_state=seed),
        "by time": splits.TemporalSplit(**by_time),
        "gap and delay": splits.TemporalSplit(gap=hour, label_delay=12 * hour, **by_time),
    }


# %% tags=["remove-cell"]
for seed in range(SHUFFLES):
    ways = splitters(seed)
    if seed > 0:
        folds = ways["random"].split(everywhere, labels)
        runs[f"random {seed}"] = leaks.fits(model, folds)
    if seed < AGAIN:
        folds = ways["random"].split(once, labels[once])
        runs[f"deduplicated {seed}"] = leaks.fits(model, folds, rows=once)
        folds = ways["near-twins grouped"].split(groups[:, None], labels)
        runs[f"grouped {seed}"] = leaks.fits(model, folds)
runs["delayed"] = leaks.fits(model, splitters()["gap and delay"].split(rows))
rest = {
    name: leaks.thinned_fits(labels, jobs, share=SHARE)
    for name, jobs in runs.items()
    if name not in scored
}
scored = scored.join(leaks.score_runs(rows, rest, tell=progress.line("The ladder")))

# %% tags=["remove-cell"]
served = scored["chosen"].to_numpy()  # trained on the training rows: what the gate will judge
AT = conventions.threshold(valid, served[n_train:n_dev], costs=costs)


def dealt(name):
    """Return the scores of all shuffles of one way to judge."""
    return [column for title, column in scored.items() if title.startswith(f"{name} ")]


ladder = {
    "resubstitution": seen,
    "random": dealt("random"),
    "random, deduplicated": dealt("deduplicated"),
    "near-twins grouped": dealt("grouped"),
    "by time": by_time,
    "by time, gap and delay": scored["delayed"],
}
read = leaks.judge_all(rows, ladder, costs=costs, threshold=AT)


# %% tags=["remove-cell"]
def in_company(learn, held_out, seconds=60):
    """Count the held-out frauds with a fraud near them in time among the rows learned from."""
    times = rows["Time"].to_numpy()
    known, asked = (np.sort(times[side][labels[side] == 1]) for side in (learn, held_out))
    first = np.searchsorted(known, asked - seconds, side="left")
    after = np.searchsorted(known, asked + seconds, side="right")
    return f"{(after > first).sum()} of {len(asked)}"


first_fold = {
    "random": runs["random 0"][0],
    "random, deduplicated": runs["deduplicated 0"][0],
    "near-twins grouped": runs["grouped 0"][0],
    "by time": leaks.Fit(model, everywhere[:n_dev], everywhere[n_dev:]),
    "by time, gap and delay": runs["delayed"][0],
}
crossing = {"resubstitution": ("all", "all", "all")}
for name, fit in first_fold.items():
    twins = splits.count_crossings(compared, labels, fit.learn, fit.held_out, tolerance=NEAR)
    crossing[name] = (
        f"{twins.near:,} of {twins.n_test:,}",
        f"{twins.near_positive} of {twins.n_test_positive}",
        in_company(fit.learn, fit.held_out),
    )

# %% tags=["remove-cell"]
reported = {name: found["average precision"] for name, found in read.items()}
two_by_time = [score[n_dev:] >= AT for score in (by_time, scored["delayed"])]
sooner = impact.Bills(test).excess(
    *two_by_time
)  # euros that the last rung saves above the one before
more_saved = {
    "higher": "The last rung saves more than the one before it, by more than luck",
    "lower": "The last rung saves less than the one before it, by more than luck",
    intervals.UNTOLD: "What the last rung saves beyond the one before it could be luck",
}[intervals.verdict(sooner)]

# %% tags=["remove-input"]
pd.DataFrame(
    {
        name: {
            "frauds judged": found["savings"].n_positive,
            "average precision": f"{found['average precision']:.2f}",
            "saved (€ per 1,000)": f"{found['saved']:.0f}",
            "frauds with a near-twin in training*": crossing[name][1],
            "… with a training fraud within a minute*": crossing[name][2],
        }
        for name, found in read.items()
    }
).T.rename_axis("way to judge")

# %% [markdown]
# \* in the first fold. All rungs decide by the candidate's threshold, so none tunes one.
#
# Neither of the two steps against twins stops the bursts: {eval}`crossing["near-twins grouped"][2]` frauds still have a training fraud within a minute. By time, {eval}`crossing["by time"][2]`. {eval}`more_saved`: a few large frauds decide such sums.
#
# ### What does each step change?
#
# The rungs are judged on different rows, so two of them side by side say little. But the random folds scored *every* row, the test's included. So we can ask of **the very same frauds** what one step down the ladder changes.

# %% tags=["remove-cell"]
pairs = list(pairwise(ladder))
measured = Parallel(n_jobs=2, prefer="threads")(
    delayed(leaks.difference)(rows[["Time", "Class"]], ladder[new], ladder[old], asked=len(pairs))
    for old, new in pairs
)
steps = dict(zip(pairs, measured, strict=True))
changes = {new: step for (_, new), step in steps.items()}
told = intervals.verdicts(changes)
at_random = [score.where(is_test) for score in ladder["random"]]
peeking = leaks.difference(rows, at_random, ladder["by time"])
peeks = intervals.verdict(peeking, above="it flatters", below="it flatters by less than nothing")
shuffles = [
    intervals.value(intervals.AveragePrecision(), labels, score, sample_weight=weights)
    for score in ladder["random"]
]


def laid_beside(one, other):
    """Return the difference of two readings on different rows, from their own intervals."""
    gap = one.estimate - other.estimate
    low = gap - np.hypot(one.estimate - one.low, other.high - other.estimate)
    high = gap + np.hypot(one.high - one.estimate, other.estimate - other.low)
    how = {"level": one.level, "method": "from two intervals, sides drawn apart"}
    return intervals.Interval(gap, low, high, **how, n=one.n + other.n)


# %% tags=["remove-input"]
show(
    forest(
        {f"{old} → {new}": step for (old, new), step in steps.items()},
        title="What does each step down the ladder change?",
        unit="change of average precision on the rows that both score, with joint 95 % intervals",
        reference=0,
        spec=signed,
    ),
    alt=(
        "Change of average precision from each way to judge to the next, on the rows that both "
        "score: " + "; ".join(f"to {name} {signed(step)}" for name, step in changes.items()) + "."
    ),
)

# %% tags=["remove-cell"]
naive_gap = laid_beside(reported["random"], reported["by time"])
moved = [name for name, word in told.items() if word != intervals.UNTOLD]
which_step = (
    "Only one step is more than luck: the first, off the rows that the model has learned. Every other interval holds zero, so that change could be luck"
    if moved == ["random"]
    else f"More than luck is what changes with the step to {', and with the step to '.join(moved)}. Where an interval holds zero, the change could be luck"
    if moved
    else "Every interval holds zero, so each of these changes could be luck"
)
so_peeking = (
    "which could be luck" if peeks == intervals.UNTOLD else "which is more than luck would make"
)
at_most = f"The upper end of its interval is {max(peeking.high, 0):.2f}"
surprise = "That is a surprise" if peeks == intervals.UNTOLD else "That is what one is warned of"

# %% tags=["remove-cell"]
# What the page about flights finds on the same rows; a test of the built site compares the two.
FLIGHTS = 0.13
length_of_all = reported["random"].high - reported["random"].low
of_folds = float(np.ptp(usual["average precision"]))

# %% [markdown]
# {eval}`which_step`.
#
# **{eval}`surprise`.** Lay the random reading beside the one by time, and a random split seems to flatter by {eval}`f"{naive_gap.estimate:.2f}"`. On the very same payments, and all of them, such a split flatters by **{eval}`f"{peeking:z.3f}"`**, {eval}`so_peeking`. (Each step above compares the rows that its two ways share.) {eval}`at_most`. The rest of the gap is *which payments are judged*: other frauds, other hours.
#
# **On other data it is the whole story.** [On a year of flights](../about/own-model) we ask the same, again of the very same rows. There a random split flatters by {eval}`f"{FLIGHTS:.2f}"`: the flights of one day share their storm. Which kind of data you have you only know when you have measured. So split by time in any case. A random split promises the average hour of days for which nobody will be paid again.
#
# ### Luck of the split, luck of the rows
#
# *Which rows fell where* can be dealt again: {eval}`SHUFFLES` shuffles of all rows range over {eval}`f"{np.ptp(shuffles):.3f}"`. *Which frauds there were* cannot: the five notebooks, which judge other frauds, range over {eval}`f"{of_folds:.3f}"`. The 95 % interval of the random reading is {eval}`f"{length_of_all:.3f}"` long. **No number of seeds buys you more frauds.**
#
# ### The evening
#
# The test rows are less than eight hours of one evening. If the score falls there, is it *drift*, or just evening? The same hours of the day before can tell. The folds with near-twins grouped scored every row, by models that know both days. Average precision rises with the share of frauds, so every period is weighed to the share of the whole file.

# %% tags=["remove-cell"]
of_day = rows["Time"] % (24 * HOUR)
evening = of_day >= split.VALID_END % (24 * HOUR)
day = np.where(rows["Time"] < 24 * HOUR, "day 1", "day 2")
period = pd.Series(day, index=rows.index) + np.where(evening, ", the test's hours", ", other hours")
share = np.average(labels, weights=weights)
same_model = rows.assign(score=scored["grouped 0"], weight=weights)
parts = {name: leaks.at_prevalence(part, share) for name, part in same_model.groupby(period)}
by_period = {
    name: intervals.bootstrap(
        intervals.AveragePrecision(),
        part["Class"],
        part["score"],
        sample_weight=part["weight"],
        **conventions.drawn(part["Time"]),
    )
    for name, part in parts.items()
}
test_period, matched = "day 2, the test's hours", "day 1, the test's hours"
others = leaks.at_prevalence(same_model[period != test_period], share)

# %% tags=["remove-cell"]
evening_gaps = {
    "all other hours": (others, parts[test_period]),
    "same hours of day 1": (parts[matched], parts[test_period]),
    "other hours of day 1 against day 2": tuple(
        parts[f"{day}, other hours"] for day in ("day 1", "day 2")
    ),
}
evening_gaps = {
    name: leaks.inflation(*pair, asked=len(evening_gaps)) for name, pair in evening_gaps.items()
}
unmatched_gap, matched_gap, _ = evening_gaps.values()
unmatched, same_hours, of_days = intervals.verdicts(evening_gaps).values()

# %% tags=["remove-cell"]
told_by_hours = (
    "Both differences could be luck, so nothing here calls for the word drift"
    if {unmatched, same_hours} == {intervals.UNTOLD}
    else "The first difference is more than luck, and the second is not: it is the hour, and no drift"
    if same_hours == intervals.UNTOLD
    else "The second difference is more than luck: the hours alone do not explain it"
)


def higher(gap):
    """Say by how much a period scores higher or lower."""
    return f"{abs(gap.estimate):.3f} {'higher' if gap.estimate > 0 else 'lower'}"


hurry = ", and a team in a hurry would call it drift" if unmatched_gap.estimate > 0 else ""
both = int(parts[test_period]["Class"].sum()), int(parts[matched]["Class"].sum())

# %% tags=["remove-input"]
show(
    forest(
        {
            f"{name}\n({int(parts[name]['Class'].sum())} frauds)": value
            for name, value in by_period.items()
        },
        title="Is the test evening harder than others?",
        unit="average precision at the file's share of frauds, with 95 % interval",
        warned=[f"{test_period}\n({both[0]} frauds)"],
        spec=".2f",
    ),
    alt=(
        "Average precision by day and hours, for models that know both days: "
        + "; ".join(f"{name} {value:.2f}" for name, value in by_period.items())
        + "."
    ),
)

# %% [markdown]
# All other hours together score {eval}`higher(unmatched_gap)` than the test evening{eval}`hurry`. The same hours of the day before score {eval}`higher(matched_gap)`. {eval}`told_by_hours`. The test rows tell how the model does on *one such evening*, no more.
#
# ## How far off may it be?
#
# Four digits claim to know what nobody can: the test rows hold few frauds, and each of them moves the score. So now comes the *evaluation* of the candidate: it has learned from the training rows, its threshold is from the validation rows, and the test rows judge.

# %% task="Open the test rows as `final`, and judge there the candidate, at its threshold: `verdict`."
final = split.open_test(
    payments,
    who="chapter 02",
    why="What may be quoted: the candidate, with its threshold from the validation rows.",
    kind="evaluation",
)
verdict = leaks.judge(final, served[n_dev:], costs=costs, threshold=AT)

# %% [markdown]
# A {term}`confidence interval` says how far off the score may be. Draw the evening again, block by block, with all that happened in a block. Then frauds of one burst stay together {cite:p}`kunsch1989,politis1992`. By hand, this {term}`block bootstrap` takes a few lines:

# %% task="Name the test labels `y`, their `score`, `moment` and `weight`; then draw blocks of ten minutes by hand, and print the interval of average precision."
y, score, moment = final["Class"].to_numpy(), served[n_dev:], final["Time"].to_numpy()
weight = weights[n_dev:]  # 1 for all rows, unless this is the sample
ten = 600  # seconds; a block begins anywhere
rng, by_hand = np.random.default_rng(0), []
for _ in range(300):
    begins = rng.uniform(moment[0] - ten, moment[-1], size=round(np.ptp(moment) / ten))
    some = [np.arange(*np.searchsorted(moment, [t, t + ten])) for t in begins]
    some = np.concatenate(some)
    by_hand.append(average_precision_score(y[some], score[some], sample_weight=weight[some]))
print(np.quantile(by_hand, [0.025, 0.975]).round(2))

# %% [markdown]
# The package draws the same way, more often, and is quicker (so few draws wander by a hundredth or two):

# %% task="Let the library draw the same blocks, and show what it has `found`."
ten_minutes = intervals.Blocks(moment, seconds=600)
precision = intervals.AveragePrecision()
found = intervals.bootstrap(precision, y, score, scheme=ten_minutes, sample_weight=weight)
print(f"{found:.2f}")

# %% [markdown]
# Why ten minutes, and not ten seconds or three hours? [Does an interval keep its word? →](02c_does_an_interval_keep_its_word) (The gate of [chapter 08](08_release) draws longer ones: there a pass must not be luck.)
#
# ## The number that may be quoted

# %% tags=["remove-cell"]
quoted, savings, saved, caught = verdict.values()
stops, frauds = served[n_dev:] >= AT, final["Class"] == 1
alarms = float(data.sampling_weights(final)[stops & ~frauds].sum())
touched, n_bursts = profile.burst_recall(final["Time"], frauds, stops)
whole, _ = profile.burst_recall(final["Time"], frauds, stops, whole=True)
of_bursts = intervals.binomial(touched, n_bursts)
n_caught, n_frauds = int((stops & frauds).sum()), int(frauds.sum())
of_perfect = percent(savings.estimate)

# %% [markdown]
# To a colleague:
#
# > Average precision **{eval}`f"{quoted:.2f}"`**. The evening had {eval}`f"{len(final):,}"` payments, {eval}`n_frauds` of them fraud. The threshold, {eval}`f"{AT:.2f}"`, is from the validation rows. Recall is {eval}`f"{caught:.2f}"` by payment, and {eval}`f"{of_bursts:.2f}"` by burst. Intervals of 95 % from blocks of ten minutes (bursts: exact binomial); one evening; labels complete.
#
# To the business:
#
# > On an evening that it had not seen, the model blocked {eval}`n_caught` of {eval}`n_frauds` frauds. It also blocked {eval}`f"{alarms:,.0f}"` honest payments. The frauds came in {eval}`n_bursts` bursts: in {eval}`touched` of them it blocked at least one, in {eval}`whole` every one. At our prices that saved {eval}`f"{saved.estimate:,.0f}"` € per thousand payments, {eval}`of_perfect` of what a perfect model would have. With so few frauds it may well be {eval}`f"{saved.low:,.0f}"` or {eval}`f"{saved.high:,.0f}"` €, or further off. We do not know about other days of the week.
#
# Not to be said: the third digit, “per year”, and “better than” for a lead that so few frauds cannot show. (The ladder's model by time scores {eval}`f"{reported['by time'].estimate:.2f}"`: it has learned from the validation rows as well, and is not the candidate.)
#
# ## Play with it
#
# How wide would *your* interval be? And how much more would a second model have to catch, on the same frauds, before that is more than luck? The dashed line tells; with as few frauds as here there is none. Move the first knob to the right.

# %% tags=["remove-cell"]
on_judged = is_test & (labels == 1)
decided = [score[on_judged] >= AT for score in (by_time, scored["delayed"])]
apart = round(float((decided[0] != decided[1]).mean()), 2)

# %% tags=["remove-input"]
interactive.interval_width(n_frauds, caught.estimate, min(max(apart, 0.02), 0.4))

# %% [markdown]
# At first it shows the candidate's recall, and two models as alike as the ladder's two by time. {eval}`percent(apart)` of the frauds are caught by one and missed by the other. Let the frauds come in bursts, as here, and see what is left of your certainty. (The band is Wilson's interval. On the line, a lead is seen four times in five.)

# %% tags=["remove-cell"]
facts = {"chapter": "02", "data_digest": payments.attrs["sha256"]}
precision_, alone = "average precision", "bootstrap of 10-minute blocks"
paired, apart_ = f"paired {alone}", "each side in 10-minute blocks of its own"
written = []
which = {"model": serving.fingerprint(served[n_train:n_dev])}
sides = {"how": apart_, "because": "the two sides are different rows, so they are drawn apart"}


def note(claim, interval, split, unit=precision_, how=paired, **more):
    """Keep one number for the release file."""
    told = {"split": split, "unit": unit, "how": how, "n": interval.n, **facts, **more}
    written.append((claim, interval, told))


note("average precision after the validation period", quoted, "test", how=alone, **which)
note("savings of the served model", savings, "test", "share of the oracle's", alone, **which)
note("euros saved per 1,000 payments", saved, "test", "€ per 1,000 payments", alone, **which)
note("frauds blocked", caught, "test", "share of frauds", alone, **which)
binomial = "evenings and bursts are taken as independent of each other: exact binomial"
exact = {"unit": "share of bursts", "how": "exact binomial", "because": binomial}
note("bursts of frauds with a payment blocked", of_bursts, "test", **exact, **which)

# %% tags=["remove-cell"]
may_promise = "yes" if savings.low > 0 else "no"
found = {"may savings be promised?": may_promise}
note("inflation by a random split, same rows", peeking, "test")
found["does a random split flatter, on the same rows?"] = peeks
note("inflation by a random split, each on its own rows", naive_gap, "all", **sides)
for (old, new), step in steps.items():
    note(f"change from {old} to {new}", step, "all")
    found[f"from {old} to {new}, average precision is"] = told[new]
for (name, gap), word in zip(evening_gaps.items(), (unmatched, same_hours, of_days), strict=True):
    claim = name if "against" in name else f"{name} above the test evening"
    note(claim, gap, "all", **sides)
    found[f"{name}, against the other side"] = word

# %% tags=["remove-cell"]
for claim, interval, told in written:
    evidence.record(claim, interval.estimate, interval, **told)
for question, answer in found.items():
    evidence.conclude(question, answer, chapter="02")

# %% tags=["remove-cell"]
promise = (
    f"Even the lower end of what it saved, {saved.low:.0f} € per thousand payments, is above nothing. A plan may rest on that end at most, and only for evenings like this one."
    if saved.low > 0
    else "**But the lower end of what it saved is not above nothing: none may be promised.**"
)


# %% [markdown]
# ## What to decide
#
# :::{admonition} May this number be promised?
# :class: pr-decide
# Yes, with its interval and its conditions: one evening, labels complete, one model with settings set by hand. It replaces every number that a notebook reported before. {eval}`promise`
#
# If the business needs to know better, the answer is no better notebook but more frauds: a few weeks in {term}`shadow mode`.
# :::
#
# **What is not known.** Other evenings, other days, and what weeks of label delay do: two days hold neither.
#
# **On Monday:** run the block bootstrap above on the scores of your last test, with blocks as long as your bursts. Put the interval beside the number on the slide. Then split once at random and once by time (`splits.TemporalSplit`), and compare the two on rows that both held out.

# %% tags=["remove-cell"]
first_step = changes["random"]
flattery = {
    "rows that it has learned": replace(
        first_step,
        estimate=-first_step.estimate,
        low=-first_step.high,
        high=-first_step.low,
    ),
    "a random split, beside the split by time": naive_gap,
    "a random split, on the same payments": peeking,
}
not_by_split = (
    f"Yet it is not the split that flatters: on the same payments it adds {peeking:z.3f}, which could be luck, since the interval holds zero."
    if peeks == intervals.UNTOLD
    else f"On the same payments the split alone adds {peeking:z.3f}, more than luck."
)


# %% tags=["remove-cell"]
def pictured():
    """Draw by how much each easier way to judge flatters."""
    return forest(
        flattery,
        title="What flatters this model?",
        unit="average precision too high by so much, with 95 % interval",
        warned=["rows that it has learned"],
        reference=0,
        spec="z.2f",
    )


# %% tags=["remove-input", "in-short"]
in_short(
    question="The notebook says how good the model is. What will it score when it decides, give or take?",
    answer=(
        f"**{quoted:.2f} by average precision**, for the candidate that goes on to the gate, on an evening that it had not seen. "
        f"A random split would have said {reported['random'].estimate:.2f}. {not_by_split} "
        f"The rest is which payments are judged. On a year of flights a random split flatters by {FLIGHTS:.2f}, and you cannot know before you measure."
    ),
    decision=(
        "Split by time, whatever the data. Quote two digits with the interval and the conditions, and promise no more than the lower end."
    ),
    figure=show(
        pictured(),
        alt="By how much average precision is too high: "
        + "; ".join(f"{name} {value:z.3f}" for name, value in flattery.items())
        + ".",
    ),
)

# %% [markdown]
# :::{admonition} Take-away
# :class: pr-takeaway
# - Split by time, with the gap and the label delay that production has. Then ask what each easier split would have claimed, on the same rows.
# - Measure a leak before you fight it.
# - Draw blocks of time, quote two digits with an interval, and compare models by the interval of their difference.
# - The best of many is partly lucky. Count the trials.
# - No seed, fold or resample makes up for frauds that were never seen.
# :::

# %% [markdown]
# ## Exercises
#
# ```{exercise} 2.1 Code it
# :label: true-code
# :nonumber:
#
# Is the {term}`gap` or the {term}`label delay` to blame? Take the validation rows, and training rows with a gap of six hours and no delay, with a delay of six hours and no gap, and with neither. Look at the training rows before you fit anything: how many fits do you need? Give the difference to neither, with its interval.
#
# Call the positions of the training rows in `rows` `known_then`: a dict with the keys `"neither"`, `"gap"` and `"delay"`.
# ```

# %% tags=["hide-cell"]
waits = {"neither": {}, "gap": {"gap": 6 * HOUR}, "delay": {"label_delay": 6 * HOUR}}
known_then = {
    name: next(
        splits.TemporalSplit(split.TRAIN_END, end=split.VALID_END, time="Time", **wait).split(rows)
    )[0]
    for name, wait in waits.items()
}
same_rows = np.array_equal(known_then["gap"], known_then["delay"])
fewer = leaks.Fit(models.chosen(), known_then["gap"], everywhere[n_train:n_dev])
waited = leaks.scores(rows, [fewer])[0]
change = leaks.difference(valid, waited, served[n_train:n_dev])
waited_word = intervals.verdict(change)

# %% tags=["hide-cell"]
pd.DataFrame(
    {
        name: {"training rows": f"{len(learn):,}", "frauds": int(labels[learn].sum())}
        for name, learn in known_then.items()
    }
).T

# %% tags=["hide-cell"]
Markdown(
    f"The training rows with a gap and with a delay are {'the same, to the row' if same_rows else 'not the same'}. A model "
    "that is trained once on the same rows scores the same, so one fit answers for both: against neither, average precision "
    f"changes by {signed(change)} ({waited_word})."
)

# %% tags=["remove-cell", "check"]
from casebook import checks

checks.waiting_rows(known_then, rows=rows)

# %% [markdown]
# ```{solution} true-code
# :class: dropdown
#
# For a model that is trained once and decides at once, a gap and a delay do the same. They part company when models are retrained often: the delay then applies to every one of them, the gap only to the time it takes to ship.
# ```
#
# ```{exercise} 2.2 Argue it
# :label: true-argue
# :nonumber:
#
# Your manager says: “The notebook had a higher number than your report. Customers will be told the higher one; it was measured, too.” Answer in four sentences, without the words *overfitting* and *leak*.
# ```
#
# ```{solution} true-argue
# :class: dropdown
#
# Both were measured, but the first asks about the days that the model learned from, and customers only ever send us the next ones. The first was also the luckiest of several ways to shuffle the same rows. The second is only known roughly, because the evening had few frauds, so we should promise its lower end and be glad of more. And when we have watched the model for some weeks without letting it decide, we can promise more, if it is true.
# ```

# %% [markdown]
# ## Are you sure?
#
# - Is every leak so bad? Which ones were fatal here, and which did nothing? [The leak museum →](02a_leak_museum)
# - What if labels take half a day? [Labels that come late →](02b_late_labels)
# - Does a 95 % interval hold the truth in 95 % of all evenings? [Does an interval keep its word? →](02c_does_an_interval_keep_its_word)
# - The winner of a search had a better score. Was it luck? How many frauds tell two models apart? And who has seen the test rows by now? [The best of many →](02d_best_of_many)
#
# ## Further reading
#
# - {cite:t}`leborgne2022`: prequential evaluation and label delay, on months of fraud data.
# - {cite:t}`kaufman2012` and {cite:t}`kapoor2023`: what a leak is, and how many findings rested on one.
# - {cite:t}`kunsch1989` and {cite:t}`efron1993`: the block bootstrap, and the bootstrap.
# - {cite:t}`saito2015` and {cite:t}`davis2006`: precision and recall when one class is rare.
