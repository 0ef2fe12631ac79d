"""Inline expressions: the same text in JupyterLab, on the site and in what is handed out."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress

import jupytext
import nbformat
import pytest
from jupyter_cache import get_cache
from markdown_it import MarkdownIt

from tools.lint import notebooks as lint_notebooks
from tools.site import execute as site_execute
from tools.site import inline
from tools.site import stage as site_stage
from tools.teach import editions

PAGE = """\
# %% [markdown]
# # A title

# %%
cost, word = 1234.5, "cheaper *by far*"
costs = {"first": cost}

# %% [markdown]
# It is {eval}`word`: {eval}`f"{cost:,.0f}"` €. The role is ``{eval}`cost` ``.
#
# :::{admonition} First: {eval}`f"{costs['first']:.1f}"`
# - {eval}`len(costs)` of them
# :::

# %%
other = 2

# %% [markdown]
# And {eval}`other`.
"""
SHOWN = ["cheaper *by far*", "1,234", "1234.5", "1", "2"]


def notebook(text=PAGE):
    made = jupytext.reads(text, fmt="py:percent")
    made.metadata = nbformat.from_dict({"kernelspec": editions.KERNEL})
    for number, cell in enumerate(made.cells):
        cell["id"] = f"cell-{number}"
    return made


def run(text):
    made = notebook(text)
    inline.Client(made, kernel_name="python3", timeout=120).execute()
    return made


@pytest.fixture(scope="module")
def ran():
    return run(PAGE)


def test_expressions_are_evaluated_in_their_place_in_the_page(ran):
    values = inline.values(ran)
    assert list(values) == ["1", "2"]
    assert [text for place in values.values() for text in place.values()] == SHOWN
    assert inline.knows(values, notebook())
    moved = PAGE.replace("# # A title", "# # A title\n#\n# {eval}`other`")
    assert not inline.knows(values, notebook(moved))


def test_values_become_text_that_is_marked_and_no_markdown(ran):
    text = inline.written(notebook(), inline.values(ran))
    sources = "\n".join(cell.source for cell in text.cells)
    assert r"It is [cheaper \*by far\*]{.pr-value}: [1,234]{.pr-value} €" in sources
    assert "The role is ``{eval}`cost` ``." in sources
    assert sources.count("{eval}") == 1
    assert inline.plain(ran.cells[4]) == "And 2."


@pytest.mark.parametrize("value", [r"a\b", "`x` $y$", "[a](b)", "<b>", "2 * 3 * 4", "&amp; {a}`b`"])
def test_no_value_is_read_as_markdown(value):
    html = MarkdownIt().render(inline.fill("{eval}`x`", {"x": value}))
    shown = re.sub("&(amp|lt|gt);", lambda one: {"amp": "&", "lt": "<", "gt": ">"}[one[1]], html)
    assert shown == f"<p>[{value}]{{.pr-value}}</p>\n"


ERROR = {"status": "error", "ename": "NameError", "evalue": "name 'x' is not defined"}


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (ERROR, r"\{eval\}`x` fails: NameError: name 'x' is not defined"),
        ("1234.5", "gives 1234.5: only a whole number, or a string of one line"),
        ("np.float64(0.5)", "only a whole number, or a string"),
        (r"'two\nlines'", "only a whole number, or a string"),
        ("True", "only a whole number, or a string"),
        ("<IPython.core.display.Markdown object>", "only a whole number, or a string"),
    ],
)
def test_what_would_not_read_as_text_is_refused(answer, message):
    if isinstance(answer, str):
        answer = {"status": "ok", "data": {"text/plain": answer}}
    with pytest.raises(inline.ExpressionError, match=message):
        inline.text_of("x", answer)


def test_text_may_be_empty_and_leaves_nothing():
    nothing = inline.text_of("x", {"status": "ok", "data": {"text/plain": "''"}})
    assert inline.fill("So{eval}`x`.", {"x": nothing}) == "So."


def test_name_that_changes_its_value_below_is_refused_by_the_run_and_by_the_lint():
    changed = PAGE.replace("other = 2", "other = cost = 2")
    with pytest.raises(inline.ExpressionError, match="another value at the end of the page"):
        run(changed)
    (said,) = lint_notebooks.changed_names(notebook(changed).cells)
    assert said.startswith('cell 3: the expression f"{cost:,.0f}" uses cost, which a later cell')
    assert list(lint_notebooks.changed_names(notebook().cells)) == []


# --- the build ---------------------------------------------------------------------------------


@pytest.fixture
def build(tmp_path, monkeypatch):
    """Execute a text as the only page of a build; return what Sphinx would read of it."""
    monkeypatch.setenv("PRERELEASE_EVIDENCE", str(tmp_path / "evidence"))
    for name in ("SOURCE", "BUILD", "NOTEBOOKS", "CACHES"):
        (tmp_path / name).mkdir()
        monkeypatch.setattr(site_execute, name, tmp_path / name)
    site_execute.evidence.folder().mkdir(parents=True)
    source = tmp_path / "09_nine.py"
    source.write_text(PAGE, encoding="utf-8")
    monkeypatch.setattr(site_execute, "notebook_names", lambda: {"09_nine": source})

    def run_build(text):
        staged = tmp_path / "SOURCE" / "09_nine.ipynb"
        nbformat.write(notebook(text), staged)
        site_execute.execute_all(tmp_path / "CACHES" / "one")
        return "\n".join(cell.source for cell in nbformat.read(staged, as_version=4).cells)

    return run_build


def test_build_writes_values_keeps_them_and_runs_a_page_again_for_a_new_expression(
    build, tmp_path, capsys
):
    assert "[1,234]{.pr-value} €" in build(PAGE)
    assert "09_nine: " in capsys.readouterr().out
    assert "So [1,234]{.pr-value} €" in build(PAGE.replace("It is", "So {eval}`f'{cost:,.0f}'` €"))
    assert "09_nine: " in capsys.readouterr().out
    record = get_cache(tmp_path / "CACHES" / "one").list_cache_records()
    assert len(record) == 1
    assert "Now it is [cheaper" in build(PAGE.replace("It is", "Now it is"))
    assert "09_nine: " not in capsys.readouterr().out, "new words around a value run nothing"


def test_build_names_page_cell_and_expression_that_fails(build, capsys):
    with pytest.raises(site_execute.BuildError, match="09_nine"):
        build(PAGE.replace("{eval}`other`", "{eval}`othr`"))
    said = capsys.readouterr().out
    assert "--- 09_nine.py failed in cell 5 ---\n{eval}`othr` fails: NameError" in said


# --- the lint ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prose", "problem"),
    [
        ("{eval}`'0.79'`", "types a result"),
        ("{eval}`0.79`", "types a result"),
        ("""{eval}`f"{cost} or 0.79"`""", "types a result"),
        ("""{eval}`"12 %" if cost else "13 %"`""", "types a result"),
        ("{eval}`cost +`", "is no Python"),
        ("{eval}`cost\n+ 1`", "on one line"),
        ("It is 0.79, and {eval}`cost`.", "0.79 is typed into prose"),
    ],
)
def test_typed_results_and_broken_expressions_are_found(prose, problem):
    cell = nbformat.v4.new_markdown_cell(prose)
    (said,) = lint_notebooks.cell_problems(cell, set())
    assert problem in said


def test_expressions_with_formats_keys_and_factors_are_left_alone():
    prose = """{eval}`f"{1000 * cost['as of 12']:,.10f}"` {eval}`f"{cost:.0%}"` {eval}`word`"""
    assert list(lint_notebooks.cell_problems(nbformat.v4.new_markdown_cell(prose), set())) == []
    code = nbformat.v4.new_code_cell('Markdown("{eval}`cost`")')
    assert "is for Markdown cells" in next(lint_notebooks.cell_problems(code, set()))


def test_expression_must_not_see_a_test_row_before_the_ledger_does():
    text = "# %%\nrows = data.load()\n\n# %% [markdown]\n# {eval}`rows.sum()`\n"
    code = lint_notebooks.code_as_run(notebook(text).cells)
    assert any("uses all rows of rows" in line for line in lint_notebooks.row_problems(code))


# --- what is handed out ------------------------------------------------------------------------


@pytest.mark.parametrize("edition", editions.EDITIONS)
def test_editions_keep_expressions_and_say_what_they_are(edition, tmp_path):
    path = tmp_path / "09_nine.py"
    path.write_text(PAGE, encoding="utf-8")
    made = editions.edition_of(editions.read_chapter(path), edition)
    text = "\n".join(cell.source for cell in made.cells)
    assert text.count(inline.NOTE) == 1
    assert "{eval}`other`" in text


def test_edition_that_is_run_shows_what_the_page_shows(tmp_path, ran):
    path = tmp_path / "09_nine.py"
    path.write_text(PAGE, encoding="utf-8")
    made = editions.edition_of(editions.read_chapter(path), "attendee")
    inline.Client(made, kernel_name="python3", timeout=120).execute()
    assert [*inline.values(made).values()] == [*inline.values(ran).values()]


def test_notebook_to_download_keeps_expressions_and_says_what_they_are(tmp_path, monkeypatch):
    source = tmp_path / "09_nine.py"
    source.write_text(PAGE, encoding="utf-8")
    monkeypatch.setattr(site_stage, "SOURCE", tmp_path)
    monkeypatch.setattr(site_stage, "notebook_names", lambda: {"chapters/09_nine": source})
    monkeypatch.setattr(site_stage.site_teach, "stage", lambda pages: None)
    site_stage.stage_notebooks({"repository": {"url": "https://github.com/a/b", "branch": "main"}})
    offered, staged = (
        nbformat.read(tmp_path / folder / "09_nine.ipynb", as_version=4)
        for folder in ("extra/downloads", "chapters")
    )
    nbformat.validate(offered)
    assert offered.cells[1].source == inline.NOTE
    assert [*map(inline.expressions, offered.cells[3:])] == [
        *map(inline.expressions, notebook().cells[1:])
    ]
    assert all(cell.source != inline.NOTE for cell in staged.cells)


def test_what_jupyterlab_keeps_of_values_is_not_written_into_the_source(ran):
    ran = nbformat.from_dict(ran)
    ran.metadata = {"jupytext": lint_notebooks.SETTINGS}
    assert any(inline.METADATA in cell.metadata for cell in ran.cells)
    assert inline.METADATA not in jupytext.writes(ran, fmt="py:percent")


# --- JupyterLab --------------------------------------------------------------------------------


@pytest.fixture
def lab(tmp_path):
    """The address of a JupyterLab in an empty folder, with a home of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kinds = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    home = {kind: str(tmp_path / "home") for kind in kinds}
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root"]
    command += [f"--port={port}", "--IdentityProvider.token=", f"--ServerApp.root_dir={tmp_path}"]
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(command, env=os.environ | home, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/api", timeout=5).close()
                break
            except OSError:
                time.sleep(0.5)
        yield address
    finally:
        server.terminate()
        server.wait(60)


@pytest.mark.browser
def test_jupyterlab_shows_the_same_text_once_all_cells_are_run(browser, lab, tmp_path, ran):
    nbformat.write(notebook(), tmp_path / "page.ipynb")
    from playwright.sync_api import TimeoutError  # noqa: PLC0415 - needed here only

    page = browser.new_page()
    page.goto(f"{lab}/lab/tree/page.ipynb")
    prose = page.locator(".jp-MarkdownCell .myst")
    prose.get_by_text("It is word").wait_for(timeout=120_000)  # legible before it is run
    last = prose.get_by_text("And 2.")
    for patience in (20_000, 40_000, 80_000):  # a click before the kernel is there is lost
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        with suppress(TimeoutError):
            last.wait_for(timeout=patience)
            break
    assert last.is_visible()
    shown = [" ".join(text.split()) for text in prose.all_inner_texts()]
    assert "It is cheaper *by far*: 1,234 €. The role is {eval}`cost`" in shown[1]
    assert "First: 1234.5" in shown[1]
    assert "1 of them" in shown[1]
    page.close()
