"""What the chapters' figures share: estimates beside each other, drawn by seaborn."""

from collections.abc import Hashable, Mapping

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from prerelease.intervals import Interval
from prerelease.plots._style import INK, PLAIN

__all__ = ["ENDS", "beside", "ends"]

ENDS = {"estimator": "median", "errorbar": ("pi", 100)}
"""For seaborn: of the three rows of `ends` it draws the middle one, and the range as its error."""


def ends(series: Mapping[str, Mapping[Hashable, Interval]]) -> pd.DataFrame:
    """Return estimates and both ends of their intervals as seaborn reads them: a row each.

    Parameters
    ----------
    series : mapping of str to mapping of Interval
        Name of a series, and its interval at each place.

    Returns
    -------
    pandas.DataFrame
        Three rows an interval. Columns ``series``, ``at`` and ``value``.

    Examples
    --------
    >>> ends({"ours": {"V14": Interval(0.3, 0.2, 0.4, 0.95, "", 9)}})["value"].tolist()
    [0.2, 0.3, 0.4]
    """
    rows = [
        (name, at, value)
        for name, intervals in series.items()
        for at, each in intervals.items()
        for value in (each.low, each.estimate, each.high)
    ]
    return pd.DataFrame(rows, columns=["series", "at", "value"])


def beside(
    series: Mapping[str, Mapping[Hashable, Interval]],
    *,
    title: str,
    unit: str,
    upright: str = "",
    reference: float | None = None,
) -> Figure:
    """Draw the estimates of several series beside each other, each with its interval.

    Parameters
    ----------
    series : mapping of str to mapping of Interval
        Name of a series, and its interval at each place; the first series orders the places.
    title : str
        The question that the figure answers.
    unit : str
        What is estimated, with its unit.
    upright : str, optional
        What the places are: then they stand along the axis below, and not in rows.
    reference : float, optional
        Where a line is to stand.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> some = {"V14": Interval(0.3, 0.2, 0.4, 0.95, "", 9)}
    >>> figure = beside({"ours": some}, title="What?", unit="loss")
    >>> figure.axes[0].get_yticklabels()[0].get_text()
    'V14'
    """
    table, n = ends(series), len(series)
    size = (6.2, 3.8) if upright else (5.0, 1.5 + table["at"].nunique() * (0.2 + 0.14 * n))
    figure, axes = plt.subplots(figsize=size)
    along, across = ("x", "y") if upright else ("y", "x")
    sns.pointplot(
        table, **{along: "at", across: "value"}, hue="series", ax=axes, **ENDS,
        dodge=0.25 * (n - 1), linestyle="none", markers=[*"oDs^v"[:n]], err_kws={"alpha": 0.5},
    )  # fmt: skip
    axes.set(**{"title": title, f"{across}label": unit, f"{along}label": upright})
    axes.tick_params(axis=along, length=0)
    axes.grid(visible=False, axis=along)
    getattr(axes, f"{across}axis").set_major_formatter(PLAIN)
    if reference is not None:
        line = axes.axhline if upright else axes.axvline
        line(reference, color=INK["light"], lw=1, ls=(0, (4, 3)), zorder=0)
    handles, _ = axes.get_legend_handles_labels()
    axes.get_legend().remove()
    if n > 1:
        figure.legend(handles, list(series), loc="outside lower center", ncols=n)
    return figure
