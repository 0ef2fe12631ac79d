"""The same expressions on a local Spark and on DuckDB: the same counts, to the last one."""

import numpy as np
import pandas as pd
import pytest

from prerelease.profiles import Contract
from tools.environment import spark

pytestmark = [
    pytest.mark.stranger,
    pytest.mark.skipif(bool(spark.why_not()), reason=spark.why_not() or "there is a Spark"),
]
ODD = [np.nan, np.inf, -np.inf, 0.0, -0.0, 5e-324, 0.1, np.nextafter(0.1, 1), 1e300]


def rows(n=20_000):
    """Draw rows with ties, missing values, dates and values at the ends of what floats can be."""
    rng = np.random.default_rng(0)
    dates = pd.Timestamp("2026-03-28 22:00") + pd.to_timedelta(rng.uniform(0, 10**5, n), unit="s")
    frame = pd.DataFrame({"time": dates.sort_values().astype("datetime64[us]")})
    frame["score"] = rng.choice([0.1, 0.25, 1.0, 0.0], n) * rng.random(n).round(rng.integers(1, 9))
    frame["amount"] = rng.lognormal(3, 1, n).round(2)
    frame["label"] = rng.choice([0.0, 1.0, np.nan], n, p=[0.7, 0.1, 0.2])
    frame["x"] = rng.choice([*ODD, *rng.normal(size=50)], n)
    frame["y"] = rng.normal(size=n).astype("float32")
    frame["count"] = pd.array(rng.integers(0, 9, n), dtype="Int64")
    frame.loc[::97, "count"] = pd.NA
    frame["shop"] = rng.choice(["north", "Köln", " south", None, ""], n)
    return frame


def test_spark_counts_what_duckdb_counts(tmp_path, record_property):
    frame = rows()
    agreed = Contract.of(frame, segment="shop", thresholds=[0.1])
    frame.to_parquet(tmp_path / "rows.parquet")
    (tmp_path / "contract.json").write_text(agreed.to_json(), encoding="utf-8")
    found = spark.compare(tmp_path / "rows.parquet", tmp_path / "contract.json")
    assert found["equal"]
    assert found["rows"] == len(frame)
    assert found["counts"] > 1000
    record_property("stranger", f"Spark {found['versions']['pyspark']}: equal to DuckDB's counts")


def test_why_there_is_no_spark_is_told(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert "no Java is here" in spark.why_not()
