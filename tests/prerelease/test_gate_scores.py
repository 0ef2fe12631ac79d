import numpy as np
import pandas as pd
import pytest

from gate_helpers import scores, scores_file
from prerelease import gate


@pytest.mark.parametrize("name", ["scores.csv", "scores.parquet"])
def test_a_file_is_read_as_it_was_written(tmp_path, name):
    frame = scores(100, frauds=10)
    found = gate.read_scores(scores_file(tmp_path, frame, name))
    pd.testing.assert_frame_equal(found, frame.astype(float), check_exact=True)
    assert found.attrs["name"] == name
    assert len(found.attrs["sha256"]) == 64


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
