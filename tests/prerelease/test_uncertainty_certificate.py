"""Certificates of recall: exact, minimal, and wrong no more often than they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from prerelease.intervals import binomial
from prerelease.uncertainty import certify_recall, misses_allowed, positives_needed

RISKS = st.floats(0.02, 0.45)
RECALLS = st.floats(0.5, 0.98)


def recall_bound(caught, n, *, delta):
    """The one-sided exact bound is the lower end of a two-sided interval of twice the risk."""
    return binomial(caught, n, level=1 - 2 * delta).low


def exact_p_values(own, recall):
    """P-values of "the recall is too low" at each of the positives' own scores."""
    return stats.binom.cdf(np.searchsorted(own, own), len(own), 1 - recall)


def test_two_misses_among_57_frauds_certify_nine_in_ten():
    assert misses_allowed(57, recall=0.9, delta=0.1) == 2
    assert recall_bound(55, 57, delta=0.1) > 0.9 > recall_bound(54, 57, delta=0.1)


def test_without_a_miss_the_number_needed_is_a_power():
    # recall ** n <= delta
    assert positives_needed(recall=0.9, delta=0.1) == 22 == int(np.ceil(np.log(0.1) / np.log(0.9)))
    assert positives_needed(recall=0.99, delta=0.05) == 299


@given(st.integers(1, 400), RECALLS, RISKS)
def test_allowed_misses_are_the_most_that_the_exact_bound_certifies(n, recall, delta):
    needed = positives_needed(recall=recall, delta=delta)
    if n < needed:
        with pytest.raises(ValueError, match=f"takes at least {needed} positives"):
            misses_allowed(n, recall=recall, delta=delta)
        return
    m = misses_allowed(n, recall=recall, delta=delta)
    assert recall_bound(n - m, n, delta=delta) >= recall - 1e-9
    assert recall_bound(n - m - 1, n, delta=delta) <= recall + 1e-9


@given(RECALLS, RISKS, st.integers(0, 5))
def test_the_number_needed_is_the_smallest_that_is_enough(recall, delta, misses):
    n = positives_needed(recall=recall, delta=delta, misses=misses)
    assert stats.binom.cdf(misses, n, 1 - recall) <= delta
    assert n - 1 <= misses or stats.binom.cdf(misses, n - 1, 1 - recall) > delta


@pytest.mark.parametrize(
    ("n", "recall", "delta"), [(57, 0.9, 0.1), (79, 0.95, 0.2), (30, 0.8, 0.05)]
)
def test_certificates_are_wrong_as_often_as_the_exact_law_says(n, recall, delta):
    # Scores of frauds are uniform, so the recall at threshold t is 1 - t.
    m = misses_allowed(n, recall=recall, delta=delta)
    scores = np.random.default_rng(0).uniform(size=(20_000, n))
    thresholds = np.partition(scores, m, axis=1)[:, m]
    wrong = np.mean(1 - thresholds < recall)
    law = stats.beta(n - m, m + 1).cdf(recall)
    assert law <= delta
    assert wrong == pytest.approx(law, abs=5 * (law / 20_000) ** 0.5)


def test_the_certified_threshold_is_the_highest_that_may_be():
    rng = np.random.default_rng(3)
    y = np.arange(1000) < 57
    score = np.where(y, rng.beta(3, 1, 1000), rng.beta(1, 6, 1000))
    found = certify_recall(y, score, recall=0.9)
    assert (found.n_positive, found.missed) == (57, 2)
    assert (score[y] < found.threshold).sum() == 2
    higher = np.nextafter(found.threshold, 1)
    assert (score[y] < higher).sum() == 3
    assert found.bound == pytest.approx(recall_bound(55, 57, delta=0.1))


def test_ties_at_the_threshold_are_all_caught():
    y = np.r_[np.ones(57), np.zeros(3)]
    found = certify_recall(y, np.r_[np.zeros(5), np.ones(55)], recall=0.9)
    assert (found.threshold, found.missed) == (0.0, 0)


def test_the_threshold_is_where_learn_then_test_stops():
    rng = np.random.default_rng(4)
    y = np.arange(2000) < 57
    p = np.where(y, rng.beta(3, 1, 2000), rng.beta(1, 30, 2000))
    own = np.sort(p[y])
    values = exact_p_values(own, 0.9)
    assert (np.diff(values) >= 0).all()
    assert own[values <= 0.1].max() == certify_recall(y, p, recall=0.9, delta=0.1).threshold


def test_a_calibration_without_frauds_says_how_many_it_takes():
    told = "takes at least 22 positives, none of them missed; the calibration rows hold 0"
    with pytest.raises(ValueError, match=told):
        certify_recall([0, 0, 0], [0.1, 0.2, 0.3], recall=0.9)


def test_constant_scores_are_refused():
    y = np.arange(60) < 57
    with pytest.raises(ValueError, match=r"score is 0.3 for all 60 rows: a threshold can only"):
        certify_recall(y, np.full(60, 0.3), recall=0.9)


@pytest.mark.parametrize("wrong", [0, 1, -0.1, 2, np.nan, True])
def test_levels_outside_zero_and_one_are_refused(wrong):
    for options in ({"recall": wrong, "delta": 0.1}, {"recall": 0.9, "delta": wrong}):
        with pytest.raises(ValueError, match="must be a finite number above 0 and below 1"):
            positives_needed(**options)
