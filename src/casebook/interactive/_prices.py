"""What a threshold costs at a reader's own prices."""

from collections.abc import Mapping
from typing import Any

import altair
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from casebook.interactive._play import Playable, play, slider
from prerelease.costs import CostModel
from prerelease.plots._style import COLOURS, INK, subplots

QUESTION = "What does a threshold cost you?"
THRESHOLDS = np.round(np.arange(0.01, 1, 0.01), 2)


def threshold_prices(
    y: ArrayLike,
    amount: ArrayLike,
    scores: Mapping[str, ArrayLike],
    *,
    costs: CostModel,
    threshold: float,
) -> Playable:
    """Return what each threshold costs, by the prices of a miss, a review and an angry customer.

    Parameters
    ----------
    y, amount : array-like of shape (n,)
        Label, 1 is fraud, and euros of each payment.
    scores : mapping of str to array-like of shape (n,)
        Of each model that a reader may choose; the first is drawn at first.
    costs : CostModel
        The prices at first; the shares that it holds stay.
    threshold : float
        Marked at first.

    Returns
    -------
    Playable
        Costs above one and a half times those of accepting all are not drawn.

    Examples
    --------
    >>> shown = threshold_prices([0, 1], [10, 90], {"a": [0.1, 0.9]}, costs=CostModel(),
    ...                          threshold=0.5)
    >>> [one["name"] for one in shown.spec["params"]]
    ['review', 'goodwill', 'fee', 'threshold', 'model']
    """
    table = tallies(y, amount, scores)
    first, at = next(iter(scores)), round(threshold, 2)
    choice = altair.binding_select(options=[*scores], name="Model")
    knobs = (
        slider("review", "A review costs (€)", costs.review, (0, 50, 1)),
        slider("goodwill", "An honest customer blocked costs (€)", costs.goodwill, (0, 200, 1)),
        slider("fee", "A missed fraud costs its amount and (€)", costs.miss_fee, (0, 500, 5)),
        slider("threshold", "Threshold", at, (0.01, 0.99, 0.01)),
        altair.param(name="model", value=first, bind=choice),
    )
    base = (
        altair.Chart(altair.Data(values=table.to_dict("records")))
        .transform_filter("datum.model == model")
        .transform_calculate(cost=formula(costs))
        .transform_calculate(all=f"fee * datum.frauds + {1 - costs.recovery_share:g} * datum.euros")
        .transform_joinaggregate(least="min(cost)")
    )
    drawn = base.transform_filter("datum.cost <= 1.5 * datum.all")
    here = base.transform_filter("abs(datum.threshold - threshold) < 0.001")
    best = base.transform_filter("datum.cost == datum.least").transform_aggregate(
        t="min(threshold)", cost="min(cost)", groupby=["all"]
    )
    axis = altair.Axis(tickCount=5, format=".1f")
    x = altair.X("threshold:Q", title="threshold", scale=altair.Scale(domain=[0, 1]), axis=axis)
    y_axis = altair.Y("cost:Q", title="cost (€)", axis=altair.Axis(format=",.0f"))
    chart = altair.layer(
        drawn.mark_line(color=COLOURS["blue"], strokeWidth=2.5).encode(x=x, y=y_axis),
        base.transform_aggregate(all="min(all)")
        .mark_rule(strokeDash=[4, 3])
        .encode(y=altair.Y("all:Q")),
        here.transform_filter("datum.cost <= 1.5 * datum.all")
        .mark_point(filled=True, size=120, color=COLOURS["orange"], opacity=1)
        .encode(x=x, y=y_axis),
        *(_line(here, told, y, "bold") for told, y in zip(_told(), (-38, -22), strict=True)),
        _line(best, _best(), -6, "normal"),
    )
    title = altair.TitleParams(QUESTION, offset=10)
    chart = chart.add_params(*knobs).properties(height=300, title=title)
    now = priced(table, costs)
    of_first = now[now["model"] == first].set_index("threshold")
    alt = (
        f"Cost against the threshold of {first}: {of_first.loc[at, 'cost']:,.0f} euros at {at:g}, "
        f"where {of_first.loc[at, 'caught']} of {of_first.loc[at, 'frauds']} frauds are caught by "
        f"{of_first.loc[at, 'alerts']} alerts; accepting all costs {of_first.loc[at, 'all']:,.0f}."
    )
    return play(chart, _picture(of_first, at, first), alt=alt)


