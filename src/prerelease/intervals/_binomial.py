"""Intervals of a share that was counted: so many of so many."""

from math import sqrt

import scipy  # scipy.stats is loaded where it is first asked for: it takes long

from prerelease import _validate

from ._interval import Interval


def binomial(successes: int, n: int, *, level: float = 0.95) -> Interval:
    r"""Return the exact interval of a proportion, such as recall: so many caught of so many.

    Parameters
    ----------
    successes : int
        From 0 to `n`.
    n : int
        Independent trials, at least 1.
    level : float, default 0.95
        Nominal coverage: the interval covers at least as often, whatever the true share.

    Returns
    -------
    Interval
        Of the share, from 0 to 1.

    Raises
    ------
    ValueError
        If `successes` is not from 0 to `n`, or an option is out of range.

    Notes
    -----
    With :math:`\alpha` = 1 - level, Clopper and Pearson's interval [1]_ ends at the beta
    quantiles :math:`B(\alpha/2;\,x,\,n-x+1)` and :math:`B(1-\alpha/2;\,x+1,\,n-x)`: at 0 of `n`
    it begins at 0 and ends at :math:`1-(\alpha/2)^{1/n}`.

    References
    ----------
    .. [1] Clopper and Pearson (1934). The use of confidence or fiducial limits illustrated in
       the case of the binomial. Biometrika 26, 404-413.

    Examples
    --------
    >>> print(binomial(55, 57))
    0.965 [0.879, 0.996]
    """
    n = _validate.integer(n, "n", low=1)
    x = _validate.integer(successes, "successes", low=0, high=n)
    low, high = ends(x, n, 1 - _validate.share(level, "level"))
    return Interval(x / n, low, high, level, "binomial exact", n, x)


def ends(x: float, n: float, alpha: float) -> tuple[float, float]:
    """Return both ends; `x` of `n` need not be whole, where weights made the rows worth fewer."""
    low = scipy.stats.beta.ppf(alpha / 2, x, n - x + 1) if x > 0 else 0.0
    high = scipy.stats.beta.ppf(1 - alpha / 2, x + 1, n - x) if x < n else 1.0
    return float(low), float(high)


def paired_ends(better: float, worse: float, n: float, alpha: float) -> tuple[float, float]:
    """Return the ends of the difference (better - worse) / n of two shares of the same n cases.

    They need not be whole numbers. The score test of Tango (1998), turned around.
    """
    z, value = scipy.stats.norm.isf(alpha / 2), (better - worse) / n

    def beyond(at: float) -> bool:
        a, b = 2 * n, (2 * n - better + worse) * at - better - worse
        only = (sqrt(max(b * b + 4 * a * worse * at * (1 - at), 0)) - b) / (2 * a)
        return (n * (value - at)) ** 2 >= z * z * n * max(2 * only + at * (1 - at), 0)

    def end(outside: float) -> float:
        inside = value
        for _ in range(60):
            middle = (inside + outside) / 2
            inside, outside = (inside, middle) if beyond(middle) else (middle, outside)
        return outside

    return end(-1.0), end(1.0)
