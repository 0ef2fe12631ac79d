"""What the pages on uncertainty share: sums and shares with intervals, and how they are told."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from lightgbm import LGBMRegressor
from numpy.typing import ArrayLike

from casebook import conventions, data, evidence, release
from prerelease import intervals

__all__ = [
    "EDGES",
    "LEVEL",
    "against",
    "amount_model",
    "cheaper",
    "note",
    "share",
    "stretches",
    "total",
]

LEVEL = 0.95
"""How often an interval of an amount is to hold it."""
KINDS = {
    "low": {"objective": "quantile", "alpha": (1 - LEVEL) / 2},
    "high": {"objective": "quantile", "alpha": (1 + LEVEL) / 2},
    "mean": {"objective": "l2"},
}
EDGES = (0, 1, 10, 50, 100, 500, np.inf)
"""Of the bins of amounts, in euros."""
DAY = 86_400.0
FEW = "fewer than five rows on one side: resamples of so few hardly differ"
BLOCKS = "bootstrap of blocks of ten minutes, paired where two are compared"


def stretches(train: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the first day, to learn from, and the night after it, to calibrate limits on."""
    first = train["Time"] < DAY
    return train[first], train[~first]


def total(
    differences: ArrayLike, times: ArrayLike, asked: int = 1, **options: Any
) -> intervals.Interval:
    """Return the sum of differences between two rules on the same rows, with its interval.

    Examples
    --------
    >>> total([1.0, 2.0, 0.0], [0, 700, 3000]).estimate
    3.0
    """
    by_second = pd.Series(np.asarray(differences)).groupby(np.asarray(times)).sum()
    drawn = conventions.drawn(by_second.index, asked=asked) | options
    return intervals.bootstrap(intervals.Total(), np.zeros(len(by_second)), by_second, **drawn)


def share(
    hits: ArrayLike, times: ArrayLike, among: ArrayLike | None = None, asked: int = 1
) -> intervals.Interval:
    """Return the share of rows of which something holds, with its interval."""
    return intervals.share(hits, among=among, **conventions.drawn(times, asked=asked))


def cheaper(saving: intervals.Interval, asked: int = 1) -> str:
    """Return the words for euros that a rule saves."""
    return intervals.verdict(saving, asked=asked, above="cheaper", below="more expensive")


def against(found: intervals.Interval, level: float, asked: int = 1) -> str:
    """Return the words for a share beside the level that was asked for.

    Examples
    --------
    >>> against(intervals.Interval(0.8, 0.7, 0.85, 0.95, "", 9), 0.9)
    'below'
    """
    gap = replace(found, **{e: getattr(found, e) - level for e in ("estimate", "low", "high")})
    return intervals.verdict(gap, asked=asked, above="above", below="below")


def amount_model(kind: str, rows: pd.DataFrame) -> LGBMRegressor:
    """Learn the mean amount, or a low or high quantile of log(1 + amount)."""
    target = rows["Amount"] if kind == "mean" else np.log1p(rows["Amount"])
    model = LGBMRegressor(
        n_estimators=100,
        num_leaves=31,
        deterministic=True,
        force_col_wise=True,
        n_jobs=1,
        verbose=-1,
        random_state=0,
        **KINDS[kind],
    )
    return model.fit(rows[list(data.FEATURES)], target)


def note(claim: str, found: intervals.Interval, **fields: Any) -> None:
    """Record one result, with how its interval was made."""
    told = {"how": BLOCKS, "because": ""}
    if found.method.startswith("binomial"):
        told = {"how": "exact binomial", "because": FEW}
    elif "variance over" in found.method:
        told = {"how": found.method, "because": release.BECAUSE}
    evidence.record(claim, found.estimate, found, **told, **fields)
