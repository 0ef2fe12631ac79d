"""Has the world moved since the reference? What needs no label."""

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prerelease import _html, drift, words
from prerelease.gate import Scored
from prerelease.gate._times import DAY, WEEK, origin
from prerelease.report._figures import distributions, shown

HOUR, PARTS = 3600.0, 24
COMPARED = ("time", "amount", "score")
ENOUGH = 2
"""Days of each weekday, in both periods, from which whole days are compared."""
_RISK = "What follows the hour or the day of the week may look as if it had moved."


@dataclass(frozen=True)
class Matched:
    """Two periods brought together for a comparison.

    Parameters
    ----------
    frames : tuple of DataFrame
        ``time``, ``amount`` and ``score`` of the rows that are compared, before and now.
    options : dict
        How `prerelease.drift.feature_drift` compares them.
    told : str
        What was matched, or why nothing could be.
    cycle : tuple of float
        Seconds after which times come again, and those of each part that is matched.
    """

    frames: tuple[pd.DataFrame, pd.DataFrame]
    options: dict[str, Any]
    told: str
    cycle: tuple[float, float] = (DAY, DAY)


def matched(reference: Scored, current: Scored) -> Matched:
    """Match days of the week where both periods have each twice, else hours, else nothing."""
    frames = tuple(
        pd.DataFrame({name: getattr(one, name) for name in COMPARED}, copy=False)
        for one in (reference, current)
    )
    block = {"block": current.block_seconds}
    zeros = [origin(one.frame) for one in (reference, current)]
    if (zeros[0] is None) != (zeros[1] is None):
        told = "Hours could not be matched: only one of the two periods has dates"
        return Matched(frames, block, f"{told}. {_RISK}")
    for frame, zero in zip(frames, zeros, strict=True):
        frame["time"] = frame["time"] + (zero or 0.0)
    whole = tuple(_whole_days(frame) for frame in frames)
    if current.block_seconds <= DAY and _often_enough(*whole):
        told = (
            "Whole days were exchanged between the periods, each with one of the same day of the "
            "week, so neither the hour nor the day of the week can look like a move"
        )
        options = {"block": DAY, "match_weekdays": True}
        return Matched(whole, options, told + _left_out(frames, whole), (WEEK, DAY))
    hours = [_part(frame, DAY, HOUR) for frame in frames]
    both = np.logical_and(*(np.bincount(hour, minlength=PARTS) > 0 for hour in hours))
    shared = [both[hour] for hour in hours]
    if min(there.mean() for there in shared) < 0.5:
        told = "Hours could not be matched: the periods have too few hours of the day in common"
        return Matched(frames, block, f"{told}. {_RISK}")
    kept = frames
    if not all(there.all() for there in shared):
        kept = tuple(frame[there] for frame, there in zip(frames, shared, strict=True))
    told = (
        f"Stretches of {current.block_seconds:g} s were exchanged within the same hour of the day"
        f"{_left_out(frames, kept)} Days of the week were not matched, which takes each twice in "
        "both periods: days that differ may look like a move."
    )
    return Matched(kept, block | {"match_hours": True}, told, (DAY, HOUR))


