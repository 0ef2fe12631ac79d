from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from gate_helpers import CRITERIA, criteria_file, scores, scores_file
from prerelease import gate
from prerelease.costs import CostModel
from prerelease.gate._columns import OWN


@pytest.mark.parametrize("name", ["scores.csv", "scores.parquet"])
def test_a_file_is_read_as_it_was_written(tmp_path, name):
    frame = scores(100, frauds=10)
    found = gate.read_scores(scores_file(tmp_path, frame, name))
    pd.testing.assert_frame_equal(found, frame.astype(float), check_exact=True)
    assert found.attrs[OWN]["name"] == name
    assert len(found.attrs[OWN]["sha256"]) == 64


def test_columns_may_have_other_names_and_others_may_be_there(tmp_path):
    names = {"time": "t", "amount": "eur", "label": "y", "score": "p"}
    frame = scores(100, frauds=10).rename(columns=names).assign(note="text, with a comma")
    found = gate.read_scores(scores_file(tmp_path, frame), columns=gate.Columns(**names))
    assert list(found) == ["time", "amount", "label", "score"]


@pytest.mark.parametrize("name", ["scores.csv", "scores.parquet"])
def test_dates_without_a_zone_are_seconds_from_the_first(tmp_path, name):
    frame = scores(100, frauds=10)
    dates = pd.Timestamp("2026-03-01") + pd.to_timedelta(frame["time"].round(), unit="s")
    found = gate.read_scores(scores_file(tmp_path, frame.assign(time=dates), name))
    expected = frame["time"].round() - frame["time"].round().iloc[0]
    np.testing.assert_allclose(found["time"], expected)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": 2}, r"label must hold only 0 and 1, got 2 at position 0"),
        ({"label": "fraud"}, "label must be numbers, got 'fraud' at position 0"),
        ({"score": "high"}, "score must be numbers, got 'high' at position 0"),
        ({"score": np.nan}, "score must be"),
        ({"amount": -1}, "amount must not be negative, got -1 at position 0"),
        ({"time": range(100, 0, -1)}, "time must be sorted in time"),
        ({"time": ["2026-03-01T10:00+02:00", *["2026-03-01T11:00"] * 99]}, "zone in some rows"),
        ({"time": "noon"}, "time must be seconds, or dates such as .* got 'noon' at position 0"),
    ],
)
@pytest.mark.parametrize("name", ["scores.csv", "scores.parquet"])
def test_values_that_mean_nothing_are_refused(tmp_path, change, message, name):
    frame = scores(100, frauds=10).assign(**change)
    with pytest.raises(ValueError, match=rf"{name}: .*{message}"):
        gate.read_scores(scores_file(tmp_path, frame, name))


def test_numbers_written_as_text_are_refused(tmp_path):
    frame = scores(100, frauds=10).assign(score="0.5")
    with pytest.raises(ValueError, match=r"score must be numbers, got text such as '0\.5'"):
        gate.read_scores(scores_file(tmp_path, frame, "scores.parquet"))


def test_a_missing_column_is_named_with_the_nearest(tmp_path):
    file = scores_file(tmp_path, scores(100, frauds=10).rename(columns={"score": "scores"}))
    with pytest.raises(ValueError, match="no column 'score': did you mean 'scores'"):
        gate.read_scores(file)


def test_a_column_that_stands_twice_is_refused(tmp_path):
    file = tmp_path / "scores.csv"
    file.write_text("time,amount,label,score,score\n0,1,0,0.5,0.6\n")
    with pytest.raises(ValueError, match="has 2 columns 'score'"):
        gate.read_scores(file)


