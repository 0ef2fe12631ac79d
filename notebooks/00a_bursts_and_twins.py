# %% [markdown]
# # Bursts, twins and the trace of the PCA
#
# Three questions about the rows that no schema answers. Do frauds come one by one? Are rows that look alike errors? And what had already been done to the columns when we got them? You need to have met a {term}`confidence interval`, a p-value and PCA.

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown
from matplotlib.ticker import NullFormatter

from casebook import data, evidence, mode, profile, split
from casebook.page import duration, headed, in_percent, in_short, percent
from prerelease import intervals
from prerelease.plots import COLOURS, INK, show, use_style

use_style()
ABOVE = {"textcoords": "offset points", "ha": "center", "fontsize": "small", "weight": "bold"}
pd.options.display.max_colwidth = None

# %% tags=["remove-input"]
Markdown(mode.banner())

# %% [markdown]
# The page counts all rows and shows where frauds lie on both days, so it signs the {term}`test ledger`. Where a later choice will rest on what we find, it uses the {term}`development rows` alone.

# %%
payments = data.load()
test = split.open_test(
    payments, who="chapter 00a", why="Counts repeated rows; nothing is chosen.", kind="description"
)
train, valid = split.development(payments)

# %% tags=["remove-cell"]
times, labels, amounts = payments["Time"], payments["Class"], payments["Amount"]
weights = data.sampling_weights(payments)  # real payments a row stands for
development = pd.concat([train, valid])
dev_times, dev_labels = development["Time"], development["Class"]
dev_weights = data.sampling_weights(development)
part = np.repeat(["train", "valid", "test"], [len(train), len(valid), len(test)])
once = ~payments.duplicated().to_numpy()
dev_once = once[: len(development)]

# %% [markdown]
# ## Bursts
#
# A burst is a run of frauds that come together: somebody has a card that works, and uses it. If frauds come in bursts, there are fewer independent events than frauds, and every interval that counts each fraud on its own is too short.

# %% tags=["remove-cell"]
runs = profile.runs(times, labels, gap=60.0)
longest = runs.loc[runs["frauds"].idxmax()]
in_runs = runs.loc[runs["frauds"] > 1, "frauds"].sum() / runs["frauds"].sum()

# %% tags=["remove-cell"]
described = (
    "Each fraud as a dot, a row for each of the 48 hours. Dots gather in chains: the largest "
    f"has {longest['frauds']:.0f} frauds within {longest['seconds']:.0f} seconds, in hour "
    f"{longest['start'] // 3600:.0f}. Elsewhere hours pass with hardly a dot."
)

# %% tags=["hide-input"]
moments = times[labels == 1]
figure, axes = plt.subplots(figsize=(5.0, 5.4))
sns.scatterplot(
    x=moments % 3600 / 60, y=moments // 3600, color=COLOURS["orange"], s=26, alpha=0.45, lw=0
)
axes.axhline(23.5, color=INK["light"], lw=1.2, ls="--")
axes.text(60, 23.2, "day 2 starts", ha="right", va="bottom", fontsize="small")
axes.set(title="When did the frauds happen?", xlim=(-1, 61), ylim=(48, -0.8))
axes.set(xlabel="minute of the hour", ylabel="hour since the first payment", yticks=range(0, 48, 6))
show(figure, alt=described)

# %% [markdown]
# The eye sees chains: {eval}`percent(in_runs)` of the frauds have another within a minute. But chance makes chains as well, so we test it.
#
# The fair question is whether frauds lie closer together than chance would put them, *given the traffic and the number of frauds of each hour*. So within each hour we hand out the fraud labels to its payments at random, many times. Then we count the pairs of frauds that lie within some seconds of each other. We do it with and without exact repeats, since a repeated row makes a pair in the same second.

