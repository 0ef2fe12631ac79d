"""Intervals for a number: of one new value."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from prerelease import _validate

from ._check import Floats, share
from ._conformal import limit_of


def _ends(low: ArrayLike, high: ArrayLike) -> tuple[Floats, Floats]:
    lows, highs = _validate.vector(low, "low"), _validate.vector(high, "high")
    _validate.same_length(low=lows, high=highs)
    return lows, highs


@dataclass(frozen=True)
class QuantileShift:
    """How far two predicted quantiles are moved outwards; a negative shift moves them in.

    Parameters
    ----------
    below, above : float
        In the unit of what is predicted.
    """

    below: float
    above: float

    def apply(self, low: ArrayLike, high: ArrayLike) -> tuple[Floats, Floats]:
        """Return the prediction intervals of new rows.

        Parameters
        ----------
        low, high : array-like, shape (n,)
            Their predicted quantiles.

        Returns
        -------
        low, high : ndarray, shape (n,)

        Raises
        ------
        ValueError
            If a value is not finite, or lengths differ.

        Examples
        --------
        >>> QuantileShift(1.0, 2.0).apply([10.0], [20.0])
        (array([9.]), array([22.]))
        """
        lows, highs = _ends(low, high)
        return lows - self.below, highs + self.above


def quantile_scores(y: ArrayLike, low: ArrayLike, high: ArrayLike) -> Floats:
    r"""Return how far each value lies outside its predicted quantiles, negative if inside.

    Parameters
    ----------
    y : array-like, shape (n,)
        True values.
    low, high : array-like, shape (n,)
        Predicted quantiles.

    Returns
    -------
    ndarray, shape (n,)
        :math:`\max(low - y,\; y - high)`.

    Raises
    ------
    ValueError
        If a value is not finite, or lengths differ.

    Examples
    --------
    >>> quantile_scores([5.0, 11.0], [0.0, 0.0], [10.0, 10.0])
    array([-5.,  1.])
    """
    lows, highs = _ends(low, high)
    values = _validate.vector(y, "y")
    _validate.same_length(y=values, low=lows)
    return np.maximum(lows - values, values - highs)


def conformalise_quantiles(
    y: ArrayLike, low: ArrayLike, high: ArrayLike, *, alpha: float, symmetric: bool = True
) -> QuantileShift:
    r"""Learn from calibration rows how far predicted quantiles have to be moved.

    Parameters
    ----------
    y : array-like, shape (n,)
        True values of rows that did not train the quantiles.
    low, high : array-like, shape (n,)
        Their predicted quantiles, such as of 5 % and 95 %.
    alpha : float
        Share that may be left out, between 0 and 1.
    symmetric : bool, default True
        Move both ends by the same, or each by its own, leaving out :math:`\alpha / 2` on each
        side: wider on the whole, but neither end is favoured.

    Returns
    -------
    QuantileShift
        Its method ``apply`` moves the predicted quantiles of new rows.

    Raises
    ------
    ValueError
        If there are too few rows for `alpha`, lengths differ or a value is not finite.

    Notes
    -----
    Conformalised quantile regression [1]_: the shift is the conformal limit of
    `quantile_scores`. Whatever the quantiles are worth, coverage is at least
    :math:`1 - \alpha` for exchangeable rows; good quantiles make the intervals short.

    References
    ----------
    .. [1] Romano, Patterson and Candès (2019). Conformalized quantile regression. NeurIPS 32.

    Examples
    --------
    >>> import numpy as np
    >>> y = np.arange(19.0)
    >>> conformalise_quantiles(y, np.full(19, 5.0), np.full(19, 13.0), alpha=0.1).above
    5.0
    """
    scores = quantile_scores(y, low, high)
    if symmetric:
        shift = limit_of(scores, alpha)
        return QuantileShift(shift, shift)
    half = share(alpha, "alpha") / 2
    below, above = np.subtract(low, y), np.subtract(y, high)
    return QuantileShift(limit_of(below, half), limit_of(above, half))


@dataclass(frozen=True)
class BinnedLimits:
    """How far values of each bin may lie outside two predicted quantiles.

    Parameters
    ----------
    edges : tuple of float
        Rising; a bin holds its lower edge and not its upper one.
    limits : tuple of float
        One a bin, in the unit of what is predicted; negative where values must lie well inside.
    """

    edges: tuple[float, ...]
    limits: tuple[float, ...]

    def apply(self, low: ArrayLike, high: ArrayLike) -> tuple[Floats, Floats]:
        """Return the shortest intervals that hold all admitted values of new rows.

        Parameters
        ----------
        low, high : array-like, shape (n,)
            Their predicted quantiles.

        Returns
        -------
        low, high : ndarray, shape (n,)
            They close gaps between the bins, so they cover no less. NaN where no value at all is
            admitted.

        Raises
        ------
        ValueError
            If a value is not finite, or lengths differ.

        Examples
        --------
        >>> found = BinnedLimits((0.0, 5.0, 9.0), (1.0, -1.0))
        >>> found.apply([4.0], [8.0])
        (array([3.]), array([7.]))
        """
        lows, highs = _ends(low, high)
        reach = np.array(self.limits)
        below = np.maximum(lows[:, None] - reach, self.edges[:-1])
        above = np.minimum(highs[:, None] + reach, self.edges[1:])
        empty = below > above
        below[empty] = above[empty] = np.nan
        return np.fmin.reduce(below, axis=1), np.fmax.reduce(above, axis=1)


def fit_binned_limits(
    y: ArrayLike, low: ArrayLike, high: ArrayLike, *, edges: ArrayLike, alpha: float
) -> BinnedLimits:
    r"""Learn a limit for each bin of the true value, so that coverage holds in each.

    Parameters
    ----------
    y : array-like, shape (n,)
        True values of rows that did not train the quantiles.
    low, high : array-like, shape (n,)
        Their predicted quantiles.
    edges : array-like, shape (bins + 1,)
        Rising, fixed without a look at the rows; infinite ends are allowed.
    alpha : float
        Share of each bin that may be left out, between 0 and 1.

    Returns
    -------
    BinnedLimits
        Its method ``apply`` gives the intervals of new rows; ``limits`` are in the order of bins.

    Raises
    ------
    ValueError
        If edges do not rise, a value lies in no bin, or a bin has too few rows for `alpha` (the
        message says how many it takes).

    Notes
    -----
    What sets by label are for classes [1]_, in bins of a number, as in [2]_. The bin of a new
    row is not known, and need not be: a value is admitted if it keeps to the limit of the bin
    that it lies in. So a true value is held with a probability of at least
    :math:`1 - \alpha` whatever its bin, if rows of one bin are exchangeable. Rows of which
    little is known then have long intervals.

    References
    ----------
    .. [1] Vovk, Gammerman and Shafer (2005). Algorithmic Learning in a Random World. Springer.
    .. [2] Randahl, Williams and Hegre (2026). Bin-conditional conformal prediction of
       fatalities from armed conflict. Political Analysis 34, 96-108.

    Examples
    --------
    >>> import numpy as np
    >>> y = np.arange(18.0)
    >>> found = fit_binned_limits(y, y - 1, y * 0 + 9, edges=[0, 9, 18], alpha=0.1)
    >>> found.limits
    (-1.0, 8.0)
    """
    scores = quantile_scores(y, low, high)
    cuts = np.asarray(edges, dtype=np.float64)
    if cuts.ndim != 1 or len(cuts) < 2 or not (np.diff(cuts) > 0).all():
        msg = f"edges must be at least 2 rising numbers, got {edges!r}."
        raise ValueError(msg)
    values = np.asarray(y, dtype=np.float64)
    bins = np.searchsorted(cuts, values, side="right") - 1
    if (outside := (bins < 0) | (bins == len(cuts) - 1)).any():
        msg = f"edges must hold every value of y, got {values[outside][0]:g} in no bin."
        raise ValueError(msg)
    limits = [
        limit_of(scores[bins == number], alpha, f"from {cuts[number]:g} to {cuts[number + 1]:g}")
        for number in range(len(cuts) - 1)
    ]
    return BinnedLimits(tuple(cuts.tolist()), tuple(limits))
