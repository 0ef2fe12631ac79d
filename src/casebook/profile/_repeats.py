"""Rows that stand in the file more than once, exactly or but for their time."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate, intervals

from ._rates import rate_in_blocks

FIRST_DAY = 86_400.0


def repeats(df: pd.DataFrame, *, ignore: Sequence[str] = ()) -> dict[str, int]:
    """Count the rows that repeat an earlier row, and the frauds among them.

    Parameters
    ----------
    df : pandas.DataFrame
        Payments, with a column ``Class``.
    ignore : sequence of str, default ()
        Columns that need not agree, such as ``["Time"]``.

    Returns
    -------
    dict
        ``surplus``: rows that repeat an earlier one, ``Class`` included: what
        ``drop_duplicates`` would remove; ``surplus_frauds``: how many of them are fraud.
        ``groups``: sets of two or more rows that agree, whatever their ``Class``; ``rows`` and
        ``frauds`` in these sets; ``largest``: rows of the largest; ``mixed``: sets that hold
        both classes.

    Raises
    ------
    ValueError
        If a column of `ignore` is not there.

    Notes
    -----
    A set of k rows with one label has k - 1 of surplus. Values are compared exactly: the file
    gives about 15 digits, so that rows of different payments do not agree by chance.

    Examples
    --------
    >>> df = pd.DataFrame({"Time": [0, 0, 5], "Amount": [1, 1, 1], "Class": [0, 0, 1]})
    >>> repeats(df)["surplus"], repeats(df, ignore=["Time"])["surplus"]
    (1, 1)
    >>> repeats(df, ignore=["Time"])["mixed"]
    1
    """
    group = twin_sets(df, ignore=ignore)
    fraud = _validate.binary(df["Class"], "Class", both=False)
    sizes = np.bincount(group)
    frauds = np.bincount(group, weights=fraud)
    many = sizes > 1
    surplus = ~_first(df, ignore)
    return {
        "surplus": int(surplus.sum()),
        "surplus_frauds": int((surplus & fraud).sum()),
        "groups": int(many.sum()),
        "rows": int(sizes[many].sum()),
        "frauds": int(frauds[many].sum()),
        "largest": int(sizes.max()),
        "mixed": int((many & (frauds > 0) & (frauds < sizes)).sum()),
    }


def both_ways(
    df: pd.DataFrame, *, weights: ArrayLike | None = None, in_blocks: bool = False
) -> pd.DataFrame:
    """Return the headlines of the file with all rows, and without those that repeat others.

    Parameters
    ----------
    df : pandas.DataFrame
        ``Time`` (seconds), ``Amount`` (euros), ``Class``, and the features.
    weights : array-like of shape (n,), optional
        How many real payments each row stands for; 1 by default.
    in_blocks : bool, default False
        Draw the interval of the rate from blocks of time, as the book does; by default it is
        exact for independent frauds.

    Returns
    -------
    pandas.DataFrame
        One row a headline (``payments``, ``frauds``, ``rate`` with ``low`` and ``high``,
        euros, ...), one column a way to count: all rows, without exact repeats, and without
        rows that repeat an earlier one in all but ``Time``.

    Raises
    ------
    ValueError
        If there is not one weight above 0 a row.

    Examples
    --------
    >>> df = pd.DataFrame({"Time": [0, 0, 5], "Amount": [1.0, 1.0, 1.0], "Class": [0, 0, 1]})
    >>> both_ways(df).loc["payments"].astype(int).tolist()
    [3, 2, 2]
    """
    weight = _validate.weights(weights, "weights", len(df))
    kept = {
        "all rows": np.ones(len(df), dtype=bool),
        "without exact repeats": _first(df, ()),
        "without repeats but for Time": _first(df, ("Time",)),
    }
    return pd.DataFrame(
        {name: _headlines(df[rows], weight[rows], in_blocks) for name, rows in kept.items()}
    )


def twin_sets(df: pd.DataFrame, *, ignore: Sequence[str] = ("Time",)) -> NDArray[np.intp]:
    """Return the number of the set of twins that each row belongs to.

    Parameters
    ----------
    df : pandas.DataFrame
        Payments.
    ignore : sequence of str, default ("Time",)
        Columns that need not agree; ``Class`` is never compared.

    Returns
    -------
    ndarray of shape (n,)
        From 0; rows with the same number are twins. Most rows are alone in their set.

    Raises
    ------
    ValueError
        If a column of `ignore` is not there.

    Examples
    --------
    >>> df = pd.DataFrame({"Time": [0, 1, 2], "Amount": [1, 7, 1], "Class": [0, 0, 1]})
    >>> twin_sets(df).tolist()
    [0, 1, 0]
    """
    unknown = [name for name in ignore if name not in df.columns]
    if unknown:
        msg = f"ignore must name columns of df, got {unknown}."
        raise ValueError(msg)
    columns = [name for name in df.columns if name not in {*ignore, "Class"}]
    return df.groupby(columns, sort=False, dropna=False).ngroup().to_numpy()


def twins_across(
    sets: ArrayLike, labels: ArrayLike, *, learn: ArrayLike, judge: ArrayLike
) -> dict[str, float]:
    """Count the rows to be judged on that have a twin among the rows to learn from.

    Parameters
    ----------
    sets : array-like of int, shape (n,)
        From `twin_sets`.
    labels : array-like of shape (n,)
        1 is fraud, 0 is honest.
    learn, judge : array-like of bool, shape (n,)
        Which rows a model learns from, and which it is judged on; none may be both.

    Returns
    -------
    dict
        ``rows`` and ``frauds``: how many rows of `judge`, and how many frauds among them, have
        a twin in `learn`; ``share`` and ``fraud_share`` of all rows and frauds of `judge`.

    Raises
    ------
    ValueError
        If a row is in both, or none is in `judge`.

    Examples
    --------
    >>> found = twins_across([0, 0, 1], [0, 0, 1], learn=[1, 0, 0], judge=[0, 1, 1])
    >>> found["rows"], found["frauds"]
    (1, 0)
    """
    group = np.asarray(sets)
    fraud = _validate.binary(labels, "labels", both=False)
    learn, judge = (np.asarray(part, dtype=bool) for part in (learn, judge))
    _validate.same_length(sets=group, labels=fraud, learn=learn, judge=judge)
    if (learn & judge).any() or not judge.any():
        msg = (
            "learn and judge must share no row and judge must have some, got "
            f"{int((learn & judge).sum())} shared and {int(judge.sum())} to judge."
        )
        raise ValueError(msg)
    seen = np.zeros(group.max() + 1, dtype=bool)
    seen[group[learn]] = True
    twin = judge & seen[group]
    n_frauds = int((judge & fraud).sum())
    return {
        "rows": int(twin.sum()),
        "frauds": int((twin & fraud).sum()),
        "share": float(twin.sum() / judge.sum()),
        "fraud_share": float((twin & fraud).sum() / n_frauds) if n_frauds else float("nan"),
    }


def _first(df: pd.DataFrame, ignore: Sequence[str]) -> NDArray[np.bool_]:
    """Mark the first row of each set of rows that agree, Class included."""
    columns = [name for name in df.columns if name not in ignore]
    return ~df.duplicated(subset=columns).to_numpy()


def _headlines(df: pd.DataFrame, weight: NDArray[np.float64], in_blocks: bool) -> dict[str, float]:
    fraud = df["Class"].to_numpy() == 1
    euros = df["Amount"].to_numpy() * weight
    if in_blocks:
        rate = rate_in_blocks(df["Time"], fraud, np.ones(len(df)), weights=weight)
    else:
        rate = intervals.binomial(round(weight[fraud].sum()), round(weight.sum()))
    early = df["Time"].to_numpy() < FIRST_DAY
    return {
        "payments": float(round(weight.sum())),
        "frauds": float(round(weight[fraud].sum())),
        "rate": rate.estimate,
        "low": rate.low,
        "high": rate.high,
        "euros": float(euros.sum()),
        "fraud_euros": float(euros[fraud].sum()),
        "median_fraud": float(df["Amount"][fraud].median()),
        "frauds_day_1": float(round(weight[fraud & early].sum())),
        "frauds_day_2": float(round(weight[fraud & ~early].sum())),
    }
