import json
import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from prerelease import ledger


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
        "n_frauds": 1,
    } | change


def append_twenty(name):
    folder = ledger.path().parent
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.ready").touch()
    until = time.monotonic() + 300  # all begin together, or they would hardly meet
    while len([*folder.glob("*.ready")]) < 3 and time.monotonic() < until:
        time.sleep(0.001)
    for i in range(20):
        ledger.append(entry(who=name, why=str(i)))


def test_lines_are_read_in_the_order_of_their_writing():
    for why in ("a", "b", "c"):
        ledger.append(entry(why=why))
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
        ledger.append(entry(why=why))
    file.write_text("\n".join(tamper(file.read_text().splitlines())) + "\n")
    with pytest.raises(ledger.LedgerError, match=f"Line {line} of .*append-only"):
        ledger.read()
    with pytest.raises(ledger.LedgerError, match=f"Line {line} of"):
        ledger.append(entry())


def test_an_edit_with_its_own_digest_made_anew_is_found_at_the_next_line(file):
    for why in ("a", "b"):
        ledger.append(entry(why=why))
    first, second = file.read_text().splitlines()
    forged = json.loads(first) | {"why": "another"}
    forged["digest"] = ledger._digest(forged)
    file.write_text(json.dumps(forged, sort_keys=True) + "\n" + second + "\n")
    with pytest.raises(ledger.LedgerError, match="Line 2 of"):
        ledger.read()


def test_every_torn_end_is_found_and_mended(file):
    ledger.append(entry(why="first"))
    whole = file.read_bytes()
    ledger.append(entry(why="second"))
    second = file.read_bytes()[len(whole) :]
    for cut in range(1, len(second), 37):
        file.write_bytes(whole + second[:cut])
        with pytest.raises(ledger.LedgerError, match=r"torn.*ledger\.repair\(\)"):
            ledger.read()
        assert ledger.repair() == cut
        assert file.read_bytes() == whole
    assert ledger.repair() == 0
    ledger.append(entry(why="third"))
    assert ledger.read()["why"].tolist() == ["first", "third"]


def test_processes_that_write_at_once_lose_nothing():
    context = multiprocessing.get_context("spawn")
    names = ["one", "two", "three"]
    with context.Pool(3) as pool:
        pool.map_async(append_twenty, names).get(timeout=600)  # a broken child would wait for ever
    assert sorted(ledger.read()["who"]) == sorted(names * 20)


@pytest.mark.parametrize("change", [{"extra": 1}, {"when": "now"}])
def test_unknown_fields_are_refused(file, change):
    with pytest.raises(ValueError, match="must have the fields"):
        ledger.append(entry(**change))
    assert not file.exists()


def test_a_source_checkout_keeps_it_under_build(monkeypatch):
    monkeypatch.delenv(ledger.VARIABLE)
    root = Path(__file__).parents[2]
    assert ledger.path() == root / "build" / "ledger.jsonl"


def test_an_installed_package_keeps_it_in_the_state_folder(tmp_path):
    target = tmp_path / "site-packages" / "prerelease"
    target.mkdir(parents=True)
    for name in ("__init__.py", "ledger.py"):
        (target / name).write_bytes((Path(ledger.__file__).parent / name).read_bytes())
    environment = {k: v for k, v in os.environ.items() if k != ledger.VARIABLE}
    environment |= {"PYTHONPATH": str(target.parent), "XDG_STATE_HOME": str(tmp_path / "state")}
    told = subprocess.run(
        [sys.executable, "-P", "-c", "from prerelease import ledger; print(ledger.path())"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(told.stdout.strip()).name == "ledger.jsonl"
    assert "build" not in Path(told.stdout.strip()).parts


def test_each_line_notes_the_criteria_as_they_stood(file, monkeypatch, tmp_path):
    ledger.append(entry())
    other = tmp_path / "other.toml"
    other.write_text("[release]\n")
    ledger.append(entry())
    assert ledger.read()["criteria"].tolist() == [ledger.criteria_digest()] * 2
    assert ledger.criteria_digest(other) != ledger.criteria_digest()
