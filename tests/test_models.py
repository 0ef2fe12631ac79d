"""The candidates: fresh, repeatable, and what they say they are."""

import numpy as np
import pytest
from sklearn.base import clone, is_classifier

from prerelease import data, models
from prerelease.losses import FocalClassifier

BUILDERS = [
    models.release_candidate_1,
    models.boosted,
    models.focal,
    models.logistic_regression,
]


@pytest.fixture(scope="module")
def rows():
    sample = data.load_sample()
    return sample[[*models.INPUTS]], sample["Class"]


@pytest.mark.parametrize("build", BUILDERS)
def test_two_fits_of_a_candidate_say_the_same(build, rows):
    X, y = rows
    first, second = (clone(build()).fit(X, y).predict_proba(X)[:, 1] for _ in range(2))
    assert is_classifier(build())
    assert (first == second).all()
    assert ((first >= 0) & (first <= 1)).all()


def test_no_candidate_sees_the_time():
    assert "Time" not in models.INPUTS
    assert models.INPUTS[-1] == "Amount"


def test_boosted_holds_back_and_may_be_changed():
    settings = models.boosted(seed=3, num_leaves=7).get_params()
    assert settings["num_leaves"] == 7
    assert settings["random_state"] == 3
    default = models.release_candidate_1().get_params()
    assert settings["learning_rate"] < default["learning_rate"]
    assert settings["reg_lambda"] > default["reg_lambda"]


def test_focal_wraps_the_boosted_model():
    model = models.focal(1.5)
    assert isinstance(model, FocalClassifier)
    assert model.model.get_params() == models.boosted().get_params()


def test_a_balanced_logistic_regression_promises_far_more_frauds(rows):
    X, y = rows
    plain, balanced = (
        models.logistic_regression(balanced=b).fit(X, y).predict_proba(X)[:, 1].sum()
        for b in (False, True)
    )
    assert plain == pytest.approx(y.sum(), rel=0.01)
    assert balanced > 1.5 * plain
    assert np.isfinite(balanced)
