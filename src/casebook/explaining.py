"""Explanations held against each other, and against the definition."""

from collections.abc import Callable
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata
from scipy.stats import t as student

from prerelease import _validate
from prerelease.explain._resamples import Reading, Resamples
from prerelease.intervals import Interval

Floats = NDArray[np.float64]

__all__ = ["agreement", "exact_shapley", "row_agreement"]


def exact_shapley(score: Callable[[Floats], Floats], X: ArrayLike, background: ArrayLike) -> Floats:
    r"""Return Shapley values by going through all sets of columns.

    Parameters
    ----------
    score : callable
        Takes an array of shape (rows, features), returns a score a row.
    X : array-like, shape (n, features)
        Rows to be explained; at most 12 columns, since there are :math:`2^p` sets.
    background : array-like, shape (m, features)
        Rows that stand in for what is not known.

    Returns
    -------
    ndarray, shape (n, features)
        What each column adds to the mean score of the background, in the score's unit.

    Raises
    ------
    ValueError
        If there are too many columns.

    Notes
    -----
    :math:`v(S)` is the mean score of the background rows with the columns of `S` set to the
    row's values (interventional). The formula is in `prerelease.explain.attribute`.

    References
    ----------
    .. [1] Shapley (1953). A value for n-person games. Contributions to the Theory of Games II,
       307-317. Princeton University Press.

    Examples
    --------
    >>> exact_shapley(lambda rows: rows @ [2.0, 1.0], [[1.0, 1.0]], [[0.0, 0.0]]).tolist()
    [[2.0, 1.0]]
    """
    rows, others = np.asarray(X, dtype=np.float64), np.asarray(background, dtype=np.float64)
    p = _validate.integer(rows.shape[1], "the number of columns", low=1, high=12)

    def worth(known: tuple[int, ...]) -> Floats:
        """Return, for each row, the mean score of the others with its known columns."""
        mixed = np.repeat(others[None], len(rows), axis=0)
        mixed[:, :, known] = rows[:, None, known]
        return np.asarray(score(mixed.reshape(-1, p))).reshape(len(rows), -1).mean(axis=1)

    sets = [known for size in range(p + 1) for known in combinations(range(p), size)]
    of, result = {known: worth(known) for known in sets}, np.zeros(rows.shape)
    for known in sets:
        share = factorial(len(known)) * factorial(max(p - len(known) - 1, 0)) / factorial(p)
        for column in set(range(p)) - set(known):
            result[:, column] += share * (of[tuple(sorted((*known, column)))] - of[known])
    return result


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
        If there are fewer than three runs (two on each side), or `top` is not a number of columns.

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
    sides = [importance] if other is None else [importance, other[importance.columns]]
    for side in sides:
        _validate.integer(len(side), "the number of runs", low=4 - len(sides))
    runs = np.concatenate([side.to_numpy(np.float64) for side in sides])
    side_of = np.repeat(np.arange(len(sides)), [len(side) for side in sides])
    pairs = np.full((len(runs), len(runs)), np.nan)
    for one, two in combinations(range(len(runs)), 2):
        if other is None or side_of[one] != side_of[two]:
            pairs[one, two] = _alike(runs[[one]], runs[[two]], top)[0]
    estimate = min(float(np.nanmean(pairs)), 1.0)  # not above 1 by a rounding error
    error = np.sqrt(sum(_jackknife(pairs, np.flatnonzero(side_of == one)) for one in set(side_of)))
    freedom = min(len(side) for side in sides) - 1
    reach, least = student.ppf(0.975, freedom) * error, 0.0 if top is not None else -1.0
    low, high = max(least, estimate - reach), min(1.0, estimate + reach)
    return Interval(estimate, low, high, 0.95, "jackknife", len(runs))


def _jackknife(pairs: Floats, runs: NDArray[np.intp]) -> float:
    """Return the variance of the mean of all pairs by leaving out each of the runs."""
    left = np.array(
        [np.nanmean(np.delete(np.delete(pairs, run, axis=0), run, axis=1)) for run in runs]
    )
    return float((len(runs) - 1) / len(runs) * ((left - left.mean()) ** 2).sum())


def row_agreement(
    one: Reading, other: Reading, rows: Resamples, *, top: int | None = None
) -> Interval:
    """Return how far two readings of importance agree, whatever rows they were read on.

    Parameters
    ----------
    one, other : tuple of ndarray, shapes (features,) and (resamples, features)
        What each column is worth, on the rows and on each resample, such as
        ``rows.means(contributions.abs())`` returns; a single resample where it does not depend
        on the rows.
    rows : Resamples
        What they were read on (`prerelease.explain.resample`).
    top : int, optional
        With it, the share of the `top` columns that both have in common; without, the rank
        correlation (Spearman) of all columns.

    Returns
    -------
    Interval
        1 if they agree. It knows the luck of the rows, not that of two trainings.

    Raises
    ------
    ValueError
        If `top` is not a number of columns.

    Notes
    -----
    A resample adds noise to both readings, and noise lowers a rank correlation: the lower end
    is careful, and the estimate lies near the upper one.

    Examples
    --------
    >>> from prerelease import explain
    >>> rows = explain.resample([0, 1, 0, 1], n_resamples=100)
    >>> one, other = ((np.array(x), np.array([x])) for x in ([3.0, 2.0, 1.0], [3.0, 1.0, 2.0]))
    >>> print(row_agreement(one, other, rows))
    0.500 [0.500, 0.500]
    """
    estimate = _alike(one[0][None], other[0][None], top)
    return rows.interval(estimate[0], _alike(one[1], other[1], top))


def _alike(one: Floats, other: Floats, top: int | None) -> Floats:
    """Return how far each row of one table agrees with that of the other."""
    if top is None:
        return rank_correlation(one, other)
    _validate.integer(top, "top", low=1, high=one.shape[1])
    first = [np.argsort(-side, axis=1, kind="stable")[:, :top] for side in (one, other)]
    return (first[0][:, :, None] == first[1][:, None, :]).any(axis=2).mean(axis=1)


def rank_correlation(one: Floats, other: Floats) -> Floats:
    """Return Spearman's rank correlation of each row of one table with that of the other."""
    sides = [rankdata(side, axis=1) for side in (one, other)]
    sides = [side - side.mean(axis=1, keepdims=True) for side in sides]
    norm = np.sqrt((sides[0] ** 2).sum(axis=1) * (sides[1] ** 2).sum(axis=1))
    products = (sides[0] * sides[1]).sum(axis=1)
    return np.divide(products, norm, out=np.full(len(norm), np.nan), where=norm > 0)
