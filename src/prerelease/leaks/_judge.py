"""What scores are worth: average precision, savings and euros, each with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate, conventions, data, intervals
from prerelease import costs as money
from prerelease.intervals import Counts, Interval, Kernel


@dataclass(frozen=True, eq=False)
class Savings:
    """Savings of a rule between accepting all (0) and the oracle (1), for the bootstrap.

    Pass the cost of each row under the rule (`rule_costs`) where other metrics take a score.

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
    share = False
    both_classes = True

    def kernel(self, y_true: NDArray[np.bool_], y_score: NDArray[np.float64]) -> Kernel:
        """Return the kernel of the metric on these rows."""
        rows = np.flatnonzero((self.accept != 0) | (self.oracle != 0) | (y_score != 0))
        cell = np.zeros(len(y_score), dtype=np.intp)  # 0: all that cost nothing
        cell[rows] = np.arange(1, len(rows) + 1)
        saved = np.append(0, (self.accept - y_score)[rows])
        whole = np.append(0, (self.accept - self.oracle)[rows])

        def evaluate(counts: Counts) -> NDArray[np.float64]:
            bottom = counts @ whole
            top = counts @ saved
            return np.divide(top, bottom, out=np.full_like(top, np.nan), where=bottom > 0)

        return Kernel(cell, len(rows) + 1, evaluate)


