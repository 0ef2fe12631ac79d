"""The comparison of both modes, on evidence that was made up."""

import numpy as np
import pytest

import chapter_runs
from casebook import conventions, evidence, mode
from prerelease import gate
from prerelease.evidence import VARIABLE
from prerelease.intervals import Interval
from tools.site import build as build_book
from tools.site import execute as site_execute
from tools.site import modes as site_modes
from tools.site import reports as site_reports

WHY = "fewer streams are dealt"


@pytest.fixture
def write(monkeypatch, tmp_path):
    """Write a row or a conclusion as a chapter does in one mode; give the folders of both."""
    monkeypatch.setenv(VARIABLE, str(tmp_path))

    def row(name, claim, low, high, *, chapter="04", value=None, **more):
        monkeypatch.setenv(mode.VARIABLE, name)
        middle, interval = value, None
        if value is None:
            middle = (low + high) / 2
            interval = Interval(middle, low, high, 0.95, "time-block percentile", 9)
        given = {"unit": "€", "n": 9, "data_digest": "0" * 64, "split": "valid", "how": "made up"}
        evidence.record(claim, middle, interval, chapter=chapter, **given | more)

    def conclude(name, question, answer, **more):
        monkeypatch.setenv(mode.VARIABLE, name)
        evidence.conclude(question, answer, **{"chapter": "04"} | more)

    row.conclude, row.folders = conclude, (tmp_path / "full", tmp_path / "quick")
    return row


def agree(write, claim="a difference"):
    for name in ("full", "quick"):
        write(name, claim, 1.0, 2.0)


def test_runs_that_say_the_same_have_no_fault(write):
    write("full", "a difference", 1.0, 2.0)
    write("quick", "a difference", 0.1, 9.0)  # another interval on the same side
    write("full", "told apart?", -1.0, 1.0)
    write("quick", "told apart?", -3.0, 0.0)
    for name in ("full", "quick"):
        write.conclude(name, "which ships?", "the simple one")
    compared = site_modes.compare(*write.folders)
    assert [row.agrees for row in compared] == [True] * 3
    assert site_modes.faults(compared) == []


@pytest.mark.parametrize(
    ("low", "high", "says"),
    [(-2.0, -1.0, "below zero"), (-1.0, 2.0, "zero is inside"), (0.0, 2.0, "zero is inside")],
)
def test_interval_on_another_side_of_zero_is_a_fault_that_names_page_and_row(
    write, low, high, says
):
    write("full", "a difference", 1.0, 2.0)
    write("quick", "a difference", low, high)
    (fault,) = site_modes.faults(site_modes.compare(*write.folders))
    assert fault == (
        f"chapter 04, 'a difference': full mode says 'above zero', quick mode {says!r}"
    )


@pytest.mark.parametrize(
    ("full", "quick", "same"), [(-3, 3, False), (3, -3, False), (0, 5, True), (1e-17, 0, True)]
)
def test_counted_numbers_must_have_the_same_sign_and_may_differ(write, full, quick, same):
    write("full", "counted", 0, 0, value=full)
    write("quick", "counted", 0, 0, value=quick)
    assert (site_modes.faults(site_modes.compare(*write.folders)) == []) == same


def test_other_words_are_a_fault(write):
    write.conclude("full", "which ships?", "LightGBM")
    write.conclude("quick", "which ships?", "nothing")
    (fault,) = site_modes.faults(site_modes.compare(*write.folders))
    assert "'which ships?': full mode says 'LightGBM', quick mode 'nothing'" in fault


@pytest.mark.parametrize("only", ["full", "quick"])
def test_row_that_one_mode_does_not_have_is_a_fault(write, only):
    agree(write)
    write(only, "of one mode", 1.0, 2.0)
    (fault,) = site_modes.faults(site_modes.compare(*write.folders))
    assert "'of one mode'" in fault
    assert site_modes.ABSENT in fault


@pytest.mark.parametrize("announces", ["full", "quick"])
def test_announced_difference_is_no_fault_whichever_mode_says_so(write, announces):
    for name, low in (("full", 1.0), ("quick", -1.0)):
        reason = {"may_differ": WHY} if name == announces else {}
        write(name, "a difference", low, 2.0, **reason)
        write.conclude(name, "who?", f"{low}", **reason)
    compared = site_modes.compare(*write.folders)
    assert site_modes.faults(compared) == []
    assert {row.reason for row in compared if not row.agrees} == {WHY}
    assert all(str(row).endswith(f"(announced: {WHY})") for row in compared)


def test_summary_counts_each_chapter_and_others_can_be_left_out(write):
    agree(write)
    agree(write, "another")
    write("full", "in the first chapter", 1.0, 2.0, chapter="00", may_differ=WHY)
    write("full", "unannounced", 1.0, 2.0, chapter="07")
    table = site_modes.summary(site_modes.compare(*write.folders))
    assert table.to_dict("index") == {
        "00": {"rows": 1, "agree": 0, "announced": 1, "unannounced": 0},
        "04": {"rows": 2, "agree": 2, "announced": 0, "unannounced": 0},
        "07": {"rows": 1, "agree": 0, "announced": 0, "unannounced": 1},
    }
    assert {row.chapter for row in site_modes.compare(*write.folders, chapters=["04"])} == {"04"}
    assert site_modes.summary([]).empty


