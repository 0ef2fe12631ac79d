from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook import profile

MOMENTS = st.lists(st.integers(0, 60), min_size=3, max_size=25).map(sorted)


def traffic(n=4000, seconds=40_000, seed=0):
    return np.sort(np.random.default_rng(seed).integers(0, seconds, n)).astype(float)


@given(MOMENTS, st.sampled_from([0, 1, 7, 100]))
def test_pairs_agree_with_a_loop_over_all_pairs(moments, width):
    labels = np.ones(len(moments), dtype=int)
    table = profile.burst_test(moments, labels, widths=[width], n_permutations=3)
    by_hand = sum(b - a <= width for a, b in combinations(moments, 2))
    assert table["pairs"].tolist() == [by_hand]
    # Where every payment is a fraud, any exchange of labels changes nothing.
    assert table["expected"].tolist() == [by_hand]
    assert table["p_value"].tolist() == [1]


def test_expected_pairs_agree_with_the_closed_form():
    times = traffic(600, 3000)
    labels = np.zeros(600, dtype=int)
    labels[:60] = 1
    table = profile.burst_test(times, labels, widths=[30], n_permutations=2000)
    all_pairs = sum(b - a <= 30 for a, b in combinations(times, 2))
    by_hand = all_pairs * (60 * 59) / (600 * 599)
    assert table.loc[30, "expected"] == pytest.approx(by_hand, rel=0.03)


def test_frauds_at_random_are_not_called_bursts_more_often_than_promised():
    rng = np.random.default_rng(5)
    times = traffic(1500, 15_000)
    p_values = []
    for seed in range(120):
        labels = np.zeros(1500, dtype=int)
        labels[rng.choice(1500, 40, replace=False)] = 1
        table = profile.burst_test(times, labels, widths=[60], n_permutations=99, seed=seed)
        p_values.append(table["p_value"].iloc[0])
    # 120 tests at level 0.1: more than 22 rejections have a chance below 0.002.
    assert np.mean(np.array(p_values) <= 0.1) <= 22 / 120
    assert 0.4 < np.mean(p_values) < 0.65


def test_a_chain_of_frauds_is_called_a_burst():
    times = traffic()
    labels = np.zeros(4000, dtype=int)
    labels[2000:2020] = 1
    table = profile.burst_test(times, labels, widths=[60], n_permutations=199)
    assert table.loc[60, "p_value"] == 1 / 200
    assert table.loc[60, "ratio"] > 10


