"""Which labels are there, which come late, and which may never come."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import xlogy

from prerelease import _validate
from prerelease.gate._times import DAY, moment, origin

SURE, LATER = 15.0, 0.25
"""By how much two rates of missing labels must fit better than one (in log-likelihood), and
differ, before labels are said to be late: by chance alone that happens about never."""
APART = 4.0
"""Standard errors from which rows with a label are said to be a selection."""


@dataclass(frozen=True, kw_only=True)
class Maturity:
    """Which rows are judged by metrics of labels, where labels come late: stated, never guessed.

    Parameters
    ----------
    until : str, optional
        Rows before this date; a day stands for its first moment, without a zone in UTC.
    delay_days : float, optional
        Rows at least so many days older than the last one.
    """

    until: str = ""
    delay_days: float | None = None

    def __post_init__(self) -> None:
        if self.until and self.delay_days is not None:
            msg = "[labels] takes until or delay_days, and not both."
            raise ValueError(msg)
        if self.delay_days is not None:
            _validate.number(self.delay_days, "delay_days", above=0, closed=True)
        object.__setattr__(self, "until", str(self.until))  # a date of TOML is no text
        if self.until and pd.isna(_date(self.until)):
            msg = f"until must be a date such as 2026-03-01, got {self.until!r}."
            raise ValueError(msg)

    def __bool__(self) -> bool:
        """Whether anything is stated."""
        return bool(self.until) or self.delay_days is not None

    def rows(self, frame: pd.DataFrame) -> int:
        """Return how many rows, from the first, are old enough."""
        if not self:
            return len(frame)
        if "time" not in frame:
            msg = "there is no column of times"
            raise ValueError(msg)
        time = frame["time"].to_numpy()
        if self.delay_days is not None:
            last, side = time[-1] - DAY * self.delay_days, "right"
        else:
            zero = origin(frame)
            if zero is None:
                msg = f"[labels] until = {self.until} needs times that are dates: use delay_days."
                raise ValueError(msg)
            last, side = _date(self.until).timestamp() - zero, "left"
        if n := int(np.searchsorted(time, last, side=side)):
            return n
        msg = f"[labels] leaves no row: the first is of {moment(frame, time[0])}."
        raise ValueError(msg)

    def of(self, scored: Any) -> Any:
        """Return those of `Scored` cases that are old enough."""
        n = self.rows(scored.frame)
        return scored if n == len(scored.frame) else replace(scored, frame=scored.frame.iloc[:n])

    def told(self, frame: pd.DataFrame) -> str:
        """Say which rows are judged by what."""
        n, label = self.rows(frame), frame["label"]
        last = moment(frame, frame["time"].iloc[n - 1])
        asked = self.until or f"{self.delay_days:g} days before the last row"
        return (
            f"metrics of labels are judged on {n:,} rows up to {last}, as [labels] states "
            f"({asked}); the {len(label) - n:,} later ones, "
            f"{int(label[n:].notna().sum()):,} of them with a label, count only where none is "
            "needed"
        )


def _date(text: str) -> pd.Timestamp:
    return pd.to_datetime(text, utc=True, errors="coerce", format="ISO8601")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What is seen of labels that are missing.

    Parameters
    ----------
    n, missing : int
        Rows, and those of them without a label.
    ripe : int
        Rows, from the first, before labels begin to be late; all where they do not.
    when : str
        How late labels are and when they could be known; empty where they are not late.
    among : str
        Whether the older rows without a label are a selection; empty where there are none.
    """

    n: int
    missing: int
    ripe: int
    when: str = ""
    among: str = ""

    @property
    def short(self) -> str:
        """Say how many are missing, and no more."""
        late = ", most of them since labels are late at the end" if self.when else ""
        return f"{self.missing:,} of {self.n:,} rows have no label yet{late}"

    @property
    def told(self) -> str:
        """Say it all."""
        if not self.missing:
            return "Each row has a label."
        if self.missing == self.n:
            return f"None of the {self.n:,} rows has a label yet."
        begin = f"{self.missing:,} of {self.n:,} rows have no label yet."
        return " ".join(filter(None, (begin, self.when, self.among)))


def seen(frame: pd.DataFrame, alert: NDArray[np.bool_] | None = None) -> Seen:
    """Return what is seen of labels that are missing: at the end, among some, or by chance."""
    missing = frame["label"].isna().to_numpy()
    n, total = len(missing), int(missing.sum())
    if total in (0, n):
        return Seen(n=n, missing=total, ripe=n - total)
    ripe = _ripe(missing, frame["time"].to_numpy()) if "time" in frame else n
    when = _when(frame, missing, ripe) if ripe < n else ""
    among = _among(frame, missing[:ripe], alert) if missing[:ripe].any() else ""
    if among and when:
        among = f"Of the {ripe:,} older rows {missing[:ripe].sum():,} lack one as well: {among}."
    elif among:
        among = f"{among[0].upper()}{among[1:]}."
    return Seen(n=n, missing=total, ripe=ripe, when=when, among=among)


def _ripe(missing: NDArray[np.bool_], time: NDArray[np.float64]) -> int:
    """Return the row from which more labels are missing than before, if there is one."""
    n, total = len(missing), missing.sum()
    places = 1 + np.flatnonzero(np.diff(time))
    if not len(places):
        return n
    before = np.cumsum(missing)[places - 1]
    after, rest = total - before, n - places
    better = _fit(before, places) + _fit(after, rest) - _fit(total, n)
    better[after / rest - before / places < LATER] = 0.0
    best = int(np.argmax(better))
    return int(places[best]) if better[best] >= SURE else n


def _fit(found: NDArray[np.intp], of: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the log-likelihood of so many missing at their own rate."""
    return xlogy(found, found / of) + xlogy(of - found, 1 - found / of)


def _when(frame: pd.DataFrame, missing: NDArray[np.bool_], ripe: int) -> str:
    time = frame["time"].to_numpy()
    delay, known = time[-1] - time[ripe], int((~missing[ripe:]).sum())
    holes = int(missing[:ripe].sum())
    complete = "complete" + (f" but for {holes:,} rows" if holes else "")
    later = f"all but {known:,} have none" if known else "none has one"
    most = "most" if known or holes else "all"
    return (
        f"Labels are {complete} until {moment(frame, time[ripe])}; of the {len(missing) - ripe:,} "
        f"rows of the last {delay / DAY:,.3g} days {later}. If they come as late as that, "
        f"{most} are known by about {moment(frame, time[-1] + delay)}."
    )


def _among(frame: pd.DataFrame, missing: NDArray[np.bool_], alert: NDArray[np.bool_] | None) -> str:
    """Say whether rows that lack a label differ from those that have one, by their scores."""
    n, lacking = len(missing), int(missing.sum())
    rank = frame["score"][:n].rank().to_numpy()
    difference = rank[missing].mean() - rank[~missing].mean()
    if abs(difference) <= APART * rank.std() * np.sqrt(1 / lacking + 1 / (n - lacking)):
        return "no selection is seen: labels are missing as often at high scores as at low ones"
    side = "higher" if difference > 0 else "lower"
    told = f"labels are there by selection: scores without one are {side}"
    alert = np.zeros(n, dtype=bool) if alert is None else alert[:n]
    if alert.any() and not alert.all():
        shares = (1 - missing[of].mean() for of in (alert, ~alert))
        told += "; of the alerts {:.1%} have one, of the rest {:.1%}".format(*shares)
    return f"{told}. Metrics of the rows that have one do not hold for all"
