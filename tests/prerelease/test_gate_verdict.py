import html
import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import pandas as pd
import pytest

from gate_helpers import CLAIM, CRITERIA, DIGEST, criteria_file, judged, rows, scores
from prerelease import gate
from prerelease.costs import CostModel


@pytest.fixture
def criteria(tmp_path):
    return gate.read_criteria(criteria_file(tmp_path, CLAIM))


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