def test_one_column_cannot_play_two_parts(tmp_path):
    with pytest.raises(ValueError, match="needs a name of its own"):
        gate.read_scores(scores_file(tmp_path), columns=gate.Columns(score="label"))


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "a.csv", "is empty"),
        (b"\n", "a.csv", "is empty"),
        (b"time,amount,label,score\n", "a.csv", "has its header and no row"),
        (b"\xff\xfe\x00", "a.csv", "is text in UTF-16"),
        (b"time,amount,label,score\n1,2\n", "a.csv", "is neither CSV nor Parquet"),
        (b"PAR1 and no more", "a.parquet", "is neither CSV nor Parquet"),
    ],
)
def test_files_without_scores_are_refused(tmp_path, content, name, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=message):
        gate.read_scores(tmp_path / name)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"none\.csv: it cannot be read: No such file"):
        gate.read_scores(tmp_path / "none.csv")


def test_a_file_of_a_spreadsheet_with_its_mark_and_quoted_names_is_read(tmp_path):
    file = tmp_path / "scores.csv"
    lines = '"time","amount","label","score","a note, quoted"', '0,1,0,0.5,"x, y"', "9,1,1,0.7,z"
    file.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode() + b"\r\n")
    assert gate.read_scores(file)["score"].tolist() == [0.5, 0.7]


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_what_stands_between_columns_is_found(tmp_path, mark):
    file = tmp_path / "scores.csv"
    file.write_text("time,amount,label,score\n0,1,0,0.5\n".replace(",", mark))
    assert gate.read_scores(file)["score"].tolist() == [0.5]


@pytest.mark.parametrize("name", ["scores.csv", "scores.parquet"])
def test_days_without_an_hour_are_dates(tmp_path, name):
    days = pd.date_range("2026-03-01", periods=100).date
    found = gate.read_scores(scores_file(tmp_path, scores(100, frauds=10).assign(time=days), name))
    assert found["time"].iloc[:3].tolist() == [0, 86_400, 172_800]


def scored(frame, **settings):
    costs = CostModel()
    return gate.Scored(frame, costs, gate.Decision(**settings))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"time": range(100, 0, -1)}, "time must be sorted in time"),
        ({"time": np.arange(100) + 1.7e12}, "counts ms since 1970"),
        ({"score": np.nan}, "score must be finite, got nan at position 0"),
        ({"score": 0.5 + 1j}, "score must be numbers, got complex ones"),
        ({"score": np.array([0.5 + 1j] * 100, dtype=object)}, "got complex ones"),
        ({"label": 2}, "label must hold only 0 and 1"),
        ({"label": "fraud"}, "label must be numbers, got 'fraud' at position 0"),
        ({"amount": -1.0}, "amount must not be negative"),
        ({"weight": 0}, "weight must be above 0"),
        ({"block": 2}, "block must hold only 0 and 1"),
        (
            {"amount": pd.Series([10**400] * 100, dtype=object)},
            "amount must be numbers, got one beyond all floats",
        ),
    ],
)
def test_a_data_frame_is_checked_as_a_file_is(change, message):
    with pytest.raises(ValueError, match=message):
        scored(scores(100, frauds=10).assign(**change))


def test_a_data_frame_without_a_column_is_refused():
    with pytest.raises(ValueError, match="no column 'amount': did you mean 'Amount'"):
        scored(scores(100, frauds=10).rename(columns={"amount": "Amount"}))


def test_what_pandas_calls_numbers_are_numbers():
    frame = scores(100, frauds=10)
    others = frame.assign(
        label=frame["label"].astype("boolean"),
        amount=[Decimal(str(one)) for one in frame["amount"]],
        score=frame["score"].astype("Float64"),
        time=pd.to_datetime(frame["time"], unit="s", utc=True),
        weight=pd.Categorical([2] * 100),
    )
    found = scored(others).frame
    assert found.attrs[OWN]["start"].startswith("1970-01-01")
    expected = frame.astype(float).assign(time=frame["time"] - frame["time"][0], weight=2.0)
    pd.testing.assert_frame_equal(found, expected, rtol=1e-9)


