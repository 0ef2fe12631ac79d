# %% [markdown]
# # Retraining
#
# You need [chapter 06](06_drift) and the {term}`cost model` of chapter 01, and a quarter of an hour.

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import Markdown, display
from threadpoolctl import threadpool_limits

# %% tags=["hide-input"]
from casebook import (
    data,
    evidence,
    interactive,
    mode,
    monitoring,
    progress,
    retraining,
    split,
    streams,
)
from casebook.page import in_short
from prerelease import intervals
from prerelease.plots import COLOURS, INK, show, use_style

use_style()
pd.options.display.max_colwidth = None
threads = threadpool_limits(1)  # on a shared machine, more threads mostly wait for each other

# %% tags=["remove-input"]
FEWER = streams.fewer()
Markdown(f"{mode.banner()}\n\n**Less in quick mode:** {FEWER}")

# %% tags=["remove-cell"]
payments = data.load()
development = pd.concat(split.development(payments))
N_STREAMS, N_WATCHED = streams.HOW_MANY[mode.current()]
AT_ONCE = {"processes": 1 if mode.is_quick() else 2}
CHANGE = 14
pool = streams.pool(development)
new_frauds = list(streams.deal(pool, "concept", N_STREAMS, day=CHANGE))
one = new_frauds[0]
bank = f"{one.weight.sum() / one.n_days:,.0f}"

# %% [markdown]
# ## The question
#
# An alarm rings on a Tuesday. “Retrain when it drifts” sounds like an answer. But on what? The labels of the last days are not there yet, and those of the blocked payments never will be. A {term}`retraining` is not only a fit, either. Somebody checks the data, validates the model, gets it approved and watches it go live.
#
# So we ask for a price: at how many euros for each retraining is which {term}`retraining policy` the cheapest?
#
# ## The wrong way most people do it
#
# :::{admonition} The usual training table
# :class: pr-wrong
# ```python
# table = payments.merge(complaints, how="left")
# table["fraud"] = table["complaint"].notna()  # no complaint, no fraud
# model.fit(table[inputs], table["fraud"])
# ```
# :::
#
# The line in the middle calls good what nobody knows to be good. That is a payment of yesterday whose owner has not looked yet, and every payment that was blocked. A blocked payment cannot lead to a complaint. So with each retraining **the model is told that its successes were mistakes** ({term}`selective labels` {cite:p}`lakkaraju2017`).
#
# What does that cost? Two days of data hold no third week, so we deal one. **This is a laboratory.** Each stream is a month of real payments of a small bank, {eval}`bank` a day, every payment at most once, frauds in whole bursts ([how →](07a_signals_and_the_plan)). One sudden change comes on day {eval}`CHANGE`: until then we hold back the half of the real frauds that look most like ordinary payments. The models that learn inside the streams are logistic regressions, and not the release candidate. All euros below are those of this bank.

# %% task="Name three schedules as `often`, and three ways to learn of blocked payments as `tables`."
often = {
    "never": retraining.Never(),
    "weekly": retraining.Scheduled(7),
    "every 2 days": retraining.Scheduled(2),
}
tables = {
    "known labels only": retraining.Labelling(),
    "no complaint, no fraud": retraining.Labelling(unlabelled="taken as honest"),
    "reviews find out": retraining.Labelling(confirmed=1.0),
}

# %% tags=["remove-cell"]
by_table = {}
for name, labelling in tables.items():
    by_table[name] = retraining.daily(
        new_frauds, often, delays=[1], labelling=labelling, tell=progress.line(name), **AT_ONCE
    )


def a_day(days, policy):
    """Euros per day that a policy costs on each stream, without its retrainings."""
    return days[days["policy"] == policy].groupby("stream")["cost"].mean()


def gap(one, other, *, asked):
    """Return how much more one policy costs than another, one of so many comparisons."""
    return retraining.over_streams(one - other, level=intervals.joint_level(asked))


