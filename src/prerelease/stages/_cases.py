"""How many independent cases show a share to be beyond a bound: exact binomial counts."""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from prerelease import _validate

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


def _power(
    n: NDArray[np.int64], truth: float, bound: float, level: float, above: bool | None = None
) -> NDArray[np.float64]:
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
