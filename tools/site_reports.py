"""Pages that are made from measurements: run times of the chapters, and the benchmarks."""

import json
import os
import platform
import sys
from pathlib import Path

import psutil

from prerelease import mode
from site_steps import BUILD, PACKAGE, ROOT, SOURCE, digest, run, step, write

SCRIPT = ROOT / "benchmarks" / "data_load.py"
RESULT = BUILD / "benchmarks" / "data_load.json"
DRIFT = BUILD / "benchmarks" / "drift.json"


def machine() -> str:
    """Describe the machine in one sentence."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{platform.system()} on {platform.machine()}, {psutil.cpu_count()} processors, "
        f"{memory:.0f} GiB of memory, Python {platform.python_version()}"
    )


def run_benchmarks() -> Path | None:
    """Run the benchmarks in full mode, unless nothing they measure has changed."""
    if mode.is_quick() or os.environ.get("PRERELEASE_DATA") == "sample":
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
        "The benchmarks were not run for this copy of the site: they need the full data, and it "
        "was built from the packaged sample. `make book` in full mode runs them."
    )
    if result is not None:
        body = benchmarks_in_words(json.loads(result.read_text(encoding="utf-8")))
    write(
        SOURCE / "about" / "benchmarks.md",
        "# Benchmarks of data loading\n\n"
        "How long does it take to have the data in memory, and how much memory does it need on "
        f"the way?\n\n{body}\n\n## Benchmarks of drift\n\n{drift_in_words()}\n",
    )


def drift_in_words() -> str:
    """Return what benchmarks/drift.py measured when `make bench` ran it last, if it did."""
    if not DRIFT.is_file():
        return (
            "A scan of 30 features for drift, against Deepchecks and Evidently, is measured by "
            "`make bench`, which takes some minutes and installs Evidently into an environment of "
            "its own. It was not run for this copy of the site."
        )
    found = json.loads(DRIFT.read_text(encoding="utf-8"))
    rows = [
        [
            row["way"],
            f"{row['seconds']:.3f} [{row['seconds_min']:.3f}, {row['seconds_max']:.3f}]",
            f"{row['slower_than_four']:.1f} [{row['slower_than_four_min']:.1f}, "
            f"{row['slower_than_four_max']:.1f}]",
            f"{row['slower_than_ks']:.1f} [{row['slower_than_ks_min']:.1f}, "
            f"{row['slower_than_ks_max']:.1f}]",
            f"{row['peak_mib']:,.0f}",
        ]
        if row["seconds"] is not None
        else [row["way"], "not installed", "", "", ""]
        for row in found["speed"]
    ]
    header = ["Way", "Seconds, median [range]", "Times as slow as our four statistics [range]"]
    header += ["Times as slow as our KS alone [range]", "Peak memory (MiB)"]
    agreement = [
        [row["statistic"], f"{row['largest_difference']:.1e}"] for row in found["agreement"]
    ]
    versions = ", ".join(f"{name} {number}" for name, number in found["versions"].items())
    return (
        f"{table(header, rows)}\n"
        f"The first 200,000 payments against the other {found['n_current']:,}, 30 features, "
        f"{found['rounds']} rounds in which the ways take turns, each time in a fresh process on "
        "one thread. The clock runs from the tables in memory to the result in memory; each "
        "tool's sampling is off. Deepchecks draws figures unless it is told not to, so both are "
        "measured. Where a statistic is the same one, this is how far results are apart:\n\n"
        f"{table(['Statistic, and whose', 'Largest difference over 30 features'], agreement)}\n"
        f"Measured by `benchmarks/drift.py` on: {found['machine']}; {versions}.\n"
    )


def benchmarks_in_words(found: dict) -> str:
    """Return what benchmarks/data_load.py measured, as a table and what to know about it."""
    base = next(row for row in found["readers"] if row["reader"] == "pandas.read_csv")
    header = [
        "Reader",
        "Seconds, median [range]",
        f"Times as fast as {base['reader']} [range]",
        "Peak memory (MiB)",
        "Exact",
    ]
    rows = [
        [
            row["reader"],
            f"{row['seconds']:.3f} [{row['seconds_min']:.3f}, {row['seconds_max']:.3f}]",
            f"{row['times_faster']:.1f} [{row['times_faster_min']:.1f}, "
            f"{row['times_faster_max']:.1f}]",
            f"{row['peak_mib']:,.0f}",
            "yes" if row["exact"] else "no",
        ]
        for row in found["readers"]
    ]
    versions = ", ".join(f"{name} {number}" for name, number in found["versions"].items())
    return (
        f"{table(header, rows)}\n"
        f"Every reader reads the same {found['csv_bytes']:,} bytes, in {found['rounds']} rounds "
        "in which the readers take turns, each time in a fresh process. The clock starts after "
        "the imports and stops with the table in memory; the files are in the page cache. "
        "Ratios are taken within a round, so that a slow minute of the machine hits both "
        "sides. Memory is the largest peak of the whole process, imports included. *Exact* says "
        "whether every number is the double-precision number nearest to its text in the file. "
        "*Warm* is the usual case: the file was verified and cached by an earlier call.\n\n"
        "The build measures this itself, by `benchmarks/data_load.py`, and nobody types it.\n\n"
        f"Measured on: {found['machine']}; {versions}.\n"
    )
