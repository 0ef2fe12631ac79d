import html
import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from gate_helpers import CRITERIA, criteria_file, scores
from prerelease import evidence, gate, words
from prerelease.costs import CostModel
from prerelease.gate import _finding, _measure
from prerelease.intervals import Interval

DIGEST = "ab" * 32
CLAIM = """\
[release]
name = "R"
[[criterion]]
name = "of a chapter"
chapter = "02"
claim = "average precision later"
split = "test"
at_least = 0.6
unit = "average precision"
why = "So it was agreed."
"""
ROW = {
    "chapter": "02",
    "claim": "average precision later",
    "value": 0.79,
    "low": 0.69,
    "high": 0.87,
    "level": 0.95,
    "unit": "average precision",
    "n": 100,
    "split": "test",
    "data_digest": DIGEST,
    "how": "cross-fitted",
    "method": "time-block percentile",
    "because": "",
    "model": "",
}


def rows(**change):
    return pd.DataFrame([ROW | change], columns=list(evidence.COLUMNS))


@pytest.fixture
def criteria(tmp_path):
    return gate.read_criteria(criteria_file(tmp_path, CLAIM))


def judged(criteria, frame, **options):
    return gate.judge_evidence(frame, criteria, **{"data_digest": DIGEST, **options})


def criterion(side, bound):
    return gate.Criterion(
        name="c", why="w", bound=bound, side=side, unit="u", level=0.95, claim="c"
    )


