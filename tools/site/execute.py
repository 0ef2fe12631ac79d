"""Execute the chapters, two at a time, each in a process of its own, and keep the results.

Results lie in a jupyter-cache whose folder is named by a digest of all that the chapters use,
so that a change of the package never leaves an old number on a page. What a chapter recorded
as evidence is kept with its result, and put back when the result is used again. So are the values
of the expressions in its prose, which are written into what Sphinx reads; a chapter with a new
expression runs again. Pages that read the evidence of others, as the release does, run after them,
and again whenever that changed.
"""

import asyncio
import hashlib
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from pathlib import Path

import nbformat
import psutil
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

from casebook import evidence, mode
from tools.site import inline
from tools.site.modes import MADE_FROM
from tools.site.pages import in_order_of_reading, number_of
from tools.site.stage import notebook_names
from tools.site.steps import (
    BUILD,
    CASEBOOK,
    COLOUR,
    LIBRARY,
    NOTEBOOKS,
    ROOT,
    SOURCE,
    BuildError,
    digest,
    say,
    write,
)

CACHES = BUILD / "cache"
KEPT_CACHES = 4
AT_ONCE = 2
QUIET = {
    "DISABLE_DEEPCHECKS_ANONYMOUS_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "JUPYTER_PREFER_ENV_PATH": "1",
    mode.FOR_THE_SITE: "1",
}


def cache_folder() -> Path:
    """Return the folder for results of the package, versions, mode and data of now."""
    data = "sample" if os.environ.get("PRERELEASE_DATA") == "sample" else "default"
    facts = (mode.current(), data, sys.version)
    return CACHES / digest([LIBRARY, CASEBOOK, ROOT / "requirements"], *facts)


def made_from() -> str:
    """Return a digest of all that decides what the chapters record, but for the mode."""
    data = "sample" if os.environ.get("PRERELEASE_DATA") == "sample" else "default"
    return digest([LIBRARY, CASEBOOK, NOTEBOOKS, ROOT / "requirements"], data, sys.version)


def forget_old_caches(current: Path) -> None:
    """Keep the caches used last, and delete the others; another process may do so too."""
    used = {}
    with suppress(FileNotFoundError):
        os.utime(current)
    for path in list(CACHES.iterdir()):
        with suppress(FileNotFoundError):
            used[path] = path.stat().st_mtime
    for path in sorted(used, key=used.get, reverse=True)[KEPT_CACHES:]:
        shutil.rmtree(path, ignore_errors=True)


def evidence_of(page: str) -> Path:
    """Return the file that a page records its conclusions in."""
    return evidence.folder() / f"{number_of(page)}.jsonl"


def read_before(page: str) -> list[str]:
    """Return the pages whose evidence a page reads: all that run before it, if it reads any."""
    first, *readers = in_order_of_reading(notebook_names())
    if [page] not in readers:
        return []
    return sum(readers[: readers.index([page])], first)


def evidence_before(page: str) -> str | None:
    """Return a digest of the evidence that a page reads, or None if it reads none."""
    if not (before := read_before(page)):
        return None
    total = hashlib.sha256()
    for file in sorted(map(evidence_of, before)):
        if file.is_file():
            total.update(file.name.encode() + file.read_bytes())
    return total.hexdigest()


def kept_evidence(cache: JupyterCacheAbstract, pk: int) -> Path:
    """Return where the evidence of a result is kept."""
    return cache.path / "evidence" / f"{pk}.jsonl"


def find_result(cache: JupyterCacheAbstract, page: str) -> dict | None:
    """Return what was recorded of a notebook's run, or None where there is no whole result."""
    try:
        record = cache.match_cache_notebook(staged(page))
    except KeyError:
        return None
    try:
        cache.get_cache_bundle(record.pk)
    except (OSError, ValueError, KeyError):  # an interrupted run left half a result
        cache.remove_cache(record.pk)
        return None
    asked_anew = not inline.knows(record.data.get("values", {}), staged(page))
    if asked_anew or record.data.get("judged") != evidence_before(page):
        cache.remove_cache(record.pk)
        return None
    kept = kept_evidence(cache, record.pk)
    if kept.is_file():
        evidence_of(page).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(kept, evidence_of(page))
    return {**record.data, "when": record.created.isoformat(timespec="minutes")}


def staged(page: str) -> nbformat.NotebookNode:
    """Return a notebook as Sphinx will read it, so that both find the same result."""
    return nbformat.read(SOURCE / f"{page}.ipynb", as_version=4)


def family_bytes(pid: int) -> int:
    """Return what a process and its children hold; those that are gone hold nothing."""
    total = 0
    with suppress(psutil.Error):
        parent = psutil.Process(pid)
        for process in [parent, *parent.children(recursive=True)]:
            with suppress(psutil.Error):
                total += process.memory_info().rss
    return total


@contextmanager
def watched(client: NotebookClient) -> Iterator[list[int]]:
    """Sample the memory of a notebook's kernel and its children; give the peak in a list."""
    peak, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            if pid := getattr(getattr(client.km, "provisioner", None), "pid", None):
                peak[0] = max(peak[0], family_bytes(pid))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


