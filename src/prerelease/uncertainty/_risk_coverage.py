"""What is lost among the rows that a model decides by itself, as it decides more of them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import digamma

from prerelease import _validate
from prerelease.intervals._metrics import Ranking

Floats = NDArray[np.float64]


def risk_coverage(loss: ArrayLike, uncertainty: ArrayLike) -> pd.DataFrame:
    r"""Return the mean loss among the rows that are least uncertain, for each share of them.

    Parameters
    ----------
    loss : array-like, shape (n,)
        What each decision cost, not negative: 1 for an error and 0 else, or an amount.
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
    losses, doubt = _validate.columns(loss=loss, uncertainty=uncertainty)
    _validate.not_constant(
        doubt, "uncertainty", "it cannot say which rows to leave to somebody else"
    )
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


@dataclass(frozen=True)
class AreaUnderRiskCoverage(Ranking):
    r"""The area under the curve for errors, 0 or 1, as a metric of `prerelease.intervals`.

    Pass whether each decision was wrong where other metrics take a label, and the uncertainty
    where they take a score. Less is better.

    Notes
    -----
    The mean of the risk over all numbers of rows that could be decided [1]_,
    :math:`\frac1n \sum_{k=1}^n \frac1k \sum_{i \le k} \ell_i`, rows sorted by uncertainty and
    those that are equally uncertain taken in random order, on average. Between two errors the
    sum :math:`\sum 1/k` is a difference of harmonic numbers, so only the levels of uncertainty
    that hold an error need be looked at.

    References
    ----------
    .. [1] Geifman, Uziel and El-Yaniv (2019). Bias-reduced uncertainty estimation for deep
       neural classifiers. ICLR.

    Examples
    --------
    >>> from prerelease import intervals
    >>> intervals.value(AreaUnderRiskCoverage(), [0, 0, 1, 0], [0.1, 0.2, 0.9, 0.3])
    0.0625
    """

    def _of(self, counts: Floats) -> Floats:
        # Cells come with the most uncertain first: errors of a rung, then right decisions by place.
        n = (counts.shape[1] - 1) // 3
        rows = counts[:, n:][:, ::-1]
        errors = np.zeros_like(rows)
        errors[:, 1::2] = counts[:, :n][:, ::-1]
        rows = rows + errors
        before = np.cumsum(rows, axis=1) - rows
        wrong_before = np.cumsum(errors, axis=1) - errors
        step = digamma(before + rows + 1) - digamma(before + 1)
        rate = np.divide(errors, rows, out=np.zeros_like(rows), where=rows > 0)
        area = wrong_before * step + rate * (rows - before * step)
        return area.sum(axis=1) / rows.sum(axis=1)
