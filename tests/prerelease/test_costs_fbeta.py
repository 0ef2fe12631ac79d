"""F-beta and the price it implies."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import fbeta_score

from prerelease.costs import CostModel, best_fbeta, best_threshold

PROBABILITIES = hnp.arrays(float, st.integers(1, 40), elements=st.floats(0.001, 1))
BETAS = st.floats(0, 5)


def expected_best(p, beta):
    """Best F-beta in expectation: each case is `p` positives and `1 - p` negatives."""
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
    threshold = 1 / (1 + best.price)
    assert threshold == pytest.approx(best.value / (1 + beta**2))
    assert best.price >= beta**2 - 1e-9
    blocked = p >= best.threshold
    assert p[blocked].min() >= threshold - 1e-9
    assert p[~blocked].max(initial=0) <= threshold + 1e-9


def test_relations_hold_on_drawn_labels():
    rng = np.random.default_rng(3)
    p = rng.beta(0.1, 1.5, 200_000)
    y = rng.random(len(p)) < p
    for beta in (0.5, 1, 2):
        best = best_fbeta(y, p, beta=beta)
        assert best.threshold == pytest.approx(1 / (1 + best.price), abs=0.03)


def test_beta_two_prices_misses_at_four_for_a_perfect_model_only():
    assert best_fbeta([1, 0], [0.9, 0.1], beta=2).price == 4
    assert best_fbeta([1, 0, 0, 1], [0.9, 0.8, 0.2, 0.1], beta=2).price > 4.9


def test_the_price_is_the_one_under_which_its_threshold_costs_least():
    rng = np.random.default_rng(4)
    p = rng.beta(0.2, 2, 200_000)
    y = rng.random(len(p)) < p
    best = best_fbeta(y, p, beta=2)
    costs = CostModel(miss_fee=1 + 9 * best.price, review=1, goodwill=8, margin_share=0)
    cheapest = best_threshold(y, p, np.zeros(len(p)), costs=costs).threshold
    assert best.threshold == pytest.approx(cheapest, abs=0.04)


@given(st.integers(2, 5))
def test_weights_are_as_good_as_repeated_rows(times):
    y, p, weight = np.array([1, 0, 0, 1]), np.array([0.6, 0.3, 0.7, 0.2]), [1, times, 1, times]
    again = best_fbeta(np.repeat(y, weight), np.repeat(p, weight), beta=1)
    assert best_fbeta(y, p, beta=1, weight=weight) == again


def test_of_thresholds_with_the_same_fbeta_the_highest_is_returned():
    # One of two positives in one alert, or both in four: F1 is two thirds either way.
    assert best_fbeta([1, 0, 0, 1], [0.9, 0.8, 0.7, 0.6], beta=1).threshold == 0.9


def test_constant_scores_block_all_for_the_best_fbeta():
    best = best_fbeta([1, 0, 0, 0], [0.3] * 4, beta=1)
    assert (best.threshold, best.value) == (0.3, pytest.approx(2 * 0.25 / 1.25))


def test_all_positive_has_fbeta_one():
    assert best_fbeta([1, 1], [0.3, 0.2], beta=1).value == 1


@pytest.mark.parametrize(
    ("y", "score", "beta", "told"),
    [
        ([0, 0], [0.1, 0.2], 1, "y must hold at least one positive for F-beta, got 0 in 2 rows"),
        ([0, 1], [0.1, 1.2], 1, "score must be probabilities .* got 1.2"),
        ([0, 1], [0.1], 1, "same length: y has 2, score has 1"),
        ([0, 1], [0.1, 0.2], -1, "beta must be .* got -1"),
    ],
)
def test_bad_fbeta_input_is_refused(y, score, beta, told):
    with pytest.raises(ValueError, match=told):
        best_fbeta(y, score, beta=beta)
