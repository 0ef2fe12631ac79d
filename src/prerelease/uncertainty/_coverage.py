"""The law of the coverage, before it is seen."""

from typing import Any

from scipy import stats

from prerelease import _validate

from ._conformal import rank_of_limit


def coverage_law(n: int, *, alpha: float, n_new: int | None = None) -> Any:
    r"""Return the law of the coverage that one calibration set will give.

    Parameters
    ----------
    n : int
        Calibration rows, of the kind that coverage is claimed for.
    alpha : float
        Share that may be left out, between 0 and 1.
    n_new : int, optional
        Rows on which coverage will be counted; endless many by default.

    Returns
    -------
    scipy.stats frozen distribution
        With the methods ``mean``, ``std``, ``cdf``, ``ppf`` and ``interval``: of the share
        covered, or with `n_new` of how many of them are, before either set is seen.

    Raises
    ------
    ValueError
        If there are too few rows for `alpha`: the message says how many it takes.

    Notes
    -----
    "At least 90 %" holds on average over calibration sets. Of one set, the coverage over
    endless new rows is :math:`\mathrm{Beta}(k, n + 1 - k)` with
    :math:`k = \lceil (n + 1)(1 - \alpha) \rceil`, if scores have no ties [1]_; the number
    covered among so many is beta-binomial.

    References
    ----------
    .. [1] Angelopoulos and Bates (2023). Conformal prediction: a gentle introduction.
       Foundations and Trends in Machine Learning 16, 494-591.

    Examples
    --------
    >>> law = coverage_law(57, alpha=0.1)
    >>> round(float(law.mean()), 3), [round(float(x), 2) for x in law.interval(0.95)]
    (0.914, [0.83, 0.97])
    >>> [int(x) for x in coverage_law(57, alpha=0.1, n_new=75).interval(0.95)]
    [60, 74]
    """
    rank = rank_of_limit(n, alpha=alpha)
    if n_new is None:
        return stats.beta(rank, n + 1 - rank)
    return stats.betabinom(_validate.integer(n_new, "n_new", low=1), rank, n + 1 - rank)