right, usual, reviewed = by_table.values()
never_bill = retraining.over_streams(a_day(right, "never"))
against_known = {
    (name, policy): gap(a_day(table, policy), a_day(right, policy), asked=5)
    for name, table in by_table.items()
    for policy in ("weekly", "every 2 days")
}

# %% tags=["remove-input"]
pd.DataFrame(
    {
        (policy, name): {
            "€ a day": f"{retraining.over_streams(a_day(by_table[name], policy)):.0f}",
            "more than with known labels": f"{more:+z.0f}" if more.half_width else "",
        }
        for (name, policy), more in against_known.items()
    }
).T.sort_index(level=0, sort_remaining=False).rename_axis(["retrained", "training table"])

# %% tags=["remove-cell"]
MORE = {"above": "costs more", "below": "costs less"}
toy_often = against_known["no complaint, no fraud", "every 2 days"]
than_never = gap(a_day(usual, "every 2 days"), a_day(right, "never"), asked=5)
labels_worth = against_known["reviews find out", "every 2 days"]
told_of = {
    name: intervals.verdict(found, asked=5, **MORE)
    for name, found in (("often", toy_often), ("never", than_never), ("reviews", labels_worth))
}

# %% tags=["remove-cell"]
of_table_costs = f"{toy_often:.0f} € a day"
so_often = {
    "costs more": f"costs {of_table_costs}",
    "costs less": f"saves {abs(toy_often.estimate):.0f} € a day",
    intervals.UNTOLD: f"costs {of_table_costs}, which could be luck",
}[told_of["often"]]
rest_of_it = {
    "costs more": "is then more expensive than never to retrain",
    "costs less": "is still cheaper than never to retrain",
    intervals.UNTOLD: "may then be worth nothing: its difference from never could be luck",
}[told_of["never"]]
so_reviews = {
    "costs more": "That would cost more than known labels alone.",
    "costs less": "That would save more than known labels alone do.",
    intervals.UNTOLD: "Against known labels alone, the difference could be luck.",
}[told_of["reviews"]]

# %% [markdown]
# Never to retrain costs {eval}`f"{never_bill.estimate:.0f}"` € a day. Labels take a day here, and a retraining is free. Retrained every two days, to take “no complaint” for “no fraud” {eval}`so_often`. All that work {eval}`rest_of_it` ({eval}`f"{than_never:+z.0f}"` € a day). *Could be luck* means that the interval holds zero; those of this section hold together, five at once. And if every review found out the truth about a blocked payment? {eval}`so_reviews`
#
# ## The right way
#
# Leave out what is not known, and let a policy say when. *Weekly* and *every 2 days* go by the calendar. *On reported frauds* counts the complaints of the last two days. *On inputs* watches the largest distance of an input. Both retrain when their signal reaches a threshold. It is set on streams in which nothing changes, such that it is reached every other month. The {term}`oracle` knows all labels at once and picks the cheapest days in hindsight {cite:p}`mahadevan2023`: it says how much there is to win.

# %% task="Let two signals watch calm streams as `practice`, choose `thresholds` by the false alarms that you can bear, and make a policy `on_alarm` of each."
signals = {
    "reported frauds": retraining.Reports(),
    "inputs": retraining.Inputs(),
}
calm = streams.deal(pool, "none", N_WATCHED, day=CHANGE, first_seed=1000)
practice = monitoring.watch(calm, signals, labelling=retraining.Labelling(delay=1), **AT_ONCE)
thresholds = monitoring.threshold(practice, false_alarms=0.5)  # a month
on_alarm = {
    f"on {name}": retraining.Triggered(thresholds[name], signal) for name, signal in signals.items()
}

