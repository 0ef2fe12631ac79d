"""Labels without meaning: what a model learns and claims where there is nothing to learn."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import clone

from prerelease import _validate

from ._rows import thin
from ._score import Floats, in_turn, precision, probability, table


@dataclass(frozen=True, eq=False)
class NullLabels:
    """What a method learns and claims when there is nothing to learn.

    Parameters
    ----------
    importance : DataFrame, shape (permutations, features)
        What each column seemed to be worth.
    train, held_out : ndarray, shape (permutations,)
        Average precision on the rows learned from, and on others with their true labels.
    """

    importance: pd.DataFrame = field(repr=False)
    train: Floats = field(repr=False)
    held_out: Floats = field(repr=False)

    def p_values(self, observed: pd.Series, *, family: bool = False) -> pd.Series:
        """Return how often nothing looks as important as what was observed.

        Parameters
        ----------
        observed : Series
            Importance of each column by the same method, on the true labels.
        family : bool, default False
            Compare with the *largest* importance of each permutation. Then p is the risk that
            any column at all looks so important where there is nothing to find, and needs no
            correction for the number of columns [1]_.

        Returns
        -------
        Series
            (1 + number of permutations at or above the observed) / (1 + permutations).

        References
        ----------
        .. [1] Westfall and Young (1993). Resampling-based multiple testing. Wiley.

        Examples
        --------
        >>> claimed = pd.DataFrame({"a": [1, 2, 3], "b": [9, 1, 1]})
        >>> null = NullLabels(claimed, train=np.ones(3), held_out=np.ones(3))
        >>> null.p_values(pd.Series({"a": 4, "b": 10})).tolist()
        [0.25, 0.25]
        >>> null.p_values(pd.Series({"a": 4, "b": 10}), family=True).tolist()
        [0.5, 0.25]
        """
        nothing = self.importance[observed.index].to_numpy()
        if family:
            nothing = nothing.max(axis=1, keepdims=True)
        reached = (nothing >= observed.to_numpy()).sum(axis=0)
        return pd.Series((1 + reached) / (1 + len(nothing)), index=observed.index)


def label_permutation(  # noqa: PLR0913 - rows to learn from, rows to judge, and how often
    model: Any,
    X: pd.DataFrame,
    y: ArrayLike,
    X_held_out: pd.DataFrame,
    y_held_out: ArrayLike,
    *,
    importance: Callable[[Any, pd.DataFrame], pd.Series],
    n_permutations: int = 19,
    n_negative: int = 10_000,
    fit_weight: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
    seed: int = 0,
    at_once: int = 2,
    tell: Callable[[int, int], object] | None = None,
) -> NullLabels:
    """Train on labels that were moved in time, so that they fit their rows no more.

    Parameters
    ----------
    model : classifier
        Cloned for each fit.
    X, y : DataFrame, shape (n, features), and array-like of {0, 1}, shape (n,)
        Rows to learn from, in the order of time.
    X_held_out, y_held_out : DataFrame, shape (m, features), and array-like, shape (m,)
        Rows to be scored.
    importance : callable
        Takes the fitted model and the rows it learned from, returns a number a column.
    n_permutations : int, default 19
        With 19 the smallest p-value is one in twenty.
    n_negative : int, default 10_000
        Each fit learns from all rows labelled 1 and so many others, weighted (`thin`).
    fit_weight, sample_weight : array-like, optional
        How many real rows each row stands for.
    seed : int, default 0
        Of all draws.
    at_once : int, default 2
        How many models are trained at a time.
    tell : callable, optional
        Called with the number of permutations done, and of all.

    Returns
    -------
    NullLabels
        ``importance``, a row a permutation; the average precision on the rows learned from,
        ``train``, and on the others with their true labels, ``held_out``; and ``p_values``.

    Raises
    ------
    ValueError
        If an input holds what it cannot.

    Notes
    -----
    Labels go round a circle by a random part of it, at least a tenth: they keep their number and
    their bursts, which a free shuffle [1]_ would break up, and lose their rows. The importances
    under such labels are what those under the true ones are held against [2]_.

    References
    ----------
    .. [1] Ojala and Garriga (2010). Permutation tests for studying classifier performance.
       JMLR 11, 1833-1863.
    .. [2] Altmann, Toloşi, Sander and Lengauer (2010). Permutation importance: a corrected
       feature importance measure. Bioinformatics 26, 1340-1347.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> X, y = pd.DataFrame({"a": np.arange(200.0)}), np.arange(200) < 20
    >>> null = label_permutation(DecisionTreeClassifier(max_depth=2), X, y, X, y,
    ...     importance=lambda model, rows: pd.Series({"a": 1.0}), n_permutations=3)
    >>> null.importance.shape
    (3, 1)
    """
    learn, judge = table(X), table(X_held_out, "X_held_out")
    positive, other = _validate.binary(y, "y"), _validate.binary(y_held_out, "y_held_out")
    _validate.same_length(X=learn, y=positive)
    _validate.same_length(X_held_out=judge, y_held_out=other)
    _validate.integer(n_permutations, "n_permutations", low=1)
    weight = _validate.weights(fit_weight, "fit_weight", len(learn))
    rng = np.random.default_rng(_validate.integer(seed, "seed", low=0))
    tenth, n = len(positive) // 10, len(positive)
    shifts = [rng.integers(tenth, n - tenth) for _ in range(n_permutations)]

    def one(number: int, shift: int) -> tuple[Any, pd.DataFrame, list[float]]:
        moved = np.roll(positive, shift)
        kept = thin(moved, n_negative, sample_weight=weight, seed=seed + number)
        rows = learn.iloc[kept.rows]
        fitted = clone(model).fit(rows, moved[kept.rows].astype(int), sample_weight=kept.weight)
        scores = [
            precision(moved[kept.rows], probability(fitted, rows), kept.weight),
            precision(other, probability(fitted, judge), sample_weight),
        ]
        return fitted, rows, scores

    many = in_turn(one, list(enumerate(shifts, start=1)), at_once, tell)
    # Not within the threads: SHAP's warnings are hushed by a switch that they share.
    found = [importance(fitted, rows) for fitted, rows, _ in many]
    on_train, on_others = np.array([scores for *_, scores in many]).T
    return NullLabels(pd.DataFrame(found), on_train, on_others)
