"""Whether explanations stay when what should not matter changes."""

from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from prerelease import _validate
from prerelease.intervals import Blocks, Interval, Kernel

from ._resamples import Resamples, rank_correlation
from ._score import Floats


def agreement(
    importance: pd.DataFrame, other: pd.DataFrame | None = None, *, top: int | None = None
) -> Interval:
    r"""Return how far several explanations agree, on average over all pairs.

    Parameters
    ----------
    importance : DataFrame, shape (runs, features)
        Importance of each column in each of several runs.
    other : DataFrame, shape (other runs, features), optional
        With it, only pairs of one run here and one run there are compared.
    top : int, optional
        With it, the share of the `top` columns that two runs have in common; without, the rank
        correlation (Spearman) of all columns.

    Returns
    -------
    Interval
        1 if all runs agree. ``n`` is the number of runs, on which the interval rests.

    Raises
    ------
    ValueError
        If there are fewer than three runs (two on each side), columns differ, or `top` is not a
        number of columns.

    Notes
    -----
    Pairs that share a run are not independent, so the interval is made by leaving out one run
    at a time (jackknife), with Student's t for one run less than the smaller side has: with
    two or three runs it says little, and should. It is cut off at what is possible.

    References
    ----------
    .. [1] Efron and Tibshirani (1993). An introduction to the bootstrap, chapter 11.

    Examples
    --------
    >>> runs = pd.DataFrame([[3, 2, 1], [3, 2, 1], [3, 1, 2]], columns=["a", "b", "c"])
    >>> round(agreement(runs).estimate, 3), agreement(runs, top=1).estimate
    (0.667, 1.0)
    """
    sides = [importance] if other is None else [importance, other]
    for side in sides:
        _validate.integer(len(side), "the number of runs", low=3 if other is None else 2)
        if set(side.columns) != set(importance.columns):
            msg = "importance and other must hold the same columns."
            raise ValueError(msg)
    if top is not None:
        _validate.integer(top, "top", low=1, high=importance.shape[1])
    runs = pd.concat([side[importance.columns] for side in sides], ignore_index=True)
    side_of = np.repeat(np.arange(len(sides)), [len(side) for side in sides])
    pairs = _pairs(runs, side_of, top)
    estimate = min(float(np.nanmean(pairs)), 1.0)  # not above 1 by a rounding error
    error = np.sqrt(sum(_jackknife(pairs, np.flatnonzero(side_of == one)) for one in set(side_of)))
    freedom = min(len(side) for side in sides) - 1
    reach, least = student.ppf(0.975, freedom) * error, 0.0 if top is not None else -1.0
    low, high = max(least, estimate - reach), min(1.0, estimate + reach)
    return Interval(estimate, low, high, 0.95, "jackknife", len(runs))


def row_agreement(
    one: pd.DataFrame,
    other: pd.DataFrame,
    rows: Resamples,
    *,
    where: ArrayLike | None = None,
    top: int | None = None,
) -> Interval:
    """Return how far two explanations of the same rows agree, whatever rows these are.

    Parameters
    ----------
    one, other : DataFrame, shape (n, features)
        What each column was worth in each row, by two models or two methods; signs are left
        out, and means over the rows compared.
    rows : Resamples
        How the rows are drawn, by `resample`.
    where : array-like of bool, optional
        Which of those rows these are; all by default.
    top : int, optional
        As in `agreement`.

    Returns
    -------
    Interval
        1 if they agree. It knows the luck of the rows, not that of the two trainings.

    Raises
    ------
    ValueError
        If shapes or columns differ, or `top` is not a number of columns.

    Examples
    --------
    >>> from prerelease.explain import resample
    >>> one = pd.DataFrame({"a": [3.0, -4.0], "b": [1.0, 2.0], "c": [0.0, 1.0]})
    >>> rows = resample([0, 1, 0, 1], n_resamples=100)
    >>> print(row_agreement(one, one**2, rows, where=rows.fraud))
    1.000 [1.000, 1.000]
    """
    if len(one) != len(other) or list(one.columns) != list(other.columns):
        msg = (
            "one and other must be of the same rows and columns, got shapes "
            f"{one.shape} and {other.shape}."
        )
        raise ValueError(msg)
    if top is not None:
        _validate.integer(top, "top", low=1, high=one.shape[1])
    means = [rows.means(side.abs(), where) for side in (one, other)]
    estimate, drawn = (
        _alike_rows(*(np.atleast_2d(side[part]) for side in means), top) for part in (0, 1)
    )
    return rows.interval(estimate[0], drawn)


def _pairs(runs: pd.DataFrame, side_of: NDArray[np.intp], top: int | None) -> Floats:
    """Return how far each pair of runs agrees; NaN where they are not to be compared."""
    pairs = np.full((len(runs), len(runs)), np.nan)
    across = side_of.max() > 0
    for one, other in combinations(range(len(runs)), 2):
        if not across or side_of[one] != side_of[other]:
            pairs[one, other] = _alike(runs.iloc[one], runs.iloc[other], top)
    return pairs


def _jackknife(pairs: Floats, runs: NDArray[np.intp]) -> float:
    """Return the variance of the mean of all pairs by leaving out each of the runs."""
    left = np.array(
        [np.nanmean(np.delete(np.delete(pairs, run, axis=0), run, axis=1)) for run in runs]
    )
    return float((len(runs) - 1) / len(runs) * ((left - left.mean()) ** 2).sum())


def _alike(one: pd.Series, other: pd.Series, top: int | None) -> float:
    return float(_alike_rows(one.to_numpy()[None], other.to_numpy()[None], top)[0])


def _alike_rows(one: Floats, other: Floats, top: int | None) -> Floats:
    """Return how far each row of one table agrees with that of the other."""
    if top is None:
        return rank_correlation(one, other)
    first = [np.argsort(-side, axis=1, kind="stable")[:, :top] for side in (one, other)]
    return (first[0][:, :, None] == first[1][:, None, :]).any(axis=2).mean(axis=1)


def block_counts(times: ArrayLike, seconds: float, n_resamples: int, *, seed: int = 0) -> Floats:
    """Return how often each row is in each of several block bootstraps of the rows.

    Parameters
    ----------
    times : array-like, shape (n,)
        Seconds, sorted.
    seconds : float
        Length of a block (`prerelease.intervals.Blocks`).
    n_resamples : int
        At least 1.
    seed : int, default 0
        Of the draw.

    Returns
    -------
    ndarray, shape (n_resamples, n)
        Counts: weights for a fit. Rows with a count of 0 are to be left out of it.

    Raises
    ------
    ValueError
        If times are not sorted, or blocks are too long.

    Examples
    --------
    >>> block_counts([0.0, 1.0, 2.0, 3.0], 2.0, 5).shape
    (5, 4)
    """
    blocks = Blocks(times, seconds)
    _validate.integer(n_resamples, "n_resamples", low=1)
    n = len(blocks.times)
    rows = Kernel(np.arange(n), n, lambda counts: counts)
    rng = np.random.default_rng(_validate.integer(seed, "seed", low=0))
    return np.concatenate(list(blocks.draw(rows, np.zeros(n, dtype=np.intp), n_resamples, rng)))
