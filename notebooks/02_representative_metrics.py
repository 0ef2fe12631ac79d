# %% [markdown]
# # Representative metrics over inflated ones
#
# :::{admonition} This chapter
# :class: pr-overview
# **The question:** the notebook says how good the model is. What will it score when it decides, give or take?
#
# **Afterwards you can** climb down from an inflated score step by step and say what each step is worth; put a price on a {term}`leak` before you argue about it; choose an interval that covers what it promises; tell how much of a winner's lead is luck; and write the one sentence about a model's quality that the business may quote.
#
# **You need** chapters 00 and 01 (the {term}`cost model`, {term}`average precision`). **Time:** three quarters of an hour to read, a few minutes to run.
# :::

# %%
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown
from joblib import Parallel, delayed
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

_ = threadpool_limits(1)  # where a machine is shared, more threads mostly wait for each other

# %%
from casebook import (
    conventions,
    coverage,
    data,
    evidence,
    leaks,
    mode,
    models,
    plots,
    profile,
    progress,
    split,
)
from prerelease import costs as money
from prerelease import intervals, optimism, serving, splits
from prerelease.plots import INK, show, use_style
from prerelease.plots.metrics import forest

use_style()
pd.options.display.max_colwidth = None

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% [markdown]
# ## The question
#
# Chapter 01 turned what the business wants into euros. This chapter asks whether the number is true. A manager who hears “the model finds nine frauds in ten” plans with it: staff, budgets, promises to customers. If the number was read from rows that the model had met before, or picked as the best of many, the plan fails in the first week, and nobody will know why.
#
# The model here is one and the same throughout: regularised gradient boosting, as chapter 01 left it. Only the way to judge it changes.

# %%
payments = data.load()
train, valid = split.development(payments)
test = split.open_test(
    payments,
    who="chapter 02",
    why="Random splits and the ladder need all rows; nothing is chosen.",
    kind="demonstration",
)
rows = pd.concat([train, valid, test])
everywhere, n_train, n_dev = np.arange(len(rows)), len(train), len(train) + len(valid)
labels, weights = rows["Class"].to_numpy(), data.sampling_weights(rows)
fewer_trees = {"n_estimators": 100, "learning_rate": 0.1} if mode.is_quick() else {}
model, costs = models.boosted(**fewer_trees), money.CostModel()

# %% [markdown]
# The test rows are open already, as a *demonstration*, and the {term}`test ledger` says so: a random split mixes all rows, so whoever splits at random looks at the future. We want to see what that does. At the end they are opened once more, for one *evaluation* of one model.
#
# The ways to judge need many fits. We line them all up and run them two at a time. Random splits are dealt several times (`SHUFFLES`), so that the luck of the shuffle is part of every interval. In quick mode the models that are fitted many times learn from all frauds and a `SHARE` of the honest payments, weighed to stand for all, and have half the trees, each a step twice as long.

# %%
SHUFFLES, SHARE = (2, 0.05) if mode.is_quick() else (3, 1.0)
HOUR, NEAR = 3600.0, 0.05
once = np.flatnonzero(~rows.duplicated())
compared = rows[[*models.INPUTS]]  # twins a second apart are twins
groups = splits.near_duplicate_groups(compared, tolerance=NEAR)
late = splits.TemporalSplit(split.VALID_END, gap=HOUR, label_delay=12 * HOUR, time="Time")


def five_folds(seed, kept):
    shuffled = StratifiedKFold(5, shuffle=True, random_state=seed)
    return leaks.fits(model, shuffled.split(kept, labels[kept]), rows=kept)


def grouped(seed):
    folds = splits.NearDuplicateKFold(5, random_state=seed).split(groups[:, None], labels)
    return leaks.fits(model, folds)


# %% tags=["hide-input"]
def thin(jobs, least=SHARE):
    """Let each fit learn from all frauds and a share of the honest payments, unless rows are few."""
    found = []
    for number, job in enumerate(jobs):
        share = max(least, min(1.0, 10_000 / len(job.learn)))
        few, weight = leaks.thinned(labels, job.learn, share=share, seed=number)
        found.append(leaks.Fit(job.model, few, job.held_out, weight))
    return found


# %%
runs = {}
for seed in range(SHUFFLES):
    runs[f"random {seed}"] = five_folds(seed, everywhere)
for seed in range(1 if mode.is_quick() else 2):
    runs[f"deduplicated {seed}"] = five_folds(seed, once)
    runs[f"grouped {seed}"] = grouped(seed)
runs["past"] = [leaks.Fit(model, everywhere[:n_dev], everywhere[n_dev:])]
runs["delayed"] = leaks.fits(model, late.split(rows))
lined_up = {name: thin(jobs) for name, jobs in runs.items()}
lined_up["seen"] = [leaks.Fit(model, everywhere[:n_dev], everywhere[:n_dev])]
lined_up["chosen"] = [leaks.Fit(models.chosen(), everywhere[:n_train], everywhere[n_train:])]
scored = leaks.score_runs(rows, lined_up, tell=progress.line("The ladder"))

# %% [markdown]
# ## The wrong way most people do it
#
# :::{admonition} The usual notebook
# :class: pr-wrong
# ```python
# X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y)
# score = model.fit(X_train, y_train).predict_proba(X_test)[:, 1]
# best = max(thresholds, key=lambda t: f1_score(y_test, score >= t))
# print(average_precision_score(y_test, score), f1_score(y_test, score >= best))
# ```
# :::
#
# Four lines, three mistakes: rows of the future teach the model, the threshold is chosen on the rows that then judge it, and no interval says how far the number may be off. If the result disappoints, there is always another `random_state`; that is the fourth. Here is what such a notebook would print, for five random splits of the same rows, and what became of the same model on the payments that came next.

# %%
usual = []
for fit in runs["random 0"]:
    held = rows.iloc[fit.held_out].assign(score=scored["random 0"].iloc[fit.held_out])
    weight = weights[fit.held_out]
    at = money.best_fbeta(held["Class"], held["score"], beta=1, weight=weight)
    precision = intervals.value(
        intervals.AveragePrecision(), held["Class"], held["score"], sample_weight=weight
    )
    usual.append((precision, at.value, at.threshold))
usual = pd.DataFrame(usual, columns=["average precision", "F1", "threshold"])
usual.index = pd.Index([f"split {number}" for number in range(1, 6)], name="the notebook")
on_test = test["Class"], scored["past"].iloc[n_dev:]
in_blocks = conventions.drawn(test["Time"]) | {"sample_weight": weights[n_dev:]}
lucky_threshold = usual.loc[usual["average precision"].idxmax(), "threshold"]
later_f1 = intervals.bootstrap(intervals.FBeta(1, lucky_threshold), *on_test, **in_blocks)
later_ap = intervals.bootstrap(intervals.AveragePrecision(), *on_test, **in_blocks)
usual.round(4)

# %% tags=["remove-input"]
lucky, unlucky = usual["average precision"].max(), usual["average precision"].min()
Markdown(
    f"Four digits, and they differ from split to split by up to {lucky - unlucky:.3f}. Whoever "
    f"reports the luckiest says **{lucky:.4f}**, with an F1 of {usual['F1'].max():.2f}. On the "
    f"payments that came after all those it learned from, the same model has "
    f"**{later_ap:.2f}** (here and below, brackets are 95 % intervals), and at the threshold that the "
    f"lucky notebook had chosen its F1 is **{later_f1:.2f}**."
)

# %% [markdown]
# What is the difference made of? Not everything in it is a leak; some of it is luck, and some is a different evening. We take it apart.

# %% [markdown]
# ## The split ladder
#
# Six ways to judge, from the most flattering down to one that production could live with:
#
# 1. **{term}`Resubstitution`**: score the rows that the model learned from.
# 2. **Random**: hold out a fifth of the rows at random, five times, so that each row is held out once.
# 3. **Random, deduplicated**: the same after `drop_duplicates()`.
# 4. **Grouped**: rows that are alike stay on one side. *Alike* is: in no column further apart than a twentieth of its standard deviation.
# 5. **By time**: learn from the past, score the test rows ({term}`temporal split`).
# 6. **By time, with {term}`gap` and {term}`label delay`**: the model is trained an hour before it decides, and labels take twelve hours. In production it is days or weeks {cite:p}`leborgne2022`; with two days of data, hours must stand for them.
#
# The rungs by time learn from *all* rows before the test rows. All rungs decide by one threshold: the cheapest on the validation rows, for the model that ships, which has learned from the training rows alone. So no rung tunes one.

# %%
is_test = everywhere >= n_dev
served = scored["chosen"].to_numpy()  # trained on the training rows: what ships
AT = conventions.threshold(valid, served[n_train:n_dev], costs=costs)


