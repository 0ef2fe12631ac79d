"""Inline expressions: the numbers in a Markdown cell, {eval}`f"{saved:,.0f}"`, come from code.

JupyterLab shows them live where it has jupyterlab-myst: as a Markdown cell is run, the kernel
evaluates its expressions, and their values are kept in the metadata of the cell. A run of the
build does the same in the same place (`Client`), and writes the values into the text for the
site. What an expression may give is what both show alike: a string or a whole number.
"""

import ast
import copy
import re
from collections.abc import Iterable, Iterator
from typing import Any

from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

# Not within a longer code span, by which prose speaks about the role itself.
ROLE = re.compile(r"(?<!`)\{eval\}`(?P<code>[^`\n]+)`(?!`)")
METADATA = "user_expressions"  # jupyterlab-myst's
MARK = "pr-value"  # the class of a value on the page
PATIENCE = 600  # seconds, on a machine that is busy: only a kernel that died takes so long
MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~$&^])")
NOTE = (
    "*Numbers in the text are expressions, as in ``{eval}`name` ``: JupyterLab with "
    "jupyterlab-myst shows their values as you run the notebook, other programs the expressions.*"
)


class ExpressionError(Exception):
    """An inline expression cannot be evaluated, or gives what cannot be shown in a sentence."""


def expressions(cell: NotebookNode) -> list[str]:
    """Return the expressions in a cell, each once: code cells have none."""
    if cell.cell_type != "markdown":
        return []
    return list(dict.fromkeys(found["code"] for found in ROLE.finditer(cell.source)))


def note(cells: Iterable[NotebookNode]) -> list[NotebookNode]:
    """Return the cell that tells readers of a notebook about its expressions, if it has any."""
    return [new_markdown_cell(NOTE, id="note")] if any(map(expressions, cells)) else []


def text_of(expression: str, result: dict[str, Any]) -> str:
    """Return the text that a kernel's answer to an expression stands for.

    Examples
    --------
    >>> text_of("word", {"status": "ok", "data": {"text/plain": "'cheaper'"}})
    'cheaper'
    """
    role = f"{{eval}}`{expression}`"
    if result["status"] != "ok":
        msg = f"{role} fails: {result['ename']}: {result['evalue']}"
        raise ExpressionError(msg)
    shown = result["data"].get("text/plain", "")
    try:
        value = ast.literal_eval(shown)
    except (SyntaxError, ValueError):
        value = None
    if type(value) is int:
        return str(value)
    if type(value) is str and shown[1:-1] == value:  # no escapes: JupyterLab shows them as such
        return value
    msg = f"{role} gives {shown}: only a whole number, or a string of one line, reads as text."
    raise ExpressionError(msg)


class Client(NotebookClient):
    """Executes a notebook, and evaluates the expressions of each Markdown cell in its place.

    At the end they must give the same: JupyterLab asks for them there when it runs all cells.
    """

    async def async_execute_cell(
        self, cell: NotebookNode, cell_index: int, *args: Any, **kwargs: Any
    ) -> NotebookNode:
        """Run a code cell, or evaluate the expressions of a Markdown cell."""
        done = await super().async_execute_cell(cell, cell_index, *args, **kwargs)
        if expressions(cell):
            cell.metadata[METADATA] = await self.evaluated(cell)
            values_of(cell)
        if cell_index == len(self.nb.cells) - 1:
            for _, one in places(self.nb):
                refuse_changes(one.metadata[METADATA], await self.evaluated(one))
        return done

    async def evaluated(self, cell: NotebookNode) -> list[dict[str, Any]]:
        """Return the kernel's answers, as jupyterlab-myst keeps them in the metadata of a cell."""
        asked = {str(number): one for number, one in enumerate(expressions(cell))}
        reply = await self.kc.execute(
            "", store_history=False, user_expressions=asked, reply=True, timeout=PATIENCE
        )
        results = reply["content"]["user_expressions"]
        return [{"expression": one, "result": results[number]} for number, one in asked.items()]


def refuse_changes(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
    """Refuse expressions that do not give the same any more."""
    for here, later in zip(before, after, strict=True):
        if here != later:
            msg = (
                f"{{eval}}`{here['expression']}` gives another value at the end of the page than "
                "in its place, and JupyterLab would show that: give each value a name of its own."
            )
            raise ExpressionError(msg)


def values_of(cell: NotebookNode) -> dict[str, str]:
    """Return the text of each expression that was evaluated in a cell."""
    kept = cell.metadata.get(METADATA, [])
    return {one["expression"]: text_of(one["expression"], one["result"]) for one in kept}


def places(notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    """Yield the cells with expressions, each with the number of code cells that ran before it."""
    ran = 0
    for cell in notebook.cells:
        ran += cell.cell_type == "code"
        if expressions(cell):
            yield str(ran), cell


def values(notebook: NotebookNode) -> dict[str, dict[str, str]]:
    """Return the values of a notebook that has run, by place: a name may change its value."""
    found: dict[str, dict[str, str]] = {}
    for place, cell in places(notebook):
        found.setdefault(place, {}).update(values_of(cell))
    return found


def knows(kept: dict[str, dict[str, str]], notebook: NotebookNode) -> bool:
    """Tell whether the values of a run hold every expression of a notebook, in its place."""
    return all(set(expressions(cell)) <= set(kept.get(at, ())) for at, cell in places(notebook))


def fill(source: str, found: dict[str, str]) -> str:
    """Return Markdown with values in place of its expressions, marked as made by code.

    Examples
    --------
    >>> fill("It costs {eval}`cost` €.", {"cost": "1,234"})
    'It costs [1,234]{.pr-value} €.'
    """

    def marked(role: re.Match) -> str:
        value = MARKDOWN.sub(r"\\\1", found[role["code"]])
        return f"[{value}]{{.{MARK}}}" if value else ""

    return ROLE.sub(marked, source)


def written(notebook: NotebookNode, kept: dict[str, dict[str, str]]) -> NotebookNode:
    """Return a notebook whose expressions have been replaced by their values of a run."""
    text = copy.deepcopy(notebook)
    for place, cell in list(places(text)):
        cell.source = fill(cell.source, kept[place])
    return text


def plain(cell: NotebookNode) -> str:
    """Return the source of a Markdown cell that has run, with bare values in it."""
    found = values_of(cell)
    return ROLE.sub(lambda role: found[role["code"]], cell.source)
