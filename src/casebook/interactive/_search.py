"""What a longer search shows, and what is left of it with seeds that chose nothing."""

from collections.abc import Iterable, Sequence

import altair
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from casebook.interactive._play import Playable, play, slider
from prerelease.plots._style import COLOURS, subplots

QUESTION = "What does a longer search buy?"
MOST = 60
SHOWN, LEFT = "shown by the search", "left with fresh seeds"


def search_gain(trials: int, settings: float, seeds: float) -> Playable:
    """Return the gain of the best of many trials, as the search shows it and with fresh seeds.

    Parameters
    ----------
    trials : int
        Settings that are tried, at first; at most 60.
    settings : float
        Standard deviation of savings between settings, at first, without that of the seeds.
    seeds : float
        Standard deviation between two fits that differ in their seed alone, at first.

    Returns
    -------
    Playable
        Over the mean of all settings; trials are drawn at random, and both parts are normal.

    Examples
    --------
    >>> [one["name"] for one in search_gain(10, 0.01, 0.005).spec["params"]]
    ['trials', 'repeats', 'settings', 'seeds']
    """
    settings, seeds = (float(np.clip(round(one, 3), 0, 0.05)) for one in (settings, seeds))
    knobs = (
        slider("trials", "Trials", trials, (1, MOST, 1)),
        slider("repeats", "Seeds that each trial is trained with", 1, (1, 10, 1)),
        slider("settings", "Spread between settings (SD of savings)", settings, (0, 0.05, 0.001)),
        slider("seeds", "Spread between seeds (SD of savings)", seeds, (0, 0.05, 0.001)),
    )
    many = np.arange(1, MOST + 1)
    table = zip(many, expected_best(many), strict=True)
    rows = altair.Data(values=[{"k": int(k), "best": round(float(e), 4)} for k, e in table])
    spread = "sqrt(settings * settings + seeds * seeds / repeats)"
    base = altair.Chart(rows).transform_calculate(
        shown=f"datum.best * {spread}",
        left=f"{spread} > 0 ? datum.best * settings * settings / {spread} : 0",
    )
    long = base.transform_fold(["shown", "left"], as_=["which", "gain"]).transform_calculate(
        kind=f"datum.which == 'shown' ? '{SHOWN}' : '{LEFT}'"
    )
    x = altair.X("k:Q", title="trials", scale=altair.Scale(domain=[1, MOST]))
    y = altair.Y("gain:Q", title="savings gained over the average setting")
    colours = altair.Scale(domain=[SHOWN, LEFT], range=[COLOURS["orange"], COLOURS["blue"]])
    legend = altair.Legend(orient="bottom", title=None, columns=1)
    colour = altair.Color("kind:N", scale=colours, legend=legend)
    told = (
        "(trials * repeats) + ' fits: shown ' + format(datum.shown, '+.3f') + ', left ' + "
        "format(datum.left, '+.3f')"
    )
    chart = altair.layer(
        long.mark_line(strokeWidth=2.5).encode(x=x, y=y, color=colour),
        long.transform_filter("datum.k == trials")
        .mark_point(filled=True, size=110, opacity=1)
        .encode(x=x, y=y, color=colour),
        base.transform_filter("datum.k == trials")
        .transform_calculate(told=told)
        .mark_text(align="left", baseline="bottom", fontWeight="bold")
        .encode(text="told:N", x=altair.value(0), y=altair.value(-6)),
    )
    chart = chart.add_params(*knobs).properties(height=280, title=QUESTION)
    shown, left = gains(trials, settings, seeds)
    alt = (
        f"The best of {trials} trials is {float(shown):.3f} above the average setting, and with "
        f"other seeds {float(left):.3f}; between settings savings have a standard deviation of "
        f"{settings:g}, between seeds of {seeds:g}."
    )
    return play(chart, _picture(trials, settings, seeds), alt=alt)


def spreads(same_settings: Iterable[ArrayLike], trials: Sequence[ArrayLike]) -> tuple[float, float]:
    """Return the standard deviation of savings between settings, and between seeds.

    Parameters
    ----------
    same_settings : iterable of array-like
        Savings of the same settings with several seeds, NaN where a seed chose them.
    trials : sequence of array-like
        Savings of the trials of each search, one seed each.

    Returns
    -------
    settings, seeds : float
        NaN where there is no second seed, or no second trial. The variance of the seeds is taken
        off that of the trials, and nothing is left where it is larger.

    Examples
    --------
    >>> settings, seeds = spreads([[0.70, 0.72]], [[0.70, 0.80]])
    >>> round(settings, 3), round(seeds, 3)
    (0.069, 0.014)
    """
    between_seeds, of_trials = (_variance(rows) for rows in (same_settings, trials))
    rest = np.maximum(of_trials - between_seeds, 0)
    return float(np.sqrt(rest)), float(np.sqrt(between_seeds))


def _variance(rows: Iterable[ArrayLike]) -> float:
    """Return the variance within rows, over all of them."""
    known = [row[~np.isnan(row)] for row in map(np.asarray, rows)]
    squares = sum(((row - row.mean()) ** 2).sum() for row in known if len(row) > 1)
    degrees = sum(len(row) - 1 for row in known if len(row) > 1)
    return squares / degrees if degrees else np.nan


def expected_best(trials: ArrayLike) -> NDArray[np.float64]:
    """Return the mean of the largest of so many draws from a standard normal distribution."""
    x = np.linspace(-8, 8, 4001)
    k = np.atleast_1d(trials)[:, None]
    return np.trapezoid(x * k * stats.norm.pdf(x) * stats.norm.cdf(x) ** (k - 1), x)


def gains(
    trials: ArrayLike, settings: float, seeds: float, repeats: int = 1
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what the best of so many trials shows, and what is left of it, as the chart has it."""
    spread = np.hypot(settings, seeds / np.sqrt(repeats))
    best = np.squeeze(expected_best(trials))
    return best * spread, best * settings**2 / spread if spread else 0 * best


def _picture(trials: int, settings: float, seeds: float) -> Figure:
    many = np.arange(1, MOST + 1)
    figure, axes = subplots()
    both = gains(many, settings, seeds), gains(trials, settings, seeds)
    names = zip(*both, (SHOWN, LEFT), (COLOURS["orange"], COLOURS["blue"]), strict=True)
    for line, here, name, colour in names:
        axes.plot(many, line, color=colour, label=name)
        axes.plot(trials, here, "o", color=colour, ms=8)
    axes.set(title=f"{QUESTION} One seed for each trial", xlabel="trials")
    axes.set_ylabel("savings gained over the average setting")
    axes.set_ylim(bottom=0)
    axes.legend(loc="upper left")
    return figure
