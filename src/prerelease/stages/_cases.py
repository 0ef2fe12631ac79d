"""How many independent cases show a share to be beyond a bound: exact binomial counts."""

import numpy as np
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
