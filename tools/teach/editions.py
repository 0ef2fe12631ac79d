"""Make a workshop's notebooks from the chapters.

A chapter's py:percent file is the only source of four things. The site shows it with its solutions
folded. From the same cells come three notebooks, all in quick mode:

attendee
    Solutions are taken out. Where the next cell checks the answer, a stub stands in their place
    that gives a name to each thing that the check asks for.
live
    As the attendee's, and each cell that has a task is empty but for it: the instructor types it.
instructor
    Everything, with the notes of the guide beside it.

What the cells are is told by their place and their tags; CONTRIBUTING.md has the rules.
"""

import ast
import itertools
import re
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from tools.site import inline
from tools.teach import roles

ROOT = Path(__file__).resolve().parents[2]
EDITIONS = ("attendee", "live", "instructor")
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
HIDDEN_INPUT = {"remove-input", "hide-input", "remove-cell", "hide-cell"}
FOLDED_OUTPUT = {"hide-output", "hide-cell"}

SECTION = re.compile(r"^## +(?P<title>.+)$", re.MULTILINE)
FENCE = re.compile(
    r"^(?P<ticks>`{3,})\{(?P<kind>exercise|solution)\} *"
    r"(?P<number>\d+\.\d+)? *(?P<title>[^\n]*)\n"
    r"(?P<options>(?::[\w-]+:[^\n]*\n)*)(?P<body>.*?)^(?P=ticks)$\n?",
    re.MULTILINE | re.DOTALL,
)
LABEL = re.compile(r"^:label: *(\S+)", re.MULTILINE)
YOUR_ANSWER = "*Your answer:*"
QUICK = """\
# Quick mode: all payments, but fewer resamples, trials, streams and seeds than in the book.
import os

os.environ.setdefault("PRERELEASE_MODE", "quick")"""
HOW_TO = {
    "attendee": "**Attendee's notebook.** Run the cells from the top. Your turn comes at the "
    "exercises: replace each `...`, run the cell, then the check below it.",
    "live": "**Live-coding notebook.** Where a cell holds a task and no code, type it with the "
    "instructor. The names in the task are those that later cells need. (Pages in more depth are "
    "whole.)",
    "instructor": "**Instructor's notebook.** Solutions and notes are in it: do not hand it out.",
}


class EditionError(Exception):
    """A chapter does not keep the rules that the editions are made by."""


@dataclass
class Exercise:
    """An exercise, its solution, and the cell that checks an answer."""

    label: str
    number: str
    title: str
    task: str
    solution_text: str = ""
    solution: list[NotebookNode] = field(default_factory=list)
    check: NotebookNode | None = None

    @property
    def name(self) -> str:
        """What page, notebooks, slides and guide call it."""
        return f"Exercise {self.number}: {self.title}"

    @property
    def asks_for_code(self) -> bool:
        """Whether the answer is a program."""
        return self.check is not None or self.label.endswith("-code")


@dataclass
class Chapter:
    """A chapter, taken apart at its exercises."""

    name: str
    before: list[NotebookNode]
    exercises: list[Exercise]
    after: list[NotebookNode]


def tags(cell: NotebookNode) -> set[str]:
    """Return the tags of a cell."""
    return set(cell.metadata.get("tags", []))


