"""From which value on an alarm rings, and at which counts the kill switch stops."""

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from prerelease import stages

FILE = Path(__file__).with_name("plan.toml")
FALSE_STOPS, DAYS = 0.005, 14
"""Chance of stopping a healthy release for nothing within two weeks, on each side."""


@dataclass(frozen=True)
class KillSwitches:
    """The hours with an alert that stop a release, by the hours since it began.

    Parameters
    ----------
    by_hour : tuple of float
        The chance of each hour of the day to have an alert while nothing is wrong.
    fewest, most : float, default 1
        How many times as many alerts the calm streams with the fewest and the most have.

    Examples
    --------
    >>> switches = KillSwitches((0.1,) * 24)
    >>> switches.stops(6, 6), switches.stops(6, 1), switches.stops(120, 0)
    ('too many', '', 'too few')
    """

    by_hour: tuple[float, ...]
    fewest: float = 1.0
    most: float = 1.0

    @cached_property
    def _both(self) -> tuple[Any, Any]:
        rates = np.stack([np.tile(np.roll(self.by_hour, -first), DAYS) for first in range(24)])
        looks = np.arange(1, 24 * DAYS + 1)
        return tuple(
            stages.kill_switch(
                np.minimum(times * rates, 1), looks, too_many=many, false_stops=FALSE_STOPS
            )
            for times, many in ((self.most, True), (self.fewest, False))
        )

    def stops(self, hours: int, counted: int) -> str:
        """Return why a release is stopped after so many hours with so many alerts, or nothing."""
        many, few = self._both
        if not 1 <= hours <= len(many.looks):
            return ""
        if counted >= many.stop[hours - 1]:
            return "too many"
        return "too few" if counted <= few.stop[hours - 1] else ""


@dataclass(frozen=True)
class Plan:
    """What was settled on calm streams.

    Parameters
    ----------
    limits : dict of str to float
        From which value on each of the watcher's rules rings.
    switches : KillSwitches
        The counts that stop.
    """

    limits: dict[str, float]
    switches: KillSwitches


def read(file: Path = FILE) -> Plan:
    """Return the plan as it was written by `casebook.rehearsal calm`."""
    written = tomllib.loads(file.read_text(encoding="utf-8"))
    alerts = written["alerts"]
    switches = KillSwitches(tuple(alerts["by_hour"]), alerts["fewest"], alerts["most"])
    return Plan(written["limits"], switches)
