"""Over which rows the features have mean zero: the trace of where a PCA was fitted."""

from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate


def centring(
    features: ArrayLike, parts: Mapping[Hashable, ArrayLike], *, correlations: bool = True
) -> pd.DataFrame:
    r"""Measure how far the features' means are from zero over each part of the rows.

    Parameters
    ----------
    features : array-like of shape (n, p)
        Columns that a principal component analysis is said to have made; at least two.
    parts : mapping from any name to array-like of bool, shape (n,)
        The rows of each part; at least two rows.
    correlations : bool, default True
        Whether to look for the largest correlation, which takes most of the time.

    Returns
    -------
    pandas.DataFrame
        One row a part: ``rows``; ``offset``: the root mean square over columns of mean / standard
        deviation; ``chance``: what rows drawn at random from a centred population would have,
        :math:`1/\sqrt{rows}`; ``correlation``: the largest between two columns, in size.

    Raises
    ------
    ValueError
        If a part has fewer than two rows or another length than `features`.

    Notes
    -----
    A PCA takes the mean off each column and turns the axes until no two columns correlate. Over
    the rows it was fitted on, both are exact up to rounding; over any other rows neither is.

    References
    ----------
    .. [1] Jolliffe (2002). Principal component analysis, second edition, chapter 2. Springer.

    Examples
    --------
    >>> X = np.array([[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]])
    >>> table = centring(X, {"all": np.ones(4, bool), "half": [True, True, False, False]})
    >>> table["offset"].round(2).to_dict()
    {'all': 0.0, 'half': 0.71}
    """
    values = np.asarray(features, dtype=np.float64)
    scale = values.std(axis=0)
    rows = {}
    for name, part in parts.items():
        chosen = np.asarray(part, dtype=bool)
        _validate.same_length(features=values, part=chosen)
        inside = values[chosen]
        if len(inside) < 2:
            msg = f"Part {name!r} must have at least 2 rows, got {len(inside)}."
            raise ValueError(msg)
        chance = 1 / np.sqrt(len(inside))
        rows[name] = {"rows": len(inside), "offset": _offset(inside, scale), "chance": chance}
        if correlations:
            rows[name]["correlation"] = _largest_correlation(inside)
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("part")


def _offset(values: NDArray[np.float64], scale: NDArray[np.float64]) -> float:
    # Column by column: a contiguous sum is pairwise, and rounding stays near 1e-16.
    means = np.array([np.mean(np.ascontiguousarray(column)) for column in values.T])
    return float(np.sqrt(np.mean((means / scale) ** 2)))


def _largest_correlation(values: NDArray[np.float64]) -> float:
    with np.errstate(invalid="ignore", divide="ignore"):
        table = np.corrcoef(values, rowvar=False)
    sizes = np.abs(table[np.triu_indices(len(table), 1)])
    sizes = sizes[np.isfinite(sizes)]  # a column that does not vary here correlates with none
    return float(sizes.max()) if sizes.size else float("nan")
