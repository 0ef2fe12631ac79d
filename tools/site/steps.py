"""What every step of the site's build shares: its folders, its errors, its lines of progress."""

import hashlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"
NOTEBOOKS = ROOT / "notebooks"
LIBRARY, CASEBOOK = ROOT / "src" / "prerelease", ROOT / "src" / "casebook"
BUILD = Path(os.environ.get("PRERELEASE_BUILD") or ROOT / "build")  # tools.site.page has others
SOURCE = BUILD / "source"
SITE = BUILD / "site"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class BuildError(Exception):
    """A failure that one sentence explains: it is printed without a traceback."""


def say(text: str) -> None:
    """Print one line at once, also where the output is a file."""
    print(text, flush=True)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Print the name of a step and, when it is done, the time it took."""
    say(f"[book] {name} …")
    began = time.perf_counter()
    yield
    say(f"[book] {name}: {time.perf_counter() - began:.1f} s")


def files_under(*places: Path) -> list[Path]:
    """Return every file in `places` (folders or files), without what Python leaves behind.

    Python writes and removes its own leavings while others look: `os.walk` passes over a folder
    that is gone, where `Path.rglob` raises.
    """
    found = [place for place in places if place.is_file()]
    for place in places:
        for root, folders, names in os.walk(place):
            folders[:] = [name for name in folders if name != "__pycache__"]
            found += [Path(root, name) for name in names]
    return sorted(path for path in found if path.is_file())


def copy_if_there(source: str | Path, target: str | Path) -> None:
    """Copy a file, unless it is gone, as those are soon that an editor makes while it saves."""
    with suppress(FileNotFoundError):
        shutil.copy2(source, target)


def digest(places: Iterable[Path], *facts: str) -> str:
    """Return one short digest of the names and contents of files, and of some facts.

    A file that vanishes before it is read, as those do that an editor makes while it saves, is
    one that was never there.
    """
    total = hashlib.sha256("\0".join(facts).encode())
    for path in files_under(*places):
        with suppress(FileNotFoundError):
            content = hashlib.sha256(path.read_bytes()).digest()
            total.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + content)
    return total.hexdigest()[:20]


def write(path: Path, content: str) -> None:
    """Write a text file, with the folder it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8", newline="\n")


def run(what: str, command: list[str], *, log: Path) -> None:
    """Run a command with its output in a file; on failure show what that file complains of."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(
            command,
            cwd=log.parent,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        lines = COLOUR.sub("", log.read_text(encoding="utf-8")).splitlines()
        complaints = [line for line in lines if re.search(r"WARNING|ERROR|[Ee]rror:", line)]
        say("\n".join(complaints[:40] or lines[-40:]))
        msg = f"{what} failed with exit code {done.returncode}; all it said is in {log}."
        raise BuildError(msg)
