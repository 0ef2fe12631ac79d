"""The same rehearsal in one process, without a database: for what would have been, and to check."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from casebook import release
from casebook.rehearsal._learn import INPUTS, START, Fitted
from casebook.rehearsal._watch import Watcher
from casebook.streams import DAY, Stream


class Memory:
    """A world in memory.

    Parameters
    ----------
    stream : Stream
        The payments.
    folder : pathlib.Path
        For the watcher's parts.
    limits : dict of str to float
        Of the watcher's rules.
    before : DataFrame
        From `casebook.rehearsal._learn.rows_before`.
    """

    def __init__(
        self, stream: Stream, folder: Path, limits: dict[str, float], before: pd.DataFrame
    ) -> None:
        self.stream, self.before = stream, before
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._watcher = folder, Watcher(folder, limits)
        inputs = stream.inputs()
        self.table = inputs.assign(id=np.arange(len(stream)), time=stream.time, label=np.nan)
        self.table = self.table.assign(score=np.nan, block=False, release=0)
        self._done = stream.rows_of(0, round(START // DAY)).stop
        self._number = 0

    def release(self, fitted: Fitted, threshold: float, now: float, why: str) -> None:
        """Let a model decide from now on."""
        self._serving, self._number = (fitted.model, threshold), self._number + 1

    def go(self, until: float, broken: str) -> None:
        """Have all payments before a time decided."""
        part = self.table.index[self._done : np.searchsorted(self.stream.time, until)]
        self._done += len(part)
        if not len(part):
            return
        if broken:
            self.table.loc[part, broken] = 0.0
        model, threshold = self._serving
        score = release.scores_of(model, self.table.loc[part])
        self.table.loc[part, ["score", "release"]] = np.column_stack(
            [score, np.full(len(part), self._number)]
        )
        self.table.loc[part, "block"] = score >= threshold

    def _between(self, since: float, until: float) -> pd.DataFrame:
        low, high = np.searchsorted(self.stream.time, [max(since, START), until])
        return self.table.iloc[low:high]

    def label(self, since: float, until: float) -> None:
        """Let the accepted payments of a stretch be labelled."""
        part = self._between(since, until)
        told = part.index[~part["block"]]
        self.table.loc[told, "label"] = self.stream.fraud[told].astype(float)

    def blocked(self, since: float, until: float) -> list[float]:
        """Return the times of the payments of a stretch that were blocked."""
        part = self._between(since, until)
        return part.loc[part["block"], "time"].tolist()

    def rows(self, since: float, until: float) -> pd.DataFrame:
        """Return the payments of a stretch, with score, block and label."""
        names = ["id", "time", "score", "block", "label", *INPUTS]
        return self._between(since, until)[names]

    def refer(self, fitted: Fitted) -> None:
        """Let the watcher compare with a model's scores of the history."""
        history_of(self.stream, fitted).to_parquet(self._folder / "history.parquet")
        self._watcher.refer(fitted.threshold)

    def watch(self, day: int, since: float) -> list[dict[str, Any]]:
        """Return what the watcher finds in the morning of a day."""
        parts = parts_of(day, since)
        for part, span in parts.items():
            self.rows(*span).to_parquet(self._folder / f"{part}.parquet")
        key = _digest(*(self._folder / f"{part}.parquet" for part in ("history", *parts)))
        if key not in _SEEN:
            _SEEN[key] = self._watcher.watch([*parts])
        return [dict(one) for one in _SEEN[key]]


def history_of(stream: Stream, fitted: Fitted) -> pd.DataFrame:
    """Return the days before go-live as the watcher takes them, with what would be blocked."""
    past = stream.rows_of(0, round(START // DAY))
    rows = stream.inputs().iloc[past].assign(id=np.arange(past.stop), time=stream.time[past])
    block = fitted.reference >= fitted.threshold
    label = np.where(block, np.nan, stream.fraud[past])
    return rows.assign(score=fitted.reference, block=block, label=label)


def parts_of(day: int, since: float) -> dict[str, tuple[float, float]]:
    """Return the stretches to watch in the morning of a day: yesterday, and what has labels now."""
    now = day * DAY
    parts = {"new": (max(now - DAY, since), now)}
    if (told := (max(now - 3 * DAY, since), now - DAY))[0] < told[1]:
        parts["told"] = told
    return parts


_SEEN: dict[str, list[dict[str, Any]]] = {}
"""What the watcher said of the same parts before: runs that differ late are alike at first."""


def _digest(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
