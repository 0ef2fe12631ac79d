import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from casebook import data, split
from casebook.monitoring import ANY, false_alarms, performance, plan, threshold, watch
from casebook.monitoring._watch import alarms
from casebook.retraining import Inputs, Labelling, Learner, Never, Reports, Triggered, run
from casebook.streams import Shift, build, pool
from prerelease.intervals import Interval

POOL = pool(pd.concat(split.development(data.load_sample())))
BROKEN = Shift("bug", day=8)
SIGNALS = {"reports": Reports(), "inputs": Inputs()}


def dealt(n, shift=None, first=0):
    changed = {"shift": shift} if shift else {}
    return [build(POOL, n_days=14, n_history=5, seed=first + k, **changed) for k in range(n)]


def made_up(values, *, shift="none", stream=0, signal="reports"):
    return pd.DataFrame(
        {
            "stream": stream, "shift": shift, "day": range(1, len(values) + 1), "signal": signal,
            "value": np.asarray(values, dtype=float),
        }
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=40), st.integers(0, 5), st.integers(1, 6))
def test_alarms_are_at_the_threshold_and_rest_apart(values, at, rest):
    found = np.flatnonzero(alarms(values, at, rest=rest))
    reached = np.flatnonzero(np.array(values) >= at)
    assert set(found) <= set(reached)
    assert (np.diff(found) >= rest).all()
    assert all(any(0 <= day - alarm < rest for alarm in found) for day in reached)


def test_watching_tells_what_a_triggered_policy_would_have_seen():
    stream = dealt(1, BROKEN)[0]
    told = watch([stream], SIGNALS, labelling=Labelling(delay=1))
    inputs = told[told["signal"] == "inputs"].set_index("day")["value"]
    at = inputs.max() / 2
    days, _ = run(Learner(stream), Triggered(at, Inputs()), labelling=Labelling(delay=1))
    first = days.loc[days["retrained"], "day"].min()
    assert first == inputs.index[inputs >= at].min()


def test_a_broken_input_is_heard_the_morning_after():
    calm, broken = dealt(4, first=50), dealt(4, BROKEN)
    limits = threshold(watch(calm, SIGNALS), false_alarms=0.5)
    found = performance(watch([*dealt(4), *broken], SIGNALS), limits, first=8)
    row = found.set_index(["signal", "shift"]).loc[("inputs", "bug")]
    assert row["alarmed"].estimate == 1
    assert row["delay"] == 1


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 999), st.floats(0.3, 6))
def test_the_threshold_keeps_false_alarms_as_rare_as_asked(seed, allowed):
    rng = np.random.default_rng(seed)
    calm = pd.concat([made_up(rng.integers(0, 20, 30), stream=k) for k in range(4)])
    at = threshold(calm, false_alarms=allowed)["reports"]
    made = sum(alarms(one["value"], at).sum() for _, one in calm.groupby("stream"))
    assert 30 * made / len(calm) <= allowed


def test_false_alarms_have_garwoods_interval():
    calm = pd.concat([made_up([9, 0, 0, 0, 0, 0], stream=k) for k in range(5)])
    found = performance(calm, pd.Series({"reports": 5.0}), first=1)
    rate = found["false_alarms"].iloc[0]
    assert rate.estimate == pytest.approx(5)
    # The ends are where a Poisson count of 5 becomes as improbable as 2.5 %.
    assert stats.poisson.sf(4, rate.low) == pytest.approx(0.025)
    assert stats.poisson.cdf(5, rate.high) == pytest.approx(0.025)


def test_alarms_that_come_in_the_same_streams_are_known_less_well():
    loud, quiet = [9, 0, 0, 9, 0, 0, 9, 0, 0], np.zeros(9)
    some = pd.concat([made_up(loud if k < 3 else quiet, stream=k) for k in range(9)])
    spread = pd.concat([made_up([9, *np.zeros(8)], stream=k) for k in range(9)])
    limits = pd.Series({"reports": 5.0})
    one, other = (false_alarms(each, limits)["reports"] for each in (some, spread))
    assert one.estimate == other.estimate
    assert one.low < other.low < other.high < one.high


