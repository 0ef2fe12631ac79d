# %% [markdown]
# # Data and label drift
#
# :::{admonition} This chapter
# :class: pr-overview
# **The question:** how will we know that the world has moved, and what then?
#
# **Afterwards you can** tell a change of the payments from a change of the hour; test a thousand rows or a million without finding drift everywhere; say what fraud is doing before any label arrives, and when such an estimate lies; know which alarm sees which kind of shift, how often it cries wolf and how late it comes; and read a tool's green tick for what it is worth.
#
# **You need** chapters 01 and 02 (the {term}`cost model`, blocks of time, the {term}`test ledger`). **Time:** an hour to read, a few minutes to run.
# :::

# %%
from collections import defaultdict
from functools import cache
from itertools import chain, combinations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown, display
from lightgbm import LGBMClassifier
from matplotlib.ticker import LogLocator, NullFormatter
from scipy import stats
from threadpoolctl import threadpool_limits

# %%
from casebook import (
    conventions,
    data,
    evidence,
    laboratory,
    leaks,
    mode,
    models,
    monitoring,
    plots,
    progress,
    retraining,
    split,
    streams,
)

# %%
from casebook.adapters import deepchecks
from casebook.laboratory import Shift
from prerelease import calibration, costs, drift, intervals, losses, serving
from prerelease.plots import COLOURS, INK, show, use_style
from prerelease.plots.metrics import forest

use_style()
pd.options.display.max_colwidth = None
_ = threadpool_limits(1)  # where a machine is shared, more threads mostly wait for each other

# %% tags=["remove-input"]
BOOK, QUICK = (60, 60), (4, 8)
FEWER = (
    f"Quick mode deals {QUICK[0]} streams for the policies and {QUICK[1]} for the signals, the book "
    f"{BOOK[0]} of each: too few to tell apart what the book tells apart."
)
Markdown(
    f"{mode.banner()}\n\n**Less in quick mode:** {FEWER} It shows Deepchecks every fifth row, the book all."
)

# %% [markdown]
# ## The question
#
# A model is trained once and then decides for months. Meanwhile customers go on holiday, a shop changes its prices, a developer renames a field, and the fraudsters learn. Four kinds of change hide behind the one word *drift*, and they ask for different answers:
#
# - **{term}`Covariate shift`**: other payments come in, but each means what it meant.
# - **{term}`Label shift`**: fraud becomes more or less frequent, but looks as before.
# - **{term}`Concept drift`**: the same payment now means something else. This is the fraudster who learns.
# - **A bug**: the payments are the same, and what reaches the model is wrong.
#
# The model is the book's candidate, trained on the training rows. It blocks what reaches one threshold. “Today” are the {term}`validation rows`, which follow them; each of their four stretches is decided by the threshold that was cheapest on the others (chapter 01). Everything is tried out on those two; the last evening comes near the end.

# %%
BLOCK, DAY = 600.0, 86_400.0
INPUTS, COSTS = [*models.INPUTS], costs.CostModel()
payments = data.load()
train, valid = split.development(payments)
model = models.chosen().fit(train[INPUTS], train["Class"])
valid = valid.assign(score=model.predict_proba(valid[INPUTS])[:, 1])
valid["blocked"] = conventions.decide(valid, valid["score"], costs=COSTS)
worth = leaks.judge(valid, valid["score"], costs=COSTS, block=valid["blocked"])


