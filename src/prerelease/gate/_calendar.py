"""Times of scored cases as moments and days, where it is known when they were."""

import pandas as pd

from prerelease.gate._scores import DAY, OWN, SINCE_1970

WEEK = 7 * DAY


def origin(frame: pd.DataFrame) -> float | None:
    """Return the seconds since 1970 that time 0 stands for, or None where nobody knows."""
    if start := frame.attrs[OWN]["start"]:
        return float(pd.to_datetime(start, utc=True).timestamp())
    first, last = frame["time"].iloc[0], frame["time"].iloc[-1]
    return 0.0 if SINCE_1970[0] <= first and last <= SINCE_1970[1] else None


def moment(frame: pd.DataFrame, time: float) -> str:
    """Return a time as a date if it is known to be one, else in seconds."""
    zero = origin(frame)
    if zero is None:
        return f"{time:,.10g} s"
    return f"{pd.Timestamp(zero + time, unit='s'):%Y-%m-%d %H:%M}"
