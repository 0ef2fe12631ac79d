import jupytext
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.lint import notebooks as lint_notebooks

TITLE = "# A title"


def chapter(folder, *cells):
    """Write a chapter with a title and `cells`, each a (type, source) pair, and return its path."""
    notebook = jupytext.reads("", fmt="py:percent")
    new = {
        "markdown": jupytext.cell_reader.new_markdown_cell,
        "code": jupytext.cell_reader.new_code_cell,
    }
    notebook.cells = [new[kind](source) for kind, source in [("markdown", TITLE), *cells]]
    path = folder / "09_test.py"
    path.write_text(jupytext.writes(notebook, fmt="py:percent"), encoding="utf-8")
    return path


def found(path, allowed=None):
    return list(lint_notebooks.problems(path, allowed or {}))


def test_clean_chapter_has_no_problem(tmp_path):
    path = chapter(
        tmp_path, ("markdown", "Chapter 01 of 2015 says so."), ("code", "x = 0.123\nprint(x)")
    )
    assert found(path) == []


@pytest.mark.parametrize(
    "prose",
    [
        "We reach 0.79.",
        "It costs 12,345 €.",
        "Some 75 frauds.",
        "About 12 % are missed.",
        "**0.5**",
    ],
)
def test_typed_result_is_found_in_prose_and_in_what_code_shows_as_prose(tmp_path, prose):
    assert any("typed into prose" in line for line in found(chapter(tmp_path, ("markdown", prose))))
    shown = ("code", f"display(Markdown({prose!r}))")
    assert any("typed into prose" in line for line in found(chapter(tmp_path, shown)))
    formatted = ("code", f"display(Markdown(f'{{x}} and {prose}'))")
    assert any("typed into prose" in line for line in found(chapter(tmp_path, formatted)))


@pytest.mark.parametrize(
    "prose",
    [
        "See `x = 0.79`.",
        "In 2013.",
        "$t = 0.5$",
        "{cite}`author2015a`",
        "[here](page-12.html)",
        "V14 and KS2",
        "one of 3",
    ],
)
def test_what_is_no_result_is_left_alone(tmp_path, prose):
    assert found(chapter(tmp_path, ("markdown", prose))) == []


def test_number_with_a_reason_is_allowed_in_its_chapter_only(tmp_path):
    path = chapter(tmp_path, ("markdown", "It lasts 48 hours."))
    assert found(path, {"09_test": {"48": "a definition"}}) == []
    assert found(path, {"*": {"48": "a definition"}}) == []
    assert found(path, {"00_data": {"48": "a definition"}}) != []


@given(value=st.floats(0.001, 0.999), digits=st.integers(2, 6))
def test_any_decimal_in_prose_is_found(value, digits):
    number = f"{value:.{digits}f}"
    assert lint_notebooks.typed_numbers(f"The recall is {number} on it.") == [number]


def test_value_put_in_by_code_is_not_typed(tmp_path):
    cell = ("code", "display(Markdown(f'The recall is {recall:.2f}, {100 * recall:.1f} %.'))")
    assert found(chapter(tmp_path, cell)) == []


def test_long_cell_is_found(tmp_path):
    lines = "\n".join(f"x{i} = {i}" for i in range(lint_notebooks.LONGEST_CELL + 1))
    assert any("lines of code" in line for line in found(chapter(tmp_path, ("code", lines))))


@pytest.mark.parametrize("line", ["!pip install x", "%pip install x", "!ls"])
def test_shell_commands_are_found(tmp_path, line):
    assert any("shell command" in problem for problem in found(chapter(tmp_path, ("code", line))))


def test_missing_title_and_unfaithful_text_are_found(tmp_path):
    path = tmp_path / "09_test.py"
    path.write_text("x = 1\n\n\n\n\n# %%\ny=1\n", encoding="utf-8")
    problems = found(path)
    assert any("title" in line for line in problems)
    assert any("jupytext" in line for line in problems)


def test_every_chapter_keeps_the_rules(capsys, monkeypatch):
    root = lint_notebooks.ROOT
    monkeypatch.chdir(root)
    paths = [str(path) for path in sorted(root.glob("notebooks/*.py"))]
    assert paths
    assert lint_notebooks.main(paths) == 0, capsys.readouterr().out


IN_SHORT = '# %% tags=["remove-input", "in-short"]\nin_short(answer="1")'


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import os", "imports are folded"),
        ("from os import path\nx = 1", "imports are folded"),
        ("show(figure, alt='x')", "show() is nothing to copy"),
        ("if x:\n    evidence.record('claim', 1)", "evidence.record() is nothing to copy"),
        ("figure, axes = plt.subplots()", "plt.subplots() is nothing to copy"),
        ("_ = fit()", "needs no fmt: skip and no _ ="),
    ],
)
def test_a_page_that_opens_in_short_shows_only_code_to_be_copied(code, told):
    def said(tags="", opening=IN_SHORT):
        text = f"# %%{tags}\n{code}\n\n{opening}\n"
        return [*lint_notebooks.folding_problems(jupytext.reads(text, fmt="py:percent").cells)]

    assert [told in line for line in said()] == [True]
    for tag in ("hide-input", "remove-input", "remove-cell", "hide-cell"):
        assert said(f' tags=["{tag}"]') == []
    assert said(opening="# %%\n1") == [], "pages that do not open in short are as they were"
    assert "two cells are tagged in-short" in said(opening=f"{IN_SHORT}\n\n{IN_SHORT}")[0]


@pytest.mark.parametrize(
    ("code", "twice"),
    [
        ("figure, axes = plt.subplots()\naxes.plot(x)", True),
        ("figure, axes = plt.subplots()\naxes.plot(x)\nshow(figure, alt=told)", False),
        ("def draw():\n    figure, axes = plt.subplots()\n    return figure", False),
    ],
)
def test_a_cell_that_draws_shows_its_figure(tmp_path, code, twice):
    assert (
        any("draws a figure" in line for line in found(chapter(tmp_path, ("code", code)))) == twice
    )
