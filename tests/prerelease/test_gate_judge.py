from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate_helpers import CLAIM, CRITERIA, DIGEST, ROW, criteria_file, judged, rows, scores
from prerelease import evidence, gate
from prerelease.gate import _measure, _verdict
from prerelease.intervals import Interval


@pytest.fixture
def criteria(tmp_path):
    return gate.read_criteria(criteria_file(tmp_path, CLAIM))


def criterion(side, bound):
    return gate.Criterion(
        name="c", why="w", bound=bound, side=side, unit="u", level=0.95, claim="c"
    )


def outcome(side, bound, low, high):
    value = (low + high) / 2
    interval = Interval(value, low, high, level=0.95, method="m", n=9)
    return _verdict.compared(
        criterion(side, bound), _measure.Measured(value, interval, "u", 9), "here"
    ).outcome


finite = st.floats(-1e6, 1e6)


@given(finite, finite, finite)
def test_the_outcome_is_a_pass_only_if_the_whole_interval_is_on_the_right_side(a, b, bound):
    low, high = sorted((a, b))
    for side, good, bad in (
        ("at_least", low >= bound, high < bound),
        ("at_most", high <= bound, low > bound),
    ):
        expected = "pass" if good else "fail" if bad else "insufficient evidence"
        assert outcome(side, bound, low, high) == expected


@given(finite, finite, finite, st.floats(0, 1e3))
def test_a_wider_interval_never_turns_a_no_into_a_yes(a, b, bound, wider):
    low, high = sorted((a, b))
    for side in ("at_least", "at_most"):
        if outcome(side, bound, low, high) != "pass":
            assert outcome(side, bound, low - wider, high + wider) != "pass"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "pass"),
        ({"low": 0.6}, "pass"),
        ({"low": 0.59}, "insufficient evidence"),
        ({"value": 0.5, "low": 0.4, "high": 0.59}, "fail"),
    ],
)
def test_a_row_is_judged_by_its_interval(criteria, change, expected):
    assert judged(criteria, rows(**change)).outcome == expected


NO_INTERVAL = dict.fromkeys(("low", "high", "level"), float("nan"))


@pytest.mark.parametrize(("value", "expected"), [(0.79, "pass"), (0.5, "fail")])
def test_a_count_is_judged_by_itself_where_the_criterion_says_that_it_is_one(
    tmp_path, criteria, value, expected
):
    row = rows(value=value, **NO_INTERVAL)
    counted = CLAIM.replace("at_least", "counted = true\nat_least")
    assert judged(gate.read_criteria(criteria_file(tmp_path, counted)), row).outcome == expected
    verdict = judged(criteria, row)
    assert verdict.outcome == "insufficient evidence"
    assert "recorded without an interval" in verdict.findings[0].because


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"claim": "average precision late"}, "did you mean 'average precision late'"),
        ({"chapter": "03"}, "recorded no claim 'average precision later', nor any other"),
        ({"data_digest": "cd" * 32}, "it was measured on other data"),
        ({"unit": "%"}, "it was recorded in '%', and 'average precision' was asked for"),
        ({"split": "valid"}, "measured on valid rows, and test rows were asked for"),
        ({"level": 0.9}, "its interval has level 0.9, and 0.95 was asked for"),
        ({"low": 0.79, "high": 0.79}, "its interval has no length"),
    ],
)
def test_what_is_no_evidence_is_never_a_pass(criteria, change, because):
    verdict = judged(criteria, rows(**change))
    assert verdict.outcome == "insufficient evidence"
    assert verdict.exit_code == 3
    assert because in verdict.findings[0].because


SERVED = CLAIM.replace("at_least", "served = true\nat_least")
SETS = ROW | {"chapter": "04", "claim": "frauds covered", "unit": "share", "value": 0.9}
SETS |= {"low": 0.8, "high": 1.0}
TWO = (
    SERVED
    + """
[[criterion]]
name = "of its sets"
chapter = "04"
claim = "frauds covered"
at_least = 0.8
unit = "share"
served = true
why = "So it was agreed."
"""
)


def of_models(tmp_path, text, *models):
    """Judge rows of these models, one for each criterion of a file."""
    frame = pd.DataFrame([ROW, SETS][: len(models)], columns=list(evidence.COLUMNS))
    frame["model"] = list(models)
    found = gate.judge_evidence(
        frame, gate.read_criteria(criteria_file(tmp_path, text)), data_digest=DIGEST
    )
    return found, [finding.outcome for finding in found.findings]


def test_criteria_about_what_is_served_pass_on_one_model_and_on_no_two(tmp_path):
    assert of_models(tmp_path, TWO, "ab12", "ab12")[0].exit_code == 0
    verdict, outcomes = of_models(tmp_path, TWO, "ab12", "cd34")
    assert verdict.exit_code == 3
    assert outcomes == ["pass", "insufficient evidence"]
    assert "measured on the model cd34, and served is ab12" in verdict.findings[1].because


