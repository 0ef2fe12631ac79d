# %% [markdown]
# # Which alarm sees which shift?
#
# [Chapter 06](06_drift) asks for sizes and prices instead of p-values. Here the alarms themselves are tried: on real rows into which shifts of known kind and date are injected. You need to know what a {term}`false alarm` costs your team.

# %% tags=["hide-input"]
from functools import cache
from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown
from scipy import stats
from threadpoolctl import threadpool_limits

# %% tags=["hide-input"]
from casebook import conventions, data, evidence, laboratory, mode, models, progress, split
from casebook.adapters import deepchecks
from casebook.laboratory import COLUMNS, SHIFTS, bill, told_apart
from casebook.page import in_short, percent
from prerelease import costs, drift, intervals
from prerelease.plots import COLOURS, show, use_style
from prerelease.plots.metrics import forest

use_style()
pd.options.display.max_colwidth = None
threads = threadpool_limits(1)  # on a shared machine, more threads mostly wait for each other

# %% tags=["remove-input"]
WINDOWS = {"quick": (2, 2, 1), "full": (8, 4, 6)}  # streams, hours of each, hours for the costly
(few, some, _), (many, more, _) = WINDOWS.values()
Markdown(
    f"{mode.banner()}\n\n**Less in quick mode:** {few * some} windows a shift, in the book {many * more}: "
    "too few to tell one rate of alarms from another."
)

# %% tags=["remove-cell"]
INPUTS, COSTS = [*models.INPUTS], costs.CostModel()
payments = data.load()
train, valid = split.development(payments)
model = models.chosen().fit(train[INPUTS], train["Class"])
valid = valid.assign(score=model.predict_proba(valid[INPUTS])[:, 1])
valid["blocked"] = conventions.decide(valid, valid["score"], costs=COSTS)

# %% [markdown]
# ## All inputs at once
#
# Inputs can each stay in place while their company changes. A {term}`domain classifier` looks at them together: a model is trained to tell new rows from old ones, and its {term}`ROC AUC` on rows held out says how well that can be done; one half is not at all. Four rules keep it honest: no `Time` among its inputs, folds that keep blocks of time together, an interval, and something to compare with.

# %%
DAY = 86_400
clock = valid["Time"] % DAY
at_those = (train["Time"] % DAY).between(clock.min(), clock.max())
same_hours = train[(train["Time"] < DAY) & at_those]
areas = {
    "training rows → today,\nwith Time": told_apart(train, valid, ["Time", *INPUTS]),
    "training rows → today": told_apart(train, valid),
    "same hours of day 1 → today": told_apart(same_hours, valid),
}

