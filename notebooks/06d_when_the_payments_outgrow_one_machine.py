# %% [markdown]
# # When the payments outgrow one machine
#
# [Chapter 06](06_drift) holds all rows in memory. A large bank sees more payments in a day than this data has in all, and keeps them in a database or on a cluster. This page counts them where they lie. You need chapter 06.

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import Markdown
from threadpoolctl import threadpool_limits

# %% tags=["hide-input"]
from casebook import conventions, data, mode, models, split
from casebook.page import in_short, recorded
from prerelease import costs, drift, intervals, profiles
from prerelease.plots import COLOURS, INK, show, use_style

use_style()
pd.options.display.max_colwidth = None
threads = threadpool_limits(1)  # on a shared machine, more threads mostly wait for each other

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% [markdown]
# ## The question
#
# Somebody must say every morning whether the world has moved and whether the model still earns its keep. All it takes is in chapters 01 to 06: distances such as the {term}`population stability index` and {term}`Kolmogorov–Smirnov`, tests that exchange blocks of time, rates, precision, recall, euros. Each of them was computed from rows in memory. What if there are a hundred million?
#
# **The usual way out** is to draw a sample. It is wrong twice. Fraud is rare, so the sample holds few, and what depends on them (recall, cost) is known badly. And rows drawn one by one tear bursts apart, so intervals that know of bursts can no longer be had.
#
# **The better way** is to count. Hardly any of the measures needs single rows. It asks how many rows of a stretch of time lie in a bin, how many of those were fraud, and what they were worth. Such a table is a {term}`profile`. It is small, whatever the number of rows, and profiles of yesterday and today add up.

# %% tags=["remove-cell"]
INPUTS, COSTS = [*models.INPUTS], costs.CostModel()
payments = data.load()
train, valid = split.development(payments)
model = models.chosen().fit(train[INPUTS], train["Class"])
train, valid = (
    rows.assign(score=model.predict_proba(rows[INPUTS])[:, 1]) for rows in (train, valid)
)
threshold = conventions.threshold(valid, valid["score"], costs=COSTS)
named = {"time": "Time", "amount": "Amount", "label": "Class"}

# %% [markdown]
# ## Agree on the bins, then count
#
# Profiles add up only if they were counted in the same bins. So bins are agreed on once, from rows of a time when all was well, and written down: the {term}`contract of bins`. The threshold at which the model blocks must be an edge. Then nothing is lost at it.

# %% task="Agree on bins as `agreed`, from the training rows, and count both periods, as `reference` and `today`."
agreed = profiles.Contract.of(train, thresholds=[threshold], block=600, **named)
reference = profiles.profile(train, agreed)
today = profiles.profile(valid, agreed)

# %% tags=["remove-cell"]
per_row = today.rows / len(today.counts)
tomorrow = profiles.add(reference, today)
whole = profiles.profile(pd.concat([train, valid]), agreed)
adds_up = tomorrow.counts.equals(whole.counts)

# %% [markdown]
# `profile` writes one query. {term}`DuckDB` answers it here, on the tables in memory. It reads each column once, keeps no row and sorts nothing. Reference and today add up to what counting both at once gives: {eval}`"to the last count" if adds_up else "not to the last count, which is an error"`.
#
# For two days alone, counting saves little: {eval}`f"{today.rows:,}"` rows of today became {eval}`f"{len(today.counts):,}"` counts, since each ten minutes are told apart. The number of counts depends on hours and bins. Once each bin is filled, ten times the payments give the same table, with larger numbers in it.
#
# ## Are they the same numbers?
#
# Everything that follows works on the two profiles alone. Beside it stands what the rows give.

# %%
moved = profiles.drift(reference, today, columns=INPUTS)
same_hours = profiles.drift(reference, today, columns=INPUTS, match_hours=True)
rate = profiles.rate_change(reference, today)
caught = profiles.measure(today, intervals.Recall(threshold))
right = profiles.measure(today, intervals.Precision(threshold))
ranked = profiles.measure(today, intervals.AveragePrecision())
paid = profiles.cost(today, COSTS, threshold=threshold)
awaited = profiles.cost(today, COSTS, threshold=threshold, expected=True)

