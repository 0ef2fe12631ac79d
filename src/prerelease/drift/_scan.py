"""Effect sizes of drift, for every feature in one pass."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate

from ._buckets import compare
from ._columns import features_of, values

STATISTICS = ("ks", "wasserstein", "psi", "js")
FLOOR = 1e-4
"""Least share that a bin counts with in the PSI, so that an empty one does not make it infinite."""


def scan(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    *,
    features: Sequence[str] | None = None,
    bins: int = 10,
    statistics: Sequence[str] = STATISTICS,
) -> pd.DataFrame:
    r"""Return how far every feature has moved, in up to four measures.

    Parameters
    ----------
    reference, current : pandas.DataFrame
        Rows of both periods, in any order; missing values are left out and counted.
    features : sequence of str, optional
        Numeric columns to compare; by default all, which must then be the same on both sides.
    bins : int, default 10
        Bins for ``psi`` and ``js``, cut at quantiles of the reference; equal cuts are merged.
    statistics : sequence of {"ks", "wasserstein", "psi", "js"}
        Which measures; the scan is faster without ``"wasserstein"``.

    Returns
    -------
    pandas.DataFrame
        Index: feature. A column for each of `statistics`: ``ks`` from 0 to 1, ``wasserstein``
        in the feature's unit, ``psi`` of at least 0, ``js`` (the distance, to base 2) from 0
        to 1; and the shares missing, ``missing_reference`` and ``missing_current``.

    Raises
    ------
    ValueError
        If a frame is empty, columns differ or are not numeric, a value is infinite, a feature
        is missing altogether on one side, or there are fewer reference values than `bins`.

    Notes
    -----
    With the distribution functions F and G, Kolmogorov-Smirnov is
    :math:`\sup_x |F(x) - G(x)|` and Wasserstein :math:`\int |F(x) - G(x)|\,dx`; both are exact.
    With the shares p and q of the bins and their mean m, PSI is
    :math:`\sum (p_i - q_i) \ln(p_i / q_i)` [2]_, Jensen-Shannon
    :math:`\sqrt{(\mathrm{KL}(p \| m) + \mathrm{KL}(q \| m)) / 2}` [1]_. An effect size is no
    test: it says how much, not whether it is more than chance. See `feature_drift`.

    References
    ----------
    .. [1] Lin (1991). Divergence measures based on the Shannon entropy. IEEE Transactions on
       Information Theory 37, 145-151.
    .. [2] Yurdakul (2018). Statistical properties of population stability index. PhD thesis,
       Western Michigan University.

    Examples
    --------
    >>> before = pd.DataFrame({"x": np.arange(100.0)})
    >>> scan(before, before + 10).round(3).loc["x", ["ks", "wasserstein"]].to_dict()
    {'ks': 0.1, 'wasserstein': 10.0}
    """
    names = features_of(reference, current, features)
    bins = _validate.integer(bins, "bins", low=2)
    for statistic in statistics:
        _validate.choice(statistic, "statistics", STATISTICS)
    rows = {}
    for name in names:
        x, x_missing = values(reference, name, "reference")
        y, y_missing = values(current, name, "current")
        if len(x) < bins:
            msg = (
                f"reference must hold at least as many values as bins: {name!r} has {len(x)} "
                f"for bins={bins}."
            )
            raise ValueError(msg)
        binned = {"psi", "js"} & set(statistics)
        found = compare(x, y, bins=bins if binned else 1, area="wasserstein" in statistics)
        counts = found.reference_counts, found.current_counts
        measured = {"ks": found.ks, "wasserstein": found.wasserstein}
        measured |= {"psi": psi(*counts), "js": jensen_shannon(*counts)}
        rows[name] = {statistic: measured[statistic] for statistic in statistics}
        rows[name] |= {"missing_reference": x_missing, "missing_current": y_missing}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("feature")


def psi(reference: ArrayLike, current: ArrayLike, *, floor: float = FLOOR) -> float:
    r"""Return the population stability index of two tables of counts.

    Parameters
    ----------
    reference, current : array-like of shape (bins,)
        Rows in each bin; neither may be all 0.
    floor : float, default 1e-4
        Least share that a bin counts with.

    Returns
    -------
    float
        At least 0; a rule of thumb calls 0.1 a small and 0.25 a large change.

    Raises
    ------
    ValueError
        If lengths differ, a count is negative or a side has no row.

    Notes
    -----
    :math:`\sum_i (p_i - q_i) \ln(p_i / q_i)`, shares raised to `floor` where they are lower.

    Examples
    --------
    >>> round(psi([50, 50], [40, 60]), 4)
    0.0405
    """
    _validate.number(floor, "floor", above=0, below=1)
    p, q = (np.maximum(share, floor) for share in _shares(reference, current))
    return float(((p - q) * np.log(p / q)).sum())


def jensen_shannon(reference: ArrayLike, current: ArrayLike) -> float:
    r"""Return the Jensen-Shannon distance of two tables of counts, to base 2.

    From 0 (the same shares) to 1 (no bin in common):
    :math:`\sqrt{(\mathrm{KL}(p \| m) + \mathrm{KL}(q \| m)) / 2}` with :math:`m = (p + q) / 2`.
    """
    p, q = _shares(reference, current)
    mean = (p + q) / 2
    parts = [
        (side * np.log2(np.divide(side, mean, out=np.ones_like(side), where=side > 0))).sum()
        for side in (p, q)
    ]
    return float(np.sqrt(min(max(sum(parts) / 2, 0.0), 1.0)))


def _shares(
    reference: ArrayLike, current: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    p = _validate.non_negative(reference, "reference")
    q = _validate.non_negative(current, "current")
    _validate.same_length(reference=p, current=q)
    if p.sum() == 0 or q.sum() == 0:
        msg = f"reference and current must count rows, got {p.sum():g} and {q.sum():g}."
        raise ValueError(msg)
    return p / p.sum(), q / q.sum()
