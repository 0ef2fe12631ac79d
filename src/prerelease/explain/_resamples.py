"""Resamples of rows that any measure of any scores is read on: drawn once for all of them."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_matrix

from prerelease import _validate
from prerelease.intervals import Interval, from_draws, joint_level
from prerelease.intervals._bootstrap import Options
from prerelease.intervals._draws import row_counts

from ._score import Floats

Reading = tuple[Floats, Floats]


@dataclass(frozen=True, eq=False)
class Resamples:
    """Rows, and how much of each is in each resample.

    Parameters
    ----------
    positive : ndarray of bool, shape (n,)
        Their labels.
    weight : ndarray, shape (n,)
        How many real rows each row stands for.
    counts : ndarray, shape (n, resamples)
        How many real rows each row stands for in each resample.
    scheme : str
        How they were drawn.
    seed : int
        Of the draw.
    level : float
        With which probability intervals of it hold together.
    """

    positive: NDArray[np.bool_] = field(repr=False)
    weight: Floats = field(repr=False)
    counts: Floats = field(repr=False)
    scheme: str
    seed: int
    level: float

    def read(self, metric: Any, column: Floats) -> tuple[float, Floats]:
        """Return a metric of one column of scores: of the rows as they are, and resampled."""
        _validate.same_length(y=self.positive, score=column)
        kernel = metric.kernel(self.positive, column)
        n = len(column)
        cells = csr_matrix((np.ones(n), (kernel.cell, np.arange(n))), (kernel.n_cells, n))
        return (
            float(kernel.evaluate((cells @ self.weight)[None])[0]),
            kernel.evaluate(np.ascontiguousarray((cells @ self.counts).T)),
        )

    def means(self, values: ArrayLike, where: ArrayLike | None = None) -> Reading:
        """Return the mean of each column: of the rows as they are, and resampled.

        Where only some rows have values, `where` says which: a bool for each row.
        """
        table = np.asarray(values, dtype=np.float64)
        kept = np.ones(len(self.positive), dtype=bool) if where is None else np.asarray(where)
        drawn, weight = self.counts[kept], self.weight[kept]
        _validate.same_length(rows=weight, values=table)
        resampled = (table.T @ drawn / drawn.sum(axis=0)).T
        return weight @ table / weight.sum(), resampled

    def interval(self, estimate: float, resampled: Floats, *, asked: int = 1) -> Interval:
        """Return the percentile interval of resampled values, stretched to hold the estimate."""
        return from_draws(
            estimate,
            resampled,
            level=joint_level(asked, level=self.level),
            method=f"{self.scheme} percentile",
            n=len(self.positive),
            n_positive=int(self.positive.sum()),
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
        1 is a positive.
    sample_weight, scheme, level, n_resamples, seed
        As for `prerelease.intervals.bootstrap`.
    method : {"percentile"}
        Taken so that options of `bootstrap` can be passed on.

    Returns
    -------
    Resamples
        The same for all measures and scores that are read on it, so that differences are
        paired. ``read(metric, scores)`` and ``means(values)`` return what something is on the
        rows and on each resample, ``interval(estimate, resampled)`` the interval of that.

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
    positive = _validate.binary(y, "y")
    weight = _validate.weights(sample_weight, "sample_weight", len(positive))
    _validate.choice(method, "method", ("percentile",))
    scheme = Options(scheme, method, level, n_resamples, seed).scheme
    labels = positive.astype(np.float64)
    drawn = np.concatenate([*row_counts(scheme, labels, n_resamples=n_resamples, seed=seed)])
    counts = np.ascontiguousarray(drawn.T) * weight[:, None]
    return Resamples(positive, weight, counts, scheme.name, seed, level)
