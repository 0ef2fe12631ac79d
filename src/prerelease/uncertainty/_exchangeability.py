"""Whether the order of rows carries information, tested while they come in."""

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import ArrayLike

from prerelease import _validate

from ._check import Floats, not_constant, share

_BETS = (-1.0, 0.0, 1.0)


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
    jump = share(jump, "jump")
    low = middle = high = 1 / 3
    wealth, path = 0.0, []
    for p in p_values.tolist():
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
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> changed = np.r_[rng.normal(size=500), 1 + rng.normal(size=500)]
    >>> exchangeability_test(rng.normal(size=1000)).alarm, exchangeability_test(changed).alarm
    (None, 535)
    """
    values = _validate.vector(scores, "scores")
    share(level, "level")
    not_constant(values, "scores", "nothing can be told from it")
    p_values = online_p_values(values, seed=seed)
    path = jumper_martingale(p_values, jump=jump)
    reached = np.flatnonzero(path >= -log(level))
    return ExchangeabilityTest(p_values, path, int(reached[0]) if reached.size else None)
