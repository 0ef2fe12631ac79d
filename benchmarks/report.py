"""How long `prerelease report` and `prerelease gate` take on a million payments.

    python benchmarks/report.py                  # about two minutes; also writes the raw numbers
    python benchmarks/report.py --json out.json  # to build/benchmarks/report.json, or elsewhere

A month of payments is drawn, one in 600 of them fraud, and the month before it as the
reference. Each command runs in a fresh process, imports included; memory is that process's
peak. Every score is different, which is the worst case for a cost curve.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from prerelease import ledger

ROWS, RATE, DAYS = 1_000_000, 1 / 600, 30
RESULT = Path(__file__).resolve().parents[1] / "build" / "benchmarks" / "report.json"
RUN = """
import sys
from prerelease.__main__ import main
code = main(sys.argv[1:])
try:
    status = open("/proc/self/status").read()
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
except OSError:
    import resource
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
print("PEAK", code, peak)
"""
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


def measured(arguments: list[str]) -> dict[str, float]:
    """Run one command in a fresh process; return its seconds and its peak of memory."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments], capture_output=True, text=True, check=True
    )
    seconds = time.perf_counter() - began
    code, peak = done.stdout.split("PEAK ")[1].split()
    return {"seconds": seconds, "peak_mib": float(peak), "exit_code": int(code)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--json", type=Path, default=RESULT, help="where to write the numbers")
    parser.add_argument("--rows", type=int, default=ROWS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "criteria.toml").write_text(CRITERIA, encoding="utf-8")
        frames = {name: payments(seed, options.rows) for seed, name in enumerate(("now", "before"))}
        for name, frame in frames.items():
            frame.to_csv(folder / f"{name}.csv", index=False)
            frame.to_parquet(folder / f"{name}.parquet")
        report = ["--criteria", str(ledger.CRITERIA), "-o", str(folder / "report.html")]
        found = {}
        for kind in ("csv", "parquet"):
            now, before = (str(folder / f"{name}.{kind}") for name in frames)
            found[f"report, {kind}"] = measured(["report", now, "--reference", before, *report])
            found[f"gate, {kind}"] = measured(
                ["gate", "--scores", now, "--criteria", str(folder / "criteria.toml")]
            )
    frauds = int(frames["now"]["label"].sum())
    machine = f"{platform.system()} on {platform.machine()}, {os.cpu_count()} processors"
    print(f"{options.rows:,} payments, {frauds:,} of them fraud; {machine}")
    for name, row in found.items():
        print(f"{name:<16} {row['seconds']:6.1f} s  {row['peak_mib']:7.0f} MiB")
    content = {"rows": options.rows, "frauds": frauds, "machine": machine, "commands": found}
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(content, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
