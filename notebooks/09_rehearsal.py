# %% [markdown]
# # The rehearsal
#
# You need [chapter 07](07_retraining) and [chapter 08](08_release), and a quarter of an hour.

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import Markdown

from casebook import evidence, interactive, mode, rehearsal, retraining
from casebook.page import in_short, percent
from prerelease import intervals
from prerelease.plots import COLOURS, INK, show, use_style

use_style()
pd.options.display.max_colwidth = None

# %% tags=["remove-input"]
Markdown(f"{mode.banner()} Both modes read the same record.")

# %% [markdown]
# ## The question
#
# It is the first morning. The model decides, and nobody has ever seen it decide for a week. What will break first? Who will notice, by what, and how many hours later? And is all that watching worth its cost?

# %% tags=["remove-cell"]
told = evidence.conclusions().set_index("question")["answer"].to_dict()
verdict = {"pass": "yes", "fail": "no", "insufficient evidence": "not yet"}.get(
    told.get("do we ship?"), ""
)
so_verdict = (
    "Chapter 08 says yes, so this is what comes next."
    if verdict == "yes"
    else f"Chapter 08 says: {verdict}. So this is a rehearsal: euros are counted, and no customer is blocked."
    if verdict
    else "Chapter 08 did not run in this copy. This is a rehearsal: euros are counted, and no customer is blocked."
)

# %% [markdown]
# {eval}`so_verdict` A {term}`dress rehearsal` has the real stage and no audience. Everything here is real but the world: a scoring service, a client that sends payments, a database, a labeller, a watcher, and a conductor who starts them, and starts again what dies.
#
# ## The wrong way
#
# :::{admonition} Deploy and forget
# :class: pr-wrong
# ```python
# model = pickle.load(open("model.pkl", "rb"))
#
# @app.post("/decide")
# def decide(payment: dict):
#     return bool(model.predict_proba([list(payment.values())])[0, 1] > threshold)
# ```
# :::
#
# It answers, and keeps nothing. A repeated request is a second decision. A column in the wrong place is a wrong score. Nobody can say tomorrow what was decided today. And when the world changes, it goes on.
#
# ## The right way
#
# Five promises. Tests hold them with real processes, which they really kill.
#
# - **{term}`Exactly once`.** A decision is a row under the payment's id, committed before it is answered. Who asks again gets the same row.
# - **Only what was released.** The service loads an artefact by its digest, and refuses another.
# - **Only what the contract knows.** A missing, foreign or empty column is refused, with the reason in the log.
# - **Labels as they are.** They come a day late, and for accepted payments only.
# - **Nobody alone decides to replace a model.** An alarm calls; the {term}`gate` judges the challenger.
#
# The command `make rehearsal` runs it on two cores in less than ten minutes, for four streams of payments. They are dealt from real ones as in [chapter 07](07a_signals_and_the_plan). The release itself has learned those very payments. So what serves is its twin: the same recipe, trained on those that the stream does not replay.
#
# **This page is executed from the record of such a run**, which the command makes again and compares.

# %% task="Read the `record` of the rehearsal, and take the first of its runs as `run`."
record = rehearsal.read()
run = record["runs"][0]

# %% tags=["remove-cell"]
runs = record["runs"]
DIGITS, FIRST = 16, 7
N_DAYS = len(run["days"]["euros"])
sent = [int(sum(one["days"]["payments"])) for one in runs]
starts = pd.DataFrame([one["measured"]["starts"] for one in runs])
restarted = int((starts - 1).sum().sum())
stored = [one["stored"] for one in runs]
so_kept = "none is lost, and none is double" if stored == sent else "that is not so in every run"
book = rehearsal.logbook(run)
live, wrong = (
    event
    for event in run["events"]
    if "release" in event["what"] and event["who"] == "release" and event["time"] < 9.5 * 86_400
)

