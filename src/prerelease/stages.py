"""How much each stage of a release must see to conclude anything, and what stops it.

Exact binomial counts for independent cases; simulation for stretches of time, bursts and all; and
counts that stop a canary, looked at often, with one chance of stopping for nothing.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from prerelease import _validate

__all__ = ["cases_needed", "centred", "kill_switch", "power", "shown", "stretches_needed"]
Floats, Ints = NDArray[np.float64], NDArray[np.int64]
_WINDOW = 0.1
_MOST = 50_000_000


def power(
    n: int, *, truth: float, bound: float, level: float = 0.95, above: bool | None = None
) -> float:
    r"""Return the chance that so many cases show a share to be beyond a bound.

    Parameters
    ----------
    n : int
        Cases, such as positives where the share is recall.
    truth : float
        The share as it really is.
    bound : float
        What is to be shown.
    level : float, default 0.95
        Of the two-sided exact interval that has to leave the bound behind.
    above : bool, optional
        Whether it is to be shown that the share is at least `bound`, or at most; by default on
        whichever side `truth` lies. If `truth` is on the other, what is returned is the chance of
        a mistake, at most ``(1 - level) / 2``.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    ValueError
        If a share is not between 0 and 1, or both are the same and `above` is not given.

    Notes
    -----
    The lower end of the Clopper-Pearson interval [1]_ of x of n reaches the bound b exactly
    where :math:`P(X \ge x \mid n, b) \le \alpha/2`; the power is the chance of such an x under
    the truth. No approximation, but cases are taken as independent: if they come in bursts,
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
    return float(_power(np.array([n]), truth, bound, level, above)[0])


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
    _validate.number(chance, "chance", above=0.5, below=1)
    _power(np.array([1]), truth, bound, level)  # which refuses what means nothing
    # A normal approximation says where to look; the exact answer is searched for around it.
    spread = [np.sqrt(share * (1 - share)) for share in (truth, bound)]
    reach = stats.norm.isf((1 - level) / 2) * spread[1] + stats.norm.ppf(chance) * spread[0]
    guess = (reach / (truth - bound)) ** 2
    if guess > _MOST:
        msg = f"To tell {truth:g} from {bound:g} takes more than {_MOST:,} cases."
        raise ValueError(msg)
    step = max(1, int(guess / 2000))
    n = np.arange(1, int(3 * guess) + 200, step)
    enough = _power(n, truth, bound, level) >= chance
    window = max(1, int(_WINDOW * guess / step))
    failing = np.r_[0, np.cumsum(~enough)]
    last = np.minimum(np.arange(len(n)) + window, len(n))
    good = failing[last] - failing[np.arange(len(n))] == 0
    return int(n[np.argmax(good)])


def _power(n: Ints, truth: float, bound: float, level: float, above: bool | None = None) -> Floats:
    shares = {"truth": truth, "bound": bound, "level": level}
    for name, share in shares.items():
        _validate.number(share, name, above=0, below=1)
    if truth == bound and above is None:
        msg = f"No number of cases shows a share of {truth:g} to be beyond {bound:g}."
        raise ValueError(msg)
    alpha = (1 - level) / 2
    if truth > bound if above is None else above:
        return stats.binom.sf(stats.binom.isf(alpha, n, bound), n, truth)
    return stats.binom.cdf(stats.binom.ppf(alpha, n, bound) - 1, n, truth)


def centred(top: ArrayLike, bottom: ArrayLike, *, truth: float, bound: float) -> Floats:
    """Return what each stretch of time says for a ratio being above a bound, were `truth` true.

    Parameters
    ----------
    top, bottom : array-like of shape (n,)
        Sums over each stretch, such as positives found and positives, or what was saved and what
        a perfect model saves.
    truth : float
        The ratio as it is supposed to be. The stretches show how it varies, not how high it is.
    bound : float
        Which it is to be shown to be above.

    Returns
    -------
    ndarray of shape (n,)
        With a sum of ``(truth - bound) * bottom.sum()``: above zero speaks for the claim.

    Raises
    ------
    ValueError
        If `bottom` has no positive sum.

    Examples
    --------
    >>> centred([3, 0, 1], [4, 0, 4], truth=0.75, bound=0.5).tolist()
    [2.0, 0.0, 0.0]
    """
    top, bottom = np.asarray(top, dtype=np.float64), np.asarray(bottom, dtype=np.float64)
    if not bottom.sum() > 0:
        msg = f"bottom must have a positive sum, got {bottom.sum():g}."
        raise ValueError(msg)
    return top - (top.sum() / bottom.sum() - truth + bound) * bottom


