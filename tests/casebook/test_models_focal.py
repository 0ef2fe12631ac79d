"""Focal loss: its derivatives, and LightGBM trained on it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lightgbm import LGBMClassifier
from scipy.special import expit, log_expit
from sklearn.base import clone

from casebook import models
from casebook.models._focal import FocalClassifier, derivatives
from prerelease.losses import focal_posterior


def two_groups(n=4000, seed=0):
    """Rows whose fraud rate depends on one input."""
    rng = np.random.default_rng(seed)
    x = rng.integers(2, size=n)
    return x[:, None].astype(float), (rng.random(n) < np.where(x == 1, 0.5, 0.05)).astype(int)


def small(**settings):
    return LGBMClassifier(
        n_estimators=200, learning_rate=0.2, verbose=-1, n_jobs=1, random_state=0, **settings
    )


def focal_loss(y, log_odds, gamma):
    margin = np.where(y, 1, -1) * np.asarray(log_odds)
    return -(expit(-margin) ** gamma) * log_expit(margin)


@given(y=st.integers(0, 1), logit=st.floats(-15, 15), gamma=st.floats(0.0, 6.0))
def test_derivatives_of_focal_loss_are_those_of_finite_differences(y, logit, gamma):
    step = 1e-4
    near = np.array([logit - step, logit, logit + step])
    low, here, high = focal_loss([y] * 3, near, gamma)
    gradient, curvature = derivatives([y], np.array([logit]), gamma=gamma)
    assert gradient[0] == pytest.approx((high - low) / (2 * step), abs=1e-6)
    assert curvature[0] == pytest.approx((high - 2 * here + low) / step**2, abs=2e-5)


@given(logit=st.floats(-20, 20))
def test_without_focus_the_derivatives_are_those_of_log_loss(logit):
    p = expit(logit)
    gradient, curvature = derivatives([1, 0], np.array([logit, logit]), gamma=0)
    assert gradient == pytest.approx([p - 1, p], abs=1e-12)
    assert curvature == pytest.approx([p * (1 - p)] * 2, abs=1e-12)


def test_focal_loss_is_not_convex_where_the_model_is_confident_and_wrong():
    _, curvature = derivatives([1], np.array([-4.0]), gamma=2)
    assert curvature[0] < 0


@pytest.mark.parametrize("gamma", [0.0, 2.0])
def test_focal_classifier_finds_the_probabilities_after_its_correction(gamma):
    X, y = two_groups()
    said = FocalClassifier(small(), gamma=gamma).fit(X, y).predict_proba([[0.0], [1.0]])
    found = focal_posterior(said[:, 1], gamma=gamma)
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


def test_rare_frauds_are_moved_up_though_focal_loss_curves_down_there():
    y = (np.arange(1000) < 10).astype(int)
    start = np.full(1000, np.log(0.01 / 0.99))
    assert (derivatives(y, start, gamma=2)[1][:10] < 0).all()
    settings = {"min_child_samples": 1, "min_child_weight": 0, "reg_lambda": 1, "verbose": -1}
    model = FocalClassifier(LGBMClassifier(n_estimators=1, **settings))
    said = model.fit(y[:, None], y).predict_proba([[0], [1]])[:, 1]
    assert said[0] < 0.01 < said[1]


@pytest.mark.parametrize(
    ("gamma", "y", "message"), [(2.0, [0, 0], "both classes"), (-1.0, [0, 1], "gamma")]
)
def test_bad_input_is_named(gamma, y, message):
    with pytest.raises(ValueError, match=message):
        models.focal(gamma).fit([[0.0], [1.0]], y)
