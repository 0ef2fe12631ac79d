"""Scores and criteria for the tests of the gate, the report and the command line."""

import numpy as np
import pandas as pd

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
