"""Venn-Abers calibration of scores by MAPIE, whose own door takes a model and its inputs."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin


class _Scores(ClassifierMixin, BaseEstimator):
    """A classifier whose one input already is its probability."""

    classes_ = np.array([0, 1])

    def fit(self, X: NDArray[np.float64], y: NDArray[np.int64]) -> "_Scores":
        """Learn nothing."""
        del y
        self.n_features_in_ = X.shape[1]
        return self

    def predict_proba(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the input as the probability of class 1."""
        return np.column_stack([1 - X[:, 0], X[:, 0]])


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep to itself what MAPIE divides by zero on its way, and looks for among NaN."""
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="All-NaN", category=RuntimeWarning)
        yield


def fit(
    fraud: NDArray[np.bool_], promised: NDArray[np.float64]
) -> Callable[[ArrayLike], NDArray[np.float64]]:
    """Learn a Venn-Abers correction.

    Parameters
    ----------
    fraud : ndarray of bool, shape (n,)
        Labels; both must be there.
    promised : ndarray, shape (n,)
        Probabilities from 0 to 1.

    Returns
    -------
    callable
        Takes promises for other rows and returns corrected ones: the two probabilities of
        each row, merged as MAPIE does.

    Notes
    -----
    MAPIE is not among the package's own requirements, so it is imported when it is asked for.

    Examples
    --------
    >>> import numpy as np
    >>> correct = fit(np.array([0, 0, 0, 1] * 25) == 1, np.full(100, 0.5))
    >>> bool(0.2 < correct([0.5])[0] < 0.3)
    True
    """
    from mapie.calibration import VennAbersCalibrator  # noqa: PLC0415 (see Notes)

    inputs, labels = promised[:, None], fraud.astype(int)
    with _quiet():
        model = VennAbersCalibrator(_Scores().fit(inputs, labels), cv="prefit")
        model.fit(inputs, labels)

    def correct(values: ArrayLike) -> NDArray[np.float64]:
        column = np.asarray(values, dtype=np.float64)[:, None]
        with _quiet():
            return np.asarray(model.predict_proba(column))[:, 1].clip(0, 1)

    return correct
