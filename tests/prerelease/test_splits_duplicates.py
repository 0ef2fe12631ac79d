import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import check_cv, cross_validate

from prerelease import splits
from prerelease.splits import _duplicates
from prerelease.splits._duplicates import close_pairs

often = settings(max_examples=60, deadline=None)


@st.composite
def clouds(draw):
    """Points of which some are near each other, in few or more columns."""
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    n, p = draw(st.integers(2, 60)), draw(st.integers(1, 6))
    centres = rng.normal(size=(draw(st.integers(1, 8)), p)) * draw(st.sampled_from([0.1, 1, 50]))
    points = centres[rng.integers(len(centres), size=n)] + rng.normal(scale=0.05, size=(n, p))
    return np.round(points, draw(st.integers(1, 3)))


@often
@given(clouds(), st.sampled_from([0.0, 0.01, 0.1, 0.25, 3.0]))
def test_close_pairs_are_all_that_comparing_each_with_each_finds(points, tolerance):
    found = np.sort(close_pairs(points, tolerance), axis=1)
    near = cdist(points, points, "chebyshev") <= tolerance
    expected = np.argwhere(np.triu(near, k=1))
    assert len(np.unique(found, axis=0)) == len(found)
    np.testing.assert_array_equal(np.unique(found, axis=0), expected)


def test_pairs_found_by_any_number_of_columns_are_the_same(monkeypatch):
    points = np.random.default_rng(0).normal(size=(300, 3))
    expected = np.unique(np.sort(close_pairs(points, 0.3), axis=1), axis=0)
    monkeypatch.setattr(_duplicates, "_IN_TREE", 1)
    found = np.unique(np.sort(close_pairs(points, 0.3), axis=1), axis=0)
    np.testing.assert_array_equal(found, expected)


@often
@given(clouds(), st.sampled_from([0.0, 0.05, 0.5]))
def test_rows_that_are_alike_share_a_group_and_groups_are_apart(points, tolerance):
    group = splits.near_duplicate_groups(points, tolerance=tolerance)
    deviation = points.std(axis=0)
    scaled = points / np.where(deviation > 0, deviation, 1)
    near = cdist(scaled, scaled, "chebyshev") <= tolerance * (1 - 1e-9)
    far = cdist(scaled, scaled, "chebyshev") > tolerance * (1 + 1e-9)
    same = group[:, None] == group[None]
    assert same[near].all()
    for number in np.unique(group):
        mine = group == number
        assert far[np.ix_(mine, ~mine)].all()
    assert set(group) == set(range(group.max() + 1))


def test_groups_grow_with_the_tolerance_and_link_through_others():
    X = np.array([[0.0], [1.0], [2.0], [10.0]])
    step = 1 / X.std()
    assert splits.near_duplicate_groups(X).tolist() == [0, 1, 2, 3]
    assert splits.near_duplicate_groups(X, tolerance=step * 1.001).tolist() == [0, 0, 0, 1]


def test_zero_and_minus_zero_are_equal():
    assert splits.near_duplicate_groups([[0.0], [-0.0]]).tolist() == [0, 0]


