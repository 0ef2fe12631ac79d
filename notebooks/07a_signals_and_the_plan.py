# %% [markdown]
# # Signals, and the monitoring plan
#
# [Retraining](07_retraining) on an alarm is only as good as the alarm. This page says how a month is dealt out of two days, which signal hears which change, what to do at its alarm, and who is called.

# %% tags=["hide-input"]
from itertools import chain

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown
from threadpoolctl import threadpool_limits

from casebook import data, evidence, mode, monitoring, plots, progress, retraining, split, streams
from casebook.page import in_short, percent
from prerelease import costs, intervals
from prerelease.plots import COLOURS, show, use_style

use_style()
pd.options.display.max_colwidth = None
threads = threadpool_limits(1)  # on a shared machine, more threads mostly wait for each other

# %% tags=["remove-input"]
FEWER = streams.fewer()
Markdown(f"{mode.banner()}\n\n**Less in quick mode:** {FEWER}")

# %% [markdown]
# ## A month out of two days
#
# Two days of data hold no third week. So we deal one. Every hour of the {term}`development rows` is cut into stretches of two minutes. Each hour of each day of a stream gets the honest payments of one stretch from the same hour of a real day.
#
# **Frauds are dealt in whole bursts**: those that follow each other within ten minutes go to one day together, at their own time of day. Stretches would tear a burst and spread one attack over weeks. A burst is dealt with the chance that payments of its hour have, so the rate of fraud stays that of the data. Every payment is real and occurs **at most once**: a stream drawn with replacement would let a model meet the very frauds that it has learned. The bank is smaller for it, by the factor by which the month is longer.
#
# On a known day the world changes. Before it, all bursts are *loud*: their median fraud is further from ordinary payments. From then on the *quiet* bursts come as well, which hold about half of the frauds. Nothing is invented but the order: a second, real pattern of fraud arrives.

# %% tags=["remove-cell"]
payments = data.load()
development = pd.concat(split.development(payments))
N_STREAMS, N_WATCHED = streams.HOW_MANY[mode.current()]
AT_ONCE = {"processes": 1 if mode.is_quick() else 2}
CHANGE = 14
KINDS = {"concept": "new frauds", "covariate": "fewer large payments", "bug": "broken input"}
pool = streams.pool(development)
new_frauds = list(streams.deal(pool, "concept", N_STREAMS, day=CHANGE))
one = new_frauds[0]

# %% tags=["remove-input"]
described = {}
for name, first, last in (("before the change", 0, CHANGE), ("after it", CHANGE, 30)):
    part = [(each, each.rows_of(first, last)) for each in new_frauds]
    lost = [
        costs.CostModel().accept_cost(each.fraud[rows], each.amount[rows]).sum()
        for each, rows in part
    ]
    numbers = [len(np.unique(pool.burst[each.row[rows]])) - 1 for each, rows in part]
    span = last - first
    described[name] = {
        "payments a day": np.mean([each.weight[rows].sum() for each, rows in part]) / span,
        "bursts a day": np.mean(numbers) / span,
        "frauds a day": np.mean([each.fraud[rows].sum() for each, rows in part]) / span,
        "euros a day if all are accepted": np.mean(lost) / span,
    }
pd.DataFrame(described).T.map("{:,.1f}".format)

# %% tags=["remove-cell"]
begun = [each.rows_of(0, each.n_history) for each in new_frauds]
learned_from = [
    len(np.unique(pool.burst[each.row[rows]])) - 1
    for each, rows in zip(new_frauds, begun, strict=True)
]

# %% [markdown]
# There are {eval}`N_STREAMS` streams of {eval}`one.n_days` days, each dealt anew. The model decides from day {eval}`one.n_history` on, after a history with complete labels, and the change comes on day {eval}`CHANGE`. A history holds {eval}`min(learned_from)` to {eval}`max(learned_from)` bursts, so a first model has seen few ways to steal. It is logistic regression, which is trained in a few milliseconds, and blocks by one threshold: the cheapest on days that the models which choose it have not learned.
#
# Two limits to keep in mind: the evening hours come from one single evening, and all streams are dealt from the same frauds.

# %% [markdown]
# ## Signals
#
# Somebody has to ring the bell. Three candidates, each cheap enough for every morning:
#
# - **reported frauds**: complaints that came in during the last two days. It needs labels, so it comes late.
# - **inputs**: how far yesterday's inputs are from those of the week before the model began, the largest {term}`Kolmogorov–Smirnov` distance of a column, read at the deciles. It needs no label. Any detector of [chapter 06](06_drift) can stand in its place.
# - **blocked**: a change in the number of blocked payments. Reviewers see that first.
#
# A threshold is not picked by eye. Each is set so that on streams *without* any change there is half a {term}`false alarm` a month, and it is then judged on other streams. Besides the new frauds, those hold two other changes and none. *Fewer large payments*: half of the honest payments above the median amount stay away; what is fraud stays what it was ({term}`covariate shift`). *Broken input*: one column, the one that the model leans on most in this data, arrives as zero.

