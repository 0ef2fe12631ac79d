"""Conformal limits for amounts, limits that follow a stream, and the bet against its order."""

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass
from math import log

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate
from prerelease.uncertainty._conformal import limit_of, place

Floats = NDArray[np.float64]

__all__ = [
    "adaptive_limits",
    "exchangeability_test",
    "fit_binned_limits",
    "quantile_scores",
    "quantile_shift",
]


def quantile_scores(y: ArrayLike, low: ArrayLike, high: ArrayLike) -> Floats:
    r"""Return how far each value lies outside its predicted quantiles, negative if inside.

    Parameters
    ----------
    y, low, high : array-like, shape (n,)
        True values and predicted quantiles.

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
    columns = {"y": y, "low": low, "high": high}
    values, lows, highs = (_validate.vector(each, name) for name, each in columns.items())
    _validate.same_length(y=values, low=lows, high=highs)
    return np.maximum(lows - values, values - highs)


def quantile_shift(
    y: ArrayLike, low: ArrayLike, high: ArrayLike, *, alpha: float, symmetric: bool = True
) -> tuple[float, float]:
    r"""Learn from calibration rows how far predicted quantiles have to be moved outwards.

    Parameters
    ----------
    y, low, high : array-like, shape (n,)
        True values of rows that did not train the quantiles, and their predicted quantiles.
    alpha : float
        Share that may be left out, between 0 and 1.
    symmetric : bool, default True
        Move both ends by the same, or each by its own, leaving out :math:`\alpha / 2` on each
        side: wider on the whole, but neither end is favoured.

    Returns
    -------
    below, above : float
        The intervals of new rows reach from ``low - below`` to ``high + above``.

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
    >>> y = np.arange(19.0)
    >>> quantile_shift(y, np.full(19, 5.0), np.full(19, 13.0), alpha=0.1)
    (5.0, 5.0)
    """
    scores = quantile_scores(y, low, high)
    if symmetric:
        return limit_of(scores, alpha), limit_of(scores, alpha)
    return limit_of(np.subtract(low, y), alpha / 2), limit_of(np.subtract(y, high), alpha / 2)


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

        Examples
        --------
        >>> found = BinnedLimits((0.0, 5.0, 9.0), (1.0, -1.0))
        >>> found.apply([4.0], [8.0])
        (array([3.]), array([7.]))
        """
        reach = np.array(self.limits)
        below = np.maximum(np.asarray(low)[:, None] - reach, self.edges[:-1])
        above = np.minimum(np.asarray(high)[:, None] + reach, self.edges[1:])
        empty = below > above
        below[empty] = above[empty] = np.nan
        return np.fmin.reduce(below, axis=1), np.fmax.reduce(above, axis=1)


def fit_binned_limits(
    y: ArrayLike, low: ArrayLike, high: ArrayLike, *, edges: ArrayLike, alpha: float
) -> BinnedLimits:
    r"""Learn a limit for each bin of the true value, so that coverage holds in each.

    Parameters
    ----------
    y, low, high : array-like, shape (n,)
        True values of rows that did not train the quantiles, and their predicted quantiles.
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
    >>> y = np.arange(18.0)
    >>> found = fit_binned_limits(y, y - 1, y * 0 + 9, edges=[0, 9, 18], alpha=0.1)
    >>> found.limits
    (-1.0, 8.0)
    """
    scores, values = quantile_scores(y, low, high), np.asarray(y, dtype=np.float64)
    cuts = np.asarray(edges, dtype=np.float64)
    if len(cuts) < 2 or not (np.diff(cuts) > 0).all():
        msg = f"edges must be at least 2 rising numbers, got {edges!r}."
        raise ValueError(msg)
    bins = np.searchsorted(cuts, values, side="right") - 1
    if (outside := (bins < 0) | (bins == len(cuts) - 1)).any():
        msg = f"edges must hold every value of y, got {values[outside][0]:g} in no bin."
        raise ValueError(msg)
    limits = [
        limit_of(scores[bins == number], alpha, f"from {cuts[number]:g} to {cuts[number + 1]:g}")
        for number in range(len(cuts) - 1)
    ]
    return BinnedLimits(tuple(cuts.tolist()), tuple(limits))


def adaptive_limits(
    calibration: ArrayLike, stream: ArrayLike, *, alpha: float, gamma: float = 0.005
) -> pd.DataFrame:
    r"""Move the limit after each row of a stream, so that coverage is kept in the long run.

    Parameters
    ----------
    calibration : array-like, shape (n,)
        Scores of calibration rows: how strange each is, given its truth.
    stream : array-like, shape (m,)
        Scores of later rows, in their order.
    alpha : float
        Share that may be left out, between 0 and 1.
    gamma : float, default 0.005
        How fast the limit follows, above 0. With 0 it would stay where it is.

    Returns
    -------
    pandas.DataFrame
        One row each of the stream: ``limit`` (the score up to which a row was covered; infinite
        where everything was, or nothing) and ``covered``.

    Raises
    ------
    ValueError
        If a score is not finite, `alpha` is not between 0 and 1, or `gamma` is not above 0.

    Notes
    -----
    Adaptive conformal inference [1]_: :math:`\alpha_{t+1} = \alpha_t + \gamma(\alpha - e_t)`,
    with :math:`e_t` = 1 where row :math:`t` was not covered. For any stream whatever, the share
    of rows not covered differs from :math:`\alpha` after :math:`n` rows by at most
    :math:`(\max(\alpha, 1 - \alpha) + \gamma) / (n \gamma)`. It needs the truth of each row before
    the next one comes: right for an amount, not for a label that is known weeks later.

    References
    ----------
    .. [1] Gibbs and Candès (2021). Adaptive conformal inference under distribution shift.
       NeurIPS 34.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> told = adaptive_limits(rng.normal(size=500), 1 + rng.normal(size=4000), alpha=0.1)
    >>> round(float(told["covered"].mean()), 2)
    0.9
    """
    known = np.sort(_validate.vector(calibration, "calibration"))
    now = _validate.number(alpha, "alpha", above=0, below=1)
    step = _validate.number(gamma, "gamma", above=0)
    n, places, told = len(known), [-np.inf, *known.tolist(), np.inf], []
    for score in _validate.vector(stream, "stream").tolist():
        # Anything from nothing to everything is allowed.
        limit = places[int(place(n, now)) if 0 < now < 1 else (n + 1) * (now <= 0)]
        told.append((limit, score <= limit))
        now += step * (alpha - (score > limit))
    return pd.DataFrame(told, columns=["limit", "covered"])


