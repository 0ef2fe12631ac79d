"""Count the same rows by the same expressions on a local Spark and on DuckDB, and compare.

    python benchmarks/_spark.py ROWS.parquet CONTRACT.json

It runs in an environment of its own, which has the library, Ibis, DuckDB and PySpark
(`tools.environment.spark`), and prints what it found as JSON.
"""

import json
import sys
import time
from pathlib import Path

import ibis
import pyspark
from pyspark.sql import SparkSession

from prerelease import profiles

SETTINGS = {
    "spark.driver.memory": "1g",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


def spark():
    """Start a Spark on two cores of this machine."""
    builder = SparkSession.builder.master("local[2]")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def main() -> None:
    file, contract = sys.argv[1], profiles.Contract.from_json(Path(sys.argv[2]).read_text())
    started = time.perf_counter()
    engines = {"DuckDB": ibis.duckdb.connect(threads=2), "Spark": ibis.pyspark.connect(spark())}
    found = {"spark_starts": time.perf_counter() - started}
    counted = {}
    for name, engine in engines.items():
        started = time.perf_counter()
        counted[name] = profiles.profile(engine.read_parquet(file), contract)
        found[f"{name}_seconds"] = time.perf_counter() - started
    one, other = (side.counts for side in counted.values())
    found |= {"rows": counted["Spark"].rows, "counts": len(one), "equal": bool(one.equals(other))}
    found["versions"] = {"pyspark": pyspark.__version__, "ibis-framework": ibis.__version__}
    print("FOUND" + json.dumps(found))


if __name__ == "__main__":
    main()
