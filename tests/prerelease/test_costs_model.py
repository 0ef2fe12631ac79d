"""The cost model, realised costs and savings."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from prerelease.costs import CostModel, baselines, row_costs, savings

FEES = st.floats(0, 200)
SHARES = st.floats(0, 1)
MODELS = st.builds(
    CostModel,
    miss_fee=FEES,
    recovery_share=SHARES,
    review=FEES,
    goodwill=st.floats(0.01, 200),
    margin_share=SHARES,
    catch_gain=st.floats(0.01, 100),
)


@st.composite
def cases(draw, min_size=1, max_size=30):
    n = draw(st.integers(min_size, max_size))
    y = draw(hnp.arrays(int, n, elements=st.integers(0, 1)))
    block = draw(hnp.arrays(bool, n))
    # Whole cents: what two sums in different orders differ by is then rounding alone.
    amount = draw(hnp.arrays(int, n, elements=st.integers(0, 300_000))) / 100
    return y, block, amount


def by_hand(y, block, amount, m):
    """Price one decision at a time, as the docstring's table says it."""
    total = 0.0
    for positive, blocked, money in zip(y, block, amount, strict=True):
        if positive and not blocked:
            total += m.miss_fee + money * (1 - m.recovery_share)
        elif positive:
            total += m.review - m.catch_gain
        elif blocked:
            total += m.review + m.goodwill + m.margin_share * money
    return total


@given(cases(), MODELS)
def test_total_equals_pricing_one_decision_at_a_time(data, model):
    y, block, amount = data
    assert row_costs(y, block, amount, costs=model).sum() == pytest.approx(
        by_hand(y, block, amount, model)
    )


@given(cases(), MODELS)
def test_every_rule_costs_at_least_the_oracle_and_at_most_its_opposite(data, model):
    y, block, amount = data
    positive = y == 1
    oracle = model.block_cost(positive, amount) < model.accept_cost(positive, amount)
    least, any_rule, most = (
        row_costs(y, rule, amount, costs=model) for rule in (oracle, block, ~oracle)
    )
    assert (least <= any_rule).all()
    assert (any_rule <= most).all()


@given(cases(), MODELS)
def test_savings_run_from_accept_all_at_zero_to_oracle_at_one(data, model):
    y, block, amount = data
    positive = y == 1
    oracle = model.block_cost(positive, amount) < model.accept_cost(positive, amount)
    if not oracle.any():
        with pytest.raises(ValueError, match="Savings are undefined"):
            savings(y, block, amount, costs=model)
        return
    assert savings(y, np.zeros(len(y)), amount, costs=model) == 0
    assert savings(y, oracle, amount, costs=model) == pytest.approx(1)
    assert savings(y, block, amount, costs=model) <= 1 + 1e-9


@given(
    cases(),
    MODELS,
    st.sampled_from(["miss_fee", "review", "goodwill", "margin_share"]),
    st.floats(0, 1),
)
def test_cost_of_a_rule_never_falls_when_a_cost_rises(data, model, name, step):
    y, block, amount = data
    dearer = replace(
        model,
        **{name: min(getattr(model, name) + step, 1)}
        if "share" in name
        else {name: getattr(model, name) + step},
    )
    before, after = (row_costs(y, block, amount, costs=costs) for costs in (model, dearer))
    assert (after >= before).all()


@given(cases(), MODELS, st.integers(1, 5))
def test_a_weight_is_as_good_as_repeated_rows(data, model, times):
    y, _, amount = data
    y[0], amount[0] = 1, 3000
    assume((model.block_cost(y == 1, amount) < model.accept_cost(y == 1, amount)).any())
    weighted = baselines(y, amount, costs=model, weight=np.full(len(y), times))
    repeated = baselines(np.repeat(y, times), np.repeat(amount, times), costs=model)
    assert weighted.to_numpy() == pytest.approx(repeated.to_numpy(), abs=1e-6)


def test_review_is_charged_for_right_and_wrong_alerts_alike():
    rows = {fee: row_costs([1, 0], [1, 1], [50, 50], costs=CostModel(review=fee)) for fee in (1, 4)}
    assert (rows[4] - rows[1]).tolist() == [3, 3]


