"""Figures of metrics: estimates with their intervals, precision and recall over equal costs."""

from collections.abc import Callable, Collection, Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from prerelease._words import words
from prerelease.intervals import Interval
from prerelease.plots._style import COLOURS, INK, name_rows, note, palette, subplots

__all__ = ["forest", "precision_recall"]


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


def forest(  # noqa: PLR0913 - each option is about what is drawn
    intervals: Mapping[str, Interval],
    *,
    title: str,
    unit: str,
    warned: Collection[str] = (),
    reference: float | None = None,
    spec: str | Callable[[Interval], str] = ".3f",
) -> Figure:
    """Draw estimates in rows, each with its interval, its name and its numbers above it.

    Parameters
    ----------
    intervals : mapping of str to Interval
        Label (may hold a line break) and estimate, in the order to be drawn, from the top.
    title : str
        The question that the figure answers.
    unit : str
        What is estimated, with its unit, for the axis.
    warned : collection of str, optional
        Labels to be drawn in the warning colour, with another marker.
    reference : float, optional
        Where a line is to stand, such as at no difference.
    spec : str or callable, default ".3f"
        How numbers are written: a format, or what writes an interval.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there is nothing to draw, or `warned` names a row that is not there.

    Examples
    --------
    >>> gap = Interval(0.1, -0.1, 0.3, level=0.95, method="", n=100, n_positive=9)
    >>> figure = forest({"gap": gap}, title="Is it real?", unit="difference", reference=0)
    >>> figure.axes[0].texts[0].get_text()
    '0.100 [-0.100, 0.300]'
    """
    unknown = set(warned) - set(intervals)
    if not intervals or unknown:
        msg = f"warned must be labels of rows, got {sorted(unknown)} for {len(intervals)} rows."
        raise ValueError(msg)
    figure, axes = subplots(figsize=(5.0, 1.0 + 0.56 * len(intervals)))
    rows = np.arange(len(intervals))
    if reference is not None:
        # With gaps where names and numbers stand.
        at = np.full(len(rows), reference)
        axes.vlines(at, rows - 0.16, rows + 0.36, color=INK["light"], lw=1)
    write = spec if callable(spec) else lambda interval: f"{interval:{spec}}"
    for row, (name, interval) in enumerate(intervals.items()):
        colour, marker = (COLOURS["orange"], "D") if name in warned else (COLOURS["blue"], "o")
        axes.plot([interval.low, interval.high], [row, row], color=colour, lw=4, alpha=0.45)
        axes.plot(interval.estimate, row, marker, color=colour, ms=7)
        # Names and numbers stand above the line: beside it they would leave it no room.
        for side, x, text in (("right", 1, write(interval)), ("left", 0, name)):
            axes.text(
                x, row - 0.36, text.replace("\n", " "), ha=side, va="center", fontsize=9,
                transform=axes.get_yaxis_transform(),
            )  # fmt: skip
    axes.set(title=title, xlabel=unit)
    name_rows(axes, [""] * len(intervals))
    axes.set_ylim(len(intervals) - 0.6, -0.7)
    return figure
