"""F-beta and the price it implies."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import fbeta_score

from prerelease.costs import (
    CostModel,
    best_fbeta,
    best_threshold,
    cost_price,
    fbeta_price,
    fbeta_threshold,
    implied_beta,
)

PROBABILITIES = hnp.arrays(float, st.integers(1, 40), elements=st.floats(0.001, 1))
BETAS = st.floats(0, 5)


def expected_best(p, beta):
    """Best F-beta in expectation: each payment is `p` frauds and `1 - p` honest ones."""
    certain = p == 1
    y = np.r_[np.ones(len(p)), np.zeros((~certain).sum())]
    return best_fbeta(y, np.r_[p, p[~certain]], beta=beta, weight=np.r_[p, 1 - p[~certain]])


@given(
    hnp.arrays(int, 25, elements=st.integers(0, 1)),
    hnp.arrays(int, 25, elements=st.integers(0, 9)),
    BETAS,
)
def test_best_fbeta_equals_scikit_learn_at_every_threshold(y, tenths, beta):
    assume(y.any())
    score = tenths / 9
    values = [fbeta_score(y, score >= t, beta=beta, zero_division=0) for t in np.unique(score)]
    best = best_fbeta(y, score, beta=beta)
    assert best.value == pytest.approx(max(values))
    assert fbeta_score(y, score >= best.threshold, beta=beta) == pytest.approx(best.value)


@given(PROBABILITIES, BETAS)
def test_best_fbeta_of_calibrated_scores_is_reached_at_its_own_threshold(p, beta):
    best = expected_best(p, beta)
    threshold = fbeta_threshold(best.value, beta=beta)
    blocked = p >= best.threshold
    assert p[blocked].min() >= threshold - 1e-9
    assert p[~blocked].max(initial=0) <= threshold + 1e-9


@given(PROBABILITIES, st.floats(0.05, 50))
def test_implied_beta_gives_the_price_back(p, price):
    assume((p >= 1 / (1 + price)).any())
    beta = implied_beta(p, price=price)
    best = expected_best(p, beta)
    assert fbeta_price(best.value, beta=beta) == pytest.approx(price, rel=1e-6, abs=1e-9)


@given(st.floats(0.01, 1), BETAS)
def test_price_and_threshold_tell_the_same(value, beta):
    price = fbeta_price(value, beta=beta)
    assert 1 / (1 + price) == pytest.approx(fbeta_threshold(value, beta=beta))
    assert price >= beta**2 - 1e-9


def test_relations_hold_on_drawn_labels():
    rng = np.random.default_rng(3)
    p = rng.beta(0.1, 1.5, 200_000)
    y = rng.random(len(p)) < p
    for beta in (0.5, 1, 2):
        best = best_fbeta(y, p, beta=beta)
        assert best.threshold == pytest.approx(fbeta_threshold(best.value, beta=beta), abs=0.03)


def test_beta_two_prices_misses_at_four_for_a_perfect_model_only():
    assert fbeta_price(1.0, beta=2) == 4
    assert fbeta_price(0.8, beta=2) > 5


def test_threshold_of_the_implied_beta_is_the_threshold_of_least_cost():
    rng = np.random.default_rng(4)
    p = rng.beta(0.2, 2, 200_000)
    y = rng.random(len(p)) < p
    costs = CostModel(fraud_fee=60, recovery_share=0, review=1, goodwill=9, margin_share=0)
    amount = np.zeros(len(p))
    price = cost_price(y, amount, costs=costs)
    assert price == pytest.approx(59 / 10)
    cheapest = best_threshold(y, p, amount, costs=costs).threshold
    best = best_fbeta(y, p, beta=implied_beta(p, price=price)).threshold
    assert cheapest == pytest.approx(1 / (1 + price), abs=0.03)
    assert best == pytest.approx(cheapest, abs=0.04)


@given(st.integers(2, 5))
def test_weights_are_as_good_as_repeated_rows(times):
    y, amount, p = np.array([1, 0, 0]), np.array([80.0, 5, 9]), np.array([0.6, 0.3, 0.2])
    weight = np.array([1, times, 1])
    repeated = [np.repeat(values, weight) for values in (y, amount, p)]
    costs = CostModel()
    assert cost_price(y, amount, costs=costs, weight=weight) == pytest.approx(
        cost_price(repeated[0], repeated[1], costs=costs)
    )
    assert implied_beta(p, price=5, weight=weight) == pytest.approx(
        implied_beta(repeated[2], price=5)
    )


def test_of_thresholds_with_the_same_fbeta_the_highest_is_returned():
    # One of two frauds in one alert, or both in four: F1 is two thirds either way.
    assert best_fbeta([1, 0, 0, 1], [0.9, 0.8, 0.7, 0.6], beta=1).threshold == 0.9


def test_constant_scores_block_all_for_the_best_fbeta():
    best = best_fbeta([1, 0, 0, 0], [0.3] * 4, beta=1)
    assert (best.threshold, best.value) == (0.3, pytest.approx(2 * 0.25 / 1.25))


def test_all_fraud_has_fbeta_one():
    assert best_fbeta([1, 1], [0.3, 0.2], beta=1).value == 1


@pytest.mark.parametrize(
    ("y", "score", "beta", "told"),
    [
        ([0, 0], [0.1, 0.2], 1, "y must hold at least one fraud for F-beta, got 0 in 2 rows"),
        ([0, 1], [0.1, 1.2], 1, "score must be probabilities .* got 1.2"),
        ([0, 1], [0.1], 1, "same length: y has 2, score has 1"),
        ([0, 1], [0.1, 0.2], -1, "beta must be .* got -1"),
    ],
)
def test_bad_fbeta_input_is_refused(y, score, beta, told):
    with pytest.raises(ValueError, match=told):
        best_fbeta(y, score, beta=beta)


@pytest.mark.parametrize(("value", "beta"), [(0, 1), (1.2, 1), (-0.1, 1), (0.5, -2)])
def test_values_that_no_fbeta_has_are_refused(value, beta):
    with pytest.raises(ValueError, match=r"must be .* got (0|1.2|-0.1|-2)"):
        fbeta_threshold(value, beta=beta)
    with pytest.raises(ValueError, match=r"must be .* got (0|1.2|-0.1|-2)"):
        fbeta_price(value, beta=beta)


def test_prices_that_do_not_exist_are_refused():
    with pytest.raises(ValueError, match="y must hold both classes"):
        cost_price([1, 1], [5, 5], costs=CostModel())
    with pytest.raises(ValueError, match=r"There is no price: .* got -4 € and 15.1 €"):
        cost_price([1, 0], [0, 5], costs=CostModel(fraud_fee=1))
    with pytest.raises(ValueError, match=r"price must be .* above 0, got 0"):
        implied_beta([0.5], price=0)
    with pytest.raises(ValueError, match=r"No F-beta implies a price of 1: .* 0.5 .* 0.2"):
        implied_beta([0.1, 0.2], price=1)
