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
import numpy as np
import pandas as pd
from IPython.display import Markdown
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler

from prerelease import costs as money

# %%
from prerelease import (
    coverage,
    data,
    evidence,
    intervals,
    leaks,
    ledger,
    mode,
    models,
    optimism,
    progress,
    splits,
)
from prerelease.plots import leaks as figures
from prerelease.plots import show, use_style

use_style()
pd.options.display.max_colwidth = None

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% [markdown]
# ## The question
#
# Chapter 01 turned what the business wants into euros. This chapter asks whether the number is true. A manager who hears “the model finds nine frauds in ten” plans with it: staff, budgets, promises to customers. If the number was read from rows that the model had met before, or picked as the best of many, the plan fails in the first week, and nobody will know why.
#
# The model here is one and the same throughout: gradient boosting held back, as chapter 01 left it. Only the way to judge it changes.

# %%
payments = data.load()
train, valid = splits.development(payments)
test = splits.open_test(
    payments,
    who="chapter 02",
    why="Random splits and the ladder need all rows; nothing is chosen.",
    kind="demonstration",
)
rows = pd.concat([train, valid, test])
everywhere, n_train, n_dev = np.arange(len(rows)), len(train), len(train) + len(valid)
labels, weights = rows["Class"].to_numpy(), data.sampling_weights(rows)
model, costs = models.boosted(), money.CostModel()

# %% [markdown]
# The test rows are open already, as a *demonstration*, and the {term}`test ledger` says so: a random split mixes all rows, so whoever splits at random looks at the future. We want to see what that does. At the end they are opened once more, for one *evaluation* of one model.
#
# The ways to judge need quite a few fits. We line them all up and run them two at a time.

# %%
SHUFFLES = 2
HOUR, NEAR = 3600.0, 0.05
once = np.flatnonzero(~rows.duplicated())
alike = splits.NearDuplicateKFold(5, tolerance=NEAR)
late = splits.TemporalSplit(splits.VALID_END, gap=HOUR, label_delay=12 * HOUR)


def five_folds(seed, kept):
    shuffled = StratifiedKFold(5, shuffle=True, random_state=seed)
    return leaks.fits(model, shuffled.split(kept, labels[kept]), rows=kept)


runs = {f"random {seed}": five_folds(seed, everywhere) for seed in range(SHUFFLES)}
runs["deduplicated"] = five_folds(0, once)
runs["grouped"] = leaks.fits(model, alike.split(rows, labels))
runs["past"] = [leaks.Fit(model, everywhere[:n_dev], everywhere)]
runs["delayed"] = leaks.fits(model, late.split(rows))
scored = leaks.score_runs(rows, runs, tell=progress.line("The ladder"))

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
in_blocks = {
    "sample_weight": weights[n_dev:],
    "scheme": intervals.Blocks(test["Time"], leaks.BLOCK_SECONDS),
}
lucky_threshold = usual.loc[usual["average precision"].idxmax(), "threshold"]
later_f1 = intervals.bootstrap(intervals.FBeta(1, lucky_threshold), *on_test, **in_blocks)
later_ap = intervals.average_precision(*on_test, **in_blocks)
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
# Each payment is blocked when that is cheaper on average, given the model's probability and the payment's amount (chapter 01), so that no rung tunes a threshold.

# %%
is_test = everywhere >= n_dev
ladder = pd.DataFrame(
    {
        "resubstitution": scored["past"].where(~is_test),
        "random": scored["random 0"],
        "random, deduplicated": scored["deduplicated"],
        "near-twins grouped": scored["grouped"],
        "by time": scored["past"].where(is_test),
        "by time, gap and delay": scored["delayed"],
    }
)
read = leaks.judge_all(rows, ladder, costs=costs, n_resamples=500)

# %% [markdown]
# We also count, in the first fold of each rung, what crosses from training into the rows that judge: rows with a near-twin, and frauds that have a training fraud within a minute of them, since chapter 00 found that frauds come in bursts.

