"""Intervals of a share that was counted: so many of so many."""

import numpy as np
from scipy import stats

from prerelease import _validate

from ._interval import Interval


def binomial(successes: int, n: int, *, level: float = 0.95, method: str = "exact") -> Interval:
    r"""Return the interval of a proportion, such as recall: so many frauds caught of so many.

    Parameters
    ----------
    successes : int
        From 0 to `n`.
    n : int
        Independent trials, at least 1.
    level : float, default 0.95
        Nominal coverage.
    method : {"exact", "wilson"}, default "exact"
        ``"exact"`` (Clopper-Pearson) covers at least `level`, whatever the true share;
        ``"wilson"`` is shorter and covers `level` on average.

    Returns
    -------
    Interval
        Of the share, from 0 to 1.

    Raises
    ------
    ValueError
        If `successes` is not from 0 to `n`, or an option is unknown.

    Notes
    -----
    With :math:`\alpha` = 1 - level, the exact interval [1]_ ends at the beta quantiles
    :math:`B(\alpha/2;\,x,\,n-x+1)` and :math:`B(1-\alpha/2;\,x+1,\,n-x)`: at 0 of `n` it
    begins at 0 and ends at :math:`1-(\alpha/2)^{1/n}`. Wilson's [2]_ inverts the score test.

    References
    ----------
    .. [1] Clopper and Pearson (1934). The use of confidence or fiducial limits illustrated in
       the case of the binomial. Biometrika 26, 404-413.
    .. [2] Wilson (1927). Probable inference, the law of succession, and statistical inference.
       Journal of the American Statistical Association 22, 209-212.

    Examples
    --------
    >>> print(binomial(55, 57))
    0.965 [0.879, 0.996]
    """
    n = _validate.integer(n, "n", low=1)
    x = _validate.integer(successes, "successes", low=0, high=n)
    level = _validate.number(level, "level", above=0, below=1)
    _validate.choice(method, "method", ("exact", "wilson"))
    alpha = 1 - level
    if method == "exact":
        low = stats.beta.ppf(alpha / 2, x, n - x + 1) if x > 0 else 0.0
        high = stats.beta.ppf(1 - alpha / 2, x + 1, n - x) if x < n else 1.0
    else:
        low, high = _wilson(x, n, stats.norm.ppf(1 - alpha / 2))
    return Interval(x / n, float(low), float(high), level, f"binomial {method}", n, x)


def _wilson(x: int, n: int, z: float) -> tuple[float, float]:
    share, denominator = x / n, 1 + z**2 / n
    middle = (share + z**2 / (2 * n)) / denominator
    reach = z / denominator * np.sqrt(share * (1 - share) / n + (z / (2 * n)) ** 2)
    # The ends meet 0 and 1 exactly there; rounding may miss them by 1e-17.
    return (0.0 if x == 0 else middle - reach), (1.0 if x == n else middle + reach)