def _part(frame: pd.DataFrame, length: float, part: float) -> NDArray[np.int8]:
    """Return which part of a day or week each case is in."""
    return (frame["time"].to_numpy() % length // part).astype(np.int8)


def _whole_days(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out a first day that begins, and a last one that ends, an hour or more within it."""
    time = frame["time"].to_numpy()
    if not (time % DAY).any():  # dates without a time
        return frame
    first = DAY * np.ceil((time[0] - HOUR) / DAY)
    last = DAY * np.floor((time[-1] + HOUR) / DAY)
    return frame.iloc[slice(*np.searchsorted(time, [first, last]))]


def _often_enough(*frames: pd.DataFrame) -> bool:
    """Tell whether each day of the week is there twice in both, or in none."""
    days = [np.unique(frame["time"].to_numpy() // DAY) for frame in frames]
    counts = [np.bincount((day % 7).astype(np.intp), minlength=7) for day in days]
    there = np.maximum(*counts) > 0
    return bool(there.any() and np.minimum(*counts)[there].min() >= ENOUGH)


def _left_out(before: tuple[pd.DataFrame, ...], kept: tuple[pd.DataFrame, ...]) -> str:
    shares = [1 - len(one) / len(whole) for whole, one in zip(before, kept, strict=True)]
    if not any(shares):
        return "."
    return (
        f"; {shares[0]:.1%} of the reference and {shares[1]:.1%} of the scores have no counterpart "
        "and are left out."
    )


def _tails(found: Matched, grid: NDArray[np.float64]) -> pd.DataFrame:
    """Return the share of cases with at least each score; the reference weighs as the scores."""
    strata = [_part(frame, *found.cycle) for frame in found.frames]
    before, now = (np.bincount(stratum, minlength=PARTS) for stratum in strata)
    lifts = np.divide(now, before, out=np.zeros(PARTS), where=before > 0)
    tails = {"score": grid}
    for name, frame, stratum, weight in (
        ("reference", found.frames[0], strata[0], lifts),
        ("current", found.frames[1], strata[1], np.ones(PARTS)),
    ):
        place = np.searchsorted(grid, frame["score"].to_numpy(), side="right")
        sums = np.cumsum(np.bincount(place, weight[stratum], len(grid) + 1))
        tails[name] = 1 - sums[:-1] / sums[-1]
    return pd.DataFrame(tails)


def _about_reference(reference: Scored, current: Scored) -> str:
    """Say what about the two periods makes a comparison mean less, or return nothing."""
    one, other = reference.frame, current.frame
    if one["score"].equals(other["score"]) and one["amount"].equals(other["amount"]):
        return "The reference holds the very rows of the scores: nothing can have moved. "
    if not ("time" in one and "time" in other):
        return ""
    zeros = origin(one), origin(other)
    if (zeros[0] is None) != (zeros[1] is None):
        return ""
    if reference.time[-1] + (zeros[0] or 0) > current.time[0] + (zeros[1] or 0):
        return "The reference is no earlier period: it ends after the scores begin. "
    return ""


def _share(scored: Scored) -> str:
    """Return the share of positives among the rows with a label."""
    label = scored.frame["label"].to_numpy()
    there = ~np.isnan(label)
    if not there.any():
        return "unknown"
    weight = scored.weight[there]
    return f"{weight @ label[there] / weight.sum():.3%}"


def moved(reference: Scored, current: Scored) -> str:
    """Return the part of the page on drift."""
    found = matched(reference, current)
    table = drift.feature_drift(*found.frames, **found.options)
    rows = [
        [
            escape(name),
            *(f"{row[column]:.3g}" for column in ("ks", "p_value", "q_value")),
            "moved" if row["alarm"] else "no finding",
        ]
        for name, row in table.iterrows()
    ]
    header = ("Column", "Distance (Kolmogorov-Smirnov)", "p", "q", "Finding")
    low = min(one.score.min() for one in (reference, current))
    high = max(one.score.max() for one in (reference, current))
    chances = low >= 0 and high <= 1
    grid = np.geomspace(1e-5, 1, 200) if chances else np.linspace(low, high, 200)
    drawn = distributions(_tails(found, grid), log=chances)
    said = words()
    told = (
        f"{_about_reference(reference, current)}{found.told} A distance that is found says that "
        f"something moved, not that it costs anything. Share of {said.positives} among rows with "
        f"a label: {_share(reference)} before, {_share(current)} now."
        f"{unweighted('the distances', reference, current)}"
    )
    alt = f"Share of {said.cases} at or above each score, in the reference and the current period."
    return _html.table(header, rows, caption="Drift") + shown(drawn, told, alt=alt)


def unweighted(what: str, *some: Scored) -> str:
    """Say that weights play no part, where there are any."""
    if all(np.all(one.weight == 1) for one in some):
        return ""
    return f" The figure and {what} count each row once, whatever its weight."
