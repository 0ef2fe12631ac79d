# %% [markdown]
# # The data
#
# :::{admonition} This chapter
# :class: pr-overview
# **The question:** what do we have, can we trust it, and what can it never tell us?
#
# **Afterwards you can** write a datasheet that a release can rest on; decide about duplicates by evidence; test whether rare events come in bursts; find the trace that a preprocessing step left on rows it should not have seen; and judge what a data-quality tool says instead of believing it.
#
# **You need** pandas, and to have met a {term}`confidence interval`, a p-value, {term}`ROC AUC` and PCA. **Time:** half an hour to read; [the run times](../about/run-times) say how long it took to run.
# :::

# %%
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import Markdown
from matplotlib.ticker import NullFormatter

from casebook import data, evidence, mode, profile, progress, split
from casebook.adapters import deepchecks
from casebook.plots import data as figures
from prerelease import intervals
from prerelease.plots import COLOURS, INK, show, use_style

use_style()
pd.options.display.max_colwidth = None


def headed(frame):
    """Name the rows in the same line as the columns."""
    return frame.rename_axis(index=None, columns=frame.index.name)


def percent(share, digits=0):
    """Write a share in percent."""
    return f"{100 * share:.{digits}f}\u00a0%"


# %% tags=["remove-input"]
Markdown(mode.banner())

# %% [markdown]
# ## The question
#
# A bank has a model that finds card fraud, and wants to put it to work. Before anyone asks how good the model is, someone must sign for what it learned from. That signature says three things: this is what we have, this far we trust it, and this it cannot tell us, however long we look. All later chapters lean on it.

# %% [markdown]
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
# Each word in them decides something that nobody looked at: that the time of a payment does not matter, that rows which look alike are errors, that payments of the future may be learned from, and that every fraud was known as fraud the moment it happened. Let us load the data and see what each decision does.

# %%
payments = data.load()

# %% [markdown]
# The book has one split: models learn from the first rows, choices are made on the next, and the last rows only judge. Every look at these {term}`test rows <Test rows>` is written into a {term}`test ledger`, with who looked and why, so that at the release anyone can see how fresh the test still was. This chapter counts all rows, and shows where frauds lie on both days, so it signs in. What a later chapter will rest a choice on uses the {term}`development rows` alone: those for training and validation.

# %%
test = split.open_test(
    payments,
    who="chapter 00",
    why="Datasheet counts, repeated rows, when frauds happened on both days, "
    "Deepchecks; nothing is chosen.",
    kind="description",
)
times, labels, amounts = payments["Time"], payments["Class"], payments["Amount"]
weights = data.sampling_weights(payments)  # real payments a row stands for
train, valid = split.development(payments)
development = pd.concat([train, valid])
dev_weights = data.sampling_weights(development)
sizes = [len(train), len(valid), len(test)]
part = np.repeat(["train", "valid", "test"], sizes)

# %% tags=["hide-input"]
night = np.isin(times // 3600 % 24, profile.lull(times, weights=weights))
parts = pd.DataFrame(
    {
        "part": part,
        "hour": times / 3600,
        "fraud": labels,
        "quiet": labels * night,
    }
).groupby("part", sort=False)
pd.DataFrame(
    {
        "from hour": parts["hour"].min().round(1),
        "to hour": parts["hour"].max().round(1),
        "payments": parts.size().map("{:,}".format),
        "frauds": parts["fraud"].sum(),
        "frauds in the six quietest hours": parts["quiet"].sum(),
    }
).rename({"train": "training", "valid": "validation"}).pipe(headed)

# %% [markdown]
# The test rows hold none of the quiet hours of the night, so no test here can judge a model at night. Now the usual lines, step by step. A row's {term}`twin` is another row that agrees with it in every column that is compared.

# %%
exact = profile.repeats(payments)
but_for_time = profile.repeats(payments, ignore=["Time"])
sets = profile.twin_sets(payments)  # rows that agree in all but Time


def shuffled(seed):
    return np.random.default_rng(seed).permutation(part)


def across(sets, part):
    """Count the test rows that have a twin in training."""
    judge, is_fraud = part == "test", (labels == 1).to_numpy()
    twin = judge & np.isin(sets, sets[part == "train"])
    return {
        "rows": twin.sum(),
        "frauds": (twin & is_fraud).sum(),
        "share": twin.sum() / judge.sum(),
        "fraud_share": (twin & is_fraud).sum() / (judge & is_fraud).sum(),
    }


# %%
by_time = across(sets, part)
at_random = pd.DataFrame(across(sets, shuffled(k)) for k in range(20))
quiet = np.where(night[: len(development)], "quiet", "other")
of_dev = {"times": development["Time"], "weights": dev_weights}
by_night = profile.fraud_rates(quiet, development["Class"], **of_dev)
night_ratio = profile.rate_ratio(
    development["Time"], development["Class"], quiet == "quiet", weights=dev_weights
)
delays = [0, 3600, 6 * 3600, 86_400, 7 * 86_400]  # from a fraud to its label
learned = times[(labels == 1) & (times < split.TRAIN_END)]
in_time = [(learned + delay <= split.TRAIN_END).sum() for delay in delays]
known = pd.DataFrame({"known": in_time, "share": np.array(in_time) / len(learned)}, delays)

# %% tags=["remove-input"]
lost = exact["surplus_frauds"] / labels.sum()
wrong_way = pd.DataFrame(
    [
        ("drop_duplicates()", f"{exact['surplus']:,} rows go, {exact['surplus_frauds']} of them "
         f"fraud: {percent(lost, 1)} of all frauds"),
        ("… after dropping Time", f"{but_for_time['surplus']:,} rows go"),
        ("drop Time", f"no split by time, unless one trusts the order of the file; and in the six quietest hours the fraud "
         f"rate is {night_ratio:.1f} times that of the others (brackets are 95 % intervals)"),
        ("random split", f"{percent(at_random['share'].mean(), 1)} of the test rows (range over 20 splits "
         f"{percent(at_random['share'].min(), 1)} to {percent(at_random['share'].max(), 1)}) have a twin in "
         f"training; split by time, {percent(by_time['share'], 1)}"),
        ("labels known at once", f"if a label took a day, {percent(known.loc[86_400, 'share'])} of the "
         f"training frauds would be known when training ends; if a week, "
         f"{known.loc[604_800, 'known']}"),
    ],
    columns=["what is done", "what it does here"],
).set_index("what is done")  # fmt: skip
headed(wrong_way)

# %% [markdown]
# The rest of this chapter takes these one by one, and a few things besides that no line of code gives away.

# %% [markdown]
# ## What we have
#
# ### The datasheet
#
# A {term}`datasheet` answers the questions that the next person will have about a data set {cite:p}`gebru2021`. Here is ours, in short.
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
# A {term}`contract` states what every later line of code relies on. `load()` has just checked it: the file's fingerprint, the columns and their types and order, the counts, that times never go back, that nothing is missing. Here is what it guards.

# %%
schema = pd.DataFrame(
    {
        "type": payments.dtypes.astype(str),
        "smallest": payments.min().round(2),
        "largest": payments.max().round(2),
        "distinct values": payments.nunique(),
        "missing": payments.isna().sum(),
    }
).loc[["Time", "V1", "V14", "V28", "Amount", "Class"]]
schema["distinct values"] = schema["distinct values"].map("{:,}".format)
for end in ("smallest", "largest"):
    schema[end] = schema[end].map("{:,.10g}".format)
units = {"Time": "Time (s)", "V14": "… V14 …", "Amount": "Amount (€)"}
schema.rename(units | {"Class": "Class (1 = fraud)"})

# %% [markdown]
# A contract is worth what it refuses. We break one value and ask. (A thousand rows are not the file, so only the rules for rows are asked here; the fingerprint and the counts are for the whole.)

# %%
broken = payments.head(1000).copy()
broken.loc[broken.index[500], "Amount"] = -9.99
try:
    data.check(broken)
except data.ContractError as error:
    print(error)

# %% [markdown]
# ### The headlines, each both ways
#
# Some rows repeat others. Whether they are errors is a question for later in this chapter; until it is answered, we give every headline with and without them.


# %% tags=["hide-input"]
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
        "frauds_day_1": weight[fraud & (df["Time"] < 86_400)].sum(),
        "frauds_day_2": weight[fraud & (df["Time"] >= 86_400)].sum(),
    }


