# %% [markdown]
# # Does an interval keep its word?
#
# Back to [representative metrics](02_representative_metrics). An interval of 95 % promises to hold the truth in 95 % of all such evenings. There are several ways to draw one, and they differ in what they take to be chance. Which of them keeps its word?

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown
from threadpoolctl import threadpool_limits

from casebook import conventions, coverage, data, evidence, leaks, mode, models, progress, split
from casebook.page import headed, in_short, percent
from prerelease import costs as money
from prerelease import intervals, splits
from prerelease.plots import COLOURS, INK, show, use_style

use_style()
threads = threadpool_limits(1)  # where a machine is shared, more threads mostly wait for each other

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% [markdown]
# ## What may be drawn apart?
#
# - **Each fraud on its own** (*stratified*): frauds are drawn again among frauds, honest payments among honest ones.
# - **Time blocks**: stretches of time are drawn, with all that happened in them {cite:p}`kunsch1989,politis1992`. Frauds of one burst stay together.
#
# The book draws blocks of ten minutes and takes the middle 95 % of the resampled values (*percentile*), in every chapter. Two measurements on {term}`development rows` chose that.
#
# ## How long must a block be?
#
# While a block is shorter than the bursts, it tears them apart, and the standard error that it finds is too small. So let the blocks grow, and see where the standard error stops.

# %%
payments = data.load()
train, valid = split.development(payments)
rows = pd.concat([train, valid])
length = split.VALID_END - split.TRAIN_END
walk = splits.PrequentialSplit(3, length, end=split.VALID_END)

# %% tags=["remove-cell"]
labels, weights, costs = rows["Class"].to_numpy(), data.sampling_weights(rows), money.CostModel()
fewer_trees = {"n_estimators": 100, "learning_rate": 0.1} if mode.is_quick() else {}
jobs = leaks.fits(models.boosted(**fewer_trees), walk.split(rows, groups=rows["Time"]))
if mode.is_quick():
    jobs = leaks.thinned_fits(labels, jobs, share=0.2)
everywhere = np.arange(len(rows))
served = leaks.Fit(models.chosen(), everywhere[: len(train)], everywhere[len(train) :])
scored = leaks.score_runs(
    rows, {"walk": jobs, "chosen": [served]}, tell=progress.line("Three stretches")
)
AT = conventions.threshold(valid, scored["chosen"].iloc[len(train) :], costs=costs)
knows = scored["walk"].notna().to_numpy()
contest = rows[knows].assign(score=scored.loc[knows, "walk"])
stopped = conventions.decide(contest, contest["score"], costs=costs)

# %% tags=["remove-cell"]
few, stands_for = leaks.fewer(contest["Class"], [contest["score"]], weights[knows])
resampled = contest.iloc[few]
taken = leaks.measures(
    resampled, [resampled["score"]], [stopped[few]], costs=costs, weight=stands_for
)
draws = conventions.drawn(resampled["Time"])["n_resamples"]


# %% tags=["remove-cell"]
def standard_error(name, seconds):
    """Return the standard error of a measure, from blocks of so many seconds."""
    metric, column, kept = taken[name]
    scheme = intervals.Blocks(resampled["Time"][kept], seconds)
    how = {"sample_weight": stands_for[kept], "scheme": scheme, "n_resamples": draws}
    return np.nanstd(intervals.replicates(metric, resampled["Class"][kept], column[:, kept], **how))


LENGTHS = (30.0, 60.0, 300.0, 600.0, 1800.0, 5400.0, 10_800.0)
errors = pd.DataFrame({name: {t: standard_error(name, t) for t in LENGTHS} for name in taken})
IN_USE = conventions.BLOCK_SECONDS
relative = (errors / errors.loc[IN_USE]).rename(columns={"saved": "euros saved"})
short_blocks = percent(relative.loc[30.0, "average precision"])
long_blocks = {
    name: f"{relative.loc[10_800.0, name]:.1f}" for name in ("average precision", "euros saved")
}
each = (
    f"{name}: {column.iloc[0]:.2f} at half a minute, {column.loc[10_800]:.2f} at three hours"
    for name, column in relative.items()
)
lengths_alt = f"Standard errors against the length of a block, ten minutes = 1. {'; '.join(each)}."

