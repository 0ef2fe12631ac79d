"""Figures of the release: how much a stage can show, and when."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from prerelease import _validate
from prerelease.plots._style import COLOURS, INK


def power_curves(table: pd.DataFrame, *, chance: float, title: str) -> Figure:
    """Draw the chance that so many frauds show a recall to be above each bound.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``frauds``, ``bound`` and ``power``; at most five bounds.
    chance : float
        The chance that one wants to have.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        On a log axis of frauds.

    Raises
    ------
    ValueError
        If there are more bounds than colours.

    Examples
    --------
    >>> table = pd.DataFrame({"frauds": [10, 100], "bound": 0.7, "power": [0.1, 0.6]})
    >>> power_curves(table, chance=0.8, title="How many frauds?").axes[0].get_xlabel()
    'frauds seen'
    """
    bounds = table["bound"].unique()
    _validate.integer(len(bounds), "the number of bounds", low=1, high=len(COLOURS))
    figure, axes = plt.subplots(figsize=(5.0, 3.4))
    for bound, colour in zip(bounds, COLOURS.values(), strict=False):
        part = table[table["bound"] == bound]
        axes.plot(part["frauds"], part["power"], color=colour, label=f"at least {bound:.2g}")
    axes.axhline(chance, color=INK["light"], lw=1.2, ls="--")
    axes.set(title=title, xscale="log", ylim=(0, 1.02), xlabel="frauds seen")
    axes.set_ylabel("chance that the interval shows it")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axes.legend(title="recall of")
    return figure
