"""What counting takes, from a million rows to a hundred million, beside reading them with pandas.

    python benchmarks/profiles.py                     # prints a table, in about fifteen minutes
    python benchmarks/profiles.py --rows 10000000     # up to so many rows
    python benchmarks/profiles.py --json out.json     # also writes the raw numbers

Each day holds a million cases, made of the real payments: inputs rounded to two decimals, scores
of the book's candidate, both days laid over each other and repeated. A file a day, some 1.3 GB in
all, which lie in a temporary folder (`TMPDIR`) and are deleted in the end. Each way runs in a
fresh process, imports included in its memory and not in its seconds. What pandas needs is 8 bytes
a number and more; where the machine has not twice that, reading all is not tried.

On the first day a local Spark counts beside DuckDB, where there is a Java.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import duckdb
import ibis

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # what is called by its file does not see the folder of the project

import _timing  # noqa: E402
from casebook import data, models, split  # noqa: E402
from prerelease import profiles  # noqa: E402
from tools.environment import spark  # noqa: E402
from tools.site.steps import BuildError  # noqa: E402

MOST, A_DAY, THRESHOLD, BLOCK = 100_000_000, 1_000_000, 0.1, 3600
GOAL = 2048
"""MiB that counting may take, however many rows there are."""
READ = "import ibis, sys\nfrom prerelease import profiles\n"
SETUP = f"""{READ}
engine = ibis.duckdb.connect(threads=2)
rows = engine.read_parquet(sys.argv[1] + "/*.parquet")
agreed = profiles.Contract.from_json(open(sys.argv[2]).read())
"""
COUNT = "made = profiles.profile(rows, agreed)\nmade.write(sys.argv[3])"
USED = "import time\nfound = {'cpu_seconds': time.process_time()}\n"
COUNTED = f"{USED}found |= {{'counted': made.rows, 'counts': len(made.counts)}}"
PANDAS = "rows = pd.read_parquet(sys.argv[1])"
FOLLOWS = """
whole = profiles.read(sys.argv[1])
moved = profiles.drift(whole, whole, match_hours=True)
good = profiles.measure(whole, AveragePrecision())
paid = profiles.cost(whole, CostModel(), threshold=%s)
"""
IMPORTS = (
    "from prerelease.costs import CostModel\nfrom prerelease.intervals import AveragePrecision"
)


def base(engine: duckdb.DuckDBPyConnection) -> None:
    """Make a table of the real payments, with the scores of the book's candidate."""
    payments = data.load()
    inputs = [*models.INPUTS]
    train, _ = split.development(payments)
    model = models.chosen().fit(train[inputs], train["Class"])
    frame = payments.rename(columns={"Time": "time", "Amount": "amount", "Class": "label"})
    frame["score"] = model.predict_proba(payments[inputs])[:, 1].round(6)
    numbers = [name for name in frame if name.startswith("V")]
    frame[numbers] = frame[numbers].round(2)
    frame["time"] %= 86_400
    frame["row"] = range(len(frame))
    engine.register("given", frame)
    engine.execute("create table base as select * from given order by row")


def day(engine: duckdb.DuckDBPyConnection, number: int, n: int, file: Path) -> None:
    """Write the rows of one day: the next million of the payments, repeated without end."""
    first, last = number * A_DAY, (number + 1) * A_DAY
    engine.execute(
        f"""
        copy (
            select base.* exclude (row) replace (time + {number} * 86400.0 as time)
            from range({first // n}, {last // n + 1}) turn(t), base
            where t * {n} + row >= {first} and t * {n} + row < {last}
        ) to '{file}' (format parquet, compression zstd)
        """
    )


def make(folder: Path, most: int) -> dict[int, Path]:
    """Write the days, and return a folder for each number of rows, whose files are links."""
    engine = duckdb.connect(config={"threads": 2})
    base(engine)
    (n,) = engine.execute("select count(*) from base").fetchone()
    folders = {}
    sizes = [size for size in (10**6, 10**7, 10**8) if size <= most]
    for size in sizes:
        folders[size] = folder / f"rows_{size}"
        folders[size].mkdir()
    for number in range(sizes[-1] // A_DAY):
        file = folder / f"day_{number:03}.parquet"
        day(engine, number, n, file)
        for size in sizes:
            if number < size // A_DAY:
                os.link(file, folders[size] / file.name)
    engine.close()
    return folders


def of_size(rows: int, folder: Path, contract: Path) -> list[dict]:
    """Count so many rows, work with the counts, and read the rows with pandas; once each."""
    file = folder.parent / f"{folder.name}.parquet"
    ways = {
        "count and write": _timing.measure(
            COUNT, folder, contract, file, setup=SETUP, after=COUNTED
        )
    }
    size = {"profile_mib": file.stat().st_size / 2**20}
    size["rows_mib"] = sum(one.stat().st_size for one in folder.iterdir()) / 2**20
    ways["count and write"] |= size
    ways["all that follows"] = _timing.measure(
        FOLLOWS % THRESHOLD, file, setup=READ + IMPORTS, after=USED
    )
    fits = 2 * 8 * 31 * rows < os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    ways["pandas reads all"] = (
        _timing.measure(PANDAS, folder, setup="import sys\nimport pandas as pd", after=USED)
        if fits
        else {"seconds": None, "cpu_seconds": None, "peak_mib": None}
    )
    return [{"rows": rows, "way": name, **one} for name, one in ways.items()]


def on_spark(rows: Path, contract: Path) -> dict:
    """Return what a local Spark found beside DuckDB, or why there is none."""
    try:
        return {"why_not": reason} if (reason := spark.why_not()) else spark.compare(rows, contract)
    except BuildError as error:
        return {"why_not": str(error).splitlines()[0]}


def table(report: dict) -> str:
    """Return the report as a Markdown table."""
    lines = [report["machine"], "", "| rows | way | s | peak MiB |", "|--:|---|--:|--:|"]
    for row in report["ways"]:
        took = (row["seconds"], row["peak_mib"])
        told = " | ".join("not tried" if one is None else f"{one:,.1f}" for one in took)
        lines.append(f"| {row['rows']:,} | {row['way']} | {told} |")
    return "\n".join([*lines, "", f"Spark: {report['spark']}"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--json", type=Path, help="also write the numbers to this file")
    parser.add_argument("--rows", type=int, default=MOST, help=f"at most (default {MOST:,})")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        folders = make(folder, options.rows)
        first = folders[A_DAY] / "day_000.parquet"
        rows = ibis.duckdb.connect(threads=2).read_parquet(first)
        agreed = profiles.Contract.of(rows, thresholds=[THRESHOLD], block=BLOCK)
        contract = folder / "contract.json"
        contract.write_text(agreed.to_json(), encoding="utf-8")
        ways = [row for size, one in folders.items() for row in of_size(size, one, contract)]
        report = {
            **_timing.surroundings("duckdb", "ibis-framework", "pandas", "pyarrow"),
            "ways": ways,
            "spark": on_spark(first, contract),
            "goal_mib": GOAL,
        }
    _timing.finish(report, table(report), options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