def dealt(name):
    return [column for title, column in scored.items() if title.startswith(f"{name} ")]


ladder = {
    "resubstitution": scored["seen"],
    "random": dealt("random"),
    "random, deduplicated": dealt("deduplicated"),
    "near-twins grouped": dealt("grouped"),
    "by time": scored["past"],
    "by time, gap and delay": scored["delayed"],
}
read = leaks.judge_all(rows, ladder, costs=costs, threshold=AT)

# %% [markdown]
# We also count, in the first fold of each rung, what crosses from training into the rows that judge: rows with a near-twin, and frauds that have a training fraud within a minute of them, since chapter 00 found that frauds come in bursts.


# %% tags=["hide-input"]
def in_company(learn, held_out, seconds=60):
    """Count the held-out frauds with a fraud near them in time among the rows learned from."""
    times = rows["Time"].to_numpy()
    known, asked = (np.sort(times[side][labels[side] == 1]) for side in (learn, held_out))
    first = np.searchsorted(known, asked - seconds, side="left")
    after = np.searchsorted(known, asked + seconds, side="right")
    return f"{(after > first).sum()} of {len(asked)}"


# %%
first_fold = {
    "resubstitution": None,
    "random": runs["random 0"][0],
    "random, deduplicated": runs["deduplicated 0"][0],
    "near-twins grouped": runs["grouped 0"][0],
    "by time": leaks.Fit(model, everywhere[:n_dev], everywhere[n_dev:]),
    "by time, gap and delay": runs["delayed"][0],
}
crossing = {"resubstitution": ("all", "all", "all")}
for name, fit in list(first_fold.items())[1:]:
    twins = splits.count_crossings(compared, labels, fit.learn, fit.held_out, tolerance=NEAR)
    crossing[name] = (
        f"{twins.near:,} of {twins.n_test:,}",
        f"{twins.near_positive} of {twins.n_test_positive}",
        in_company(fit.learn, fit.held_out),
    )

# %% tags=["hide-input"]
pd.DataFrame(
    {
        name: {
            "rows judged": f"{found['savings'].n:,}",
            "frauds": f"{found['savings'].n_positive}",
            "average precision": f"{found['average precision']:.3f}",
            "savings (0 accept all, 1 oracle)": f"{found['savings']:.2f}",
            "saved (€ per 1,000 payments)": f"{found['saved']:.0f}",
        }
        for name, found in read.items()
    }
).T.rename_axis("way to judge")

# %% tags=["hide-input"]
pd.DataFrame(
    crossing,
    index=[
        "rows with a near-twin in training",
        "frauds with a near-twin in training",
        "frauds within a minute of a training fraud",
    ],
).T.rename_axis("first fold of")

# %% tags=["remove-input"]
reported = {name: found["average precision"] for name, found in read.items()}
honest = ("by time", "by time, gap and delay")
show(
    forest(
        reported,
        title="What does the same model score, judged in six ways?",
        unit="average precision on each way's own rows, with 95 % interval",
        warned=[name for name in reported if name not in honest],
    ),
    alt=(
        "Average precision of one model, judged in six ways: "
        + "; ".join(f"{name} {value:.3f}" for name, value in reported.items())
        + "."
    ),
)

# %% [markdown]
# The rungs are judged on different rows, so to lay two of these readings side by side says little. But each rung shares rows with the one before it: the random folds scored *every* row, those of the test included, so we can ask of **the very same frauds** what one step of the ladder changes. Both readings then meet the same luck, and the interval of their difference is shorter ({term}`block bootstrap`, both models on the same blocks, the shuffles drawn anew each time). The steps are asked about at once, so each is drawn wider, such that all of them hold together with 95 %.

# %%
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


# %% tags=["hide-input"]
def signed(gap, digits=3):
    """Format a difference, with more digits where an end would look like zero and is not."""
    while digits < 6 and any(0 < abs(end) < 0.5 / 10**digits for end in (gap.low, gap.high)):
        digits += 1
    return f"{gap:+.{digits}f}"


def laid_beside(one, other):
    """Return the difference of two readings on different rows, from their own intervals."""
    gap = one.estimate - other.estimate
    low = gap - np.hypot(one.estimate - one.low, other.high - other.estimate)
    high = gap + np.hypot(one.high - one.estimate, other.estimate - other.low)
    return intervals.Interval(
        gap, low, high, level=one.level, method="from two intervals, sides drawn apart",
        n=one.n + other.n,
    )  # fmt: skip


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

# %% tags=["remove-input"]
naive_gap = laid_beside(reported["random"], reported["by time"])
company = {name: cells[2] for name, cells in crossing.items()}
dedup, twins_step, waiting = (
    f"{signed(changes[name])} ({told[name]})"
    for name in ("random, deduplicated", "near-twins grouped", "by time, gap and delay")
)
small_price = (
    "which is no more than luck could make"
    if peeks == intervals.UNTOLD
    else "which is more than luck would make"
)

# %% tags=["remove-input"]
Markdown(
    f"The first step, off the training rows, changes average precision by {signed(changes['random'])} ({told['random']}). To remove duplicates changes it by "
    f"{dedup}, to keep near-twins together by {twins_step}. In the first random fold "
    f"{crossing['random'][0]} rows have a near-twin in training, and of the frauds {crossing['random'][1]}. "
    f"What neither step stops are the bursts: with near-twins grouped, {company['near-twins grouped']} frauds still have a training fraud "
    f"within a minute; by time, {company['by time']}.\n\n"
    f"Whoever lays the random reading of the table beside the one by time says that a random split flatters by {naive_gap:.3f}. "
    f"**On the very same test rows the difference is {signed(peeking)}**, {small_price}. "
    f"Peeking into the future is worth at most about {max(peeking.high, 0):.2f} here. "
    "The readings differ in their rows, too; whether these rows are harder the data cannot say (see *The evening*). A random split promises the average hour of these two days, and nobody will ever be paid for those again. "
    f"A gap and a delay of labels then change {waiting}; it is one model and one evening, more on delays below."
)

# %% [markdown]
# ### Luck of the split, luck of the rows
#
# Two kinds of chance sit in one reading, and they are easily taken for each other. *Which rows fell where* can be dealt again: we shuffle with other seeds. *Which frauds there were* in those two days cannot; the {term}`bootstrap` tells how much that could matter.

# %% tags=["remove-input"]
single = usual["average precision"]
length_of_all = reported["random"].high - reported["random"].low
Markdown(
    f"With all frauds judged, {SHUFFLES} shuffles of the rows give {min(shuffles):.3f} to {max(shuffles):.3f}, "
    f"where the interval over rows and shuffles is {length_of_all:.3f} long. "
    "But with a fifth of the rows held out, as in the usual notebook, "
    f"readings range over {np.ptp(single):.3f}, since each holds other frauds. Averaging over seeds "
    "cures the first kind of luck only. **No number of seeds buys you more frauds.**"
)

# %% [markdown]
# ## The leak museum
#
# Leaks are told as horror stories. Some are; others, on data like ours, do nothing at all, and a team that fights the wrong one loses a week. So each exhibit is measured: the same rows, once with the leak and once without. All of it is done on development rows; no test row is needed.

# %%
EXHIBITS = 6  # differences that this section asks about at once
development = rows.iloc[:n_dev]
logistic = models.logistic_regression().set_params(logisticregression__tol=1e-8)
split_in_time = (everywhere[:n_train], everywhere[n_train:n_dev])
inputs = [*models.INPUTS]


def on_valid(frame, candidate, columns, prepare=list):
    """Train on the training rows, score the validation rows."""
    jobs = prepare([leaks.Fit(candidate, *split_in_time)])
    return leaks.scores(frame, jobs, inputs=columns)[0]


def inflation(leaky, clean):
    """Return what a leak adds, on the validation rows."""
    return leaks.difference(valid, leaky, clean, asked=EXHIBITS)


# %% [markdown]
# **Copies before the split.** Frauds are repeated until both classes are of one size, and only then are rows held out. We measure it with the first {term}`release candidate`, whose notebook did that. Two things happen at once: the model meets copies of what it learned, and frauds are suddenly half of all rows, which lifts average precision all by itself.

# %%
first_candidate = models.release_candidate_1()


def at_prevalence(scored, share):
    """Weigh honest payments so that frauds have a given share: average precision rises with it."""
    fraud = scored["Class"] == 1
    honest = fraud.sum() * (1 - share) / share / (~fraud).sum()
    return scored.assign(weight=np.where(fraud, 1.0, honest))


