"""Figures of the report on a reader's own scores."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from prerelease import words
from prerelease.plots._style import COLOURS, INK, PLAIN, note

__all__ = ["distributions", "review_gain"]


def review_gain(curve: pd.DataFrame, *, title: str) -> Figure:
    """Draw what decisions cost as more and more cases are looked at by a person.

    Parameters
    ----------
    curve : pandas.DataFrame
        Columns ``reviews_per_1000`` and ``cost_per_1000``, from no review on.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        Its lowest point is marked.

    Examples
    --------
    >>> curve = pd.DataFrame({"reviews_per_1000": [0.0, 1.0], "cost_per_1000": [9.0, 7.0]})
    >>> review_gain(curve, title="What does a look buy?").axes[0].get_xlabel()
    'cases looked at (per 1,000)'
    """
    figure, axes = plt.subplots()
    axes.plot(curve["reviews_per_1000"], curve["cost_per_1000"], color=COLOURS["blue"])
    best = curve.loc[curve["cost_per_1000"].idxmin()]
    axes.plot(best["reviews_per_1000"], best["cost_per_1000"], "o", color=COLOURS["blue"], ms=8)
    axes.axhline(curve["cost_per_1000"].iloc[0], color=INK["light"], lw=1.2, ls="--")
    nobody = 1, curve["cost_per_1000"].iloc[0]
    note(axes, "nobody looks", nobody, (-2, 3), along="y", ha="right")
    axes.set(title=title, xlabel=f"{words().cases} looked at (per 1,000)")
    axes.set_ylabel(f"cost ({words().per_1000})")
    axes.xaxis.set_major_formatter(PLAIN)
    axes.yaxis.set_major_formatter(PLAIN)
    return figure


def distributions(table: pd.DataFrame, *, title: str) -> Figure:
    """Draw how the scores of two periods are distributed.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``score`` and the share of cases with at least that score in the ``reference``
        and in the ``current`` period.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        On log axes, since alerts are rare.

    Examples
    --------
    >>> table = pd.DataFrame({"score": [0.1, 0.5], "reference": [1, 0.2], "current": [1, 0.3]})
    >>> distributions(table, title="Have scores moved?").axes[0].get_yscale()
    'log'
    """
    figure, axes = plt.subplots()
    for name, colour, style in (("reference", "grey", "--"), ("current", "blue", "-")):
        shown = table[table[name] > 0]
        axes.plot(shown["score"], shown[name], style, color=COLOURS[colour], label=name)
    axes.set(title=title, xscale="log", yscale="log", xlabel="score")
    axes.set_ylabel(f"share of {words().cases} with\nat least this score")
    axes.legend()
    return figure
