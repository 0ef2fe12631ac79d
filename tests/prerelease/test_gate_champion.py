import json

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from champion_helpers import AGAINST, GOOD, MONEY, NEW, OLD, RULE, finding, scored
from gate_helpers import CRITERIA, criteria_file, scores_file
from prerelease import gate
from prerelease.__main__ import main
from prerelease.costs import CostModel
from prerelease.gate._champion import difference


def ends(verdict):
    found = verdict.findings[0]
    return found.value, found.low, found.high


def test_rows_are_matched_by_key_in_any_order_of_any_type(tmp_path):
    by_order = finding(tmp_path)
    text = AGAINST + '[columns]\nkey = "id"\n'
    mixed = OLD.sample(frac=1, random_state=0)
    more = pd.concat([mixed, mixed[:5].assign(id=range(5))])[["id", "score"]]
    for old, told in (
        (mixed, "matched by 'id' (Not used: 'time', 'amount', 'label'.); rule"),
        (more, "matched by 'id'; 5 more rows of it are left out; rule"),
        (more.assign(id=more["id"].astype(str)), "matched by 'id'; 5 more"),
        (more.assign(id=more["id"].astype(float)), "matched by 'id'; 5 more"),
    ):
        found = finding(tmp_path, text, old=old)
        assert ends(found) == pytest.approx(ends(by_order))
        assert told in found.decided["champion"]
    assert "matched by order (Not used: 'id'.); rule: an alert" in by_order.decided["champion"]


def test_a_champion_may_stand_in_the_same_table(tmp_path):
    table = NEW.assign(now=OLD["score"])
    own = AGAINST + '[columns]\nchampion = "now"\n'
    file = scores_file(tmp_path, table, "s.parquet")
    for new in (table, file):
        verdict = finding(tmp_path, own, new=new, old=None)
        assert ends(verdict) == pytest.approx(ends(finding(tmp_path)))
        assert verdict.decided["champion"].startswith("in the same table, as 'now'; rule")
    with pytest.raises(ValueError, match="the champion's scores are given twice: 'now'"):
        finding(tmp_path, own, new=table)


def test_a_champion_has_a_rule_of_its_own(tmp_path):
    rule = '[champion]\nrule = "threshold"\nthreshold = 0.7\n'
    own = finding(tmp_path, MONEY + rule, bound=-5)
    assert own.decided["champion"].endswith("rule: an alert from a score of 0.7 on")
    other = gate.Decision(rule="threshold", threshold=0.7)
    expected = difference(scored(NEW), scored(OLD, other), "saved_per_1000")
    assert ends(own) == pytest.approx(
        (expected.value, expected.interval.low, expected.interval.high)
    )
    criteria = gate.read_criteria(criteria_file(tmp_path, MONEY.format(bound=-5)))
    assert ends(gate.judge(NEW, criteria, champion=scored(OLD, other))) == pytest.approx(ends(own))
    decided = OLD.assign(block=OLD["score"] >= 0.7)
    found = gate.judge(NEW, criteria, champion=scored(decided))
    assert ends(found) == pytest.approx(ends(own))
    assert found.decided["champion"].endswith("rule: the decisions that came with the rows")


def test_the_type_of_the_champions_scores_decides_how_they_meet_its_threshold(tmp_path):
    new = NEW.assign(score=np.float64(0.7))
    old = OLD.assign(score=np.float32(0.7))  # less than 0.7, as a double
    text = MONEY.replace("threshold = 0.1", "threshold = 0.7")
    alike = finding(tmp_path, text, new=new, old=old, bound=-5).findings[0]
    assert alike.because.startswith("both models come to the same on every row")


def test_two_classifiers_are_compared_on_one_frame(tmp_path):
    frame = GOOD.assign(a=np.log(NEW["score"]), b=np.log(OLD["score"])).drop(columns="score")
    new, old = (LogisticRegression().fit(frame[[one]], frame["label"]) for one in "ab")
    criteria = criteria_file(tmp_path, AGAINST.format(bound=0.0))
    assert gate.judge(frame, criteria, model=new, champion=old).outcome == "pass"
    assert gate.judge(frame, criteria, model=old, champion=new).outcome == "fail"


def test_without_a_champion_there_is_no_evidence_against_it(tmp_path):
    found = finding(tmp_path, old=None)
    assert found.exit_code == 3
    assert "no champion" not in found.decided
    assert found.findings[0].because == (
        "it asks against a champion, and none was given (--champion)"
    )
    idle = finding(tmp_path, CRITERIA, bound=0.1)
    assert idle.decided["champion"].endswith("; no criterion asks against it")


def test_a_difference_may_be_asked_of_each_segment(tmp_path):
    parts = np.where(np.arange(4000) % 2, "a", "b")
    text = AGAINST.replace("against =", 'each = "part"\nagainst =')
    verdict = finding(tmp_path, text, new=NEW.assign(part=parts), bound=-0.05)
    assert verdict.outcome == "pass"
    for one in verdict.findings[0].segments:
        rows = parts == one.name
        expected = difference(
            scored(NEW[rows]), scored(OLD[rows]), "average_precision", level=0.975
        )
        assert one.value == pytest.approx(expected.value)
        assert one.low == pytest.approx(expected.interval.low, rel=0.05)