@often
@given(clouds(), st.sampled_from([0.0, 0.05, 0.5]), st.integers(0, 100))
def test_crossings_are_what_comparing_each_with_each_counts(points, tolerance, seed):
    rng = np.random.default_rng(seed)
    order, y = rng.permutation(len(points)), rng.integers(0, 2, size=len(points))
    train, test = order[: len(order) // 2], order[len(order) // 2 :]
    found = splits.count_crossings(points, y, train, test, tolerance=tolerance)
    deviation = points.std(axis=0)
    scaled = points / np.where(deviation > 0, deviation, 1)
    distance = cdist(scaled[test], scaled[train], "chebyshev").min(axis=1)
    equal = (points[test][:, None] == points[train][None]).all(axis=2).any(axis=1)
    assert (found.exact, found.exact_positive) == (equal.sum(), (equal & (y[test] == 1)).sum())
    surely, perhaps = distance <= tolerance * (1 - 1e-9), distance <= tolerance * (1 + 1e-9)
    assert (surely | equal).sum() <= found.near <= (perhaps | equal).sum()
    assert found.near_positive <= found.n_test_positive == y[test].sum()


def test_a_row_at_the_tolerance_is_a_near_twin_and_one_beyond_is_none():
    X, y = [[0.0], [2.0]], [0, 1]  # one standard deviation is 1
    near = {
        reach: splits.count_crossings(X, y, train=[0], test=[1], tolerance=reach).near
        for reach in (2.0, np.nextafter(2.0, 0))
    }
    assert list(near.values()) == [1, 0]
    assert splits.near_duplicate_groups(X, tolerance=2.0).tolist() == [0, 0]


def test_no_twin_crosses_grouped_folds_and_many_cross_random_ones():
    rng = np.random.default_rng(0)
    X = np.repeat(rng.normal(size=(200, 3)), 2, axis=0)
    y = np.repeat(rng.random(200) < 0.2, 2).astype(int)
    for train, test in splits.NearDuplicateKFold(4).split(X, y):
        assert splits.count_crossings(X, y, train, test, tolerance=1e-6).near == 0
    order = rng.permutation(400)
    assert splits.count_crossings(X, y, order[100:], order[:100]).exact > 50


@often
@given(clouds(), st.integers(2, 4), st.integers(0, 50))
def test_grouped_folds_test_every_row_once(points, n_splits, seed):
    y = (np.arange(len(points)) % 3 == 0).astype(int)
    splitter = splits.NearDuplicateKFold(n_splits, tolerance=0.05, random_state=seed)
    try:
        folds = list(splitter.split(points, y))
    except ValueError as error:
        assert "groups" in str(error)  # noqa: PT017 - few groups cannot fill many folds
        return
    tested = np.sort(np.concatenate([test for _, test in folds]))
    np.testing.assert_array_equal(tested, np.arange(len(points)))
    for train, test in folds:
        np.testing.assert_array_equal(np.union1d(train, test), np.arange(len(points)))


def test_grouped_folds_share_the_positives_out():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(1000, 2)), (np.arange(1000) < 20).astype(int)
    positives = [y[test].sum() for _, test in splits.NearDuplicateKFold(4).split(X, y)]
    rows = [len(test) for _, test in splits.NearDuplicateKFold(4).split(X)]
    assert positives == [5, 5, 5, 5]
    assert rows == [250, 250, 250, 250]


def test_scikit_learn_takes_the_splitter():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, size=200)
    X = rng.normal(size=(200, 2)) + y[:, None]
    splitter = splits.NearDuplicateKFold(3, tolerance=0.01)
    assert check_cv(splitter) is splitter
    assert len(cross_validate(LogisticRegression(), X, y, cv=splitter)["test_score"]) == 3
    assert "n_splits=3" in repr(splitter)
    assert "tolerance=0.01" in repr(splitter)
    assert vars(clone(splitter, safe=False)) == vars(splitter)


@pytest.mark.parametrize(
    ("X", "options", "message"),
    [
        ([[0.0], [np.nan]], {}, "finite, got nan in row 1, column 0"),
        ([0.0, 1.0], {}, r"rows and columns to compare, got shape \(2,\)"),
        (pd.DataFrame(index=[0, 1]), {}, r"got shape \(2, 0\)"),
        ([[0.0], [1.0]], {"tolerance": -1}, "tolerance must be .* from 0 up, got -1"),
    ],
)
def test_rows_that_cannot_be_compared_are_refused(X, options, message):
    with pytest.raises(ValueError, match=message):
        splits.near_duplicate_groups(X, **options)


@pytest.mark.parametrize(
    ("train", "test", "message"),
    [
        ([0, 1], [1, 2], "share no row, got row 1 in both"),
        ([0, 1], [3], "test must be positions from 0 to 2, got 3"),
        ([-1], [1], "train must be positions from 0 to 2, got -1"),
        ([], [1], r"train must be positions of rows, at least one, got \[\]"),
        ([0], [0.5], "test must be positions of rows"),
    ],
)
def test_sides_that_cannot_be_are_refused(train, test, message):
    with pytest.raises(ValueError, match=message):
        splits.count_crossings([[0.0], [1.0], [2.0]], [0, 1, 0], train, test)


@pytest.mark.parametrize(
    ("n_splits", "X", "y", "message"),
    [
        (1, [[0.0], [1.0]], None, "n_splits must be an integer of at least 2, got 1"),
        (3, [[0.0], [0.0], [1.0]], None, "leaves fold . empty: 3 rows make only 2 groups"),
        (2, [[0.0], [1.0]], [0], "same length: X has 2, y has 1"),
    ],
)
def test_folds_that_cannot_be_filled_are_refused(n_splits, X, y, message):
    with pytest.raises(ValueError, match=message):
        list(splits.NearDuplicateKFold(n_splits).split(X, y))
