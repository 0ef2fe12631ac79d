"""The benchmarks: what a fresh process took, and what the page may show of it."""

import json
import time

import pytest

import _timing
from tools.site import benchmark_words
from tools.site import benchmarks as site_benchmarks
from tools.site.benchmark_words import SECTIONS
from tools.site.benchmarks import MEASURED
from tools.site.steps import BuildError

SPEED = {"seconds": 2.0, "seconds_min": 1.0, "seconds_max": 3.0, "peak_mib": 1234.0}


def faster(name, times):
    return {name: times, f"{name}_min": times / 2, f"{name}_max": times * 2}


def scan(way, times):
    slower = faster("slower_than_four", times) | faster("slower_than_ks", 2 * times)
    return {"way": way, **SPEED, **slower, "times_the_memory": 1.5}


COVERED = {"coverage": 0.94, "coverage_low": 0.9, "coverage_high": 0.97, "half_width": 0.08}
WRONG = {"wrong": 0.021, "wrong_low": 0.019, "wrong_high": 0.024, "worst": 0.031, "above": 0}
WRONG |= {"power": 0.7, "doubtful": 0.12, "bootstrap_wrong": 0.066, "bootstrap_power": 0.8}
WORLD = {"metric": "savings", "positives": 60, "bursts": "none", "amounts": 1.5, "cells": 5}
COUNTED = {"profile_mib": 1.3, "rows_mib": 1252.6}
TWO = ("positives, bursts", "amounts, bursts")
FOUND = {
    "data_load": {
        "csv_bytes": 9,
        "readers": [{"reader": "polars", **SPEED, **faster("times_faster", 5.5), "exact": True}],
    },
    "intervals": {
        "simulations": 100,
        "speed": [{"way": "ours", **SPEED, **faster("times_faster", 30)}],
        "coverage": [{"world": "good", "scheme": "stratified", "method": "bca", **COVERED}],
    },
    "drift": {
        "n_current": 84_807,
        "speed": [
            scan("prerelease, four", 1),
            scan("other", 3.14),
            scan("slow", 44),
            {"way": "peer", "seconds": None},
        ],
        "agreement": [{"statistic": "KS, scipy", "largest_difference": 2e-16}],
    },
    "passes": {
        "simulations": 400,
        "tables": {by: [WORLD | WRONG] for by in ("metric", *TWO)},
    },
    "profiles": {
        "ways": [
            {"rows": rows, "way": way, **SPEED, **COUNTED, "cpu_seconds": rows / 10**6}
            for rows in (10**6, 10**8)
            for way in ("count and write", "all that follows")
        ]
        + [
            {"rows": 10**8, "way": "pandas", "seconds": None, "cpu_seconds": None, "peak_mib": None}
        ],
        "goal_mib": 2048,
        "spark": {
            "equal": True,
            "rows": 10**6,
            "counts": 15_462,
            "spark_starts": 8.1,
            "Spark_seconds": 78.3,
            "DuckDB_seconds": 3.1,
            "versions": {"pyspark": "4.0.5"},
        },
    },
    "scale": {
        "commands": [{"rows": 10**7, "command": "gate", **SPEED}],
        "goals": {"gate": [15, 2048]},
    },
}
COMMON = {"rounds": 3, "machine": "a machine", "versions": {"python": "3.11.7"}}


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(site_benchmarks, "RESULTS", tmp_path / "benchmarks")
    monkeypatch.setattr(site_benchmarks, "RECORDED", tmp_path / "recorded")
    monkeypatch.setattr(site_benchmarks, "SOURCE", tmp_path / "source")
    (tmp_path / "benchmarks").mkdir()
    return tmp_path


def leave(place, name, made_from=None):
    file = place / "benchmarks" / f"{name}.json"
    file.write_text(json.dumps(COMMON | FOUND[name]))
    stamp = made_from or site_benchmarks.made_from(name)
    file.with_suffix(".made-from").write_text(stamp)


def page(place):
    site_benchmarks.stage()
    return (place / "source" / "about" / "benchmarks.md").read_text()


def test_every_benchmark_has_its_section_and_its_file():
    files = {file.stem for file in site_benchmarks.SCRIPTS.glob("[a-z]*.py")}
    assert files == set(MEASURED) == set(SECTIONS)