# %% tags=["remove-cell"]
exact = drift.scan(train[INPUTS], valid[INPUTS], bins=20)
rows_rate = drift.label_rate_change(train["Time"], train["Class"], valid["Time"], valid["Class"])
blocked = valid["score"] >= threshold
bill = costs.row_costs(valid["Class"], blocked, valid["Amount"], costs=COSTS)
hoped = costs.expected_cost(valid["score"], blocked, valid["Amount"], costs=COSTS)


# %% tags=["remove-cell"]
def of_rows(metric):
    return intervals.value(metric, valid["Class"], valid["score"])


def line(what, from_rows, from_counts, digits=3, bound="the same"):
    """Return a line of the table: the difference is written out, whatever it is."""
    gap = abs(from_rows - from_counts)
    told = [f"{value:,.{digits}f}" for value in (from_rows, from_counts)]
    return {"measure": what, "from rows": told[0], "from counts": told[1]} | {
        "difference": f"{gap:.1g}" if gap else "0",
        "at most, for certain": bound,
    }


widest = exact["psi"].idxmax()
furthest = (moved["ks_at_most"] - moved["ks"]).idxmax()

# %% tags=["remove-cell"]
far = moved.loc[furthest]
lines = [
    line(f"PSI of {widest}", exact.loc[widest, "psi"], moved.loc[widest, "psi"]),
    line(f"Jensen–Shannon of {widest}", exact.loc[widest, "js"], moved.loc[widest, "js"]),
    line(
        f"Kolmogorov–Smirnov of {furthest}",
        exact.loc[furthest, "ks"],
        far["ks"],
        bound=f"{far['ks_at_most'] - far['ks']:.3f}",
    ),
    line("fraud rate, times the reference", rows_rate.ratio.estimate, rate.ratio.estimate),
    line("its p-value", rows_rate.p_value, rate.p_value, 4),
]

# %% tags=["remove-cell"]
price, hope = 1000 * bill.mean(), 1000 * hoped.mean()
apart = [f"{one.most - one.least:.1g}" for one in (paid, awaited)]
found_in_counts = {
    intervals.Recall(threshold): caught,
    intervals.Precision(threshold): right,
    intervals.AveragePrecision(): ranked,
}
for metric, one in found_in_counts.items():
    what = {"AveragePrecision": "average precision"}.get(type(metric).__name__)
    bound = f"{one.most - one.least:.3f}" if what else "the same"
    what = what or type(metric).__name__.lower()
    lines.append(line(what, of_rows(metric), one.interval.estimate, bound=bound))
lines += [
    line("cost, € per 1,000 payments", price, paid.interval.estimate, 1, apart[0]),
    line("expected cost, € per 1,000 payments", hope, awaited.interval.estimate, 1, apart[1]),
]

# %% tags=["remove-cell"]
gaps = (exact[["psi", "js"]] - moved[["psi", "js"]]).abs().to_numpy().max()
inside = ((moved["ks"] <= exact["ks"] + 1e-12) & (exact["ks"] <= moved["ks_at_most"] + 1e-12)).all()

# %% tags=["remove-input"]
pd.DataFrame(lines).set_index("measure")

# %% [markdown]
# - **What decisions do is exact**, since the threshold is an edge: recall and precision are the same, and costs differ by the rounding of amounts.
# - **PSI and Jensen–Shannon are exact** in the bins that were agreed on. Over all {eval}`len(INPUTS)` inputs the largest difference is {eval}`f"{gaps:.0e}" if gaps else "zero"`.
# - **Two measures ask for more than bins know**, Kolmogorov–Smirnov and average precision. Between two edges, distribution functions may drift apart and come together again unseen. Within a bin nobody knows which score was higher. For both, a bound is computed with the number, and the exact value lies inside{eval}`"" if inside else ", but not here"`. An alarm goes by the number itself: the true distance may be larger by its bound. For average precision the bins are narrow where it is decided, at the top and at the scores of known frauds.
#
# The project's tests check each line of this table on many drawn data sets.
#
# The intervals come from the counts as well. A whole block of ten minutes is drawn again and again, with all that happened in it, much as in [chapter 01](01_metrics_for_impact). Recall is {eval}`f"{caught.interval:.2f}"`, and the bill {eval}`f"{paid.interval:,.0f}"` € per thousand payments.

