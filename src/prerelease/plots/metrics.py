"""Figures of metrics: precision and recall over lines of equal cost, differences."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from prerelease import _validate
from prerelease._words import words
from prerelease.intervals import Interval
from prerelease.plots._style import COLOURS, INK, PLAIN, name_rows, note, palette, subplots

__all__ = ["differences", "precision_recall"]


def precision_recall(
    curves: Mapping[str, pd.DataFrame],
    lines: Mapping[float, ArrayLike],
    *,
    recall: ArrayLike,
    title: str,
    chosen: float | None = None,
) -> Figure:
    """Draw precision against recall, over lines along which the cost is the same.

    Parameters
    ----------
    curves : mapping of str to DataFrame
        Name and `prerelease.costs.cost_curve` of each model; at most five.
    lines : mapping of float to array-like
        Cost per 1,000 cases, and its precision at each of `recall`
        (`prerelease.costs.precision_at_cost`).
    recall : array-like
        Where the lines are given, rising.
    title : str
        The question that the figure answers.
    chosen : float, optional
        A threshold, to be marked on each curve.

    Returns
    -------
    matplotlib.figure.Figure
        Each line is named by its cost, where it leaves the axes; one without any precision is
        left out.

    Raises
    ------
    ValueError
        If there are more models than colours.

    Examples
    --------
    >>> curve = pd.DataFrame({"threshold": [2.0, 0.5], "recall": [0, 1], "precision": [None, 0.5]})
    >>> figure = precision_recall({"a": curve}, {5.0: [0.1, 0.2]}, recall=[0.5, 1], title="?")
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['5']
    """
    colours = palette(len(curves))
    figure, axes = subplots(figsize=(5.0, 3.6))
    for cost, precision in lines.items():
        reached = np.asarray(recall)[np.isfinite(precision)]
        if not len(reached):  # so little it costs at no precision
            continue
        axes.plot(recall, precision, color=INK["light"], lw=0.8, ls=":")
        name, begins = words().amount(cost), reached[0]
        if begins == recall[0]:  # level: it leaves the axes to the right
            note(axes, name, (1, precision[-1]), (4, 0), along="y", va="center")
        else:
            note(axes, name, (begins, 1), (0, 3), along="x", ha="center", va="bottom")
    for (name, curve), colour in zip(curves.items(), colours, strict=True):
        axes.plot(curve["recall"], curve["precision"], color=colour, label=name)
        at = -1 if chosen is None else int((curve["threshold"] >= chosen).sum()) - 1
        if at > 0:
            point = curve.iloc[at]
            axes.plot(point["recall"], point["precision"], "o", color=colour, ms=8)
    axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="recall", ylabel="precision")
    axes.set_title(title, pad=22)
    figure.legend(loc="outside lower center", ncols=len(curves))
    return figure


def differences(intervals: Mapping[str, Interval], *, title: str, unit: str) -> Figure:
    """Draw differences in cost from one reference, each with its interval.

    Parameters
    ----------
    intervals : mapping of str to Interval
        Label and difference, in the order to be drawn, from the top.
    title : str
        The question that the figure answers.
    unit : str
        What is compared, with its unit; less is better.

    Returns
    -------
    matplotlib.figure.Figure
        Blue where the interval leaves zero out, grey where it does not.

    Raises
    ------
    ValueError
        If there is nothing to draw.

    Examples
    --------
    >>> some = Interval(5.0, -1.0, 9.0, level=0.95, method="", n=100)
    >>> differences({"a": some}, title="Which one?", unit="cost").axes[0].get_xlabel()
    'cost'
    """
    _validate.integer(len(intervals), "the number of intervals", low=1)
    figure, axes = subplots(figsize=(5.0, 1.3 + 0.42 * len(intervals)))
    for row, interval in enumerate(intervals.values()):
        colour = COLOURS["grey"] if 0 in interval else COLOURS["blue"]
        axes.plot([interval.low, interval.high], [row, row], color=colour, lw=4, alpha=0.5)
        axes.plot(interval.estimate, row, "o", color=colour, ms=8)
    axes.axvline(0, color=INK["light"], lw=1.2, ls="--")
    note(axes, "← better", (0, 1), (-4, 2), along="x", ha="right")
    axes.set_xlabel(unit)
    axes.set_title(title, pad=20)
    axes.xaxis.set_major_formatter(PLAIN)
    name_rows(axes, list(intervals))
    return figure
