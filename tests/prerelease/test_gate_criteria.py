import os
import threading

import pytest

from gate_helpers import CRITERIA, criteria_file
from prerelease import gate, ledger
from prerelease._words import Words
from prerelease.costs import CostModel

BASE = CRITERIA.format(bound=0.1)


def test_what_is_left_out_of_a_file_has_its_default(tmp_path):
    file = criteria_file(tmp_path)
    found = gate.read_criteria(file)
    assert found.costs == CostModel()
    assert found.words == Words()
    assert found.digest == ledger.criteria_digest(file)


@pytest.mark.parametrize(
    ("bound", "told"), [("0.123_456_7", "0.1234567"), ("1e-6", "1 × 10⁻⁶"), ("0.1", "0.1")]
)
def test_a_bound_is_told_as_it_is(tmp_path, bound, told):
    asks = gate.read_criteria(criteria_file(tmp_path, bound=bound)).criteria[0].asks
    assert asks == f"at least {told} average precision"


def test_everything_in_a_file_is_used(tmp_path):
    text = BASE + (
        '[columns]\nlabel = "is_fraud"\n[costs]\nreview = 7.0\n'
        '[decision]\nrule = "threshold"\nthreshold = 0.3\n'
    )
    found = gate.read_criteria(criteria_file(tmp_path, text))
    assert found.columns.label == "is_fraud"
    assert found.costs.review == 7
    assert found.decision.threshold == 0.3
    assert found.block_seconds == 60
    assert found.criteria[0].level == 0.95


def test_a_file_has_words_of_its_own_and_states_its_units_in_them(tmp_path):
    metric = BASE.replace("average_precision", "recall").replace("average precision", "{unit}")
    loans = '[words]\npositives = "bad loans"\ncurrency = "$"\n' + metric
    own = loans.replace("{unit}", "share of bad loans")
    found = gate.read_criteria(criteria_file(tmp_path, own))
    assert found.words == Words(positives="bad loans", currency="$")
    with pytest.raises(ValueError, match="its unit is 'share of bad loans'"):
        gate.read_criteria(criteria_file(tmp_path, loans.replace("{unit}", "share of positives")))