@dataclass(frozen=True)
class ExchangeabilityTest:
    """What a test of exchangeability found.

    Parameters
    ----------
    p_values : ndarray, shape (n,)
        How strange each row is among the rows before it; uniform if rows are exchangeable.
    log_wealth : ndarray, shape (n,)
        Natural logarithm of the gambler's wealth after each row. It begins with 1.
    alarm : int or None
        Position of the first row at which the wealth reached 1 / level; None for no alarm.
    """

    p_values: Floats
    log_wealth: Floats
    alarm: int | None

    @property
    def evidence(self) -> Floats:
        """Logarithm to base 10 of the wealth after each row: 2 says a hundred to one."""
        return self.log_wealth / log(10)


def exchangeability_test(
    scores: ArrayLike, *, level: float = 0.05, jump: float = 0.01, seed: int = 0
) -> ExchangeabilityTest:
    r"""Bet against the exchangeability of rows as they come in.

    Parameters
    ----------
    scores : array-like, shape (n,)
        How strange each row is, in order. They must not be constant.
    level : float, default 0.05
        The largest probability of a false alarm, however long one watches.
    jump : float, default 0.01
        Share of the wealth that is dealt out anew before each bet, between 0 and 1.
    seed : int, default 0
        Of the draws that break ties.

    Returns
    -------
    ExchangeabilityTest
        With the ``evidence`` after each row and the position of the ``alarm``, if there is one.

    Raises
    ------
    ValueError
        If a score is not finite or all are the same, or a value is out of its range.

    Notes
    -----
    The p-value of row :math:`t` is
    :math:`(\#\{i < t : s_i > s_t\} + U_t\, \#\{i \le t : s_i = s_t\}) / t`: independent and uniform
    on 0 to 1 if the rows are exchangeable [1]_. The Simple Jumper [2]_ bets on them. A third of
    the wealth bets on small p-values, a third on large ones, a third does not bet: a bet
    :math:`\epsilon \in \{-1, 0, 1\}` multiplies its part by :math:`1 + \epsilon (p - 1/2)`. If
    p-values are uniform, no bet gains on average, so wealth ever reaches :math:`1/\delta` with
    probability at most :math:`\delta` (Ville).

    One may look after every row and stop at the alarm. No alarm does not prove exchangeability:
    the bets see only a drift of these scores.

    References
    ----------
    .. [1] Vovk, Gammerman and Shafer (2005). Algorithmic Learning in a Random World. Springer.
    .. [2] Vovk, Petej, Nouretdinov, Ahlberg, Carlsson and Gammerman (2021). Retrain or not
       retrain: conformal test martingales for change-point detection. PMLR 152.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> changed = np.r_[rng.normal(size=500), 1 + rng.normal(size=500)]
    >>> exchangeability_test(rng.normal(size=1000)).alarm, exchangeability_test(changed).alarm
    (None, 535)
    """
    values = _validate.vector(scores, "scores")
    _validate.number(level, "level", above=0, below=1)
    if values.min() == values.max():
        msg = f"scores is {values[0]:g} for all {len(values)} rows: nothing can be told from it."
        raise ValueError(msg)
    p_values = online_p_values(values, seed=seed)
    path = jumper_martingale(p_values, jump=jump)
    reached = np.flatnonzero(path >= -log(level))
    return ExchangeabilityTest(p_values, path, int(reached[0]) if reached.size else None)


def online_p_values(scores: Floats, *, seed: int) -> Floats:
    """Return for each row how strange it is among the rows before it, ties broken at random."""
    values = scores.tolist()
    luck = np.random.default_rng(_validate.integer(seed, "seed", low=0)).uniform(size=len(values))
    past: list[float] = []
    result = np.empty(len(values))
    for t, value in enumerate(values):
        below, not_above = bisect_left(past, value), bisect_right(past, value)
        result[t] = (t - not_above + luck[t] * (not_above - below + 1)) / (t + 1)
        insort(past, value, lo=not_above)
    return result


def jumper_martingale(p_values: Floats, *, jump: float) -> Floats:
    """Return the logarithm of the wealth of a gambler who bets that p-values are not uniform."""
    jump = _validate.number(jump, "jump", above=0, below=1)
    low = middle = high = 1 / 3
    wealth, path = 0.0, []
    for p in p_values.tolist():
        low, middle, high = (
            ((1 - jump) * part + jump / 3) * (1 + bet * (p - 0.5))
            for part, bet in ((low, -1.0), (middle, 0.0), (high, 1.0))
        )
        total = low + middle + high
        wealth += log(total)
        low, middle, high = low / total, middle / total, high / total
        path.append(wealth)
    return np.array(path)