def test_what_was_read_is_not_read_again(tmp_path):
    file = scores_file(tmp_path, scores(600, frauds=60).assign(time=np.arange(600), note="x"))
    frame = gate.read_scores(file, columns=gate.Columns(unit="d"))
    again = scored(frame).frame
    pd.testing.assert_frame_equal(again, frame, check_exact=True)
    assert again.attrs == frame.attrs
    assert again.attrs[OWN]["ignored"] == ("note",)


def test_a_frame_that_was_read_and_then_changed_is_another(tmp_path):
    file = scores_file(tmp_path, scores(600, frauds=60).assign(time=np.arange(600) / 60))
    asked = gate.read_criteria(
        criteria_file(tmp_path, CRITERIA.format(bound=0.1) + '[time]\nunit = "h"\n')
    )
    frame = gate.read_scores(file, columns=asked.columns)
    ways = [
        gate.judge(data, asked)
        for data in (file, frame, frame[frame["score"] > 0.01], frame.assign(score=0.5))
    ]
    assert [one.data for one in ways] == ["scores.csv", "scores.csv", *["a data frame"] * 2]
    assert len({one.data_digest for one in ways}) == 3
    periods = [one.decided["period"] for one in ways]
    assert periods[0] == periods[1] == periods[3]
    assert float(periods[2].split(", ")[-1].split()[0]) < 0.42


def test_what_others_write_into_a_frame_plays_no_part(tmp_path):
    frame = scores(600, frauds=60)
    attrs = {"unit": "EUR", "notes": "hello", "start": "yesterday", "sha256": "f" * 64, "name": "x"}
    frame.attrs = attrs
    verdict = gate.judge(frame, criteria_file(tmp_path))
    assert "notes" not in verdict.decided
    assert verdict.data == "a data frame"
    assert verdict.data_digest != "f" * 64
    assert scored(frame).span < 14_500


def test_two_files_that_differ_in_form_alone_are_the_same(tmp_path):
    frame = scores(100, frauds=10)
    plain = gate.read_scores(scores_file(tmp_path, frame))
    other = tmp_path / "other.csv"
    named = frame.assign(label=frame["label"].map({0: "legit", 1: "fraud"}))
    named.to_csv(other, index=False, sep=";", decimal=",")
    columns = gate.Columns(positive="fraud", decimal=",")
    pd.testing.assert_frame_equal(gate.read_scores(other, columns=columns), plain)


@pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
def test_a_score_meets_a_threshold_as_it_was_written(kind):
    written = np.array([0.1, 0.3, 0.6, 0.7, 0.9], dtype=kind)
    frame = pd.DataFrame({"time": range(5), "amount": 1, "label": 0, "score": written})
    for i, threshold in enumerate(written.astype(str).astype(float)):
        rule = gate.Decision(rule="threshold", threshold=threshold)
        assert rule.block(written, np.ones(5), CostModel()).sum() == 5 - i
        assert scored(frame, rule="threshold", threshold=threshold).block.sum() == 5 - i


def test_scores_that_happen_to_fit_fewer_bits_meet_the_threshold_as_it_is():
    frame = scores(100, frauds=10).assign(score=0.5)
    assert not scored(frame, rule="threshold", threshold=0.5001).block.any()
    assert scored(frame, rule="threshold", threshold=0.5).block.all()


@pytest.mark.parametrize(
    ("times", "days"),
    [
        (pd.date_range("2026-03-01", periods=90), 90),
        (pd.date_range("2026-03-01", periods=2), 2),
        (pd.date_range("2026-03-01", periods=30).repeat(3), 30),
        (pd.date_range("2026-03-01", periods=48, freq="h").repeat(2), 2),
        (pd.to_datetime(["1994-03-01", "1994-03-02", "2026-03-01", "2026-03-03"]), 5),
    ],
)
def test_days_are_those_that_were_observed(times, days):
    frame = pd.DataFrame({"time": times, "amount": 1.0, "label": 0, "score": 0.5})
    assert scored(frame).span / 86_400 == days