def test_streams_watched_by_two_processes_say_the_same():
    built = [build(POOL, n_days=9, n_history=5, seed=k) for k in range(2)]
    signals = {"reports": Reports()}
    one, two = (watch(iter(built), signals, processes=n) for n in (1, 2))
    pd.testing.assert_frame_equal(one, two)


def test_no_false_alarm_still_leaves_room_for_some():
    calm = pd.concat([made_up(np.zeros(30), stream=k) for k in range(2)])
    rate = performance(calm, pd.Series({"reports": 5.0}), first=1)["false_alarms"].iloc[0]
    assert rate.low == rate.estimate == 0
    assert rate.high > 0


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 999))
def test_any_of_the_signals_calls_on_the_mornings_on_which_one_of_them_does(seed):
    rng = np.random.default_rng(seed)
    calm = pd.concat(
        made_up(rng.integers(0, 6, 12), stream=stream, signal=name)
        for stream in range(3)
        for name in ("reports", "inputs")
    )
    limits = pd.Series({"reports": 4.0, "inputs": 5.0})
    rates = false_alarms(calm, limits)
    called = {
        name: [
            alarms(one["value"], limits[name])
            for _, one in calm[calm["signal"] == name].groupby("stream")
        ]
        for name in limits.index
    }
    for name, mornings in called.items():
        assert rates[name].estimate == pytest.approx(30 * np.sum(mornings) / 36)
    both = np.logical_or(called["reports"], called["inputs"])
    assert rates[ANY].estimate == pytest.approx(30 * both.sum() / 36)
    assert rates[ANY].n == 36


def test_a_change_is_judged_against_calm_streams_on_the_same_mornings():
    quiet, loud = [0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 9, 0]
    table = pd.concat(
        [made_up(quiet, stream=k) for k in range(8)]
        + [made_up(loud, shift="concept", stream=8 + k) for k in range(8)]
    )
    found = performance(table, pd.Series({"reports": 5.0}), first=3).set_index("shift")
    assert found.loc["concept", "p_value"] == pytest.approx(1 / 12870)  # one way of 16 over 8
    assert found.loc["concept", "delay"] == 2
    assert np.isnan(found.loc["none", "p_value"])
    assert np.isnan(found.loc["none", "delay"])


def test_an_alarm_before_the_change_is_not_its_discovery():
    table = pd.concat(
        [made_up([9, 9, 9, 0, 0, 0], shift="bug", stream=0), made_up(np.zeros(6), stream=1)]
    )
    found = performance(table, pd.Series({"reports": 5.0}), first=3).set_index("shift")
    assert found.loc["bug", "alarmed"].estimate == 0


def interval(value, half):
    return Interval(value, value - half, value + half, level=0.95, method="made up", n=9)


FOUND = pd.DataFrame(
    {
        "signal": "reports", "shift": ["none", "concept", "bug", "covariate"],
        "p_value": [np.nan, 0.001, 0.001, 0.4], "delay": [np.nan, 2.5, 1.0, 7.0],
        "false_alarms": interval(0.5, 0.1),
    }
)  # fmt: skip
KINDS = {"concept": "new frauds", "bug": "broken input", "covariate": "fewer"}
GIVEN = {
    "duties": {"reports": ("frauds a day", "fraud team", "Read them.")},
    "signals": {"reports": Reports()},
    "thresholds": pd.Series({"reports": 4.25}),
    "kinds": KINDS,
}


def advice(concept, bug=None, **more):
    saved = {("reports", "concept"): concept, ("reports", "bug"): bug or interval(1, 5)}
    return plan(FOUND, saved=saved, **{**GIVEN, **more}).loc["reports"]


