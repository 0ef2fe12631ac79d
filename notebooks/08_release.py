# %% [markdown]
# # The release
#
# You need the conclusions of chapters 00 to 07, which are judged here, and a quarter of an hour.

# %% tags=["hide-input"]
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown
from scipy import stats

from casebook import conventions, data, evidence, interactive, mode, profile, release, split
from casebook.page import in_short, percent
from prerelease import costs as money
from prerelease import gate, intervals, serving, stages
from prerelease.plots import INK, show, use_style
from prerelease.plots.metrics import forest

use_style()
pd.options.display.max_colwidth = None

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% [markdown]
# ## The question
#
# Eight chapters found what is wrong with a fraud model, and mended it. Now somebody has to say yes or no. This person has an hour, is no statistician, and will be asked about it later. What should lie on the table?
#
# Three release candidates first. All learned from the {term}`training rows <Development rows>` and are judged on the {term}`validation rows`. Only the one that is left meets the {term}`test rows`.

# %% tags=["remove-cell"]
payments = data.load()
train, valid = split.development(payments)
prices = money.CostModel()
inputs = release.INPUTS
trained = release.candidates(train)
naive, held, latest = (release.scores_of(model, valid) for model in trained.values())
candidates = {
    "RC1": release.decided(valid, naive, naive >= 0.5),
    "RC2": release.decided(valid, held, held >= 0.5),
    "RC3": release.decided(valid, latest, conventions.decide(valid, latest, costs=prices)),
}
challenger = candidates["RC3"]
recall, savings = (gate.measure(challenger, name).value for name in ("recall", "savings"))
n_frauds = int(valid["Class"].sum())

# %% tags=["remove-cell"]
ledger = split.uses()
ledger = ledger[(ledger["source"] == payments.attrs["source"]) & (ledger["who"] != "chapter 08")]
judged_before = sorted(set(ledger.loc[ledger["kind"] == "evaluation", "who"]))
shown_before = sorted(set(ledger["who"]) - set(judged_before))
so_open = (
    f"They are not fresh: by the ledger of this machine, {len(judged_before)} pages judged models on them before this one "
    f"({', '.join(judged_before)}), and {len(shown_before)} more described or demonstrated something."
    if judged_before
    else "The ledger of this machine names no page that judged a model on them before; the book as a whole does."
)
so_rc3 = (
    "Chapter 03 raced other models against RC2's and kept it"
    if release.KEPT
    else "The model is the one that chapter 03 chose"
)

# %% [markdown]
# - **RC1** is LightGBM as it comes, without the copied frauds of the [first page](../index); alerts from a score of one half on.
# - **RC2** takes smaller steps and smaller trees, and is penalised for large ones (chapters 01 and 02).
# - **RC3** decides by one threshold that was chosen in euros (chapter 01). {eval}`so_rc3`.

# %% [markdown]
# ## The wrong way most people do it
#
# :::{admonition} The usual sign-off
# :class: pr-wrong
# ```python
# for name, target in targets.items():
#     print("✓" if metrics[name] > target else "✗", name)
# print("Looks good, ship it.")
# ```
# :::
#
# The targets were agreed on when the numbers were known. There is no interval, no reason, and no word on which rows. Here is that slide for our candidates.

# %% tags=["remove-input"]
asked = gate.read_criteria(conventions.CANDIDATE)
verdicts = {name: gate.judge(scored, asked) for name, scored in candidates.items()}


def ticked(finding):
    """What the slide says: the estimate against the bound, and nothing else."""
    above = finding.value >= finding.criterion.bound
    met = above == (finding.criterion.side == "at_least")
    return "✓" if met or finding.value == finding.criterion.bound else "✗"


slide = pd.DataFrame(
    {
        name: {finding.criterion.name: ticked(finding) for finding in verdict.findings}
        for name, verdict in verdicts.items()
    }
)
slide.columns.name = "release candidate"
slide

# %% tags=["remove-cell"]
signed_off = " and ".join(name for name in slide if (slide[name] == "✓").all())
n_passed = sum(one.outcome == "pass" for one in verdicts.values())
TARGET = 0.7
tick = stats.binom.sf(np.ceil(TARGET * n_frauds - 1e-9) - 1, n_frauds, TARGET)
tick_words = percent(tick)

