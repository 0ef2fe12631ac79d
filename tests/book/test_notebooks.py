"""Each chapter runs alone, in quick mode and without a network, and says what full mode says."""

import json
import re
import shutil
import subprocess
import sys

import pytest

import chapter_runs
from chapter_runs import CHAPTERS, PAGES, RELEASE, ROOT
from prerelease import evidence
from tools.site import execute as site_execute
from tools.site import modes as site_modes
from tools.site.pages import is_depth, number_of

FULL = ROOT / "build" / "evidence" / "full"


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    """Ask for a chapter that has run: `run(stem)`."""
    return chapter_runs.runner(chapter_runs.shared_by_workers(tmp_path_factory.getbasetemp()))


@pytest.fixture
def full():
    """The evidence of the last full build, if it was made from the sources of now."""
    if chapter_runs.on_sample():
        # The full build judged all rows: the sample says nothing of either mode.
        pytest.skip("chapters run on the sample here, which is no mode")
    mark = FULL / site_modes.MADE_FROM
    if not mark.is_file() or mark.read_text(encoding="utf-8") != site_execute.made_from():
        # Another version of the sources may rightly have concluded otherwise.
        pytest.skip("no full run of these sources: make book")
    return FULL


def test_network_is_really_off(tmp_path):
    code = "import urllib.request; urllib.request.urlopen('http://example.com', timeout=5)"
    for proxies in ({}, {"http_proxy": "", "https_proxy": ""}):
        environment = chapter_runs.environment(tmp_path) | proxies
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode != 0
        assert "The network is off in this test" in done.stderr or "refused" in done.stderr


@pytest.mark.notebook
@pytest.mark.parametrize("stem", PAGES)
def test_chapter_runs_alone_in_quick_mode_without_a_network(stem, run, record_property):
    ran = run(stem)
    record_property("chapter", [stem, round(ran.seconds), round(ran.mib)])
    assert "Quick mode" in ran.shown, "the page does not say which mode made its outputs"
    verdicts = list(said_by_checks(ran.notebook))
    solved, unsolved = verdicts[: len(verdicts) // 2], verdicts[len(verdicts) // 2 :]
    assert all("**Right.**" in text for text in solved), solved
    assert all("in place of each `...`" in text for text in unsolved), unsolved
    assert signed_by(stem) == {line["who"].split(":")[0] for line in ledger_lines(ran.folder)}
    # A guard, not a measurement: what a chapter takes stands on the page of run times.
    assert ran.mib < 1.25 * chapter_runs.MIB


def said_by_checks(notebook):
    """Yield what each check has shown."""
    for cell in notebook.cells:
        if "check" in cell.metadata.get("tags", []):
            assert cell.outputs, cell.source
            yield cell.outputs[-1]["data"]["text/markdown"]


def signed_by(stem):
    """Return who must have signed the ledger of test rows once a chapter has run."""
    text = PAGES[stem].read_text("utf-8")
    opens = re.search(r"^[^#\n]*\b(open_test|scored_later)\(", text, re.MULTILINE)
    return {stem if stem == "index" else f"chapter {number_of(stem)}"} if opens else set()


def ledger_lines(folder):
    ledger = folder / "ledger.jsonl"
    return map(json.loads, ledger.read_text().splitlines()) if ledger.exists() else []


def words(text):
    """Return a text without the marks of Markdown, and with single spaces."""
    return " ".join(re.sub(r"[*_`]", "", text).split())


@pytest.mark.notebook
@pytest.mark.parametrize("stem", CHAPTERS)
def test_page_says_why_quick_mode_may_conclude_otherwise(stem, run):
    ran = run(stem)
    reasons = {
        *evidence.read(ran.evidence)["may_differ"],
        *evidence.conclusions(ran.evidence)["may_differ"],
    } - {""}
    shown = words(ran.shown)
    assert [reason for reason in sorted(reasons) if words(reason) not in shown] == []


@pytest.mark.notebook
@pytest.mark.full_data
@pytest.mark.parametrize("stem", CHAPTERS)
def test_both_modes_conclude_the_same_or_the_page_says_why(stem, run, full, tmp_path):
    ran = run(stem, beside=bool(chapter_runs.read_before(stem)))
    for folder in (full, ran.evidence):  # what this page recorded, and no other of its chapter
        (tmp_path / folder.name).mkdir()
        for file in folder.glob(f"{number_of(stem)}.jsonl"):
            shutil.copy2(file, tmp_path / folder.name)
    compared = site_modes.compare(tmp_path / "full", tmp_path / "quick")
    assert compared or is_depth(stem), f"{stem} recorded nothing"
    assert site_modes.faults(compared) == []


@pytest.mark.notebook
@pytest.mark.full_data
def test_release_criteria_come_to_the_same_in_both_modes_or_the_page_says_why(run, full):
    ran = run(RELEASE, beside=True)
    assert site_modes.faults(site_modes.compare_gate(full, ran.evidence)) == []
