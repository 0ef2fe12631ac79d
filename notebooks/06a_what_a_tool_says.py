# %% [markdown]
# # What a tool says about drift
#
# Deepchecks {cite:p}`chorev2022` compares training and new rows in its *train-test validation* and judges the model in its *model evaluation*. This page, beneath [chapter 06](06_drift), runs both on the real rows, compares them with our own measures, and shows which defaults cannot see frauds at all.

# %% tags=["hide-input"]
import numpy as np
import pandas as pd
from IPython.display import Markdown
from threadpoolctl import threadpool_limits

# %% tags=["hide-input"]
from casebook import conventions, data, evidence, laboratory, mode, models, progress, split
from casebook.adapters import deepchecks
from casebook.laboratory import Shift, told_apart
from casebook.page import in_short
from prerelease import costs, drift, intervals
from prerelease.plots import use_style

use_style()
pd.options.display.max_colwidth = None
threads = threadpool_limits(1)  # on a shared machine, more threads mostly wait for each other

# %% tags=["remove-input"]
Markdown(
    f"{mode.banner()}\n\n**Less in quick mode:** Deepchecks is shown every fifth row, in the book all."
)

# %% tags=["remove-cell"]
INPUTS, COSTS = [*models.INPUTS], costs.CostModel()
payments = data.load()
train, valid = split.development(payments)
model = models.chosen().fit(train[INPUTS], train["Class"])
valid = valid.assign(score=model.predict_proba(valid[INPUTS])[:, 1])
valid["blocked"] = conventions.decide(valid, valid["score"], costs=COSTS)

# %% [markdown]
# ## Two suites on the real rows
#
# Both run through the casebook's adapter and give data frames. “Today” are the {term}`validation rows`. A few of their checks are left out, with the reason beside each.

# %%
columns = ["Time", *INPUTS, "Class"]
every = 5 if mode.is_quick() else 1
before, today = train[::every][columns], valid[::every][columns]
first_checks = ["DatasetsSizeComparison", "NewLabelTrainTest", "IndexTrainTestLeakage"]
first_checks += ["DateTrainTestLeakageDuplicates", "DateTrainTestLeakageOverlap"]
first_checks += ["FeatureLabelCorrelationChange", "FeatureDrift", "LabelDrift", "MultivariateDrift"]
SEED = {"random_state": 0}  # this check alone draws other rows each time unless it is told a seed
suite = deepchecks.validation(
    before,
    today,
    only=first_checks,
    settings={"FeatureLabelCorrelationChange": SEED},
    progress=progress.line("Train-test validation"),
)

# %%
gain = model.booster_.feature_importance("gain")
of_model = {"model": model, "importance": dict(zip(INPUTS, gain / gain.sum(), strict=True))}
usual_checks = ["RocReport", "ConfusionMatrixReport", "PredictionDrift", "SimpleModelComparison"]
usual_checks += ["CalibrationScore", "UnusedFeatures", "ModelInferenceTime"]
suite_2 = deepchecks.validation(
    before, today, only=usual_checks, progress=progress.line("Model evaluation"), **of_model
)

# %% tags=["remove-input"]
listed = pd.concat([suite, suite_2]).set_index("check")
listed[listed["status"] != "no condition"][["condition", "status", "found"]].rename(
    columns={"condition": "what it demands", "status": "it says", "found": "it found"}
)

# %% tags=["remove-cell"]
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
left_out = pd.DataFrame(
    {
        name: {"suite": suite_name, "why it is left out here": WHY[name]}
        for suite_name, (checks, run) in suites.items()
        for name in checks
        if name not in run
    }
).T.rename_axis("check")

# %% tags=["hide-output", "remove-input"]
left_out

# %% tags=["remove-cell"]
says = suite.drop_duplicates("check").set_index("check")["value"]
theirs = pd.Series({name: value["Drift score"] for name, value in says["FeatureDrift"].items()})
unsampled = {"only": ["FeatureDrift"], "settings": {"FeatureDrift": {"n_samples": None}}}
exact = deepchecks.validation(before, today, **unsampled)["value"][0]
exact = pd.Series({name: value["Drift score"] for name, value in exact.items()})
ours = drift.scan(before[INPUTS], today[INPUTS])["ks"]
apart = (exact - ours[exact.index]).abs().max()
sampled = (theirs - ours[theirs.index]).abs().max()
their_area = says["MultivariateDrift"]["domain_classifier_auc"]
our_area = told_apart(train, valid)
verdicts = pd.concat([suite, suite_2])["status"].value_counts()
so_apart = (
    "the two differ in no digit that matters"
    if apart < 1e-9
    else f"the two differ by at most {apart:.0e}"
)
limit = 0.2
over = int((theirs >= limit).sum())

