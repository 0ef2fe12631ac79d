"""The pages about the release and about the gate."""

import json
import shutil
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn

import casebook
from casebook import conventions, evidence, mode
from prerelease import evidence as of_the_library
from prerelease import gate
from prerelease.__main__ import main
from prerelease._words import Words
from prerelease.costs import CostModel
from prerelease.intervals import Interval
from prerelease.ledger import digest_of
from tools.site import execute as site_execute
from tools.site import release as site_release
from tools.site.pages import number_of

ROOT = Path(__file__).resolve().parents[2]
FIELDS = {"unit": "u", "n": 9, "data_digest": "ab" * 32, "split": "test", "how": "h | i"}


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setenv(of_the_library.VARIABLE, str(tmp_path / "evidence"))
    monkeypatch.setenv(mode.VARIABLE, "quick")
    monkeypatch.setattr(site_release, "SOURCE", tmp_path / "source")
    return tmp_path


def test_the_page_about_the_gate_lists_every_metric(place):
    file = place / "source" / "about" / "gate.md"
    site_release.write(file, "before\n\n<<metrics>>\n")
    site_release.stage_gate()
    text = file.read_text(encoding="utf-8")
    assert "<<" not in text
    assert all(f"| `{metric}` |" in text for metric in gate.units())


def test_the_command_line_judges_what_the_chapters_recorded(place, capsys):
    (place / "source").mkdir()
    of_the_release(SERVED[0], "ab12")
    options = site_release.of_the_book()
    assert options[options.index("--evidence") + 1] == str(evidence.folder())
    assert main(["gate", *options]) == 3
    said = capsys.readouterr().out
    assert "recorded no claim" in said
    assert f"measured on other data (SHA-256 {'ab' * 6}" in said


def test_what_is_asked_of_the_release():
    criteria = gate.read_criteria(conventions.CRITERIA)
    assert criteria.costs == CostModel()
    assert criteria.words == Words(**casebook.WORDS)
    about_others = {one.chapter for one in criteria.criteria if not one.served}
    assert about_others == {"03", "07"}  # the choice of the model, and the signal around it
    assert gate.read_criteria(conventions.CANDIDATE).words == criteria.words


def test_the_checklist_to_print_has_every_line_of_the_page():
    text = (ROOT / "book" / "about" / "checklist.md").read_text(encoding="utf-8")
    page = site_release.printable(text)
    assert page.count("☐") == text.count("- [ ]") > 10
    assert "Verdict: ____" in page
    assert "href" not in page


def test_the_page_of_the_evidence_has_every_row_linked_to_its_cell(place, monkeypatch):
    sources = {"chapters/03_x": place / "03_x.py", "chapters/03a_y": place / "03a_y.py"}
    for page, code in zip(sources, ("evidence.record(1)", "evidence.record(2)"), strict=True):
        sources[page].write_text(f"# %%\n{code}\n")
    monkeypatch.setattr(site_release, "notebook_names", lambda: sources)
    interval = Interval(0.5, 0.4, 0.6, level=0.95, method="m", n=9)
    monkeypatch.setattr(sys.modules["__main__"], "In", ["evidence.record(1)"], raising=False)
    evidence.record("first claim", 0.5, interval, chapter="03", **FIELDS)
    monkeypatch.setattr(sys.modules["__main__"], "In", ["evidence.record(2)"], raising=False)
    evidence.record("on a depth page", 0.5, interval, chapter="03a", **FIELDS)
    monkeypatch.setattr(sys.modules["__main__"], "In", ["a cell of no page"], raising=False)
    evidence.record("mean < median", 12_345, None, chapter="03", **FIELDS)
    evidence.conclude("do we ship?", "not yet", chapter="03", may_differ="fewer seeds")
    site_release.stage_evidence({"outcome": "fail"}, *site_release.recorded())
    page = (place / "source" / "about" / "evidence.md").read_text(encoding="utf-8")
    for name, code, claim in (
        ("03_x", "evidence.record(1)", "first claim"),
        ("03a_y", "evidence.record(2)", "on a depth page"),
        ("03_x", "a cell of no page", "mean &lt; median"),
    ):
        cell = of_the_library.cell_name(code)
        assert f'<a href="../chapters/{name}.html#cell-{cell}">{claim}</a>' in page
    assert "mean &lt; median" in page
    assert "| 0.50 [0.40, 0.60] u | 9, test |" in page
    assert "12,345" in page
    assert "h \\| i" in page
    assert "h \\| i; m |" in page
    assert "- do we ship?: **not yet** (In quick mode it may differ: fewer seeds)" in page
    assert "the gate says: **fail**" in page


