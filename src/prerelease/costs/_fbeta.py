"""F-beta is a price in disguise: which price, and which beta a price asks for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from prerelease import _validate
from prerelease.costs._curve import tally
from prerelease.costs._model import CostModel
from prerelease.costs._realised import Payments, check_payments


@dataclass(frozen=True)
class FBetaOptimum:
    """The best F-beta over all thresholds, and the threshold that reaches it.

    Parameters
    ----------
    threshold : float
        Block if score >= threshold.
    value : float
        The best F-beta, above 0 and at most 1.
    """

    threshold: float
    value: float


def best_fbeta(
    y: ArrayLike, score: ArrayLike, *, beta: float, weight: ArrayLike | None = None
) -> FBetaOptimum:
    r"""Return the best F-beta over all thresholds, in one sort.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud; at least one must be.
    score : array-like, shape (n,)
        From 0 to 1.
    beta : float
        How many times as much recall weighs as precision; 0 (precision alone) or more.
    weight : array-like, shape (n,), optional
        How many payments each row stands for; 1 each by default.

    Returns
    -------
    FBetaOptimum
        The value and its threshold; of equal values, the highest threshold.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, if lengths differ, or if there is no fraud.

    Notes
    -----
    With `TP` the frauds caught, `A` the alerts and `P` all frauds,

    .. math:: F_\beta = \frac{(1 + \beta^2)\, TP}{\beta^2 P + A}

    Examples
    --------
    >>> best_fbeta([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1], beta=1)
    FBetaOptimum(threshold=0.7, value=0.8)
    """
    _validate.number(beta, "beta", above=0.0, closed=True)
    fraud = _validate.binary(y, "y", both=False)
    scores = _validate.probabilities(score, "score")
    _validate.same_length(y=fraud, score=scores)
    if not fraud.any():
        msg = f"y must hold at least one fraud for F-beta, got 0 in {len(fraud)} rows."
        raise ValueError(msg)
    weights = _validate.weights(weight, "weight", len(fraud))
    tallies = tally(Payments(fraud, np.zeros(len(fraud)), weights), scores)
    alerts = (tallies.frauds + tallies.honest)[1:]
    values = (1 + beta**2) * tallies.frauds[1:] / (beta**2 * tallies.total_frauds + alerts)
    best = int(np.argmax(values))
    # Rounding may carry a perfect one past 1.
    return FBetaOptimum(float(tallies.threshold[best + 1]), min(float(values[best]), 1.0))


def _check_value(value: float, beta: float) -> None:
    _validate.number(beta, "beta", above=0.0, closed=True)
    _validate.number(value, "value", above=0.0, below=1.0, closed=True)
    if value == 0:
        msg = f"value must be above 0, got {value}: an F-beta of 0 catches nothing."
        raise ValueError(msg)


def fbeta_threshold(value: float, *, beta: float) -> float:
    r"""Return the probability at which the best F-beta of a calibrated model is reached.

    Parameters
    ----------
    value : float
        The best F-beta over all thresholds, above 0 and at most 1.
    beta : float
        0 or more.

    Returns
    -------
    float
        The threshold: at most 1 / (1 + beta²), so at most one half for F1.

    Raises
    ------
    ValueError
        If `value` or `beta` is out of range.

    Notes
    -----
    Let :math:`N = (1 + \beta^2)\,TP` and :math:`M = \beta^2 P + A`, so that
    :math:`F_\beta = N / M`. Blocking one payment more, which is a fraud with probability
    `p`, adds :math:`(1 + \beta^2) p` to `N` and 1 to `M`. That raises a ratio exactly when
    the ratio of what is added, :math:`(1 + \beta^2) p`, exceeds it. At the best point nothing
    can be gained, so payments are blocked down to

    .. math:: t^* = \frac{F^*_\beta}{1 + \beta^2}

    For F1 this is the F*/2 of Lipton et al. That ratios of linear counts, F-beta among them,
    are at their best by a threshold which depends on their best value is shown by Koyejo et al.

    References
    ----------
    Z. C. Lipton, C. Elkan, B. Naryanaswamy, "Optimal thresholding of classifiers to maximize
    F1 measure", ECML PKDD 2014. O. Koyejo, N. Natarajan, P. Ravikumar, I. S. Dhillon,
    "Consistent binary classification with generalized performance metrics", NeurIPS 2014.

    Examples
    --------
    >>> fbeta_threshold(0.8, beta=1)
    0.4
    """
    _check_value(value, beta)
    return value / (1 + beta**2)


def fbeta_price(value: float, *, beta: float) -> float:
    r"""Return how many false alarms F-beta takes one missed fraud to be worth.

    Parameters
    ----------
    value : float
        The best F-beta over all thresholds of a calibrated model, above 0 and at most 1.
    beta : float
        0 or more.

    Returns
    -------
    float
        Price of a missed fraud, in false alarms. Depends on how good the model is, which no
        business price does.

    Raises
    ------
    ValueError
        If `value` or `beta` is out of range.

    Notes
    -----
    With constant prices, the threshold of least cost is :math:`1 / (1 + price)` (Elkan).
    Setting it equal to `fbeta_threshold` gives

    .. math:: price = \frac{1 + \beta^2}{F^*_\beta} - 1 \ge \beta^2

    so "beta = 2 means that misses cost four times" holds for a perfect model only.

    References
    ----------
    C. Elkan, "The foundations of cost-sensitive learning", IJCAI 2001.

    Examples
    --------
    >>> fbeta_price(1.0, beta=2), fbeta_price(0.5, beta=2)
    (4.0, 9.0)
    """
    return 1 / fbeta_threshold(value, beta=beta) - 1


def cost_price(
    y: ArrayLike, amount: ArrayLike, *, costs: CostModel, weight: ArrayLike | None = None
) -> float:
    """Return how many false alarms one missed fraud is worth under a cost model.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud; both classes must be there.
    amount : array-like, shape (n,)
        Euros, not negative.
    costs : CostModel
        What each outcome costs.
    weight : array-like, shape (n,), optional
        How many payments each row stands for; 1 each by default.

    Returns
    -------
    float
        Mean euros that blocking a fraud saves, over mean euros that blocking an honest
        payment loses.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, if one class is missing, if blocking a mean
        fraud saves nothing, or if blocking a mean honest payment loses nothing.

    Notes
    -----
    A price for a threshold that does not look at the amount. The costs themselves differ
    from payment to payment, which `bayes_threshold` uses and no F-beta can.

    Examples
    --------
    >>> cost_price([1, 0], [100, 0], costs=CostModel()) == 115 / 15
    True
    """
    payments = check_payments(y, amount, weight)
    _validate.binary(y, "y", both=True)
    fraud, amounts, weights = payments
    saved = costs.saved_by_blocking_fraud(amounts)
    lost = costs.lost_by_blocking_honest(amounts)
    mean_saved = float(np.average(saved[fraud], weights=weights[fraud]))
    mean_lost = float(np.average(lost[~fraud], weights=weights[~fraud]))
    if mean_saved <= 0 or mean_lost <= 0:
        msg = (
            "There is no price: blocking a fraud must save, and blocking an honest payment "
            f"must lose, more than 0 € on average, got {mean_saved:g} € and {mean_lost:g} €."
        )
        raise ValueError(msg)
    return mean_saved / mean_lost


def implied_beta(probability: ArrayLike, *, price: float, weight: ArrayLike | None = None) -> float:
    r"""Return the beta whose best F-beta blocks what a price of a missed fraud asks for.

    Parameters
    ----------
    probability : array-like, shape (n,)
        Calibrated probabilities of fraud.
    price : float
        Of a missed fraud, in false alarms, above 0: from `cost_price`, say.
    weight : array-like, shape (n,), optional
        How many payments each row stands for; 1 each by default.

    Returns
    -------
    float
        beta, 0 or more. Another model, or another month, has another one.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, or if no probability reaches the threshold
        of that price: nothing is blocked then, which no F-beta ever chooses.

    Notes
    -----
    Turn `fbeta_threshold` around. The price asks for the threshold
    :math:`t = 1 / (1 + price)`. There the model expects :math:`A` alerts, :math:`TP =
    \sum_{p \ge t} p` frauds among them and :math:`P = \sum p` in all. F-beta is at its best
    there if :math:`TP / (\beta^2 P + A) = t`, so

    .. math:: \beta^2 = \frac{TP / t - A}{P} = \frac{\sum_{p \ge t} (p / t - 1)}{\sum p}

    Examples
    --------
    >>> p = [0.8, 0.5, 0.1, 0.1]
    >>> beta = implied_beta(p, price=3)
    >>> labels, scores = [1] * 4 + [0] * 4, p + p  # each payment as p frauds, 1 - p others
    >>> best = best_fbeta(labels, scores, beta=beta, weight=p + [1 - x for x in p])
    >>> round(fbeta_price(best.value, beta=beta), 9)
    3.0
    """
    probabilities = _validate.probabilities(probability, "probability")
    _validate.number(price, "price", above=0.0)
    weights = _validate.weights(weight, "weight", len(probabilities))
    threshold = 1 / (1 + price)
    blocked = probabilities >= threshold
    if not blocked.any():
        msg = (
            f"No F-beta implies a price of {price:g}: it blocks from {threshold:.3g} on, and "
            f"the largest probability is {probabilities.max():.3g}."
        )
        raise ValueError(msg)
    surplus = float(weights[blocked] @ (probabilities[blocked] / threshold - 1))
    return float(np.sqrt(max(surplus, 0.0) / float(weights @ probabilities)))
