import numpy as np
import pandas as pd
import pytest

from prerelease import intervals, stages


@pytest.mark.parametrize(("truth", "bound"), [(0.8, 0.7), (0.1, 0.2), (0.95, 0.9)])
def test_power_is_how_often_the_exact_interval_leaves_the_bound_behind(truth, bound):
    n, rng = 120, np.random.default_rng(0)
    seen = 0
    for caught in rng.binomial(n, truth, size=2000):
        found = intervals.binomial(int(caught), n)
        seen += found.low >= bound if truth > bound else found.high <= bound
    assert seen / 2000 == pytest.approx(stages.power(n, truth=truth, bound=bound), abs=0.035)


@pytest.mark.parametrize(("truth", "bound"), [(0.8, 0.7), (0.1, 0.2), (0.001, 0.002), (0.9, 0.5)])
def test_as_many_cases_as_are_needed_are_enough_and_half_of_them_are_not(truth, bound):
    n = stages.cases_needed(truth=truth, bound=bound)
    for more in range(n, n + max(1, n // 12), max(1, n // 200)):
        assert stages.power(more, truth=truth, bound=bound) >= 0.79
    assert stages.power(n // 2, truth=truth, bound=bound) < 0.8


def test_a_smaller_margin_needs_more_cases():
    needed = [stages.cases_needed(truth=0.8, bound=bound) for bound in (0.6, 0.7, 0.75)]
    assert needed == sorted(needed)


def test_to_see_no_difference_takes_forever():
    with pytest.raises(ValueError, match=r"No number of cases shows a share of 0\.5"):
        stages.cases_needed(truth=0.5, bound=0.5)
    with pytest.raises(ValueError, match="more than 50,000,000 cases"):
        stages.cases_needed(truth=0.5, bound=0.49995)


def test_a_kill_switch_stops_for_nothing_as_rarely_as_it_says():
    switch = stages.kill_switch(5000, agreed=0.01, factor=1.5)
    rng = np.random.default_rng(0)
    fine, worse = (rng.binomial(5000, share, size=100_000) for share in (0.01, 0.015))
    assert (fine >= switch.stop_at).mean() == pytest.approx(switch.false_stops, abs=0.002)
    assert (worse >= switch.stop_at).mean() == pytest.approx(switch.seen, abs=0.005)
    assert switch.false_stops <= 0.01


def test_the_shortest_watch_sees_and_a_shorter_one_does_not():
    switch = stages.watched_until_seen(agreed=0.002)
    assert switch.seen >= 0.9
    assert stages.kill_switch(switch.n // 2, agreed=0.002).seen < 0.9


def conclusions(**change):
    row = {"stage": "canary", "conclusion": "c", "cases": 1000, "of": "payments", "traffic": 0.05}
    return pd.DataFrame([row | change])


def test_days_follow_from_the_share_of_the_traffic():
    few = stages.plan(conclusions(), payments_per_day=10_000, frauds_per_day=20)
    assert few["days"].tolist() == [2]
    assert few["payments"].tolist() == [1000]
    frauds = conclusions(of="frauds", cases=40, traffic=1.0)
    table = stages.plan(frauds, payments_per_day=10_000, frauds_per_day=20)
    assert table["days"].tolist() == [2]
    assert table["payments"].tolist() == [20_000]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"of": "rows"}, "of must be one of"),
        ({"traffic": 0.0}, "traffic must be"),
        ({"traffic": 1.5}, "traffic must be"),
    ],
)
def test_a_plan_that_means_nothing_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        stages.plan(conclusions(**change), payments_per_day=1e4, frauds_per_day=20)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1])
def test_shares_lie_between_nought_and_one(share):
    with pytest.raises(ValueError, match="must be a finite number above 0"):
        stages.power(10, truth=share, bound=0.5)


def test_a_green_tick_is_a_coin_toss_at_the_bound_and_rarer_below_it():
    assert stages.green_tick(10_000, truth=0.7, bound=0.7) == pytest.approx(0.5, abs=0.01)
    drawn = np.random.default_rng(0).binomial(75, 0.65, size=20_000) / 75
    expected = stages.green_tick(75, truth=0.65, bound=0.7)
    assert (drawn >= 0.7).mean() == pytest.approx(expected, abs=0.01)
    assert stages.power(75, truth=0.65, bound=0.7) < 1


@pytest.mark.parametrize("truth", [0.5, 0.65, 0.7])
def test_a_model_that_is_not_good_enough_passes_as_rarely_as_the_level_says(truth):
    assert stages.passing(57, truth=truth, bound=0.7) <= 0.025
    assert stages.passing(57, truth=truth, bound=0.7) < stages.green_tick(
        57, truth=truth, bound=0.7
    )


def test_above_the_bound_passing_is_the_power():
    assert stages.passing(57, truth=0.8, bound=0.7) == stages.power(57, truth=0.8, bound=0.7)