CRITERION = gate.read_criteria(conventions.CRITERIA).criteria[0]


@pytest.mark.parametrize("reason", ["", WHY])
def test_criteria_that_come_to_another_outcome_are_found(write, reason):
    far = 100.0 if CRITERION.side == "at_least" else -100.0
    more = {"unit": CRITERION.unit, "split": CRITERION.split or "test", "model": "m"}
    for name, shift in (("full", far), ("quick", -far)):
        bound = CRITERION.bound + shift
        write(name, CRITERION.claim, bound - 1, bound + 1, chapter=CRITERION.chapter, **more,
              may_differ=reason)  # fmt: skip
    compared = site_modes.compare_gate(*write.folders)
    found = {row.row: (row.full, row.quick) for row in compared if not row.agrees}
    assert found == {CRITERION.name: ("pass", "fail")}
    assert len(site_modes.faults(compared)) == (reason == "")
    assert len(compared) == len(gate.read_criteria(conventions.CRITERIA).criteria)


def test_command_prints_the_table_and_ends_with_1_for_what_nobody_announced(write, capsys):
    agree(write)
    assert site_modes.main([*map(str, write.folders)]) == 0
    write.conclude("full", "which ships?", "LightGBM")
    assert site_modes.main([]) == 1
    said = capsys.readouterr().out
    assert "chapter 04, 'which ships?': full mode says 'LightGBM', quick mode 'not rec" in said


def test_build_refuses_what_no_page_announces_and_only_of_the_same_sources(write):
    write("full", "a difference", 1.0, 2.0)
    write("quick", "a difference", -1.0, 2.0)
    assert build_book.both_modes() == []
    for folder, text in zip(write.folders, ("one", "two"), strict=True):
        (folder / site_modes.MADE_FROM).write_text(text)
    assert build_book.both_modes() == []
    (write.folders[0] / site_modes.MADE_FROM).write_text("two")
    with pytest.raises(build_book.BuildError, match="chapter 04, 'a difference': full mode says"):
        build_book.both_modes()
    write("quick", "a difference", -1.0, 2.0, may_differ=WHY)
    compared = build_book.both_modes()
    section = site_reports.modes_in_words(compared)
    in_chapter_04 = [row for row in compared if row.chapter == "04"]  # criteria among them
    assert f"| 04 | {len(in_chapter_04)} | {len(in_chapter_04) - 1} | 1 |" in section
    assert site_reports.modes_in_words([]) == ""


def test_what_evidence_is_made_from_does_not_depend_on_the_mode(monkeypatch):
    made = set()
    monkeypatch.delenv("PRERELEASE_DATA", raising=False)
    for name in ("full", "quick"):
        monkeypatch.setenv(mode.VARIABLE, name)
        made.add(site_execute.made_from())
    assert len(made) == 1
    monkeypatch.setenv("PRERELEASE_DATA", "sample")
    assert site_execute.made_from() not in made


# --- the runs that the chapters' tests compare ------------------------------------------------


@pytest.fixture
def tiny(monkeypatch, tmp_path):
    """Two chapters of one cell, the second of which is the release."""
    source = (
        "# %%\nfrom pathlib import Path\n"
        "from casebook import evidence\n"
        "found = sorted(file.name for file in evidence.folder().glob('*.jsonl'))\n"
        "with Path('times').open('a') as file:\n    file.write('once')\n"
        "evidence.conclude('who was there?', repr(found), chapter='{0}')\n{1}"
    )
    pages = {}
    for stem, last in (("03_a", ""), ("07_release", "evidence.read()\n"), ("09_broken", "1 / 0\n")):
        pages[stem] = tmp_path / f"{stem}.py"
        pages[stem].write_text(source.format(stem[:2], last), encoding="utf-8")
    monkeypatch.setattr(chapter_runs, "PAGES", pages)
    monkeypatch.setattr(chapter_runs, "CHAPTERS", ["03_a", "07_release"])
    shared = tmp_path / "shared"
    shared.mkdir()
    return shared


@pytest.mark.notebook
def test_chapter_runs_once_alone_and_once_beside_the_others(tiny):
    for _ in range(2):  # as two workers ask
        run = chapter_runs.runner(tiny)
        alone, beside = run("07_release"), run("07_release", beside=True)
        assert evidence.conclusions(alone.evidence)["answer"].tolist() == ["[]"]
        assert evidence.conclusions(beside.evidence)["answer"].tolist()[-1] == "['03.jsonl']"
        assert np.isfinite([alone.seconds, alone.mib]).all()
    assert {(ran.folder / "times").read_text() for ran in (alone, beside)} == {"once"}


@pytest.mark.notebook
def test_chapter_that_fails_is_told_to_every_test_and_not_run_again(tiny):
    for _ in range(2):
        with pytest.raises(pytest.fail.Exception, match=r"(?s)09_broken failed .*Zero"):
            chapter_runs.runner(tiny)("09_broken")
    assert (tiny / "09_broken" / "times").read_text() == "once"