def test_hours_of_different_risk_are_no_bursts_within_hours():
    times = traffic()
    hour = (times // 3600).astype(int)
    rng = np.random.default_rng(2)
    labels = (rng.random(4000) < np.where(hour == 3, 0.3, 0.005)).astype(int)
    assert profile.burst_test(times, labels, widths=[600])["p_value"].iloc[0] == 1 / 1000
    within = profile.burst_test(times, labels, strata=hour, widths=[600])
    assert within["p_value"].iloc[0] > 0.05


def test_each_exchange_keeps_the_frauds_of_each_stratum():
    # One payment a second and hours apart: frauds of one stratum are the only pairs there are.
    times = np.r_[np.arange(50.0), 10_000 + np.arange(50.0)]
    labels = np.zeros(100, dtype=int)
    labels[[0, 9, 40, 60]] = 1
    strata = np.repeat([0, 1], 50)
    table = profile.burst_test(times, labels, strata=strata, widths=[100], n_permutations=50)
    assert (table["expected"].iloc[0], table["low"].iloc[0], table["high"].iloc[0]) == (3, 3, 3)


def test_a_thinned_traffic_with_weights_expects_about_what_the_whole_does():
    times = traffic(40_000, 40_000)
    labels = np.zeros(40_000, dtype=int)
    labels[np.random.default_rng(0).choice(40_000, 200, replace=False)] = 1
    kept = (labels == 1) | (np.arange(40_000) % 20 == 0)
    weights = np.where(labels == 1, 1.0, (labels == 0).sum() / ((labels == 0) & kept).sum())
    hour = times // 3600
    whole = profile.burst_test(times, labels, strata=hour, widths=[0, 10, 600])
    thin = profile.burst_test(
        times[kept], labels[kept], strata=hour[kept], weights=weights[kept], widths=[0, 10, 600]
    )
    assert thin["expected"].to_numpy() == pytest.approx(whole["expected"].to_numpy(), rel=0.15)


def test_same_seed_same_table_other_seed_other_table():
    times, labels = traffic(500, 5000), np.arange(500) % 25 == 0
    first, again, other = (
        profile.burst_test(times, labels, n_permutations=50, seed=seed) for seed in (1, 1, 2)
    )
    assert first.equals(again)
    assert not first["expected"].equals(other["expected"])


def test_a_single_fraud_makes_no_pair():
    with pytest.raises(ValueError, match="at least 2 frauds to make a pair, got 1"):
        profile.burst_test([0.0, 1.0], [0, 1])


def test_a_window_in_which_chance_makes_no_pair_has_no_ratio():
    table = profile.burst_test([0.0, 50.0, 99.0], [1, 1, 0], widths=[1], n_permutations=5)
    assert np.isnan(table.loc[1, "ratio"])


def test_design_effect_agrees_with_a_bootstrap_of_whole_blocks():
    times, rng = traffic(6000, 60_000), np.random.default_rng(1)
    labels = np.zeros(6000, dtype=int)
    labels[(rng.integers(0, 590, 40)[:, None] * 10 + np.arange(5)).ravel()] = 1
    found = profile.design_effect(times, labels, widths=[600], n_permutations=9).loc[600]
    block = (times // 600).astype(int)
    frauds, payments = np.bincount(block, weights=labels), np.bincount(block)
    drawn = rng.integers(0, len(frauds), (20_000, len(frauds)))
    rates = frauds[drawn].sum(axis=1) / payments[drawn].sum(axis=1)
    rate = labels.mean()
    by_hand = rates.var() / (rate * (1 - rate) / len(labels))
    assert found["design_effect"] == pytest.approx(by_hand, rel=0.05)
    assert found["widening"] == pytest.approx(np.sqrt(found["design_effect"]))


def test_design_effect_of_independent_frauds_is_about_one_and_of_bursts_is_not():
    times, rng = traffic(20_000, 100_000), np.random.default_rng(1)
    alone = (rng.random(20_000) < 0.02).astype(int)
    chains = np.zeros(20_000, dtype=int)
    chains[(rng.integers(0, 1900, 20)[:, None] * 10 + np.arange(20)).ravel()] = 1
    calm = profile.design_effect(times, alone, widths=[1000]).iloc[0]
    lumpy = profile.design_effect(times, chains, widths=[1000]).iloc[0]
    assert 0.6 < calm["design_effect"] < 1.5
    assert calm["p_value"] > 0.02
    assert lumpy["design_effect"] > 5
    assert lumpy["p_value"] == 1 / 1000


def two_risks(n=20_000, seconds=172_800):
    """Independent frauds, five times as frequent in the first half of each day."""
    times, rng = traffic(n, seconds), np.random.default_rng(4)
    half = (times % 86_400 < 43_200).astype(int)
    return times, half, (rng.random(n) < np.where(half, 0.05, 0.01)).astype(int)


def test_strata_take_a_known_difference_of_risk_out_of_the_design_effect():
    times, half, labels = two_risks()
    for widths in ([3600.0], [600.0]):
        one_rate = profile.design_effect(times, labels, widths=widths).iloc[0]
        two_rates = profile.design_effect(times, labels, strata=half, widths=widths).iloc[0]
        assert one_rate["design_effect"] > 1.3
        assert one_rate["p_value"] == 1 / 1000
        assert two_rates["p_value"] > 0.02
        assert two_rates["design_effect"] < one_rate["design_effect"] - 0.2


def test_design_effect_is_one_on_average_over_exchanges_within_strata():
    times, half, labels = two_risks(600)
    rng, effects = np.random.default_rng(5), []
    for _ in range(400):
        for stratum in (0, 1):
            rows = np.flatnonzero(half == stratum)
            labels[rows] = rng.permutation(labels[rows])
        table = profile.design_effect(times, labels, strata=half, widths=[7200], n_permutations=1)
        effects.append(table["design_effect"].iloc[0])
    error = np.std(effects) / np.sqrt(len(effects))
    assert abs(np.mean(effects) - 1) < 4 * error


def test_design_effect_refuses_strata_that_lie_in_one_block_each():
    with pytest.raises(ValueError, match="must reach over two blocks of 10 s, none does"):
        profile.design_effect([0, 1, 10, 11], [1, 0, 0, 1], strata=[0, 0, 1, 1], widths=[10])


def test_design_effect_refuses_a_block_without_length():
    with pytest.raises(ValueError, match="widths must be a finite number above 0"):
        profile.design_effect([0.0, 1.0], [0, 1], widths=[0])


@given(MOMENTS, st.integers(1, 30))
def test_runs_partition_the_frauds_at_pauses_longer_than_the_gap(moments, gap):
    labels = np.arange(len(moments)) % 2 == 0
    frauds = np.array(moments)[labels]
    table = profile.runs(moments, labels, gap=gap)
    assert table["frauds"].sum() == len(frauds)
    assert len(table) == 1 + (np.diff(frauds) > gap).sum()
    ends = (table["start"] + table["seconds"]).to_numpy()
    assert (table["start"].to_numpy()[1:] - ends[:-1] > gap).all()


CAUGHT = st.lists(st.booleans(), min_size=25, max_size=25)


def bursts_by_hand(moments, hits, gap):
    """Return for each burst which of its frauds were caught, by a walk over the frauds."""
    bursts, last = [], None
    for moment, hit in zip(moments, hits, strict=True):
        if last is None or moment - last > gap:
            bursts.append([])
        bursts[-1].append(hit)
        last = moment
    return bursts


@given(MOMENTS, CAUGHT, st.integers(1, 30))
def test_burst_recall_agrees_with_a_walk_over_the_frauds(moments, caught, gap):
    labels, caught = np.arange(len(moments)) % 3 > 0, np.array(caught[: len(moments)])
    bursts = bursts_by_hand(np.array(moments)[labels], caught[labels], gap)
    touched = profile.burst_recall(moments, labels, caught, gap=gap)
    assert touched == (sum(map(any, bursts)), len(bursts))
    whole = profile.burst_recall(moments, labels, caught, gap=gap, whole=True)
    assert whole == (sum(map(all, bursts)), len(bursts))


@given(MOMENTS, CAUGHT, st.integers(1, 30))
def test_more_frauds_caught_never_lower_burst_recall_and_honest_payments_do_not_count(
    moments, caught, gap
):
    labels, caught = np.arange(len(moments)) % 2 == 0, np.array(caught[: len(moments)])
    some, n = profile.burst_recall(moments, labels, caught, gap=gap)
    more, _ = profile.burst_recall(
        moments, labels, caught | (np.arange(len(moments)) == 0), gap=gap
    )
    whole, _ = profile.burst_recall(moments, labels, caught, gap=gap, whole=True)
    assert whole <= some <= more <= n
    assert some <= caught[labels].sum()
    assert profile.burst_recall(moments, labels, caught ^ ~labels, gap=gap)[0] == some
    assert profile.burst_recall(moments, labels, labels, gap=gap, whole=True) == (n, n)


def test_burst_recall_refuses_scores_in_place_of_decisions():
    with pytest.raises(ValueError, match="caught"):
        profile.burst_recall([0.0, 1.0], [0, 1], [0.3, 0.7])
