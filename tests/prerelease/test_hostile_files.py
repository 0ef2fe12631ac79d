import io
import os
import sys
from types import SimpleNamespace

import pytest

from gate_helpers import criteria_file, scores, scores_file
from hostile import HOSTILE, WRONG
from prerelease.__main__ import main


def gate(file, criteria):
    return main(["gate", "--scores", str(file), "--criteria", str(criteria)])


@pytest.mark.parametrize("what", HOSTILE)
def test_every_file_gets_its_answer(tmp_path, capsys, what):
    one = HOSTILE[what]
    file = tmp_path / one.name
    one.write(file)
    code = gate(file, criteria_file(tmp_path, one.criteria))
    told = capsys.readouterr()
    assert code == one.code, told
    assert one.says in told.out + told.err
    if code == WRONG:
        assert told.out == ""
        assert told.err.count("\n") == 1


def test_there_are_many_of_them():
    assert len(HOSTILE) >= 80


def piped(monkeypatch, content, *, terminal=False):
    stdin = SimpleNamespace(buffer=io.BytesIO(content), isatty=lambda: terminal)
    monkeypatch.setattr(sys, "stdin", stdin)


@pytest.mark.parametrize(
    "as_bytes", [lambda one: one.to_csv().encode(), lambda one: one.to_parquet()]
)
def test_the_standard_input_is_read(tmp_path, monkeypatch, as_bytes):
    piped(monkeypatch, as_bytes(scores()))
    assert gate("-", criteria_file(tmp_path)) == 0


def test_nothing_is_waited_for_at_a_terminal(tmp_path, monkeypatch, capsys):
    piped(monkeypatch, b"", terminal=True)
    assert gate("-", criteria_file(tmp_path)) == WRONG
    assert "nothing is piped into it" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_a_named_pipe_is_refused_and_nothing_hangs(tmp_path, capsys):
    os.mkfifo(tmp_path / "pipe")
    assert gate(tmp_path / "pipe", criteria_file(tmp_path)) == WRONG
    assert "it is a pipe or a device: say - instead" in capsys.readouterr().err


def test_a_report_on_rows_without_labels_or_times_shows_what_needs_none(tmp_path):
    frame = scores(600, frauds=60).assign(label=float("nan"))
    file, before = scores_file(tmp_path, frame), scores_file(tmp_path, scores(600), "before.csv")
    for setting, drift in (("", True), ('[columns]\ntime = ""\n', False)):
        criteria = criteria_file(tmp_path)
        criteria.write_text(criteria.read_text() + setting)
        page = tmp_path / "report.html"
        asked = ["report", file, "--reference", before, "--criteria", criteria, "-o", page]
        assert main([*map(str, asked)]) == 0
        text = page.read_text(encoding="utf-8")
        assert "600 without a label yet" in text
        assert "600 of 600 rows have no label yet" in text
        assert ("Kolmogorov-Smirnov" in text) == drift
