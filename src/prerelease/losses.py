"""What a model is trained to get right, and what its scores mean afterwards.

Weights, copies, fewer honest rows and focal loss all change the question that a model answers.
Each comes with the formula that leads back to the probability of fraud.
"""

from typing import Self

import numpy as np
from lightgbm import LGBMClassifier
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, log_expit, xlog1py, xlogy
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.validation import check_is_fitted

from prerelease import _validate
from prerelease.costs import CostModel

Floats = NDArray[np.float64]
_SMALLEST_CURVATURE = 1e-6
_SMALLEST_PROBABILITY = 1e-15


def log_losses(y: ArrayLike, probability: ArrayLike) -> Floats:
    r"""Return the log-loss of each row, :math:`-\log` of what was promised for what happened.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud.
    probability : array-like, shape (n,)
        Probabilities of fraud.

    Returns
    -------
    ndarray, shape (n,)
        Nats; smaller is better. Their mean is the log-loss.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, or if lengths differ.

    Notes
    -----
    Promises are cut off 1e-15 short of 0 and 1: a fraud that was promised to be none would
    cost infinitely much otherwise.

    Examples
    --------
    >>> log_losses([1, 0], [0.5, 0.0]).round(3)
    array([0.693, 0.   ])
    """
    fraud = _validate.binary(y, "y", both=False)
    promised = _validate.probabilities(probability, "probability")
    _validate.same_length(y=fraud, probability=promised)
    promised = np.clip(promised, _SMALLEST_PROBABILITY, 1 - _SMALLEST_PROBABILITY)
    return -np.where(fraud, np.log(promised), np.log1p(-promised))


def undersample(y: ArrayLike, *, per_fraud: float, seed: int = 0) -> tuple[NDArray[np.intp], float]:
    """Return the rows that are left when honest payments are dropped at random.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud; both classes must be there.
    per_fraud : float
        Honest payments kept for each fraud, above 0.
    seed : int, default 0
        Of the draw.

    Returns
    -------
    rows : ndarray of int
        Positions, in their order: all frauds, and the honest payments that stay.
    kept : float
        Share of the honest payments that stay, for `prerelease.costs.correct_undersampling`.

    Raises
    ------
    ValueError
        If a class is missing, or there are not so many honest payments.

    Examples
    --------
    >>> rows, kept = undersample([0, 0, 0, 0, 1], per_fraud=2)
    >>> len(rows), kept
    (3, 0.5)
    """
    fraud = _validate.binary(y, "y")
    _validate.number(per_fraud, "per_fraud", above=0)
    honest = np.flatnonzero(~fraud)
    n = round(per_fraud * int(fraud.sum()))
    if not 0 < n <= len(honest):
        msg = (
            f"per_fraud must leave from 1 to {len(honest)} honest payments, "
            f"got {per_fraud:g}, which leaves {n}."
        )
        raise ValueError(msg)
    stay = np.random.default_rng(seed).choice(honest, size=n, replace=False)
    return np.sort(np.concatenate([stay, np.flatnonzero(fraud)])), n / len(honest)


def cost_weights(y: ArrayLike, amount: ArrayLike, *, costs: CostModel) -> Floats:
    """Return weights with which a wrong decision about a row counts what it costs.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud; both classes must be there.
    amount : array-like, shape (n,)
        Euros, not negative.
    costs : CostModel
        What each outcome costs.

    Returns
    -------
    ndarray, shape (n,)
        For a fraud the euros that blocking it saves (none if it saves nothing), for an honest
        payment those that blocking it loses, relative to the mean of the latter.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, or if lengths differ.

    Examples
    --------
    >>> cost_weights([1, 0], [100, 100], costs=CostModel()).round(2)
    array([6.76, 1.  ])
    """
    fraud = _validate.binary(y, "y")
    amounts = _validate.non_negative(amount, "amount")
    _validate.same_length(y=fraud, amount=amounts)
    saved = np.maximum(costs.saved_by_blocking_fraud(amounts), 0.0)
    lost = costs.lost_by_blocking_honest(amounts)
    return np.where(fraud, saved, lost) / lost[~fraud].mean()


def correct_cost_weights(probability: ArrayLike, amount: ArrayLike, *, costs: CostModel) -> Floats:
    r"""Return the probability of fraud that a model trained under `cost_weights` implies.

    Parameters
    ----------
    probability : array-like, shape (n,)
        What the model says.
    amount : array-like, shape (n,)
        Euros, not negative.
    costs : CostModel
        What the weights were made of.

    Returns
    -------
    ndarray, shape (n,)
        Probabilities.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, or if lengths differ.

    Notes
    -----
    With `B` euros saved by blocking a fraud and `D` lost by blocking an honest payment, the
    weights multiply the odds by `B / D`. So a score of one half is the Bayes threshold
    :math:`p B = (1 - p) D`: such a model has the costs inside it.

    Examples
    --------
    >>> correct_cost_weights([0.5], [100], costs=CostModel()).round(3)
    array([0.129])
    """
    said = _validate.probabilities(probability, "probability")
    amounts = _validate.non_negative(amount, "amount")
    _validate.same_length(probability=said, amount=amounts)
    saved = np.maximum(costs.saved_by_blocking_fraud(amounts), 0.0)
    lost = costs.lost_by_blocking_honest(amounts)
    return np.divide(
        said * lost,
        said * lost + (1 - said) * saved,
        out=said.copy(),  # a row without any weight was learned from others: leave it
        where=said * lost + (1 - said) * saved > 0,
    )