dealt_with = development.iloc[leaks.thinned(labels, everywhere[:n_dev], share=min(1, 4 * SHARE))[0]]
copies = leaks.balanced_before_split(dealt_with, first_candidate)
clean_random = leaks.split_at_random(dealt_with, first_candidate)
true_share = np.average(development["Class"], weights=weights[:n_dev])
real = at_prevalence(clean_random, true_share)
half_frauds = at_prevalence(clean_random, 0.5)
museum = {"copies before the split": leaks.inflation(copies, real, asked=EXHIBITS)}
of_prevalence = leaks.inflation(half_frauds, real)

# %% [markdown]
# **Scaling on all rows** and **choosing features on all rows**, with logistic regression, the model for which people scale. The leak: means, deviations or the ten best features come from training *and* validation rows. The optimiser runs to its end here (`tol=1e-8`); why, we shall see.

# %%
clean = on_valid(development, logistic, inputs)
scaled = development.copy()
scaled[inputs] = StandardScaler().fit_transform(development[inputs])
museum["scaling on all rows"] = inflation(on_valid(scaled, logistic[-1], inputs), clean)
hasty = models.logistic_regression()  # as it comes: its optimiser stops earlier
mirage = inflation(on_valid(scaled, hasty[-1], inputs), on_valid(development, hasty, inputs))

chosen = {
    name: SelectKBest(f_classif, k=10).fit(part[inputs], part["Class"]).get_feature_names_out()
    for name, part in {"leaky": development, "clean": train}.items()
}
museum["features chosen on all rows"] = inflation(
    *(on_valid(development, logistic, [*names]) for names in chosen.values())
)

# %% [markdown]
# **A feature that holds the label.** A popular recipe replaces a category by its fraud rate. Here the category is the exact amount, and the leak is to compute its rate over all rows, the judged ones included: an amount that occurs once *is* its label.

# %%
learned_from = everywhere[:n_dev] < n_train


def fraud_rates(used):
    """Replace each amount by its fraud rate among some rows, or by that of all of them."""
    known = development[used]
    rate = known.groupby("Amount")["Class"].mean()
    return development["Amount"].map(rate).fillna(known["Class"].mean())


encoded = {
    name: on_valid(
        development.assign(rate=fraud_rates(used)),
        model,
        [*inputs, "rate"],
        prepare=thin,
    )
    for name, used in {"leaky": learned_from | True, "clean": learned_from}.items()
}
museum["amounts replaced by fraud rates"] = inflation(encoded["leaky"], encoded["clean"])

# %% [markdown]
# **A threshold tuned on the rows that judge it.** Average precision has no threshold, so this one is priced in savings. The clean threshold comes from the last hours of the training rows, scored by a model of what was before them.

# %%
earlier = split.TRAIN_END - (split.VALID_END - split.TRAIN_END)
before = splits.TemporalSplit(earlier, end=split.TRAIN_END, time="Time").split(rows)
past_scores = leaks.score_runs(rows, {"past": leaks.fits(models.chosen(), before)})["past"]
known, plain = past_scores.notna(), served[n_train:n_dev]
thresholds = {
    "leaky": AT,
    "clean": conventions.threshold(rows[known], past_scores[known], costs=costs),
}
rules = [np.full(len(valid), stop) for stop in (False, True)]
rules += [plain >= at for at in thresholds.values()]
accept, stop, by_leaky, by_clean = (
    money.row_costs(valid["Class"], block, valid["Amount"], costs=costs) for block in rules
)
tuned = intervals.bootstrap_difference(
    leaks.Savings(accept, np.minimum(accept, stop)), valid["Class"], by_leaky, by_clean,
    sample_weight=weights[n_train:n_dev], **conventions.drawn(valid["Time"], asked=EXHIBITS),
)  # fmt: skip

# %% tags=["remove-input"]
exhibits = museum | {"threshold tuned on the test\n(in savings)": tuned}
convicted = {
    name: intervals.verdict(gap, asked=EXHIBITS, above="inflates", below="deflates")
    for name, gap in exhibits.items()
}
show(
    forest(
        exhibits,
        title="By how much does each leak inflate the score?",
        unit="inflation of average precision (last row: of savings), with joint 95 % intervals",
        warned=[name for name, word in convicted.items() if word == "inflates"],
        reference=0,
        spec=signed,
    ),
    alt=(
        "Inflation by each leak: "
        + "; ".join(f"{name} {signed(value)}" for name, value in museum.items())
        + f"; a threshold tuned on the rows that judge it, in savings, {signed(tuned)}."
    ),
)

# %% tags=["remove-input"]
scaling, selection = museum["scaling on all rows"], museum["features chosen on all rows"]
same = set(chosen["leaky"]) == set(chosen["clean"])
copied = museum["copies before the split"]
harmless = (
    "It is no reason to do it; the clean way costs one `Pipeline`. But here it is not what makes a model fail."
    if max(abs(leak.estimate) for leak in (scaling, selection)) < 0.01
    else "Here that is enough to mislead; the clean way costs one `Pipeline`."
)

# %% tags=["remove-input"]
Markdown(
    f"**Copies** inflate by {copied:+.2f}. On rows of which half are frauds, the same clean model scores {of_prevalence:+.2f} more than at "
    f"the true share{': most of it need not even be the copies' if 2 * of_prevalence.estimate > copied.estimate else ''}. **A feature that holds the label** "
    f"inflates by {museum['amounts replaced by fraud rates']:+.2f}. Both are found by asking one question of each row and each column: "
    "would it have been there at the moment of decision?\n\n"
    f"**Scaling** on all rows changes {signed(scaling, 4)}, **feature choice** {signed(selection, 4)}. A mean over {n_dev:,} rows is nearly what it is over {n_train:,}, and the ten best "
    f"features are {'the same ten' if same else 'not quite the same'} either way. {harmless}\n\n"
    f"A warning about measuring small things: with the optimiser's default tolerance, scaling seems to change {signed(mirage)}"
    f"{', and that is no leak at all, only where the optimiser stopped' if abs(mirage.estimate) > 10 * abs(scaling.estimate) else ''}. "
    "An interval covers the luck of the rows, not that of the computation.\n\n"
    f"**The tuned threshold** gains {signed(tuned)} of savings; on the rows that it was tuned on it cannot lose. It is one number, chosen on "
    f"{int(valid['Class'].sum())} frauds. "
    "It gets worse with every further thing that is chosen on the same rows, which is the subject of a section below."
)

# %% [markdown]
# ### When a small leak bites
#
# Above, features were chosen among few columns, on many rows. Turn that around: few rows, thousands of columns, as with text, genes or automatically made features. Below every column is noise, so that an honest average precision is about one half.


# %%
def on_noise(seed, *, leaky, n=200, n_columns=2000, keep=20):
    """Choose the best of many columns of noise, learn from half of the rows, judge on the rest."""
    rng = np.random.default_rng(seed)
    noise, half = rng.normal(size=(n, n_columns)), n // 2
    # Both halves hold both labels, or there would be nothing to learn or to judge.
    y = np.concatenate([rng.permutation(np.arange(half) % 2) for _ in range(2)])
    seen = slice(None) if leaky else slice(half)
    best = np.argsort(f_classif(noise[seen], y[seen])[0])[-keep:]
    model = LogisticRegression().fit(noise[:half, best], y[:half])
    said = model.predict_proba(noise[half:, best])[:, 1]
    return intervals.value(intervals.AveragePrecision(), y[half:], said)


noise = {
    name: [on_noise(seed, leaky=name == "leaky") for seed in range(10)]
    for name in ("leaky", "clean")
}

# %% tags=["remove-input"]
Markdown(
    f"Chosen on all rows, the noise scores **{np.mean(noise['leaky']):.2f}** on average over "
    f"{len(noise['leaky'])} draws (from {min(noise['leaky']):.2f} to {max(noise['leaky']):.2f}); chosen on the training rows, "
    f"{np.mean(noise['clean']):.2f} (from {min(noise['clean']):.2f} to {max(noise['clean']):.2f}). "
    + (
        "The same line of code, harmless there and fatal here."
        if min(noise["leaky"]) > max(noise["clean"])
        else ""
    )
)

# %% [markdown]
# One exhibit cannot be measured: the PCA of `V1` to `V28` was fitted on all rows, as chapter 00 showed. Nobody outside can undo it.
#
# ## Labels that come late
#
# In production we walk through time: train on what is *known*, decide on the next stretch, move on ({term}`prequential evaluation`) {cite:p}`leborgne2022`. What is known depends on how long labels take. We test on three stretches, each as long as the validation rows, the last of them the validation rows themselves, and let labels take ever longer.

# %%
LENGTH = split.VALID_END - split.TRAIN_END
DELAYS, OLDER, DEALS = [0, 6, 12, 18], 6, 1 if mode.is_quick() else 5


