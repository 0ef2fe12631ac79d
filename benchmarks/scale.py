"""What `prerelease gate` and `prerelease report` take, from ten thousand rows to ten million.

    python benchmarks/scale.py                    # prints a table, in about five minutes
    python benchmarks/scale.py --rows 1000000     # up to so many rows
    python benchmarks/scale.py --json out.json    # also writes the raw numbers

A month of cases is drawn, one in 600 of them positive, and the month before it as the reference,
as large. Every score is different, which is the worst case for everything that sorts. Each
command runs in a fresh process, imports included; memory is that process's peak. Where each row
is a block of its own, times are a second apart and blocks as long.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import _timing

MOST, RATE, DAYS = 10_000_000, 1 / 600, 30
ALONE, CSV = 1_000_000, 1_000_000
"""Rows that are each a block of their own; rows up to which a CSV file is read too."""
RUN = "from prerelease.__main__ import main; code = main(sys.argv[1:])"
CODE = "found = {'exit_code': code}"
GOALS = {"gate": (15, 2048), "report, with a reference": (60, 2048)}
"""Seconds and MiB that ten million rows may take on two idle cores."""
CRITERIA = """\
[release]
name = "Many rows"
[[criterion]]
name = "ranks"
metric = "average_precision"
at_least = 0.1
why = "To have one."
[[criterion]]
name = "finds"
metric = "recall"
at_least = 0.1
why = "To have two."
[[criterion]]
name = "earns"
metric = "savings"
at_least = 0.1
why = "To have three."
"""


def cases(seed: int, rows: int) -> pd.DataFrame:
    """Draw cases whose scores are calibrated and all different."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(-10, 2.5, rows)
    odds += np.log(RATE / np.mean(1 / (1 + np.exp(-odds))))
    score = 1 / (1 + np.exp(-odds))
    return pd.DataFrame(
        {
            "time": np.sort(rng.uniform(0, DAYS * 86_400, rows)).round(3),
            "amount": rng.lognormal(3, 1.5, rows).round(2),
            "label": (rng.random(rows) < score).astype(int),
            "score": score,
        }
    )


def taken(command: str, *arguments: object) -> dict:
    """Run a command once in a process of its own."""
    return _timing.measure(RUN, command, *arguments, setup="import sys", after=CODE)


def of_rows(rows: int) -> list[dict]:
    """Draw so many cases and run each command on them once; return what they took."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        criteria, page = folder / "criteria.toml", folder / "report.html"
        criteria.write_text(CRITERIA, encoding="utf-8")
        now, before = (folder / f"{name}.parquet" for name in ("now", "before"))
        cases(1, rows).to_parquet(before)
        frame = cases(0, rows)
        frame.to_parquet(now)
        found = {"gate": taken("gate", "--scores", now, "--criteria", criteria)}
        if rows <= CSV:
            csv = now.with_suffix(".csv")
            frame.to_csv(csv, index=False)
            found["gate, CSV"] = taken("gate", "--scores", csv, "--criteria", criteria)
        if rows == ALONE:
            alone = folder / "alone.parquet"
            frame.assign(time=np.arange(rows) * 1.0).to_parquet(alone)
            own = folder / "own.toml"
            own.write_text(f"{CRITERIA}[intervals]\nblock_seconds = 1\n", encoding="utf-8")
            found["gate, each row a block"] = taken("gate", "--scores", alone, "--criteria", own)
        del frame
        told = ["--criteria", criteria, "-o", page]
        found["report"] = taken("report", now, *told)
        found["report, with a reference"] = taken("report", now, "--reference", before, *told)
    return [{"rows": rows, "command": name, **one} for name, one in found.items()]


def table(report: dict) -> str:
    """Return the report as a Markdown table."""
    lines = [report["machine"], "", "| rows | command | s | peak MiB |", "|--:|---|--:|--:|"]
    lines += [
        f"| {row['rows']:,} | {row['command']} | {row['seconds']:.1f} | {row['peak_mib']:.0f} |"
        for row in report["commands"]
    ]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--json", type=Path, help="also write the numbers to this file")
    parser.add_argument("--rows", type=int, default=MOST, help=f"at most (default {MOST:,})")
    options = parser.parse_args()
    sizes = [10**power for power in range(4, 9) if 10**power <= options.rows]
    report = {
        **_timing.surroundings("numpy", "pandas", "pyarrow"),
        "commands": [row for rows in sizes for row in of_rows(rows)],
        "goals": GOALS,
    }
    _timing.finish(report, table(report), options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
