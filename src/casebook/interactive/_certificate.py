"""What recall so many frauds can certify, by how many of them are missed."""

import altair
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from casebook.interactive._play import Playable, play, slider
from prerelease.plots._style import COLOURS, INK, subplots

QUESTION = "What recall can your frauds certify?"
MOST_MISSED, LOWEST = 12, 0.5


def certified_recall(n: int, recall: float, delta: float) -> Playable:
    """Return the recall that is certified, by the number of frauds that are missed.

    Parameters
    ----------
    n : int
        Frauds in the calibration rows, at first.
    recall : float
        That is to be certified, at first.
    delta : float
        Risk that the certificate is wrong, at first.

    Returns
    -------
    Playable
        By the binomial distribution, in steps of a thousandth, up to a dozen misses.

    Examples
    --------
    >>> certified_recall(57, 0.9, 0.1).spec["params"][0]["value"]
    57
    """
    knobs = (
        slider("n", "Frauds (or bursts) to calibrate on", n, (5, 400, 1)),
        slider("recall", "Recall to be certified", recall, (0.6, 0.99, 0.01)),
        slider("delta", "Risk that the certificate is wrong", delta, (0.01, 0.3, 0.01)),
    )
    steps = altair.sequence(LOWEST, 1.0, 0.001, as_="r")
    bars = (
        altair.Chart(steps)
        .transform_calculate(**chances("datum.r"))
        .transform_fold([f"c{m}" for m in range(MOST_MISSED + 1)], as_=["misses", "risk"])
        .transform_filter("datum.risk <= delta")
        .transform_aggregate(certified="max(r)", groupby=["misses"])
        .transform_calculate(
            missed="toNumber(replace(datum.misses, 'c', ''))",
            enough="datum.certified >= recall - 0.0005 ? 'enough' : 'too little'",
        )
    )
    colour = altair.Color(
        "enough:N",
        title=None,
        scale=altair.Scale(
            domain=["enough", "too little"], range=[COLOURS["green"], COLOURS["grey"]]
        ),
        legend=altair.Legend(orient="bottom"),
    )
    once = altair.Chart(altair.Data(values=[{}])).transform_calculate(
        **chances("recall"),
        allowed=" + ".join(f"(datum.c{m} <= delta)" for m in range(MOST_MISSED + 1)),
        needed="ceil(log(delta) / log(recall))",
    )
    told = (
        "datum.allowed == 0 ? 'Too few: it takes ' + datum.needed + ' frauds, none missed' : "
        f"(datum.allowed > {MOST_MISSED} ? '{MOST_MISSED} or more' : "
        "'At most ' + (datum.allowed - 1)) + "
        "' of ' + n + ' may be missed for ' + format(recall, '.0%')"
    )
    x = altair.X(
        "missed:O",
        title="frauds missed",
        scale=altair.Scale(domain=[*range(MOST_MISSED + 1)]),
        axis=altair.Axis(labelAngle=0),
    )
    y = altair.Y(
        "certified:Q",
        title="recall that is certified",
        scale=altair.Scale(domain=[LOWEST, 1]),
        axis=altair.Axis(format=".0%"),
    )
    chart = altair.layer(
        bars.mark_point(filled=True, size=110, opacity=1).encode(x=x, y=y, color=colour),
        once.transform_calculate(certified="recall").mark_rule(strokeDash=[4, 3]).encode(y=y),
        once.transform_calculate(told=told)
        .mark_text(align="left", baseline="bottom", fontWeight="bold")
        .encode(text="told:N", x=altair.value(0), y=altair.value(-6)),
    )
    title = altair.TitleParams(QUESTION, offset=14)
    chart = chart.add_params(*knobs).properties(height=260, title=title)
    none, one, two = bound(n, np.arange(3), delta)
    alt = (
        f"Recall that {n} frauds certify at a risk of {delta:g}, by how many are missed: "
        f"{none:.0%} with none, {one:.0%} with one, {two:.0%} with two, and less with each more."
    )
    return play(chart, _picture(n, recall, delta), alt=alt)


def chances(recall: str) -> dict[str, str]:
    """Return, as the chart computes it, the chance of at most so many misses at a recall."""
    found = {"t0": f"pow({recall}, n)", "c0": "datum.t0"}
    for m in range(1, MOST_MISSED + 1):
        found[f"t{m}"] = f"datum.t{m - 1} * (n - {m - 1}) / {m} * (1 - {recall}) / {recall}"
        found[f"c{m}"] = f"datum.c{m - 1} + datum.t{m}"
    return found


def bound(n: int, misses: ArrayLike, delta: float) -> NDArray[np.float64]:
    """Return the recall that so many misses certify, exactly."""
    missed = np.asarray(misses)
    return stats.beta.ppf(delta, n - missed, missed + 1)


def _picture(n: int, recall: float, delta: float) -> Figure:
    missed = np.arange(min(MOST_MISSED, n - 1) + 1)
    certified = bound(n, missed, delta)
    figure, axes = subplots()
    for enough, colour in ((True, "green"), (False, "grey")):
        here = (certified >= recall) == enough
        label = "enough" if enough else "too little"
        axes.plot(missed[here], certified[here], "o", color=COLOURS[colour], ms=8, label=label)
    axes.axhline(recall, color=INK["light"], lw=1.2, ls="--")
    axes.set(title=f"{QUESTION} Of {n}", ylim=(LOWEST, 1.01), xlabel="frauds missed")
    axes.set_ylabel("recall that is certified")
    axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    figure.legend(loc="outside lower center", ncols=2)
    return figure
