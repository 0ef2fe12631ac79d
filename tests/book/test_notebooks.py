"""Each chapter runs alone, in quick mode and without a network, and says what full mode says."""

import json
import re
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import chapter_runs
from chapter_runs import CHAPTERS, PAGES, RELEASE, ROOT
from prerelease import evidence
from site_pages import parsed
from tools.site import execute as site_execute
from tools.site import inline
from tools.site import modes as site_modes
from tools.site.pages import is_depth, number_of

FULL = ROOT / "build" / "evidence" / "full"
WHOLE = re.compile(r"\d{1,3}(,\d{3})*")


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
    ran = beside(run, stem)
    for folder in (full, ran.evidence):  # what this page recorded, and no other of its chapter
        (tmp_path / folder.name).mkdir()
        for file in folder.glob(f"{number_of(stem)}.jsonl"):
            shutil.copy2(file, tmp_path / folder.name)
    compared = site_modes.compare(tmp_path / "full", tmp_path / "quick")
    assert compared or is_depth(stem), f"{stem} recorded nothing"
    assert site_modes.faults(compared) == []


# Rows that count the effort itself, or what a search or a training with less of it left behind.
EFFORT = (
    "finished trials of",
    "smallest difference from",
    "average precision on training rows with labels without meaning",
)


def in_both(full, quick, stem):
    """Return the numbers that a page recorded in both modes, side by side."""
    tables = []
    for folder in (full, quick):
        file = folder / f"{number_of(stem)}.jsonl"
        lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
        rows = [row for row in map(json.loads, lines) if row.get("value") is not None]
        wanted = ["chapter", "claim", "model", "value", "low", "high"]
        table = pd.DataFrame(rows, columns=wanted).set_index(wanted[:2])
        tables.append(table.astype(dict.fromkeys(wanted[3:], float)))
    return tables[0].join(tables[1], lsuffix="_full", rsuffix="_quick", how="inner")


def beside(run, stem):
    """Return a chapter that has run beside the evidence that it reads, if it reads any."""
    return run(stem, beside=bool(chapter_runs.read_before(stem)))


def must_be_equal(rows):
    """Tell which rows are the same in both modes: counts, and results of one model on one set."""
    claims = rows.index.get_level_values("claim")
    one_model = (rows["model_full"] != "") & (rows["model_full"] == rows["model_quick"])
    one_model &= ~claims.str.endswith("is shuffled")  # a mean over more shuffles, or fewer
    counted = rows["low_full"].isna() & ~claims.str.startswith(EFFORT)
    of_data = rows.index.get_level_values("chapter").str.startswith("00")
    return counted | one_model | of_data


def differing(rows):
    """Return the rows that must be the same in both modes, and are not."""
    kept = rows[must_be_equal(rows)]
    return kept[~np.isclose(kept["value_full"], kept["value_quick"], rtol=1e-6, atol=1e-12)]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, 0),
        ({"value": 8.0}, 1),
        ({"value": 8.0, "low": 7.0, "high": 9.0, "model": "another"}, 0),
        ({"value": 8.0, "low": 7.0, "high": 9.0}, 1),
        ({"value": 8.0, "claim": "finished trials of it", "model": ""}, 0),
    ],
)
def test_number_that_must_be_the_same_and_differs_is_found(change, found, tmp_path):
    row = {"chapter": "01", "claim": "it", "model": "one", "value": 7.0, "low": None, "high": None}
    row |= {key: change[key] for key in ("low", "high", "claim") if key in change}
    for folder, line in (("full", row), ("quick", row | change)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "01.jsonl").write_text(json.dumps(line), encoding="utf-8")
    rows = in_both(tmp_path / "full", tmp_path / "quick", "01_it")
    assert len(rows) == 1
    assert len(differing(rows)) == found


@pytest.mark.notebook
@pytest.mark.full_data
@pytest.mark.parametrize("stem", CHAPTERS)
def test_notebook_counts_and_scores_what_the_site_does(stem, run, full):
    rows = in_both(full, beside(run, stem).evidence, stem)
    assert differing(rows)[["value_full", "value_quick"]].to_dict("index") == {}


@pytest.mark.notebook
@pytest.mark.full_data
def test_what_may_move_stays_within_the_interval_that_the_site_gives(run, full):
    tables = [in_both(full, beside(run, stem).evidence, stem) for stem in CHAPTERS]
    rows = pd.concat([table for table in tables if len(table)])
    free = rows[~must_be_equal(rows)].dropna()
    inside = free["value_quick"].between(free["low_full"], free["high_full"])
    inside |= free["value_full"].between(free["low_quick"], free["high_quick"])
    # Both modes draw from the same rows, so points move less than intervals are wide. Some rest on
    # other streams, worlds and trainings: one in ten may leave both.
    assert inside.mean() >= 0.9, free[~inside].index.to_list()


@pytest.mark.notebook
@pytest.mark.site
@pytest.mark.full_data
@pytest.mark.usefixtures("built_site", "full")
@pytest.mark.parametrize("stem", [stem for stem in CHAPTERS if not is_depth(stem)])
def test_notebook_says_in_its_sentences_the_numbers_of_the_page(stem, run):
    ran = beside(run, stem)
    page = parsed(f"chapters/{stem}.html")
    there = [value.text for value in page.select("article .pr-value")]
    here = list(values_in_order(ran.notebook))
    assert len(here) == len(there), "page and notebook are of different texts"
    if page.find("strong", string="Quick mode."):
        assert here == there
    elif stem.startswith("00"):  # of the data, all that is counted is the same with less effort
        counts = [pair for pair in zip(there, here, strict=True) if WHOLE.fullmatch(pair[0])]
        assert [pair for pair in counts if pair[0] != pair[1]] == []
        assert counts


def values_in_order(notebook):
    """Yield the values in the sentences of a notebook that has run, but for empty ones."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            values = inline.values_of(cell)
            told = (values[found["code"]] for found in inline.ROLE.finditer(cell.source))
            yield from filter(None, told)


@pytest.mark.notebook
@pytest.mark.full_data
def test_release_criteria_come_to_the_same_in_both_modes_or_the_page_says_why(run, full):
    ran = run(RELEASE, beside=True)
    assert site_modes.faults(site_modes.compare_gate(full, ran.evidence)) == []