def walk(delay):
    splitter = splits.PrequentialSplit(3, LENGTH, end=split.VALID_END, label_delay=delay * HOUR)
    return list(splitter.split(rows, groups=rows["Time"]))


def as_few(pool, seed):
    """Learn from as few rows as the longest delay leaves, drawn at random from a pool."""
    rng = np.random.default_rng(seed)
    return [
        leaks.Fit(model, np.sort(rng.choice(known, len(late), replace=False)), asked)
        for (known, asked), (late, _) in zip(walks[pool], walks[DELAYS[-1]], strict=True)
    ]


walks = {delay: walk(delay) for delay in DELAYS}
controls = {f"{pool} h, draw {k}": as_few(pool, k) for pool in (0, OLDER) for k in range(DEALS)}
delayed = {str(delay): leaks.fits(model, folds) for delay, folds in walks.items()} | controls
delayed["logistic regression"] = leaks.fits(logistic, walks[0])
delayed["release candidate 1"] = leaks.fits(models.release_candidate_1(), walks[0])
if mode.is_quick():
    delayed = {name: thin(jobs, 0.2) for name, jobs in delayed.items()}
prequential = leaks.score_runs(rows, delayed, tell=progress.line("Label delays"))

# %% [markdown]
# A longer delay takes away three things: the *latest* rows, *hours of the day*, and simply *rows*. Two controls get as few rows as the longest delay leaves, drawn anew a few times (`DEALS`): one from all of the past, up to the last minute; the other from all of it but the last hours (`OLDER`). If freshness were the point, the second would do worse than the first.

# %%
read_late = leaks.judge_all(rows, prequential[[str(delay) for delay in DELAYS]], costs=costs)
learned = {
    delay: [int(labels[learn].sum()) for learn, _ in folds] for delay, folds in walks.items()
}
by_delay = pd.DataFrame(
    [
        {
            "delay": delay,
            "estimate": found.estimate,
            "low": found.low,
            "high": found.high,
            "rows": round(np.mean([len(learn) for learn, _ in walks[delay]])),
            "change": leaks.difference(
                rows, prequential[str(delay)], prequential["0"], asked=len(DELAYS) - 1
            ),
        }
        for delay in DELAYS
        for found in [read_late[str(delay)]["average precision"]]
    ]
).set_index("delay")

# %%
longest_delay = prequential[str(DELAYS[-1])]
fresh, older = ([prequential[f"{pool} h, draw {k}"] for k in range(DEALS)] for pool in (0, OLDER))
recency = {
    "drawn from all of the past, above the longest delay": (fresh, longest_delay),
    "drawn without the last hours, above the longest delay": (older, longest_delay),
    "drawn from all of the past, above drawn without the last hours": (fresh, older),
}
recency = {
    name: leaks.difference(rows, *pair, asked=len(recency)) for name, pair in recency.items()
}
words = intervals.verdicts(recency).values()
of_recency = dict(zip(("fresh", "older", "apart"), words, strict=True))

# %% tags=["hide-input"]
stretches = {}
for _, asked in walks[0]:
    begin = rows["Time"].iloc[asked[0]] / HOUR
    part = rows.iloc[asked]
    found = {
        delay: intervals.bootstrap(intervals.AveragePrecision(), part["Class"], prequential[str(delay)].iloc[asked],
            sample_weight=weights[asked], **conventions.drawn(part["Time"]),
        )
        for delay in DELAYS
    }  # fmt: skip
    stretches[f"from hour {begin:.0f} ({part['Class'].sum()} frauds)"] = pd.DataFrame(
        {
            delay: {key: getattr(each, key) for key in ("estimate", "low", "high")}
            for delay, each in found.items()
        }
    ).T


# %% tags=["remove-input"]
def by_hours(series):
    """Draw average precision against label delay, with intervals beside each other."""
    table = plots.ends({name: dict(of.T.items()) for name, of in series.items()})
    figure, axes = plt.subplots()
    sns.pointplot(
        table, x="at", y="value", hue="series", native_scale=True, dodge=0.5, lw=1.5,
        markers=[*"os^D"], linestyles=["-", "--", ":", "-."], err_kws={"lw": 3, "alpha": 0.45},
        **plots.ENDS, ax=axes,
    )  # fmt: skip
    axes.set(title="What does it cost when labels come late?", xlabel="label delay (hours)")
    axes.set_ylabel("average precision, with 95 % interval")
    axes.set_xticks(DELAYS)
    sns.move_legend(axes, "lower left", title=None)
    return figure


# %% tags=["remove-input"]
show(
    by_hours({"all three stretches": by_delay, **stretches}),
    alt=(
        "Average precision against label delay, for three stretches and together. Together it is "
        + ", ".join(f"{row.estimate:.3f} at {delay} h" for delay, row in by_delay.iterrows())
        + "."
    ),
)

# %% tags=["hide-input"]
pd.DataFrame(
    {
        "training rows known (mean)": by_delay["rows"].map("{:,}".format),
        "frauds known, by stretch": [", ".join(map(str, learned[d])) for d in DELAYS],
        "average precision": [f"{read_late[str(d)]['average precision']:.3f}" for d in DELAYS],
        "change against no delay": by_delay["change"].map(signed),
        "saved (€ per 1,000)": [f"{read_late[str(d)]['saved']:.0f}" for d in DELAYS],
    }
).rename_axis("label delay (h)")

# %% tags=["remove-input"]
late_words = intervals.verdicts({d: by_delay.loc[d, "change"] for d in DELAYS[1:]})
CLOSE = (
    "an interval that ends next to zero may hold it when models learn from fewer honest payments"
)
few, more, apart_by = recency.values()
why = (
    "So nothing here says that it is the fresh rows. Rows from all hours hold more hours of the day and more frauds; these data cannot say which of the two it is."
    if of_recency["apart"] == intervals.UNTOLD and of_recency["older"] == "higher"
    else "What the longest delay takes away cannot be told apart here."
    if of_recency["apart"] == intervals.UNTOLD
    else "So how recent the rows are has a part in it."
)
Markdown(
    f"Labels that take {DELAYS[-1]} hours change average precision by {signed(by_delay['change'].iloc[-1])} "
    f"({late_words[DELAYS[-1]]}). But then the first stretch has {learned[DELAYS[-1]][0]} frauds to learn from, and the others {learned[DELAYS[-1]][1]} and {learned[DELAYS[-1]][2]}. "
    f"As few rows from all of the past give {signed(few)} of it back ({of_recency['fresh']}); without the last {OLDER} hours they "
    f"give {signed(more)} ({of_recency['older']}). The two controls differ by {signed(apart_by)} ({of_recency['apart']}). {why} (For {DELAYS[1]} and {DELAYS[2]} hours a quick run may say otherwise: {CLOSE}.)\n\n"
    "What two days cannot show is what weeks of delay do, while fraudsters learn. So we carry the *method* into production, not these numbers."
)

# %% [markdown]
# ## The evening
#
# The test rows are the last fifth: less than eight hours of one evening. If the score falls there, is it *drift*? Or is it just evening? We have a second evening: the same hours of the day before. The near-twins' folds scored every row, with models that know both days equally well, so any difference between periods now lies in the payments, not in what the model had seen.
#
# One more trap: average precision rises with the share of frauds, and that differs by hour. So we bring all periods to the share of the whole file.

# %%
of_day = rows["Time"] % (24 * HOUR)
evening = of_day >= split.VALID_END % (24 * HOUR)
day = np.where(rows["Time"] < 24 * HOUR, "day 1", "day 2")
period = pd.Series(day, index=rows.index) + np.where(evening, ", the test's hours", ", other hours")
share = np.average(labels, weights=weights)
same_model = rows.assign(score=scored["grouped 0"], weight=weights)
parts = {name: at_prevalence(part, share) for name, part in same_model.groupby(period)}
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

# %%
test_period, matched = "day 2, the test's hours", "day 1, the test's hours"
others = at_prevalence(same_model[period != test_period], share)


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
unmatched_gap, matched_gap, days_gap = evening_gaps.values()
unmatched, same_hours, of_days = intervals.verdicts(evening_gaps).values()

# %% tags=["remove-input"]
show(
    forest(
        {
            f"{name}\n({int(parts[name]['Class'].sum())} frauds)": value
            for name, value in by_period.items()
        },
        title="Is the test evening harder than others?",
        unit="average precision at the file's share of frauds, with 95 % interval",
        warned=[f"{test_period}\n({int(parts[test_period]['Class'].sum())} frauds)"],
    ),
    alt=(
        "Average precision by day and hours, for models that know both days: "
        + "; ".join(f"{name} {value:.3f}" for name, value in by_period.items())
        + "."
    ),
)

