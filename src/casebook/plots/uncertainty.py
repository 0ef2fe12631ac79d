"""Figures of chapter 04: reviews, coverage and evidence."""

from collections.abc import Iterator, Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from numpy.typing import ArrayLike

from prerelease import _validate
from prerelease.plots._style import COLOURS, INK, PLAIN

_SHARE = FuncFormatter(lambda value, _: f"{100 * value:,.6g}%")
_SERIES = (
    (COLOURS["blue"], "o", "-"),
    (COLOURS["orange"], "D", "--"),
    (COLOURS["green"], "s", "-."),
    (COLOURS["purple"], "^", ":"),
)
_REFERENCE = {"color": INK["light"], "lw": 1, "ls": (0, (4, 3))}


def _told_by(series: Mapping[str, Any]) -> Iterator[tuple[Any, tuple[str, str, str]]]:
    """Pair each series with a colour, a marker and a line of its own."""
    _validate.integer(len(series), "the number of series", low=1, high=len(_SERIES))
    return zip(series.items(), _SERIES, strict=False)


def handed_over(curves: Mapping[str, pd.DataFrame], *, title: str, unit: str) -> Figure:
    """Draw what is still lost among the payments decided alone, as more are handed over.

    Parameters
    ----------
    curves : mapping of str to pandas.DataFrame
        Name of an order and `prerelease.uncertainty.risk_coverage` of it; at most four.
    title : str
        The question that the figure answers.
    unit : str
        What is lost, for the axis.

    Returns
    -------
    matplotlib.figure.Figure
        The share handed over on a logarithmic axis.

    Raises
    ------
    ValueError
        If there are more curves than colours.

    Examples
    --------
    >>> table = pd.DataFrame({"coverage": [0.5, 0.9, 1.0], "lost": [0.0, 1.0, 4.0]})
    >>> handed_over({"by doubt": table}, title="Who helps?", unit="misses").axes[0].get_xscale()
    'log'
    """
    figure, axes = plt.subplots()
    for (name, table), (colour, _, line) in _told_by(curves):
        some = table[table["coverage"] < 1]
        axes.plot(
            1 - some["coverage"], some["lost"], line, color=colour, label=name, ds="steps-pre"
        )
    axes.set(title=title, xscale="log", xlabel="share of payments that a person looks at")
    axes.set(ylabel=unit, ylim=(0, None))
    axes.xaxis.set_major_formatter(_SHARE)
    axes.yaxis.set_major_formatter(PLAIN)
    axes.legend(loc="lower left")
    return figure


def coverage_spread(
    laws: Mapping[str, Any], *, nominal: float, found: Mapping[str, float], title: str
) -> Figure:
    """Draw the ranges of the coverage that calibration sets of several sizes give.

    Parameters
    ----------
    laws : mapping of str to frozen scipy distribution
        Name and law (`prerelease.uncertainty.coverage_law`).
    nominal : float
        The coverage that was asked for.
    found : mapping of str to float
        Name and coverage that was found, below the ranges.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        One row each, the thin range with a probability of 95 %, the thick one of a half.

    Examples
    --------
    >>> from scipy import stats
    >>> figure = coverage_spread({"57": stats.beta(53, 5)}, nominal=0.9, found={}, title="How?")
    >>> figure.axes[0].get_xlabel()
    'coverage among frauds'
    """
    names = [*laws, *found]
    figure, axes = plt.subplots(figsize=(5.0, 0.8 + 0.42 * len(names)))
    axes.axvline(nominal, **_REFERENCE)
    for place, law in enumerate(laws.values()):
        for mass, width in ((0.95, 2), (0.5, 7)):
            axes.hlines(place, *law.interval(mass), color=COLOURS["blue"], lw=width)
    for place, value in enumerate(found.values(), start=len(laws)):
        axes.plot(value, place, "D", color=COLOURS["orange"], ms=7)
    axes.set_yticks(range(len(names)), names)
    axes.set(title=title, xlabel="coverage among frauds", ylim=(len(names) - 0.4, -0.6))
    axes.set_xlim(right=1)
    axes.grid(visible=False, axis="y")
    axes.xaxis.set_major_formatter(_SHARE)
    return figure


def evidence_paths(
    paths: Mapping[str, tuple[ArrayLike, ArrayLike]], *, level: float, title: str
) -> Figure:
    """Draw the evidence against exchangeability as rows come in.

    Parameters
    ----------
    paths : mapping of str to (array-like, array-like)
        Name; hours, and evidence (of `casebook.conformal.exchangeability_test`); at most four.
    level : float
        Probability of a false alarm.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there are more paths than colours.

    Examples
    --------
    >>> figure = evidence_paths({"all": ([0, 1], [0, 2])}, level=0.05, title="Is it drift?")
    >>> round(float(figure.axes[0].lines[0].get_ydata()[0]), 1)
    1.3
    """
    figure, axes = plt.subplots()
    axes.axhline(-np.log10(level), **_REFERENCE)
    for (name, (hours, evidence)), (colour, _, line) in _told_by(paths):
        axes.plot(hours, evidence, color=colour, ls=line, label=name)
    axes.text(1.01, -np.log10(level), "alarm", va="center", transform=axes.get_yaxis_transform())
    axes.set(title=title, xlabel="hours since the first payment of the data")
    axes.set_yscale("symlog", linthresh=3)
    axes.set(ylabel="evidence (log10 of the wealth)")
    axes.yaxis.set_major_formatter(PLAIN)
    figure.legend(loc="outside lower center", ncols=len(paths))
    return figure


def coverage_by_group(
    tables: Mapping[str, pd.DataFrame], *, nominal: float, title: str, unit: str
) -> Figure:
    """Draw the coverage of several methods in each group, with intervals.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Method and its ``coverage``, ``low`` and ``high`` in each group, all of the same groups; at
        most four.
    nominal : float
        The coverage that was asked for.
    title : str
        The question that the figure answers.
    unit : str
        What the groups are, with their unit, for the axis.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there are more methods than colours.

    Examples
    --------
    >>> table = pd.DataFrame({"coverage": [0.9], "low": [0.8], "high": [0.95]}, index=["all"])
    >>> figure = coverage_by_group({"ours": table}, nominal=0.9, title="Where?", unit="group")
    >>> figure.axes[0].get_ylabel()
    'coverage'
    """
    figure, axes = plt.subplots(figsize=(6.2, 3.8))
    axes.axhline(nominal, **_REFERENCE)
    for number, ((method, table), (colour, marker, _)) in enumerate(_told_by(tables)):
        place = np.arange(len(table)) + 0.2 * (number - (len(tables) - 1) / 2)
        axes.vlines(place, table["low"], table["high"], color=colour, lw=3, alpha=0.45)
        axes.plot(place, table["coverage"], marker, color=colour, ms=5, label=method)
    names = [str(name) for name in next(iter(tables.values())).index]
    axes.set_xticks(range(len(names)), names)
    axes.grid(visible=False, axis="x")
    axes.set(title=title, xlabel=unit, ylabel="coverage")
    axes.yaxis.set_major_formatter(_SHARE)
    figure.legend(loc="outside lower center", ncols=len(tables))
    return figure
