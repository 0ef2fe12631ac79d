"""Figures of chapter 01's own experiments: training gone wrong, and prices of F-beta."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from prerelease.plots import INK
from prerelease.plots._style import PLAIN, note, palette


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
    colours = palette(len(traces))
    figure, (above, below) = plt.subplots(2, 1, sharex=True, figsize=(5.0, 4.6))
    for (name, table), colour in zip(traces.items(), colours, strict=True):
        above.plot(table["trees"], table["average_precision"], color=colour, label=name)
        below.plot(table["trees"], table["largest"], color=colour, label=name)
    above.set(title=title, ylim=(0, 1), ylabel="average precision\non later payments")
    below.set(xscale="log", yscale="log", xlabel="trees")
    below.set_ylabel("largest log-odds\n(without sign)")
    for axis in (below.xaxis, below.yaxis):
        axis.set_major_formatter(PLAIN)
    above.legend(loc="center left", bbox_to_anchor=(0, 0.3))
    return figure


def fbeta_prices(table: pd.DataFrame, *, price: float, title: str) -> Figure:
    """Draw the price that each F-beta puts on a missed fraud.

    Parameters
    ----------
    table : DataFrame
        Columns ``beta`` and one of prices, in false alarms, for each model; at most five.
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
    colours = palette(len(models))
    figure, axes = plt.subplots()
    for name, colour in zip(models, colours, strict=True):
        axes.plot(table["beta"], table[name], "o-", color=colour, ms=5, label=name)
    axes.plot(
        table["beta"], table["beta"] ** 2, ":", color=INK["light"], label="β² (a perfect model)"
    )
    axes.axhline(price, color=INK["light"], lw=1.2, ls="--")
    note(axes, f"the cost model asks for {price:.0f}", (0, price), (2, 3), along="y")
    axes.set(title=title, xscale="log", yscale="log", xlabel="β")
    axes.set_ylabel("price of a missed fraud\n(in false alarms)")
    axes.set_xticks(table["beta"], [f"{beta:g}" for beta in table["beta"]])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(PLAIN)
    axes.legend()
    return figure
