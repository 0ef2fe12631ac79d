"""Times of scored cases: read as seconds, refused where they hardly are, and told as moments."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from prerelease import _validate, _words
from prerelease.gate._columns import OWN, UNITS, is_number, numbers_in

DAY = 86_400.0
HOUR, FEW = 3_600.0, 100
WEEK, MONTH, LONG = 7 * DAY, 31 * DAY, 3 * 365 * DAY
YEARS = (1700, 2200)
SINCE_1970 = (0.9e9, 4.2e9)
"""Seconds from 1998 to 2103: these are dates, and need no unit."""


def seconds_in(values: pd.Series, unit: str) -> tuple[NDArray[np.float64], str]:
    """Return seconds, and the first date, if there are dates; a zone is taken as it is."""
    start, kind = "", types.infer_dtype(values, skipna=True)
    if kind == "string":
        values = _dates(values)
    elif kind in ("date", "datetime"):
        values = pd.to_datetime(values, utc=True)
    if types.is_datetime64_any_dtype(values):
        far = np.flatnonzero(~values.dt.year.between(*YEARS) & values.notna())
        if far.size:
            msg = (
                f"{values.name} must be dates from {YEARS[0]} to {YEARS[1]}, got "
                f"{values.iloc[far[0]]} at position {far[0]}."
            )
            raise ValueError(msg)
        start = str(values.iloc[0])
        values = values - values.iloc[0]
    if types.is_timedelta64_dtype(values):
        return values.dt.total_seconds().to_numpy(), start
    time = numbers_in(values, "seconds, or dates such as 2026-03-01 10:00:00")
    if not unit:
        _plausible(_validate.sorted_times(time, str(values.name)), str(values.name))
    return time * UNITS[unit or "s"], start


def _dates(values: pd.Series) -> pd.Series:
    """Return what text says, if each is a date in the same form, and the text if not."""
    zoned = values.str.contains(r"(?:[Zz]|[Tt ]\d[\d:.,]* ?[+-]\d\d(?::?\d\d)?)$", na=False)
    if zoned.any() and not zoned.all():
        msg = (
            f"{values.name} has a time zone in some rows and none in others, such as "
            f"{values[zoned].iloc[0]!r} and {values[~zoned].iloc[0]!r}."
        )
        raise ValueError(msg)
    dates = pd.to_datetime(values, utc=True, format="ISO8601", errors="coerce")
    return values if dates.isna().any() or is_number(values.iloc[0]) else dates


def _plausible(time: NDArray[np.float64], name: str) -> None:
    """Refuse numbers that can hardly be seconds."""
    low, high, told = time[0], time[-1], ""  # in order, as was checked
    if any(_are_dates(time // digits) for digits in (1, 1e4, 1e6)):
        msg = f"{name} holds numbers that look like dates, such as {low:.0f}: write 2026-03-01."
        raise ValueError(msg)
    if high >= 1e11:
        unit = next((one for one in ("ms", "us", "ns") if high * UNITS[one] < SINCE_1970[1]), "")
        if unit:
            date = pd.Timestamp(high * UNITS[unit], unit="s").date()
            told = f"runs to {high:.0f}, which is the {date} if it counts {unit} since 1970"
    if not told and not (low >= SINCE_1970[0] and high <= SINCE_1970[1]):
        if high - low > LONG:
            told = f"would span {(high - low) / (365.25 * DAY):,.1f} years if it were in seconds"
        elif len(time) >= FEW and 0 < high - low < HOUR:
            told = f"would span {high - low:,.4g} seconds, for {len(time):,} rows"
    if told:
        units = ", ".join(UNITS)
        msg = f"{name} {told}: say its unit in [time] of the criteria, as unit = one of {units}."
        raise ValueError(msg)


def _are_dates(numbers: NDArray[np.float64]) -> bool:
    """Tell whether all of these sorted numbers are written as 20260301."""
    if numbers[0] < 19_000_101 or numbers[-1] > 21_001_231:
        return False
    month, day = numbers // 100 % 100, numbers % 100
    return bool(np.all((month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)))


def holes(time: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which pauses between neighbours no rows of these times would make.

    They are longer than any month, and than ten others of the shorter ones or all the rest.
    """
    pause = np.diff(time)
    there = pause[pause > 0]
    usual = there[there <= MONTH].mean() if np.any(there <= MONTH) else there.min(initial=np.inf)
    return (pause > MONTH) & (pause > min(10 * usual, (time[-1] - time[0]) / 2))


def told_holes(time: pd.Series | None, name: str) -> list[str]:
    """Say where nothing happens for longer than the rest would make one expect."""
    found = [] if time is None else np.flatnonzero(holes(time.to_numpy()))
    if not len(found):
        return []
    pauses = np.diff(time)[found] / DAY
    told = [f"for {n:,.0f} days after position {i}" for n, i in zip(pauses, found, strict=True)]
    return [
        f"{name}: nothing happened {_words.listed(told, 5, 'times more')}, out of proportion to "
        "the rest. That is not counted as days. Is a date wrong?"
    ]


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