# %%
signals = {
    "reported frauds": retraining.Reports(),
    "inputs": retraining.Inputs(),
    "blocked": retraining.Blocked(),
}
one_day = retraining.Labelling(delay=1)
calm = streams.deal(pool, "none", N_WATCHED, day=CHANGE, first_seed=1000)
practice = monitoring.watch(
    calm, signals, labelling=one_day, tell=progress.line("Thresholds"), **AT_ONCE
)
thresholds = monitoring.threshold(practice, false_alarms=0.5)
everything = chain.from_iterable(
    streams.deal(pool, kind, N_WATCHED, day=CHANGE) for kind in streams.KINDS
)
watched = monitoring.watch(
    everything, signals, labelling=one_day, tell=progress.line("Signals"), **AT_ONCE
)

# %% tags=["remove-cell"]
heard = monitoring.performance(watched, thresholds, first=CHANGE)
calls = monitoring.false_alarms(watched[watched["shift"] == "none"], thresholds)
# Each signal is asked about each change: by Bonferroni one p-value must be so small.
ALPHA = 1 - intervals.joint_level(len(signals) * len(KINDS))
at = heard.set_index(["signal", "shift"])


def hears(signal, kind):
    """Tell whether a signal alarms more often after a change than without one."""
    return at.loc[(signal, kind), "p_value"] <= ALPHA


def told(signal, kind):
    """Say in which share of the streams a signal hears a change, and how late if it does."""
    share, delay = at.loc[(signal, kind), ["alarmed", "delay"]]
    late = f", with a median delay of {delay:g} day{'' if delay == 1 else 's'}"
    return f"in {percent(share)} of the streams{late if hears(signal, kind) else ''}"


deaf = [f"“{name}”" for name in signals if not any(hears(name, kind) for kind in KINDS)]

# %% tags=["remove-cell"]
changes = {**KINDS, "none": "no change"}
heard_of = heard.set_index("shift").groupby("signal", sort=False)
heard_alt = (
    "For each signal, the share of streams in which it alarms after the change. "
    + "; ".join(
        f"{row.signal}, {KINDS.get(row.shift, 'no change')}: {percent(row.alarmed)}"
        for row in heard.itertuples()
    )
    + "."
)

# %% tags=["hide-input"]
figure, panels = plt.subplots(len(signals), 1, sharex=True, figsize=(5.0, 1 + 1.65 * len(signals)))
for (signal, found_of), axes in zip(heard_of, panels, strict=True):
    part = found_of.loc[[*changes]]
    drawn = plots.ends({signal: dict(zip(changes.values(), part["alarmed"], strict=True))})
    shades = [COLOURS["grey" if kind == "none" else "blue"] for kind in changes]
    look = {"palette": shades, "err_kws": {"alpha": 0.45}, **plots.ENDS}
    sns.pointplot(drawn, x="value", y="at", hue="at", **look, ax=axes)
    for place, (_, row) in enumerate(part.iterrows()):
        late = f"{row['delay']:g} day{'' if row['delay'] == 1 else 's'}" if row["delay"] else "none"
        axes.text(1.04, place, f"delay {late}" if row["p_value"] <= ALPHA else "", va="center")
    axes.set_title(signal, fontsize=9.5, fontweight="normal", pad=4)
    axes.set(xlim=(-0.02, 1.32), ylabel="", xticks=[0, 0.25, 0.5, 0.75, 1])
    axes.set_xlabel("share of streams in which it alarms afterwards")
figure.suptitle("Who hears what?", x=0.01, ha="left", fontsize=10.5, fontweight="bold")
show(figure, alt=heard_alt)

# %% tags=["remove-cell"]
needs_labels = hears("reported frauds", "concept") and not hears("inputs", "concept")
told_first = (
    "**The signal that watches the inputs does not see the change that costs most**: a handful of frauds among thousands of "
    "payments moves no column. The signal that sees it has to wait for labels."
    if needs_labels
    else "Which signal sees the new frauds can be read off the first row of each panel."
)
nothing_heard = (
    f"After none of the changes does {' or '.join(deaf)} alarm more often than on calm streams by more than luck."
    if deaf
    else ""
)

