"""Each metric's kernel against another implementation, on the same counts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from prerelease import intervals
from prerelease.intervals._kernel import fold, indicator, weighted

often = settings(max_examples=30, deadline=None)


@st.composite
def scored_rows(draw):
    """Labels of both classes, scores with many ties, and counts, some of them 0."""
    n = draw(st.integers(2, 40))
    y = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    y[0], y[1] = True, False
    score = draw(st.lists(st.integers(-3, 6).map(lambda i: i / 4), min_size=n, max_size=n))
    counts = draw(st.lists(st.integers(0, 4), min_size=n, max_size=n))
    counts[0] = counts[0] + 1
    counts[1] = counts[1] + 1
    return np.array(y), np.array(score), np.array(counts, dtype=float)


def at_counts(metric, y, score, counts):
    """Evaluate a metric's kernel at one count for each row."""
    kernel = metric.kernel(y, score)
    return kernel.evaluate(fold(counts[None], indicator(kernel.cell, kernel.n_cells)))[0]


def brute_at_k(y, score, k):
    """Return the mean number of frauds among the first k over all orders of tied rows."""
    cut = np.sort(score)[::-1][min(k, len(y)) - 1]
    above, tied = score > cut, score == cut
    return y[above].sum() + (min(k, len(y)) - above.sum()) * y[tied].mean()


@often
@given(scored_rows())
def test_average_precision_of_counts_is_scikit_learns(rows):
    y, score, counts = rows
    expected = sk.average_precision_score(y, score, sample_weight=counts)
    assert at_counts(intervals.AveragePrecision(), y, score, counts) == pytest.approx(
        expected, rel=0, abs=1e-12
    )


@often
@given(scored_rows())
def test_average_precision_of_counts_is_that_of_repeated_rows(rows):
    y, score, counts = rows
    times = counts.astype(int)
    expected = sk.average_precision_score(np.repeat(y, times), np.repeat(score, times))
    assert at_counts(intervals.AveragePrecision(), y, score, counts) == pytest.approx(
        expected, rel=0, abs=1e-12
    )


@often
@given(scored_rows())
def test_roc_auc_of_counts_is_scikit_learns(rows):
    y, score, counts = rows
    expected = sk.roc_auc_score(y, score, sample_weight=counts)
    assert at_counts(intervals.RocAuc(), y, score, counts) == pytest.approx(expected, abs=1e-12)


@often
@given(scored_rows(), st.sampled_from([0.5, 1.0, 2.0]), st.sampled_from([-1.0, 0.25, 0.3, 9.0]))
def test_threshold_metrics_of_counts_are_scikit_learns(rows, beta, threshold):
    y, score, counts = rows
    alert = score >= threshold
    options = {"sample_weight": counts, "zero_division": np.nan}
    for metric, expected in (
        (intervals.FBeta(beta, threshold), sk.fbeta_score(y, alert, beta=beta, **options)),
        (intervals.Precision(threshold), sk.precision_score(y, alert, **options)),
        (intervals.Recall(threshold), sk.recall_score(y, alert, **options)),
    ):
        got = at_counts(metric, y, score, counts)
        assert got == pytest.approx(expected, abs=1e-12, nan_ok=True)


@often
@given(scored_rows(), st.integers(1, 40))
def test_metrics_at_k_of_counts_are_those_of_repeated_rows(rows, k):
    y, score, counts = rows
    k = min(k, len(y))
    times = counts.astype(int)
    many_y, many_score = np.repeat(y, times), np.repeat(score, times)
    caught = brute_at_k(many_y, many_score, k)
    precision = at_counts(intervals.PrecisionAtK(k), y, score, counts)
    recall = at_counts(intervals.RecallAtK(k), y, score, counts)
    assert precision == pytest.approx(caught / min(k, len(many_y)), abs=1e-12)
    assert recall == pytest.approx(caught / many_y.sum(), abs=1e-12)


@often
@given(scored_rows())
def test_total_of_counts_is_the_sum_of_repeated_rows(rows):
    y, cost, counts = rows
    assert at_counts(intervals.Total(), y, cost, counts) == pytest.approx(counts @ cost, abs=1e-9)


@often
@given(scored_rows())
def test_weighted_rows_are_scikit_learns_weighted_rows(rows):
    y, score, counts = rows
    weights = 1 + (np.arange(len(y)) % 3) / 2
    kernel = weighted(intervals.AveragePrecision().kernel(y, score), weights)
    got = kernel.evaluate(fold(counts[None], indicator(kernel.cell, kernel.n_cells)))[0]
    expected = sk.average_precision_score(y, score, sample_weight=counts * weights)
    assert got == pytest.approx(expected, abs=1e-12)


@often
@given(scored_rows(), st.integers(0, 100))
def test_no_metric_depends_on_the_order_of_the_rows(rows, seed):
    y, score, _ = rows
    order = np.random.default_rng(seed).permutation(len(y))
    for metric in (
        intervals.AveragePrecision(),
        intervals.RocAuc(),
        intervals.PrecisionAtK(2),
        intervals.RecallAtK(1),
        intervals.FBeta(2, 0.25),
    ):
        assert intervals.value(metric, y[order], score[order]) == pytest.approx(
            intervals.value(metric, y, score), abs=1e-12
        )


@often
@given(scored_rows())
def test_ranking_metrics_see_only_the_order_of_the_scores(rows):
    y, score, _ = rows
    for metric in (intervals.AveragePrecision(), intervals.RocAuc(), intervals.RecallAtK(2)):
        assert intervals.value(metric, y, score) == intervals.value(metric, y, np.exp(score))


def test_perfect_scores_have_average_precision_one():
    assert intervals.value(intervals.AveragePrecision(), [0, 1, 0, 1], [0, 2, 1, 3]) == 1


def test_constant_scores_have_the_share_of_frauds_as_average_precision():
    y = np.arange(10) < 3
    assert intervals.value(intervals.AveragePrecision(), y, np.zeros(10)) == pytest.approx(0.3)
    assert intervals.value(intervals.RocAuc(), y, np.zeros(10)) == 0.5


def test_reversed_scores_reverse_roc_auc():
    y, score = np.arange(20) % 4 == 0, np.random.default_rng(0).normal(size=20)
    auc = intervals.RocAuc()
    assert intervals.value(auc, y, score) + intervals.value(auc, y, -score) == pytest.approx(1)


def test_a_metric_with_nothing_to_divide_by_has_no_value():
    assert np.isnan(intervals.value(intervals.Precision(5.0), [0, 1], [0.1, 0.2]))


@pytest.mark.parametrize(
    ("metric", "message"),
    [
        (intervals.PrecisionAtK(0), "k must be an integer from 1 to 3, got 0"),
        (intervals.RecallAtK(4), "k must be an integer from 1 to 3, got 4"),
        (intervals.PrecisionAtK(1.5), "k must be an integer from 1 to 3, got 1.5"),
        (intervals.FBeta(1, np.nan), "threshold must be a finite number, got nan"),
        ("accuracy", r"such as AveragePrecision\(\), or a function, got 'accuracy'"),
    ],
)
def test_impossible_metrics_are_refused(metric, message):
    with pytest.raises(ValueError, match=message):
        intervals.value(metric, [0, 1, 0], [0.1, 0.2, 0.3])


def test_a_weight_of_recall_that_is_none_is_refused():
    with pytest.raises(ValueError, match="beta must be a finite number above 0, got 0"):
        intervals.FBeta(0, 0.5)
