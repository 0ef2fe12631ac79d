"""Rows that stand in the file more than once, exactly or but for their time."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prerelease import _validate


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
    surplus = df.duplicated(df.columns.difference(ignore)).to_numpy()
    return {
        "surplus": int(surplus.sum()),
        "surplus_frauds": int((surplus & fraud).sum()),
        "groups": int(many.sum()),
        "rows": int(sizes[many].sum()),
        "frauds": int(frauds[many].sum()),
        "largest": int(sizes.max()),
        "mixed": int((many & (frauds > 0) & (frauds < sizes)).sum()),
    }


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
