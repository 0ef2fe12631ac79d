"""Resamples of rows that any measure of any scores is read on: drawn once for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_matrix
from scipy.stats import rankdata

from prerelease import _validate, intervals
from prerelease.intervals import Interval, Kernel

from ._score import Floats


@dataclass(frozen=True, eq=False)
class Resamples:
    """Rows, and how much of each is in each resample.

    Parameters
    ----------
    fraud : ndarray of bool, shape (n,)
        Their labels.
    weight : ndarray, shape (n,)
        How many real payments each row stands for.
    counts : ndarray, shape (n, resamples)
        How many real payments each row stands for in each resample.
    scheme : str
        How they were drawn.
    seed : int
        Of the draw.
    level : float, default 0.95
        With which probability intervals of it hold together.
    """

    fraud: NDArray[np.bool_] = field(repr=False)
    weight: Floats = field(repr=False)
    counts: Floats = field(repr=False)
    scheme: str
    seed: int
    level: float = 0.95

    def read(self, metric: Any, column: Floats) -> tuple[float, Floats]:
        """Return a metric of one column of scores: of the rows as they are, and resampled."""
        _validate.same_length(y=self.fraud, score=column)
        kernel = metric.kernel(self.fraud, column)
        n = len(column)
        cells = csr_matrix((np.ones(n), (kernel.cell, np.arange(n))), (kernel.n_cells, n))
        return (
            float(kernel.evaluate((cells @ self.weight)[None])[0]),
            kernel.evaluate(np.ascontiguousarray((cells @ self.counts).T)),
        )

    def means(self, values: ArrayLike, where: ArrayLike | None = None) -> tuple[Floats, Floats]:
        """Return the mean of each column: of the rows as they are, and resampled.

        Where only some rows have values, `where` says which: a bool for each row.
        """
        table = np.asarray(values, dtype=np.float64)
        kept = np.ones(len(self.fraud), dtype=bool) if where is None else np.asarray(where)
        drawn, weight = self.counts[kept], self.weight[kept]
        _validate.same_length(rows=weight, values=table)
        resampled = (table.T @ drawn / drawn.sum(axis=0)).T
        return weight @ table / weight.sum(), resampled

    def interval(self, estimate: float, resampled: Floats, *, asked: int = 1) -> Interval:
        """Return the percentile interval of resampled values, stretched to hold the estimate."""
        level = intervals.joint_level(asked, level=self.level)
        tails = [(1 - level) / 2, (1 + level) / 2]
        low, high = np.quantile(resampled[~np.isnan(resampled)], tails)
        return Interval(
            float(estimate),
            min(float(low), float(estimate)),
            max(float(high), float(estimate)),
            level,
            f"{self.scheme} percentile",
            len(self.fraud),
            int(self.fraud.sum()),
        )


def resample(  # noqa: PLR0913 - the rows, and the options of the draw
    y: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    scheme: Any = None,
    method: str = "percentile",
    level: float = 0.95,
    n_resamples: int = 2000,
    seed: int = 0,
) -> Resamples:
    """Draw resamples of rows, for `permutation_importance` and all that is held against it.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud.
    sample_weight, scheme, level, n_resamples, seed
        As for `prerelease.intervals.bootstrap`.
    method : {"percentile"}
        Taken so that options of `bootstrap` can be passed on.

    Returns
    -------
    Resamples
        The same for all measures and scores that are read on it, so that differences are paired.

    Raises
    ------
    ValueError
        If lengths differ, a label is neither 0 nor 1, a class is missing, or an option is none.

    Examples
    --------
    >>> rows = resample([0, 1, 0, 1], n_resamples=100)
    >>> rows.counts.shape, rows.scheme
    ((4, 100), 'stratified')
    """
    fraud = _validate.binary(y, "y")
    weight = _validate.weights(sample_weight, "sample_weight", len(fraud))
    scheme = scheme or intervals.Stratified()
    _validate.choice(method, "method", ("percentile",))
    _validate.number(level, "level", above=0, below=1)
    _validate.integer(n_resamples, "n_resamples", low=100)
    rng = np.random.default_rng(_validate.integer(seed, "seed", low=0))
    each = Kernel(np.arange(len(fraud)), len(fraud), lambda counts: counts)
    strata = scheme.strata(fraud.astype(np.float64))
    drawn = np.concatenate(list(scheme.draw(each, strata, n_resamples, rng)))
    counts = np.ascontiguousarray(drawn.T) * weight[:, None]
    return Resamples(fraud, weight, counts, scheme.name, seed, level)


def rank_agreement(
    readings: pd.DataFrame, resampled: Mapping[str, Floats], rows: Resamples
) -> pd.DataFrame:
    """Return the rank correlation of each pair of readings of importance, with its interval.

    Parameters
    ----------
    readings : DataFrame, shape (features, readings)
        What each column is worth by each reading.
    resampled : mapping of str to ndarray, shape (resamples, features)
        The same on the resamples; a reading that is not there does not depend on the rows.
    rows : Resamples
        What they were read on.

    Returns
    -------
    DataFrame, shape (readings, readings)
        Of `Interval`: Spearman's rank correlations.

    Notes
    -----
    A resample adds noise to both readings, and noise lowers a rank correlation: the lower end
    is careful, and the estimate lies near the upper one.

    Examples
    --------
    >>> rows = resample([0, 1, 0, 1], n_resamples=100)
    >>> readings = pd.DataFrame({"one": [3.0, 2.0, 1.0], "other": [3.0, 1.0, 2.0]})
    >>> print(rank_agreement(readings, {}, rows).loc["one", "other"])
    0.500 [0.500, 0.500]
    """
    names = list(readings.columns)
    of_all = {name: readings[name].to_numpy()[None] for name in names}
    n = rows.counts.shape[1]
    draws = {name: resampled.get(name, np.repeat(of_all[name], n, axis=0)) for name in names}
    table = pd.DataFrame(index=names, columns=names, dtype=object)
    for one in names:
        for other in names:
            estimate = float(rank_correlation(of_all[one], of_all[other])[0])
            many = rank_correlation(draws[one], draws[other])
            table.loc[one, other] = rows.interval(estimate, many)
    return table


def rank_correlation(one: Floats, other: Floats) -> Floats:
    """Return Spearman's rank correlation of each row of one table with that of the other.

    Parameters
    ----------
    one, other : array-like, shape (n, features)
        The same columns in the same order.

    Returns
    -------
    ndarray, shape (n,)

    Examples
    --------
    >>> rank_correlation([[1.0, 2.0, 3.0]], [[3.0, 2.0, 1.0]]).round(6).tolist()
    [-1.0]
    """
    sides = [rankdata(np.asarray(side, dtype=np.float64), axis=1) for side in (one, other)]
    sides = [side - side.mean(axis=1, keepdims=True) for side in sides]
    norm = np.sqrt((sides[0] ** 2).sum(axis=1) * (sides[1] ** 2).sum(axis=1))
    products = (sides[0] * sides[1]).sum(axis=1)
    return np.divide(products, norm, out=np.full(len(norm), np.nan), where=norm > 0)
