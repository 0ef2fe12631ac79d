"""A figure of chapter 05: how far readings of importance agree."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from prerelease.plots._style import COLOURS


def rank_matrix(table: pd.DataFrame, *, title: str) -> Figure:
    """Draw the rank correlation of each pair of readings, with its interval.

    Parameters
    ----------
    table : DataFrame, shape (readings, readings)
        Of `Interval`, such as `casebook.explaining.row_agreement` returns. Names of readings may
        hold line breaks.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        A square a pair, below the diagonal: the darker, the better they agree.

    Examples
    --------
    >>> from prerelease.intervals import Interval
    >>> one, half = (Interval(x, x, 1.0, level=0.95, method="", n=9) for x in (1.0, 0.5))
    >>> table = pd.DataFrame([[one, half], [half, one]], ["a", "b"], ["a", "b"])
    >>> rank_matrix(table, title="Do they agree?").axes[0].texts[0].get_text()
    '0.50'
    """
    n = len(table)
    figure, axes = plt.subplots(figsize=(5.4, 4.6))
    values = np.full((n - 1, n - 1), np.nan)
    # Black, which does not turn light in dark pages: the square is its background.
    written = {"ha": "center", "va": "center", "color": "black"}
    for row, column in zip(*np.tril_indices(n, -1), strict=True):
        each = table.iloc[row, column]
        values[row - 1, column] = each.estimate
        middle = f"{each.estimate:.2f}".replace("-", "−")
        ends = f"{each.low:.2f} to {each.high:.2f}".replace("-", "−")
        axes.text(column, row - 1.14, middle, weight="bold", **written)
        axes.text(column, row - 0.82, ends, fontsize="x-small", **written)
    faint = LinearSegmentedColormap.from_list("faint to full", ["white", COLOURS["blue"]])
    axes.imshow(values, cmap=faint, vmin=0, vmax=1, aspect="auto")
    axes.set_title(title)
    axes.set_xticks(range(n - 1), table.columns[:-1], fontsize="small")
    axes.set_yticks(range(n - 1), table.index[1:], fontsize="small")
    axes.tick_params(length=0)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    return figure