def rule_costs(
    df: pd.DataFrame, block: ArrayLike, *, costs: money.CostModel
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return what each payment costs: under a rule, if all are accepted, under the oracle.

    Parameters
    ----------
    df : pandas.DataFrame
        Rows with ``Class`` and ``Amount`` (euros).
    block : array-like of bool, shape (n,)
        The rule's decisions.
    costs : CostModel
        What each outcome costs.

    Returns
    -------
    rule, accept, oracle : ndarray of shape (n,)
        Euros.

    Examples
    --------
    >>> df = pd.DataFrame({"Class": [1, 0], "Amount": [100.0, 50.0]})
    >>> [part.tolist() for part in rule_costs(df, [False, True], costs=money.CostModel())]
    [[120.0, 16.0], [120.0, 0.0], [5.0, 0.0]]
    """
    everyone = np.ones(len(df), dtype=bool)
    rule, accept, blocked = (
        money.row_costs(df["Class"], decisions, df["Amount"], costs=costs)
        for decisions in (block, ~everyone, everyone)
    )
    return rule, accept, np.minimum(accept, blocked)


def judge(
    df: pd.DataFrame,
    score: ArrayLike,
    *,
    costs: money.CostModel,
    block: ArrayLike | None = None,
    **options: Any,
) -> dict[str, Interval]:
    """Judge scores by average precision, savings and euros, with time-block intervals.

    Parameters
    ----------
    df : pandas.DataFrame
        Rows with ``Time`` (seconds, sorted), ``Amount`` (euros) and ``Class``.
    score : array-like of shape (n,)
        Probability of fraud; rows where it is NaN are left out.
    costs : CostModel
        What each outcome costs.
    block : array-like of bool, shape (n,), optional
        Whether each payment is blocked; by default what `prerelease.conventions.decide` says:
        by the threshold that was cheapest on the other stretches of time.
    **options
        Of `prerelease.intervals.bootstrap`, in place of `prerelease.conventions.drawn`.

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
    if block is not None:
        block = np.asarray(block, dtype=bool)[~np.isnan(np.asarray(score, dtype=np.float64))]
    df, (score,) = _scored_rows(df, [score])
    if block is None:
        block = conventions.decide(df, score, costs=costs)
    weight = data.sampling_weights(df)
    rule, accept, oracle = rule_costs(df, block, costs=costs)
    # Rows that cost nothing either way add nothing to a sum: without them it is fast. The
    # first and the last stay, since they say how long the time is.
    kept = (rule != 0) | (accept != 0) | (np.isin(np.arange(len(df)), (0, len(df) - 1)))
    everything = np.ones(len(df), dtype=bool)
    measures = {
        "average precision": (intervals.AveragePrecision(), score, everything),
        "savings": (Savings(accept[kept], oracle[kept]), rule, kept),
        "saved": (intervals.Total(), (accept - rule) * 1000 / weight.sum(), kept),
        "recall": (intervals.Recall(0.5), block.astype(float), kept),
    }
    found = {
        name: intervals.bootstrap(
            metric,
            df["Class"][rows],
            values[rows],
            sample_weight=weight[rows],
            **{**conventions.drawn(df["Time"][rows]), **options},
        )
        for name, (metric, values, rows) in measures.items()
    }
    return {name: replace(interval, n=len(df)) for name, interval in found.items()}


def judge_all(
    df: pd.DataFrame,
    scored: pd.DataFrame,
    *,
    costs: money.CostModel,
    at_once: int = 2,
    **options: Any,
) -> dict[str, dict[str, Interval]]:
    """Judge each column of scores on the rows that it has, several columns at a time.

    Parameters
    ----------
    df : pandas.DataFrame
        As for `judge`.
    scored : pandas.DataFrame
        A column of scores for each way or model, NaN for rows without one.
    costs : CostModel
        What each outcome costs.
    at_once : int, default 2
        How many columns are judged at a time.
    **options
        As for `judge`.

    Returns
    -------
    dict of str to dict
        What `judge` returns, by the names of the columns.

    Raises
    ------
    ValueError
        If `at_once` is below 1, or a column has no score.

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
        delayed(judge)(needed, column.to_numpy(), costs=costs, **options)
        for _, column in scored.items()
    )
    return dict(zip(scored.columns, found, strict=True))


def difference(
    df: pd.DataFrame, first: ArrayLike, second: ArrayLike, *, asked: int = 1, **options: Any
) -> Interval:
    """Return how much higher the first scores' average precision is, on the rows both have.

    Parameters
    ----------
    df : pandas.DataFrame
        Rows with ``Time`` (seconds, sorted) and ``Class``.
    first, second : array-like of shape (n,)
        Scores; rows where one is NaN are left out.
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
    df, (one, other) = _scored_rows(df, [first, second])
    return intervals.average_precision_difference(
        df["Class"],
        one,
        other,
        sample_weight=data.sampling_weights(df),
        **{**conventions.drawn(df["Time"], asked=asked), **options},
    )


def steps(
    df: pd.DataFrame,
    scored: pd.DataFrame,
    *,
    at_once: int = 2,
    **options: Any,
) -> pd.DataFrame:
    """Return what each way to judge changes against the one before it, on the rows both score.

    Parameters
    ----------
    df : pandas.DataFrame
        Rows with ``Time`` (seconds, sorted) and ``Class``.
    scored : pandas.DataFrame
        A column of scores for each way, in order, NaN for rows that it does not score.
    at_once : int, default 2
        How many steps are measured at a time.
    **options
        As for `difference`; all steps are asked about at once.

    Returns
    -------
    pandas.DataFrame
        Index: the names of both columns; columns ``rows``, ``frauds`` and ``change``, the
        `Interval` of the second average precision minus the first.

    Raises
    ------
    ValueError
        If `at_once` is below 1, or two neighbours have no row in common.

    Examples
    --------
    >>> sample = data.load_sample()
    >>> steps(sample, sample[["V4", "V11"]], at_once=1)["frauds"].tolist()
    [492]
    """
    needed = df[["Time", "Class"]]
    pairs = list(zip(scored.columns[:-1], scored.columns[1:], strict=True))
    found = Parallel(n_jobs=_validate.integer(at_once, "at_once", low=1), prefer="threads")(
        delayed(difference)(
            needed,
            scored[after].to_numpy(),
            scored[before].to_numpy(),
            **{"asked": len(pairs), **options},
        )
        for before, after in pairs
    )
    rows = [
        (before, after, change.n, change.n_positive, change)
        for (before, after), change in zip(pairs, found, strict=True)
    ]
    table = pd.DataFrame(rows, columns=["from", "to", "rows", "frauds", "change"])
    return table.set_index(["from", "to"])


def _scored_rows(
    df: pd.DataFrame, scored: Sequence[ArrayLike]
) -> tuple[pd.DataFrame, list[NDArray[np.float64]]]:
    """Return the rows that all columns of scores have, and these scores."""
    columns = [np.asarray(score, dtype=np.float64) for score in scored]
    kept = ~np.isnan(columns).any(axis=0)
    if not kept.any():
        msg = f"At least one row must have a score in each column, got none of {len(df)} rows."
        raise ValueError(msg)
    return df.loc[kept], [column[kept] for column in columns]
