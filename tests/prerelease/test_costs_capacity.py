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
    review_times,
    row_costs,
    savings,
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
    for name in ("alerts", "caught", "precision", "recall", "cost", "savings"):
        assert table[name].to_numpy() == pytest.approx(curve[name].to_numpy())


def test_table_prices_the_alerts_row_by_row():
    rng = np.random.default_rng(1)
    n = 300
    y, score = rng.random(n) < 0.1, rng.random(n)
    amount, time = rng.random(n) * 200, np.sort(rng.random(n) * 172_800)
    table = capacity_table(y, score, amount, time, ks=[1, 4], period="day", costs=COSTS)
    for row in table.itertuples():
        block = alerts_at_capacity(score, time, k=row.k, period="day")
        assert row.cost == pytest.approx(row_costs(y, block, amount, costs=COSTS).sum())
        assert row.savings == pytest.approx(savings(y, block, amount, costs=COSTS))
        assert row.amount_caught == pytest.approx(amount[block & y].sum())
        assert row.cost_per_1000 == pytest.approx(row.cost * 1000 / n)
        caught = int((block & y).sum())
        recall, precision = binomial(caught, int(y.sum())), binomial(caught, int(block.sum()))
        assert (row.recall_low, row.recall_high) == (recall.low, recall.high)
        assert (row.precision_low, row.precision_high) == (precision.low, precision.high)


def test_tied_priorities_are_served_first_come_first_served():
    alerts = alerts_at_capacity([0.5, 0.5, 0.5], [20, 10, 30], k=1)
    assert alerts.tolist() == [False, True, False]


def test_positives_of_no_amount_have_no_share_of_the_amounts():
    table = capacity_table([1, 0], [0.2, 0.1], [0, 5], [0, 1], ks=[1], costs=COSTS)
    assert np.isnan(table["amount_recall"].iloc[0])


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
    with pytest.raises(ValueError, match="positives in y: 0"):
        capacity_table([0, 0], [0.1, 0.2], [9, 9], [0, 1], ks=[1], costs=COSTS)


@st.composite
def arriving(draw):
    n = draw(st.integers(1, 60))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    time = np.sort(rng.uniform(0, 4 * HOUR, n))
    priority = rng.random(n).round(draw(st.integers(1, 3)))
    raised = rng.random(n) < draw(st.sampled_from([0.2, 0.6, 1.0]))
    return priority, time, raised, draw(st.integers(1, 8)), draw(st.sampled_from([300.0, 3600.0]))


@given(arriving())
def test_a_team_never_reviews_more_than_it_can_in_any_hour(data):
    priority, time, raised, k, wait = data
    reviewed = review_times(priority, time, k=k, raised=raised, wait=wait)
    begun = np.sort(reviewed[np.isfinite(reviewed)])
    for start in begun:
        assert ((begun >= start) & (begun < start + HOUR - 1e-6)).sum() <= k
    assert len(np.unique(begun)) == len(begun)


@given(arriving())
def test_nobody_is_reviewed_before_it_comes_nor_after_it_was_let_go_nor_unasked(data):
    priority, time, raised, k, wait = data
    reviewed = review_times(priority, time, k=k, raised=raised, wait=wait)
    looked_at = np.isfinite(reviewed)
    assert not (looked_at & ~raised).any()
    assert (reviewed[looked_at] >= time[looked_at]).all()
    assert (reviewed[looked_at] - time[looked_at] <= wait).all()


@given(arriving(), st.floats(0, 4 * HOUR), st.integers(0, 100))
def test_what_comes_later_changes_no_earlier_review(data, now, seed):
    priority, time, raised, k, wait = data
    before = review_times(priority, time, k=k, raised=raised, wait=wait)
    later = np.flatnonzero(time > now)
    changed, asked = priority.copy(), raised.copy()
    mixed = np.random.default_rng(seed).permutation(later)
    changed[later], asked[later] = priority[mixed], raised[mixed]
    after = review_times(changed, time, k=k, raised=asked, wait=wait)
    early = (before <= now) | (after <= now)
    assert before[early].tolist() == after[early].tolist()


@given(arriving())
def test_each_review_is_of_the_most_urgent_that_waits(data):
    """Step through the turns with lists, and no heap."""
    priority, time, raised, k, wait = data
    reviewed = review_times(priority, time, k=k, raised=raised, wait=wait)
    every, done = HOUR / k, np.zeros(len(time), dtype=bool)
    expected = np.full(len(time), np.nan)
    for turn in range(int((time[-1] + wait) / every) + 2):
        now = turn * every
        waits = np.flatnonzero(raised & ~done & (time <= now) & (now - time <= wait))
        if len(waits):
            best = min(waits, key=lambda row: (-priority[row], row))
            done[best], expected[best] = True, now
    assert reviewed.tolist() == pytest.approx(expected.tolist(), nan_ok=True)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"k": 0}, "k must"),
        ({"wait": 0.0}, "wait must"),
        ({"time": [5, 1]}, "sorted|time"),
        ({"raised": [1]}, "2 cases, got 1"),
    ],
)
def test_bad_teams_are_refused(change, told):
    asked = {"priority": [0.1, 0.2], "time": [0, 1], "k": 1} | change
    with pytest.raises(ValueError, match=told):
        review_times(asked.pop("priority"), asked.pop("time"), **asked)
