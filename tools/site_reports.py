"""Pages that are made from measurements: run times of the chapters, and the benchmarks."""

import json
import platform
import sys
from pathlib import Path

import psutil
from site_steps import BUILD, PACKAGE, ROOT, SOURCE, digest, run, step, write

from prerelease import mode

SCRIPT = ROOT / "benchmarks" / "data_load.py"
RESULT = BUILD / "benchmarks" / "data_load.json"


def machine() -> str:
    """Describe the machine in one sentence."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{platform.system()} on {platform.machine()}, {psutil.cpu_count()} processors, "
        f"{memory:.0f} GiB of memory, Python {platform.python_version()}"
    )


def run_benchmarks() -> Path | None:
    """Run the benchmarks in full mode, unless nothing they measure has changed."""
    if mode.is_quick() or not SCRIPT.is_file():
        return None
    wanted = digest([PACKAGE / "data", SCRIPT, ROOT / "requirements" / "lock.txt"], sys.version)
    done = RESULT.with_suffix(".made-from")
    if not (RESULT.is_file() and done.is_file() and done.read_text(encoding="utf-8") == wanted):
        with step("benchmarks of data loading (about 1 min)"):
            done.unlink(missing_ok=True)
            command = [sys.executable, str(SCRIPT), "--json", str(RESULT)]
            RESULT.parent.mkdir(parents=True, exist_ok=True)
            run("The benchmark", command, log=BUILD / "logs" / "benchmarks.log")
            done.write_text(wanted, encoding="utf-8")
    return RESULT


def table(header: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def stage_run_times(records: dict[str, dict]) -> None:
    """Write the page of what each chapter costs to run."""
    rows = [
        [
            f"{{doc}}`/{page}`",
            f"{record['execution_seconds']:.1f}",
            f"{record['peak_bytes'] / 2**20:,.0f}",
            record["when"].replace("T", " "),
        ]
        for page, record in records.items()
    ]
    header = ["Page", "Wall time (s)", "Peak memory (MiB)", "Executed (UTC)"]
    write(
        SOURCE / "about" / "run-times.md",
        "# Run times and memory\n\n"
        f"What each page took when this site was built in **{mode.current()} mode**. "
        "The build measures it, nobody types it.\n\n"
        f"{table(header, rows)}\n"
        "Each page runs in a process of its own, two at a time. Wall time includes the start of "
        "that process. Memory is what the process and its children hold together, sampled "
        f"ten times a second.\n\nMeasured on: {machine()}.\n",
    )


def stage_benchmarks(result: Path | None) -> None:
    """Write the page of benchmarks, or say on it that they were not run."""
    body = (
        "The benchmarks were not run for this copy of the site: it was built in quick mode, "
        "and they need the full data. `make book` runs them."
    )
    if result is not None:
        found = json.loads(result.read_text(encoding="utf-8"))
        body = json.dumps(found)
    write(SOURCE / "about" / "benchmarks.md", f"# Benchmarks of data loading\n\n{body}\n")
