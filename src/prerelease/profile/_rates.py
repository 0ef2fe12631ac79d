"""Fraud rates by group, each with its exact interval."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from prerelease import _validate, intervals


def fraud_rates(
    groups: ArrayLike, labels: ArrayLike, *, weights: ArrayLike | None = None, level: float = 0.95
) -> pd.DataFrame:
    """Count payments and frauds in each group and give the fraud rate with its interval.

    Parameters
    ----------
    groups : array-like of shape (n,)
        The group of each payment: numbers or words.
    labels : array-like of shape (n,)
        1 is fraud, 0 is honest.
    weights : array-like of shape (n,), optional
        How many real payments each row stands for; 1 by default.
    level : float, default 0.95
        Nominal coverage of the intervals.

    Returns
    -------
    pandas.DataFrame
        One row a group, sorted, with ``payments``, ``frauds`` (both rounded to whole
        payments) and ``rate``, ``low``, ``high`` as shares from 0 to 1.

    Raises
    ------
    ValueError
        If lengths differ, a label is not 0 or 1, or a weight is not above 0.

    Notes
    -----
    The interval is Clopper and Pearson's. It takes frauds as independent of each other; where
    they come in bursts it is too short (see `design_effect`).

    References
    ----------
    .. [1] Clopper and Pearson (1934). The use of confidence or fiducial limits illustrated in
       the case of the binomial. Biometrika 26, 404-413.

    Examples
    --------
    >>> fraud_rates(["day", "day", "night", "night"], [0, 0, 0, 1])["rate"].to_dict()
    {'day': 0.0, 'night': 0.5}
    """
    fraud = _validate.binary(labels, "labels", both=False)
    group = np.asarray(groups)
    _validate.same_length(groups=group, labels=fraud)
    weight = _validate.weights(weights, "weights", len(fraud))
    names, place = np.unique(group, return_inverse=True)
    payments = np.rint(np.bincount(place, weights=weight)).astype(int)
    frauds = np.rint(np.bincount(place, weights=weight * fraud)).astype(int)
    found = [
        intervals.binomial(int(k), int(n), level=level)
        for k, n in zip(frauds, payments, strict=True)
    ]
    return pd.DataFrame(
        {
            "payments": payments,
            "frauds": frauds,
            "rate": [interval.estimate for interval in found],
            "low": [interval.low for interval in found],
            "high": [interval.high for interval in found],
        },
        index=pd.Index(names, name="group"),
    )
