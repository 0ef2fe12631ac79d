"""How far probabilities are from what they say they are, and ways to mend them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit
from sklearn.isotonic import IsotonicRegression

from prerelease import _validate
from prerelease.adapters import mapie
from prerelease.losses import log_losses

Floats = NDArray[np.float64]
Calibrator = Callable[[ArrayLike], Floats]
METHODS = ("sigmoid", "temperature", "isotonic", "Venn-Abers")
SCORES = ("Brier", "log-loss")
_EDGE = 1e-15


def _check(y: ArrayLike, probability: ArrayLike) -> tuple[NDArray[np.bool_], Floats]:
    fraud = _validate.binary(y, "y")
    promised = _validate.probabilities(probability, "probability")
    _validate.same_length(y=fraud, probability=promised)
    return fraud, promised


@dataclass(frozen=True)
class Decomposition:
    """A mean score, split into what is wrong with it and what is right.

    Parameters
    ----------
    score : float
        The mean score; ``miscalibration - discrimination + uncertainty``.
    miscalibration : float
        What the best monotone correction, found on these very rows, would take off.
    discrimination : float
        How much better the corrected promises are than one promise for all.
    uncertainty : float
        Score of the share of frauds, promised for every row: the difficulty of the task.
    """

    score: float
    miscalibration: float
    discrimination: float
    uncertainty: float


def decompose(y: ArrayLike, probability: ArrayLike, *, score: str = "log-loss") -> Decomposition:
    r"""Split the Brier score or the log-loss of promises into its three parts.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud; both classes must be there.
    probability : array-like, shape (n,)
        Probabilities of fraud.
    score : {"log-loss", "Brier"}
        Which.

    Returns
    -------
    Decomposition
        Each part is at least 0.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, if a class is missing or lengths differ.

    Notes
    -----
    With :math:`\hat p` the isotonic regression of the labels on the promises, and
    :math:`\bar y` the share of frauds: miscalibration is
    :math:`S(p) - S(\hat p)`, discrimination :math:`S(\bar y) - S(\hat p)`, uncertainty
    :math:`S(\bar y)` [1]_. No bins have to be chosen. Since :math:`\hat p` follows these very
    rows, some miscalibration is found where there is none, more with fewer frauds.

    References
    ----------
    .. [1] Dimitriadis, Gneiting and Jordan (2021). Stable reliability diagrams for
       probabilistic classifiers. PNAS 118 (8), e2016191118.

    Examples
    --------
    >>> parts = decompose([0, 0, 1, 1], [0.2, 0.2, 0.8, 0.8], score="Brier")
    >>> round(parts.miscalibration, 3), round(parts.discrimination, 3), parts.uncertainty
    (0.04, 0.25, 0.25)
    """
    fraud, promised = _check(y, probability)
    _validate.choice(score, "score", SCORES)
    # By rank, since only the order counts: promises that differ by 1e-300 break its arithmetic.
    rank = np.unique(promised, return_inverse=True)[1]
    corrected = IsotonicRegression().fit_transform(rank, fraud.astype(float)).clip(0, 1)
    share = np.full(len(fraud), fraud.mean())
    means = [_mean_score(fraud, p, score) for p in (promised, corrected, share)]
    return Decomposition(
        score=means[0],
        miscalibration=means[0] - means[1],
        discrimination=means[2] - means[1],
        uncertainty=means[2],
    )


def _mean_score(fraud: NDArray[np.bool_], promised: Floats, score: str) -> float:
    if score == "Brier":
        return float(np.mean((promised - fraud) ** 2))
    return float(log_losses(fraud, promised).mean())


def expected_calibration_error(
    y: ArrayLike,
    probability: ArrayLike,
    *,
    bins: int = 10,
    sample_weight: ArrayLike | None = None,
) -> float:
    r"""Return the ECE: the mean distance, over bins of equal width, of promise and share found.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud.
    probability : array-like, shape (n,)
        Probabilities of fraud.
    bins : int, default 10
        Bins between 0 and 1.
    sample_weight : array-like, shape (n,), optional
        How many payments each row stands for; 1 each by default.

    Returns
    -------
    float
        From 0 to 1. Useless for rare frauds: promising 0 to all gives the share of frauds.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, or lengths differ.

    Notes
    -----
    :math:`\sum_b \frac{n_b}{n} |\bar y_b - \bar p_b|` [1]_.

    References
    ----------
    .. [1] Pakdaman Naeini, Cooper and Hauskrecht (2015). Obtaining well calibrated
       probabilities using Bayesian binning. AAAI, 2901-2907.

    Examples
    --------
    >>> expected_calibration_error([0] * 999 + [1], [0.0] * 1000)
    0.001
    """
    fraud = _validate.binary(y, "y", both=False)
    promised = _validate.probabilities(probability, "probability")
    _validate.same_length(y=fraud, probability=promised)
    weight = _validate.weights(sample_weight, "sample_weight", len(fraud))
    _validate.integer(bins, "bins", low=1)
    place = np.minimum((promised * bins).astype(int), bins - 1)
    gap = np.bincount(place, weights=weight * (fraud - promised), minlength=bins)
    return float(np.abs(gap).sum() / weight.sum())


def fit(y: ArrayLike, probability: ArrayLike, *, method: str) -> Calibrator:
    r"""Learn from rows that no model was trained on how to correct its promises.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud; both classes must be there.
    probability : array-like, shape (n,)
        What the model promised for these rows.
    method : {"sigmoid", "temperature", "isotonic", "Venn-Abers"}
        How.

    Returns
    -------
    callable
        Takes promises for other rows and returns corrected ones.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, if a class is missing, lengths differ or
        `method` is unknown.

    Notes
    -----
    With :math:`f` the log-odds of a promise, *sigmoid* (Platt) gives
    :math:`\sigma(a f + b)` and *temperature* :math:`\sigma(f / T)`, both by maximum
    likelihood. *Isotonic* is the monotone step function that fits best; it may promise
    exactly 0. *Venn-Abers* fits it twice for each row, once as if that row were a fraud and
    once as if it were not, and merges the two.

    References
    ----------
    .. [1] Niculescu-Mizil and Caruana (2005). Predicting good probabilities with supervised
       learning. ICML, 625-632.
    .. [2] Guo, Pleiss, Sun and Weinberger (2017). On calibration of modern neural networks.
       ICML, 1321-1330.
    .. [3] Vovk, Petej and Fedorova (2015). Large-scale probabilistic predictors with and
       without guarantees of validity. NeurIPS 28.

    Examples
    --------
    >>> correct = fit([0, 0, 0, 1] * 50, [0.5] * 200, method="sigmoid")
    >>> correct([0.5]).round(3)
    array([0.25])
    """
    fraud, promised = _check(y, probability)
    if _validate.choice(method, "method", METHODS) == "isotonic":
        model = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
        model.fit(_log_odds(promised), fraud.astype(float))
        return lambda values: model.predict(_log_odds(values))
    if method == "Venn-Abers":
        return mapie.venn_abers(fraud, promised)
    slope, shift = _maximum_likelihood(fraud, _log_odds(promised), free_shift=method == "sigmoid")
    return lambda values: expit(slope * _log_odds(values) + shift)


def _log_odds(probability: ArrayLike) -> Floats:
    promised = _validate.probabilities(probability, "probability")
    return logit(np.clip(promised, _EDGE, 1 - _EDGE))


def _maximum_likelihood(
    fraud: NDArray[np.bool_], log_odds: Floats, *, free_shift: bool
) -> tuple[float, float]:
    """Return the slope, above 0, and the shift of the log-odds under which the labels fit best."""
    sign = np.where(fraud, 1.0, -1.0)

    def loss(parameters: Floats) -> tuple[float, Floats]:
        slope = np.exp(parameters[0])
        margin = sign * (slope * log_odds + (parameters[1] if free_shift else 0.0))
        pull = -sign * expit(-margin)
        gradient = [np.mean(pull * log_odds) * slope, pull.mean() if free_shift else 0.0]
        return float(np.logaddexp(0, -margin).mean()), np.array(gradient)

    found = minimize(loss, np.zeros(2), jac=True, method="L-BFGS-B", options={"ftol": 1e-14})
    return float(np.exp(found.x[0])), float(found.x[1])
