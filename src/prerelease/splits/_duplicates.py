"""Rows that are the same, or nearly, and the splits that they cross."""

from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from sklearn.model_selection import BaseCrossValidator

from prerelease import _validate

_IN_TREE = 6
"""Columns that a k-d tree looks at: with few it is fast."""


@dataclass(frozen=True)
class Crossings:
    """Test rows that have a twin among the training rows.

    Parameters
    ----------
    n_test, n_test_positive : int
        Test rows, and positives among them.
    exact, exact_positive : int
        Those with a training row that is equal in every column compared.
    near, near_positive : int
        Those with a training row within the tolerance in every column, equal ones included.
    """

    n_test: int
    n_test_positive: int
    exact: int
    exact_positive: int
    near: int
    near_positive: int


def near_duplicate_groups(X: ArrayLike, *, tolerance: float = 0.0) -> NDArray[np.intp]:
    """Return the group of each row: rows that are alike, or linked by rows that are.

    Parameters
    ----------
    X : array-like of shape (n, features)
        Finite numbers. Leave out the label, and the time: twins a second apart are twins.
    tolerance : float, default 0
        Two rows are alike when they differ in no column by more than this many of the
        column's standard deviations; at 0 when they are equal.

    Returns
    -------
    ndarray of int, shape (n,)
        Numbers from 0, the same for rows of one group.

    Raises
    ------
    ValueError
        For values that are not finite, no column to compare, or a negative tolerance.

    Notes
    -----
    Equal rows are merged first; the pairs within the tolerance are then found by a k-d tree of
    the columns whose middle half is widest, and the groups are the connected components of that
    graph.

    Examples
    --------
    >>> X = [[0.0, 1.0], [0.0, 1.0], [0.01, 1.0], [5.0, 1.0]]
    >>> near_duplicate_groups(X).tolist(), near_duplicate_groups(X, tolerance=0.01).tolist()
    ([0, 0, 1, 2], [0, 0, 0, 1])
    """
    values = _matrix(X)
    tolerance = _validate.number(tolerance, "tolerance", above=0, closed=True)
    group = _equal(values)
    if tolerance == 0:
        return group
    first = np.unique(group, return_index=True)[1]
    scaled = values[first] / _scale(values)
    pairs = close_pairs(scaled, tolerance)
    n = len(first)
    links = coo_array((np.ones(len(pairs), dtype=bool), pairs.T), shape=(n, n))
    return connected_components(links, directed=False)[1][group].astype(np.intp)


def count_crossings(
    X: ArrayLike,
    y: ArrayLike,
    train: ArrayLike,
    test: ArrayLike,
    *,
    tolerance: float = 0.0,
) -> Crossings:
    """Count the test rows that have an equal or a near twin among the training rows.

    Parameters
    ----------
    X, tolerance
        As for `near_duplicate_groups`.
    y : array-like of {0, 1}, shape (n,)
        1 is a positive.
    train, test : array-like of int
        Positions of the rows on each side, as a splitter yields them.

    Returns
    -------
    Crossings
        ``n_test``, ``exact`` and ``near``: test rows in all, with an equal and with a near twin;
        the same among the positives with ``_positive`` behind.

    Raises
    ------
    ValueError
        If a side is empty, a position is not one of a row, or a row stands on both sides.

    Notes
    -----
    A test row that the model has seen is remembered rather than predicted. Near twins are
    direct neighbours here, not chains of them.

    Examples
    --------
    >>> X, y = [[0.0], [1.0], [1.0], [1.1]], [0, 1, 1, 0]
    >>> crossings = count_crossings(X, y, train=[0, 1], test=[2, 3], tolerance=0.5)
    >>> crossings.exact, crossings.exact_positive, crossings.near
    (1, 1, 2)
    """
    values = _matrix(X)
    positive = _validate.binary(y, "y", both=False)
    _validate.same_length(X=values, y=positive)
    tolerance = _validate.number(tolerance, "tolerance", above=0, closed=True)
    train = _positions(train, "train", len(positive))
    test = _positions(test, "test", len(positive))
    both = np.intersect1d(train, test)
    if both.size:
        msg = f"train and test must share no row, got row {both[0]} in both ({both.size} in all)."
        raise ValueError(msg)
    group = _equal(values)
    exact = np.isin(group[test], group[train])
    near = exact.copy()
    if tolerance > 0:
        scale = _scale(values)
        distinct = np.unique(group[train], return_index=True)[1]
        known = values[train][distinct] / scale
        # scipy's bound is open: the next number up makes it closed.
        distance, _ = cKDTree(known).query(
            values[test][~exact] / scale,
            p=np.inf,
            distance_upper_bound=np.nextafter(tolerance, np.inf),
            workers=2,
        )
        near[~exact] = np.isfinite(distance)
    here = positive[test]
    return Crossings(
        n_test=len(test),
        n_test_positive=int(here.sum()),
        exact=int(exact.sum()),
        exact_positive=int((exact & here).sum()),
        near=int(near.sum()),
        near_positive=int((near & here).sum()),
    )


