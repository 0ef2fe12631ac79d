"""How far probabilities are from what they say they are, and ways to mend them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit
from sklearn.isotonic import IsotonicRegression, isotonic_regression

from prerelease import _validate
from prerelease.adapters import mapie
from prerelease.intervals import binomial

Floats = NDArray[np.float64]
METHODS = ("sigmoid", "temperature", "isotonic", "Venn-Abers")
__all__ = ["decompose", "expected_calibration_error", "fit", "reliability_table"]
_EDGE = 1e-15


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
        Score of the share of positives, promised for every row: the difficulty of the task.
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
        1 is a positive; both classes must be there.
    probability : array-like, shape (n,)
        What the model promised.
    score : {"log-loss", "Brier"}
        Which.

    Returns
    -------
    Decomposition
        ``score``, ``miscalibration``, ``discrimination`` and ``uncertainty``, each at least 0.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, if a class is missing or lengths differ.

    Notes
    -----
    With :math:`\hat p` the isotonic regression of the labels on the promises, and
    :math:`\bar y` the share of positives: miscalibration is
    :math:`S(p) - S(\hat p)`, discrimination :math:`S(\bar y) - S(\hat p)`, uncertainty
    :math:`S(\bar y)` [1]_. No bins have to be chosen. Since :math:`\hat p` follows these very
    rows, some miscalibration is found where there is none, more with fewer positives.

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
    positive, promised = _validate.columns(y=y, probability=probability, both=True)
    _validate.choice(score, "score", ("Brier", "log-loss"))
    cases, hits = _levels(positive, promised)
    corrected = isotonic_regression(hits / cases, sample_weight=cases).clip(0, 1)
    sums = _squares if score == "Brier" else _logs
    said, best, same = (
        float(np.sum(sums(*one)) / len(positive))
        for one in (
            (promised, 1, positive.astype(float)),
            (corrected, cases, hits),
            (positive.mean(), len(positive), positive.sum()),
        )
    )
    return Decomposition(said, said - best, same - best, same)


def _squares(p: Floats, cases: Floats, hits: Floats) -> Floats:
    """Return the sum of squared errors of so many cases, of which some are positive."""
    return hits * (1 - p) ** 2 + (cases - hits) * p**2


def _logs(p: Floats, cases: Floats, hits: Floats) -> Floats:
    """Return the sum of their log-losses, as `log_losses` has them."""
    p = np.clip(p, _EDGE, 1 - _EDGE)
    return -(hits * np.log(p) + (cases - hits) * np.log1p(-p))


def _levels(positive: NDArray[np.bool_], promised: Floats) -> tuple[Floats, Floats]:
    """Return cases and positives among them, of runs of promises along which the share falls.

    An isotonic regression is level along each: so it need not be told of all rows.
    """
    order = np.argsort(promised)
    promised = promised[order]
    starts = np.append(0, 1 + np.flatnonzero(promised[1:] > promised[:-1]))
    hits = np.add.reduceat(positive[order], starts, dtype=np.float64)
    cases = np.diff(starts, append=len(order)).astype(np.float64)
    share = hits / cases
    starts = np.append(0, 1 + np.flatnonzero(share[1:] > share[:-1]))
    return np.add.reduceat(cases, starts), np.add.reduceat(hits, starts)


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
    y, probability
        As for `decompose`.
    bins : int, default 10
        Bins between 0 and 1.
    sample_weight : array-like, shape (n,), optional
        How many cases each row stands for; 1 each by default.

    Returns
    -------
    float
        From 0 to 1. Useless where positives are rare: promising 0 to all gives their share.

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
    positive, promised = _validate.columns(y=y, probability=probability)
    weight = _validate.weights(sample_weight, "sample_weight", len(positive))
    _validate.integer(bins, "bins", low=1)
    place = np.minimum((promised * bins).astype(int), bins - 1)
    gap = np.bincount(place, weights=weight * (positive - promised), minlength=bins)
    return float(np.abs(gap).sum() / weight.sum())


def reliability_table(
    y: ArrayLike,
    probability: ArrayLike,
    *,
    bins_per_decade: int = 2,
    lowest: float = 1e-5,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return the share of positives found against the share promised, by size of promise.

    Parameters
    ----------
    y, probability
        As for `decompose`.
    bins_per_decade : int, default=2
        Bins between, say, 0.01 and 0.1; each is as wide as the others on a log axis.
    lowest : float, default=1e-5
        Whatever is smaller, 0 included, goes into one first bin.
    level : float, default=0.95
        Coverage of each interval.

    Returns
    -------
    DataFrame
        One row for each bin that holds a case. Columns ``from`` and ``to`` (the bin, its upper
        end excluded but for 1), ``cases``, ``positives``, ``promised`` (mean probability),
        ``found`` (share of positives), ``found_low`` and ``found_high`` (exact binomial
        interval of ``found``).

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, if one class is missing or lengths differ.

    Notes
    -----
    Bins are fixed in advance, not fitted to the scores, so that models can be compared bin
    by bin. The interval is Clopper and Pearson's: it covers at least `level` of the
    time, however few positives a bin holds. It takes cases to be independent; positives that
    come in bursts make it too narrow.

    References
    ----------
    C. J. Clopper, E. S. Pearson, "The use of confidence or fiducial limits illustrated in
    the case of the binomial", Biometrika 26, 1934.

    Examples
    --------
    >>> table = reliability_table([0, 0, 0, 1], [0.002, 0.001, 0.2, 0.9], bins_per_decade=1)
    >>> table[["from", "to", "cases", "positives"]].to_numpy().tolist()
    [[0.001, 0.01, 2.0, 0.0], [0.1, 1.0, 2.0, 1.0]]
    """
    positive, promised = _validate.columns(y=y, probability=probability, both=True)
    _validate.integer(bins_per_decade, "bins_per_decade", low=1)
    _validate.share(lowest, "lowest")
    _validate.share(level, "level")
    steps = int(np.ceil(-np.log10(lowest) * bins_per_decade - 1e-9))
    edges = np.concatenate([[0.0], 10.0 ** (-np.arange(steps, -1, -1) / bins_per_decade)])
    place = np.clip(np.searchsorted(edges, promised, side="right") - 1, 0, steps)
    filled, place = np.unique(place, return_inverse=True)
    cases, positives = np.bincount(place), np.bincount(place, weights=positive).astype(int)
    found = [
        binomial(int(hits), int(n), level=level) for hits, n in zip(positives, cases, strict=True)
    ]
    return pd.DataFrame(
        {
            "from": edges[:-1][filled],
            "to": edges[1:][filled],
            "cases": cases,
            "positives": positives,
            "promised": np.bincount(place, weights=promised) / cases,
            "found": [share.estimate for share in found],
            "found_low": [share.low for share in found],
            "found_high": [share.high for share in found],
        }
    )


