"""Intervals of a share among some of the rows: exact, or drawn by a scheme."""

from dataclasses import replace
from typing import Any

from numpy.typing import ArrayLike

from prerelease import _validate

from ._binomial import binomial
from ._bootstrap import bootstrap
from ._interval import Interval
from ._metrics import Precision
from ._schemes import Scheme

FEW = 5  # with fewer rows on one side of a share its interval is exact


def share(
    hits: ArrayLike,
    *,
    among: ArrayLike | None = None,
    scheme: Scheme | None = None,
    level: float = 0.95,
    **options: Any,
) -> Interval:
    """Return the share of rows of which something holds, with its interval.

    Parameters
    ----------
    hits : array-like of {0, 1} or bool, shape (n,)
        Whether it holds.
    among : array-like of {0, 1} or bool, shape (n,), optional
        Which rows are counted, such as the positives; all by default.
    scheme : Scheme, optional
        `Blocks` where neighbours in time share their fate; an exact `binomial` interval without.
    level, **options
        As for `bootstrap`.

    Returns
    -------
    Interval
        Exact binomial also where fewer than 5 rows are on one side, since so few hardly differ
        between resamples.

    Raises
    ------
    ValueError
        As `bootstrap`, or if no row is counted.

    Examples
    --------
    >>> print(share([1, 1, 0, 1], among=[1, 1, 0, 0]))
    1.000 [0.158, 1.000]
    """
    hit = _validate.binary(hits, "hits", both=False)
    counted = _validate.binary(hit | True if among is None else among, "among", both=False)
    _validate.same_length(hits=hit, among=counted)
    found, n = int((hit & counted).sum()), int(counted.sum())
    if scheme is None or min(found, n - found) < FEW:
        return binomial(found, n, level=level)
    # A share is the precision of an alarm that goes off for every row that is counted.
    drawn = bootstrap(Precision(0.5), hit & counted, counted, scheme=scheme, level=level, **options)
    return replace(drawn, n=n, n_positive=found)