def split_sections(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Return the cells, with every section in Markdown cells of its own."""
    done = []
    for cell in cells:
        starts = [found.start() for found in SECTION.finditer(cell.source)]
        if cell.cell_type == "markdown" and starts:
            edges = [*sorted({0, *starts}), len(cell.source)]
            parts = [cell.source[a:b].strip() for a, b in itertools.pairwise(edges)]
            done += [new_markdown_cell(part) for part in parts if part]
        else:
            done.append(cell)
    return done


def read_chapter(path: Path) -> Chapter:
    """Take the chapter at `path` apart."""
    cells = split_sections(jupytext.read(path, fmt="py:percent").cells)
    sections = [
        (number, found["title"])
        for number, cell in enumerate(cells)
        if cell.cell_type == "markdown"
        for found in SECTION.finditer(cell.source)
    ]
    starts = [number for number, title in sections if title == "Exercises"]
    if not starts:
        return Chapter(path.stem, cells, [], [])
    start = starts[0]
    end = min((number for number, _ in sections if number > start), default=len(cells))
    exercises = read_exercises(cells[start:end], path.name)
    return Chapter(path.stem, cells[:start], exercises, cells[end:])


def new_exercise(found: re.Match, name: str) -> Exercise:
    """Return the exercise that a directive opens."""
    label = LABEL.search(found["options"])
    if not label:
        msg = f"{name}: the exercise {found['title']!r} has no label."
        raise EditionError(msg)
    if not found["number"]:
        msg = f"{name}: the exercise {found['title']!r} has no number, as 1.2 of chapter 01 has."
        raise EditionError(msg)
    return Exercise(label[1], found["number"], found["title"].strip(), found["body"].strip())


def read_prose(source: str, exercises: list[Exercise], name: str) -> None:
    """Add what a Markdown cell holds: exercises, solutions, and prose that follows a solution."""
    end = 0
    for found in [*FENCE.finditer(source), None]:
        between = source[end : found.start() if found else None].strip()
        if exercises and between:
            exercises[-1].solution_text += f"\n\n{between}"
        if found is None:
            return
        end = found.end()
        if found["kind"] == "exercise":
            exercises.append(new_exercise(found, name))
        elif exercises and found["title"].strip() == exercises[-1].label:
            exercises[-1].solution_text += f"\n\n{found['body'].strip()}"
        else:
            msg = f"{name}: the solution {found['title']!r} does not follow its exercise."
            raise EditionError(msg)


def read_exercises(cells: list[NotebookNode], name: str) -> list[Exercise]:
    """Return the exercises in the cells of their section."""
    exercises: list[Exercise] = []
    for cell in cells:
        if cell.cell_type == "markdown":
            read_prose(cell.source, exercises, name)
        elif exercises and "check" in tags(cell):
            exercises[-1].check = cell
        elif exercises and "hide-cell" in tags(cell):
            exercises[-1].solution.append(cell)
        else:
            msg = f"{name}: tag this cell hide-cell or check: {cell.source[:60]!r}"
            raise EditionError(msg)
    return exercises


def asked_for(check: NotebookNode) -> list[str]:
    """Return the names that a check looks at: the positional arguments of its last call."""
    call = ast.parse(check.source).body[-1]
    if not isinstance(call, ast.Expr) or not isinstance(call.value, ast.Call):
        msg = f"A check must end in its call, got {check.source!r}."
        raise EditionError(msg)
    if not all(isinstance(argument, ast.Name) for argument in call.value.args):
        msg = f"A check must be given names, got {check.source!r}."
        raise EditionError(msg)
    return [argument.id for argument in call.value.args]


def stub(exercise: Exercise) -> NotebookNode:
    """Return the cell in which an attendee answers."""
    if not exercise.asks_for_code:
        return new_markdown_cell(YOUR_ANSWER)
    lines = ["# Your code here."]
    if exercise.check:
        lines += [f"{name} = ..." for name in asked_for(exercise.check)]
    return new_code_cell("\n".join(lines))


def fold(cell: NotebookNode, marked: set[str]) -> NotebookNode:
    """Fold in JupyterLab what the page folds of a cell with these tags; what a check says stays."""
    kinds = {"source_hidden": HIDDEN_INPUT, "outputs_hidden": FOLDED_OUTPUT}
    folded = {kind: True for kind, of in kinds.items() if marked & of}
    if cell.cell_type == "code" and folded and "check" not in marked:
        cell.metadata["jupyter"] = folded
    return cell


def plain(cell: NotebookNode) -> NotebookNode:
    """Return a cell as a notebook shows it: without our tags, hidden code folded."""
    new = new_code_cell if cell.cell_type == "code" else new_markdown_cell
    return fold(new(cell.source), tags(cell))


def exercise_cells(exercise: Exercise, edition: str, notes: dict[str, str]) -> list[NotebookNode]:
    """Return an exercise as it stands in an edition."""
    cells = [new_markdown_cell(f"### {exercise.name}\n\n{exercise.task}")]
    if edition == "instructor":
        if note := notes.get(exercise.label):
            cells.append(new_markdown_cell(f"**For the instructor.** {note}"))
        cells += [new_code_cell(cell.source) for cell in exercise.solution]
        if exercise.solution_text:
            cells.append(new_markdown_cell(f"**Solution.** {exercise.solution_text.strip()}"))
    else:
        cells.append(stub(exercise))
    if exercise.check:
        cells.append(new_code_cell(exercise.check.source))
    return cells


def prompt(cell: NotebookNode) -> NotebookNode:
    """Return a cell that is typed live: its task, and no code."""
    return new_code_cell(
        "\n".join(f"# {line}" for line in textwrap.wrap(cell.metadata["task"], 88))
    )


def body_cells(chapter: Chapter, edition: str) -> list[NotebookNode]:
    """Return what comes before the exercises, as it stands in an edition."""
    return [
        prompt(cell) if edition == "live" and "task" in cell.metadata else plain(cell)
        for cell in chapter.before
    ]


def edition_of(
    chapter: Chapter, edition: str, *, guide: str = "", notes: dict[str, str] | None = None
) -> NotebookNode:
    """Return one edition of a chapter.

    Parameters
    ----------
    chapter : Chapter
        From `read_chapter`.
    edition : {"attendee", "live", "instructor"}
        Whom the notebook is for.
    guide : str, optional
        Markdown for the instructor's eyes, put below the title of the instructor's edition.
    notes : dict of str to str, optional
        What the instructor should know of an exercise, by its label.
    """
    if edition not in EDITIONS:
        msg = f"edition must be one of {EDITIONS}, got {edition!r}."
        raise ValueError(msg)
    title, *body = body_cells(chapter, edition)
    cells = [title, new_markdown_cell(HOW_TO[edition]), *inline.note(body)]
    if guide and edition == "instructor":
        cells.append(new_markdown_cell(guide))
    cells += [new_code_cell(QUICK), *body]
    if chapter.exercises:
        cells.append(new_markdown_cell("## Exercises"))
    for exercise in chapter.exercises:
        cells += exercise_cells(exercise, edition, notes or {})
    cells += [plain(cell) for cell in chapter.after]
    roles.put_in_words(cells)
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"  # the same at every call
    return notebook


def chapters() -> list[Path]:
    """Return the sources of all pages of the numbered chapters, in order."""
    return sorted((ROOT / "notebooks").glob("[0-9]*.py"))
