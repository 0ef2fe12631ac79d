"""What candidates save on the same rows, and by how much they differ, their seeds included."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from casebook import conventions, data, leaks
from prerelease import costs as money
from prerelease import intervals
from prerelease.intervals import Interval

Floats = NDArray[np.float64]
Seeds = Sequence[ArrayLike]
"""Decisions of the same candidate, trained with one seed after another."""


def savings_draws(
    df: pd.DataFrame, blocks: Sequence[ArrayLike], *, costs: money.CostModel, **options: Any
) -> tuple[Floats, Floats]:
    """Return what several rules save, on the rows and on the same resamples of their blocks.

    Parameters
    ----------
    df : pandas.DataFrame
        Rows with ``Time`` (seconds, sorted), ``Amount`` (euros) and ``Class``.
    blocks : sequence of array-like of bool, shape (n,)
        Whether each rule blocks each payment, such as `casebook.conventions.decide` says.
    costs : CostModel
        What each outcome costs.
    **options
        Of `prerelease.intervals.replicates`, in place of `casebook.conventions.drawn`.

    Returns
    -------
    savings : ndarray of shape (rules,)
        Between accepting all (0) and the oracle (1).
    draws : ndarray of shape (rules, n_resamples)
        The same on each resample, as `prerelease.optimism.of_winner` takes them.

    Raises
    ------
    ValueError
        If there is no rule, or one is not about these rows.

    Examples
    --------
    >>> sample = data.load_sample()
    >>> savings, draws = savings_draws(sample, [sample["Class"] == 1],
    ...                                costs=money.CostModel(), n_resamples=100)
    >>> savings.tolist(), draws.shape
    ([1.0], (1, 100))
    """
    if not len(blocks):
        msg = "blocks must be of at least one rule, got none."
        raise ValueError(msg)
    bills = []
    for block in blocks:
        bill, accept, oracle = leaks.rule_costs(df, block, costs=costs)
        bills.append(bill)
    # Rows that cost nothing either way add nothing to a sum; the ends say how long time is.
    kept = np.any(bills, axis=0) | (accept != 0)
    kept[[0, -1]] = True
    metric, bills = leaks.Savings(accept[kept], oracle[kept]), [bill[kept] for bill in bills]
    fraud, weight = df["Class"][kept], data.sampling_weights(df)[kept]
    how = {**conventions.drawn(df["Time"][kept]), "seed": 0, **options}
    del how["method"], how["level"]
    savings = [intervals.value(metric, fraud, bill, sample_weight=weight) for bill in bills]
    draws = intervals.replicates(metric, fraud, bills, sample_weight=weight, **how)
    return np.array(savings), draws


def savings(
    df: pd.DataFrame, seeds: Seeds, *, costs: money.CostModel, asked: int = 1, **options: Any
) -> Interval:
    """Return what a candidate saves on average over its seeds, with an interval of both lucks.

    Parameters
    ----------
    df, costs, **options
        As for `savings_draws`.
    seeds : sequence of array-like of bool, shape (n,)
        Its decisions with one seed after another: one alone where nothing is drawn.
    asked : int, default 1
        See `prerelease.intervals.verdict`.

    Returns
    -------
    Interval
        Share of what the oracle saves; it allows for the rows and for the seeds.

    Raises
    ------
    ValueError
        As `savings_draws`.

    Notes
    -----
    Each resample draws blocks of time and, for each of the S seeds, one of them with
    replacement. So few seeds vary too little among themselves: what a resample's mean of seeds
    deviates from the mean of all is stretched by the root of S / (S - 1).

    Examples
    --------
    >>> sample = data.load_sample()
    >>> savings(sample, [sample["Class"] == 1], costs=money.CostModel(), n_resamples=100).low
    1.0
    """
    return _over_seeds(df, savings_draws(df, seeds, costs=costs, **options), asked)


def savings_difference(
    df: pd.DataFrame,
    first: Seeds,
    second: Seeds,
    *,
    costs: money.CostModel,
    asked: int = 1,
    **options: Any,
) -> Interval:
    """Return how much more the first candidate saves than the second, over the seeds of both.

    Parameters
    ----------
    df, costs, asked, **options
        As for `savings`.
    first, second : sequence of array-like of bool, shape (n,)
        Decisions of each with one seed after another.

    Returns
    -------
    Interval
        Share of what the oracle saves, on the same blocks of time for both.

    Raises
    ------
    ValueError
        As `savings_draws`.

    Examples
    --------
    >>> sample = data.load_sample()
    >>> good, useless = sample["Class"] == 1, sample["Class"] == 2
    >>> savings_difference(sample, [good], [useless], costs=money.CostModel(),
    ...                    n_resamples=100).estimate
    1.0
    """
    found = savings_draws(df, [*first, *second], costs=costs, **options)
    return _over_seeds(df, found, asked, n_first=len(first))


def precision(
    df: pd.DataFrame, seeds: Sequence[ArrayLike], *, asked: int = 1, **options: Any
) -> Interval:
    """Return a candidate's average precision, the mean over its seeds, as `savings` does.

    Parameters
    ----------
    df, asked, **options
        As for `savings`; no ``Amount`` is needed.
    seeds : sequence of array-like of shape (n,)
        Its scores with one seed after another: one alone where nothing is drawn.

    Returns
    -------
    Interval
        It allows for the rows and for the seeds.

    Examples
    --------
    >>> sample = data.load_sample()
    >>> precision(sample, [sample["Class"]], n_resamples=100).low
    1.0
    """
    return _over_seeds(df, _precision_draws(df, seeds, **options), asked)


def precision_difference(
    df: pd.DataFrame,
    first: Sequence[ArrayLike],
    second: Sequence[ArrayLike],
    *,
    asked: int = 1,
    **options: Any,
) -> Interval:
    """Return by how much the first candidate's average precision exceeds the second's.

    Parameters
    ----------
    df, asked, **options
        As for `precision`.
    first, second : sequence of array-like of shape (n,)
        Scores of each with one seed after another.

    Returns
    -------
    Interval
        On the same blocks of time for both, over the seeds of both.

    Examples
    --------
    >>> sample = data.load_sample()
    >>> precision_difference(sample, [sample["V14"]], [sample["V14"]], n_resamples=100).high
    0.0
    """
    found = _precision_draws(df, [*first, *second], **options)
    return _over_seeds(df, found, asked, n_first=len(first))


def _precision_draws(
    df: pd.DataFrame, scores: Sequence[ArrayLike], **options: Any
) -> tuple[Floats, Floats]:
    metric, weight = intervals.AveragePrecision(), data.sampling_weights(df)
    how = {**conventions.drawn(df["Time"]), "seed": 0, **options}
    del how["method"], how["level"]
    reached = [intervals.value(metric, df["Class"], one, sample_weight=weight) for one in scores]
    draws = intervals.replicates(metric, df["Class"], scores, sample_weight=weight, **how)
    return np.array(reached), draws


def _over_seeds(
    df: pd.DataFrame, found: tuple[Floats, Floats], asked: int, *, n_first: int | None = None
) -> Interval:
    """Return the mean over seeds, or that of the first ones less that of the others."""
    reached, draws = found
    sides = [slice(n_first)] if n_first is None else [slice(n_first), slice(n_first, None)]
    means = [reached[side].mean() for side in sides]
    redrawn = [
        intervals.redrawn(draws[side], np.random.default_rng([number, len(draws[side])]))
        for number, side in enumerate(sides, start=1)
    ]
    estimate = means[0] - sum(means[1:])
    drawn = redrawn[0] - sum(redrawn[1:])
    level = intervals.joint_level(asked)
    return intervals.from_draws(
        estimate,
        drawn,
        level=level,
        method="time-block percentile over rows and seeds",
        n=len(df),
        n_positive=int(df["Class"].sum()),
    )
