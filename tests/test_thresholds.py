"""Thresholds are priced on rows that did not choose them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prerelease.costs import CostModel, best_threshold, total_cost
from prerelease.thresholds import cross_fitted

COSTS = CostModel()


def payments(n=400, seed=0, noise=0.5):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.15).astype(int)
    score = np.clip(0.3 * y + noise * rng.random(n), 0, 1)
    return y, score, rng.exponential(60, n), np.sort(rng.uniform(0, 1000, n))


def test_no_row_has_a_say_in_its_own_decision():
    y, score, amount, time = payments()
    before = cross_fitted(y, score, amount, time, costs=COSTS)
    last = time > 750 + time[0] * 0.25  # well inside the last stretch
    changed = y.copy()
    changed[last] = 1 - changed[last]
    after = cross_fitted(changed, score, amount, time, costs=COSTS)
    assert after.thresholds[-1] == before.thresholds[-1]
    assert (after.block[last] == before.block[last]).all()


def test_each_threshold_is_the_best_of_the_other_stretches():
    y, score, amount, time = payments()
    found = cross_fitted(y, score, amount, time, costs=COSTS, n_stretches=2)
    half = (time[0] + time[-1]) / 2
    for rows, threshold in zip((time < half, time >= half), found.thresholds, strict=True):
        best = best_threshold(y[~rows], score[~rows], amount[~rows], costs=COSTS)
        assert threshold == best.threshold
        assert (found.block[rows] == (score[rows] >= threshold)).all()


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), stretches=st.integers(2, 6))
def test_no_cheaper_than_the_best_threshold_of_all_rows_unless_thresholds_differ(seed, stretches):
    y, score, amount, time = payments(seed=seed)
    found = cross_fitted(y, score, amount, time, costs=COSTS, n_stretches=stretches)
    assert len(found.thresholds) == stretches
    if len(set(found.thresholds)) == 1:
        best = best_threshold(y, score, amount, costs=COSTS).cost
        assert total_cost(y, found.block, amount, costs=COSTS) >= best - 1e-9


def test_choosing_and_pricing_on_the_same_rows_is_optimistic_on_average():
    gaps = []
    for seed in range(40):
        y, score, amount, time = payments(n=150, seed=seed, noise=0.9)
        honest = total_cost(
            y, cross_fitted(y, score, amount, time, costs=COSTS).block, amount, costs=COSTS
        )
        gaps.append(honest - best_threshold(y, score, amount, costs=COSTS).cost)
    assert np.mean(gaps) > 0


def test_a_perfect_score_is_decided_perfectly():
    y, _, amount, time = payments()
    found = cross_fitted(y, y.astype(float), amount, time, costs=COSTS)
    assert (found.block == (y == 1)).all()


def test_frauds_of_one_stretch_only_leave_nothing_to_choose_by():
    y = np.r_[np.zeros(50, dtype=int), np.ones(50, dtype=int)]
    with pytest.raises(ValueError, match=r"Without stretch 2 of 2 .* all 50 frauds are in it"):
        cross_fitted(y, np.linspace(0, 1, 100), np.ones(100), np.arange(100.0), costs=COSTS,
                     n_stretches=2)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_stretches": 1}, "n_stretches must be an integer of at least 2"),
        ({"time": [3.0, 2.0, 1.0, 0.0]}, "time must be sorted"),
        ({"time": [5.0] * 4}, "time must span some time .* got 5 s only"),
        ({"score": [0.1, 0.2, 0.3, np.nan]}, "score must be finite"),
        ({"score": [0.1, 0.2, 0.3]}, "same length"),
        ({"amount": [1.0, 1.0, 1.0, -1.0]}, "amount must not be negative"),
    ],
)
def test_bad_input_is_named(change, message):
    good = {
        "y": [1, 0, 1, 0],
        "score": [0.9, 0.1, 0.8, 0.2],
        "amount": [50.0] * 4,
        "time": [0.0, 1.0, 2.0, 3.0],
        "n_stretches": 2,
    }
    values = {**good, **change}
    arrays = [values[name] for name in ("y", "score", "amount", "time")]
    with pytest.raises(ValueError, match=message):
        cross_fitted(*arrays, costs=COSTS, n_stretches=values["n_stretches"])


def test_a_row_of_weight_nine_counts_as_nine_rows():
    rng = np.random.default_rng(3)
    y = rng.random(400) < 0.1
    score, amount, weight = (
        0.7 * rng.random(400) + 0.3 * y,
        rng.exponential(50, 400),
        np.where(y, 1, 9),
    )
    time = np.arange(400.0)
    once = cross_fitted(y, score, amount, time, costs=CostModel(), weight=weight)
    again = np.repeat(np.arange(400), weight)
    twice = cross_fitted(y[again], score[again], amount[again], time[again], costs=CostModel())
    assert once.thresholds == twice.thresholds
    alone = cross_fitted(y, score, amount, time, costs=CostModel())
    assert alone.thresholds != once.thresholds
