"""Check the rules that every chapter keeps: `python -m tools.lint.notebooks notebooks/*.py`.

Cells fit on a laptop screen, nothing installs packages, the py:percent text is exactly what
jupytext would write, no test row is used before the ledger says so (rows.py), a page that opens in
short shows only code to be copied, and no result is typed into prose: a number in a sentence must
come from code, by an inline expression whose names keep their values, or stand in
allowed_numbers.toml with the reason why it is no result.
"""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import jupytext
from nbformat import NotebookNode

from tools.lint.rows import row_problems
from tools.site import inline
from tools.teach import editions

ROOT = Path(__file__).resolve().parents[2]
LONGEST_CELL = 22
# How jupytext.toml has chapters written: whatever is not about folders.
SETTINGS = tomllib.loads((ROOT / "jupytext.toml").read_text(encoding="utf-8"))
del SETTINGS["formats"]
ALLOWED = Path(__file__).with_name("allowed_numbers.toml")

# What draws, tells or records; a reader takes home what computes.
SHOWS = {"show", "in_short", "interactive.play", "play"}
NOT_TO_COPY = SHOWS | {"Markdown", "evidence.record", "evidence.conclude", "plt.subplots"}

# Numbers written as 12, 12,345, 0.79, 5 % or 9.25 €; a year or a chapter's name is none of these.
NUMBER = re.compile(r"(?<![\w.,/-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w-])")
NOT_A_RESULT = re.compile(r"(19|20)\d\d|0\d|\d")
# Code, mathematics, links, citations, roles, directives and the names of columns are not prose.
NOT_PROSE = re.compile(
    r"```.*?```|:::+\{.*?$|\{[\w-]+\}`[^`]*`|`[^`]*`|\$[^$]*\$|\]\([^)]*\)|<[^>]*>|^:\w+:.*?$",
    flags=re.DOTALL | re.MULTILINE,
)


def typed_numbers(prose: str) -> list[str]:
    """Return the numbers in `prose` that could be results."""
    return [
        number
        for number in NUMBER.findall(NOT_PROSE.sub(" ", prose))
        if not NOT_A_RESULT.fullmatch(number)
    ]


def strings_of(node: ast.AST) -> Iterator[str]:
    """Yield the constant parts of every string in some code, but for formats and keys."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        constant = [part.value if isinstance(part, ast.Constant) else "…" for part in node.values]
        yield "".join(constant)
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from strings_of(part.value)
    elif isinstance(node, ast.Subscript):  # a key is not shown
        yield from strings_of(node.value)
    else:
        for part in ast.iter_child_nodes(node):
            yield from strings_of(part)


def plain_code(code: str) -> str:
    """Return code without the lines that only IPython reads."""
    return "\n".join(line for line in code.splitlines() if not line.startswith(("%", "!")))


def strings_shown_as_prose(code: str) -> Iterator[str]:
    """Yield the constant parts of every string that a cell hands to ``Markdown``."""
    for node in ast.walk(ast.parse(plain_code(code))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Markdown":
            yield from strings_of(node)


def expression_problems(cell: NotebookNode, allowed: set[str]) -> Iterator[str]:
    """Yield what is wrong with the inline expressions of a cell."""
    text = cell.source if cell.cell_type == "code" else inline.ROLE.sub("", cell.source)
    if re.search(r"(?<!`)\{eval\}`", text):
        yield "an inline expression is for Markdown cells, on one line, without a backtick in it"
    for code in inline.expressions(cell):
        try:
            tree = ast.parse(code, mode="eval")
        except SyntaxError:
            yield f"the expression {code} is no Python"
            continue
        typed = {number for text in strings_of(tree) for number in typed_numbers(text)}
        names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
        if not names or typed - allowed:
            yield f"the expression {code} types a result: let it say where the result comes from"


def names_bound(tree: ast.AST) -> Iterator[str]:
    """Yield the names that some code binds, but for those inside functions and comprehensions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif not isinstance(node, ast.comprehension | ast.Lambda):
            yield from names_bound(node)


def changed_names(cells: list[NotebookNode]) -> Iterator[str]:
    """Yield what inline expressions say of names that a later cell gives another value."""
    later: set[str] = set()
    found = []
    for number, cell in reversed([*enumerate(cells, start=1)]):
        if cell.cell_type == "code":
            later |= set(names_bound(ast.parse(plain_code(cell.source))))
        for code in inline.expressions(cell):
            with suppress(SyntaxError):
                names = [one for one in ast.walk(ast.parse(code)) if isinstance(one, ast.Name)]
                own = {one.id for one in names if isinstance(one.ctx, ast.Store)}
                if changed := ({one.id for one in names} - own) & later:
                    name = ", ".join(sorted(changed))
                    found.append(
                        f"cell {number}: the expression {code} uses {name}, which a later cell "
                        "gives another value: JupyterLab would show that one"
                    )
    yield from reversed(found)


