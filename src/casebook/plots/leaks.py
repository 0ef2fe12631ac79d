"""Figures of what a model claims and what it is worth."""

from collections.abc import Collection, Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from prerelease.intervals import Interval
from prerelease.plots._style import COLOURS, INK, PLAIN, name_rows

SERIES = (
    (COLOURS["blue"], "o", "-"),
    (COLOURS["green"], "s", "--"),
    (COLOURS["purple"], "^", ":"),
    (COLOURS["orange"], "D", "-."),
)
"""Colour, marker and line of each of several curves."""


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
    >>> figure.axes[0].get_xlabel()
    'average precision'
    """
    figure, axes = plt.subplots(figsize=(5.0, 0.75 + 0.72 * len(intervals)))
    for row, interval in enumerate(intervals.values()):
        colour = COLOURS["orange"] if row == 0 else COLOURS["blue"]
        axes.plot([interval.low, interval.high], [row, row], color=colour, lw=5, alpha=0.45)
        axes.plot(interval.estimate, row, "o", color=colour, ms=9)
        axes.annotate(
            f"{interval:.2f}", (interval.low, row), (-10, 0), textcoords="offset points",
            ha="right", va="center", color=INK["light"],
        )  # fmt: skip
    axes.set(title=title, xlabel=unit, xlim=(0, 1.02))
    name_rows(axes, list(intervals))
    return figure


def forest(  # noqa: PLR0913 - each option is about what is drawn
    intervals: Mapping[str, Interval],
    *,
    title: str,
    unit: str,
    warned: Collection[str] = (),
    reference: float | None = None,
    spec: str = ".3f",
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
    spec : str, default ".3f"
        How numbers are written.

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
    figure, axes = plt.subplots(figsize=(5.0, 1.0 + 0.56 * len(intervals)))
    rows = np.arange(len(intervals))
    if reference is not None:
        # With gaps where names and numbers stand.
        at = np.full(len(rows), reference)
        axes.vlines(at, rows - 0.16, rows + 0.36, color=INK["light"], lw=1)
    for row, (name, interval) in enumerate(intervals.items()):
        colour, marker = (COLOURS["orange"], "D") if name in warned else (COLOURS["blue"], "o")
        axes.plot([interval.low, interval.high], [row, row], color=colour, lw=4, alpha=0.45)
        axes.plot(interval.estimate, row, marker, color=colour, ms=7)
        # Names and numbers stand above the line: beside it they would leave it no room.
        for side, x, text in (("right", 1, f"{interval:{spec}}"), ("left", 0, name)):
            axes.text(
                x, row - 0.36, text.replace("\n", " "), ha=side, va="center", fontsize=9,
                transform=axes.get_yaxis_transform(),
            )  # fmt: skip
    axes.set(title=title, xlabel=unit)
    name_rows(axes, [""] * len(intervals))
    axes.set_ylim(len(intervals) - 0.6, -0.7)
    return figure


def best_of_k(
    curves: Mapping[str, pd.DataFrame], *, title: str, unit: str = "optimism (average precision)"
) -> Figure:
    """Draw how far the best of K trials is flattered, against K.

    Parameters
    ----------
    curves : mapping of str to pandas.DataFrame
        Name and table with the index ``trials`` and the column ``optimism``.
    title : str
        The question that the figure answers.
    unit : str, optional
        For the axis.

    Returns
    -------
    matplotlib.figure.Figure
        Trials on a logarithmic axis; each curve is named at its end.

    Examples
    --------
    >>> table = pd.DataFrame({"optimism": [0.0, 0.1]}, index=[1, 2])
    >>> figure = best_of_k({"luck": table}, title="How much is luck?")
    >>> figure.axes[0].get_xscale()
    'log'
    """
    figure, axes = plt.subplots(figsize=(5.0, 3.8))
    for number, (name, table) in enumerate(curves.items()):
        colour, marker, line = SERIES[number % len(SERIES)]
        doubled = [place for place, k in enumerate(table.index) if k & (k - 1) == 0]
        axes.plot(
            table.index, table["optimism"], color=colour, ls=line, marker=marker, ms=5,
            markevery=doubled, label=name,
        )  # fmt: skip
    axes.axhline(0, color=INK["light"], lw=0.8)
    axes.set(title=title, xscale="log", xlabel="trials among which the best is chosen", ylabel=unit)
    # Room for the legend above the curves, which end high on the right.
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + (high - low) / 3)
    longest = max(table.index.max() for table in curves.values())
    ticks = [k for k in (1, 2, 5, 10, 20, 50, 100, 200, 500) if k <= longest]
    axes.set_xticks(ticks, [str(k) for k in ticks])
    axes.minorticks_off()
    axes.legend(loc="upper left")
    return figure


def frauds_needed(
    errors: Mapping[str, tuple[float, int]],
    *,
    reach: float,
    per_day: float,
    marks: Mapping[str, int],
    title: str,
) -> Figure:
    r"""Draw the smallest difference that can be found against the number of frauds.

    Parameters
    ----------
    errors : mapping of str to (float, int)
        Name of a pair of models, the standard error of their difference in average
        precision, and the frauds that it was measured with.
    reach : float
        Standard errors that a difference must have to be found: 2.8 for a power of 80 %.
    per_day : float
        Frauds in a day of such traffic, for the axis above.
    marks : mapping of str to int
        Name and number of frauds, to be marked.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        Both axes logarithmic. A standard error falls with the root of the number of frauds.

    Examples
    --------
    >>> figure = frauds_needed({"a, b": (0.02, 100)}, reach=2.8, per_day=246.0,
    ...                        marks={"test rows": 75}, title="How many?")
    >>> float(figure.axes[0].lines[0].get_ydata()[0]) > 0.05
    True
    """
    figure, axes = plt.subplots(figsize=(5.0, 4.0))
    frauds = np.geomspace(25, 25_000, 60)
    for number, (name, (error, measured)) in enumerate(errors.items()):
        colour, marker, line = SERIES[number % len(SERIES)]
        found = reach * error * np.sqrt(measured / frauds)
        axes.plot(frauds, found, color=colour, ls=line, label=name)
        axes.plot(measured, reach * error, marker, color=colour, ms=7)
    low, high = axes.get_ylim()
    for number, (name, n) in enumerate(sorted(marks.items(), key=lambda mark: mark[1])):
        axes.axvline(n, color=INK["light"], lw=0.9, ls=(0, (2, 3)))
        # The first to the left of its line, the others to the right: lines may lie close.
        side, shift = ("right", 0.96) if number == 0 else ("left", 1.05)
        axes.text(n * shift, 0.02, name, transform=axes.get_xaxis_transform(), rotation=90, ha=side)
    axes.set(title=title, xscale="log", yscale="log", xlabel="frauds among the rows")
    axes.set(ylabel="smallest difference found\n(average precision)")
    axes.set_ylim(max(low, 1e-3), high)
    days = axes.secondary_xaxis("top", functions=(lambda n: n / per_day, lambda day: day * per_day))
    days.set_xlabel("days of such traffic")
    for axis in (axes.xaxis, axes.yaxis, days.xaxis):
        axis.set_major_formatter(PLAIN)
    axes.legend(loc="upper right")
    return figure
