"""The notebooks of a workshop: made from each chapter, complete, and giving nothing away."""

import ast
import inspect
import re
from functools import cache

import jupytext
import nbformat
import pytest
from nbformat.v4 import new_markdown_cell

from casebook import checks
from tools.site import inline
from tools.site import stage as site_stage
from tools.site import teach as site_teach
from tools.site.pages import chapter_of, is_depth
from tools.teach import editions, roles, teaching

GUIDES = teaching.guides()
CHAPTERS = {path.stem: editions.read_chapter(path) for path in editions.chapters()}
every_chapter = pytest.mark.parametrize("name", CHAPTERS)
every_main_page = pytest.mark.parametrize("name", [name for name in CHAPTERS if not is_depth(name)])

SOURCE = """\
# %% [markdown]
# # A title

# %%
import math

# %% task="Choose a `radius`."
# The radius comes first.
radius = 2.0
unused = 3.0

# %% tags=["remove-input"]
print(radius)

# %% [markdown]
# ## What to decide
#
# Decide to be round.
#
# ## Exercises
#
# ```{exercise} 9.1 Read it off
# :label: nine-read
#
# How long is the radius?
# ```

# %% tags=["hide-cell"]
print("It is", radius)

# %% [markdown]
# ```{exercise} 9.2 Code it
# :label: nine-code
#
# Compute the `area`.
# ```

# %% tags=["hide-cell"]
area = math.pi * radius**2

# %% tags=["remove-cell", "check"]
checks.circle(area, radius=radius)

# %% [markdown]
# So much for the area.
#
# ```{exercise} 9.3 Argue it
# :label: nine-argue
#
# Are circles good?
# ```
#
# ```{solution} nine-argue
# :class: dropdown
#
# They are round.
# ```

# %% [markdown]
# ## Further reading
#
# - Euclid.
"""


@pytest.fixture
def chapter(tmp_path):
    path = tmp_path / "09_nine.py"
    path.write_text(SOURCE, encoding="utf-8")
    return editions.read_chapter(path)


def text_of(notebook):
    return "\n".join(cell.source for cell in notebook.cells)


def test_attendee_gets_tasks_stubs_and_checks_but_no_solution(chapter):
    notebook = editions.edition_of(chapter, "attendee")
    text = text_of(notebook)
    for task in ("How long is the radius?", "Compute the `area`.", "Are circles good?"):
        assert task in text
    for solution in ("It is", "math.pi", "So much", "They are round"):
        assert solution not in text
    assert "# Your code here.\narea = ..." in text
    assert "### Exercise 9.2: Code it\n" in text
    assert "checks.circle(area, radius=radius)" in text
    assert text.count(editions.YOUR_ANSWER) == 2
    assert "{exercise}" not in text
    assert "Euclid" in text
    assert text.count("Decide to be round.") == 1


def test_live_edition_gives_a_task_in_place_of_code(chapter):
    notebook = editions.edition_of(chapter, "live")
    text = text_of(notebook)
    assert "# Choose a `radius`." in [cell.source for cell in notebook.cells]
    assert "radius = 2.0" not in text
    assert "unused" not in text
    assert "import math" in text
    assert "print(radius)" in text, "what the page does not show stays"
    assert "math.pi" not in text


def test_instructor_gets_solutions_and_notes(chapter):
    notebook = editions.edition_of(
        chapter, "instructor", guide="Talk slowly.", notes={"nine-argue": "Expect laughter."}
    )
    text = text_of(notebook)
    for part in ("area = math.pi", "They are round.", "So much", "Talk slowly.", "Expect laughter"):
        assert part in text
    assert "Talk slowly." not in text_of(editions.edition_of(chapter, "live", guide="Talk slowly."))


def test_code_that_the_page_hides_is_folded(chapter):
    notebook = editions.edition_of(chapter, "attendee")
    folded = [cell for cell in notebook.cells if cell.metadata.get("jupyter")]
    assert [cell.source for cell in folded] == ["print(radius)"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (":label: nine-read\n", "", "has no label"),
        ("{exercise} 9.2 Code it", "{exercise} Code it", "has no number"),
        ("{solution} nine-argue", "{solution} nine-code", "does not follow its exercise"),
        ('tags=["hide-cell"]\narea', "\narea", "tag this cell"),
        ("checks.circle(area,", "checks.circle(area + 1,", "must be given names"),
        ("checks.circle(area, radius=radius)", "right = True", "must end in its call"),
    ],
)
def test_chapter_that_breaks_a_rule_is_refused(tmp_path, old, new, message):
    path = tmp_path / "09_nine.py"
    path.write_text(SOURCE.replace("# " + old if old.startswith(":") else old, new), "utf-8")
    with pytest.raises(editions.EditionError, match=message):
        editions.edition_of(editions.read_chapter(path), "attendee")