# --- evidence that stops the build ------------------------------------------------------------

ODD = Interval(0.5, 0.4, 0.6, level=0.95, method="binomial exact", n=9)
USUAL = Interval(0.5, 0.4, 0.6, level=0.95, method="time-block percentile", n=9)


def refused():
    """What the build says of the evidence that was recorded."""
    with pytest.raises(site_release.BuildError) as error:
        site_release.check(site_release.recorded()[0])
    return str(error.value)


def test_an_interval_of_another_method_needs_a_reason():
    evidence.record("of few cases", 0.5, ODD, chapter="04", **FIELDS)
    assert "Chapter 04, “of few cases”" in refused()
    assert "'binomial exact'" in refused()
    evidence.record("of few cases", 0.5, ODD, chapter="04", because="few cases", **FIELDS)
    evidence.record("usual", 0.5, USUAL, chapter="04", **FIELDS)
    evidence.record("counted", 5, None, chapter="04", **FIELDS)
    site_release.check(site_release.recorded()[0])
    table = site_release.evidence_table(site_release.recorded()[0].assign(page="x"), "")
    assert "h \\| i; binomial exact (because few cases)" in table
    assert table.count("percentile") == 0


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("It is over trainings.", "it is over trainings."),
        ("few cases", "few cases"),
        ("A count", "a count"),
        ("Student's t knows few", "Student's t knows few"),
        ("AP is no mean", "AP is no mean"),
        ("LightGBM draws nothing", "LightGBM draws nothing"),
    ],
)
def test_a_reason_goes_on_in_lower_case_unless_it_begins_with_a_name(reason, said):
    assert site_release.clause(reason) == said


@pytest.mark.parametrize("change", [{"method": ""}, {"method": "counted"}, {"value": 0.6}])
def test_evidence_without_its_method_or_edited_by_hand_stops_the_build(change):
    evidence.record("a claim", 0.5, ODD, chapter="04", because="few", **FIELDS)
    file = evidence.folder() / "04.jsonl"
    row = json.loads(file.read_text()) | change
    file.write_text(json.dumps(row | {"digest": digest_of(row)} | change) + "\n")
    if "value" in change:
        file.write_text(json.dumps(json.loads(file.read_text()) | {"digest": "0" * 64}) + "\n")
    with pytest.raises(site_release.BuildError, match=r"Line 1 of .*04\.jsonl is not a row"):
        site_release.recorded()


def of_the_release(criterion, model):
    """Record what a criterion asks for, measured on some model."""
    counted = criterion.counted
    value = 1.0 if counted else 0.5
    evidence.record(
        criterion.claim, value, None if counted else USUAL, chapter=criterion.chapter,
        model=model, **FIELDS | {"unit": criterion.unit},
    )  # fmt: skip


SERVED = [one for one in gate.read_criteria(conventions.CRITERIA).criteria if one.served]


@pytest.mark.parametrize("number", range(len(SERVED)))
@pytest.mark.parametrize("model", ["", "cd34"])
def test_what_is_asked_of_the_served_model_was_measured_on_it_and_on_no_other(number, model):
    for criterion in SERVED:
        of_the_release(criterion, "ab12")
    site_release.check(site_release.recorded()[0])
    wrong = SERVED[number]
    of_the_release(wrong, model)
    others = SERVED[1:] if number == 0 else [wrong]  # the first says which model ships
    for one in others:
        assert f"Chapter {one.chapter}, “{one.claim}”" in refused()


def test_what_was_not_measured_is_for_the_gate_to_say():
    of_the_release(SERVED[0], "ab12")
    site_release.check(site_release.recorded()[0])


def test_rows_about_the_served_model_are_marked():
    of_the_release(SERVED[0], "ab12")
    evidence.record("of another", 0.5, USUAL, chapter="07", model="cd34", **FIELDS)
    table = site_release.evidence_table(site_release.recorded()[0].assign(page="x"), "ab12")
    marked = [line.split("|")[1] for line in table.splitlines() if "◆" in line]
    assert len(marked) == 1
    assert SERVED[0].claim in marked[0]


def test_terms_are_found_by_their_names_and_the_longest_alone():
    terms = ["Precision", "Average precision", "Block bootstrap", "Jensen–Shannon distance"]
    text = "average precision after 10-minute blocks, imprecision, Jensen-Shannon distance"
    assert site_release.terms_in(text, terms) == terms[1:]
    assert "Average precision" in site_release.glossary_terms()


