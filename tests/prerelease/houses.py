"""Which room of a house imports which: read from the source, so that a lazy import counts too."""

import ast
import os
from pathlib import Path


def files(house: Path) -> list[Path]:
    """Return the Python files of a house; unlike `Path.glob`, no folder that vanishes raises."""
    found = (Path(folder, name) for folder, _, names in os.walk(house) for name in names)
    return sorted(file for file in found if file.suffix == ".py")


def imports(house: Path) -> dict[tuple[str, str], set[str]]:
    """Return for each pair (room, module of what it imports from) the files that do it.

    A module is a room of the same house, ``"costs"``, or one of another, ``"casebook.data"``.
    """
    found: dict[tuple[str, str], set[str]] = {}
    for file in files(house):
        room = file.relative_to(house).with_suffix("").parts[0]
        for module in modules(ast.parse(file.read_text(encoding="utf-8"))):
            name = module.removeprefix(f"{house.name}.")
            name = name.split(".")[0] if name != module else module
            if name != room:
                found.setdefault((room, name), set()).add(file.name)
    return found


def modules(tree: ast.AST) -> set[str]:
    """Return the full name of each module that a file names in an import, or may name."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def upwards(house: Path, floors: list[str]) -> list[str]:
    """Return the imports that do not go down, by the floors of a house from its roof downwards."""
    floor_of = {room: number for number, floor in enumerate(floors) for room in floor.split()}
    return [
        f"{room} imports {other}: {', '.join(sorted(files))}"
        for (room, other), files in sorted(imports(house).items())
        if other in floor_of and floor_of.get(room, -1) >= floor_of[other]
    ]


def rooms(house: Path) -> set[str]:
    """Return the rooms of a house: its modules and packages."""
    return {
        path.stem
        for path in house.iterdir()
        if path.suffix == ".py" or (path.is_dir() and any(path.glob("*.py")))
    } - {"__init__"}