# %%
hour = (dev_times // 3600).astype(int)
with_repeats = profile.burst_test(dev_times, dev_labels, strata=hour, weights=dev_weights)
without_repeats = profile.burst_test(
    dev_times[dev_once],
    dev_labels[dev_once],
    strata=hour[dev_once],
    weights=dev_weights[dev_once],
)

# %% tags=["remove-cell"]
minute = {"all": with_repeats.loc[60], "once": without_repeats.loc[60]}
bursty = minute["once"]["p_value"] < 0.05
verdict = "Frauds come in bursts" if bursty else "The chains could be luck"
one_second = without_repeats.loc[0, "pairs"] / with_repeats.loc[0, "pairs"]


def p_text(p):
    """Write a p-value from 999 shuffles, the least of which is one in a thousand."""
    return "≤ 0.001" if p <= 0.001 else f"{p:.3f}"


# %% tags=["remove-cell"]
described = (
    "Pairs of frauds seen, relative to those expected by chance, for ever wider windows. In "
    f"the same second {with_repeats.loc[0, 'ratio']:.0f} times as many (without exact repeats "
    f"{without_repeats.loc[0, 'ratio']:.0f}), within a minute {minute['all']['ratio']:.1f} "
    f"({minute['once']['ratio']:.1f}) times, within ten minutes "
    f"{with_repeats.loc[600, 'ratio']:.1f} ({without_repeats.loc[600, 'ratio']:.1f}) times."
)

# %% tags=["hide-input"]
tables = {"all frauds": with_repeats, "without exact repeats": without_repeats}
ratios = pd.concat(tables, names=["", "width"]).reset_index()
ratios["within"] = ratios["width"].map(duration)
figure, axes = plt.subplots()
look = {"hue": "", "palette": [COLOURS["orange"], COLOURS["blue"]], "style": "", "markers": True}
sns.lineplot(ratios, x="within", y="ratio", **look, markeredgewidth=0, ax=axes)
low, high = (with_repeats[end] / with_repeats["expected"] for end in ("low", "high"))
band = {"color": COLOURS["grey"], "alpha": 0.3, "lw": 0, "label": "95 % of what chance makes"}
axes.fill_between(range(len(low)), np.maximum(low, 0.01), high, **band)
for row in ratios[ratios["ratio"] > 2].itertuples():
    rise = 7 if row.Index < len(low) else -15
    axes.annotate(f"{row.ratio:.0f}×", (row.within, row.ratio), (0, rise), **ABOVE)
axes.axhline(1, color=INK["light"], lw=1)
axes.set(yscale="log", title="How many more pairs of frauds than chance makes?")
axes.set(xlabel="two frauds are a pair if they lie within", ylabel="pairs seen / pairs expected")
axes.set_ylim(0.5, 1.8 * ratios["ratio"].max())
axes.yaxis.set_major_formatter("{x:g}")
axes.yaxis.set_minor_formatter(NullFormatter())
axes.legend()
show(figure, alt=described)

# %% tags=["hide-input"]
pairs = pd.DataFrame({"all frauds": minute["all"], "without exact repeats": minute["once"]}).T
pd.DataFrame(
    {
        "pairs within a minute": pairs["pairs"].map("{:.0f}".format),
        "chance makes": pairs["expected"].map("{:.0f}".format),
        "in 95 % of its tries": [
            f"{a:.0f} to {b:.0f}" for a, b in pairs[["low", "high"]].to_numpy()
        ],
        "p (999 shuffles)": pairs["p_value"].map(p_text),
    }
)

# %% [markdown]
# **{eval}`verdict`**, and not only because rows are repeated. In the same second it is different: {eval}`percent(one_second)` of those pairs remain when repeated rows are left out, so the left end of the orange line is mostly repeats. What differs from hour to hour is held fixed here, so the test sees only bursts shorter than an hour.
#
# ### How much too short are intervals that do not know of them?
#
# The {term}`design effect` tells: the variance of a rate when whole blocks of time vary together, over its variance if frauds were independent. Its root is the factor by which intervals that take frauds as independent are too short. Hours of different risk raise it as well, so we compute it twice: with one rate for all, and with a rate for each hour of the day.

# %%
together = profile.design_effect(dev_times, dev_labels, weights=dev_weights)
bursts_alone = profile.design_effect(dev_times, dev_labels, strata=hour % 24, weights=dev_weights)

# %% tags=["hide-input"]
pd.DataFrame(
    {
        "blocks": together["blocks"].map("{:,}".format),
        "too short by (bursts and night)": together["widening"].map("{:.1f}×".format),
        "p": together["p_value"].map(p_text),
        "too short by (bursts alone)": bursts_alone["widening"].map("{:.1f}×".format),
        "p ": bursts_alone["p_value"].map(p_text),
    }
).rename(index=duration).rename_axis("length of a block").pipe(headed)

# %% tags=["remove-cell"]
night_and_bursts, only_bursts = (table.loc[3600, "widening"] for table in (together, bursts_alone))

# %% [markdown]
# At blocks of one hour the factor is {eval}`f"{night_and_bursts:.1f}"` by bursts and the night together, and {eval}`f"{only_bursts:.1f}"` by bursts alone. Two days cannot say what it is at blocks of a day, so these are no upper bounds. [Chapter 02](02_representative_metrics) draws whole blocks of time.
#
# ## Twins
#
# An {term}`exact duplicate` agrees with an earlier row in everything. A near-duplicate, here, agrees in everything but `Time`: the same components, the same amount, to the last digit. A row's {term}`twin` is either.

# %%
exact = profile.repeats(payments)
but_for_time = profile.repeats(payments, ignore=["Time"])

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

# %% tags=["remove-cell"]
apart, apart_frauds = (but_for_time[k] - exact[k] for k in ("surplus", "surplus_frauds"))
of_them = f"{apart_frauds} frauds are" if apart_frauds else "No fraud is"
free_repeats = int(((labels == 1) & (amounts == 0) & ~once).sum())

# %% [markdown]
# Are they errors? Four pieces of evidence, before anyone deletes anything.
#
# 1. **Do they agree in their labels?** {eval}`but_for_time["mixed"]` of the {eval}`f"{but_for_time['groups']:,}"` sets hold both labels. Rows copied by mistake would agree too, so this proves nothing alone. Rows that were *mixed up* would not.
# 2. **Most lie apart in time.** {eval}`f"{apart:,}"` rows repeat another at a *different* second. A line that was copied would keep its time; a card that pays the same amount at the same place again would not. These look like repeated payments. {eval}`of_them` among them.
# 3. **The others do not.** {eval}`f"{exact['surplus']:,}"` rows recur within the same second, {eval}`exact["surplus_frauds"]` of them fraud. A script that tries a card again and again looks like that; so does a line that was written twice. **These stay undecided.**
# 4. **All were there when the features were made.** The trace of the PCA, below, shows it.
#
# ### What a random split does with twins
#
# :::{admonition} The wrong way
# :class: pr-wrong
# Shuffle, then split. Twins fall on both sides, and the model is asked about rows that it has learned by heart.
# :::

# %% tags=["remove-cell"]
sets = profile.twin_sets(payments, ignore=["Time"])
exact_sets = profile.twin_sets(payments, ignore=[])  # of the same second


def shuffled(seed):
    return np.random.default_rng(seed).permutation(part)


def across(sets, part):
    """Count the test rows, and the frauds among them, that have a twin in training."""
    judge, is_fraud = part == "test", (labels == 1).to_numpy()
    twin = judge & np.isin(sets, sets[part == "train"])
    frauds = (twin & is_fraud).sum()
    return {
        **{"rows": twin.sum(), "frauds": frauds},
        **{"share": twin.sum() / judge.sum(), "fraud_share": frauds / (judge & is_fraud).sum()},
    }


by_time, close_by_time = across(sets, part), across(exact_sets, part)
at_random = pd.DataFrame(across(sets, shuffled(k)) for k in range(20))
close = pd.DataFrame(across(exact_sets, shuffled(k)) for k in range(20))

# %% tags=["hide-input"]
splits_tried = {
    "split by time": (by_time, close_by_time),
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

# %% [markdown]
# A split by time keeps twins of one second on one side; {eval}`int(by_time["frauds"])` test frauds have a twin in training then. The honest twins that cross even so are payments that come again, as they will in production: they are no leak. [Chapter 02](02_representative_metrics) measures what the random split is worth in average precision.
#
# :::{admonition} The right way
# :class: pr-right
# Keep all rows: most repeats look like payments that were made again, and the others are undecided. Split by time, so that twins of one moment stay together. Report headlines both ways where it matters.
# :::
#
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


# %% tags=["remove-input"]
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
found_it = (
    "Over all rows the means are zero to the last digit. Leave out **one row**, and they are off by "
    f"{1e6 * cliff.loc[1, 'offset']:.0f} millionths of a standard deviation. So the PCA was fitted on this file, all of it, "
    "test rows and future included. Without the exact repeats the means are off as well: **the repeated "
    "rows were already there when the features were made**. No later copy added them; an earlier join "
    "may have, and nobody outside can see that."
)
cannot = (
    "**In this sample the trace cannot be seen**, since its rows are not those that the PCA was fitted "
    "on. Run the page on the whole data to see a cliff where the figure is flat here."
)
Markdown(found_it if fitted_on_all else cannot)

# %% [markdown]
# That the future was in the fit is a {term}`leak`. The axes of every training row were chosen with a look at the payments of the next day. The leak holds no labels and is of unknown size. Nobody can remove it, for the columns before it are secret. So it is disclosed: in production, PCA is fitted on the past and applied to what comes, and the scores of this book may be better than that would allow.
#
# ## Amounts
#
# What a fraud costs depends on its amount. The figure shows, for each amount, the share of payments that are larger; on such axes a *heavy tail*, one in which very large values keep coming, falls slowly.

# %% tags=["remove-cell"]
fraud, honest = (dev_labels == kind for kind in (1, 0))
medians = {
    name: development.loc[rows, "Amount"].median() for name, rows in (("f", fraud), ("h", honest))
}
top = profile.concentration(development["Amount"], 0.01, weights=dev_weights)
top_frauds = profile.concentration(development.loc[fraud, "Amount"], 0.1)
middle = development["Amount"].between(100, 1000).groupby(dev_labels).mean()


# %% tags=["remove-cell"]
described = (
    "Two falling curves, of honest payments and of frauds. Frauds are more often tiny (median "
    f"{medians['f']:.2f} € against {medians['h']:.2f} €), {percent(middle[1])} of them are "
    f"between 100 and 1,000 € (honest payments: {percent(middle[0])}), and their largest is "
    f"{development.loc[fraud, 'Amount'].max():,.0f} € where honest "
    f"payments reach {development.loc[honest, 'Amount'].max():,.0f} €."
)

# %% tags=["hide-input"]
# On a logarithmic axis an amount of zero stands at one cent, left of what is drawn.
above_zero = development["Amount"].clip(lower=0.01)
kinds = development["Class"].map({0: "honest", 1: "fraud"}).rename("")
figure, axes = plt.subplots()
sns.ecdfplot(
    x=above_zero,
    hue=kinds,
    weights=dev_weights,
    complementary=True,
    log_scale=True,
    lw=2.2,
    ax=axes,
)
axes.set(yscale="log", xlim=(0.1, None), title="Are frauds larger than honest payments?")
axes.set(xlabel="amount (€)", ylabel="share of payments that are larger")
axes.xaxis.set_major_formatter("{x:,.10g}")
axes.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.10g} %")
axes.yaxis.set_minor_formatter(NullFormatter())
sns.move_legend(axes, "lower left")
show(figure, alt=described)

# %% [markdown]
# The largest one in a hundred payments carry {eval}`percent(top)` of all euros. The median fraud is small, {eval}`f"{medians['f']:.2f}"` €, and the largest tenth of the frauds carry {eval}`percent(top_frauds)` of what is stolen. A model that finds the many small ones has a fine recall and saves little, which is why [chapter 01](01_metrics_for_impact) counts in euros.
#
# Which amounts do frauds have most often?

# %% tags=["remove-cell"]
common = profile.commonest_amounts(development["Amount"], dev_labels, k=6, weights=dev_weights)
for euros in common.index:  # in blocks of all rows, as the rate of payments of zero euros
    rate = profile.rate_in_blocks(
        dev_times, dev_labels, development["Amount"] == euros, weights=dev_weights
    )
    common.loc[euros, ["low", "high"]] = rate.low, rate.high
free = development["Amount"] == 0
zero = profile.fraud_rates(free, dev_labels, times=dev_times, weights=dev_weights)

# %% tags=["hide-input"]
pd.DataFrame(
    {
        "frauds": common["frauds"],
        "of all frauds (%)": (100 * common["of_class"]).round(1),
        "payments of this amount": common["payments"].map("{:,}".format),
        "fraud rate, % [95 % interval]": in_percent(common),
    }
).set_axis(common.index.map("{:.2f}".format).rename("amount (€)")).pipe(headed)

# %% [markdown]
# {eval}`percent(common["of_class"].iloc[0])` of the frauds are of exactly {eval}`f"{common.index[0]:.2f}"` €; the usual reading is that a thief first tries whether a card works. Payments of **zero euros** look like errors, and are often deleted. Their fraud rate is {eval}`in_percent(zero)[1]` %, that of the others {eval}`in_percent(zero)[0]` %. They are most likely card checks, they were labelled like all others, and they stay. What it is worth to stop a fraud of zero euros is a question for chapter 01.


# %% tags=["remove-cell"]
def bursts_in_short():
    """Draw how many more pairs of frauds there are than chance makes."""
    figure, axes = plt.subplots(figsize=(3.3, 2.9))
    seen = without_repeats.rename(index=duration)["ratio"]
    sns.barplot(x=seen.to_numpy(), y=seen.index, color=COLOURS["orange"], ax=axes)
    axes.axvline(1, color=INK["light"], lw=1)
    axes.set(title="Do frauds come in bursts?", xscale="log", xlabel="pairs seen / pairs expected")
    axes.set_ylabel("two frauds within")
    axes.xaxis.set_major_formatter("{x:g}")
    return figure


# %% tags=["remove-input", "in-short"]
in_short(
    question="Do frauds come one by one, are rows that look alike errors, and what was done to the columns?",
    answer=(
        f"**{verdict}:** within a minute there are {minute['once']['ratio']:.1f} times the pairs that "
        f"chance makes, without a repeated row. Of {but_for_time['surplus']:,} repeated rows, {exact['surplus']:,} could be "
        "errors, and nobody can tell. The PCA saw "
        + ("every row, those of the future too." if fitted_on_all else "rows that are not here.")
    ),
    decision="Keep every row, split by time, draw intervals from whole blocks of time, and disclose the PCA.",
    figure=show(
        bursts_in_short(),
        alt=(
            "Pairs of frauds relative to those that chance makes, without repeated rows: "
            f"{without_repeats.loc[0, 'ratio']:.0f} times as many in the same second, falling to "
            f"{without_repeats['ratio'].iloc[-1]:.1f} times in the widest window."
        ),
    ),
)

# %% tags=["remove-cell"]
of_all = {
    "data_digest": payments.attrs["sha256"],
    "chapter": "00a",
    "split": "all",
    "n": len(payments),
}
on_dev = of_all | {"split": "development", "n": len(development)}
for claim, number in (("rows", "surplus"), ("frauds", "surplus_frauds")):
    evidence.record(f"{claim} that repeat an earlier row exactly", exact[number], None,
                    unit="rows", how="counted", **of_all)  # fmt: skip
for name, pairs_found in (("all frauds", minute["all"]), ("without exact repeats", minute["once"])):
    facts = on_dev | {"unit": "pairs"}
    evidence.record(f"pairs of frauds within a minute, {name}", pairs_found["pairs"], None,
                    how="counted", **facts)  # fmt: skip
    chance = pairs_found[["expected", "low", "high"]]
    evidence.record(
        f"pairs that chance makes within a minute, {name}", chance["expected"],
        intervals.Interval(*chance, level=0.95, method="shuffles", n=len(development)),
        how="labels shuffled within hours; the interval holds 95 % of the shuffles", **facts,
        because="it is what chance makes, and no interval of an estimate",
    )  # fmt: skip

# %% tags=["remove-cell"]
free_rate = profile.rate_in_blocks(dev_times, dev_labels, free.to_numpy(), weights=dev_weights)
evidence.record("fraud rate of payments of zero euros", free_rate.estimate, free_rate,
                how="blocks of ten minutes drawn", unit="share of payments", **on_dev)  # fmt: skip
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
answers = {
    "do frauds come in bursts?": "yes" if bursty else intervals.UNTOLD,
    "which rows was the PCA fitted on?": "all" if fitted_on_all else "not seen",
}
for question, answer in answers.items():
    evidence.conclude(question, answer, chapter="00a")
