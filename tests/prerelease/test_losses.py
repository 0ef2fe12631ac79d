"""What a model is trained to get right, and the ways back to probabilities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.optimize import minimize_scalar
from scipy.special import expit, log_expit, logit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from prerelease.costs import CostModel, bayes_threshold
from prerelease.losses import correct_prior, correct_weighting, focal_posterior, log_losses

INSIDE = st.floats(0.001, 0.999)
PROBABILITIES = hnp.arrays(float, 8, elements=st.floats(0, 1))
GAMMAS = st.floats(0.0, 6.0)


def test_mean_of_log_losses_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    y, p = rng.integers(2, size=200), rng.random(200)
    assert log_losses(y, p).mean() == pytest.approx(log_loss(y, p))


def test_a_broken_promise_of_certainty_costs_much_but_not_infinitely_much():
    assert log_losses([1, 0], [0.0, 1.0]) == pytest.approx(-np.log(1e-15), rel=1e-2)


@given(PROBABILITIES, INSIDE, INSIDE)
def test_correction_is_undone_by_swapping_the_priors(p, trained, true):
    there = correct_prior(p, trained=trained, true=true)
    back = correct_prior(there, trained=true, true=trained)
    assert back == pytest.approx(p, abs=1e-9)


@given(PROBABILITIES, st.floats(0.001, 1))
def test_undersampling_equals_the_formula_of_dal_pozzolo(p, kept):
    expected = kept * p / (kept * p - p + 1)
    assert correct_weighting(p, weight=1 / kept) == pytest.approx(expected)


@given(st.floats(0.01, 0.99), INSIDE, INSIDE)
def test_prior_correction_equals_elkans_second_theorem(p, b, b_new):
    expected = b_new * (p - p * b) / (b - p * b + b_new * p - b * b_new)
    assert correct_prior([p], trained=b, true=b_new)[0] == pytest.approx(expected)


@given(hnp.arrays(float, 8, elements=st.floats(-8, 8)), st.floats(0.001, 1000))
def test_a_weight_shifts_the_log_odds_by_its_logarithm(log_odds, weight):
    corrected = correct_weighting(expit(log_odds), weight=weight)
    assert logit(corrected) == pytest.approx(log_odds - np.log(weight), abs=1e-6)


@given(PROBABILITIES, st.floats(1e-3, 1e3))
def test_certainty_and_order_survive(p, weight):
    corrected = correct_weighting(np.r_[0, np.sort(p), 1], weight=weight)
    assert corrected[0] == 0
    assert corrected[-1] == 1
    assert (np.diff(corrected) >= -1e-15).all()


def test_true_shares_are_recovered_exactly_from_an_undersampled_table():
    positives = np.array([1, 5, 40, 90])
    negatives = np.array([9_000, 700, 200, 10])
    undersampled = positives / (positives + 0.05 * negatives)
    assert correct_weighting(undersampled, weight=20) == pytest.approx(
        positives / (positives + negatives), rel=1e-12
    )
    trained = positives.sum() / (positives.sum() + 0.05 * negatives.sum())
    true = positives.sum() / (positives.sum() + negatives.sum())
    assert correct_prior(undersampled, trained=trained, true=true) == pytest.approx(
        positives / (positives + negatives), rel=1e-12
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


@given(amount=st.floats(0, 5000))
def test_one_half_of_a_model_that_was_weighed_by_costs_is_the_bayes_threshold(amount):
    costs, amounts = CostModel(), np.array([amount])
    odds = costs.saved_by_blocking(amounts) / costs.lost_by_blocking(amounts)
    meant = correct_weighting([0.5], weight=odds)
    assert meant == pytest.approx(bayes_threshold(amounts, costs=costs))


def test_each_row_may_have_a_weight_of_its_own():
    both = correct_weighting([0.5, 0.5], weight=[99, 1])
    assert both.tolist() == [correct_weighting([0.5], weight=w)[0] for w in (99, 1)]


@given(p=st.floats(0.01, 0.99), gamma=st.floats(0.0, 4.0))
def test_focal_posterior_undoes_what_minimising_focal_loss_does(p, gamma):
    def expected(log_odds):
        right = -(expit(-log_odds) ** gamma) * log_expit(log_odds)
        wrong = -(expit(log_odds) ** gamma) * log_expit(-log_odds)
        return p * right + (1 - p) * wrong

    said = expit(minimize_scalar(expected, bounds=(-20, 20), options={"xatol": 1e-10}).x)
    assert focal_posterior([said], gamma=gamma)[0] == pytest.approx(p, abs=1e-5)


@given(said=INSIDE, gamma=GAMMAS)
def test_focal_posterior_is_symmetric_and_further_from_one_half(said, gamma):
    p, q = focal_posterior([said, 1 - said], gamma=gamma)
    assert p + q == pytest.approx(1)
    assert abs(p - 0.5) >= abs(said - 0.5) - 1e-12


@given(said=st.lists(st.floats(0, 1), min_size=2, max_size=20), gamma=GAMMAS)
def test_focal_posterior_keeps_the_order(said, gamma):
    ordered = np.sort(said)
    assert (np.diff(focal_posterior(ordered, gamma=gamma)) >= -1e-12).all()


@pytest.mark.parametrize(
    ("function", "options", "told"),
    [
        (correct_prior, {"trained": 0, "true": 0.1}, "trained must be .* got 0"),
        (correct_prior, {"trained": 0.5, "true": 1}, "true must be .* got 1"),
        (correct_weighting, {"weight": -2}, "weight must be above 0, got -2"),
        (correct_weighting, {"weight": [1, 2]}, "weight must have one value a row: 1 rows"),
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


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: log_losses([0, 1], [0.1]), "same length"),
        (lambda: log_losses([0], [np.nan]), "finite"),
        (lambda: focal_posterior([0.5], gamma=-1), "gamma"),
        (lambda: focal_posterior([1.2], gamma=1), "from 0 to 1"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
