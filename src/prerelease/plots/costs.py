"""Figures of what decisions cost; each draws a data frame of `prerelease.costs`."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure

from prerelease import _validate
from prerelease._words import words
from prerelease.costs import CostModel
from prerelease.plots._style import COLOURS, INK, PLAIN, note, palette

__all__ = ["capacity", "cost_curves", "regret_map", "reliability"]
_STEPS = [0.0, 1.0, 3.0, 10.0, 30.0, 1e9]
"""Costs per 1,000 cases at which a map of regret changes its colour."""


def _labels() -> dict[str, str]:
    """Return what each field of a cost model is called along an axis."""
    said = words()
    return {
        "miss_fee": said.in_currency(f"fixed cost of each missed {said.positive}"),
        "recovery_share": f"share of a missed {said.positive} that is recovered",
        "review": said.in_currency("cost of a review"),
        "goodwill": said.in_currency(f"cost of each {said.negative} blocked"),
        "margin_share": "margin (share of the amount)",
        "catch_gain": said.in_currency(f"gain of each {said.positive} blocked"),
    }


def cost_curves(
    curves: Mapping[str, pd.DataFrame],
    *,
    baselines: pd.DataFrame,
    title: str,
    chosen: Mapping[str, float] | None = None,
) -> Figure:
    """Draw the cost of every threshold of each model, between accept-all and the oracle.

    Parameters
    ----------
    curves : mapping of str to DataFrame
        Name and `prerelease.costs.cost_curve` of each model; at most five.
    baselines : DataFrame
        From `prerelease.costs.baselines`, on the same rows.
    title : str
        The question that the figure answers.
    chosen : mapping of str to float, optional
        A threshold for each model, to be marked on its curve.

    Returns
    -------
    matplotlib.figure.Figure
        Cost against alerts, each per 1,000 cases: thresholds of models that are not calibrated
        alike cannot be compared, alerts always can. Cut off above one and a half
        times accept-all, since blocking everything costs far more.

    Raises
    ------
    ValueError
        If there are more models than colours.

    Examples
    --------
    >>> from prerelease.costs import baselines, cost_curve
    >>> y, amount, costs = [1, 0, 0], [100, 50, 50], CostModel()
    >>> curve = cost_curve(y, [0.9, 0.2, 0.1], amount, costs=costs)
    >>> figure = cost_curves(
    ...     {"model": curve}, baselines=baselines(y, amount, costs=costs), title="What pays?"
    ... )
    >>> figure.axes[0].get_ylabel()
    'cost (per 1,000 cases)'
    """
    level = baselines["cost_per_1000"]
    span = level["accept all"] - level["oracle"]
    top = level["accept all"] + 0.5 * span
    ends: list[float] = []
    figure, axes = plt.subplots()
    for (name, curve), colour in zip(curves.items(), palette(len(curves)), strict=True):
        # Accept-all has no place on a log axis: its level is drawn as a line of its own.
        steps = curve.iloc[1:]
        along = 1000 * steps["alerts"] / curve["alerts"].iloc[-1]
        axes.plot(along, steps["cost_per_1000"], color=colour, label=name)
        if chosen is not None:
            # A threshold between two scores blocks what the score above it does.
            at = int((steps["threshold"] >= chosen[name]).sum()) - 1
            if at >= 0:
                axes.plot(along.iloc[at], steps["cost_per_1000"].iloc[at], "o", color=colour, ms=8)
        shown = along[steps["cost_per_1000"] <= top]
        ends += [shown.min(), shown.max()] if len(shown) else []
    for name, style in (("accept all", "--"), ("oracle", ":")):
        axes.axhline(level[name], color=INK["light"], lw=1.2, ls=style)
        note(axes, name, (1, level[name]), (4, 0), along="y", va="center")
    axes.set_ylim(level["oracle"] - 0.05 * span, top)
    axes.set_xscale("log")
    if ends:
        axes.set_xlim(min(ends) / 1.5, max(ends) * 1.5)
    axes.xaxis.set_major_formatter(PLAIN)
    axes.set(title=title, xlabel=f"alerts per 1,000 {words().cases}")
    axes.set_ylabel(f"cost ({words().per_1000})")
    axes.legend()
    return figure


def regret_map(
    table: pd.DataFrame, *, x: str, y: str, title: str, base: CostModel | None = None
) -> Figure:
    """Draw what today's threshold costs too much, at most, when two of the costs are others.

    Parameters
    ----------
    table : DataFrame
        Columns `x`, `y` and ``high``, the upper end of the regret per 1,000 cases
        (`prerelease.thresholds.regret`), over a grid of the two.
    x, y : str
        Fields of `CostModel`.
    title : str
        The question that the figure answers.
    base : CostModel, optional
        The costs that the threshold was chosen for, to be marked.

    Returns
    -------
    matplotlib.figure.Figure
        Colour is the upper end, in steps; the lightest is below one.

    Raises
    ------
    ValueError
        If `x` or `y` is not one of the costs in the table.

    Examples
    --------
    >>> table = pd.DataFrame({"goodwill": [1, 10, 1, 10], "review": [1, 1, 5, 5],
    ...                       "high": [0.0, 0.5, 2.0, 30.0]})
    >>> len(regret_map(table, x="goodwill", y="review", title="How wrong?").axes)
    2
    """
    labels = _labels()
    for name in (x, y):
        _validate.choice(name, "x and y", [name for name in labels if name in table])
    # `pivot_table` would average over a third cost in silence; this refuses to.
    cells = table.pivot(index=y, columns=x, values="high")  # noqa: PD010
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
    colour_bar = figure.colorbar(
        mesh, ax=axes, spacing="uniform", label=f"regret, upper end ({words().per_1000})"
    )
    colour_bar.set_ticks(_STEPS, labels=[*(f"{step:g}" for step in _STEPS[:-1]), "more"])
    colour_bar.outline.set_visible(False)
    scales = ["log" if (table[name] > 0).all() else "linear" for name in (x, y)]
    axes.set(title=title, xlabel=labels[x], ylabel=labels[y], xscale=scales[0], yscale=scales[1])
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PLAIN)
    axes.grid(visible=False)
    if base is not None:
        axes.plot(getattr(base, x), getattr(base, y), "o", ms=9, mfc="white", mec="black", mew=1.8)
    return figure


def reliability(tables: Mapping[str, pd.DataFrame], *, title: str) -> Figure:
    """Draw the share of positives found against the share predicted, both on log axes.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Name and `prerelease.calibration.reliability_table` of each model; at most five.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        A point and its exact interval for each bin; a bin without any has an open
        triangle at the upper end of its interval. On the diagonal, as many are found as predicted.

    Raises
    ------
    ValueError
        If there are more models than colours, or if no bin predicts more than 0.

    Examples
    --------
    >>> from prerelease.calibration import reliability_table
    >>> table = reliability_table([0, 0, 1, 1], [0.01, 0.02, 0.5, 0.9])
    >>> figure = reliability({"model": table}, title="As many as predicted?")
    >>> figure.axes[0].get_xscale()
    'log'
    """
    colours = palette(len(tables))
    everything = pd.concat(tables.values())
    positive = everything.loc[everything["promised"] > 0, "promised"]
    if positive.empty:
        msg = "tables must hold a bin that predicts more than 0, got none."
        raise ValueError(msg)
    found = everything.loc[everything["found"] > 0, "found"]
    floor = min(positive.min(), found.min()) / 2
    figure, axes = plt.subplots(figsize=(5.0, 4.2))
    ends, label = [floor, 1], "as many found as predicted"
    axes.plot(ends, ends, color=INK["light"], lw=1.2, ls="--", label=label)
    for place, ((name, table), colour) in enumerate(zip(tables.items(), colours, strict=True)):
        rows = table[table["promised"] > 0]
        # Side by side, so that the intervals of two models do not hide each other.
        along = rows["promised"] * 1.07 ** (place - (len(tables) - 1) / 2)
        axes.vlines(along, rows["found_low"].clip(lower=floor), rows["found_high"], color=colour)
        some = rows["positives"] > 0
        axes.plot(along[some], rows["found"][some], "o", color=colour, ms=6, label=name)
        axes.plot(along[~some], rows["found_high"][~some], "v", mfc="none", color=colour, ms=7)
    axes.set(xscale="log", yscale="log", xlim=(floor, 1.3), ylim=(floor, 1.3))
    axes.set(title=title, xlabel="predicted probability")
    axes.set_ylabel(f"share of {words().positives} found")
    axes.legend()
    return figure


def capacity(table: pd.DataFrame, *, period: str, title: str) -> Figure:
    """Draw what is caught as the team can review more.

    Parameters
    ----------
    table : DataFrame
        From `prerelease.costs.capacity_table`.
    period : {"hour", "day"}
        What the capacity is counted over.
    title : str
        The question that the figure answers.

    Returns
    -------
    matplotlib.figure.Figure
        Recall and precision, with their intervals, and the share of the amounts caught.

    Raises
    ------
    ValueError
        If `period` is unknown.

    Examples
    --------
    >>> from prerelease.costs import capacity_table
    >>> table = capacity_table(
    ...     [1, 0], [0.9, 0.1], [50, 50], [0, 1], ks=[1, 2], costs=CostModel()
    ... )
    >>> capacity(table, period="hour", title="How many?").axes[0].get_xlabel()
    'alerts an hour'
    """
    _validate.choice(period, "period", ("hour", "day"))
    positives = words().positives
    figure, axes = plt.subplots()
    for column, label, colour, style, aside in (
        ("recall", f"{positives} caught", "blue", "o-", 0.97),
        ("amount_recall", f"amount of {positives} caught", "green", "s--", 1.0),
        ("precision", f"alerts that are {positives} (precision)", "orange", "^-", 1.03),
    ):
        along, paint = table["k"] * aside, COLOURS[colour]
        axes.plot(along, table[column], style, color=paint, ms=5, label=label)
        if f"{column}_low" in table:
            bounds = table[f"{column}_low"], table[f"{column}_high"]
            axes.vlines(along, *bounds, color=paint, lw=3, alpha=0.45)
    axes.set(title=title, ylim=(-0.02, 1.02), ylabel="share", xscale="log")
    axes.set_xlabel("alerts an hour" if period == "hour" else "alerts a day")
    axes.set_xticks(table["k"], [f"{k:,}" for k in table["k"]])
    axes.minorticks_off()
    axes.legend()
    return figure
