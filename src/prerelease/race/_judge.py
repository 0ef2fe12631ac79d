"""What candidates save on the same rows, and by how much they differ."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from prerelease import costs as money
from prerelease import data, intervals, leaks, losses
from prerelease.intervals import Interval

Floats = NDArray[np.float64]


def savings_difference(  # noqa: PLR0913 - all but the data are keywords
    df: pd.DataFrame,
    first: ArrayLike,
    second: ArrayLike,
    *,
    costs: money.CostModel,
    euros: bool = False,
    n_resamples: int = 1000,
    seed: int = 0,
) -> Interval:
    """Return how much more the first scores save than the second, on the same blocks.

    Parameters
    ----------
    df : pandas.DataFrame
        Rows with ``Time`` (seconds, sorted), ``Amount`` (euros) and ``Class``.
    first, second : array-like of shape (n,)
        Probability of fraud; each payment is blocked where that is cheaper on average.
    costs : CostModel
        What each outcome costs.
    euros : bool, default False
        Euros per 1,000 payments in place of the share of what the oracle saves.
    n_resamples, seed
        As for `prerelease.intervals.bootstrap`.

    Returns
    -------
    Interval
        From a paired bootstrap in blocks of ten minutes.

    Examples
    --------
    >>> sample = data.load_sample()
    >>> good, useless = sample["Class"] * 0.9, sample["Class"] * 0.0
    >>> savings_difference(sample, good, useless, costs=money.CostModel(),
    ...                    n_resamples=100).estimate
    1.0
    """
    kept, metric, bills = _bills(df, [first, second], costs)
    weight = data.sampling_weights(df)
    if euros:
        metric = intervals.Total()
        bills = [-1000 * bill / weight.sum() for bill in bills]
    found = intervals.bootstrap_difference(
        metric,
        df["Class"][kept],
        *bills,
        sample_weight=weight[kept],
        scheme=intervals.Blocks(df["Time"][kept], leaks.BLOCK_SECONDS),
        method="percentile",
        n_resamples=n_resamples,
        seed=seed,
    )
    return replace(found, n=len(df))


def savings_draws(
    df: pd.DataFrame,
    scores: Sequence[ArrayLike],
    *,
    costs: money.CostModel,
    n_resamples: int = 300,
    seed: int = 0,
) -> tuple[Floats, Floats]:
    """Return what several models save, on the rows and on the same resamples of their blocks.

    Parameters
    ----------
    df, costs, n_resamples, seed
        As for `savings_difference`.
    scores : sequence of array-like of shape (n,)
        Probabilities of fraud.

    Returns
    -------
    savings : ndarray of shape (models,)
        Between accepting all (0) and the oracle (1).
    draws : ndarray of shape (models, n_resamples)
        The same on each resample, as `prerelease.optimism.of_winner` takes them.

    Raises
    ------
    ValueError
        If there are no scores, or some are no probabilities of these rows.

    Examples
    --------
    >>> sample = data.load_sample()
    >>> savings, draws = savings_draws(sample, [sample["Class"] * 0.9],
    ...                                costs=money.CostModel(), n_resamples=100)
    >>> savings.tolist(), draws.shape
    ([1.0], (1, 100))
    """
    kept, metric, bills = _bills(df, scores, costs)
    rows = {"sample_weight": data.sampling_weights(df)[kept]}
    savings = [intervals.value(metric, df["Class"][kept], bill, **rows) for bill in bills]
    draws = intervals.replicates(
        metric,
        df["Class"][kept],
        bills,
        scheme=intervals.Blocks(df["Time"][kept], leaks.BLOCK_SECONDS),
        n_resamples=n_resamples,
        seed=seed,
        **rows,
    )
    return np.array(savings), draws


def log_loss(
    df: pd.DataFrame, score: ArrayLike, *, n_resamples: int = 1000, seed: int = 0
) -> Interval:
    """Return the mean log-loss of scores with its interval.

    Parameters
    ----------
    df : pandas.DataFrame
        Rows with ``Time`` (seconds, sorted) and ``Class``.
    score : array-like of shape (n,)
        Probability of fraud.
    n_resamples, seed
        As for `prerelease.intervals.bootstrap`.

    Returns
    -------
    Interval
        Thousandths of a nat per payment, from a bootstrap in blocks of ten minutes.

    Examples
    --------
    >>> sample = data.load_sample()
    >>> round(log_loss(sample, np.full(len(sample), 0.5), n_resamples=100).estimate, 1)
    693.1
    """
    each = losses.log_losses(df["Class"], score)
    weight = data.sampling_weights(df)
    # To the digits that count, so that most honest payments share a value and a draw.
    each = 1000 * np.round(each, 6) / weight.sum()
    return intervals.bootstrap(
        intervals.Total(),
        df["Class"],
        each,
        sample_weight=weight,
        scheme=intervals.Blocks(df["Time"], leaks.BLOCK_SECONDS),
        method="percentile",
        n_resamples=n_resamples,
        seed=seed,
    )


def _bills(
    df: pd.DataFrame, scores: Sequence[ArrayLike], costs: money.CostModel
) -> tuple[NDArray[np.bool_], leaks.Savings, list[Floats]]:
    """Return the rows that can cost something, savings on them, and each model's costs there."""
    if not len(scores):
        msg = "scores must be of at least one model, got none."
        raise ValueError(msg)
    bills = []
    for score in scores:
        block = money.bayes_block(score, df["Amount"], costs=costs)
        bill, accept, oracle = leaks.rule_costs(df, block, costs=costs)
        bills.append(bill)
    # Rows that cost nothing either way add nothing to a sum; the ends say how long time is.
    kept = np.any(bills, axis=0) | (accept != 0)
    kept[[0, -1]] = True
    return kept, leaks.Savings(accept[kept], oracle[kept]), [bill[kept] for bill in bills]