# %% tags=["remove-cell"]
kept = same_hours["alarm"].sum()
loud = moved["alarm"].sum()
beyond = "beyond the limit" if rate.ratio.estimate < 0.5 else "within the limit"

# %% [markdown]
# ## What is to be answered?
#
# With a hundred million rows, the smallest difference is “significant”. So the lesson of [chapter 06](06_drift) is built into `watch`: an alarm takes an effect beyond its limit **and** evidence that it is no luck. An effect without evidence is told as such, and so is a question that cannot be answered yet, such as recall before any label is there. Each rule says what to do.

# %% task="Write the rules, and hold today against the reference as `found`."
rules = {
    "watch": {"match_hours": True},
    "rule": [
        {
            "name": "an input",
            "measure": "ks",
            "of": "inputs",
            "at_most": 0.2,
            "do": "Ask the feed.",
        },
        {"name": "missing", "measure": "missing", "of": "inputs", "at_most": 0.01, "do": "Ask."},
        {"name": "fraud", "measure": "positives", "at_most": 2, "do": "Ask the investigators."},
        {
            "name": "recall",
            "measure": "recall",
            "threshold": threshold,
            "at_least": 0.7,
            "do": "Look at what was missed.",
        },
    ],
}
found = profiles.watch(reference, today, rules)

# %% tags=["remove-cell"]
findings = pd.DataFrame(found.to_dict()["findings"])
distance = findings["measure"] == "ks"
loudest = findings[distance].nlargest(3, "found").index
picked = findings.assign(found=[one.value for one in found.findings]).loc[
    [*sorted(loudest), *findings.index[~findings["measure"].isin(["ks", "missing"])]]
]
n_alarms = int((findings["outcome"] == "alarm").sum())
fraud = findings[findings["name"] == "fraud"].iloc[0]
so_luck = "which could be luck" if fraud["low"] <= 1 <= fraud["high"] else "more than luck"
n_asked = int(distance.sum())
sure = distance & (findings["outcome"] == "quiet") & (findings["q_value"] <= 0.05)
n_quiet_but_sure = int(sure.sum())

# %% tags=["remove-input"]
picked[["name", "of", "outcome", "asked", "found", "because"]].set_index("name")

# %% tags=["remove-cell"]
record, TICKS = recorded("profiles"), [300, 1000, 3000]
ways = pd.DataFrame(record["ways"])
counting = ways[ways["way"] == "count and write"].set_index("rows")
reading = ways[ways["way"] == "pandas reads all"].set_index("rows")
follows = ways[ways["way"] == "all that follows"].set_index("rows")
most, fewest = counting.index.max(), counting.index.min()
top = counting.loc[most]
growth = top["cpu_seconds"] / counting.loc[fewest, "cpu_seconds"]
within = top["peak_mib"] <= record["goal_mib"]
too_large = reading.index[reading["seconds"].isna()]
largest_read = reading.dropna(subset="seconds").index.max()
spark = record["spark"]