# %% [markdown]
# {eval}`told_first.replace("**", "")` {eval}`nothing_heard` A delay is given only where a signal does so. In the grey rows every alarm is false: a burst of a kind that the young model has never met brings many reports in a day.
#
# On calm days false alarms come {eval}`f"{calls['reported frauds'].estimate:.1f}"` times a month for reported frauds, {eval}`f"{calls['inputs'].estimate:.1f}"` for inputs. Whoever listens to all three is called for nothing on {eval}`f"{calls[monitoring.ANY].estimate:.1f}"` mornings a month. These numbers are about the plan around a model. They were measured with models that learn inside the streams, of another family than the release candidate. That one has learned from the very rows that the streams are dealt from.

# %% [markdown]
# ## Alert = retrain?
#
# What does it save to retrain at these alarms, after each change and after none? Labels take a day and a retraining is free, so this is the most that retraining could be worth.

# %% tags=["remove-cell"]
on_alarm = {
    f"on {name}": retraining.Triggered(thresholds[name], signal) for name, signal in signals.items()
}
answers = {"never": retraining.Never(), "every 2 days": retraining.Scheduled(2)} | on_alarm
dealt_days = {
    kind: retraining.daily(
        streams.deal(pool, kind, N_STREAMS, day=CHANGE),
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
    kind: retraining.summary(retraining.bills(days), level=intervals.joint_level(OF)).set_index(
        "policy"
    )
    for kind, days in dealt_days.items()
}

# %% tags=["remove-input"]
pd.DataFrame(
    {
        KINDS.get(kind, "no change"): {
            "never costs (€ a day)": f"{part.loc['never', 'total']:.0f}",
            **{
                f"saved: {name}": f"{part.loc[name, 'saved']:z.0f}"
                for name in part.index.drop("never")
            },
        }
        for kind, part in worth_it.items()
    }
).T.rename_axis("change")


# %% tags=["remove-cell"]
def a_day(days, policy):
    """Euros per day that a policy costs on each stream, without its retrainings."""
    return days[days["policy"] == policy].groupby("stream")["cost"].mean()


harmless = worth_it["covariate"].loc["on inputs", "saved"]
broken = retraining.over_streams(
    a_day(dealt_days["bug"], "never") - a_day(dealt_days["none"], "never")
)
relearned = worth_it["bug"].loc["on inputs", "saved"]
does = {
    name: intervals.verdict(found, asked=OF, above="saves", below="costs")
    for name, found in (("harmless", harmless), ("relearned", relearned))
}

# %% tags=["remove-cell"]
so_does = {
    name: {
        "saves": "more than luck",
        "costs": "a loss",
    }.get(word, "that could be luck, since the interval holds zero")
    for name, word in does.items()
}
true_alarm = (
    "A true alarm, and retraining shows no gain."
    if hears("inputs", "covariate") and does["harmless"] != "saves"
    else ""
)

# %% [markdown]
# The signal “inputs” alarms when large payments have become fewer {eval}`told("inputs", "covariate")`. To retrain then saves {eval}`f"{harmless:z.0f}"` € a day: {eval}`so_does["harmless"]`. {eval}`true_alarm`
#
# The broken input changes the bill by {eval}`f"{broken:+z.0f}"` € a day; whoever has the feed repaired gets all of it back. To retrain around it saves {eval}`f"{relearned:z.0f}"` €: {eval}`so_does["relearned"]`. **An alarm is a question. Retraining is one of the answers.**

# %% [markdown]
# ## The monitoring plan
#
# What remains is to write down who is called by what, and what happens then. The words for duties are ours. Thresholds, delays, false alarms and advice come from the results above. A signal is listed as seeing a change only if it alarms more often than on streams without one, by Fisher's exact test, corrected for the number of questions. “Retrain” stands there only if the whole interval of what that saves is above zero.

# %% tags=["remove-cell"]
duties = {
    "reported frauds": (
        "frauds reported a day, mean of the window",
        "fraud team, lead analyst",
        "Read the reports of the window: one pattern or many? Look for it among accepted payments.",
    ),
    "inputs": (
        "largest distance of an input from the reference week (0 to 1)",
        "data engineering, on call",
        "Name the input. Ask the owner of its feed: broken or new? Repair what is broken.",
    ),
    "blocked": (
        "change of blocked payments a day (difference of roots)",
        "review team, shift lead",
        "Check the queue and the staff; compare with the other two signals.",
    ),
}

# %% tags=["remove-cell"]
pays = {
    (name, kind): worth_it[kind].loc[f"on {name}", "saved"] for name in signals for kind in KINDS
}

# %% tags=["remove-cell"]
plan = monitoring.plan(
    heard,
    duties=duties,
    signals=signals,
    thresholds=thresholds,
    kinds=KINDS,
    saved=pays,
    instead={"bug": ("repair it", broken)},
    alpha=ALPHA,
)

# %% tags=["remove-input"]
Markdown(
    "\n\n".join(
        "\n".join([f"**{name}**", "", *(f"- *{what}*: {words}" for what, words in row.items())])
        for name, row in plan.iterrows()
    )
)

# %% [markdown]
# Two lines that no result gives. The plan has an owner, and a date on which its thresholds are set anew, since they were set on yesterday's calm.

# %% tags=["remove-cell"]
told_at = {
    "chapter": "07a",
    "data_digest": payments.attrs["sha256"],
    "n": len(development),
    "split": "development",
    "may_differ": FEWER,
}
by_t = (
    f"mean of {N_STREAMS} streams of {one.n_days} days dealt from the development rows, "
    "bursts whole, paired, Student's t"
)
shared = "streams share their rows: each whole stream is one draw"
for claim, found in (
    (
        "retraining every 2 days against never, nothing changes",
        worth_it["none"].loc["every 2 days", "saved"],
    ),
    ("retraining on inputs against never, fewer large payments", harmless),
):
    of_row = {"unit": "€ per day", "how": by_t, "because": shared}
    evidence.record(claim, found.estimate, found, **of_row, **told_at)

# %% tags=["remove-cell"]
by_signal = at.loc[("reported frauds", "concept"), "alarmed"]
evidence.record(
    "new frauds heard by the signal of reported frauds",
    by_signal.estimate,
    by_signal,
    unit="share of streams",
    how="exact binomial; thresholds from other streams",
    because=shared,
    **told_at,
)

# %% tags=["remove-cell"]
counted = (
    "counted on calm streams that chose no threshold, by models that learn inside the streams; "
    "Garwood over the design effect"
)
for name, of in (
    ("reported frauds", "the signal of reported frauds"),
    ("inputs", "the signal of inputs"),
    ("blocked", "the signal of blocked payments"),
    (monitoring.ANY, "any of the three signals"),
):
    of_row = {"unit": "per month", "how": counted}
    of_row["because"] = "alarms of one stream hang together: counts of whole streams"
    found = calls[name]
    evidence.record(f"false alarms of {of}", found.estimate, found, **of_row, **told_at)

# %% tags=["remove-cell"]
hears_what = {name: [KINDS[kind] for kind in KINDS if hears(name, kind)] for name in signals}
for question, answer in (
    *(
        (f"which changes does the signal “{name}” hear?", ", ".join(kinds) or "none")
        for name, kinds in hears_what.items()
    ),
    ("retraining at alarms of inputs when large payments become fewer", does["harmless"]),
    *((f"at an alarm of {name}", row["then"].split(" (")[0]) for name, row in plan.iterrows()),
):
    evidence.conclude(question, answer, chapter="07a", may_differ=FEWER)

# %% tags=["remove-cell"]
small, axes = plt.subplots(figsize=(3.4, 2.6))
for kind, words, shade, off in (
    ("none", "no change", "grey", -0.18),
    ("concept", "new frauds", "orange", 0.18),
):
    share = [100 * at.loc[(name, kind), "alarmed"].estimate for name in signals]
    axes.barh(np.arange(len(signals)) + off, share, 0.34, color=COLOURS[shade], label=words)
axes.set_yticks(range(len(signals)), [*signals])
axes.set(title="Who hears the new frauds?", xlabel="streams with an alarm (%)")
axes.invert_yaxis()
axes.grid(visible=False, axis="y")
axes.legend(loc="upper center", bbox_to_anchor=(0.3, -0.25), ncols=2, fontsize=8.5)
picture = show(
    small,
    alt="Share of streams in which each signal alarms after the change, without a change and with new frauds: "
    + "; ".join(
        f"{name} {percent(at.loc[(name, 'none'), 'alarmed'].estimate)} and {percent(at.loc[(name, 'concept'), 'alarmed'].estimate)}"
        for name in signals
    )
    + ".",
)

# %% tags=["remove-input", "in-short"]
reports, inputs = (at.loc[(name, "concept"), "alarmed"] for name in ("reported frauds", "inputs"))
so_inputs = (
    "more often than where nothing changes"
    if hears("inputs", "concept")
    else "about as often as without a change"
)
calm_reports = at.loc[("reported frauds", "none"), "alarmed"]
in_short(
    question="Which signal hears what, and what is done at its alarm?",
    answer=(
        f"Reported frauds ring for new frauds in **{percent(reports.estimate)}** of the streams, where nothing changes in {percent(calm_reports.estimate)}. "
        f"A distance of inputs rings in **{percent(inputs.estimate)}**, {so_inputs}. "
        f"Listening to all three brings {calls[monitoring.ANY]:.1f} calls for nothing a month."
    ),
    decision="Watch inputs to find broken feeds, and complaints to find new fraud. Look at the euros before anything is retrained.",
    figure=picture,
)

# %% [markdown]
# [Back to retraining](07_retraining)