def outcome(side, bound, low, high):
    value = (low + high) / 2
    interval = Interval(value, low, high, level=0.95, method="m", n=9)
    return _finding.compared(
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


def test_the_verdict_is_whole_in_json_and_on_its_page(criteria):
    verdict = judged(criteria, rows(low=0.59))
    content = json.loads(verdict.to_json())
    assert content["outcome"] == "insufficient evidence"
    assert content["exit_code"] == 3
    assert content["findings"][0]["criterion"]["bound"] == 0.6
    assert content["criteria_digest"] == criteria.digest
    page = verdict.to_html()
    for said in ("Do not ship yet", "of a chapter", "So it was agreed.", DIGEST, criteria.digest):
        assert said in page
    assert "http" not in page


def facts(page):
    """Return the rows of the last table of a page."""
    last = page[page.rindex("<table") :]
    cells = re.findall(r"<td>(.*?)</td>", re.sub("</?code>", "", last))
    return dict(zip(cells[::2], map(html.unescape, cells[1::2]), strict=True))


STATED = """
[costs]
review = 7
[decision]
rule = "threshold"
threshold = 0.25
[words]
positives = "bad loans"
currency = "$"
"""
LOANS = CRITERIA.format(bound=0.1)


def test_the_verdict_says_what_decided_and_what_of_it_nobody_had_stated(tmp_path):
    bare = gate.judge(scores(), criteria_file(tmp_path, LOANS)).decided
    assert bare["rule"] == (
        "cheapest for each case, the score taken as a probability; by default, since [decision] "
        "does not say: rule"
    )
    assert bare["prices"].startswith("miss_fee 20, recovery_share 0, review 5")
    assert "; by default, since [costs] does not say: miss_fee, recovery_share," in bare["prices"]
    assert bare["kept together"].startswith("stretches of 60 s; 240 hold a row; longer ones for")
    assert bare["intervals"].startswith("of level 0.95; how each was made stands with it")
    assert bare["intervals"].endswith("; by default, since [release] does not say: level")
    assert bare["period"].endswith(" days; by default, since [time] does not say: unit")
    assert bare["columns"] == "time 'time', amount 'amount', label 'label', score 'score'"
    stated = gate.judge(scores(), criteria_file(tmp_path, LOANS + STATED)).decided
    assert stated["rule"] == "an alert from a score of 0.25 on"
    assert "review 7" in stated["prices"]
    assert stated["prices"].endswith(
        "catch_gain 0 ($); by default, since [costs] does not say: miss_fee, recovery_share, "
        "goodwill, margin_share, catch_gain"
    )
    assert stated["rows"] == "4,000 rows, 200 bad loans"
    assert stated["period"].startswith("from 1.6 s to 14,400 s, 0.166")


def test_all_that_decided_is_in_each_form_of_the_verdict(tmp_path, capsys):
    criteria = criteria_file(tmp_path, LOANS + STATED)
    verdict = gate.judge(scores(), criteria)
    page, content = facts(verdict.to_html()), json.loads(verdict.to_json())
    markdown, tree = verdict.to_markdown(), ElementTree.fromstring(verdict.to_junit())
    properties = {one.get("name"): one.get("value") for one in tree.iter("property")}
    assert page == properties
    for what, told in content["decided"].items():
        assert page[what.capitalize()] == told
        assert f"| {what.capitalize()} | {told.replace('_', chr(92) + '_')[:9]}" in markdown
    for digest in (content["data_digest"], content["criteria_digest"]):
        assert len(digest) == 64
        assert digest in " ".join(page.values())
        assert digest in markdown
    from prerelease.__main__ import _tell  # noqa: PLC0415

    _tell(verdict)
    told = capsys.readouterr().out
    assert all(f"  {what}: {which}\n" in told for what, which in page.items())


def test_what_came_with_the_rows_is_said_to_be_no_default(tmp_path):
    criteria = gate.read_criteria(criteria_file(tmp_path))
    for more, rule in (({}, "cheapest for"), ({"block": True}, "the decisions that came with")):
        own = gate.Scored(scores().assign(**more), CostModel(review=7), gate.Decision(), 60.0)
        decided = gate.judge(own, criteria).decided
        assert decided["rule"].startswith(rule)
        assert "review 7" in decided["prices"]
        assert "by default" not in decided["rule"] + decided["prices"]
        assert "notes" not in decided


def test_dates_and_weights_are_said_as_they_were(tmp_path):
    frame = scores().assign(weight=2.0)
    frame["time"] = pd.Timestamp("2026-03-01 10:00") + pd.to_timedelta(frame["time"], unit="s")
    decided = gate.judge(frame, criteria_file(tmp_path)).decided
    assert decided["period"].startswith("from 2026-03-01 10:00:01.6")
    assert " to 2026-03-01 14:00:00, " in decided["period"]
    assert "by default" not in decided["period"]
    frame["time"] -= frame["time"].iloc[0]  # durations have a unit as well
    since = gate.judge(frame, criteria_file(tmp_path)).decided["period"]
    assert since.endswith(" days")
    assert decided["rows"] == "4,000 rows, 200 positives, for 8,000 cases by their weights"


@pytest.mark.parametrize(
    ("unit", "told"), [("", "; by default, since [time] does not say: unit"), ("s", " days")]
)
def test_columns_are_said_by_their_names_in_the_file_and_the_unit_if_nobody_stated_it(
    tmp_path, unit, told
):
    stated = f'[time]\nunit = "{unit}"\n' if unit else ""
    criteria = criteria_file(tmp_path, f'{LOANS}\n[columns]\nscore = "p"\nweight = ""\n{stated}')
    file = tmp_path / "mine.csv"
    scores().assign(weight=2, p=0.5).to_csv(file, index=False)
    decided = gate.judge(file, criteria).decided
    assert decided["columns"] == "time 'time', amount 'amount', label 'label', score 'p'"
    assert decided["period"].endswith(told)
    known = gate.read_scores(file, columns=gate.Columns(score="p", weight=""))
    again = gate.judge(known[known["amount"] > 5], criteria).decided
    assert again["columns"] == decided["columns"]


def test_levels_are_said_as_they_are(tmp_path):
    text = LOANS.replace("[intervals]", "level = 0.975\n[intervals]")
    verdict = gate.judge(scores(), criteria_file(tmp_path, text))
    assert verdict.decided["intervals"].startswith("of level 0.975; ")
    assert "97.5%" in verdict.to_html()


def test_the_release_file_says_what_decided(criteria):
    decided = judged(criteria, rows(), order="too early").decided
    assert decided["test rows"] == "too early"
    assert decided["served model"] == "nobody named it"
    assert decided["rows"] == "results in the release file: 1"


def test_a_file_a_frame_and_a_model_are_judged_alike(tmp_path):
    criteria, frame = criteria_file(tmp_path), scores()
    frame["odds"] = np.log(frame["score"] / (1 - frame["score"]))
    model = LogisticRegression().fit(frame[["odds"]], frame["label"])
    frame["score"] = model.predict_proba(frame[["odds"]])[:, 1]
    file = tmp_path / "s.csv"
    frame.to_csv(file, index=False)
    ways = [
        gate.judge(str(file), criteria),
        gate.judge(frame, gate.read_criteria(criteria)),
        gate.judge(frame.drop(columns="score"), criteria, model=model),
    ]
    values = [(one.outcome, one.findings[0].value, one.findings[0].low) for one in ways]
    assert values[0] == values[1] == values[2]
    assert (ways[0].data, ways[1].data) == ("s.csv", "a data frame")
    assert ways[1].data_digest == ways[2].data_digest


@pytest.mark.parametrize(
    ("yes", "no", "settings"),
    [
        ("fraud", "legit", '[columns]\npositive = "fraud"\n'),
        ("1", "2", '[columns]\npositive = "1"\n'),
        (1, 0, ""),
        (1, -1, '[columns]\npositive = "1"\n'),
        (True, False, ""),
    ],
)
def test_a_model_is_asked_for_the_class_that_is_looked_for(tmp_path, yes, no, settings):
    frame = scores().assign(odds=lambda rows: np.log(rows["score"] / (1 - rows["score"])))
    label = np.where(frame["label"] == 1, yes, no)
    model = LogisticRegression().fit(frame[["odds"]], label)
    criteria = criteria_file(tmp_path, CRITERIA.format(bound=0.5) + settings)
    verdict = gate.judge(frame.assign(label=label), criteria, model=model)
    assert verdict.outcome == "pass"


@pytest.mark.parametrize(
    ("labels", "columns", "told"),
    [
        (3, ["odds"], "must tell '1' from one other class, got classes_ '0', '1', '2'"),
        (2, ["odds", "other"], "takes a column 'other', and the data frame has none"),
    ],
)
def test_a_model_of_other_classes_or_columns_is_refused(tmp_path, labels, columns, told):
    frame = scores().assign(odds=lambda rows: rows["score"], other=1.0)
    model = LogisticRegression().fit(frame[columns], np.arange(len(frame)) % labels)
    with pytest.raises(ValueError, match=told):
        gate.judge(frame.drop(columns="other"), criteria_file(tmp_path), model=model)


@pytest.mark.parametrize("data", [None, [1, 2], np.ones((3, 4))])
def test_what_is_no_data_is_refused(tmp_path, data):
    with pytest.raises(ValueError, match="data must be a file, a data frame or Scored, got"):
        gate.judge(data, criteria_file(tmp_path))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("[costs]\nmiss_fee = 500\n", r"miss_fee = 500 in \[costs\], and Scored has 20"),
        ('[decision]\nrule = "threshold"\nthreshold = 0.5\n', "rule = threshold"),
        ("", "block_seconds = 60"),
    ],
)
def test_scored_cases_with_other_settings_than_the_criteria_state_are_refused(
    tmp_path, settings, told
):
    criteria = criteria_file(tmp_path, CRITERIA.format(bound=0.1) + settings)
    seconds = 60.0 if settings else 600.0
    some = gate.Scored(scores(), CostModel(), gate.Decision(), seconds)
    with pytest.raises(ValueError, match=told):
        gate.judge(some, criteria)


