"""How many cases, or stretches of time, a stage must see to conclude anything."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from prerelease import _validate

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
    for name, share in {"truth": truth, "bound": bound, "level": level}.items():
        _validate.share(share, name)
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
    _validate.share(chance, "chance")
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
