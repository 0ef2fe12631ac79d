"""Check that no chapter uses the test rows before it has signed the ledger of their uses.

``data.load()`` returns all rows. Until a chapter has called `open_test`, it may hand them to
`development` only, which leaves the test rows out, and ask what they are (``.attrs``, ``len``).
Rows have no other way into a chapter: it reads no file of them and no private part of the
package. What this cannot see is a function of the package that opens the door by itself; a test
of `casebook.split` sees that there is none.
"""

import ast
from collections.abc import Iterator

LOADERS = {"load", "load_sample"}
# These write the ledger before they hand out a test row.
OPENERS = {"open_test", "scored_later"}
LEAVE_TEST_ROWS_OUT = {"development", "len"}
READERS = {"read_csv", "read_feather", "read_parquet", "read_table", "read_arrow", "scan_csv"}


def row_problems(cells: list[str]) -> Iterator[str]:
    """Yield what is wrong with the way in which a chapter's code `cells` come by their rows."""
    whole: set[str] = set()
    signed = False
    for number, code in enumerate(cells, start=1):
        plain = "\n".join(line for line in code.splitlines() if not line.startswith(("%", "!")))
        for statement in ast.parse(plain).body:
            yield from (f"code cell {number}: {what}" for what in _other_ways(statement))
            signed |= any(_called(node) in OPENERS for node in ast.walk(statement))
            if not signed:
                yield from (
                    f"code cell {number}: uses all rows of {what} before open_test was called"
                    for what in _uses(statement, whole)
                )
            whole |= _names_of_all_rows(statement)


def _called(node: ast.AST) -> str:
    """Return the name of the function that a node calls, or nothing."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def _loads(node: ast.AST) -> bool:
    """Tell whether a node calls a function of `casebook.data` that returns all rows."""
    owner = getattr(getattr(node, "func", None), "value", None)
    return _called(node) in LOADERS and (owner is None or getattr(owner, "id", "") == "data")


def _names_of_all_rows(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.Assign) and _loads(statement.value):
        return {name.id for name in statement.targets if isinstance(name, ast.Name)}
    return set()


def _uses(statement: ast.stmt, whole: set[str]) -> Iterator[str]:
    """Yield each use of all rows in a statement but for those that leave the test rows out."""
    harmless: set[ast.AST] = set()
    if _names_of_all_rows(statement):
        harmless.add(statement.value)
    for node in ast.walk(statement):
        if _called(node) in LEAVE_TEST_ROWS_OUT:
            harmless |= {*node.args}
        elif isinstance(node, ast.Attribute) and node.attr == "attrs":
            harmless.add(node.value)
    for node in ast.walk(statement):
        if node in harmless:
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in whole:
            yield node.id
        elif _loads(node):
            yield f"data.{_called(node)}()"


def _other_ways(statement: ast.stmt) -> Iterator[str]:
    for node in ast.walk(statement):
        if _called(node) in READERS:
            yield f"reads rows by {_called(node)}: they come from data.load() only"
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            ("prerelease", "casebook")
        ):
            private = [name.name for name in node.names if name.name.startswith("_")]
            if "._" in node.module or private:
                yield f"imports a private part of the package, {node.module}"
        if isinstance(node, ast.Attribute) and node.attr == "_cut":
            yield "reaches for the private parts of casebook.split"
