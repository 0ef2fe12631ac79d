# %% [markdown]
# # Retraining
#
# When should a model be trained again, and what does it pay? You need [chapter 06](06_drift) and the {term}`cost model` of chapter 01, and a quarter of an hour.

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from IPython.display import Markdown, display
from threadpoolctl import threadpool_limits

# %% tags=["hide-input"]
from casebook import (
    data,
    evidence,
    interactive,
    mode,
    monitoring,
    plots,
    progress,
    retraining,
    split,
    streams,
)
from casebook.page import in_short
from prerelease import intervals
from prerelease.plots import INK, show, use_style

use_style()
pd.options.display.max_colwidth = None
threads = threadpool_limits(1)  # on a shared machine, more threads mostly wait for each other

# %% tags=["remove-input"]
FEWER = streams.fewer()
Markdown(f"{mode.banner()}\n\n**Less in quick mode:** {FEWER}")

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
# What does that cost? Two days of data hold no third week, so we deal one. Each stream is a month of real payments, every payment at most once, frauds in whole bursts ([how →](07a_signals_and_the_plan)). On a known day a second, real pattern of fraud arrives.

# %% tags=["remove-cell"]
payments = data.load()
development = pd.concat(split.development(payments))
N_STREAMS, N_WATCHED = streams.HOW_MANY[mode.current()]
AT_ONCE = {"processes": 1 if mode.is_quick() else 2}
CHANGE = 14
pool = streams.pool(development)
new_frauds = list(streams.deal(pool, "concept", N_STREAMS, day=CHANGE))
one = new_frauds[0]

# %%
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
so = {
    "costs more": "costs more than with known labels alone",
    "costs less": "costs less than with known labels alone",
    intervals.UNTOLD: "is not told apart from known labels alone",
}
so_often, so_reviews = so[told_of["often"]], so[told_of["reviews"]]
so_never = {
    "costs more": "costs more than never to retrain",
    "costs less": "still costs less than never to retrain",
    intervals.UNTOLD: "comes to the same as never to retrain, as far as one can tell",
}[told_of["never"]]

# %% [markdown]
# Never to retrain costs {eval}`f"{never_bill.estimate:.0f}"` € a day. Labels take a day here, and a retraining is free. The usual table, every two days, {eval}`so_often`: {eval}`f"{abs(toy_often.estimate):.0f}"` € a day {eval}`"more" if toy_often.estimate > 0 else "less"`. All that work {eval}`so_never`. And if every review found out the truth about a blocked payment? That {eval}`so_reviews`.
#
# ## The right way
#
# Leave out what is not known, and let a policy say when. *Weekly* and *every 2 days* go by the calendar. *On reported frauds* and *on inputs* retrain when a signal reaches its threshold, which was set on streams in which nothing changes. The {term}`oracle` knows all labels at once and picks the cheapest days in hindsight {cite:p}`mahadevan2023`: it says how much there is to win.