# %% [markdown]
# {eval}`f"{n_alarms} of {len(findings)} findings"` are alarms; each input has two rules, one for its distance and one for missing values. Whether these calls are true nobody can say from two days. Set such limits from quiet weeks of your own. {eval}`n_quiet_but_sure` of the {eval}`n_asked` inputs did move, beyond luck, but by less than their limit: they are quiet, and should be. (The amount has a rule of its own, if one is wanted.) The interval of recall is longer here than above, since it holds together with the others. It reaches below the limit: nothing shows that recall has fallen so far, and nothing rules it out.
#
# Each hour is compared with the same hours of the reference, so that a morning is no drift. For the inputs that changes little: without it `drift` finds that {eval}`int(loud)` of {eval}`len(INPUTS)` have moved, amount included, and with it {eval}`int(kept)`. For frauds it matters. Against all hours their rate is {eval}`f"{rate.ratio.estimate:.2f}"` times that of the reference, {eval}`beyond` of one half. Against the same hours it is {eval}`f"{fraud['found']:.2f}"` times, {eval}`so_luck`.
#
# On the command line it is two lines. The exit code says what comes next: nothing, an alarm to answer, or too little evidence.
#
# ```bash
# prerelease profile payments/2026-03-02.parquet --out today --contract agreed/contract.json
# prerelease watch today --reference agreed --rules watch.toml --html found.html
# ```
#
# ## How far does it go?
#
# A benchmark makes {eval}`f"{most:,}"` payments out of the real ones, a million a day, and counts them in blocks of an hour on two cores. Each number was measured once, in a process of its own, on a machine that had other work too; so the figure shows the seconds that processors worked.


# %% tags=["remove-cell"]
def told(table):
    """Return what each number of payments took, for the picture's text."""
    took = table.dropna(subset="seconds").iterrows()
    return "; ".join(
        f"{rows:,} take {row.cpu_seconds:.0f} s and {row.peak_mib:.0f} MiB" for rows, row in took
    )


alt = f"Time and memory by number of payments, both logarithmic. Counting: {told(counting)}. Reading all with pandas: {told(reading)}."

# %% tags=["hide-input"]
figure, (left, right_axes) = plt.subplots(1, 2, figsize=(7.0, 3.0), layout="constrained")
for table, name, mark in ((counting, "count", "o"), (reading, "read all with pandas", "s")):
    shade = COLOURS["blue" if mark == "o" else "orange"]
    there = table.dropna(subset="seconds")
    left.plot(there.index, there["cpu_seconds"], f"{mark}-", color=shade, label=name)
    right_axes.plot(there.index, there["peak_mib"], f"{mark}-", color=shade, label=name)
right_axes.axhline(record["goal_mib"], color=INK["light"], lw=1, ls="--")
right_axes.text(fewest, record["goal_mib"] * 1.1, "goal", fontsize=8.5, color=INK["light"])
for axes, what in ((left, "seconds of processors"), (right_axes, "peak memory (MiB)")):
    axes.set(xscale="log", yscale="log", xlabel="payments", ylabel=what)
right_axes.set_yticks(TICKS, [f"{tick:,}" for tick in TICKS])
right_axes.minorticks_off()
left.set_title("How much work is it?")
right_axes.set_title("What must fit into memory?")
left.legend(fontsize=8.5)

show(figure, alt=alt)

# %% [markdown]
# - **The work grows with the rows**, or more slowly, as each run begins with the same few seconds: {eval}`f"{most // fewest:,}"` times as many rows take {eval}`f"{growth:.0f}"` times the work.
# - **Memory grows with the counts**, which is to say with hours and bins: {eval}`f"{top['counts']:,.0f}"` counts need {eval}`f"{top['peak_mib']:,.0f}"` MiB, {eval}`"within the goal" if within else "above the goal"` of {eval}`f"{record['goal_mib']:,}"`. Rows and days grow together in this benchmark, so the figure cannot tell the two apart. Blocks of ten minutes, as above, make up to six times as many counts; that was not measured.
# - **Rows in memory end early**: pandas takes {eval}`f"{reading.loc[largest_read, 'peak_mib']:,.0f}"` MiB for {eval}`f"{largest_read:,}"` payments. Where they fit it is faster, but has then only read them. So with a million rows and one machine, stay with rows. {eval}`f"{too_large[0]:,} do not fit into the memory of that machine, so that was not tried." if len(too_large) else ""`
# - **The profile stays small**: {eval}`f"{counting.loc[fewest, 'profile_mib']:.1f}"` MiB for a day. All that follows from all days, drift of each column and intervals included, takes {eval}`f"{follows.loc[most, 'seconds']:.1f}"` seconds. These payments repeat, so their files pack well. Reading real ones from a slow disk takes longer.
#
# ## What changes on a cluster?
#
# The connection. The query is an {term}`Ibis` expression: it is translated for the engine that holds the table, and the engine does the counting.
#
# ```python
# import ibis
#
# engine = ibis.duckdb.connect()                 # here
# engine = ibis.pyspark.connect(spark_session)   # on a cluster
# today = profiles.profile(engine.read_parquet("payments/"), agreed)
# ```