class Run:
    """One chapter being executed."""

    def __init__(self, page: str, source: Path) -> None:
        self.page, self.source = page, source
        self.notebook = staged(page)
        self.began = time.perf_counter()
        self.cell = 0
        self.client = inline.Client(
            self.notebook,
            timeout=None,
            kernel_name="python3",
            record_timing=False,
            resources={"metadata": {"path": str(NOTEBOOKS)}},
            on_cell_start=self._note_cell,
        )

    def _note_cell(self, cell: nbformat.NotebookNode, cell_index: int) -> None:
        self.cell = cell_index + 1

    def execute(self) -> nbformat.NotebookNode:
        """Run all cells in a fresh kernel and return the notebook with its outputs."""
        self.began = time.perf_counter()
        log = BUILD / "logs" / f"{self.source.stem}.kernel.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with watched(self.client) as peak, log.open("w", encoding="utf-8") as own_words:
            asyncio.run(self.client.async_execute(stderr=own_words))
        self.peak = peak[0]
        self.seconds = time.perf_counter() - self.began
        return self.notebook

    def progress(self) -> str:
        """Return where the run is, in a few words."""
        seconds = time.perf_counter() - self.began
        return f"{self.source.stem} cell {self.cell} of {len(self.notebook.cells)}, {seconds:.0f} s"


def report_failure(run: Run, error: BaseException) -> None:
    """Print what went wrong in a chapter, with its traceback."""
    text = str(error)
    if isinstance(error, DeadKernelError):
        log = BUILD / "logs" / f"{run.source.stem}.kernel.log"
        text = f"Its process was killed, most often because memory ran out; its words are in {log}."
    elif not isinstance(error, CellExecutionError | inline.ExpressionError):
        text = f"{type(error).__name__}: {text}"
    say(f"\n--- {run.source.name} failed in cell {run.cell} ---\n{COLOUR.sub('', text)}\n")


def warn_of_stderr(run: Run) -> None:
    """Print what a chapter wrote to stderr: its page does not show it."""
    for number, cell in enumerate(run.notebook.cells, start=1):
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr" and "Warning" in output.text:
                say(f"  {run.source.stem}, cell {number}, warns: {output.text.strip()[:400]}")


class Progress:
    """A line that says what is running, rewritten on a terminal, repeated at times in a file."""

    def __init__(self) -> None:
        self.terminal = sys.stdout.isatty()
        self.next = time.perf_counter() + (0 if self.terminal else 20)

    def show(self, runs: list[Run]) -> None:
        """Print the line, if it is time to."""
        if time.perf_counter() < self.next:
            return
        self.next = time.perf_counter() + (1 if self.terminal else 20)
        text = "  running: " + "; ".join(run.progress() for run in runs if run.cell)
        print(f"\r\x1b[2K{text}" if self.terminal else text, end="" if self.terminal else "\n")
        sys.stdout.flush()

    def clear(self) -> None:
        """Wipe the line, for another to take its place."""
        if self.terminal:
            print("\r\x1b[2K", end="", flush=True)


def collect(run: Run, future: Future, cache: JupyterCacheAbstract) -> bool:
    """Store a finished run in the cache; return whether it succeeded."""
    if error := future.exception():
        report_failure(run, error)
        return False
    data = {"execution_seconds": run.seconds, "peak_bytes": run.peak}
    data["values"] = inline.values(future.result())
    data["judged"] = evidence_before(run.page)
    bundle = CacheBundleIn(future.result(), run.page, data=data)
    record = cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    kept = kept_evidence(cache, record.pk)
    kept.parent.mkdir(exist_ok=True)
    kept.unlink(missing_ok=True)
    if evidence_of(run.page).is_file():
        shutil.copy2(evidence_of(run.page), kept)
    warn_of_stderr(run)
    say(f"  {run.source.stem}: {run.seconds:.0f} s, peak {run.peak / 2**20:.0f} MiB")
    return True


def execute_some(pages: list[str], cache: JupyterCacheAbstract) -> None:
    """Execute those of some notebooks that have no result yet, two at a time."""
    failed, progress = [], Progress()
    pool = ThreadPoolExecutor(AT_ONCE)
    names = notebook_names()
    runs = [Run(page, names[page]) for page in pages if find_result(cache, page) is None]
    for run in runs:  # what a chapter no longer says must not be judged
        evidence_of(run.page).unlink(missing_ok=True)
    futures = {pool.submit(run.execute): run for run in runs}
    waiting = set(futures)
    try:
        while waiting:
            finished, waiting = wait(waiting, timeout=1, return_when=FIRST_COMPLETED)
            progress.show([futures[future] for future in waiting])
            for future in finished:
                progress.clear()
                if not collect(futures[future], future, cache):
                    failed.append(futures[future].source.name)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    if failed:
        msg = f"{' and '.join(sorted(failed))} failed; the other chapters' results are kept."
        raise BuildError(msg)


def execute_all(folder: Path) -> dict[str, dict]:
    """Execute every notebook that has no result yet; return what each run recorded."""
    groups = in_order_of_reading(notebook_names())
    mark = evidence.folder() / MADE_FROM
    mark.unlink(missing_ok=True)
    for file in evidence.folder().glob("*.jsonl"):
        if file.stem not in map(number_of, groups[0]):  # no page reads what comes after it
            file.unlink(missing_ok=True)
    records = execute_pages(list(notebook_names()), folder)
    forget_old_caches(folder)
    write(mark, made_from())
    return records


def execute_pages(pages: list[str], folder: Path) -> dict[str, dict]:
    """Execute those of some pages that have no result, and write their values into the prose."""
    ipython = Path(os.environ.setdefault("IPYTHONDIR", str(BUILD / "home" / "ipython")))
    ipython.mkdir(parents=True, exist_ok=True)
    os.environ.update(QUIET)
    folder.mkdir(parents=True, exist_ok=True)
    cache = get_cache(folder)
    for group in in_order_of_reading(notebook_names()):
        execute_some([page for page in group if page in pages], cache)
    records = {page: find_result(cache, page) for page in pages}
    for page, record in records.items():
        text = inline.written(staged(page), record.get("values", {}))
        write(SOURCE / f"{page}.ipynb", nbformat.writes(text))
    return records
