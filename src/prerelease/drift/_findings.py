"""What a detector of drift found: one type for all of them, and one table."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from prerelease import _validate
from prerelease.intervals import Interval


@dataclass(frozen=True)
class Finding:
    """What one detector says of one subject.

    Parameters
    ----------
    detector : str
        Which, such as ``"ks, blocks of 600 s"``.
    subject : str
        What it looked at, such as a feature or ``"label rate"``.
    score : float
        How much has moved, in `unit`.
    unit : str
        Of the score.
    alarm : bool
        Whether the detector's own rule says drift.
    p_value : float
        How often chance alone gives such a score; NaN for a rule that has none.
    q_value : float
        `p_value` after correction for the number of questions asked; NaN without one.
    interval : Interval or None
        Around the score.
    n_reference, n_current : int
        Rows compared.

    Examples
    --------
    >>> Finding("rule", "V1", 0.3, "KS", True).alarm
    True
    """

    detector: str
    subject: str
    score: float
    unit: str
    alarm: bool
    p_value: float = np.nan
    q_value: float = np.nan
    interval: Interval | None = None
    n_reference: int = 0
    n_current: int = 0


def table(findings: Iterable[Finding]) -> pd.DataFrame:
    """Return findings of any detectors as one table.

    Parameters
    ----------
    findings : iterable of Finding
        At least one.

    Returns
    -------
    pandas.DataFrame
        A row a finding in the order given: ``detector``, ``subject``, ``score``, ``low`` and
        ``high`` of its interval (NaN without one), ``unit``, ``p_value``, ``q_value``,
        ``alarm``, ``n_reference`` and ``n_current``.

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> table([Finding("rule", "V1", 0.3, "KS", True)])["score"].tolist()
    [0.3]
    """
    rows = [
        {
            "detector": finding.detector,
            "subject": finding.subject,
            "score": finding.score,
            "low": finding.interval.low if finding.interval else np.nan,
            "high": finding.interval.high if finding.interval else np.nan,
            "unit": finding.unit,
            "p_value": finding.p_value,
            "q_value": finding.q_value,
            "alarm": finding.alarm,
            "n_reference": finding.n_reference,
            "n_current": finding.n_current,
        }
        for finding in findings
    ]
    if not rows:
        msg = "findings must hold at least one Finding, got none."
        raise ValueError(msg)
    return pd.DataFrame(rows)


def benjamini_hochberg(p_values: ArrayLike) -> np.ndarray:
    r"""Return p-values corrected for the number of tests, so that false findings stay rare.

    Parameters
    ----------
    p_values : array-like of shape (m,)
        From 0 to 1.

    Returns
    -------
    ndarray of shape (m,)
        q-values: if all below a level are called findings, the expected share of false ones
        among them stays below that level.

    Raises
    ------
    ValueError
        If a value is no probability.

    Notes
    -----
    :math:`q_{(i)} = \min_{j \ge i} \min(1, m\,p_{(j)} / j)` over the sorted p-values [1]_. It
    holds for independent tests and for many dependent ones.

    References
    ----------
    .. [1] Benjamini and Hochberg (1995). Controlling the false discovery rate. Journal of the
       Royal Statistical Society B 57, 289-300.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    p = _validate.probabilities(p_values, "p_values")
    order = np.argsort(p)
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    result = np.empty_like(p)
    result[order] = np.minimum.accumulate(scaled[::-1])[::-1].clip(max=1)
    return result
