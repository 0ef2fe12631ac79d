"""The same rehearsal in one process, without a database: for what would have been, and to check."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from casebook.rehearsal._learn import INPUTS, START, Fitted
from casebook.rehearsal._watch import LOOKS_AT, Watcher
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
        self._inputs, n = stream.inputs().to_numpy(), len(stream)
        self._score, self._block = np.full(n, np.nan), np.zeros(n, dtype=bool)
        self._label, self._release = np.full(n, np.nan), np.zeros(n, dtype=int)
        self._done, self._number = stream.rows_of(0, START // DAY).stop, 0

    def release(self, fitted: Fitted, threshold: float, now: float, why: str) -> None:
        """Let a model decide from now on."""
        self._serving, self._number = (fitted.model, threshold), self._number + 1

    def go(self, until: float, broken: str) -> None:
        """Have all payments before a time decided."""
        part = slice(self._done, int(np.searchsorted(self.stream.time, until)))
        self._done = part.stop
        if part.start == part.stop:
            return
        if broken:
            self._inputs[part, INPUTS.index(broken)] = 0.0
        model, threshold = self._serving
        self._score[part] = model.predict_proba(self._inputs[part])[:, 1]
        self._block[part] = self._score[part] >= threshold
        self._release[part] = self._number

    def _between(self, since: float, until: float) -> slice:
        low, high = np.searchsorted(self.stream.time, [max(since, START), until])
        return slice(int(low), int(high))

    def label(self, since: float, until: float) -> None:
        """Let the accepted payments of a stretch be labelled."""
        part = self._between(since, until)
        told = np.flatnonzero(~self._block[part]) + part.start
        self._label[told] = self.stream.fraud[told]

    def blocked(self, since: float, until: float) -> list[float]:
        """Return the times of the payments of a stretch that were blocked."""
        part = self._between(since, until)
        return self.stream.time[part][self._block[part]].tolist()

    def rows(self, since: float, until: float) -> pd.DataFrame:
        """Return the payments of a stretch, with score, block, label and release."""
        part = self._between(since, until)
        return pd.DataFrame(self._inputs[part], columns=INPUTS).assign(
            id=np.arange(part.start, part.stop), time=self.stream.time[part],
            score=self._score[part], block=self._block[part], label=self._label[part],
            release=self._release[part],
        )  # fmt: skip

    def refer(self, fitted: Fitted) -> None:
        """Let the watcher compare with a model's scores of the history."""
        history = history_of(self.stream, fitted)
        history.to_parquet(self._folder / "history.parquet")
        self._reference = _digest(history.drop(columns="block"))
        self._watcher.refer(fitted.threshold)

    def watch(self, day: int, since: float) -> list[dict[str, Any]]:
        """Return what the watcher finds in the morning of a day."""
        found = []
        for part, span in parts_of(day, since).items():
            rows = self.rows(*span)
            key = (part, self._reference, _digest(rows[LOOKS_AT[part]]))
            if key not in _SEEN:
                rows.to_parquet(self._folder / f"{part}.parquet")
                _SEEN[key] = self._watcher.watch(part)
            found += [dict(one) for one in _SEEN[key]]
        return found


_SEEN: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
"""What the watcher said of the same rows before: runs that differ late are alike at first."""


def _digest(rows: pd.DataFrame) -> str:
    return hashlib.sha256(rows.to_numpy(dtype="<f8").tobytes()).hexdigest()


def history_of(stream: Stream, fitted: Fitted) -> pd.DataFrame:
    """Return the days before go-live as the watcher takes them, with what would be blocked."""
    past = stream.rows_of(0, START // DAY)
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
