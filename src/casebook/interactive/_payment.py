"""Why a payment was blocked, or not: what its score is made of, and what is left if parts go."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from casebook.interactive._play import Playable, play, slider
from prerelease.explain._attribution import Attribution
from prerelease.plots._style import COLOURS, INK, subplots

QUESTION = "Why was this payment blocked, or not?"
TOP = 8
"""Columns told one by one; the others are one bar."""
LEFT = "1 / (1 + exp(datum.covered - datum.total))"
"""The probability that is left when contributions are covered."""


def why_this_payment(
    explained: Attribution,
    kinds: Mapping[str, Sequence[Any]],
    amount: pd.Series,
    *,
    threshold: float,
) -> Playable:
    """Return what the scores of some payments are made of; the largest parts can be covered.

    Parameters
    ----------
    explained : Attribution
        Of these payments, in log-odds.
    kinds : mapping of str to sequence
        What kinds of payments there are, and the index of each.
    amount : Series
        Euros of each payment, by index.
    threshold : float
        Probability from which on a payment is blocked.

    Returns
    -------
    Playable
        The first payment of the first kind at first, with nothing covered.
    """
    table = parts(explained, kinds, amount)
    first, many = next(iter(kinds)), int(table["number"].max())
    choice = altair.binding_select(options=[*kinds], name="Payments")
    knobs = (
        altair.param(name="kind", value=first, bind=choice),
        slider("number", "Which of them", 1, (1, many, 1)),
        slider("cover", "Cover the largest", 0, (0, TOP, 1)),
    )
    chosen = (
        altair.Chart(altair.Data(values=table.to_dict("records")))
        .transform_filter("datum.kind == kind && datum.number == min(number, datum.of)")
        .transform_calculate(hidden="datum.rank <= cover ? datum.part : 0")
        .transform_calculate(side="datum.part < 0 ? 'against' : 'for fraud'")
    )
    colours = altair.Scale(
        domain=["for fraud", "against"], range=[COLOURS["orange"], COLOURS["blue"]]
    )
    bars = chosen.mark_bar().encode(
        x=altair.X("part:Q", title="contribution (log-odds)"),
        y=altair.Y("column:N", title=None, sort=altair.SortField("rank")),
        color=altair.Color(
            "side:N", title=None, scale=colours, legend=altair.Legend(orient="bottom")
        ),
        opacity=altair.condition("datum.rank <= cover", altair.value(0.2), altair.value(1)),
    )
    once = chosen.transform_aggregate(
        covered="sum(hidden)",
        total="min(total)",
        amount="min(amount)",
        of="min(of)",
    ).transform_calculate(left=LEFT, whole="1 / (1 + exp(-datum.total))")
    which = "min(number, datum.of) + ' of ' + datum.of + ', '"
    size = f"{which} + format(datum.amount, ',.2f') + ' €: score '"
    without = "'Without the ' + (cover > 1 ? cover + ' largest: score ' : 'largest: score ')"
    chart = altair.layer(
        bars,
        _line(once, _told("whole", size, threshold), -22, "bold"),
        _line(once, f"cover ? {_told('left', without, threshold)} : ''", -6, "normal"),
    )
    title = altair.TitleParams(QUESTION, offset=30)
    chart = chart.add_params(*knobs).properties(height=280, title=title)
    one = table[(table["kind"] == first) & (table["number"] == 1)]
    heading = f"{first}, {one['amount'].iloc[0]:,.2f} €"
    alt = (
        f"Contributions to the score of one payment ({heading}), in log-odds, the largest first: "
        + ", ".join(f"{row.column} {row.part:+.2f}" for row in one.itertuples())
        + "."
    )
    return play(chart, _picture(one, heading), alt=alt)


def parts(
    explained: Attribution, kinds: Mapping[str, Sequence[Any]], amount: pd.Series
) -> pd.DataFrame:
    """Return the bars of each payment: its largest contributions, and the sum of all others."""
    rows: list[dict[str, Any]] = []
    at = {index: row for row, index in enumerate(explained.contributions.index)}
    for kind, indices in kinds.items():
        for number, index in enumerate(indices, start=1):
            steps = explained.waterfall(at[index], top=TOP)
            others = explained.contributions.shape[1] - TOP
            for rank, (column, step) in enumerate(steps.iterrows(), start=1):
                value = step["value"]
                name = f"{others} others" if np.isnan(value) else f"{column} = {value:.2f}"
                rows.append(
                    {
                        "kind": kind,
                        "number": number,
                        "of": len(indices),
                        "rank": rank,
                        "column": name.replace("-", "−"),
                        "part": round(float(step["contribution"]), 4),
                        "total": round(float(explained.score[at[index]]), 4),
                        "amount": round(float(amount[index]), 2),
                    }
                )
    return pd.DataFrame(rows)


def left(table: pd.DataFrame, cover: int) -> pd.Series:
    """Return the probability of each payment with its largest parts covered, as the chart does."""
    covered = table["part"].where(table["rank"] <= cover, 0)
    each = table.assign(covered=covered).groupby(["kind", "number"], sort=False)
    once = each.agg(covered=("covered", "sum"), total=("total", "min"))
    return once.eval(LEFT.replace("datum.", ""))


def _told(probability: str, what: str, threshold: float) -> str:
    """Return the words above the chart, as the chart makes them."""
    verdict = f"(datum.{probability} >= {threshold} ? 'blocked' : 'let through')"
    return f"{what} + format(datum.{probability}, '.4f') + ', ' + {verdict}"


def _line(base: Any, told: str, y: int, weight: str) -> Any:
    """Return a line of text above the chart."""
    text = base.transform_calculate(told=told).mark_text(
        align="left", baseline="bottom", fontWeight=weight
    )
    return text.encode(text="told:N", x=altair.value(-100), y=altair.value(y))


def _picture(one: pd.DataFrame, heading: str) -> Figure:
    figure, axes = subplots()
    colours = np.where(one["part"] < 0, COLOURS["blue"], COLOURS["orange"])
    axes.barh(one["column"], one["part"], color=colours)
    axes.axvline(0, color=INK["light"], lw=1)
    axes.invert_yaxis()
    axes.set(title=f"{QUESTION}\n{heading}", xlabel="contribution to the score (log-odds)")
    return figure
