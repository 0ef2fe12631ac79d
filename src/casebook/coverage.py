"""How long blocks of time must be, and how often intervals hold the truth where it is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray

from casebook import data, leaks
from prerelease import _validate, intervals
from prerelease import costs as money

WAYS: dict[str, tuple[float | None, str]] = {
    "each fraud on its own, percentile": (None, "percentile"),
    "blocks of ten minutes, percentile": (600.0, "percentile"),
    "blocks of ten minutes, BCa": (600.0, "bca"),
    "blocks of half an hour, percentile": (1800.0, "percentile"),
}
"""Seconds of a block, or none for a stratified bootstrap of average precision, and the method."""
GAP = 600.0
"""A burst of the worlds ends when no fraud follows within so many seconds."""
_LOW, _COARSE = 0.9, 20
"""Of the honest payments with the lowest scores, this share, one row stands for so many."""


@dataclass(frozen=True, eq=False)
class World:
    """Evenings made of the bursts of real rows, so that the truth about them is known.

    Parameters
    ----------
    rows : pandas.DataFrame
        Scored payments: ``Time`` (seconds, sorted), ``Amount`` (euros), ``Class``, ``score``.
    threshold : float
        Scores from here on are blocked.
    costs : CostModel
        What each outcome costs.
    seconds : float
        How long an evening is; it has as many bursts and payments as such a time of `rows` has
        on average.

    Notes
    -----
    A burst comes whole, with its scores, amounts and pauses, at any moment of the evening; their
    number is Poisson. Honest payments are drawn one by one. Of those with low scores a row
    stands for several, which changes no measure that anybody could see, and is fast.

    Examples
    --------
    >>> sample = data.load_sample().assign(score=lambda rows: 0.9 * rows["Class"])
    >>> world = World(sample, threshold=0.5, costs=money.CostModel(), seconds=27_000)
    >>> world.truth()["recall"], len(world.bursts) < 492
    (1.0, True)
    """

    rows: pd.DataFrame
    threshold: float
    costs: money.CostModel
    seconds: float

    @cached_property
    def bursts(self) -> list[NDArray[np.intp]]:
        """Positions of the rows of each real burst."""
        frauds = np.flatnonzero(self.rows["Class"] == 1)
        pauses = np.diff(self.rows["Time"].to_numpy()[frauds])
        return np.split(frauds, np.flatnonzero(pauses > GAP) + 1)

    @cached_property
    def honest(self) -> list[tuple[NDArray[np.intp], int, float]]:
        """Parts of the honest payments: which, how many rows are drawn, what each stands for."""
        honest, weight = np.flatnonzero(self.rows["Class"] == 0), data.sampling_weights(self.rows)
        honest = honest[np.argsort(self.rows["score"].to_numpy()[honest], kind="stable")]
        low, high = np.split(honest, [int(_LOW * len(honest))])
        parts = []
        for part, coarse in ((low, _COARSE), (high, 1)):
            total = weight[part].sum() * self._share
            n = max(1, round(total / coarse))
            parts.append((part, n, total / n))
        return parts

    @cached_property
    def _share(self) -> float:
        """How much of the rows' time an evening is."""
        return self.seconds / float(np.ptp(self.rows["Time"]))

    def draw(self, rng: np.random.Generator) -> tuple[pd.DataFrame, NDArray[np.float64]]:
        """Return the payments of an evening, in order of time, and what each stands for."""
        moments = self.rows["Time"].to_numpy()
        places, times, weights = [], [], []
        for part, n, weight in self.honest:
            places.append(part[rng.integers(len(part), size=n)])
            times.append(rng.uniform(0, self.seconds, size=n))
            weights.append(np.full(n, weight))
        # An evening without a single fraud has no recall: it is not drawn.
        n_bursts = max(1, rng.poisson(len(self.bursts) * self._share))
        for number in rng.integers(len(self.bursts), size=n_bursts):
            place = self.bursts[number]
            since = moments[place] - moments[place[0]] + rng.uniform(0, self.seconds)
            places.append(place)
            times.append(since % self.seconds)
            weights.append(np.ones(len(place)))
        time = np.concatenate(times)
        order = np.argsort(time, kind="stable")
        evening = self.rows.iloc[np.concatenate(places)[order]]
        return evening.assign(Time=time[order]), np.concatenate(weights)[order]

    def measures(self, rows: pd.DataFrame) -> dict[str, tuple[Any, ...]]:
        """Return what `casebook.leaks.measures` says of an evening."""
        score = rows["score"].to_numpy()
        # Per 1,000 payments of an evening: how many there are is no part of the doubt.
        payments = [n * each for _, n, each in self.honest]
        found = leaks.measures(
            rows, [score], [score >= self.threshold], costs=self.costs, weight=payments
        )
        return {name: (metric, values[0], kept) for name, (metric, values, kept) in found.items()}

    def truth(self) -> dict[str, float]:
        """Return each measure of endless such evenings."""
        weight = np.full(len(self.rows), self._share)
        for part, n, each in self.honest:
            weight[part] = n * each / len(part)
        return {
            name: intervals.value(
                metric, self.rows["Class"][kept], values[kept], sample_weight=weight[kept]
            )
            for name, (metric, values, kept) in self.measures(self.rows).items()
        }


