"""What the gate says to a bound, with so many cases and a share as it really is."""

import altair
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy import stats

from casebook.interactive._play import Playable, play, slider
from prerelease.plots._style import COLOURS, subplots

QUESTION = "What would the gate say?"
ANSWERS = {"fail": "orange", "insufficient evidence": "grey", "pass": "green"}
Floats = NDArray[np.float64]


def gate_answers(n: int, bound: float) -> Playable:
    """Return the chance of each answer of the gate, by a share as it really is.

    Parameters
    ----------
    n : int
        Cases that the share is counted on, at first.
    bound : float
        That the share must reach, at first; from 0.5 to 0.95.

    Returns
    -------
    Playable
        By the score interval and the normal distribution; exact ones differ by a few cases.

    Examples
    --------
    >>> gate_answers(57, 0.7).spec["params"][1]["value"]
    0.7
    """
    knobs = (
        slider("n", "Frauds in your rows", n, (20, 2000, 1)),
        slider("bound", "Recall must be at least", round(bound, 2), (0.5, 0.95, 0.01)),
        slider("level", "Level of the interval", 0.95, (0.8, 0.99, 0.01)),
    )
    reach = "quantileNormal((1 + level) / 2) * sqrt(bound * (1 - bound) / n)"
    error = "max(sqrt(datum.truth * (1 - datum.truth) / n), 1e-9)"
    below = {  # chance that the share found is too low to pass, and low enough to fail
        "not_passed": f"cumulativeNormal(bound + {reach}, datum.truth, {error})",
        "fail": f"cumulativeNormal(bound - {reach}, datum.truth, {error})",
    }
    truths = altair.sequence(0.4, 1.0, 0.005, as_="truth")
    base = altair.Chart(truths).transform_calculate(**below)
    x = altair.X("truth:Q", title="recall as it really is", scale=altair.Scale(domain=[0.4, 1]))
    share = altair.Scale(domain=[0, 1])
    layers = [
        base.transform_calculate(top=top, bottom=bottom, answer=f"'{answer}'")
        .mark_area()
        .encode(
            x=x,
            y=altair.Y("bottom:Q", title="chance of each answer", scale=share),
            y2="top:Q",
            color=altair.Color(
                "answer:N",
                title=None,
                legend=altair.Legend(orient="bottom"),
                scale=altair.Scale(
                    domain=[*ANSWERS], range=[COLOURS[name] for name in ANSWERS.values()]
                ),
            ),
        )
        for answer, bottom, top in (
            ("fail", "0", "datum.fail"),
            ("insufficient evidence", "datum.fail", "datum.not_passed"),
            ("pass", "datum.not_passed", "1"),
        )
    ]
    least = f"format(min(bound + {reach}, 1), '.2f')"
    told = f"'A pass takes ' + {least} + ' of ' + format(n, ',') + ' frauds'"
    once = altair.Chart(altair.Data(values=[{}]))
    text = once.transform_calculate(told=told).mark_text(align="left", baseline="bottom")
    line = once.transform_calculate(at="bound").mark_rule(strokeDash=[4, 3]).encode(x="at:Q")
    chart = altair.layer(
        *layers, line, text.encode(text="told:N", x=altair.value(0), y=altair.value(-6))
    )
    alt = (
        f"Chance that the gate passes, fails or lacks evidence, with {n} frauds and a bound of "
        f"{bound:g}, against the recall as it really is: fail far below the bound, pass far above, "
        "and insufficient evidence between."
    )
    chart = chart.add_params(*knobs).properties(height=280, title=QUESTION)
    return play(chart, _picture(n, bound), alt=alt)


def chances(truth: Floats, n: int, bound: float, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the chance that the gate does not pass, and that it fails, as the chart has them."""
    reach = stats.norm.ppf((1 + level) / 2) * np.sqrt(bound * (1 - bound) / n)
    error = np.maximum(np.sqrt(truth * (1 - truth) / n), 1e-9)
    return tuple(stats.norm.cdf(bound + side * reach, truth, error) for side in (1, -1))


def _picture(n: int, bound: float) -> Figure:
    truth = np.arange(0.4, 1.0, 0.005)
    not_passed, failed = chances(truth, n, bound)
    figure, axes = subplots()
    edges = (np.zeros_like(truth), failed, not_passed, np.ones_like(truth))
    for (name, colour), low, high in zip(ANSWERS.items(), edges[:-1], edges[1:], strict=True):
        axes.fill_between(truth, low, high, color=COLOURS[colour], lw=0, label=name)
    axes.axvline(bound, color="#1c2733", lw=1.2, ls="--")
    axes.set(title=QUESTION, xlim=(0.4, 1), ylim=(0, 1), xlabel="recall as it really is")
    axes.set_ylabel("chance of each answer")
    figure.legend(loc="outside lower center", ncols=3)
    return figure
