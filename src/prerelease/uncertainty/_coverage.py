"""Coverage that was realised: its law before it is seen, and intervals after."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from prerelease import _validate, intervals

from ._check import share
from ._conformal import place, rank_of_limit, rows_needed


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


class RowsForSpread(NamedTuple):
    """From how many calibration rows on coverage keeps within a distance of its level."""

    first: int
    always: int


def rows_for_spread(*, alpha: float, within: float, level: float = 0.95) -> RowsForSpread:
    r"""Return how many calibration rows keep the coverage from falling too far.

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
    RowsForSpread
        The ``first`` number of rows that is enough, and the one from which on every number
        ``always`` is. They differ: with one row more the limit may let out one row more.

    Raises
    ------
    ValueError
        If a value is not between 0 and 1, or `within` is not above 0.0005 and below 1 - `alpha`.

    Notes
    -----
    Coverage falls below :math:`c` with the probability that :math:`k` or more of :math:`n`
    tosses show heads, if :math:`c` is the chance of heads and :math:`k / n > 1 - \alpha` the rank
    of the limit. By Chernoff's bound that is rare enough from some :math:`n` on; every number
    below that one is tried.

    Examples
    --------
    >>> rows_for_spread(alpha=0.1, within=0.05)
    RowsForSpread(first=68, always=110)
    """
    nominal = 1 - share(alpha, "alpha")
    worst = nominal - _validate.number(within, "within", above=0.0005, below=nominal)
    risk = 1 - share(level, "level")
    apart = nominal * np.log(nominal / worst) + alpha * np.log(alpha / (1 - worst))
    least = rows_needed(alpha)
    tried = np.arange(least, max(least, np.ceil(-np.log(risk) / apart)) + 2)
    rank = place(tried, alpha)
    falls = stats.beta.cdf(worst, rank, tried + 1 - rank) > risk
    last = np.flatnonzero(falls)[-1] if falls.any() else -1
    return RowsForSpread(int(tried[np.argmin(falls)]), int(tried[last + 1]))


def coverage_table(covered: ArrayLike, groups: ArrayLike, **options: Any) -> pd.DataFrame:
    """Return the coverage in each group of rows, with intervals.

    Parameters
    ----------
    covered : array-like of {0, 1} or bool, shape (n,)
        Whether the set or interval of each row holds its truth.
    groups : array-like, shape (n,)
        The group of each row: a bin of the amount, an hour.
    **options
        As for `prerelease.intervals.share`: exact intervals without a ``scheme``, as for groups
        of so short a time that it holds few blocks.

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
    labels = pd.Series(groups).reset_index(drop=True)
    _validate.same_length(covered=covered, groups=labels)
    names = labels.groupby(labels, observed=True).size().index.rename("group")
    rows = [intervals.share(covered, among=labels == name, **options) for name in names]
    return pd.DataFrame(
        [(r.n, r.n_positive, r.estimate, r.low, r.high) for r in rows],
        columns=["n", "covered", "coverage", "low", "high"],
        index=names,
    )
