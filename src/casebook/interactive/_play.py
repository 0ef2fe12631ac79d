"""A chart, and the picture that stands for it."""

import json
import os
from dataclasses import dataclass
from typing import Any

import altair
from matplotlib.figure import Figure

from casebook import mode
from prerelease.plots import show
from prerelease.plots._style import Shown

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