def test_unknown_edition_is_refused(chapter):
    with pytest.raises(ValueError, match="must be one of"):
        editions.edition_of(chapter, "pirate")


# --- the chapters of the book ----------------------------------------------------------------


@every_main_page
def test_chapter_has_exercises_to_read_off_to_code_and_to_argue(name):
    pages = [page for page in CHAPTERS if chapter_of(page) == chapter_of(name)]
    exercises = [exercise for page in pages for exercise in CHAPTERS[page].exercises]
    labels = [exercise.label for exercise in exercises]
    assert len(labels) >= 3
    kinds = {label.rsplit("-", 1)[1] for label in labels}
    assert {"read", "code", "argue"} <= kinds, labels
    for exercise in exercises:
        assert exercise.check or not exercise.title.startswith("Code"), exercise.label
        assert exercise.solution or exercise.solution_text, f"{exercise.label} has no solution"


def test_exercises_are_numbered_within_their_chapter_in_order_of_reading():
    numbered = {}
    for name, chapter in CHAPTERS.items():
        of = numbered.setdefault(int(chapter_of(name)), [])
        of += [exercise.number for exercise in chapter.exercises]
    assert {chapter: [f"{chapter}.{k + 1}" for k in range(len(of))] for chapter, of in
            numbered.items()} == numbered  # fmt: skip


def test_labels_are_unique():
    labels = [exercise.label for chapter in CHAPTERS.values() for exercise in chapter.exercises]
    assert len(labels) == len(set(labels))


@every_chapter
def test_check_asks_for_the_names_that_the_task_gives(name):
    for exercise in CHAPTERS[name].exercises:
        if exercise.check is None:
            continue
        call = ast.parse(exercise.check.source).body[-1].value
        judge = getattr(checks, call.func.attr)
        parameters = inspect.signature(judge).parameters.values()
        assert editions.asked_for(exercise.check) == [p.name for p in parameters if p.kind == 1]
        assert all(f"`{p.name}`" in exercise.task for p in parameters if p.kind == 1)
        assert "remove-cell" in editions.tags(exercise.check), "checks stay off the page"


@every_chapter
@pytest.mark.parametrize("edition", editions.EDITIONS)
def test_edition_is_a_valid_notebook_in_quick_mode_that_gives_nothing_away(name, edition):
    chapter = CHAPTERS[name]
    notebook = editions.edition_of(chapter, edition)
    nbformat.validate(notebook)
    text = text_of(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            ast.parse(cell.source)
    assert text.index("PRERELEASE_MODE") < text.index("import", text.index("os.environ"))
    assert "{exercise}" not in text
    for exercise in chapter.exercises:
        secrets = [cell.source for cell in exercise.solution]
        secrets += [part for part in exercise.solution_text.strip().split("\n\n") if part]
        for secret in secrets:
            assert (secret in text) == (edition == "instructor"), exercise.label


def names_read(source):
    """Return the names that some code reads."""
    nodes = ast.walk(ast.parse(source))
    return {one.id for one in nodes if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}


def names_made(source):
    """Return the names that some code leaves behind: not those inside functions and loops."""
    made = set()
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.FunctionDef):
            made.add(statement.name)
        elif isinstance(statement, ast.Assign):
            for target in statement.targets:
                made |= {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}
    return made


def read_by(cell):
    """Return the names that a cell reads."""
    code = [cell.source] if cell.cell_type == "code" else inline.expressions(cell)
    return set().union(*map(names_read, code))


@every_main_page
def test_task_of_a_live_cell_is_a_sentence_with_every_name_that_later_cells_need(name):
    chapter = CHAPTERS[name]
    later = set().union(*(read_by(c) for one in chapter.exercises for c in one.solution))
    for cell in reversed(chapter.before):
        if task := cell.metadata.get("task"):
            assert re.fullmatch(r"[A-Z][^.?!]*(\.\w[^.?!]*)*\.", task), f"no sentence: {task}"
            told = set(re.findall(r"`(\w+)`", task))
            assert names_made(cell.source) & later <= told, task
            assert told <= names_made(cell.source), task
        later |= read_by(cell)


@every_main_page
def test_live_edition_leaves_something_to_type_that_is_shown_and_short(name):
    typed = [cell for cell in CHAPTERS[name].before if "task" in cell.metadata]
    assert typed
    for cell in typed:
        assert not editions.tags(cell) & editions.HIDDEN_INPUT, cell.source
        assert len([line for line in cell.source.splitlines() if line.strip()]) <= 10, cell.source


