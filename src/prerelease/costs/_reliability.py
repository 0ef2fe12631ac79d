"""Do the probabilities mean what they say? A table that can see one in a thousand."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from prerelease import _validate
from prerelease.intervals import binomial


def reliability_table(
    y: ArrayLike,
    probability: ArrayLike,
    *,
    bins_per_decade: int = 2,
    lowest: float = 1e-5,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return the share of frauds found against the share promised, by size of promise.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud; both classes must be there.
    probability : array-like, shape (n,)
        Probabilities of fraud.
    bins_per_decade : int, default=2
        Bins between, say, 0.01 and 0.1; each is as wide as the others on a log axis.
    lowest : float, default=1e-5
        Whatever is smaller, 0 included, goes into one first bin.
    level : float, default=0.95
        Coverage of each interval.

    Returns
    -------
    DataFrame
        One row for each bin that holds a payment. Columns ``from`` and ``to`` (the bin, its
        upper end excluded but for 1), ``payments``, ``frauds``, ``promised`` (mean
        probability), ``found`` (share of frauds), ``found_low`` and ``found_high`` (exact
        binomial interval of ``found``).

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, if one class is missing or lengths differ.

    Notes
    -----
    Bins are fixed in advance, not fitted to the scores, so that models can be compared bin
    by bin. The interval is Clopper and Pearson's: it covers at least `level` of the
    time, however few frauds a bin holds. It takes payments to be independent; frauds that
    come in bursts make it too narrow.

    References
    ----------
    C. J. Clopper, E. S. Pearson, "The use of confidence or fiducial limits illustrated in
    the case of the binomial", Biometrika 26, 1934.

    Examples
    --------
    >>> table = reliability_table([0, 0, 0, 1], [0.002, 0.001, 0.2, 0.9], bins_per_decade=1)
    >>> table[["from", "to", "payments", "frauds"]].to_numpy().tolist()
    [[0.001, 0.01, 2.0, 0.0], [0.1, 1.0, 2.0, 1.0]]
    """
    fraud = _validate.binary(y, "y")
    probabilities = _validate.probabilities(probability, "probability")
    _validate.same_length(y=fraud, probability=probabilities)
    _validate.integer(bins_per_decade, "bins_per_decade", low=1)
    _validate.number(lowest, "lowest", above=0.0, below=1.0)
    _validate.number(level, "level", above=0.0, below=1.0)
    steps = int(np.ceil(-np.log10(lowest) * bins_per_decade - 1e-9))
    edges = np.concatenate([[0.0], 10.0 ** (-np.arange(steps, -1, -1) / bins_per_decade)])
    place = np.clip(np.searchsorted(edges, probabilities, side="right") - 1, 0, steps)
    payments = np.bincount(place, minlength=steps + 1)
    frauds = np.bincount(place, weights=fraud, minlength=steps + 1).astype(int)
    filled = payments > 0
    n, hits = payments[filled], frauds[filled]
    found = [binomial(int(x), int(of), level=level) for x, of in zip(hits, n, strict=True)]
    promised = np.bincount(place, weights=probabilities, minlength=steps + 1)[filled] / n
    return pd.DataFrame(
        {
            "from": edges[:-1][filled],
            "to": edges[1:][filled],
            "payments": n,
            "frauds": hits,
            "promised": promised,
            "found": [share.estimate for share in found],
            "found_low": [share.low for share in found],
            "found_high": [share.high for share in found],
        }
    )
