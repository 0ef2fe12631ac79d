"""Probabilities put right after reweighting or undersampling."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from prerelease.costs import correct_prior, correct_undersampling, correct_weighting

INSIDE = st.floats(0.001, 0.999)
PROBABILITIES = hnp.arrays(float, 8, elements=st.floats(0, 1))


@given(PROBABILITIES, INSIDE, INSIDE)
def test_correction_is_undone_by_swapping_the_priors(p, trained, true):
    there = correct_prior(p, trained=trained, true=true)
    back = correct_prior(there, trained=true, true=trained)
    assert back == pytest.approx(p, abs=1e-9)


@given(PROBABILITIES, st.floats(0.001, 1))
def test_undersampling_equals_the_formula_of_dal_pozzolo(p, kept):
    expected = kept * p / (kept * p - p + 1)
    assert correct_undersampling(p, kept=kept) == pytest.approx(expected)


@given(st.floats(0.01, 0.99), INSIDE, INSIDE)
def test_prior_correction_equals_elkans_second_theorem(p, b, b_new):
    expected = b_new * (p - p * b) / (b - p * b + b_new * p - b * b_new)
    assert correct_prior([p], trained=b, true=b_new)[0] == pytest.approx(expected)


@given(hnp.arrays(float, 8, elements=st.floats(-8, 8)), st.floats(0.001, 1000))
def test_a_weight_shifts_the_log_odds_by_its_logarithm(log_odds, weight):
    corrected = correct_weighting(expit(log_odds), weight=weight)
    assert logit(corrected) == pytest.approx(log_odds - np.log(weight), abs=1e-6)


@given(PROBABILITIES, st.floats(0.001, 1))
def test_keeping_a_share_of_the_honest_is_weighing_frauds_by_its_inverse(p, kept):
    assert correct_weighting(p, weight=1 / kept) == pytest.approx(
        correct_undersampling(p, kept=kept)
    )


@given(PROBABILITIES, st.floats(1e-3, 1e3))
def test_certainty_and_order_survive(p, weight):
    corrected = correct_weighting(np.r_[0, np.sort(p), 1], weight=weight)
    assert corrected[0] == 0
    assert corrected[-1] == 1
    assert (np.diff(corrected) >= -1e-15).all()


def test_true_shares_are_recovered_exactly_from_an_undersampled_table():
    frauds = np.array([1, 5, 40, 90])
    honest = np.array([9_000, 700, 200, 10])
    undersampled = frauds / (frauds + 0.05 * honest)
    assert correct_undersampling(undersampled, kept=0.05) == pytest.approx(
        frauds / (frauds + honest), rel=1e-12
    )
    trained = frauds.sum() / (frauds.sum() + 0.05 * honest.sum())
    true = frauds.sum() / (frauds.sum() + honest.sum())
    assert correct_prior(undersampled, trained=trained, true=true) == pytest.approx(
        frauds / (frauds + honest), rel=1e-12
    )


def test_weighted_logistic_regression_is_calibrated_again_after_correction():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40_000, 1))
    y = rng.random(len(x)) < expit(2 * x[:, 0] - 5)
    plain = LogisticRegression(C=1e6).fit(x, y)
    weighted = LogisticRegression(C=1e6, class_weight={0: 1, 1: 50}).fit(x, y)
    reported = weighted.predict_proba(x)[:, 1]
    corrected = correct_weighting(reported, weight=50)
    assert reported.mean() > 5 * y.mean()
    assert corrected.mean() == pytest.approx(y.mean(), rel=0.05)
    assert corrected == pytest.approx(plain.predict_proba(x)[:, 1], abs=0.05)


@pytest.mark.parametrize(
    ("function", "options", "told"),
    [
        (correct_prior, {"trained": 0, "true": 0.1}, "trained must be .* got 0"),
        (correct_prior, {"trained": 0.5, "true": 1}, "true must be .* got 1"),
        (correct_undersampling, {"kept": 0}, "kept must be .* got 0"),
        (correct_undersampling, {"kept": 1.5}, "kept must be .* got 1.5"),
        (correct_weighting, {"weight": -2}, "weight must be .* above 0, got -2"),
    ],
)
def test_bad_correction_is_refused(function, options, told):
    with pytest.raises(ValueError, match=told):
        function([0.5], **options)


def test_bad_values_are_refused():
    with pytest.raises(ValueError, match=r"probability must be probabilities .* got 1.5"):
        correct_weighting([1.5], weight=2)
    with pytest.raises(ValueError, match="probability must be finite, got inf"):
        correct_weighting([np.inf], weight=2)
