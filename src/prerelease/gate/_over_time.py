"""A metric of each day or week: whether a model is as good all the time as on the whole."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd

from prerelease import _validate
from prerelease.gate._cases import Scored
from prerelease.gate._linear import linearised
from prerelease.gate._measure import Measured, measure
from prerelease.gate._times import DAY, WEEK, origin

MONDAY = 4 * DAY
"""From the first moment of 1970 to the first Monday."""
EVERY = {"hour": 3600.0, "day": DAY, "week": WEEK}
LONGEST = {"hour": 2 * DAY, "day": 5 * WEEK}
"""Up to which span periods of a length are chosen."""


@dataclass(frozen=True)
class Period:
    """Cases of one day, week or hour.

    Parameters
    ----------
    start : float
        When it begins, in seconds as of the cases.
    days : float
        How much of it was observed.
    scored : Scored
        The cases.
    """

    start: float
    days: float
    scored: Scored


def over_time(
    scored: Scored, metric: str, *, every: str = "", k: int | None = None, level: float = 0.95
) -> pd.DataFrame:
    """Compute a metric of each day or week, with its interval.

    Parameters
    ----------
    scored : Scored
        The cases, with times.
    metric : str
        One that `measure` knows.
    every : {"", "hour", "day", "week"}
        Length of the periods; by default days for spans of up to five weeks, hours for up to two
        days, else weeks. Days are of UTC and weeks begin on Monday, where times are dates; else
        both are counted from time 0.
    k : int, optional
        Alerts of each period that are looked at, for the metrics at k.
    level : float, default 0.95
        Coverage of each interval, by itself: of twenty about one misses.

    Returns
    -------
    pandas.DataFrame
        Index: start of each period that holds a case, as a date if it is known, else in seconds.
        ``days`` (how much of the period was observed), ``rows``, ``value``, ``low``, ``high``
        (missing where these cases cannot show them) and ``why`` not.

    Raises
    ------
    ValueError
        If the cases have no times, or `metric`, `every` or `k` is none.

    Examples
    --------
    >>> from prerelease.costs import CostModel
    >>> from prerelease.gate import Decision
    >>> frame = pd.DataFrame({"time": pd.date_range("2026-03-01", periods=96, freq="h"),
    ...                       "amount": 1.0, "label": 0, "score": [0.9, 0.1, 0.1, 0.1] * 24})
    >>> cases = Scored(frame, CostModel(), Decision(rule="threshold", threshold=0.5))
    >>> over_time(cases, "alerts_per_day", every="day")["value"].tolist()
    [6.0, 6.0, 6.0, 6.0]
    """
    return measured(periods(scored, every), metric, k=k, level=level)


def chosen(scored: Scored, every: str = "") -> str:
    """Return the length of periods: that which was asked for, or one that fits the span."""
    every = every or next((one for one, span in LONGEST.items() if scored.span <= span), "week")
    return _validate.choice(every, "every", tuple(EVERY))


def periods(scored: Scored, every: str = "") -> list[Period]:
    """Return the cases by day (of UTC), week (from Monday) or hour; each period that holds one."""
    length, time = EVERY[chosen(scored, every)], scored.time
    zero = origin(scored.frame)
    shift = 0.0 if zero is None else zero - (MONDAY if length == WEEK else 0.0)
    number = np.floor((time + shift) / length)
    found = []
    for begin, end in pairwise(np.r_[0, 1 + np.flatnonzero(np.diff(number)), len(number)]):
        part = replace(scored, frame=scored.frame.iloc[begin:end])
        start = number[begin] * length - shift
        since = time[0] if begin == 0 else start
        until = start + length
        if end == len(number):
            until = min(until, time[begin] + part.span)
        found.append(Period(start, max(until - since, 1.0) / DAY, part))
    return found


def measured(
    parts: Iterable[Period], metric: str, *, k: int | None = None, level: float = 0.95
) -> pd.DataFrame:
    """Return a metric of each period."""
    rows, starts = [], []
    for one in parts:
        frame = one.scored.frame
        found = measure(one.scored, metric, k=k, level=level)
        interval = None if found.doubt else found.interval
        ends = (np.nan, np.nan) if interval is None else (interval.low, interval.high)
        three = np.array([_value(one.scored, metric, found, k), *ends])
        if metric == "alerts_per_day":  # of the period, whenever its first and last case came
            three *= one.scored.span / DAY / one.days
        elif metric == "days":
            three[0] = one.days
        rows.append([one.days, len(frame), *three, found.doubt])
        zero = origin(frame)
        starts.append(one.start if zero is None else pd.Timestamp(zero + one.start, unit="s"))
    columns = ["days", "rows", "value", "low", "high", "why"]
    return pd.DataFrame(rows, columns=columns, index=pd.Index(starts, name="start"))


def _value(scored: Scored, metric: str, found: Measured, k: int | None) -> float:
    """Return what was found, also where too few cases allow no interval."""
    if found.value is not None:
        return found.value
    try:
        with np.errstate(divide="ignore", invalid="ignore"):
            value = linearised(scored, metric, k).value
    except (ValueError, ZeroDivisionError):  # a class or all alerts are missing
        return np.nan
    return value if np.isfinite(value) else np.nan
