"""SHAP 0.51 and 0.54: the one place that knows its interface.

It is imported only when a function here is called, which takes a few seconds.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prerelease import _validate

OUTPUTS = {"log-odds": "raw", "probability": "probability"}
"""What a SHAP value is a share of, and what SHAP calls it."""

Floats = NDArray[np.float64]


@contextmanager
def _contract() -> Iterator[Any]:
    """Give SHAP, and say in a sentence if it is missing or no longer answers as it did."""
    shap = _validate.extra("shap", "explain")
    try:
        with warnings.catch_warnings():
            # SHAP's shape for LightGBM's classifiers has changed once, which it tells each time.
            warnings.filterwarnings("ignore", message=".*LightGBM binary classifier.*")
            yield shap
    except Exception as error:
        of_shap = type(error).__module__.startswith("shap")  # such as for a model that is no tree
        if not of_shap and not isinstance(error, AttributeError | TypeError):
            raise
        msg = (
            f"SHAP {shap.__version__} does not answer as 0.51 and 0.54 did, which this was tried "
            f"with, or cannot read this model: {error}"
        )
        raise TypeError(msg) from error


def tree_values(
    model: Any, X: Floats, *, background: Floats | None = None, output: str = "log-odds"
) -> tuple[Floats, float]:
    """Return SHAP's values of a tree model for the second of two classes.

    Parameters
    ----------
    model : estimator
        A tree model that SHAP knows, such as scikit-learn's or LightGBM's, fitted.
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
    ImportError
        If SHAP is not installed.
    TypeError
        If SHAP does not answer with one value a row and feature for a class: its interface has
        changed, or the model has more than two classes.

    Notes
    -----
    SHAP's own check of additivity is off: `prerelease.explain` checks against the score itself,
    and says by how much a row is missed.

    Examples
    --------
    >>> from sklearn.ensemble import HistGradientBoostingClassifier
    >>> X, y = np.repeat([[0.0], [1.0]], 50, axis=0), np.repeat([0, 1], 50)
    >>> tree_values(HistGradientBoostingClassifier(max_iter=1).fit(X, y), X)[0].shape
    (100, 1)
    """
    how = "tree_path_dependent" if background is None else "interventional"
    with _contract() as shap:
        explainer = shap.TreeExplainer(
            model, background, model_output=OUTPUTS[output], feature_perturbation=how
        )
        values = explainer.shap_values(X, check_additivity=False)
        return _second_class(values, X.shape), float(np.ravel(explainer.expected_value)[-1])


def _second_class(values: Any, shape: tuple[int, ...]) -> Floats:
    """Return the values of class 1 from each of the shapes that SHAP has used."""
    array = np.asarray(values[-1] if isinstance(values, list) else values, dtype=np.float64)
    if array.shape == (*shape, 2):
        array = array[..., 1]
    if array.shape != shape:
        msg = f"values of shape {shape} were expected, got {array.shape}."
        raise TypeError(msg)
    return array
