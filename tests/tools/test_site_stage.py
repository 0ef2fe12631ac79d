import jupytext
import nbformat
import pytest

from prerelease import evidence
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
    notebook = site_stage.to_run(jupytext.reads(CHAPTER, fmt="py:percent"))
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    hidden = {"source_hidden": True}
    folded = [cell.metadata.get("jupyter", {}) for cell in code]
    assert folded == [{}, hidden, hidden, {}]


@pytest.fixture
def small_book(tmp_path, monkeypatch):
    """A book of one page, and the folder that its copy goes to."""
    page = tmp_path / "09_nine.py"
    page.write_text(CHAPTER, encoding="utf-8")
    monkeypatch.setattr(site_lab, "notebook_names", lambda: {"chapters/09_nine": page})
    return page, tmp_path / "lab"


def test_copy_to_work_in_stays_until_its_chapter_changes_and_then_lies_beside(small_book):
    page, folder = small_book
    assert site_lab.copy_pages(folder) == 1
    mine = nbformat.read(folder / "09_nine.ipynb", as_version=4)
    assert mine.metadata.kernelspec["name"] == "python3", "JupyterLab would ask for a kernel"
    mine.cells[0].source = "Mine."
    nbformat.write(mine, folder / "09_nine.ipynb")
    assert site_lab.copy_pages(folder) == 0
    assert "Mine." in (folder / "09_nine.ipynb").read_text(encoding="utf-8")
    page.write_text(CHAPTER + "\n# %%\nnew = 1\n", encoding="utf-8")
    assert site_lab.copy_pages(folder) == 1
    assert "Mine." in (folder / "09_nine-before.ipynb").read_text(encoding="utf-8")
    assert "new = 1" in (folder / "09_nine.ipynb").read_text(encoding="utf-8")


def test_copy_that_nobody_worked_in_makes_way(small_book):
    page, folder = small_book
    site_lab.copy_pages(folder)
    page.write_text(CHAPTER + "\n# %%\nnew = 1\n", encoding="utf-8")
    assert site_lab.copy_pages(folder) == 1
    assert [path.name for path in folder.iterdir()] == ["09_nine.ipynb"]