# %% [markdown]
# The digest of the record is {eval}`record["digest"][:DIGITS]`…. It holds {eval}`len(runs)` runs with {eval}`f"{sum(sent):,}"` payments. In each of them the service, the client and the watcher are killed once, by `kill -9` (at once, without a word), in hours drawn by lot. Parts were started again {eval}`restarted` times. As many decisions are stored as payments were sent: {eval}`so_kept`. They are the same, bit for bit, as those of a run in memory without any of this.
#
# ## The logbook
#
# Three things happen in each stream, on days that nobody in it knows. On day 9, somebody releases a wrong threshold: {eval}`f"{wrong['threshold']:.4f}"` in place of {eval}`f"{live['threshold']:.2f}"`, so low that it blocks one payment in a hundred. On day 11, a feed breaks: one input arrives as zero. On day 14, frauds of a new kind come in. This is the first run, which begins on day {eval}`FIRST`: the days before are its history.

# %% tags=["remove-cell"]
SAYS = {
    "inputs": "an input has moved",
    "losses": "losses reported by customers are above their limit",
    "scores": "the scores have moved",
}


def in_words(event):
    """Say in a line of the logbook what happened."""
    what = SAYS.get(event["what"], event["what"]) if event["who"] == "watcher" else event["what"]
    if event["who"] == "gate" and isinstance(event.get("found"), dict):
        what = f"a challenger is judged: {what}"
    return what


lines = pd.DataFrame(
    {
        "when": [f"day {day}, {hour}" for day, hour in zip(book["day"], book["hour"], strict=True)],
        "who": book["who"],
        "what": [in_words(event) for event in book.to_dict("records")],
    }
).set_index("when")

# %% tags=["remove-input"]
lines

# %% tags=["remove-cell"]
seen = rehearsal.signals(record)
mine = seen[seen["seed"] == run["seed"]]
limit_of = rehearsal.limits()
days = np.arange(FIRST, FIRST + N_DAYS)
euros = pd.DataFrame(
    {"as rehearsed": run["days"]["euros"], "never": run["would have cost"]["never"]}, index=days
)
happened = [(9 + 10 / 24, "threshold"), (11 + 8 / 24, "feed"), (14, "new frauds")]
stops = [event["time"] / 86_400 for event in run["events"] if event["who"] == "kill switch"]

# %% tags=["remove-cell"]
timeline_alt = (
    f"Days {days[0]} to {days[-1]} of the first run. Above, euros a day: as rehearsed {euros['as rehearsed'].sum():,.0f} € in all, "
    f"never watched {euros['never'].sum():,.0f} €. Below, what the watcher saw of losses and of inputs, with their limits: "
    + "; ".join(
        f"{name} beyond its limit on {int((mine.loc[mine['name'] == name, 'rings']).sum())} mornings"
        for name in ("losses", "inputs")
    )
    + f". The kill switch stopped {len(stops)} times."
)


# %% tags=["remove-cell"]
def draw_euros(axes):
    """Draw what each day cost, watched and not."""
    blue, orange = COLOURS["blue"], COLOURS["orange"]
    axes.bar(days + 0.5, euros["as rehearsed"], 0.8, color=blue, label="as rehearsed")
    never = np.append(euros["never"], euros["never"].iloc[-1])
    edges = np.append(days, days[-1] + 1)
    axes.step(edges, never, where="post", color=orange, label="never watched")
    axes.plot(stops, np.zeros(len(stops)), "v", color=INK["light"], ms=8, label="kill switch")
    for day, name in happened:
        axes.text(day + 0.1, axes.get_ylim()[1] * 0.6, name, fontsize=8.5, rotation=90)
    axes.set(title="What happened, and what was seen of it?", ylabel="euros a day")
    axes.legend(fontsize=8.5, loc="upper right")