# %% tags=["remove-cell"]
policies = [*often, "on reported frauds", "on inputs"]
DELAYS, PRICES = [0, 1, 7], [0, 50, 100, 200, 400, 700, 1000]
after_a_day = pd.concat([right, retraining.daily(new_frauds, on_alarm, delays=[1], **AT_ONCE)])
sooner_or_later = retraining.daily(
    new_frauds, often | on_alarm, delays=[0, 7], tell=progress.line("Policies"), **AT_ONCE
)
days = pd.concat([after_a_day, sooner_or_later])
oracle = retraining.hindsights(new_frauds, tell=progress.line("Oracle"), **AT_ONCE)
bills = retraining.bills(days, retraining_costs=PRICES, oracle=oracle)
# Intervals that hold together: four policies at three delays.
asked = len(DELAYS) * (len(policies) - 1)
saved = retraining.summary(bills, level=intervals.joint_level(asked))
jointly = saved[saved["retraining_cost"] == 0].set_index(["delay", "policy"])["saved"]

# %% tags=["remove-cell"]
on_reports = days[(days["policy"] == "on reported frauds") & (days["delay"] == 1)]
made = on_reports.groupby("stream")["retrained"].sum()
times = {"never": int((made == 0).sum()), "once": int((made == 1).sum())}
times["more often"] = len(made) - sum(times.values())
in_calm = int(on_reports.loc[on_reports["day"] < CHANGE, "retrained"].sum())
usual_day = practice.loc[practice["signal"] == "reported frauds", "value"].mean()

# %% tags=["remove-cell"]
so_far = retraining.saved_so_far(days[days["delay"] == 1])
decided = one.n_days - one.n_history
last = pd.DataFrame(
    {
        name: {
            "saved": decided * jointly[1, name].estimate,
            "low": decided * jointly[1, name].low,
            "high": decided * jointly[1, name].high,
        }
        for name in policies[1:]
    }
).T
saved_alt = "Euros saved against never retraining, added up over the days. On the last day: " + (
    "; ".join(f"{name} {row.saved:z,.0f} €" for name, row in last.iterrows()) + "."
)

order = last["saved"].sort_values().index
label_at, step = {}, 0.07 * (last["high"].max() - last["low"].min())
for name in order:
    label_at[name] = max(last.loc[name, "saved"], max(label_at.values(), default=-np.inf) + step)
LOOKS = dict(
    zip(policies[1:], zip(COLOURS.values(), ["-", "--", "-", ":"], strict=False), strict=True)
)

# %% tags=["hide-input"]
figure, axes = plt.subplots(figsize=(5.6, 3.8))
for place, (name, (shade, dashes)) in enumerate(LOOKS.items()):
    line, end = so_far[so_far["policy"] == name], last.loc[name]
    axes.plot(line["day"] - CHANGE, line["saved"], color=shade, ls=dashes, lw=2)
    x = one.n_days - CHANGE - 0.4 + 0.7 * place
    axes.vlines(x, end["low"], end["high"], color=shade, lw=3, alpha=0.5)
    axes.plot(x, end["saved"], "o", color=shade, ms=5)
    axes.text(19.0, label_at[name], name, color=shade, fontsize=9, va="center")
axes.axvline(0, color=INK["light"], lw=1, ls="--")
axes.axhline(0, color=INK["light"], lw=0.8)
axes.set(title="What has each policy saved, if labels take a day?", xlim=(-7.5, 25))
axes.set(xlabel="days since the change (dashed)", ylabel="euros saved so far against never")
axes.set_xticks([-5, 0, 5, 10, 15])
axes.yaxis.set_major_formatter("{x:,.0f}")
show(figure, alt=saved_alt)

# %% tags=["remove-cell"]
gain = so_far[so_far["day"] < CHANGE].groupby("policy").last().loc["every 2 days"]
so_young = "more than luck" if gain.low > 0 or gain.high < 0 else "could be luck"
by_reports = jointly[1, "on reported frauds"]