# %% [markdown]
# The checks give {eval}`int(verdicts.get("pass", 0))` ticks and {eval}`int(verdicts.get("fail", 0))` crosses. Its feature drift is the same statistic as ours: with its sampling switched off, {eval}`so_apart`; with it they differ by at most {eval}`f"{sampled:.3f}"`. {eval}`over` inputs are over its limit.
#
# Its {term}`domain classifier` says {eval}`f"{their_area:.2f}"` where ours says {eval}`f"{our_area.estimate:.2f}"`: it looks at {eval}`f"{min(10_000, len(today)):,}"` rows of each side with ten shallow trees. It gives neither an interval nor anything to compare with, so a change of the hour and a change of the world look the same. [Ours has both →](06b_which_alarm_sees_what)

# %% [markdown]
# ## Defaults that mislead where frauds are rare
#
# Its defaults were made for classes of some size. Here frauds are one in hundreds, and several checks cannot see them at all. We change today's rows so that we know what a check ought to say, and read it as it comes and with the setting that mends it. The euros of each payment serve as the score that weak segments are looked for by.

# %%
many = laboratory.inject(today, Shift("prior", 20.0), seed=1)
times = round(many["Class"].mean() / today["Class"].mean())
shown = valid[::every]
in_euros = costs.row_costs(shown["Class"], shown["blocked"], shown["Amount"], costs=COSTS)
lossy = pd.Series(-in_euros, index=today.index)


# %% tags=["remove-cell"]
def with_frauds(frame, check, **settings):
    """Return what a check says of a frame against the training rows."""
    there = [name for name in columns if name in frame]
    options = {"only": [check], "settings": {check: settings}}
    options |= of_model if check == "PredictionDrift" else {}
    return deepchecks.validation(before[there], frame[there], **options).iloc[0]


def evaluate(check, **settings):
    """Run one check of the model evaluation with settings of its own."""
    return deepchecks.validation(
        before, today, only=[check], settings={check: settings}, **of_model
    ).iloc[0]


def precise(model, X, y):
    """Score as Deepchecks wants it: a function of model, inputs and labels."""
    return intervals.value(intervals.AveragePrecision(), y, model.predict_proba(X)[:, 1])