KEYED = AGAINST + '[columns]\nkey = "id"\n'


@pytest.mark.parametrize(
    ("text", "old", "told"),
    [
        (AGAINST, OLD[:-1], "have 4,000 and 3,999 rows. Rows are matched by order, unless a"),
        (
            AGAINST,
            OLD.assign(amount=OLD["amount"].where(OLD.index != 7, 1e6)),
            r"differ in amount at position 7: .* and 1000000\. Rows are matched by order",
        ),
        (AGAINST, OLD.assign(label=1 - OLD["label"]), "differ in label at position 0: 0 and 1"),
        (AGAINST, OLD.assign(label=np.nan), "differ in label at position 0: 0 and nan"),
        (AGAINST, OLD.assign(time=OLD["time"] + 1), "differ in time at position 0"),
        (
            AGAINST,
            OLD.assign(time=pd.Timestamp("2026-03-01") + pd.to_timedelta(OLD["time"], unit="s")),
            "differ in time: 0 and 2026-03-01",
        ),
        (KEYED, OLD[9:], "9 of 4,000 rows of a data frame are not in a data frame, such as id '4"),
        (KEYED, OLD.assign(id=1), "id must name each row once, got '1' at positions 0 and 1"),
        (KEYED, OLD.assign(id=None), "id must name each row, missing at position 0"),
        (KEYED, OLD.drop(columns="id"), "no column 'id'"),
        (KEYED, OLD.assign(score=np.inf), "score must be finite"),
        (AGAINST, 7, "champion must be a file, a data frame or Scored, got int"),
        (AGAINST, scored(OLD[:-1]), "have 4,000 and 3,999 rows"),
        (KEYED, scored(OLD), r"scores has no key: read it with Columns\(key='id'\)"),
        (
            AGAINST + "[champion]\n",
            scored(OLD),
            r"\[champion\] states .*cheapest.*, and its Scored has",
        ),
        (
            AGAINST,
            gate.Scored(OLD, CostModel(review=9), RULE, 60.0),
            "both models must have the same prices",
        ),
    ],
)
def test_rows_that_are_not_the_same_are_refused(tmp_path, text, old, told):
    with pytest.raises(ValueError, match=told):
        finding(tmp_path, text, old=old)


def command(tmp_path, *more, new="new.csv"):
    for name, frame in (("new.csv", NEW), ("old.csv", OLD)):
        scores_file(tmp_path, frame, name)
    criteria = criteria_file(tmp_path, AGAINST.format(bound=0.0))
    words = ["gate", "--criteria", criteria, "--scores", tmp_path / new, *more]
    return main([str(one) for one in words])


def test_the_command_compares_two_files(tmp_path, capsys):
    old, page = tmp_path / "old.csv", tmp_path / "v.json"
    assert command(tmp_path, "--champion", old, "--json", page) == 0
    by_order = json.loads(page.read_text(encoding="utf-8"))
    assert command(tmp_path, "--champion", old, "--key", "id", "--json", page) == 0
    by_key = json.loads(page.read_text(encoding="utf-8"))
    assert by_key["findings"] == by_order["findings"]
    assert by_key["findings"][0]["criterion"]["against"] == "champion"
    told = capsys.readouterr().out
    assert "Champion: old.csv, SHA-256" in told
    assert "matched by 'id'" in told
    assert command(tmp_path) == 3
    both = NEW.assign(now=OLD["score"])
    scores_file(tmp_path, both, "both.csv")
    assert command(tmp_path, "--column", "champion=now", new="both.csv") == 0


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--key", "id"], "--champion goes with --scores, and --key with --champion"),
        (["--champion", "none.csv"], "none.csv: it cannot be read: No such file"),
        (["--champion", "{old}", "--key", "nobody"], "it has no column 'nobody'"),
        (["--champion", "{old}", "--json", "{old}"], "would"),
    ],
)
def test_a_champion_that_cannot_be_used_is_refused_in_one_line(tmp_path, capsys, more, told):
    more = [one.format(old=tmp_path / "old.csv") for one in more]
    assert command(tmp_path, *more) == 2
    said = capsys.readouterr()
    assert told in said.err
    assert said.out == ""


def test_the_same_file_twice_is_said(tmp_path):
    assert "; the same as this model's" in finding(tmp_path, old=NEW).decided["champion"]
    assert "the same as" not in finding(tmp_path).decided["champion"]


def test_it_is_said_which_of_the_two_shows_nothing(tmp_path):
    odds = OLD.assign(score=np.log(OLD["score"]))
    recall = AGAINST.replace("average_precision", "recall").replace(
        'unit = "average precision"', ""
    )
    told = finding(tmp_path, recall, old=odds).findings[0]
    assert told.outcome == "insufficient evidence"
    assert told.because.startswith("the champion: scores run from -")
    assert finding(tmp_path, old=odds).outcome == "pass"  # an order is all that ranking needs
