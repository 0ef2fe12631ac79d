"""How long `prerelease report` and `prerelease gate` take on a million payments.

    python benchmarks/report.py                  # prints a table, in about two minutes
    python benchmarks/report.py --json out.json  # also writes the raw numbers

A month of payments is drawn, one in 600 of them fraud, and the month before it as the
reference. Each command runs in a fresh process, imports included; memory is that process's
peak. Every score is different, which is the worst case for a cost curve.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import _timing

ROWS, RATE, DAYS = 1_000_000, 1 / 600, 30
RUN = "from prerelease.__main__ import main; code = main(sys.argv[1:])"
CODE = "found = {'exit_code': code}"
CRITERIA = """\
[release]
name = "A million payments"
[[criterion]]
name = "ranks"
metric = "average_precision"
at_least = 0.1
unit = "average precision"
why = "To have one."
[[criterion]]
name = "earns"
metric = "savings"
at_least = 0.1
unit = "share of the oracle's"
why = "To have two."
"""


def payments(seed: int, rows: int) -> pd.DataFrame:
    """Draw payments whose scores are calibrated and all different."""
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


def measured(rows: int) -> dict:
    """Draw the payments and run each command on them once; return what they took."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "criteria.toml").write_text(CRITERIA, encoding="utf-8")
        frames = {name: payments(seed, rows) for seed, name in enumerate(("now", "before"))}
        for name, frame in frames.items():
            frame.to_csv(folder / f"{name}.csv", index=False)
            frame.to_parquet(folder / f"{name}.parquet")
        report = ["--criteria", folder / "criteria.toml", "-o", folder / "report.html"]
        commands = {}
        for kind in ("csv", "parquet"):
            now, before = (folder / f"{name}.{kind}" for name in frames)
            commands[f"report, {kind}"] = ["report", now, "--reference", before, *report]
            judged = ["--scores", now, "--criteria", folder / "criteria.toml"]
            commands[f"gate, {kind}"] = ["gate", *judged]
        found = {
            name: _timing.measure(RUN, *arguments, setup="import sys", after=CODE)
            for name, arguments in commands.items()
        }
    frauds = int(frames["now"]["label"].sum())
    return {"rows": rows, "frauds": frauds, **_timing.surroundings(), "commands": found}


def table(report: dict) -> str:
    """Return the report as a Markdown table."""
    lines = [
        f"{report['rows']:,} payments, {report['frauds']:,} of them fraud; {report['machine']}",
        "",
        "| command, file | s | peak MiB |",
        "|---|--:|--:|",
    ]
    for name, row in report["commands"].items():
        lines.append(f"| {name} | {row['seconds']:.1f} | {row['peak_mib']:.0f} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--json", type=Path, help="also write the numbers to this file")
    parser.add_argument("--rows", type=int, default=ROWS, help=f"payments (default {ROWS:,})")
    options = parser.parse_args()
    report = measured(options.rows)
    _timing.finish(report, table(report), options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
