"""What is lost among the rows that a model decides by itself, as it decides more of them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import digamma

from prerelease import _validate
from prerelease.intervals import Kernel
from prerelease.intervals._kernel import Counts

from ._check import Floats, labelled, not_constant, share


def _check(loss: ArrayLike, uncertainty: ArrayLike) -> tuple[Floats, Floats]:
    losses = _validate.non_negative(loss, "loss")
    doubt = _validate.vector(uncertainty, "uncertainty")
    _validate.same_length(loss=losses, uncertainty=doubt)
    return losses, doubt


def risk_coverage(loss: ArrayLike, uncertainty: ArrayLike) -> pd.DataFrame:
    r"""Return the mean loss among the rows that are least uncertain, for each share of them.

    Parameters
    ----------
    loss : array-like, shape (n,)
        What each decision cost, not negative: 1 for an error and 0 else, or euros.
    uncertainty : array-like, shape (n,)
        Rows with most of it are left to somebody else first.

    Returns
    -------
    pandas.DataFrame
        One row for each level of uncertainty, least first. Columns ``uncertainty`` (decided
        are rows with at most that), ``coverage`` (share of rows decided), ``risk`` (mean loss
        among them) and ``lost`` (their losses, summed).

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, if lengths differ, or if all rows are equally
        uncertain: there is nothing to sort by.

    References
    ----------
    Geifman and El-Yaniv (2017). Selective classification for deep neural networks. NeurIPS 30.

    Examples
    --------
    >>> risk_coverage([0, 0, 1, 0], [0.1, 0.2, 0.9, 0.3])["risk"].tolist()
    [0.0, 0.0, 0.0, 0.25]
    """
    losses, doubt = _check(loss, uncertainty)
    not_constant(doubt, "uncertainty", "it cannot say which rows to leave to somebody else")
    levels, place, size = np.unique(doubt, return_inverse=True, return_counts=True)
    decided, lost = np.cumsum(size), np.cumsum(np.bincount(place, weights=losses))
    return pd.DataFrame(
        {
            "uncertainty": levels,
            "coverage": decided / len(doubt),
            "risk": lost / decided,
            "lost": lost,
        }
    )


def area_under_risk_coverage(loss: ArrayLike, uncertainty: ArrayLike) -> float:
    r"""Return the mean of the risk over all numbers of rows that could be decided.

    Parameters
    ----------
    loss, uncertainty
        As in `risk_coverage`.

    Returns
    -------
    float
        In the unit of the loss; less is better. Rows that are equally uncertain are taken in
        random order, on average.

    Raises
    ------
    ValueError
        As `risk_coverage`, but that constant uncertainty is allowed: the area is then the mean
        loss, as for random order.

    Notes
    -----
    The AURC [1]_: :math:`\frac1n \sum_{k=1}^n \frac1k \sum_{i \le k} \ell_i`, rows sorted by
    uncertainty.

    References
    ----------
    .. [1] Geifman, Uziel and El-Yaniv (2019). Bias-reduced uncertainty estimation for deep
       neural classifiers. ICLR.

    Examples
    --------
    >>> area_under_risk_coverage([0, 0, 1, 0], [0.1, 0.2, 0.9, 0.3])
    0.0625
    """
    losses, doubt = _check(loss, uncertainty)
    _, place, size = np.unique(doubt, return_inverse=True, return_counts=True)
    level_mean = np.bincount(place, weights=losses) / size
    in_order = np.repeat(level_mean, size)
    return float(np.mean(np.cumsum(in_order) / np.arange(1, len(in_order) + 1)))


@dataclass(frozen=True)
class AreaUnderRiskCoverage:
    r"""The area for errors, 0 or 1, as a metric of `prerelease.intervals`.

    Pass whether each decision was wrong where other metrics take a label, and the uncertainty
    where they take a score. Like `area_under_risk_coverage`, but for many resamples at once.

    Notes
    -----
    Between two errors the sum :math:`\sum 1/k` is a difference of harmonic numbers, so only the
    levels of uncertainty that hold an error need be looked at.

    Examples
    --------
    >>> from prerelease import intervals
    >>> intervals.value(AreaUnderRiskCoverage(), [0, 0, 1, 0], [0.1, 0.2, 0.9, 0.3])
    0.0625
    """

    share = True
    both_classes = True

    def kernel(self, y_true: NDArray[np.bool_], y_score: Floats) -> Kernel:
        """Return the kernel of the metric on these rows."""
        rungs = np.unique(y_score[y_true])
        left = np.searchsorted(rungs, y_score, side="left")
        right = np.searchsorted(rungs, y_score, side="right")
        n = len(rungs)
        # Cells 0 to n-1: errors of a rung. n + 2g: right decisions below rung g, + 1: on it.
        cell = np.where(y_true, left, n + left + right)
        return Kernel(cell, 3 * n + 1, _area)


def _area(counts: Counts) -> NDArray[np.float64]:
    n = (counts.shape[1] - 1) // 3
    rows = counts[:, n:].copy()
    errors = np.zeros_like(rows)
    errors[:, 1::2] = counts[:, :n]
    rows += errors
    before = np.cumsum(rows, axis=1) - rows
    wrong_before = np.cumsum(errors, axis=1) - errors
    step = digamma(before + rows + 1) - digamma(before + 1)
    rate = np.divide(errors, rows, out=np.zeros_like(rows), where=rows > 0)
    area = wrong_before * step + rate * (rows - before * step)
    return area.sum(axis=1) / rows.sum(axis=1)


def confident_errors(
    y: ArrayLike, probability: ArrayLike, *, confidence: float = 0.9, threshold: float = 0.5
) -> pd.Series:
    """Return how many rows are "confident", and what is wrong among them.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud.
    probability : array-like, shape (n,) or (n, 2)
        Probability of fraud.
    confidence : float, default 0.9
        A row is called confident if the probability of its more probable label is at least
        this.
    threshold : float, default 0.5
        Payments are blocked from this probability on.

    Returns
    -------
    pandas.Series
        ``rows``, ``confident`` (rows), ``frauds``, ``missed`` (frauds let through),
        ``missed_confident`` and ``false_alarms_confident``.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, or if lengths differ.

    Examples
    --------
    >>> confident_errors([1, 0, 1], [0.01, 0.02, 0.6]).tolist()
    [3, 2, 2, 1, 1, 0]
    """
    fraud, p_fraud = labelled(y, probability)
    share(confidence, "confidence")
    share(threshold, "threshold")
    sure = np.maximum(p_fraud, 1 - p_fraud) >= confidence
    blocked = p_fraud >= threshold
    return pd.Series(
        {
            "rows": len(fraud),
            "confident": int(sure.sum()),
            "frauds": int(fraud.sum()),
            "missed": int((fraud & ~blocked).sum()),
            "missed_confident": int((fraud & ~blocked & sure).sum()),
            "false_alarms_confident": int((~fraud & blocked & sure).sum()),
        }
    )
