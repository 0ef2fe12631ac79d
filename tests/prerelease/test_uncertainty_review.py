"""Accept, review or block: the cheapest of three, and with few hands the best few."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from prerelease.costs import CostModel, bayes_block, bayes_threshold, expected_cost, row_costs
from prerelease.uncertainty import (
    ReviewDesk,
    review_region,
    three_way,
    three_way_costs,
)

COSTS, DESK = CostModel(), ReviewDesk()
PRICES = st.builds(
    CostModel,
    miss_fee=st.floats(0, 200),
    recovery_share=st.floats(0, 1),
    review=st.floats(0, 200),
    goodwill=st.floats(10, 200),
    margin_share=st.floats(0, 1),
    catch_gain=st.floats(0.01, 100),
)
DESKS = st.builds(
    ReviewDesk,
    fee=st.floats(0, 100),
    wait=st.floats(0, 10),
    missed_share=st.floats(0, 1),
    refused_share=st.floats(0, 1),
)


@st.composite
def payments(draw, most=20):
    n = draw(st.integers(1, most))
    p = draw(hnp.arrays(float, n, elements=st.floats(0, 1)))
    return p, draw(hnp.arrays(float, n, elements=st.floats(0, 3000)))


@given(payments(), PRICES, DESKS)
def test_the_chosen_decision_is_the_cheapest_of_the_three_in_each_row(rows, costs, desk):
    p, amount = rows
    each = [
        three_way_costs(p, np.full(len(p), d), amount, costs=costs, desk=desk) for d in range(3)
    ]
    decision = three_way(p, amount, costs=costs, desk=desk)
    chosen = three_way_costs(p, decision, amount, costs=costs, desk=desk)
    assert chosen == pytest.approx(np.min(each, axis=0), rel=1e-9, abs=1e-9)


@given(payments(), PRICES, DESKS)
def test_a_third_way_never_costs_more_by_the_models_own_probabilities(rows, costs, desk):
    p, amount = rows
    three = three_way(p, amount, costs=costs, desk=desk)
    two = expected_cost(p, bayes_block(p, amount, costs=costs), amount, costs=costs)
    cost = three_way_costs(p, three, amount, costs=costs, desk=desk)
    assert (cost <= two + 1e-9 * (1 + np.abs(two))).all()


@given(payments(), PRICES, DESKS)
def test_the_two_way_threshold_lies_in_the_strip(rows, costs, desk):
    _, amount = rows
    low, high = review_region(amount, costs=costs, desk=desk)
    two_way = bayes_threshold(amount, costs=costs)
    inside = np.isfinite(two_way)
    assert (low <= high).all()
    assert (low[inside] <= two_way[inside] + 1e-9).all()
    assert (high[inside] >= two_way[inside] - 1e-9).all()


@settings(max_examples=40)
@given(payments(most=7), st.integers(0, 3), PRICES, DESKS)
def test_no_other_choice_of_so_many_looks_is_cheaper(rows, k, costs, desk):
    p, amount = rows
    k = min(k, len(p))
    time = np.arange(len(p)) * 10.0
    ours = three_way(p, amount, costs=costs, desk=desk, k=k, time=time)
    each = np.stack(
        [three_way_costs(p, np.full(len(p), d), amount, costs=costs, desk=desk) for d in range(3)]
    )
    best = min(
        each[list(way), np.arange(len(p))].sum()
        for way in product(range(3), repeat=len(p))
        if way.count(1) <= k
    )
    mine = three_way_costs(p, ours, amount, costs=costs, desk=desk).sum()
    assert (ours == 1).sum() <= k
    assert mine == pytest.approx(best, rel=1e-9, abs=1e-6)


def test_enough_hands_give_the_unlimited_rule():
    rng = np.random.default_rng(0)
    p, amount, time = rng.beta(0.2, 2, 300), rng.lognormal(3, 1.5, 300), np.arange(300) * 60.0
    free = three_way(p, amount, costs=COSTS, desk=DESK)
    held = three_way(p, amount, costs=COSTS, desk=DESK, k=300, time=time)
    assert (free == held).all()
    assert 0 < (free == 1).sum() < 300


def test_no_hands_give_the_two_way_rule():
    p, amount = np.array([0.01, 0.2, 0.9]), np.array([100.0, 100.0, 100.0])
    none = three_way(p, amount, costs=COSTS, desk=DESK, k=0, time=[0, 1, 2])
    assert (none == 2 * bayes_block(p, amount, costs=COSTS)).all()


def test_realised_costs_without_reviews_are_those_of_chapter_one():
    y, amount = np.array([1, 1, 0, 0]), np.array([50.0, 10.0, 20.0, 900.0])
    block = np.array([0, 1, 0, 1])
    ours = three_way_costs(y, 2 * block, amount, costs=COSTS, desk=DESK)
    assert ours == pytest.approx(row_costs(y, block, amount, costs=COSTS))


def test_a_desk_that_errs_costs_the_mean_of_its_right_and_wrong_outcomes():
    rng = np.random.default_rng(1)
    n = 200_000
    refused = rng.random(n) < 1 - DESK.missed_share
    outcome = np.where(refused, 0.0, COSTS.miss_fee + 80.0) + DESK.fee
    told = three_way_costs([1], [1], [80.0], costs=COSTS, desk=DESK)[0]
    assert outcome.mean() == pytest.approx(told, abs=5 * outcome.std() / n**0.5)


def test_a_look_that_costs_more_than_it_saves_is_never_chosen():
    expensive = ReviewDesk(fee=1000)
    low, high = review_region([100.0], costs=COSTS, desk=expensive)
    assert low == high == bayes_threshold([100.0], costs=COSTS)
    assert 1 not in three_way(np.linspace(0, 1, 50), [100.0] * 50, costs=COSTS, desk=expensive)


def test_a_free_desk_that_never_errs_looks_at_everything_but_the_certain():
    free = ReviewDesk(fee=0, wait=0, missed_share=0, refused_share=0)
    decision = three_way([1e-9, 0.5, 1.0], [100.0] * 3, costs=COSTS, desk=free)
    assert decision.tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("p", "amount", "told"),
    [
        ([[0.5, 0.6]], [1], r"probability must have one dimension, got shape \(1, 2\)"),
        ([np.nan], [1], "probability must be finite, got nan"),
        ([1.2], [1], r"probabilities from 0 to 1, got 1\.2"),
        ([0.1], [-1], "amount must not be negative"),
        ([0.1, 0.2], [1], "same length: probability has 2, amount has 1"),
    ],
)
def test_bad_rows_are_refused(p, amount, told):
    with pytest.raises(ValueError, match=told):
        three_way(p, amount, costs=COSTS, desk=DESK)


@pytest.mark.parametrize("field", ["fee", "wait", "missed_share", "refused_share"])
def test_a_desk_with_a_price_below_zero_is_refused(field):
    with pytest.raises(ValueError, match=f"{field} must be a finite number from 0"):
        ReviewDesk(**{field: -0.1})


def test_a_share_above_one_is_refused():
    with pytest.raises(ValueError, match="missed_share must be a finite number from 0 to 1"):
        ReviewDesk(missed_share=1.5)


def test_a_wait_more_expensive_than_a_block_is_refused():
    with pytest.raises(ValueError, match="wait must be at most goodwill, 10, got 11"):
        review_region([1.0], costs=COSTS, desk=ReviewDesk(wait=11))


def test_unknown_decisions_are_refused():
    with pytest.raises(ValueError, match=r"decision must hold 0 .* got 3 at position 1"):
        three_way_costs([0, 1], [0, 3], [1, 1], costs=COSTS, desk=DESK)
    with pytest.raises(ValueError, match="k must be an integer from 0 to 1"):
        three_way([0.1], [1], costs=COSTS, desk=DESK, k=2, time=[0])
