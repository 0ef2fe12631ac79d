"""How long it takes to load the data, and how much memory: this package against other readers.

    python benchmarks/data_load.py                 # prints a table, in about a minute
    python benchmarks/data_load.py --json out.json # also writes the raw numbers

Each reader runs in a fresh process, and the readers take turns, so that a slow minute of the
machine hits them all. The clock runs from the call to the table in memory; imports are done
before. The CSV and the files made from it are in the page cache. Memory is the peak of the whole
process. "Exact" says whether every number is the float64 nearest to its text in the CSV.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from prerelease import data

READERS = {
    "prerelease, warm": ("from prerelease import data", "data.load()"),
    "prerelease, cold (no cache)": ("from prerelease import data", "data.load()"),
    "pandas.read_csv": ("import pandas as pd", "pd.read_csv(csv)"),
    "pandas.read_csv, round_trip": (
        "import pandas as pd",
        "pd.read_csv(csv, float_precision='round_trip')",
    ),
    "pandas.read_csv, pyarrow engine": (
        "import pandas as pd, pyarrow.csv",
        "pd.read_csv(csv, engine='pyarrow')",
    ),
    "polars.read_csv": (
        "import polars as pl",
        "pl.read_csv(csv, schema_overrides={'Time': pl.Float64, 'Class': pl.Int64})",
    ),
    "DuckDB to pandas": (
        "import duckdb, pandas; duckdb.sql('SET enable_progress_bar = false')",
        "duckdb.sql(f\"FROM read_csv('{csv}', types={{'Time': 'DOUBLE'}})\").df()",
    ),
    "Parquet to pandas": ("import pandas as pd, pyarrow.parquet", "pd.read_parquet(parquet)"),
}
BASE = "pandas.read_csv"
CHILD = """
import json, sys, time
{imports}
csv, parquet = sys.argv[1:]
start = time.perf_counter()
table = {call}
seconds = time.perf_counter() - start
try:
    status = open("/proc/self/status").read()
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
except OSError:
    import resource
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
from prerelease.data import _facts, checksum
df = table if hasattr(table, "iloc") else table.to_pandas()
exact = checksum(df) == _facts.FULL.checksum
print(json.dumps(dict(seconds=seconds, peak_mib=peak, rows=len(df), exact=exact)))
"""


def surroundings(folder: Path) -> dict[str, str]:
    """Return the environment of a child: full mode, with a data folder of its own."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PRERELEASE_")}
    return {**environment, "PRERELEASE_DATA_DIR": str(folder)}


def measure(name: str, folder: Path) -> dict:
    """Run one reader once, in a fresh process."""
    if "cold" in name:
        for cache in folder.glob("*.arrow"):
            cache.unlink()
    imports, call = READERS[name]
    program = CHILD.format(imports=imports, call=call)
    files = [str(folder / "creditcard.csv"), str(folder / "creditcard.parquet")]
    printed = subprocess.check_output(
        [sys.executable, "-c", program, *files], env=surroundings(folder), text=True
    )
    return json.loads(printed)


def run(csv: Path, rounds: int) -> dict:
    """Let all readers take turns; return everything that was measured."""
    runs = {name: [] for name in READERS}
    with tempfile.TemporaryDirectory(dir=csv.parent) as temporary:
        folder = Path(temporary)
        try:
            os.link(csv, folder / "creditcard.csv")
        except OSError:
            shutil.copyfile(csv, folder / "creditcard.csv")
        # In a process of its own, so that this one stays small; it makes the cache too.
        code = "import sys; from prerelease import data; data.load().to_parquet(sys.argv[1])"
        parquet = str(folder / "creditcard.parquet")
        subprocess.run([sys.executable, "-c", code, parquet], env=surroundings(folder), check=True)
        for number in range(1, rounds + 1):
            print(f"round {number} of {rounds}", file=sys.stderr)
            for name, results in runs.items():
                results.append(measure(name, folder))
    packages = ("pandas", "pyarrow", "polars", "duckdb", "numpy")
    return {
        "csv_bytes": csv.stat().st_size,
        "rounds": rounds,
        "machine": f"{platform.machine()}, {os.cpu_count()} processors, {platform.system()}",
        "versions": {"python": platform.python_version(), **{p: version(p) for p in packages}},
        "readers": summarise(runs),
    }


def summarise(runs: dict[str, list[dict]]) -> list[dict]:
    """Return one row a reader: medians, ranges, and the ratio to the base within each round."""
    base = [result["seconds"] for result in runs[BASE]]
    rows = []
    for name, results in runs.items():
        seconds = [result["seconds"] for result in results]
        speed = [other / own for other, own in zip(base, seconds, strict=True)]
        rows.append(
            {
                "reader": name,
                "seconds": statistics.median(seconds),
                "seconds_min": min(seconds),
                "seconds_max": max(seconds),
                "times_faster": statistics.median(speed),
                "times_faster_min": min(speed),
                "times_faster_max": max(speed),
                "peak_mib": max(result["peak_mib"] for result in results),
                "exact": all(result["exact"] for result in results),
                "rows": results[0]["rows"],
            }
        )
    return rows


def table(report: dict) -> str:
    """Return the report as a Markdown table."""
    lines = [
        f"{report['rounds']} rounds, {report['csv_bytes']:,} bytes, {report['machine']}, "
        + ", ".join(f"{name} {number}" for name, number in report["versions"].items()),
        "",
        f"| reader | seconds, median [min, max] | times faster than {BASE} [min, max] "
        "| peak MiB | exact |",
        "|---|--:|--:|--:|---|",
    ]
    for row in report["readers"]:
        lines.append(
            f"| {row['reader']} "
            f"| {row['seconds']:.3f} [{row['seconds_min']:.3f}, {row['seconds_max']:.3f}] "
            f"| {row['times_faster']:.1f} [{row['times_faster_min']:.1f}, "
            f"{row['times_faster_max']:.1f}] "
            f"| {row['peak_mib']:.0f} | {'yes' if row['exact'] else 'no'} |"
        )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure how fast the data load.")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each reader (default 5)")
    parser.add_argument("--json", type=Path, help="also write the numbers to this file")
    options = parser.parse_args()
    try:
        csv = data.fetch()
    except data.DataError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    report = run(csv, options.rounds)
    print(table(report))
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
