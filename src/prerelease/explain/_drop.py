"""Drop-column importance: what a model is worth that never had a column."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import ArrayLike
from sklearn.base import clone

from prerelease import _validate

from ._permutation import Shuffled, _groups
from ._score import probability, table


def drop_columns(  # noqa: PLR0913 - learning rows and judging rows, both with weights
    model: Any,
    X: pd.DataFrame,
    y: ArrayLike,
    X_held_out: pd.DataFrame,
    *,
    columns: Mapping[str, Sequence[str]] | Sequence[str] | None = None,
    fit_weight: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
    at_once: int = 2,
    tell: Callable[[int, int], object] | None = None,
) -> Shuffled:
    """Train the model again without each column, and score rows that it did not learn from.

    Parameters
    ----------
    model : classifier
        Cloned for each fit; left as it is.
    X, y : DataFrame, shape (n, features), and array-like of {0, 1}, shape (n,)
        Rows to learn from.
    X_held_out : DataFrame, shape (m, features)
        Rows to be scored.
    columns : sequence of str, or mapping of str to sequence of str, optional
        Columns to leave out, one at a time, or named groups; all columns by default.
    fit_weight : array-like, shape (n,), optional
        Passed to ``fit`` as ``sample_weight``.
    sample_weight : array-like, shape (m,), optional
        How many real payments each scored row stands for.
    at_once : int, default 2
        How many models are trained at a time.
    tell : callable, optional
        Called with the number of fits done, and of all.

    Returns
    -------
    Shuffled
        The scores with all columns and without each, for `permutation_importance`: priced and
        given intervals by the same rule, a dropped column is one that was shuffled once.
        `Shuffled.of_trainings` puts several trainings together, on other draws of the rows.

    Raises
    ------
    ValueError
        If a column is unknown, none would be left, or an input holds what it cannot.

    Notes
    -----
    The other columns take over what the lost one knew, as far as they can: this is what the
    *data* loses. The interval of one training knows the luck of the rows that judge, not that
    of the rows learned from; that of several that were stacked knows both.

    References
    ----------
    .. [1] Lei, G'Sell, Rinaldo, Tibshirani and Wasserman (2018). Distribution-free predictive
       inference for regression. JASA 113, 1094-1111 (there: LOCO, leave one covariate out).

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> X = pd.DataFrame({"used": [0.0, 0.0, 1.0, 1.0], "unused": 1.0})
    >>> scored = drop_columns(DecisionTreeClassifier(), X, [0, 0, 1, 1], X)
    >>> scored.without["used"].tolist()
    [[0.5, 0.5, 0.5, 0.5]]
    """
    learn, judge = table(X), table(X_held_out, "X_held_out")
    fraud = _validate.binary(y, "y")
    _validate.same_length(X=learn, y=fraud)
    groups = _groups(columns, list(learn.columns))
    weight = _validate.weights(sample_weight, "sample_weight", len(judge))
    if any(len(set(members)) == learn.shape[1] for members in groups.values()):
        msg = "A model needs a column to learn from, got a group of all columns."
        raise ValueError(msg)
    extra = {} if fit_weight is None else {"sample_weight": fit_weight}

    def scores(kept: list[str]) -> np.ndarray:
        fitted = clone(model).fit(learn[kept], fraud.astype(int), **extra)
        return probability(fitted, judge[kept])

    without = {}

    def one(name: str, members: Sequence[str]) -> None:
        kept = [column for column in learn.columns if column not in set(members)]
        without[name] = scores(kept)[None]
        if tell is not None:
            tell(len(without), len(groups))

    Parallel(n_jobs=_validate.integer(at_once, "at_once", low=1), require="sharedmem")(
        delayed(one)(name, members) for name, members in groups.items()
    )
    whole = scores(list(learn.columns))
    return Shuffled(whole, {name: without[name] for name in groups}, weight)