def fit(y: ArrayLike, probability: ArrayLike, *, method: str) -> Callable[[ArrayLike], Floats]:
    r"""Learn from rows that no model was trained on how to correct its promises.

    Parameters
    ----------
    y, probability
        As for `decompose`.
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
    exactly 0. *Venn-Abers* fits it twice for each row, once as if that row were positive
    and once as if it were not, and merges the two.

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
    positive, promised = _validate.columns(y=y, probability=probability, both=True)
    if _validate.choice(method, "method", METHODS) == "isotonic":
        model = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
        model.fit(_log_odds(promised), positive.astype(float))
        return lambda values: model.predict(_log_odds(values))
    if method == "Venn-Abers":
        return mapie.venn_abers(positive, promised)
    slope, shift = _maximum_likelihood(
        positive, _log_odds(promised), free_shift=method == "sigmoid"
    )
    return lambda values: expit(slope * _log_odds(values) + shift)


def _log_odds(probability: ArrayLike) -> Floats:
    promised = _validate.probabilities(probability, "probability")
    return logit(np.clip(promised, _EDGE, 1 - _EDGE))


def _maximum_likelihood(
    positive: NDArray[np.bool_], log_odds: Floats, *, free_shift: bool
) -> tuple[float, float]:
    """Return the slope, above 0, and the shift of the log-odds under which the labels fit best."""
    sign = np.where(positive, 1.0, -1.0)

    def loss(parameters: Floats) -> tuple[float, Floats]:
        slope = np.exp(parameters[0])
        margin = sign * (slope * log_odds + (parameters[1] if free_shift else 0.0))
        pull = -sign * expit(-margin)
        gradient = [np.mean(pull * log_odds) * slope, pull.mean() if free_shift else 0.0]
        return float(np.logaddexp(0, -margin).mean()), np.array(gradient)

    found = minimize(loss, np.zeros(2), jac=True, method="L-BFGS-B", options={"ftol": 1e-14})
    return float(np.exp(found.x[0])), float(found.x[1])
