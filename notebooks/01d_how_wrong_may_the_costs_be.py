# %% [markdown]
# # How wrong may the costs be, and so many reviewers
#
# The prices are guesses, and reviewers are few. Which guesses matter, and how large a team pays? You need the {term}`cost model` of [the metrics](01_metrics_for_impact); ten minutes.

# %% tags=["hide-input"]
from dataclasses import replace
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Markdown
from matplotlib.colors import BoundaryNorm

from casebook import conventions, data, evidence, impact, mode, models, plots, split
from casebook.page import headed, in_short, percent
from prerelease import costs, intervals, thresholds
from prerelease.plots import COLOURS, INK, show, use_style

use_style()
pd.options.display.max_colwidth = None

# %% tags=["remove-input"]
Markdown(mode.banner())

# %%
payments = data.load()
train, valid = split.development(payments)
y_valid, amount, time = valid["Class"], valid["Amount"], valid["Time"]
COSTS = costs.CostModel()
jobs = [
    (models.boosted(), {}),
    (models.logistic_regression(), {}),
    (models.logistic_regression(balanced=True), {}),
]
plain, logistic, balanced = impact.scores(jobs, train, valid)
desk = impact.Bills(valid, COSTS)

# %% [markdown]
# ## How wrong may the costs be?
#
# Let two of the prices be others, and compare two thresholds: the one that is cheapest for today's prices, and the one that is cheapest for those others. What the first costs more is its {term}`regret`. Both are chosen on other stretches of time than they are priced on, and chosen anew in each resample.

# %%
how = conventions.drawn(time)
goodwill, fees = np.geomspace(1, 200, 25).round(2), np.geomspace(1, 300, 25).round(2)
grid = pd.DataFrame([(g, f) for g in goodwill for f in fees], columns=["goodwill", "miss_fee"])
others = [replace(COSTS, **row) for row in grid.to_dict("records")]
regret = grid.join(
    thresholds.regret(y_valid, plain, amount, time, costs=COSTS, others=others, **how)
)

# %% tags=["remove-cell"]
doubt = thresholds.rechosen(
    y_valid, plain, amount, costs=COSTS, scheme=how["scheme"], n_resamples=how["n_resamples"]
)
safe = (regret["high"] < 1).mean()
safely = percent(safe)
worst_cell = regret.loc[regret["high"].idxmax()]
per_1000 = costs.baselines(y_valid, amount, costs=COSTS)["cost_per_1000"]
described = (
    "Map of the upper end of the regret of the boosted model's threshold over the cost of an honest "
    "customer blocked and the fixed cost of a missed fraud, both on logarithmic axes, with today's "
    f"values marked. On {safe:.0%} of the map it is below 1 € per 1,000 payments. It is largest, "
    f"{worst_cell['high']:.0f} €, at a goodwill of {worst_cell['goodwill']:.0f} € and a fee of "
    f"{worst_cell['miss_fee']:.0f} €."
)

# %% tags=["hide-input"]
cells = regret.pivot_table("high", "miss_fee", "goodwill")
steps = [0, 1, 3, 10, 30, 1e9]
figure, axes = plt.subplots()
sns.heatmap(
    cells, cmap="cividis_r", norm=BoundaryNorm(steps, 256, extend="neither"), ax=axes,
    cbar_kws={"spacing": "uniform", "label": "regret, upper end (€ per 1,000 payments)"},
)  # fmt: skip
axes.collections[0].colorbar.set_ticks(steps, labels=[*steps[:-1], "more"])
place = [  # of costs on the map, whose cells are numbered
    lambda euros, axis=axis: np.interp(np.log(euros), np.log(axis), np.arange(len(axis)) + 0.5)
    for axis in (cells.columns, cells.index)
]
at_x, at_y = place[0](COSTS.goodwill), place[1](COSTS.miss_fee)
axes.plot(at_x, at_y, "o", ms=9, mfc="white", mec="black", mew=1.8)
axes.set(title="What may today's threshold cost if we guess wrong?")
axes.set_xlabel("cost of each honest payment blocked (€)")
axes.set_ylabel("fixed cost of each missed fraud (€)")
axes.set_xticks(place[0]([1, 3, 10, 30, 100]), [1, 3, 10, 30, 100], rotation=0)
axes.set_yticks(place[1]([1, 3, 10, 30, 100, 300]), [1, 3, 10, 30, 100, 300], rotation=0)
axes.invert_yaxis()
show(figure, alt=described)

# %% [markdown]
# On {eval}`safely` of the map the regret is below 1 € even by its upper end, each cell for itself. Accepting all costs {eval}`f"{per_1000['accept all']:.0f}"` €. At today's prices (the dot) the regret is zero by definition.
#
# Six prices that somebody might name, asked together:

# %%
named = {
    "goodwill halved": {"goodwill": COSTS.goodwill / 2},
    "goodwill doubled": {"goodwill": COSTS.goodwill * 2},
    "goodwill of 100 €": {"goodwill": 100},
    "fee halved": {"miss_fee": COSTS.miss_fee / 2},
    "fee doubled": {"miss_fee": COSTS.miss_fee * 2},
    "fee of 300 €": {"miss_fee": 300},
}
in_words = [replace(COSTS, **change) for change in named.values()]
jointly = conventions.drawn(time, asked=len(named))
by_name = thresholds.regret(
    y_valid, plain, amount, time, costs=COSTS, others=in_words, **jointly
).set_axis(list(named))

# %% tags=["remove-input"]
rows_of = by_name.T.to_dict("list")
headed(
    pd.DataFrame(
        {
            "regret (€ per 1,000 payments)": {
                name: f"{row[0]:.1f} [{row[1]:.1f}, {row[2]:.1f}]" for name, row in rows_of.items()
            }
        }
    ).rename_axis("if the prices were")
)

# %% tags=["remove-cell"]
regretted = by_name.index[by_name["low"] > 0]
above_zero = (
    f"Above zero, by more than luck: {', '.join(regretted)}"
    if len(regretted)
    else "None of them is above zero by more than luck could make it"
)
likeliest = by_name["high"].idxmax()
so_much = dict(zip(("estimate", "low", "high"), by_name.loc[likeliest], strict=False))
so_much = "{estimate:.0f} € [{low:.0f}, {high:.0f}]".format(**so_much)
worst_of_40 = np.quantile(doubt, 0.975)

# %% [markdown]
# {eval}`above_zero`. A regret below zero says that choosing anew does worse than to stay: there are too few frauds to choose by.
#
# That is a doubt of its own, even at today's prices. A threshold chosen on rows drawn anew costs {eval}`f"{doubt.mean():.1f}"` € per 1,000 payments more, on average, than the best one for these rows. In all but one of {eval}`round(1 / 0.025)` draws it costs at most {eval}`f"{worst_of_40:.1f}"` € more.
#
# ### May another model become the cheapest?
#
# For instance, a missed fraud may also bring a fine. We ask it for three fixed costs of a miss and two other models, each with its own threshold, all six at once.

# %% tags=["remove-cell"]
rivals = {"logistic": logistic, "balanced logistic": balanced}
fines = [300, 1000, 3000]
flips, six = {}, impact.jointly(time, 6)
for fee in fines:
    there_costs = replace(COSTS, miss_fee=fee)
    bills = {
        name: costs.row_costs(
            y_valid, conventions.decide(valid, score, costs=there_costs), amount, costs=there_costs
        )
        for name, score in {"boosted": plain, **rivals}.items()
    }
    for name in rivals:
        flips[fee, name] = intervals.mean_difference(
            intervals.Total(), y_valid, [bills[name]], [bills["boosted"]], **six
        )
flipped = intervals.verdicts(flips, above="more expensive", below="cheaper")
cheaper = [f"{name} at {fee:,} €" for (fee, name), word in flipped.items() if word == "cheaper"]
flips_at = (
    f"Shown to be cheaper than boosted: {', '.join(cheaper)}"
    if cheaper
    else "None of them is shown to be cheaper than boosted"
)

# %% tags=["remove-input"]
headed(
    pd.DataFrame(
        {
            f"{fee:,} €": {
                f"{name}: € more than boosted": f"{flips[fee, name]:,.0f}, {flipped[fee, name]}"
                for name in rivals
            }
            for fee in fines
        }
    ).T.rename_axis("a miss costs its amount and")
)

# %% [markdown]
# {eval}`flips_at`. Where the table says “could be luck”, the interval holds zero. So nothing speaks for another model unless misses bring large fines; whoever expects them should look again.
#
# ## So many reviewers
#
# A threshold assumes that every alert is looked at. In life there is a team, and a queue. What counts then is what is caught at $k$ alerts an hour: {term}`alert capacity`. We begin with a team that works through each hour when it is over.

# %%
ks = [1, 2, 3, 5, 10, 20, 50]
by_score = {k: costs.alerts_at_capacity(plain, time, k=k) for k in ks}
queue = costs.capacity_table(y_valid, plain, amount, time, ks=ks, costs=COSTS)

# %% tags=["remove-cell"]
for k, block in by_score.items():
    known = intervals.bootstrap(intervals.Recall(0.5), y_valid, block.astype(float), **how)
    queue.loc[queue["k"] == k, ["recall_low", "recall_high"]] = known.low, known.high