# %% tags=["remove-input"]
drift_claim = (
    "so nothing here calls for the word drift"
    if same_hours == intervals.UNTOLD
    else f"even the same hours are {same_hours}"
)
both = int(parts[test_period]["Class"].sum()), int(parts[matched]["Class"].sum())
Markdown(
    f"Against the test evening, all other hours together are at {signed(unmatched_gap)} ({unmatched})"
    f"{', and a team in a hurry would call it drift' if unmatched_gap.estimate > 0 else ''}. "
    f"The *same hours of the day before* are at {signed(matched_gap)} ({same_hours}): {drift_claim}. The "
    f"other hours of the first day lie {signed(days_gap)} from those of the second ({of_days}). With {both[0]} frauds against {both[1]}, "
    "only a large change could be told from chance anyway. The test rows tell how the model does on *one such evening*, no more."
)

# %% [markdown]
# ## How far off may it be?
#
# An average precision with four digits claims to know what it cannot: there are few frauds among the test rows, and each of them moves it. A {term}`confidence interval` says how far it may be off. There are several ways to make one, and they differ in what they take to be chance.
#
# - **Each fraud on its own** (*stratified*): frauds are drawn again among frauds, honest payments among honest ones.
# - **Time blocks**: stretches of time are drawn, with all that happened in them {cite:p}`kunsch1989,politis1992`. Frauds of one burst stay together.
#
# The book draws blocks of ten minutes and takes the middle 95 % of the resampled values (*percentile*), in every chapter. Two measurements on development rows chose that. The first: how does the standard error grow with the length of the blocks? While a block is shorter than the bursts, it tears them apart and finds too little.

# %%
knows = prequential["0"].notna().to_numpy()
contest = rows[knows].assign(score=prequential.loc[knows, "0"])
stopped = conventions.decide(contest, contest["score"], costs=costs)
few, stands_for = leaks.fewer(contest["Class"], [contest["score"]], weights[knows])
resampled = contest.iloc[few]
taken = leaks.measures(
    resampled, [resampled["score"]], [stopped[few]], costs=costs, weight=stands_for
)
draws = conventions.drawn(resampled["Time"])["n_resamples"]
errors = {
    name: {
        seconds: np.nanstd(
            intervals.replicates(
                metric, resampled["Class"][kept], column[:, kept], sample_weight=stands_for[kept],
                scheme=intervals.Blocks(resampled["Time"][kept], seconds), n_resamples=draws,
            )
        )
        for seconds in (30.0, 60.0, 300.0, 600.0, 1800.0, 5400.0)
    }
    for name, (metric, column, kept) in taken.items()
}  # fmt: skip
errors = pd.DataFrame(errors)

# %% tags=["remove-input"]
IN_USE = conventions.BLOCK_SECONDS


def by_length(table):
    """Draw standard errors against the length of the blocks, the one in use marked."""
    figure, axes = plt.subplots(figsize=(5.0, 3.6))
    axes.axvline(IN_USE, color=INK["light"], lw=0.9, ls=(0, (2, 3)))
    sns.lineplot(table, markers=True, ax=axes)
    axes.set(title="How does doubt grow with the length of the blocks?", xscale="log")
    axes.set(xlabel="length of a block", ylabel="standard error (ten minutes = 1)")
    lengths = [f"{t:g} s" if t < 60 else f"{t / 60:g} min" for t in table.index]
    axes.set_xticks(table.index, lengths)
    axes.minorticks_off()
    axes.set_ylim(0, 1.15 * table.to_numpy().max())
    axes.legend(loc="lower right")
    return figure


# %% tags=["remove-input"]
relative = (errors / errors.loc[IN_USE]).rename(columns={"saved": "euros saved"})
show(
    by_length(relative),
    alt=(
        "Standard errors of four measures against the length of a block, relative to ten minutes. "
        + "; ".join(
            f"{name}: {column.iloc[0]:.2f} at half a minute, {column.loc[1800]:.2f} at half an hour"
            for name, column in relative.items()
        )
        + "."
    ),
)

# %% [markdown]
# The second: does an interval keep its word? On real data nobody knows, since the truth is unknown. So we make evenings in which it is known: whole bursts, as these rows have them, set at random moments among honest payments. We draw many such evenings and count how often an interval that promises 95 % holds the truth.

# %%
EVENING, DRAWS = test["Time"].iloc[-1] - split.VALID_END, 60 if mode.is_quick() else 400
world = coverage.World(contest, threshold=AT, costs=costs, seconds=EVENING)
kept = coverage.coverage(world, n_worlds=DRAWS)

# %% tags=["hide-input"]
MEASURES = ["average precision", "recall", "savings", "saved"]
told_truth = {
    measure: {
        way: f"{100 * row['coverage']:.0f} [{100 * row['low']:.0f}, {100 * row['high']:.0f}]"
        for way, row in kept.xs(measure, level="measure").iterrows()
    }
    for measure in MEASURES
}
pd.DataFrame(told_truth).fillna("–").rename(columns={"saved": "total of euros"}).rename_axis(
    "intervals that hold the truth (%)"
)

# %% tags=["remove-input"]
alone, in_use, with_bca, longer = coverage.WAYS
share = kept["coverage"]
right = share.map("{:.0%}".format)
others = [share[way, "average precision"] for way in (with_bca, longer)]
no_better = max(others) <= share[in_use, "average precision"]
of_three = [share[in_use, measure] for measure in MEASURES[:3]]
read_as = (
    "**So read “95 %” in this book as a little less.**"
    if (kept.loc[in_use].loc[MEASURES[:3], "high"] < 0.95).any()
    else "In so few evenings that cannot be told from 95 %."
)
of_euros = "too short" if kept.loc[(in_use, "saved"), "high"] < 0.95 else "long enough"
Markdown(
    f"For average precision, drawing each fraud on its own holds the truth in {right[alone, 'average precision']} of the evenings, blocks of ten minutes in "
    f"{right[in_use, 'average precision']}. BCa, a correction for skew {{cite:p}}`efron1987`, has {right[with_bca, 'average precision']}, and blocks of half an hour, of which an evening has few, have {right[longer, 'average precision']}"
    f"{': no better' if no_better else ''}. {read_as} Blocks of ten minutes hold average precision, recall and savings in {min(of_three):.0%} to {max(of_three):.0%} of the evenings. "
    f"Intervals of totals of euros are {of_euros}: {right[in_use, 'saved']} ({right[with_bca, 'saved']} with BCa, {right[longer, 'saved']} by half an hour). "
    f"A few large frauds carry them, one evening has too few for its own scatter to tell, and their standard error still grows with longer blocks ({relative.loc[1800, 'euros saved']:.2f} times at half an hour). Take an interval of euros as the least doubt there is.\n\n"
    f"The score of the model by time is **{later_ap:.2f}**. The digits after the second are noise; leave them out."
)

# %% [markdown]
# ## The best of many
#
# A team tries many settings and keeps the winner. On the {term}`validation rows` that chose it, the winner looks better than it is: it was good *and lucky*, and we picked it for both. That surplus is called {term}`optimism` {cite:p}`cawley2010`. How large is it?
#
# ### When all are equal
#
# First a world in which we know: K models of exactly the same quality, whose scores of each fraud are alike, but not the same (`ALIKE` is their correlation). Whatever the winner has above the others is luck.