# %% tags=["hide-input"]
figure, axes = plt.subplots(figsize=(5.0, 3.6))
axes.axvline(IN_USE, color=INK["light"], lw=0.9, ls=(0, (2, 3)))
sns.lineplot(relative, markers=True, ax=axes)
axes.set(title="How does doubt grow with the length of the blocks?", xscale="log")
axes.set(xlabel="length of a block", ylabel="standard error (ten minutes = 1)")
names = ["30 s", "1 min", "5 min", "10 min", "30 min", "90 min", "3 h"]
axes.set_xticks(relative.index, names)
axes.minorticks_off()
axes.set_ylim(0, 1.15 * relative.to_numpy().max())
axes.legend(loc="lower right")
show(figure, alt=lengths_alt)

# %% [markdown]
# Blocks of half a minute find {eval}`short_blocks` of the standard error of average precision that blocks of ten minutes find. Beyond ten minutes it stops growing: blocks of three hours find {eval}`long_blocks["average precision"]` times as much. For euros they find {eval}`long_blocks["euros saved"]` times as much.
#
# ## How often do intervals hold the truth?
#
# On real data nobody knows, since the truth is unknown. So we make evenings in which it is known: whole bursts, as these rows have them, set at random moments among honest payments. We draw many such evenings and count how often an interval that promises 95 % holds the truth.

# %%
n_evenings = 60 if mode.is_quick() else 400
world = coverage.World(contest, threshold=AT, costs=costs, seconds=split.TEST_SECONDS)
ways = coverage.WAYS | {"blocks of three hours, percentile": (3 * 3600.0, "percentile")}
kept = coverage.coverage(world, ways=ways, n_worlds=n_evenings)

# %% tags=["remove-cell"]
MEASURES = {
    "average precision": "average precision",
    "recall": "recall",
    "savings": "savings",
    "saved": "total of euros",
}
told_truth = {
    name: {
        way: f"{100 * row['coverage']:.0f} [{100 * row['low']:.0f}, {100 * row['high']:.0f}]"
        for way, row in kept.xs(measure, level="measure").iterrows()
    }
    for measure, name in MEASURES.items()
}

# %% tags=["remove-input"]
headed(pd.DataFrame(told_truth).fillna("–").rename_axis("intervals that hold the truth (%)"))

# %% tags=["remove-cell"]
alone, in_use, with_bca, longer, longest = ways
share = kept["coverage"]
precision = {way: share[way, "average precision"] for way in ways}
better = max(precision[with_bca], precision[longer]) > precision[in_use]
no_better = "One of the two does better here" if better else "Neither does better"
of_three = [share[in_use, measure] for measure in list(MEASURES)[:3]]
of_hours = [share[longest, measure] for measure in MEASURES]
per_evening = {n: round(split.TEST_SECONDS / n) for n in (IN_USE, 10_800.0)}
worse = "Longer is not safer" if max(of_hours[:3]) < min(of_three) else "Longer is no safer here"
read_as = (
    "So read “95 %” in this book as a little less"
    if (kept.loc[in_use].loc[list(MEASURES)[:3], "high"] < 0.95).any()
    else "In so few evenings that might still be 95 %"
)
of_euros = "too short" if kept.loc[(in_use, "saved"), "high"] < 0.95 else "long enough"