# %% [markdown]
# This slide signs off {eval}`signed_off or "no candidate"`. The gate judges the same candidates by the same bounds, and says “pass” {eval}`["to none", "once", "twice", "three times"][n_passed]`. What is a tick worth? With {eval}`n_frauds` frauds, a model exactly at its target gets its tick with a chance of {eval}`tick_words`: the toss of a coin.

# %% [markdown]
# ## The right way: a gate
#
# A {term}`gate` differs from the slide in four things.
#
# 1. **The criteria are written first**, each with its reason, in a file. Its digest stands in the {term}`test ledger`, so a bound that was moved afterwards shows. (Ours were not all written blind: see the end.)
# 2. **The end of the interval that speaks against the release is judged**, not the estimate.
# 3. **There is a third answer.** Where the bound lies inside the interval, the gate says *insufficient evidence*, and how much more it would take can be computed.
# 4. **Whatever is missing is not a yes:** no evidence, evidence of other data, of another model, or without an interval.
#
# All criteria must pass. A model that is bad in one thing has to get past the criterion that asks for this thing, whatever the others say. So nothing has to be corrected for their number {cite:p}`berger1982`. [How often does one criterion err? →](../about/benchmarks)
#
# A criterion is five lines of TOML:
#
# ```toml
# [[criterion]]
# name = "Half of what a perfect model would earn"
# metric = "savings"
# at_least = 0.5
# why = "The operations team agreed to staff the reviews for that, and for no less."
# ```

# %% task="Judge the last candidate by the criteria for candidates, and show the outcome."
verdict_of_rc3 = gate.judge(challenger, conventions.CANDIDATE)
verdict_of_rc3.outcome

# %% tags=["remove-cell"]
HALF = "Half of what a perfect model would earn"
readings = {}
for name, verdict in verdicts.items():
    finding = next(one for one in verdict.findings if one.criterion.name == HALF)
    readings[f"{name}: {finding.outcome}"] = intervals.Interval(
        finding.value, finding.low, finding.high, 0.95, "gate", finding.n
    )
bound = next(one.bound for one in asked.criteria if one.name == HALF)

# %% tags=["remove-cell"]
as_judged = next(one for name, one in readings.items() if name.startswith("RC3"))

# %% tags=["remove-input"]
show(
    forest(
        readings,
        title="Half of what a perfect model would earn?",
        reference=bound,
        warned=[name for name in readings if not name.endswith("pass")],
        spec=".2f",
        unit="savings on the validation rows (1 = a perfect model); line: the bound",
    ),
    alt=f"Savings of each release candidate with its interval, against the bound of {bound:g}: "
    + "; ".join(f"{name} {reading.estimate:.2f}" for name, reading in readings.items())
    + ".",
)


# %% tags=["remove-cell"]
def because(verdict):
    """On account of which criteria the gate says what it says of a candidate."""
    by = {}
    for finding in verdict.findings:
        by.setdefault(finding.outcome, []).append(finding.criterion.name.lower())
    parts = [
        f"{'' if outcome == verdict.outcome else f'{outcome} '}for “{'”, “'.join(of)}”"
        for outcome, of in by.items()
        if outcome != "pass"
    ]
    return "; ".join(parts) or "for every criterion"


goes_on = {
    "pass": "RC3 goes on to the test rows.",
    "fail": "None should go on; RC3 is tried on the test rows all the same, to show what follows.",
    "insufficient evidence": "A candidate that fails is out. RC3 only lacks evidence, so it goes on to the rows that can give it.",
}[verdicts["RC3"].outcome]
for name, verdict in verdicts.items():
    evidence.conclude(f"does {name} go on?", verdict.outcome, chapter="08")
    for finding in verdict.findings:
        evidence.conclude(f"{name}: {finding.criterion.name}", finding.outcome, chapter="08")

