"""Permutation and drop-column importance: what they must be, and scikit-learn's own."""

from functools import reduce
from operator import sub

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.inspection import permutation_importance as sklearn_importance
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.tree import DecisionTreeClassifier

from prerelease import costs, explain, intervals
from prerelease.explain import _permutation
from prerelease.explain._permutation import Shuffled


def importance(shuffled, y, cost=None):
    """Return the permutation importance on few stratified resamples."""
    return explain.permutation_importance(shuffled, explain.resample(y, n_resamples=100), cost)


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(2)
    X = pd.DataFrame(rng.normal(size=(600, 3)), columns=list("abc"))
    X["twin"] = X["a"] + 0.01 * rng.normal(size=600)
    y = (X["a"] + 0.5 * X["b"] + 0.5 * rng.normal(size=600) > 1.8).astype(int)
    return X, y


@pytest.fixture(scope="module")
def tree(rows):
    return DecisionTreeClassifier(max_depth=4, random_state=0).fit(
        rows[0][["a", "b", "c"]], rows[1]
    )


def test_it_is_that_of_scikit_learn_on_the_same_shuffles(rows, tree, monkeypatch):
    X, y = rows[0][["a", "b", "c"]], rows[1]
    theirs = sklearn_importance(
        tree, X, y, scoring="average_precision", n_repeats=4, random_state=7
    )
    # scikit-learn draws one seed from its state and shuffles the same order on and on.
    state = np.random.RandomState(np.random.RandomState(7).randint(np.iinfo(np.int32).max + 1))
    order, so_far, orders = np.arange(len(X)), np.arange(len(X)), []
    for _ in range(4):
        state.shuffle(order)
        so_far = so_far[order]  # it shuffles what it has shuffled before
        orders.append(so_far)
    monkeypatch.setattr(_permutation, "_orders", lambda *_: orders)
    ours = importance(explain.shuffle(tree, X), y)
    assert [each.estimate for each in ours.values()] == pytest.approx(theirs.importances_mean)


@pytest.mark.parametrize("served", [True, False])
def test_as_a_cost_it_is_the_bill_with_shuffled_scores_minus_the_bill(rows, tree, served):
    X, y = rows[0][["a", "b", "c"]], rows[1].to_numpy()
    amount, model = np.linspace(1, 500, len(y)), costs.CostModel()
    shuffled = explain.shuffle(tree, X, columns=["a"], n_repeats=1, seed=3)

    threshold = 0.3 if served else costs.bayes_threshold(amount, costs=model)

    def cost(score):
        return costs.row_costs(y, score >= threshold, amount, costs=model)

    expected = cost(shuffled.without["a"][0]).sum() - cost(shuffled.score).sum()
    assert importance(shuffled, y, cost)["a"].estimate == pytest.approx(expected)
    assert expected > 0


def test_a_column_that_is_never_used_costs_exactly_nothing(rows):
    X, y = rows[0].assign(unused=np.arange(600.0)), rows[1]
    stump = DecisionTreeClassifier(max_depth=1).fit(X.assign(unused=0.0), y)
    shuffled = explain.shuffle(stump, X, columns=["unused"], n_repeats=2)
    for cost in (None, lambda score: 50 * (y - score) ** 2):
        loss = importance(shuffled, y, cost)["unused"]
        assert (loss.low, loss.estimate, loss.high) == (0, 0, 0)


@settings(max_examples=20)
@given(seed=st.integers(0, 1000), repeats=st.integers(1, 3))
def test_a_shuffle_moves_values_and_changes_none(seed, repeats):
    X = pd.DataFrame({"a": np.arange(20.0), "b": np.arange(20.0)})
    model = DecisionTreeClassifier(random_state=0).fit(X, np.arange(20) > 10)
    seen = []
    model.predict_proba, original = (
        lambda rows: (seen.append(rows), original(rows))[1],
        (model.predict_proba),
    )
    explain.shuffle(model, X, columns={"both": ["a", "b"]}, n_repeats=repeats, seed=seed)
    for moved in seen[:-1]:
        assert sorted(moved["a"]) == X["a"].tolist()
        assert (moved["a"] == moved["b"]).all()
    assert X["a"].tolist() == list(range(20))


def test_with_weights_values_are_drawn_as_often_as_real_rows_hold_them():
    X = pd.DataFrame({"a": [0.0] * 50 + [1.0] * 50})
    model = DecisionTreeClassifier().fit(X, X["a"])
    weight = np.where(X["a"] == 1, 1.0, 99.0)
    drawn = explain.shuffle(model, X, n_repeats=50, sample_weight=weight).without["a"]
    assert drawn.mean() == pytest.approx(0.01, abs=0.005)


