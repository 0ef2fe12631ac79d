"""Whether explanations stay when what should not matter changes."""

from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t as student

from prerelease import _validate
from prerelease.intervals import Interval

from ._resamples import alike
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
    runs = np.concatenate([side[importance.columns].to_numpy(np.float64) for side in sides])
    side_of = np.repeat(np.arange(len(sides)), [len(side) for side in sides])
    pairs = np.full((len(runs), len(runs)), np.nan)
    for one, two in combinations(range(len(runs)), 2):
        if other is None or side_of[one] != side_of[two]:
            pairs[one, two] = alike(runs[[one]], runs[[two]], top)[0]
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
