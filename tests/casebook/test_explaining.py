"""Explanations agree with the definition, and with each other as far as Spearman says."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from scipy.stats import spearmanr
from sklearn.ensemble import HistGradientBoostingClassifier

from casebook.explaining import agreement, exact_shapley, rank_correlation, row_agreement
from prerelease import explain


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(1)
    X = pd.DataFrame(rng.normal(size=(500, 5)), columns=list("abcde"))
    X["unused"] = 0.0
    y = (X["a"] + X["b"] * X["c"] + 0.3 * rng.normal(size=500) > 1).astype(int)
    return X, y


@pytest.fixture(scope="module")
def model(rows):
    return HistGradientBoostingClassifier(max_iter=10, max_leaf_nodes=8).fit(*rows)


@pytest.fixture(scope="module")
def background(rows):
    return explain.background(rows[0], 25, seed=3)


def raw(model):
    return lambda X: model.decision_function(pd.DataFrame(X, columns=model.feature_names_in_))


def test_interventional_values_are_those_of_the_definition(rows, model, background):
    X = rows[0].head(12)
    quick = explain.attribute(model, X, background=background)
    exact = exact_shapley(raw(model), X, background)
    assert quick.contributions.to_numpy() == pytest.approx(exact, abs=1e-6)


def test_values_of_probabilities_are_those_of_log_odds_rescaled_for_each_background_row(
    rows, model, background
):
    X = rows[0].head(6)
    score = raw(model)
    expected = np.zeros(X.shape)
    for row in range(len(background)):
        one = background.iloc[[row]]
        change = score(X) - score(one)
        scale = (expit(score(X)) - expit(score(one))) / np.where(change == 0, 1, change)
        expected += exact_shapley(score, X, one) * scale[:, None] / len(background)
    found = explain.attribute(model, X, background=background, output="probability")
    assert found.contributions.to_numpy() == pytest.approx(expected, abs=1e-6)


def test_two_columns_that_play_the_same_part_get_the_same():
    exact = exact_shapley(
        lambda X: X[:, 0] * X[:, 1] + X[:, 2], [[2.0, 2.0, 1.0]], [[0.0, 0.0, 0.0]]
    )
    assert exact[0] == pytest.approx([2.0, 2.0, 1.0])


def test_shapley_values_of_a_sum_are_its_terms():
    rng = np.random.default_rng(0)
    X, others = rng.normal(size=(4, 3)), rng.normal(size=(6, 3))
    exact = exact_shapley(lambda rows: rows @ [1.0, -2.0, 3.0], X, others)
    assert exact == pytest.approx((X - others.mean(axis=0)) * [1.0, -2.0, 3.0])


def test_runs_that_are_alike_agree_fully():
    runs = pd.DataFrame([[3.0, 2.0, 1.0]] * 4, columns=list("abc"))
    found = agreement(runs)
    assert (found.low, found.estimate, found.high) == (1, 1, 1)
    assert agreement(runs, runs, top=2).estimate == 1


def test_agreement_is_the_mean_of_spearman_over_pairs():
    rng = np.random.default_rng(3)
    runs = pd.DataFrame(rng.random((5, 8)), columns=list("abcdefgh"))
    theirs = spearmanr(runs.to_numpy(), axis=1).statistic[np.triu_indices(5, 1)].mean()
    found = agreement(runs)
    assert found.estimate == pytest.approx(theirs)
    assert found.low < found.estimate < found.high
    across = agreement(runs[:2], runs[2:])
    pairs = [spearmanr(runs.loc[i], runs.loc[j]).statistic for i in (0, 1) for j in (2, 3, 4)]
    assert across.estimate == pytest.approx(np.mean(pairs))


def test_opposite_rankings_disagree_and_the_interval_stays_in_bounds():
    runs = pd.DataFrame([[1.0, 2, 3], [3, 2, 1], [1, 2, 3]], columns=list("abc"))
    found = agreement(runs)
    assert found.estimate == pytest.approx(-1 / 3)
    assert found.low >= -1


def test_two_runs_a_side_say_next_to_nothing():
    rng = np.random.default_rng(3)
    runs = pd.DataFrame(np.arange(8) + rng.normal(size=(12, 8)))
    two, six = agreement(runs[:2], runs[2:4]), agreement(runs[:6], runs[6:])
    assert two.high - two.low > 0.5 > six.high - six.low


def test_row_agreement_is_spearmans_on_the_rows_and_on_each_resample():
    rng = np.random.default_rng(1)
    values = [np.abs(rng.normal(size=(600, 7))) for _ in range(2)]
    drawn = explain.resample(np.arange(600) < 40, n_resamples=200)
    one, other = (drawn.means(each) for each in values)
    found = row_agreement(one, other, drawn)
    theirs = spearmanr(values[0].mean(axis=0), values[1].mean(axis=0)).statistic
    assert found.estimate == pytest.approx(theirs)
    itself = row_agreement(one, one, drawn)
    assert (itself.low, itself.high) == pytest.approx((1, 1))
    by_hand = [spearmanr(*pair).statistic for pair in zip(one[1], other[1], strict=True)]
    assert rank_correlation(one[1], other[1]) == pytest.approx(by_hand)
    assert (found.low, found.high) == pytest.approx(np.quantile(by_hand, [0.025, 0.975]))
    # A reading that does not depend on the rows is one resample, and meets all of the other.
    fixed = row_agreement((one[0], one[0][None]), other, drawn)
    by_hand = [spearmanr(one[0], each).statistic for each in other[1]]
    assert fixed.high == pytest.approx(max(np.quantile(by_hand, 0.975), theirs))
    assert row_agreement(one, one, drawn, top=3).low == 1
    some = drawn.means(values[0][drawn.positive], drawn.positive)
    assert some[0] == pytest.approx(values[0][drawn.positive].mean(axis=0))


FOUR = explain.resample([0, 1] * 2, n_resamples=100)
ONE = np.ones(1), np.ones((1, 1))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: agreement(pd.DataFrame(np.ones((2, 3)))), "number of runs"),
        (lambda: agreement(pd.DataFrame(np.ones((3, 3))), top=4), "top must be"),
        (lambda: row_agreement(ONE, ONE, FOUR, top=2), "top must be"),
        (lambda: exact_shapley(sum, np.ones((1, 13)), np.ones((1, 13))), "to 12"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
