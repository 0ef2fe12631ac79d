import io
import os
import sys
from types import SimpleNamespace

import pytest

from gate_helpers import criteria_file, scores, scores_file
from hostile import WRONG
from hostile_forms import OF_FORMS
from hostile_roles import OF_ROLES
from hostile_values import OF_VALUES
from prerelease.__main__ import main
from prerelease.gate import read_scores


def gate(file, criteria):
    return main(["gate", "--scores", str(file), "--criteria", str(criteria)])


ALL = OF_VALUES | OF_FORMS | OF_ROLES


@pytest.mark.parametrize("what", ALL)
def test_every_file_gets_its_answer(tmp_path, capsys, what):
    one = ALL[what]
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
    assert len(ALL) >= 80


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


def test_a_standard_input_that_is_closed_is_no_crash(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", None)
    assert gate("-", criteria_file(tmp_path)) == WRONG
    assert "that is the standard input, and it is closed" in capsys.readouterr().err


def test_an_empty_name_is_no_folder(tmp_path, monkeypatch, capsys):
    scores_file(tmp_path, name="s.parquet")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="2"):
        gate("", criteria_file(tmp_path))
    assert "the name of a file is empty" in capsys.readouterr().err
    with pytest.raises(ValueError, match="the name of the file of scores is empty"):
        read_scores("")


@pytest.mark.skipif(os.name == "nt", reason="links of POSIX")
def test_a_link_to_a_folder_is_told_and_not_followed(tmp_path, capsys):
    for part, rows in (("scores", slice(0, 2000)), ("elsewhere", slice(2000, None))):
        (tmp_path / part).mkdir()
        scores_file(tmp_path / part, scores()[rows], "part.parquet")
    (tmp_path / "scores" / "more").symlink_to(tmp_path / "elsewhere")
    gate(tmp_path / "scores", criteria_file(tmp_path))
    told = capsys.readouterr()
    assert "Left out of the folder: 'more'." in told.out
    assert "2,000 rows" in told.out


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
