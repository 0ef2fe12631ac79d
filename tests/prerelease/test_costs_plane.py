"""Lines of equal cost in the plane of precision and recall."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prerelease.costs import CostModel, cost_curve, precision_at_cost

COSTS = CostModel()


@st.composite
def scored(draw):
    n = draw(st.integers(3, 40))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    y = rng.random(n) < 0.4
    y[:2] = [True, False]
    return y, rng.random(n).round(draw(st.integers(1, 3))), draw(st.floats(0.5, 900))


@given(scored())
def test_each_threshold_lies_on_the_line_of_its_own_cost(data):
    """Where all amounts are alike, the lines are exact: the curve's every point is on its line."""
    y, score, each = data
    amount = np.full(len(y), each)
    curve = cost_curve(y, score, amount, costs=COSTS).query("recall > 0")
    for point in curve.itertuples():
        (precision,) = precision_at_cost(
            y, amount, costs=COSTS, recall=[point.recall], cost_per_1000=point.cost_per_1000
        )
        assert precision == pytest.approx(point.precision, rel=1e-6)


def test_accepting_all_costs_as_much_as_a_precision_that_the_prices_name():
    rng = np.random.default_rng(0)
    y, amount = np.arange(500) < 20, rng.exponential(100, 500)
    nothing = 1000 * COSTS.accept_cost(y, amount).mean()
    line = precision_at_cost(y, amount, costs=COSTS, recall=[0.1, 0.5, 1.0], cost_per_1000=nothing)
    price = COSTS.saved_by_blocking(amount[y]).mean() / COSTS.lost_by_blocking(amount[~y]).mean()
    assert line == pytest.approx(1 / (1 + price))


def test_a_lower_cost_asks_for_more_precision_and_may_ask_too_much():
    y, amount = np.arange(100) < 10, np.full(100, 50.0)
    recall = np.linspace(0, 1, 11)
    lines = [
        precision_at_cost(y, amount, costs=COSTS, recall=recall, cost_per_1000=cost)
        for cost in (6000, 4000, 2000)
    ]
    assert all(np.isnan(line[0]) for line in lines)  # what catches nothing saves nothing
    assert lines[0][-1] < lines[1][-1] < lines[2][-1] < 1
    assert np.isnan(lines[2][5])  # half of the positives are not worth that much
    assert (np.diff(lines[0][np.isfinite(lines[0])]) < 0).all()  # more recall, less precision


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"recall": [1.2]}, "recall"),
        ({"y": [1, 1]}, "y must"),
        ({"cost_per_1000": np.nan}, "cost_per_1000"),
        ({"amount": [1.0]}, "length|rows"),
    ],
)
def test_bad_input_is_named(change, told):
    asked = {"y": [1, 0], "amount": [5.0, 5.0], "recall": [0.5], "cost_per_1000": 10.0} | change
    with pytest.raises(ValueError, match=told):
        precision_at_cost(asked.pop("y"), asked.pop("amount"), costs=COSTS, **asked)
