"""A figure of drift: what moved."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from prerelease.plots._style import COLOURS, INK, name_rows, palette, subplots

__all__ = ["feature_dots"]
_MARKERS = "oDs^v"


def feature_dots(
    table: pd.DataFrame, *, title: str, unit: str, limit: float | None = None
) -> Figure:
    """Draw an effect size of each feature, in several comparisons.

    Parameters
    ----------
    table : pandas.DataFrame
        Index: feature, in the order to be drawn from the top; a column for each comparison, at
        most five.
    title : str
        The question that the figure answers.
    unit : str
        What is drawn, with its unit, for the axis.
    limit : float, optional
        Where a rule would give an alarm, as a line.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there are more comparisons than colours.

    Examples
    --------
    >>> table = pd.DataFrame({"day": [0.3], "hours": [0.1]}, index=["V1"])
    >>> feature_dots(table, title="What moved?", unit="KS").axes[0].get_xlabel()
    'KS'
    """
    looks = zip(palette(len(table.columns)), _MARKERS, strict=False)
    figure, axes = subplots(figsize=(5.0, 1.7 + 0.19 * len(table)))
    place = np.arange(len(table))
    axes.hlines(place, table.min(axis=1), table.max(axis=1), color=COLOURS["grey"], lw=1)
    for (name, column), (colour, marker) in zip(table.items(), looks, strict=True):
        axes.plot(column, place, marker, color=colour, ms=5, label=name)
    if limit is not None:
        axes.axvline(limit, color=INK["light"], lw=1, ls=(0, (4, 3)))
    axes.set(title=title, xlabel=unit)
    axes.set_xlim(left=0)
    name_rows(axes, list(table.index))
    figure.legend(loc="outside lower center", ncols=2, fontsize=8.5)
    return figure