# %% [markdown]
# Before the change, retraining every two days saves {eval}`f"{gain.saved:z,.0f}"` € in {eval}`CHANGE - one.n_history` days ({eval}`so_young`). After it the lines part. The bars are the intervals of their ends, and hold together ({eval}`asked` at once).
#
# **What does the signal do?** *On reported frauds* retrains when {eval}`f"{thresholds['reported frauds']:.1f}"` frauds a day or more were reported; on calm mornings it is {eval}`f"{usual_day:.1f}"` on average. In the {eval}`N_STREAMS` streams it retrained {eval}`f"{made.mean():.2f}"` times on average. In {eval}`times["never"]` of them it never did, although there was new fraud in each; in {eval}`times["once"]` it did once. Of all {eval}`int(made.sum())` retrainings {eval}`in_calm` came before the change. That is why it does well here: where there is one sudden change, a trigger that fires about once after it should beat a calendar. Where fraud changes slowly, the order may turn.
#
# ## Play with it
#
# What a retraining costs and how long labels take decide between the policies, and neither is a property of the model. Put in your own. (The intervals are again {eval}`asked` at once.)

# %% tags=["remove-input"]
interactive.retraining_pays(saved[saved["policy"] != "never"], one.weight.sum() / one.n_days)


# %% tags=["remove-cell"]
def when(delay):
    """Say when labels come."""
    return f"labels after {delay:g} day{'' if delay == 1 else 's'}" if delay else "labels at once"


helps = {
    delay: [
        f"“{name}”"
        for name in policies[1:]
        if intervals.verdict(jointly[delay, name], asked=asked, above="saves") == "saves"
    ]
    for delay in DELAYS
}

# %% tags=["remove-cell"]
reports = {
    delay: retraining.break_even(bills, policy="on reported frauds", delay=delay)
    for delay in DELAYS
}
by_delay = dict(iter(days.groupby("delay")))
sooner = gap(a_day(by_delay[7], "every 2 days"), a_day(by_delay[1], "every 2 days"), asked=2)
oftener = gap(a_day(by_delay[7], "weekly"), a_day(by_delay[7], "every 2 days"), asked=2)
worth_more = {
    name: intervals.verdict(found, asked=2, above="saves", below="costs")
    for name, found in (("sooner", sooner), ("oftener", oftener))
}
flips = retraining.cheapest_by_price(bills)
leads = retraining.cheapest(bills, level=intervals.joint_level(len(DELAYS) * len(PRICES)))
sure = int(leads["resolved"].sum())


# %% tags=["remove-cell"]
def resolved(delay):
    """Say at which prices the lead of the cheapest policy is more than luck."""
    part = leads[leads["delay"] == delay].sort_values("retraining_cost")
    prices = part.loc[part["resolved"], "retraining_cost"].tolist()
    if not prices:
        return "at no price"
    if prices == part["retraining_cost"].tolist()[-len(prices) :]:
        return f"from {prices[0]:g} € on"
    return "at " + ", ".join(f"{price:g}" for price in prices) + " €"


where = " ".join(f"With {when(delay)}: {resolved(delay)}." for delay in DELAYS)

# %% [markdown]
# ## Up to which price does a retraining pay?
#
# A policy pays as long as one retraining costs less than what the policy saves, divided by the number of its retrainings. That is its break-even price. For *on reported frauds*, with labels after a day: {eval}`f"{last.loc['on reported frauds', 'saved']:,.0f}"` € in {eval}`decided` days of deciding. For that it retrained {eval}`f"{made.mean():.2f}"` times. A price stands in the table only where what is saved is more than luck, {eval}`asked` comparisons at once. Its own interval is the usual one, for one price.

# %% tags=["remove-input"]
made_at_least = saved.groupby("policy")["retrainings"].min()
at_work = [name for name in policies[1:] if made_at_least[name] > 0]


def even(name, delay):
    """Write the price up to which a policy pays, if what it saves is more than luck."""
    verdict = intervals.verdict(jointly[delay, name], asked=asked, above="saves", below="costs")
    if verdict == "saves":
        return f"{retraining.break_even(bills, policy=name, delay=delay):,.0f}"
    return {"costs": "does not save"}.get(verdict, verdict)


