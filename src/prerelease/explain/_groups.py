"""Columns that stand in for each other: to be shuffled or dropped together."""

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from prerelease import _validate

from ._score import table


def correlated_groups(X: pd.DataFrame, *, at_least: float = 0.8) -> dict[str, list[str]]:
    """Return groups of columns in which every pair is strongly correlated.

    Parameters
    ----------
    X : DataFrame, shape (n, features)
        Rows among which columns may replace each other: the positives, say. At least 3.
    at_least : float, default 0.8
        Correlation, without its sign, of every pair of a group; between 0 and 1.

    Returns
    -------
    dict of str to list of str
        Members by the group's name, such as ``"V16, V17, V18"``; only groups of two and more,
        in the order of the columns.

    Raises
    ------
    ValueError
        If there are too few rows or columns, or a column is constant.

    Notes
    -----
    Complete linkage on the distance 1 − abs(r), with Pearson's r: a group is as far apart as its
    furthest pair.

    Examples
    --------
    >>> X = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [3.0, 2.0, 0.9], "c": [1.0, 9.0, 1.0]})
    >>> correlated_groups(X)
    {'a, b': ['a', 'b']}
    """
    rows = table(X)
    _validate.integer(len(rows), "the number of rows", low=3)
    _validate.integer(rows.shape[1], "the number of columns", low=2)
    _validate.number(at_least, "at_least", above=0, below=1)
    constant = [name for name in rows if np.ptp(rows[name].to_numpy()) == 0]
    if constant:
        msg = f"X must not hold constant columns, which correlate with nothing, got {constant}."
        raise ValueError(msg)
    apart = 1 - np.abs(np.corrcoef(rows.to_numpy(), rowvar=False))
    np.fill_diagonal(apart, 0)
    tree = linkage(squareform(apart, checks=False), method="complete")
    label = pd.Series(fcluster(tree, 1 - at_least, criterion="distance"), index=rows.columns)
    members = [label.index[label == one].tolist() for one in label.drop_duplicates()]
    return {", ".join(names): names for names in members if len(names) > 1}
