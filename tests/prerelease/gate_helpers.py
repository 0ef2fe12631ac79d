"""Scores and criteria for the tests of the gate, the report and the command line."""

import numpy as np
import pandas as pd

from prerelease import evidence, gate
from prerelease.__main__ import main
from prerelease.intervals import Interval

CRITERIA = """\
[release]
name = "A model of mine"

[intervals]
block_seconds = 60

[[criterion]]
name = "ranks"
metric = "average_precision"
at_least = {bound}
unit = "average precision"
why = "We agreed on it."
"""


def scores(n=4000, *, frauds=200, skill=3.0, seed=0):
    """Payments over four hours; the larger the skill, the better the scores tell frauds."""
    rng = np.random.default_rng(seed)
    label = np.zeros(n, dtype=int)
    label[rng.choice(n, frauds, replace=False)] = 1
    odds = rng.normal(-4, 1, n) + skill * label
    return pd.DataFrame(
        {
            "time": np.sort(rng.uniform(0, 14_400, n)).round(1),
            "amount": rng.lognormal(3, 1, n).round(2),
            "label": label,
            "score": 1 / (1 + np.exp(-odds)),
        }
    )


def criteria_file(folder, text=None, *, bound=0.1):
    """Write a criteria file and return its path."""
    path = folder / "criteria.toml"
    path.write_text(CRITERIA.format(bound=bound) if text is None else text, encoding="utf-8")
    return path


def scores_file(folder, frame=None, name="scores.csv"):
    """Write a file of scores and return its path."""
    path = folder / name
    frame = scores() if frame is None else frame
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_csv(path, index=False)
    return path


DIGEST = "ab" * 32
CLAIM = """\
[release]
name = "R"
[[criterion]]
name = "of a chapter"
chapter = "02"
claim = "average precision later"
split = "test"
at_least = 0.6
unit = "average precision"
why = "So it was agreed."
"""
ROW = {
    "chapter": "02",
    "claim": "average precision later",
    "value": 0.79,
    "low": 0.69,
    "high": 0.87,
    "level": 0.95,
    "unit": "average precision",
    "n": 100,
    "split": "test",
    "data_digest": DIGEST,
    "how": "cross-fitted",
    "method": "time-block percentile",
    "because": "",
    "model": "",
}


def rows(**change):
    """One row of a release file."""
    return pd.DataFrame([ROW | change], columns=list(evidence.COLUMNS))


def judged(criteria, frame, **options):
    """The verdict on rows of a release file."""
    return gate.judge_evidence(frame, criteria, **{"data_digest": DIGEST, **options})


def run_gate(place, *more, bound=0.1, frame=None, text=None):
    """Judge scores by the command; return its exit code."""
    files = scores_file(place, frame), criteria_file(place, text, bound=bound)
    return main([*map(str, ("gate", "--scores", files[0], "--criteria", files[1], *more))])


def record(digest, low=0.65, claim="average_precision of the release"):
    """Record a result of a chapter."""
    evidence.record(
        claim,
        0.79,
        Interval(0.79, low, 0.87, level=0.95, method="m", n=9),
        unit="average precision",
        n=9,
        data_digest=digest,
        split="test",
        chapter="07",
        how="bootstrap",
    )
