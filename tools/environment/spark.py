"""A local Spark, in an environment of its own: it is too large for the book's, some 700 MB.

The environment lies in build/spark. It is made once, as the one in `stranger` is, where there is
a Java; Spark and DuckDB then count the same rows by the same expressions.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

from tools.environment import stranger
from tools.site.steps import BUILD, ROOT, BuildError

PLACE = BUILD / "spark"
NEEDS = ("ibis-framework[duckdb,pyspark]",)
OLDEST = 17


def why_not() -> str:
    """Say why no Spark can run here; nothing where it can."""
    if os.name == "nt":
        return "on Windows Spark needs tools of Hadoop, which no package brings"
    if shutil.which("java") is None:
        return f"no Java is here, and Spark needs one of version {OLDEST} or newer"
    told = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    number = told.split('"')[1].split(".")[0] if '"' in told else ""
    if not number.isdigit() or int(number) < OLDEST:
        first = told.splitlines()[0] if told else "nothing"
        return f"Java says {first}, and Spark needs version {OLDEST} or newer"
    return ""


def compare(rows: Path, contract: Path) -> dict:
    """Count rows on both engines; return what benchmarks/_spark.py found."""
    python = stranger.environment(PLACE, NEEDS)
    command = [str(python), str(ROOT / "benchmarks" / "_spark.py"), str(rows), str(contract)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        command,
        env=kept | {"SPARK_LOCAL_IP": "127.0.0.1"},
        cwd=rows.parent,  # Spark leaves folders where it runs
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in done.stdout.splitlines() if line.startswith("FOUND")]
    if done.returncode or not told:
        raise BuildError(f"Spark failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return json.loads(told[0].removeprefix("FOUND"))