def shown(
    value: ArrayLike, n: int, *, level: float = 0.95, rounds: int = 400, seed: int = 0
) -> float:
    """Return the chance that so many stretches of time show a sum to be above zero.

    Parameters
    ----------
    value : array-like of shape (m,)
        What each of the stretches that were seen says, such as `centred` returns.
    n : int
        Stretches that are going to be seen, each as one of these, drawn at random.
    level : float, default 0.95
        Of the percentile interval that has to lie above zero.
    rounds : int, default 400
        Periods that are simulated, and resamples of each.
    seed : int, default 0
        Of the draws.

    Returns
    -------
    float
        Share of the simulated periods whose whole interval is above zero.

    Raises
    ------
    ValueError
        If a value is not finite or `n` is below 1.

    Notes
    -----
    No formula: what is going to be done is done, `rounds` times. Cases of one burst lie in one
    stretch and are drawn together, so the chance allows for bursts.

    Examples
    --------
    >>> shown([5.0, 0.0, -1.0, 0.0], 100) > shown([5.0, 0.0, -1.0, 0.0], 10)
    True
    """
    n = _validate.integer(n, "n", low=1)
    found, times = np.unique(_validate.vector(value, "value"), return_counts=True)
    rng, above = np.random.default_rng(seed), 0
    for drawn in rng.multinomial(n, times / times.sum(), size=rounds):
        held = drawn > 0
        again = rng.multinomial(n, drawn[held] / n, size=rounds)
        above += np.quantile(again @ found[held], (1 - level) / 2) > 0
    return float(above / rounds)


def stretches_needed(
    value: ArrayLike, *, chance: float = 0.8, most: int = 1_000_000, **options: Any
) -> int | None:
    """Return how many stretches of time show a sum to be above zero, with a given chance.

    Parameters
    ----------
    value : array-like of shape (m,)
        As for `shown`.
    chance : float, default 0.8
        Of success, if the stretches to come are like these.
    most : int, default 1,000,000
        Where to give up.
    **options
        Of `shown`.

    Returns
    -------
    int or None
        To within 5 %; None if not even `most` would do.

    Raises
    ------
    ValueError
        As `shown`.

    Examples
    --------
    >>> stretches_needed([-1.0, 0.0, 0.5]) is None
    True
    >>> 20 < stretches_needed([5.0, 0.0, -1.0, 0.0]) < 80
    True
    """
    _validate.number(chance, "chance", above=0, below=1)
    value = _validate.vector(value, "value")
    if not value.sum() > 0:
        return None
    low, high = 0, 8
    while shown(value, high, **options) < chance:
        low, high = high, 2 * high
        if high > most:
            return None
    while high - low > max(1, 0.05 * high):
        middle = (low + high) // 2
        low, high = (low, middle) if shown(value, middle, **options) >= chance else (middle, high)
    return high


@dataclass(frozen=True, eq=False)
class KillSwitch:
    """Counts that stop a canary, one for each look at it.

    Parameters
    ----------
    looks : ndarray of int
        How many stretches of time have been seen at each look.
    stop : ndarray of int
        The count of stretches with an event at which to stop: at this or more where `too_many`,
        else at this or fewer. Where no count stops yet it is out of reach.
    too_many : bool
        Whether too many events stop, or too few.
    """

    looks: Ints
    stop: Ints
    too_many: bool

    def stopped(self, rates: ArrayLike) -> Floats:
        """Return the chance of having been stopped by each look.

        Parameters
        ----------
        rates : array-like of shape (stretches,) or (cases, stretches)
            Chance of each stretch to hold an event; each case is a history of its own.

        Returns
        -------
        ndarray of shape (looks,) or (cases, looks)
            Exact.
        """
        table = _table(rates, self.looks)
        # A count that has passed every limit need not be told from a higher one.
        state, gone = _Counts(table, most=int(self.stop.max()) + 1), []
        for seen, stop in zip(self.looks, self.stop, strict=True):
            state.go_on(seen)
            gone.append(state.tail(stop, too_many=self.too_many))
            state.leave(stop, too_many=self.too_many)
        total = np.cumsum(gone, axis=0).T
        return total if np.ndim(rates) > 1 else total[0]

    def hours_until(self, rates: ArrayLike, *, chance: float = 0.9, seconds: float = 600) -> float:
        """Return after how many hours it has stopped with a given chance.

        Parameters
        ----------
        rates : array-like
            As for `stopped`.
        chance : float, default 0.9
            Of having stopped.
        seconds : float, default 600
            Length of a stretch.

        Returns
        -------
        float
            For the case that takes longest; infinite if it is not stopped so surely.
        """
        sure = np.atleast_2d(self.stopped(rates)) >= chance
        if not sure[:, -1].all():
            return float("inf")
        return float(self.looks[np.argmax(sure, axis=1)].max() * seconds / 3600)


