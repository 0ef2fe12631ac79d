"""Figures of losses and metrics: training gone wrong, prices of F-beta, differences."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from prerelease import _validate
from prerelease.intervals import Interval
from prerelease.plots._style import COLOURS, INK, PLAIN, name_rows


def training_traces(traces: Mapping[str, pd.DataFrame], *, title: str) -> Figure:
    """Draw how models score later rows, and how extreme they get, as trees are added.

    Parameters
    ----------
    traces : mapping of str to DataFrame
        Name and `casebook.boosting.trace` of each model; at most five.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        Average precision above, the most extreme log-odds below, on log axes.

    Raises
    ------
    ValueError
        If there are more models than colours.

    Examples
    --------
    >>> table = pd.DataFrame({"trees": [1], "average_precision": [0.5], "largest": [6.0]})
    >>> len(training_traces({"model": table}, title="What happens?").axes)
    2
    """
    _validate.integer(len(traces), "the number of models", low=1, high=len(COLOURS))
    figure, (above, below) = plt.subplots(2, 1, sharex=True, figsize=(5.0, 4.6))
    for (name, table), colour in zip(traces.items(), COLOURS.values(), strict=False):
        above.plot(table["trees"], table["average_precision"], color=colour, label=name)
        below.plot(table["trees"], table["largest"], color=colour, label=name)
    above.set(title=title, ylim=(0, 1), ylabel="average precision\non later payments")
    below.set(xscale="log", yscale="log", xlabel="trees")
    below.set_ylabel("largest log-odds\n(without sign)")
    for axis in (below.xaxis, below.yaxis):
        axis.set_major_formatter(PLAIN)
    above.legend(loc="center left", bbox_to_anchor=(0, 0.3))
    return figure


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
        Cost in euros per 1,000 payments, and its precision at each of `recall`
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
        Each line is named by its cost, where it leaves the axes.

    Raises
    ------
    ValueError
        If there are more models than colours.

    Examples
    --------
    >>> curve = pd.DataFrame({"threshold": [2.0, 0.5], "recall": [0, 1], "precision": [None, 0.5]})
    >>> figure = precision_recall({"a": curve}, {5.0: [0.1, 0.2]}, recall=[0.5, 1], title="?")
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['5 €']
    """
    _validate.integer(len(curves), "the number of models", low=1, high=len(COLOURS))
    figure, axes = plt.subplots(figsize=(5.0, 3.6))
    for cost, precision in lines.items():
        axes.plot(recall, precision, color=INK["light"], lw=0.8, ls=":")
        _name_line(axes, f"{cost:,.0f} €", np.asarray(recall), np.asarray(precision))
    for (name, curve), colour in zip(curves.items(), COLOURS.values(), strict=False):
        axes.plot(curve["recall"], curve["precision"], color=colour, label=name)
        at = -1 if chosen is None else int((curve["threshold"] >= chosen).sum()) - 1
        if at > 0:
            point = curve.iloc[at]
            axes.plot(point["recall"], point["precision"], "o", color=colour, ms=8)
    axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="recall", ylabel="precision")
    axes.set_title(title, pad=22)
    figure.legend(loc="outside lower center", ncols=len(curves))
    return figure


def _name_line(axes: Axes, text: str, along: np.ndarray, precision: np.ndarray) -> None:
    """Name a line where it leaves the axes: above them, or to the right if it is level."""
    begins = along[np.isfinite(precision)][0]
    level = begins == along[0]
    axes.annotate(
        text,
        (1, precision[-1]) if level else (begins, 1),
        (4, 0) if level else (0, 3),
        xycoords=axes.get_yaxis_transform() if level else axes.get_xaxis_transform(),
        textcoords="offset points",
        ha="left" if level else "center",
        va="center" if level else "bottom",
        color=INK["light"],
        fontsize="small",
        annotation_clip=False,
    )


def fbeta_prices(table: pd.DataFrame, *, price: float, title: str) -> Figure:
    """Draw the price that each F-beta puts on a missed fraud.

    Parameters
    ----------
    table : DataFrame
        Columns ``beta`` and one of prices, in false alarms, for each model; at most four.
    price : float
        What the cost model says.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        On log axes; β² is drawn for comparison.

    Raises
    ------
    ValueError
        If there are more models than colours.

    Examples
    --------
    >>> table = pd.DataFrame({"beta": [1, 2], "model": [1.5, 5.0]})
    >>> fbeta_prices(table, price=13.0, title="What price?").axes[0].get_xlabel()
    'β'
    """
    models = [name for name in table if name != "beta"]
    _validate.integer(len(models), "the number of models", low=1, high=len(COLOURS) - 1)
    figure, axes = plt.subplots()
    for name, colour in zip(models, COLOURS.values(), strict=False):
        axes.plot(table["beta"], table[name], "o-", color=colour, ms=5, label=name)
    axes.plot(
        table["beta"], table["beta"] ** 2, ":", color=INK["light"], label="β² (a perfect model)"
    )
    axes.axhline(price, color=INK["light"], lw=1.2, ls="--")
    axes.annotate(
        f"the cost model asks for {price:.0f}",
        (0, price),
        (2, 3),
        xycoords=axes.get_yaxis_transform(),
        textcoords="offset points",
        color=INK["light"],
        fontsize="small",
    )
    axes.set(title=title, xscale="log", yscale="log", xlabel="β")
    axes.set_ylabel("price of a missed fraud\n(in false alarms)")
    axes.set_xticks(table["beta"], [f"{beta:g}" for beta in table["beta"]])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(PLAIN)
    axes.legend()
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
    >>> differences({"a": some}, title="Which one?", unit="€").axes[0].get_xlabel()
    '€'
    """
    _validate.integer(len(intervals), "the number of intervals", low=1)
    figure, axes = plt.subplots(figsize=(5.0, 1.3 + 0.42 * len(intervals)))
    for row, interval in enumerate(intervals.values()):
        colour = COLOURS["grey"] if 0 in interval else COLOURS["blue"]
        axes.plot([interval.low, interval.high], [row, row], color=colour, lw=4, alpha=0.5)
        axes.plot(interval.estimate, row, "o", color=colour, ms=8)
    axes.axvline(0, color=INK["light"], lw=1.2, ls="--")
    axes.annotate(
        "← better",
        (0, 1),
        (-4, 2),
        xycoords=axes.get_xaxis_transform(),
        textcoords="offset points",
        ha="right",
        color=INK["light"],
        fontsize="small",
    )
    axes.set_xlabel(unit)
    axes.set_title(title, pad=20)
    axes.xaxis.set_major_formatter(PLAIN)
    name_rows(axes, list(intervals))
    return figure