pd.DataFrame(
    {name: {when(delay): even(name, delay) for delay in DELAYS} for name in at_work}
).T.rename_axis("€ for each retraining")

# %% tags=["remove-cell"]
so_sooner, so_oftener = (
    {"saves": "more than luck", "costs": "a loss"}.get(worth_more[name], "it could be luck")
    for name in ("sooner", "oftener")
)
best_of_all = {part["policy"].iloc[0] for _, part in flips.groupby("delay")}
so_cheapest = (
    f"As long as it pays, retraining {best_of_all.pop()} is the cheapest on average, however long labels take."
    if len(best_of_all) == 1
    else "Which policy is the cheapest on average changes with the time that labels take."
)

# %% [markdown]
# **Get labels sooner, before you train oftener.** For whoever retrains every two days, labels after one day instead of seven are worth {eval}`f"{sooner:z.0f}"` € a day ({eval}`so_sooner`). To go from weekly to every two days, with labels after seven days, is worth {eval}`f"{oftener:z.0f}"` € ({eval}`so_oftener`).
#
# {eval}`so_cheapest` We asked for its lead over the next best at {eval}`len(PRICES)` prices and {eval}`len(DELAYS)` delays. It is more than luck in {eval}`sure` of these {eval}`len(DELAYS) * len(PRICES)` settings, which share their streams. {eval}`where` Elsewhere the choice may rest on other grounds, such as who has to get up at night.

# %% tags=["remove-cell"]
told_at = {
    "chapter": "07",
    "data_digest": payments.attrs["sha256"],
    "n": len(development),
    "split": "development",
    "because": "streams share their rows: each whole stream is one draw",
    "may_differ": FEWER,
}
by_t = (
    f"mean of {N_STREAMS} streams of {one.n_days} days dealt from the development rows, "
    "bursts whole, paired, Student's t"
)
evidence.record(
    "no complaint taken as no fraud: cost of retraining every 2 days",
    toy_often.estimate,
    toy_often,
    unit="€ per day",
    how=by_t,
    **told_at,
)

# %% tags=["remove-cell"]
evidence.record(
    "retraining on reported frauds against never, new frauds, labels after a day",
    by_reports.estimate,
    by_reports,
    unit="€ per day",
    how=by_t,
    **told_at,
)
evidence.record(
    "break-even price of retraining on reported frauds, labels after a day",
    reports[1].estimate,
    reports[1],
    unit="€ per retraining",
    how="euros saved over retrainings, bootstrap of streams",
    **told_at,
)

# %% tags=["remove-cell"]
for question, answer in (
    ("retraining every two days with the usual table, against known labels", told_of["often"]),
    ("retraining every two days with the usual table, against never", told_of["never"]),
    ("labels of all blocked payments, retraining every two days", told_of["reviews"]),
    ("labels after one day instead of seven", worth_more["sooner"]),
    *(
        (f"policies told apart from never, {when(delay)}", ", ".join(names) or "none")
        for delay, names in helps.items()
    ),
):
    evidence.conclude(question, answer, chapter="07", may_differ=FEWER)

# %% [markdown]
# ## What to decide

# %% tags=["remove-cell"]
half_price = reports[1]
trusted = {
    "saves": f"saves **{by_reports:.0f} € a day** against never. It pays as long as each retraining costs less than **{half_price:,.0f} €**.",
    "costs": f"costs {abs(by_reports.estimate):.0f} € a day more than never.",
}.get(
    intervals.verdict(by_reports, asked=asked, above="saves", below="costs"),
    f"saves {by_reports:.0f} € a day against never, which could be luck.",
)