# %% [markdown]
# - **RC1: {eval}`verdicts["RC1"].outcome`** {eval}`because(verdicts["RC1"])`.
# - **RC2: {eval}`verdicts["RC2"].outcome`** {eval}`because(verdicts["RC2"])`.
# - **RC3: {eval}`verdicts["RC3"].outcome`** {eval}`because(verdicts["RC3"])`.
#
# The gate's intervals are longer than those of chapters 01 to 03, which resample blocks of time. With so few bursts, resamples let too many models pass that are exactly at their bound ([how many →](../about/benchmarks)), and a pass must not be luck. So this page, and the file below, are judged by the gate's own.
#
# {eval}`goes_on` It is RC3 and not RC2, because chapter 01 had settled that a threshold is chosen in euros. [What lies between the two? →](08a_what_a_pass_is_worth)

# %% [markdown]
# ## Play with it
#
# What would the gate say to *your* bound? Set how many frauds your rows hold, the bound, and the level of the interval; read off the chance of each answer for a recall as it really is.

# %% tags=["remove-input"]
LAX = 0.8
interactive.gate_answers(n_frauds, TARGET)

# %% [markdown]
# The grey middle is the third answer. With few frauds it is nearly everything, and more frauds make it narrow. A lower level does so as well, at a price: at {eval}`percent(LAX)`, a model that is exactly at its bound passes once in {eval}`f"{2 / (1 - LAX):.0f}"` times.

# %% [markdown]
# ## The release itself
#
# Nothing serves yet, so the champion is to accept every payment. The artefact is a folder with the model, its contract and its digest. What is judged is what would serve: the loaded artefact scores the test rows, and the threshold comes from rows that the model has not seen.

# %% task="Save the trained model in a new `place` with its `digest`, load it again as `served`, and set its `threshold` on the validation rows."
place = Path(tempfile.mkdtemp())
digest = serving.save(
    trained["RC3"],
    place,
    rows=train[inputs],
    data_digest=payments.attrs["sha256"],
    criteria=gate.read_criteria(conventions.CRITERIA).digest,
)
served = serving.load(place, digest=digest, features=inputs)
threshold = conventions.threshold(valid, latest, costs=prices)

# %% tags=["remove-cell"]
ELSEWHERE = """
import sys, numpy, pandas
from prerelease import serving
served = serving.load(sys.argv[1], digest=sys.argv[2])
rows = pandas.read_parquet(sys.argv[1] + "/rows.parquet")
numpy.save(sys.argv[1] + "/scores.npy", served.score(rows))
"""
some = valid[inputs].head(5000)
some.to_parquet(place / "rows.parquet")
subprocess.run([sys.executable, "-c", ELSEWHERE, str(place), digest], check=True)
alike = (np.load(place / "scores.npy") == latest[: len(some)]).mean()
model = serving.fingerprint(served.score(valid[inputs]))  # who this is, in each row about it

# %% tags=["remove-cell"]
test = split.open_test(
    payments,
    who="chapter 08",
    kind="evaluation",
    why="The release: the served artefact and its threshold, both fixed before.",
)
score = served.score(test[inputs])
block = score >= threshold

# %% tags=["remove-cell"]
METRICS = ("average_precision", "savings", "saved_per_1000", "recall", "false_alarms_per_1000")
as_served = release.decided(test, score, block)
found = {
    metric: (gate.measure(as_served, metric).interval, gate.units()[metric]) for metric in METRICS
}
hit, bursts = profile.burst_recall(test["Time"], test["Class"], block)

# %% tags=["remove-cell"]
RULE = "served artefact, one threshold, the cheapest on the validation rows"
SAME = "scores that are the same, bit by bit, in a fresh process"
CAUGHT = "bursts of frauds of which the release caught one"
NEAR = "frauds within ten minutes of each other"
share_of = "share of payments"
told = [
    (f"{metric} of the release", one.estimate, one, unit, len(test), "test", RULE)
    for metric, (one, unit) in found.items()
]
told.append((CAUGHT, hit, None, f"of {bursts} bursts", len(test), "test", NEAR))
told.append((SAME, float(alike), None, share_of, len(some), "valid", "compared"))
about = {"data_digest": payments.attrs["sha256"], "chapter": "08", "model": model}
for claim, value, one, unit, n, where, how in told:
    reason = "" if one is None else release.BECAUSE
    evidence.record(
        claim, value, one, unit=unit, n=n, split=where, how=how, because=reason, **about
    )

