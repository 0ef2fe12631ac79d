"""SHAP 0.51 and 0.54: the one place that knows its interface.

It is imported only when a function here is called, which takes a few seconds.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

VERSIONS = ("0.51.0", "0.54.1")
"""Those that the lock file holds: for Python 3.11, and for later ones."""
OUTPUTS = {"log-odds": "raw", "probability": "probability"}
"""What a SHAP value is a share of, and what SHAP calls it."""

Floats = NDArray[np.float64]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep to itself that SHAP's shape for LightGBM's classifiers has changed once."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*LightGBM binary classifier.*")
        yield


def tree_values(
    model: Any, X: Floats, *, background: Floats | None = None, output: str = "log-odds"
) -> tuple[Floats, float]:
    """Return SHAP's values of a tree model for the second of two classes.

    Parameters
    ----------
    model : estimator
        A tree model that SHAP knows, such as LightGBM's classifier, fitted.
    X : ndarray, shape (n, features)
        Rows to be explained.
    background : ndarray, shape (m, features), optional
        Rows that stand in for what is not known (interventional); without them the numbers of
        training rows in the trees do (tree-path-dependent).
    output : {"log-odds", "probability"}
        What is shared out; probabilities need a background.

    Returns
    -------
    values : ndarray, shape (n, features)
        In log-odds, or in probability.
    base : float
        What each row's values are added to.

    Raises
    ------
    TypeError
        If SHAP does not answer with one value a row and feature for a class: its interface has
        changed, or the model has more than two classes.

    Notes
    -----
    SHAP's own check of additivity is off: `prerelease.explain` checks against the score itself,
    and says by how much a row is missed.

    Examples
    --------
    >>> from lightgbm import LGBMClassifier
    >>> X, y = np.repeat([[0.0], [1.0]], 50, axis=0), np.repeat([0, 1], 50)
    >>> model = LGBMClassifier(n_estimators=1, verbose=-1).fit(X, y)
    >>> tree_values(model, X)[0].shape
    (100, 1)
    """
    from shap import TreeExplainer  # noqa: PLC0415 (see the module)

    how = "tree_path_dependent" if background is None else "interventional"
    with _quiet():
        explainer = TreeExplainer(
            model, background, model_output=OUTPUTS[output], feature_perturbation=how
        )
        values = explainer.shap_values(X, check_additivity=False)
    return _second_class(values, X.shape), _last(explainer.expected_value)


def tree_interactions(model: Any, X: Floats) -> tuple[Floats, float]:
    """Return SHAP's interaction values of a tree model, tree-path-dependent, in log-odds.

    Parameters
    ----------
    model, X
        As for `tree_values`.

    Returns
    -------
    values : ndarray, shape (n, features, features)
        Main effects on the diagonal; the effect of a pair is split between its two places.
    base : float
        What each row's values are added to.

    Raises
    ------
    TypeError
        As `tree_values`.

    Examples
    --------
    >>> from lightgbm import LGBMClassifier
    >>> X, y = np.repeat([[0.0], [1.0]], 50, axis=0), np.repeat([0, 1], 50)
    >>> model = LGBMClassifier(n_estimators=1, verbose=-1).fit(X, y)
    >>> tree_interactions(model, X)[0].shape
    (100, 1, 1)
    """
    from shap import TreeExplainer  # noqa: PLC0415 (see the module)

    with _quiet():
        explainer = TreeExplainer(model, feature_perturbation="tree_path_dependent")
        values = explainer.shap_interaction_values(X)
    return _second_class(values, (*X.shape, X.shape[1])), _last(explainer.expected_value)


def _second_class(values: Any, shape: tuple[int, ...]) -> Floats:
    """Return the values of class 1 from each of the shapes that SHAP has used."""
    if isinstance(values, list):
        values = values[-1]
    array = np.asarray(values, dtype=np.float64)
    if array.shape == (*shape, 2):
        array = array[..., 1]
    if array.shape != shape:
        msg = f"SHAP was expected to return values of shape {shape}, got {array.shape}."
        raise TypeError(msg)
    return array


def _last(base: Any) -> float:
    return float(np.ravel(base)[-1])