# %% tags=["remove-cell"]
# And stretches of one and the same day, each as long as today.
moments = train["Time"]
length = valid["Time"].iloc[-1] - valid["Time"].iloc[0]
for day in range(int(moments.iloc[-1] // DAY) + 1):
    start, end = max(day * DAY, moments.iloc[0]), min((day + 1) * DAY, moments.iloc[-1] + 1)
    windows = {
        first: train[moments.between(first, first + length, inclusive="left")]
        for first in start + length * np.arange((end - start) // length)
    }
    for (first, old), (second, new) in combinations(windows.items(), 2):
        begins = ", ".join(f"from hour {each % DAY / 3600:.1f}" for each in (first, second))
        areas[f"null, day {day + 1}:\n{begins}"] = told_apart(old, new)

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
    + "; ".join(f"{name} {area.estimate:.2f}".replace("\n", " ") for name, area in areas.items())
    + ".",
)

# %% tags=["remove-cell"]
null = [area.estimate for name, area in areas.items() if name.startswith("null")]
across = areas["same hours of day 1 → today"]
so_across = (
    "above all of these. At the same hour, a single payment gives away its day."
    if across.low > max(null)
    else "within what stretches of one day can reach."
)
moved = drift.feature_drift(train, valid, time="Time", features=INPUTS, match_hours=True)["ks"]
leading = moved.sort_values(ascending=False).index[:3]
gains = pd.Series(model.booster_.feature_importance("gain"), INPUTS)
relied = gains[leading].sum() / gains.sum()

# %% [markdown]
# With `Time` the area is near one: a clock tells today from yesterday, and that is all it says. Stretches of one day, in which nothing is known to have gone wrong, reach from {eval}`f"{min(null):.2f}"` to {eval}`f"{max(null):.2f}"`. Between the same hours of both days it is {eval}`f"{across.estimate:.2f}"`, {eval}`so_across`
#
# And yet the model goes on saving. A model may be blind to what moved: of its gain in training, {eval}`percent(relied, 1)` came from the three inputs that moved most ({eval}`", ".join(leading)`).

# %% [markdown]
# ## A laboratory with real rows
#
# Whether an alarm is right can only be told where the truth is known. So we build a world in which nothing changes, and then change it. All {term}`development rows` are cut into blocks of ten minutes and dealt at random. One half is the *reference*, which the laboratory's model learns from; one quarter is *quiet*, to choose the threshold on and to calibrate probabilities and alarms; one quarter is *today*, and into today we inject shifts of known kind and size.
#
# An alarm is a number and a limit. Most limits in use are rules of thumb. Ours are calibrated: the limit is what one quiet window in twenty passes by chance. Thirteen detectors watch windows of an hour, six blocks drawn from today, with a shift that begins with the first one:
#
# - the usual p-value; fixed limits on distances: {term}`PSI <population stability index>` at a quarter, the banks' rule of thumb, of which {cite:t}`yurdakul2018` shows that it does not know the number of rows; and those of Deepchecks' checks;
# - calibrated: the largest distance of any input, the domain classifier, the share of alerts, the cost that is promised;
# - and those that need labels: the rate of frauds and the realised cost, calibrated, and Deepchecks' label drift, as it comes and balanced.

# %% tags=["remove-cell"]
lab = laboratory.world(pd.concat([train, valid]))
reference, quiet, now, raw, decided = lab.reference, lab.quiet, lab.now, lab.raw, lab.decided
quiet_score, learned, columns = raw(quiet), reference[INPUTS], COLUMNS
STREAMS, HOURS, TRIED = WINDOWS[mode.current()]
CALM = 60


# %% tags=["remove-cell"]
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


# %% tags=["remove-cell"]
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


# %% tags=["remove-cell"]
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
    return bill(window).sum() / 1000


# %% tags=["remove-cell"]
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

# %% tags=["remove-cell"]
watched_streams = laboratory.streams(
    now,
    detectors,
    SHIFTS,
    prepare=scored,
    n_streams=STREAMS,
    n_windows=HOURS,
    costly_streams=TRIED,
    tell=progress.line("Streams watched"),
)
rates = laboratory.alarm_rates(watched_streams)
names = [each.name for each in detectors]
grid = rates.reset_index().pivot_table("rate", "detector", "shift").loc[names, list(SHIFTS)]
KINDS = {
    "covariate 1.0": "other payments",
    "prior × 5": "5 × the frauds",
    "concept 100%": "new frauds",
    "bug V14 sign 10%": "a wrong sign",
    "bug cents 10%": "cents for euros",
}

# %% [markdown]
# The figure shows, for one size of each kind, how many more hours have an alarm than quiet hours do. Blue is what one wants to see; a detector that is loud on quiet hours gains nothing by it.

# %% tags=["remove-cell"]
gained = grid[list(KINDS)].sub(grid["nothing"], axis=0).rename(columns=KINDS)
gained.insert(0, "quiet hours", grid["nothing"])
grid_alt = "Share of hours with an alarm above that of quiet hours, by detector and shift. " + (
    "; ".join(
        f"{name}: " + ", ".join(f"{shift} {value:+.0%}" for shift, value in row.items())
        for name, row in gained.iterrows()
    )
    + "."
)

# %% tags=["hide-input"]
figure, axes = plt.subplots(figsize=(5.6, 1.8 + 0.3 * len(gained)))
sns.heatmap(
    100 * gained,
    vmin=-100,
    vmax=100,
    cmap=sns.diverging_palette(30, 245, s=75, l=55, as_cmap=True),
    cbar=False,
    annot=True,
    fmt=".0f",
    annot_kws={"size": 8},
    ax=axes,
)
axes.axvline(1, color="white", lw=6)
axes.set(title="Who sees what? Hours with an alarm, more than in quiet ones, in points")
axes.set(xlabel="", ylabel="")
axes.tick_params(length=0, labelsize=8)
show(figure, alt=grid_alt)

# %% [markdown]
# The same with exact binomial intervals, and how many hours pass until most streams have had an alarm:

# %% tags=["remove-cell"]
quiet_alarms = watched_streams[watched_streams["shift"] == "nothing"].groupby("detector")["alarm"]
all_new = "concept 100%"


def in_words(row):
    """Return a rate with its interval, and the delay."""
    late = f"; {row['delay']:g} h".replace("inf h", f"most not within {HOURS} h")
    late = "" if np.isnan(row["delay"]) else late
    return f"{percent(row['rate'])} [{percent(row['low'])}, {percent(row['high'])}]{late}"


def false_alarms(name, level=0.95):
    """Return the share of quiet hours with an alarm, with its interval."""
    alarm = quiet_alarms.get_group(name)
    return intervals.binomial(int(alarm.sum()), len(alarm), level=level)


# %% tags=["remove-input"]
power = pd.DataFrame(
    {
        name: {"false alarms": percent(false_alarms(name))}
        | {words: in_words(rates.loc[(name, shift)]) for shift, words in list(KINDS.items())[:4]}
        for name in grid.index
    }
).T.rename_axis("detector")
power

# %% tags=["remove-cell"]
jointly = intervals.joint_level(len(detectors))
no_labels = [name for name in grid.index if "labels)" not in name.replace("no labels)", "")]
without = [name for name in no_labels if "label drift" not in name]
most = (grid.loc[without, all_new] - grid.loc[without, "nothing"]).abs().max()
loud = grid.index[grid["nothing"] > 0.5].tolist()
restless = [n for n in grid.index if false_alarms(n, jointly).low > 0.05 and n not in loud]
costly = [each.name for each in detectors if each.costly]
mute = grid.index[(grid.drop(columns="nothing").fillna(0) == 0).all(axis=1)]
seldom_tried, mute = ([n for n in mute if (n in costly) == often] for often in (True, False))


# %% tags=["remove-cell"]
def listed(names):
    """Join names in quotes."""
    return " and ".join(f"“{name}”" for name in names)


told = [
    f"In most quiet hours an alarm comes from {listed(loud)}." if loud else "",
    f"In more than one quiet hour of twenty it also comes from {listed(restless)}, by intervals that hold together."
    if restless
    else "",
    f"Whatever happened, no alarm ever came from {listed(mute)}." if mute else "",
    f"None came from {listed(seldom_tried)}, either, which watched few windows."
    if seldom_tried
    else "",
]
told = (
    " ".join(one for one in told if one)
    or "Each detector heard something, and none is loud in most quiet hours."
)

# %% tags=["remove-cell"]
realised = rates.loc[("realised cost (labels)", all_new)]
late = realised["delay"]
first_alarm = (
    f"most streams had no alarm within {HOURS} hours"
    if np.isinf(late)
    else f"half of the streams had their first within {late:g} h"
)

# %% [markdown]
# {eval}`told`
#
# **When all frauds look honest, no detector without labels can hear it:** the payments of those windows are the same, so it rings as in quiet hours (here to within {eval}`f"{100 * most:.0f}"` points). The realised cost, which needs labels, alarms in {eval}`percent(realised['rate'])` of the hours; {eval}`first_alarm`. All of this rests on {eval}`STREAMS * HOURS` windows a shift, fewer for the costly detectors, hence the wide intervals. They speak of other draws from this quarter, not of other days.

# %% [markdown]
# ## And on real hours, in a row?
#
# These windows were dealt at random, so that hours are mixed. How often do calibrated alarms cry when real hours follow each other, untouched?

# %% tags=["remove-cell"]
hour = (valid["Time"] // 3600).to_numpy()
real_hours = [valid[hour == number] for number in np.unique(hour)]
real_hours = [scored(rows.assign(paid=rows["Amount"])) for rows in real_hours]
real = {
    each.name: intervals.binomial(sum(each.alarm(window) for window in real_hours), len(real_hours))
    for each in detectors
    if not each.costly
}
cried = real["largest KS distance"]

# %% tags=["remove-input"]
pd.DataFrame(
    {"alarms in untouched hours of today": {name: percent(share) for name, share in real.items()}}
).rename_axis("detector")

# %% [markdown]
# The largest distance, calibrated on mixed hours, gives an alarm in {eval}`percent(cried.estimate)` of {eval}`len(real_hours)` untouched hours. That is no fault of the limit: an hour *is* no sample of a day. A monitor of inputs must compare an hour with the same hour, and with two days it has one such hour to learn from.

# %% tags=["remove-cell"]
bugs = [name for name in SHIFTS if name.startswith("bug")]
without_labels = ["largest KS distance", "share of alerts (no labels)", "promised cost (no labels)"]
with_labels = ["rate of frauds (labels)", "realised cost (labels)"]
asked_there = [(name, bug) for name in without_labels for bug in bugs]
asked_there += [(name, all_new) for name in with_labels]
alarms_there = watched_streams.groupby(["detector", "shift"])["alarm"]
there = {
    one: intervals.binomial(
        int(alarms_there.get_group(one).sum()),
        len(alarms_there.get_group(one)),
        level=intervals.joint_level(len(asked_there)),
    )
    for one in asked_there
}

# %% tags=["remove-cell"]
# A calibrated alarm comes in one quiet hour of twenty.
more_often = [one for one, share in there.items() if share.low > 0.05]
heard_there = {name: [bug for bug in bugs if (name, bug) in more_often] for name in without_labels}
heard = " ".join(
    f"The {name.split(' (')[0]} heard {listed(found) if found else 'none of them'}."
    for name, found in heard_there.items()
)
largest_bug = max(SHIFTS[bug].size for bug in bugs)
sees_him = (
    "more often than the one in twenty of quiet hours, by more than luck"
    if (with_labels[1], all_new) in more_often
    else "and its difference from the one in twenty of quiet hours could be luck"
)

# %% [markdown]
# ## What to decide
#
# The bugs tried here struck up to {eval}`percent(largest_bug)` of the payments. Who hears them more often than in one hour of twenty, by intervals that hold together? {eval}`heard` Distances and the share of alerts are for larger faults; the schema comes first.
#
# Where all frauds look honest, the realised cost alarms in {eval}`percent(realised['rate'])` of the hours, {eval}`sees_him`. (*Could be luck:* the interval holds the other value.) The rate of frauds sees more frauds, not other looks.

# %% tags=["remove-cell"]
note = {"data_digest": payments.attrs["sha256"], "chapter": "06b"}
sides = "blocks of ten minutes of both sides are drawn, each side for itself"
for name, area_found in areas.items():
    if name.startswith(("training", "same")):
        evidence.record(
            "domain classifier, " + name.replace("\n", " "),
            area_found.estimate,
            area_found,
            unit="ROC AUC",
            split="development",
            n=area_found.n,
            how="held out by blocks of ten minutes",
            because=sides,
            **note,
        )
the_day = "the day" if across.low > max(null) else "cannot be told"
evidence.conclude("is it the hour, or the day?", the_day, chapter="06b")

# %% tags=["remove-cell"]
for name, share in real.items():
    evidence.record(
        f"alarms in untouched hours, {name}",
        share.estimate,
        share,
        unit="share of hours",
        split="valid",
        n=share.n,
        how="exact binomial",
        because="a count of few hours",
        **note,
    )

# %% tags=["remove-cell"]
three = ["largest KS distance", "promised cost (no labels)", "realised cost (labels)"]
small_alt = "Share of hours with an alarm, in quiet hours and where all frauds look honest: " + (
    "; ".join(
        f"{name} {percent(grid.loc[name, 'nothing'])} and {percent(grid.loc[name, all_new])}"
        for name in three
    )
    + "."
)

# %% tags=["remove-cell"]
small, axes = plt.subplots(figsize=(3.4, 3.0))
for shift, words, shade, off in (
    ("nothing", "quiet hours", "grey", -0.18),
    (all_new, "all frauds look honest", "orange", 0.18),
):
    share = 100 * grid.loc[three, shift]
    axes.barh(np.arange(len(three)) + off, share, 0.34, color=COLOURS[shade], label=words)
axes.set_yticks(range(len(three)), [name.replace(" (", "\n(") for name in three])
axes.set(title="Who hears the new frauds?", xlabel="hours with an alarm (%)", xlim=(0, 100))
axes.invert_yaxis()
axes.grid(visible=False, axis="y")
axes.legend(loc="upper center", bbox_to_anchor=(0.2, -0.2), fontsize=8.5)
picture = show(small, alt=small_alt)

# %% tags=["remove-input", "in-short"]
in_short(
    question="Which alarm sees which shift, and how often does it cry wolf?",
    answer=(
        "When all frauds look honest, no alarm without labels can hear it, since the payments are the same. "
        f"The realised cost alarms in **{percent(realised['rate'])}** [{percent(realised['low'])}, {percent(realised['high'])}] of the hours. "
        f"On real hours in a row the largest distance cries wolf in **{round(cried.estimate * cried.n)} of {cried.n}**."
    ),
    decision="Calibrate limits on your own quiet hours, keep the schema first, and get labels: only they show a new kind of fraud.",
    figure=picture,
)

# %% [markdown]
# [Back to chapter 06](06_drift)
#
# ## Exercises
#
# ```{exercise} 6.3 Read it off
# :label: drift-read
# :nonumber:
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