# %%
signals = {
    "reported frauds": retraining.Reports(),
    "inputs": retraining.Inputs(),
    "blocked": retraining.Blocked(),
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
triggered = {name: on_alarm[name] for name in policies if name in on_alarm}
after_a_day = pd.concat([right, retraining.daily(new_frauds, triggered, delays=[1], **AT_ONCE)])
sooner_or_later = retraining.daily(
    new_frauds, often | triggered, delays=[0, 7], tell=progress.line("Policies"), **AT_ONCE
)
days = pd.concat([after_a_day, sooner_or_later])
oracle = retraining.hindsights(new_frauds, tell=progress.line("Oracle"), **AT_ONCE)
bills = retraining.bills(days, retraining_costs=PRICES, oracle=oracle)
saved = retraining.summary(bills)

# %% tags=["hide-input"]
so_far = retraining.saved_so_far(days[days["delay"] == 1])
band = so_far.melt(["policy", "day"], ["low", "saved", "high"])
figure, axes = plt.subplots(figsize=(5.0, 3.8))
sns.lineplot(
    x=band["day"] - CHANGE,
    y=band["value"],
    hue=band["policy"],
    style=band["policy"],
    err_kws={"alpha": 0.15, "lw": 0},
    **plots.ENDS,
    ax=axes,
)
axes.axvline(0, color=INK["light"], lw=1, ls="--")
axes.set(title="What has each policy saved, if labels take a day?")
axes.set(xlabel="days since the change", ylabel="euros saved so far against never")
axes.yaxis.set_major_formatter("{x:,.0f}")
sns.move_legend(axes, "upper left", title=None)
last = so_far[so_far["day"] == so_far["day"].max()].set_index("policy")
saved_alt = "Euros saved against never retraining, added up over the days. On the last day: " + (
    "; ".join(f"{name} {row.saved:z,.0f} €" for name, row in last.iterrows()) + "."
)
show(figure, alt=saved_alt)

# %% tags=["remove-cell"]
gain = so_far[so_far["day"] < CHANGE].groupby("policy").last().loc["every 2 days"]
young = (
    "gains from every further burst: even before anything changes, retraining every two days saves"
    if gain.low > 0
    else "gains little that can be told apart before anything changes: retraining every two days saves"
)

# %% [markdown]
# A young model {eval}`young` {eval}`f"{gain.saved:,.0f}"` € in {eval}`CHANGE - one.n_history` days. After the change the curves part.
#
# ## Play with it
#
# What a retraining costs and how long labels take decide between the policies, and neither is a property of the model. Put in your own.

# %% tags=["remove-input"]
interactive.retraining_pays(saved[saved["policy"] != "never"], one.weight.sum() / one.n_days)


# %% tags=["remove-cell"]
def when(delay):
    """Say when labels come."""
    return f"labels after {delay:g} day{'' if delay == 1 else 's'}" if delay else "labels at once"


# Intervals that hold together, for verdicts: four policies at three delays.
asked = len(DELAYS) * (len(policies) - 1)
jointly = retraining.summary(
    bills[(bills["retraining_cost"] == 0) & (bills["policy"] != "oracle")],
    level=intervals.joint_level(asked),
).set_index(["delay", "policy"])["saved"]
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
free = saved[saved["retraining_cost"] == 0].set_index(["delay", "policy"])["saved"]

# %% [markdown]
# ## At which price is never as cheap?

# %% tags=["remove-input"]
made_at_least = saved.groupby("policy")["retrainings"].min()
at_work = [name for name in policies[1:] if made_at_least[name] > 0]


def even(name, delay):
    """Write the price from which never is as cheap."""
    price = retraining.break_even(bills, policy=name, delay=delay)
    return f"{price:,.0f}" if price.estimate > 0 else "does not save"


table = pd.DataFrame(
    {name: {delay: even(name, delay) for delay in DELAYS} for name in at_work}
).rename_axis("label delay (days)", columns="€ for each retraining")
table["cheapest, as the price rises"] = [
    ", then ".join(part["policy"]) for _, part in flips.groupby("delay")
]
table

# %% tags=["remove-cell"]
so_sooner, so_oftener = (
    {"saves": "told apart from nothing", "costs": "a loss"}.get(worth_more[name], "not told apart")
    for name in ("sooner", "oftener")
)

# %% [markdown]
# **Get labels sooner, before you train oftener.** For whoever retrains every two days, labels after one day instead of seven are worth {eval}`f"{sooner.estimate:z.0f}"` € a day ({eval}`so_sooner`). To go from weekly to every two days, with labels after seven days, is worth {eval}`f"{oftener.estimate:z.0f}"` € ({eval}`so_oftener`).
#
# The last column is on average. The lead of the cheapest policy over the next is told apart from nothing in {eval}`sure` of {eval}`len(DELAYS) * len(PRICES)` settings. In the others the choice may rest on other grounds, such as who has to get up at night.

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
by_reports = jointly[1, "on reported frauds"]
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
helped = " and ".join(helps[1]) or "no policy"
best = max(free[1].drop(["oracle", "never"]).items(), key=lambda item: item[1].estimate)
half_price = reports[1]

# %% [markdown]
# :::{admonition} Before you automate anything
# :class: pr-decide
# - Work out **your** break-even price. Retraining on reported frauds costs as much as never at {eval}`f"{half_price.estimate:,.0f}"` € each, with labels after a day.
# - Train on known labels only. Leave out, above all, what you have blocked.
# - Buy labels sooner. Let **no alarm retrain by itself**: [a true alarm may ask for nothing, or for a repair](07a_signals_and_the_plan).
# - Every retrained model passes the same {term}`gate` as the first ([chapter 08](08_release)).
# :::
#
# **What is not known.** All streams are dealt from two days and the same frauds: the intervals speak of other deals, not of other frauds. The models that learn inside them are logistic regressions, and not the one that ships.

# %% tags=["remove-input", "in-short"]
figure.set_size_inches(3.6, 3.0)
figure.axes[0].set_title("What has each policy saved?")
in_short(
    question="When should the model be trained again, and what does it pay?",
    answer=(
        f"With labels after a day and retraining for free, the best policy, “{best[0]}”, saves "
        f"**{best[1].estimate:.0f} € a day** of {never_bill.estimate:.0f}; told apart from never: {helped}. "
        f"At {half_price.estimate:,.0f} € for each retraining, “on reported frauds” pays no more."
    ),
    decision="Retrain on a signal that pays at your price, on known labels only; get labels sooner before you train oftener.",
    figure=show(figure, alt=saved_alt),
)

# %% [markdown]
# :::{admonition} Take-away
# :class: pr-takeaway
# - A row without a label is not an honest payment.
# - How long labels take and what a retraining costs decide when to retrain. The model does not.
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
of_mine = bills[(bills["delay"] == 7) & (bills["retraining_cost"] == PRICES[4])]
mine = retraining.summary(of_mine).set_index("policy")["saved"].drop(["never", "oracle"])
best_there = max(mine.index, key=lambda policy: mine[policy].estimate)
pays = mine[best_there].estimate > 0
Markdown(
    f"At {PRICES[4]:,} €, the next lower price that was computed, the best policy “{best_there}” saves {mine[best_there].estimate:z.0f} € a day against never, on average. "
    + (
        "It does not pay: never. "
        if not pays
        else "Whether that can be told from nothing, its interval says. "
    )
    + "Ask for labels sooner: a sample of payments, reviewed within a day."
)

# %% [markdown]
# ```{exercise} 7.2 Code it
# :label: retraining-code
# :nonumber:
#
# To get labels where there are none, a bank lets a small share of the payments through that it would block, drawn by lot. Of the blocked payments, let reviews find out one in ten, then three in ten, then all (`Labelling(confirmed=…)`). Retrain every two days, labels after a day. What is a label of a blocked payment worth here, and why?
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
                f"{share:.0%}": f"{retraining.over_streams(totals[0.0] - t):z.0f}"
                for share, t in totals.items()
            },
        }
    ).rename_axis("share of blocked payments whose truth is found out")
)

# %% tags=["hide-cell"]
gains = [gap(totals[0.0], t, asked=3) for share, t in totals.items() if share > 0]
Markdown(
    "Some of these labels save money, by intervals that hold together. The model is surest of fraud where it blocks, and without "
    "labels it never learns whether it was right there."
    if any(gain.low > 0 for gain in gains)
    else "None of these labels is told apart from nothing, by intervals that hold together. The model keeps the labelled frauds of "
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
