import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prerelease import evidence
from prerelease.intervals import Interval

INTERVAL = Interval(0.79, 0.69, 0.87, level=0.95, method="stratified bca", n=100, n_positive=75)
FIELDS = {
    "unit": "average precision",
    "n": 100,
    "data_digest": "ab" * 32,
    "split": "test",
    "chapter": "02",
    "how": "bootstrap",
}


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    monkeypatch.setenv(evidence.VARIABLE, str(tmp_path / "full"))
    return tmp_path


def record(claim="score", value=0.79, interval=INTERVAL, **change):
    evidence.record(claim, value, interval, **FIELDS | change)


def record_ten(chapter):
    for i in range(10):
        record(claim=f"claim {i}", chapter=chapter)


def test_what_is_recorded_is_read_back():
    record()
    row = evidence.read().iloc[0].to_dict()
    expected = FIELDS | {"claim": "score", "value": 0.79, "low": 0.69, "high": 0.87, "level": 0.95}
    expected |= dict.fromkeys(("because", "model", "may_differ", "cell"), "")
    expected |= {"method": "stratified bca"}
    assert row == expected


def test_what_a_row_says_of_its_method_and_its_model_is_read_back():
    said = {"because": "four frauds", "model": "ab12", "may_differ": "fewer seeds"}
    record("estimated", **said)
    record("counted", 3, None)
    rows = evidence.read().set_index("claim")
    assert rows.loc["estimated", list(said)].to_dict() == said
    assert rows["method"].tolist() == ["stratified bca", evidence.COUNTED]
    assert rows.loc["counted", list(said)].tolist() == ["", "", ""]


def test_a_row_names_the_cell_that_a_kernel_is_running(monkeypatch):
    monkeypatch.setattr(sys.modules["__main__"], "In", ["", "x = 1", "record(x)\n"], raising=False)
    record()
    assert evidence.read()["cell"].tolist() == [evidence.cell_name("record(x)")]
    assert evidence.cell_name("record(x)") != evidence.cell_name("record(y)")


def test_recording_a_claim_again_replaces_it_in_its_place():
    record("a", 0.7)
    record("b", 0.8)
    record("a", 0.75)
    rows = evidence.read()
    assert rows["claim"].tolist() == ["a", "b"]
    assert rows["value"].tolist() == [0.75, 0.8]


def test_another_run_of_a_chapter_replaces_all_its_rows_and_no_others(monkeypatch):
    record("said before and no more")
    record("of another chapter", chapter="01")
    monkeypatch.setattr(evidence, "_RUN", "another process")
    record("new")
    rows = evidence.read()
    assert rows["claim"].tolist() == ["of another chapter", "new"]
    assert rows["chapter"].tolist() == ["01", "02"]


def test_pages_of_a_chapter_keep_each_others_rows_and_name_their_claims_apart(root, monkeypatch):
    record("on the main page")
    record("on page b", chapter="02b")
    monkeypatch.setattr(evidence, "_RUN", "another process")
    record("on page b, again", chapter="02b")
    evidence.conclude("why?", "so", chapter="02b")
    rows = evidence.read()
    assert rows["claim"].tolist() == ["on the main page", "on page b, again"]
    assert rows["chapter"].tolist() == ["02", "02"]
    assert evidence.conclusions()["chapter"].tolist() == ["02"]
    record("on the main page", chapter="02c")
    with pytest.raises(ValueError, match=r"02\.jsonl and .*02c\.jsonl both hold the claim"):
        evidence.read()
    (root / "full" / "02c.jsonl").unlink()
    (root / "full" / "02b.jsonl").rename(root / "full" / "03b.jsonl")
    with pytest.raises(ValueError, match="it is of chapter '02'"):
        evidence.read()


def test_a_folder_may_be_chosen_and_its_rows_count_in_no_other(root):
    record()
    place = root / "quick"
    assert evidence.read(place).empty
    record("quick", place=place)
    evidence.conclude("ships?", "no", chapter="02", place=place)
    assert evidence.read(place)["claim"].tolist() == ["quick"]
    assert evidence.conclusions(place)["answer"].tolist() == ["no"]
    (place / "02.jsonl").replace(root / "full" / "02.jsonl")
    with pytest.raises(ValueError, match="recorded in the folder 'quick'"):
        evidence.read()


