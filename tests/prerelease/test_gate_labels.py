"""Labels that come late are told from negatives, and what is said of them is true."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate_helpers import criteria_file
from prerelease import gate
from prerelease.costs import CostModel
from prerelease.gate._labels import Maturity
from prerelease.gate._scores import checked

DAY = 86_400.0
RULE = gate.Decision(rule="threshold", threshold=0.05)
CRITERIA = """\
[release]
name = "A model"
[decision]
rule = "threshold"
threshold = 0.05
{labels}
[[criterion]]
name = "finds"
metric = "recall"
at_least = 0.1
why = "It must."
[[criterion]]
name = "sees all"
metric = "cases"
at_least = 4000
why = "To know which rows were judged."
"""


def frame(n=4000, days=60, seed=0):
    rng = np.random.default_rng(seed)
    score = 1 / (1 + np.exp(-rng.normal(-3.5, 1.5, n)))
    seconds = np.sort(rng.uniform(0, days * DAY, n)).round()
    return pd.DataFrame(
        {
            "time": pd.Timestamp("2026-01-05") + pd.to_timedelta(seconds, unit="s"),
            "amount": 10.0,
            "label": (rng.random(n) < score).astype(float),
            "score": score,
        }
    )


def scored(missing, some=None):
    some = frame() if some is None else some
    return gate.Scored(some.assign(label=some["label"].mask(missing)), CostModel(), RULE)


def age(some):
    return (some["time"].iloc[-1] - some["time"]).dt.total_seconds().to_numpy() / DAY


def chance(share, seed=1, n=4000):
    return np.random.default_rng(seed).random(n) < share


def test_late_labels_are_known_by_when_they_end_and_when_they_could_be_known():
    some = frame()
    late = age(some) < 10
    found = scored(late).seen
    assert found.ripe == (~late).sum()
    first = some["time"][late].iloc[0]
    by = some["time"].iloc[-1] + (some["time"].iloc[-1] - first)
    assert f"Labels are complete until {first:%Y-%m-%d %H:%M}" in found.told
    assert f"of the last {age(some)[late][0]:.3g} days none has one" in found.told
    assert f"known by about {by:%Y-%m-%d %H:%M}" in found.told
    assert not found.among


@given(st.floats(2, 50), st.floats(0, 0.2), st.floats(0.5, 1), st.integers(0, 9))
def test_the_end_of_complete_labels_is_found_through_holes_and_first_arrivals(days, holes, gap, s):
    some = frame()
    late = age(some) < days
    missing = np.where(late, chance(gap, s), chance(holes, s + 10))
    found = scored(missing).seen
    assert found.ripe == pytest.approx((~late).sum(), abs=40)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.9])
def test_labels_missing_by_chance_are_neither_late_nor_a_selection(share):
    told = [scored(chance(share, seed)).seen for seed in range(30)]
    assert not any(one.when for one in told)
    assert all("no selection is seen" in one.told.lower() for one in told)


def test_labels_of_alerts_alone_are_a_selection():
    alert = frame()["score"].to_numpy() >= 0.05
    told = scored(~alert).seen.told
    assert "by selection: scores without one are lower" in told
    assert "of the alerts 100.0% have one, of the rest 0.0%" in told
    late = age(frame()) < 10
    both = scored(late | (~alert & chance(0.5))).seen
    assert both.ripe == pytest.approx((~late).sum(), abs=5)
    assert "older rows" in both.among
    assert "by selection" in both.among


def test_labels_that_follow_scores_are_a_selection_where_nothing_is_an_alert():
    some = scored(chance(1) & (chance(0.5) | (frame()["score"] < 0.03)))
    quiet = replace(some, decision=gate.Decision(rule="threshold", threshold=1.0))
    told = quiet.seen.told
    assert "scores without one are lower. Metrics" in told
    assert "alerts" not in told


def test_scores_that_are_no_probabilities_show_a_selection_without_alerts():
    some = frame()
    some["score"] = np.log(some["score"])
    found = scored(some["score"] < np.log(0.05), some).seen
    assert found.told.endswith(
        "scores without one are lower. Metrics of the rows that have one do not hold for all."
    )
    assert "alerts" not in found.told


def test_all_labels_and_none_are_told_as_such():
    assert scored(np.zeros(4000, dtype=bool)).seen.told == "Each row has a label."
    told = scored(np.ones(4000, dtype=bool)).seen.told
    assert told == "None of the 4,000 rows has a label yet."


def test_rows_without_times_have_no_late_labels():
    some = frame().drop(columns="time")
    made = checked(some.assign(label=some["label"].mask(chance(0.2))), gate.Columns(time=""))
    found = gate.Scored(made, CostModel(), RULE).seen
    assert found.ripe == 4000
    assert not found.when
    with pytest.raises(ValueError, match="there is no column of times"):
        Maturity(delay_days=1).rows(made)


def test_the_gate_says_in_a_phrase_that_labels_are_late():
    doubt = gate.measure(scored(age(frame()) < 10), "recall").doubt
    assert "rows have no label yet, most of them since labels are late" in doubt
    assert "late" not in gate.measure(scored(chance(0.3)), "recall").doubt


def judged(tmp_path, labels, missing=None):
    missing = age(frame()) < 10 if missing is None else missing
    path = criteria_file(tmp_path, CRITERIA.format(labels=labels))
    criteria = gate.read_criteria(path)
    return gate.judge(scored(missing), criteria)


def test_without_a_statement_late_labels_are_no_evidence_and_the_verdict_says_when(tmp_path):
    verdict = judged(tmp_path, "")
    assert [one.outcome for one in verdict.findings] == ["insufficient evidence", "pass"]
    assert "known by about" in verdict.decided["labels"]


@pytest.mark.parametrize(
    "labels", ["delay_days = 10.5", 'until = "2026-02-23"', "until=2026-02-23"]
)
def test_stated_labels_are_judged_on_the_rows_that_are_old_enough(tmp_path, labels):
    some = frame()
    verdict = judged(tmp_path, f"[labels]\n{labels}")
    old = (age(some) >= 10.5) if "delay" in labels else (some["time"] < "2026-02-23").to_numpy()
    part = gate.Scored(some[old], CostModel(), RULE)
    recall, cases = verdict.findings
    assert recall.value == gate.measure(part, "recall").value
    assert (recall.n, cases.value) == (old.sum(), 4000)  # what needs no label counts all rows
    told = verdict.decided["labels"]
    assert f"{old.sum():,} rows up to {some['time'][old].iloc[-1]:%Y-%m-%d %H:%M}" in told
    assert f"{(~old).sum():,} later ones" in told


def test_a_label_missing_among_the_old_rows_still_counts(tmp_path):
    verdict = judged(tmp_path, "[labels]\ndelay_days = 10", chance(0.01))
    assert verdict.findings[0].outcome == "insufficient evidence"
    assert "no label yet" in verdict.findings[0].because


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ("delay_days = -1", "delay_days must be a finite number from 0 up, got -1"),
        ('until = "spring"', "until must be a date such as 2026-03-01, got 'spring'"),
        ('until = "5"', "until must be a date such as 2026-03-01, got '5'"),
        ("until = 2026-03-01\ndelay_days = 3", "takes until or delay_days, and not both"),
        ("delay = 3", "did you mean 'delay_days'?"),
        ("until = 2020-01-01", "leaves no row: the first is of 2026-01-05"),
        ("delay_days = 400", "leaves no row"),
    ],
)
def test_statements_that_mean_nothing_are_refused(tmp_path, labels, told):
    with pytest.raises(ValueError, match=told.replace("?", r"\?")):
        judged(tmp_path, f"[labels]\n{labels}")


def test_a_date_needs_times_that_are_dates():
    some = frame().assign(time=np.arange(4000) * 600.0)
    undated = scored(np.zeros(4000, dtype=bool), some)
    with pytest.raises(ValueError, match="needs times that are dates: use delay_days"):
        Maturity(until="2026-02-01").rows(undated.frame)
    assert Maturity(delay_days=1).rows(undated.frame) == 4000 - DAY / 600
    since_1970 = scored(np.zeros(4000, dtype=bool), some.assign(time=some["time"] + 1_767_225_600))
    assert Maturity(until=str(date(2026, 1, 2))).rows(since_1970.frame) == DAY / 600
