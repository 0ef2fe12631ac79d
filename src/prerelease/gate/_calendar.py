"""Times of scored cases as moments and days, where it is known when they were."""

import numpy as np
import pandas as pd

from prerelease.gate._scores import DAY, OWN, SINCE_1970

WEEK = 7 * DAY
MONDAY = 4 * DAY
"""From the first moment of 1970 to the first Monday."""


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


def cycle(frame: pd.DataFrame, length: float) -> np.ndarray:
    """Return which day (of UTC), week (from Monday) or the like each case is in."""
    zero = origin(frame)
    return np.floor((frame["time"].to_numpy() + shift(zero, length)) / length)


def shift(zero: float | None, length: float) -> float:
    """Return what makes times begin with a day, or a week with a Monday."""
    return 0.0 if zero is None else zero - (MONDAY if length % WEEK == 0 else 0.0)
