"""Thresholds that come with a certificate: recall at least so much, but for a stated risk."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from prerelease import _validate

from ._check import Floats, labelled, not_constant, share


def recall_bound(caught: int, frauds: int, *, delta: float) -> float:
    r"""Return the recall that is exceeded with confidence 1 - `delta`, by one-sided exact bound.

    Parameters
    ----------
    caught : int
        Frauds caught, from 0 to `frauds`.
    frauds : int
        Frauds in all, at least 1.
    delta : float
        Risk that the true recall is lower all the same, between 0 and 1.

    Returns
    -------
    float
        From 0 to below 1.

    Raises
    ------
    ValueError
        If a value is out of its range.

    Notes
    -----
    The `delta` quantile of Beta(caught, frauds - caught + 1) [1]_; 0 if none was caught.

    References
    ----------
    .. [1] Clopper and Pearson (1934). The use of confidence or fiducial limits illustrated in
       the case of the binomial. Biometrika 26, 404-413.

    Examples
    --------
    >>> round(recall_bound(55, 57, delta=0.1), 3)
    0.909
    """
    n = _validate.integer(frauds, "frauds", low=1)
    x = _validate.integer(caught, "caught", low=0, high=n)
    risk = share(delta, "delta")
    return float(stats.beta.ppf(risk, x, n - x + 1)) if x else 0.0


def frauds_needed(*, recall: float, delta: float, misses: int = 0) -> int:
    r"""Return how many frauds it takes to certify a recall if so many of them are missed.

    Parameters
    ----------
    recall : float
        To be certified, between 0 and 1.
    delta : float
        Risk that the certificate is wrong, between 0 and 1.
    misses : int, default 0
        Frauds that the threshold may miss.

    Returns
    -------
    int
        The smallest :math:`n` with :math:`P(\mathrm{Bin}(n, 1 - recall) \le misses) \le delta`.

    Raises
    ------
    ValueError
        If a value is out of its range.

    Examples
    --------
    >>> frauds_needed(recall=0.9, delta=0.1), frauds_needed(recall=0.9, delta=0.1, misses=2)
    (22, 52)
    """
    allowed = _validate.integer(misses, "misses", low=0)
    target, risk = share(recall, "recall"), share(delta, "delta")
    low, high = allowed, allowed + 1
    while stats.binom.cdf(allowed, high, 1 - target) > risk:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        enough = stats.binom.cdf(allowed, middle, 1 - target) <= risk
        low, high = (low, middle) if enough else (middle, high)
    return high


def misses_allowed(frauds: int, *, recall: float, delta: float) -> int:
    r"""Return how many of the calibration frauds a threshold may miss and still be certified.

    Parameters
    ----------
    frauds : int
        Frauds in the calibration rows.
    recall, delta
        As in `frauds_needed`.

    Returns
    -------
    int
        The largest :math:`m` with :math:`P(\mathrm{Bin}(frauds, 1 - recall) \le m) \le delta`.

    Raises
    ------
    ValueError
        If there are too few frauds to certify `recall` even if none is missed: the message says
        how many it takes.

    Examples
    --------
    >>> misses_allowed(57, recall=0.9, delta=0.1)
    2
    """
    n = _validate.integer(frauds, "frauds", low=0)
    needed = frauds_needed(recall=recall, delta=delta)
    if n < needed:
        msg = (
            f"To certify a recall of {recall:g} at delta={delta:g} takes at least {needed} frauds, "
            f"none of them missed; the calibration rows hold {n}."
        )
        raise ValueError(msg)
    fits = stats.binom.cdf(np.arange(n + 1), n, 1 - recall) <= delta
    return int(np.flatnonzero(fits)[-1])


@dataclass(frozen=True)
class Certificate:
    """A threshold, and what is certified about it.

    Parameters
    ----------
    threshold : float
        Alert where the score is at least this.
    recall, delta : float
        The recall of new payments is at least `recall`, but for a risk of `delta` that the
        calibration frauds were unusually easy.
    frauds, missed : int
        Calibration frauds, and those among them below the threshold.
    bound : float
        The recall that `missed` of `frauds` do certify, at least `recall`.
    """

    threshold: float
    recall: float
    delta: float
    frauds: int
    missed: int
    bound: float


def certify_recall(
    y: ArrayLike, score: ArrayLike, *, recall: float, delta: float = 0.1
) -> Certificate:
    r"""Return the highest threshold whose recall is certified by calibration rows.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud. Rows that neither trained the model nor chose anything about it.
    score : array-like, shape (n,)
        Higher is more suspect; need not be a probability.
    recall : float
        To be certified, between 0 and 1.
    delta : float, default 0.1
        Risk that the certificate is wrong, between 0 and 1.

    Returns
    -------
    Certificate

    Raises
    ------
    ValueError
        If there is no fraud, or too few (the message says how many it takes), if all scores
        are the same, or if a value is out of its range.

    Notes
    -----
    Learn then Test [1]_ tests for each threshold whether its recall is below `recall`, by the
    exact binomial p-value, from the lowest threshold upwards, and stops at the first that it
    cannot reject (a fixed sequence, so no correction for many tests). As recall falls with the
    threshold, this ends at the :math:`(m+1)`-th lowest score of a fraud, with :math:`m` from
    `misses_allowed`. The error is at most `delta` for every sample size, if the frauds are
    independent and later ones are like them.

    References
    ----------
    .. [1] Angelopoulos, Bates, Candès, Jordan and Lei (2021). Learn then Test: calibrating
       predictive algorithms to achieve risk control. arXiv:2110.01052.

    Examples
    --------
    >>> import numpy as np
    >>> y, score = np.arange(100) < 57, np.arange(100)[::-1] / 100
    >>> found = certify_recall(y, score, recall=0.9)
    >>> found.threshold, found.missed, round(found.bound, 3)
    (0.45, 2, 0.909)
    """
    fraud = _validate.binary(y, "y", both=False)
    scores = _validate.vector(score, "score")
    _validate.same_length(y=fraud, score=scores)
    of_frauds = np.sort(scores[fraud])
    allowed = misses_allowed(len(of_frauds), recall=recall, delta=delta)
    not_constant(scores, "score", "a threshold can only block everything or nothing")
    threshold = float(of_frauds[allowed])
    missed = int(np.searchsorted(of_frauds, threshold, side="left"))
    bound = recall_bound(len(of_frauds) - missed, len(of_frauds), delta=delta)
    return Certificate(threshold, recall, delta, len(of_frauds), missed, bound)


def recall_p_values(
    y: ArrayLike, probability: ArrayLike, thresholds: ArrayLike, *, recall: float
) -> Floats:
    r"""Return for each threshold the exact p-value of "its recall is below `recall`".

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud.
    probability : array-like, shape (n,) or (n, 2)
        Probability of fraud.
    thresholds : array-like, shape (k,)
        To be tested.
    recall : float
        Between 0 and 1.

    Returns
    -------
    ndarray, shape (k,)
        :math:`P(\mathrm{Bin}(n_{fraud}, 1 - recall) \le misses)`.

    Raises
    ------
    ValueError
        If there is no fraud, or an input holds a value that it cannot.

    Examples
    --------
    >>> recall_p_values([1, 1, 0], [0.9, 0.4, 0.1], [0.3, 0.5], recall=0.5).tolist()
    [0.25, 0.75]
    """
    fraud, p_fraud = labelled(y, probability)
    if not fraud.any():
        msg = f"y must hold frauds to say anything about recall, got none in {len(fraud)} rows."
        raise ValueError(msg)
    cuts = _validate.vector(thresholds, "thresholds")
    missed = np.searchsorted(np.sort(p_fraud[fraud]), cuts, side="left")
    return stats.binom.cdf(missed, int(fraud.sum()), 1 - share(recall, "recall"))