# %%
def known(rows, euros, *, asked=1):
    """Return a sum of euros with its interval: stretches of ten minutes are drawn again."""
    of_block = np.unique(rows["Time"] // BLOCK, return_inverse=True)[1]
    # Rows that were dealt have gaps between their blocks: here one block follows the other.
    clock = of_block * BLOCK + rows["Time"] % BLOCK
    kept = (euros != 0) | np.isin(np.arange(len(rows)), (0, len(rows) - 1))
    return intervals.bootstrap(
        intervals.Total(), rows["Class"][kept], euros[kept],
        **conventions.drawn(clock[kept], asked=asked),
    )  # fmt: skip


# %% [markdown]
# ## The wrong way most people do it
#
# :::{admonition} The usual monitor
# :class: pr-wrong
# ```python
# for name in features:
#     if ks_2samp(train[name], today[name]).pvalue < 0.05:
#         alert(f"{name} has drifted, retrain the model")
# ```
# :::
#
# {term}`Kolmogorov–Smirnov` compares two distribution functions at the point where they are furthest apart. Its p-value says how often chance alone would put them so far apart, if every row were drawn for itself. We run this monitor three times: on today's rows; on the training rows cut into two halves by drawing stretches of ten minutes, so that *nothing* has changed between them; and on today's rows once more, after every fraud has taken on the looks of an honest payment of today: the same payments, another meaning.

# %%
NEW_FRAUD = Shift("concept", 1.0)
half = laboratory.draw_blocks(train, int((train["Time"] // BLOCK).nunique() // 2))
compared = {
    "training rows → today": (train, valid),
    "half of the training rows → the other": (half, train.drop(half.index)),
    "today → today with new frauds": (valid, laboratory.inject(valid, NEW_FRAUD)),
}
usual = pd.DataFrame(
    {
        what: {name: stats.ks_2samp(a[name], b[name], method="asymp").pvalue for name in INPUTS}
        for what, (a, b) in compared.items()
    }
)
effects = {what: drift.scan(a[INPUTS], b[INPUTS]) for what, (a, b) in compared.items()}


# %% [markdown]
# And in euros: what do the new frauds cost? (We chose this example for its contrast, after we had tried a smaller one, V14 with the wrong sign in a tenth of the rows. Its price stands in the table of prices further down.) The same payments are blocked before and after, since nothing that the model sees has changed. We price them by what was really paid, with the interval of the difference ({term}`block bootstrap`).


# %%
def billed(rows):
    """Return what the decisions about each payment cost, € per 1,000 payments of all."""
    paid = rows.get("paid", rows["Amount"])
    paid = costs.row_costs(rows["Class"], rows["blocked"], paid, costs=COSTS)
    return paid * 1000 / len(rows)


def saves(rows):
    """Return what the decisions save on each payment, against accepting all."""
    return billed(rows.assign(blocked=False)) - billed(rows)


disguised = compared["today → today with new frauds"][1]
new_price = known(valid, billed(disguised) - billed(valid))
less_saved = known(valid, saves(valid) - saves(disguised))

# %% tags=["remove-input"]
found = {what: int((column < 0.05).sum()) for what, column in usual.items()}
nothing, disguise = list(found)[1:]
limit = 0.2  # Deepchecks' own limit for Kolmogorov-Smirnov
Markdown(
    f"The usual monitor finds drift in {found['training rows → today']} of {len(INPUTS)} inputs today, and says: retrain. The model meanwhile saves "
    f"{worth['savings']:.2f} of what an oracle would (95 % interval), {worth['saved'].estimate:,.0f} € per thousand payments. "
    f"It also finds drift in **{found[nothing]} of {len(INPUTS)} inputs where nothing has changed**: payments of the same minutes are alike, so rows "
    "are not drawn for themselves, and with so many of them everything is “significant”.\n\n"
    f"With the new frauds the model saves **{less_saved:,.0f} € per thousand payments less**: it blocks as before, and whom it blocks is honest. "
    f"(The whole bill is {new_price:+z,.0f} €, {intervals.verdict(new_price)}: the new frauds take honest amounts, which are smaller on average.) "
    f"At the p-value {found[disguise]} of {len(INPUTS)} inputs give an alarm, and a rule that looks at the size instead, such as Deepchecks' limit of {limit}, gives "
    f"{'one, too' if effects[disguise]['ks'].max() >= limit else 'a green tick'}: the largest distance is {effects[disguise]['ks'].max():.3f}. "
    "Neither number is about money at all."
)

# %% [markdown]
# A p-value measures rows as much as drift. Take three inputs, one that moved most, one in the middle, one least, and draw more and more rows of each period. The effect stays what it is.

# %%
moved = effects["training rows → today"]["ks"].sort_values(ascending=False)
watched = [moved.index[0], moved.index[len(moved) // 2], moved.index[-1]]
sizes = np.unique(np.geomspace(100, len(valid), 8 if mode.current() == "full" else 5).astype(int))
draw = np.random.default_rng(0)


def typical_p(name, n):
    """Return the median p-value of samples of n rows each."""
    sides = [frame[name].to_numpy() for frame in (train, valid)]
    found = [
        stats.ks_2samp(*(draw.choice(side, n) for side in sides), method="asymp").pvalue
        for _ in range(5 if mode.is_quick() else 15)
    ]
    return np.median(found)


growing = pd.DataFrame(
    {f"{name} (KS {moved[name]:.3f})": [typical_p(name, n) for n in sizes] for name in watched},
    index=sizes,
)

# %% tags=["remove-input"]
turns = {name: growing.index[np.argmax(column < 0.05)] for name, column in growing.items()}
figure, axes = plt.subplots(figsize=(5.0, 3.8))
sns.lineplot(growing.clip(lower=1e-12), markers=[*"oDs"], dashes=False, markeredgewidth=0, ax=axes)
axes.axhline(0.05, color=INK["light"], lw=1, ls=(0, (4, 3)))
axes.set(title="How much of a p-value is the number of rows?", xlabel="rows in each sample")
axes.set(xscale="log", yscale="log", ylim=(5e-13, 2), ylabel="p-value (median of draws)")
axes.xaxis.set_major_formatter("{x:,.0f}")
sns.move_legend(axes, "upper center", bbox_to_anchor=(0.5, -0.2), ncols=3, fontsize=8.5)
show(
    figure,
    alt="Median p-value of Kolmogorov-Smirnov against the number of rows drawn from each period, for three inputs. "
    + "; ".join(
        f"{name} falls below 0.05 "
        + (f"by {turns[name]:,} rows" if (column < 0.05).any() else "at no size")
        for name, column in growing.items()
    )
    + ".",
)

# %% [markdown]
# ## Effect sizes, and a null that knows of time
#
# The right way has two halves. **How much?** is an effect size, which does not grow with the number of rows. `prerelease.drift.scan` gives four of them for all features in one pass: Kolmogorov–Smirnov, {term}`Wasserstein distance`, {term}`population stability index` {cite:p}`yurdakul2018` and {term}`Jensen–Shannon distance`.
#
# **More than chance?** needs a null hypothesis that is true when nothing is wrong. `feature_drift` exchanges whole blocks of ten minutes between both periods, so that what hangs together stays together; and since we ask about every feature, it corrects for the number of questions ({term}`Benjamini–Hochberg procedure`).

# %%
tested = {
    what: drift.feature_drift(a, b, time="Time", features=INPUTS)
    for what, (a, b) in compared.items()
}
pd.DataFrame(
    {
        what: {
            "inputs with p < 0.05, rows exchanged (usual)": found[what],
            "inputs found, blocks exchanged, corrected": int(table["alarm"].sum()),
            "largest KS distance": f"{effects[what]['ks'].max():.3f}",
            "largest PSI": f"{effects[what]['psi'].max():.3f}",
        }
        for what, table in tested.items()
    }
).T.rename_axis("comparison")

# %% tags=["remove-input"]
alarms = {what: int(table["alarm"].sum()) for what, table in tested.items()}
Markdown(
    f"Between two halves of the same days, {alarms[nothing]} inputs remain where the usual monitor had {found[nothing]}. Today, {alarms['training rows → today']} remain, "
    f"with distances of up to {moved.iloc[0]:.2f}. So that drift is there, and it is large. But what is it?"
)

# %% [markdown]
# ## The hour of the day
#
# The training rows hold a day and a night; today's rows are a morning. People pay differently in the morning, and no model needs to be retrained because the sun has risen. So a comparison should be between the same hours of different days. `feature_drift(..., match_hours=True)` weighs each hour as it is weighed today, and exchanges blocks only within an hour. Beside it we put what two stretches of one and the same training day do.

# %%
matched = drift.feature_drift(train, valid, time="Time", features=INPUTS, match_hours=True)
length = valid["Time"].iloc[-1] - valid["Time"].iloc[0]
first_day = train[train["Time"] < DAY]
stretches = [first_day[first_day["Time"] // length == number] for number in range(3)]
dots = pd.DataFrame(
    {
        "all training rows → today": moved,
        "same hours of day 1 → today": matched["ks"],
        "day 1: night → morning": drift.scan(*(s[INPUTS] for s in stretches[:2]))["ks"],
        "day 1: morning → afternoon": drift.scan(*(s[INPUTS] for s in stretches[1:]))["ks"],
    }
).sort_values("same hours of day 1 → today", ascending=False)

# %% tags=["remove-input"]
top = dots.head(12)
tall = top.melt(ignore_index=False, var_name="", value_name="KS").rename_axis("input").reset_index()
figure, axes = plt.subplots(figsize=(5.0, 4.2))
axes.hlines(top.index, top.min(axis=1), top.max(axis=1), color=COLOURS["grey"], lw=1)
sns.scatterplot(
    tall, x="KS", y="input", hue="", style="", markers=[*"oDs^"], s=40, lw=0, zorder=3, ax=axes
)
axes.axvline(limit, color=INK["light"], lw=1, ls="--")
axes.set(title="Is it the hour, or is it the day?", xlim=(0, None), ylabel="")
axes.set_xlabel("Kolmogorov–Smirnov distance")
axes.grid(visible=False, axis="y")
sns.move_legend(axes, "upper center", bbox_to_anchor=(0.45, -0.14), ncols=2, fontsize=8.5)
show(
    figure,
    alt=f"Distances of the {len(top)} inputs that moved most between the same hours of both days, in four comparisons. "
    + "; ".join(
        f"{name}: " + ", ".join(f"{value:.2f}" for value in row)
        for name, row in top.head(4).iterrows()
    )
    + ". The line is Deepchecks' limit.",
)

# %% tags=["remove-input"]
same = dots["same hours of day 1 → today"]
unmatched = dots["all training rows → today"]
grew = int((same > unmatched).sum())
lead = same.index[0]
Markdown(
    f"If the hour were to blame, matching would make the distances shrink. It does so for {len(dots) - grew} of {len(dots)} inputs, and {grew} grow. {lead} stands at "
    f"{unmatched[lead]:.2f} unmatched and **{same[lead]:.2f} between the same hours of both days**, where morning and afternoon of one day are {dots.loc[lead, 'day 1: morning → afternoon']:.2f} apart. "
    f"{int(matched['alarm'].sum())} inputs are found by the block test within hours. "
    + (
        "**So it is not the hour: the second day differs from the first.** "
        if same.max() > dots["day 1: morning → afternoon"].max()
        else "So the second day differs from the first no more than a morning from its afternoon. "
    )
    + "Two days cannot tell whether that is a trend, a weekday, or an accident: there is one pair of days, and every block of a day shares "
    "that day's luck. The test says that blocks of both days are not exchangeable. It cannot say how often two days differ so much."
)

# %% [markdown]
# ### All inputs at once
#
# Inputs can each stay in place while their company changes. A {term}`domain classifier` looks at them together: a model is trained to tell new rows from old ones, and its {term}`ROC AUC` on rows held out says how well that can be done; one half is not at all. Four rules keep it honest: no `Time` among its inputs, or it is always perfect; folds that keep blocks of time together; an interval; and something to compare with. Is a large area much? That depends on how well a morning can be told from its own afternoon.

# %%
hours = valid["Time"] % DAY
in_hours = (train["Time"] < DAY) & (train["Time"] % DAY).between(hours.min(), hours.max())
same_hours = train[in_hours]
EFFORT = {"rows": 4_000, "folds": 3} if mode.is_quick() else {"rows": 20_000, "folds": 5}
TELLER = LGBMClassifier(
    n_estimators=60, num_leaves=15, class_weight="balanced", random_state=0,
    deterministic=True, force_col_wise=True, n_jobs=1, verbose=-1,
)  # fmt: skip


def told_apart(old, new, features=INPUTS, **effort):
    """Return how well trees tell new rows from old ones."""
    return laboratory.domain_classifier(old, new, features=features, model=TELLER, **effort)


areas = {
    "training rows → today,\nwith Time": told_apart(train, valid, ["Time", *INPUTS], **EFFORT),
    "training rows → today": told_apart(train, valid, **EFFORT),
    "same hours of day 1 → today": told_apart(same_hours, valid, **EFFORT),
}

# %% tags=["hide-input"]
# And stretches of one and the same day, each as long as today.
clock = train["Time"]
for day in range(int(clock.iloc[-1] // DAY) + 1):
    start, end = max(day * DAY, clock.iloc[0]), min((day + 1) * DAY, clock.iloc[-1] + 1)
    windows = {
        first: train[clock.between(first, first + length, inclusive="left")]
        for first in start + length * np.arange((end - start) // length)
    }
    for (first, old), (second, new) in combinations(windows.items(), 2):
        begins = ", ".join(f"from hour {each % DAY / 3600:.1f}" for each in (first, second))
        areas[f"null, day {day + 1}:\n{begins}"] = told_apart(old, new, **EFFORT)

# %% tags=["remove-input"]
show(
    forest(
        areas,
        title="How well can new rows be told from old?",
        unit="ROC AUC of the domain classifier, with 95 % interval",
        warned=[next(iter(areas))],
        reference=0.5,
    ),
    alt="ROC AUC of domain classifiers: "
    + "; ".join(f"{name} {area:.2f}".replace("\n", " ") for name, area in areas.items())
    + ".",
)

# %% tags=["remove-input"]
null = [area.estimate for name, area in areas.items() if name.startswith("null")]
across = areas["same hours of day 1 → today"]
Markdown(
    f"With `Time` the area is {next(iter(areas.values())).estimate:.3f}: a clock tells today from yesterday, and that is all it says. Without it, today's rows stand out with "
    f"{areas['training rows → today']:.2f}. Stretches of one day, in which nothing is known to have gone wrong, reach from {min(null):.2f} to {max(null):.2f}. Between the same "
    f"hours of both days it is {across:.3f}, "
    + (
        "above all of these: **at the same hour, a single payment gives away its day.** "
        if across.low > max(null)
        else "within what stretches of one day can reach. "
    )
    + f"And yet the model saves {worth['savings'].estimate:.0%} of what an oracle could. A model may be blind to what moved: "
    f"of its gain in training, {sum(np.array(model.booster_.feature_importance('gain'))[[INPUTS.index(n) for n in same.index[:3]]]) / model.booster_.feature_importance('gain').sum():.1%} "
    f"came from the three inputs that moved most ({', '.join(same.index[:3])})."
)

# %% [markdown]
# ## What a tool says
#
# Deepchecks {cite:p}`chorev2022` compares training and new rows in its *train-test validation* and judges the model in its *model evaluation*. Both run here through the adapter and give data frames. A few of their checks are left out, with the reason beside each.

# %%
columns = ["Time", *INPUTS, "Class"]
gain = model.booster_.feature_importance("gain")
importance = dict(zip(INPUTS, gain / gain.sum(), strict=True))
first_checks = ["DatasetsSizeComparison", "NewLabelTrainTest", "IndexTrainTestLeakage"]
first_checks += ["DateTrainTestLeakageDuplicates", "DateTrainTestLeakageOverlap"]
first_checks += ["FeatureLabelCorrelationChange", "FeatureDrift", "LabelDrift", "MultivariateDrift"]
# This check alone draws other rows each time unless it is told a seed.
SEED = {"random_state": 0}
every = 5 if mode.is_quick() else 1
before, today = train[::every], valid[::every]
suite = deepchecks.validation(
    before[columns], today[columns], only=first_checks,
    settings={"FeatureLabelCorrelationChange": SEED}, progress=progress.line("Train-test validation"),
)  # fmt: skip


# %%
def evaluate(only, **settings):
    """Run single checks of the model evaluation with settings of their own."""
    return deepchecks.validation(
        before[columns], today[columns], model=model,
        importance=importance, only=only, settings=settings,
    )  # fmt: skip


usual_checks = ["RocReport", "ConfusionMatrixReport", "PredictionDrift", "SimpleModelComparison"]
usual_checks += ["CalibrationScore", "UnusedFeatures", "ModelInferenceTime"]
suite_2 = deepchecks.validation(
    before[columns], today[columns], model=model, importance=importance, only=usual_checks,
    progress=progress.line("Model evaluation"),
)  # fmt: skip

# %% tags=["hide-input"]
listed = pd.concat([suite, suite_2]).set_index("check")
listed[listed["status"] != "no condition"][["condition", "status", "found"]].rename(
    columns={"condition": "what it demands", "status": "it says", "found": "it found"}
)

# %% tags=["hide-input"]
WHY = {
    "NewCategoryTrainTest": "looks for new categories: these data have none",
    "StringMismatchComparison": "looks for spellings of text: these data have none",
    "TrainTestSamplesMix": "looks for rows in both parts: chapter 02 counts them, and it is slow",
    "TrainTestPerformance": "sets new rows against those that the model has learned; chapter 02 does",
    "RegressionErrorDistribution": "is for models that predict a number",
    "BoostingOverfit": "runs below, as it comes and mended",
    "WeakSegmentsPerformance": "runs below, as it comes and mended",
}
suites = {
    "train-test validation": (deepchecks.checks_of("train_test_validation"), first_checks),
    "model evaluation": (deepchecks.checks_of("model_evaluation"), usual_checks),
}
pd.DataFrame(
    {
        name: {"suite": suite_name, "why it is left out here": WHY[name]}
        for suite_name, (checks, run) in suites.items()
        for name in checks
        if name not in run
    }
).T.rename_axis("check")

# %%
says = suite.drop_duplicates("check").set_index("check")["value"]
theirs = pd.Series({name: value["Drift score"] for name, value in says["FeatureDrift"].items()})
exact = deepchecks.validation(
    before[columns], today[columns], only=["FeatureDrift"],
    settings={"FeatureDrift": {"n_samples": None}},
)["value"][0]  # fmt: skip
exact = pd.Series({name: value["Drift score"] for name, value in exact.items()})
ours = drift.scan(before[INPUTS], today[INPUTS])["ks"]
apart = (exact - ours[exact.index]).abs().max()
sampled = (theirs - ours[theirs.index]).abs().max()
their_area = says["MultivariateDrift"]["domain_classifier_auc"]

# %% tags=["remove-input"]
verdicts = pd.concat([suite, suite_2])["status"].value_counts()
over = int((theirs >= limit).sum())
ran = " and ".join(f"{len(run)} of {len(of)} of the {name}" for name, (of, run) in suites.items())
Markdown(
    f"So many of the checks ran: {ran}. They give {verdicts.get('pass', 0)} ticks, {verdicts.get('fail', 0)} crosses. Its feature drift is the same statistic as ours: with its sampling switched off the two "
    f"differ {f'by at most {apart:.0e}' if apart else 'not at all'}, with it {f'by at most {sampled:.3f}' if sampled else 'neither'}. {over} inputs are over its limit. Its domain classifier says {their_area:.2f} where ours says "
    f"{areas['training rows → today'].estimate:.2f}: it looks at {min(10_000, len(today)):,} rows of each side with ten shallow trees. It gives neither an interval nor anything to compare with, so that a "
    "change of the hour and a change of the world look the same."
)

# %% [markdown]
# ### Defaults that mislead where frauds are rare
#
# Its defaults were made for classes of some size. Here frauds are one in hundreds, and several checks cannot see them at all. We change today's rows so that we know what a check ought to say, and read it as it comes and with the setting that mends it. The euros of each payment serve as the score that weak segments are looked for by.

# %%
many = laboratory.inject(today, Shift("prior", 20.0), seed=1)
times = round(many["Class"].mean() / today["Class"].mean())
in_euros = costs.row_costs(today["Class"], today["blocked"], today["Amount"], costs=COSTS)
lossy = pd.Series(-in_euros, index=today.index)


def with_frauds(frame, check, **settings):
    """Return what a check says of a frame against the training rows."""
    options = {"only": [check], "settings": {check: settings}}
    there = [name for name in columns if name in frame]
    sides = before[there], frame[there]
    if check == "PredictionDrift":
        options |= {"model": model, "importance": importance}
    return deepchecks.validation(*sides, **options).iloc[0]


# %%
def precise(model, X, y):
    """Score as Deepchecks wants it: a function of model, inputs and labels."""
    return intervals.value(intervals.AveragePrecision(), y, model.predict_proba(X)[:, 1])


tick = progress.line("Deepchecks with other settings")
few = {"n_top_features": 3}
by_euros = {
    **few,
    "score_per_sample": lossy,
    "n_samples": 20_000,
    "segment_minimum_size_ratio": 0.01,
}
overfit = {"num_steps": 3, "n_samples": 60_000 // every}
by_precision = {"alternative_scorer": ("AP", precise)}

# %%
asked = [
    (f"label drift, {times} times the frauds", with_frauds, (many, "LabelDrift"), {},
     {"balance_classes": True}),
    (f"prediction drift, {times} times the frauds", with_frauds, (many, "PredictionDrift"), {},
     {"drift_mode": "prediction", "balance_classes": True}),
    ("has the power of V14 changed?", with_frauds,
     (today[["Time", "V14", "Class"]], "FeatureLabelCorrelationChange"), SEED,
     {**SEED, "ppscore_params": {"sample": None}}),
]  # fmt: skip
rows = [
    (what, call(*of, **default), call(*of, **mended), tick(number, 5))
    for number, (what, call, of, default, mended) in enumerate(asked, start=1)
]

# %%
for what, check, default, mended in (
    ("is boosting overfitted?", "BoostingOverfit", overfit, {**overfit, **by_precision}),
    ("where is the model weak?", "WeakSegmentsPerformance", few, by_euros),
):
    answers = [evaluate([check], **{check: each}).iloc[0] for each in (default, mended)]
    rows.append((what, *answers, tick(len(rows) + 1, 5)))


# %% tags=["hide-input"]
def short(answer):
    """Return what a check said."""
    return f"{answer['status']}: {answer['found']}"


mends = ["balance_classes=True", "drift_mode='prediction', balance_classes=True"]
mends += ["ppscore_params={'sample': None}", "alternative_scorer: average precision"]
mends += ["score_per_sample: − euros of each payment"]
pd.DataFrame(
    {
        what: {"as it comes": short(first), "the setting that mends it": mend, "then": short(then)}
        for (what, first, then, _), mend in zip(rows, mends, strict=True)
    }
).T.rename_axis("question")

# %% tags=["remove-input"]
label_default, label_mended = rows[0][1:3]
unmerged = with_frauds(many, "LabelDrift", min_category_size_ratio=0.0)["value"]["Drift score"]
their_limit, share = 0.15, many["Class"].mean()
least = 2 * their_limit**2 / (1 + their_limit**2)
accuracy = 1 - today["Class"].mean()
weak = rows[4][2]["value"] or {"weak_segments_list": pd.DataFrame()}
segments = weak["weak_segments_list"]
Markdown(
    f"**{times} times as many frauds, and the label drift says {label_default['status']}**, with a score of {label_default['value']['Drift score']:.3f}. It is Cramér's V of two tables of counts, made equally large. For a class that was never there before and now has the share p it is √((p/2) / (1 − p/2)), and it is less if the class was there: at {share:.1%} at most {np.sqrt(share / (2 - share)):.3f}. "
    f"To reach the limit of {their_limit} it takes {least:.1%} of frauds, however few there were. (Classes below a hundredth of the rows are merged before that. It is not the cause here: without merging the score is {unmerged:.3f}. With fewer frauds, in the table further down, merging hides them altogether.) "
    f"Weighing both classes alike, with `balance_classes=True`, it says {label_mended['status']}. The overfitting check (here in {overfit['num_steps']} steps, on at most {overfit['n_samples']:,} rows) scores by accuracy, and a model that lets every fraud pass has an accuracy of {accuracy:.4f}, so that nothing it could "
    f"lose would show. The predictive power is estimated from {deepchecks.PPS_ROWS:,} rows, about {deepchecks.PPS_ROWS * before['Class'].mean():.0f} of them fraud. "
    f"The search for weak segments {'does not run as it comes' if rows[4][1]['status'] == 'did not run' else 'runs as it comes'}: its error model finds next to no errors to learn from. "
    + (
        "With the euros of each payment as its score it finds nothing, either. "
        if segments.empty
        else f"With minus the euros of each payment as its score it lists {len(segments)} of them; in the weakest a payment costs "
        f"{-segments['Average Score Per Sample'].min():,.2f} €, where it costs {-weak['avg_score']:,.2f} € among all that it drew. "
    )
    + "None of this is a fault of the arithmetic. It is a tick that answers another question than the one in your head."
)

# %% [markdown]
# ## Is there more fraud?
#
# When labels are there, the question is about two rates. The textbook compares counts as if each fraud came for itself. Chapter 00 found that they come in bursts, and a burst is one piece of news and not twenty. `label_rate_change` gives both answers: the naive exact one, and one that divides counts by the {term}`design effect` and tests by exchanging blocks of time.

# %%
rate = drift.label_rate_change(
    train["Time"], train["Class"], valid["Time"], valid["Class"],
    reference_weights=data.sampling_weights(train), current_weights=data.sampling_weights(valid),
)  # fmt: skip
matched_rate = drift.label_rate_change(
    same_hours["Time"], same_hours["Class"], valid["Time"], valid["Class"],
    reference_weights=data.sampling_weights(same_hours),
    current_weights=data.sampling_weights(valid),
)  # fmt: skip

# %% tags=["hide-input"]
pd.DataFrame(
    {
        what: {
            "rate before (%)": f"{100 * found.rates[0]:.3f}",
            "rate today (%)": f"{100 * found.rates[1]:.3f}",
            "ratio, bursts allowed for": f"{found.ratio:.2f}",
            "ratio, every fraud for itself": f"{found.naive:.2f}",
            "p, blocks exchanged": f"{found.p_value:.2g}",
            "p, every fraud for itself": f"{found.naive_p_value:.1g}",
            "design effect": f"{found.design_effect:.1f}",
        }
        for what, found in {"all training rows": rate, "same hours of day 1": matched_rate}.items()
    }
).T.rename_axis("today against")

# %% tags=["remove-input"]
Markdown(
    f"Counted naively, fraud has fallen to {rate.naive.estimate:.2f} of what it was, with a p-value of {rate.naive_p_value:.0e}. Frauds vary between blocks of ten minutes "
    f"{rate.design_effect:.1f} times as much as independent ones would. Allowing for that, the ratio may lie anywhere from {rate.ratio.low:.2f} to {rate.ratio.high:.2f}, and p is {rate.p_value:.2g}. (The interval divides the counts by the design effect, p exchanges blocks: two approximations, which need not agree near the edge. We take the wider answer, the interval.) "
    f"Against the same hours of the first day the ratio is {matched_rate.ratio:.2f}, so that the hours explain {'little' if abs(np.log(matched_rate.ratio.estimate)) > 0.8 * abs(np.log(rate.ratio.estimate)) else 'part'} of it; there the blocks say p = {matched_rate.p_value:.2g}."
)

# %% [markdown]
# ## A laboratory with real rows
#
# Whether an alarm is right can only be told where the truth is known. So we build a world in which nothing changes, and then change it. All {term}`development rows` are cut into blocks of ten minutes and dealt at random: one half is the *reference*, which the laboratory's model learns from; one quarter is *quiet*, to choose the threshold on and to calibrate probabilities and alarms; one quarter is *today*, and into today we inject shifts of known kind and size. Dealt at random, the quarters differ by chance alone, hours and days included.

# %%
development = pd.concat([train, valid])[columns]
development["paid"] = development["Amount"]
n_blocks = int((development["Time"] // BLOCK).nunique())
reference = laboratory.draw_blocks(development, n_blocks // 2, seed=1)
rest = development.drop(reference.index)
quiet = laboratory.draw_blocks(rest, n_blocks // 4, seed=2)
now = rest.drop(quiet.index)
lab_model = models.chosen().fit(reference[INPUTS], reference["Class"])
# What the laboratory's model says. It is asked once about each row, and again where a bug struck.
raw = laboratory.remembered(lambda rows: lab_model.predict_proba(rows)[:, 1], rest[INPUTS])
quiet_score, prior = raw(quiet), quiet["Class"].mean()
correct = calibration.fit(quiet["Class"], quiet_score, method="sigmoid")
cut = conventions.threshold(quiet, quiet_score, costs=COSTS)


def decided(rows):
    """Return rows with what the laboratory's model says of them, and blocks."""
    said = raw(rows)
    return rows.assign(raw=said, score=correct(said), blocked=said >= cut)


# %% [markdown]
# ### The share of frauds, before any label
#
# In production labels come weeks late. If only the {term}`prevalence` has changed ({term}`label shift`), it can be read off what the model says. {term}`Black-box shift estimation` {cite:p}`lipton2018` counts alerts: so many per cent of frauds and of honest payments raise one, so the share of alerts tells the share of frauds. Expectation and maximisation {cite:p}`saerens2002` looks for the share under which the model's probabilities are most likely; it believes them, so they must be {term}`calibrated <calibration>`. We multiply the frauds of today by known factors.

# %%
FACTORS = (0.5, 1.0, 2.0, 5.0, 20.0)
estimates = defaultdict(list)
label_checks = {}
for factor in FACTORS:
    day = laboratory.inject(now, Shift("prior", factor), seed=3)
    score, true = raw(day), day["Class"].mean()
    ways = {
        "EM, calibrated": drift.prior_em(correct(score), prior=prior, current_times=day["Time"]),
        "EM, as the model says": drift.prior_em(score, prior=prior, current_times=day["Time"]),
        "alerts (BBSE)": drift.bbse(
            quiet["Class"], quiet_score, score, threshold=0.05,
            times=quiet["Time"], current_times=day["Time"],
        ),
    }  # fmt: skip
    for name, way in ways.items():
        estimates[name].append((factor, true, way.estimate, way.low, way.high))
    label_checks[factor] = day["Class"]

# %%
names = ["factor", "true", "estimate", "low", "high"]
estimates = {name: pd.DataFrame(table, columns=names) for name, table in estimates.items()}

# %% tags=["remove-input"]
found_shares = pd.concat(estimates, names=[""]).reset_index(level=0)
shares = found_shares.melt(["", "true"], ["low", "estimate", "high"])
ends_of = 100 * shares["true"].min() / 1.5, 100 * shares["true"].max() * 1.5
figure, axes = plt.subplots(figsize=(5.0, 4.0))
axes.plot(ends_of, ends_of, color=INK["light"], lw=1, ls="--")
sns.pointplot(
    x=100 * shares["true"], y=(100 * shares["value"]).clip(lower=ends_of[0] / 10),
    hue=shares[""], markers=[*"oDs"], markersize=6, linestyle="none", dodge=0.2, native_scale=True,
    log_scale=True, err_kws={"alpha": 0.45}, **plots.ENDS, ax=axes,
)  # fmt: skip
axes.set(title="How much fraud is there, without a single label?")
axes.set(xlabel="true share of frauds (%)", ylabel="estimated without labels (%)")
for axis in (axes.xaxis, axes.yaxis):
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter("{x:,.10g}")
    axis.set_minor_formatter(NullFormatter())
sns.move_legend(axes, "upper left", title=None)
show(
    figure,
    alt="Estimated against true share of frauds. "
    + "; ".join(
        f"{name}: "
        + ", ".join(f"{row.estimate:.2%} for {row.true:.2%}" for row in table.itertuples())
        for name, table in estimates.items()
    )
    + ".",
)

# %% tags=["hide-input"]
seen_labels = pd.DataFrame(
    {
        f"{factor:g} times the frauds": {
            "Deepchecks as it comes (fails from 0.15)": f"{deepchecks.label_drift(reference['Class'], label):.3f}",
            "without merging": f"{deepchecks.label_drift(reference['Class'], label, min_category_size_ratio=0.0):.3f}",
            "balance_classes=True": f"{deepchecks.label_drift(reference['Class'], label, balance_classes=True):.3f}",
            "rate today over rate before, bursts allowed for": f"{change.ratio:.2f}",
            "p, blocks exchanged": f"{change.p_value:.2g}",
        }
        for factor, label in label_checks.items()
        if (
            change := drift.label_rate_change(
                reference["Time"], reference["Class"], now["Time"], label, n_permutations=1999
            )
        )
    }
).T.rename_axis("today has")
seen_labels

# %% tags=["remove-input"]
holds = {
    name: int(((table["low"] <= table["true"]) & (table["true"] <= table["high"])).sum())
    for name, table in estimates.items()
}
off = {
    name: np.exp(np.log(table["estimate"].clip(lower=1e-5) / table["true"]).abs().mean())
    for name, table in estimates.items()
}
Markdown(
    f"Of {len(FACTORS)} shares, the intervals hold "
    + ", ".join(f"{count} ({name})" for name, count in holds.items())
    + ". On average the estimates are off by a factor of "
    + ", ".join(f"{value:.2f} ({name})" for name, value in off.items())
    + f". The intervals draw today's blocks again, for BBSE the quiet ones too; what a calibration on {int(quiet['Class'].sum())} frauds may be off by is not in those of EM. "
    "All three stand on one assumption, that frauds still look as they did. The table above needs labels and no such assumption, and comes weeks later."
)

# %% [markdown]
# ### What the model is worth, before any label
#
# {term}`Confidence-based performance estimation` {cite:p}`kivimaki2025` goes one step further: if of the payments with a probability of one fifth one in five is a fraud, what decisions cost can be added up today, in euros. That asks three things of *today*. The probabilities are calibrated; for euros, among small and large payments alike; and frauds come independently of each other, or the range is too short. A covariate shift may break the first two although every payment means what it meant, since calibration is an average over payments. ({cite:t}`bialek2025` calibrate again with the weights of the shift.)
#
# We promise the cost of today from probabilities calibrated on the quiet quarter, then let the labels come in. Five worlds: nothing happens; larger payments become frequent; there are five times the frauds (as it is, and put right by the share that EM found); half of the frauds, or all of them, take on the looks of honest payments.

# %%
worlds = {
    "nothing": None,
    "covariate: larger payments": Shift("covariate", 0.5),
    "prior: 5 times the frauds": Shift("prior", 5.0),
    "concept: half of the frauds\nlook honest": Shift("concept", 0.5),
    "concept: all frauds\nlook honest": Shift("concept", 1.0),
}
promises = {}
for name, shift in worlds.items():
    day = decided(now if shift is None else laboratory.inject(now, shift, seed=4))
    p = day["score"].to_numpy()
    answers = {name: p}
    if "prior" in name:
        share = drift.prior_em(p, prior=prior, n_resamples=1).estimate
        answers[f"{name},\nput right by EM"] = losses.correct_prior(p, trained=prior, true=share)
    real = known(day, billed(day))
    for label, q in answers.items():
        guess = drift.estimate_performance(q, day["blocked"], day["Amount"], costs=COSTS).cost
        ends = (guess.estimate, guess.low, guess.high, real.estimate, real.low, real.high)
        promises[label] = ends

# %% tags=["remove-input"]
promised = pd.DataFrame(
    promises, index=["estimate", "low", "high", "real", "real_low", "real_high"]
).T
real_ends = promised[["real", "real_low", "real_high"]].set_axis([*promised][:3], axis=1)
kinds = {"estimated without labels": promised, "what came true": real_ends}
show(
    plots.beside(
        {kind: {row.Index: row for row in part.itertuples()} for kind, part in kinds.items()},
        title="Does the promise hold?",
        unit="€ per 1,000 payments",
    ),
    alt="Cost promised without labels and cost that came true, € per 1,000 payments: "
    + "; ".join(
        f"{name} {row.estimate:.0f} and {row.real:.0f}".replace("\n", " ")
        for name, row in promised.iterrows()
    )
    + ".",
)

# %% tags=["remove-input"]
half_new, concept = (name for name in promised.index if name.startswith("concept"))
covariate = next(name for name in promised.index if name.startswith("covariate"))
priors = [name for name in promised.index if name.startswith("prior")]


def a_thousand(rows):
    """Return the frauds in a thousand real payments."""
    return 1000 * rows["Class"].sum() / data.sampling_weights(rows).sum()


def judged(name):
    """Say whether the cost that came true lies in the range that was promised."""
    row = promised.loc[name]
    where = "inside" if row["low"] <= row["real"] <= row["high"] else "outside"
    return f"promised {row['estimate']:,.0f} € ({row['low']:,.0f} to {row['high']:,.0f}), came true {row['real']:,.0f} €: {where} the range"


Markdown(
    f"In euros per thousand payments. Nothing happens: {judged('nothing')}. Larger payments: {judged(covariate)}. Five times the frauds: {judged(priors[0])}; put right by EM, {judged(priors[1])} (the decisions stay, by the same threshold). If half of the frauds change their looks: {judged(half_new)}. If all do: **{judged(concept)}**. The promise there is "
    f"{promised.loc[concept, 'estimate'] / promised.loc['nothing', 'estimate']:.2f} times that of the quiet world, since the payments are exactly the same, and so is all that the model says of them. "
    f"No method without labels can do better: what changed is the labels. They can be bought, and are dear, since frauds are rare: to meet ten, expect to look at {10_000 / a_thousand(quiet):,.0f} payments drawn at random. "
    "Complaints bring them for nothing, but late."
)

# %% [markdown]
# ## Which alarm sees which shift?
#
# An alarm is a number and a limit. Most limits in use are rules of thumb. Ours are calibrated: the limit is what one quiet window in twenty passes by chance. Thirteen detectors watch windows of an hour, six blocks drawn from today, with a shift that begins with the first one:
#
# - the usual p-value; fixed limits on distances: {term}`PSI <population stability index>` at a quarter, the banks' rule of thumb, of which {cite:t}`yurdakul2018` shows that it does not know the number of rows; and those of Deepchecks' checks;
# - calibrated: the largest distance of any input, the domain classifier, the share of alerts, the cost that is promised;
# - and those that need labels: the rate of frauds and the realised cost, calibrated, and Deepchecks' label drift, as it comes and balanced.

# %%
SHIFTS = {"nothing": None}
SHIFTS |= {f"covariate {size}": Shift("covariate", size) for size in (0.2, 1.0)}
SHIFTS |= {f"prior × {size:g}": Shift("prior", size) for size in (2.0, 5.0)}
SHIFTS |= {f"concept {size:.0%}": Shift("concept", size) for size in (0.25, 1.0)}
SHIFTS |= {
    f"bug V14 sign {size:.0%}": Shift("bug: sign", size, column="V14") for size in (0.01, 0.1)
}
SHIFTS |= {f"bug cents {size:.0%}": Shift("bug: cents", size) for size in (0.01, 0.1)}
STREAMS, HOURS, TRIED = (2, 2, 1) if mode.is_quick() else (8, 4, 6)
CALM = 60
learned = reference[INPUTS]


# %%
def largest_of(distance, bins):
    """Return a function of a window: the largest distance of any input from the reference."""
    cut = {name: np.quantile(learned[name], np.arange(1, bins) / bins) for name in INPUTS}
    cut = {name: np.unique(edges) for name, edges in cut.items()}

    def counts(rows):
        places = [np.searchsorted(edges, rows[name]) for name, edges in cut.items()]
        return [np.bincount(place, minlength=bins) for place in places]

    before = counts(learned)
    return lambda window: max(map(distance, before, counts(window)))


def ks_of_counts(p, q):
    return np.abs(np.cumsum(p / p.sum() - q / q.sum())).max()


largest, largest_psi = largest_of(ks_of_counts, 100), largest_of(drift.psi, 10)


# %%
def scored(window):
    """Do what production does when a window is complete: decide, and compare its inputs."""
    result = decided(window)
    result.attrs["distance"] = largest(window)
    return result


def distance(window):
    return window.attrs["distance"]


def smallest_p(window):
    """Return one minus the smallest p-value of the usual monitor, from the largest distance."""
    n, m = len(learned), len(window)
    return stats.kstwobign.cdf(distance(window) * np.sqrt(n * m / (n + m)))


# %%
def area(window):
    """Return how well a small domain classifier tells a window from the reference."""
    rows = 3000 if mode.current() == "full" else 300
    return told_apart(reference, window, rows=rows, folds=2, n_resamples=1).estimate


def promised_cost(window):
    """Return the expected cost of the decisions, € per payment."""
    blocked = window["blocked"]
    expected = costs.expected_cost(window["score"], blocked, window["Amount"], costs=COSTS)
    return expected.mean()


def realised_cost(window):
    """Return what the decisions did cost, € per payment."""
    return billed(window).sum() / 1000


# %%
usual_rate = (quiet_score >= 0.05).mean()


def alerts(window):
    """Return how far the share of alerts is from that of quiet days, up or down."""
    share = (window["raw"] >= 0.05).mean()
    return abs(np.log((share + 1e-4) / (usual_rate + 1e-4)))


@cache  # Many windows have the same counts, and nothing else matters to it.
def score_of_counts(honest, frauds, **settings):
    labels = np.repeat([0, 1], [honest, frauds])
    return deepchecks.label_drift(reference["Class"], labels, **settings)


def their_labels(window, **settings):
    return score_of_counts(*np.bincount(window["Class"], minlength=2).tolist(), **settings)


def their_prediction(window):
    """Return the drift of probabilities as Deepchecks' PredictionDrift has it."""
    return stats.ks_2samp(quiet_score, window["raw"], method="asymp").statistic


# It draws so many rows of each side itself; drawn once, they need not be copied every time.
their_sample = reference[columns].sample(min(10_000, len(reference)), random_state=0)


def their_domain(window):
    """Return the drift score of Deepchecks' MultivariateDrift."""
    result = deepchecks.validation(their_sample, window[columns], only=["MultivariateDrift"])
    return result["value"][0]["domain_classifier_drift_score"]


# %%
calm = [scored(laboratory.draw_blocks(quiet, 6, seed=number)) for number in range(CALM)]
ours = {
    "largest KS distance": distance,
    "share of alerts (no labels)": alerts,
    "promised cost (no labels)": promised_cost,
    "rate of frauds (labels)": lambda window: window["Class"].mean(),
    "realised cost (labels)": realised_cost,
}
detectors = [laboratory.calibrate(name, rule, calm) for name, rule in ours.items()]
detectors += [
    laboratory.calibrate("domain classifier", area, calm[:20], costly=True),
    laboratory.Detector("usual: any KS p < 0.05", smallest_p, 0.95),
    laboratory.Detector("fixed: any PSI ≥ 0.25", largest_psi, 0.25),
    laboratory.Detector("Deepchecks: any KS ≥ 0.2", distance, 0.2),
    laboratory.Detector("Deepchecks: label drift", their_labels, 0.15),
    laboratory.Detector(
        "Deepchecks: label drift, balanced", lambda w: their_labels(w, balance_classes=True), 0.15
    ),
    laboratory.Detector("Deepchecks: prediction drift", their_prediction, 0.15),
    laboratory.Detector("Deepchecks: multivariate drift", their_domain, 0.25, costly=True),
]

# %%
watched_streams = laboratory.streams(
    now, detectors, SHIFTS, prepare=scored, n_streams=STREAMS, n_windows=HOURS,
    costly_streams=TRIED, tell=progress.line("Streams watched"),
)  # fmt: skip
rates = laboratory.alarm_rates(watched_streams)
grid = (
    rates.reset_index()
    .pivot_table("rate", "detector", "shift")
    .loc[[each.name for each in detectors], list(SHIFTS)]
)


# %% tags=["hide-input"]
# Written are shares of one half or more, and what comes when all is calm.
written = (100 * grid).map("{:.0f}".format).where((grid >= 0.5) | (grid.columns == "nothing"), "")
figure, axes = plt.subplots(figsize=(6.2, 1.6 + 0.3 * len(grid)))
sns.heatmap(
    grid, vmin=0, vmax=1, cmap=sns.light_palette(COLOURS["blue"], as_cmap=True), cbar=False,
    annot=written, fmt="", annot_kws={"size": 8}, xticklabels=True, yticklabels=True, ax=axes,
)  # fmt: skip
axes.set(title="Who sees what? Hours with an alarm, in %", xlabel="", ylabel="")
axes.tick_params(length=0, labelsize=8)
show(
    figure,
    alt="Share of windows of an hour with an alarm, by detector and shift. "
    + "; ".join(
        f"{name}: " + ", ".join(f"{shift} {share:.0%}" for shift, share in row.items())
        for name, row in grid.iterrows()
    )
    + ".",
)

# %% [markdown]
# The table has the same with exact binomial intervals, for one size of each kind, and how many hours pass until most streams have had an alarm.

# %% tags=["hide-input"]
quiet_alarms = watched_streams[watched_streams["shift"] == "nothing"].groupby("detector")["alarm"]
kinds = {"covariate 1.0", "prior × 5", "concept 100%", "bug V14 sign 10%"}


def in_words(row):
    """Return a rate with its interval, and the delay."""
    late = (
        ""
        if np.isnan(row["delay"])
        else f"; {row['delay']:g} h".replace("inf h", f"most not within {HOURS} h")
    )
    return f"{row['rate']:.0%} [{row['low']:.0%}, {row['high']:.0%}]{late}"


power = pd.DataFrame(
    {
        name: {
            "false alarms": f"{intervals.binomial(int(quiet_alarms.get_group(name).sum()), len(quiet_alarms.get_group(name))):.0%}"
        }
        | {shift: in_words(rates.loc[(name, shift)]) for shift in SHIFTS if shift in kinds}
        for name in grid.index
    }
).T.rename_axis("detector")
power

# %% tags=["remove-input"]
worst = grid.drop(columns="nothing")
all_new = "concept 100%"
no_labels = [name for name in grid.index if "labels)" not in name.replace("no labels)", "")]
without = [name for name in no_labels if "label drift" not in name]
more = (grid.loc[without, all_new] - grid.loc[without, "nothing"]).abs().max()
loud = grid.index[grid["nothing"] > 0.5].tolist()
alarms_on_nothing = {
    name: intervals.binomial(
        int(alarm.sum()), len(alarm), level=intervals.joint_level(len(detectors))
    )
    for name, alarm in quiet_alarms
}
restless = [n for n, one in alarms_on_nothing.items() if one.low > 0.05 and n not in loud]
mute = grid.index[(worst.fillna(0) == 0).all(axis=1)]
costly = [each.name for each in detectors if each.costly]
seldom_tried = [name for name in mute if name in costly]
mute = [name for name in mute if name not in costly]

# %% tags=["remove-input"]
Markdown(
    (
        f"Loud in most quiet windows: {', '.join(loud)}. "
        if loud
        else "No detector gives an alarm in most quiet windows. "
    )
    + (
        f"Also loud in more than one in twenty of them, by intervals that hold together: {', '.join(restless)}. "
        if restless
        else ""
    )
    + (
        f"Never heard, whatever happened: {', '.join(mute)}. "
        if mute
        else "Each detector that looked at every window heard something. "
    )
    + (
        f"Not heard either, but only tried in {TRIED} window{'s' if TRIED > 1 else ''} a shift: {', '.join(seldom_tried)}. "
        if seldom_tried
        else ""
    )
)

# %% tags=["remove-input"]
often_alarmed = in_words(rates.loc[("realised cost (labels)", all_new)]).split(";")[0]
late = rates.loc[("realised cost (labels)", all_new), "delay"]
first_alarm = (
    f"most streams had no alarm within {HOURS} hours"
    if np.isinf(late)
    else f"half of the streams had their first within {late:g} h"
)
Markdown(
    f"When *all* frauds change their looks, the detectors without labels {f'differ from quiet hours by at most {more:.0%}' if more else 'do not differ from quiet hours at all'}: every stream meets the same windows, and in them the payments are the same. The realised cost, with labels, alarms in {often_alarmed} of the hours; {first_alarm}. "
    f"All of this rests on {STREAMS * HOURS} windows a shift ({TRIED} for the {len(costly)} costly detectors: {', '.join(costly)}), hence the wide intervals. They speak of other draws from this quarter, not of other days."
)

# %% [markdown]
# These windows were dealt at random, so that hours are mixed. Real windows are hours in a row. How often do calibrated alarms cry when real hours follow each other, untouched?

# %%
hour = (valid["Time"] // 3600).to_numpy()
real_hours = [valid[hour == number] for number in np.unique(hour)]
real_hours = [scored(rows.assign(paid=rows["Amount"])) for rows in real_hours]
real = {
    each.name: intervals.binomial(sum(each.alarm(window) for window in real_hours), len(real_hours))
    for each in detectors
    if not each.costly
}
pd.DataFrame(
    {"alarms in untouched hours of today": {name: f"{share:.0%}" for name, share in real.items()}}
).rename_axis("detector")

# %% tags=["remove-input"]
Markdown(
    f"The largest distance, calibrated on mixed hours, gives an alarm in {real['largest KS distance'].estimate:.0%} of {len(real_hours)} untouched hours (the first and the last are cut short by the split). That is no fault of the limit: an hour *is* no sample of a day. A monitor of "
    "inputs must compare an hour with the same hour, and with two days it has one such hour to learn from."
)

# %% [markdown]
# ## Does it matter?
#
# An alarm is worth what it makes you do. So we hold drift scores against money: how much more do the decisions cost, in the very same blocks, when a shift happens? If a drift score told what matters, large scores would cost much and small ones little. A natural repair is to weigh each input's distance by how much the model relies on it.

# %%
lab_gain = lab_model.booster_.feature_importance("gain")
plain, price = billed(decided(now)), []
for name, shift in list(SHIFTS.items())[1:]:
    day = laboratory.inject(now, shift, seed=5)
    dearer = known(now, billed(decided(day)) - plain, asked=len(SHIFTS) - 1)
    moves = drift.scan(learned, day[INPUTS])["ks"]
    price.append(
        {
            "shift": name, "kind": shift.kind, "euros": dearer.estimate, "low": dearer.low,
            "high": dearer.high, "interval": dearer, "score": moves.max(),
            "weighted": float(moves @ lab_gain / lab_gain.sum()),
        }
    )  # fmt: skip
price = pd.DataFrame(price).set_index("shift")


# %%
agree = price[["score", "weighted"]].corrwith(price["euros"], method="kendall")


# %% tags=["hide-input"]
def draw_prices():
    """Draw what shifts cost, a row a shift, from the smallest distance to the largest."""
    looks = zip(COLOURS.values(), "oDs^v", strict=True)
    looks = dict(zip(price["kind"].unique(), looks, strict=False))
    ranked = price.sort_values("score", kind="stable")
    figure, axes = plt.subplots(figsize=(5.4, 1.4 + 0.3 * len(price)))
    axes.axvline(0, color=INK["light"], lw=1, ls=(0, (4, 3)))
    for place, row in enumerate(ranked.itertuples()):
        colour, marker = looks[row.kind]
        axes.hlines(place, row.low, row.high, color=colour, lw=4, alpha=0.45)
        axes.plot(row.euros, place, marker, color=colour)
    axes.set_title("Do large drift scores cost much?")
    axes.set_ylabel("shift: largest KS distance of any input")
    axes.set(xlabel="costs more by (€ per 1,000 payments)", ylim=(len(price) - 0.5, -0.5))
    names = [f"{name}: {score:.2f}" for name, score in ranked["score"].items()]
    axes.set_yticks(range(len(price)), names)
    axes.set_xscale("symlog", linthresh=10)
    axes.xaxis.set_major_formatter("{x:,.10g}")
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    return figure


# %% tags=["remove-input"]
show(
    draw_prices(),
    alt="Extra cost in € per 1,000 payments against the largest distance of any input: "
    + "; ".join(f"{name} {row.score:.2f}, {row.euros:+z.0f} €" for name, row in price.iterrows())
    + ".",
)

# %% tags=["hide-input"]
pd.DataFrame(
    {
        name: {
            "costs more by (€ per 1,000 payments)": f"{row['euros']:+z,.1f} [{row['low']:+z,.1f}, {row['high']:+z,.1f}]",
            "largest KS distance": f"{row['score']:.3f}",
        }
        for name, row in price.iterrows()
    }
).T.rename_axis("shift")

# %% tags=["remove-input"]
dear = price.sort_values("euros", ascending=False)
hidden = dear.index[dear["score"] < limit][0]
harmless = price[(price["low"] <= 0) & (price["high"] >= 0)].sort_values("score").index[-1:]
Markdown(
    f"Among the {len(price)} shifts that we chose, the ranks of scores and of prices agree with a correlation (Kendall) of {agree['score']:.2f}, and of {agree['weighted']:.2f} when inputs are weighed by the model's reliance on them; 1 would be one order, 0 none. "
    f"The most expensive shift under the fixed limit is “{hidden}”: {price.loc[hidden, 'euros']:+,.0f} € per thousand payments [{price.loc[hidden, 'low']:,.0f}, {price.loc[hidden, 'high']:,.0f}] at a distance of {price.loc[hidden, 'score']:.2f}. "
    + (
        f"“{harmless[0]}” has {price.loc[harmless[0], 'score']:.2f}, and its price is {intervals.UNTOLD} from nothing. "
        if len(harmless)
        else "Each shift has a price that is told apart from nothing. "
    )
    + "**A drift score is a reason to look, and no measure of harm.** The measure of harm is the cost model, on labels."
)

# %% [markdown]
# ## The last evening
#
# Now the {term}`test rows`, the last fifth. They are one evening, and whoever compares them with all that came before finds the evening. We open them to judge what was built above and chosen before: matched hours, and a promise of their cost from probabilities calibrated on the validation rows, where the threshold was chosen, too.

# %%
test = split.open_test(
    payments,
    who="chapter 06",
    why="Drift of the last evening within hours, and the cost promised for it without labels.",
    kind="evaluation",
)
hours = test["Time"] % DAY
evening = train[(train["Time"] < DAY) & (train["Time"] % DAY).between(hours.min(), hours.max())]
evenings = {
    "all training rows": told_apart(train, test, **EFFORT),
    "same hours of day 1": told_apart(evening, test, **EFFORT),
}
last_rate = drift.label_rate_change(
    evening["Time"], evening["Class"], test["Time"], test["Class"],
    reference_weights=data.sampling_weights(evening), current_weights=data.sampling_weights(test),
)  # fmt: skip

# %%
fixed = calibration.fit(valid["Class"], valid["score"], method="sigmoid")
shipped = serving.fingerprint(valid["score"])
test["score"] = model.predict_proba(test[INPUTS])[:, 1]
served = conventions.threshold(valid, valid["score"], costs=COSTS)
test["blocked"] = test["score"] >= served
last_promise = drift.estimate_performance(
    fixed(test["score"]), test["blocked"], test["Amount"], costs=COSTS
)
last_real = known(test, billed(test))

# %% tags=["hide-input"]
pd.DataFrame(
    {
        name: {
            "largest KS distance": f"{drift.scan(frame[INPUTS], test[INPUTS])['ks'].max():.2f}",
            "inputs with KS ≥ 0.2": int(
                (drift.scan(frame[INPUTS], test[INPUTS])["ks"] >= limit).sum()
            ),
            "domain classifier (ROC AUC)": f"{evenings[name]:.2f}",
        }
        for name, frame in {"all training rows": train, "same hours of day 1": evening}.items()
    }
).T.rename_axis("the evening against")

# %% tags=["remove-input"]
inside = last_promise.cost.low <= last_real.estimate <= last_promise.cost.high
Markdown(
    f"Against the same hours of the first day the evening is told apart with {evenings['same hours of day 1']:.2f}: "
    + (
        "the second day stays another day after sunset. "
        if evenings["same hours of day 1"].low > max(null)
        else "no better than stretches of one day. "
    )
    + f"Fraud is {last_rate.ratio:.2f} times as frequent as then (p = {last_rate.p_value:.2g}, bursts allowed for). From {int(valid['Class'].sum())} frauds of the validation rows the model promised a cost of {last_promise.cost:,.0f} € per thousand payments, before any label; "
    f"{last_real:,.0f} € came true, {'inside' if inside else 'outside'} the promised range. It promised {last_promise.positives:.0f} frauds, and there were {int(test['Class'].sum())}"
    + (
        "."
        if int(test["Class"].sum()) in last_promise.positives
        else ": outside the range, which allows neither for bursts nor for a calibration on few frauds."
    )
)

# %% tags=["remove-cell"]
note = {"chapter": "06", "data_digest": payments.attrs["sha256"]}
SIDES = "blocks of ten minutes of both sides are drawn, each side for itself"
for name, area_found in areas.items():
    if name.startswith(("training", "same")):
        evidence.record(
            "domain classifier, " + name.replace("\n", " "), area_found.estimate, area_found,
            unit="ROC AUC", split="development", n=area_found.n, how="held out by blocks of ten minutes",
            because=SIDES, **note,
        )  # fmt: skip
evidence.record(
    "fraud rate of the validation rows over the training rows", rate.ratio.estimate, rate.ratio,
    unit="ratio", split="development", n=rate.ratio.n, how="binomial over the design effect",
    because="a ratio of two rates: conditional on all frauds, divided by the design effect", **note,
)  # fmt: skip
evidence.record(
    "saved less where all frauds of the validation rows look honest", less_saved.estimate, less_saved,
    unit="€ per 1,000 payments", split="valid", n=len(valid), how="paired, same decisions", **note,
)  # fmt: skip
evidence.record(
    "price of all frauds of the validation rows looking honest", new_price.estimate, new_price,
    unit="€ per 1,000 payments", split="valid", n=len(valid), how="paired, same decisions", **note,
)  # fmt: skip

# %% tags=["remove-cell"]
evidence.record(
    "cost promised without labels for the last evening", last_promise.cost.estimate,
    last_promise.cost, unit="€ per 1,000 payments", split="test", n=len(test),
    how="calibrated on the validation rows, decisions of the served rule",
    because="a range of outcomes if the probabilities are right: worlds drawn from them", model=shipped, **note,
)  # fmt: skip
evidence.record(
    "cost of the last evening", last_real.estimate, last_real, unit="€ per 1,000 payments",
    split="test", n=len(test), how="threshold of the validation rows", model=shipped, **note,
)  # fmt: skip
for name, row in price.iterrows():
    evidence.record(
        f"price of the shift {name}", row["euros"], row["interval"], unit="€ per 1,000 payments",
        split="development", n=len(now), how="paired, shift injected into the quarter of the laboratory", **note,
    )  # fmt: skip

# %% tags=["remove-cell"]
for name, share in real.items():
    evidence.record(
        f"alarms in untouched hours, {name}", share.estimate, share, unit="share of hours",
        split="valid", n=share.n, how="exact binomial", because="a count of few hours", **note,
    )  # fmt: skip

# %% tags=["remove-cell"]
for question, answer in (
    ("what the model saves with the new frauds", intervals.verdict(less_saved, above="less", below="more")),
    ("the bill with new frauds in the validation rows", intervals.verdict(new_price)),
    ("is it the hour, or the day?", "the day" if across.low > max(null) else "cannot be told"),
    ("Deepchecks' label drift at 20 times the frauds", f"{label_default['status']}, balanced {label_mended['status']}"),
    ("is the promise for a new kind of fraud kept?", judged(concept).rsplit(": ", 1)[1]),
    ("is the promise for the last evening kept?", "inside" if inside else "outside the range"),
    *((f"decisions after the shift {name}", intervals.verdict(row["interval"], asked=len(price), above="costs more", below="costs less")) for name, row in price.iterrows()),
):  # fmt: skip
    evidence.conclude(question, answer, chapter="06")

# %% [markdown]
# ## An alarm, and what then?
#
# “Retrain when it drifts” sounds like an answer. It leaves open what to train on, since the labels of the last days are not there yet, and those of the blocked payments never will be; how soon it helps; and whether it is worth what it costs. A {term}`retraining` is not only a fit. Somebody checks the data, validates the model, gets it approved and watches it go live. We call the price of all that *euros for each retraining* and ask at which price which {term}`retraining policy` is cheapest.
#
# ### A month out of two days
#
# Two days of data hold no third week. So we deal one. Every hour of the development rows is cut into stretches of two minutes, and each hour of each day of a stream gets the honest payments of one stretch from the same hour of a real day. **Frauds are dealt in whole bursts**: those that follow each other within ten minutes go to one day together, at their own time of day. Stretches would tear a burst and spread one attack over weeks, and a signal that counts frauds would look quieter than it is. A burst is dealt with the chance that payments of its hour have, so the rate of fraud stays that of the data. Every payment is real and occurs **at most once**: a stream drawn with replacement would let a model meet the very frauds that it has learned. The bank is smaller for it, by the factor by which the month is longer.
#
# On a known day the world changes. Before it, all bursts are *loud*: their median fraud is further from ordinary payments. From then on the *quiet* bursts come as well, which hold about half of the frauds. Nothing is invented but the order: a second, real pattern of fraud arrives.

# %%
N_STREAMS, N_WATCHED = QUICK if mode.is_quick() else BOOK
AT_ONCE = {"processes": 1 if mode.is_quick() else 2}
CHANGE, KINDS = (
    14,
    {"concept": "new frauds", "covariate": "fewer large payments", "bug": "broken input"},
)
pool = streams.pool(development)


def deal(kind, n, *, first_seed=0):
    """Deal streams, one by one, with a change of one kind on the day CHANGE."""
    shift = streams.Shift(kind, day=CHANGE, size=0.5 if kind == "covariate" else 1.0)
    return (streams.build(pool, shift=shift, seed=first_seed + k) for k in range(n))


new_frauds = list(deal("concept", N_STREAMS))

# %% tags=["hide-input"]
described = {}
for name, first, last in (("before the change", 0, CHANGE), ("after it", CHANGE, 30)):
    part = [(one, one.rows_of(first, last)) for one in new_frauds]
    lost = [
        costs.CostModel().accept_cost(one.fraud[rows], one.amount[rows]).sum() for one, rows in part
    ]
    numbers = [len(np.unique(pool.burst[one.row[rows]])) - 1 for one, rows in part]
    described[name] = {
        "payments a day": np.mean([one.weight[rows].sum() for one, rows in part]) / (last - first),
        "bursts a day": np.mean(numbers) / (last - first),
        "frauds a day": np.mean([one.fraud[rows].sum() for one, rows in part]) / (last - first),
        "euros a day if all are accepted": np.mean(lost) / (last - first),
    }
pd.DataFrame(described).T.map("{:,.1f}".format)

# %% tags=["remove-input"]
one = new_frauds[0]
begun = [one.rows_of(0, one.n_history) for one in new_frauds]
learned_from = [
    len(np.unique(pool.burst[one.row[rows]])) - 1
    for one, rows in zip(new_frauds, begun, strict=True)
]
Markdown(
    f"{N_STREAMS} streams of {one.n_days} days, each dealt anew; the model decides from day {one.n_history} on, "
    f"after a history with complete labels, and the change comes on day {CHANGE}. The first stream holds "
    f"{one.weight.sum():,.0f} payments; {len(one) - len(np.unique(one.row))} of its rows occur twice, and "
    f"{int(one.changed.sum())} were altered. A history holds {min(learned_from)} to {max(learned_from)} bursts, so a first model has seen "
    "few ways to steal. It is logistic regression, which is trained in a few milliseconds. It blocks by one threshold, as in chapter 01: "
    "the cheapest on days that the models which choose it have not learned."
)

# %% [markdown]
# All of this uses development rows only. Two limits to keep in mind: the evening hours come from one single evening, and all streams are dealt from the same frauds. The intervals below speak of other deals of these two days, not of other frauds.
#
# ### The wrong way most people do it
#
# :::{admonition} The usual training table
# :class: pr-wrong
# ```python
# table = payments.merge(complaints, how="left")
# table["fraud"] = table["complaint"].notna()  # no complaint, no fraud
# model.fit(table[inputs], table["fraud"])
# ```
# :::
#
# The line in the middle labels three kinds of rows as good that nobody knows to be good. A payment of yesterday whose owner has not looked at the statement yet. A payment that was blocked: it cannot lead to a complaint. And so, among the latter, **every fraud that the model has caught** ({term}`selective labels` {cite:p}`lakkaraju2017`). With each retraining the model is told that its successes were mistakes.
#
# The right table leaves out what is not known: an accepted payment counts as honest only when the time to complain is over, a blocked one not at all. A third table shows what the missing labels would be worth: the review of every blocked payment finds out the truth.

# %%
often = {
    "never": retraining.Never(),
    "weekly": retraining.Scheduled(7),
    "every 2 days": retraining.Scheduled(2),
}
TABLES = {
    "known labels only": retraining.Labelling(),
    "no complaint, no fraud": retraining.Labelling(unlabelled="taken as honest"),
    "reviews find out": retraining.Labelling(confirmed=1.0),
}
by_table = {}
for name, labelling in TABLES.items():
    by_table[name] = retraining.daily(
        new_frauds, often, delays=[1], labelling=labelling, tell=progress.line(name), **AT_ONCE
    )


# %%
def a_day(days, policy):
    """Euros per day that a policy costs on each stream, without its retrainings."""
    return days[days["policy"] == policy].groupby("stream")["cost"].mean()


right, usual, reviewed = by_table.values()
never_bill = retraining.over_streams(a_day(right, "never"))


def gap(one, other, *, asked):
    """Return how much more one policy costs than another, one of so many comparisons."""
    return retraining.over_streams(one - other, level=intervals.joint_level(asked))


against_known = {
    (name, policy): gap(a_day(table, policy), a_day(right, policy), asked=5)
    for name, table in by_table.items()
    for policy in ("weekly", "every 2 days")
}

# %% tags=["hide-input"]
pd.DataFrame(
    {
        (policy, name): {
            "€ a day": f"{retraining.over_streams(a_day(by_table[name], policy)):.0f}",
            "more than with known labels": f"{more:+z.0f}" if more.half_width else "",
        }
        for (name, policy), more in against_known.items()
    }
).T.sort_index(level=0, sort_remaining=False).rename_axis(["retrained", "training table"])

# %% tags=["remove-input"]
MORE = {"above": "costs more", "below": "costs less"}
toy, toy_often = (
    against_known["no complaint, no fraud", policy] for policy in ("weekly", "every 2 days")
)
than_never = gap(a_day(usual, "every 2 days"), a_day(right, "never"), asked=5)
labels_worth = against_known["reviews find out", "every 2 days"]
told_of = {
    name: intervals.verdict(found, asked=5, **MORE)
    for name, found in (
        ("weekly", toy),
        ("often", toy_often),
        ("never", than_never),
        ("reviews", labels_worth),
    )
}

# %% tags=["remove-input"]
Markdown(
    f"Labels here take one day, and a retraining is free. Never to retrain costs {never_bill:.0f} € a day. With the usual "
    f"table instead of known labels a weekly retraining is {toy:+z.0f} € a day ({told_of['weekly']}), and "
    f"one every two days {toy_often:+z.0f} € ({told_of['often']}). "
    + f"Against never, all that work comes to {than_never:+z.0f} € a day ({told_of['never']}).\n\n"
    "And if every review found out the truth? Then the bill of a retraining every two days changes by "
    f"{labels_worth:+z.0f} € a day ({told_of['reviews']}). "
    + {
        "costs less": "A blocked payment is where the model is surest of fraud, and its label is worth money.",
        "costs more": "More labels, and a higher bill: we have not found out why.",
        intervals.UNTOLD: "What those labels are worth, these streams cannot tell.",
    }[told_of["reviews"]]
    + " From here on only known labels are used, and reviews settle nothing."
)  # fmt: skip

# %% [markdown]
# ### Signals
#
# Somebody has to ring the bell. Three candidates, each cheap enough for every morning:
#
# - **reported frauds**: complaints that came in during the last two days. It needs labels, so it comes late.
# - **inputs**: how far yesterday's inputs are from those of the week before the model began, the largest Kolmogorov–Smirnov distance of a column, read at the deciles. It needs no label. Any detector of this chapter can stand in its place: it is a function of two data frames.
# - **blocked**: a change in the number of blocked payments. Reviewers see that first.
#
# A threshold is not picked by eye. Each is set so that on streams *without* any change there is half a {term}`false alarm` a month, and it is then judged on other streams.

# %%
signals = {
    "reported frauds": retraining.Reports(),
    "inputs": retraining.Inputs(),
    "blocked": retraining.Blocked(),
}
one_day = retraining.Labelling(delay=1)
calm = deal("none", N_WATCHED, first_seed=1000)
practice = monitoring.watch(
    calm, signals, labelling=one_day, tell=progress.line("Thresholds"), **AT_ONCE
)
thresholds = monitoring.threshold(practice, false_alarms=0.5)
everything = chain.from_iterable(deal(kind, N_WATCHED) for kind in streams.KINDS)
watched = monitoring.watch(
    everything, signals, labelling=one_day, tell=progress.line("Signals"), **AT_ONCE
)
heard = monitoring.performance(watched, thresholds, first=CHANGE)
calls = monitoring.false_alarms(watched[watched["shift"] == "none"], thresholds)
# Each signal is asked about each change: by Bonferroni one p-value must be so small.
ALPHA = 1 - intervals.joint_level(len(signals) * len(KINDS))

# %% [markdown]
# Besides the new frauds, the streams now hold two other changes and none. *Fewer large payments*: half of the honest payments above the median amount stay away; what is fraud stays what it was ({term}`covariate shift`). *Broken input*: one column, the one that the model leans on most in this data, arrives as zero.

# %% tags=["hide-input"]
changes = {**KINDS, "none": "no change"}
figure, panels = plt.subplots(len(signals), 1, sharex=True, figsize=(5.0, 1 + 1.65 * len(signals)))
heard_of = heard.set_index("shift").groupby("signal", sort=False)
for (signal, found_of), axes in zip(heard_of, panels, strict=True):
    part = found_of.loc[[*changes]]
    table = plots.ends({signal: dict(zip(changes.values(), part["alarmed"], strict=True))})
    shades = [COLOURS["grey" if kind == "none" else "blue"] for kind in changes]
    sns.pointplot(
        table, x="value", y="at", hue="at", palette=shades, err_kws={"alpha": 0.45},
        **plots.ENDS, ax=axes,
    )  # fmt: skip
    for place, (_, row) in enumerate(part.iterrows()):
        late = (
            f"{row['delay']:g} day{'' if row['delay'] == 1 else 's'}"
            if row["delay"]
            else "no delay"
        )
        axes.text(1.04, place, f"after {late}" if row["p_value"] <= ALPHA else "", va="center")
    axes.set_title(signal, fontsize=9.5, fontweight="normal", pad=4)
    axes.set(xlim=(-0.02, 1.32), ylabel="", xticks=[0, 0.25, 0.5, 0.75, 1])
    axes.set_xlabel("share of streams in which it alarms afterwards")
figure.suptitle("Who hears what?", x=0.01, ha="left", fontsize=10.5, fontweight="bold")
show(
    figure,
    alt=(
        "For each signal, the share of streams in which it alarms after the change, with 95 % interval. "
        + "; ".join(
            f"{row.signal}, {KINDS.get(row.shift, 'no change')}: {row.alarmed:.0%}"
            for row in heard.itertuples()
        )
        + "."
    ),
)

# %% tags=["remove-input"]
at = heard.set_index(["signal", "shift"])


def hears(signal, kind):
    """Tell whether a signal alarms more often after a change than without one."""
    return at.loc[(signal, kind), "p_value"] <= ALPHA


def told(signal, kind):
    """Say in which share of the streams a signal hears a change, and how late if it does."""
    share, delay = at.loc[(signal, kind), ["alarmed", "delay"]]
    late = f", with a median delay of {delay:g} day{'' if delay == 1 else 's'}"
    return f"in {share:.0%} of the streams{late if hears(signal, kind) else ''}"


deaf = [f"“{name}”" for name in signals if not any(hears(name, kind) for kind in KINDS)]

# %% tags=["remove-input"]
needs_labels = hears("reported frauds", "concept") and not hears("inputs", "concept")
Markdown(
    f"“Reported frauds” alarms after the new frauds {told('reported frauds', 'concept')}; “inputs” {told('inputs', 'concept')}. "
    f"After the broken input, “inputs” alarms {told('inputs', 'bug')}; “reported frauds” {told('reported frauds', 'bug')}. "
    + (
        "**The signal that watches the inputs does not see the change that costs most**: a handful of frauds among thousands of "
        "payments moves no column. And the signal that sees it has to wait for labels. "
        if needs_labels else ""
    )
    + (f"After none of the changes is {' or '.join(deaf)} told apart from calm streams. " if deaf else "")
    + "A delay is given only where an alarm is told apart. The grey rows are streams without a change, where every alarm is false: "
    "a burst of a kind that the young model has never met brings many reports in a day. "
    "On calm days false alarms come "
    + ", ".join(f"{calls[name]:.1f} times a month ({name})" for name in signals)
    + f". Whoever listens to all three is called for nothing on {calls[monitoring.ANY]:.1f} mornings a month. "
    "These numbers are about the plan around a model. They were measured with models that learn inside the streams, of another "
    "family than the one that ships: that one has learned from the very rows that the streams are dealt from."
)  # fmt: skip

# %% [markdown]
# ### Never, scheduled, triggered, oracle
#
# Now the policies. *Weekly* and *every 2 days* retrain by the calendar. *On reported frauds* and *on inputs* retrain when the signal reaches its threshold, and then rest for three days. The *{term}`oracle`* knows all labels at once, those of blocked payments too, and picks in hindsight the cheapest of all sequences of retraining days; to find it takes dynamic programming {cite:p}`mahadevan2023`. No schedule does better even with all labels, so it says how much there is to win.

# %%
on_alarm = {
    f"on {name}": retraining.Triggered(thresholds[name], signal) for name, signal in signals.items()
}
policies = [*often, "on reported frauds", "on inputs"]
DELAYS, PRICES = [0, 1, 7], [0, 50, 100, 200, 400, 700, 1000]
after_a_day = pd.concat([right, retraining.daily(new_frauds, on_alarm, delays=[1], **AT_ONCE)])
sooner_or_later = retraining.daily(
    new_frauds, often | on_alarm, delays=[0, 7], tell=progress.line("Policies"), **AT_ONCE
)
days = pd.concat([after_a_day, sooner_or_later])
days = days[days["policy"].isin(policies)]
oracle = retraining.hindsights(new_frauds, tell=progress.line("Oracle"), **AT_ONCE)
bills = retraining.bills(days, retraining_costs=PRICES, oracle=oracle)
saved = retraining.summary(bills)

# %% tags=["remove-input"]
so_far = retraining.saved_so_far(days[days["delay"] == 1])
last = so_far[so_far["day"] == so_far["day"].max()].set_index("policy")
band = so_far.melt(["policy", "day"], ["low", "saved", "high"])
figure, axes = plt.subplots(figsize=(5.0, 3.8))
sns.lineplot(
    x=band["day"] - CHANGE, y=band["value"], hue=band["policy"], style=band["policy"],
    err_kws={"alpha": 0.15, "lw": 0}, **plots.ENDS, ax=axes,
)  # fmt: skip
axes.axvline(0, color=INK["light"], lw=1, ls="--")
axes.set(title="What has each policy saved, if labels take a day?")
axes.set(xlabel="days since the change", ylabel="euros saved so far against never")
axes.yaxis.set_major_formatter("{x:,.0f}")
sns.move_legend(axes, "upper left", title=None)
show(
    figure,
    alt=(
        "Euros saved against never retraining, added up from the first day, over days since the change, with "
        "95 % interval. On the last day: "
        + "; ".join(
            f"{name} {row.saved:z,.0f} € [{row.low:z,.0f}, {row.high:z,.0f}]"
            for name, row in last.iterrows()
        )
        + "."
    ),
)

# %% tags=["remove-input"]
gain = so_far[so_far["day"] < CHANGE].groupby("policy").last().loc["every 2 days"]
less, most = (gain.low, gain.high) if gain.saved > 0 else (-gain.high, -gain.low)
Markdown(
    f"Before the change, to retrain every two days {'saves' if gain.saved > 0 else 'costs'} {abs(gain.saved):,.0f} € [{less:z,.0f}, {most:z,.0f}] in "
    f"{CHANGE - one.n_history} days, though nothing has changed: "
    + (
        "a young model gains from every further burst."
        if gain.low > 0
        else "not told apart from nothing."
    )
    + " After the change the curves part. "
    + (
        "“On inputs” waits for a bell that does not ring for this."
        if not hears("inputs", "concept")
        else ""
    )
)

# %% [markdown]
# ### Label delay and the price of a retraining
#
# Two things decide between the policies, and neither is a property of the model: how long labels take, and what a retraining costs.

# %% tags=["remove-input"]
free, dear = (
    saved[saved["retraining_cost"] == price].set_index(["delay", "policy"])["saved"]
    for price in (0, PRICES[-1])
)


def when(delay):
    """Say when labels come."""
    return f"labels after {delay:g} day{'' if delay == 1 else 's'}" if delay else "labels at once"


# The same with intervals that hold together, for verdicts: four policies at three delays.
asked = len(DELAYS) * (len(policies) - 1)
jointly = retraining.summary(
    bills[(bills["retraining_cost"] == 0) & (bills["policy"] != "oracle")],
    level=intervals.joint_level(asked),
).set_index(["delay", "policy"])["saved"]

# %% tags=["hide-input"]
priced = saved[saved["policy"] != "never"]
priced = priced.assign(euros=[each.estimate for each in priced["saved"]])
figure, panels = plt.subplots(2, 2, sharex=True, sharey=True, figsize=(5.0, 5.4))
for (delay, part), axes in zip(priced.groupby("delay"), panels.flat, strict=False):
    sns.lineplot(
        part, x="retraining_cost", y="euros", hue="policy", style="policy", ax=axes,
        legend=axes is panels[0, 0],
    )  # fmt: skip
    # Where retrainings are free, intervals beside each other: bands would lie on each other.
    for place, (each, line) in enumerate(zip(free[delay].drop("never"), axes.lines, strict=False)):
        axes.vlines(-25 * (place + 1), each.low, each.high, color=line.get_color(), lw=3)
    axes.axhline(0, color=INK["light"], lw=1, ls="--")
    axes.set_title(when(delay), fontsize=9.5, fontweight="normal", pad=4)
    axes.set(xlabel="euros for each retraining", ylabel="")
    axes.tick_params(labelbottom=True)
panels[1, 1].axis("off")
handles, policies_drawn = panels[0, 0].get_legend_handles_labels()
panels[0, 0].get_legend().remove()
panels[1, 1].legend(handles, policies_drawn, loc="center")
figure.suptitle(
    "What does each policy save, at which price?", x=0.01, ha="left", fontsize=10.5, weight="bold"
)
figure.supylabel("euros a day saved against never", fontsize=9.5)
show(
    figure,
    alt=(
        "Euros a day saved against never retraining, against the price of a retraining, one panel for each label "
        "delay. With free retrainings: "
        + "; ".join(
            f"{when(delay)}, {name} {value:z.0f}"
            for (delay, name), value in free.items()
            if name != "never"
        )
        + f". At {PRICES[-1]:,} € each: "
        + "; ".join(
            f"{when(delay)}, {name} {value:z.0f}"
            for (delay, name), value in dear.items()
            if name != "never"
        )
        + "."
    ),
)

# %% tags=["hide-input"]
made_at_least = saved.groupby("policy")["retrainings"].min()
at_work = [name for name in policies[1:] if made_at_least[name] > 0]
even = {
    delay: {name: retraining.break_even(bills, policy=name, delay=delay) for name in at_work}
    for delay in DELAYS
}
even = {
    delay: {
        name: f"{price:,.0f}" if price.estimate > 0 else "none: it does not save"
        for name, price in prices.items()
    }
    for delay, prices in even.items()
}
pd.DataFrame(even).T.rename_axis("label delay (days)").add_suffix(": never is as cheap at (€ each)")

# %% tags=["hide-input"]
flips = retraining.cheapest_by_price(bills)
flips["price"] = [
    f"above {row.above:,.0f} €"
    if np.isinf(row.up_to)
    else f"{row.above:,.0f} to {row.up_to:,.0f} €"
    for row in flips.itertuples()
]
settings = len(DELAYS) * len(PRICES)
leads = retraining.cheapest(bills, level=intervals.joint_level(settings))
flips.groupby("delay").apply(
    lambda part: "; ".join(f"{row.policy} ({row.price})" for row in part.itertuples()),
    include_groups=False,
).rename("cheapest on average, by the price of a retraining").rename_axis(
    "label delay (days)"
).to_frame()

# %% tags=["remove-input"]
sure = leads[leads["resolved"]]

reports = {
    delay: retraining.break_even(bills, policy="on reported frauds", delay=delay)
    for delay in DELAYS
}
best_free = {
    delay: max(free[delay].drop("oracle"), key=lambda saved: saved.estimate) for delay in DELAYS
}
by_delay = dict(iter(days.groupby("delay")))
sooner = gap(a_day(by_delay[7], "every 2 days"), a_day(by_delay[1], "every 2 days"), asked=2)
oftener = gap(a_day(by_delay[7], "weekly"), a_day(by_delay[7], "every 2 days"), asked=2)
worth_more = {
    name: intervals.verdict(found, asked=2, above="saves", below="costs")
    for name, found in (("sooner", sooner), ("oftener", oftener))
}


# %% tags=["remove-input"]
helps = {
    delay: [
        f"“{name}”"
        for name in policies[1:]
        if intervals.verdict(jointly[delay, name], asked=asked, above="saves") == "saves"
    ]
    for delay in DELAYS
}
Markdown(
    f"Never retraining costs as much as “on reported frauds” at {reports[0]:,.0f} € a retraining with labels at once, and at "
    f"{reports[DELAYS[-1]]:,.0f} € with labels after {DELAYS[-1]} days. With free retrainings the oracle saves "
    f"{free[0, 'oracle']:.0f} € a day, the best policy {best_free[0]:.0f} € with labels at once and {best_free[DELAYS[-1]]:.0f} € with labels after {DELAYS[-1]} days. "
    "Told apart from never, by intervals that hold together: "
    + "; ".join(f"{' and '.join(names) or 'none'} ({when(delay)})" for delay, names in helps.items())
    + f". For whoever retrains every two days, labels after one day instead of {DELAYS[-1]} are worth {sooner:z.0f} € a day "
    f"({worth_more['sooner']}). To go from weekly to every two days, with labels after {DELAYS[-1]} days, is worth {oftener:z.0f} € ({worth_more['oftener']}). "
    + "The lead of the cheapest over the runner-up is told apart from nothing "
    + ("; ".join(f"with {when(delay)} at {', '.join(f'{price:,.0f}' for price in part['retraining_cost'])} €" for delay, part in sure.groupby("delay")) or "at none of the prices drawn here")
    + ". Elsewhere the choice may rest on other grounds, such as who has to get up at night."
)  # fmt: skip

# %% [markdown]
# ### Alert = retrain?
#
# The same policies after the other changes, and after none. Labels take a day and a retraining is free, so this is the most that retraining could be worth.

# %%
answers = {name: often[name] for name in ("never", "every 2 days")} | on_alarm
dealt_days = {
    kind: after_a_day
    if kind == "concept"
    else retraining.daily(
        deal(kind, N_STREAMS),
        answers,
        delays=[1],
        tell=progress.line(KINDS.get(kind, "no change")),
        **AT_ONCE,
    )
    for kind in streams.KINDS
}
# Four answers to four kinds of change, each against never: their intervals hold together.
OF = 16
worth_it = {
    kind: retraining.summary(
        retraining.bills(table[table["policy"].isin(answers)]), level=intervals.joint_level(OF)
    ).set_index("policy")
    for kind, table in dealt_days.items()
}

# %% tags=["hide-input"]
pd.DataFrame(
    {
        KINDS.get(kind, "no change"): {
            "never costs (€ a day)": f"{table.loc['never', 'total']:.0f}",
            **{
                f"saved: {name}": f"{table.loc[name, 'saved']:z.0f}"
                for name in table.index.drop("never")
            },
        }
        for kind, table in worth_it.items()
    }
).T.rename_axis("change")

# %% tags=["remove-input"]
harmless = worth_it["covariate"].loc["on inputs", "saved"]
broken = gap(a_day(dealt_days["bug"], "never"), a_day(dealt_days["none"], "never"), asked=1)
relearned = worth_it["bug"].loc["on inputs", "saved"]
does = {
    name: intervals.verdict(found, asked=OF, above="saves", below="costs")
    for name, found in (("harmless", harmless), ("relearned", relearned))
}
Markdown(
    f"The signal “inputs” alarms when large payments have become fewer {told('inputs', 'covariate')}. To "
    f"retrain at its alarms saves {harmless:z.0f} € a day ({does['harmless']}). "
    + (
        "**A true alarm, and nothing to do.** "
        if hears("inputs", "covariate") and does["harmless"] != "saves"
        else ""
    )
    + f"The broken input changes the bill by {broken:+z.0f} € a day ({intervals.verdict(broken, **MORE)}); whoever has the feed repaired gets all "
    f"of it back. To retrain around it at the alarms of “inputs” saves {relearned:z.0f} € ({does['relearned']}). An alarm is a "
    "question. Retraining is one of the answers. (Table: intervals of all its answers hold together with 95 %.)"
)

# %% [markdown]
# ### The monitoring plan
#
# What remains is to write down who is called by what, and what happens then. The words for duties are ours. Thresholds, delays, false alarms and advice come from the results above: a signal is listed as seeing a change only if it alarms more often than on streams without one (by Fisher's exact test, corrected for the number of questions), and “retrain” stands there only if the whole interval of what that saves is above zero.

# %%
duties = {
    "reported frauds": (
        "frauds reported a day, mean of the window", "fraud team, lead analyst",
        "Read the reports of the window: one pattern or many? Look for it among accepted payments."),
    "inputs": (
        "largest distance of an input from the reference week (0 to 1)", "data engineering, on call",
        "Name the input. Ask the owner of its feed: broken or new? Repair what is broken."),
    "blocked": (
        "change of blocked payments a day (difference of roots)", "review team, shift lead",
        "Check the queue and the staff; compare with the other two signals."),
}  # fmt: skip
plan = monitoring.plan(
    heard, duties=duties, signals=signals, thresholds=thresholds, kinds=KINDS,
    saved={
        (name, kind): worth_it[kind].loc[f"on {name}", "saved"] for name in signals for kind in KINDS
    },
    instead={"bug": ("repair it", broken)}, alpha=ALPHA,
)  # fmt: skip

# %% tags=["hide-input"]
Markdown(
    "\n\n".join(
        "\n".join([f"**{name}**", "", *(f"- *{what}*: {told}" for what, told in row.items())])
        for name, row in plan.iterrows()
    )
)

# %% [markdown]
# Two lines that no result gives. The plan has an owner, too, and a date on which its thresholds are set anew, since they were set on yesterday's calm. And every retrained model passes the same {term}`gate` as the first: chapter 08.

# %% tags=["remove-cell"]
told_at = {
    "chapter": "06",
    "data_digest": payments.attrs["sha256"],
    "n": len(development),
    "split": "development",
}

# %% tags=["remove-cell"]
by_t = f"mean of {N_STREAMS} streams of {one.n_days} days dealt from the development rows, bursts whole, paired, Student's t"
OVER = "streams share their rows: each whole stream is one draw"
for claim, interval, unit, how in (
    ("no complaint taken as no fraud: cost of retraining every 2 days", toy_often, "€ per day", by_t),
    ("retraining on reported frauds against never, new frauds, labels after a day",
     jointly[1, "on reported frauds"], "€ per day", by_t),
    ("retraining every 2 days against never, nothing changes", worth_it["none"].loc["every 2 days", "saved"], "€ per day", by_t),
    ("retraining on inputs against never, fewer large payments", harmless, "€ per day", by_t),
    ("break-even price of retraining on reported frauds, labels after a day", reports[1], "€ per retraining",
     "euros saved over retrainings, bootstrap of streams"),
    ("new frauds heard by the signal of reported frauds", at.loc[("reported frauds", "concept"), "alarmed"],
     "share of streams", "exact binomial; thresholds from other streams"),
):  # fmt: skip
    row = {"unit": unit, "how": how, "because": OVER, "may_differ": FEWER}
    evidence.record(claim, interval.estimate, interval, **row, **told_at)

# %% tags=["remove-cell"]
for name, of in (
    ("reported frauds", "the signal of reported frauds"),
    ("inputs", "the signal of inputs"),
    ("blocked", "the signal of blocked payments"),
    (monitoring.ANY, "any of the three signals"),
):
    evidence.record(
        f"false alarms of {of}", calls[name].estimate, calls[name], unit="per month",
        how="counted on calm streams that chose no threshold, by models that learn inside the streams; Garwood over the design effect",
        because="alarms of one stream hang together: counts of whole streams", may_differ=FEWER, **told_at,
    )  # fmt: skip

# %% tags=["remove-cell"]
hears_what = {name: [KINDS[kind] for kind in KINDS if hears(name, kind)] for name in signals}
for name, kinds_heard in hears_what.items():
    evidence.conclude(
        f"which changes does the signal “{name}” hear?", ", ".join(kinds_heard) or "none",
        chapter="06", may_differ=FEWER,
    )  # fmt: skip

# %% tags=["remove-cell"]
for question, answer in (
    ("retraining every two days with the usual table, against known labels", told_of["often"]),
    ("retraining every two days with the usual table, against never", told_of["never"]),
    ("labels of all blocked payments, retraining every two days", told_of["reviews"]),
    ("labels after one day instead of seven", worth_more["sooner"]),
    ("retraining at alarms of inputs when large payments become fewer", does["harmless"]),
    *((f"policies told apart from never, {when(delay)}", ", ".join(names) or "none") for delay, names in helps.items()),
    *((f"at an alarm of {name}", row["then"].split(" (")[0]) for name, row in plan.iterrows()),
):  # fmt: skip
    evidence.conclude(question, answer, chapter="06", may_differ=FEWER)

# %% [markdown]
# ## What to decide
#
# :::{admonition} Who watches what?
# :class: pr-decide
# - **Every hour, without labels:** schema, missing values, each input's distance to *the same hour* of earlier days, the share of alerts. Whoever owns the pipeline acts on them.
# - **Every day, without labels:** the share of frauds and the promised cost: estimates of fraud of the known kind, with ranges that are too short.
# - **As labels come:** the rate of frauds with bursts allowed for, and the realised cost, which alone shows frauds that look otherwise, and slowly. So some payments are labelled at random, whatever the model said.
# - **No alarm retrains by itself.** It asks for a look at the euros first.
# :::

# %% tags=["remove-input"]
bugs = [name for name in SHIFTS if name.startswith("bug")]
without_labels = ["largest KS distance", "share of alerts (no labels)", "promised cost (no labels)"]
with_labels = ["rate of frauds (labels)", "realised cost (labels)"]
asked_there = [(name, bug) for name in without_labels for bug in bugs]
asked_there += [(name, all_new) for name in with_labels]
alarms_there = watched_streams.groupby(["detector", "shift"])["alarm"]
there = {
    one: intervals.binomial(
        int(alarms_there.get_group(one).sum()), len(alarms_there.get_group(one)),
        level=intervals.joint_level(len(asked_there)),
    )
    for one in asked_there
}  # fmt: skip
# A calibrated alarm comes in one quiet hour of twenty.
more_often = [one for one, share in there.items() if share.low > 0.05]
heard_there = {name: [bug for bug in bugs if (name, bug) in more_often] for name in without_labels}

# %% tags=["remove-input"]
largest_bug = max(SHIFTS[bug].size for bug in bugs)
sees_him = {name: (name, all_new) in more_often for name in with_labels}
Markdown(
    f"**What the laboratory heard.** The bugs tried there struck up to {largest_bug:.0%} of the payments. More often than in one hour of twenty, by intervals that hold together, "
    + "; ".join(f"the {name.split(' (')[0]} heard {' and '.join(f'“{bug}”' for bug in found) or 'none of them'}" for name, found in heard_there.items())
    + ". "
    + (
        f"So distances and the share of alerts are for larger faults{' (a whole column: the streams above)' if hears('inputs', 'bug') else ''}, and the schema comes first. "
        if not any(heard_there[name] for name in without_labels[:2])
        else ""
    )
    + (
        f"Of the alarms with labels only the realised cost sees a fraudster who changes his looks, and slowly (in {often_alarmed} of the hours where all do); the rate sees more frauds."
        if list(sees_him.values()) == [False, True]
        else f"Where all frauds change their looks, the realised cost alarms in {often_alarmed} of the hours, {'more often than in one of twenty' if sees_him[with_labels[1]] else 'not told apart from one of twenty'}; the rate sees more frauds, not other looks."
    )
)  # fmt: skip

# %% [markdown]
# :::{admonition} Take-away
# :class: pr-takeaway
# - With enough rows every p-value finds drift. Ask for the size, and give the test a null that knows of time.
# - Compare an hour with the same hour, and say how many days that rests on.
# - A tool's default may be blind where frauds are rare. Inject the change that you fear.
# - Without labels, fraud of the known kind can be estimated as well as the probabilities are calibrated today; of a new kind that says nothing.
# - Drift is not harm. Price it.
# - A row without a label is not an honest payment. Leave out what you do not know, above all what you have blocked.
# - Inputs are watched to find broken feeds. New frauds show in complaints, and those come late: get labels sooner.
# - What to do at an alarm depends on the change, on the label delay and on the price of a retraining. Work out the break-even price before you automate anything.
# :::

# %% [markdown]
# ## Exercises
#
# ```{exercise} Read it off
# :label: drift-read
#
# Which detectors would you run if you could afford three, and labels took four weeks? From the figure of alarms: which kind of shift would go unseen, and for how long?
# ```

# %% tags=["hide-cell"]
free = grid.loc[without].drop(columns="nothing").fillna(0)
trio = ["largest KS distance", "share of alerts (no labels)", "promised cost (no labels)"]
caught = free.loc[trio].max()
Markdown(
    f"For instance {', '.join(trio)}. Together they see, in most hours: {', '.join(caught.index[caught >= 0.5]) or 'nothing'}. They miss: {', '.join(caught.index[caught < 0.5]) or 'nothing'}. "
    "What only labels show goes unseen for the four weeks that labels take, and a little longer, until there are enough of them."
)

# %% [markdown]
# ```{exercise} Code it
# :label: drift-code
#
# A supplier's update sticks `V17` at one value from some moment on. Inject it into today of the laboratory with `Shift("bug: stuck", …, column="V17")` for one payment in a hundred, one in ten, and all; give its price with an interval, and the distance that a monitor of inputs would see.
#
# Call the injected days `stuck`: a dict by the share of payments, 0.01, 0.1 and 1.0.
# ```

# %% tags=["hide-cell"]
stuck, effects = {}, {}
for size in (0.01, 0.1, 1.0):
    stuck[size] = day = laboratory.inject(now, Shift("bug: stuck", size, column="V17"), seed=6)
    extra = known(now, billed(decided(day)) - plain, asked=3)
    seen = drift.scan(learned, day[INPUTS])["ks"]
    effects[f"{size:.0%} of payments"] = {
        "costs more by (€ per 1,000 payments)": f"{extra:+z,.1f}",
        "KS distance of V17": f"{seen['V17']:.3f}",
    }
pd.DataFrame(effects).T.rename_axis("V17 stuck in")

# %% tags=["remove-cell", "check"]
from casebook import checks

checks.stuck_column(stuck, today=now, column="V17")

# %% [markdown]
# ```{exercise} Argue it
# :label: drift-argue
#
# A vendor offers a dashboard that turns red when any of your inputs drifts, “so that you retrain in time”. Your manager likes it. Say in four sentences what it would have shown on the second day, what it would not show, and what you would ask the vendor to demonstrate.
# ```
#
# ```{solution} drift-argue
# :class: dropdown
#
# On the second day it would have been red for many inputs, and nobody could have said what that costs. It would have stayed green for the change that costs us most, a fraudster who pays like an honest customer, because no input moves. I would ask the vendor to take two weeks of our payments, compare each hour with the same hour of other days, and show us the alarms of weeks in which nothing was wrong; then to break one field in one payment of ten and to give half of the frauds the looks of honest payments, and show us again. If the light does not turn red then, and does turn red before, the dashboard costs us attention and buys us nothing.
# ```

# %% [markdown]
# ```{exercise} Code it
# :label: drift-explore
#
# To get labels where there are none, a bank lets a small share of the payments through that it would block, drawn by lot. Write a policy-free experiment: of the blocked payments, let reviews find out one in ten, then three in ten, then all (`Labelling(confirmed=…)`). Retrain every two days, labels after a day. What is a label of a blocked payment worth here, and why?
#
# Call the tables of days `found_out`: a dict by the share that is found out, 0, 0.1, 0.3 and 1.
# ```

# %% tags=["hide-cell"]
found_out = {0.0: right, 1.0: reviewed}
for share in (0.1, 0.3):
    labelling = retraining.Labelling(confirmed=share)
    two_days = {"every 2 days": retraining.Scheduled(2)}
    found_out[share] = retraining.daily(
        new_frauds, two_days, delays=[1], labelling=labelling, **AT_ONCE
    )
totals = {share: a_day(table, "every 2 days") for share, table in sorted(found_out.items())}
display(
    pd.DataFrame(
        {
            "€ a day": {
                f"{share:.0%}": f"{retraining.over_streams(t):.0f}" for share, t in totals.items()
            },
            "saved against none": {
                f"{share:.0%}": f"{retraining.over_streams(totals[0.0] - t):z.0f}"
                for share, t in totals.items()
            },
        }
    ).rename_axis("share of blocked payments whose truth is found out")
)

# %% tags=["hide-cell"]
gains = [gap(totals[0.0], t, asked=3) for share, t in totals.items() if share > 0]
Markdown(
    "Some of these labels save money, by intervals that hold together. The model is surest of fraud where it blocks, and without "
    "labels it never learns whether it was right there."
    if any(gain.low > 0 for gain in gains)
    else "None of these labels is told apart from nothing, by intervals that hold together. The model keeps the labelled frauds of "
    "its history, so it does not forget the pattern that it blocks. Were the history dropped after a while, these labels would be all there is."
)

# %% tags=["remove-cell", "check"]
from casebook import checks

checks.labels_found_out(found_out, none=right)

# %% [markdown]
# ```{exercise} Argue it
# :label: drift-calendar
#
# The platform team offers a retraining every night, fully automatic, for nearly nothing. “Then we need no monitoring.” What do you say? Name one change that a nightly retraining hides, and one that it makes worse.
# ```
#
# ```{solution} drift-calendar
# :class: dropdown
#
# If it is nearly free and every model passes the gate by itself, nothing speaks against it. But it answers one question out of three. A broken feed is hidden: the model learns to do without the input, the alarm of the inputs falls silent because the reference moves along, and nobody repairs it. Wrong labels are made worse: if unlabelled rows are taken as honest, every night teaches the model that what it caught yesterday was good. And someone attacking slowly is learned as normal. So monitoring stays, with a reference that does not move, and the gate stays between a new model and the customers.
# ```

# %% [markdown]
# ## Further reading
#
# - {cite:t}`gama2014`: a survey of concept drift and how to adapt to it.
# - {cite:t}`rabanser2019`: detectors of shift compared on injected shifts, with univariate tests that do surprisingly well.
# - {cite:t}`lopezpaz2017`: classifiers as two-sample tests.
# - {cite:t}`lipton2018`, {cite:t}`saerens2002` and {cite:t}`alexandari2020`: the share of frauds without labels, and why calibration matters for it.
# - {cite:t}`rao1992`: rates of clustered events; {cite:t}`phipson2010`: p-values of permutations are never zero.
# - {cite:t}`dalpozzolo2018`: delayed labels, feedback from investigators, and concept drift, by the makers of this data.
# - {cite:t}`lakkaraju2017`: the selective labels problem.
# - {cite:t}`mahadevan2023`: retraining as a decision with costs, and the optimum in hindsight.