@dataclass(eq=False)
class NearDuplicateKFold(BaseCrossValidator):
    """Random folds that keep rows that are alike together, with as many positives in each.

    Parameters
    ----------
    n_splits : int, default 5
        Number of folds, at least 2.
    tolerance : float, default 0
        As for `near_duplicate_groups`, which makes the groups from X.
    random_state : int, default 0
        Of the order in which groups are dealt to the folds.

    Notes
    -----
    Groups with a positive and groups without are dealt apart, each by cumulated rows, so that
    folds differ by about one group. With this splitter no test row has a twin in training, and
    yet it is no temporal split: it still trains on the future.

    Examples
    --------
    >>> X, y = [[0.0], [0.0], [1.0], [1.0], [2.0], [3.0]], [1, 1, 1, 1, 0, 0]
    >>> [test.tolist() for _, test in NearDuplicateKFold(2).split(X, y)]
    [[0, 1, 4], [2, 3, 5]]
    """

    n_splits: int = 5
    _: KW_ONLY
    tolerance: float = 0.0
    random_state: int = 0

    def split(
        self, X: ArrayLike, y: ArrayLike | None = None, groups: ArrayLike | None = None
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Yield the positions of the training rows and of the test rows, fold by fold.

        Parameters
        ----------
        X : array-like of shape (n, features)
            Finite numbers.
        y : array-like of shape (n,), optional
            Labels: positives are dealt evenly where they are given.
        groups : object
            Not looked at: the groups are made from X.

        Yields
        ------
        train, test : ndarray of int

        Raises
        ------
        ValueError
            If there are fewer groups than folds, so that one would be empty.
        """
        del groups
        n_splits = self.get_n_splits()
        group = near_duplicate_groups(X, tolerance=self.tolerance)
        positive = np.zeros(len(group), dtype=bool)
        if y is not None:
            _validate.same_length(X=group, y=y)
            positive = _validate.binary(y, "y", both=False)
        sizes = np.bincount(group)
        with_positive = np.bincount(group, weights=positive) > 0
        rng = np.random.default_rng(self.random_state)
        dealt = np.empty(len(sizes), dtype=np.intp)
        for kind in (with_positive, ~with_positive):
            order = rng.permutation(np.flatnonzero(kind))
            middle = np.cumsum(sizes[order]) - sizes[order] / 2
            dealt[order] = (middle * n_splits / sizes[order].sum()).astype(np.intp)
        fold = dealt[group]
        empty = np.setdiff1d(np.arange(n_splits), fold)
        if empty.size:
            msg = (
                f"n_splits={n_splits} leaves fold {empty[0] + 1} empty: "
                f"{len(group)} rows make only {len(sizes)} groups."
            )
            raise ValueError(msg)
        for i in range(n_splits):
            yield np.flatnonzero(fold != i), np.flatnonzero(fold == i)

    def get_n_splits(
        self,
        X: ArrayLike | None = None,
        y: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> int:
        """Return the number of folds.

        Parameters
        ----------
        X, y, groups : object
            Not looked at.
        """
        del X, y, groups
        return _validate.integer(self.n_splits, "n_splits", low=2)


def _matrix(X: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(X, dtype=np.float64)
    if values.ndim != 2 or 0 in values.shape:
        msg = f"X must have rows and columns to compare, got shape {values.shape}."
        raise ValueError(msg)
    wrong = np.argwhere(~np.isfinite(values))
    if wrong.size:
        row, column = wrong[0]
        msg = f"X must be finite, got {values[row, column]} in row {row}, column {column}."
        raise ValueError(msg)
    return values + 0.0  # -0.0 becomes 0.0, which equals it


def close_pairs(points: NDArray[np.float64], tolerance: float) -> NDArray[np.intp]:
    """Return the pairs (m, 2) of rows that differ by at most `tolerance` in every column."""
    order = np.argsort(np.subtract(*np.quantile(points, [0.25, 0.75], axis=0)))
    tree = cKDTree(points[:, order[:_IN_TREE]])
    pairs = tree.query_pairs(tolerance, p=np.inf, output_type="ndarray")
    for column in points.T[order[_IN_TREE:]]:
        pairs = pairs[np.abs(column[pairs[:, 0]] - column[pairs[:, 1]]) <= tolerance]
    return pairs


def _equal(values: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return for each row the number of its kind, kinds in the order they first come."""
    frame = pd.DataFrame(values)
    return frame.groupby(list(frame.columns), sort=False).ngroup().to_numpy(np.intp)


def _scale(values: NDArray[np.float64]) -> NDArray[np.float64]:
    deviation = values.std(axis=0)
    return np.where(deviation > 0, deviation, 1.0)


def _positions(side: ArrayLike, name: str, n: int) -> NDArray[np.intp]:
    positions = np.asarray(side)
    if positions.ndim != 1 or positions.size == 0 or positions.dtype.kind not in "iu":
        msg = f"{name} must be positions of rows, at least one, got {side!r}."
        raise ValueError(msg)
    wrong = positions[(positions < 0) | (positions >= n)]
    if wrong.size:
        msg = f"{name} must be positions from 0 to {n - 1}, got {wrong[0]}."
        raise ValueError(msg)
    return positions
