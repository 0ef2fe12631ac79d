"""Figures of what a model claims and what it is worth."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from prerelease.intervals import Interval
from prerelease.plots._style import COLOURS, INK


def readings(intervals: Mapping[str, Interval], *, title: str, unit: str) -> Figure:
    """Draw several readings of one quantity between 0 and 1, each with its interval.

    Parameters
    ----------
    intervals : mapping of str to Interval
        Label (may hold a line break) and reading, in the order to be drawn, from the top.
    title : str
        The question that the figure answers.
    unit : str
        What is read, with its unit, for the axis.

    Returns
    -------
    matplotlib.figure.Figure
        The first reading in the warning colour, since it is the claim; the others in blue.

    Examples
    --------
    >>> claim = Interval(0.9, 0.8, 0.95, level=0.95, method="", n=100, n_positive=9)
    >>> figure = readings({"claim": claim}, title="Is it true?", unit="average precision")
    >>> figure.axes[0].get_title(loc="left")
    'Is it true?'
    """
    figure, axes = plt.subplots(figsize=(6.2, 0.75 + 0.72 * len(intervals)))
    for row, interval in enumerate(intervals.values()):
        colour = COLOURS["orange"] if row == 0 else COLOURS["blue"]
        axes.plot([interval.low, interval.high], [row, row], color=colour, lw=5, alpha=0.45)
        axes.plot(interval.estimate, row, "o", color=colour, ms=9)
        axes.annotate(
            f"{interval:.2f}",
            (interval.low, row),
            (-10, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            color=INK["light"],
        )
    axes.set(title=title, xlabel=unit, xlim=(0, 1.02), ylim=(len(intervals) - 0.5, -0.5))
    axes.set_yticks(range(len(intervals)), list(intervals))
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)
    return figure