# %%
TRIALS, ALIKE, WORLDS = 100, 0.5, 15_000 if mode.is_quick() else 60_000
chosen_on = (20, int(valid["Class"].sum()), 200, 1000)
null = {
    f"{n:,} frauds": optimism.null_optimism(
        TRIALS, n, alike=ALIKE, n_rounds=max(100, min(2000, WORLDS // n))
    )
    for n in chosen_on
}


# %% tags=["hide-input"]
def best_of_k(curves, title):
    """Draw how far the best of K trials is flattered, against K."""
    table = pd.concat(curves, names=["", "trials"]).reset_index()
    figure, axes = plt.subplots(figsize=(5.0, 3.8))
    sns.lineplot(table, x="trials", y="optimism", hue="", style="", ax=axes)
    axes.axhline(0, color=INK["light"], lw=0.8)
    axes.set(title=title, xscale="log", ylabel="optimism (average precision)")
    axes.set_xlabel("trials among which the best is chosen")
    axes.set_ylim(top=1.35 * table["optimism"].max())  # room for the names
    axes.xaxis.set_major_formatter("{x:g}")
    sns.move_legend(axes, "upper left", title=None)
    return figure


# %% tags=["remove-input"]
show(
    best_of_k(null, "How much better does the best of K equal models look?"),
    alt=(
        "Optimism against the number of trials, for models that are all equal. At "
        f"{TRIALS} trials it is "
        + ", ".join(f"{t['optimism'].iloc[-1]:.3f} with {name}" for name, t in null.items())
        + "."
    ),
)

# %% tags=["remove-input"]
smallest, own = (null[f"{n:,} frauds"]["optimism"] for n in chosen_on[:2])
own_world = null[f"{chosen_on[1]:,} frauds"].loc[100]
Markdown(
    f"With as many frauds as our validation rows have ({chosen_on[1]}), the best of ten looks "
    f"{own.loc[10]:+.3f} better than it is, the best of a hundred {own.loc[100]:+.3f}; with {chosen_on[0]} frauds "
    f"{smallest.loc[100]:+.3f}. Those are means; in 95 % of the worlds the best of a hundred, chosen on {chosen_on[1]} frauds, looks "
    f"{own_world['low']:+.3f} to {own_world['high']:+.3f} better than the models are. It grows slowly with trials and shrinks with the "
    "number of frauds. The more alike the models, the smaller it is: they share their luck."
)

# %% [markdown]
# ### On our payments
#
# Now for real: a random search around our model. Each trial learns from the training rows (honest payments thinned and weighed for it, to save time). The validation rows choose; what the winner does later, we read from the test rows, as a demonstration that the ledger records. No trial goes into any later chapter.

# %%
FEWER = "fewer trials are searched, so another one wins"
search = models.perturbed(model, 8 if mode.is_quick() else 30)
later = split.open_test(
    payments,
    who="chapter 02",
    why="What does the best of K trials score after validation chose it?",
    kind="demonstration",
)
few, weight = leaks.thinned(labels, everywhere[:n_train], share=0.1)
trials = leaks.scores(
    rows,
    [leaks.Fit(trial, few, everywhere[n_train:], weight) for trial in search],
    tell=progress.line("The search"),
)
after = pd.concat([valid, later])
chooses = np.arange(len(after)) < len(valid)


def precision_of(score, part):
    """Return average precision on a part of the rows."""
    y, weight = after["Class"][part], weights[n_train:][part]
    return intervals.value(intervals.AveragePrecision(), y, score[part], sample_weight=weight)


# %%
on_valid_rows = np.array([precision_of(score, chooses) for score in trials])
on_later_rows = np.array([precision_of(score, ~chooses) for score in trials])
selected = optimism.best_of(on_valid_rows, on_later_rows)


def draws_of(part):
    """Return average precision of all trials on resamples of a part of the rows."""
    how = conventions.drawn(after["Time"][part])
    return intervals.replicates(
        intervals.AveragePrecision(), after["Class"][part], [score[part] for score in trials],
        sample_weight=weights[n_train:][part], scheme=how["scheme"], n_resamples=how["n_resamples"],
    )  # fmt: skip


# %%
winner = optimism.of_winner(
    on_valid_rows, on_later_rows, chosen_draws=draws_of(chooses), judged_draws=draws_of(~chooses),
    n=len(after), n_positive=int(after["Class"].sum()),
)  # fmt: skip

# %% [markdown]
# Validation rows and test rows are different evenings, so part of any gap is the evening. Two things take it out: optimism is counted *beyond* the gap that a single trial has; and, beside it, we choose on a random part of validation and test rows taken together, and judge on the rest, many times.

# %%
ROUNDS = 20 if mode.is_quick() else 100
mixed = {
    n: optimism.optimism_in_parts(after["Class"], trials, n_positive=n, n_rounds=ROUNDS)
    for n in chosen_on[:2]
}
real_curves = {f"random part, {n} frauds choose": table for n, table in mixed.items()} | {
    f"validation chooses ({chosen_on[1]}), test judges": selected,
    f"equal models, {chosen_on[1]} frauds": null[f"{chosen_on[1]:,} frauds"].head(len(trials)),
}

# %% tags=["remove-input"]
show(
    best_of_k(real_curves, "And how much is it in a real search?"),
    alt=(
        "Optimism against the number of trials, in a real random search. At the last it is "
        + ", ".join(
            f"{table['optimism'].iloc[-1]:+.3f} ({name})" for name, table in real_curves.items()
        )
        + "."
    ),
)

# %% tags=["remove-input"]
last = selected.iloc[-1]
part = mixed[chosen_on[1]].iloc[-1]
spread = np.ptp(on_valid_rows)
agree = pd.Series(on_valid_rows).corr(pd.Series(on_later_rows), method="spearman")
equal = null[f"{chosen_on[1]:,} frauds"].loc[len(trials), "optimism"]
shows = intervals.verdict(winner) != intervals.UNTOLD
in_parts = not part["low"] <= 0 <= part["high"]
measures = (
    f"The two measures, {winner.estimate:+.3f} and {part['optimism']:+.3f}, agree on whether there is any"
    if shows == in_parts
    else f"The two measures do not agree: {winner.estimate:+.3f} is told apart from nothing, and {part['optimism']:+.3f} is lost in the spread of the parts"
    if shows
    else f"The two measures do not agree: {winner.estimate:+.3f} is not told apart from nothing, and all parts show some"
)

# %% tags=["remove-input"]
Markdown(
    f"Of {len(trials)} trials the winner has {last['claimed']:.3f} on validation and {last['real']:.3f} on the later rows. "
    f"From one to the other a single trial changes by {selected['real'].iloc[0] - selected['claimed'].iloc[0]:+.3f} on average: that is the other evening, and no choice. The winner's claim falls by "
    f"{winner:.3f} more than that: its optimism. On random parts with as many frauds it is {part['optimism']:+.3f} on average "
    f"(95 % of the parts from {part['low']:+.3f} to {part['high']:+.3f}; they share their frauds, so this is no "
    f"confidence interval). {measures}; among as many equal models optimism is {equal:+.3f}. The trials themselves spread over {spread:.3f} on validation, and their order there and later agrees "
    f"with a rank correlation of {agree:.2f}. In quick mode {FEWER}.\n\n"
    "“Validation and test agree, so we did not overfit” is therefore no argument"
    f"{': optimism of this size is hidden by the luck of the rows' if winner.estimate < later_ap.half_width else ''} "
    f"(the test's interval was {2 * later_ap.half_width:.2f} long). What helps is to count trials, to "
    "choose on more frauds, and to open the test once."
)

# %% [markdown]
# ## Which of two models is better?
#
# Two intervals that overlap prove nothing, in either direction. What counts is the interval of the *difference*, both models on the same resampled blocks. We compare on the three prequential stretches, where each model decided only about payments later than it had learned.
#
# How small a difference would be found at all? *Found* means that its interval leaves out zero. How often that happens, if the difference is true, is the {term}`power`. We ask for four times in five.

# %%
rivals = ("logistic regression", "release candidate 1")
gaps = {
    name: leaks.difference(rows, prequential["0"], prequential[name], asked=len(rivals))
    for name in rivals
}
leads = intervals.verdicts(gaps)
how = conventions.drawn(contest["Time"])
of_difference = {"scheme": how["scheme"], "n_resamples": how["n_resamples"]}
detectable = {
    name: intervals.smallest_detectable_difference(
        intervals.AveragePrecision(), contest["Class"], contest["score"],
        prequential.loc[knows, name], sample_weight=weights[knows], **of_difference,
    )
    for name in rivals
}  # fmt: skip

# %% [markdown]
# And two models that are much more alike: two trials of the search above, on the validation rows. Of all pairs we take the one whose validation scores lie closest to one point (`LEAD`) apart, a lead of the kind that a search announces. It was picked for its lead, so we ask only how well such a pair can be told apart, and not whether this one is.

# %%
LEAD, SIBLING = 0.01, "a sibling of one search"
lead = on_valid_rows[:, None] - on_valid_rows[None]
one, other = np.unravel_index(np.argmin(np.abs(lead - LEAD)), lead.shape)
how = conventions.drawn(valid["Time"])
detectable[SIBLING] = intervals.smallest_detectable_difference(
    intervals.AveragePrecision(), valid["Class"], trials[one][chooses], trials[other][chooses],
    sample_weight=weights[n_train:n_dev], scheme=how["scheme"], n_resamples=how["n_resamples"],
)  # fmt: skip
per_day = labels.sum() / 2

# %% tags=["hide-input"]
shown_leads = {name: signed(gap) for name, gap in gaps.items()}
shown_leads[SIBLING] = f"{lead[one, other]:+.3f} (picked)"
sizes = {name: gap.estimate for name, gap in gaps.items()} | {SIBLING: lead[one, other]}
needed = {
    name: detectable[name].positives_needed(max(abs(size), 1e-4)) for name, size in sizes.items()
}
pd.DataFrame(
    {
        name: {
            "frauds judged": each.n_positive,
            "lead (average precision)": shown_leads[name],
            "smallest that would be found (power 80 %)": f"{each.difference:.3f}",
            "frauds needed, if the lead is true": (
                f"{needed[name]:,}" if needed[name] > each.n_positive else "fewer than judged"
            ),
            "… days of such traffic": (
                f"{needed[name] / per_day:,.1f}" if needed[name] > each.n_positive else "–"
            ),
        }
        for name, each in detectable.items()
    }
).T.rename_axis("boosting against")

# %% tags=["remove-input"]
reach = 1.96 + 0.84  # standard errors: the interval leaves out zero in four cases of five
at_test = {
    name: reach * each.standard_error * (each.n_positive / test["Class"].sum()) ** 0.5
    for name, each in detectable.items()
}

# %% tags=["hide-input"]
# A standard error falls with the root of the number of frauds.
seen = np.geomspace(25, 25_000, 60)
found_from = pd.DataFrame(
    {n: reach * d.standard_error * np.sqrt(d.n_positive / seen) for n, d in detectable.items()},
    index=seen,
)
figure, axes = plt.subplots(figsize=(5.0, 4.0))
sns.lineplot(found_from, ax=axes)
for line, each in zip(axes.lines, detectable.values(), strict=False):
    axes.plot(each.n_positive, reach * each.standard_error, "o", color=line.get_color(), ms=7)
for n, name, side in (
    (int(valid["Class"].sum()), "validation rows", "right"),
    (int(test["Class"].sum()), "test rows", "left"),
    (int(labels.sum()), "all two days", "left"),
):
    axes.axvline(n, color=INK["light"], lw=0.9, ls=":")
    aside = {"rotation": 90, "ha": side, "transform": axes.get_xaxis_transform()}
    axes.text(n * (0.96 if side == "right" else 1.05), 0.02, name, **aside)
axes.set(title="How many frauds tell two models apart?", xlabel="frauds among the rows")
axes.set(xscale="log", yscale="log", ylabel="smallest difference found\n(average precision)")
axes.set_ylim(bottom=max(axes.get_ylim()[0], 1e-3))
days = axes.secondary_xaxis("top", functions=(lambda n: n / per_day, lambda day: day * per_day))
days.set_xlabel("days of such traffic")
for axis in (axes.xaxis, axes.yaxis, days.xaxis):
    axis.set_major_formatter("{x:,.10g}")
axes.legend(loc="upper right")
show(
    figure,
    alt=(
        "Smallest difference in average precision that is found with a power of 80 %, against the "
        "number of frauds. With the test rows' frauds it is "
        + ", ".join(f"{value:.3f} against {name}" for name, value in at_test.items())
        + "."
    ),
)

# %% tags=["remove-input"]
Markdown(
    f"Boosting against logistic regression: {signed(gaps['logistic regression'])} "
    f"({leads['logistic regression']}); against release candidate 1: {signed(gaps['release candidate 1'])} "
    f"({leads['release candidate 1']}). None of the three draws anything at random, so no seed adds to that. Of two siblings that are {lead[one, other]:.3f} apart, "
    f"it would take about {needed[SIBLING]:,} frauds, {needed[SIBLING] / per_day:,.1f} days of such traffic, to be "
    "likely to see it, if that lead is true at all. The more alike two models, the finer the scale: what decides is the difference's "
    "own standard error, and not the number of frauds alone. Hence the rule for chapter 03: a lead whose interval holds zero is unresolved, and what ships then "
    "is to be written down before the race."
)

# %% [markdown]
# ### Seed noise is not sampling noise
#
# A third kind of chance comes from the training itself. We let the model draw rows and columns at random, and change nothing but the seed.

# %%
stirred = {"subsample": 0.8, "subsample_freq": 1, "colsample_bytree": 0.8}
SEEDS = 5
alike = [models.boosted(seed=seed, **stirred, **fewer_trees) for seed in range(SEEDS)]
seeds = leaks.scores(
    rows,
    thin([leaks.Fit(each, *split_in_time) for each in alike]),
    tell=progress.line("Seeds"),
)
by_seed = [
    intervals.value(
        intervals.AveragePrecision(), valid["Class"], score,
        sample_weight=weights[n_train:n_dev],
    )
    for score in seeds
]  # fmt: skip
of_rows = intervals.bootstrap(intervals.AveragePrecision(), valid["Class"], seeds[0], sample_weight=weights[n_train:n_dev],
    **conventions.drawn(valid["Time"]),
)  # fmt: skip
sampling_error, seed_noise = of_rows.half_width / 1.96, np.std(by_seed, ddof=1)

# %% tags=["remove-input"]
Markdown(
    f"{SEEDS} seeds score from {min(by_seed):.3f} to {max(by_seed):.3f}, a standard deviation of "
    f"{seed_noise:.3f}; the rows add a standard error of {sampling_error:.3f}. "
    "To report the best of several seeds is to sell noise; to report their standard "
    f"deviation as *the* uncertainty is to hide {'the larger' if seed_noise < sampling_error else 'another'} part. "
    "Where a model draws at random, its lead needs both: an interval over rows *and* seeds, as chapter 03 draws it."
)

# %% [markdown]
# ## The number that may be quoted
#
# Now the evaluation, of what ships: the model of the book, trained on the training rows, with the threshold that was cheapest on the validation rows, which it had not seen. Both were fixed before; the test rows judge. (The ladder's rung by time had learned from the validation rows as well: another model, of the same settings.)

# %%
final = split.open_test(
    payments,
    who="chapter 02",
    why="What may be quoted: the model that ships, with its threshold from the validation rows.",
    kind="evaluation",
)
score = served[n_dev:]
verdict = leaks.judge(final, score, costs=costs, threshold=AT)
quoted, savings, saved, caught = verdict.values()
stops, frauds = score >= AT, final["Class"] == 1
alarms = float(data.sampling_weights(final)[stops & ~frauds].sum())
touched, n_bursts = profile.burst_recall(final["Time"], frauds, stops)
whole, _ = profile.burst_recall(final["Time"], frauds, stops, whole=True)
of_bursts = intervals.binomial(touched, n_bursts)
n_caught = int((stops & frauds).sum())

# %% tags=["remove-input"]
Markdown(
    "To a colleague:\n\n"
    f"> Average precision {quoted:.2f} on the {len(final):,} payments after the validation period, {quoted.n_positive} of them fraud; "
    f"at the threshold {AT:.2f}, chosen on validation rows, recall {caught:.2f} by payment, {of_bursts:.2f} by burst. "
    "95 % intervals from blocks of ten minutes (bursts: exact binomial); one evening, labels complete; settings set by hand, named by chapter 03's race on the validation rows.\n\n"
    "To the business:\n\n"
    f"> On an evening that it had not seen, the model blocked {n_caught} of {quoted.n_positive} frauds and "
    f"{alarms:,.0f} honest payments. The frauds came in {n_bursts} bursts; it caught something of {touched} and all of {whole}. At our prices that saved {saved.estimate:,.0f} € per thousand payments, {savings.estimate:.0%} of what a perfect model "
    f"would have. With so few frauds, it may well be between {saved.low:,.0f} and {saved.high:,.0f} €, or further off, and the share between {savings.low:.0%} and {savings.high:.0%}. It was one "
    f"evening; we do not know about other days of the week. The notebook had said {lucky:.2f}, where we say {quoted.estimate:.2f}: "
    "it had asked about other payments, of the days that it learned from, and reported the luckiest fold.\n\n"
    "Not to be said: the third digit, “per year”, and “better than” for any lead below what the table above would find."
)

# %% [markdown]
# ### The ledger
#
# Here is what this chapter has taken from the test rows, and what others had before it.

# %% tags=["hide-input"]
book = split.uses()
uses = book[book["source"] == payments.attrs["source"]].groupby(["who", "kind", "why"], sort=False)
pd.DataFrame(
    {"times": uses.size(), "frauds seen": uses["n_positive"].max()}
).reset_index().set_index("who")

# %% tags=["remove-input"]
judged = book[book["kind"] == "evaluation"]
Markdown(
    f"{len(book)} uses in all, {len(judged)} of them {'an evaluation' if len(judged) == 1 else 'evaluations'}. A page that is built again writes its lines again: nothing is "
    "rubbed out. Demonstrations choose nothing, but they are looked at by the people who choose next. "
    "From here on nobody in this book can say that the test rows are unseen, and the release in chapter 08 will "
    "have to live with that, and say it."
)

# %% [markdown]
# What this chapter concludes goes into the release file, which the last chapter judges.

# %% tags=["remove-cell"]
facts = {"chapter": "02", "data_digest": payments.attrs["sha256"]}
paired, apart = "paired bootstrap of 10-minute blocks", "each side in 10-minute blocks of its own"
precision, alone_ = "average precision", "bootstrap of 10-minute blocks"
which = {"model": serving.fingerprint(served[n_train:n_dev])}
binomial = "evenings and bursts are taken as independent of each other: exact binomial"
sides = "the two sides are different rows, so they are drawn apart"


def note(claim, interval, split, unit=precision, how=paired, **more):
    """Write one number into the release file."""
    evidence.record(
        claim, interval.estimate, interval, split=split, unit=unit, how=how,
        n=interval.n, **facts, **more,
    )  # fmt: skip


def conclude(question, answer, **more):
    """Write one conclusion into the release file."""
    evidence.conclude(question, answer, chapter="02", **more)


# %% tags=["remove-cell"]
note("average precision after the validation period", quoted, "test", how=alone_, **which)
note("savings of the served model", savings, "test", "share of the oracle's", alone_, **which)
note("euros saved per 1,000 payments", saved, "test", "€ per 1,000 payments", alone_, **which)
note("frauds blocked", caught, "test", "share of frauds", alone_, **which)
note("bursts of frauds with a payment blocked", of_bursts, "test", "share of bursts",
     "exact binomial", because=binomial, **which)  # fmt: skip
conclude("may savings be promised?", "yes" if savings.low > 0 else "no")

# %% tags=["remove-cell"]
note("inflation by a random split, same rows", peeking, "test")
conclude("does a random split flatter, on the same rows?", peeks)
note(
    "inflation by a random split, each on its own rows", naive_gap, "all", how=apart, because=sides
)
for (old, new), step in steps.items():
    note(f"change from {old} to {new}", step, "all")
    conclude(f"from {old} to {new}, average precision is", told[new])
for name, leak in museum.items():
    before = name == "copies before the split"
    more = {"how": apart, "because": sides} if before else {}
    note(f"inflation by {name}", leak, "development" if before else "valid", **more)
note("inflation by a share of frauds of one half", of_prevalence, "development", how=apart,
     because=sides)  # fmt: skip
gained = "savings gained by a threshold tuned on the judged rows"
note(gained, tuned, "valid", unit="share of the oracle's")
for name, word in convicted.items():
    conclude(f"{name.splitlines()[0]}: does it inflate?", word)

# %% tags=["remove-cell"]
for delay, row in by_delay.iloc[1:].iterrows():
    rougher = {"may_differ": CLOSE} if delay in DELAYS[1:3] else {}
    note(f"change by labels that take {delay} hours", row["change"], "development", **rougher)
    conclude(f"labels that take {delay} hours", late_words[delay], **rougher)
for (name, gap), word in zip(recency.items(), of_recency.values(), strict=True):
    note(f"as few rows, {name}", gap, "development")
    conclude(f"as few rows, {name}", word)
for (name, gap), word in zip(evening_gaps.items(), (unmatched, same_hours, of_days), strict=True):
    note(f"{name} above the test evening" if "against" not in name else name, gap, "all",
         how=apart, because=sides)  # fmt: skip
    conclude(f"{name}, against the other side", word)
for (way, measure), row in kept.iterrows():
    claim, unit = f"coverage of 95 % intervals of {measure}, {way}", "share of simulated evenings"
    of_evenings = intervals.binomial(int(row["held"]), DRAWS)
    note(claim, of_evenings, "none", unit, "exact binomial", because=binomial)
conclude("intervals of totals of euros in blocks of ten minutes are", of_euros)

# %% tags=["remove-cell"]
note("optimism of the winner of a search, validation chooses", winner, "all",
     how="each side in 10-minute blocks of its own, the winner fixed", because=sides,
     may_differ=FEWER)  # fmt: skip
for k in (10, TRIALS):
    found = null[f"{chosen_on[1]:,} frauds"].loc[k]
    evidence.record(
        f"optimism of the best of {k} equal models, {chosen_on[1]} frauds choose", found["optimism"],
        intervals.Interval(*found[["optimism", "low", "high"]], level=0.95, method="worlds", n=TRIALS),
        unit=precision, split="none", n=TRIALS, how="simulated; the interval holds 95 % of the worlds",
        because="it is where simulated worlds lie, and no interval of an estimate", **facts,
    )  # fmt: skip
for name, gap in gaps.items():
    note(f"lead over {name}", gap, "development")
    conclude(f"boosting against {name}", leads[name])
for name, each in detectable.items():
    evidence.record(
        f"smallest difference from {name} that would be found", each.difference, None,
        unit=precision, split="valid" if name == SIBLING else "development", n=int(knows.sum()),
        how="power 80 %, from the paired bootstrap", **facts,
    )  # fmt: skip
conclude("seeds or rows: which is the larger noise?",
         "rows" if seed_noise < sampling_error else "seeds")  # fmt: skip

# %% [markdown]
# ## What to decide
#
# :::{admonition} May this number be promised?
# :class: pr-decide
# Yes, with its interval and its conditions: one evening, labels complete, one model, its settings set by hand and named by chapter 03's race on the validation rows. It replaces every number that any notebook reported before. If the business needs to know better, the answer is not a better notebook but more frauds: a few weeks in {term}`shadow mode`, whose length the table of leads gives. Chapter 03 may search, on development rows only; it has to count its trials, and a lead whose interval holds zero is not resolved.
# :::

# %% tags=["remove-input"]
Markdown(
    f"What this rests on, checked when this page was computed: {'✓' if savings.low > 0 else '✗'} even the lower end of the "
    f"savings, {savings.low:.0%} of the oracle's, is above nothing"
    f"{'.' if savings.low > 0 else '. **Where a ✗ stands, no savings may be promised.**'}"
)

# %% [markdown]
# :::{admonition} Take-away
# :class: pr-takeaway
# - Split by time, with the gap and the label delay that production has. Then ask what each easier split would have claimed, on the same rows.
# - Measure a leak before you fight it: the figure of the museum says which were fatal here, and which did nothing.
# - Draw blocks of time, quote two digits with an interval, and compare models by the interval of their difference.
# - The best of many is partly lucky. Count the trials; choose on many frauds; judge once.
# - No seed, fold or resample makes up for frauds that were never seen.
# :::

# %% [markdown]
# ## Exercises
#
# ```{exercise} Read it off
# :label: true-read
#
# A colleague claims that with twice as many seeds and ten-fold cross-validation on the two days, a true lead of 0.01 over logistic regression could be found. From the figure of frauds needed: how many frauds would it take, how many days of such traffic, and what do more seeds and folds change about that?
# ```

# %% tags=["hide-cell"]
frauds_for = detectable["logistic regression"].positives_needed(0.01)
Markdown(
    f"About {frauds_for:,} frauds, {frauds_for / per_day:,.0f} days of such traffic, where the two days hold {labels.sum():.0f}. "
    "More seeds make the noise of training smaller, more folds the noise of the split; neither adds a fraud. The standard "
    "error of the difference hardly moves."
)

# %% [markdown]
# ```{exercise} Code it
# :label: true-code
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
waited = leaks.scores(rows, [leaks.Fit(models.chosen(), known_then["gap"], split_in_time[1])])[0]
change = leaks.difference(valid, waited, plain)
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
# ```{exercise} Argue it
# :label: true-argue
#
# Your manager says: “The notebook had a higher number than your report. Customers will be told the higher one; it was measured, too.” Answer in four sentences, without the words *overfitting* and *leak*.
# ```
#
# ```{solution} true-argue
# :class: dropdown
#
# Both numbers were measured, but they answer different questions: the first asks about payments from the same two days that the model learned from, the second about the payments that came next, and our customers only ever send us the next ones. The first was also the luckiest of several ways to shuffle the same rows. The second is itself only known roughly, because the evening had few frauds, so we should promise the lower end of its interval and be glad of more. And when we have watched the model for some weeks without letting it decide, we can promise more, if it is true.
# ```

# %% [markdown]
# ## Further reading
#
# - {cite:t}`leborgne2022`: prequential evaluation and label delay, on months of fraud data.
# - {cite:t}`kaufman2012` and {cite:t}`kapoor2023`: what a leak is, and how many findings rested on one.
# - {cite:t}`cawley2010`: the optimism of choosing models by the rows that judge them.
# - {cite:t}`kunsch1989` and {cite:t}`efron1993`: the block bootstrap, and the bootstrap.
# - {cite:t}`saito2015` and {cite:t}`davis2006`: precision and recall when one class is rare.
