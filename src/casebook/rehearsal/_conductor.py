"""The order of the rehearsal: what happens when, what is seen, and what is done about it.

What is done at which alarm was written before the gate was first asked, and the limits of alarms
come from calm streams alone; how strong the accidents are was set after a look at trial runs. The
conductor meets a `World` alone, so a run with processes and one in memory decide alike.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pandas as pd

from casebook.rehearsal import _learn
from casebook.rehearsal._learn import ACCEPT, Fitted
from casebook.rehearsal._plan import Plan
from casebook.streams import DAY, Stream

HOUR = 3_600
GO_LIVE, END = 7, 24
"""Days from which on it decides, and to which."""
WRONG, BROKEN, NEW = 9 * DAY + 10 * HOUR, 11 * DAY + 8 * HOUR, 14 * DAY
"""When a wrong threshold is released, when the feed breaks, and from when on new frauds come."""
COLUMN = "V14"
TOO_MANY = 0.99
"""The wrong threshold: a quantile of the history's scores."""
REPAIR, REST, ASKINGS = 6 * HOUR, 3 * DAY, 3
"""Hours that a repair takes, days between two trainings, and how often the gate may be asked."""
ANSWERS = frozenset({"stop", "repair", "retrain"})


class World(Protocol):
    """Where payments are decided: processes and a database, or memory."""

    stream: Stream
    before: pd.DataFrame

    def release(self, fitted: Fitted, threshold: float, now: float, why: str) -> None:
        """Let a model decide from now on."""

    def go(self, until: float, broken: str) -> None:
        """Have all payments before a time decided."""

    def label(self, since: float, until: float) -> None:
        """Let the accepted payments of a stretch be labelled."""

    def blocked(self, since: float, until: float) -> list[float]:
        """Return the times of the payments of a stretch that were blocked."""

    def rows(self, since: float, until: float) -> pd.DataFrame:
        """Return the payments of a stretch, with score, block and label."""

    def refer(self, fitted: Fitted) -> None:
        """Let the watcher compare with a model's scores of the history."""

    def watch(self, day: int, since: float) -> list[dict[str, Any]]:
        """Return what the watcher finds in the morning of a day, of payments from a time on."""


