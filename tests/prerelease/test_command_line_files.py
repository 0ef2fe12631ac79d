"""What the commands write, and where: over nothing that they read, whole, or not at all."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from gate_helpers import criteria_file, record, run_gate, scores_file
from prerelease import evidence, ledger
from prerelease.__main__ import main


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setenv(evidence.VARIABLE, str(tmp_path / "quick"))
    monkeypatch.setenv(ledger.VARIABLE, str(tmp_path / "ledger.jsonl"))
    return tmp_path


def test_the_verdict_is_written_where_asked(place, capsys):
    assert (
        run_gate(place, "--json", place / "out" / "v.json", "--html", place / "out" / "v.html") == 0
    )
    assert json.loads((place / "out" / "v.json").read_text())["outcome"] == "pass"
    assert "Ship it" in (place / "out" / "v.html").read_text()
    assert capsys.readouterr().out.count("Written: ") == 2


def test_a_place_that_cannot_be_written_to_is_named(place, capsys):
    assert run_gate(place, "--json", place) == 2
    assert f"{place} cannot be read or written: " in capsys.readouterr().err


def untouched(place):
    """Return what is in every file of a folder."""
    return {file: file.read_bytes() for file in place.rglob("*") if file.is_file()}


OVER = {
    "the scores": ("gate", "--html", "scores.csv"),
    "the criteria": ("gate", "--json", "criteria.toml"),
    "the criteria by another way": ("gate", "--json", "sub/../criteria.toml"),
    "a symbolic link to the scores": ("gate", "--html", "soft.csv"),
    "a hard link to the scores": ("gate", "--html", "hard.csv"),
    "another output": ("gate", "--json", "v.x", "--html", "v.x"),
    "another output by another way": ("gate", "--json", "v.x", "--html", "sub/../v.x"),
    "scores by their report": ("report", "-o", "scores.csv"),
    "the reference": ("report", "--reference", "before.csv", "-o", "before.csv"),
    "the evidence": ("card", "--evidence", "quick", "-o", "quick/07.jsonl"),
    "the evidence by the variable": ("card", "-o", "quick/07.jsonl"),
    "the ledger": ("gate", "--data-digest", "0", "--json", "ledger.jsonl"),
    "the ledger, though it is not read": ("gate", "--json", "ledger.jsonl"),
    "another ledger": ("gate", "--ledger", "before.csv", "--html", "before.csv"),
    "the ledger by a report": ("report", "-o", "ledger.jsonl"),
    "the lock": ("card", "--lock", "lock.txt", "-o", "lock.txt"),
}


@pytest.mark.parametrize("case", OVER)
def test_no_output_replaces_an_input_or_another_output(place, monkeypatch, capsys, case):
    command, *words = OVER[case]
    monkeypatch.chdir(place)
    record("ab" * 32)
    scores_file(place)
    criteria_file(place)
    (place / "sub").mkdir()
    for name in ("before.csv", "ledger.jsonl", "lock.txt"):
        (place / name).write_text("", encoding="utf-8")
    (place / "soft.csv").symlink_to("scores.csv")
    (place / "hard.csv").hardlink_to("scores.csv")
    before = untouched(place)
    arguments = [command, *(["scores.csv"] if command == "report" else []), *words]
    if command == "gate" and "--data-digest" not in words:
        arguments += ["--scores", "scores.csv"]
    assert main([*arguments, "--criteria", "criteria.toml"]) == 2
    told = capsys.readouterr()
    assert "would overwrite" in told.err
    assert told.out == ""
    assert untouched(place) == before


def process(place, *words, **options):
    """Run the program on its own, as a shell does."""
    command = [sys.executable, "-m", "prerelease", "gate", *map(str, words)]
    if "--criteria" not in words:
        command += ["--criteria", str(criteria_file(place))]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **options)


def test_a_redirected_input_is_not_overwritten(place):
    file = scores_file(place)
    before = file.read_bytes()
    with file.open("rb") as stdin:
        done = process(place, "--scores", "-", "--json", file, stdin=stdin)
    told = done.communicate()[1]
    assert done.returncode == 2
    assert "would overwrite the standard input" in told
    assert file.read_bytes() == before


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
def test_where_nobody_reads_on_the_verdict_is_written_and_stays_what_it_is(place):
    reads, writes = os.pipe()
    os.close(reads)
    file = scores_file(place)
    done = process(place, "--scores", file, "--json", place / "v.json", stdout=writes)
    os.close(writes)
    assert done.communicate()[1] == ""
    assert done.returncode == 0
    assert json.loads((place / "v.json").read_text(encoding="utf-8"))["outcome"] == "pass"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
@pytest.mark.parametrize(("bound", "code"), [(0.1, 0), (0.99, 1)])
def test_a_verdict_that_cannot_be_printed_stays_what_it_is(place, bound, code):
    file, words = scores_file(place), ["--criteria", criteria_file(place, bound=bound)]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = process(place, "--scores", file, "--json", place / "v.json", *words, stdout=full)
    assert done.communicate()[1] == "note: not all could be printed: No space left on device.\n"
    assert done.returncode == code
    assert (place / "v.json").exists()


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
@pytest.mark.parametrize("way", ["2>/dev/full", "2>&-", "2>&1 | true"])
def test_an_error_that_cannot_be_told_is_no_verdict(place, way):
    words = [sys.executable, "-m", "prerelease", "gate", "--scores", place / "no.csv"]
    command = shlex.join([*map(str, words), "--criteria", str(criteria_file(place))])
    command = f"set -o pipefail; {command} {way}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_an_output_that_cannot_be_written_is_named(place, capsys):
    for name, why in (("/dev/full", "No space left on device"), ("s.csv/v.json", "File exists")):
        scores_file(place, name="s.csv")
        assert run_gate(place, "--json", place / name) == 2
        assert f"{name} cannot be read or written: {why}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--champion", "-"), "cannot both be the standard input"),
        (("--json", "-"), "--json - would be a file called -"),
    ],
)
def test_a_dash_is_one_input_and_no_output(place, monkeypatch, capsys, words, told):
    monkeypatch.chdir(place)
    criteria = str(criteria_file(place))
    assert main(["gate", "--scores", "-", "--criteria", criteria, *words]) == 2
    assert told in capsys.readouterr().err
    assert not (place / "-").exists()


def test_an_output_is_written_whole_or_not_at_all(place, monkeypatch, capsys):
    (place / "v.json").write_text("the last verdict", encoding="utf-8")

    def full(*_):
        raise OSError(28, "No space left on device", "v.json")

    monkeypatch.setattr(Path, "replace", full)
    assert run_gate(place, "--json", place / "v.json") == 2
    assert "No space left" in capsys.readouterr().err
    assert (place / "v.json").read_text(encoding="utf-8") == "the last verdict"
    assert not list(place.glob(".*.part"))


@pytest.mark.skipif(os.name == "nt", reason="devices and links of POSIX")
def test_a_device_stays_one_and_a_link_leads_where_it_led(place, capsys):
    assert run_gate(place, "--json", "/dev/null") == 0
    assert Path("/dev/null").is_char_device()
    (place / "link.json").symlink_to("real.json")
    assert run_gate(place, "--json", place / "link.json") == 0
    assert (place / "link.json").is_symlink()
    assert json.loads((place / "real.json").read_text(encoding="utf-8"))["outcome"] == "pass"
    (place / "round.json").symlink_to("round.json")
    assert run_gate(place, "--json", place / "round.json") == 0  # a link to itself led nowhere
