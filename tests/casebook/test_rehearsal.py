"""What the conductor does at which sign, in a world that says what it is told to say."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from casebook.rehearsal import _conductor, _learn, _plan
from casebook.rehearsal._conductor import ACCEPT, BROKEN, REPAIR, WRONG, Conductor
from casebook.rehearsal._learn import Fitted
from casebook.rehearsal._plan import KillSwitches, Plan
from casebook.streams import DAY

HOUR = 3_600
ONE_IN_TEN = KillSwitches((0.1,) * 24)


class Said:
    """A world in which hours have an alert, and mornings an alarm, as it is told."""

    def __init__(self, alerts=lambda hour, threshold: hour % 10 == 0, alarms=None):
        self.alerts, self.alarms, self.releases, self.broken = alerts, alarms or {}, [], {}
        self.stream, self.before, self.labelled = None, None, []

    def release(self, fitted, threshold, now, why):
        self.releases.append((now, threshold, fitted))

    def go(self, until, broken):
        if broken:
            self.broken[until] = broken

    def label(self, since, until):
        self.labelled.append((since, until))

    def blocked(self, since, until):
        hour = round(since / HOUR)
        return [since] * bool(self.alerts(hour, self.releases[-1][1]))

    def rows(self, since, until):
        return pd.DataFrame()

    def refer(self, fitted):
        self.reference = fitted

    def watch(self, day, since):
        rings = self.alarms.get(day, ())
        return [
            {"name": name, "found": 1.0, "rings": name in rings} for name in ("inputs", "losses")
        ]


@pytest.fixture(autouse=True)
def first(monkeypatch):
    fitted = Fitted(None, 0.5, np.linspace(0, 1, 101))
    monkeypatch.setattr(_learn, "released", lambda *_: fitted)
    monkeypatch.setattr(Conductor, "known", lambda *_: None)
    return fitted


def run(world, **more):
    conductor = Conductor(world, Plan({}, ONE_IN_TEN), **more)
    conductor.run()
    return conductor


def test_too_many_alerts_bring_the_release_before_back_within_hours():
    world = Said(lambda hour, threshold: threshold == 0.99 or hour % 10 == 0)
    run(world, spared=frozenset({"broken"}))
    (_, right, _), (when, wrong, _), (back, again, _), *more = world.releases
    assert (right, when, wrong, again) == (0.5, WRONG, 0.99, 0.5)
    assert WRONG < back <= WRONG + 8 * HOUR
    assert not more


def test_a_kill_switch_that_nobody_listens_to_changes_nothing():
    world = Said(lambda hour, threshold: threshold == 0.99 or hour % 10 == 0)
    run(world, answers=frozenset({"repair"}))
    assert [threshold for _, threshold, _ in world.releases] == [0.5, 0.99]


def test_silence_brings_back_accepting_everything_and_the_next_quiet_morning_the_release():
    world = Said(lambda hour, threshold: False)
    run(world, spared=frozenset({"wrong", "broken"}))
    (_, first, _), (stopped, accept, _), (back, again, _), *_ = world.releases
    assert (first, accept, again) == (0.5, ACCEPT, 0.5)
    assert back == (stopped // DAY + 1) * DAY


def test_a_broken_feed_is_repaired_six_hours_after_its_alarm_and_only_then():
    morning = BROKEN // DAY + 1
    world = Said(alarms={morning: {"inputs"}})
    conductor = run(world)
    assert max(world.broken) == morning * DAY + REPAIR
    assert min(world.broken) == BROKEN + HOUR
    assert conductor.spoilt == [(BROKEN, morning * DAY + REPAIR)]


def test_without_an_alarm_or_an_answer_the_feed_stays_broken():
    for world, more in (
        (Said(), {}),
        (Said(alarms={12: {"inputs"}}), {"answers": frozenset({"stop"})}),
    ):
        run(world, **more)
        assert max(world.broken) == _conductor.END * DAY


def test_an_inspection_of_a_sound_feed_finds_nothing():
    conductor = run(Said(alarms={9: {"inputs"}}), spared=frozenset({"broken"}))
    assert ("data engineering", "finds nothing") in {
        (one["who"], one["what"]) for one in conductor.events
    }


@pytest.mark.parametrize("outcome", ["pass", "fail", "insufficient evidence"])
def test_a_challenger_takes_over_only_if_the_gate_says_pass(monkeypatch, outcome):
    new = Fitted(None, 0.25, np.zeros(1))
    verdict = SimpleNamespace(outcome=outcome, findings=[])
    monkeypatch.setattr(_learn, "challenger", lambda *_, **__: (new, verdict))
    world = Said(alarms={16: {"losses"}})
    run(world, spared=frozenset({"wrong", "broken"}))
    assert (0.25 in [threshold for _, threshold, _ in world.releases]) == (outcome == "pass")
    assert (world.reference is new) == (outcome == "pass")


def test_the_gate_is_asked_three_times_at_most_and_not_within_three_days(monkeypatch):
    asked = []

    def challenger(*_, **more):
        asked.append(more["since"])
        return Fitted(None, 0.25, np.zeros(1)), SimpleNamespace(outcome="fail", findings=[])

    monkeypatch.setattr(_learn, "challenger", challenger)
    conductor = run(
        Said(alarms=dict.fromkeys(range(24), ("losses",))), spared=frozenset({"broken"})
    )
    judged = [one["time"] / DAY for one in conductor.events if one["who"] == "gate"]
    assert len(asked) == 3
    assert judged[:3] == [8, 11, 14]


def test_labels_come_a_day_late_and_each_stretch_once():
    world = Said()
    run(world)
    starts, ends = zip(*world.labelled, strict=True)
    assert starts[0] == 7 * DAY
    assert list(ends) == [day * DAY for day in range(7, 23)]
    assert all(end - start <= DAY for start, end in world.labelled)


def test_a_healthy_release_is_stopped_once_in_a_hundred_at_most():
    many, few = ONE_IN_TEN._both
    rates = np.full(24 * _plan.DAYS, 0.1)
    assert 0 < many.stopped(rates)[-1] + few.stopped(rates)[-1] <= 0.01


def test_the_plan_that_is_kept_has_what_the_watcher_and_the_switch_need():
    plan = _plan.read()
    assert set(plan.limits) == {"inputs", "scores", "losses"}
    assert all(limit > 0 for limit in plan.limits.values())
    assert plan.switches.stops(24, 24) == "too many"
    assert len(plan.switches.by_hour) == 24
