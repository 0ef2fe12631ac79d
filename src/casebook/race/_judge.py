"""What candidates save on the same rows, and by how much they differ, their seeds included."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from casebook import conventions, data, leaks
from prerelease import costs as money
from prerelease import intervals
from prerelease.intervals import Interval

Seeds = Sequence[ArrayLike]
"""Decisions, or scores, of the same candidate, trained with one seed after another."""


def savings_draws(
    df: pd.DataFrame, blocks: Seeds, *, costs: money.CostModel, **options: Any
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
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

    Examples
    --------
    >>> sample = data.load_sample()
    >>> savings, draws = savings_draws(sample, [sample["Class"] == 1],
    ...                                costs=money.CostModel(), n_resamples=100)
    >>> savings.tolist(), draws.shape
    ([1.0], (1, 100))
    """
    metric, bills, kept = _bills(df, blocks, costs)
    fraud, how = df["Class"][kept], _drawn(df, kept, 1, options)
    del how["method"], how["level"]
    weight = how["sample_weight"]
    savings = [intervals.value(metric, fraud, bill, sample_weight=weight) for bill in bills]
    return np.array(savings), intervals.replicates(metric, fraud, bills, **how)


def savings(
    df: pd.DataFrame,
    seeds: Seeds,
    minus: Seeds = (),
    *,
    costs: money.CostModel,
    asked: int = 1,
    **options: Any,
) -> Interval:
    """Return what a candidate saves over its seeds, or how much more than another over its own.

    Parameters
    ----------
    df, costs, **options
        As for `savings_draws`.
    seeds, minus : sequence of array-like of bool, shape (n,)
        Decisions of the candidate, and of another, with one seed after another: one alone where
        nothing is drawn.
    asked : int, default 1
        See `prerelease.intervals.verdict`.

    Returns
    -------
    Interval
        Share of what the oracle saves. It allows for the rows, on the same blocks of time for
        both, and for the seeds, as `casebook.leaks.measured` does.

    Examples
    --------
    >>> sample = data.load_sample()
    >>> good, useless = sample["Class"] == 1, sample["Class"] == 2
    >>> savings(sample, [good], [useless], costs=money.CostModel(), n_resamples=100).low
    1.0
    """
    metric, bills, kept = _bills(df, [*seeds, *minus], costs)
    sides = bills[: len(seeds)], bills[len(seeds) :]
    return _over_seeds(df, metric, sides, kept, _drawn(df, kept, asked, options))


def precision(
    df: pd.DataFrame, seeds: Seeds, minus: Seeds = (), *, asked: int = 1, **options: Any
) -> Interval:
    """Return a candidate's average precision, or by how much it exceeds that of another.

    Parameters
    ----------
    df, asked, **options
        As for `savings`; no ``Amount`` is needed.
    seeds, minus : sequence of array-like of shape (n,)
        Scores of the candidate, and of another, with one seed after another.

    Returns
    -------
    Interval
        As `savings` has it.

    Examples
    --------
    >>> sample = data.load_sample()
    >>> precision(sample, [sample["V14"]], [sample["V14"]], n_resamples=100).high
    0.0
    """
    kept = np.ones(len(df), dtype=bool)
    how = _drawn(df, kept, asked, options)
    return _over_seeds(df, intervals.AveragePrecision(), (seeds, minus), kept, how)


def _bills(df: pd.DataFrame, blocks: Seeds, costs: money.CostModel) -> tuple[Any, Any, Any]:
    """Return the metric, the bill of each rule, and the rows on which any of them costs."""
    weight = data.sampling_weights(df)
    metric, bills, kept = leaks.measures(df, blocks, blocks, costs=costs, weight=weight)["savings"]
    return metric, bills[:, kept], kept


def _drawn(
    df: pd.DataFrame, kept: NDArray[np.bool_], asked: int, options: dict[str, Any]
) -> dict[str, Any]:
    weight = data.sampling_weights(df)[kept]
    return {**conventions.drawn(df["Time"][kept], asked=asked), "sample_weight": weight, **options}


def _over_seeds(
    df: pd.DataFrame, metric: Any, sides: tuple[Any, Any], kept: NDArray[np.bool_], how: Any
) -> Interval:
    return replace(leaks.measured(metric, df["Class"][kept], *sides, **how), n=len(df))
