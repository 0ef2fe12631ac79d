"""What scores are worth: average precision, savings and euros, each with its interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import ArrayLike, NDArray

from casebook import conventions, data
from prerelease import _validate, intervals
from prerelease import costs as money
from prerelease.intervals import Interval, Kernel

from ._draws import measured, ranked

Scores = ArrayLike | Sequence[ArrayLike]
"""Scores of each row; or several such, of trainings that differ by luck alone."""


@dataclass(frozen=True, eq=False)
class Savings:
    """Savings of a rule between accepting all (0) and the oracle (1), for the bootstrap.

    Pass the cost of each row under the rule where other metrics take a score.

    Parameters
    ----------
    accept, oracle : ndarray of shape (n,)
        Euros that each row costs if all are accepted, and under the oracle.

    Examples
    --------
    >>> import numpy as np
    >>> metric = Savings(accept=np.array([100.0, 100, 0]), oracle=np.array([5.0, 5, 0]))
    >>> intervals.value(metric, [1, 1, 0], [5.0, 100.0, 15.0])
    0.42105263157894735
    """

    accept: NDArray[np.float64]
    oracle: NDArray[np.float64]
    both_classes = True

    def kernel(self, y_true: NDArray[np.bool_], y_score: NDArray[np.float64]) -> Kernel:
        """Return the kernel of the metric on these rows."""
        rows = np.flatnonzero((self.accept != 0) | (self.oracle != 0) | (y_score != 0))
        cell = np.zeros(len(y_score), dtype=np.intp)  # 0: all that cost nothing
        cell[rows] = np.arange(1, len(rows) + 1)
        saved = np.append(0, (self.accept - y_score)[rows])
        whole = np.append(0, (self.accept - self.oracle)[rows])

        def evaluate(counts: NDArray[np.float64]) -> NDArray[np.float64]:
            bottom = counts @ whole
            top = counts @ saved
            return np.divide(top, bottom, out=np.full_like(top, np.nan), where=bottom > 0)

        return Kernel(cell, len(rows) + 1, evaluate)


def judge(
    df: pd.DataFrame,
    score: Scores,
    *,
    costs: money.CostModel,
    block: ArrayLike | None = None,
    threshold: float | None = None,
    **options: Any,
) -> dict[str, Interval]:
    """Judge scores by average precision, savings, euros and recall, with time-block intervals.

    Parameters
    ----------
    df : pandas.DataFrame
        Rows with ``Time`` (seconds, sorted), ``Amount`` (euros) and ``Class``.
    score : array-like of shape (n,), or several such
        Probability of fraud; rows where it is NaN are left out. Of several, trained with other
        seeds or shuffles, the mean is judged, and the interval holds that luck as well.
    costs : CostModel
        What each outcome costs.
    block : array-like of bool, shape (n,), optional
        Whether each payment is blocked; by default what `casebook.conventions.decide` says:
        by the threshold that was cheapest on the other stretches of time.
    threshold : float, optional
        Block scores from here on, for instance by `casebook.conventions.threshold` of
        earlier rows.
    **options
        Of `prerelease.intervals.bootstrap`, in place of `casebook.conventions.drawn`.

    Returns
    -------
    dict of str to Interval
        ``"average precision"``, ``"savings"`` (0 accept all, 1 oracle), ``"saved"`` (euros per
        1,000 payments) and ``"recall"`` (share of frauds that are blocked).

    Examples
    --------
    >>> sample = data.load_sample()
    >>> found = judge(sample, sample["Class"] * 0.9, costs=money.CostModel(), n_resamples=100)
    >>> found["savings"].estimate, found["recall"].estimate
    (1.0, 1.0)
    """
    given = _columns(score)
    if block is not None:
        block = np.asarray(block, dtype=bool)[~np.isnan(given).any(axis=0)]
    df, scores = _scored_rows(df, given)
    if block is not None:
        decided = [block] * len(scores)
    elif threshold is not None:
        decided = list(scores >= threshold)
    else:
        decided = [conventions.decide(df, column, costs=costs) for column in scores]
    weight = data.sampling_weights(df)
    taken = measures(df, scores, decided, costs=costs, weight=weight)
    found = {}
    for name, (metric, values, rows) in taken.items():
        if name == "average precision":
            found[name] = ranked(df, values, sample_weight=weight, **options)
            continue
        how = {**conventions.drawn(df["Time"][rows]), **options}
        found[name] = measured(
            metric, df["Class"][rows], values[:, rows], sample_weight=weight[rows], **how
        )
    return {name: replace(interval, n=len(df)) for name, interval in found.items()}


def measures(
    df: pd.DataFrame,
    scores: ArrayLike,
    decided: Sequence[ArrayLike],
    *,
    costs: money.CostModel,
    weight: ArrayLike,
) -> dict[str, tuple[Any, NDArray[np.float64], NDArray[np.bool_]]]:
    """Return what `judge` measures: for each name the metric, its input, and the rows it needs.

    Parameters
    ----------
    df : pandas.DataFrame
        Rows with ``Amount`` (euros) and ``Class``.
    scores : array-like of shape (repetitions, n)
        Probability of fraud.
    decided : sequence of array-like of bool, shape (n,)
        Whether each payment is blocked, for each repetition.
    costs : CostModel
        What each outcome costs.
    weight : array-like of shape (n,)
        How many real payments each row stands for.

    Returns
    -------
    dict of str to (metric, ndarray of shape (repetitions, n), ndarray of bool)
        Rows that cost nothing either way add nothing to a sum: without them it is fast. The
        first and the last stay, since they say how long the time is.

    Examples
    --------
    >>> df = pd.DataFrame({"Class": [1, 0, 0, 0], "Amount": [100.0, 50.0, 9.0, 5.0]})
    >>> found = measures(df, [[0.9, 0.1, 0.2, 0.1]], [[True, False, False, False]],
    ...                  costs=money.CostModel(), weight=np.ones(4))
    >>> found["recall"][2].tolist()
    [True, False, False, True]
    """
    everyone = np.ones(len(df), dtype=bool)
    *rules, accept, blocked = (
        money.row_costs(df["Class"], block, df["Amount"], costs=costs)
        for block in (*decided, ~everyone, everyone)
    )
    rules, oracle = np.array(rules), np.minimum(accept, blocked)
    ends = np.isin(np.arange(len(df)), (0, len(df) - 1))
    kept = (rules != 0).any(axis=0) | (accept != 0) | ends
    per_1000 = 1000 / np.sum(weight)
    return {
        "average precision": (
            intervals.AveragePrecision(),
            np.asarray(scores, dtype=np.float64),
            everyone,
        ),
        "savings": (Savings(accept[kept], oracle[kept]), rules, kept),
        "saved": (intervals.Total(), (accept - rules) * per_1000, kept),
        "recall": (intervals.Recall(0.5), np.array(decided, dtype=np.float64), kept),
    }


def judge_all(
    df: pd.DataFrame,
    scored: Mapping[str, Scores] | pd.DataFrame,
    *,
    costs: money.CostModel,
    at_once: int = 2,
    **options: Any,
) -> dict[str, dict[str, Interval]]:
    """Judge scores by name, each on the rows that it has, several at a time.

    Parameters
    ----------
    df : pandas.DataFrame
        As for `judge`.
    scored : mapping of str to scores, or pandas.DataFrame
        For each way or model what `judge` takes, NaN for rows without a score.
    costs : CostModel
        What each outcome costs.
    at_once : int, default 2
        How many are judged at a time.
    **options
        As for `judge`.

    Returns
    -------
    dict of str to dict
        What `judge` returns, by name.

    Raises
    ------
    ValueError
        If `at_once` is below 1, or one has no score.

    Examples
    --------
    >>> sample = data.load_sample()
    >>> scored = pd.DataFrame({"good": sample["Class"] * 0.9})
    >>> found = judge_all(sample, scored, costs=money.CostModel(), at_once=1, n_resamples=100)
    >>> found["good"]["savings"].estimate
    1.0
    """
    needed = df[["Time", "Amount", "Class"]]
    found = Parallel(n_jobs=_validate.integer(at_once, "at_once", low=1), prefer="threads")(
        delayed(judge)(needed, score, costs=costs, **options) for _, score in scored.items()
    )
    return dict(zip(scored.keys(), found, strict=True))


def difference(
    df: pd.DataFrame, first: Scores, second: Scores, *, asked: int = 1, **options: Any
) -> Interval:
    """Return how much higher the first scores' average precision is, on the rows both have.

    Parameters
    ----------
    df : pandas.DataFrame
        Rows with ``Time`` (seconds, sorted) and ``Class``.
    first, second : array-like of shape (n,), or several such
        As for `judge`.
    asked : int, default 1
        How many differences are asked about at once, see `prerelease.intervals.verdict`.
    **options
        As for `judge`.

    Returns
    -------
    Interval
        Of the difference, from a paired time-block bootstrap.

    Raises
    ------
    ValueError
        If no row has both scores.

    Examples
    --------
    >>> sample = data.load_sample()
    >>> print(difference(sample, sample["V14"], sample["V14"], n_resamples=100))
    0.000 [0.000, 0.000]
    """
    one, other = _columns(first), _columns(second)
    df, scores = _scored_rows(df, np.concatenate([one, other]))
    return ranked(
        df,
        scores[: len(one)],
        scores[len(one) :],
        sample_weight=data.sampling_weights(df),
        **{"level": intervals.joint_level(asked), **options},
    )


def _columns(score: Scores) -> NDArray[np.float64]:
    """Return scores as an array (repetitions, rows)."""
    return np.atleast_2d(np.asarray(score, dtype=np.float64))


def _scored_rows(
    df: pd.DataFrame, scores: NDArray[np.float64]
) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """Return the rows that all columns of scores have, and these scores."""
    kept = ~np.isnan(scores).any(axis=0)
    if not kept.any():
        msg = f"At least one row must have a score in each column, got none of {len(df)} rows."
        raise ValueError(msg)
    return df.loc[kept], scores[:, kept]
