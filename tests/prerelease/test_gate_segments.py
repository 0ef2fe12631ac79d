import json
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate_helpers import CRITERIA, criteria_file, scores, scores_file
from prerelease import gate
from prerelease.__main__ import main
from prerelease.costs import CostModel
from prerelease.gate import _verdict
from prerelease.gate._columns import MISSING, OWN
from prerelease.gate._measure import Measured
from prerelease.gate._scores import checked
from prerelease.intervals import Interval, joint_level
from prerelease.plots._style import Shown
from prerelease.report import _figures

RULE = gate.Decision(rule="threshold", threshold=0.2)
OUTCOMES = ("pass", "fail", "insufficient evidence")


def scored(frame, **roles):
    """Check a frame that has such columns, as judging it does."""
    found = checked(frame, gate.Columns(**roles))
    return gate.Scored(found, CostModel(), RULE, 60.0)


def of_regions(n=6000, **options):
    regions = np.random.default_rng(1).choice(["north", "south", "west"], n)
    return scores(n, frauds=600, **options).assign(region=regions)


EACH = CRITERIA.format(bound=0.1).replace("why =", 'each = "region"\nwhy =')


@pytest.mark.parametrize("name", ["s.csv", "s.parquet"])
def test_segments_have_the_names_that_stand_in_the_file(tmp_path, name):
    frame = scores(100, frauds=10).assign(region=["007", "x ", None, "ä"] * 25, day=[1, 2] * 50)
    columns = gate.Columns(segments=("region", "day"))
    found = gate.read_scores(scores_file(tmp_path, frame, name), columns=columns)
    assert found["region"].cat.categories.tolist() == ["007", "x", "ä", MISSING]
    assert found["region"].tolist() == ["007", "x", MISSING, "ä"] * 25
    assert found["day"].tolist() == ["1", "2"] * 50
    assert found.attrs[OWN]["ignored"] == ()


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ([1.0, 2.5, np.nan, 1e6 + 1], ["1", "1000001", "2.5", MISSING]),
        ([1234567, 1234568] * 2, ["1234567", "1234568"]),
        ([True, False] * 2, ["False", "True"]),
        (pd.Categorical(["b", "a", None, ""], categories=["unused", "b", "a", ""]), ["a", "b"]),
        (pd.array(["b", "a", None, "b"], dtype="string"), ["a", "b"]),
        (pd.to_datetime(["2026-01-01", "2026-01-02"] * 2), ["2026-01-01 00:00:00"]),
        ([None] * 4, [MISSING]),
    ],
)
def test_segments_of_every_type_have_names_and_those_in_none_are_one(values, names):
    found = scored(scores(4, frauds=2).assign(part=values), segments="part").frame["part"]
    assert set(names) <= {*found.cat.categories}
    assert found.isna().sum() == 0
    assert not {*found} - {*found.cat.categories}


def test_more_segments_than_a_table_shows_are_refused():
    frame = scores(102, frauds=9)
    assert scored(frame.assign(part=np.arange(102) % 50), segments="part")
    with pytest.raises(ValueError, match="part tells 51 segments, and a criterion is judged in at"):
        scored(frame.assign(part=[*range(51)] * 2), segments="part")


@pytest.mark.parametrize(
    ("roles", "told"),
    [
        ({"segments": ("time",)}, "must not be called 'time'"),
        ({"segments": ("block",)}, "must not be called 'block'"),
        ({"segments": ("y",), "label": "y"}, "Each column needs a name of its own"),
        ({"segments": ("",)}, "segments must be text that is not empty"),
        ({"segments": ("nowhere",)}, "no column 'nowhere', which holds segments"),
        ({"group": "nobody"}, "no column 'nobody': known are"),
    ],
)
def test_a_column_of_segments_is_there_and_no_role(roles, told):
    with pytest.raises(ValueError, match=told):
        scored(scores(40, frauds=9), **roles)


