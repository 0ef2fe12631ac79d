"""Figures of the report."""

import pandas as pd
from matplotlib.figure import Figure

from prerelease import _html, words
from prerelease.plots._style import COLOURS, INK, PLAIN, note, show, subplots


def shown(figure: Figure, told: str, *, alt: str) -> str:
    """Return a figure as HTML, and what there is to say of it."""
    return show(figure, alt=alt).data + _html.paragraph(told)


def review_gain(curve: pd.DataFrame) -> Figure:
    """Draw what decisions cost as more and more cases are looked at, and mark the cheapest."""
    figure, axes = subplots()
    axes.plot(curve["reviews_per_1000"], curve["cost_per_1000"], color=COLOURS["blue"])
    best = curve.loc[curve["cost_per_1000"].idxmin()]
    axes.plot(best["reviews_per_1000"], best["cost_per_1000"], "o", color=COLOURS["blue"], ms=8)
    axes.axhline(curve["cost_per_1000"].iloc[0], color=INK["light"], lw=1.2, ls="--")
    nobody = 1, curve["cost_per_1000"].iloc[0]
    note(axes, "nobody looks", nobody, (-2, 3), along="y", ha="right")
    axes.set(title="What does a look by a person buy?")
    axes.set(xlabel=f"{words().cases} looked at (per 1,000)", ylabel=f"cost ({words().per_1000})")
    axes.xaxis.set_major_formatter(PLAIN)
    axes.yaxis.set_major_formatter(PLAIN)
    return figure


def distributions(table: pd.DataFrame) -> Figure:
    """Draw the share of cases with at least each score, in both periods, on log axes."""
    figure, axes = subplots()
    for name, colour, style in (("reference", "grey", "--"), ("current", "blue", "-")):
        shown = table[table[name] > 0]
        axes.plot(shown["score"], shown[name], style, color=COLOURS[colour], label=name)
    axes.set(title="Have the scores moved?", xscale="log", yscale="log", xlabel="score")
    axes.set_ylabel(f"share of {words().cases} with\nat least this score")
    axes.legend()
    return figure
