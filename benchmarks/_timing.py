"""What all benchmarks share: ways that take turns in fresh processes, and their report."""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from tqdm import tqdm

CHILD = Path(__file__).with_name("_child.py")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def measure(
    call: str,
    *arguments: object,
    setup: str = "",
    after: str = "",
    python: str | Path = sys.executable,
    environment: Mapping[str, str] | None = None,
) -> dict:
    """Run `call` once in a fresh process; return its seconds and the process's peak memory.

    What `after` puts into a dict ``found`` is returned too; `environment` is added to our own.
    """
    program = json.dumps({"setup": setup, "call": call, "after": after})
    printed = subprocess.check_output(
        [str(python), "-P", str(CHILD), program, *map(str, arguments)],
        env={**os.environ, **(environment or {})},
        text=True,
    )
    return json.loads(printed.rsplit("RESULT", maxsplit=1)[-1])


def take_turns(ways: Iterable[str], rounds: int, run: Callable[[str], dict]) -> dict[str, list]:
    """Run every way once a round, so that a slow minute of the machine hits them all."""
    runs = {way: [] for way in ways}
    turns = [(number, way) for number in range(rounds) for way in runs]
    for _, way in tqdm(turns, desc="speed", unit="run"):
        runs[way].append(run(way))
    return runs


def taken(results: Sequence[dict]) -> dict[str, float]:
    """Return the median and the range of the seconds, and the largest peak of memory."""
    seconds = [result["seconds"] for result in results]
    return {
        **_spread("seconds", seconds),
        "peak_mib": max(result["peak_mib"] for result in results),
    }


def ratio(name: str, above: Sequence[dict], below: Sequence[dict]) -> dict[str, float]:
    """Return the median and the range of ratios of seconds, each taken within a round."""
    pairs = zip(above, below, strict=True)
    return _spread(name, [one["seconds"] / other["seconds"] for one, other in pairs])


def _spread(name: str, values: Sequence[float]) -> dict[str, float]:
    return {
        name: statistics.median(values),
        f"{name}_min": min(values),
        f"{name}_max": max(values),
    }


def shown(row: Mapping[str, float], name: str, digits: int) -> str:
    """Return a median and its range as text."""
    middle, low, high = (f"{row[name + end]:.{digits}f}" for end in ("", "_min", "_max"))
    return f"{middle} [{low}, {high}]"


def surroundings(*packages: str) -> dict:
    """Return the machine and the versions that a measurement is of."""
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} processors, {platform.system()}",
        "versions": {"python": platform.python_version(), **{p: version(p) for p in packages}},
    }


def parser(what: str, rounds: int) -> argparse.ArgumentParser:
    """Return the options that every benchmark has."""
    options = argparse.ArgumentParser(description=what)
    options.add_argument(
        "--rounds", type=int, default=rounds, help=f"turns of each way (default {rounds})"
    )
    options.add_argument("--json", type=Path, help="also write the numbers to this file")
    return options


def finish(report: dict, table: str, file: Path | None) -> None:
    """Print the table; write the numbers if a file was named."""
    print(table)
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
