"""Figures that a reader can turn the knobs of: Altair's, with a picture for where none can run.

The arithmetic stands in the chart's own transforms, so that a page needs no kernel. On the site a
script draws the chart in place of the picture when it is scrolled to; on paper and without
JavaScript the picture stays.
"""

import json
import os
from dataclasses import dataclass
from typing import Any

import altair
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from casebook import mode
from prerelease.plots import show
from prerelease.plots._style import COLOURS, PLAIN, Shown, subplots

Z = 1.959964
"""Of the normal distribution: 95 % lie within as many standard deviations of the mean."""
QUESTION = "How wide is your interval?"
IN_NOTEBOOKS = "application/vnd.vegalite.v5+json"  # what JupyterLab, VS Code and Colab draw


@dataclass(frozen=True)
class Playable:
    """An interactive chart and the picture that stands for it."""

    spec: dict[str, Any]
    picture: Shown

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        if not os.environ.get(mode.FOR_THE_SITE):
            return {IN_NOTEBOOKS: self.spec, "text/plain": self.picture.alt}
        spec = json.dumps(self.spec, separators=(",", ":"), allow_nan=False)
        spec = spec.replace("</", r"<\/")  # nothing in it may end the script
        html = (
            f'<div class="pr-play">{self.picture.data}'
            f'<script type="application/json">{spec}</script></div>'
        )
        return {"text/html": html, "text/plain": self.picture.alt}


def play(chart: altair.TopLevelMixin, picture: Figure, *, alt: str) -> Playable:
    """Return a chart for the page, with the picture that stands for it on paper.

    Parameters
    ----------
    chart : altair.Chart
        With its parameters as sliders. It is as wide as the page allows.
    picture : matplotlib.figure.Figure
        What the chart shows before anybody turned a knob, drawn after `use_style`.
    alt : str
        What is seen in it, as a sentence: see `prerelease.plots.show`.

    Returns
    -------
    Playable
        For the last line of a cell.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> slider = altair.binding_range(min=1, max=9, step=1, name="k")
    >>> k = altair.param("k", value=2, bind=slider)
    >>> data = altair.Data(values=[{"x": 1}])
    >>> chart = altair.Chart(data).mark_bar().encode(x="x:Q").add_params(k)
    >>> shown = play(chart, plt.figure(), alt="One bar that does not depend on k.")
    >>> shown.spec["width"]
    'container'
    """
    spec = chart.properties(width="container", description=alt).to_dict()
    for name in ("config", "$schema"):  # the page decides how charts look, light and dark
        spec.pop(name, None)
    return Playable(spec, show(picture, alt=alt))


def slider(name: str, label: str, value: float, span: tuple[float, float, float]) -> Any:
    """Return a parameter that a reader sets with a slider; span is its least, its most, its step.

    Examples
    --------
    >>> slider("n", "Frauds", 75, (10, 1000, 5)).name
    'n'
    """
    low, high, step = span
    bind = altair.binding_range(min=low, max=high, step=step, name=label)
    return altair.param(name=name, value=value, bind=bind)


def interval_width(n: int, share: float) -> Playable:
    """Return how wide the interval of a share is, by the number of cases that it is counted on.

    Parameters
    ----------
    n : int
        Frauds at first.
    share : float
        Share of them that is caught, at first.

    Returns
    -------
    Playable
        Wilson's interval at 95 %; frauds that come in bursts count as so many fewer.

    Examples
    --------
    >>> interval_width(75, 0.7).spec["params"][0]["name"]
    'n'
    """
    knobs = (
        slider("n", "Frauds in your test rows", n, (10, 2000, 5)),
        slider("share", "Share of them that is caught", round(share, 2), (0.5, 0.99, 0.01)),
        slider("burst", "Frauds that come together, as one burst", 1, (1, 10, 1)),
    )
    effective = "datum.frauds / burst"
    ends = {
        end: f"(share + {Z**2 / 2} / ({effective}) {sign} {Z} * sqrt(share * (1 - share) / "
        f"({effective}) + {Z**2 / 4} / pow({effective}, 2))) / (1 + {Z**2} / ({effective}))"
        for end, sign in (("low", "-"), ("high", "+"))
    }
    many = altair.sequence(10, 2001, 5, as_="frauds")
    base = altair.Chart(many).transform_calculate(**ends)
    x = altair.X(
        "frauds:Q",
        scale=altair.Scale(type="log", domain=[10, 2000], nice=False),
        axis=altair.Axis(title="frauds in the test rows", values=[10, 30, 100, 300, 1000]),
    )
    y = altair.Y(
        "low:Q",
        scale=altair.Scale(domain=[0, 1]),
        axis=altair.Axis(title="recall, with 95 % interval"),
    )
    here = base.transform_filter("datum.frauds == n")
    told = (
        "format(n, ',') + ' frauds: ' + format(datum.low, '.2f') + ' to ' + "
        "format(datum.high, '.2f')"
    )
    chart = altair.layer(
        base.mark_area(opacity=0.25, color=COLOURS["blue"]).encode(x=x, y=y, y2="high:Q"),
        here.mark_rule(strokeWidth=3, color=COLOURS["blue"]).encode(x=x, y=y, y2="high:Q"),
        here.transform_calculate(told=told)
        .mark_text(align="right", baseline="bottom", fontWeight="bold")
        .encode(text="told:N", x=altair.value("width"), y=altair.value(-6)),
    )
    frauds = np.arange(10, 2001, 5)
    low, high = _wilson(share, frauds)
    picture, axes = subplots()
    axes.fill_between(frauds, low, high, alpha=0.25, lw=0, color=COLOURS["blue"])
    axes.vlines(n, *_wilson(share, np.array([n])), color=COLOURS["blue"], lw=3)
    axes.set(xscale="log", xlim=(10, 2000), ylim=(0, 1), title=QUESTION)
    axes.set(xlabel="frauds in the test rows", ylabel="recall, with 95 % interval")
    axes.xaxis.set_major_formatter(PLAIN)
    (one,), (other,) = _wilson(share, np.array([n]))
    alt = (
        f"The 95 % interval of a recall of {share:.2f} narrows with the number of frauds: with {n} "
        f"it goes from {one:.2f} to {other:.2f}."
    )
    return play(chart.add_params(*knobs).properties(height=280, title=QUESTION), picture, alt=alt)


def _wilson(share: float, n: NDArray[np.int64]) -> tuple[NDArray[np.float64], ...]:
    """Return the ends of Wilson's interval."""
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return centre - half, centre + half