# %% tags=["remove-cell"]
few = {"n_top_features": 3}
weak_by_euros = {
    **few,
    "score_per_sample": lossy,
    "n_samples": 20_000,
    "segment_minimum_size_ratio": 0.01,
}
steps = {"num_steps": 3, "n_samples": 60_000 // every}
by_precision = {**steps, "alternative_scorer": ("AP", precise)}
balanced = {"drift_mode": "prediction", "balance_classes": True}
tick = progress.line("Deepchecks with other settings")
v14 = today[["Time", "V14", "Class"]]

# %% tags=["remove-cell"]
asked = {
    f"label drift, {times} times the frauds": (
        lambda **kw: with_frauds(many, "LabelDrift", **kw),
        {},
        {"balance_classes": True},
    ),
    f"prediction drift, {times} times the frauds": (
        lambda **kw: with_frauds(many, "PredictionDrift", **kw),
        {},
        balanced,
    ),
}

# %% tags=["remove-cell"]
asked |= {
    "has the power of V14 changed?": (
        lambda **kw: with_frauds(v14, "FeatureLabelCorrelationChange", **kw),
        SEED,
        {**SEED, "ppscore_params": {"sample": None}},
    ),
}

# %% tags=["remove-cell"]
asked |= {
    "is boosting overfitted?": (
        lambda **kw: evaluate("BoostingOverfit", **kw),
        steps,
        by_precision,
    ),
    "where is the model weak?": (
        lambda **kw: evaluate("WeakSegmentsPerformance", **kw),
        few,
        weak_by_euros,
    ),
}

# %% tags=["remove-cell"]
answers = {}
for number, (question, (call, default, mended)) in enumerate(asked.items(), start=1):
    answers[question] = call(**default), call(**mended)
    tick(number, len(asked))

# %% tags=["remove-input"]
mends = ["balance_classes=True", "drift_mode='prediction', balance_classes=True"]
mends += ["ppscore_params={'sample': None}", "alternative_scorer: average precision"]
mends += ["score_per_sample: − euros of each payment"]
pd.DataFrame(
    {
        question: {
            "as it comes": f"{first['status']}: {first['found']}",
            "the setting that mends it": mend,
            "then": f"{then['status']}: {then['found']}",
        }
        for (question, (first, then)), mend in zip(answers.items(), mends, strict=True)
    }
).T.rename_axis("question")

# %% tags=["remove-cell"]
(label_default, label_mended), *_, (weak_default, weak_mended) = answers.values()
unmerged = with_frauds(many, "LabelDrift", min_category_size_ratio=0.0)["value"]["Drift score"]
their_limit, share = 0.15, many["Class"].mean()
least, most = 2 * their_limit**2 / (1 + their_limit**2), np.sqrt(share / (2 - share))
accuracy = 1 - today["Class"].mean()
weak = weak_mended["value"] or {"weak_segments_list": pd.DataFrame()}
segments = weak["weak_segments_list"]
so_weak = (
    "With the euros of each payment as its score it finds nothing, either."
    if segments.empty
    else f"With minus the euros of each payment as its score it lists {len(segments)} of them; in the weakest a payment costs "
    f"{-segments['Average Score Per Sample'].min():,.2f} €, where it costs {-weak['avg_score']:,.2f} € among all that it drew."
)
runs = "does not run" if weak_default["status"] == "did not run" else "runs"
score = label_default["value"]["Drift score"]

# %% [markdown]
# **{eval}`times` times as many frauds, and the label drift says {eval}`label_default["status"]`**, with a score of {eval}`f"{score:.3f}"`. The score is Cramér's V of two tables of counts, made equally large. For a class that was never there before and now has the share p it is √((p/2) / (1 − p/2)). At {eval}`f"{100 * share:.1f} %"` that is at most {eval}`f"{most:.3f}"`; to reach the limit of {eval}`f"{their_limit:g}"` it takes {eval}`f"{100 * (least):.1f} %"` of frauds, however few there were.
#
# Classes below a hundredth of the rows are merged before that. It is not the cause here: without merging the score is {eval}`f"{unmerged:.3f}"`. Weighing both classes alike, with `balance_classes=True`, it says {eval}`label_mended["status"]`.
#
# - **Overfitting** is scored by accuracy. A model that lets every fraud pass has an accuracy of {eval}`f"{accuracy:.4f}"`, so nothing that it could lose would show.
# - **Predictive power** is estimated from {eval}`f"{deepchecks.PPS_ROWS:,}"` rows, about {eval}`f"{deepchecks.PPS_ROWS * before['Class'].mean():.0f}"` of them fraud.
# - **Weak segments:** the search {eval}`runs` as it comes, since its error model finds next to no errors to learn from. {eval}`so_weak`
#
# None of this is a fault of the arithmetic. It is a tick that answers another question than the one in your head.

# %% [markdown]
# ## Label drift, by the number of frauds
#
# How does it go on with fewer frauds, or more? Rows are dealt into a reference and today, in a [world in which nothing else changes](06b_which_alarm_sees_what), and today's frauds are multiplied.

# %% tags=["remove-cell"]
lab = laboratory.world(pd.concat([train, valid]))
reference, now = lab.reference, lab.now
FACTORS = (0.5, 1.0, 2.0, 5.0, 20.0)
drawn = {
    factor: laboratory.inject(now, Shift("prior", factor), seed=3)["Class"] for factor in FACTORS
}


def scores(label):
    """Return the tool's score under three settings, and the change of the rate with its test."""
    kinds = {
        "Deepchecks as it comes (fails from 0.15)": {},
        "without merging": {"min_category_size_ratio": 0.0},
        "balance_classes=True": {"balance_classes": True},
    }
    found = {
        name: f"{deepchecks.label_drift(reference['Class'], label, **options):.3f}"
        for name, options in kinds.items()
    }
    change = drift.label_rate_change(
        reference["Time"], reference["Class"], now["Time"], label, n_permutations=1999
    )
    found["rate today over rate before, bursts allowed for"] = f"{change.ratio:.2f}"
    return found | {"p, blocks exchanged": f"{change.p_value:.2g}"}


# %% tags=["remove-input"]
pd.DataFrame({f"{factor:g} times the frauds": scores(label) for factor, label in drawn.items()}).T

# %% tags=["remove-cell"]
in_lab = deepchecks.label_drift(reference["Class"], drawn[FACTORS[-1]])
both_below = (
    "Both are below the limit." if max(in_lab, score) < their_limit else "The limit is between."
)

# %% [markdown]
# At {eval}`f"{FACTORS[-1]:g}"` times the frauds the tool's score is {eval}`f"{in_lab:.3f}"` here and {eval}`f"{score:.3f}"` above: the laboratory holds the frauds of both days, and today has fewer to begin with. {eval}`both_below`

# %% tags=["remove-cell"]
said = f"{label_default['status']}, balanced {label_mended['status']}"
evidence.conclude("Deepchecks' label drift at 20 times the frauds", said, chapter="06a")

# %% tags=["remove-input", "in-short"]
in_short(
    question="What does a drift tool say here, and which of its defaults mislead?",
    answer=(
        f"At **{times} times the frauds** its label drift says “{label_default['status']}”, with a score of {score:.3f} "
        f"against a limit of {their_limit:g}; with `balance_classes=True` it says “{label_mended['status']}”."
    ).replace("`", ""),
    decision="Use it, with settings that can see a rare class, and inject the change that you fear before you trust a tick.",
)

# %% [markdown]
# [Back to chapter 06](06_drift)
