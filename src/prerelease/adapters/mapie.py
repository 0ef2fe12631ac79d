"""MAPIE 1, of which the library uses Venn-Abers calibration.

MAPIE is an extra, imported only when a function here is called:
``pip install "prerelease[conformal]"``.
"""

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin

from prerelease import _validate

Floats = NDArray[np.float64]
Labels = NDArray[np.bool_]


@contextmanager
def contract() -> Iterator[None]:
    """Say in a sentence if MAPIE is missing or answers no longer as it did; keep it quiet.

    What it tells of rows of one label, of quantiles that cross, or of finding nothing is meant
    here; on its way it divides by zero, and looks for the largest of nothing.
    """
    mapie = _validate.extra("mapie", "conformal")
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
            yield
    except (ImportError, AttributeError, TypeError) as error:
        msg = (
            f"MAPIE {mapie.__version__} does not answer as MAPIE 1 did, for which this was "
            f"written, or cannot read these rows: {error}"
        )
        raise TypeError(msg) from error
    finally:
        logging.disable(before)


class Given(BaseEstimator):
    """An estimator whose input already holds its answers."""

    def fit(self, X: Floats, y: Floats) -> "Given":
        """Learn nothing."""
        self.n_features_in_ = X.shape[1]
        return self


class Probability(ClassifierMixin, Given):
    """A classifier whose one input already is the probability of class 1."""

    classes_ = np.array([0, 1])

    def predict_proba(self, X: Floats) -> Floats:
        """Return the input as the probability of class 1."""
        return np.column_stack([1 - X[:, 0], X[:, 0]])

    def predict(self, X: Floats) -> NDArray[np.int64]:
        """Return the more probable class."""
        return (X[:, 0] >= 0.5).astype(int)


@contract()
def venn_abers(y: Labels, probability: Floats) -> Callable[[ArrayLike], Floats]:
    """Learn a Venn-Abers correction of probabilities.

    Parameters
    ----------
    y : ndarray of bool, shape (n,)
        Labels; both must be there.
    probability : ndarray, shape (n,)
        Probabilities from 0 to 1.

    Returns
    -------
    callable
        Takes probabilities of other rows and returns corrected ones: the two probabilities of
        each row, merged as MAPIE does.

    Examples
    --------
    >>> correct = venn_abers(np.array([0, 0, 0, 1] * 25) == 1, np.full(100, 0.5))
    >>> bool(0.2 < correct([0.5])[0] < 0.3)
    True
    """
    from mapie.calibration import VennAbersCalibrator  # noqa: PLC0415

    inputs, labels = probability[:, None], y.astype(int)
    model = VennAbersCalibrator(Probability().fit(inputs, labels), cv="prefit")
    model.fit(inputs, labels)

    @contract()
    def correct(values: ArrayLike) -> Floats:
        column = np.asarray(values, dtype=np.float64)[:, None]
        return np.asarray(model.predict_proba(column))[:, 1].clip(0, 1)

    return correct