kept = {
    "all rows": np.ones(len(payments), dtype=bool),
    "without exact repeats": ~payments.duplicated().to_numpy(),
    "without repeats but for Time": ~payments.duplicated(payments.columns.drop("Time")).to_numpy(),
}


# %% tags=["hide-input"]
def with_interval(table, digits=2):
    """Write rates and their intervals in percent."""
    shares = 100 * table[["rate", "low", "high"]]
    text = f"{{:.{digits}f}} [{{:.{digits}f}}, {{:.{digits}f}}]"
    return [text.format(*row) for row in shares.itertuples(index=False)]


both = pd.DataFrame({name: headline(rows) for name, rows in kept.items()}).T
headlines = pd.DataFrame(
    {
        "payments": both["payments"].map("{:,.0f}".format),
        "frauds": both["frauds"].map("{:,.0f}".format),
        "fraud rate, % [95 % interval]": with_interval(both, 3),
        "euros paid": both["euros"].map("{:,.0f}".format),
        "euros of fraud": both["fraud_euros"].map("{:,.0f}".format),
        "median fraud (€)": both["median_fraud"].map("{:,.2f}".format),
        "frauds, day 1": both["frauds_day_1"].map("{:,.0f}".format),
        "frauds, day 2": both["frauds_day_2"].map("{:,.0f}".format),
    }
).T
headlines

# %% tags=["remove-input"]
every = both.loc["all rows"]
Markdown(
    f"One payment in {1 / every['rate']:,.0f} is fraud. So a model that never says “fraud” is right "
    f"{percent(1 - every['rate'], 2)} of the time, and saves nothing: accuracy is no measure here. "
    f"Frauds carry {percent(every['fraud_euros'] / every['euros'], 2)} of the euros. "
    "Rates are given with intervals that draw whole blocks of ten minutes, as in all chapters: frauds come in bursts, as we shall see, and chapter 02 shows what that does."
)

# %% [markdown]
# ## What it can never tell us
#
# Some gaps cannot be closed by any method. They bound what this book may claim.
#
# - **No card, no merchant, no country.** Payments cannot be grouped by card. A fraudster uses one card several times; we cannot keep those payments on one side of a split, nor count cards saved.
# - **Two days.** There is no second Monday, no pay day, no season. A drift from week to week cannot be seen, and our test rows cover less than eight hours of one day.
# - **No clock.** Times count from the first payment. That the quiet hours are the night is a guess, if a good one.
# - **No currency.** The amounts are taken to be euros, since the cards are European; the publishers do not say. Chapter 01 rests on it.
# - **No meaning.** Nobody outside can say what `V14` is, so no explanation can be checked by an expert.
# - **No story of the labels.** They are complete, and look as if they had been known at once. In production a label comes when a customer complains, days or weeks later, and some never come {cite:p}`dalpozzolo2018`. If the bank blocked payments, we do not see what they would have become.
#
# The last point can be put into numbers. Suppose a model is trained at the moment when our training rows end, and each label arrives some time after its payment ({term}`label delay`).

# %% tags=["hide-input"]
shown = known.assign(share=(100 * known["share"]).round(1))
shown.index = ["none", *(figures.duration(delay) for delay in known.index[1:])]
shown.rename_axis("label delay").pipe(headed).rename(
    columns={
        "known": "training frauds known",
        "share": "of all training frauds (%)",
    }
)

# %% tags=["remove-input"]
Markdown(
    "With the delay of a week that the Fraud Detection Handbook uses in its experiments, "
    f"{known.loc[604_800, 'known']} of {known.loc[0, 'known']} training frauds would be known: "
    "nothing could be trained at all. Every result in this book is therefore one of a world in "
    "which labels are quicker than in production. Chapter 02 measures what a shorter delay costs."
)

# %% [markdown]
# ## Amounts
#
# What a fraud costs depends on its amount, so we look at amounts first. Since this sets a feature against the label, it uses {term}`development rows` only, and the median fraud is not quite that of the headlines, which count all rows. The figure shows, for each amount, the share of payments that are larger; on such axes a *heavy tail*, one in which very large values keep coming, falls slowly.

# %% tags=["hide-input"]
larger = profile.exceedance(development["Amount"], development["Class"], weights=dev_weights)


def amount_tails():
    """Draw which share of honest payments and of frauds is larger than each amount."""
    figure, axes = plt.subplots()
    drawn = larger[(larger["share"] > 0) & (larger["amount"] >= 0.1)]
    for kind, colour in (("honest", "blue"), ("fraud", "orange")):
        x, y = drawn.loc[drawn["kind"] == kind, ["amount", "share"]].to_numpy().T
        axes.step(x, y, where="post", color=COLOURS[colour], label=kind, lw=2.2)
    axes.set(xscale="log", yscale="log", title="Are frauds larger than honest payments?")
    axes.set(xlabel="amount (€)", ylabel="share of payments that are larger")
    axes.xaxis.set_major_formatter("{x:,.10g}")
    axes.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.10g} %")
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.legend(loc="lower left")
    return figure


# %% tags=["remove-input"]
fraud, honest = (development["Class"] == kind for kind in (1, 0))
medians = {
    name: development.loc[rows, "Amount"].median() for name, rows in (("f", fraud), ("h", honest))
}
top = profile.concentration(development["Amount"], 0.01, weights=dev_weights)
middle = development["Amount"].between(100, 1000).groupby(development["Class"]).mean()
show(
    amount_tails(),
    alt=(
        "Two falling curves, of honest payments and of frauds. Frauds are more often tiny (median "
        f"{medians['f']:.2f}\u00a0€ against {medians['h']:.2f}\u00a0€), {percent(middle[1])} of them are between "
        f"100 and 1,000 € (honest payments: {percent(middle[0])}), and their largest is "
        f"{development.loc[fraud, 'Amount'].max():,.0f}\u00a0€ where honest "
        f"payments reach {development.loc[honest, 'Amount'].max():,.0f}\u00a0€."
    ),
)