def _margin(y: ArrayLike, log_odds: ArrayLike, gamma: float) -> tuple[Floats, Floats]:
    """Return the sign of each label and the log-odds of what is true."""
    _validate.number(gamma, "gamma", above=0, closed=True)
    sign = np.where(_validate.binary(y, "y", both=False), 1.0, -1.0)
    said = _validate.vector(log_odds, "log_odds")
    _validate.same_length(y=sign, log_odds=said)
    return sign, sign * said


def focal_loss(y: ArrayLike, log_odds: ArrayLike, *, gamma: float) -> Floats:
    r"""Return the focal loss of each row.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud.
    log_odds : array-like, shape (n,)
        What the model says.
    gamma : float
        0 is the log-loss; the larger, the less a row counts that the model has right.

    Returns
    -------
    ndarray, shape (n,)
        Nats.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, or if lengths differ.

    Notes
    -----
    With `z` the probability given to the true label, :math:`-(1 - z)^\gamma \log z` [1]_.

    References
    ----------
    .. [1] Lin, Goyal, Girshick, He and Dollár (2017). Focal loss for dense object detection.
       ICCV, 2980-2988.

    Examples
    --------
    >>> focal_loss([1, 1], [0.0, 1.0], gamma=2).round(4)
    array([0.1733, 0.0227])
    """
    _, margin = _margin(y, log_odds, gamma)
    return -(expit(-margin) ** gamma) * log_expit(margin)


def focal_derivatives(y: ArrayLike, log_odds: ArrayLike, *, gamma: float) -> tuple[Floats, Floats]:
    """Return the first and second derivative of `focal_loss` by the log-odds.

    Parameters
    ----------
    y, log_odds, gamma
        As in `focal_loss`.

    Returns
    -------
    gradient, curvature : ndarray, shape (n,)
        The curvature is negative where the model is confident and wrong: focal loss is not
        convex.

    Raises
    ------
    ValueError
        As in `focal_loss`.

    Examples
    --------
    >>> gradient, curvature = focal_derivatives([1], [0.0], gamma=0)
    >>> gradient.tolist(), curvature.tolist()
    ([-0.5], [0.25])
    """
    sign, margin = _margin(y, log_odds, gamma)
    right, wrong, log_right = expit(margin), expit(-margin), log_expit(margin)
    weight = wrong**gamma
    gradient = sign * weight * (gamma * right * log_right - wrong)
    curvature = weight * (
        gamma * right * wrong * (log_right + 1)
        - gamma**2 * right**2 * log_right
        + (gamma + 1) * right * wrong
    )
    return gradient, curvature


def focal_posterior(probability: ArrayLike, *, gamma: float) -> Floats:
    r"""Return the probability of fraud behind what a model trained on focal loss says.

    Parameters
    ----------
    probability : array-like, shape (n,)
        What the model says.
    gamma : float
        That it was trained with, 0 or more.

    Returns
    -------
    ndarray, shape (n,)
        Probabilities, in the same order: nearer to 0 and 1 than what the model says.

    Raises
    ------
    ValueError
        If an input is out of range.

    Notes
    -----
    Focal loss does not ask for the probability `p`, but for the `q` with the smallest expected
    loss: :math:`p\,\ell_1'(q) + (1-p)\,\ell_0'(q) = 0`. Solved for `p` [1]_, that is

    .. math:: p = \frac{a}{a + b}, \quad
        a = q^{\gamma+1} - \gamma q^\gamma (1-q)\log(1-q), \quad
        b = (1-q)^{\gamma+1} - \gamma (1-q)^\gamma q \log q

    References
    ----------
    .. [1] Charoenphakdee, Vongkulbhisal, Chairatanakul and Sugiyama (2021). On focal loss
       for class-posterior probability estimation: a theoretical perspective. CVPR, 5202-5211.

    Examples
    --------
    >>> focal_posterior([0.0, 0.2, 0.5, 1.0], gamma=2).round(3)
    array([0.   , 0.024, 0.5  , 1.   ])
    """
    _validate.number(gamma, "gamma", above=0, closed=True)
    q = _validate.probabilities(probability, "probability")
    a = q ** (gamma + 1) - gamma * q**gamma * xlog1py(1 - q, -q)
    b = (1 - q) ** (gamma + 1) - gamma * (1 - q) ** gamma * xlogy(q, q)
    return a / (a + b)


class FocalClassifier(ClassifierMixin, BaseEstimator):
    """LightGBM trained on focal loss.

    Parameters
    ----------
    model : lightgbm.LGBMClassifier
        Its settings; a clone is fitted.
    gamma : float, default 2
        As in `focal_loss`.

    Notes
    -----
    It says what focal loss asks for, which is not the probability: see `focal_posterior`. It
    begins at the share of frauds, as LightGBM's own loss does. Negative curvature would turn
    a step around, so it is cut off at a small positive number.

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
        self.classes_ = np.array([0, 1])
        self.start_ = float(np.log(fraud.mean() / (1 - fraud.mean())))

        def objective(y_true: Floats, log_odds: Floats) -> tuple[Floats, Floats]:
            gradient, curvature = focal_derivatives(y_true, log_odds, gamma=self.gamma)
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

        Returns
        -------
        ndarray, shape (n, 2)
            Not probabilities: see `focal_posterior`.
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

        Returns
        -------
        ndarray of {0, 1}, shape (n,)
        """
        return (self.predict_proba(X)[:, 1] >= 0.5).astype(int)