# %% [markdown]
# :::{admonition} Before you automate anything
# :class: pr-decide
# - **Train on known labels only.** Leave out, above all, what you have blocked.
# - **Buy labels sooner**, before you train oftener.
# - **Let an alarm ask, and a person decide.** In our streams the signal retrained by itself, since nothing there can break. Where feeds break, [a true alarm may ask for a repair, or for nothing](07a_signals_and_the_plan).
# - **Work out your own price:** what the policy saves, over how often it retrains. Below that price it pays; above it, never to retrain is cheaper.
# - Every retrained model passes the same {term}`gate` as the first ([chapter 08](08_release)).
# :::
#
# **On Monday:** find the line of your training table that fills an empty label with “honest” (`fillna(0)`, `notna()`). Count how many of these rows were blocked, and how many are younger than a complaint takes. Train once without them, and compare both on the same later rows.
#
# **What is not known.** All streams are dealt from two days and the same frauds: the intervals speak of other deals, not of other frauds. There is one change, and it is sudden. How the release candidate would fare in them was not asked, for it has learned these very rows.

# %% tags=["remove-cell"]
by_two_days = {
    "never": never_bill,
    "known labels\nonly": retraining.over_streams(a_day(right, "every 2 days")),
    "no complaint,\nno fraud": retraining.over_streams(a_day(usual, "every 2 days")),
    "reviews find\nout the rest": retraining.over_streams(a_day(reviewed, "every 2 days")),
}
table_alt = "Euros a day, retrained every two days, by training table: " + (
    "; ".join(f"{name} {cost:.0f}".replace("\n", " ") for name, cost in by_two_days.items()) + "."
)
of_table, axes = plt.subplots(figsize=(3.4, 3.4))
for place, cost in enumerate(by_two_days.values()):
    shade = COLOURS["orange" if place == 2 else "blue"]
    axes.hlines(place, cost.low, cost.high, color=shade, lw=4, alpha=0.45)
    axes.plot(cost.estimate, place, "o", color=shade)
    axes.text(cost.estimate, place - 0.16, f"{cost.estimate:.0f}", ha="center", va="bottom")
axes.set_yticks(range(len(by_two_days)), [*by_two_days])
axes.set(title="Retrained on which table?", xlabel="euros a day", ylim=(3.5, -0.6))
axes.grid(visible=False, axis="y")
table_picture = show(of_table, alt=table_alt)

# %% tags=["remove-cell"]
so_silent = (
    f"But in {times['never']} of {N_STREAMS} such months the signal never called."
    if times["never"]
    else f"In each of {N_STREAMS} such months the signal called at least once."
)

# %% tags=["remove-input", "in-short"]
in_short(
    question="When should the model be trained again, and what does it pay?",
    answer=(
        f"In a laboratory month with one sudden change, a model is retrained every two days. To take “no complaint” for “no fraud” {so_often.replace(of_table_costs, f'**{of_table_costs}**')}. "
        f"All that work {rest_of_it}. On known labels, to retrain when reported frauds pile up {trusted} {so_silent} "
        f"(A bank of {bank} payments a day, logistic regressions.)"
    ),
    decision="Train on known labels only. Get labels sooner before you train oftener. Let complaints call a person, who decides at your price.",
    figure=table_picture,
)

# %% [markdown]
# :::{admonition} Take-away
# :class: pr-takeaway
# - A row without a label is not an honest payment.
# - How long labels take and what a retraining costs decide when to retrain.
# - Ask what a policy saves against never, and how far the oracle is.
# :::

# %% [markdown]
# ## Exercises
#
# ```{exercise} 7.1 Read it off
# :label: retraining-read
# :nonumber:
#
# Your bank is as large as the streams, a retraining costs 500 €, and labels take a week. Set the figure above so. Which policy would you choose, and what would you ask for before you retrain at all?
# ```