def test_the_plan_says_who_when_and_how_late():
    row = advice(interval(100, 10))
    assert row["owner"] == "fraud team"
    assert row["threshold"] == "4.25"
    assert row["window (days)"] == 2
    assert row["false alarms a month"] == "0.5 [0.4, 0.6]"
    assert row["sees (delay)"] == "new frauds (2.5 days); broken input (1 day)"


def test_the_plan_says_retrain_only_where_that_is_worth_it_beyond_chance():
    assert "new frauds: retrain (+100" in advice(interval(100, 10))["then"]
    assert "do not retrain, it shows no gain" in advice(interval(100, 110))["then"]
    assert "do not retrain, it does harm" in advice(interval(-100, 10))["then"]


def test_the_plan_prefers_another_answer_that_saves_more():
    better = {"bug": ("repair it", interval(60, 5))}
    then = advice(interval(100, 10), interval(30, 5), instead=better)["then"]
    assert "broken input: repair it (+60" in then
    assert "to retrain saves something, too (+30" in then
    unclear = advice(interval(100, 10), interval(30, 50), instead=better)["then"]
    assert "to retrain shows no gain (+30" in unclear
    worse = {"bug": ("repair it", interval(20, 5))}
    assert "broken input: retrain" in advice(interval(9, 1), interval(30, 5), instead=worse)["then"]


def test_a_signal_that_sees_nothing_is_no_case_for_retraining():
    blind = FOUND.assign(p_value=0.5)
    row = plan(blind, saved={}, **GIVEN).loc["reports"]
    assert row["sees (delay)"] == "nothing beyond luck"
    assert row["then"] == "no case for retraining"


def test_more_false_alarms_allowed_never_raise_the_threshold():
    calm = watch(dealt(3), SIGNALS)
    strict, lax = (threshold(calm, false_alarms=rate) for rate in (0.5, 5))
    assert (lax <= strict).all()


def test_never_is_what_is_watched():
    stream = dealt(1)[0]
    value = watch([stream], {"reports": Reports()})["value"]
    days, _ = run(Learner(stream), Never())
    assert value.sum() * 2 <= 2 * days["missed"].sum()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: watch([], SIGNALS), "streams and signals must not be empty, got 0 and 2"),
        (lambda: watch(dealt(1), {}), "streams and signals must not be empty, got 1 and 0"),
        (lambda: alarms([], 1), "values must not be empty"),
        (lambda: alarms([1], np.nan), "threshold must be"),
        (lambda: alarms([1], 1, rest=0), "rest must be"),
        (lambda: threshold(made_up([1], shift="bug")), r"without a change only, got \['bug'\]"),
        (lambda: threshold(made_up([])), "without a change only, got no stream"),
        (lambda: threshold(made_up([1]), false_alarms=0), "false_alarms must be"),
        (lambda: performance(made_up([1, 2]), pd.Series({"x": 1.0}), first=1), "no threshold"),
        (
            lambda: performance(made_up([1, 2], shift="bug"), pd.Series({"reports": 1.0}), first=1),
            "streams without a change only, got no stream",
        ),
        (
            lambda: performance(made_up([1, 2]), pd.Series({"reports": 1.0}), first=2),
            "first must come before the last day, 2, got 2",
        ),
        (lambda: false_alarms(made_up([1], shift="bug"), pd.Series({"reports": 1.0})), "without"),
    ],
)
def test_what_is_wrong_is_said(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_plan_names_the_result_that_is_missing():
    with pytest.raises(KeyError, match=r"reports.*concept"):
        plan(FOUND, saved={}, **GIVEN)
    with pytest.raises(KeyError, match="reports"):
        plan(FOUND, saved={}, **{**GIVEN, "duties": {}})
    with pytest.raises(KeyError, match="bug"):
        plan(FOUND[FOUND["shift"] != "bug"], saved={}, **GIVEN)