# %% [markdown]
# Now the test rows are opened. {eval}`so_open` The release catches {eval}`percent(found['recall'][0].estimate)` of the frauds of this evening. Of their {eval}`bursts` bursts, {eval}`"none" if hit == bursts else bursts - hit` went by untouched.

# %% [markdown]
# ## The verdict
#
# The chapters wrote what they concluded into [one file](../about/evidence), each row by the cell that computed it. The gate reads that file and the criteria, and nothing else.

# %% task="Read all `rows` of evidence, and judge them by the release criteria: `verdict`."
rows, criteria = evidence.read(), gate.read_criteria(conventions.CRITERIA)
order = gate.order(split.uses(), criteria_digest=criteria.digest, source=payments.attrs["source"])
verdict = gate.judge_evidence(
    rows, criteria, data_digest=payments.attrs["sha256"], data=payments.attrs["source"], order=order
)

# %% tags=["remove-cell"]
silent = sorted({f"{n:02}" for n in range(8)} - set(rows["chapter"]))
on_file = (
    f"No evidence of chapter {', '.join(silent)} in this run: the chapter was not run before this one, and the gate cannot "
    "pass what it was not shown. The command make book runs all chapters in their order."
    if silent
    else f"It holds {len(rows)} results of {rows['chapter'].nunique()} chapters so far, all of the same data."
    if set(rows["data_digest"]) == {payments.attrs["sha256"]}
    else "It holds results of different data; those of other data do not count."
)
evidence.conclude("do we ship?", verdict.outcome, chapter="08")
for finding in verdict.findings:
    evidence.conclude(f"the release: {finding.criterion.name}", finding.outcome, chapter="08")

# %% [markdown]
# {eval}`on_file`

# %% tags=["remove-cell"]
ABOUT = ("what it is worth", "hygiene", "what surrounds it")


def about_what(criterion):
    """Return what a criterion is about: hygiene is counted, the model's worth is this chapter's."""
    return ABOUT[1] if criterion.counted else ABOUT[0] if criterion.chapter == "08" else ABOUT[2]


named = {one.criterion.claim: one for one in verdict.findings}
half, on_test = named["savings of the release"], found["savings"][0]
groups = {
    about: [f for f in verdict.findings if about_what(f.criterion) == about] for about in ABOUT
}
shown_of = {about: sum(f.outcome == "pass" for f in of) for about, of in groups.items()}
of_sets = next(one for claim, one in named.items() if claim.startswith("frauds covered by"))
so_few = {
    "pass": "That is enough.",
    "fail": "That is too low.",
    "insufficient evidence": "So few frauds, in so few bursts, cannot show that it is enough.",
}[of_sets.outcome]
so_sets = (
    "no evidence of chapter 04 in this run."
    if of_sets.low is None
    else f"they hold {of_sets.value:.2f} of the frauds, and the interval begins at {of_sets.low:.2f}. {so_few}"
)

# %% tags=["remove-input"]
table = verdict.table().drop(columns="because")
table.insert(0, "is about", [about_what(one.criterion) for one in verdict.findings])
table["asked for"] = table["asked for"].str.replace("share of the oracle's", "of a perfect model's")
table

# %% [markdown]
# The {eval}`len(verdict.findings)` do not weigh alike.
#
# - **What it is worth** on later payments is asked by {eval}`len(groups[ABOUT[0]])` criteria, of which {eval}`shown_of[ABOUT[0]]` pass. Savings are the same euros, as a share of what was at stake. In truth both are above nothing, or neither is. But the ends of their intervals are estimates: a large fraud that is missed lowers the share, and leaves the euros as they are. So the share's interval reaches further down, and that of the euros further up.
# - **Hygiene** is met by construction: only a bug can fail these {eval}`len(groups[ABOUT[1]])`.
# - **What surrounds it:** the signal was set to call less often than its bound, so it passes nearly by construction. The choice passes, although savings fell from {eval}`f"{savings:.2f}"` to {eval}`f"{on_test.estimate:.2f}"`: [what that pass is worth](08a_what_a_pass_is_worth).
# - **The sets:** {eval}`so_sets`
#
# The same on the command line. Its exit code is for a pipeline that ships on 0 and on nothing else.
#
# ```text
# prerelease gate --criteria release.toml --data-digest "$SHA256" --html verdict.html
# ```

