"""Check the rules that every chapter keeps: `python tools/lint/notebooks.py notebooks/*.py`.

Cells fit on a laptop screen, nothing installs packages, the py:percent text is exactly what
jupytext would write, no test row is used before the ledger says so (lint_rows.py), and no result
is typed into prose: a number in a sentence must come from code, or stand in allowed_numbers.toml
with the reason why it is no result.
"""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import jupytext
from nbformat import NotebookNode

from tools.lint.rows import row_problems

ROOT = Path(__file__).resolve().parents[2]
LONGEST_CELL = 22
# How jupytext.toml has chapters written: whatever is not about folders.
SETTINGS = tomllib.loads((ROOT / "jupytext.toml").read_text(encoding="utf-8"))
del SETTINGS["formats"]
ALLOWED = Path(__file__).with_name("allowed_numbers.toml")

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


def strings_shown_as_prose(code: str) -> Iterator[str]:
    """Yield the constant parts of every string that a cell hands to ``Markdown``."""
    plain = "\n".join(line for line in code.splitlines() if not line.startswith(("%", "!")))
    for node in ast.walk(ast.parse(plain)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Markdown":
            for part in ast.walk(node):
                if isinstance(part, ast.JoinedStr):
                    yield "".join(
                        value.value if isinstance(value, ast.Constant) else "…"
                        for value in part.values
                    )
                elif isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


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
    for text in prose:
        for number in typed_numbers(text):
            if number not in allowed:
                yield (
                    f"the number {number} is typed into prose: print it by code, "
                    f"or allow it in {ALLOWED.name} with the reason"
                )


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
    yield from row_problems([cell.source for cell in notebook.cells if cell.cell_type == "code"])


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
