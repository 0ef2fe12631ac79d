"""Figures of the report."""

from collections.abc import Mapping

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from prerelease import _html, words
from prerelease.gate._names import units
from prerelease.gate._times import DAY
from prerelease.plots._style import COLOURS, FAINT, INK, PLAIN, note, show, subplots

UNKNOWN = "no label yet"


def shown(figure: Figure, told: str, *, alt: str) -> str:
    """Return a figure as HTML, and what there is to say of it."""
    return show(figure, alt=alt).data + _html.paragraph(told)


def review_gain(curve: pd.DataFrame) -> Figure:
    """Draw what decisions cost as more and more cases are looked at, and mark the cheapest."""
    figure, axes = subplots()
    axes.plot(curve["reviews_per_1000"], curve["cost_per_1000"], color=COLOURS["blue"])
    best = curve.loc[curve["cost_per_1000"].idxmin()]
    axes.plot(best["reviews_per_1000"], best["cost_per_1000"], "o", color=COLOURS["blue"], ms=8)
    axes.axhline(curve["cost_per_1000"].iloc[0], color=INK["light"], lw=1.2, ls="--")
    nobody = 1, curve["cost_per_1000"].iloc[0]
    note(axes, "nobody looks", nobody, (-2, 3), along="y", ha="right")
    axes.set(title="What does a look by a person buy?")
    axes.set(xlabel=f"{words().cases} looked at (per 1,000)", ylabel=f"cost ({words().per_1000})")
    axes.xaxis.set_major_formatter(PLAIN)
    axes.yaxis.set_major_formatter(PLAIN)
    return figure


def distributions(table: pd.DataFrame, *, log: bool = True) -> Figure:
    """Draw the share of cases with at least each score, in both periods."""
    figure, axes = subplots()
    for name, colour, style in (("reference", "grey", "--"), ("current", "blue", "-")):
        shown = table[table[name] > 0]
        axes.plot(shown["score"], shown[name], style, color=COLOURS[colour], label=name)
    axes.set(title="Have the scores moved?", yscale="log", xlabel="score")
    axes.set_xscale("log" if log else "linear")
    axes.set_ylabel(f"share of {words().cases} with\nat least this score")
    axes.legend()
    return figure


def over_time_panels(
    tables: Mapping[str, pd.DataFrame],
    whole: Mapping[str, float],
    *,
    length: float,
    title: str,
) -> Figure:
    """Draw metrics by period, one above the other, each with its intervals and its whole value."""
    figure = Figure(figsize=(5.0, 0.7 + 1.25 * len(tables)))
    FigureCanvasAgg(figure)
    panels = figure.subplots(len(tables), sharex=True, squeeze=False)[:, 0]
    figure.suptitle(title, x=0.01, ha="left", size=10.5, weight="bold")
    for axes, (name, table) in zip(panels, tables.items(), strict=True):
        dates = isinstance(table.index, pd.DatetimeIndex)
        start = mdates.date2num(table.index) if dates else table.index.to_numpy() / DAY
        _panel(axes, table, start + length / DAY / 2, length / DAY)
        axes.axhline(whole[name], color=INK["light"], lw=1, ls="--")
        unit = units()[name]
        told = name if unit == name.replace("_", " ") else f"{name} ({unit})"
        axes.set_title(told, size=9, pad=3, weight="normal")
        axes.yaxis.set_major_formatter(PLAIN)
    if dates:
        locator = mdates.AutoDateLocator(minticks=3, maxticks=6)
        panels[-1].xaxis.set_major_locator(locator)
        panels[-1].xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))
    else:
        panels[-1].set_xlabel("days since time 0")
    return figure


def _panel(axes: Axes, table: pd.DataFrame, middle: NDArray[np.float64], width: float) -> None:
    """Draw one metric: dots with bars, open ones without, and where labels are missing."""
    sure = table["low"].notna().to_numpy()
    ends = table["low"][sure], table["high"][sure]
    axes.vlines(middle[sure], *ends, color=COLOURS["blue"], lw=3, alpha=0.5)
    axes.plot(middle[sure], table["value"][sure], "o", color=COLOURS["blue"], ms=5)
    axes.plot(middle[~sure], table["value"][~sure], "o", color=COLOURS["grey"], mfc="none", ms=5)
    empty = (table["why"] == UNKNOWN).to_numpy()
    for place in middle[empty]:
        axes.axvspan(place - width / 2, place + width / 2, color=FAINT["light"], lw=0)
    if empty.any():
        note(axes, UNKNOWN, (middle[empty].mean(), 0.5), along="x", ha="center", va="center")
    seen = table[["low", "value"]].min(axis=None)
    if seen >= 0:
        axes.set_ylim(bottom=0)
