"""Stability, overfitting and labels without meaning."""

import sys

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from prerelease import explain

FOUR = explain.resample([0, 1] * 2, n_resamples=100)
ONE = np.ones(1), np.ones((1, 1))


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(5)
    X = pd.DataFrame(rng.normal(size=(2000, 3)), columns=list("abc"))
    return X, (X["a"] + rng.normal(size=2000) > 2.4).astype(int)


def small():
    return RandomForestClassifier(15, max_leaf_nodes=20, random_state=0)


def used(model, X):
    """Return what a forest says of itself."""
    return pd.Series(model.feature_importances_, index=X.columns)


def test_what_is_learned_by_heart_is_worth_more_where_it_was_learned(rows):
    X, y = rows
    X = X.assign(noise=np.random.default_rng(0).normal(size=len(X)))
    deep = DecisionTreeClassifier(random_state=0).fit(X[:1000], y[:1000])
    here, there = (
        explain.losses(
            explain.shuffle(deep, X[half], n_repeats=2),
            explain.resample(y[half], n_resamples=200, seed=seed),
        )
        for seed, half in enumerate((slice(0, 1000), slice(1000, 2000)))
    )
    gap = here["noise"] - there["noise"]
    assert gap.interval(asked=4).low > 0
    assert gap.estimate == pytest.approx(here["noise"].estimate - there["noise"].estimate)


def test_labels_without_meaning_teach_nothing_that_holds(rows):
    X, y = rows
    told = []
    null = explain.label_permutation(
        small(), X[:1000], y[:1000], X[1000:], y[1000:], n_permutations=5, n_negative=500,
        importance=used,
        tell=lambda *n: told.append(n),
    )  # fmt: skip
    assert null.importance.shape == (5, 3)
    assert null.train.min() > 2 * y[1000:].mean()
    assert null.held_out.mean() < 3 * y[1000:].mean()
    fitted = small().fit(X[:1000], y[:1000])
    p = null.p_values(used(fitted, X[:1000]))
    assert p["a"] == pytest.approx(1 / 6)
    assert p.between(1 / 6, 1).all()
    assert p["a"] == null.p_values(pd.Series({"a": 1e9}), family=True)["a"]
    assert (null.p_values(null.importance.iloc[0], family=True) >= 2 / 6).all()
    assert told[-1] == (5, 5)


def test_runs_that_are_alike_agree_fully():
    runs = pd.DataFrame([[3.0, 2.0, 1.0]] * 4, columns=list("abc"))
    found = explain.agreement(runs)
    assert (found.low, found.estimate, found.high) == (1, 1, 1)
    assert explain.agreement(runs, runs, top=2).estimate == 1


def test_agreement_is_the_mean_of_spearman_over_pairs():
    rng = np.random.default_rng(3)
    runs = pd.DataFrame(rng.random((5, 8)), columns=list("abcdefgh"))
    theirs = spearmanr(runs.to_numpy(), axis=1).statistic[np.triu_indices(5, 1)].mean()
    found = explain.agreement(runs)
    assert found.estimate == pytest.approx(theirs)
    assert found.low < found.estimate < found.high
    across = explain.agreement(runs[:2], runs[2:])
    pairs = [spearmanr(runs.loc[i], runs.loc[j]).statistic for i in (0, 1) for j in (2, 3, 4)]
    assert across.estimate == pytest.approx(np.mean(pairs))


def test_opposite_rankings_disagree_and_the_interval_stays_in_bounds():
    runs = pd.DataFrame([[1.0, 2, 3], [3, 2, 1], [1, 2, 3]], columns=list("abc"))
    found = explain.agreement(runs)
    assert found.estimate == pytest.approx(-1 / 3)
    assert found.low >= -1


def test_two_runs_a_side_say_next_to_nothing():
    rng = np.random.default_rng(3)
    runs = pd.DataFrame(np.arange(8) + rng.normal(size=(12, 8)))
    two, six = explain.agreement(runs[:2], runs[2:4]), explain.agreement(runs[:6], runs[6:])
    assert two.high - two.low > 0.5 > six.high - six.low


def test_one_sentence_says_how_to_get_shap_where_it_is_missing(rows, monkeypatch):
    monkeypatch.setitem(sys.modules, "shap", None)
    model = DecisionTreeClassifier(max_depth=2).fit(*rows)
    with pytest.raises(ImportError, match=r'pip install "prerelease\[explain\]"\.$'):
        explain.attribute(model, rows[0][:5], background=rows[0][5:9], output="probability")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: explain.agreement(pd.DataFrame(np.ones((2, 3)))), "number of runs"),
        (lambda: explain.agreement(pd.DataFrame(np.ones((3, 3))), top=4), "top must be"),
        (
            lambda: explain.agreement(pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"b": [1, 2]})),
            "same columns",
        ),
        (
            lambda: explain.row_agreement(ONE, (np.ones(2), np.ones((1, 2))), FOUR),
            "same columns, got 1 and 2",
        ),
        (lambda: explain.row_agreement(ONE, ONE, FOUR, top=2), "top must be"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