def test_a_model_must_know_its_columns(tmp_path):
    criteria, frame = criteria_file(tmp_path), scores()
    model = LogisticRegression().fit(frame[["amount"]].to_numpy(), frame["label"])
    with pytest.raises(ValueError, match="fitted on a data frame"):
        gate.judge(frame, criteria, model=model)
    with pytest.raises(ValueError, match="model scores a data frame, got str"):
        gate.judge("s.csv", criteria, model=model)


def test_a_frame_has_the_columns_that_the_criteria_name_and_their_words(tmp_path):
    text = LOANS + '[columns]\nlabel = "bad"\n[words]\npositives = "bad loans"\n'
    frame = scores(frauds=5).rename(columns={"label": "bad"})
    finding = gate.judge(frame, criteria_file(tmp_path, text)).findings[0]
    assert finding.because == "5 of 4000 rows are bad loans, and an interval needs 20 of each"
    assert words().positives == "positives"


def test_only_a_pass_passes_in_junit(criteria, tmp_path):
    for frame, kind in ((rows(), None), (rows(low=0.59), "insufficient evidence")):
        suite = ElementTree.fromstring(judged(criteria, frame).to_junit())[0]
        failures = suite.findall("testcase/failure")
        assert [one.get("type") for one in failures] == [kind] * len(failures)
        assert suite.get("tests") == "1"
        assert suite.get("failures") == str(len(failures)) == ("0" if kind is None else "1")


HOSTILE = "a|b`*_<b>[x](y)\n# c"
WILD = HOSTILE + "\x1b[31m\udc80\ufffe"


def test_a_criterion_holds_no_control_characters(criteria):
    with pytest.raises(ValueError, match="name must be text without control characters"):
        replace(criteria.criteria[0], name=WILD)


@pytest.mark.parametrize("form", ["to_junit", "to_markdown", "to_html"])
def test_no_name_breaks_a_form(criteria, form):
    one = replace(criteria.criteria[0], name=HOSTILE, why=HOSTILE)
    hostile = replace(criteria, name=WILD, criteria=(one,))
    verdict = judged(hostile, rows(), data=WILD)
    told = getattr(verdict, form)()
    assert told.encode()
    assert "<b>" not in told
    assert "\n# c" not in verdict.name + verdict.data
    if form == "to_junit":
        assert ElementTree.fromstring(told)[0].get("name") == verdict.name
    if form == "to_markdown":
        assert "\x1b" not in told
        assert "](" not in told.replace("\\](", "")
        assert {line.count("|") - line.count("\\|") for line in told.splitlines()} == {0, 6, 3}


def test_words_in_criteria_are_shown_and_not_run(tmp_path):
    text = CLAIM.replace("So it was agreed.", "<script>alert(1)</script>")
    page = judged(gate.read_criteria(criteria_file(tmp_path, text)), rows()).to_html()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_the_table_has_a_row_for_each_criterion(criteria):
    table = judged(criteria, rows()).table()
    assert table.loc["of a chapter", "found"] == "0.79 [0.69, 0.87]"
    assert judged(criteria, rows().iloc[:0]).table()["found"].tolist() == ["nothing"]
