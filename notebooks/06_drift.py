# %% [markdown]
# # Data and label drift
#
# :::{admonition} This chapter
# :class: pr-overview
# **The question:** how will we know that the world has moved?
#
# **Afterwards you can** tell a change of the payments from a change of the hour; test a thousand rows or a million without finding drift everywhere; say what fraud is doing before any label arrives, and when such an estimate lies; know which alarm sees which kind of shift, how often it cries wolf and how late it comes; and read a tool's green tick for what it is worth.
#
# **You need** chapters 01 and 02 (the {term}`cost model`, blocks of time, the {term}`test ledger`). **Time:** an hour to read, a few minutes to run.
# :::

# %%
from collections import defaultdict
from functools import cache
from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown
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
    plots,
    progress,
    split,
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
Markdown(
    f"{mode.banner()}\n\n**Less in quick mode:** Deepchecks is shown every fifth row, in the book all."
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
        "So distances and the share of alerts are for larger faults, and the schema comes first. "
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
# - What to do at an alarm is a question of its price: [the next chapter](07_retraining).
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
# ## Further reading
#
# - {cite:t}`gama2014`: a survey of concept drift and how to adapt to it.
# - {cite:t}`rabanser2019`: detectors of shift compared on injected shifts, with univariate tests that do surprisingly well.
# - {cite:t}`lopezpaz2017`: classifiers as two-sample tests.
# - {cite:t}`lipton2018`, {cite:t}`saerens2002` and {cite:t}`alexandari2020`: the share of frauds without labels, and why calibration matters for it.
# - {cite:t}`rao1992`: rates of clustered events; {cite:t}`phipson2010`: p-values of permutations are never zero.
# - {cite:t}`dalpozzolo2018`: delayed labels, feedback from investigators, and concept drift, by the makers of this data.