class Median:
    """Scores by the median of its columns: none of three twins is missed alone."""

    def predict_proba(self, X):
        score = 1 / (1 + np.exp(-X.median(axis=1)))
        return np.column_stack([1 - score, score])


def test_columns_that_hide_behind_each_other_are_found_together(rows):
    a, y = rows[0]["a"], rows[1]
    X = pd.DataFrame({"one": a, "two": a, "three": a})
    groups = {"all": list(X)}
    drawn = explain.resample(y, n_resamples=200)
    together, single = (
        explain.losses(explain.shuffle(Median(), X, columns=columns), drawn)
        for columns in (groups, None)
    )
    gap = reduce(sub, (single[name] for name in X), together["all"]).interval()
    alone = sum(single[name].estimate for name in X)
    assert gap.estimate == pytest.approx(together["all"].estimate - alone)
    assert gap.low > 0
    assert single["one"].estimate == pytest.approx(0, abs=1e-12)
    paired = together["all"].resampled - sum(single[name].resampled for name in X)
    assert (gap.low, gap.high) == pytest.approx(np.quantile(paired, [0.025, 0.975]))


def test_a_twin_takes_over_when_a_column_is_dropped(rows):
    X, y = rows
    groups = {"a": ["a"], "both": ["a", "twin"]}
    gone = explain.drop_columns(LogisticRegression(), X, y, X, columns=groups)
    dropped = importance(gone, y)
    assert abs(dropped["a"].estimate) < 0.02 < dropped["both"].estimate


def test_dropping_is_training_again_without_the_column(rows):
    X, y = rows
    model = LogisticRegression()
    weight = np.where(y == 1, 3.0, 1.0)
    gone = explain.drop_columns(model, X, y, X, columns=["b"], fit_weight=weight)
    kept = X.drop(columns="b")
    again = LogisticRegression().fit(kept, y, sample_weight=weight).predict_proba(kept)[:, 1]
    assert gone.without["b"][0] == pytest.approx(again)
    base = LogisticRegression().fit(X, y, sample_weight=weight).predict_proba(X)[:, 1]
    loss = importance(gone, y)["b"]
    assert loss.estimate == pytest.approx(
        average_precision_score(y, base) - average_precision_score(y, again)
    )


def test_the_interval_is_paired_and_holds_the_estimate(rows, tree):
    X, y = rows[0][["a", "b", "c"]], rows[1]
    shuffled = explain.shuffle(tree, X, columns=["a"], n_repeats=1)
    drawn = explain.resample(y, scheme=intervals.Stratified(), n_resamples=4000, seed=4)
    found = explain.permutation_importance(shuffled, drawn)["a"]
    alone = intervals.bootstrap_difference(
        intervals.AveragePrecision(), y, shuffled.score, shuffled.without["a"][0],
        n_resamples=4000, seed=5,
    )  # fmt: skip
    assert found.estimate == pytest.approx(alone.estimate)
    assert (found.low, found.high) == pytest.approx((alone.low, alone.high), abs=0.01)
    assert found.method == "stratified percentile"


def test_resamples_are_read_as_the_bootstrap_reads_them(rows, tree):
    X, y = rows[0][["a", "b", "c"]], rows[1].to_numpy()
    weight = np.where(y == 1, 1.0, 3.0)
    score, times = tree.predict_proba(X)[:, 1], np.arange(600.0)
    blocks = intervals.Blocks(times, 30)
    drawn = explain.resample(y, scheme=blocks, sample_weight=weight, n_resamples=3000)
    for metric in (intervals.AveragePrecision(), intervals.Total()):
        value, many = drawn.read(metric, score)
        theirs = intervals.bootstrap(
            metric, y, score, sample_weight=weight, scheme=blocks, n_resamples=3000, seed=1
        )
        ours = drawn.interval(value, many)
        width = theirs.high - theirs.low
        assert ours.estimate == pytest.approx(theirs.estimate)
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.1 * width)
        assert ours.method == theirs.method


def test_the_luck_of_the_shuffles_is_in_the_interval():
    # Rows that are all alike by class: resamples of them cannot differ, only the shuffles can.
    y = np.repeat([0, 1], 50)
    cost = np.random.default_rng(0).normal(10, 4, size=20)
    shuffled = Shuffled(np.zeros(100), {"a": np.repeat(cost[:, None], 100, axis=1)})
    drawn = explain.resample(y, n_resamples=4000)
    loss = explain.losses(shuffled, drawn, lambda score: score / 100)["a"]
    assert loss.estimate == pytest.approx(cost.mean())
    # What the mean of so many independent draws deviates from its expectation.
    assert loss.resampled.std() == pytest.approx(cost.std(ddof=1) / np.sqrt(20), rel=0.05)
    assert loss.resampled.mean() == pytest.approx(cost.mean(), abs=0.1)
    assert loss.interval().method == "stratified percentile over rows and 20 repeats"
    once = Shuffled(np.zeros(100), {"a": np.ones((1, 100))})
    [alone] = explain.losses(once, drawn, lambda score: score / 100).values()
    assert np.ptp(alone.resampled) == pytest.approx(0, abs=1e-9)


