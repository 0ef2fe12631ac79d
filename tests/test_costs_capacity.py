"""Alerts under a capacity of reviewers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from prerelease.costs import (
    CostModel,
    alerts_at_capacity,
    capacity_table,
    cost_curve,
    savings,
    total_cost,
)
from prerelease.intervals import binomial

COSTS = CostModel()
HOUR = 3600


@st.composite
def queued(draw):
    n = draw(st.integers(1, 40))
    priority = draw(hnp.arrays(int, n, elements=st.integers(0, 5))) / 5
    time = draw(hnp.arrays(float, n, elements=st.floats(0, 5 * HOUR)))
    return priority, time, draw(st.integers(1, n))


def one_hour_at_a_time(priority, time, k, length=HOUR):
    """Serve each hour on its own with a sorted list."""
    chosen = np.zeros(len(priority), dtype=bool)
    for hour in {int(t // length) for t in time}:
        rows = [i for i, t in enumerate(time) if int(t // length) == hour]
        rows.sort(key=lambda i: (-priority[i], time[i], i))
        chosen[rows[:k]] = True
    return chosen


@given(queued())
def test_alerts_equal_serving_one_hour_at_a_time(data):
    priority, time, k = data
    alerts = alerts_at_capacity(priority, time, k=k)
    assert alerts.tolist() == one_hour_at_a_time(priority, time, k).tolist()


@given(queued(), st.sampled_from(["hour", "day"]))
def test_no_period_has_more_alerts_than_its_capacity(data, period):
    priority, time, k = data
    alerts = alerts_at_capacity(priority, time, k=k, period=period)
    slots = time[alerts] // {"hour": HOUR, "day": 24 * HOUR}[period]
    assert np.unique(slots, return_counts=True)[1].max() <= k


@given(queued())
def test_more_capacity_never_drops_an_alert(data):
    priority, time, k = data
    fewer = alerts_at_capacity(priority, time, k=max(1, k - 1))
    assert (alerts_at_capacity(priority, time, k=k) >= fewer).all()


def test_one_period_without_ties_is_a_threshold():
    rng = np.random.default_rng(0)
    score, y, amount = rng.random(50), rng.random(50) < 0.3, rng.random(50) * 100
    table = capacity_table(y, score, amount, np.zeros(50), ks=range(1, 51), costs=COSTS)
    curve = cost_curve(y, score, amount, costs=COSTS).iloc[1:]
    for name in ("alerts", "frauds_caught", "precision", "recall", "cost", "savings"):
        assert table[name].to_numpy() == pytest.approx(curve[name].to_numpy())


def test_table_prices_the_alerts_as_total_cost_does():
    rng = np.random.default_rng(1)
    n = 300
    y, score = rng.random(n) < 0.1, rng.random(n)
    amount, time = rng.random(n) * 200, np.sort(rng.random(n) * 172_800)
    table = capacity_table(y, score, amount, time, ks=[1, 4], period="day", costs=COSTS, floor=0.9)
    for row in table.itertuples():
        block = alerts_at_capacity(score, time, k=row.k, period="day", floor=0.9)
        assert row.cost == pytest.approx(total_cost(y, block, amount, costs=COSTS))
        assert row.savings == pytest.approx(savings(y, block, amount, costs=COSTS))
        assert row.euros_caught == pytest.approx(amount[block & y].sum())
        assert row.cost_per_1000 == pytest.approx(row.cost * 1000 / n)
        caught = int((block & y).sum())
        recall, precision = binomial(caught, int(y.sum())), binomial(caught, int(block.sum()))
        assert (row.recall_low, row.recall_high) == (recall.low, recall.high)
        assert (row.precision_low, row.precision_high) == (precision.low, precision.high)


def test_tied_priorities_are_served_first_come_first_served():
    alerts = alerts_at_capacity([0.5, 0.5, 0.5], [20, 10, 30], k=1)
    assert alerts.tolist() == [False, True, False]


def test_floor_leaves_idle_reviewers_idle():
    assert alerts_at_capacity([0.2, 0.5], [0, 1], k=2, floor=0.5).tolist() == [False, True]
    at_floor = capacity_table([1, 0], [0.5, 0.2], [9, 5], [0, 1], ks=[2], costs=COSTS, floor=0.5)
    assert at_floor["alerts"].tolist() == [1]
    table = capacity_table([1, 0], [0.2, 0.1], [0, 5], [0, 1], ks=[1], costs=COSTS, floor=0.5)
    assert np.isnan(table["precision"].iloc[0])
    assert np.isnan(table["euros_recall"].iloc[0])
    assert table["savings"].iloc[0] == 0


@pytest.mark.parametrize("k", [0, 3, -1, 1.5, True, "2"])
def test_capacity_out_of_range_is_refused(k):
    with pytest.raises(ValueError, match=f"k must be an integer from 1 to 2, got {k!r}"):
        alerts_at_capacity([0.1, 0.2], [0, 1], k=k)
    with pytest.raises(ValueError, match=f"k must be an integer from 1 to 2, got {k!r}"):
        capacity_table([1, 0], [0.1, 0.2], [9, 9], [0, 1], ks=[k], costs=COSTS)


@pytest.mark.parametrize(
    ("priority", "time", "options", "told"),
    [
        ([0.1, np.nan], [0, 1], {}, "priority must be finite, got nan at position 1"),
        ([0.1, 0.2], [0, np.nan], {}, "time must be finite, got nan"),
        ([0.1, 0.2], [0], {}, "same length: priority has 2, time has 1"),
        ([0.1, 0.2], [0, 1], {"period": "week"}, "period must be one of .* got 'week'"),
        ([0.1, 0.2], [0, 1], {"floor": np.nan}, "floor must be a finite number, got nan"),
    ],
)
def test_bad_queue_is_refused(priority, time, options, told):
    with pytest.raises(ValueError, match=told):
        alerts_at_capacity(priority, time, k=1, **options)


def test_bad_table_is_refused():
    with pytest.raises(ValueError, match="ks must hold at least one"):
        capacity_table([1, 0], [0.1, 0.2], [9, 9], [0, 1], ks=[], costs=COSTS)
    with pytest.raises(ValueError, match="same length: y has 2, priority has 1"):
        capacity_table([1, 0], [0.1], [9, 9], [0], ks=[1], costs=COSTS)
    with pytest.raises(ValueError, match="frauds in y: 0"):
        capacity_table([0, 0], [0.1, 0.2], [9, 9], [0, 1], ks=[1], costs=COSTS)