@dataclass(eq=False)
class Conductor:
    """Runs one stream from go-live to its end.

    Parameters
    ----------
    world : World
        Where payments are decided.
    plan : Plan
        The thresholds of alarms and of the kill switch.
    answers : frozenset of str, default `ANSWERS`
        The alarms that are answered: the others ring unheard.
    spared : frozenset of str
        What does not happen: ``"wrong"``, ``"broken"``.
    foreseen : bool, default False
        The oracle: a model is trained each morning since the new frauds, on all true labels.
    tell : callable, optional
        Called after each hour of the stream.
    """

    world: World
    plan: Plan
    answers: frozenset[str] = ANSWERS
    spared: frozenset[str] = frozenset()
    foreseen: bool = False
    tell: Callable[[], None] = lambda: None
    events: list[dict[str, Any]] = field(default_factory=list)
    signals: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.champion = _learn.released(self.world.stream, self.world.before)
        self.since, self.trained, self.asked = GO_LIVE * DAY, -REST, 0
        self.feed = self.repaired = None
        self.spoilt: list[tuple[float, float]] = []

    def note(self, now: float, who: str, what: str, **more: Any) -> None:
        """Write into the logbook."""
        self.events.append({"time": now, "who": who, "what": what, **more})

    def release(self, threshold: float, now: float, why: str) -> None:
        """Release the champion's model with a threshold, and begin to count anew."""
        self.world.release(self.champion, threshold, now, why)
        self.threshold, self.began, self.counted = threshold, now, 0
        self.note(now, "release", why, threshold=threshold)

    def run(self) -> None:
        """Go through all hours."""
        start = GO_LIVE * DAY
        self.world.refer(self.champion)
        self.release(self.champion.threshold, start, "the release goes live")
        for now in range(start, END * DAY, HOUR):
            if now % DAY == 0 and now > start:
                self.morning(now)
            self.happen(now)
            self.world.go(now + HOUR, COLUMN if self.feed is not None else "")
            if "stop" in self.answers and self.threshold < ACCEPT:
                self.look(now + HOUR)
            self.tell()

    def happen(self, now: float) -> None:
        """Let happen what nobody has asked for, and what was asked for."""
        if now == WRONG and "wrong" not in self.spared:
            wrong = float(np.quantile(self.champion.reference, TOO_MANY))
            self.release(wrong, now, "a wrong threshold is released")
        if now == BROKEN and "broken" not in self.spared:
            self.feed = now
            self.note(now, "feed", f"{COLUMN} arrives as 0 from now on")
        if now == NEW:
            self.note(now, "world", "frauds of a new kind come in from now on")
        if now == self.repaired:
            self.spoilt.append((self.feed, now))
            self.feed = self.repaired = None
            self.note(now, "feed", f"{COLUMN} is repaired")

    def look(self, now: float) -> None:
        """Count the hours with an alert since the release, and stop at too many or too few."""
        self.counted += bool(self.world.blocked(now - HOUR, now))
        hours = round((now - self.began) / HOUR)
        why = self.plan.switches.stops(hours, self.counted)
        if not why:
            return
        self.note(now, "kill switch", f"{why} alerts: {self.counted} hours of {hours} have one")
        if self.threshold != self.champion.threshold:
            self.release(self.champion.threshold, now, "back to the release before")
        else:
            self.release(ACCEPT, now, "back to accepting every payment")

    def morning(self, now: float) -> None:
        """Let labels come in, ask the watcher, and answer its alarms."""
        self.world.label(max(now - 2 * DAY, GO_LIVE * DAY), now - DAY)
        if self.foreseen:
            self.foresee(now)
            return
        if not self.answers:
            return
        found = self.world.watch(now // DAY, self.since)
        self.signals += [{"day": now // DAY, **one} for one in found]
        rings = {one["name"] for one in found if one["rings"]}
        for name in sorted(rings):
            self.note(now, "watcher", name)
        if "inputs" in rings and "repair" in self.answers:
            self.inspect(now)
        if "losses" in rings and "retrain" in self.answers and now - self.trained >= REST:
            self.retrain(now)
        if self.threshold == ACCEPT and not rings & {"inputs", "scores"}:
            self.release(self.champion.threshold, now, "the release again, since nothing is found")

    def inspect(self, now: float) -> None:
        """Have the feed looked at."""
        if self.feed is None:
            self.note(now, "data engineering", "finds nothing")
        elif self.repaired is None:
            self.repaired = now + REPAIR
            self.note(now, "data engineering", f"finds {COLUMN} broken, and repairs it")

    def retrain(self, now: float) -> None:
        """Train a challenger on what is known, and let it take over if the gate lets it."""
        if self.asked == ASKINGS:
            self.note(now, "gate", "is not asked a fourth time")
            return
        self.trained, self.asked = now, self.asked + 1
        fitted, verdict = _learn.challenger(
            self.world.before, self.known(now), self.champion.threshold, since=self.since
        )
        found = {one.criterion.name: one.found for one in verdict.findings}
        self.note(now, "gate", verdict.outcome, found=found, threshold=fitted.threshold)
        if verdict.outcome == "pass":
            self.promote(fitted, now)

    def promote(self, fitted: Fitted, now: float) -> None:
        """Let a challenger take over."""
        self.champion, self.since = fitted, now
        self.world.refer(fitted)
        self.release(fitted.threshold, now, "the challenger takes over")

    def foresee(self, now: float) -> None:
        """Train on all true labels, as only an oracle can, and take over at once."""
        if now > NEW:
            rows, stream = self.known(now), self.world.stream
            rows = rows.assign(label=stream.fraud[: len(rows)].astype(float))
            self.champion = _learn.foreseen(self.world.before, rows, stream, now // DAY)
            self.release(self.champion.threshold, now, "the oracle trains")

    def known(self, now: float) -> pd.DataFrame:
        """Return history and payments so far, without those that a broken feed has spoilt."""
        stream, start = self.world.stream, GO_LIVE * DAY
        past = stream.rows_of(0, GO_LIVE)
        history = (
            stream.inputs()
            .iloc[past]
            .assign(
                time=stream.time[past],
                label=stream.fraud[past].astype(float),
                score=0.0,
                weight=stream.weight[past],
            )
        )
        rows = self.world.rows(start, now).assign(
            weight=stream.weight[past.stop : stream.rows_of(0, now // DAY).stop]
        )
        both = pd.concat([history, rows[history.columns]], ignore_index=True)
        for began, ended in self.spoilt:
            both = both[(both["time"] < began) | (both["time"] >= ended)]
        return both
