import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from gate_helpers import CRITERIA, criteria_file, scores
from prerelease import gate, words
from prerelease.costs import CostModel


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
    named = '[words]\npositives = "bad loans"\n'
    text = CRITERIA.format(bound=0.1) + '[columns]\nlabel = "bad"\n' + named
    frame = scores(frauds=5).rename(columns={"label": "bad"})
    finding = gate.judge(frame, criteria_file(tmp_path, text)).findings[0]
    assert finding.because == "5 of 4000 rows are bad loans, and an interval needs 20 of each"
    assert words().positives == "positives"
