"""Figures of chapter 02: the best of many trials, and the frauds that it takes."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from prerelease.plots._style import COLOURS, INK, PLAIN

SERIES = (
    (COLOURS["blue"], "o", "-"),
    (COLOURS["green"], "s", "--"),
    (COLOURS["purple"], "^", ":"),
    (COLOURS["orange"], "D", "-."),
)
"""Colour, marker and line of each of several curves."""


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