def test_without_evidence_the_frame_has_its_columns_and_types():
    rows = evidence.read()
    assert list(rows.columns) == list(evidence.COLUMNS)
    record("counted", 3, None)
    counted = evidence.read()
    assert counted["low"].isna().all()
    for frame in (rows, counted):
        for name, kind in evidence.COLUMNS.items():
            assert kind == "str" or frame[name].dtype == kind


def test_chapters_in_processes_at_once_lose_nothing():
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        pool.map_async(record_ten, ["01", "02"]).get(timeout=600)
    assert evidence.read().groupby("chapter").size().to_dict() == {"01": 10, "02": 10}


def test_a_kill_leaves_whole_rows_only(root):
    code = (
        "from prerelease import evidence\n"
        "for i in range(100_000):\n"
        "    evidence.record(f'claim {i}', 1.0, None, unit='x', n=1, data_digest='0' * 64,\n"
        "                    split='test', chapter='03', how='counted')\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], env=dict(os.environ))
    deadline = time.monotonic() + 300
    while not (root / "full" / "03.jsonl").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.1)
    process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    process.wait()
    rows = evidence.read()
    assert len(rows) >= 1
    assert rows["claim"].is_unique
    record("after", chapter="03")
    assert evidence.read()["claim"].tolist() == ["after"]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10, deadline=None
)
@given(st.text(min_size=1).filter(str.strip).map(str.strip))
def test_any_words_survive_the_way_to_the_file_and_back(root, words):
    try:
        words.encode()
    except UnicodeEncodeError:  # a lone surrogate is no text
        return
    record(words, how=words)
    row = evidence.read().set_index("claim").loc[words]
    assert row["how"] == words


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"claim": ""}, "claim must be text that is not empty, got ''"),
        ({"value": float("nan")}, "value must be a finite number, got nan"),
        ({"value": 0.95}, r"must lie in its interval 0.790 \[0.690, 0.870\], got 0.95"),
        ({"unit": " "}, "unit must be text"),
        ({"n": 0}, "n must be an integer of at least 1, got 0"),
        ({"n": True}, "n must be an integer of at least 1, got True"),
        (
            {"data_digest": "abc"},
            "data_digest must be a SHA-256 of 64 hexadecimal digits, got 'abc'",
        ),
        ({"split": "holdout"}, "split must be one of .* got 'holdout'"),
        ({"chapter": "2"}, r"chapter must be two digits \(.*, got '2'"),
        ({"chapter": 2}, r"chapter must be two digits \(.*, got 2"),
        ({"how": None}, "how must be text"),
        ({"interval": replace(INTERVAL, method="")}, "method of 'score' must be text"),
        ({"interval": replace(INTERVAL, method=" ")}, "method of 'score' must be text"),
        ({"interval": replace(INTERVAL, method="counted")}, "drawn by no method"),
        ({"because": 3}, "because of 'score' must be text"),
        ({"model": None}, "model of 'score' must be text"),
        ({"may_differ": None}, "may_differ of 'score' must be text"),
    ],
)
def test_a_row_that_says_too_little_is_refused(root, change, message):
    with pytest.raises(ValueError, match=message):
        record(**change)
    assert not list(root.rglob("*.jsonl"))


def forge(row, **change):
    """A row that was changed by somebody who also made its digest anew."""
    changed = row | change
    return json.dumps(changed | {"digest": evidence.digest_of(changed)})


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda row: "{", "no JSON"),
        (lambda row: json.dumps([]), "its fields are not"),
        (lambda row: json.dumps({k: v for k, v in row.items() if k != "how"}), "its fields"),
        (lambda row: forge(row, chapter="05"), "it is of chapter '05'"),
        (lambda row: forge(row, folder="quick"), "it was recorded in the folder 'quick'"),
        (lambda row: forge(row, value=0.9), "does not hold for 0.69, 0.9, 0.87"),
        (lambda row: forge(row, low=None), "its method, 'stratified bca', is not that of such"),
        (lambda row: forge(row, high=None), "does not hold for 0.69, 0.79, None"),
        (lambda row: forge(row, method=""), "its method, '', is not that of such a number"),
        (lambda row: forge(row, method=None), "its method, None, is not that of such a number"),
        (lambda row: forge(row, method="counted"), "its method, 'counted', is not that of such"),
        (lambda row: forge(row, answer="yes", claim=""), "it answers no question"),
        (lambda row: forge(row, n=0), "n=0 or split='test' is not allowed"),
        (lambda row: json.dumps(row) + "\n" + json.dumps(row), "the claim 'score' twice"),
    ],
)
def test_an_edited_file_is_refused(root, edit, message):
    record()
    file = root / "full" / "02.jsonl"
    file.write_text(edit(json.loads(file.read_text())) + "\n")
    with pytest.raises(ValueError, match=message):
        evidence.read()
    with pytest.raises(ValueError, match=message):
        record()