def test_what_was_not_measured_is_named_with_how_to_measure_it(place):
    text = page(place)
    for name in MEASURED:
        assert f"`make bench` runs it (`benchmarks/{name}.py`" in text


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("data_load", "| polars | 2.000 [1.000, 3.000] | 5.5 [2.8, 11.0] | 1,234 | yes |"),
        ("intervals", "| good | stratified | bca | 0.940 [0.900, 0.970] | 0.080 |"),
        ("drift", "| other | 2.000 [1.000, 3.000] | 3.1 [1.6, 6.3] | 6.3 [3.1, 12.6] | 1,234 |"),
        ("passes", "| 60 | none | 2.1% [1.9%, 2.4%] | 3.1% | 12% | 70% | 6.6% | 80% |"),
        ("profiles", "| 100,000,000 | count and write | 2.0 | 100.0 | 1,234 |"),
        ("scale", "| 10,000,000 | gate | 2.0 | 1,234 |"),
    ],
)
def test_what_was_measured_of_this_code_is_shown_and_of_other_code_is_not(place, name, row):
    leave(place, name)
    assert row in page(place)
    assert f"benchmarks/{name}.py" not in page(place)
    leave(place, name, made_from="other code")
    assert row not in page(place)
    assert f"benchmarks/{name}.py" in page(place)


def test_what_is_recorded_is_shown_with_the_code_that_it_was_made_from(place, monkeypatch):
    leave(place, "passes")
    site_benchmarks.record("passes")
    (place / "benchmarks" / "passes.json").unlink()
    text = page(place)
    assert "| 60 | none | 2.1% [1.9%, 2.4%] | 3.1% | 12% | 70% | 6.6% | 80% |" in text
    assert "recorded with this very code" in text
    monkeypatch.setattr(site_benchmarks, "code_of", lambda _: "other code")
    assert "recorded before the last change of the code that it measures" in page(place)


def test_what_was_not_measured_here_cannot_be_recorded(place):
    with pytest.raises(BuildError, match="no measurement of scale of this code"):
        site_benchmarks.record("scale")


def test_an_aim_that_is_missed_is_said(place):
    leave(place, "drift")
    assert "It is missed against: other (3.1 times)." in page(place)
    met = benchmark_words.aim_in_words([scan("prerelease", 1), scan("slow", 44)])
    assert met.endswith("each of the others, is met.")


def test_a_goal_that_is_met_and_what_spark_counted_are_said(place):
    leave(place, "profiles")
    told = page(place)
    assert "100 times the rows take 100 times the work" in told
    assert "Goal: 2,048 MiB, met." in told
    assert "all 15,462 counts are the same." in told
    none = benchmark_words.spark_in_words({"why_not": "no Java is here"})
    assert none == "Spark did not count: no Java is here."
    other = benchmark_words.spark_in_words(FOUND["profiles"]["spark"] | {"equal": False})
    assert "counts are **not** the same." in other


def test_passes_that_are_too_many_are_said(place):
    leave(place, "passes")
    assert "In none of 5 cells are wrong passes clearly above one in 40." in page(place)
    told = benchmark_words.above_in_words([WORLD | WRONG | {"above": 3}])
    assert "above one in 40 3 times" in told
    assert "The worst is 3.1%, of `savings`." in told


def test_goals_that_are_missed_are_said(place):
    leave(place, "scale")
    goal = "Goals for 10,000,000 rows on two idle cores, by command. `gate`: 15 s and 2,048 MiB,"
    assert f"{goal} met." in page(place)
    slow = FOUND["scale"] | {"goals": {"gate": [1.9, 2048]}}
    assert benchmark_words.goals_in_words(slow).endswith("1.9 s and 2,048 MiB, missed.")


def test_a_new_measurement_makes_the_site_anew(place):
    before = site_benchmarks.shown()
    leave(place, "drift")
    assert site_benchmarks.shown() != before


def test_seconds_are_those_of_the_call_and_memory_that_of_the_whole_process():
    began = time.perf_counter()
    found = _timing.measure(
        "block = bytearray(size)",
        100 * 2**20,
        setup="import sys, time; size = int(sys.argv[1]); time.sleep(0.3)",
        after="found = {'size': size}",
    )
    assert 0 < found["seconds"] < time.perf_counter() - began - 0.3
    assert found["peak_mib"] > 100
    assert found["size"] == 100 * 2**20


def test_ratios_are_taken_within_a_round():
    one, other = ([{"seconds": s} for s in seconds] for seconds in ((2, 20, 6), (1, 10, 1)))
    assert _timing.ratio("r", one, other) == {"r": 2, "r_min": 2, "r_max": 6}