# %% tags=["remove-input"]
mean_fraud = development.loc[fraud, "Amount"].mean()
top_frauds = profile.concentration(development.loc[fraud, "Amount"], 0.1)
Markdown(
    f"The largest one in a hundred payments carry {percent(top)} of all euros. The median fraud is "
    f"{medians['f']:.2f}\u00a0€ (the median honest payment: {medians['h']:.2f}\u00a0€), the mean fraud "
    f"{mean_fraud:.2f}\u00a0€, and the largest tenth of the frauds carry "
    f"{percent(top_frauds)} of what is stolen. A model that finds the many small ones has a fine recall and saves little, which is why "
    "chapter 01 counts in euros."
)

# %% [markdown]
# Which amounts do frauds have most often?

# %%
once = kept["without exact repeats"]
dev_once = once[: len(development)]
common = profile.commonest_amounts(
    development["Amount"], development["Class"], k=6, weights=dev_weights
)
for euros in common.index:  # in blocks of all rows, as in the text below
    rate = profile.rate_in_blocks(
        development["Time"],
        development["Class"],
        development["Amount"] == euros,
        weights=dev_weights,
    )
    common.loc[euros, ["low", "high"]] = rate.low, rate.high
pd.DataFrame(
    {
        "frauds": common["frauds"],
        "of all frauds (%)": (100 * common["of_class"]).round(1),
        "payments of this amount": common["payments"].map("{:,}".format),
        "fraud rate, % [95 % interval]": with_interval(common),
    }
).set_axis(common.index.map("{:.2f}".format).rename("amount (€)")).pipe(headed)

# %% tags=["remove-input"]
free = development["Amount"] == 0
zero = profile.fraud_rates(free, development["Class"], **of_dev)
zero_once = profile.fraud_rates(
    free[dev_once],
    development["Class"][dev_once],
    times=development["Time"][dev_once],
    weights=dev_weights[dev_once],
)
Markdown(
    f"{percent(common.loc[:, 'of_class'].iloc[0])} of the frauds are of exactly "
    f"{common.index[0]:.2f}\u00a0€; the usual reading is that a thief first tries whether a card works. "
    f"Payments of **zero euros** look like errors, and are often deleted. There are "
    f"{zero.loc[True, 'payments']:,} of them in these rows, and {zero.loc[True, 'frauds']} are fraud: "
    f"{with_interval(zero)[1]}\u00a0% against {with_interval(zero)[0]}\u00a0% of the others (without exact "
    f"repeats {zero_once.loc[True, 'frauds']} frauds, {with_interval(zero_once)[1]}\u00a0%). They are "
    "most likely card checks, they were labelled like all others, and they stay. A fraud of zero "
    "euros costs no euros, though: "
    "what it is worth to stop one is a question for chapter 01."
)

# %% [markdown]
# ## The time of day
#
# The two days let us do what one cannot: hold each hour of the second day against the same hour of the first. That takes all rows, and the ledger has it; nothing is chosen by it.

# %%
hours = profile.hourly(times, labels, weights=weights)
days = profile.matched_days(times, labels, weights=weights)

# %% tags=["remove-input"]
peak = hours.loc[hours["rate"].idxmax()]
show(
    figures.hours_of_two_days(hours, title="When are payments made, and when are they fraud?"),
    alt=(
        "Two panels over the hours of the day, for both days. Traffic falls "
        f"to {hours['payments'].min():,} payments an hour in the early hours and is about "
        f"{hours['payments'].median():,.0f} in the median hour. The fraud rate is highest, "
        f"at {percent(peak['rate'], 1)} in hour {peak['hour_of_day']:.0f} of day {peak['day']:.0f}."
    ),
)

# %% tags=["remove-input"]
as_alone = "leaves out" if days["high"] < 1 or days["low"] > 1 else "holds"
in_hours = days["hours_low"] <= 1 <= days["hours_high"]
drift = "two days cannot tell drift from chance" if in_hours else "not equal; one pair is no trend"
Markdown(
    f"On the development rows, in the six hours of least traffic (chosen without a look at the labels) the "
    f"fraud rate is {with_interval(by_night)[1]}\u00a0%, in the others {with_interval(by_night)[0]}\u00a0%. To drop `Time` "
    "is to throw that away.\n\n"
    f"Matched hour by hour, the fraud rate of day 2 is {days['matched']:.2f} "
    f"[{days['low']:.2f}, {days['high']:.2f}] times that of day 1. That interval {as_alone} equality; is "
    "it drift? It was computed as if each fraud came on its own. If we draw whole hours of the day, with all that "
    f"happened in them, it is [{days['hours_low']:.2f}, {days['hours_high']:.2f}] (whole hours, since the two days are held against each other hour by hour), and "
    f"exchanging the two days within hours at random gives p = {days['p_value']:.2f}. "
    + (
        f"Equality is inside, and so is a large fall: **{drift}**. "
        if in_hours
        else "Equality is outside even so; but two days are one pair, and no trend. "
    )
    + "Why the two intervals differ is next."
)

# %% [markdown]
# ## Bursts

# %% tags=["remove-input"]
runs = profile.runs(times, labels, gap=60.0)
longest = runs.loc[runs["frauds"].idxmax()]
in_runs = runs.loc[runs["frauds"] > 1, "frauds"].sum() / runs["frauds"].sum()
show(
    figures.fraud_calendar(times, labels, title="When did the frauds happen?"),
    alt=(
        "Each fraud as a dot, a row for each of the 48 hours. Dots gather in chains: the largest "
        f"has {longest['frauds']:.0f} frauds within {longest['seconds']:.0f} seconds, in hour "
        f"{longest['start'] // 3600:.0f}. Elsewhere hours pass with hardly a dot."
    ),
)

# %% tags=["remove-input"]
Markdown(
    f"The eye sees chains. {percent(in_runs)} of the frauds follow or precede another by a minute at "
    f"most; the longest chain has {longest['frauds']:.0f} frauds in {longest['seconds']:.0f} "
    "seconds. But the eye sees chains in any scatter of dots, so we test it."
)

# %% [markdown]
# The fair question is: closer together than chance would put them, *given the traffic and the number of frauds of each hour*? So within each hour we hand out the fraud labels to its payments at random, many times, and count the pairs of frauds that lie within some seconds of each other. (What differs from hour to hour is held fixed, so this test sees only bursts shorter than an hour.) It takes development rows, since how intervals are made will rest on it. And we do it both ways, since a repeated row makes a pair in the same second.

