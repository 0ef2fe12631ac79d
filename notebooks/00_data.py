# %% [markdown]
# # The data
#
# A quarter of an hour. You need pandas, and to have met a {term}`confidence interval`.

# %% tags=["hide-input"]
import altair as alt
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown

from casebook import conventions, data, evidence, interactive, mode, profile, split
from casebook.page import duration, headed, in_percent, in_short, percent
from prerelease import intervals
from prerelease.plots import COLOURS, show, use_style

use_style()
pd.options.display.max_colwidth = None

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% [markdown]
# ## The question
#
# A bank has a model that finds card fraud, and wants to put it to work. Before anyone asks how good the model is, someone must sign for what it learned from.
#
# ## The wrong way most people do it
#
# :::{admonition} The usual two lines
# :class: pr-wrong
# ```python
# df = pd.read_csv("creditcard.csv").drop(columns="Time").drop_duplicates()
# train, test = train_test_split(df, test_size=0.2, stratify=df["Class"])
# ```
# :::
#
# The two lines take four decisions that nobody looked at. “Time does not matter.” “Rows that look alike are errors.” “A model may learn from payments of the future.” “Each fraud was known as fraud at once.” Each of the four changes what a model learns from, or how it is judged.

# %% task="Load all payments as `payments`, take `train` and `valid` of them, and open the last rows as `test`, with the reason in words."
payments = data.load()  # the whole file, checked to the byte
train, valid = split.development(payments)
test = split.open_test(
    payments, who="chapter 00", why="Counts of all rows; nothing is chosen.", kind="description"
)

# %% [markdown]
# The book has one split: models learn from the first rows, choices are made on the next, and the last rows only judge. Every look at these {term}`test rows <Test rows>` is written into a {term}`test ledger`, so that anyone can see how fresh they still are.

# %% tags=["remove-cell"]
times, labels, amounts = payments["Time"], payments["Class"], payments["Amount"]
weights = data.sampling_weights(payments)  # real payments a row stands for
development = pd.concat([train, valid])
dev_weights = data.sampling_weights(development)
part = np.repeat(["train", "valid", "test"], [len(train), len(valid), len(test)])
exact = profile.repeats(payments)
but_for_time = profile.repeats(payments, ignore=["Time"])
runs = profile.runs(times, labels, gap=60.0)
in_bursts = runs.loc[runs["frauds"] > 1, "frauds"].sum() / runs["frauds"].sum()
apart = but_for_time["surplus"] - exact["surplus"]  # repeats of a row at another second
sets = profile.twin_sets(payments)  # rows that agree in all but Time


def share_with_twin(part):
    """Return the share of the test rows that have a twin in training."""
    return np.isin(sets[part == "test"], sets[part == "train"]).mean()


dealt = [share_with_twin(np.random.default_rng(k).permutation(part)) for k in range(20)]

