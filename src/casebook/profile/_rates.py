"""Fraud rates by group, each with its exact interval."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from casebook import conventions
from prerelease import _validate, intervals
from prerelease.intervals import Interval


def fraud_rates(
    groups: ArrayLike,
    labels: ArrayLike,
    *,
    times: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> pd.DataFrame:
    """Count payments and frauds in each group and give the fraud rate with its interval.

    Parameters
    ----------
    groups : array-like of shape (n,)
        The group of each payment: numbers or words.
    labels : array-like of shape (n,)
        1 is fraud, 0 is honest.
    times : array-like of shape (n,), optional
        Seconds, sorted: intervals then draw blocks of time, as the book does, and allow for
        frauds that come in bursts. Without them they are exact for independent frauds.
    weights : array-like of shape (n,), optional
        How many real payments each row stands for; 1 by default.

    Returns
    -------
    pandas.DataFrame
        One row a group, sorted, with ``payments``, ``frauds`` (both rounded to whole
        payments) and ``rate``, ``low``, ``high`` as shares from 0 to 1.

    Raises
    ------
    ValueError
        If lengths differ, a label is not 0 or 1, or a weight is not above 0.

    Notes
    -----
    Without `times` the interval is Clopper and Pearson's [1]_. It takes frauds as independent of
    each other; where they come in bursts it is too short (see `design_effect`).

    References
    ----------
    .. [1] Clopper and Pearson (1934). The use of confidence or fiducial limits illustrated in
       the case of the binomial. Biometrika 26, 404-413.

    Examples
    --------
    >>> fraud_rates(["day", "day", "night", "night"], [0, 0, 0, 1])["rate"].to_dict()
    {'day': 0.0, 'night': 0.5}
    """
    fraud = _validate.binary(labels, "labels", both=False)
    group = np.asarray(groups)
    _validate.same_length(groups=group, labels=fraud)
    weight = _validate.weights(weights, "weights", len(fraud))
    names, place = np.unique(group, return_inverse=True)
    payments = np.rint(np.bincount(place, weights=weight)).astype(int)
    frauds = np.rint(np.bincount(place, weights=weight * fraud)).astype(int)
    if times is None:
        found = [intervals.binomial(int(k), int(n)) for k, n in zip(frauds, payments, strict=True)]
    else:
        seconds = _validate.sorted_times(times, "times")
        _validate.same_length(times=seconds, labels=fraud)
        found = [rate_in_blocks(seconds, fraud, group == one, weights=weight) for one in names]
    return pd.DataFrame(
        {
            "payments": payments,
            "frauds": frauds,
            "rate": [interval.estimate for interval in found],
            "low": [interval.low for interval in found],
            "high": [interval.high for interval in found],
        },
        index=pd.Index(names, name="group"),
    )


def rate_in_blocks(
    times: ArrayLike, labels: ArrayLike, group: ArrayLike, *, weights: ArrayLike | None = None
) -> Interval:
    """Return the fraud rate of a group, with an interval that draws blocks of all rows.

    Parameters
    ----------
    times, labels, weights
        As for `fraud_rates`.
    group : array-like of bool, shape (n,)
        Whose rate it is.

    Returns
    -------
    Interval
        A share of the group's payments; drawn as `casebook.conventions.drawn` says.

    Examples
    --------
    >>> rate_in_blocks([0.0, 900, 1800, 2700], [0, 1, 0, 1], [True] * 4).estimate
    0.5
    """
    inside = np.asarray(group, dtype=np.float64)
    # A rate is the precision of an alarm that goes off for the whole group.
    return intervals.bootstrap(
        intervals.Precision(0.5), labels, inside, sample_weight=weights, **conventions.drawn(times)
    )


def rate_ratio(
    times: ArrayLike, labels: ArrayLike, group: ArrayLike, *, weights: ArrayLike | None = None
) -> Interval:
    """Return how many times as high the fraud rate of a group is as that of all other rows.

    Parameters
    ----------
    times, labels, group, weights
        As for `rate_in_blocks`.

    Returns
    -------
    Interval
        Of the ratio, both rates of the same blocks of time.

    Raises
    ------
    ValueError
        If the other rows hold no fraud: then there is no ratio.

    Examples
    --------
    >>> labels = np.tile([1, 0, 0, 1, 0, 0, 0, 0], 20)
    >>> group = np.tile([True, True, False, False], 40)
    >>> rate_ratio(np.arange(160) * 100.0, labels, group).estimate
    1.0
    """
    inside = np.asarray(group, dtype=bool)
    fraud = _validate.binary(labels, "labels", both=False)
    if not fraud[~inside].any():
        msg = f"labels must hold a fraud outside of the group, got none in {(~inside).sum()} rows."
        raise ValueError(msg)
    how, metric = conventions.drawn(times), intervals.Precision(0.5)
    sides = [inside.astype(np.float64), (~inside).astype(np.float64)]
    here, there = (intervals.value(metric, fraud, side, sample_weight=weights) for side in sides)
    draws = intervals.replicates(
        metric, fraud, sides, sample_weight=weights,
        scheme=how["scheme"], n_resamples=how["n_resamples"],
    )  # fmt: skip
    ratio = np.divide(*draws, out=np.full(draws.shape[1], np.inf), where=draws[1] > 0)
    tail = (1 - how["level"]) / 2
    # Drawn values, never between two of them: a draw without frauds outside is infinite.
    low, high = np.quantile(ratio, [tail, 1 - tail], method="closest_observation")
    return Interval(
        here / there,
        min(float(low), here / there),
        max(float(high), here / there),
        how["level"],
        "time-block percentile",
        len(fraud),
        int(fraud.sum()),
    )
