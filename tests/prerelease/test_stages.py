import numpy as np
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


BURSTS = np.repeat([0.0, 1.0, 6.0, -2.0], [60, 20, 4, 8])


def test_a_ratio_is_put_where_it_is_supposed_to_be_and_keeps_how_it_varies():
    top, bottom = np.array([3.0, 0, 5, 1]), np.array([4.0, 0, 5, 3])
    value = stages.centred(top, bottom, truth=0.6, bound=0.5)
    assert value.sum() == pytest.approx(0.1 * bottom.sum())
    as_found = stages.centred(top, bottom, truth=9 / 12, bound=0.5)
    assert as_found == pytest.approx(top - 0.5 * bottom)
    with pytest.raises(ValueError, match="bottom must have a positive sum"):
        stages.centred(top, 0 * bottom, truth=0.6, bound=0.5)


def test_the_chance_to_show_it_is_how_often_a_bootstrap_does():
    rng, n, seen = np.random.default_rng(1), 120, 0
    for _ in range(300):
        period = rng.choice(BURSTS, n)
        sums = rng.choice(period, (300, n)).sum(axis=1)
        seen += np.quantile(sums, 0.025) > 0
    assert stages.shown(BURSTS, n) == pytest.approx(seen / 300, abs=0.08)


def test_independent_cases_are_shown_about_as_often_as_the_exact_interval_does():
    n, truth, bound = 300, 0.8, 0.72
    cases = np.repeat([1 - bound, -bound], [800, 200])
    exact = stages.power(n, truth=truth, bound=bound)
    assert stages.shown(cases, n) == pytest.approx(exact, abs=0.08)


def test_what_comes_in_bursts_needs_a_longer_look():
    one_by_one = np.repeat([0.3, -0.7], [800, 200])
    in_fives = np.concatenate([5 * one_by_one[::5], np.zeros(800)])
    assert one_by_one.sum() == pytest.approx(in_fives.sum())
    alone, together = (stages.stretches_needed(v, rounds=200) for v in (one_by_one, in_fives))
    assert together > 3 * alone