def test_oracle_accepts_a_positive_cheaper_than_its_review():
    model = CostModel(miss_fee=1, review=5)
    table = baselines([1, 1, 0], [0, 100, 10], costs=model)
    assert table.loc["oracle", "cost"] == 1 + 5


def test_baselines_have_savings_zero_and_one_at_their_ends():
    table = baselines([1, 0, 0], [100, 50, 50], costs=CostModel())
    assert table.loc["accept all", "savings"] == 0
    assert table.loc["oracle", "savings"] == 1
    assert table.loc["block all", "cost"] == 5 + 2 * 16
    assert table.loc["block all", "cost_per_1000"] == pytest.approx(37_000 / 3)


def test_all_positive_has_savings_one_when_all_is_blocked():
    assert savings([1, 1], [1, 1], [10, 20], costs=CostModel()) == 1


def test_model_is_frozen_and_hashable():
    model = CostModel()
    with pytest.raises(FrozenInstanceError):
        model.review = 1.0
    assert len({model, CostModel()}) == 1


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("miss_fee", -1, "miss_fee must be a finite number from 0 up, got -1"),
        ("review", -0.5, "review must be .* got -0.5"),
        ("goodwill", float("nan"), "goodwill must be .* got nan"),
        ("catch_gain", float("inf"), "catch_gain must be .* got inf"),
        ("margin_share", 1.5, "margin_share must be .* from 0 to 1, got 1.5"),
        ("recovery_share", -0.1, "recovery_share must be .* got -0.1"),
        ("review", "5", "review must be .* got '5'"),
        ("review", np.float64(-2), r"review must be .* got -2\.0\."),
    ],
)
def test_cost_that_is_none_is_refused(field, value, told):
    with pytest.raises(ValueError, match=told):
        CostModel(**{field: value})


def test_free_mistakes_are_refused():
    with pytest.raises(ValueError, match="Blocking a negative must cost something"):
        CostModel(review=0, goodwill=0, margin_share=0)
    with pytest.raises(ValueError, match="Missing a positive must cost something"):
        CostModel(miss_fee=0, recovery_share=1)


@pytest.mark.parametrize(
    ("y", "block", "amount", "told"),
    [
        ([0, 2], [0, 0], [1, 1], "y must hold only 0 .* got 2 at position 1"),
        ([0, 1], [0, 0.5], [1, 1], "block must hold only 0 and 1, got 0.5 at position 1"),
        ([0, 1], [0, np.nan], [1, 1], "block must be finite, got nan at position 1"),
        ([0, 1], [[0, 1]], [1, 1], r"block must have one dimension, got shape \(1, 2\)"),
        ([0, 1], [0, 0], [1, -3], "amount must not be negative, got -3 at position 1"),
        ([0, 1], [0, 0], [1, np.nan], "amount must be finite, got nan at position 1"),
        ([0, 1], [0, 0], [1], "same length: y has 2, amount has 1"),
        ([0, 1], [0], [1, 1], "one decision a case: 2 cases, got 1 decisions"),
        ([], [], [], "y must not be empty"),
    ],
)
@pytest.mark.parametrize("measure", [row_costs, savings])
def test_bad_cases_are_refused(measure, y, block, amount, told):
    with pytest.raises(ValueError, match=told):
        measure(y, block, amount, costs=CostModel())


def test_bad_weight_is_refused():
    with pytest.raises(ValueError, match="weight must be above 0, got 0 at position 1"):
        savings([0, 1], [0, 0], [1, 1], costs=CostModel(), weight=[1, 0])


def test_savings_without_positives_say_why_there_are_none():
    with pytest.raises(ValueError, match=r"Savings are undefined.*positives in y: 0"):
        savings([0, 0], [0, 1], [1, 1], costs=CostModel())
    with pytest.raises(ValueError, match="positives in y: 1, worth blocking: 0"):
        baselines([1, 0], [1, 1], costs=CostModel(miss_fee=1, review=5))
