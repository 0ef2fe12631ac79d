"""How often an interval holds the truth, in worlds whose truth is known."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from prerelease import _validate, intervals


@dataclass(frozen=True)
class World:
    """Payments with scores from known distributions, in the course of one evening.

    Parameters
    ----------
    n_rows, n_frauds : int
        Payments, and frauds among them.
    seconds : float
        How long the evening is.
    burst : int, default 1
        Frauds that come together, within seconds and with one score; divides `n_frauds`.
    found, hidden, hidden_share : float
        Honest scores are standard normal; frauds are normal around `found`, or, for a share
        of them, around `hidden`.

    Examples
    --------
    >>> round(World(10_000, 75, 27_544.0).truth(), 2)
    0.83
    """

    n_rows: int
    n_frauds: int
    seconds: float
    burst: int = 1
    found: float = 5.0
    hidden: float = 0.5
    hidden_share: float = 0.17

    def __post_init__(self) -> None:
        """Refuse frauds that do not fill whole bursts."""
        _validate.integer(self.n_rows, "n_rows", low=2)
        _validate.integer(self.n_frauds, "n_frauds", low=1, high=self.n_rows - 1)
        _validate.integer(self.burst, "burst", low=1)
        if self.n_frauds % self.burst:
            msg = f"burst must divide n_frauds={self.n_frauds}, got {self.burst}."
            raise ValueError(msg)

    def truth(self) -> float:
        """Return the average precision of endless rows of this world."""
        cut = np.linspace(-8, 16, 100_001)
        hidden = self.hidden_share * stats.norm.sf(cut - self.hidden)
        recall = hidden + (1 - self.hidden_share) * stats.norm.sf(cut - self.found)
        caught = self.n_frauds * recall
        alerts = caught + (self.n_rows - self.n_frauds) * stats.norm.sf(cut)
        precision = np.divide(caught, alerts, out=np.ones_like(caught), where=alerts > 0)
        return float(-np.trapezoid(precision, recall))

    def draw(
        self, rng: np.random.Generator
    ) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
        """Return labels, scores and times (seconds, sorted) of one evening."""
        times = np.sort(rng.uniform(0, self.seconds, size=self.n_rows))
        y, score = np.zeros(self.n_rows, dtype=bool), rng.normal(size=self.n_rows)
        n = self.n_frauds // self.burst
        starts = rng.choice(self.n_rows // self.burst, n, replace=False) * self.burst
        middle = np.where(rng.random(n) < self.hidden_share, self.hidden, self.found)
        shared = middle + rng.normal(size=n)
        for step in range(self.burst):
            y[starts + step], score[starts + step] = True, shared
        return y, score, times


def coverage(
    world: World, *, block: float = 600.0, n_worlds: int = 200, seed: int = 0
) -> pd.DataFrame:
    """Return how often intervals of average precision, meant to hold 95 %, hold the truth.

    Parameters
    ----------
    world : World
        What evenings are drawn from.
    block : float, default 600
        Seconds of a block of the time-block bootstrap.
    n_worlds : int, default 200
        Evenings.
    seed : int, default 0
        Of the draws.

    Returns
    -------
    pandas.DataFrame
        Index ``scheme``; columns ``coverage``, ``low``, ``high`` (exact binomial interval, since
        few evenings are drawn) and ``half_width`` (mean, in average precision).

    Raises
    ------
    ValueError
        If `n_worlds` is below 1, or `block` is longer than half an evening.

    Examples
    --------
    >>> coverage(World(2000, 75, 27_544.0), n_worlds=5).index.tolist()
    ['stratified', 'time-block']
    """
    truth, found = world.truth(), {}
    for number in range(_validate.integer(n_worlds, "n_worlds", low=1)):
        y, score, times = world.draw(np.random.default_rng([seed, number]))
        for scheme in (intervals.Stratified(), intervals.Blocks(times, block)):
            interval = intervals.average_precision(
                y, score, scheme=scheme, method="percentile", n_resamples=400, seed=number
            )
            found.setdefault(scheme.name, []).append(interval)
    rows = {}
    for name, all_of_it in found.items():
        held = intervals.binomial(sum(truth in interval for interval in all_of_it), n_worlds)
        width = float(np.mean([interval.high - interval.low for interval in all_of_it])) / 2
        rows[name] = (held.estimate, held.low, held.high, width)
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=["coverage", "low", "high", "half_width"]
    ).rename_axis("scheme")
