"""Figures of chapter 01's costs: wrong guesses, and a team that can review only so much."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure

from prerelease.costs import CostModel
from prerelease.plots._style import COLOURS, PLAIN

_STEPS = [0.0, 1.0, 3.0, 10.0, 30.0, 1e9]
"""Euros per 1,000 payments at which a map of regret changes its colour."""


def regret_map(table: pd.DataFrame, *, base: CostModel, title: str) -> Figure:
    """Draw what today's threshold costs too much, at most, when two of the costs are others.

    Parameters
    ----------
    table : DataFrame
        Columns ``goodwill``, ``miss_fee`` and ``high``, the upper end of the regret per 1,000
        payments (`prerelease.thresholds.regret`), over a grid of the two.
    base : CostModel
        The costs that the threshold was chosen for, to be marked.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        Both axes logarithmic. Colour is the upper end, in steps; the lightest is below one.

    Examples
    --------
    >>> table = pd.DataFrame({"goodwill": [1, 10, 1, 10], "miss_fee": [1, 1, 5, 5],
    ...                       "high": [0.0, 0.5, 2.0, 30.0]})
    >>> len(regret_map(table, base=CostModel(), title="How wrong?").axes)
    2
    """
    # `pivot_table` would average over a third cost in silence; this refuses to.
    cells = table.pivot(index="miss_fee", columns="goodwill", values="high")  # noqa: PD010
    figure, axes = plt.subplots()
    shades = plt.get_cmap("cividis_r")(np.linspace(0.05, 1, len(_STEPS) - 1))
    mesh = axes.pcolormesh(
        cells.columns,
        cells.index,
        cells.to_numpy(),
        shading="nearest",
        cmap=ListedColormap(shades),
        norm=BoundaryNorm(_STEPS, len(_STEPS) - 1),
    )
    label = "regret, upper end (€ per 1,000 payments)"
    colour_bar = figure.colorbar(mesh, ax=axes, spacing="uniform", label=label)
    colour_bar.set_ticks(_STEPS, labels=[*(f"{step:g}" for step in _STEPS[:-1]), "more"])
    colour_bar.outline.set_visible(False)
    axes.set(title=title, xscale="log", yscale="log")
    axes.set_xlabel("cost of each honest payment blocked (€)")
    axes.set_ylabel("fixed cost of each missed fraud (€)")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PLAIN)
    axes.grid(visible=False)
    axes.plot(base.goodwill, base.miss_fee, "o", ms=9, mfc="white", mec="black", mew=1.8)
    return figure


def capacity(table: pd.DataFrame, *, title: str) -> Figure:
    """Draw what is caught as the team can review more.

    Parameters
    ----------
    table : DataFrame
        From `prerelease.costs.capacity_table`, of alerts an hour.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        Recall and precision, with their intervals, and the share of the amounts caught.

    Examples
    --------
    >>> from prerelease.costs import capacity_table
    >>> table = capacity_table(
    ...     [1, 0], [0.9, 0.1], [50, 50], [0, 1], ks=[1, 2], costs=CostModel()
    ... )
    >>> capacity(table, title="How many?").axes[0].get_xlabel()
    'alerts an hour'
    """
    figure, axes = plt.subplots()
    for column, label, colour, style, aside in (
        ("recall", "frauds caught", "blue", "o-", 0.97),
        ("amount_recall", "amount of frauds caught", "green", "s--", 1.0),
        ("precision", "alerts that are frauds (precision)", "orange", "^-", 1.03),
    ):
        along, paint = table["k"] * aside, COLOURS[colour]
        axes.plot(along, table[column], style, color=paint, ms=5, label=label)
        if f"{column}_low" in table:
            bounds = table[f"{column}_low"], table[f"{column}_high"]
            axes.vlines(along, *bounds, color=paint, lw=3, alpha=0.45)
    axes.set(title=title, ylim=(-0.02, 1.02), ylabel="share", xscale="log")
    axes.set_xlabel("alerts an hour")
    axes.set_xticks(table["k"], [f"{k:,}" for k in table["k"]])
    axes.minorticks_off()
    axes.legend()
    return figure
