"""Chapters run as on the laptop of an attendee: quick mode, network off, nothing stored.

A chapter takes up to a minute, so it runs once for all tests, whichever worker asks for it first.
"""

import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
import pytest
from filelock import FileLock

from casebook import data
from tools.site import execute as site_execute
from tools.site import inline
from tools.site.pages import in_order_of_reading, number_of
from tools.teach import editions

ROOT = Path(__file__).resolve().parents[2]
OFFLINE = Path(__file__).parent / "offline"
PAGES = {path.stem: path for path in sorted((ROOT / "notebooks").glob("*.py"))}
CHAPTERS = [stem for stem in PAGES if stem[0].isdigit()]
RELEASE = next(stem for stem in CHAPTERS if stem.startswith("08_"))
SECONDS = 60  # on two cores, alone: it is told, not tested
MIB = 2048
A_CELL = 1200  # seconds after which a cell hangs, on a machine that is busy with other tests


@dataclass(frozen=True)
class Ran:
    """A chapter that has run.

    Parameters
    ----------
    stem : str
        Its name.
    notebook : nbformat.NotebookNode
        With its outputs.
    folder : pathlib.Path
        Where it left evidence and ledger.
    seconds, mib : float
        How long it took, and the peak of memory of its kernel and that kernel's children.
    """

    stem: str
    notebook: nbformat.NotebookNode
    folder: Path
    seconds: float
    mib: float

    @property
    def evidence(self) -> Path:
        """The folder of its release files."""
        return self.folder / "evidence" / "quick"

    @property
    def shown(self) -> str:
        """All that its cells have shown as Markdown, and the prose that has values in it."""
        told = [inline.plain(cell) for cell in self.notebook.cells if inline.expressions(cell)]
        for cell in self.notebook.cells:
            for output in cell.get("outputs", []):
                told.append(output.get("data", {}).get("text/markdown", ""))
        return "\n".join(told)


def on_sample() -> bool:
    """Tell whether chapters have to make do with the sample, as where nothing was fetched."""
    place = data.where()
    return place.kind == "sample" or not (place.csv.exists() or place.cache.exists())


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of a laptop in a workshop."""
    found = os.environ | {
        "PRERELEASE_MODE": "quick",
        "PRERELEASE_DATA_DIR": str(data.folder()),
        "PRERELEASE_LEDGER": str(folder / "ledger.jsonl"),
        "PRERELEASE_EVIDENCE": str(folder / "evidence"),
        "PRERELEASE_STUDIES": str(folder / "studies"),
        "PYTHONPATH": str(OFFLINE),
        # For children that are not Python: a proxy where nobody listens.
        "http_proxy": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
    }
    return found | ({"PRERELEASE_DATA": "sample"} if on_sample() else {})


def stubs_and_checks(path: Path) -> list[nbformat.NotebookNode]:
    """Return what an attendee who has written nothing yet would run after the chapter."""
    exercises = [exercise for exercise in editions.read_chapter(path).exercises if exercise.check]
    return [cell for exercise in exercises for cell in (editions.stub(exercise), exercise.check)]


def execute(stem: str, folder: Path) -> None:
    """Run a chapter in `folder`, and leave there what came of it."""
    notebook = jupytext.read(PAGES[stem])
    notebook.cells += stubs_and_checks(PAGES[stem])
    kernel = notebook.metadata.setdefault("kernelspec", editions.KERNEL)["name"]
    resources = {"metadata": {"path": str(folder)}}
    client = inline.Client(notebook, timeout=A_CELL, kernel_name=kernel, resources=resources)
    told, began = {"error": ""}, time.perf_counter()
    with site_execute.watched(client) as peak:
        try:
            client.execute(env=environment(folder))
        except Exception as error:
            told["error"] = f"{type(error).__name__}: {error}"
    told |= {"seconds": time.perf_counter() - began, "mib": peak[0] / 2**20}
    nbformat.write(notebook, folder / "ran.ipynb")
    (folder / "told.json").write_text(json.dumps(told), encoding="utf-8")


def read_before(stem: str) -> list[str]:
    """Return the chapters whose evidence one reads: those that run before it, if it reads any."""
    first, *readers = in_order_of_reading({one: PAGES[one] for one in CHAPTERS})
    return sum(readers[: readers.index([stem])], first) if [stem] in readers else []


def runner(shared: Path) -> Callable[..., Ran]:
    """Return the function by which tests ask for a chapter that has run, once for all of them."""

    def run(stem: str, *, beside: bool = False) -> Ran:
        """Return a chapter that ran alone, or beside the evidence of those that it reads."""
        folder = shared / (f"{stem}-beside" if beside else stem)
        others = [run(one, beside=bool(read_before(one))) for one in read_before(stem) if beside]
        with FileLock(folder.with_suffix(".lock")):
            if not (folder / "told.json").is_file():
                (folder / "evidence" / "quick").mkdir(parents=True)
                for other in others:
                    for file in other.evidence.glob(f"{number_of(other.stem)}.jsonl"):
                        shutil.copy2(file, folder / "evidence" / "quick")
                execute(stem, folder)
        told = json.loads((folder / "told.json").read_text(encoding="utf-8"))
        if error := told.pop("error"):
            pytest.fail(f"{stem} failed in quick mode: {error}", pytrace=False)
        return Ran(stem, nbformat.read(folder / "ran.ipynb", as_version=4), folder, **told)

    return run


def shared_by_workers(base: Path) -> Path:
    """Return a folder that all workers of a run of the tests know."""
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "chapters"
    shared.mkdir(exist_ok=True)
    return shared
