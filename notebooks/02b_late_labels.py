# %% [markdown]
# # Labels that come late
#
# Back to [representative metrics](02_representative_metrics). In production a model learns from what is *known*, decides on the next stretch of time, and moves on ({term}`prequential evaluation`) {cite:p}`dawid1984,leborgne2022`. What is known depends on how long labels take.

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown
from threadpoolctl import threadpool_limits

from casebook import conventions, data, evidence, leaks, mode, models, plots, progress, split
from casebook.page import in_short, signed
from prerelease import costs as money
from prerelease import intervals, splits
from prerelease.plots import show, use_style

use_style()
threads = threadpool_limits(1)  # where a machine is shared, more threads mostly wait for each other

# %% tags=["remove-input"]
CLOSE = (
    "an interval that ends next to zero may hold it when models learn from fewer honest payments"
)
Markdown(
    f"{mode.banner()}\n\n**Less in quick mode:** the two shorter delays may end otherwise: {CLOSE}."
)

# %% [markdown]
# ## A walk through time
#
# We test on three stretches of time. Each is as long as the validation rows, and the last one is the validation rows themselves. Then we let labels take ever longer. All of it is done on {term}`development rows`.

# %%
payments = data.load()
rows = pd.concat(split.development(payments))
length, hour = split.VALID_END - split.TRAIN_END, 3600.0


def walk(delay):
    """Return what is known and what is decided on, for each of three stretches."""
    splitter = splits.PrequentialSplit(3, length, end=split.VALID_END, label_delay=delay * hour)
    return list(splitter.split(rows, groups=rows["Time"]))


# %% tags=["remove-cell"]
DELAYS, OLDER, DEALS = [0, 6, 12, 18], 6, 1 if mode.is_quick() else 5
labels, weights = rows["Class"].to_numpy(), data.sampling_weights(rows)
fewer_trees = {"n_estimators": 100, "learning_rate": 0.1} if mode.is_quick() else {}
model, costs = models.boosted(**fewer_trees), money.CostModel()
walks = {delay: walk(delay) for delay in DELAYS}

# %% [markdown]
# A longer delay takes away three things: the *latest* rows, *hours of the day*, and simply *rows*. Two controls get as few rows as the longest delay leaves, drawn at random. One draws from all of the past, up to the last minute; the other from all of it but the last {eval}`OLDER` hours. If freshness were the point, the second would do worse than the first.


# %%
def as_few(pool, seed):
    """Learn from as few rows as the longest delay leaves, drawn at random from a pool."""
    rng = np.random.default_rng(seed)
    return [
        leaks.Fit(model, np.sort(rng.choice(known, len(late), replace=False)), asked)
        for (known, asked), (late, _) in zip(walks[pool], walks[DELAYS[-1]], strict=True)
    ]


# %% tags=["remove-cell"]
controls = {f"{pool} h, draw {k}": as_few(pool, k) for pool in (0, OLDER) for k in range(DEALS)}
jobs = {str(delay): leaks.fits(model, folds) for delay, folds in walks.items()} | controls
if mode.is_quick():
    jobs = {name: leaks.thinned_fits(labels, fits, share=0.2) for name, fits in jobs.items()}
scored = leaks.score_runs(rows, jobs, tell=progress.line("Label delays"))

# %% tags=["remove-cell"]
read_late = leaks.judge_all(rows, scored[[str(delay) for delay in DELAYS]], costs=costs)
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
        }
        for delay in DELAYS
        for found in [read_late[str(delay)]["average precision"]]
    ]
).set_index("delay")
by_delay["change"] = [
    leaks.difference(rows, scored[str(delay)], scored["0"], asked=len(DELAYS) - 1)
    for delay in DELAYS
]

# %% tags=["remove-cell"]
longest_delay = scored[str(DELAYS[-1])]
fresh, older = ([scored[f"{pool} h, draw {k}"] for k in range(DEALS)] for pool in (0, OLDER))
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
late_words = intervals.verdicts({d: by_delay.loc[d, "change"] for d in DELAYS[1:]})

# %% [markdown]
# ## What a delay costs

# %% tags=["hide-input"]
pd.DataFrame(
    {
        "training rows known (mean)": by_delay["rows"].map("{:,}".format),
        "frauds known, by stretch": [", ".join(map(str, learned[d])) for d in DELAYS],
        "average precision": [f"{read_late[str(d)]['average precision']:.3f}" for d in DELAYS],
        "change against no delay": ["–", *by_delay["change"].iloc[1:].map(signed)],
        "saved (€ per 1,000)": [f"{read_late[str(d)]['saved']:.0f}" for d in DELAYS],
    }
).set_axis(by_delay.index).rename_axis("label delay (h)")

# %% tags=["remove-cell"]
stretches = {}
for _, asked in walks[0]:
    part, begin = rows.iloc[asked], rows["Time"].iloc[asked[0]] / hour
    how = conventions.drawn(part["Time"]) | {"sample_weight": weights[asked]}
    precision = intervals.AveragePrecision()
    found = {
        delay: intervals.bootstrap(precision, part["Class"], scored[str(delay)].iloc[asked], **how)
        for delay in DELAYS
    }
    stretches[f"from hour {begin:.0f} ({part['Class'].sum()} frauds)"] = pd.DataFrame(
        {
            delay: {key: getattr(each, key) for key in ("estimate", "low", "high")}
            for delay, each in found.items()
        }
    ).T


