"""What every chapter does alike: how a candidate decides, and how an interval is drawn.

The rule of decision is chapter 01's: one threshold, the cheapest. On rows that may choose it
(training, validation) each stretch of time is decided by the threshold that was cheapest on
the other stretches; later rows are decided by the threshold that was cheapest on all of them.

Intervals are percentile intervals of a block bootstrap: blocks of ten minutes, 2,000
resamples, 400 in quick mode. On development rows the standard error of average precision and
of recall grows with the length of blocks up to about ten minutes, that of euros a little further;
chapter 02 shows it, and how often such intervals hold the truth. An interval that is made
otherwise says so, and why, where it stands.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from casebook import data, mode
from prerelease import _validate
from prerelease.costs import CostModel, best_threshold
from prerelease.intervals import Blocks, joint_level
from prerelease.thresholds import cross_fitted

CRITERIA = Path(__file__).with_name("release.toml")
"""What the release is judged by; its digest stands in each line of the ledger."""
CANDIDATE = Path(__file__).with_name("candidate.toml")
"""What a candidate has to show on the validation rows."""
BLOCK_SECONDS = 600.0
"""Length of a block of the bootstrap."""
METHOD = "percentile"
RESAMPLES = {"full": 2000, "quick": 400}
STRETCHES = 4
"""Stretches of time that a threshold is chosen for, each on all the others."""


def drawn(times: ArrayLike, *, asked: int = 1, seconds: float = BLOCK_SECONDS) -> dict[str, Any]:
    """Return how an interval is drawn, as keywords of `prerelease.intervals.bootstrap`.

    Parameters
    ----------
    times : array-like of shape (n,)
        Seconds, sorted: the time of each row that is resampled.
    asked : int, default 1
        How many comparisons are made at once: their intervals together hold with 95 %.
    seconds : float, default `BLOCK_SECONDS`
        Length of a block.

    Returns
    -------
    dict of str to object
        ``scheme``, ``method``, ``level`` and ``n_resamples``.

    Examples
    --------
    >>> import os
    >>> os.environ["PRERELEASE_MODE"] = "quick"
    >>> drawn([0.0, 3600.0], asked=5)["n_resamples"], drawn([0.0, 3600.0], asked=5)["level"]
    (400, 0.99)
    """
    return {
        "scheme": Blocks(times, seconds),
        "method": METHOD,
        "level": joint_level(asked),
        "n_resamples": RESAMPLES[mode.current()],
    }


def decide(df: pd.DataFrame, score: ArrayLike, *, costs: CostModel) -> NDArray[np.bool_]:
    """Block by the cheapest threshold, chosen for each stretch of time on the other stretches.

    Parameters
    ----------
    df : pandas.DataFrame
        Rows with ``Time`` (seconds, sorted), ``Amount`` (euros) and ``Class``.
    score : array-like of shape (n,)
        From 0 to 1; need not be calibrated.
    costs : CostModel
        What each outcome costs.

    Returns
    -------
    ndarray of bool, shape (n,)
        Whether each payment is blocked.

    Raises
    ------
    ValueError
        As `prerelease.thresholds.cross_fitted`.

    Examples
    --------
    >>> sample = data.load_sample()
    >>> int(decide(sample, sample["Class"] * 0.9, costs=CostModel()).sum())
    492
    """
    return cross_fitted(
        df["Class"], score, df["Amount"], df["Time"],
        costs=costs, n_stretches=STRETCHES, weight=data.sampling_weights(df),
    ).block  # fmt: skip


def threshold(df: pd.DataFrame, score: ArrayLike, *, costs: CostModel) -> float:
    """Return the cheapest threshold on rows, to decide about later ones.

    Parameters
    ----------
    df, score, costs
        As for `decide`.

    Returns
    -------
    float
        Block scores from here on.

    Examples
    --------
    >>> sample = data.load_sample()
    >>> threshold(sample, sample["Class"] * 0.9, costs=CostModel())
    0.9
    """
    weight = data.sampling_weights(df)
    found = best_threshold(df["Class"], score, df["Amount"], costs=costs, weight=weight)
    return found.threshold


def mean_intervals(y: ArrayLike, groups: ArrayLike, *, level: float = 0.95) -> pd.DataFrame:
    r"""Return the mean of each group with its confidence interval.

    Parameters
    ----------
    y : array-like, shape (n,)
        Values.
    groups : array-like, shape (n,)
        The group of each; at least 2 rows in each.
    level : float, default 0.95
        Nominal coverage, of the mean: not of the values.

    Returns
    -------
    pandas.DataFrame
        Index ``group``, sorted; columns ``n``, ``mean``, ``low``, ``high``.

    Raises
    ------
    ValueError
        If lengths differ, a value is not finite, or a group has a single row.

    Notes
    -----
    :math:`\bar y \pm t_{n-1}\, s / \sqrt n`: it shrinks as rows are added, and a prediction
    interval does not.

    Examples
    --------
    >>> mean_intervals([1.0, 2.0, 3.0], ["a"] * 3).loc["a"].round(2).tolist()
    [3.0, 2.0, -0.48, 4.48]
    """
    values = _validate.vector(y, "y")
    labels = pd.Series(groups).reset_index(drop=True)
    _validate.same_length(y=values, groups=labels)
    table = pd.Series(values).groupby(labels, observed=True).agg(["size", "mean", "std"])
    if (table["size"] < 2).any():
        alone = table.index[table["size"] < 2][0]
        msg = f"groups must have at least 2 rows each, got 1 in {alone!r}."
        raise ValueError(msg)
    t = stats.t.ppf((1 + _validate.number(level, "level", above=0, below=1)) / 2, table["size"] - 1)
    reach = t * table["std"] / np.sqrt(table["size"])
    ends = {"low": table["mean"] - reach, "high": table["mean"] + reach}
    return (
        table[["size", "mean"]].set_axis(["n", "mean"], axis=1).assign(**ends).rename_axis("group")
    )