def test_without_evidence_the_page_says_so(place):
    site_release.stage_evidence({"outcome": "insufficient evidence"}, *site_release.recorded())
    page = (place / "source" / "about" / "evidence.md").read_text(encoding="utf-8")
    assert "No chapter has recorded anything." in page


def test_a_command_that_fails_stops_the_build(place):
    with pytest.raises(site_release.BuildError, match=r"report none\.csv` ended with 2"):
        site_release.run_prerelease("report", "none.csv", folder=place)


# --- the order of execution -------------------------------------------------------------------


def keep(cache, page, **data):
    """Put a notebook into the cache as if it had been run."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(f"'{page}'", id="a")])
    notebook.metadata = {"kernelspec": {"name": "python3"}}
    base = {"execution_seconds": 1.0, "peak_bytes": 1}
    record = cache.cache_notebook_bundle(
        CacheBundleIn(notebook, page, data=base | data), check_validity=False, overwrite=True
    )
    return notebook, record.pk


@pytest.fixture
def cache(place, monkeypatch):
    notebooks = {}
    monkeypatch.setattr(site_execute, "staged", notebooks.__getitem__)
    return get_cache(place / "cache"), notebooks


def test_a_result_that_is_used_again_brings_its_evidence_back(cache):
    stored, notebooks = cache
    page = "chapters/03_x"
    notebooks[page], pk = keep(stored, page)
    evidence.record("of this result", 1, None, chapter="03", **FIELDS)
    kept = site_execute.kept_evidence(stored, pk)
    kept.parent.mkdir()
    shutil.copy2(site_execute.evidence_of(page), kept)
    site_execute.evidence_of(page).write_text("of another result\n")
    assert site_execute.find_result(stored, page)["execution_seconds"] == 1
    assert evidence.read()["claim"].tolist() == ["of this result"]


@pytest.fixture
def pages(place, monkeypatch):
    """Pages of which two read the evidence of the others, and one speaks of it only."""
    names = {}
    for page in ("index", "chapters/00_a", "chapters/03_x", "chapters/03a_y"):
        names[page] = place / f"{number_of(page)}.py"
        names[page].write_text("# evidence.read() is what others call\n")
    for page in ("chapters/08_release", "chapters/08a_card"):
        names[page] = place / f"{number_of(page)}.py"
        names[page].write_text("rows = evidence.read()\n")
    monkeypatch.setattr(site_execute, "notebook_names", lambda: names)
    return names


def test_the_release_is_judged_again_when_the_evidence_changed(cache, pages):
    stored, notebooks = cache
    page = "chapters/08_release"
    evidence.record("a", 1, None, chapter="03a", **FIELDS)
    judged = site_execute.evidence_before(page)
    notebooks[page], _ = keep(stored, page, judged=judged)
    evidence.record("its own", 1, None, chapter="08", **FIELDS)
    evidence.record("of a page that reads it", 1, None, chapter="08a", **FIELDS)
    assert site_execute.find_result(stored, page)["judged"] == judged
    evidence.record("b", 1, None, chapter="03a", **FIELDS)
    assert site_execute.find_result(stored, page) is None
    assert site_execute.evidence_before("chapters/00_a") is None


def test_pages_that_read_evidence_run_one_by_one_after_the_others(cache, place, pages, monkeypatch):
    order, names = [], pages
    monkeypatch.setattr(site_execute, "execute_some", lambda pages, _: order.append(pages))
    cache[1].update(dict.fromkeys(names, nbformat.v4.new_notebook()))
    monkeypatch.setattr(site_execute, "SOURCE", place / "source")
    monkeypatch.setattr(site_execute, "find_result", lambda *_: {})
    monkeypatch.setattr(site_execute, "forget_old_caches", lambda _: None)
    monkeypatch.setenv("IPYTHONDIR", str(place / "ipython"))
    evidence.record("of a chapter that is no more", 1, None, chapter="05", **FIELDS)
    evidence.record("read by nobody yet", 1, None, chapter="08", **FIELDS)
    evidence.record("kept", 1, None, chapter="00", **FIELDS)
    site_execute.execute_all(place / "cache")
    first = ["index", "chapters/00_a", "chapters/03_x", "chapters/03a_y"]
    assert order == [first, ["chapters/08_release"], ["chapters/08a_card"]]
    rows = evidence.read()
    assert isinstance(rows, pd.DataFrame)
    assert rows["claim"].tolist() == ["kept"]
