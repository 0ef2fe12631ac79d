"""How many cases each stage of a release needs before it can conclude anything."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from prerelease import _validate

Ints = NDArray[np.int64]
_WINDOW = 0.1
_MOST = 50_000_000


def _limits(n: Ints, bound: float, alpha: float, *, above: bool) -> NDArray[np.float64]:
    """Return the count from which (or up to which) the exact interval leaves the bound behind."""
    if above:
        return stats.binom.isf(alpha, n, bound) + 1
    return stats.binom.ppf(alpha, n, bound) - 1


def power(n: int, *, truth: float, bound: float, level: float = 0.95) -> float:
    r"""Return the chance that so many cases show a share to be beyond a bound.

    Parameters
    ----------
    n : int
        Cases, such as frauds where the share is recall.
    truth : float
        The share as it really is.
    bound : float
        What is to be shown: at least this if `truth` is above it, at most this if below.
    level : float, default 0.95
        Of the two-sided exact interval that has to leave the bound behind.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    ValueError
        If a share is not between 0 and 1, or both are the same.

    Notes
    -----
    The lower end of the Clopper-Pearson interval [1]_ of x of n reaches the bound b exactly
    where :math:`P(X \ge x \mid n, b) \le \alpha/2`; the power is the chance of such an x under
    the truth. No approximation, but cases are taken as independent: frauds come in bursts, so
    take this as the least.

    References
    ----------
    .. [1] Clopper and Pearson (1934). The use of confidence or fiducial limits illustrated in
       the case of the binomial. Biometrika 26, 404-413.

    Examples
    --------
    >>> round(power(75, truth=0.8, bound=0.7), 2)
    0.45
    """
    _validate.integer(n, "n", low=1)
    truth, bound, alpha = _shares(truth, bound, level)
    return float(_power(np.array([n]), truth, bound, alpha)[0])


def passing(n: int, *, truth: float, bound: float, level: float = 0.95) -> float:
    """Return the chance that the whole exact interval lies at or above a bound.

    Parameters
    ----------
    n, truth, bound, level
        As in `power`; here `truth` may lie below `bound` or on it.

    Returns
    -------
    float
        At most ``(1 - level) / 2`` where the truth is not above the bound.

    Raises
    ------
    ValueError
        If a share is not between 0 and 1.

    Examples
    --------
    >>> passing(75, truth=0.65, bound=0.7) < 0.025
    True
    """
    _validate.integer(n, "n", low=1)
    truth = _validate.number(truth, "truth", above=0, below=1)
    bound = _validate.number(bound, "bound", above=0, below=1)
    level = _validate.number(level, "level", above=0, below=1)
    limit = _limits(np.array([n]), bound, (1 - level) / 2, above=True)
    return float(stats.binom.sf(limit - 1, n, truth)[0])


def cases_needed(*, truth: float, bound: float, level: float = 0.95, chance: float = 0.8) -> int:
    """Return how many cases show a share to be beyond a bound, with a given chance.

    Parameters
    ----------
    truth, bound, level
        As in `power`.
    chance : float, default 0.8
        Of success, if `truth` is right.

    Returns
    -------
    int
        From there on for at least a tenth more cases: power goes up in a saw-tooth.

    Raises
    ------
    ValueError
        As `power`, or if more than 50 million cases would be needed.

    Examples
    --------
    >>> cases_needed(truth=0.8, bound=0.7)
    167
    >>> cases_needed(truth=0.001, bound=0.002)
    13609
    """
    truth, bound, alpha = _shares(truth, bound, level)
    _validate.number(chance, "chance", above=0.5, below=1)
    # A normal approximation says where to look; the exact answer is searched for around it.
    spread = [np.sqrt(share * (1 - share)) for share in (truth, bound)]
    reach = stats.norm.isf(alpha) * spread[1] + stats.norm.ppf(chance) * spread[0]
    guess = (reach / (truth - bound)) ** 2
    if guess > _MOST:
        msg = f"To tell {truth:g} from {bound:g} takes more than {_MOST:,} cases."
        raise ValueError(msg)
    step = max(1, int(guess / 2000))
    n = np.arange(1, int(3 * guess) + 200, step)
    enough = _power(n, truth, bound, alpha) >= chance
    window = max(1, int(_WINDOW * guess / step))
    failing = np.r_[0, np.cumsum(~enough)]
    last = np.minimum(np.arange(len(n)) + window, len(n))
    good = failing[last] - failing[np.arange(len(n))] == 0
    return int(n[np.argmax(good)])


def green_tick(n: int, *, truth: float, bound: float) -> float:
    """Return the chance that a share looks good enough where only the estimate is looked at.

    Parameters
    ----------
    n : int
        Cases.
    truth : float
        The share as it really is.
    bound : float
        A tick is given where the share found is at least this.

    Returns
    -------
    float
        From 0 to 1; about one half for a model exactly at the bound, however many the cases.

    Raises
    ------
    ValueError
        If a share is not between 0 and 1.

    Examples
    --------
    >>> round(green_tick(75, truth=0.65, bound=0.7), 2)
    0.18
    """
    _validate.integer(n, "n", low=1)
    truth = _validate.number(truth, "truth", above=0, below=1)
    bound = _validate.number(bound, "bound", above=0, below=1)
    return float(stats.binom.sf(np.ceil(bound * n - 1e-9) - 1, n, truth))


@dataclass(frozen=True)
class KillSwitch:
    """A count that stops a canary, and what it is able to see.

    Parameters
    ----------
    n : int
        Cases that are watched.
    stop_at : int
        Stop when that many of them went wrong.
    false_stops : float
        Chance to stop though nothing is worse than agreed.
    seen : float
        Chance to stop if things go wrong `factor` times as often as agreed.
    factor : float
        How much worse must not go unseen.
    """

    n: int
    stop_at: int
    false_stops: float
    seen: float
    factor: float


def kill_switch(
    n: int, *, agreed: float, factor: float = 2.0, false_stops: float = 0.01
) -> KillSwitch:
    """Return the count at which to roll back, for a share of cases that may go wrong.

    Parameters
    ----------
    n : int
        Cases that are watched, such as payments in the canary.
    agreed : float
        Share of them that may go wrong.
    factor : float, default 2
        How much worse must not go unseen.
    false_stops : float, default 0.01
        Chance of stopping for nothing that can be lived with.

    Returns
    -------
    KillSwitch
        With the chance that it sees what it has to.

    Raises
    ------
    ValueError
        If a share is not between 0 and 1, or `factor` not above 1.

    Notes
    -----
    The count is looked at once, after `n` cases, or at any time before: a count can only grow,
    so to stop as soon as it reaches the limit stops no more often for nothing.

    Examples
    --------
    >>> kill_switch(1000, agreed=0.01).stop_at
    19
    """
    _validate.integer(n, "n", low=1)
    agreed = _validate.number(agreed, "agreed", above=0, below=1)
    factor = _validate.number(factor, "factor", above=1)
    false_stops = _validate.number(false_stops, "false_stops", above=0, below=0.5)
    stop_at = int(stats.binom.isf(false_stops, n, agreed)) + 1
    worse = min(1.0, factor * agreed)
    chances = [float(stats.binom.sf(stop_at - 1, n, share)) for share in (agreed, worse)]
    return KillSwitch(n, stop_at, chances[0], chances[1], factor)


def watched_until_seen(
    *, agreed: float, factor: float = 2.0, false_stops: float = 0.01, chance: float = 0.9
) -> KillSwitch:
    """Return the shortest watch whose kill switch sees what it has to.

    Parameters
    ----------
    agreed, factor, false_stops
        As in `kill_switch`.
    chance : float, default 0.9
        With which a share `factor` times as large as agreed has to be seen.

    Returns
    -------
    KillSwitch
        Its ``n`` is within 1 % of the smallest.

    Raises
    ------
    ValueError
        As `kill_switch`.

    Examples
    --------
    >>> watched_until_seen(agreed=0.001).seen >= 0.9
    True
    """
    chance = _validate.number(chance, "chance", above=0, below=1)
    n = 1.0
    while (
        found := kill_switch(int(np.ceil(n)), agreed=agreed, factor=factor, false_stops=false_stops)
    ).seen < chance:
        n = max(n + 1, n * 1.01)
    return found


def plan(
    conclusions: pd.DataFrame, *, payments_per_day: float, frauds_per_day: float
) -> pd.DataFrame:
    """Return how many days each conclusion takes.

    Parameters
    ----------
    conclusions : pandas.DataFrame
        Columns ``stage``, ``conclusion``, ``cases`` (how many are needed), ``of``
        (``"payments"`` or ``"frauds"``) and ``traffic`` (share of all payments that the stage
        sees, above 0 and up to 1).
    payments_per_day, frauds_per_day : float
        Of the whole traffic.

    Returns
    -------
    pandas.DataFrame
        The same with ``payments`` and ``days``, in the order given.

    Raises
    ------
    ValueError
        If a share of traffic or a unit is not one of these.

    Examples
    --------
    >>> table = pd.DataFrame({"stage": ["shadow"], "conclusion": ["it sees 7 frauds in 10"],
    ...                       "cases": [167], "of": ["frauds"], "traffic": [1.0]})
    >>> plan(table, payments_per_day=142_000, frauds_per_day=246)["days"].round(2).tolist()
    [0.68]
    """
    per_day = {"payments": payments_per_day, "frauds": frauds_per_day}
    for name, value in per_day.items():
        _validate.number(value, f"{name}_per_day", above=0)
    for of in conclusions["of"]:
        _validate.choice(of, "of", tuple(per_day))
    for share in conclusions["traffic"]:
        _validate.number(share, "traffic", above=0, below=1.0 + 1e-12)
    rate = conclusions["of"].map(per_day) * conclusions["traffic"]
    days = conclusions["cases"] / rate
    payments = np.ceil(days * payments_per_day * conclusions["traffic"]).astype(int)
    return conclusions.assign(payments=payments, days=days)


def _shares(truth: float, bound: float, level: float) -> tuple[float, float, float]:
    truth = _validate.number(truth, "truth", above=0, below=1)
    bound = _validate.number(bound, "bound", above=0, below=1)
    level = _validate.number(level, "level", above=0, below=1)
    if truth == bound:
        msg = f"No number of cases shows a share of {truth:g} to be beyond {bound:g}."
        raise ValueError(msg)
    return truth, bound, (1 - level) / 2


def _power(n: Ints, truth: float, bound: float, alpha: float) -> NDArray[np.float64]:
    limit = _limits(n, bound, alpha, above=truth > bound)
    if truth > bound:
        return stats.binom.sf(limit - 1, n, truth)
    return stats.binom.cdf(limit, n, truth)
