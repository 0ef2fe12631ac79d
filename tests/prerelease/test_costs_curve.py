"""The cost curve, its best threshold, and what changes with the costs."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from prerelease.costs import CostModel, best_threshold, cost_curve, row_costs, savings
from prerelease.costs._curve import cheapest, curve_at

COSTS = CostModel()
MODELS = st.builds(
    CostModel,
    miss_fee=st.floats(0, 100),
    recovery_share=st.floats(0, 0.9),
    review=st.floats(0, 20),
    goodwill=st.floats(0.5, 100),
    margin_share=st.floats(0, 0.2),
    catch_gain=st.floats(21, 50),
)


@st.composite
def scored(draw, min_positives=1):
    """Cases with many tied scores."""
    n = draw(st.integers(max(min_positives, 1), 30))
    y = draw(hnp.arrays(int, n, elements=st.integers(0, 1)))
    y[:min_positives] = 1
    score = draw(hnp.arrays(int, n, elements=st.integers(0, 8))) / 8
    amount = draw(hnp.arrays(int, n, elements=st.integers(0, 100_000))) / 100
    return y, score, amount


def brute_force(y, score, amount, model):
    """Try every threshold on its own, summed without rounding."""
    found = []
    for threshold in [np.inf, *sorted(set(score), reverse=True)]:
        block = score >= threshold
        found.append((threshold, math.fsum(row_costs(y, block, amount, costs=model))))
    return found


@given(scored(), MODELS)
def test_curve_equals_brute_force(data, model):
    y, score, amount = data
    curve = cost_curve(y, score, amount, costs=model)
    thresholds, costs = zip(*brute_force(y, score, amount, model), strict=True)
    assert curve["threshold"].tolist() == list(thresholds)
    assert curve["cost"].to_numpy() == pytest.approx(np.array(costs), rel=1e-12, abs=1e-9)
    for row in curve.itertuples():
        block = score >= row.threshold
        assert row.alerts == block.sum()
        assert row.caught == (block & (y == 1)).sum()
        assert row.savings == pytest.approx(
            savings(y, block, amount, costs=model), rel=1e-9, abs=1e-9
        )


@given(scored(), MODELS)
def test_best_threshold_is_the_highest_of_the_cheapest(data, model):
    y, score, amount = data
    best = best_threshold(y, score, amount, costs=model)
    everything = brute_force(y, score, amount, model)
    lowest = min(cost for _, cost in everything)
    assert best.cost == pytest.approx(lowest, rel=1e-9, abs=1e-6)
    clearly_dearer = [t for t, cost in everything if t > best.threshold and cost <= lowest]
    assert clearly_dearer == []


def test_thresholds_that_tie_but_for_rounding_leave_the_higher_one():
    # From 0.9 down to 0.7 a blocked negative costs 5.10 and a positive saves 5.10.
    model = CostModel(miss_fee=5.2, review=0.1, goodwill=5.0)
    y = np.r_[1, 0, 1, 1, 1, np.zeros(90)]
    score = np.r_[0.9, 0.8, 0.7, 0.1, 0.1, np.full(90, 0.1)]
    amount = np.r_[86.88, 0, 0, 20.68, 22.41, np.zeros(90)]
    cost = cost_curve(y, score, amount, costs=model).set_index("threshold")["cost"]
    assert cost[0.7] < cost[0.9] == pytest.approx(cost[0.7])
    assert best_threshold(y, score, amount, costs=model).threshold == 0.9


def test_a_cent_among_a_hundred_thousand_is_no_tie():
    # As above, but the positive at 0.7 saves a cent more; blocking down to 0.1 never pays.
    y, score = np.r_[1, 0, 1, 1, np.zeros(9000)], np.r_[0.9, 0.8, 0.7, 0.1, np.full(9000, 0.1)]
    amount = np.r_[50, 0, 0.01, 99_000, np.zeros(9000)]
    assert best_threshold(y, score, amount, costs=CostModel()).threshold == 0.7


@given(scored(), MODELS, st.integers(0, 2**32 - 1))
def test_order_of_rows_changes_nothing(data, model, seed):
    order = np.random.default_rng(seed).permutation(len(data[0]))
    first = cost_curve(*data, costs=model)
    second = cost_curve(*(values[order] for values in data), costs=model)
    pd.testing.assert_frame_equal(first, second, rtol=1e-9)


@given(scored(), MODELS, st.integers(2, 4))
def test_weights_are_as_good_as_repeated_rows(data, model, times):
    weighted = cost_curve(*data, costs=model, weight=np.full(len(data[0]), times))
    repeated = cost_curve(*(np.repeat(values, times) for values in data), costs=model)
    pd.testing.assert_frame_equal(weighted, repeated, rtol=1e-9, atol=1e-9)


@given(scored(), MODELS, st.sampled_from(["miss_fee", "review", "goodwill"]), st.floats(0, 50))
def test_lowest_cost_never_falls_when_a_cost_rises(data, model, name, step):
    dearer = replace(model, **{name: getattr(model, name) + step})
    costs = [cost_curve(*data, costs=m)["cost"].min() for m in (model, dearer) if _pays(data, m)]
    assert costs == sorted(costs) or costs[0] == pytest.approx(costs[1])


def _pays(data, model):
    y, _, amount = data
    return (model.saved_by_blocking(amount)[y == 1] > 0).any()


def test_perfect_scores_reach_the_oracle():
    y = np.array([1, 1, 0, 0, 0])
    best = best_threshold(y, [0.9, 0.8, 0.3, 0.2, 0.1], np.full(5, 50.0), costs=COSTS)
    assert (best.threshold, best.savings, best.alerts) == (0.8, 1.0, 2)


def test_curve_starts_at_accept_all_and_ends_at_block_all():
    y, score, amount = [1, 0, 0], [0.3, 0.2, 0.1], [100, 10, 10]
    curve = cost_curve(y, score, amount, costs=COSTS)
    assert curve["cost"].iloc[0] == row_costs(y, [0, 0, 0], amount, costs=COSTS).sum()
    assert curve["cost"].iloc[-1] == row_costs(y, [1, 1, 1], amount, costs=COSTS).sum()
    assert curve["savings"].iloc[0] == 0
    assert np.isnan(curve["precision"].iloc[0])
    assert curve["recall"].iloc[-1] == 1


def test_constant_scores_leave_accept_all_and_block_all():
    curve = cost_curve([1, 0, 0], [0.5, 0.5, 0.5], [100, 10, 10], costs=COSTS)
    assert curve["threshold"].tolist() == [np.inf, 0.5]


def test_accepting_all_is_best_when_positives_hide_at_the_bottom():
    best = best_threshold(
        [0] * 20 + [1], [0.9] * 20 + [0.1], [1000.0] * 21, costs=CostModel(margin_share=1)
    )
    assert best.threshold == np.inf
    assert best.alerts == 0


def test_one_positive_and_all_positive_have_right_answers():
    alone = best_threshold([0, 0, 1], [0.1, 0.2, 0.2], [10, 10, 500], costs=COSTS)
    assert (alone.threshold, alone.alerts, alone.caught) == (0.2, 2, 1)
    every = best_threshold([1, 1, 1], [0.1, 0.2, 0.9], [10, 10, 10], costs=COSTS)
    assert (every.threshold, every.savings) == (0.1, 1.0)


def test_curve_of_many_rows_is_exact_to_a_hundredth_of_a_cent():
    rng = np.random.default_rng(0)
    n = 50_000
    y = rng.random(n) < 0.01
    amount = rng.lognormal(3, 1.5, n).round(2)
    score = rng.random(n).round(3)
    curve = cost_curve(y, score, amount, costs=COSTS).set_index("threshold")
    for threshold in curve.index[[0, 1, 400, -1]]:
        exact = math.fsum(row_costs(y, score >= threshold, amount, costs=COSTS))
        assert curve.loc[threshold, "cost"] == pytest.approx(exact, abs=1e-4)


@pytest.mark.parametrize(
    ("y", "score", "amount", "told"),
    [
        ([0, 1], [0.2, 1.2], [1, 1], "score must be probabilities .* got 1.2 at position 1"),
        ([0, 1], [-0.1, 0.2], [1, 1], "score must be probabilities .* got -0.1 at position 0"),
        ([0, 1], [0.2, np.nan], [1, 1], "score must be finite, got nan at position 1"),
        ([0, 1], [0.2], [1, 1], "same length: y has 2, score has 1"),
        ([0, 1], [0.2, 0.3], [1, -1], "amount must not be negative, got -1"),
        ([0, 0], [0.2, 0.3], [1, 1], "positives in y: 0"),
    ],
)
@pytest.mark.parametrize("function", [cost_curve, best_threshold])
def test_bad_scores_are_refused(function, y, score, amount, told):
    with pytest.raises(ValueError, match=told):
        function(y, score, amount, costs=COSTS)


def test_some_points_of_a_curve_are_those_of_the_whole():
    rng = np.random.default_rng(1)
    score = rng.random(500)
    data = (rng.random(500) < score / 5, score, rng.lognormal(3, 1, 500))
    whole, rows = cost_curve(*data, costs=COSTS), np.array([0, 5, 200, 500])
    some = curve_at(lambda cost: np.append(rows, cheapest(cost)), *data, costs=COSTS)
    pd.testing.assert_frame_equal(some.iloc[:-1], whole.iloc[rows].reset_index(drop=True))
    best = best_threshold(*data, costs=COSTS)
    assert some["threshold"].iloc[-1] == best.threshold
    assert best.cost == whole["cost"].min()