def test_intervals_of_all_columns_hold_together(rows, tree):
    shuffled = explain.shuffle(tree, rows[0][["a", "b", "c"]], n_repeats=2)
    loss = importance(shuffled, rows[1])
    assert {each.level for each in loss.values()} == {intervals.joint_level(3)}
    assert intervals.verdict(loss["a"], asked=3, above="needed") == "needed"


def test_trainings_are_repeats_each_against_its_own_base(rows):
    X, y = rows
    halves = [
        explain.drop_columns(LogisticRegression(), X[half], y[half], X, columns=["b"])
        for half in (slice(0, 300), slice(300, 600))
    ]
    drawn = explain.resample(y, n_resamples=100)
    both = explain.losses(halves, drawn)["b"]
    alone = [explain.losses(half, drawn)["b"].estimate for half in halves]
    assert both.estimate == pytest.approx(np.mean(alone))
    assert both.repeats == 2


def test_progress_is_told(rows, tree):
    told = []
    explain.shuffle(tree, rows[0][["a", "b", "c"]], n_repeats=1, tell=lambda *n: told.append(n))
    explain.drop_columns(tree, *rows, rows[0], columns=["a"], tell=lambda *n: told.append(n))
    assert told == [(1, 3), (2, 3), (3, 3), (1, 1)]


def test_thinned_rows_keep_all_positives_and_the_weight_of_all():
    rng = np.random.default_rng(0)
    y, score = np.arange(1000) < 30, rng.random(1000)
    for kept in (explain.thin(y, 200), explain.thin(y, 200, score=score)):
        assert y[kept.rows].sum() == 30
        assert len(kept.rows) == 230
        assert kept.weight.sum() == pytest.approx(1000)
        assert (np.diff(kept.rows) > 0).all()
    top = np.argsort(-np.where(y, -1, score))[:100]
    assert np.isin(top, kept.rows).all()
    assert (kept.weight[np.isin(kept.rows, top)] == 1).all()
    everything = explain.thin(y, 5000, score=score)
    assert (everything.weight == 1).all()


def test_a_weighted_mean_over_thinned_rows_is_unbiased():
    rng = np.random.default_rng(0)
    y, score = np.arange(400) < 10, rng.random(400)
    means = []
    for seed in range(300):
        kept = explain.thin(y, 60, score=score, seed=seed)
        means.append(np.average(score[kept.rows], weights=kept.weight))
    error = np.std(means) / np.sqrt(len(means))
    assert abs(np.mean(means) - score.mean()) < 4 * error


def test_the_background_is_as_rich_in_positives_as_reality():
    X = pd.DataFrame({"positive": [1.0] * 500 + [0.0] * 500})
    weight = np.where(X["positive"] == 1, 1, 99)
    drawn = [
        explain.background(X, 100, sample_weight=weight, seed=s)["positive"].mean()
        for s in range(20)
    ]
    assert np.mean(drawn) < 0.03


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m, X, y: explain.shuffle(m, X, columns=["zz"]), "unknown \\['zz'\\]"),
        (lambda m, X, y: explain.shuffle(m, X, columns={"g": []}), "empty groups \\['g'\\]"),
        (lambda m, X, y: explain.shuffle(m, X, n_repeats=0), "n_repeats"),
        (lambda m, X, y: explain.shuffle(m, X.to_numpy()), "X must be a data frame, got ndarray"),
        (lambda m, X, y: explain.drop_columns(m, X, y, X, columns={"all": list(X)}), "all columns"),
        (lambda m, X, y: explain.drop_columns(m, X, y[:50], X), "same length"),
        (
            lambda m, X, y: importance(explain.shuffle(m, X, columns=["a"], n_repeats=1), y[:50]),
            "same length",
        ),
        (lambda m, X, y: explain.thin(np.zeros(5), 2), "both classes"),
        (lambda m, X, y: explain.thin(y, 1), "n_negative"),
        (lambda m, X, y: explain.thin(y, 10, score=[1.0]), "same length"),
        (lambda m, X, y: explain.background(X, 10_000), "n must be an integer"),
        (
            lambda m, X, y: importance(
                Shuffled(np.zeros(600), {"a": np.zeros((1, 600))}), y, lambda s: s[:5]
            ),
            "same length",
        ),
        (lambda m, X, y: explain.resample(y, method="bca"), "method must be one of"),
    ],
)
def test_bad_input_is_named(rows, tree, call, message):
    with pytest.raises(ValueError, match=message):
        call(tree, rows[0][["a", "b", "c"]], rows[1])
