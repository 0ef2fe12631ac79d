"""Frauds by the hour, one day against the other, and what is known of them when."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate, intervals

from ._rates import fraud_rates

HOUR = 3600.0


def hourly(
    times: ArrayLike, labels: ArrayLike, *, weights: ArrayLike | None = None
) -> pd.DataFrame:
    """Count payments and frauds in each hour since the file begins.

    Parameters
    ----------
    times : array-like of shape (n,)
        Seconds since the first payment, sorted.
    labels : array-like of shape (n,)
        1 is fraud, 0 is honest.
    weights : array-like of shape (n,), optional
        How many real payments each row stands for; 1 by default.

    Returns
    -------
    pandas.DataFrame
        One row an hour that has payments, with the columns of `fraud_rates`, ``day`` (from 1)
        and ``hour_of_day`` (0 to 23, counted from the first payment: the file has no clock).

    Examples
    --------
    >>> table = hourly([0.0, 10.0, 90_000.0], [0, 1, 0])
    >>> table["payments"].to_dict(), table["hour_of_day"].tolist()
    ({0: 2, 25: 1}, [0, 1])
    """
    hour = _hours(times)
    table = fraud_rates(hour, labels, weights=weights).rename_axis("hour")
    return table.assign(day=table.index // 24 + 1, hour_of_day=table.index % 24)


def lull(times: ArrayLike, *, hours: int = 6, weights: ArrayLike | None = None) -> NDArray[np.intp]:
    """Return the hours of the day with the least traffic, which is the night of most cards.

    Parameters
    ----------
    times, weights
        As for `hourly`.
    hours : int, default 6
        How many of the 24.

    Returns
    -------
    ndarray of shape (hours,)
        Hours of the day, sorted. No label is looked at.

    Raises
    ------
    ValueError
        If times go back or are negative, or `hours` is not from 1 to 24.

    Examples
    --------
    >>> lull(np.repeat(np.arange(24) * 3600.0, np.r_[1, 1, np.full(22, 5)]), hours=2).tolist()
    [0, 1]
    """
    hour = _hours(times) % 24
    hours = _validate.integer(hours, "hours", low=1, high=24)
    weight = _validate.weights(weights, "weights", len(hour))
    traffic = np.bincount(hour, weights=weight, minlength=24)
    return np.sort(np.argsort(traffic, kind="stable")[:hours])


def matched_days(
    times: ArrayLike,
    labels: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    n_permutations: int = 9_999,
    seed: int = 0,
) -> dict[str, float]:
    r"""Compare the fraud rates of day 2 and day 1, in all and hour by hour of the day.

    Parameters
    ----------
    times, labels, weights
        As for `hourly`, over two days of 24 hours.
    n_permutations : int, default 9999
        Random exchanges of the two days' hours, and draws of hours.
    seed : int, default 0
        Seed of both.

    Returns
    -------
    dict
        ``crude``: rate of day 2 over rate of day 1, all hours together. ``matched``, ``low``,
        ``high``: the same ratio hour by hour, with its 95 % interval if frauds were
        independent. ``hours_low``, ``hours_high``: its 95 % interval when hours of the day are
        drawn with all that happened in them (no width if there is one hour). ``p_value``:
        two-sided, from exchanging the days within hours, which keeps what happened in one hour
        together. ``hours``: how many hours were matched.

    Raises
    ------
    ValueError
        If no hour of the day was seen on both days, or no fraud on one of them.

    Notes
    -----
    With :math:`n_{dh}` payments in hour h of day d, day 2 would have the share
    :math:`s = \sum_h k_h n_{2h} / (n_{1h} + n_{2h}) / \sum_h k_h` of all :math:`k_h` frauds if
    each hour had one rate. The share that it has, p, gives the ratio
    :math:`\frac{p / (1 - p)}{s / (1 - s)}`, and the exact interval of p gives its ends: a
    standardised ratio [1]_.

    References
    ----------
    .. [1] Breslow and Day (1987). Statistical methods in cancer research, volume II: the design
       and analysis of cohort studies, chapter 2. IARC.

    Examples
    --------
    >>> times = np.r_[np.full(100, 10.0), np.full(100, 86_410.0)]
    >>> labels = np.r_[np.repeat([1, 0], [20, 80]), np.repeat([1, 0], [10, 90])]
    >>> round(matched_days(times, labels)["crude"], 2)
    0.5
    """
    n_permutations = _validate.integer(n_permutations, "n_permutations", low=1)
    table = hourly(times, labels, weights=weights)
    counts = table.pivot_table(index="hour_of_day", columns="day", values=["payments", "frauds"])
    counts = counts.dropna()
    by_day = table.groupby("day")["frauds"].sum().to_dict()
    if counts.empty or list(by_day) != [1, 2] or (counts["frauds"].sum() == 0).any():
        msg = (
            "times must cover some hour of the day on both of two days, with frauds on each; "
            f"got {len(counts)} such hours, and frauds by day {by_day}."
        )
        raise ValueError(msg)
    payments, frauds = counts["payments"].to_numpy(), counts["frauds"].to_numpy()
    ratio, low, high = _standardised(payments, frauds)
    rng = np.random.default_rng(seed)
    swap = rng.random((n_permutations, len(counts), 1)) < 0.5
    null = _log_ratio(
        np.where(swap, payments[:, ::-1], payments), np.where(swap, frauds[:, ::-1], frauds)
    )
    drawn = rng.integers(0, len(counts), (n_permutations, len(counts)))
    # Drawn values, never between two of them: a draw without frauds on a day is infinite.
    ends = np.nanquantile(
        _log_ratio(payments[drawn], frauds[drawn]), [0.025, 0.975], method="closest_observation"
    )
    # A hair of slack, so that an exchange that changes nothing counts as equal.
    extreme = np.abs(null) >= abs(np.log(ratio)) - 1e-12
    totals = frauds.sum(axis=0) / payments.sum(axis=0)
    return {
        "crude": float(totals[1] / totals[0]),
        "matched": ratio,
        "low": low,
        "high": high,
        "hours_low": float(np.exp(ends[0])),
        "hours_high": float(np.exp(ends[1])),
        "p_value": float((1 + extreme.sum()) / (1 + n_permutations)),
        "hours": len(counts),
    }


def _hours(times: ArrayLike) -> NDArray[np.intp]:
    seconds = _validate.sorted_times(_validate.non_negative(times, "times"), "times")
    return (seconds // HOUR).astype(np.intp)


def _share_expected(
    payments: NDArray[np.float64], frauds: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the share of frauds that day 2 would have if each hour had one rate.

    Here and below counts have the shape (..., hours, 2): one table, or many at once.
    """
    by_traffic = payments[..., 1] / payments.sum(axis=-1)
    return (frauds.sum(axis=-1) * by_traffic).sum(axis=-1) / frauds.sum(axis=(-2, -1))


def _log_ratio(payments: NDArray[np.float64], frauds: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(divide="ignore", invalid="ignore"):
        share = frauds[..., 1].sum(axis=-1) / frauds.sum(axis=(-2, -1))
        expected = _share_expected(payments, frauds)
        return np.log(share) - np.log1p(-share) - np.log(expected) + np.log1p(-expected)


def _standardised(
    payments: NDArray[np.float64], frauds: NDArray[np.float64]
) -> tuple[float, float, float]:
    """Return the ratio of the rates, and its ends from the exact interval of day 2's share."""
    interval = intervals.binomial(int(frauds[:, 1].sum()), int(frauds.sum()))
    expected = float(_share_expected(payments, frauds))
    odds = expected / (1 - expected)
    ratio, low, high = (
        share / (1 - share) / odds for share in (interval.estimate, interval.low, interval.high)
    )
    return ratio, low, high