# %%
dev_times, dev_labels = development["Time"], development["Class"]
hour = (dev_times // 3600).astype(int)
with_repeats = profile.burst_test(
    dev_times,
    dev_labels,
    strata=hour,
    weights=dev_weights,
)
without_repeats = profile.burst_test(
    dev_times[dev_once],
    dev_labels[dev_once],
    strata=hour[dev_once],
    weights=dev_weights[dev_once],
)

# %% tags=["remove-input"]
minute = {"all": with_repeats.loc[60], "once": without_repeats.loc[60]}
show(
    figures.burst_ratios(
        {"all frauds": with_repeats, "without exact repeats": without_repeats},
        title="How many more pairs of frauds than chance makes?",
    ),
    alt=(
        "Pairs of frauds seen, relative to those expected by chance, for ever wider windows. In "
        f"the same second {with_repeats.loc[0, 'ratio']:.0f} times as many (without exact repeats "
        f"{without_repeats.loc[0, 'ratio']:.0f}), within a minute {minute['all']['ratio']:.1f} "
        f"({minute['once']['ratio']:.1f}) times, within ten minutes "
        f"{with_repeats.loc[600, 'ratio']:.1f} ({without_repeats.loc[600, 'ratio']:.1f}) times."
    ),
)


# %% tags=["remove-input"]
def p_text(row):
    """Write a p-value; 999 shuffles cannot show a smaller one than one in a thousand."""
    return "p ≤ 0.001, 999 shuffles" if row["p_value"] <= 0.001 else f"p = {row['p_value']:.3f}"


bursty = minute["once"]["p_value"] < 0.05
same_second = with_repeats.loc[0, "pairs"], without_repeats.loc[0, "pairs"]
Markdown(
    f"Within a minute of each other there are {minute['all']['pairs']:.0f} pairs where chance "
    f"makes {minute['all']['expected']:.0f} ({minute['all']['low']:.0f} to "
    f"{minute['all']['high']:.0f} in 95\u00a0% of its tries; {p_text(minute['all'])}). "
    f"Without exact repeats it is {minute['once']['pairs']:.0f} against "
    f"{minute['once']['expected']:.0f} ({p_text(minute['once'])}). "
    + ("**Frauds come in bursts**, and not only because rows are repeated. " if bursty else "")
    + f"Of the {same_second[0]:.0f} pairs of one second, though, {same_second[1]:.0f} remain when repeated "
    "rows are left out: the left end of the orange line is mostly repeats."
)

# %% [markdown]
# Bursts make intervals wider. By how much tells the {term}`design effect`: the variance of a rate when whole blocks of time vary together, over its variance if frauds were independent. Its root is the factor by which intervals that take them as independent, as exact ones do, are too short. Hours of different risk raise it as well, so we compute it twice: with one rate for all, and with a rate for each hour of the day.

# %%
together = profile.design_effect(dev_times, dev_labels, weights=dev_weights)
bursts_alone = profile.design_effect(
    dev_times,
    dev_labels,
    strata=hour % 24,
    weights=dev_weights,
)


# %% tags=["hide-input"]
def p_short(p):
    """Write a p-value from 999 shuffles, the least of which is one in a thousand."""
    return "≤ 0.001" if p <= 0.001 else f"{p:.2f}"


pd.DataFrame(
    {
        "blocks": together["blocks"].map("{:,}".format),
        "too short by (bursts and night)": together["widening"].map("{:.1f}×".format),
        "p": together["p_value"].map(p_short),
        "too short by (bursts alone)": bursts_alone["widening"].map("{:.1f}×".format),
        "p ": bursts_alone["p_value"].map(p_short),
    }
).rename(index=figures.duration).rename_axis("length of a block").pipe(headed)

# %% tags=["remove-input"]
night_and_bursts, only_bursts = (table.loc[3600, "widening"] for table in (together, bursts_alone))
Markdown(
    f"At blocks of one hour the factor is {night_and_bursts:.1f} by bursts and the night together, and "
    f"{only_bursts:.1f} by bursts alone. No table of two days can say what it is at blocks of a day, so "
    "these are no upper bounds. Chapter 02 draws whole blocks of time."
)

# %% [markdown]
# ## Twins
#
# An {term}`exact duplicate` agrees with an earlier row in everything. A near-duplicate, here, agrees in everything but `Time`: the same components, the same amount, to the last digit.

# %% tags=["hide-input"]
twin_counts = pd.DataFrame({"exact": exact, "but for Time": but_for_time})
twin_counts.map("{:,.0f}".format).rename(
    {
        "surplus": "rows that repeat an earlier row",
        "surplus_frauds": "… of them fraud",
        "groups": "sets of twins",
        "rows": "rows in these sets",
        "frauds": "… of them fraud",
        "largest": "rows in the largest set",
        "mixed": "sets that hold both labels",
    }
)

# %% [markdown]
# Are they errors? Four pieces of evidence, before anyone deletes anything.

# %% tags=["remove-input"]
apart, apart_frauds = (but_for_time[k] - exact[k] for k in ("surplus", "surplus_frauds"))
free_repeats = ((labels == 1) & (amounts == 0) & ~once).sum()
Markdown(
    f"1. **They agree in their labels.** Of {but_for_time['groups']:,} sets of twins, "
    f"{but_for_time['mixed']} hold both labels. Rows that were copied by mistake would agree too, "
    "so this proves nothing alone; but rows that were *mixed up* would not.\n"
    f"2. **Most lie apart in time.** {apart:,} rows repeat "
    "another at a *different* second. A line that was copied would keep its time; a card that pays "
    "the same amount at the same place again would not. These look like repeated payments. "
    + (f"{apart_frauds} frauds are among them.\n" if apart_frauds else "No fraud is among them.\n")
    + f"3. **The others do not.** {exact['surplus']:,} rows recur within the same second, "
    f"{exact['surplus_frauds']} of them fraud ({free_repeats} of 0\u00a0€). A script that tries a card again "
    "and again looks like that; so does a line that was written twice. **These stay undecided.**\n"
    "4. **All were there when the features were made.** The next section shows it" + "."
)

# %% [markdown]
# ## The trace of the PCA
#
# *Principal component analysis* (PCA) turns columns into new ones: it takes the mean off each, then turns the axes until no two new columns correlate. Both hold exactly **over the rows it was fitted on**, and only there. So the features themselves tell us which rows those were.

# %%
features, rows = payments[list(data.FEATURES)], np.arange(len(payments))
left_out = [k for k in (0, 1, 10, 100, 1_000, 10_000, 100_000) if k < len(rows)]
shorter = {k: rows < len(rows) - k for k in left_out}
cliff = profile.centring(features, shorter, correlations=False)
centred = profile.centring(
    features,
    {
        "all rows": np.ones(len(payments), dtype=bool),
        "training rows": part == "train",
        "as many rows at random": shuffled(0) == "train",
        "without exact repeats": once,
    },
)


# %% tags=["hide-input"]
def centring_cliff():
    """Draw how far the features' means are from zero when the last rows are left out."""
    figure, axes = plt.subplots()
    offset, chance = cliff["offset"].to_numpy(), cliff["chance"].to_numpy()
    axes.plot(offset, "o-", color=COLOURS["orange"], ms=7, label="the features")
    axes.plot(chance, "--", color=COLOURS["blue"], label="random rows would have")
    lowest, highest = max(offset.min(), 1e-17), max(offset.max(), chance.max())
    axes.set(yscale="log", ylim=(0.05 * lowest, 20 * highest))
    axes.set_title("Over which rows do the features average to zero?")
    axes.set_ylabel("mean / standard deviation\n(typical over columns)")
    axes.set_xlabel("rows left out at the end of the file")
    axes.set_xticks(range(len(cliff)), [f"{k:,}" for k in cliff.index])
    axes.legend(loc="best")
    return figure


# %% tags=["remove-input"]
show(
    centring_cliff(),
    alt=(
        "Typical distance of the features' means from zero, on a logarithmic axis. Over all rows "
        f"it is {cliff.loc[0, 'offset']:.0e} standard deviations; with one row left out at the end "
        f"{cliff.loc[1, 'offset']:.0e}; with a thousand left out {cliff.loc[1000, 'offset']:.0e}."
    ),
)

# %% tags=["hide-input"]
pd.DataFrame(
    {
        "rows": centred["rows"].map("{:,}".format),
        "mean / standard deviation": centred["offset"].map("{:.1e}".format),
        "random rows would have": centred["chance"].map("{:.1e}".format),
        "largest correlation": centred["correlation"].map("{:.1e}".format),
    }
).rename_axis("over").pipe(headed)

# %% tags=["remove-input"]
fitted_on_all = centred.loc["all rows", "offset"] < 1e-9
worse = cliff.loc[1, "offset"] / cliff.loc[0, "offset"]
found_it = (
    f"Over all rows the means are zero to the last digit ({centred.loc['all rows', 'offset']:.0e}). "
    f"Leave out **one row** and they are off by {cliff.loc[1, 'offset']:.0e}, "
    f"some {float(f'{worse:.0e}'):,.0f} times as much. The PCA was fitted on this file, all of it, test rows and future included. "
    "And without the exact repeats the means are off as well, by "
    f"{centred.loc['without exact repeats', 'offset']:.0e}: **the repeated rows were already there "
    "when the features were made**. No later copy added them; an earlier join may have, and no one outside can see that.\n\n"
    f"That the future was in the fit is a *leak*. The axes of every training row were chosen with a look at the "
    f"payments of the next day. Over the training rows alone, two features correlate by up to "
    f"{centred.loc['training rows', 'correlation']:.2f} (as many rows at random: "
    f"{centred.loc['as many rows at random', 'correlation']:.2f}), so a PCA "
    "of these rows only would have been another. The leak holds no labels and is of unknown size. Nobody "
    "can remove it, for the columns before it are secret. So it is disclosed: in production, PCA is fitted on the past and applied to "
    "what comes, and the scores of this book may be better than that would allow."
)

# %% tags=["remove-input"]
cannot = (
    "**In this sample the trace cannot be seen**, since its rows are not those that the PCA was "
    f"fitted on: the means over all rows are off by {centred.loc['all rows', 'offset']:.0e}. Run the "
    "chapter on the whole data to see a cliff where the figure is flat here."
)
Markdown(found_it if fitted_on_all else cannot)

# %% [markdown]
# ### What a random split does with twins
#
# :::{admonition} The wrong way
# :class: pr-wrong
# Shuffle, then split. Twins fall on both sides, and the model is asked about rows that it has learned by heart.
# :::

# %% tags=["hide-input"]
exact_sets = profile.twin_sets(payments, ignore=[])  # of the same second
close = pd.DataFrame(across(exact_sets, shuffled(k)) for k in range(20))
splits_tried = {
    "split by time": (by_time, across(exact_sets, part)),
    "random, mean of 20": (at_random.mean(), close.mean()),
    "lowest": (at_random.min(), close.min()),
    "highest": (at_random.max(), close.max()),
}
pd.DataFrame(
    {
        name: {
            "twin at any second": f"{any_['rows']:,.0f}",
            "in % of test rows": f"{100 * any_['share']:.2f}",
            "… in the same second": f"{same['rows']:,.0f}",
            "test frauds with a twin": f"{any_['frauds']:.1f}",
            "in % of test frauds": f"{100 * any_['fraud_share']:.1f}",
        }
        for name, (any_, same) in splits_tried.items()
    }
).T.rename_axis("test rows with a twin in training").pipe(headed)

# %% tags=["remove-input"]
Markdown(
    "A split by time keeps twins of one second on one side, and with them all fraud twins "
    f"({by_time['frauds']} test frauds have a twin in training). The honest twins that cross even "
    "then are payments that come again, as they will in production: they are no leak. Chapter 02 "
    f"measures what the random split is worth in average precision."
)

# %% [markdown]
# :::{admonition} The right way
# :class: pr-right
# Keep all rows: most repeats look like payments that were made again, and the others are undecided. Split by time, so that twins of one moment stay together. Report headlines both ways where it matters.
# :::

# %% [markdown]
# ## What a tool says
#
# Deepchecks {cite:p}`chorev2022` is a library of checks for data and models. Its *data-integrity suite* is the kind of thing that a team runs once, sees green, and files. We run it on all rows, through the one adapter that knows its interface, and then hold each of its findings against a measure of our own. (Its suite looks at labels of test rows too. Nothing is chosen by it, and the ledger has the line above.)

# %%
results = deepchecks.data_integrity(payments, progress=progress.line("Deepchecks"))
Markdown(f"Deepchecks {deepchecks.VERSION}: {results['check'].nunique()} checks ran.")


# %% tags=["hide-input"]
def spaced(frame):
    """Write the names of checks as words."""
    words = [re.sub(r"(?<!^)([A-Z])", r" \1", name) for name in frame.index]
    return frame.set_axis(pd.Index(words, name="check")).pipe(headed)


spaced(results.set_index("check")[["condition", "status"]]).rename(
    columns={"condition": "what it demands", "status": "the tool says"}
)

# %% tags=["remove-input"]
n_failed = (results["status"] == "fail").sum()
n_passed = (results["status"] == "pass").sum()
Markdown(
    f"{n_passed} green ticks, {n_failed} red crosses, and one check that gives no verdict. Is the "
    "data clean? Each tick says only that some number was on the right side of some threshold."
)

# %% [markdown]
# So for each check we measure what it claims to measure, without it. The verdict is computed from its result and ours, so that it cannot contradict the numbers; the cut-offs are ours, and you may argue with them.
#
# - **Blind here:** there is something that a model or its evaluation must allow for, and the tool's number does not show it.
# - **Real:** there is something, and its number shows it, tick or no tick.
# - **Harmless:** there is nothing, and it says so.
# - **The tool's mistake:** there is nothing, and it says that there is, or it miscounts.

# %%
auc = profile.single_feature_auc(development)
judged = profile.judge(results, payments, development, auc=auc)

# %% tags=["hide-input"]
order = ["the tool's mistake", "blind here", "real", "harmless"]
place = judged["verdict"].map(order.index).sort_values(kind="stable").index
spaced(judged.loc[place, ["status", "ours", "verdict"]]).rename(
    columns={"status": "the tool", "ours": "our own measure"}
)

# %% tags=["remove-input"]
verdicts = judged["verdict"].value_counts().reindex(order, fill_value=0)
Markdown(
    f"So {verdicts['harmless']} findings are harmless, {verdicts['real']} are real, and "
    f"{verdicts['blind here']} times the tool is blind here. Its outright mistakes: "
    f"{verdicts.iloc[0]}. One line is that of one drawing: *Feature Label Correlation* draws its rows at random, "
    "and other columns score 0 when it draws again. Next we do, with several seeds."
)

# %% [markdown]
# ### Why a tick can be wrong: when frauds are too rare for the score
#
# *Feature Label Correlation* and *Identifier Label Correlation* look for features that know the label suspiciously well, by the {term}`predictive power score`: how much better than a naive guess a small decision tree does that sees one feature. Two of its defaults do not suit us. It draws a few thousand rows, and so only a handful of frauds; and its measure is an F1 score in which each class counts by its frequency, so that never saying “fraud” is already nearly perfect. We run it with several seeds, and beside it with the setting that mends both: all frauds, as many honest payments, drawn anew each time, and no other drawing.

# %%
both_checks = ["FeatureLabelCorrelation", "IdentifierLabelCorrelation"]
fraud_rows = development[development["Class"] == 1]
honest_rows = development[development["Class"] == 0]
seeds = range(2 if mode.is_quick() else 5)


def balanced(seed):
    """All frauds, and as many honest payments."""
    drawn = honest_rows.sample(len(fraud_rows), random_state=seed)
    return pd.concat([fraud_rows, drawn]).sort_index()


def scores(rows, seed, **settings):
    found = deepchecks.data_integrity(
        rows, only=both_checks, random_state=seed, **settings
    ).set_index("check")
    told = pd.concat([pd.Series(value) for value in found["value"]])
    return told.drop("index"), found["status"] == "pass"


# %%
default = [scores(development, seed) for seed in seeds]
no_draw = {"sample": None}
mended = [scores(balanced(k), k, ppscore_params=no_draw) for k in seeds]
by_seed = pd.concat([score for score, _ in default], axis=1)
by_draw = pd.concat([score for score, _ in mended], axis=1)

# %% tags=["remove-input"]
of_features, of_draws = by_seed.drop("Time"), by_draw.drop("Time")
spread = of_features.max(axis=1) - of_features.min(axis=1)
fickle, best = spread.idxmax(), auc["auc"].idxmax()
highest = of_draws.mean(axis=1).idxmax()
odd = (auc["auc"].rank() - of_draws.mean(axis=1).rank()).abs().idxmax()


# %% tags=["hide-input"]
def scores_against_auc():
    """Draw the tool's score of each feature against how well the feature ranks frauds."""
    figure, axes = plt.subplots(figsize=(5.0, 4.0))
    x = auc["auc"].to_numpy()
    for table, colour, mark, label in (
        (of_features, "orange", "_", "the tool's defaults: lowest to highest over seeds"),
        (of_draws, "blue", "o", "as many frauds as honest: mean, lowest, highest"),
    ):
        of, ink = table.loc[auc.index], COLOURS[colour]
        low, mean, high = of.min(axis=1), of.mean(axis=1), of.max(axis=1)
        axes.vlines(x, low, high, color=ink, lw=2.5, alpha=0.7, label=label)
        axes.plot(x, low if mark == "_" else mean, mark, color=ink, ms=5)
    for name in dict.fromkeys(["V4", fickle, odd]):
        top = auc.loc[name, "auc"], of_draws.loc[name].max()
        figures.label(axes, top, name, INK["light"])
    axes.set(title="Does the tool's score see what each feature knows?", xlim=(0.49, 1.0))
    axes.set(xlabel="ROC AUC of the feature alone (0.5: no order)", ylim=(-0.03, 1.0))
    axes.set_ylabel("predictive power score")
    axes.legend(loc="upper left")
    return figure


# %% tags=["remove-input"]
show(
    scores_against_auc(),
    alt=(
        "Predictive power score of each feature against its ROC AUC, with the range over seeds. With "
        f"the defaults that of {fickle} goes from {by_seed.loc[fickle].min():.2f} to "
        f"{by_seed.loc[fickle].max():.2f}. On as many frauds as honest payments it rises with the "
        f"AUC, up to {by_draw.loc[highest].min():.2f} to {by_draw.loc[highest].max():.2f} for "
        f"{highest}; {odd} is farthest from that order."
    ),
)

# %% tags=["remove-input"]
drawn = deepchecks.PPS_ROWS * development["Class"].mean()
zeros = (of_features == 0).all(axis=1)
unseen = auc.loc[zeros.index[zeros], "auc"]
v4_scores = by_seed.loc["V4"]

# %% tags=["remove-input"]
green, time_green = (all(passed[name] for _, passed in mended) for name in both_checks)
Markdown(
    f"With its defaults the score rests on about {drawn:.0f} frauds, and it depends on which they are: "
    f"{fickle} scores {by_seed.loc[fickle].min():.2f} with one seed and "
    f"{by_seed.loc[fickle].max():.2f} with another. {zeros.sum()} of "
    f"{len(zeros)} features score 0 with every seed. The ROC AUC, which does not care how rare "
    f"frauds are, is {auc.loc[best, 'auc']:.2f} for {best}, and up to {unseen.max():.2f} ({unseen.idxmax()}) among "
    f"those that always score 0: over all seeds, that is where the tool is blind. V4 scores 0 with "
    f"{(v4_scores == 0).sum()} of {len(v4_scores)} seeds, and {v4_scores.mean():.2f} in the mean. On the balanced rows, the score of "
    f"`Time` goes from {by_seed.loc['Time'].mean():.2f} to {by_draw.loc['Time'].mean():.2f} (means over draws): "
    "the quiet hours, which the defaults do not show. "
    + ("" if time_green else "That tick turns red. ")
    + (
        "**The tick of the features stays green**: that check is made to find one that gives the label away, and the "
        f"limit of the suite is above the {by_draw.loc[highest].max():.2f} of {highest}. The setting mends its "
        "number, not its verdict."
        if green
        else "And the tick of the features is no longer green."
    )
)

# %% [markdown]
# ### What would it have caught?
#
# A tick is worth as much as the faults that it would have caught. So we put some faults into good rows, on purpose, and ask the suite and the book's contract about each. The rows are all training frauds and a share of the other training rows; the contract's rules for rows are asked, since its fingerprint and counts are for the whole file. The faults are examples, and no score: we chose them.

# %%
honest_train = train[train["Class"] == 0]
every_kth = honest_train.iloc[:: len(honest_train) // 1600]
excerpt = pd.concat([train[train["Class"] == 1], every_kth]).sort_index()
judging = results["status"] != "no condition"
can_fail = results.loc[judging, "check"].tolist()
# Columns that some fault touches: fewer columns, less time.
touched = ["Time", "V1", "V14", "V27", "V28", "Amount", "Class"]


def suite_says(frame):
    found = deepchecks.data_integrity(frame[touched], only=can_fail)
    return found.loc[found["status"] != "pass", "check"].tolist()


def contract_says(frame):
    try:
        data.check(frame)
    except data.ContractError as error:
        return error.problems[:1]
    return []


# %% tags=["hide-input"]
rng, n = np.random.default_rng(0), len(excerpt)
hit = np.isin(np.arange(n), rng.choice(n, size=round(0.01 * n), replace=False))
again = excerpt.iloc[rng.choice(n, size=round(0.03 * n), replace=False)]
exchanged = excerpt["Time"].to_numpy().copy()
exchanged[[0, -1]] = exchanged[[-1, 0]]
negative = excerpt["Amount"].mask(hit, -1 - excerpt["Amount"])


def joined(more):
    """Add rows, each after the one that it repeats."""
    return pd.concat([excerpt, more]).sort_values("Time", kind="stable", ignore_index=True)


# %% tags=["hide-input"]
planted = {
    "nothing": excerpt,
    "1 % of V14 is missing": excerpt.assign(V14=excerpt["V14"].mask(hit)),
    "V14 is the same number everywhere": excerpt.assign(V14=excerpt["V14"].iloc[0]),
    "V28 is a copy of V27": excerpt.assign(V28=excerpt["V27"]),
    "V28 is a copy of V27 with the sign turned": excerpt.assign(V28=-excerpt["V27"]),
    "1 % of the amounts are negative": excerpt.assign(Amount=negative),
    "two rows changed places in time": excerpt.assign(Time=exchanged),
    "3 % of the rows were sent twice": joined(again),
    "3 % were sent twice, then labelled otherwise": joined(again.assign(Class=1 - again["Class"])),
    "V1 gives the label away": excerpt.assign(V1=excerpt["V1"].abs() + 1000.0 * excerpt["Class"]),
    "all amounts are in cents": excerpt.assign(Amount=excerpt["Amount"] * 100),
}

# %%
tell, noticed = progress.line("Faults"), {}
for fault, frame in planted.items():
    noticed[fault] = {"suite": suite_says(frame), "contract": contract_says(frame)}
    tell(len(noticed), len(planted))
untouched = noticed.pop("nothing")
Markdown(f"{len(noticed)} faults were planted, one at a time.")

# %% tags=["hide-input"]
new = pd.DataFrame(
    {
        who: {
            fault: [words for words in said[who] if words not in before]
            for fault, said in noticed.items()
        }
        for who, before in untouched.items()
    }
)
told = new.map(lambda words: "; ".join(words) or "–")
told.rename_axis("what was done to the rows").pipe(headed).rename(
    columns={"suite": "the suite says", "contract": "the contract says"}
)

# %% [markdown]
# What the next paragraph says of this table is held against it before it is shown; unfold to see how.

# %% tags=["hide-cell"]
faults = new.map(bool)
missing = faults.loc["1 % of V14 is missing"]
twice = faults.loc["3 % of the rows were sent twice"]
turned = faults.loc["V28 is a copy of V27 with the sign turned"]
swapped = faults.loc["two rows changed places in time"]
assert not any(fault["suite"] for fault in (missing, twice, turned, swapped))
assert not any(fault["contract"] for fault in (twice, turned))
assert not faults.loc["all amounts are in cents"].any()

# %% tags=["remove-input"]
already = ", ".join(untouched["suite"] + untouched["contract"])
Markdown(
    (
        f"On the untouched rows there is a complaint already, of {already}: with frauds so dense "
        "the time tells something, and that tick is no longer green. It is left out of the table. "
        if already
        else "On the untouched rows neither complains. "
    )
    + "Neither caught these: "
    + ", ".join(f"“{name}”" for name in faults.index[~faults.any(axis=1)])
    + ". The suite asks nothing about missing values, tolerates that one row in twenty is a copy, "
    "and does not look at the order of the rows. It compares correlations with their sign, so that "
    "a feature that is another one upside down goes through. The contract knows nothing of repeats and copies. Neither can see a change of unit, since "
    "each row still looks like a payment; that takes a comparison with earlier data, and is "
    "chapter 06."
)

# %% [markdown]
# The settings that mend it, beside the defaults, for a reader who runs the suite at work:

# %%
without_time = deepchecks.data_integrity(
    payments, only=["DataDuplicates"], ignore_columns=["Time"]
)["value"][0]
with_time = results.set_index("check")["value"]["DataDuplicates"]

# %% tags=["hide-input"]
few = f"{deepchecks.PPS_ROWS:,} rows drawn"
no_drawing = 'balanced rows, ppscore_params={"sample": None}'
v4, time = (
    [f"{name} scores {table.loc[name].mean():.2f}" for table in (by_seed, by_draw)]
    for name in ("V4", "Time")
)
repeated = [f"{percent(p, 2)} repeated" for p in (with_time, without_time)]
columns = ["check", "default", "result", "mended", "result then"]
pd.DataFrame(
    [
        ("Data Duplicates", "all columns", repeated[0],
         'ignore_columns=["Time"]', repeated[1]),
        ("Feature Label Correlation", few, v4[0], no_drawing, v4[1]),
        ("Identifier Label Correlation", few, time[0],
         no_drawing, time[1]),
    ],
    columns=columns,
).set_index("check").pipe(headed)  # fmt: skip

# %% [markdown]
# ## What to decide
#
# :::{admonition} Sign or send back?
# :class: pr-decide
# We sign, with conditions. The file is what its publishers made, to the byte; no value is missing or impossible; the repeats were there when the features were made, most of them look like payments made again, and the others are undecided, so we keep all and report headlines both ways. The conditions are the things that no cleaning mends: labels that came too early, a PCA that saw the future, two days, no cards. They go into the release file as limits of every claim.
# :::
#
# What this means for the chapters to come:

# %% tags=["remove-input"]
found = [
        ("01", f"the largest 1 % of payments carry {percent(top)} of the euros, the median fraud "
         f"{medians['f']:.2f}\u00a0€", "count in euros, payment by payment"),
        ("02", f"intervals that take frauds as independent are too short, at blocks of one hour by a factor of "
         f"{only_bursts:.1f} (bursts; with the night {night_and_bursts:.1f})", "split by time, bootstrap in blocks"),
        ("02", f"{apart:,} repeats look like payments, {exact['surplus']:,} are undecided",
         "keep all; headlines both ways"),
        ("02", f"{percent(at_random['share'].mean(), 1)} of random test rows have a twin in training",
         "measure what that inflates"),
]  # fmt: skip

# %% tags=["remove-input"]
found += [
        ("03", f"{len(valid):,} validation rows hold {valid['Class'].sum()} frauds",
         "keep the search small; choose on validation rows only"),
        ("04", f"{valid['Class'].sum()} frauds to calibrate on",
         "certify by exact bounds, and allow for the choices made on the same frauds"),
        ("05", f"outlying rows hold frauds; the hour of the day tells: {night_ratio:.1f} times "
         "the rate", "ask what a model uses time for; invent no meaning for V1 to V28"),
        ("06", f"day 2 over day 1, matched by hour: {days['matched']:.2f} "
         f"[{days['hours_low']:.2f}, {days['hours_high']:.2f}] by whole hours{'; two days cannot tell' if in_hours else ''}",
         "compare like hours; allow for bursts before saying “drift”"),
        ("07", f"with a label delay of a day, {percent(known.loc[86_400, 'share'])} of the training "
         "frauds were known", "state the limits in the model card"),
]  # fmt: skip
pd.DataFrame(found, columns=["chapter", "what we found", "what it must do"]).set_index(
    "chapter"
).pipe(headed)

# %% tags=["remove-cell"]
of_all = {
    "data_digest": payments.attrs["sha256"],
    "chapter": "00",
    "split": "all",
    "n": len(payments),
}
in_blocks = "blocks of ten minutes drawn"
of_all_rows = profile.rate_in_blocks(times, labels, np.ones(len(payments)), weights=weights)
matched = intervals.Interval(
    days["matched"], days["hours_low"], days["hours_high"], level=0.95,
    method="whole hours, percentile", n=len(payments),
)  # fmt: skip
evidence.record("fraud rate", of_all_rows.estimate, of_all_rows, unit="share of payments",
                how=in_blocks, **of_all)  # fmt: skip
evidence.record(
    "fraud rate of day 2 over day 1, matched by hour", days["matched"], matched, unit="ratio",
    how="whole hours of the day drawn", **of_all,
    because="the days are held against each other hour by hour, so hours are what can be drawn",
)  # fmt: skip
for claim, rows in (("rows", "surplus"), ("frauds", "surplus_frauds")):
    evidence.record(f"{claim} that repeat an earlier row exactly", exact[rows], None,
                    unit="rows", how="counted", **of_all)  # fmt: skip

# %% tags=["remove-cell"]
rates = {
    "in the six quietest hours": quiet == "quiet",
    "of payments of zero euros": free.to_numpy(),
}
on_dev = of_all | {"split": "development", "n": len(development)}
for claim, group in rates.items():
    rate = profile.rate_in_blocks(
        development["Time"], development["Class"], group, weights=dev_weights
    )
    evidence.record(f"fraud rate {claim}", rate.estimate, rate, how=in_blocks,
                    unit="share of payments", **on_dev)  # fmt: skip
evidence.record(
    "fraud rate in the six quietest hours over that in the others", night_ratio.estimate,
    night_ratio, unit="ratio", how=in_blocks, **on_dev,
)  # fmt: skip
evidence.record(
    "training frauds known when labels take a day", int(known.loc[86_400, "known"]), None, unit="rows",
    how="counted", **of_all | {"split": "train", "n": len(train)},
)  # fmt: skip

# %% tags=["remove-cell"]
for rows, found_pairs in (("all frauds", minute["all"]), ("without exact repeats", minute["once"])):
    facts = of_all | {"split": "development", "n": len(development), "unit": "pairs"}
    evidence.record(f"pairs of frauds within a minute, {rows}", found_pairs["pairs"], None,
                    how="counted", **facts)  # fmt: skip
    chance = found_pairs[["expected", "low", "high"]]
    evidence.record(
        f"pairs that chance makes within a minute, {rows}", chance["expected"],
        intervals.Interval(*chance, level=0.95, method="shuffles", n=len(development)),
        how="labels shuffled within hours; the interval holds 95 % of the shuffles", **facts,
        because="it is what chance makes, and no interval of an estimate",
    )  # fmt: skip

# %% tags=["remove-cell"]
shares = at_random["share"]
evidence.record(
    "test rows with a twin in training, random split", shares.mean(),
    intervals.Interval(shares.mean(), shares.min(), shares.max(), 0.95, "range", n=len(test)),
    unit="share of test rows", how="mean and range of 20 random splits", **of_all,
    because="it is the range of the splits that were dealt",
)  # fmt: skip
evidence.record("test rows with a twin in training, split by time", by_time["share"], None,
                unit="share of test rows", how="counted", **of_all)  # fmt: skip
evidence.record(
    "mean of the features over all rows", centred.loc["all rows", "offset"], None,
    unit="standard deviations", how="computed; the trace of a PCA fitted on all rows", **of_all,
)  # fmt: skip
for verdict, count in verdicts.items():
    evidence.record(f"findings of Deepchecks' integrity suite: {verdict}", int(count), None,
                    unit="checks", how="held against measures of our own", **of_all)  # fmt: skip

# %% tags=["remove-cell"]
answers = {
    "do frauds come in bursts?": "yes" if bursty else "not told apart from chance",
    "do the two days differ, hour by hour?": drift,
    "which rows was the PCA fitted on?": "all" if fitted_on_all else "not seen",
    "do the tool's balanced scores turn a tick red?": (
        f"features {'no' if green else 'yes'}, time {'no' if time_green else 'yes'}"
    ),
    "is the data signed for?": "yes, with conditions",
}
answers |= {f"{check}: what is the finding?": row["verdict"] for check, row in judged.iterrows()}
for question, answer in answers.items():
    evidence.conclude(question, answer, chapter="00")

# %% [markdown]
# For {term}`release candidate` 1, the model of the landing page, it means this: whatever its notebook claims was measured on shuffled rows, with twins on both sides, labels that came at once, and a PCA that knew the future. Its claim is not evidence until it is measured again, in order of time.

# %% [markdown]
# :::{admonition} Take-away
# :class: pr-takeaway
# - A contract guards what you know; a datasheet says what you cannot know. A release needs both.
# - Rows that look alike are a question, not an error. Ask what made them before you delete them.
# - Rare events in bursts are fewer than they look: count the bursts, not only the frauds.
# - Preprocessing leaves traces. Features whose means vanish over all rows have seen all rows.
# - A green tick is a number on one side of a threshold. Plant a fault, and see whether it turns red.
# :::

# %% [markdown]
# ## Exercises
#
# ```{exercise} Read it off
# :label: data-read
#
# A colleague has run `drop_duplicates()` on all columns. From the table of headlines: by how much has this changed the fraud rate and the euros of fraud, and which payments went? Why is it no answer that the new rate lies inside the interval of the old one?
# ```
#
# The solution is computed; unfold it when you have yours.

# %% tags=["hide-cell"]
first, second = both.loc["all rows"], both.loc["without exact repeats"]
gone = payments[(~once) & (labels == 1)]
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
# ```{exercise} Code it
# :label: data-code
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
later["text"] = with_interval(later)
later = later.reindex(chosen)
rates = later["rate"]

# %% tags=["hide-cell"]
pd.DataFrame(
    {
        "training: fraud rate, %": with_interval(candidates.loc[chosen]),
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
# ```{exercise} Argue it
# :label: data-argue
#
# Your data team wants to delete all rows that repeat another, “because duplicates inflate the score”. Your fraud team objects. Write down, in two sentences each, what is right in both positions, and a rule that serves both.
# ```
#
# ```{solution} data-argue
# :class: dropdown
#
# The data team is right about evaluation: a twin in training and one in the test is a question whose answer was given away. The fraud team is right about the world: if the payments were made, the money went, and a model that is to stop a script which tries a card again and again must meet such scripts. A rule for both: keep every row, keep twins of one moment on one side of the split, and report the headline with and without them.
# ```

# %% [markdown]
# ## Further reading
#
# - {cite:t}`gebru2021`: the questions that a datasheet should answer, and why.
# - {cite:t}`dalpozzolo2015` and {cite:t}`dalpozzolo2018`: the makers of this data, on what it was for and on how fraud detection really works, with its delayed and selective labels.
# - {cite:t}`leborgne2022`: the Fraud Detection Handbook, by the same group; the best treatment of time in fraud data.
# - {cite:t}`kapoor2023`: how leaks of many kinds undid the findings of whole fields.
# - {cite:t}`chorev2022`: Deepchecks, by its makers.