def test_what_is_no_value_is_no_segment_no_group_and_no_key():
    frame = scores(4, frauds=2).assign(part=[[1], [2], [3], [4]])
    for role in ({"segments": "part"}, {"group": "part"}, {"key": "part"}):
        with pytest.raises(ValueError, match=r"part must hold numbers, text or dates, got \[1\]"):
            scored(frame, **role)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (["a", "b", "a", "c"], "id must name each row once, got 'a' at positions 0 and 2"),
        ([3, 7, 1, 7], "id must name each row once, got '7' at positions 1 and 3"),
        ([1, None, 2, 3], "id must name each row, missing at position 1"),
        (["a", "", "b", "c"], "id must name each row, missing at position 1"),
    ],
)
def test_a_key_names_each_row_once(values, told):
    with pytest.raises(ValueError, match=told):
        scored(scores(4, frauds=2).assign(id=values), key="id")


def test_rows_without_a_group_are_alone_and_that_is_said(tmp_path):
    frame = scores(6, frauds=2).assign(group=["a", None, "b", "a", None, ""])
    found = gate.read_scores(scores_file(tmp_path, frame))
    assert found["group"].tolist() == [0, 2, 1, 0, 3, 4]
    assert "3 rows have no group: each is a group of its own." in found.attrs[OWN]["notes"]
    assert "group" not in gate.read_scores(tmp_path / "scores.csv", columns=gate.Columns(group=""))


@given(st.lists(st.sampled_from(["a", "b", "c", None]), min_size=4, max_size=4), st.booleans())
def test_a_table_that_was_read_and_then_cut_keeps_its_roles(parts, cut):
    frame = scores(4, frauds=2).assign(part=parts, id=[9, 8, 7, 6], group=parts)
    found = checked(frame, gate.Columns(key="id", segments="part"))
    rows = np.array([True, not cut, True, True])
    again = gate.Scored(found[rows], CostModel(), RULE).frame
    assert again["key"].tolist() == frame["id"][rows].tolist()
    assert again["part"].tolist() == [one or MISSING for one in np.array(parts)[rows]]
    assert again["group"].nunique() == found["group"][rows].nunique()
    if not cut:
        pd.testing.assert_frame_equal(again, found)


@pytest.mark.parametrize("metric", ["recall", "average_precision", "alerts_per_1000"])
def test_rows_that_are_written_several_times_say_no_more_where_they_are_a_group(metric):
    once, times = scores(2000, frauds=300), 4
    shift = np.repeat(np.arange(times) * 20_000, len(once))
    often = pd.concat([once] * times, ignore_index=True)
    often["time"] += shift
    often["group"] = np.tile(np.arange(len(once)), times)

    def length(frame):
        interval = gate.measure(scored(frame), metric).interval
        return interval.high - interval.low

    alone = length(once.assign(group=range(len(once))))
    assert length(often.drop(columns="group")) < 0.7 * alone
    assert length(often) == pytest.approx(alone, rel=0.25)


def test_few_groups_show_nothing(tmp_path):
    frame = scores().assign(group=np.arange(4000) % 9)
    verdict = gate.judge(frame, criteria_file(tmp_path))
    assert verdict.outcome == "insufficient evidence"
    assert "stand in 9 groups, and an interval needs 20" in verdict.findings[0].because
    assert "9 groups of 'group'" in verdict.decided["kept together"]


def found_of(outcome):
    ends = {"pass": (0.6, 0.7), "fail": (0.1, 0.2), "insufficient evidence": (0.2, 0.7)}[outcome]
    interval = Interval(sum(ends) / 2, *ends, level=0.99, method="m", n=9)
    return Measured(interval.estimate, interval, "u", 9)


@given(st.lists(st.sampled_from(OUTCOMES), min_size=1, max_size=9))
def test_each_segment_has_to_pass_and_one_is_enough_to_fail(outcomes):
    asked = gate.Criterion(
        name="c", why="w", bound=0.5, side="at_least", unit="u", metric="recall", each="part"
    )
    found = {f"p{i}": found_of(one) for i, one in enumerate(outcomes)}
    finding = _verdict.of_each(asked, found, "here")
    assert (finding.outcome == "pass") == (set(outcomes) == {"pass"})
    assert (finding.outcome == "fail") == ("fail" in outcomes)
    assert [one.outcome for one in finding.segments] == outcomes
    assert finding.because.startswith(f"passes in {outcomes.count('pass')} of {len(outcomes)}")
    assert finding.found.endswith(f"the lowest of {len(outcomes)}")