def test_the_digest_is_of_the_words_and_not_of_the_line_ends(tmp_path):
    file = criteria_file(tmp_path)
    unix = gate.read_criteria(file).digest
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert gate.read_criteria(file).digest == unix
    file.write_text(BASE.replace("0.1", "0.2"))
    assert gate.read_criteria(file).digest != unix


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"none\.toml cannot be read"):
        gate.read_criteria(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[release]", "[release", "is no TOML"),
        ("[[criterion]]", "[criterion]", r"needs two: \[\[criterion\]\]"),
        ("[release]", "[relase]", r"does not know 'relase': did you mean 'release'\?"),
        ('name = "A', 'nmae = "A', r"\[release\] does not know 'nmae': did you mean 'name'"),
        ("average_precision", "averge_precison", "did you mean 'average_precision'"),
        ("average_precision", "zzzzzz", "known are 'alerts_per_1000'"),
        ("at_least", "atleast", "criterion 1 does not know 'atleast': did you mean 'at_least'"),
        ("at_least = 0.1\n", "", "must have at_least or at_most, and not both"),
        ("at_least = 0.1", "at_least = 0.1\nat_most = 1", "and not both"),
        ("at_least = 0.1", "at_least = '0.1'", "must be a finite number, got '0.1'"),
        ("at_least = 0.1", "at_least = true", "must be a finite number, got True"),
        ("at_least = 0.1", "at_least = nan", "must be a finite number, got nan"),
        ('unit = "average precision"', 'unit = "%"', "its unit is 'average precision'"),
        (
            "at_least = 0.1",
            "at_least = 95",
            "average_precision is from 0 to 1, so it can never pass",
        ),
        ("at_least = 0.1", "at_least = 1", "it can never pass"),
        ("at_least = 0.1", "at_least = -1", "it can never fail"),
        ("at_least = 0.1", "at_least = 0", "it can never fail"),
        ("at_least = 0.1", "at_most = 1", "it can never fail"),
        ("at_least = 0.1", "at_most = 0", "it can never pass"),
        ('name = "A model of mine"', 'name = "A\\u001b[31m"', "name must be text without control"),
        ('name = "ranks"', 'name = "a\\u202e"', "name must be text without control"),
        (
            "[intervals]",
            '[words]\ncase = "\\u0007"\n[intervals]',
            "case must be text without control",
        ),
        ('why = "We agreed on it."', "", "why of criterion 1 must be text"),
        (
            "block_seconds = 60",
            "block_seconds = 0",
            "block_seconds must be a finite number from 1 up, got 0",
        ),
        ("block_seconds = 60", "block_seconds = 1e-9", "from 1 up, got 1e-09"),
        ('metric = "average_precision"', 'claim = "x"', "chapter of criterion 1 must be text"),
        ('metric = "average_precision"\n', "", "must name a metric, or a chapter and its claim"),
        ("at_least", "k = 10\nat_least", "k goes with a metric at k"),
        ("at_least", 'chapter = "02"\nat_least', "chapter goes with a claim"),
        ("at_least", "counted = true\nat_least", "counted goes with a claim"),
        ("at_least", "served = true\nat_least", "served goes with a claim"),
        (
            'metric = "average_precision"',
            'chapter = "02"\nclaim = "x"\nserved = 1',
            "served of 'ranks' must be true or false, got 1",
        ),
        (
            'metric = "average_precision"',
            'chapter = "02"\nclaim = "x"\ncounted = "yes"',
            "counted of 'ranks' must be true or false, got 'yes'",
        ),
        ("average_precision", "recall_at_k", "its unit is 'share of positives'"),
        ("[intervals]", "[costs]\nreview = -1\n[intervals]", "review must be"),
        ("[intervals]", '[decision]\nrule = "best"\n[intervals]', "rule must be one of"),
        ("[intervals]", "[decision]\nthreshold = 0.5\n[intervals]", "threshold goes with rule"),
        ("[intervals]", "costs = 3\n[intervals]", "does not know 'costs'"),
        ("[release]", "costs = 3\n[release]", r"\[costs\] must be a table, got 3"),
        ("[release]", "criterion = 3\n[release]", "is no TOML"),
        ('metric = "average_precision"', 'claim = "x"\nchapter = "02"\nk = 3', "k goes with"),
        ('metric = "average_precision"', 'claim = "x"\nchapter = "02"\nsplit = "tset"', "split of"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path, old, new, message):
    assert old in BASE
    with pytest.raises(ValueError, match=message):
        gate.read_criteria(criteria_file(tmp_path, BASE.replace(old, new, 1)))


def of_metric(tmp_path, metric, bound):
    text = BASE.replace("average_precision", metric).replace('unit = "average precision"\n', "")
    return gate.read_criteria(criteria_file(tmp_path, text.replace("at_least = 0.1", bound)))


@pytest.mark.parametrize(
    ("metric", "bound", "never"),
    [
        ("false_alarms_per_1000", "at_most = 1000", "from 0 to 1000, so it can never fail"),
        ("alerts_per_day", "at_most = -1", "is not below 0, so it can never pass"),
        ("positives", "at_least = 0", "is not below 0, so it can never fail"),
        ("positives", "at_most = -1", "it can never pass"),
        ("savings", "at_least = 1.5", "is at most 1, so it can never pass"),
        ("savings", "at_most = 2", "it can never fail"),
        ("savings", "at_least = -1", ""),
        ("positives", "at_most = 0", ""),
        ("cost_per_1000", "at_most = -5", ""),
        ("saved_per_1000", "at_least = 1e9", ""),
    ],
)
def test_a_bound_can_be_met_and_can_be_missed(tmp_path, metric, bound, never):
    if not never:
        assert of_metric(tmp_path, metric, bound).criteria[0].metric == metric
        return
    with pytest.raises(ValueError, match=never):
        of_metric(tmp_path, metric, bound)


def test_the_unit_of_a_metric_need_not_be_written(tmp_path):
    found = of_metric(tmp_path, "recall", "at_least = 0.5").criteria[0]
    assert found.asks == "at least 0.5 share of positives"


def test_a_mark_of_utf_8_is_no_part_of_the_file(tmp_path):
    file = criteria_file(tmp_path)
    file.write_text(BASE, encoding="utf-8-sig")
    assert gate.read_criteria(file).name == "A model of mine"


def test_every_text_is_read_as_one_line(tmp_path):
    text = BASE.replace('"A model of mine"', '"A model\\n: pass"')
    text = text.replace('"We agreed on it."', '"""We agreed\n   on it."""')
    found = gate.read_criteria(criteria_file(tmp_path, text))
    assert found.name == "A model : pass"
    assert found.criteria[0].why == "We agreed on it."


def test_a_release_of_which_nothing_is_asked_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"has no \[\[criterion\]\]"):
        gate.read_criteria(criteria_file(tmp_path, '[release]\nname = "x"\n'))


ONE = {"name": "a", "why": "b", "bound": 0.5, "side": "at_least", "unit": "u", "metric": "recall"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"level": 0.001}, "level of 'a' must be a finite number above 0.5 and below 1"),
        ({"bound": float("nan")}, "bound of 'a' must be a finite number"),
        ({"metric": "recal"}, "'a' names the metric 'recal': did you mean 'recall'"),
        ({"metric": 3}, "metric of 'a' must be text"),
        ({"metric": "", "claim": "x", "k": 0}, "'a' names a claim: k goes with a metric"),
        ({"served": True}, "'a' is computed from scores: served goes with a claim"),
        ({"counted": 1}, "counted of 'a' must be true or false, got 1"),
        ({"split": "tset"}, "split of 'a' must be one of 'train'"),
        ({"k": 5}, "k goes with a metric at k"),
        ({"metric": "recall_at_k"}, "k goes with a metric at k"),
        ({"claim": "x"}, "must name a metric, or a chapter and its claim, and not both"),
        ({"metric": ""}, "must name a metric, or a chapter and its claim, and not both"),
    ],
)
def test_a_criterion_is_checked_however_it_is_made(change, message):
    with pytest.raises(ValueError, match=message):
        gate.Criterion(**ONE | change)


def test_criteria_are_checked_however_they_are_made():
    one = gate.Criterion(**ONE)
    for wrong, message in (
        ({"criteria": ()}, "nothing is asked of cannot pass"),
        ({"criteria": (one, one)}, "two criteria have the name 'a'"),
        ({"criteria": (one,), "block_seconds": 0}, "block_seconds must be"),
    ):
        with pytest.raises(ValueError, match=message):
            gate.Criteria(name="x", **wrong)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_criteria_that_come_by_a_pipe_are_read_once(tmp_path):
    file = criteria_file(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(
        target=lambda: (tmp_path / "pipe").write_bytes(file.read_bytes()), daemon=True
    )
    writer.start()
    assert gate.read_criteria(tmp_path / "pipe").digest == gate.read_criteria(file).digest


def test_two_criteria_of_one_name_are_refused(tmp_path):
    twice = BASE + BASE[BASE.index("[[criterion]]") :]
    with pytest.raises(ValueError, match="two criteria have the name 'ranks'"):
        gate.read_criteria(criteria_file(tmp_path, twice))