# %% [markdown]
# ## Shadow, canary, full
#
# How long until we know? No formula for independent frauds will do, since frauds come in bursts. So we draw stretches of ten minutes from all hours of the {term}`development rows` and count how often a period of some length shows what is to be shown.

# %% tags=["remove-cell"]
every = pd.concat([train, valid])
unseen = release.scored_unseen(every)
period = release.decided(every, unseen, unseen >= threshold)
seconds = every["Time"].to_numpy()
stretch = (seconds // conventions.BLOCK_SECONDS).astype(int)
fraud, blocked = period.label == 1, period.block
accept, perfect = (period.cost(rule) for rule in (np.zeros_like(blocked), fraud))


def sums(values):
    """Return the sum over each stretch of ten minutes."""
    return np.bincount(stretch, period.weight * values)


# %% tags=["remove-cell"]
caught, frauds = sums(blocked & fraud), sums(fraud)
earned, to_earn = sums(accept - period.cost(blocked)), sums(accept - perfect)
DAY = round(86_400 / conventions.BLOCK_SECONDS)
WEEK, BURSTS, CANARY = 7, 30, 0.05
ROUNDS = 150 if mode.is_quick() else 300
runs = profile.runs(every["Time"], fraud, gap=conventions.BLOCK_SECONDS)["frauds"]
bursts_per_day = DAY * len(runs) / len(frauds)
thin_bursts = bursts_per_day * (1 - (1 - CANARY) ** runs).mean()

# %% tags=["remove-cell"]
bounds = [round(recall - margin, 2) for margin in (0.2, 0.1, 0.05)]
how_long = np.unique(np.geomspace(12, 20 * DAY, 14).astype(int))


def chance_to_show(n, at_least):
    """Both intervals of a recall must be above the bound: the bootstrap's and the exact one."""
    value = stages.centred(caught, frauds, truth=recall, bound=at_least)
    exact = stages.power(round(n * frauds.mean()), truth=recall, bound=at_least)
    return min(exact, stages.shown(value, int(n), rounds=ROUNDS))


power = pd.DataFrame(
    [(n * frauds.mean(), one, chance_to_show(n, one)) for one in bounds for n in how_long],
    columns=["frauds", "bound", "power"],
)

# %% tags=["hide-input"]
figure, axes = plt.subplots(figsize=(5.0, 3.4))
bound_of = power["bound"].map("at least {:.2g}".format).rename("recall of")
sns.lineplot(power, x="frauds", y="power", hue=bound_of, style=bound_of, ax=axes)
axes.axhline(0.8, color=INK["light"], lw=1.2, ls="--")
axes.set(title="How many frauds must be seen?", xscale="log", ylim=(0, 1.02))
axes.set(xlabel="frauds seen", ylabel="chance that the interval shows it")
axes.xaxis.set_major_formatter("{x:,.10g}")
show(
    figure,
    alt=f"Chance that an interval shows recall to be above a bound, against the frauds seen, if recall really is {recall:.2f}: "
    f"for the bounds {', '.join(f'{one:.2f}' for one in bounds)}. The further the bound, the fewer frauds it takes.",
)

# %% [markdown]
# The plan gives each stage a chance of four in five (dashed above). What it earns is judged by the gate's own interval, as in the verdict. No stage is shorter than a week, since no week looks like another until one was seen. The canary decides about one payment in twenty.

# %% tags=["remove-cell"]
rng = np.random.default_rng(0)
thin_caught, thin_missed = (  # the twentieth that the canary gets, drawn fifty times
    rng.binomial(np.tile(counts, 50).astype(int), CANARY) for counts in (caught, frauds - caught)
)
value = {
    "recall": stages.centred(caught, frauds, truth=recall, bound=bounds[1]),
    "more": stages.centred(caught, frauds, truth=recall, bound=bounds[2]),
    "canary": stages.centred(thin_caught, thin_caught + thin_missed, truth=recall, bound=bounds[1]),
}
needed = {name: stages.stretches_needed(one, rounds=ROUNDS) for name, one in value.items()}
exact = {  # a recall must be shown by its exact interval as well
    "recall": stages.cases_needed(truth=recall, bound=bounds[1]),
    "more": stages.cases_needed(truth=recall, bound=bounds[2]),
    "canary": stages.cases_needed(truth=recall, bound=bounds[1]) / CANARY,
}
needed |= {name: max(needed[name], int(np.ceil(n / frauds.mean()))) for name, n in exact.items()}
in_bursts = needed["recall"] * frauds.mean()
frauds_per_day = DAY * frauds.mean()

# %% tags=["remove-cell"]
telling = period.frame[fraud | blocked].reset_index(drop=True)  # the others add nothing
held_in = stretch[fraud | blocked]
first, last = (
    np.searchsorted(held_in, np.arange(len(frauds)), side=side) for side in ("left", "right")
)
earned_here = gate.measure(period, "savings").value
SIZES = np.geomspace(1.5 * DAY, 40 * DAY, 8).astype(int)
draw = np.random.default_rng(1)


def period_of(n):
    """Return a period of so many stretches of ten minutes, each drawn from all hours."""
    drawn = draw.integers(0, len(frauds), n)
    rows = np.concatenate([np.arange(first[k], last[k]) for k in drawn])
    again = telling.iloc[rows].reset_index(drop=True)
    moved = np.repeat(np.arange(n), (last - first)[drawn]) - held_in[rows]
    again["time"] += conventions.BLOCK_SECONDS * moved
    return gate.Scored(again, prices, gate.Decision())


# %% tags=["remove-cell"]
judged_so = {
    n: [gate.measure(period_of(n), "savings").interval for _ in range(ROUNDS // 2)] for n in SIZES
}


# %% tags=["remove-cell"]
def enough(truth, at):
    """Return how many stretches show, four times in five, that savings are beyond a bound."""
    gap = truth - at  # the development rows stand for how much savings vary, not for their level
    shown = [
        np.mean(
            [
                one.low - earned_here > -gap if gap > 0 else one.high - earned_here < -gap
                for one in of
            ]
        )
        for of in judged_so.values()
    ]
    chance = np.maximum.accumulate(shown)
    if chance[-1] < 0.8:
        return None
    return int(np.exp(np.interp(0.8, chance, np.log(SIZES)))) if chance[0] < 0.8 else int(SIZES[0])


# %% tags=["remove-cell"]
def supposed(where, truth):
    """Return what it takes to answer the criterion on savings, if some rows are right about it."""
    at = half.criterion.bound
    n = enough(truth, at)
    verb = "passes" if truth > at else "fails"
    seen = f"about {float(f'{n * frauds.mean():.2g}'):,.0f} frauds" if n else "not even forty days"
    told = (
        f"If it is as good as on the {where} rows ({truth:.2f}), {seen} would show that it {verb}."
    )
    does = "earns" if truth > at else "does not earn"
    claim = f"it {does} {at:g} of a perfect model, if it is as on the {where} rows"
    return ("shadow", claim, n, 1, bursts_per_day), told


# %% tags=["remove-cell"]
supposed_on = [supposed("validation", savings), supposed("test", on_test.estimate)]
lines = [line for line, _ in supposed_on] + [
    ("canary", f"recall is at least {bounds[1]:.2f}", needed["canary"], CANARY, thin_bursts),
    ("full", f"recall is at least {bounds[2]:.2f}", needed["more"], 1, bursts_per_day),
]
if of_sets.value is not None and of_sets.value > of_sets.criterion.bound:
    # Bursts are taken to weigh as much for sets as they do for recall.
    alone = stages.cases_needed(truth=of_sets.value, bound=of_sets.criterion.bound)
    n_sets = int(np.ceil(alone * needed["recall"] / exact["recall"]))
    claim = (
        f"its sets hold {of_sets.criterion.bound:g} of the frauds, if they are as on the test rows"
    )
    lines.insert(2, ("shadow", claim, n_sets, 1, bursts_per_day))


# %% tags=["remove-cell"]
def in_days(stage):
    """Return the days of a stage: of the longest of its lines, a week and thirty bursts."""
    of = [(n, a_day) for one, _, n, _, a_day in lines if one == stage and n]
    return int(np.ceil(max(max(n / DAY, WEEK, BURSTS / a_day) for n, a_day in of)))


shadow_days = in_days("shadow")
longest = max(
    float(f"{n * frauds.mean():.2g}") for stage, _, n, *_ in lines if stage == "shadow" and n
)

# %% tags=["remove-input"]
pd.DataFrame(
    [
        {
            "stage": stage,
            "to show that": claim,
            "frauds it sees": f"{n * frauds.mean() * share:,.0f}" if n else "–",
            "days for that": f"{n / DAY:,.1f}" if n else "–",
            "days planned": in_days(stage),
        }
        for stage, claim, n, share, _ in lines
    ]
).set_index("stage")

# %% [markdown]
# Shadow mode has to be long enough for either answer: about {eval}`f"{longest:,.0f}"` frauds, at {eval}`f"{frauds_per_day:,.0f}"` a day, are **{eval}`shadow_days` days**. Add the days that labels take.
#
# Bursts have their price. To show what the canary shows, shadow mode would need {eval}`f"{in_bursts:,.0f}"` frauds. The canary needs {eval}`f"{exact['recall']:,}"`, because of a burst it hardly ever sees two.
#
# Ask the gate once, at the end: one that is asked every day until it says yes errs more often than its intervals admit. [How a canary is stopped at once if it does harm](08b_serving) has a page of its own.

# %% [markdown]
# ## What to decide

# %% tags=["remove-cell"]
passed = [one for one in verdict.findings if one.outcome == "pass"]
open_ones = [one for one in verdict.findings if one.outcome != "pass"]
next_step = {
    "pass": "Shadow mode comes first all the same, since these rows are two days of one autumn.",
    "fail": "The chapter that owns the criterion comes next, and another candidate.",
    "insufficient evidence": f"Shadow mode runs {shadow_days} days, so that either answer can be given, plus the days that labels take. Then the gate is asked once.",
}[verdict.outcome]
ship = "Yes" if verdict.outcome == "pass" else "No" if verdict.outcome == "fail" else "Not yet"
stands = f"It saves {found['savings'][0]:.2f} of what a perfect model would, and {half.criterion.bound:g} was asked for."
settling = " ".join(told for _, told in supposed_on) if half in open_ones else ""
so_passed = f"{shown_of[ABOUT[0]]} are about what it is worth, and {len(groups[ABOUT[1]])} can fail by a bug only."
others = (
    f"The other {len(passed)} criteria pass; of these, {so_passed}"
    if open_ones == [half]
    else f"Its sets lack evidence, too: they hold {of_sets.value:.2f} [{of_sets.low:.2f}, {of_sets.high:.2f}] of the frauds, where {of_sets.criterion.bound:g} was asked for. The other {len(passed)} criteria pass; of these, {so_passed}"
    if open_ones == [half, of_sets] and of_sets.value is not None
    else f"Of {len(verdict.findings)} criteria {len(passed)} pass; of these, {so_passed}"
)

# %% [markdown]
# :::{admonition} What is signed: **{eval}`ship`**
# :class: pr-decide
# {eval}`verdict.decision` {eval}`next_step` In no case is a bound moved to where the result is.
# :::
#
# **What is not known.** Other weeks, other seasons, and what fraudsters do once the model decides. Nor did we write blind: some of the criteria were written by people who had seen results, [and the page on what a pass is worth says which](08a_what_a_pass_is_worth).
#
# **On Monday:** write three criteria for your own model into a TOML file, each with its bound and its reason. Have somebody date it who has not seen the scores. Then run `prerelease gate` on your scores: [six steps](../about/own-model), and [the checklist](../about/checklist) on one page to print.

# %% tags=["remove-cell"]
small = forest(
    {"RC3, validation rows": as_judged, "RC3, test rows": on_test},
    title="Half of a perfect model?",
    reference=bound,
    spec=".2f",
    unit="savings; line: the bound",
)
small.set_size_inches(3.4, 2.4)

# %% tags=["remove-input", "in-short"]
in_short(
    question="Do we ship?",
    answer=f"**{ship}. {stands}** {settling} {others}",
    decision=next_step,
    figure=show(
        small,
        alt=f"Savings of the release against the bound of {bound:g}, with intervals that both hold it: {as_judged:.2f} on the validation rows, {on_test:.2f} on the test rows."
        if max(as_judged.low, on_test.low) < bound < min(as_judged.high, on_test.high)
        else f"Savings of the release against the bound of {bound:g}: {as_judged:.2f} on the validation rows, {on_test:.2f} on the test rows.",
    ),
)

# %% [markdown]
# :::{admonition} Take-away
# :class: pr-takeaway
# - Write the criteria and their reasons before you look. Put their digest where the looking is noted.
# - Judge the end of the interval that speaks against you.
# - “Not enough evidence” is an answer, with a number: how many frauds it takes.
# - Ship by stages, each there to conclude something, each with the count that ends it.
# - What is served is what was judged: one digest, one contract, the same bits.
# :::

# %% [markdown]
# ## Exercises
#
# ```{exercise} 8.1 Read it off
# :label: release-read
# :nonumber:
#
# From the figure of frauds needed: your bank sees a tenth of the frauds a day that these rows hold. How long does shadow mode take to show a recall ten points below the one found, and what would you do in the meantime?
# ```

# %% [markdown]
# ````{solution} release-read
# :class: dropdown
#
# {eval}`f"{in_bursts / (frauds_per_day / 10):,.0f}"` days, and the label delay on top; if the bursts are smaller there, somewhat less. In the meantime today's process decides, the challenger's scores are stored with their versions, and alert rates and disagreements between the two are read every day: those need no labels.
# ````

# %% [markdown]
# ```{exercise} 8.2 Code it
# :label: release-code
# :nonumber:
#
# Somebody asks for one more criterion: precision of the alerts at least one half, on the validation rows. Write it as a TOML file of one criterion, judge the last candidate by it, and say what the answer would have been by the estimate alone.
#
# Call the verdict of `gate.judge` `added`.
# ```

# %% tags=["hide-cell"]
ADDED = """
[release]
name = "Alerts worth a look"

[[criterion]]
name = "One alert in two is a fraud"
metric = "precision"
at_least = 0.5
why = "Reviewers stop looking when most alerts are wrong."
"""
file = place / "added.toml"
file.write_text(ADDED, encoding="utf-8")
added = gate.judge(challenger, gate.read_criteria(file))
Markdown(
    f"Found {added.findings[0].found}, so: {added.outcome}. By the estimate alone: "
    f"{ticked(added.findings[0])}. But it was asked for after the results were known; it can guide the next release and cannot judge this one."
)

# %% tags=["remove-cell", "check"]
from casebook import checks

checks.added_criterion(added, rows=len(valid))

# %% [markdown]
# ```{exercise} 8.3 Argue it
# :label: release-argue
# :nonumber:
#
# The head of sales proposes to lower the bound on savings to just below the lower end that was found. “We learned what is realistic.” Answer in three sentences, for somebody who is not a statistician.
# ```

# %% [markdown]
# ````{solution} release-argue
# :class: dropdown
#
# A target that is set where the arrow landed is always hit, by bad models as well as by good ones. If the old bound was wrong for the business, write down why, without the result in the argument, and judge the next release by the new one. Until then this release has shown what it has shown, and shadow mode costs us days, not customers.
# ````

# %% [markdown]
# ## Are you sure?
#
# - [What is a pass worth, and would a stricter gate say the same? →](08a_what_a_pass_is_worth)
# - [Is what is served what was judged, and what stops it? →](08b_serving)
# - [What does the model card say, and how ready is everything around the model? →](08c_the_model_card)
#
# ## Further reading
#
# - {cite:t}`breck2017`: twenty-eight tests around a model, and what Google's teams scored.
# - {cite:t}`sculley2015`: why the model is the small part.
# - {cite:t}`berger1982`: why several criteria that must all be met need no correction.