def code_as_run(cells: list[NotebookNode]) -> list[str]:
    """Return the code of each cell, with the expressions in the prose below it."""
    code: list[str] = []
    for cell in cells:
        if cell.cell_type == "code":
            code.append(cell.source)
        elif code:
            code[-1] = "\n".join([code[-1], *inline.expressions(cell)])
    return code


def cell_problems(cell: NotebookNode, allowed: set[str]) -> Iterator[str]:
    """Yield what is wrong with one cell."""
    prose = [cell.source]
    if cell.cell_type == "code":
        lines = [line for line in cell.source.splitlines() if line.strip()]
        if len(lines) > LONGEST_CELL:
            yield f"{len(lines)} lines of code in a cell, at most {LONGEST_CELL} are allowed"
        if re.search(r"^\s*[!%]\s*(uv\s+)?pip\b|^\s*!", cell.source, flags=re.MULTILINE):
            yield "a cell installs packages or runs a shell command"
        prose = list(strings_shown_as_prose(cell.source))
    yield from expression_problems(cell, allowed)
    for text in prose:
        for number in typed_numbers(text):
            if number not in allowed:
                yield (
                    f"the number {number} is typed into prose: print it by code, "
                    f"or allow it in {ALLOWED.name} with the reason"
                )


def folding_problems(cells: list[NotebookNode]) -> Iterator[str]:
    """Yield what is shown though nobody would copy it, on a page that opens with its argument."""
    opening = [cell for cell in cells if "in-short" in editions.tags(cell)]
    if len(opening) > 1:
        yield "two cells are tagged in-short, and a page opens with one"
    for number, cell in enumerate(cells, start=1):
        if not opening or cell.cell_type != "code" or editions.tags(cell) & editions.HIDDEN_INPUT:
            continue
        tree = ast.parse(plain_code(cell.source))
        calls = calls_of([tree])
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(tree)):
            yield f"cell {number}: imports are folded: tag it hide-input"
        for name in sorted(calls & NOT_TO_COPY):
            yield f"cell {number}: {name}() is nothing to copy: tag it remove-input or remove-cell"
        if re.search(r"# fmt: skip|^_ = ", cell.source, re.MULTILINE):
            yield f"cell {number}: code that is shown needs no fmt: skip and no _ ="


def calls_of(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names of the functions that are called in some code."""
    found = (node for top in nodes for node in ast.walk(top))
    return {ast.unparse(node.func) for node in found if isinstance(node, ast.Call)}


def shown_twice(cells: list[NotebookNode]) -> Iterator[str]:
    """Yield the cells that draw and do not show: Jupyter shows their figures by itself, too."""
    for number, cell in enumerate(cells, start=1):
        if cell.cell_type == "code":
            body = ast.parse(plain_code(cell.source)).body
            calls = calls_of(node for node in body if not isinstance(node, ast.FunctionDef))
            if calls & {"plt.subplots", "plt.figure"} and not calls & SHOWS:
                yield f"cell {number}: draws a figure, and does not end in show(figure, alt=...)"


def problems(path: Path, allowed_numbers: dict[str, dict[str, str]]) -> Iterator[str]:
    """Yield what is wrong with the chapter at `path`."""
    text = path.read_text(encoding="utf-8")
    notebook = jupytext.reads(text, fmt="py:percent")
    notebook.metadata = {"jupytext": SETTINGS}
    if jupytext.writes(notebook, fmt="py:percent") != text:
        yield "jupytext would write this file differently: run jupytext --to py:percent on it"
    if not notebook.cells or not notebook.cells[0].source.startswith("# "):
        yield "the first cell is not a Markdown cell with the title"
    allowed = {*allowed_numbers.get("*", {}), *allowed_numbers.get(path.stem, {})}
    for number, cell in enumerate(notebook.cells, start=1):
        for problem in cell_problems(cell, allowed):
            yield f"cell {number}: {problem}"
    yield from changed_names(notebook.cells)
    yield from folding_problems(notebook.cells)
    yield from shown_twice(notebook.cells)
    yield from row_problems(code_as_run(notebook.cells))


def committed_notebooks() -> list[str]:
    """Return the .ipynb files that git tracks: there should be none."""
    command = ["git", "ls-files", "*.ipynb"]
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout.split()


def main(paths: list[str]) -> int:
    allowed_numbers = tomllib.loads(ALLOWED.read_text(encoding="utf-8"))
    found = [f"{path}: {what}" for path in paths for what in problems(Path(path), allowed_numbers)]
    found += [
        f"{path}: is committed, but only the .py is a source" for path in committed_notebooks()
    ]
    print("\n".join(found) or f"{len(paths)} chapters keep the rules.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
