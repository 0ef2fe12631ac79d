"""A figure of when not to decide."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from prerelease import words
from prerelease.plots._style import COLOURS, INK, PLAIN, subplots

__all__ = ["review_regions"]
_SHARE = FuncFormatter(lambda value, _: f"{100 * value:,.6g}%")


def review_regions(table: pd.DataFrame, *, title: str) -> Figure:
    """Draw between which probabilities a case is accepted, looked at, or blocked.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``amount``, ``low``, ``high`` (review from the one to the other) and
        ``two_way`` (the threshold where nobody reviews).
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        Both axes logarithmic.

    Examples
    --------
    >>> table = pd.DataFrame({"amount": [1, 9], "low": 0.1, "high": 0.5, "two_way": 0.2})
    >>> review_regions(table, title="What is done?").axes[0].get_xlabel()
    'amount'
    """
    figure, axes = subplots()
    amount, low, high = (table[name] for name in ("amount", "low", "high"))
    axes.fill_between(amount, low, high, color=COLOURS["blue"], alpha=0.25, lw=0)
    for end in (low, high):
        axes.plot(amount, end, color=COLOURS["blue"])
    axes.plot(amount, table["two_way"], color=COLOURS["orange"], ls="--", label="two ways only")
    bottom = 0.4 * low.min()
    left, right = table.iloc[len(table) // 4], table.iloc[int(0.83 * len(table))]
    for word, at, height in (
        ("block", right, np.sqrt(right["high"])),
        ("let a person look", right, np.sqrt(right["two_way"] * right["high"])),
        ("accept", left, np.sqrt(bottom * left["low"])),
    ):
        axes.text(at["amount"], height, word, ha="center", va="center", color=INK["light"])
    axes.set(title=title, xscale="log", yscale="log", ylim=(bottom, 1))
    axes.set(xlabel=words().in_currency("amount"), ylabel=f"probability of {words().positive}")
    axes.xaxis.set_major_formatter(PLAIN)
    axes.yaxis.set_major_formatter(_SHARE)
    axes.legend(loc="lower left")
    return figure
