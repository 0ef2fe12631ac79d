import numpy as np
import pandas as pd
import pytest
import sklearn
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, check_cv, cross_validate

from prerelease.splits import PrequentialSplit, TemporalSplit

often = settings(max_examples=60, deadline=None)


def rows(n=600):
    rng = np.random.default_rng(0)
    y = rng.random(n) < 0.2
    times = np.sort(rng.integers(0, 1000, size=n)).astype(float)
    return pd.DataFrame({"time": times, "V1": rng.normal(size=n) + y}), y.astype(int)


@st.composite
def prequential(draw):
    """Times with ties, and folds of them, of which some may be empty."""
    times = draw(st.lists(st.integers(0, 100), min_size=5, max_size=80).map(sorted))
    options = {
        "train_seconds": draw(st.none() | st.integers(1, 60)),
        "gap": draw(st.integers(0, 15)),
        "label_delay": draw(st.integers(0, 15)),
    }
    n_splits, seconds = draw(st.integers(1, 4)), draw(st.integers(1, 30))
    return np.array(times, dtype=float), PrequentialSplit(n_splits, seconds, **options)


@often
@given(prequential())
def test_folds_train_on_the_past_whose_labels_are_known(case):
    times, splitter = case
    try:
        folds = list(splitter.split(times[:, None], groups=times))
    except ValueError as error:
        assert "rows:" in str(error)  # noqa: PT017 - most cases have rows in every fold
        return
    last = -np.inf
    tested = np.concatenate([test for _, test in folds])
    assert len(np.unique(tested)) == len(tested)
    for train, test in folds:
        begin = times[test].min()
        assert times[train].max() < begin - splitter.gap - splitter.label_delay
        assert begin > last
        last = times[test].max()
        assert last - begin <= splitter.test_seconds
        if splitter.train_seconds is not None:
            assert np.ptp(times[train]) <= splitter.train_seconds
    assert last == times.max()


def test_one_split_is_the_last_of_the_folds_that_end_with_it():
    X, _ = rows()
    options = {"train_seconds": 300, "gap": 20, "label_delay": 50}
    *_, (train, test) = PrequentialSplit(3, 100, end=900, **options).split(X)
    once = next(TemporalSplit(800, end=900, **options).split(X))
    np.testing.assert_array_equal(once[0], train)
    np.testing.assert_array_equal(once[1], test)


def test_without_waits_and_bounds_a_split_holds_every_row_once():
    X, _ = rows()
    train, test = next(TemporalSplit(500).split(X))
    np.testing.assert_array_equal(np.concatenate([train, test]), np.arange(len(X)))
    assert (X["time"].iloc[train] < 500).all()
    assert (X["time"].iloc[test] >= 500).all()


def test_a_gap_and_a_label_delay_take_the_same_rows_and_add_up():
    X, _ = rows()
    splits = [
        TemporalSplit(800, gap=300),
        TemporalSplit(800, label_delay=300),
        TemporalSplit(800, gap=100, label_delay=200),
    ]
    lengths = {len(next(splitter.split(X))[0]) for splitter in splits}
    assert lengths == {int((X["time"] < 500).sum())}


@pytest.mark.parametrize(
    "splitter", [TemporalSplit(600, gap=10), PrequentialSplit(3, 100, label_delay=50)]
)
def test_scikit_learn_takes_the_splitters_everywhere(splitter):
    X, y = rows()
    assert check_cv(splitter) is splitter
    assert splitter.get_n_splits(X, y) == len(list(splitter.split(X, y)))
    scores = cross_validate(LogisticRegression(), X, y, cv=splitter, scoring="average_precision")
    assert len(scores["test_score"]) == splitter.get_n_splits()
    search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=splitter).fit(X, y)
    assert len(search.cv_results_["params"]) == 2


def test_times_may_come_as_groups_with_and_without_metadata_routing():
    X, y = rows()
    features, times, splitter = X[["V1"]].to_numpy(), X["time"], PrequentialSplit(3, 100)
    expected = cross_validate(DummyClassifier(), X, y, cv=splitter)["test_score"]
    options = {"cv": splitter}
    plain = cross_validate(DummyClassifier(), features, y, groups=times, **options)
    with sklearn.config_context(enable_metadata_routing=True):
        routed = cross_validate(DummyClassifier(), features, y, params={"groups": times}, **options)
    np.testing.assert_array_equal(plain["test_score"], expected)
    np.testing.assert_array_equal(routed["test_score"], expected)


@pytest.mark.parametrize(
    "splitter",
    [TemporalSplit(30, gap=5), PrequentialSplit(3, 100, train_seconds=50, time="when")],
)
def test_splitters_say_what_they_are_and_can_be_copied(splitter):
    told = repr(splitter)
    assert told.startswith(type(splitter).__name__ + "(")
    for name, value in vars(splitter).items():
        assert f"{name}={value!r}" in told
    assert vars(clone(splitter, safe=False)) == vars(splitter)


@pytest.mark.parametrize(
    ("splitter", "message"),
    [
        (TemporalSplit(3, gap=2.5, label_delay=1), "gap of 2.5 s and a label delay of 1 s before"),
        (TemporalSplit(0), "The split has no training rows: .* older than 0 s"),
        (TemporalSplit(6), "no test rows: none from 6 s .* from 0 s to 5 s"),
        (TemporalSplit(2.2, end=2.8), "no test rows: none from 2.2 s to before 2.8 s"),
        (TemporalSplit(3, end=2), "end must be .* above 3, got 2"),
        (TemporalSplit(np.nan), "start must be a finite number, got nan"),
        (TemporalSplit(3, gap=-1), "gap must be a finite number from 0 up, got -1"),
        (TemporalSplit(3, label_delay=-1), "label_delay must be .* from 0 up, got -1"),
        (TemporalSplit(3, train_seconds=0), "train_seconds must be .* above 0, got 0"),
        (TemporalSplit(3, time="when"), "in the column 'when' of X"),
        (PrequentialSplit(0, 1), "n_splits must be an integer of at least 1, got 0"),
        (PrequentialSplit(2, 0), "test_seconds must be .* above 0, got 0"),
        (PrequentialSplit(2, 3), "Fold 1 of 2 has no training rows"),
        (PrequentialSplit(2, 0.5), "Fold 1 of 2 has no test rows"),
    ],
)
def test_folds_that_cannot_be_are_refused(splitter, message):
    X = pd.DataFrame({"time": [0.0, 1, 2, 3, 4, 5], "V1": 0.0})
    with pytest.raises(ValueError, match=message):
        list(splitter.split(X))


@pytest.mark.parametrize(
    ("X", "groups", "message"),
    [
        (pd.DataFrame({"time": [0.0, 2.0, 1.0]}), None, "1 s at position 2 follows 2 s"),
        (np.zeros((3, 1)), None, "or be given as groups"),
        (np.zeros((3, 1)), [0.0, 1.0], "same length: X has 3, times has 2"),
        (np.zeros((3, 1)), [0.0, np.nan, 1.0], "groups must be finite, got nan at position 1"),
    ],
)
def test_times_that_cannot_be_are_refused(X, groups, message):
    with pytest.raises(ValueError, match=message):
        list(TemporalSplit(1).split(X, groups=groups))