def test_as_many_stretches_as_are_needed_are_enough_and_half_of_them_are_not():
    n = stages.stretches_needed(BURSTS)
    assert stages.shown(BURSTS, n) >= 0.8
    assert stages.shown(BURSTS, n // 2) < 0.8


@pytest.mark.parametrize("value", [[0.0, 0.0], [-1.0, 0.5]])
def test_what_is_not_so_is_not_shown_however_long_one_looks(value):
    assert stages.stretches_needed(value) is None


def test_what_would_take_too_long_is_given_up():
    assert stages.stretches_needed([1.0, -0.99], most=50) is None


# --- the kill switch --------------------------------------------------------------------------

LOOKS = [5, 20, 60, 120]


def by_hand(switch, rates, *, rounds=40_000):
    """How often histories that are drawn one by one are stopped by each look."""
    rng = np.random.default_rng(0)
    counts = (rng.random((rounds, len(rates))) < rates).cumsum(axis=1)
    at_looks = counts[:, switch.looks - 1]
    over = at_looks >= switch.stop if switch.too_many else at_looks <= switch.stop
    return np.logical_or.accumulate(over, axis=1).mean(axis=0)


@pytest.mark.parametrize("too_many", [True, False])
@pytest.mark.parametrize("factor", [1.0, 3.0, 0.2])
def test_a_kill_switch_stops_as_often_as_histories_drawn_one_by_one(too_many, factor):
    fine = np.linspace(0.05, 0.25, 120)
    switch = stages.kill_switch(fine, LOOKS, too_many=too_many)
    drawn = by_hand(switch, factor * fine)
    assert switch.stopped(factor * fine) == pytest.approx(drawn, abs=0.006)


@pytest.mark.parametrize("too_many", [True, False])
def test_a_kill_switch_spends_its_false_stops_and_no_more(too_many):
    fine = np.full(120, 0.15)
    switch = stages.kill_switch(fine, LOOKS, too_many=too_many, false_stops=0.02)
    stopped = switch.stopped(fine)
    assert (stopped <= 0.02 * np.array(LOOKS) / 120 + 1e-12).all()
    assert stopped[-1] > 0.005


def test_no_stricter_count_would_do():
    fine = np.full(60, 0.1)
    switch = stages.kill_switch(fine, [60], too_many=True)
    stricter = type(switch)(switch.looks, switch.stop - 1, too_many=True)
    assert switch.stopped(fine)[-1] <= 0.01 < stricter.stopped(fine)[-1]


def test_a_switch_sees_ten_times_the_harm_and_a_model_that_blocks_nothing():
    fine = np.full(144, 0.02)
    harm = stages.kill_switch(fine, range(6, 145, 6), too_many=True)
    assert harm.stopped(1 - (1 - fine) ** 10)[-1] > 0.99
    alerts = np.full(144, 0.1)
    silent = stages.kill_switch(alerts, range(6, 145, 6), too_many=False)
    assert silent.stopped(0 * alerts)[-1] == 1
    assert harm.stopped(0 * alerts)[-1] == 0


@pytest.mark.parametrize("too_many", [True, False])
def test_whenever_a_canary_begins_it_is_not_stopped_for_nothing_more_often(too_many):
    day = np.repeat([0.02, 0.3, 0.1], 24)
    starts = np.stack([np.roll(np.tile(day, 2), -first) for first in range(0, 72, 12)])
    switch = stages.kill_switch(starts, range(6, 145, 6), too_many=too_many)
    assert switch.stopped(starts) == pytest.approx(
        np.array([switch.stopped(one) for one in starts])
    )
    assert (switch.stopped(starts)[:, -1] <= 0.01).all()
    assert switch.stopped(starts)[:, -1].max() > 0.002


def test_the_hours_until_it_stops_are_those_of_the_slowest_start():
    fine = np.full(144, 0.05)
    switch = stages.kill_switch(fine, range(6, 145, 6), too_many=True)
    bad = np.stack([np.full(144, 0.5), np.r_[np.zeros(60), np.full(84, 0.5)]])
    stopped = switch.stopped(bad)
    first = [(one >= 0.9).argmax() + 1 for one in stopped]
    assert switch.hours_until(bad) == max(first) > min(first)
    assert switch.hours_until(fine) == np.inf


@pytest.mark.parametrize(
    ("rates", "looks", "message"),
    [
        ([0.1, 1.2], [2], "rates must be from 0 to 1, got 0.1 to 1.2"),
        ([0.1, np.nan], [2], "rates must be from 0 to 1"),
        ([0.1, 0.1], [3], "looks must grow, from 1 to the 2 stretches"),
        ([0.1, 0.1], [2, 1], "looks must grow"),
        ([0.1, 0.1], [0, 1], "looks must grow"),
        ([0.1, 0.1], [], "looks must grow"),
    ],
)
def test_a_watch_that_means_nothing_is_refused(rates, looks, message):
    with pytest.raises(ValueError, match=message):
        stages.kill_switch(rates, looks, too_many=True)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1])
def test_shares_lie_between_nought_and_one(share):
    with pytest.raises(ValueError, match="must be a finite number above 0"):
        stages.power(10, truth=share, bound=0.5)


@pytest.mark.parametrize("truth", [0.5, 0.65, 0.7])
def test_a_model_that_is_not_good_enough_passes_as_rarely_as_the_level_says(truth):
    assert stages.power(57, truth=truth, bound=0.7, above=True) <= 0.025


def test_the_side_is_that_of_the_truth_unless_it_is_said():
    for truth, above in ((0.8, True), (0.6, False)):
        said = stages.power(57, truth=truth, bound=0.7, above=above)
        assert said == stages.power(57, truth=truth, bound=0.7)
