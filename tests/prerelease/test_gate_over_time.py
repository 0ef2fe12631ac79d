"""A metric by day or week is the metric of that day or week."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate_helpers import scores
from prerelease import gate
from prerelease.costs import CostModel

DAY, WEEK = 86_400.0, 604_800.0
RULE = gate.Decision(rule="threshold", threshold=0.05)


def cases(days, n=4000, *, start="2026-01-01 06:00", **changed):
    """Return scored cases from Thursday morning on."""
    frame = scores(n).assign(**changed)
    frame["time"] = np.linspace(0, days * DAY, n).round(1)
    if start:
        frame["time"] = pd.Timestamp(start) + pd.to_timedelta(frame["time"], unit="s")
    return gate.Scored(frame, CostModel(), RULE, 60.0)


@pytest.mark.parametrize(
    ("days", "step"), [(1, "h"), (1.9, "h"), (2.1, "D"), (34, "D"), (36, "7D"), (400, "7D")]
)
def test_periods_are_chosen_by_the_span(days, step):
    table = gate.over_time(cases(days), "cases")
    assert set(np.diff(table.index)) == {pd.Timedelta(f"1{step}" if step in "hD" else step)}


def test_weeks_begin_on_monday_and_days_at_midnight():
    assert (gate.over_time(cases(60), "cases", every="week").index.dayofweek == 0).all()
    days = gate.over_time(cases(20), "cases").index
    assert (days == days.normalize()).all()
    undated = gate.over_time(cases(60, start=""), "cases", every="week").index
    assert undated.tolist() == [WEEK * i for i in range(9)]


@given(st.floats(1, 50), st.sampled_from(["day", "week"]), st.floats(0, 1e6))
def test_periods_share_out_all_cases_and_all_time(days, every, shift):
    some = cases(days, n=500, start=pd.Timestamp("2026-01-01") + pd.Timedelta(shift, unit="s"))
    table = gate.over_time(some, "positives", every=every)
    assert table["rows"].sum() == 500
    assert table["value"].sum() == some.label.sum()
    assert table["days"].sum() == pytest.approx(some.span / DAY, rel=1 / 250)  # but for the end
    assert table["days"].iloc[1:-1].to_numpy() == pytest.approx({"day": 1, "week": 7}[every])


@pytest.mark.parametrize("metric", ["recall", "average_precision", "alerts_per_1000"])
def test_each_period_is_measured_as_the_gate_measures_its_rows(metric):
    some = cases(36)
    table = gate.over_time(some, metric, level=0.9)
    rows = some.frame.iloc[table["rows"].iloc[0] : table["rows"].iloc[:2].sum()]
    found = gate.measure(gate.Scored(rows, CostModel(), RULE, 60.0), metric, level=0.9)
    got = table.iloc[1]
    assert (got["value"], got["low"]) == pytest.approx((found.value, found.interval.low))
    assert got["high"] == pytest.approx(found.interval.high)
    assert not got["why"]


def test_alerts_per_day_are_of_the_whole_day_whenever_its_rows_came():
    times = pd.date_range("2026-01-01", periods=80, freq="h")
    times = times[times.hour.isin([9, 10, 11])]  # open for three hours
    frame = pd.DataFrame({"time": times, "amount": 1.0, "label": 0, "score": 0.9})
    some = gate.Scored(frame, CostModel(), RULE)
    table = gate.over_time(some, "alerts_per_day", every="day")
    assert table["value"].iloc[1:-1].tolist() == [3.0] * (len(table) - 2)


def test_a_period_with_too_few_cases_has_a_value_and_no_interval_and_says_why():
    some = cases(60, n=400)
    table = gate.over_time(some, "recall", every="day")
    assert table[["low", "high"]].isna().all(axis=None)
    assert table["why"].str.contains("needs 20").all()
    both = table["value"].dropna()
    assert len(both) > 20
    assert both.between(0, 1).all()


def test_a_period_whose_labels_are_late_says_so_and_the_others_are_measured():
    frame = cases(36).frame
    frame["label"] = frame["label"].mask(frame["time"] > 30 * DAY)
    some = gate.Scored(frame, CostModel(), RULE, 60.0)
    recall, alerts = (gate.over_time(some, name) for name in ("recall", "alerts_per_1000"))
    assert recall["value"].isna().tolist() == [False] * 4 + [True] * 2
    assert recall["why"].iloc[-1].endswith("no label yet")
    assert alerts["low"].notna().all()


def test_a_gap_leaves_no_empty_period():
    frame = cases(20, start="").frame
    frame["time"] += 100 * DAY * (frame["time"] > 10 * DAY)
    table = gate.over_time(gate.Scored(frame, CostModel(), RULE), "cases", every="week")
    assert (table["rows"] > 0).all()
    assert len(table) <= 5


def test_what_cannot_be_cut_is_refused():
    with pytest.raises(ValueError, match="every must be one of"):
        gate.over_time(cases(3), "recall", every="year")
    with pytest.raises(ValueError, match="metric must be one of"):
        gate.over_time(cases(3), "recal")
    some = gate.Scored(scores(), CostModel(), RULE)
    object.__setattr__(some, "frame", some.frame.drop(columns="time"))
    with pytest.raises(ValueError, match="no column of times"):
        gate.over_time(some, "recall")
