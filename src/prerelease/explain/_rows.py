"""Which rows are explained, and against which: few enough to be quick, weighted to be fair."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate


@dataclass(frozen=True, eq=False)
class Thinned:
    """Some rows that stand for all.

    Parameters
    ----------
    rows : ndarray of int, shape (k,)
        Positions of the rows kept, in their order.
    weight : ndarray, shape (k,)
        How many rows each of them stands for; they add up to the weight of all rows.
    """

    rows: NDArray[np.intp]
    weight: NDArray[np.float64]


def thin(
    y: ArrayLike,
    n_negative: int,
    *,
    score: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
    seed: int = 0,
) -> Thinned:
    """Keep all positives and some negatives, with weights that make up for those left out.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is a positive; both classes must be there.
    n_negative : int
        Negatives to keep, at least 2; all are kept if there are no more.
    score : array-like, shape (n,), optional
        Of a model. With it, half of those kept are the negatives with the highest scores, each
        for itself, and the others are drawn from the rest: average precision lives at the top,
        and there nothing is left out then.
    sample_weight : array-like, shape (n,), optional
        How many real rows each row already stands for.
    seed : int, default 0
        Of the draw.

    Returns
    -------
    Thinned
        ``rows`` and ``weight``. A weighted mean over them estimates that over all rows without
        bias.

    Raises
    ------
    ValueError
        If a class is missing, lengths differ, or a value is out of range.

    Examples
    --------
    >>> kept = thin([0, 0, 0, 0, 1], 2)
    >>> len(kept.rows), float(kept.weight.sum())
    (3, 5.0)
    """
    positive = _validate.binary(y, "y")
    _validate.integer(n_negative, "n_negative", low=2)
    _validate.integer(seed, "seed", low=0)
    weight = _validate.weights(sample_weight, "sample_weight", len(positive))
    negative = np.flatnonzero(~positive)
    certain = negative[:0]
    if score is not None:
        scores = _validate.vector(score, "score")
        _validate.same_length(y=positive, score=scores)
        order = negative[np.argsort(-scores[negative], kind="stable")]
        certain, negative = order[: n_negative // 2], order[n_negative // 2 :]
    n_drawn = min(n_negative - len(certain), len(negative))
    drawn = np.random.default_rng(seed).choice(negative, n_drawn, replace=False)
    scale = np.ones(len(positive))
    if n_drawn:
        scale[drawn] = weight[negative].sum() / weight[drawn].sum()
    rows = np.sort(np.concatenate([np.flatnonzero(positive), certain, drawn]))
    return Thinned(rows, (weight * scale)[rows])


def background(
    X: pd.DataFrame, n: int, *, sample_weight: ArrayLike | None = None, seed: int = 0
) -> pd.DataFrame:
    """Draw the rows that interventional SHAP compares with: pass training rows.

    Parameters
    ----------
    X : pandas.DataFrame, shape (rows, features)
        Training rows.
    n : int
        Rows to draw, from 1 to the number of rows.
    sample_weight : array-like, shape (rows,), optional
        How many real rows each row stands for: a row of weight 2 is drawn twice as easily.
    seed : int, default 0
        Of the draw.

    Returns
    -------
    pandas.DataFrame, shape (n, features)
        Rows as frequent as they really are.

    Raises
    ------
    ValueError
        If `n` is out of range or the weights do not fit.

    Examples
    --------
    >>> background(pd.DataFrame({"Amount": [1.0, 2.0, 3.0]}), 2).shape
    (2, 1)
    """
    _validate.integer(n, "n", low=1, high=len(X))
    weight = _validate.weights(sample_weight, "sample_weight", len(X))
    drawn = np.random.default_rng(seed).choice(len(X), n, replace=False, p=weight / weight.sum())
    return X.iloc[np.sort(drawn)]