def tallies(y: ArrayLike, amount: ArrayLike, scores: Mapping[str, ArrayLike]) -> pd.DataFrame:
    """Return what each threshold of each model blocks and lets through, in counts and in euros."""
    fraud, euros = np.asarray(y) == 1, np.asarray(amount, dtype=float)
    rows = []
    for name, score in scores.items():
        for at in THRESHOLDS:
            block = np.asarray(score) >= at
            rows.append(
                {
                    "model": name,
                    "threshold": float(at),
                    "frauds": int(fraud.sum()),
                    "euros": round(float(euros[fraud].sum()), 2),
                    "alerts": int(block.sum()),
                    "caught": int((block & fraud).sum()),
                    "missed": round(float(euros[fraud & ~block].sum()), 2),
                    "blocked": round(float(euros[block & ~fraud].sum()), 2),
                }
            )
    return pd.DataFrame(rows)


def formula(costs: CostModel) -> str:
    """Return the cost of a threshold as the chart computes it."""
    return (
        f"fee * (datum.frauds - datum.caught) + {1 - costs.recovery_share:g} * datum.missed + "
        "review * datum.alerts + goodwill * (datum.alerts - datum.caught) + "
        f"{costs.margin_share:g} * datum.blocked"
    )


def priced(table: pd.DataFrame, costs: CostModel) -> pd.DataFrame:
    """Return tallies with their costs, computed by the chart's own formula."""
    knobs = {"fee": costs.miss_fee, "review": costs.review, "goodwill": costs.goodwill}
    everything = costs.miss_fee * table["frauds"] + (1 - costs.recovery_share) * table["euros"]
    cost = table.eval(formula(costs).replace("datum.", ""), local_dict={}, resolvers=[knobs, table])
    return table.assign(cost=cost, all=everything)


def _line(base: Any, told: str, y: int, weight: str) -> Any:
    """Return a line of text above the chart."""
    text = base.transform_calculate(told=told).mark_text(
        align="left", baseline="bottom", fontWeight=weight
    )
    return text.encode(text="told:N", x=altair.value(-40), y=altair.value(y))


def _told() -> tuple[str, str]:
    return (
        "'At ' + format(threshold, '.2f') + ': ' + format(datum.cost, ',.0f') + ' €'",
        "datum.caught + ' of ' + datum.frauds + ' frauds, ' + "
        "format(datum.alerts, ',') + ' alerts'",
    )


def _best() -> str:
    return (
        "'Cheapest ' + format(datum.t, '.2f') + ': ' + format(datum.cost, ',.0f') + "
        "' €; no model: ' + format(datum.all, ',.0f') + ' €'"
    )


def _picture(curve: pd.DataFrame, at: float, name: str) -> Figure:
    figure, axes = subplots()
    drawn = curve[curve["cost"] <= 1.5 * curve["all"]]
    axes.plot(drawn.index, drawn["cost"], color=COLOURS["blue"], label=name)
    axes.axhline(curve["all"].iloc[0], color=INK["light"], lw=1.2, ls="--", label="accept all")
    axes.plot(at, curve.loc[at, "cost"], "o", color=COLOURS["orange"], ms=9)
    axes.set(title=QUESTION, xlim=(0, 1), ylim=(0, None), xlabel="threshold", ylabel="cost (€)")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    figure.legend(loc="outside lower center", ncols=2)
    return figure