# %% [markdown]
# For average precision, drawing each fraud on its own holds the truth in {eval}`percent(precision[alone])` of the evenings, and blocks of ten minutes in {eval}`percent(precision[in_use])`. BCa corrects for skew {cite:p}`efron1987`, and blocks of half an hour keep more together, though an evening has few of them. {eval}`no_better`. **{eval}`read_as`.** Blocks of ten minutes hold the truth about average precision, recall and savings in {eval}`percent(min(of_three))` to {eval}`percent(max(of_three))` of the evenings.
#
# Intervals of totals of euros are {eval}`of_euros`: {eval}`percent(share[in_use, "saved"])`. A few large frauds carry them, and one evening has too few for its own scatter to tell. Their standard error still grows with longer blocks, {eval}`f"{relative.loc[1800, 'euros saved']:.2f}"` times at half an hour. Take an interval of euros as the least doubt there is.
#
# ### Why not three hours?
#
# On [the page about the data](00_data) the interval of the fraud rate still grows up to blocks of three hours. There the question is about two days, and the nights are part of the doubt. Here it is about one evening, which holds {eval}`per_evening[10_800.0]` such blocks. Whoever draws so few blocks learns little about how they differ. Intervals drawn so hold the truth in {eval}`percent(min(of_hours))` to {eval}`percent(max(of_hours))` of the evenings. {eval}`worse`.
#
# So the book draws ten minutes: by then the standard error of average precision and of recall has stopped growing, and an evening holds {eval}`per_evening[IN_USE]` of them. Your bursts may be longer. Let the blocks grow on your own rows, and stop where the standard error does. (Our simulated evenings have no ebb and flow of the hours. Nobody can learn from two days how evenings differ from each other, with blocks of any length.)

# %% tags=["remove-cell"]
held = kept.xs("average precision", level="measure")


def drawn_coverage():
    """Draw how often intervals of average precision hold the truth."""
    figure, axes = plt.subplots(figsize=(3.3, 2.9))
    short = ["each fraud\nalone", "10-min blocks", "10-min blocks,\nBCa", "30-min blocks"]
    short += ["3-hour blocks"]
    part = held.loc[list(ways)]
    at = np.arange(len(part))
    axes.hlines(at, 100 * part["low"], 100 * part["high"], color=COLOURS["blue"], lw=4, alpha=0.45)
    axes.plot(100 * part["coverage"], at, "o", color=COLOURS["blue"])
    axes.axvline(95, color=INK["light"], lw=1, ls="--")
    axes.set_yticks(at, short)
    axes.invert_yaxis()
    axes.set(title="Do they hold the truth?", xlabel="evenings (%); promised: 95")
    return figure


# %% tags=["remove-input", "in-short"]
in_short(
    question="Does an interval of 95 % hold the truth as often as it promises?",
    answer=(
        f"**In {percent(precision[in_use])} of the evenings, where 95 % are promised:** so often an interval of average precision holds "
        f"the truth, in blocks of ten minutes. Drawn fraud by fraud it is {percent(precision[alone])}, in blocks of three hours "
        f"{percent(precision[longest])}, and for totals of euros {percent(share[in_use, 'saved'])}."
    ),
    decision="Draw blocks as long as your bursts, read 95 % as a little less, and an interval of euros as the least doubt there is.",
    figure=show(
        drawn_coverage(),
        alt="Share of evenings in which an interval of average precision holds the truth: "
        + "; ".join(f"{way} {percent(value)}" for way, value in precision.items())
        + ". Promised are 95 %.",
    ),
)

# %% tags=["remove-cell"]
facts = {"chapter": "02c", "data_digest": payments.attrs["sha256"], "split": "none"}
facts |= {"unit": "share of simulated evenings", "how": "exact binomial"}
facts["because"] = "evenings and bursts are taken as independent of each other: exact binomial"
for (way, measure), row in kept.iterrows():
    found = intervals.binomial(int(row["held"]), n_evenings)
    claim = f"coverage of 95 % intervals of {measure}, {way}"
    evidence.record(claim, found.estimate, found, n=found.n, **facts)
evidence.conclude(
    "intervals of totals of euros in blocks of ten minutes are", of_euros, chapter="02c"
)

# %% [markdown]
# ## Further reading
#
# - {cite:t}`kunsch1989`, {cite:t}`politis1992` and {cite:t}`efron1993`: the block bootstrap, and the bootstrap.
# - {cite:t}`efron1987`: BCa.
#
# Back to [representative metrics](02_representative_metrics).