# %% tags=["hide-cell"]
of_mine = saved[(saved["delay"] == 7) & (saved["retraining_cost"] == PRICES[4])]
mine = of_mine.set_index("policy")["saved"].drop(["never", "oracle"])
best_there = max(mine.index, key=lambda policy: mine[policy].estimate)
most = mine[best_there]
shown = f"{most:z.0f}" if most.half_width else f"{most.estimate:z.0f}"
verdict = intervals.verdict(most, asked=asked, above="saves", below="costs")
Markdown(
    f"At {PRICES[4]:,} €, the next lower price that was computed, “{best_there}” comes out best, with {shown} € a day saved against never. "
    + {
        "saves": "That is more than luck. ",
        "costs": "That is a loss: never. ",
    }.get(verdict, "That could be luck: never is as good a choice. ")
    + "Ask for labels sooner: a sample of payments, reviewed within a day."
)

# %% [markdown]
# ```{exercise} 7.2 Code it
# :label: retraining-code
# :nonumber:
#
# To get labels where there are none, a bank lets a small share of the payments through that it would block, drawn at random. Of the blocked payments, let reviews find out one in ten, then three in ten, then all (`Labelling(confirmed=…)`). Retrain every two days, labels after a day. What is a label of a blocked payment worth here, and why?
#
# Call the tables of days `found_out`: a dict by the share that is found out, 0, 0.1, 0.3 and 1.
# ```

# %% tags=["hide-cell"]
found_out = {0.0: right, 1.0: reviewed}
for share in (0.1, 0.3):
    labelling = retraining.Labelling(confirmed=share)
    two_days = {"every 2 days": retraining.Scheduled(2)}
    found_out[share] = retraining.daily(
        new_frauds, two_days, delays=[1], labelling=labelling, **AT_ONCE
    )
totals = {share: a_day(part, "every 2 days") for share, part in sorted(found_out.items())}
display(
    pd.DataFrame(
        {
            "€ a day": {
                f"{share:.0%}": f"{retraining.over_streams(t):.0f}" for share, t in totals.items()
            },
            "saved against none": {
                f"{share:.0%}": f"{retraining.over_streams(totals[0.0] - t):z.0f}" if share else ""
                for share, t in totals.items()
            },
        }
    ).rename_axis("share of blocked payments whose truth is found out")
)

# %% tags=["hide-cell"]
gains = [gap(totals[0.0], t, asked=3) for share, t in totals.items() if share > 0]
Markdown(
    "Some of these labels save money, by more than luck. The model is surest of fraud where it blocks, and without "
    "labels it never learns whether it was right there."
    if any(gain.low > 0 for gain in gains)
    else "What each of these labels saves could be luck. The model keeps the labelled frauds of "
    "its history, so it does not forget the pattern that it blocks. Were the history dropped after a while, these labels would be all there is."
)

# %% tags=["remove-cell", "check"]
from casebook import checks

checks.labels_found_out(found_out, none=right)

# %% [markdown]
# ```{exercise} 7.3 Argue it
# :label: retraining-argue
# :nonumber:
#
# The platform team offers a retraining every night, fully automatic, for nearly nothing. “Then we need no monitoring.” What do you say? Name one change that a nightly retraining hides, and one that it makes worse.
# ```
#
# ```{solution} retraining-argue
# :class: dropdown
#
# If it is nearly free and every model passes the gate by itself, nothing speaks against it. But it answers one question out of three. A broken feed is hidden: the model learns to do without the input, the alarm of the inputs falls silent because the reference moves along, and nobody repairs it. Wrong labels are made worse: if unlabelled rows are taken as honest, every night teaches the model that what it caught yesterday was good. And someone attacking slowly is learned as normal. So monitoring stays, with a reference that does not move, and the gate stays between a new model and the customers.
# ```

# %% [markdown]
# ## Are you sure?
#
# - [Which signal hears what, and who is called by it? How is a month dealt out of two days? →](07a_signals_and_the_plan)
#
# ## Further reading
#
# - {cite:t}`mahadevan2023`: retraining as a decision with costs, and the optimum in hindsight.
# - {cite:t}`lakkaraju2017`: the selective labels problem.
# - {cite:t}`dalpozzolo2018`: delayed labels, feedback from investigators, and concept drift, by the makers of this data.
