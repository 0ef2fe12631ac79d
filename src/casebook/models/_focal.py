"""LightGBM trained on focal loss."""

from typing import Self

import numpy as np
from lightgbm import LGBMClassifier
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, log_expit
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.validation import check_is_fitted

from prerelease import _validate

Floats = NDArray[np.float64]
_SMALLEST_CURVATURE = 1e-6


def derivatives(y: ArrayLike, log_odds: Floats, *, gamma: float) -> tuple[Floats, Floats]:
    r"""Return the first and second derivative of the focal loss of each row by its log-odds.

    With `z` the probability given to the true label, the loss is :math:`-(1 - z)^\gamma \log z`
    (Lin et al., ICCV 2017). The second derivative is negative where the model is confident and
    wrong: focal loss is not convex.
    """
    sign = np.where(np.asarray(y) == 1, 1.0, -1.0)
    margin = sign * log_odds
    right, wrong, log_right = expit(margin), expit(-margin), log_expit(margin)
    weight = wrong**gamma
    gradient = sign * weight * (gamma * right * log_right - wrong)
    curvature = weight * (
        gamma * right * wrong * (log_right + 1)
        - gamma**2 * right**2 * log_right
        + (gamma + 1) * right * wrong
    )
    return gradient, curvature


class FocalClassifier(ClassifierMixin, BaseEstimator):
    """LightGBM trained on focal loss.

    Parameters
    ----------
    model : lightgbm.LGBMClassifier
        Its settings; a clone is fitted.
    gamma : float, default 2
        0 is the log-loss; the larger, the less a row counts that the model has right.

    Notes
    -----
    It says what focal loss asks for, which is not the probability: see
    `prerelease.losses.focal_posterior`. It begins at the share of frauds, as LightGBM's own loss
    does. Negative curvature would turn a step around, so it is cut off at a small positive number.

    Examples
    --------
    >>> model = FocalClassifier(LGBMClassifier(n_estimators=2, min_child_samples=1, verbose=-1))
    >>> model.fit([[0.0], [1.0], [0.0], [1.0]], [0, 1, 0, 1]).predict_proba([[1.0]]).shape
    (1, 2)
    """

    def __init__(self, model: LGBMClassifier, *, gamma: float = 2.0) -> None:
        self.model = model
        self.gamma = gamma

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Train on rows and their labels.

        Parameters
        ----------
        X : array-like, shape (n, features)
            Inputs.
        y : array-like of {0, 1}, shape (n,)
            1 is a fraud; both classes must be there.
        """
        fraud = _validate.binary(y, "y")
        gamma = _validate.number(self.gamma, "gamma", above=0, closed=True)
        self.classes_ = np.array([0, 1])
        self.start_ = float(np.log(fraud.mean() / (1 - fraud.mean())))

        def objective(y_true: Floats, log_odds: Floats) -> tuple[Floats, Floats]:
            gradient, curvature = derivatives(y_true, log_odds, gamma=gamma)
            return gradient, np.maximum(curvature, _SMALLEST_CURVATURE)

        self.model_ = clone(self.model).set_params(objective=objective)
        self.model_.fit(X, fraud.astype(int), init_score=np.full(len(fraud), self.start_))
        return self

    def predict_proba(self, X: ArrayLike) -> Floats:
        """Return what the model says of each class.

        Parameters
        ----------
        X : array-like, shape (n, features)
            Inputs.
        """
        check_is_fitted(self)
        said = expit(self.model_.predict(X, raw_score=True) + self.start_)
        return np.column_stack([1 - said, said])

    def predict(self, X: ArrayLike) -> NDArray[np.int64]:
        """Return 1 where the model says at least one half.

        Parameters
        ----------
        X : array-like, shape (n, features)
            Inputs.
        """
        return (self.predict_proba(X)[:, 1] >= 0.5).astype(int)
