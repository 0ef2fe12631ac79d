"""Whether the order of rows carries information, tested while they come in."""

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate

from ._check import Floats, share

_BETS = (-1.0, 0.0, 1.0)


def online_p_values(scores: ArrayLike, *, seed: int = 0) -> Floats:
    r"""Return for each row how strange it is among the rows before it.

    Parameters
    ----------
    scores : array-like, shape (n,)
        How strange each row is, in the order in which rows came.
    seed : int, default 0
        Of the draws that break ties.

    Returns
    -------
    ndarray, shape (n,)
        :math:`(\#\{i < t : s_i > s_t\} + U_t\, \#\{i \le t : s_i = s_t\}) / t`. Independent
        and uniform on 0 to 1 if the rows are exchangeable.

    Raises
    ------
    ValueError
        If a score is not finite.

    References
    ----------
    Vovk, Gammerman and Shafer (2005). Algorithmic Learning in a Random World. Springer.

    Examples
    --------
    >>> bool(online_p_values([1.0, 2.0, 3.0, 4.0])[3] < 0.25)
    True
    """
    values = _validate.vector(scores, "scores").tolist()
    luck = np.random.default_rng(_validate.integer(seed, "seed", low=0)).uniform(size=len(values))
    past: list[float] = []
    result = np.empty(len(values))
    for t, value in enumerate(values):
        below, not_above = bisect_left(past, value), bisect_right(past, value)
        result[t] = (t - not_above + luck[t] * (not_above - below + 1)) / (t + 1)
        insort(past, value, lo=not_above)
    return result


def jumper_martingale(p_values: ArrayLike, *, jump: float = 0.01) -> Floats:
    r"""Return the wealth of a gambler who bets that p-values are not uniform.

    Parameters
    ----------
    p_values : array-like, shape (n,)
        From `online_p_values`, each from 0 to 1.
    jump : float, default 0.01
        Share of the wealth that is dealt out anew before each bet, between 0 and 1.

    Returns
    -------
    ndarray, shape (n,)
        Natural logarithm of the wealth after each row. It begins with 1 (logarithm 0).

    Raises
    ------
    ValueError
        If a p-value is not from 0 to 1, or `jump` is not between 0 and 1.

    Notes
    -----
    The Simple Jumper [1]_. A third of the wealth bets on small p-values, a third on large ones,
    a third does not bet: a bet :math:`\epsilon \in \{-1, 0, 1\}` multiplies its part by
    :math:`1 + \epsilon (p - 1/2)`. If p-values are uniform, no bet gains on average, so wealth ever
    reaches :math:`1/\delta` with probability at most :math:`\delta` (Ville).

    References
    ----------
    .. [1] Vovk, Petej, Nouretdinov, Ahlberg, Carlsson and Gammerman (2021). Retrain or not
       retrain: conformal test martingales for change-point detection. PMLR 152.

    Examples
    --------
    >>> bool(jumper_martingale([0.01] * 100)[-1] > 20)
    True
    """
    values = _validate.probabilities(p_values, "p_values").tolist()
    jump = share(jump, "jump")
    low = middle = high = 1 / 3
    wealth, path = 0.0, []
    for p in values:
        low, middle, high = (
            ((1 - jump) * part + jump / 3) * (1 + bet * (p - 0.5))
            for part, bet in zip((low, middle, high), _BETS, strict=True)
        )
        total = low + middle + high
        wealth += log(total)
        low, middle, high = low / total, middle / total, high / total
        path.append(wealth)
    return np.array(path)


@dataclass(frozen=True)
class ExchangeabilityTest:
    """What a test of exchangeability found.

    Parameters
    ----------
    evidence : ndarray, shape (n,)
        Logarithm to base 10 of the wealth after each row: 2 says a hundred to one.
    level : float
        The largest probability of a false alarm, however long one watches.
    alarm : int or None
        Position of the first row at which the wealth reached 1 / `level`; None for no alarm.
    """

    evidence: NDArray[np.float64]
    level: float
    alarm: int | None


def exchangeability_test(
    scores: ArrayLike, *, level: float = 0.05, jump: float = 0.01, seed: int = 0
) -> ExchangeabilityTest:
    """Bet against the exchangeability of rows as they come in.

    Parameters
    ----------
    scores : array-like, shape (n,)
        How strange each row is, in order. They must not be constant.
    level : float, default 0.05
        The largest probability of a false alarm.
    jump : float, default 0.01
        As in `jumper_martingale`.
    seed : int, default 0
        Of the draws that break ties.

    Returns
    -------
    ExchangeabilityTest

    Raises
    ------
    ValueError
        If a score is not finite or all are the same, or a value is out of its range.

    Notes
    -----
    One may look after every row and stop at the alarm. No alarm does not prove exchangeability:
    the bets see only a drift of these scores.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> changed = np.r_[rng.normal(size=500), 1 + rng.normal(size=500)]
    >>> exchangeability_test(rng.normal(size=1000)).alarm, exchangeability_test(changed).alarm
    (None, 535)
    """
    values = _validate.vector(scores, "scores")
    share(level, "level")
    if values.min() == values.max():
        msg = f"scores is {values[0]:g} for all {len(values)} rows: nothing can be told from it."
        raise ValueError(msg)
    path = jumper_martingale(online_p_values(values, seed=seed), jump=jump)
    reached = np.flatnonzero(path >= -log(level))
    return ExchangeabilityTest(path / log(10), level, int(reached[0]) if reached.size else None)
