"""Thresholds that come with a certificate: recall at least so much, but for a stated risk."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from prerelease import _validate


def positives_needed(*, recall: float, delta: float, misses: int = 0) -> int:
    r"""Return how many positives it takes to certify a recall if so many of them are missed.

    Parameters
    ----------
    recall : float
        To be certified, between 0 and 1.
    delta : float
        Risk that the certificate is wrong, between 0 and 1.
    misses : int, default 0
        Positives that the threshold may miss.

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
    >>> positives_needed(recall=0.9, delta=0.1), positives_needed(recall=0.9, delta=0.1, misses=2)
    (22, 52)
    """
    misses = _validate.integer(misses, "misses", low=0)
    target, risk = _validate.share(recall, "recall"), _validate.share(delta, "delta")
    # But for the risk, one miss more has come by then: that is negative binomial.
    return misses + 1 + int(stats.nbinom.ppf(1 - risk, misses + 1, 1 - target))


def misses_allowed(n: int, *, recall: float, delta: float) -> int:
    r"""Return how many of the calibration positives a threshold may miss and still be certified.

    Parameters
    ----------
    n : int
        Positives in the calibration rows.
    recall, delta
        As for `positives_needed`.

    Returns
    -------
    int
        The largest :math:`m` with :math:`P(\mathrm{Bin}(n, 1 - recall) \le m) \le delta`.

    Raises
    ------
    ValueError
        If `n` are too few even if none is missed: the message says how many it takes.

    Examples
    --------
    >>> misses_allowed(57, recall=0.9, delta=0.1)
    2
    """
    needed = positives_needed(recall=recall, delta=delta)
    if n < needed:
        msg = (
            f"To certify a recall of {recall:g} at delta={delta:g} takes at least {needed} "
            f"positives, none of them missed; the calibration rows hold {n}."
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
        The recall of new rows is at least `recall`, but for a risk of `delta` that the
        calibration positives were unusually easy.
    n_positive, missed : int
        Calibration positives, and those among them below the threshold.
    bound : float
        The recall that `missed` of `n_positive` do certify, at least `recall`.
    """

    threshold: float
    recall: float
    delta: float
    n_positive: int
    missed: int
    bound: float


def certify_recall(
    y: ArrayLike, score: ArrayLike, *, recall: float, delta: float = 0.1
) -> Certificate:
    r"""Return the highest threshold whose recall is certified by calibration rows.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is positive. Rows that neither trained the model nor chose anything about it.
    score : array-like, shape (n,)
        Higher is more likely positive; need not be a probability.
    recall : float
        To be certified, between 0 and 1.
    delta : float, default 0.1
        Risk that the certificate is wrong, between 0 and 1.

    Returns
    -------
    Certificate
        With ``threshold``, how many of ``n_positive`` positives it ``missed``, and the ``bound``
        on recall that these numbers do certify.

    Raises
    ------
    ValueError
        If there are too few positives (the message says how many it takes), if all scores are
        the same, or if a value is out of its range.

    Notes
    -----
    Learn then Test [1]_ tests for each threshold whether its recall is below `recall`, by the
    exact binomial p-value, from the lowest threshold upwards, and stops at the first that it
    cannot reject (a fixed sequence, so no correction for many tests). As recall falls with the
    threshold, this ends at the :math:`(m+1)`-th lowest score of a positive, with :math:`m` from
    `misses_allowed`. The error is at most `delta` for every sample size, if the positives are
    independent and later ones are like them. The bound is Clopper and Pearson's, one-sided.

    References
    ----------
    .. [1] Angelopoulos, Bates, Candès, Jordan and Lei (2025). Learn then Test: calibrating
       predictive algorithms to achieve risk control. Annals of Applied Statistics 19, 1641-1662.

    Examples
    --------
    >>> import numpy as np
    >>> y, score = np.arange(100) < 57, np.arange(100)[::-1] / 100
    >>> found = certify_recall(y, score, recall=0.9)
    >>> found.threshold, found.missed, round(found.bound, 3)
    (0.45, 2, 0.909)
    """
    positive, scores = _validate.columns(y=y, score=score)
    own = np.sort(scores[positive])
    allowed = misses_allowed(len(own), recall=recall, delta=delta)
    _validate.not_constant(scores, "score", "a threshold can only block everything or nothing")
    threshold = float(own[allowed])
    missed = int(np.searchsorted(own, threshold, side="left"))
    bound = stats.beta.ppf(delta, len(own) - missed, missed + 1)
    return Certificate(threshold, recall, delta, len(own), missed, float(bound))
