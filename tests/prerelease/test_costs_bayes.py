"""The decision that is right for each case, given calibrated probabilities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from prerelease.costs import (
    CostModel,
    bayes_block,
    bayes_threshold,
    expected_cost,
    expected_saving,
    row_costs,
)

COSTS = CostModel()
MODELS = st.builds(
    CostModel,
    miss_fee=st.floats(0, 200),
    recovery_share=st.floats(0, 1),
    review=st.floats(0, 200),
    goodwill=st.floats(0.01, 200),
    margin_share=st.floats(0, 1),
    catch_gain=st.floats(0.01, 100),
)


@st.composite
def promised(draw):
    n = draw(st.integers(1, 20))
    p = draw(hnp.arrays(float, n, elements=st.floats(0, 1)))
    amount = draw(hnp.arrays(float, n, elements=st.floats(0, 3000)))
    return p, amount


@given(promised(), MODELS, st.floats(0, 1))
def test_no_single_threshold_beats_the_bayes_rule_in_expectation(data, model, threshold):
    p, amount = data
    bayes = expected_cost(p, bayes_block(p, amount, costs=model), amount, costs=model)
    single = expected_cost(p, p >= threshold, amount, costs=model)
    assert bayes.sum() <= single.sum() + 1e-6


@given(promised(), MODELS)
def test_bayes_rule_is_the_cheapest_decision_of_each_row(data, model):
    p, amount = data
    chosen = expected_cost(p, bayes_block(p, amount, costs=model), amount, costs=model)
    both = [expected_cost(p, np.full(len(p), b), amount, costs=model) for b in (0, 1)]
    assert chosen == pytest.approx(np.minimum(*both), abs=1e-9)


@given(promised(), MODELS)
def test_expected_saving_is_the_difference_between_accepting_and_blocking(data, model):
    p, amount = data
    accept, block = (expected_cost(p, np.full(len(p), b), amount, costs=model) for b in (0, 1))
    assert expected_saving(p, amount, costs=model) == pytest.approx(accept - block, abs=1e-6)


@given(promised(), MODELS, hnp.arrays(bool, 20))
def test_expected_cost_is_the_mean_of_both_realised_costs(data, model, block):
    p, amount = data
    block = block[: len(p)]
    if_positive = row_costs(np.ones(len(p)), block, amount, costs=model)
    if_negative = row_costs(np.zeros(len(p)), block, amount, costs=model)
    assert expected_cost(p, block, amount, costs=model) == pytest.approx(
        p * if_positive + (1 - p) * if_negative, abs=1e-6
    )


@given(hnp.arrays(float, 5, elements=st.floats(0, 5000)))
def test_threshold_equals_the_formula_of_the_probabl_tutorial(amount):
    c00, c01, c10, c11 = -0.02 * amount, amount + 20, 10, 0
    expected = (c10 - c00) / (c10 - c00 + c01 - c11)
    ours = bayes_threshold(amount, costs=CostModel(review=0))
    assert ours == pytest.approx(expected)


def test_larger_amounts_are_blocked_on_less_suspicion():
    thresholds = bayes_threshold(np.linspace(0, 3000, 100), costs=COSTS)
    assert (np.diff(thresholds) < 0).all()


def test_blocking_never_pays_where_a_review_costs_as_much_as_the_miss():
    model = CostModel(miss_fee=0, review=5)
    assert bayes_threshold([0, 5, 5.01], costs=model).tolist()[:2] == [np.inf, np.inf]
    assert bayes_block([1.0, 1.0, 1.0], [0, 5, 5.01], costs=model).tolist() == [
        False,
        False,
        True,
    ]


def test_blocking_always_pays_where_it_costs_nothing():
    free_at_zero = CostModel(review=0, goodwill=0, margin_share=0.02)
    assert bayes_threshold([0.0], costs=free_at_zero).tolist() == [0.0]
    assert bayes_block([0.0], [0.0], costs=free_at_zero).tolist() == [True]


def test_nothing_at_stake_accepts():
    nothing = CostModel(miss_fee=0, review=0, goodwill=0, margin_share=0.02)
    assert bayes_threshold([0.0], costs=nothing).tolist() == [np.inf]


def test_labels_drawn_from_the_probabilities_cost_least_under_the_bayes_rule():
    rng = np.random.default_rng(1)
    n = 100_000
    p = rng.beta(0.05, 2, n)
    amount = rng.lognormal(3.5, 1.5, n)
    y = rng.random(n) < p
    own = row_costs(y, bayes_block(p, amount, costs=COSTS), amount, costs=COSTS).sum()
    singles = [row_costs(y, p >= t, amount, costs=COSTS).sum() for t in np.linspace(0.01, 0.6, 40)]
    assert own < min(singles)


@pytest.mark.parametrize(
    ("p", "amount", "told"),
    [
        ([1.1], [1], "probability must be probabilities .* got 1.1"),
        ([np.nan], [1], "probability must be finite, got nan"),
        ([0.1], [-1], "amount must not be negative, got -1"),
        ([0.1, 0.2], [1], "same length: probability has 2, amount has 1"),
    ],
)
def test_bad_probabilities_are_refused(p, amount, told):
    with pytest.raises(ValueError, match=told):
        bayes_block(p, amount, costs=COSTS)
    with pytest.raises(ValueError, match=told):
        expected_saving(p, amount, costs=COSTS)
    with pytest.raises(ValueError, match=told):
        expected_cost(p, [0] * len(p), amount, costs=COSTS)


def test_bad_decisions_are_refused():
    with pytest.raises(ValueError, match=r"block must hold only 0 and 1, got 3"):
        expected_cost([0.1], [3], [1], costs=COSTS)
    with pytest.raises(ValueError, match=r"block must be finite, got nan"):
        expected_cost([0.1, 0.1], [1, np.nan], [1, 1], costs=COSTS)
    with pytest.raises(ValueError, match="one decision a case: 1 cases, got 2 decisions"):
        expected_cost([0.1], [0, 1], [1], costs=COSTS)