@pytest.mark.parametrize("models", [("", ""), ("", "ab12"), ("ab12", "")])
def test_a_model_that_nobody_named_is_not_the_one_that_is_served(tmp_path, models):
    verdict, outcomes = of_models(tmp_path, TWO, *models)
    assert verdict.exit_code == 3
    assert "pass" not in outcomes or models[0]
    assert "that nobody named" in " ".join(finding.because for finding in verdict.findings)


def test_what_another_model_fails_is_no_verdict_on_the_served_one(tmp_path):
    verdict, outcomes = of_models(tmp_path, TWO.replace("at_least = 0.8", "at_least = 2"), "a", "b")
    assert outcomes[1] == "insufficient evidence"
    assert verdict.exit_code == 3


def test_a_criterion_that_is_about_no_one_model_takes_any(tmp_path):
    assert of_models(tmp_path, CLAIM, "ab12")[1] == ["pass"]
    assert of_models(tmp_path, CLAIM, "")[1] == ["pass"]


def test_the_decision_is_said_outright(tmp_path):
    def said(text, *models):
        return of_models(tmp_path, text, *models)[0].decision

    assert said(TWO, "a", "a") == "We ship: 2 of 2 criteria pass."
    assert said(TWO, "a", "b") == (
        "We do not ship yet: 1 of 2 criteria pass. Evidence is missing for “of its sets”."
    )
    assert said(TWO.replace("at_least = 0.6", "at_least = 0.99"), "a", "b") == (
        "We do not ship: 0 of 2 criteria pass. Missed: “of a chapter”. "
        "Evidence is missing for “of its sets”."
    )


def test_a_finding_says_by_which_method_and_why(criteria, tmp_path):
    def source(**change):
        return judged(criteria, rows(**change)).findings[0].source

    assert source() == "chapter 02, test rows: cross-fitted, time-block percentile"
    other = source(method="binomial exact", because="four frauds")
    assert other.endswith("cross-fitted, binomial exact, four frauds")
    own = gate.read_criteria(criteria_file(tmp_path))
    found = gate.judge(scores(), own).findings[0]
    assert found.source.startswith("computed from a data frame; logit scale, t, variance over str")


def test_without_any_evidence_nothing_passes(criteria):
    assert judged(criteria, rows().iloc[:0]).exit_code == 3


def ledger_rows(criteria=("ab", "ab"), kind="evaluation", source="full"):
    when = pd.to_datetime(["2026-01-01", "2026-01-02"][: len(criteria)], utc=True)
    frame = {"kind": kind, "source": source, "criteria": list(criteria), "when": when}
    return pd.DataFrame(frame)


def test_criteria_that_stood_at_every_evaluation_are_in_order():
    assert gate.order(ledger_rows(), criteria_digest="ab", source="full") == ""


@pytest.mark.parametrize(
    ("lines", "because"),
    [
        (ledger_rows(("cd", "ab")), "1 of 2 evaluations of the test rows, the first on 2026-01-01"),
        (ledger_rows((None, None)), "2 of 2 evaluations"),
        (ledger_rows(kind="demonstration"), "holds no evaluation"),
        (ledger_rows(source="sample"), "holds no evaluation"),
    ],
)
def test_test_rows_that_were_judged_before_the_criteria_stood_are_no_evidence(
    criteria, lines, because
):
    told = gate.order(lines, criteria_digest="ab", source="full")
    assert because in told
    verdict = judged(criteria, rows(), order=told)
    assert verdict.exit_code == 3
    assert because in verdict.findings[0].because


def test_without_a_name_of_the_data_every_line_of_the_ledger_counts():
    lines = pd.concat([ledger_rows(), ledger_rows(("cd",), source="sample")])
    assert gate.order(lines, criteria_digest="ab").startswith("1 of 3 evaluations")


def test_the_order_does_not_matter_for_other_rows(criteria):
    open_split = replace(criteria, criteria=(replace(criteria.criteria[0], split=""),))
    assert judged(open_split, rows(split="valid"), order="too early").outcome == "pass"


def test_one_failure_outweighs_missing_evidence_and_that_outweighs_passes(tmp_path):
    row = CRITERIA[CRITERIA.index("[[criterion]]") :]
    text = CRITERIA + row.replace('"ranks"', '"second"')
    frame = scores()
    for bounds, expected in (
        ((0.1, 0.1), "pass"),
        ((0.1, 0.99), "fail"),
    ):
        first, second = bounds
        whole = text.replace("{bound}", str(first), 1).replace("{bound}", str(second))
        found = gate.read_criteria(criteria_file(tmp_path, whole))
        some = gate.Scored(frame, found.costs, found.decision, found.block_seconds)
        assert gate.judge(some, found).outcome == expected
        claim = replace(found.criteria[0], name="third", metric="", chapter="02", claim="x")
        more = replace(found, criteria=(*found.criteria, claim))
        third = gate.judge(some, more)
        assert third.outcome == ("fail" if expected == "fail" else "insufficient evidence")


def test_a_metric_needs_scores(tmp_path):
    verdict = judged(gate.read_criteria(criteria_file(tmp_path)), rows())
    assert "it needs scores" in verdict.findings[0].because
    assert verdict.exit_code == 3
