"""Figures of drift: what moved, what a test says of it, and what it costs."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from prerelease import _validate
from prerelease.plots._style import COLOURS, INK

_MARKS = (
    (COLOURS["blue"], "o"),
    (COLOURS["orange"], "D"),
    (COLOURS["green"], "s"),
    (COLOURS["purple"], "^"),
    (COLOURS["grey"], "v"),
)
_HALF = 0.5
_PLAIN = FuncFormatter(lambda value, _: f"{value:,.10g}")


def p_against_n(table: pd.DataFrame, *, title: str, level: float = 0.05) -> Figure:
    """Draw p-values of unchanged effects against the number of rows.

    Parameters
    ----------
    table : pandas.DataFrame
        Index: rows in each sample; a column of p-values for each feature, at most five.
    title : str
        The question that the figure answers.
    level : float, default 0.05
        The usual limit, as a line.

    Returns
    -------
    matplotlib.figure.Figure
        Both axes logarithmic; p-values below 1e-12 are drawn there.

    Raises
    ------
    ValueError
        If there are more columns than colours.

    Examples
    --------
    >>> table = pd.DataFrame({"V1": [0.5, 0.01]}, index=[100, 10_000])
    >>> p_against_n(table, title="Does it drift?").axes[0].get_yscale()
    'log'
    """
    _enough_marks(len(table.columns), "the number of features")
    figure, axes = plt.subplots(figsize=(5.0, 3.8))
    for (name, column), (colour, marker) in zip(table.items(), _MARKS, strict=False):
        axes.plot(table.index, column.clip(lower=1e-12), marker=marker, color=colour, label=name)
    axes.axhline(level, color=INK["light"], lw=1, ls=(0, (4, 3)))
    axes.set(title=title, xscale="log", yscale="log", xlabel="rows in each sample")
    axes.set(ylabel="p-value (median of draws)", ylim=(5e-13, 2))
    axes.xaxis.set_major_formatter(_PLAIN)
    figure.legend(loc="outside lower center", ncols=3, fontsize=8.5)
    return figure


def feature_dots(
    table: pd.DataFrame, *, title: str, unit: str, limit: float | None = None
) -> Figure:
    """Draw an effect size of each feature, in several comparisons.

    Parameters
    ----------
    table : pandas.DataFrame
        Index: feature, in the order to be drawn from the top; a column for each comparison, at
        most five.
    title : str
        The question that the figure answers.
    unit : str
        What is drawn, with its unit, for the axis.
    limit : float, optional
        Where a rule would give an alarm, as a line.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there are more comparisons than colours.

    Examples
    --------
    >>> table = pd.DataFrame({"day": [0.3], "hours": [0.1]}, index=["V1"])
    >>> feature_dots(table, title="What moved?", unit="KS").axes[0].get_xlabel()
    'KS'
    """
    _enough_marks(len(table.columns), "the number of comparisons")
    figure, axes = plt.subplots(figsize=(5.0, 1.7 + 0.19 * len(table)))
    place = np.arange(len(table))
    axes.hlines(place, table.min(axis=1), table.max(axis=1), color=COLOURS["grey"], lw=1)
    for (name, column), (colour, marker) in zip(table.items(), _MARKS, strict=False):
        axes.plot(column, place, marker, color=colour, ms=5, label=name)
    if limit is not None:
        axes.axvline(limit, color=INK["light"], lw=1, ls=(0, (4, 3)))
    axes.set(title=title, xlabel=unit, ylim=(len(table) - 0.5, -0.5))
    axes.set_xlim(left=0)
    axes.set_yticks(place, table.index)
    axes.tick_params(axis="y", length=0)
    figure.legend(loc="outside lower center", ncols=2, fontsize=8.5)
    return figure


def estimates_of_prior(tables: Mapping[str, pd.DataFrame], *, title: str) -> Figure:
    """Draw estimated shares of fraud against the true ones.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Name of the method, and its table with ``true``, ``estimate``, ``low`` and ``high``,
        shares from 0 to 1; at most five.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        Both axes logarithmic, in per cent; right estimates lie on the line.

    Raises
    ------
    ValueError
        If there are more methods than colours.

    Examples
    --------
    >>> row = pd.DataFrame({"true": [0.01], "estimate": [0.012], "low": [0.008], "high": [0.02]})
    >>> estimates_of_prior({"EM": row}, title="Is it right?").axes[0].get_xscale()
    'log'
    """
    _enough_marks(len(tables), "the number of methods")
    figure, axes = plt.subplots(figsize=(5.0, 4.0))
    everything = pd.concat(list(tables.values()))
    ends = 100 * np.array([everything["true"].min() / 1.5, everything["true"].max() * 1.5])
    axes.plot(ends, ends, color=INK["light"], lw=1, ls=(0, (4, 3)))
    for number, ((name, table), (colour, marker)) in enumerate(
        zip(tables.items(), _MARKS, strict=False)
    ):
        true = 100 * table["true"] * 1.05 ** (number - (len(tables) - 1) / 2)
        least = ends[0] / 10
        axes.vlines(
            true, (100 * table["low"]).clip(lower=least), 100 * table["high"], color=colour, lw=3,
            alpha=0.45,
        )  # fmt: skip
        axes.plot(true, 100 * table["estimate"], marker, color=colour, label=name)
    axes.set(title=title, xscale="log", yscale="log", xlabel="true share of frauds (%)")
    axes.set(ylabel="estimated without labels (%)")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter(_PLAIN)
        axis.set_minor_formatter(NullFormatter())
    axes.legend(loc="upper left")
    return figure


def promised_and_realised(table: pd.DataFrame, *, title: str, unit: str) -> Figure:
    """Draw what was estimated without labels beside what came true.

    Parameters
    ----------
    table : pandas.DataFrame
        Index: what happened, in the order to be drawn from the top; ``estimate``, ``low``,
        ``high``, and the same of what came true: ``real``, ``real_low``, ``real_high``.
    title : str
        The question that the figure answers.
    unit : str
        For the axis.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> columns = ["estimate", "low", "high", "real", "real_low", "real_high"]
    >>> table = pd.DataFrame([[1.0, 0.5, 2, 3, 2, 4]], columns=columns, index=["concept"])
    >>> promised_and_realised(table, title="Is it right?", unit="€").axes[0].get_xlabel()
    '€'
    """
    figure, axes = plt.subplots(figsize=(5.0, 1.4 + 0.5 * len(table)))
    place = np.arange(len(table))
    kinds = (("estimated without labels", ""), ("what came true", "real"))
    for (name, prefix), (colour, marker), shift in zip(kinds, _MARKS, (-0.14, 0.14), strict=False):
        low, high = (table[f"{prefix}_{end}".strip("_")] for end in ("low", "high"))
        axes.hlines(place + shift, low, high, color=colour, lw=4, alpha=0.45)
        axes.plot(table[prefix or "estimate"], place + shift, marker, color=colour, label=name)
    axes.set(title=title, xlabel=unit, ylim=(len(table) - 0.5, -0.5))
    axes.set_yticks(place, table.index)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    figure.legend(loc="outside lower center", ncols=2)
    return figure


def power_grid(table: pd.DataFrame, *, title: str) -> Figure:
    """Draw the share of windows with an alarm, a row a detector and a column a shift.

    Parameters
    ----------
    table : pandas.DataFrame
        Shares from 0 to 1; NaN where a detector was not tried.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        The darker the more alarms. The share is written in per cent where it is one half or
        more, and in the first column, so that the eye finds who sees what.

    Examples
    --------
    >>> table = pd.DataFrame({"nothing": [0.05], "concept": [1.0]}, index=["label rate"])
    >>> [text.get_text() for text in power_grid(table, title="Who sees it?").axes[0].texts]
    ['5', '100']
    """
    figure, axes = plt.subplots(figsize=(6.2, 1.6 + 0.3 * len(table)))
    axes.set(title=title, xlim=(-0.5, table.shape[1] - 0.5), ylim=(len(table) - 0.5, -0.5))
    for row, shares in enumerate(table.to_numpy()):
        for column, share in enumerate(shares):
            _cell(axes, column, row, share, written=column == 0 or share >= _HALF)
    axes.set_xticks(range(table.shape[1]), table.columns, rotation=90, fontsize=8)
    axes.set_yticks(range(len(table)), table.index, fontsize=8)
    axes.tick_params(length=0)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    return figure


def _cell(axes: Axes, column: int, row: int, share: float, *, written: bool) -> None:
    if np.isnan(share):
        return
    axes.add_patch(
        plt.Rectangle((column - 0.48, row - 0.46), 0.96, 0.92, color=COLOURS["blue"], alpha=share)
    )
    if written:
        axes.text(column, row, f"{100 * share:.0f}", ha="center", va="center", fontsize=8)


def euros_by_score(table: pd.DataFrame, *, title: str, unit: str) -> Figure:
    """Draw what shifts cost, a row a shift, from the smallest drift score to the largest.

    Parameters
    ----------
    table : pandas.DataFrame
        Index: the shift's name; ``kind``, ``score``, and ``euros`` with ``low`` and ``high``; at
        most five kinds.
    title : str
        The question that the figure answers.
    unit : str
        Of the score, for the axis.

    Returns
    -------
    matplotlib.figure.Figure
        If large scores cost much, the marks go to the right from the top to the bottom.

    Raises
    ------
    ValueError
        If there are more kinds than colours.

    Examples
    --------
    >>> table = pd.DataFrame({"kind": ["prior"], "score": [0.1], "euros": [5.0],
    ...                       "low": [1.0], "high": [9.0]}, index=["twice"])
    >>> axes = euros_by_score(table, title="Does it matter?", unit="KS").axes[0]
    >>> [label.get_text() for label in axes.get_yticklabels()]
    ['twice: 0.10']
    """
    kinds = list(dict.fromkeys(table["kind"]))
    _enough_marks(len(kinds), "the number of kinds")
    looks = dict(zip(kinds, _MARKS, strict=False))
    ranked = table.sort_values("score", kind="stable")
    figure, axes = plt.subplots(figsize=(5.4, 1.4 + 0.3 * len(table)))
    axes.axvline(0, color=INK["light"], lw=1, ls=(0, (4, 3)))
    for place, row in enumerate(ranked.itertuples()):
        colour, marker = looks[row.kind]
        axes.hlines(place, row.low, row.high, color=colour, lw=4, alpha=0.45)
        axes.plot(row.euros, place, marker, color=colour)
    axes.set(title=title, ylim=(len(table) - 0.5, -0.5))
    axes.set(xlabel="costs more by (€ per 1,000 payments)", ylabel=f"shift: {unit}")
    axes.set_yticks(
        range(len(table)),
        [f"{name}: {score:.2f}" for name, score in ranked["score"].items()],
    )
    axes.set_xscale("symlog", linthresh=10)
    axes.xaxis.set_major_formatter(_PLAIN)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    return figure


def _enough_marks(n: int, name: str) -> None:
    _validate.integer(n, name, low=1, high=len(_MARKS))