def test_two_calls_make_the_same_notebook():
    source = editions.chapters()[0]
    made = [editions.edition_of(editions.read_chapter(source), "live") for _ in range(2)]
    assert nbformat.writes(made[0]) == nbformat.writes(made[1])


@every_chapter
def test_links_to_other_chapters_lead_to_the_notebooks_beside(name):
    cells = editions.edition_of(CHAPTERS[name], "attendee").cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert not roles.PAGE_LINK.search(text)
    linked = re.findall(r"\]\((\d\d\w+)\.ipynb\)", text)
    assert set(linked) <= set(CHAPTERS), "a link leads to no chapter"
    assert set(re.findall(r"\]\((?!https?://|\d\d\w+\.ipynb|#)([^)]*)\)", text)) == set()


@cache
def in_full(edition, name):
    """Return a notebook as somebody opens it: an edition, or what `make lab` opens."""
    chapter, guide = CHAPTERS[name], GUIDES.get(name)
    if edition == "lab":
        notebook = site_stage.read_notebook(editions.ROOT / "notebooks" / f"{name}.py")
        site_teach.add_questions(notebook, guide)
        return site_stage.to_run(notebook)
    notebook = editions.edition_of(
        chapter,
        edition,
        guide=teaching.guide_markdown(guide) if guide else "",
        notes=guide.notes if guide else None,
    )
    site_teach.add_questions(notebook, guide)
    return notebook


@every_chapter
@pytest.mark.parametrize("edition", [*editions.EDITIONS, "lab"])
def test_notebook_names_its_kernel_and_says_nothing_twice_and_cites_in_words(name, edition):
    notebook = in_full(edition, name)
    assert notebook.metadata.kernelspec == editions.KERNEL, "JupyterLab would ask for one"
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    paragraphs = [part.strip() for text in prose for part in text.split("\n\n")]
    long = [part for part in paragraphs if len(part) > 40]
    assert [part for part in long if long.count(part) > 1] == []
    found = re.findall(r"(?<!`)\{([a-z:]+)\}`[^`]+`(?!`)", "\n".join(prose))
    assert set(found) <= {"eval"}, "a notebook does not know this role"


@cache
def hidden_in(name):
    """Return the tags of the code that a page hides."""
    cells = jupytext.read(editions.ROOT / "notebooks" / f"{name}.py").cells
    code = [(cell.source, editions.tags(cell)) for cell in cells if cell.cell_type == "code"]
    return {source: tags for source, tags in code if tags & editions.HIDDEN_INPUT}


@every_chapter
@pytest.mark.parametrize("edition", [*editions.EDITIONS, "lab"])
def test_notebook_folds_what_the_page_folds(name, edition):
    hidden, notebook = hidden_in(name), in_full(edition, name)
    for cell in notebook.cells:
        marked, folded = hidden.get(cell.source, set()), cell.metadata.get("jupyter", {})
        if edition == "instructor" and "hide-cell" in marked:
            continue  # the solutions lie open
        shown = not marked or "check" in marked
        assert folded.get("source_hidden", False) == (not shown)
        assert folded.get("outputs_hidden", False) == bool(marked & {"hide-cell", "hide-output"})


def test_citations_in_words_name_authors_and_year_and_are_listed_at_the_end():
    cells = [
        new_markdown_cell("See {cite:t}`elkan2001`, a {term}`gap` {cite:p}`lin2017,elkan2001`.")
    ]
    roles.put_in_words(cells)
    assert cells[0].source == "See Elkan (2001), a gap (Lin et al., 2017; Elkan, 2001)."
    head, *sources = cells[1].source.splitlines()
    assert head == "## Sources"
    assert [line.split(":")[0] for line in sources if line] == [
        "- Elkan (2001)",
        "- Lin et al. (2017)",
    ]


@pytest.mark.parametrize("key", roles.sources())
def test_every_source_can_be_cited_in_words(key):
    assert re.fullmatch(r"[^{}\\]+ \(\d{4}\)", roles.cited(key, narrative=True))
    assert not re.search(r"[{}\\]", roles.listed(key))


@pytest.mark.parametrize(
    ("page", "words"), [("chapters/00_data", "[Go](00_data.ipynb)"), ("teach/index", "")]
)
def test_buttons_lead_to_notebooks_or_are_left_out(page, words):
    assert roles.in_words(f"```{{button-ref}} {page}\n:expand:\nGo\n```") == words
