"""How wide the interval of a share is, by the number of cases that it is counted on."""

from typing import Any

import altair
import numpy as np
from numpy.typing import NDArray

from casebook.interactive._play import Playable, play, slider
from prerelease.plots._style import COLOURS, PLAIN, subplots

Z = 1.959964
"""Of the normal distribution: 95 % lie within as many standard deviations of the mean."""
QUESTION = "How wide is your interval?"
REACH = 2.801585
"""Standard errors by which two models must differ to show it, at 95 %, four times in five."""


def interval_width(n: int, share: float, apart: float | None = None) -> Playable:
    """Return how wide the interval of a share is, by the number of cases that it is counted on.

    Parameters
    ----------
    n : int
        Frauds at first.
    share : float
        Share of them that is caught, at first.
    apart : float, optional
        Share of them that only one of two models catches, at first. With it the figure also says
        how much more another model must catch for that to be more than luck on these frauds.

    Returns
    -------
    Playable
        Wilson's interval at 95 %; frauds that come in bursts count as so many fewer.

    Examples
    --------
    >>> interval_width(75, 0.7).spec["params"][0]["name"]
    'n'
    """
    knobs = [
        slider("n", "Frauds in your test rows", n, (10, 2000, 5)),
        slider("share", "Share of them that is caught", round(share, 2), (0.5, 0.99, 0.01)),
        slider("burst", "Frauds that come together, as one burst", 1, (1, 10, 1)),
    ]
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
    question, seen = QUESTION, ""
    if apart is not None:
        question = "How wide is it? Which lead shows?"
        knobs.append(
            slider("apart", "Share that only one of two models catches", apart, (0.02, 0.4, 0.01))
        )
        chart = altair.layer(chart, *_lead(base, here, x, effective))
        lead = leads(apart, n)
        seen = f" Another model must catch {lead:.2f} more of them for more than luck."
        if lead > min(apart, 1 - share):
            seen = " Any lead could be luck: two models differ on too few of them."
    frauds = np.arange(10, 2001, 5)
    low, high = _wilson(share, frauds)
    picture, axes = subplots()
    axes.fill_between(frauds, low, high, alpha=0.25, lw=0, color=COLOURS["blue"])
    axes.vlines(n, *_wilson(share, np.array([n])), color=COLOURS["blue"], lw=3)
    if apart is not None:
        visible = leads(apart, frauds) <= min(apart, 1 - share)
        least = share + leads(apart, frauds)[visible]
        axes.plot(
            frauds[visible], least, "--", color=COLOURS["orange"], label="more than luck from here"
        )
        axes.legend(loc="lower right")
    axes.set(xscale="log", xlim=(10, 2000), ylim=(0, 1), title=question)
    axes.set(xlabel="frauds in the test rows", ylabel="recall, with 95 % interval")
    axes.xaxis.set_major_formatter(PLAIN)
    (one,), (other,) = _wilson(share, np.array([n]))
    alt = (
        f"The 95 % interval of a recall of {share:.2f} narrows with the number of frauds: with {n} "
        f"it goes from {one:.2f} to {other:.2f}.{seen}"
    )
    title = question if apart is None else altair.TitleParams(question, offset=30)
    return play(chart.add_params(*knobs).properties(height=280, title=title), picture, alt=alt)


def leads(apart: float, n: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return by how much one of two models must catch more for more than luck, as the chart has it.

    The difference has the variance (apart - lead^2) / n; the lead is `REACH` of its roots.
    """
    return REACH * np.sqrt(apart / (n + REACH**2))


def _lead(base: Any, here: Any, x: Any, effective: str) -> tuple[Any, ...]:
    """Return the line from which on a lead is more than luck, and what it is at the knobs."""
    lead = f"{REACH} * sqrt(apart / ({effective} + {REACH**2}))"
    text = here.transform_calculate(
        told=f"{lead} > min(apart, 1 - share) ? 'any lead could be luck' : "
        f"'more than luck: a lead of ' + format({lead}, '.2f') + ' or more'"
    ).mark_text(align="right", baseline="bottom", color=COLOURS["orange"], fontWeight="bold")
    return (
        base.transform_calculate(lead=lead)
        .transform_filter("datum.lead <= min(apart, 1 - share)")
        .transform_calculate(least="share + datum.lead")
        .mark_line(strokeDash=[6, 4], strokeWidth=2, color=COLOURS["orange"])
        .encode(x=x, y="least:Q"),
        text.encode(text="told:N", x=altair.value("width"), y=altair.value(-22)),
    )


def _wilson(share: float, n: NDArray[np.int64]) -> tuple[NDArray[np.float64], ...]:
    """Return the ends of Wilson's interval."""
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return centre - half, centre + half
