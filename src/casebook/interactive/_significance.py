"""How many rows make any difference significant."""

import altair
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from casebook.interactive._play import Playable, play, slider
from prerelease.plots._style import COLOURS, INK, PLAIN, subplots

QUESTION = "How many rows make it significant?"
TERMS = 8
"""Of Kolmogorov's series: enough for p-values below one half."""
SMALLEST = 1e-12
LIMIT = 0.2
"""Of the distance, from which a rule of size gives an alarm."""


def significance(distance: float, rows: int) -> Playable:
    """Return the p-value of a distance by the number of rows, beside a rule of size.

    Parameters
    ----------
    distance : float
        Kolmogorov-Smirnov distance, at first; from 0.001 to 0.3.
    rows : int
        In each of two samples, at first, to the nearest thousand.

    Returns
    -------
    Playable
        By Kolmogorov's distribution; independent rows, as the usual test takes them.

    Examples
    --------
    >>> significance(0.02, 50_000).spec["params"][0]["value"]
    0.02
    """
    distance = round(distance, 3)
    knobs = (
        slider("distance", "Distance (Kolmogorov–Smirnov, 0 to 1)", distance, (0.001, 0.3, 0.001)),
        slider("many", "Rows in each sample", round(rows, -3), (1000, 300_000, 1000)),
    )
    reach = "distance * sqrt(datum.rows / 2)"
    series = " ".join(
        f"{'+' if k % 2 else '-'} 2 * exp(-{2 * k**2} * pow({reach}, 2))"
        for k in range(1, TERMS + 1)
    )
    p = f"{reach} < 0.5 ? 1 : max({SMALLEST}, min(1, {series.removeprefix('+ ')}))"
    powers = altair.sequence(2, 6.01, 0.05, as_="power_of_ten")
    base = altair.Chart(powers).transform_calculate(rows="pow(10, datum.power_of_ten)")
    curve = base.transform_calculate(p=p)
    x = altair.X(
        "rows:Q",
        title="rows in each sample",
        scale=altair.Scale(type="log", domain=[100, 1e6]),
        axis=altair.Axis(values=[100, 1000, 10_000, 100_000, 1_000_000]),
    )
    y = altair.Y(
        "p:Q",
        title="p-value",
        scale=altair.Scale(type="log", domain=[SMALLEST, 1]),
        axis=altair.Axis(values=[1e-12, 1e-9, 1e-6, 1e-3, 1], format="~e"),
    )
    one = altair.Chart(altair.Data(values=[{}])).transform_calculate(rows="many")
    here = one.transform_calculate(p=p)
    told = (
        "'p-value: ' + (datum.p < 0.05 ? 'ALARM' : 'no alarm') + ' · size: ' + "
        f"(distance >= {LIMIT} ? 'ALARM' : 'no alarm')"
    )
    chart = altair.layer(
        curve.mark_line(color=COLOURS["blue"], strokeWidth=2.5).encode(x=x, y=y),
        here.mark_point(filled=True, size=120, color=COLOURS["orange"], opacity=1).encode(x=x, y=y),
        altair.Chart(altair.Data(values=[{"p": 0.05}])).mark_rule(strokeDash=[4, 3]).encode(y=y),
        here.transform_calculate(told=told)
        .mark_text(align="left", baseline="bottom", fontWeight="bold")
        .encode(text="told:N", x=altair.value(0), y=altair.value(-6)),
    )
    chart = chart.add_params(*knobs).properties(height=280, title=QUESTION)
    now = float(p_value(np.array([rows]), distance)[0])
    alt = (
        f"The p-value of a distance of {distance:g} falls with the number of rows: with {rows:,} "
        f"in each sample it is {now:.1g}, and the distance is the same at any number."
    )
    return play(chart, _picture(distance, rows), alt=alt)


def p_value(rows: NDArray[np.float64], distance: float) -> NDArray[np.float64]:
    """Return the p-value of a distance between two samples of so many rows, as the chart has it."""
    reach = distance * np.sqrt(np.asarray(rows) / 2)
    k = np.arange(1, TERMS + 1)[:, None]
    series = 2 * ((-1.0) ** (k - 1) * np.exp(-2 * k**2 * reach**2)).sum(0)
    return np.where(reach < 0.5, 1.0, np.clip(series, SMALLEST, 1))


def _picture(distance: float, rows: int) -> Figure:
    many = np.logspace(2, 6, 80)
    figure, axes = subplots()
    axes.plot(many, p_value(many, distance), color=COLOURS["blue"])
    axes.plot(rows, p_value(np.array([rows]), distance), "o", color=COLOURS["orange"], ms=9)
    axes.axhline(0.05, color=INK["light"], lw=1, ls="--")
    axes.set(xscale="log", yscale="log", title=f"{QUESTION} Distance {distance:g}")
    axes.set(xlabel="rows in each sample", ylabel="p-value")
    axes.xaxis.set_major_formatter(PLAIN)
    return figure