# %% tags=["remove-cell"]
hour, rng = (times // 3600).astype(int), np.random.default_rng(0)
frauds_in = labels.groupby(hour).sum()


def close_together(moments):
    """Return the share of moments that have another one within a minute."""
    near = np.diff(np.sort(moments)) <= 60
    return (np.append(near, False) | np.insert(near, 0, False)).mean()


def dealt_anew():
    """Return when frauds would happen if each hour dealt its own to its payments at random."""
    drawn = [times[hour == k].sample(n, random_state=rng) for k, n in frauds_in.items() if n]
    return np.concatenate(drawn)


by_chance = [dealt_anew() for _ in range(200)]
of_chance = np.array([close_together(moments) for moments in by_chance])
strewn = [close_together(rng.uniform(0, times.max(), labels.sum())) for _ in range(200)]
beyond = "More than luck" if of_chance.max() < in_bursts else "That could be luck"

# %% tags=["remove-cell"]
night = np.isin(development["Time"] // 3600 % 24, profile.lull(times, weights=weights))
quiet = np.where(night, "quiet", "other")
by_night = profile.fraud_rates(
    quiet, development["Class"], times=development["Time"], weights=dev_weights
)
night_ratio = profile.rate_ratio(
    development["Time"], development["Class"], quiet == "quiet", weights=dev_weights
)
delays = [0, 3600, 6 * 3600, 86_400, 7 * 86_400]  # from a fraud to its label
learned = times[(labels == 1) & (times < split.TRAIN_END)]
in_time = [(learned + delay <= split.TRAIN_END).sum() for delay in delays]
known = pd.DataFrame({"known": in_time, "share": np.array(in_time) / len(learned)}, delays)

# %% tags=["remove-input"]
wrong_way = {
    "drop_duplicates()": f"{exact['surplus']:,} rows go, {exact['surplus_frauds']} of them fraud: "
    f"{percent(exact['surplus_frauds'] / labels.sum(), 1)} of all frauds",
    "… after dropping Time": f"{but_for_time['surplus']:,} rows go",
    "drop Time": "the rows can no longer be split by time, nor the hours told apart: in the six quietest, fraud is "
    f"{night_ratio.estimate:.1f} [{night_ratio.low:.1f}, {night_ratio.high:.1f}] times as frequent",
    "random split": f"{percent(np.mean(dealt), 1)} of the test rows (over 20 splits "
    f"{percent(min(dealt), 1)} to {percent(max(dealt), 1)}) have a twin in training; split by time, "
    f"{percent(share_with_twin(part), 1)}",
    "take all labels as known": f"if a label took a day, {known.loc[86_400, 'known']:.0f} of the "
    f"{known.loc[0, 'known']:.0f} training frauds would be known when training ends",
}
headed(pd.DataFrame({"what it does here": wrong_way}).rename_axis("what is done"))

# %% [markdown]
# Brackets are 95 % intervals. A row's {term}`twin` is another row that agrees with it in every column that is compared.
#
# ## What we have
#
# A {term}`datasheet` answers the questions that the next person will have about a data set {cite:p}`gebru2021`.
#
# | question | answer |
# |---|---|
# | Who made it, for what? | Worldline, a payment processor, and the Machine Learning Group of the Université Libre de Bruxelles, for research on fraud detection {cite:p}`dalpozzolo2015` |
# | What is a row? | one payment by a European card holder on one of two days of September 2013 |
# | How many? | 284,807 payments, of which 492 are labelled fraud |
# | What was done to it? | the original columns were replaced by principal components (`V1` to `V28`) to protect the customers; only time and amount stayed as they were |
# | Who labelled it, when? | not published; the bank's investigators and customers' complaints are the usual sources {cite:p}`dalpozzolo2018` |
# | Is it everything? | not known: were payments that the bank had declined left out, or those of some cards? |
# | What may I do with it? | share it with attribution, and share a database derived from it alike (Open Database License; its contents: Database Contents License) |
# | Who keeps it up? | nobody; that your copy is the published one, its SHA-256 shows |
#
# ### The schema, and the contract
#
# A {term}`contract` states what every later line of code relies on. `load()` has just checked it: the file's fingerprint, the columns and their types and order, the counts, that times never go back, that nothing is missing. A contract that refuses nothing guards nothing, so we break one value and ask.

# %% task="Copy some payments, make one amount negative, and see what `data.check` says of it."
broken = payments.head(1000).copy()
broken.loc[broken.index[500], "Amount"] = -9.99
try:
    data.check(broken)
except data.ContractError as error:
    print(error)

# %% [markdown]
# ### The headlines, each both ways
#
# {eval}`f"{but_for_time['surplus']:,}"` rows repeat another in all but `Time`. {eval}`percent(apart / but_for_time["surplus"])` of these come at another second, as no copied line would: they look like payments that were made again. The others, {eval}`f"{exact['surplus']:,}"` rows, may be either, and {eval}`exact["surplus_frauds"]` of the {eval}`but_for_time["surplus_frauds"]` repeated frauds are among these. So we give every headline with and without them.


# %% tags=["remove-cell"]
def headline(rows):
    """Tell what a file of these rows alone would say."""
    df, weight = payments[rows], weights[rows]
    fraud, euros = df["Class"] == 1, df["Amount"] * weight
    rate = profile.rate_in_blocks(df["Time"], fraud, np.ones(len(df)), weights=weight)
    return {
        "payments": weight.sum(),
        "frauds": weight[fraud].sum(),
        "rate": rate.estimate,
        "low": rate.low,
        "high": rate.high,
        "euros": euros.sum(),
        "fraud_euros": euros[fraud].sum(),
        "median_fraud": df.loc[fraud, "Amount"].median(),
    }


kept = {
    "all rows": np.ones(len(payments), dtype=bool),
    "without exact repeats": ~payments.duplicated().to_numpy(),
    "without repeats but for Time": ~payments.duplicated(payments.columns.drop("Time")).to_numpy(),
}


# %% tags=["remove-input"]
both = pd.DataFrame({name: headline(rows) for name, rows in kept.items()}).T
of_all = both.loc["all rows"]
pd.DataFrame(
    {
        "payments": both["payments"].map("{:,.0f}".format),
        "frauds": both["frauds"].map("{:,.0f}".format),
        "fraud rate, % [95 % interval]": in_percent(both, 3),
        "euros paid": both["euros"].map("{:,.0f}".format),
        "euros of fraud": both["fraud_euros"].map("{:,.0f}".format),
        "median fraud (€)": both["median_fraud"].map("{:,.2f}".format),
    }
).T

# %% [markdown]
# One payment in {eval}`f"{1 / of_all['rate']:,.0f}"` is fraud. So a model that never says “fraud” is right {eval}`percent(1 - of_all["rate"], 2)` of the time, and saves nothing: accuracy is no measure here.
#
# ### How sure is the fraud rate?
#
# Frauds come in bursts: {eval}`percent(in_bursts)` of them have another within a minute. If frauds fell at random over the two days, it would be {eval}`percent(np.mean(strewn))`; if each fell at random within its own hour, {eval}`percent(of_chance.mean())`. {eval}`beyond`: the highest of {eval}`len(by_chance)` such deals has {eval}`percent(of_chance.max())`. So frauds are fewer events than they are rows, and an interval that takes each as an event of its own is too short. Ours draw whole blocks of time. How long must a block be? Turn the knob.

# %% tags=["remove-cell"]
everything = np.ones(len(payments))


def drawn_in(seconds):
    """Return the fraud rate with its interval, whole blocks of so many seconds drawn."""
    how = conventions.drawn(times, seconds=seconds)
    found = intervals.bootstrap(
        intervals.Precision(0.5), labels, everything, sample_weight=weights, **how
    )
    return {"low": 100 * found.low, "rate": 100 * found.estimate, "high": 100 * found.high}


seconds = [10, 60, 600, 1800, 3600, 3 * 3600]
by_block = pd.DataFrame([{"block": duration(one)} | drawn_in(one) for one in seconds])
by_block["length"] = by_block["high"] - by_block["low"]
longer = by_block["length"].iloc[-1] / by_block["length"].iloc[2]  # of three hours, of ten minutes

# %% tags=["remove-cell"]
lengths = by_block["block"].tolist()
bind = alt.binding_select(options=lengths, name="Length of a block")
k = alt.param("k", value="10 min", bind=bind)
base = alt.Chart(alt.Data(values=by_block.to_dict("records")))
x = alt.X("block:N", sort=None, axis=alt.Axis(title="blocks that are drawn whole", labelAngle=0))
y = alt.Y("low:Q", scale=alt.Scale(domain=[0, round(1.2 * by_block["high"].max(), 2)]))
y = y.title("fraud rate (%), with 95 % interval")
here = base.transform_filter("datum.block == k")
told = "'[' + format(datum.low, '.2f') + ', ' + format(datum.high, '.2f') + ']'"
ink = {"color": COLOURS["blue"]}
chart = alt.layer(
    base.mark_rule(strokeWidth=3, opacity=0.3, **ink).encode(x=x, y=y, y2="high:Q"),
    here.mark_rule(strokeWidth=7, **ink).encode(x=x, y=y, y2="high:Q"),
    here.transform_calculate(told=told).mark_text(dy=-12).encode(x=x, y="high:Q", text="told:N"),
)

# %% tags=["remove-input"]
figure, axes = plt.subplots()
axes.vlines(by_block["block"], by_block["low"], by_block["high"], lw=4, **ink)
axes.plot(by_block["block"], by_block["rate"], "o", **ink)
axes.set(title="How sure is the fraud rate?", xlabel="blocks that are drawn whole", ylim=(0, None))
axes.set_ylabel("fraud rate (%), with 95 % interval")
of_ten = by_block.iloc[2]
interactive.play(
    chart.add_params(k).properties(height=260),
    figure,
    alt=(
        f"The interval of the fraud rate by the length of the blocks that are drawn: with {of_ten['block']} it "
        f"goes from {of_ten['low']:.3f} to {of_ten['high']:.3f} percent; blocks of three hours make it "
        f"{longer:.1f} times as long."
    ),
)

# %% [markdown]
# Blocks of three hours make it {eval}`f"{longer:.1f}"` times as long as blocks of ten minutes. Part of that is the night, whose frauds are more frequent and no luck. And longer is not safer by itself, since few blocks are left to draw. The book draws ten minutes; on simulated evenings we ask [whether such intervals keep their word](02c_does_an_interval_keep_its_word), and where they are still too short.
#
# ## What it can never tell us
#
# No method closes these gaps. They bound what this book may claim.
#
# - **No card, no merchant, no country.** Payments cannot be grouped by card. A fraudster uses one card several times; we cannot keep those payments on one side of a split, nor count cards saved.
# - **Two days.** There is no second Monday, no pay day, no season. A drift from week to week cannot be seen, and our test rows are one evening, of less than eight hours.
# - **No clock.** Times count from the first payment. That the quiet hours are the night is a guess, if a good one.
# - **No currency.** The amounts are taken to be euros, since the cards are European; the publishers do not say. Chapter 01 rests on it.
# - **No clean past.** `V1` to `V28` were made from all rows at once: over the whole file their means are zero to the last digit, and [leaving out one row](00a_bursts_and_twins) spoils it. So the columns of each training row were chosen with a look at later payments, and nobody can undo that.
# - **No meaning.** Nobody outside can say what `V14` is, so no explanation can be checked by an expert.
# - **No story of the labels.** They are complete, and look as if they had been known at once. In production a label comes when a customer complains, days or weeks later, and some never come {cite:p}`dalpozzolo2018`. If the bank blocked payments, we do not see what they would have become.
#
# The last point can be put into numbers. Suppose that each label arrives some time after its payment ({term}`label delay`). With a delay of a day, {eval}`int(known.loc[86_400, "known"])` of the {eval}`int(known.loc[0, "known"])` training frauds are known when training ends. With the week of the Fraud Detection Handbook's experiments it is {eval}`int(known.loc[604_800, "known"])`: nothing could be trained. So in all that follows labels are quicker than in production.
#
# ## The time of day
#
# Two days let us do what one cannot: hold each hour of the second day against the same hour of the first. That takes the test rows as well; the ledger notes it, and nothing is chosen by it.

# %% task="Count payments and frauds of each hour as `hours`, and match the same hours of both days as `days`."
hours = profile.hourly(times, labels, weights=weights)
days = profile.matched_days(times, labels, weights=weights)

# %% tags=["remove-cell"]
peak = hours.loc[hours["rate"].idxmax()]
described = (
    "Two panels over the hours of the day, for both days. Traffic falls "
    f"to {hours['payments'].min():,} payments an hour in the early hours and is about "
    f"{hours['payments'].median():,.0f} in the median hour. The fraud rate is highest, "
    f"at {percent(peak['rate'], 1)} in hour {peak['hour_of_day']:.0f} of day {peak['day']:.0f}."
)

# %% tags=["hide-input"]
figure, (above, below) = plt.subplots(2, 1, sharex=True, figsize=(5, 5), height_ratios=(1, 1.6))
look = {"x": "hour_of_day", "hue": "day", "palette": [COLOURS["orange"], COLOURS["blue"]]}
sns.pointplot(hours, y="payments", **look, markers=["o", "s"], native_scale=True, lw=1.2, ax=above)
# Of the three rows of an hour the middle one is the rate, the outer ones are its interval.
rates = hours.melt(["day", "hour_of_day"], ["low", "rate", "high"], value_name="share")
rates["share"] = (100 * rates["share"]).clip(
    lower=0.01
)  # none: at the edge of the logarithmic axis
sns.pointplot(
    rates, y="share", **look, estimator="median", errorbar=("pi", 100),
    dodge=0.3, linestyle="none", markers=["o", "s"], native_scale=True, markersize=4,
    err_kws={"lw": 2, "alpha": 0.55}, legend=False, ax=below,
)  # fmt: skip
above.set(title="When are payments made, and when are they fraud?", ylabel="payments an hour")
above.set_ylim(bottom=0)
above.yaxis.set_major_formatter("{x:,.0f}")
sns.move_legend(above, "lower right", title="day", ncols=2)
below.set(ylabel="frauds (% of payments; 0.01: none)", yscale="log", xticks=range(0, 24, 3))
below.set_ylim(0.008, 4)
below.yaxis.set_major_formatter("{x:g}")
below.set_xlabel("hours since the file began, modulo 24 (the file has no clock)")
show(figure, alt=described)

# %% tags=["remove-cell"]
in_hours = bool(days["hours_low"] <= 1 <= days["hours_high"])
drift = (
    "two days cannot tell whether the fraud rate changed"
    if in_hours
    else "the fraud rate of the two days differs, and one pair is no trend"
)
one_hour_ends = f"[{days['hours_low']:.2f}, {days['hours_high']:.2f}]"

# %% [markdown]
# Take the {term}`development rows`, those for training and validation together. In their six hours of least traffic the fraud rate is {eval}`in_percent(by_night, 1)[1]` %. In the others it is {eval}`in_percent(by_night)[0]` %. To drop `Time` is to throw that away. Our test rows hold none of the quiet hours, so **no test here can judge a model at night**.
#
# Has anything changed? Matched hour by hour, the fraud rate of the second day is {eval}`f"{days['matched']:.2f}"` {eval}`one_hour_ends` times that of the first, whole hours drawn. Anything between {eval}`percent(days["hours_low"] - 1)` and {eval}`f"+{percent(days['hours_high'] - 1)}"` fits: **{eval}`drift`**. That is about the rate alone; the inputs are a matter for [chapter 06](06_drift).
#
# ## What to decide
#
# :::{admonition} Sign or send back?
# :class: pr-decide
# We sign, with conditions. The file is what its publishers made, to the byte; no value is missing or impossible. Most repeats look like payments made again, and the rest cannot be told, so we keep all rows and report headlines both ways. The conditions are what no cleaning mends: labels that came too early, columns made with a look at the future, two days, one evening to judge by, no cards. They go into the release file as limits of every claim.
# :::
#
# **On Monday:** ask two things of your own table, `train` and `test` with a column `time`. How many test rows have a twin in training? How many positives have another within a minute? Then ask what made them.
#
# ```python
# same = train.columns.drop(["time", "label"]).tolist()
# twins = test.merge(train[same].drop_duplicates(), on=same).shape[0] / len(test)
# gap = train.loc[train["label"] == 1, "time"].sort_values().diff()  # in seconds
# close = ((gap <= 60) | (gap.shift(-1) <= 60)).mean()
# ```
#
# What this means for the chapters to come:

# %% tags=["remove-input"]
mean_fraud, median_fraud = (amounts[labels == 1].agg(how) for how in ("mean", "median"))
found = [
    ("01", f"the mean fraud is of {mean_fraud:.0f} €, the median one of {median_fraud:.0f} €",
     "count in euros, payment by payment"),
    ("02", f"{percent(in_bursts)} of the frauds have another within a minute, {percent(np.mean(dealt), 1)} of random test "
     "rows have a twin in training", "split by time, draw whole blocks"),
    ("03, 04", f"{len(valid):,} validation rows hold {valid['Class'].sum()} frauds",
     "keep the search small; certify by exact bounds"),
    ("05", f"at night the fraud rate is {night_ratio.estimate:.1f} times the others'",
     "ask what a model uses time for; invent no meaning for V1 to V28"),
    ("06, 07", f"day 2 over day 1: {days['matched']:.2f} {one_hour_ends}",
     "compare like hours; allow for bursts before saying that more is fraud"),
    ("08", f"with a label delay of a day, {known.loc[86_400, 'known']:.0f} of {known.loc[0, 'known']:.0f} training "
     "frauds were known", "state the limits in the model card"),
]  # fmt: skip
found = pd.DataFrame(found, columns=["chapter", "what we found", "what it must do"])
headed(found.set_index("chapter"))

# %% tags=["remove-cell"]
edges = np.arange(0, times.max() + 600, 600)
counted, _ = np.histogram(times[labels == 1], edges)
usual = np.quantile([np.histogram(moments, edges)[0] for moments in by_chance], 0.975)


def frauds_in_ten_minutes():
    """Draw when the frauds happened, and how many chance would put together."""
    figure, axes = plt.subplots(figsize=(3.3, 2.8))
    axes.bar(edges[:-1] / 3600, counted, width=1 / 6, align="edge", color=COLOURS["orange"])
    axes.axhline(
        usual, color=COLOURS["blue"], lw=1.5, ls="--", label="97.5 % of random ones are below"
    )
    axes.set(title="When did the frauds happen?", ylabel="frauds in ten minutes")
    axes.set(xlabel="hours since the file began", xticks=range(0, 49, 12))
    figure.legend(loc="outside lower center")
    return figure


# %% tags=["remove-input", "in-short"]
in_short(
    question="What do we have, can we trust it, and what can it never tell us?",
    answer=(
        f"**The file is what it claims to be:** {len(payments):,} payments, {labels.sum()} of them fraud, not one "
        f"value missing. But it holds two days, and frauds come in bursts: {percent(in_bursts)} have another within "
        f"a minute, where chance makes {percent(of_chance.mean())}."
    ),
    decision="Sign for it with conditions: keep every row, split by time, claim nothing about cards, nights, weeks or "
    "late labels.",
    figure=show(
        frauds_in_ten_minutes(),
        alt=(
            f"Frauds in each ten minutes of two days. Most have none or one; the highest bar has {counted.max()}, "
            f"where chance would seldom put more than {usual:.0f}."
        ),
    ),
)

# %% [markdown]
# ## Are you sure?
#
# - Do frauds really come in bursts, and are rows that look alike errors? What had been done to the columns? [Bursts, twins and the trace of the PCA →](00a_bursts_and_twins)
# - A data-quality tool is green. Is that not enough? [What a tool says →](00b_what_a_tool_says)
#
# The notebook of the [first page](../index) was judged on shuffled rows, with twins on both sides and labels that came at once. The chapters judge in order of time, and begin with {term}`release candidate` 1: its model, without the copied frauds.

# %% tags=["remove-cell"]
of_file = {
    "data_digest": payments.attrs["sha256"],
    "chapter": "00",
    "split": "all",
    "n": len(payments),
}
on_dev = of_file | {"split": "development", "n": len(development)}
in_blocks = {"how": "blocks of ten minutes drawn", "unit": "share of payments"}
of_all_rows = profile.rate_in_blocks(times, labels, everything, weights=weights)
matched = intervals.Interval(
    days["matched"], days["hours_low"], days["hours_high"], level=0.95,
    method="whole hours, percentile", n=len(payments),
)  # fmt: skip
evidence.record("fraud rate", of_all_rows.estimate, of_all_rows, **in_blocks, **of_file)
evidence.record(
    "fraud rate of day 2 over day 1, matched by hour", days["matched"], matched, unit="ratio",
    how="whole hours of the day drawn", **of_file,
    because="the days are held against each other hour by hour, so hours are what can be drawn",
)  # fmt: skip

# %% tags=["remove-cell"]
at_night = profile.rate_in_blocks(
    development["Time"], development["Class"], quiet == "quiet", weights=dev_weights
)
evidence.record(
    "fraud rate in the six quietest hours", at_night.estimate, at_night, **in_blocks, **on_dev
)
evidence.record(
    "fraud rate in the six quietest hours over that in the others", night_ratio.estimate,
    night_ratio, how=in_blocks["how"], unit="ratio", **on_dev,
)  # fmt: skip
evidence.record(
    "training frauds known when labels take a day", int(known.loc[86_400, "known"]), None, unit="rows",
    how="counted", **of_file | {"split": "train", "n": len(train)},
)  # fmt: skip
evidence.conclude("do the two days differ, hour by hour?", drift, chapter="00")
evidence.conclude("is the data signed for?", "yes, with conditions", chapter="00")

# %% [markdown]
# :::{admonition} Take-away
# :class: pr-takeaway
# - A contract guards what you know; a datasheet says what you cannot know. A release needs both.
# - Rows that look alike are a question, not an error. Ask what made them before you delete them.
# - Rare events in bursts are fewer than they look: count the bursts, and ask how many chance would make.
# - Preprocessing leaves traces. Features whose means vanish over all rows have seen all rows.
# - A green tick is a number on one side of a threshold. Plant a fault, and see whether it turns red.
# :::

# %% [markdown]
# ## Exercises
#
# ```{exercise} 0.1 Read it off
# :label: data-read
# :nonumber:
#
# A colleague has run `drop_duplicates()` on all columns. From the table of headlines: by how much has this changed the fraud rate and the euros of fraud, and which payments went? Why is it no answer that the new rate lies inside the interval of the old one?
# ```
#
# The solution is computed.

# %% tags=["hide-cell"]
first, second = both.loc["all rows"], both.loc["without exact repeats"]
gone = payments[payments.duplicated() & (labels == 1)]
Markdown(
    f"The fraud rate falls by {percent(1 - second['rate'] / first['rate'], 1)} of "
    f"itself. {first['fraud_euros'] - second['fraud_euros']:,.0f}\u00a0€ of fraud are gone, "
    f"in {len(gone)} payments, which fell into "
    f"{gone['Time'].floordiv(600).nunique()} stretches of ten minutes. The two rates "
    "share nearly all their rows, so an interval made for one cannot judge their "
    "difference. And the rows that went are no random ones: they are the bursts that "
    "a model must meet, or lines written twice."
)

# %% [markdown]
# ```{exercise} 0.2 Code it
# :label: data-code
# :nonumber:
#
# Some amounts are much more often fraud than others. Suppose you make a rule of it: on the **training rows**, choose the amounts with at least five frauds and the highest fraud rates. Then measure the fraud rate of those amounts on the **validation rows**, with exact intervals. Would you ship the rule?
#
# Call the three amounts `chosen`, and their fraud rates on the validation rows `rates`.
# ```

# %% tags=["hide-cell"]
candidates = profile.commonest_amounts(
    train["Amount"], train["Class"], k=20, weights=data.sampling_weights(train)
)
chosen = candidates[candidates["frauds"] >= 5].nlargest(3, "rate").index
held = valid["Amount"].isin(chosen)
later = profile.fraud_rates(
    valid.loc[held, "Amount"],
    valid.loc[held, "Class"],
    weights=data.sampling_weights(valid)[held],
)
later["text"] = in_percent(later)
later = later.reindex(chosen)
rates = later["rate"]

# %% tags=["hide-cell"]
pd.DataFrame(
    {
        "training: fraud rate, %": in_percent(candidates.loc[chosen]),
        "validation: payments": later["payments"].fillna(0).map("{:,.0f}".format),
        "validation: frauds": later["frauds"].fillna(0).astype(int),
        "validation: fraud rate, %": later["text"].fillna("no such payment"),
    }
).set_axis(chosen.map("{:.2f}".format).rename("amount (€)")).pipe(headed)

# %% tags=["hide-cell"]
winner = chosen[0]
moments = train.loc[(train["Amount"] == winner) & (train["Class"] == 1), "Time"]
stretches = moments.floordiv(600).nunique()
Markdown(
    "Not on this evidence. The winner of a search looks better than it is, and comes "
    f"down when it is measured again: on the validation rows, {winner:.2f}\u00a0€ has "
    f"{later['frauds'].fillna(0).iloc[0]:.0f} frauds. Nor are frauds of one amount so "
    f"many events: the {len(moments)} of training fall into {stretches} stretches of "
    "ten minutes."
)

# %% tags=["remove-cell", "check"]
from casebook import checks

checks.risky_amounts(chosen, rates, train=train, valid=valid)

# %% [markdown]
# ```{exercise} 0.3 Argue it
# :label: data-argue
# :nonumber:
#
# Your data team wants to delete all rows that repeat another, “because duplicates inflate the score”. Your fraud team objects. Write down what is right in both positions, and a rule that serves both.
# ```
#
# ```{solution} data-argue
# :class: dropdown
#
# The data team is right about evaluation: a test row that has a twin in training asks a question whose answer the model has seen. The fraud team is right about the world: if the payments were made, the money went. A model that is to stop a script which tries a card again and again must meet such scripts. A rule for both: keep every row, keep twins of one moment on one side of the split, and report the headline with and without them.
# ```

# %% [markdown]
# ## Further reading
#
# - {cite:t}`gebru2021`: the questions that a datasheet should answer, and why.
# - {cite:t}`dalpozzolo2015` and {cite:t}`dalpozzolo2018`: the makers of this data, on what it was for, and on delayed and selective labels.
# - {cite:t}`leborgne2022`: the Fraud Detection Handbook, by the same group, on time in fraud data.
# - {cite:t}`kapoor2023`: how leaks of many kinds undid the findings of whole fields.
# - {cite:t}`chorev2022`: Deepchecks, by its makers.
