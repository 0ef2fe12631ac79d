"""Shapley values by their definition, for models of a few columns: to check the quick ways."""

from collections.abc import Callable
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import ArrayLike

from prerelease import _validate

from ._score import Floats, table

MOST = 12
"""Columns beyond which all sets are too many."""


def exact_shapley(score: Callable[[Floats], Floats], X: ArrayLike, background: ArrayLike) -> Floats:
    r"""Return Shapley values by going through all sets of columns.

    Parameters
    ----------
    score : callable
        Takes an array of shape (rows, features), returns a score a row.
    X : array-like, shape (n, features)
        Rows to be explained; at most 12 columns, since there are :math:`2^p` sets.
    background : array-like, shape (m, features)
        Rows that stand in for what is not known.

    Returns
    -------
    ndarray, shape (n, features)
        What each column adds to the mean score of the background, in the score's unit.

    Raises
    ------
    ValueError
        If there are too many columns, or the two do not have the same.

    Notes
    -----
    :math:`v(S)` is the mean score of the background rows with the columns of `S` set to the
    row's values (interventional). The formula is in `attribute`.

    References
    ----------
    .. [1] Shapley (1953). A value for n-person games. Contributions to the Theory of Games II,
       307-317. Princeton University Press.

    Examples
    --------
    >>> exact_shapley(lambda rows: rows @ [2.0, 1.0], [[1.0, 1.0]], [[0.0, 0.0]]).tolist()
    [[2.0, 1.0]]
    """
    rows, others = table(X).to_numpy(np.float64), table(background).to_numpy(np.float64)
    p = rows.shape[1]
    _validate.integer(p, "the number of columns", low=1, high=MOST)
    if others.shape[1] != p:
        msg = f"background must have the {p} columns of X, got {others.shape[1]}."
        raise ValueError(msg)
    worth = {known: _worth(score, rows, others, known) for known in _sets(range(p))}
    result = np.zeros(rows.shape)
    for column in range(p):
        for known in _sets([other for other in range(p) if other != column]):
            size = len(known)
            share = factorial(size) * factorial(p - size - 1) / factorial(p)
            with_it = tuple(sorted((*known, column)))
            result[:, column] += share * (worth[with_it] - worth[known])
    return result


def _sets(columns: range | list[int]) -> list[tuple[int, ...]]:
    return [known for size in range(len(columns) + 1) for known in combinations(columns, size)]


def _worth(
    score: Callable[[Floats], Floats], rows: Floats, others: Floats, known: tuple[int, ...]
) -> Floats:
    """Return, for each row, the mean score of the others with its known columns."""
    mixed = np.repeat(others[None], len(rows), axis=0)
    mixed[:, :, list(known)] = rows[:, None, list(known)]
    scores = np.asarray(score(mixed.reshape(-1, rows.shape[1])), dtype=np.float64)
    return scores.reshape(len(rows), len(others)).mean(axis=1)
