"""How long it takes to load the data, and how much memory: this package against other readers.

    python benchmarks/data_load.py                 # prints a table, in about a minute
    python benchmarks/data_load.py --json out.json # also writes the raw numbers

Each reader runs in a fresh process, and the readers take turns, so that a slow minute of the
machine hits them all. The clock runs from the call to the table in memory; imports are done
before. The CSV and the files made from it are in the page cache. Memory is the peak of the whole
process. "Exact" says whether every number is the float64 nearest to its text in the CSV.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import _timing
from casebook import data

READERS = {
    "prerelease, warm": ("from casebook import data", "data.load()"),
    "prerelease, cold (no cache)": ("from casebook import data", "data.load()"),
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
FILES = "import sys; csv, parquet = sys.argv[1:]"
EXACT = """
from casebook.data._cache import checksum
from casebook.data._facts import FULL
df = table if hasattr(table, "iloc") else table.to_pandas()
found = dict(rows=len(df), exact=checksum(df) == FULL.checksum)
"""


def measure(name: str, folder: Path) -> dict:
    """Run one reader once, in a fresh process, with a data folder of its own."""
    if "cold" in name:
        for cache in folder.glob("*.arrow"):
            cache.unlink(missing_ok=True)
    imports, call = READERS[name]
    return _timing.measure(
        f"table = {call}",
        folder / "creditcard.csv",
        folder / "creditcard.parquet",
        setup=f"{imports}\n{FILES}",
        after=EXACT,
        environment=apart(folder),
    )


def apart(folder: Path) -> dict[str, str]:
    """Return the settings of a child: full mode, with a data folder of its own."""
    return {"PRERELEASE_MODE": "full", "PRERELEASE_DATA": "", "PRERELEASE_DATA_DIR": str(folder)}


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
        code = "import sys; from casebook import data; data.load().to_parquet(sys.argv[1])"
        command = [sys.executable, "-c", code, str(folder / "creditcard.parquet")]
        subprocess.run(command, env={**os.environ, **apart(folder)}, check=True)
        runs = _timing.take_turns(READERS, rounds, lambda name: measure(name, folder))
    return {
        "csv_bytes": csv.stat().st_size,
        "rounds": rounds,
        **_timing.surroundings("pandas", "pyarrow", "polars", "duckdb", "numpy"),
        "readers": [
            {
                "reader": name,
                **_timing.taken(results),
                **_timing.ratio("times_faster", runs[BASE], results),
                "exact": all(result["exact"] for result in results),
                "rows": results[0]["rows"],
            }
            for name, results in runs.items()
        ],
    }


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
            f"| {row['reader']} | {_timing.shown(row, 'seconds', 3)} "
            f"| {_timing.shown(row, 'times_faster', 1)} "
            f"| {row['peak_mib']:.0f} | {'yes' if row['exact'] else 'no'} |"
        )
    return "\n".join(lines)


def main() -> int:
    options = _timing.parser("Measure how fast the data load.", 5).parse_args()
    try:
        csv = data.fetch()
    except data.DataError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    report = run(csv, options.rounds)
    _timing.finish(report, table(report), options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