# %% tags=["remove-cell"]
def by_hours(series):
    """Draw average precision against label delay, with intervals beside each other."""
    table = plots.ends({name: dict(of.T.items()) for name, of in series.items()})
    figure, axes = plt.subplots()
    look = {"markers": [*"os^D"], "linestyles": ["-", "--", ":", "-."], **plots.ENDS}
    sns.pointplot(
        table, x="at", y="value", hue="series", native_scale=True, dodge=0.5, lw=1.5,
        err_kws={"lw": 3, "alpha": 0.45}, **look, ax=axes,
    )  # fmt: skip
    axes.set(title="What does it cost when labels come late?", xlabel="label delay (hours)")
    axes.set_ylabel("average precision, with 95 % interval")
    axes.set_xticks(DELAYS)
    sns.move_legend(axes, "lower left", title=None)
    return figure


# %% tags=["remove-cell"]
few, more, apart_by = recency.values()
why = (
    "So nothing here says that it is the fresh rows. Rows from all hours hold more hours of the day and more frauds; these data cannot say which of the two it is."
    if of_recency["apart"] == intervals.UNTOLD and of_recency["older"] == "higher"
    else "Which of the three things it is that the longest delay takes away, these rows do not show."
    if of_recency["apart"] == intervals.UNTOLD
    else "So how recent the rows are has a part in it."
)
controls_apart = (
    "What the two controls differ by could be luck: the 95 % interval holds zero"
    if of_recency["apart"] == intervals.UNTOLD
    else f"The two controls differ by {signed(apart_by)}, more than luck"
)
change = by_delay["change"].iloc[-1]

# %% tags=["remove-cell"]
first, *_ = known = learned[DELAYS[-1]]
within = [
    leaks.difference(
        rows.iloc[asked], longest_delay.iloc[asked], scored["0"].iloc[asked], asked=len(walks[0])
    )
    for _, asked in walks[0]
]


def listed(parts):
    """Write three things as one would say them."""
    return f"{parts[0]}, {parts[1]} and {parts[2]}"


each = listed([f"{gap:+.2f}" for gap in within])
each_short = listed([f"{gap.estimate:+.2f}" for gap in within])
frauds_known = listed(known)

# %% [markdown]
# Labels that take {eval}`DELAYS[-1]` hours leave the three models {eval}`frauds_known` frauds to learn from. Stretch by stretch, average precision changes by {eval}`each`.
#
# Read over all three stretches at once it changes by {eval}`signed(change)`, far more than in any of them. That is no mistake: the model that knows {eval}`first` frauds gives low scores to all payments, and so its frauds rank behind honest payments of the other stretches. Whoever retrains moves the scale of the scores, and one threshold does not fit all models.
#
# ## Is it the fresh rows?
#
# Over all stretches, as few rows from all of the past give {eval}`signed(few)` back. Without the last {eval}`OLDER` hours they give {eval}`signed(more)`. {eval}`controls_apart`. {eval}`why`
#
# What two days cannot show is what weeks of delay do, while fraudsters learn. So we carry the *method* into production, not these numbers. What a delay is worth to a model that is trained again and again is for [chapter 07](07_retraining).

# %% tags=["remove-input", "in-short"]
in_short(
    question="What does it cost when labels come late?",
    answer=(
        f"**It depends on what is left to learn from.** With labels after {DELAYS[-1]} hours, the three models of a "
        f"walk through two days know {frauds_known} frauds. Their average precision changes by {each_short}. Read over the "
        f"three together it changes by {change.estimate:+.2f}, since their scores are not on one scale."
    ),
    decision="Split with the label delay that your production has. Put your own delay in, and leave these numbers here.",
    figure=show(
        by_hours({"all three stretches": by_delay, **stretches}),
        alt=(
            "Average precision against label delay, for three stretches and together. Together it is "
            + ", ".join(f"{row.estimate:.3f} at {delay} h" for delay, row in by_delay.iterrows())
            + "."
        ),
    ),
)

# %% tags=["remove-cell"]
facts = {"chapter": "02b", "data_digest": payments.attrs["sha256"], "split": "development"}
facts |= {"unit": "average precision", "how": "paired bootstrap of 10-minute blocks"}
for delay, gap in by_delay["change"].iloc[1:].items():
    rougher = {"may_differ": CLOSE} if delay in DELAYS[1:3] else {}
    claim = f"change by labels that take {delay} hours"
    evidence.record(claim, gap.estimate, gap, n=gap.n, **facts, **rougher)
    answer = late_words[delay]
    evidence.conclude(f"labels that take {delay} hours", answer, chapter="02b", **rougher)
for (name, gap), word in zip(recency.items(), of_recency.values(), strict=True):
    evidence.record(f"as few rows, {name}", gap.estimate, gap, n=gap.n, **facts)
    evidence.conclude(f"as few rows, {name}", word, chapter="02b")

# %% [markdown]
# Back to [representative metrics](02_representative_metrics).
