import os

import jupytext
import nbformat
import pytest
from jupytext.combine import combine_inputs_with_outputs

from prerelease import evidence
from tools.lint import notebooks as lint_notebooks
from tools.site import lab as site_lab
from tools.site import stage as site_stage
from tools.site.pages import is_depth

CARD = """\
:::{grid-item-card} [09]{.pr-number} A chapter
:class-card: pr-chapter
:link: chapters/09_a_chapter
:link-type: doc
What does it answer?
:::
"""


def test_card_of_a_chapter_that_exists_stays_as_it_is():
    assert site_stage.mark_chapters_to_come(CARD, {"chapters/09_a_chapter"}) == CARD


def test_card_of_a_chapter_to_come_is_marked_and_leads_nowhere():
    marked = site_stage.mark_chapters_to_come(CARD, {"chapters/09_another"})
    assert ":class-card: pr-chapter pr-soon\nWhat does it answer?" in marked
    assert "link" not in marked


def test_every_chapter_has_its_card_on_the_landing_page():
    landing = jupytext.read(site_stage.NOTEBOOKS / "index.py")
    text = "\n".join(cell.source for cell in landing.cells)
    linked = {card[2] for card in site_stage.CHAPTER_CARD.finditer(text)}
    assert len(linked) == text.count(":class-card: pr-chapter")
    names = site_stage.notebook_names()
    chapters = {name for name in names if name.startswith("chapters/") and not is_depth(name)}
    assert chapters <= linked


@pytest.mark.parametrize("url", ["https://example.org/OWNER", "https://example.org/a/b/c"])
def test_repository_without_owner_and_name_is_refused(monkeypatch, url):
    monkeypatch.setenv(site_stage.REPOSITORY, url)
    with pytest.raises(site_stage.BuildError, match="The repository must look like"):
        site_stage.settings()


CHAPTER = """\
# %% [markdown]
# # Title

# %%
def note(claim):
    evidence.record(claim, 1.0)

# %% tags=["remove-cell"]
note("first claim")

# %% tags=["remove-input"]
print("first claim")

# %% tags=["remove-cell", "check"]
for name in names:
    evidence.record(f"a claim of {name}", 1.0)
"""


def test_cells_that_write_evidence_are_folded_under_a_name_and_the_others_stay():
    notebook = jupytext.reads(CHAPTER, fmt="py:percent")
    shown = site_stage.show_recorders(notebook)
    code = [cell for cell in shown.cells if cell.cell_type == "code"]
    assert [cell.source for cell in code] == [
        cell.source for cell in notebook.cells if cell.cell_type == "code"
    ]
    assert [cell.metadata.get("tags") for cell in code] == [
        *(None, ["hide-cell"], ["hide-input", "quiet"], ["check", "hide-cell"])
    ]
    for cell in (code[1], code[3]):
        before = shown.cells[next(i for i, one in enumerate(shown.cells) if one is cell) - 1]
        assert before.source == f'<div id="cell-{evidence.cell_name(cell.source)}"></div>'
    assert len(shown.cells) == len(notebook.cells) + 2


def test_hidden_code_is_folded_in_the_notebook_that_jupyterlab_opens():
    notebook = site_stage.fold(jupytext.reads(CHAPTER, fmt="py:percent"))
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    folded = [cell.metadata.get("jupyter", {}).get("source_hidden", False) for cell in code]
    assert folded == [False, True, True, True]


def test_jupyterlab_finds_what_is_folded_beside_the_source_that_stays_the_newer(tmp_path):
    paired = tmp_path / "09_nine.ipynb"
    nbformat.write(jupytext.reads(CHAPTER, fmt="py:percent"), paired)
    os.utime(paired, (1, 1))
    assert site_lab.fold_paired(tmp_path) == 1
    assert paired.stat().st_mtime == 1
    source = jupytext.reads(CHAPTER, fmt="py:percent")
    source.metadata["jupytext"] = lint_notebooks.SETTINGS | {
        "text_representation": {"extension": ".py", "format_name": "percent"}
    }
    kept = nbformat.read(paired, as_version=4)
    opened = combine_inputs_with_outputs(source, kept, fmt={"extension": ".py"})  # as jupytext does
    folded = ["jupyter" in cell.metadata for cell in opened.cells]
    assert folded == [False, False, True, True, True]
