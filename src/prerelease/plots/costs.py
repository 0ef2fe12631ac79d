"""Figures of what decisions cost; each draws a data frame of `prerelease.costs`."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from prerelease import words
from prerelease.plots._style import INK, PLAIN, note, palette, subplots

__all__ = ["cost_curves", "reliability"]


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
    >>> from prerelease.costs import CostModel, baselines, cost_curve
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
    figure, axes = subplots()
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
    figure, axes = subplots(figsize=(5.0, 4.2))
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
