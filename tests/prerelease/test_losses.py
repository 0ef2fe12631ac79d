"""What a model is trained to get right: losses, their derivatives, and the ways back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lightgbm import LGBMClassifier
from scipy.optimize import minimize_scalar
from scipy.special import expit
from sklearn.base import clone
from sklearn.metrics import log_loss

from casebook import models
from prerelease import losses
from prerelease.costs import CostModel, bayes_threshold

probabilities = st.floats(0.001, 0.999)
gammas = st.floats(0.0, 6.0)


def two_groups(n=4000, seed=0):
    """Rows whose fraud rate depends on one input."""
    rng = np.random.default_rng(seed)
    x = rng.integers(2, size=n)
    return x[:, None].astype(float), (rng.random(n) < np.where(x == 1, 0.5, 0.05)).astype(int)


def small(**settings):
    return LGBMClassifier(
        n_estimators=200, learning_rate=0.2, verbose=-1, n_jobs=1, random_state=0, **settings
    )


def test_mean_of_log_losses_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    y, p = rng.integers(2, size=200), rng.random(200)
    assert losses.log_losses(y, p).mean() == pytest.approx(log_loss(y, p))


def test_a_broken_promise_of_certainty_costs_much_but_not_infinitely_much():
    assert losses.log_losses([1, 0], [0.0, 1.0]) == pytest.approx(-np.log(1e-15), rel=1e-2)


@given(y=st.integers(0, 1), logit=st.floats(-15, 15), gamma=gammas)
def test_derivatives_of_focal_loss_are_those_of_finite_differences(y, logit, gamma):
    step = 1e-4
    near = np.array([logit - step, logit, logit + step])
    low, here, high = losses.focal_loss([y] * 3, near, gamma=gamma)
    gradient, curvature = losses.focal_derivatives([y], [logit], gamma=gamma)
    assert gradient[0] == pytest.approx((high - low) / (2 * step), abs=1e-6)
    assert curvature[0] == pytest.approx((high - 2 * here + low) / step**2, abs=2e-5)


@given(logit=st.floats(-20, 20))
def test_focal_loss_without_focus_is_log_loss(logit):
    p = expit(logit)
    expected = losses.log_losses([1, 0], [p, p])
    assert losses.focal_loss([1, 0], [logit, logit], gamma=0) == pytest.approx(expected, abs=1e-6)
    gradient, curvature = losses.focal_derivatives([1, 0], [logit, logit], gamma=0)
    assert gradient == pytest.approx([p - 1, p], abs=1e-12)
    assert curvature == pytest.approx([p * (1 - p)] * 2, abs=1e-12)


def test_focal_loss_is_not_convex_where_the_model_is_confident_and_wrong():
    _, curvature = losses.focal_derivatives([1], [-4.0], gamma=2)
    assert curvature[0] < 0


@given(p=st.floats(0.01, 0.99), gamma=st.floats(0.0, 4.0))
def test_focal_posterior_undoes_what_minimising_focal_loss_does(p, gamma):
    def expected(logit):
        wins, loses = losses.focal_loss([1, 0], [logit, logit], gamma=gamma)
        return p * wins + (1 - p) * loses

    said = expit(minimize_scalar(expected, bounds=(-20, 20), options={"xatol": 1e-10}).x)
    assert losses.focal_posterior([said], gamma=gamma)[0] == pytest.approx(p, abs=1e-5)


@given(said=probabilities, gamma=gammas)
def test_focal_posterior_is_symmetric_and_further_from_one_half(said, gamma):
    p, q = losses.focal_posterior([said, 1 - said], gamma=gamma)
    assert p + q == pytest.approx(1)
    assert abs(p - 0.5) >= abs(said - 0.5) - 1e-12


@given(said=st.lists(st.floats(0, 1), min_size=2, max_size=20), gamma=gammas)
def test_focal_posterior_keeps_the_order(said, gamma):
    ordered = np.sort(said)
    assert (np.diff(losses.focal_posterior(ordered, gamma=gamma)) >= -1e-12).all()


@pytest.mark.parametrize("gamma", [0.0, 2.0])
def test_focal_classifier_finds_the_probabilities_after_its_correction(gamma):
    X, y = two_groups()
    said = losses.FocalClassifier(small(), gamma=gamma).fit(X, y).predict_proba([[0.0], [1.0]])
    found = losses.focal_posterior(said[:, 1], gamma=gamma)
    assert found == pytest.approx([y[X[:, 0] == x].mean() for x in (0, 1)], abs=0.02)
    if gamma:
        assert said[0, 1] > found[0] + 0.05  # as it speaks, it promises too much


def test_focal_classifier_is_a_scikit_learn_classifier():
    X, y = two_groups(400)
    model = clone(models.focal(1.0))
    assert model.get_params()["gamma"] == 1.0
    fitted = model.fit(X, y)
    assert fitted.classes_.tolist() == [0, 1]
    probabilities = fitted.predict_proba(X)
    assert probabilities.sum(axis=1) == pytest.approx(1)
    assert (fitted.predict(X) == (probabilities[:, 1] >= 0.5)).all()
    assert not hasattr(model.model, "booster_")  # the settings stay unfitted


def test_undersampling_keeps_all_frauds_in_order_and_says_what_it_kept():
    y = np.zeros(1000, dtype=int)
    y[[5, 500, 900]] = 1
    rows, kept = losses.undersample(y, per_fraud=10, seed=3)
    assert y[rows].sum() == 3
    assert len(rows) == 33
    assert kept == pytest.approx(30 / 997)
    assert (np.diff(rows) > 0).all()
    assert (losses.undersample(y, per_fraud=10, seed=3)[0] == rows).all()


@pytest.mark.parametrize("per_fraud", [0.1, 400.0])
def test_undersampling_refuses_what_leaves_no_rows_or_needs_more_than_there_are(per_fraud):
    with pytest.raises(ValueError, match="per_fraud must leave from 1 to 3 honest payments, got"):
        losses.undersample([0, 0, 0, 1], per_fraud=per_fraud)


def test_cost_weights_are_what_a_wrong_decision_costs():
    costs, amount = CostModel(), np.array([0.0, 300.0, 0.0, 300.0])
    weights = losses.cost_weights([1, 1, 0, 0], amount, costs=costs)
    mean_lost = costs.lost_by_blocking_honest(amount[2:]).mean()
    assert weights * mean_lost == pytest.approx([15, 315, 15, 21])


def test_a_fraud_that_is_not_worth_a_review_weighs_nothing():
    costs = CostModel(fraud_fee=0.0, review=5.0)
    weights = losses.cost_weights([1, 0], [1.0, 1.0], costs=costs)
    assert weights[0] == 0
    assert losses.correct_cost_weights([0.3], [1.0], costs=costs) == pytest.approx([1.0])
    assert losses.correct_cost_weights([0.0], [1.0], costs=costs) == pytest.approx([0.0])


def test_a_row_without_any_weight_keeps_its_score():
    costs = CostModel.bahnsen(administrative_cost=5.0)
    free = CostModel(fraud_fee=0, review=0, goodwill=0, margin_share=0.02)
    assert losses.correct_cost_weights([0.4], [0.0], costs=free) == pytest.approx([0.4])
    assert losses.correct_cost_weights([0.4], [10.0], costs=costs) == pytest.approx([0.4])


@given(amount=st.floats(0, 5000))
def test_one_half_of_a_model_with_costs_inside_is_the_bayes_threshold(amount):
    costs = CostModel()
    meant = losses.correct_cost_weights([0.5], [amount], costs=costs)
    assert meant == pytest.approx(bayes_threshold([amount], costs=costs))


def test_correcting_cost_weights_leads_back_to_the_probabilities():
    X, y = two_groups(20_000)
    amount = np.full(len(y), 80.0)
    weights = losses.cost_weights(y, amount, costs=CostModel())
    said = small().fit(X, y, sample_weight=weights).predict_proba([[0.0], [1.0]])[:, 1]
    meant = losses.correct_cost_weights(said, [80.0, 80.0], costs=CostModel())
    assert meant == pytest.approx([y[X[:, 0] == x].mean() for x in (0, 1)], abs=0.02)


def test_rare_frauds_are_moved_up_though_focal_loss_curves_down_there():
    y = (np.arange(1000) < 10).astype(int)
    start = np.full(1000, np.log(0.01 / 0.99))
    assert (losses.focal_derivatives(y, start, gamma=2)[1][:10] < 0).all()
    settings = {"min_child_samples": 1, "min_child_weight": 0, "reg_lambda": 1, "verbose": -1}
    model = losses.FocalClassifier(LGBMClassifier(n_estimators=1, **settings))
    said = model.fit(y[:, None], y).predict_proba([[0], [1]])[:, 1]
    assert said[0] < 0.01 < said[1]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: losses.log_losses([0, 1], [0.1]), "same length"),
        (lambda: losses.log_losses([0], [np.nan]), "finite"),
        (lambda: losses.focal_loss([0], [1.0], gamma=-1), "gamma"),
        (lambda: losses.focal_loss([0, 1], [1.0], gamma=1), "same length"),
        (lambda: losses.focal_posterior([1.2], gamma=1), "from 0 to 1"),
        (lambda: losses.undersample([0, 0], per_fraud=1), "both classes"),
        (lambda: losses.cost_weights([0, 1], [-1, 1], costs=CostModel()), "negative"),
        (lambda: losses.correct_cost_weights([0.1], [1, 2], costs=CostModel()), "same length"),
        (lambda: models.focal().fit([[0.0], [1.0]], [0, 0]), "both classes"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