def kill_switch(
    rates: ArrayLike, looks: ArrayLike, *, too_many: bool, false_stops: float = 0.01
) -> KillSwitch:
    """Return the counts at which to roll back: as strict as the false stops allow.

    Parameters
    ----------
    rates : array-like of shape (stretches,) or (cases, stretches)
        Chance of each stretch of time to hold an event while nothing is wrong; with several
        cases, such as the hours at which a canary may begin, each of them is allowed for.
    looks : array-like of int
        How many stretches have been seen at each look, growing.
    too_many : bool
        Whether too many events stop, or too few.
    false_stops : float, default 0.01
        Chance of stopping for nothing, over all looks together. It is spent evenly over the
        time, so that a large harm is seen early.

    Returns
    -------
    KillSwitch
        ``looks`` and ``stop``, the count that stops at each of them; ``stopped(rates)``, the
        chance of having been stopped by each look, under any rates; ``hours_until(rates)``, when
        that chance is nine in ten.

    Raises
    ------
    ValueError
        If a rate is not from 0 to 1, looks do not grow or there are more stretches than rates.

    Notes
    -----
    A group-sequential test, which spends its chance of a false stop over the looks [1]_, here in
    proportion to the time. Chances are exact: the distribution of the count is carried from
    stretch to stretch. Counted are stretches that hold an event, so a burst counts once.

    References
    ----------
    .. [1] Lan and DeMets (1983). Discrete sequential boundaries for clinical trials. Biometrika
       70, 659-663.

    Examples
    --------
    >>> switch = kill_switch(np.full(60, 0.1), [6, 30, 60], too_many=True)
    >>> switch.stop.tolist()
    [5, 9, 13]
    >>> bool(switch.stopped(np.full(60, 0.1))[-1] <= 0.01)
    True
    """
    looks = np.asarray(looks, dtype=np.int64)
    false_stops = _validate.number(false_stops, "false_stops", above=0, below=0.5)
    state, stop = _Counts(_table(rates, looks)), []
    used = np.zeros(len(state.count))
    for seen in looks:
        state.go_on(seen)
        left = false_stops * seen / looks[-1] - used
        tails = np.cumsum(state.count[:, ::-1] if too_many else state.count, axis=1)
        allowed = int((tails <= left[:, None]).all(axis=0).cumprod().sum())
        stop.append(state.count.shape[1] - allowed if too_many else allowed - 1)
        used += state.tail(stop[-1], too_many=too_many)
        state.leave(stop[-1], too_many=too_many)
    return KillSwitch(looks, np.array(stop), too_many)


class _Counts:
    """The distribution of a count of stretches with an event, among those not stopped yet."""

    def __init__(self, rates: Floats, most: int | None = None) -> None:
        self.rates, self.seen = rates, 0
        most = rates.shape[1] if most is None else min(most, rates.shape[1])
        self.count = np.zeros((len(rates), most + 1))
        self.count[:, 0] = 1

    def go_on(self, until: int) -> None:
        """Add the stretches up to this one."""
        for rate in self.rates[:, self.seen : until].T:
            more = self.count[:, :-1] * rate[:, None]
            self.count[:, :-1] -= more
            self.count[:, 1:] += more
        self.seen = until

    def tail(self, stop: int, *, too_many: bool) -> Floats:
        """Return the chance of a count that stops."""
        part = self.count[:, stop:] if too_many else self.count[:, : stop + 1]
        return part.sum(axis=1)

    def leave(self, stop: int, *, too_many: bool) -> None:
        """Take out the histories that are stopped."""
        part = slice(stop, None) if too_many else slice(0, stop + 1)
        self.count[:, part] = 0


def _table(rates: ArrayLike, looks: Ints) -> Floats:
    table = np.atleast_2d(np.asarray(rates, dtype=np.float64))
    if not ((table >= 0) & (table <= 1)).all():
        msg = f"rates must be from 0 to 1, got {table.min():g} to {table.max():g}."
        raise ValueError(msg)
    if len(looks) == 0 or (np.diff(looks, prepend=0) <= 0).any() or looks[-1] > table.shape[1]:
        msg = f"looks must grow, from 1 to the {table.shape[1]} stretches that have a rate."
        raise ValueError(msg)
    return table[:, : looks[-1]]
