"""Figures of what chapter 06 estimates without labels, beside the truth."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from prerelease.plots._style import INK, PLAIN, name_rows, palette

_MARKERS = "oDs^v"


def estimates_of_prior(tables: Mapping[str, pd.DataFrame], *, title: str) -> Figure:
    """Draw estimated shares of frauds against the true ones.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Name of the method, and its table with ``true``, ``estimate``, ``low`` and ``high``,
        shares from 0 to 1; at most five.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        Both axes logarithmic, in per cent; right estimates lie on the line.

    Raises
    ------
    ValueError
        If there are more methods than colours.

    Examples
    --------
    >>> row = pd.DataFrame({"true": [0.01], "estimate": [0.012], "low": [0.008], "high": [0.02]})
    >>> estimates_of_prior({"EM": row}, title="Is it right?").axes[0].get_xscale()
    'log'
    """
    looks = zip(palette(len(tables)), _MARKERS, strict=False)
    figure, axes = plt.subplots(figsize=(5.0, 4.0))
    everything = pd.concat(list(tables.values()))
    ends = 100 * np.array([everything["true"].min() / 1.5, everything["true"].max() * 1.5])
    axes.plot(ends, ends, color=INK["light"], lw=1, ls=(0, (4, 3)))
    for number, ((name, table), (colour, marker)) in enumerate(
        zip(tables.items(), looks, strict=True)
    ):
        true = 100 * table["true"] * 1.05 ** (number - (len(tables) - 1) / 2)
        low = (100 * table["low"]).clip(lower=ends[0] / 10)
        axes.vlines(true, low, 100 * table["high"], color=colour, lw=3, alpha=0.45)
        axes.plot(true, 100 * table["estimate"], marker, color=colour, label=name)
    axes.set(title=title, xscale="log", yscale="log", ylabel="estimated without labels (%)")
    axes.set(xlabel="true share of frauds (%)")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter(PLAIN)
        axis.set_minor_formatter(NullFormatter())
    axes.legend(loc="upper left")
    return figure


def promised_and_realised(table: pd.DataFrame, *, title: str, unit: str) -> Figure:
    """Draw what was estimated without labels beside what came true.

    Parameters
    ----------
    table : pandas.DataFrame
        Index: what happened, in the order to be drawn from the top; ``estimate``, ``low``,
        ``high``, and the same of what came true: ``real``, ``real_low``, ``real_high``.
    title : str
        The question that the figure answers.
    unit : str
        For the axis.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> columns = ["estimate", "low", "high", "real", "real_low", "real_high"]
    >>> table = pd.DataFrame([[1.0, 0.5, 2, 3, 2, 4]], columns=columns, index=["concept"])
    >>> promised_and_realised(table, title="Is it right?", unit="cost").axes[0].get_xlabel()
    'cost'
    """
    figure, axes = plt.subplots(figsize=(5.0, 1.4 + 0.5 * len(table)))
    place = np.arange(len(table))
    kinds = (("estimated without labels", ""), ("what came true", "real"))
    looks = zip(palette(2), _MARKERS[:2], (-0.14, 0.14), strict=True)
    for (name, prefix), (colour, marker, shift) in zip(kinds, looks, strict=True):
        low, high = (table[f"{prefix}_{end}".strip("_")] for end in ("low", "high"))
        axes.hlines(place + shift, low, high, color=colour, lw=4, alpha=0.45)
        axes.plot(table[prefix or "estimate"], place + shift, marker, color=colour, label=name)
    axes.set(title=title, xlabel=unit)
    name_rows(axes, list(table.index))
    figure.legend(loc="outside lower center", ncols=2)
    return figure
