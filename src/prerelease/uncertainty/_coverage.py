"""Coverage that was realised: its law before it is seen, and exact intervals after."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from prerelease import _validate, intervals

from ._check import share
from ._conformal import place, rank_of_limit


def coverage_law(n: int, *, alpha: float) -> Any:
    r"""Return the law of the coverage that one calibration set will give.

    Parameters
    ----------
    n : int
        Calibration rows, of the kind that coverage is promised for.
    alpha : float
        Share that may be left out, between 0 and 1.

    Returns
    -------
    scipy.stats frozen beta distribution
        With the methods ``mean``, ``std``, ``cdf``, ``ppf`` and ``interval``.

    Raises
    ------
    ValueError
        If there are too few rows for `alpha`: the message says how many it takes.

    Notes
    -----
    "At least 90 %" holds on average over calibration sets. Of one set, the coverage over
    endless new rows is :math:`\mathrm{Beta}(k, n + 1 - k)` with
    :math:`k = \lceil (n + 1)(1 - \alpha) \rceil`, if scores have no ties [1]_.

    References
    ----------
    .. [1] Angelopoulos and Bates (2023). Conformal prediction: a gentle introduction.
       Foundations and Trends in Machine Learning 16, 494-591.

    Examples
    --------
    >>> law = coverage_law(57, alpha=0.1)
    >>> round(float(law.mean()), 3), [round(float(x), 2) for x in law.interval(0.95)]
    (0.914, [0.83, 0.97])
    """
    rank = rank_of_limit(_validate.integer(n, "n", low=0), alpha=alpha)
    return stats.beta(rank, n + 1 - rank)


def observed_coverage_law(n: int, n_new: int, *, alpha: float) -> Any:
    """Return the law of how many of `n_new` rows will be covered, before either is seen.

    Parameters
    ----------
    n, alpha
        As in `coverage_law`.
    n_new : int
        Rows on which coverage will be counted, at least 1.

    Returns
    -------
    scipy.stats frozen beta-binomial distribution
        Of the number of covered rows: luck of the calibration rows and of the new ones.

    Raises
    ------
    ValueError
        As `coverage_law`.

    Examples
    --------
    >>> law = observed_coverage_law(57, 75, alpha=0.1)
    >>> [int(x) for x in law.interval(0.95)]
    [60, 74]
    """
    rank = rank_of_limit(_validate.integer(n, "n", low=0), alpha=alpha)
    return stats.betabinom(_validate.integer(n_new, "n_new", low=1), rank, n + 1 - rank)


def rows_for_spread(*, alpha: float, within: float, level: float = 0.95) -> int:
    """Return how many calibration rows keep the coverage from falling too far below its promise.

    Parameters
    ----------
    alpha : float
        Share that may be left out, between 0 and 1.
    within : float
        How far below 1 - `alpha` coverage may fall, such as 0.01.
    level : float, default 0.95
        With which probability it is to fall no further.

    Returns
    -------
    int
        The smallest number found among about 400, a step of 2 % apart.

    Raises
    ------
    ValueError
        If a value is not between 0 and 1, or `within` is not below 1 - `alpha`.

    Examples
    --------
    >>> rows_for_spread(alpha=0.1, within=0.05) < rows_for_spread(alpha=0.1, within=0.01)
    True
    """
    share(alpha, "alpha")
    _validate.number(within, "within", above=0, below=1 - alpha)
    least = 1 - share(level, "level")
    tried = np.unique(np.ceil(np.geomspace(1 / alpha, 1e7, 700)).astype(int))
    rank = place(tried, alpha)
    falls = stats.beta.cdf(1 - alpha - within, rank, tried + 1 - rank) > least
    return int(tried[np.flatnonzero(falls)[-1] + 1]) if falls.any() else int(tried[0])


def coverage_table(covered: ArrayLike, groups: ArrayLike, *, level: float = 0.95) -> pd.DataFrame:
    """Return the coverage in each group of rows, with exact intervals.

    Parameters
    ----------
    covered : array-like of {0, 1} or bool, shape (n,)
        Whether the set or interval of each row holds its truth.
    groups : array-like, shape (n,)
        The group of each row: a bin of the amount, an hour.
    level : float, default 0.95
        Of each interval by itself: of 20 groups, one may lie outside by chance.

    Returns
    -------
    pandas.DataFrame
        Index ``group``, sorted; columns ``n``, ``covered``, ``coverage``, ``low``, ``high``.

    Raises
    ------
    ValueError
        If lengths differ, or `covered` holds something else.

    Examples
    --------
    >>> coverage_table([1, 1, 0, 1], ["a", "a", "b", "b"])["coverage"].to_dict()
    {'a': 1.0, 'b': 0.5}
    """
    inside = _validate.binary(covered, "covered", both=False)
    labels = pd.Series(groups).reset_index(drop=True)
    _validate.same_length(covered=inside, groups=labels)
    counts = pd.Series(inside).groupby(labels, observed=True).agg(["size", "sum"])
    rows = [intervals.binomial(int(x), int(n), level=level) for n, x in counts.to_numpy()]
    return pd.DataFrame(
        [(r.n, r.n_positive, r.estimate, r.low, r.high) for r in rows],
        columns=["n", "covered", "coverage", "low", "high"],
        index=counts.index.rename("group"),
    )
