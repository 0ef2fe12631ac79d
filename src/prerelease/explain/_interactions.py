"""SHAP interaction values: what a pair of columns does together that neither does alone."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from prerelease import _validate
from prerelease.adapters import shap as adapter

from ._attribution import attribute, tolerance
from ._score import table


def interactions(
    model: Any, X: pd.DataFrame, *, sample_weight: ArrayLike | None = None
) -> pd.DataFrame:
    r"""Return how strongly each pair of columns interacts, and each column acts alone.

    Parameters
    ----------
    model : classifier
        A fitted tree model of two classes.
    X : DataFrame, shape (n, features)
        Rows; 1,000 rows of 29 columns and 200 trees take about six seconds.
    sample_weight : array-like, shape (n,), optional
        How many rows each row stands for.

    Returns
    -------
    DataFrame
        One row for each column and each pair, strongest first: ``first``, ``second`` (the same
        for a column alone), ``strength`` (mean without sign, log-odds) and ``share`` of the
        sum of all strengths.

    Raises
    ------
    ValueError
        If X holds what is no finite number, or weights do not fit.
    ArithmeticError
        If the parts of a row and column do not add up to its SHAP value.

    Notes
    -----
    The effect of a column is :math:`\phi_j = \phi_{jj} + \sum_{k \ne j} \phi_{jk}`; the effect
    of a pair, :math:`\phi_{jk} + \phi_{kj}`, is what remains of it beside both main effects
    [1]_. Trees, path-dependent, in log-odds.

    References
    ----------
    .. [1] Lundberg et al. (2020). From local explanations to global understanding with
       explainable AI for trees. Nature Machine Intelligence 2, 56-67.

    Examples
    --------
    >>> from sklearn.ensemble import HistGradientBoostingClassifier
    >>> X = pd.DataFrame({"a": np.repeat([0.0, 1.0], 50), "b": 1.0})
    >>> model = HistGradientBoostingClassifier(max_iter=1).fit(X, np.repeat([0, 1], 50))
    >>> interactions(model, X)[["first", "second", "share"]].iloc[0].tolist()
    ['a', 'a', np.float64(1.0)]
    """
    rows = table(X)
    weight = _validate.weights(sample_weight, "sample_weight", len(rows))
    values = adapter.tree_interactions(model, rows.to_numpy(np.float64))
    whole = attribute(model, rows).contributions.to_numpy()
    missed, allowed = np.abs(values.sum(axis=2) - whole).max(), tolerance(whole)
    if missed > allowed:
        msg = (
            f"Interaction values must add up to SHAP values, got a sum that is off by {missed:.1e}."
        )
        raise ArithmeticError(msg)
    upper = np.triu_indices(rows.shape[1])
    # Off the diagonal the effect of a pair stands in two places, half in each.
    pairs = values[:, *upper] * np.where(upper[0] == upper[1], 1, 2)
    strength = np.average(np.abs(pairs), axis=0, weights=weight)
    names = rows.columns.to_numpy()
    result = pd.DataFrame(
        {
            "first": names[upper[0]],
            "second": names[upper[1]],
            "strength": strength,
            "share": strength / strength.sum(),
        }
    )
    return result.sort_values("strength", ascending=False, kind="stable", ignore_index=True)