def test_a_segment_is_judged_by_its_own_rows_at_the_level_of_all(tmp_path):
    frame = of_regions()
    finding = gate.judge(frame, criteria_file(tmp_path, EACH)).findings[0]
    level = joint_level(3)
    assert [one.name for one in finding.segments] == ["north", "south", "west"]
    for one in finding.segments:
        rows = frame[frame["region"] == one.name]
        criteria = gate.read_criteria(criteria_file(tmp_path))
        own = gate.Scored(rows, criteria.costs, criteria.decision, 60.0)
        alone = gate.measure(own, "average_precision", level=level)
        assert (one.value, one.n, one.level) == (alone.value, len(rows), level)
        assert one.low == pytest.approx(alone.interval.low, rel=0.02)


def test_a_segment_that_is_too_small_is_named_and_never_a_pass(tmp_path, capsys):
    frame = of_regions()
    frame.loc[frame.index % 99 == 0, "region"] = None
    file = scores_file(tmp_path, frame)
    assert main(["gate", "--scores", f"{file}", "--criteria", f"{criteria_file(tmp_path, EACH)}"])
    told = capsys.readouterr().out
    assert "lacks evidence in (missing)" in told
    assert "- (missing): insufficient evidence; found nothing in " in told
    assert " rows are positives, and an interval needs 20 of each" in told
    assert "3 of 'region'" not in told
    assert "Segments: 4 of 'region'; each judged at a level that is corrected" in told


def test_alerts_of_the_segments_add_up_to_those_of_all():
    frame = of_regions()
    both = scored(frame, segments="region")
    asks = gate.Criterion(
        name="a", why="w", bound=1, side="at_least", unit="u", metric="alerts_per_day"
    )
    asked = replace(asks, each="region"), replace(asks, name="b")
    criteria = gate.Criteria(name="m", criteria=asked)
    each, whole = gate.judge(both, criteria).findings
    assert sum(one.value for one in each.segments) == pytest.approx(whole.value)


def test_what_was_found_in_each_segment_is_in_every_form(tmp_path):
    frame = of_regions()
    wild = "<b>|`\u202e"
    frame.loc[frame["region"] == "south", "region"] = wild
    verdict = gate.judge(frame, criteria_file(tmp_path, EACH.replace("0.1", "0.99")))
    content = json.loads(verdict.to_json())["findings"][0]
    assert content["segments"][1]["name"] == "north"
    assert content["segments"][1]["level"] == joint_level(3)
    assert content["criterion"]["each"] == "region"
    page, markdown = verdict.to_html(), verdict.to_markdown()
    assert "<b>" not in page
    assert "<b>" not in markdown
    assert "<caption" in page or "ranks: each region" in page
    assert "| &lt;b&gt;\\|\\`" in markdown
    tree = ElementTree.fromstring(verdict.to_junit())
    lines = tree.find(".//system-out").text.splitlines()
    assert len(lines) == 3
    assert any(line.startswith("north; fail; 0.") for line in lines)
    for form in (page, markdown, verdict.to_junit()):
        assert "\u202e" not in form


def test_segments_whose_labels_are_all_too_young_lack_evidence(tmp_path):
    frame = of_regions().assign(time=lambda rows: rows["time"] * 60)
    frame.loc[frame.index[-100:], "region"] = "new"
    text = EACH + "\n[labels]\ndelay_days = 2\n"
    finding = gate.judge(frame, criteria_file(tmp_path, text)).findings[0]
    new = next(one for one in finding.segments if one.name == "new")
    assert new.outcome == "insufficient evidence"
    assert new.because == "none of its rows is old enough to count"


def test_a_report_needs_no_segments_and_no_champion(tmp_path, monkeypatch):
    monkeypatch.setattr(_figures, "show", lambda figure, alt: Shown("", alt))  # drawing takes long
    file, page = scores_file(tmp_path), tmp_path / "r.html"
    text = EACH + '[columns]\nkey = "id"\nchampion = "now"\n'
    asked = ["report", file, "--criteria", criteria_file(tmp_path, text), "-o", page]
    assert main([*map(str, asked)]) == 0


def test_scored_cases_without_the_segments_are_refused(tmp_path):
    criteria = gate.read_criteria(criteria_file(tmp_path, EACH))
    own = gate.Scored(scores(), criteria.costs, criteria.decision, 60.0)
    with pytest.raises(ValueError, match="Scored has no segments 'region': read it with Columns"):
        gate.judge(own, criteria)