# %%
first_fold = {
    "resubstitution": None,
    "random": runs["random 0"][0],
    "random, deduplicated": runs["deduplicated"][0],
    "near-twins grouped": runs["grouped"][0],
    "by time": leaks.Fit(model, everywhere[:n_dev], everywhere[n_dev:]),
    "by time, gap and delay": runs["delayed"][0],
}
crossing = {"resubstitution": ("all", "all", "all")}
for name, fit in list(first_fold.items())[1:]:
    twins = splits.count_crossings(rows, labels, fit.learn, fit.held_out, tolerance=NEAR)
    company = leaks.fraud_company(rows, fit.learn, fit.held_out, seconds=60)
    crossing[name] = (
        f"{twins.near:,} of {twins.n_test:,}",
        f"{twins.near_positive} of {twins.n_test_positive}",
        f"{company[0]} of {company[1]}",
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
    figures.forest(
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
# The intervals overlap, and the rungs are judged on different rows. To lay two such readings side by side says little. But each rung shares rows with the one before it: the five random folds scored *every* row, those of the test included, so we can ask of **the very same frauds** what one step of the ladder changes. Both readings then meet the same luck, and the interval of their difference is far shorter than either ({term}`block bootstrap`, both models on the same blocks).

# %%
steps = leaks.steps(rows, ladder, n_resamples=500)
changes = {f"{new}": step for (_, new), step in steps["change"].items()}

# %% [markdown]
# Where both sides of a step were shuffled, the shuffle adds luck of its own, which no bootstrap of rows can see. So we repeat the random rung with another seed, on all rows and on the test rows alone. From how far two shuffles lie apart one can guess how far two shuffled readings may differ by luck (`by_shuffle`): two normal values lie $2/\sqrt{\pi}$ standard deviations apart on average, and a difference of two readings varies $\sqrt{2}$ times as much as one. A guess from two shuffles is a rough one.

# %%
again = [scored[f"random {seed}"] for seed in range(SHUFFLES)]
shuffles = [
    intervals.value(intervals.AveragePrecision(), labels, score, sample_weight=weights)
    for score in again
]
by_shuffle = 1.96 * np.sqrt(2) * np.ptp(shuffles) * np.sqrt(np.pi) / 2
peeks = [leaks.difference(rows, score.where(is_test), ladder["by time"]) for score in again]

# %% tags=["remove-input"]
show(
    figures.forest(
        {f"{old} → {new}": step for (old, new), step in steps["change"].items()},
        title="What does each step down the ladder change?",
        unit="change of average precision on the rows that both score, with 95 % interval",
        reference=0,
        spec="+.3f",
    ),
    alt=(
        "Change of average precision from each way to judge to the next, on the rows that both "
        "score: " + "; ".join(f"to {name} {step:+.3f}" for name, step in changes.items()) + "."
    ),
)


# %% tags=["remove-input"]
def beyond_chance(interval):
    """Say whether an interval of a difference leaves out zero."""
    return "beyond chance" if interval.low > 0 or interval.high < 0 else "within chance"


naive_gap = leaks.inflation(
    *(
        rows.assign(score=column, weight=weights).loc[column.notna()]
        for column in (ladder["random"], ladder["by time"])
    ),
    claimed_times=rows["Time"],
    real_times=test["Time"],
    n_resamples=1000,
)
peeking, other_peek = peeks

# %% tags=["remove-input"]
dedup, twins_step, waiting = (changes[name] for name in list(changes)[1:] if name != "by time")
company = {name: cells[2] for name, cells in crossing.items()}
rest = naive_gap.estimate - peeking.estimate
small_price = (
    "and it is no more than luck could make"
    if all(peek.low <= 0 <= peek.high for peek in peeks)
    else "and in one shuffle at least it is more than luck would make"
)
larger = [
    f"{step.estimate:+.3f}" for step in (dedup, twins_step) if abs(step.estimate) > by_shuffle
]
of_shuffle = (
    f"and {' and '.join(larger)} is more than that"
    if larger
    else "so neither can be told from that"
)

# %% tags=["remove-input"]
Markdown(
    f"The first step, off the training rows, changes {changes['random']:+.3f} ({beyond_chance(changes['random'])}). To remove duplicates changes "
    f"{dedup:+.3f}, to keep near-twins together {twins_step:+.3f}. Two shuffles of the same rows are {np.ptp(shuffles):.3f} apart, and by "
    f"that guess two shuffled readings may differ by up to {by_shuffle:.3f} through the shuffles alone, {of_shuffle}. In the first random fold "
    f"{crossing['random'][0]} rows have a near-twin in training, and of the frauds {crossing['random'][1]}. "
    f"What neither step stops are the bursts: with near-twins grouped, {company['near-twins grouped']} frauds still have a training fraud "
    f"within a minute; by time, {company['by time']}.\n\n"
    f"Whoever lays the first figure's readings side by side says that a random split flatters by {naive_gap:.3f} (as if the two shared no rows). "
    f"**On the very same test rows it flatters by {peeking:.3f}** ({beyond_chance(peeking)}; "
    f"with the other shuffle {other_peek:+.3f}; the figure's step from the grouped rung, {changes['by time']:+.3f}, is one more shuffle). "
    f"That is what peeking into the future is worth here, {small_price}. "
    f"The other {rest:+.3f} are there for a model that peeks, too: they lie between the rows and not between the ways "
    "to judge. A random split promises the average hour of these two days, and nobody will ever be paid for those again; further down we ask whether the evening is harder. A gap and a delay of labels then change "
    f"{waiting:+.3f} ({beyond_chance(waiting)}; one model and one evening; more on delays below)."
)

# %% [markdown]
# ### Luck of the split, luck of the rows
#
# Two kinds of chance sit in one reading, and they are easily taken for each other. *Which rows fell where* can be dealt again: we shuffle with other seeds. *Which frauds there were* in those two days cannot; the {term}`bootstrap` tells how much that could matter.

# %%
single = usual["average precision"]

# %% tags=["remove-input"]
length_of_all = reported["random"].high - reported["random"].low
Markdown(
    "With all frauds judged, two shuffles of the rows give "
    + " and ".join(f"{value:.3f}" for value in shuffles)
    + f", {np.ptp(shuffles):.3f} apart, where the bootstrap's interval is {length_of_all:.3f} long"
    + (": the seed is the small part" if 2 * np.ptp(shuffles) < length_of_all else "")
    + ". But with a fifth of the rows held out, as in the usual notebook, "
    f"readings range over {np.ptp(single):.3f}, since each holds other frauds. Averaging over seeds "
    "cures the first kind of luck only. **No number of seeds buys you more frauds.**"
)

# %% [markdown]
# ## The leak museum
#
# Leaks are told as horror stories. Some are; others, on data like ours, do nothing at all, and a team that fights the wrong one loses a week. So each exhibit is measured: the same rows, once with the leak and once without. All of it is done on development rows; no test row is needed.

# %%
development = rows.iloc[:n_dev]
logistic = models.logistic_regression().set_params(logisticregression__tol=1e-8)
split_in_time = (everywhere[:n_train], everywhere[n_train:n_dev])
inputs = [*models.INPUTS]


def on_valid(frame, candidate, columns):
    """Train on the training rows, score the validation rows."""
    return leaks.scores(frame, [leaks.Fit(candidate, *split_in_time)], inputs=columns)[0]


def inflation(leaky, clean):
    """Return what a leak adds, on the validation rows."""
    return leaks.difference(valid, leaky, clean)


# %% [markdown]
# **Copies before the split.** Frauds are repeated until both classes are of one size, and only then are rows held out. We measure it with the first {term}`release candidate`, whose notebook did that. Two things happen at once: the model meets copies of what it learned, and frauds are suddenly half of all rows, which lifts average precision all by itself.

# %%
first_candidate = models.release_candidate_1()
copies = leaks.balanced_before_split(development, first_candidate)
clean_random = leaks.split_at_random(development, first_candidate)
true_share = np.average(development["Class"], weights=weights[:n_dev])
real = leaks.at_prevalence(clean_random, true_share)
half_frauds = leaks.at_prevalence(clean_random, 0.5)
museum = {"copies before the split": leaks.inflation(copies, real)}
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
encoded = {
    name: on_valid(
        development.assign(rate=leaks.encode_amount(development, used)), model, [*inputs, "rate"]
    )
    for name, used in {"leaky": learned_from | True, "clean": learned_from}.items()
}
plain = on_valid(development, model, inputs)
museum["amounts replaced by fraud rates"] = inflation(encoded["leaky"], encoded["clean"])

# %% [markdown]
# **A threshold tuned on the rows that judge it.** Average precision has no threshold, so this one is priced in savings. The clean threshold comes from the last hours of the training rows, scored by a model of what was before them.

# %%
earlier = splits.TRAIN_END - (splits.VALID_END - splits.TRAIN_END)
before = splits.TemporalSplit(earlier, end=splits.TRAIN_END).split(rows)
past_scores = leaks.score_runs(rows, {"past": leaks.fits(model, before)})["past"]
known = past_scores.notna()


def cheapest(frame, score):
    """Return the threshold that would have cost the least."""
    return money.best_threshold(
        frame["Class"], score, frame["Amount"], costs=costs, weight=data.sampling_weights(frame)
    ).threshold


thresholds = {"leaky": cheapest(valid, plain), "clean": cheapest(rows[known], past_scores[known])}
ruled = {name: leaks.rule_costs(valid, plain >= at, costs=costs) for name, at in thresholds.items()}
tuned = intervals.bootstrap_difference(
    leaks.Savings(*ruled["leaky"][1:]), valid["Class"], ruled["leaky"][0], ruled["clean"][0],
    sample_weight=weights[n_train:n_dev], method="percentile",
    scheme=intervals.Blocks(valid["Time"], leaks.BLOCK_SECONDS),
)  # fmt: skip

# %% tags=["remove-input"]
show(
    figures.forest(
        {**museum, "threshold tuned on the test\n(in savings)": tuned},
        title="By how much does each leak inflate the score?",
        unit="inflation of average precision (last row: of savings), with 95 % interval",
        warned=[name for name, value in museum.items() if value.low > 0.01],
        reference=0,
        spec="+.3f",
    ),
    alt=(
        "Inflation by each leak: "
        + "; ".join(f"{name} {value:+.3f}" for name, value in museum.items())
        + f"; a threshold tuned on the rows that judge it, in savings, {tuned:+.3f}."
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
    f"**Scaling** on all rows changes {scaling:+.4f}, **feature choice** {selection:+.4f}. A mean over {n_dev:,} rows is nearly what it is over {n_train:,}, and the ten best "
    f"features are {'the same ten' if same else 'not quite the same'} either way. {harmless}\n\n"
    f"A warning about measuring small things: with the optimiser's default tolerance, scaling seems to change {mirage:+.3f} ({beyond_chance(mirage)})"
    f"{', and that is no leak at all, only where the optimiser stopped' if abs(mirage.estimate) > 10 * abs(scaling.estimate) else ''}. "
    "An interval covers the luck of the rows, not that of the computation.\n\n"
    f"**The tuned threshold** gains {tuned:+.3f} of savings; on the rows that it was tuned on it cannot lose. It is one number, chosen on "
    f"{int(valid['Class'].sum())} frauds. "
    "It gets worse with every further thing that is chosen on the same rows, which is the subject of a section below."
)

# %% [markdown]
# ### When a small leak bites
#
# Above, features were chosen among few columns, on many rows. Turn that around: few rows, thousands of columns, as with text, genes or automatically made features. Below every column is noise, so that an honest average precision is about one half.

# %%
noise = {
    name: [
        intervals.value(
            intervals.AveragePrecision(),
            *leaks.selection_on_noise(
                n_rows=200, n_columns=2000, keep=20, leaky=name == "leaky", seed=seed
            ),
        )
        for seed in range(10)
    ]
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
LENGTH = splits.VALID_END - splits.TRAIN_END
DELAYS = [0, 6, 12, 18]


def walk(delay):
    splitter = splits.PrequentialSplit(3, LENGTH, end=splits.VALID_END, label_delay=delay * HOUR)
    return list(splitter.split(rows))


walks = {delay: walk(delay) for delay in DELAYS}
delayed = {str(delay): leaks.fits(model, folds) for delay, folds in walks.items()}
delayed["as few, but fresh"] = [
    leaks.Fit(
        model, np.sort(np.random.default_rng(0).choice(fresh, len(old), replace=False)), asked
    )
    for (fresh, asked), (old, _) in zip(walks[0], walks[DELAYS[-1]], strict=True)
]
delayed["logistic regression"] = leaks.fits(logistic, walks[0])
delayed["release candidate 1"] = leaks.fits(models.release_candidate_1(), walks[0])
prequential = leaks.score_runs(rows, delayed, tell=progress.line("Label delays"))

# %% [markdown]
# A longer delay takes away two things: the *latest* rows, and simply *rows*. As a control, one more model gets as few rows as the longest delay leaves, but drawn from all of the past, up to the last minute.

# %%
read_late = leaks.judge_all(rows, prequential, costs=costs, n_resamples=500)
by_delay = pd.DataFrame(
    [
        {
            "delay": delay,
            "estimate": found.estimate,
            "low": found.low,
            "high": found.high,
            "rows": round(np.mean([len(learn) for learn, _ in walks[delay]])),
            "frauds": round(np.mean([labels[learn].sum() for learn, _ in walks[delay]])),
            "change": leaks.difference(
                rows, prequential[str(delay)], prequential["0"], n_resamples=500
            ),
        }
        for delay in DELAYS
        for found in [read_late[str(delay)]["average precision"]]
    ]
).set_index("delay")
fresh = leaks.difference(rows, prequential["as few, but fresh"], prequential[str(DELAYS[-1])])

# %% tags=["hide-input"]
stretches = {}
for _, asked in walks[0]:
    begin = rows["Time"].iloc[asked[0]] / HOUR
    part = rows.iloc[asked]
    found = {
        delay: leaks.judge(part, prequential[str(delay)].iloc[asked], costs=costs, n_resamples=500)
        for delay in DELAYS
    }
    stretches[f"from hour {begin:.0f} ({part['Class'].sum()} frauds)"] = pd.DataFrame(
        {
            delay: {
                key: getattr(each["average precision"], key) for key in ("estimate", "low", "high")
            }
            for delay, each in found.items()
        }
    ).T

# %% tags=["remove-input"]
show(
    figures.delays(
        {"all three stretches": by_delay, **stretches},
        title="What does it cost when labels come late?",
        unit="average precision, with 95 % interval",
    ),
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
        "frauds known": by_delay["frauds"],
        "average precision": [f"{read_late[str(d)]['average precision']:.3f}" for d in DELAYS],
        "change against no delay": by_delay["change"].map("{:+.3f}".format),
        "saved (€ per 1,000)": [f"{read_late[str(d)]['saved']:.0f}" for d in DELAYS],
    }
).rename_axis("label delay (h)")

# %% tags=["remove-input"]
longest = by_delay["change"].iloc[-1]
each = pd.DataFrame({name: table["estimate"] for name, table in stretches.items()}).mean(axis=1)
pooled = (
    "The rest comes from putting stretches together whose models, trained on so little, score on different scales; "
    "a team with one fixed threshold would feel both."
    if each.iloc[0] - each.iloc[-1] < -longest.estimate
    else ""
)
Markdown(
    f"Labels that take {DELAYS[-1]} hours change average precision by {longest:+.3f} "
    f"({beyond_chance(longest)}), with {by_delay['frauds'].iloc[-1]} frauds to learn from in place of {by_delay['frauds'].iloc[0]}. Read it with care: "
    f"within the stretches, the mean goes from {each.iloc[0]:.2f} to {each.iloc[-1]:.2f}. {pooled} As few rows, but fresh, give "
    f"{fresh:+.3f} of it back ({beyond_chance(fresh)}){': it is not only how much is known, but how recent it is' if fresh.low > 0 else ''}. In euros, "
    f"{DELAYS[-2]} hours still save {read_late[str(DELAYS[-2])]['saved']:.0f} per thousand payments where no delay saves {read_late['0']['saved']:.0f}.\n\n"
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
evening = of_day >= splits.VALID_END % (24 * HOUR)
day = np.where(rows["Time"] < 24 * HOUR, "day 1", "day 2")
period = pd.Series(day, index=rows.index) + np.where(evening, ", the test's hours", ", other hours")
share = np.average(labels, weights=weights)
same_model = rows.assign(score=scored["grouped"], weight=weights)
parts = {name: leaks.at_prevalence(part, share) for name, part in same_model.groupby(period)}
by_period = {
    name: intervals.average_precision(
        part["Class"],
        part["score"],
        sample_weight=part["weight"],
        scheme=intervals.Blocks(part["Time"], leaks.BLOCK_SECONDS),
        method="percentile",
        n_resamples=500,
    )
    for name, part in parts.items()
}

# %%
test_period, matched = "day 2, the test's hours", "day 1, the test's hours"
others = leaks.at_prevalence(same_model[period != test_period], share)


def apart(first, second):
    """Return how much higher the first period's average precision is."""
    times = {"claimed_times": first["Time"], "real_times": second["Time"]}
    return leaks.inflation(first, second, **times, n_resamples=1000)


unmatched_gap = apart(others, parts[test_period])
matched_gap = apart(parts[matched], parts[test_period])
days_gap = apart(parts["day 1, other hours"], parts["day 2, other hours"])

# %% tags=["remove-input"]
show(
    figures.forest(
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
    if matched_gap.low <= 0
    else "so even against the same hours the test evening is harder"
)
both = int(parts[test_period]["Class"].sum()), int(parts[matched]["Class"].sum())
Markdown(
    f"Against the test evening, all other hours together are at {unmatched_gap:+.3f} ({beyond_chance(unmatched_gap)})"
    f"{', and a team in a hurry would call it drift' if unmatched_gap.estimate > 0 else ''}. "
    f"The *same hours of the day before* are at {matched_gap:+.3f} ({beyond_chance(matched_gap)}): {drift_claim}. The "
    f"other hours of the first day lie {days_gap:+.3f} from those of the second ({beyond_chance(days_gap)}). With {both[0]} frauds against {both[1]}, "
    "only a large change could be told from chance anyway. The test rows tell how the model does on *one such evening*, no more."
)

# %% [markdown]
# ## How far off may it be?
#
# An average precision with four digits claims to know what it cannot: there are few frauds among the test rows, and each of them moves it. A {term}`confidence interval` says how far it may be off. There are several ways to make one, and they differ in what they take to be chance.
#
# - **Stratified**: frauds are drawn again among frauds, honest payments among honest ones, each as if it had come on its own.
# - **Time blocks**: stretches of time are drawn, with all that happened in them {cite:p}`kunsch1989`. Frauds of one burst stay together.

# %%
later = rows.iloc[n_dev:]
schemes = {"stratified": intervals.Stratified()}
lengths = {"one minute": 60, "five minutes": 300, "ten minutes": 600, "half an hour": 1800}
schemes |= {f"blocks of {n}": intervals.Blocks(later["Time"], t) for n, t in lengths.items()}
by_scheme = {
    name: intervals.average_precision(
        *on_test, scheme=scheme, sample_weight=weights[n_dev:], method="percentile"
    )
    for name, scheme in schemes.items()
}

# %% tags=["remove-input"]
show(
    figures.forest(
        by_scheme,
        title="How wide is the interval, drawn in five ways?",
        unit="average precision on the test rows, with 95 % interval",
    ),
    alt=(
        "The same average precision with intervals from five ways to draw: "
        + "; ".join(f"{name} {value:.3f}" for name, value in by_scheme.items())
        + "."
    ),
)

# %% [markdown]
# Which is right? On real data nobody knows, since the truth is unknown. So we make two small worlds in which it is: in one, frauds come on their own; in the other, five at a time, with scores alike. We draw many evenings with as many frauds as the test has, and count how often an interval that promises 95 % keeps its word.

# %%
EVENING = later["Time"].iloc[-1] - splits.VALID_END
DRAWS = 40 if mode.is_quick() else 200
kept = {
    name: coverage.coverage(
        coverage.World(10_000, int(labels[n_dev:].sum()), EVENING, burst=burst), n_worlds=DRAWS
    )
    for name, burst in {"frauds on their own": 1, "frauds in bursts of five": 5}.items()
}
kept = pd.concat(kept, names=["world"])

# %% tags=["hide-input"]
pd.DataFrame(
    {
        "evenings whose interval holds the truth (%) [95 % interval]": [
            f"{100 * row.coverage:.0f} [{100 * row.low:.0f}, {100 * row.high:.0f}]"
            for row in kept.itertuples()
        ],
        "its length (mean)": (2 * kept["half_width"]).round(3),
    },
    index=kept.index,
)

# %% tags=["remove-input"]
promise = kept["coverage"].unstack()  # noqa: PD010
in_use = by_scheme["blocks of ten minutes"]
length = {name: value.high - value.low for name, value in by_scheme.items()}
bursty = promise.loc["frauds in bursts of five"]
alone = promise.loc["frauds on their own"]
ours = length["blocks of ten minutes"] / length["stratified"]
which = (
    "So blocks cost little where they are not needed, and save most of the promise where they are."
    if bursty["time-block"] > bursty["stratified"] + 0.1 and alone["time-block"] > 0.85
    else "So here the choice between them makes little difference."
)
Markdown(
    f"Where frauds come on their own, the two hold the truth in {alone['stratified']:.0%} and "
    f"{alone['time-block']:.0%} of the evenings. Where they come in bursts, it is "
    f"{bursty['stratified']:.0%} for the stratified interval and {bursty['time-block']:.0%} for time blocks. {which} On our test rows the interval by blocks of "
    f"ten minutes is {length['blocks of ten minutes']:.3f} long, the stratified one {length['stratified']:.3f}: {ours:.2f} times"
    f"{', so the bursts of chapter 00 are felt' if ours > 1.1 else ''}. This chapter draws blocks of ten minutes, some others a quarter of an hour, which lies between "
    f"two lines of the figure. With only {schemes['blocks of ten minutes'].n_blocks} of them, read the interval as a lower bound of the doubt.\n\n"
    f"So the score is **{in_use:.2f}**. The digits after the second are noise; leave them out."
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

# %% tags=["remove-input"]
show(
    figures.best_of_k(
        null,
        title="How much better does the best of K equal models look?",
        unit="optimism (average precision)",
    ),
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
search = optimism.perturbed(model, 12 if mode.is_quick() else 30)
later = splits.open_test(
    payments,
    who="chapter 02",
    why="What does the best of K trials score after validation chose it?",
    kind="demonstration",
)
few, weight = leaks.thinned(labels, everywhere[:n_train], share=0.2 if mode.is_quick() else 0.1)
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
    return intervals.replicates(
        intervals.AveragePrecision(), after["Class"][part], [score[part] for score in trials],
        sample_weight=weights[n_train:][part], n_resamples=300,
        scheme=intervals.Blocks(after["Time"][part], leaks.BLOCK_SECONDS),
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
    n: optimism.optimism_in_parts(after["Class"], trials, n_frauds=n, n_rounds=ROUNDS)
    for n in chosen_on[:2]
}
real_curves = {f"random part, {n} frauds choose": table for n, table in mixed.items()} | {
    f"validation chooses ({chosen_on[1]}), test judges": selected,
    f"equal models, {chosen_on[1]} frauds": null[f"{chosen_on[1]:,} frauds"].head(len(trials)),
}

# %% tags=["remove-input"]
show(
    figures.best_of_k(
        real_curves,
        title="And how much is it in a real search?",
        unit="optimism (average precision)",
    ),
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
really = (
    f": some are really better, and so there is less room for luck than among equal models ({equal:+.3f})"
    if agree > 0.2 and max(part["optimism"], winner.estimate) < equal
    else f" (among as many equal models optimism is {equal:+.3f})"
)

# %% tags=["remove-input"]
Markdown(
    f"Of {len(trials)} trials the winner has {last['claimed']:.3f} on validation and {last['real']:.3f} on the later rows. "
    f"From one to the other a single trial changes by {selected['real'].iloc[0] - selected['claimed'].iloc[0]:+.3f} on average: that is the other evening, and no choice. The winner's claim falls by "
    f"{winner:.3f} more than that ({beyond_chance(winner)}): its optimism. On random parts with as many frauds it is {part['optimism']:+.3f} on average "
    f"(95 % of the parts from {part['low']:+.3f} to {part['high']:+.3f}; they share their frauds, so this is no "
    f"confidence interval). The trials themselves spread over {spread:.3f} on validation, and their order there and later agrees "
    f"with a rank correlation of {agree:.2f}{really}.\n\n"
    "“Validation and test agree, so we did not overfit” is therefore no argument"
    f"{': optimism of this size is hidden by the luck of the rows' if 2 * winner.estimate < length['blocks of ten minutes'] else ''} "
    f"(the test's interval was {length['blocks of ten minutes']:.2f} long). What helps is to count trials, to "
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
known = prequential["0"].notna()
contest = rows[known]
gaps = {
    name: leaks.difference(contest, prequential.loc[known, "0"], prequential.loc[known, name])
    for name in rivals
}
blocks = intervals.Blocks(contest["Time"], leaks.BLOCK_SECONDS)
detectable = {
    name: intervals.smallest_detectable_difference(
        intervals.AveragePrecision(), contest["Class"],
        prequential.loc[known, "0"], prequential.loc[known, name],
        sample_weight=weights[known], scheme=blocks, n_resamples=500,
    )
    for name in rivals
}  # fmt: skip

# %% [markdown]
# And two models that are much more alike: two trials of the search above, on the validation rows. Of all pairs we take the one whose validation scores lie closest to one point (`LEAD`) apart, a lead of the kind that a search announces.

# %%
LEAD = 0.01
lead = on_valid_rows[:, None] - on_valid_rows[None]
one, other = np.unravel_index(np.argmin(np.abs(lead - LEAD)), lead.shape)
siblings = [trials[number][chooses] for number in (one, other)]
gaps["a sibling of one search"] = leaks.difference(valid, *siblings)
detectable["a sibling of one search"] = intervals.smallest_detectable_difference(
    intervals.AveragePrecision(), valid["Class"], *siblings,
    sample_weight=weights[n_train:n_dev],
    scheme=intervals.Blocks(valid["Time"], leaks.BLOCK_SECONDS), n_resamples=1000,
)  # fmt: skip
per_day = labels.sum() / 2

# %% tags=["hide-input"]
needed = {
    name: detectable[name].positives_needed(max(abs(gap.estimate), 1e-4))
    for name, gap in gaps.items()
}
pd.DataFrame(
    {
        name: {
            "frauds judged": gap.n_positive,
            "lead (average precision)": f"{gap:+.3f}",
            "smallest that would be found (power 80 %)": f"{detectable[name].difference:.3f}",
            "frauds needed, if the lead is true": (
                f"{needed[name]:,}" if needed[name] > gap.n_positive else "fewer than judged"
            ),
            "… days of such traffic": (
                f"{needed[name] / per_day:,.1f}" if needed[name] > gap.n_positive else "–"
            ),
        }
        for name, gap in gaps.items()
    }
).T.rename_axis("boosting against")

# %% tags=["remove-input"]
reach = 1.96 + 0.84  # standard errors: the interval leaves out zero in four cases of five
at_test = {
    name: reach * each.standard_error * (each.n_positive / test["Class"].sum()) ** 0.5
    for name, each in detectable.items()
}

# %% tags=["remove-input"]
show(
    figures.frauds_needed(
        {name: (each.standard_error, each.n_positive) for name, each in detectable.items()},
        reach=reach,
        per_day=per_day,
        marks={
            "validation rows": int(valid["Class"].sum()),
            "test rows": int(test["Class"].sum()),
            "all two days": int(labels.sum()),
        },
        title="How many frauds tell two models apart?",
    ),
    alt=(
        "Smallest difference in average precision that is found with a power of 80 %, against the "
        "number of frauds. With the test rows' frauds it is "
        + ", ".join(f"{value:.3f} against {name}" for name, value in at_test.items())
        + "."
    ),
)

# %% tags=["remove-input"]
close = "a sibling of one search"
Markdown(
    f"Boosting leads logistic regression by {gaps['logistic regression']:+.3f} "
    f"({beyond_chance(gaps['logistic regression'])}) and release candidate 1 by {gaps['release candidate 1']:+.3f} "
    f"({beyond_chance(gaps['release candidate 1'])}). Of two siblings that are {abs(gaps[close].estimate):.3f} apart, "
    f"it would take about {needed[close]:,} frauds, {needed[close] / per_day:,.1f} days of such traffic, to be "
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
seeds = leaks.scores(
    rows,
    [leaks.Fit(models.boosted(seed=seed, **stirred), *split_in_time) for seed in range(5)],
    tell=progress.line("Seeds"),
)
by_seed = [
    intervals.value(
        intervals.AveragePrecision(), valid["Class"], score,
        sample_weight=weights[n_train:n_dev],
    )
    for score in seeds
]  # fmt: skip
of_rows = leaks.judge(valid, seeds[0], costs=costs)["average precision"]
sampling_error = (of_rows.high - of_rows.low) / (2 * 1.96)
seed_noise = np.std(by_seed, ddof=1)
two_seeds = leaks.difference(valid, seeds[int(np.argmax(by_seed))], seeds[int(np.argmin(by_seed))])

# %% tags=["remove-input"]
Markdown(
    f"Five seeds score from {min(by_seed):.3f} to {max(by_seed):.3f}, a standard deviation of "
    f"{seed_noise:.3f}; the rows add a standard error of {sampling_error:.3f}. The best "
    f"seed beats the worst by {two_seeds:+.3f}. To report the best of five seeds is to sell noise; to report their standard "
    f"deviation as *the* uncertainty is to hide {'the larger' if seed_noise < sampling_error else 'another'} part. Report both, apart."
)

# %% [markdown]
# ## The number that may be quoted
#
# Now the evaluation: the model of the book as chapter 01 left it, chosen before, trained on all development rows. Its scores are those of the ladder's temporal rung, so we have met them above; nothing was chosen after that.

# %%
final = splits.open_test(
    payments,
    who="chapter 02",
    why="What may be quoted: the model that chapter 01 left, trained on the development rows.",
    kind="evaluation",
)
verdict = leaks.judge(final, scored["past"].iloc[n_dev:], costs=costs, n_resamples=2000)
quoted, savings, saved = verdict["average precision"], verdict["savings"], verdict["saved"]
blocked = money.bayes_block(scored["past"].iloc[n_dev:], final["Amount"], costs=costs)
caught = intervals.binomial(int((blocked & (final["Class"] == 1)).sum()), int(final["Class"].sum()))
alarms = float(data.sampling_weights(final)[blocked & (final["Class"] == 0)].sum())

# %% tags=["remove-input"]
Markdown(
    "To a colleague:\n\n"
    f"> Average precision {quoted:.2f} on the {len(final):,} payments after the training period, {caught.n} of them fraud; "
    "95 % interval from a bootstrap in blocks of ten minutes; one evening, labels complete, no search.\n\n"
    "To the business:\n\n"
    f"> On an evening that it had not seen, the model blocked {caught.n_positive} of {caught.n} frauds and "
    f"{alarms:,.0f} honest payments. At our prices that saved {saved.estimate:,.0f} € per thousand payments, {savings.estimate:.0%} of what a perfect model "
    f"would have. With so few frauds, it may well be between {saved.low:,.0f} and {saved.high:,.0f} €, and the share between {savings.low:.0%} and {savings.high:.0%}. It was one "
    f"evening; we do not know about other days of the week. The notebook had said {lucky:.2f}, where we say {quoted.estimate:.2f}: "
    "it had asked about other payments, of the days that it learned from, and reported the luckiest shuffle; the ladder says how much of the gap each may be.\n\n"
    "Not to be said: the third digit, “per year”, and “better than” for any lead below what the table above would find."
)

# %% [markdown]
# ### The ledger
#
# Here is what this chapter has taken from the test rows, and what others had before it.

# %% tags=["hide-input"]
book = ledger.read()
uses = book[book["source"] == payments.attrs["source"]].groupby(["who", "kind", "why"], sort=False)
pd.DataFrame({"times": uses.size(), "frauds seen": uses["n_frauds"].max()}).reset_index().set_index(
    "who"
)

# %% tags=["remove-input"]
judged = book[book["kind"] == "evaluation"]
Markdown(
    f"{len(book)} uses in all, {len(judged)} of them evaluations. A page that is built again writes its lines again: nothing is "
    "rubbed out. Demonstrations choose nothing, but they are looked at by the people who choose next. "
    "From here on nobody in this book can say that the test rows are unseen, and the release in chapter 07 will "
    "have to live with that, and say it."
)

# %% [markdown]
# What this chapter concludes goes into the release file, which the last chapter judges.

# %% tags=["remove-cell"]
chapter = {"chapter": "02", "data_digest": payments.attrs["sha256"]}
paired = "paired bootstrap of 10-minute blocks"
one_by_one = "independent bootstraps of 10-minute blocks"
precision = "average precision"
in_2000 = "bootstrap of 10-minute blocks, 2,000 resamples"


def note(claim, interval, split, unit=precision, how=paired):
    """Write one conclusion into the release file."""
    evidence.record(
        claim, interval.estimate, interval, split=split, unit=unit, how=how,
        n=interval.n, **chapter,
    )  # fmt: skip


# %% tags=["remove-cell"]
note("average precision after the training period", quoted, "test", how=in_2000)
note("savings, per-payment Bayes rule", savings, "test", "share of the oracle's", in_2000)
note("euros saved per 1,000 payments", saved, "test", "€ per 1,000 payments", in_2000)
note(
    "frauds blocked by the per-payment Bayes rule",
    caught,
    "test",
    "share of frauds",
    "exact binomial",
)

# %% tags=["remove-cell"]
note("inflation by a random split, same rows", peeking, "test")
note("inflation by a random split, another shuffle", other_peek, "test")
shared = f"{one_by_one}, though the two share the test rows"
note("inflation by a random split, each on its own rows", naive_gap, "all", how=shared)
for (old, new), step in steps["change"].items():
    note(f"change from {old} to {new}", step, "all")
for name, leak in museum.items():
    before = name == "copies before the split"
    note(
        f"inflation by {name}", leak, "development" if before else "valid",
        how="independent stratified bootstraps" if before else paired,
    )  # fmt: skip
note("inflation by a share of frauds of one half", of_prevalence, "development", how="stratified")
gained = "savings gained by a threshold tuned on the judged rows"
note(gained, tuned, "valid", unit="share of the oracle's")

# %% tags=["remove-cell"]
for delay, row in by_delay.iloc[1:].iterrows():
    note(f"change by labels that take {delay} hours", row["change"], "development")
note(f"as few rows as after {DELAYS[-1]} hours, but fresh", fresh, "development")
note("same hours of day 1 above the test evening", matched_gap, "all", how=one_by_one)
note("all other hours above the test evening", unmatched_gap, "all", how=one_by_one)
note("other hours of day 1 above those of day 2", days_gap, "all", how=one_by_one)
for (world, scheme), row in kept.iterrows():
    held = intervals.binomial(round(row["coverage"] * DRAWS), DRAWS)
    claim, unit = f"coverage of 95 % {scheme} intervals, {world}", "share of simulated evenings"
    note(claim, held, "none", unit, "exact binomial")

# %% tags=["remove-cell"]
note(f"optimism of the best of {len(trials)} trials, validation chooses", winner, "all",
     how="independent bootstraps of 10-minute blocks, the winner fixed")  # fmt: skip
for k in (10, TRIALS):
    found = null[f"{chosen_on[1]:,} frauds"].loc[k]
    evidence.record(
        f"optimism of the best of {k} equal models, {chosen_on[1]} frauds choose", found["optimism"],
        intervals.Interval(*found[["optimism", "low", "high"]], level=0.95, method="worlds", n=TRIALS),
        unit=precision, split="none", n=TRIALS, how="simulated; the interval holds 95 % of the worlds",
        **chapter,
    )  # fmt: skip
for name, gap in gaps.items():
    note(f"lead over {name}", gap, "development")
    evidence.record(
        f"smallest difference from {name} that would be found", detectable[name].difference, None,
        unit=precision, split="development", n=gap.n, how="power 80 %, from the paired bootstrap",
        **chapter,
    )  # fmt: skip
note("best of five seeds above the worst", two_seeds, "valid")

# %% [markdown]
# ## What to decide
#
# :::{admonition} May this number be promised?
# :class: pr-decide
# Yes, with its interval and its conditions: one evening, labels complete, one model, no search. It replaces every number that any notebook reported before. If the business needs to know better, the answer is not a better notebook but more frauds: a few weeks in {term}`shadow mode`, whose length the table of leads gives. Chapter 03 may search, on development rows only; it has to count its trials, and a lead whose interval holds zero is not resolved.
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
    name: next(splits.TemporalSplit(splits.TRAIN_END, end=splits.VALID_END, **wait).split(rows))[0]
    for name, wait in waits.items()
}
same_rows = np.array_equal(known_then["gap"], known_then["delay"])
waited = leaks.scores(rows, [leaks.Fit(model, known_then["gap"], split_in_time[1])])[0]
change = leaks.difference(valid, waited, plain)

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
    f"changes by {change:+.3f} ({beyond_chance(change)})."
)

# %% tags=["remove-cell", "check"]
from prerelease import checks

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