at = queue.set_index("k")
described = (
    "Frauds caught, euros of frauds caught and precision against alerts an hour. At 5 alerts an "
    f"hour {at.loc[5, 'recall']:.0%} of the frauds and {at.loc[5, 'amount_recall']:.0%} of their "
    f"euros are caught, and {at.loc[5, 'precision']:.0%} of the alerts are frauds; at 50, "
    f"{at.loc[50, 'recall']:.0%}, {at.loc[50, 'amount_recall']:.0%} and "
    f"{at.loc[50, 'precision']:.0%}."
)

# %% tags=["hide-input"]
of_what = {"recall": "frauds caught", "amount_recall": "amount of frauds caught"}
of_what |= {"precision": "alerts that are frauds (precision)"}
shares = queue.melt("k", [c for c in queue if c.startswith(tuple(of_what))], value_name="share")
shares["of"] = shares["variable"].str.replace("_low|_high", "", regex=True).map(of_what)
figure, axes = plt.subplots()
sns.pointplot(
    shares, x="k", y="share", hue="of", hue_order=[*of_what.values()], log_scale=(True, False),
    native_scale=True, dodge=0.15, markers=[*"os^"], linestyles=["-", "--", ":"], lw=1.5,
    err_kws={"lw": 3, "alpha": 0.45}, **plots.ENDS, ax=axes,
)  # fmt: skip
axes.set(title="What can a small team catch?", ylim=(-0.02, 1.02), xlabel="alerts an hour")
axes.set_xticks(queue["k"], [f"{k:,}" for k in queue["k"]])
axes.minorticks_off()
sns.move_legend(axes, "upper center", bbox_to_anchor=(0.5, -0.18), title=None)
show(figure, alt=described)

# %% [markdown]
# (The intervals of precision are exact binomial ones: where every alert is a fraud, a bootstrap sees no doubt.)
#
# ### Sorted by probability, or by euros at stake?
#
# We ask it for all seven teams at once, and once more with other borders between the hours.

# %%
euros_first = costs.expected_saving(plain, amount, costs=COSTS)
by_euros = {k: costs.alerts_at_capacity(euros_first, time, k=k) for k in ks}

# %% tags=["remove-cell"]
order = {k: desk.excess(by_euros[k], by_score[k], asked=len(ks)) for k in ks}


def order_gap(k, shift):
    """Euros by which a queue by euros costs more, where hours begin so many seconds earlier."""
    first, second = (costs.alerts_at_capacity(p, time + shift, k=k) for p in (euros_first, plain))
    return desk.of(first).sum() - desk.of(second).sum()


borders = {k: [order_gap(k, shift) for shift in (900, 1800, 2700)] for k in ks}
ordered = intervals.verdicts(order, above="more expensive", below="cheaper")
decided = [f"{k} ({word} by euros)" for k, word in ordered.items() if word != intervals.UNTOLD]
decided_at = (
    f"More than luck: at {', '.join(decided)}. Any other difference"
    if decided
    else "Each of these differences"
)

# %% tags=["remove-input"]
headed(
    pd.DataFrame(
        {
            k: {
                "€ by score": f"{desk.of(by_score[k]).sum():,.0f}",
                "€ more by euros": f"{order[k]:,.0f}",
                "which is": ordered[k],
                "… with other borders of the hours": f"{min(borders[k]):,.0f} to {max(borders[k]):,.0f}",
            }
            for k in ks
        }
    ).T.rename_axis("alerts an hour")
)

# %% [markdown]
# {eval}`decided_at` could be luck, and other borders of the hours move it. So the queue stays sorted by the score, which is simpler.
#
# ### In real time
#
# The $k$ most urgent of an hour are known only when the hour is over. A queue that runs *as payments come in* needs a threshold that raises $k$ alerts an hour on average, chosen on the other stretches. And it needs a reviewer who every $60/k$ minutes takes the most suspect one that waits. What waits longer than an hour is let go.

# %%
raised = {k: thresholds.raised(plain, time, per_hour=k) for k in ks}
live = {
    k: np.isfinite(costs.review_times(plain, time, k=k, raised=alerts))
    for k, alerts in raised.items()
}

# %% tags=["remove-cell"]
hindsight = {k: desk.excess(live[k], by_score[k], asked=len(ks)) for k in ks}
next_team = {
    larger: desk.excess(live[larger], live[k], asked=len(ks) - 1) for k, larger in pairwise(ks)
}
in_life = intervals.verdicts(hindsight, above="more expensive", below="cheaper")
grows = intervals.verdicts(next_team, above="more expensive", below="cheaper")
pays_off, too_large, unclear = (
    " and ".join(f"{k}" for k, said in grows.items() if said == word) or "no size"
    for word in ("cheaper", "more expensive", intervals.UNTOLD)
)