def draw_seen(axes, name, unit):
    """Draw what the watcher found each morning."""
    part = mine[mine["name"] == name]
    axes.plot(part["day"], part["found"], "o-", color=COLOURS["blue"], ms=4)
    axes.axhline(limit_of[name], color=INK["light"], ls="--", lw=1)
    axes.set(title=f"seen in the morning: {name}", ylabel=unit)


# %% tags=["hide-input"]
figure, panels = plt.subplots(3, 1, sharex=True, figsize=(5.8, 5.2), height_ratios=[2, 1, 1])
draw_euros(panels[0])
draw_seen(panels[1], "losses", "€ per 1,000")
draw_seen(panels[2], "inputs", "largest KS")
for axes in panels:
    for day, _ in happened:
        axes.axvline(day, color=COLOURS["purple"], lw=1, ls=":")
panels[-1].set_xticks(range(8, 25, 2))
panels[-1].set(xlabel="day of the stream (dotted: what happens; dashed: the limit of an alarm)")
show(figure, alt=timeline_alt)


# %% tags=["remove-cell"]
def first_of(who, after, what=""):
    """Return the first line of a run's logbook by somebody from a time on, or nothing."""
    return next(
        (
            event
            for event in run["events"]
            if event["who"] == who and event["time"] >= after and event["what"].startswith(what)
        ),
        None,
    )


def late(event, since):
    """Say how many hours after something an event came."""
    return f"{(event['time'] - since) / 3600:.0f} hours later" if event else "never"