# %% tags=["remove-cell"]
if "why_not" in spark:
    on_spark = f"No Spark counted for this copy of the book: {spark['why_not']}."
else:
    same = "the same to the last one" if spark["equal"] else "not the same, which is an error"
    on_spark = (
        f"On the first {spark['rows']:,} payments a local Spark {spark['versions']['pyspark']} and DuckDB "
        f"gave {spark['counts']:,} counts each: {same}. Spark took {spark['Spark_seconds']:.0f} seconds "
        f"for it and DuckDB {spark['DuckDB_seconds']:.0f}. On one machine Spark is a test and no gain."
    )

# %% [markdown]
# {eval}`on_spark` Sums of money are kept in whole units of a hundredth of a cent, since whole numbers add up alike in any order and on any number of machines.
#
# Three things a cluster does not do for you. Bins that were agreed on a year ago grow stale, so agree again when the model or its threshold changes, and keep the old profiles with the old contract. Rows that are counted in two profiles count twice; the command names a profile after its table, so that counting a day again replaces it. And labels that come late mean that a day must be counted again.
#
# ## What is not known
#
# No cluster was to be had for this page: a hundred million payments were counted on one machine, and a million by a Spark on that machine. How fast a cluster is, we do not know.
#
# Counts tell each column by itself. How inputs move *together* asks for rows, so a {term}`domain classifier` still wants a sample. So does explaining a single decision.
#
# **On Monday:** agree on bins from last month's rows, profile yesterday, and compare three of its numbers with those that you have from the rows.

# %% tags=["remove-cell"]
small, axes = plt.subplots(figsize=(3.4, 2.6))
axes.plot(counting.index, counting["peak_mib"], "o-", color=COLOURS["blue"], label="count")
there = reading.dropna(subset="seconds")
axes.plot(there.index, there["peak_mib"], "s-", color=COLOURS["orange"], label="read all")
axes.axhline(record["goal_mib"], color=INK["light"], lw=1, ls="--")
axes.set(xscale="log", yscale="log", xlabel="payments", title="How much memory (MiB)?")
axes.set_yticks(TICKS, [f"{tick:,}" for tick in TICKS])
axes.minorticks_off()
axes.legend(fontsize=8.5)
picture = show(
    small,
    alt=f"Peak memory by number of payments: counting needs {top['peak_mib']:,.0f} MiB at most, reading all grows with the rows.",
)

# %% tags=["remove-input", "in-short"]
in_short(
    question="How is a model watched when its payments no longer fit into one machine?",
    answer=(
        f"By counts: **{most:,} payments in {top['peak_mib']:,.0f} MiB** on two cores, in blocks of an hour. A day of {fewest:,} takes {counting.loc[fewest, 'peak_mib']:,.0f} MiB. "
        "At an agreed threshold recall and precision are exact, and the bill differs by rounding only."
    ),
    decision="Agree on bins once, count each day where the payments lie, and watch the counts.",
    figure=picture,
)

# %% [markdown]
# ## Further reading
#
# - {cite:t}`gray1997`: counts by several columns at once, and which measures can be computed from parts.
# - {cite:t}`raasveldt2019`: DuckDB, a database inside the program.
# - {cite:t}`zaharia2016`: Spark, one engine for many machines.
#
# [Back to chapter 06](06_drift)
