import json
import multiprocessing
import subprocess
import sys
import time
from pathlib import Path

import pytest

from prerelease import _lock, ledger


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    monkeypatch.setenv(ledger.VARIABLE, str(tmp_path / "kept" / "ledger.jsonl"))
    return ledger.path()


def entry(**change):
    return {
        "who": "tests",
        "why": "to see",
        "kind": "evaluation",
        "data_digest": "ab" * 32,
        "source": "sample",
        "n_rows": 10,
        "n_positive": 1,
    } | change


CRITERIA = Path(__file__)  # any file has a digest


def append(**change):
    return ledger.append(entry(**change), criteria=CRITERIA)


def append_thirty(name):
    folder = ledger.path().parent
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.ready").touch()
    until = time.monotonic() + 300  # all begin together, or they would hardly meet
    while len([*folder.glob("*.ready")]) < 2 and time.monotonic() < until:
        time.sleep(0.001)
    for i in range(30):
        append(who=name, why=str(i))


def test_lines_are_read_in_the_order_of_their_writing():
    for why in ("a", "b", "c"):
        append(why=why)
    lines = ledger.read()
    assert lines["why"].tolist() == ["a", "b", "c"]
    assert lines["when"].is_monotonic_increasing
    assert str(lines["when"].dt.tz) == "UTC"


def test_a_ledger_that_does_not_exist_is_empty_and_is_not_made(file):
    lines = ledger.read()
    assert list(lines.columns) == list(ledger.FIELDS)
    assert lines.empty
    assert ledger.repair() == 0
    assert not file.parent.exists()


@pytest.mark.parametrize(
    ("tamper", "line"),
    [
        (lambda lines: [lines[0].replace('"n_rows": 10', '"n_rows": 11'), *lines[1:]], 1),
        (lambda lines: lines[1:], 1),
        (lambda lines: [lines[0], lines[2]], 2),
        (lambda lines: [lines[1], lines[0], lines[2]], 1),
        (lambda lines: [*lines, lines[2]], 4),
        (lambda lines: [lines[0], "not json", *lines[1:]], 2),
        (lambda lines: [lines[0], "[]", *lines[1:]], 2),
    ],
    ids=["edited", "first removed", "middle removed", "swapped", "repeated", "text", "list"],
)
def test_any_change_to_the_history_is_found(file, tamper, line):
    for why in ("a", "b", "c"):
        append(why=why)
    file.write_text("\n".join(tamper(file.read_text().splitlines())) + "\n")
    with pytest.raises(ValueError, match=f"Line {line} of .*append-only"):
        ledger.read()
    with pytest.raises(ValueError, match=f"Line {line} of"):
        append()


def test_an_edit_with_its_own_digest_made_anew_is_found_at_the_next_line(file):
    for why in ("a", "b"):
        append(why=why)
    first, second = file.read_text().splitlines()
    forged = json.loads(first) | {"why": "another"}
    forged["digest"] = ledger.digest_of(forged)
    file.write_text(json.dumps(forged, sort_keys=True) + "\n" + second + "\n")
    with pytest.raises(ValueError, match="Line 2 of"):
        ledger.read()


def test_every_torn_end_is_found_and_mended(file):
    append(why="first")
    whole = file.read_bytes()
    append(why="second")
    second = file.read_bytes()[len(whole) :]
    for cut in range(1, len(second), 37):
        file.write_bytes(whole + second[:cut])
        with pytest.raises(ValueError, match=r"torn.*ledger\.repair\("):
            ledger.read()
        assert ledger.repair() == cut
        assert file.read_bytes() == whole
    assert ledger.repair() == 0
    append(why="third")
    assert ledger.read()["why"].tolist() == ["first", "third"]


def test_processes_that_write_at_once_lose_nothing():
    context = multiprocessing.get_context("spawn")
    names = ["one", "two"]
    with context.Pool(2) as pool:
        pool.map_async(append_thirty, names).get(timeout=600)  # a broken child would wait for ever
    assert sorted(ledger.read()["who"]) == sorted(names * 30)


@pytest.mark.parametrize("change", [{"extra": 1}, {"when": "now"}])
def test_unknown_fields_are_refused(file, change):
    with pytest.raises(ValueError, match="must have the fields"):
        append(**change)
    assert not file.exists()


def test_it_lies_in_the_working_folder_unless_a_place_is_chosen(monkeypatch, tmp_path):
    monkeypatch.setenv(ledger.VARIABLE, " ")
    assert ledger.path() == Path("ledger.jsonl")
    mine = tmp_path / "mine.jsonl"
    ledger.append(entry(), criteria=CRITERIA, file=mine)
    assert len(ledger.read(mine)) == 1
    assert not ledger.path().exists()


def test_a_lock_that_another_process_holds_is_waited_for_and_then_named(file, monkeypatch):
    append()
    monkeypatch.setattr(_lock, "WAIT", 0.02)
    with _lock.locked(file), pytest.raises(TimeoutError, match="locked by another process"):
        append()


def test_a_whole_ledger_is_read_without_a_lock_as_in_a_folder_that_is_read_only(monkeypatch):
    append()
    monkeypatch.setattr(ledger, "locked", None)
    assert len(ledger.read()) == 1


def test_a_kill_leaves_no_lock_behind(file):
    append()
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom prerelease._lock import locked\n"
        "with locked(Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(600)\n"
    )
    command = [sys.executable, "-c", code, str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        process.kill()
    append()
    assert len(ledger.read()) == 2


def test_each_line_notes_the_criteria_as_they_stood(file, tmp_path):
    append()
    other = tmp_path / "other.toml"
    other.write_text("[release]\n")
    ledger.append(entry(), criteria=other)
    digests = [ledger.criteria_digest(one) for one in (CRITERIA, other)]
    assert ledger.read()["criteria"].tolist() == digests
    assert digests[0] != digests[1]
