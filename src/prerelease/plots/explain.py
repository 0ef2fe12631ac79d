"""Figures of what a model looks at, and what that is worth."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from prerelease import _validate
from prerelease.intervals import Interval
from prerelease.plots._style import COLOURS, INK, PLAIN, name_rows, note, palette, subplots

__all__ = ["beeswarm", "importance", "waterfall"]


def importance(
    series: Mapping[str, Mapping[str, Interval]], *, title: str, unit: str, columns: Sequence[str]
) -> Figure:
    """Draw the importance of columns, with intervals, by one or more readings of each.

    Parameters
    ----------
    series : mapping of str to mapping of str to Interval
        Name of a reading, and its interval for each column; at most five readings.
    title : str
        The question that the figure answers.
    unit : str
        What is measured, with its unit.
    columns : sequence of str
        Columns to draw, from the top.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there are more readings than colours, or no columns.

    Examples
    --------
    >>> some = {"V14": Interval(0.3, 0.2, 0.4, level=0.95, method="", n=9)}
    >>> figure = importance({"held out": some}, title="What counts?", unit="loss", columns=["V14"])
    >>> figure.axes[0].get_yticklabels()[0].get_text()
    'V14'
    """
    _validate.integer(len(columns), "the number of columns", low=1)
    colours = palette(len(series))
    figure, axes = subplots(figsize=(5.0, 1.5 + len(columns) * (0.2 + 0.14 * len(series))))
    axes.axvline(0, color=INK["light"], lw=1, ls=(0, (4, 3)))
    for number, (name, intervals) in enumerate(series.items()):
        colour, marker = colours[number], "oDs^v"[number]
        rows = np.arange(len(columns)) + 0.26 * (number - (len(series) - 1) / 2)
        drawn = [intervals[column] for column in columns]
        low, high = [each.low for each in drawn], [each.high for each in drawn]
        axes.hlines(rows, low, high, color=colour, lw=3, alpha=0.5)
        axes.plot([each.estimate for each in drawn], rows, marker, color=colour, ms=5.5, label=name)
    axes.set(title=title, xlabel=unit)
    name_rows(axes, list(columns))
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(PLAIN)
    if len(series) > 1:
        figure.legend(loc="outside lower center", ncols=len(series))
    return figure


def waterfall(steps: pd.DataFrame, *, base: float, title: str, unit: str) -> Figure:
    """Draw how a row's score comes about, from the base to the score.

    Parameters
    ----------
    steps : DataFrame
        Of ``prerelease.explain.attribute(...).waterfall(row)``: index the column; ``value``,
        ``contribution``, ``reached``.
    base : float
        Where it begins.
    title : str
        The question that the figure answers.
    unit : str
        Of the score.

    Returns
    -------
    matplotlib.figure.Figure
        Orange bars towards a positive, blue ones away from it.

    Examples
    --------
    >>> steps = pd.DataFrame({"value": [-8.0], "contribution": [4.0], "reached": [-5.0]}, ["V14"])
    >>> figure = waterfall(steps, base=-9.0, title="Why?", unit="log-odds")
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
    ['base', 'V14 = −8', 'score']
    """
    figure, axes = subplots(figsize=(5.0, 1.4 + 0.34 * (len(steps) + 2)))
    before = np.array([base, *steps["reached"].iloc[:-1]])
    score = float(steps["reached"].iloc[-1])
    for row, (start, step) in enumerate(zip(before, steps["contribution"], strict=True), start=1):
        colour = COLOURS["orange"] if step > 0 else COLOURS["blue"]
        axes.barh(row, step, left=start, height=0.62, color=colour)
        note(axes, _minus(f"{step:+.2f}"), (max(start, start + step), row), (4, 0), va="center")
        axes.plot([start + step] * 2, [row - 0.31, row + 1.31], color=INK["light"], lw=0.7)
    for row, place in ((0, base), (len(steps) + 1, score)):
        axes.plot(place, row, "D", color=INK["light"], ms=6)
        note(axes, _minus(f"{place:.2f}"), (place, row), (7, 0), va="center")
    names = [
        name if np.isnan(value) else _minus(f"{name} = {value:,.4g}")
        for name, value in steps["value"].items()
    ]
    axes.set(title=title, xlabel=unit)
    name_rows(axes, ["base", *names, "score"])
    axes.use_sticky_edges = False  # bars would hold the margin back
    axes.margins(x=0.14)
    return figure


def beeswarm(
    contributions: pd.DataFrame,
    inputs: pd.DataFrame,
    *,
    columns: Sequence[str],
    title: str,
    unit: str,
) -> Figure:
    """Draw every row's contribution of some columns, coloured by the rank of the input.

    Parameters
    ----------
    contributions, inputs : DataFrame, shape (n, features)
        SHAP values and the rows they are of.
    columns : sequence of str
        Columns to draw, from the top.
    title : str
        The question that the figure answers.
    unit : str
        Of the contributions.

    Returns
    -------
    matplotlib.figure.Figure
        Blue: the column is low in this row; orange: it is high, among the rows drawn.

    Raises
    ------
    ValueError
        If the two do not have the same rows, or there is nothing to draw.

    Examples
    --------
    >>> rows = pd.DataFrame({"V14": [-8.0, 0.1]})
    >>> figure = beeswarm(rows, rows, columns=["V14"], title="Which way?", unit="log-odds")
    >>> len(figure.axes[0].collections[0].get_offsets())
    2
    """
    _validate.same_length(contributions=contributions, inputs=inputs)
    _validate.integer(len(columns), "the number of columns", low=1)
    figure, axes = subplots(figsize=(5.0, 1.4 + 0.42 * len(columns)))
    rng = np.random.default_rng(0)
    axes.axvline(0, color=INK["light"], lw=1)
    shades = [COLOURS[name] for name in ("blue", "grey", "orange")]
    low_to_high = LinearSegmentedColormap.from_list("low to high", shades)
    for row, column in enumerate(columns):
        height = row + rng.uniform(-0.3, 0.3, len(inputs))
        rank = inputs[column].rank(pct=True)
        drawn = axes.scatter(
            contributions[column], height, c=rank, cmap=low_to_high, s=5, lw=0, vmin=0, vmax=1
        )
        drawn.set_rasterized(True)
    bar = figure.colorbar(drawn, ax=axes, shrink=0.6, aspect=28, pad=0.02)
    bar.set_ticks([0, 1], labels=["low", "high"])
    bar.set_label("value of the column")
    bar.outline.set_visible(False)
    axes.set(title=title, xlabel=unit)
    name_rows(axes, list(columns))
    return figure


def _minus(text: str) -> str:
    return text.replace("-", "−")