CHANGES = {
    "claim": "better score",
    "value": 0.8,
    "low": 0.78,
    "high": 0.8,
    "level": 0.99,
    "unit": "€",
    "n": 101,
    "split": "valid",
    "data_digest": "cd" * 32,
    "how": "by hand",
    "method": "time-block percentile",
    "because": "so",
    "model": "cd34",
    "may_differ": "so",
    "answer": "better",
    "cell": "ab" * 6,
    "run": "another",
}


@pytest.mark.parametrize("field", CHANGES)
def test_a_change_of_any_field_by_hand_is_found(root, field):
    record()
    file = root / "full" / "02.jsonl"
    file.write_text(json.dumps(json.loads(file.read_text()) | {field: CHANGES[field]}) + "\n")
    with pytest.raises(ValueError, match=r"Line 1 of .*02\.jsonl.* edited after"):
        evidence.read()


def test_a_conclusion_is_no_number_and_a_number_no_conclusion():
    record()
    evidence.conclude("which ships?", "the simple one", chapter="03", may_differ="fewer seeds")
    assert evidence.read()["claim"].tolist() == ["score"]
    assert evidence.conclusions().to_dict("records") == [
        {
            "chapter": "03",
            "question": "which ships?",
            "answer": "the simple one",
            "may_differ": "fewer seeds",
        }
    ]


def test_concluding_again_replaces_the_answer_in_its_place():
    evidence.conclude("a?", "yes", chapter="02")
    record("b")
    evidence.conclude("a?", "no", chapter="02")
    assert evidence.conclusions()["answer"].tolist() == ["no"]
    assert evidence.read()["claim"].tolist() == ["b"]


def test_another_run_forgets_what_was_concluded_before(monkeypatch):
    evidence.conclude("a?", "yes", chapter="02")
    monkeypatch.setattr(evidence, "_RUN", "another process")
    record("b")
    assert evidence.conclusions().empty


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"question": ""}, "question must be text"),
        ({"answer": " "}, "answer must be text"),
        ({"answer": None}, "answer must be text"),
        ({"chapter": "2"}, "chapter must be two digits"),
        ({"may_differ": None}, "may_differ of 'q' must be text"),
    ],
)
def test_a_conclusion_that_says_nothing_is_refused(root, change, message):
    with pytest.raises(ValueError, match=message):
        evidence.conclude(**{"question": "q", "answer": "a", "chapter": "02"} | change)
    assert not list(root.rglob("*.jsonl"))


@pytest.mark.parametrize("field", ["claim", "answer", "may_differ", "cell"])
def test_a_conclusion_that_was_edited_by_hand_is_found(root, field):
    evidence.conclude("do we ship?", "not yet", chapter="07")
    file = root / "full" / "07.jsonl"
    file.write_text(json.dumps(json.loads(file.read_text()) | {field: "we do"}) + "\n")
    for read in (evidence.read, evidence.conclusions):
        with pytest.raises(ValueError, match=r"Line 1 of .*07\.jsonl.* edited after"):
            read()


def test_a_new_run_mends_a_file_that_was_edited(root, monkeypatch):
    record()
    (root / "full" / "02.jsonl").write_text("{}\n")
    monkeypatch.setattr(evidence, "_RUN", "another process")
    record("measured again")
    assert evidence.read()["claim"].tolist() == ["measured again"]


def test_the_release_files_are_in_the_working_folder_unless_a_place_is_chosen(monkeypatch):
    monkeypatch.delenv(evidence.VARIABLE)
    assert evidence.folder() == Path("evidence")


def test_reading_leaves_rows_in_the_order_of_chapters():
    for chapter in ("03", "01", "02"):
        record(chapter=chapter)
    pd.testing.assert_series_equal(
        evidence.read()["chapter"], pd.Series(["01", "02", "03"], name="chapter")
    )
