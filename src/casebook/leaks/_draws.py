"""Intervals of one quantity that was measured several times: over the rows and the repetitions."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casebook import conventions
from prerelease import intervals
from prerelease.intervals import Interval, redrawn

Floats = NDArray[np.float64]
_UPPER, _COARSE = 0.95, 20


def measured(  # noqa: PLR0913 - all but the data are keywords
    metric: Any,
    y_true: ArrayLike,
    first: Sequence[ArrayLike],
    second: Sequence[ArrayLike] = (),
    *,
    scheme: Any,
    level: float,
    method: str = "percentile",
    **options: Any,
) -> Interval:
    """Return a metric, or by how much it is higher for the first side than for the second.

    Parameters
    ----------
    metric, y_true, scheme, level
        As for `prerelease.intervals.bootstrap`; the method is its percentile.
    first, second : sequence of array-like of shape (n,)
        What the metric is computed from, for each repetition of a side; one alone where the
        second is empty.
    **options
        Of `prerelease.intervals.replicates`.

    Returns
    -------
    Interval
        Of the mean over repetitions, on the same resamples of rows. Each resample draws, for
        each of the S repetitions of a side, one of them with replacement; so few vary too little
        among themselves, so what a resample deviates by is stretched by the root of S / (S - 1).

    Examples
    --------
    >>> y, scores = [0, 0, 1, 1], [[0.1, 0.2, 0.8, 0.9], [0.1, 0.8, 0.2, 0.9]]
    >>> how = {"scheme": intervals.Stratified(), "level": 0.95, "n_resamples": 100}
    >>> round(measured(intervals.AveragePrecision(), y, scores, **how).estimate, 3)
    0.917
    """
    columns, n, weight = [*first, *second], len(first), options.get("sample_weight")
    found = [intervals.value(metric, y_true, column, sample_weight=weight) for column in columns]
    draws = intervals.replicates(metric, y_true, columns, scheme=scheme, **options)
    estimate, resampled = np.mean(found[:n]), _over_repeats(draws[:n], 1)
    if len(second):
        estimate, resampled = estimate - np.mean(found[n:]), resampled - _over_repeats(draws[n:], 2)
    luck = " over rows and repetitions" if max(n, len(second)) > 1 else ""
    return intervals.from_draws(
        estimate,
        resampled,
        level=level,
        method=f"{scheme.name} {method}{luck}",
        n=len(columns[0]),
        n_positive=int(np.sum(y_true)),
    )


def fewer(
    y_true: ArrayLike, scores: Sequence[ArrayLike], weight: ArrayLike
) -> tuple[NDArray[np.intp], Floats]:
    """Return rows that stand for all in a bootstrap of a ranking, and how many each is.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        1 = fraud.
    scores : sequence of array-like of shape (n,)
        One or several scores of each row.
    weight : array-like of shape (n,)
        How many real rows each row stands for.

    Returns
    -------
    kept : ndarray of int
        All frauds, all honest rows that some score puts among its upper twentieth, the first and
        the last row, and of the others one in twenty, in their order.
    weight : ndarray of float
        With the same sum as before.

    Notes
    -----
    A fraud that lies below the upper twentieth adds next to nothing to average precision, and
    what it adds hardly depends on which honest rows are above it. A test holds that.

    Examples
    --------
    >>> y, score = np.arange(1000) < 2, np.arange(1000)[::-1]
    >>> kept, weight = fewer(y, [score], np.ones(1000))
    >>> len(kept), weight.sum()
    (101, np.float64(1000.0))
    """
    honest = np.asarray(y_true) == 0
    low = honest.copy()
    for score in scores:
        values = np.asarray(score, dtype=np.float64)
        low &= values < np.quantile(values[honest], _UPPER)
    low[[0, -1]] = False  # the ends say how long the time is, so that the blocks stay as they are
    place = np.flatnonzero(low)
    few = place[::_COARSE]
    stands_for = np.array(weight, dtype=np.float64)
    if len(few):
        stands_for[few] *= stands_for[place].sum() / stands_for[few].sum()
    kept = ~low
    kept[few] = True
    return np.flatnonzero(kept), stands_for[kept]


def ranked(
    df: Any, first: Sequence[ArrayLike], second: Sequence[ArrayLike] = (), **options: Any
) -> Interval:
    """Return average precision, or a difference of two, with an interval from few rows.

    Parameters
    ----------
    df : pandas.DataFrame
        Rows with ``Time`` (seconds, sorted) and ``Class``.
    first, second : sequence of array-like of shape (n,)
        As for `measured`.
    **options
        As for `measured`; `conventions.drawn` by default.

    Returns
    -------
    Interval
        The estimate is that of all rows; the draws are of those that `fewer` keeps.

    Examples
    --------
    >>> from casebook import data
    >>> sample = data.load_sample()
    >>> weight = data.sampling_weights(sample)
    >>> f"{ranked(sample, [sample['V4']], sample_weight=weight, n_resamples=100):.2f}"
    '0.29 [0.19, 0.41]'
    """
    labels, weight = df["Class"].to_numpy(), np.asarray(options["sample_weight"])
    metric, columns, n = intervals.AveragePrecision(), np.array([*first, *second]), len(first)
    exact = [intervals.value(metric, labels, column, sample_weight=weight) for column in columns]
    value = float(np.mean(exact[:n]) - (np.mean(exact[n:]) if len(second) else 0.0))
    kept, stands_for = fewer(labels, columns, weight)
    how = {**conventions.drawn(df["Time"].to_numpy()[kept]), **options, "sample_weight": stands_for}
    found = measured(metric, labels[kept], columns[:n, kept], columns[n:, kept], **how)
    low, high = min(found.low, value), max(found.high, value)
    return replace(found, estimate=value, low=low, high=high, n=len(df))


def _over_repeats(draws: Floats, side: int) -> Floats:
    """Return the mean over repetitions; both sides of a comparison are drawn apart."""
    return redrawn(draws, np.random.default_rng([side, len(draws)]))
