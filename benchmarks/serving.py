"""How many payments a second the rehearsal's service decides, and how long each waits.

    python benchmarks/serving.py                  # prints a table, in about three minutes
    python benchmarks/serving.py --json out.json  # also writes the raw numbers

The service is the rehearsal's, with the release's model and a database in a file. Payments come
one a request, from loadtest, which comes from npm into build/load and runs on the same cores. It
sends them evenly, and does not wait for answers: a service that stalls meets all that came in
meanwhile. Every decision is committed before it is answered; afterwards the database is counted.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import _timing
from casebook import data, models, release, split
from casebook.rehearsal._client import Line
from casebook.rehearsal._live import Service
from casebook.rehearsal._store import Store
from prerelease import serving

HOME = Path(__file__).parents[1] / "build" / "load"
VERSION = "8.2.1"
RATES, SECONDS = (100, 300, 400, 500, 600, 800, 1000), 20
GOAL = (300, 30)
"""Payments a second, and the milliseconds in which 99 of 100 have to be answered."""


def loadtest() -> Path:
    """Return where loadtest is, fetched from npm where it is not there yet."""
    if not (HOME / "node_modules" / "loadtest").is_dir():
        HOME.mkdir(parents=True, exist_ok=True)
        options = ("--no-audit", "--no-fund", "--silent", "--prefix", str(HOME))
        subprocess.run(["npm", "install", *options, f"loadtest@{VERSION}"], check=True)
    return HOME


def measured(rates: tuple[int, ...], seconds: int) -> list[dict]:
    """Ask the service at each rate, and count its decisions."""
    train, valid = split.development(data.load())
    rows, first = [], 0
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        model = release.fitted(models.chosen(), train)
        artefact = str(folder / "artefact")
        digest = serving.save(model, artefact, rows=train[release.INPUTS], data_digest="0" * 64)
        payments = valid[release.INPUTS].head(5000).to_dict("records")
        told = [json.dumps({"id": 0, "time": 0.0, "inputs": one}) for one in payments]
        lines = "\n".join(line.replace('"id": 0', '"id":0') for line in told)
        (folder / "payments").write_text(lines, encoding="utf-8")
        service = Service(folder)
        wanted = {"number": 1, "time": 0.0, "folder": artefact, "digest": digest}
        Line(service.port).ask("/releases", wanted | {"threshold": 0.5, "why": "to be measured"})
        script = Path(__file__).with_name("load.mjs")
        for rate in (50, *rates):  # the first warms up
            words = [loadtest(), service.port, rate, seconds, first, folder / "payments"]
            done = subprocess.check_output(["node", str(script), *map(str, words)], text=True)
            found = json.loads(done)
            first += found["sent"]
            rows.append({"rate": rate, "a_second": found["answered"] / found["took"], **found})
        service.close()
        store = Store(str(folder / "decisions.duckdb"))
        [(kept,)] = store.rows("SELECT count(*) FROM decisions")
    answered = sum(row["answered"] for row in rows)
    if not answered <= kept <= first:
        msg = f"{first} payments were sent and {answered} answered, and {kept} are stored."
        raise RuntimeError(msg)
    return rows[1:]


def table(report: dict) -> str:
    """Return the report as a Markdown table."""
    lines = [
        "| asked a second | answered | p50 (ms) | p99 (ms) | largest |",
        "|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {row['rate']} | {row['a_second']:.0f} | {row['p50']} | {row['p99']} | {row['max']} |"
        for row in report["rates"]
    ]
    return "\n".join([report["machine"], "", *lines])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--json", type=Path, help="also write the numbers to this file")
    options = parser.parse_args()
    versions = ("fastapi", "uvicorn", "duckdb", "lightgbm")
    report = {**_timing.surroundings(*versions), "rates": measured(RATES, SECONDS), "goal": GOAL}
    _timing.finish(report, table(report), options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