def coverage(
    world: World,
    *,
    ways: Mapping[str, tuple[float | None, str]] | None = None,
    n_worlds: int = 200,
    n_resamples: int = 400,
) -> pd.DataFrame:
    """Return how often intervals that are meant to hold 95 % hold the truth of a world.

    Parameters
    ----------
    world : World
        What evenings are drawn from.
    ways : mapping of str to (float or None, str), optional
        Ways to draw an interval: seconds of a block, or None for a stratified bootstrap, and
        the method. `WAYS` by default.
    n_worlds : int, default 200
        Evenings.
    n_resamples : int, default 400
        Of each bootstrap.

    Returns
    -------
    pandas.DataFrame
        Index ``way``, ``measure``; columns ``held``, ``below`` and ``above`` (evenings whose
        interval holds the truth, or lies below or above it), ``coverage`` with ``low`` and
        ``high`` (exact binomial interval, since few evenings are drawn), ``half_width`` (mean).

    Raises
    ------
    ValueError
        If `n_worlds` is below 1, or a block is longer than half an evening.

    Examples
    --------
    >>> sample = data.load_sample().assign(score=lambda rows: rows["Class"] * 0.5)
    >>> world = World(sample, threshold=0.5, costs=money.CostModel(), seconds=27_000)
    >>> found = coverage(world, n_worlds=2, n_resamples=100)
    >>> found.loc[("blocks of ten minutes, BCa", "recall"), "held"]
    np.int64(2)
    """
    n_worlds = _validate.integer(n_worlds, "n_worlds", low=1)
    ways, truth = WAYS if ways is None else ways, world.truth()

    def one(number: int) -> dict[tuple[str, str], tuple[float, ...]]:
        rows, weight = world.draw(np.random.default_rng([0, number]))
        found = {}
        for name, (metric, values, kept) in world.measures(rows).items():
            for way, (seconds, method) in ways.items():
                if seconds is None and name != "average precision":
                    continue  # without time, rows that cost nothing would have to be drawn, too
                of_time = seconds and intervals.Blocks(rows["Time"][kept], seconds)
                drawn = intervals.bootstrap(
                    metric, rows["Class"][kept], values[kept], sample_weight=weight[kept],
                    scheme=of_time or intervals.Stratified(), method=method,
                    n_resamples=n_resamples, seed=number,
                )  # fmt: skip
                sides = drawn.high < truth[name], drawn.low > truth[name]
                found[way, name] = (not any(sides), *sides, drawn.half_width)
        return found

    pool = Parallel(n_jobs=2, prefer="threads")
    found = pool(delayed(one)(number) for number in range(n_worlds))
    rows = {}
    for key in found[0]:
        held, below, above, width = np.sum([evening[key] for evening in found], axis=0)
        share = intervals.binomial(int(held), n_worlds)
        counts = int(held), int(below), int(above)
        rows[key] = (*counts, share.estimate, share.low, share.high, width / n_worlds)
    columns = ["held", "below", "above", "coverage", "low", "high", "half_width"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return table.set_index(pd.MultiIndex.from_tuples(table.index, names=["way", "measure"]))