# %% tags=["remove-input"]
headed(
    pd.DataFrame(
        {
            k: {
                "reviews": int(live[k].sum()),
                "frauds caught (bursts)": desk.caught(live[k]),
                "€": f"{desk.of(live[k]).sum():,.0f}",
                "€ more than by hindsight": f"{hindsight[k]:,.0f}, {in_life[k]}",
                "€ more than the next smaller team": f"{next_team[k]:,.0f}, {grows[k]}"
                if k in next_team
                else "",
            }
            for k in ks
        }
    ).T.rename_axis("alerts an hour")
)

# %% [markdown]
# A step to a larger team pays at {eval}`pays_off` alerts an hour and costs more at {eval}`too_large`. What the steps to {eval}`unclear` bring could be luck. (Hindsight fills every turn. In real time a turn stays unused when nothing that waits is suspect enough.)
#
# A limit: precision is counted by payment, and reviewers work by *card*. One stolen card may raise many alerts at once. This data has no card numbers, so precision by card cannot be had from it {cite:p}`dalpozzolo2018,leborgne2022`.
#
# ## What to decide
#
# Stop arguing inside the range in which the decision stays. Outside it, ask for the one measurement that could move you: what a blocked customer is worth, what a closed case really cost. Staff the team up to the last step that pays.


# %% tags=["remove-cell"]
def regrets():
    """Draw the regret of the six named prices."""
    figure, axes = plt.subplots(figsize=(3.3, 2.9))
    cost = by_name.iloc[:, :3].set_axis(["regret", "low", "high"], axis=1)
    table = cost.melt(ignore_index=False).reset_index(names="at")
    sns.pointplot(
        table, x="value", y="at", linestyle="none", color=COLOURS["blue"],
        err_kws={"lw": 3, "alpha": 0.45}, **plots.ENDS, ax=axes,
    )  # fmt: skip
    axes.axvline(0, color=INK["light"], lw=1, ls="--")
    axes.set(title="What if we guessed wrong?", xlabel="regret (€ per 1,000 payments)", ylabel="")
    return figure


# %% tags=["remove-cell"]
of_prices = (
    f"**Today's threshold is shown to be too expensive if prices are wrong: {', '.join(regretted)}.**"
    if len(regretted)
    else f"**None of {len(named)} other prices is shown to make today's threshold too expensive.**"
)
pay = [k for k, said in grows.items() if said == "cheaper"]
cost = [k for k, said in grows.items() if said == "more expensive"]
of_teams = " ".join(
    [
        f"A larger team is shown to pay up to {max(pay)} alerts an hour." if pay else "",
        f"From {min(cost)} on it costs more than it brings." if cost else "",
    ]
)

# %% tags=["remove-input", "in-short"]
in_short(
    question="What if the prices are wrong, and how many reviewers are worth their pay?",
    answer=(
        f"{of_prices} What may hurt most is a {likeliest} for each miss: {so_much} per 1,000 payments. "
        f"{of_teams}"
    ),
    decision="Keep the threshold, write the range of prices into the release, and staff up to the last step that pays.",
    figure=show(
        regrets(),
        alt=(
            "Regret with intervals, in euros per 1,000 payments: "
            + "; ".join(
                f"{name} {row[0]:.1f} [{row[1]:.1f}, {row[2]:.1f}]" for name, row in rows_of.items()
            )
            + "."
        ),
    ),
)

# %% tags=["remove-cell"]
measured = {}
for k in ks:
    measured[f"cost of a queue by euros above one by score, {k} an hour"] = order[k]
    measured[f"cost of a queue in real time above hindsight, {k} an hour"] = hindsight[k]
for k, gap in next_team.items():
    measured[f"cost of {k} alerts an hour above the next smaller team"] = gap
for (fee, name), gap in flips.items():
    measured[f"cost of {name} above boosted where a miss costs {fee} € more"] = gap
for claim, gap in measured.items():
    evidence.record(
        claim, gap.estimate, gap, unit="€ on the validation rows", split="valid", n=len(valid),
        how="blocks of ten minutes", chapter="01d", data_digest=payments.attrs["sha256"],
    )  # fmt: skip
concluded = {
    "where is the regret above zero for certain?": ", ".join(regretted) or "none",
    **{f"{name} where a miss costs {fee} € more": w for (fee, name), w in flipped.items()},
    **{f"queue by euros, {k} an hour": word for k, word in ordered.items()},
    **{f"queue in real time, {k} an hour": word for k, word in in_life.items()},
    **{f"step to {k} alerts an hour": word for k, word in grows.items()},
}
for question, answer in concluded.items():
    evidence.conclude(question, answer, chapter="01d")