# %% tags=["remove-cell"]
DAY = 86_400
WRONG, BROKEN, NEW = 9 * DAY + 10 * 3600, 11 * DAY + 8 * 3600, 14 * DAY
stopped = first_of("kill switch", 9 * DAY)
rang = first_of("watcher", 11 * DAY, "inputs")
noticed = first_of("watcher", NEW, "losses")
HEARD = 16  # on day 15 a complaint may be about a payment of day 13 at most
on_day = int(noticed["time"] // DAY) if noticed else 0
so_noticed = (
    "In this run the alarm of losses does not ring after that."
    if not noticed
    else f"In this run the alarm of losses rings on day {on_day} already: it has heard a burst from before."
    if on_day < HEARD
    else f"In this run the alarm of losses rings on day {on_day}."
)
gates = pd.Series(
    [event["what"] for one in runs for event in one["events"] if event["who"] == "gate"]
)
asked = gates[~gates.str.startswith("is not asked")]
promoted = int((asked == "pass").sum())
so_promoted = "None took over." if promoted == 0 else f"{promoted} took over."
so_asked = "once" if len(asked) == 1 else f"{len(asked)} times"

# %% [markdown]
# The wrong threshold is stopped {eval}`late(stopped, WRONG)` by the {term}`kill switch <Kill switch>`: it counts hours with an alert, and needs neither a label nor a meeting. The broken feed is seen {eval}`late(rang, BROKEN)`, in the next morning's watch, and repaired six hours after that. (The days of this stream are dealt from the same two, so its mornings look alike. On a real one inputs move more: set the limit from quiet weeks of your own.) New frauds have to wait for complaints: the first are counted in the morning of day {eval}`HEARD`. {eval}`so_noticed`
#
# Then a challenger is trained on what is known, and the gate compares it with what serves. It was asked {eval}`so_asked` in the {eval}`len(runs)` runs. {eval}`so_promoted` Within three days it is not asked again, whatever rings. A payment that was blocked never shows what it was. To compare the two models it is taken for a fraud, which can only speak against the challenger.
#
# ## What is each answer worth?
#
# The same streams at the same prices, run again in memory with one answer left out at a time. Intervals are by Student's t over the runs, and hold together with 95 %. *Never* means that nobody looks at all: the wrong threshold stays until the end. The {term}`oracle` knows the date of each change. The wrong threshold and the broken feed do not happen to it, and after the new frauds it trains every morning on all true labels.

# %% tags=["remove-cell"]
answers = rehearsal.saved(record)
total = pd.DataFrame(
    {
        "as rehearsed": [sum(one["days"]["euros"]) for one in runs],
        **{
            name: [sum(one["would have cost"][name]) for one in runs]
            for name in ("never", "oracle")
        },
    }
)
by_answer = answers.set_index(["answer", "seed"])["euros"]

# %% tags=["remove-cell"]
OF = 4  # three answers and all together: their intervals hold jointly
mean_saved = {
    name: retraining.over_streams(by_answer[name], level=intervals.joint_level(OF))
    for name in by_answer.index.levels[0]
}
share = (total["never"] - total["as rehearsed"]) / (total["never"] - total["oracle"])
least, most = percent(share.min()), percent(share.max())
called = answers.groupby("answer")[["calls", "trainings"]].sum()
verdict_of = {
    name: intervals.verdict(mean_saved[name], asked=OF, above="saves", below="costs")
    for name in mean_saved
}

# %% tags=["remove-cell"]
clear = [name for name, word in verdict_of.items() if word != intervals.UNTOLD and name != "all"]
so_clear = f"{len(clear) or 'No'} single answer{'s have' if len(clear) > 1 else ' has'} an interval without zero."
if clear == ["stop"]:
    so_clear = f"Of the single answers only the kill switch has an interval without zero: {mean_saved['stop']:,.0f} €."

# %% [markdown]
# The first three lines say what more it costs if this answer alone is left out, the last if all are. Why they do not add up stands below. No challenger served, so its line is 0 without an interval. The runs share their payments, so the intervals are rather too narrow.

# %% tags=["remove-input"]
NAMED = {
    "stop": "the kill switch stops",
    "repair": "the feed is repaired",
    "retrain": "a challenger is trained and judged",
    "all": "all three",
}
pd.DataFrame(
    {
        NAMED[name]: {
            "saved in a run (€, mean)": f"{mean_saved[name]:z,.0f}"
            if mean_saved[name].half_width
            else f"{mean_saved[name].estimate:z,.0f}",
            "least and most": f"{by_answer[name].min():z,.0f} to {by_answer[name].max():z,.0f}",
            "calls, all runs": f"{called.loc[name, 'calls']}",
            "trainings": f"{called.loc[name, 'trainings']}",
        }
        for name in NAMED
    }
).T.rename_axis("answer")

# %% tags=["remove-cell"]
total_alt = "Euros that each run costs in all. " + "; ".join(
    f"{name}: " + ", ".join(f"{value:,.0f}" for value in total[name]) for name in total
)

# %% tags=["hide-input"]
figure, axes = plt.subplots(figsize=(5.6, 2.6))
total = total[["never", "as rehearsed", "oracle"]]
SHADES = (COLOURS["orange"], COLOURS["blue"], COLOURS["green"])
for number, row in total.iterrows():
    axes.plot(row, np.arange(3) + 0.06 * number, color=INK["light"], lw=0.6, alpha=0.5)
for place, (name, shade) in enumerate(zip(total, SHADES, strict=True)):
    axes.plot(total[name], place + 0.06 * total.index, "o", color=shade)
axes.set_yticks(range(3), [*total])
axes.invert_yaxis()
axes.set(title="What does each run cost?", xlabel="euros in all (a line joins one stream)")
axes.xaxis.set_major_formatter("{x:,.0f}")
show(figure, alt=f"{total_alt}.")

# %% [markdown]
# **What {eval}`len(runs)` runs cannot tell.** All answers together saved {eval}`f"{mean_saved['all']:,.0f}"` € a run on average. Run by run that is {eval}`least` to {eval}`most` of what the oracle saves. The interval is wide, since {eval}`len(runs)` streams are few. Least and most stand in the table, so that nobody takes a mean for a promise. What happens, when and how strongly, was chosen by us, with trial runs in sight. The limits of the alarms and the criteria of the gate were not. {eval}`so_clear` The kill switch is worth what a wrong threshold costs while nobody notices it, here until the end. Where somebody notices on the second day, it saves one day. How often one is released is not in these data. And it hears a threshold that is too low; one that is too high it was not shown.
#
# ## Play with it
#
# Whoever is called has to be paid, and so has a training with its approval. Put in your prices.

# %% tags=["remove-input"]
interactive.answers_pay(answers)

# %% tags=["remove-cell"]
worse = {
    name: sum(
        sum(one["would have cost"][f"without {name}"]) > sum(one["would have cost"]["never"])
        for one in runs
    )
    for name in ("stop", "repair")
}
dearer = int((euros["as rehearsed"] - euros["never"]).idxmax())
so_worse = (
    f"To answer no alarm at all costs less than to leave out the kill switch alone in {worse['stop']} "
    f"of {len(runs)} runs. For the repair alone that is so in {worse['repair']}"
)
of_losses = seen[(seen["name"] == "losses") & seen["rings"]]
ringing = set(of_losses.loc[of_losses["day"] >= HEARD, "seed"])
already = set(of_losses.loc[of_losses["day"] < HEARD, "seed"])
by_these = len(ringing - already)
so_heard = (
    f"{by_these or 'No'} run{'s were' if by_these > 1 else ' was'} alarmed by the new frauds alone"
)

# %% tags=["remove-cell"]
asked_on = [
    event["time"] / DAY
    for one in runs
    for event in one["events"]
    if event["who"] == "gate" and not event["what"].startswith("is not asked")
]
so_tested = (
    "before any new fraud could be known. So whether it is careful or slow was not tested here"
    if max(asked_on, default=0) < HEARD
    else "in part when new frauds were known already"
)

# %% tags=["remove-cell"]
stopped_late = sum(
    event["who"] == "kill switch" and event["time"] > 11 * DAY
    for one in runs
    for event in one["events"]
)

# %% [markdown]
# ## What was not expected
#
# - **Two mistakes can hide each other.** {eval}`so_worse`. A wrong threshold would block the frauds that a broken input hides. And zeros in an input may lower scores, so that fewer good customers are blocked; that was not tested. What the answers save does not add up. On day {eval}`dearer` of the first run, the watched model pays more than the one that nobody watched.
# - **The new frauds are hardly heard.** {eval}`so_heard`. From the first morning that can know of them it rings in {eval}`len(ringing)` of {eval}`len(runs)`, and in {eval}`len(ringing & already)` of these it had rung before, for an older burst. The limit was set on calm streams, where a single burst must not reach it.
# - **The gate let {eval}`promoted or "no"` challenger through.** It was asked {eval}`so_asked`, {eval}`so_tested`.
# - The kill switch stopped {eval}`stopped_late or "no"` release for nothing after its first work, in {eval}`len(runs)` runs of {eval}`N_DAYS` days.
#
# ## Does it survive?
#
# Yes, in these tests. Parts are broken on purpose while payments come in. Afterwards all decisions are counted, and all scores computed again:
#
# | What is broken | When | What happens |
# | --- | --- | --- |
# | the service, or the client, by `kill -9` | at three moments each | every payment is decided once, and none otherwise |
# | the labeller, by `kill -9` | while it writes | every label is there once |
# | service, client and watcher, by `kill -9` | within one day | decisions and alarms are those of an undisturbed run |
# | the disk is full | while it writes | the service ends rather than answer what it could not keep, and the log says why |
# | the database is slow, or its table locked | at each commit | answers come later, and are the same |
# | a column is missing, foreign or no number | one payment | it is refused, and the log names the column |
# | the artefact is another one | at a release, at a start | it is refused; what served before goes on |
#
# How many payments a second the service decides, and how long each waits, [is measured](../about/benchmarks).
#
# With PostgreSQL the same code runs by a URL in place of the file. The service listens on loopback only.
#
# ## What to decide

# %% tags=["remove-cell"]
pays = {
    "saves": f"saves {mean_saved['all']:,.0f} € a run",
    "costs": f"costs {abs(mean_saved['all'].estimate):,.0f} € a run more",
}.get(
    verdict_of["all"],
    f"saves {mean_saved['all'].estimate:,.0f} € a run on average, which {len(runs)} runs cannot tell from luck",
)
so_retrain = {
    "saves": "Training a challenger and judging it saves more than luck.",
    "costs": "Training a challenger and judging it costs more than it saves.",
}.get(
    verdict_of["retrain"],
    "What a challenger saves is not known: none served.",
)

# %% [markdown]
# :::{admonition} Before the first morning
# :class: pr-decide
# - **Rehearse the release, mistakes included.** To be watched and answered {eval}`pays`.
# - **A kill switch first.** It is a count and a limit, and needs no label. It hears one mistake: too many alerts.
# - **A watch of the inputs second.** It finds a broken feed the next morning.
# - **Then the gate.** {eval}`so_retrain`
# :::
#
# **On Monday:** kill your scoring service with `kill -9` while it decides, in a test system. Then count: how many payments were sent, how many decisions are stored, and how many of them twice?
#
# **What is not known.** How often a wrong threshold is released, or a feed breaks, at your house. How people behave at three in the morning. And whether fraudsters answer what is done about them: these do not.

# %% tags=["remove-cell"]
about = {
    "chapter": "09",
    "data_digest": record["data"],
    "n": sum(sent),
    "split": "development",
    "because": "each whole run is one draw: runs share their rows",
}
evidence.record(
    "watched and answered against never, in a rehearsal",
    mean_saved["all"].estimate,
    mean_saved["all"],
    unit="€ per run",
    how=f"{len(runs)} recorded runs of {N_DAYS} days, paired, Student's t",
    **about,
)
for name, answer in verdict_of.items():
    question = f"in the rehearsal, {NAMED[name]}: against not answering"
    evidence.conclude(question, answer, chapter="09")

# %% tags=["remove-cell"]
so_alone = (
    "No run was alarmed by the new frauds alone."
    if by_these == 0
    else f"Of the {len(runs)} runs {by_these} {'was' if by_these == 1 else 'were'} alarmed by the new frauds alone."
)

# %% tags=["remove-cell"]
cheaper = int((by_answer["all"] > 0).sum())
so_few = "is more than luck" if verdict_of["all"] == "saves" else "are too few to promise it"
small, axes = plt.subplots(figsize=(3.4, 2.6))
means = total.mean()
axes.barh(range(3), means, color=SHADES)
for place, name in enumerate(total):
    axes.plot(total[name], np.full(len(total), place), "o", color=INK["light"], ms=3)
for place, value in enumerate(means):
    axes.text(total.iloc[:, place].max(), place, f" mean {value:,.0f} €", va="center", fontsize=9)
axes.set_yticks(range(3), [*means.index])
axes.invert_yaxis()
axes.set(
    title="What does a run cost?",
    xlabel="euros (bar: mean; dots: runs)",
    xlim=(0, 1.45 * total.max().max()),
)
axes.grid(visible=False, axis="y")
short_alt = "Euros of a run, mean: " + "; ".join(f"{n} {v:,.0f}" for n, v in means.items()) + "."
picture = show(small, alt=short_alt)

# %% tags=["remove-input", "in-short"]
in_short(
    question="What happens to a release in its first weeks, and is watching it worth the trouble?",
    answer=(
        f"In {len(runs)} rehearsed runs of {N_DAYS} days, a wrong threshold is released, a feed breaks and new frauds come. Somebody who answers the alarms pays **{means['as rehearsed']:,.0f} €** a run, "
        f"whoever never looks {means['never']:,.0f} €. It was less in {cheaper} of {len(runs)} runs, which {so_few}. {so_alone} Parts were killed, and no decision was lost or doubled."
    ),
    decision="Rehearse before you release. Let counts stop it, have feeds repaired, and let the gate say no to a challenger that has shown nothing.",
    figure=picture,
)

# %% [markdown]
# :::{admonition} Take-away
# :class: pr-takeaway
# - Commit before you answer, under an id that the sender gives: then a crash costs time, and no decision.
# - What stops a release must need no label and no meeting.
# - An alarm calls somebody. A model is replaced by the gate.
# - Write thresholds and answers down before the first morning, and let nobody move them in the night.
# :::

# %% [markdown]
# ## Exercises
#
# ```{exercise} 9.1 Read it off
# :label: rehearsal-read
# :nonumber:
#
# From the figure with the knobs: at which price of a training is it no longer worth it to have challengers trained and judged, in these runs?
# ```

# %% tags=["hide-cell"]
of_training = answers[answers["answer"] == "retrain"]
made, gained = of_training["trainings"].sum(), of_training["euros"].sum()
Markdown(
    f"They saved {gained:,.0f} € in all, with {made} trainings: up to {gained / made:,.0f} € each, if calls are free."
    if made and gained > 0
    else "At every price, even at 0 €: in these runs challengers saved nothing, so each training is a loss."
)

# %% [markdown]
# ```{exercise} 9.2 Code it
# :label: rehearsal-code
# :nonumber:
#
# Change the threshold of one alarm: take half of the plan's limit on losses, the limit itself, and twice it. On how many mornings does the alarm ring, in all runs together, before day {eval}`HEARD`, the first that can know of the new frauds? In how many runs does it ring in the week that begins on that day? The table is `seen`.
#
# Call the answers `false_calls` and `heard`: dicts by limit.
# ```

# %% tags=["hide-cell"]
tried = [factor * limit_of["losses"] for factor in (0.5, 1, 2)]
losses = seen[seen["name"] == "losses"]
before = losses[losses["day"] < HEARD]
week = losses[losses["day"].between(HEARD, HEARD + 6)]
false_calls = {limit: int((before["found"] > limit).sum()) for limit in tried}
heard = {limit: week.loc[week["found"] > limit, "seed"].nunique() for limit in tried}
pd.DataFrame({"mornings before": false_calls, "runs in which it rings after": heard}).rename_axis(
    "limit (€ per 1,000)"
)

# %% tags=["hide-cell"]
Markdown(
    "A lower limit can only ring more often, before the change as well as after it. Each of its calls may be a training "
    "that the gate has to judge. The plan lets the gate be asked three times: what is asked in the first week is missing in the second."
)

# %% tags=["remove-cell", "check"]
from casebook import checks

checks.alarm_moved(false_calls, heard, seen=seen, limit=limit_of["losses"])

# %% [markdown]
# ```{exercise} 9.3 Argue it
# :label: rehearsal-argue
# :nonumber:
#
# “The new frauds ran for a week. Next time, the challenger goes live at once.” What do you say to the head of fraud?
# ```
#
# ```{solution} rehearsal-argue
# :class: dropdown
#
# The gate cannot see what nobody has seen yet: in the first days after a change the evidence is a burst or two. A challenger that goes live on a burst may cost more than it saves, and nobody would know. If a week is too long, buy evidence: labels sooner, and reviews of some blocked payments. Or agree beforehand, in the criteria, on a lower level for such a case, with its price. What must not happen is that the bound is moved in the night of the alarm.
# ```

# %% [markdown]
# ## Are you sure?
#
# - [Which signal hears what, and how is a month dealt out of two days? →](07a_signals_and_the_plan)
# - [What are the limits of a kill switch? →](08b_serving)
# - [Do the numbers agree when payments outgrow one machine? →](06d_when_the_payments_outgrow_one_machine)
#
# ## Further reading
#
# - {cite:t}`breck2017`: tests around a model, monitoring among them.
# - {cite:t}`sculley2015`: why the model is the small part.
