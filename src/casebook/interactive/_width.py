"""How wide the interval of a share is, by the number of cases that it is counted on."""

import altair
import numpy as np
from numpy.typing import NDArray

from casebook.interactive._play import Playable, play, slider
from prerelease.plots._style import COLOURS, PLAIN, subplots

Z = 1.959964
"""Of the normal distribution: 95 % lie within as many standard deviations of the mean."""
QUESTION = "How wide is your interval?"


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
