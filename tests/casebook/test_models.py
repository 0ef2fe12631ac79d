"""The candidates: fresh, repeatable, and what they say they are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone, is_classifier
from sklearn.preprocessing import QuantileTransformer

from casebook import data, models
from casebook.models import FAMILIES, Span
from casebook.models._focal import FocalClassifier

BUILDERS = [
    models.release_candidate_1,
    models.boosted,
    models.focal,
    models.logistic_regression,
    models.chosen,
]


@pytest.fixture(scope="module")
def rows():
    sample = data.load_sample()
    return sample[[*models.INPUTS]], sample["Class"]


@pytest.fixture(scope="module")
def few(rows):
    X, y = rows
    kept = (y == 1) | (np.arange(len(y)) % 5 == 0)
    return X[kept], y[kept]


@pytest.mark.parametrize("build", BUILDERS)
def test_two_fits_of_a_candidate_say_the_same(build, few):
    X, y = few
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


@pytest.mark.parametrize("name", FAMILIES)
def test_a_search_starts_inside_its_space_and_sets_only_what_the_family_has(name):
    family = FAMILIES[name]
    for setting, where in family.space.items():
        value = family.start[setting]
        assert value in where if isinstance(where, tuple) else where.low <= value <= where.high
    model = family.model(**family.start)
    assert type(model) is type(family.default())
    given = {key.split("__")[-1]: value for key, value in model.get_params().items()}
    for setting, value in {**family.start, **family.held}.items():
        assert setting == "scale" or given[setting] == value


def test_a_setting_outside_the_space_is_refused_by_name():
    with pytest.raises(ValueError, match=r"settings must be among .* got verbose"):
        FAMILIES["LightGBM"].model(verbose=1)


def test_defaults_are_the_libraries_own():
    assert FAMILIES["LightGBM"].default().get_params() == (
        models.release_candidate_1().get_params()
    )
    assert FAMILIES["logistic regression"].default()[-1].C == 1.0


def test_what_ships_is_what_chapter_01_held_back_and_draws_nothing(few):
    assert models.chosen().get_params() == models.boosted().get_params()
    X, y = few
    one, other = (models.chosen(seed=seed).fit(X, y).predict_proba(X)[:, 1] for seed in (0, 7))
    np.testing.assert_array_equal(one, other)


def test_ranks_and_standard_are_the_scales():
    assert isinstance(models.logistic_regression(scale="ranks")[0], QuantileTransformer)
    with pytest.raises(ValueError, match="scale must be one of 'standard', 'ranks', got 'log'"):
        models.logistic_regression(scale="log")


@pytest.mark.parametrize(
    ("span", "message"),
    [
        ((2, 1, 1), "low must be a finite number and below 1, got 2"),
        ((0, 1, 1, True), "low must be a finite number above 0 and below 1, got 0"),
        ((0, 1, 2), "start must be a finite number from 0 to 1, got 2"),
    ],
)
def test_a_span_holds_something_and_its_start(span, message):
    with pytest.raises(ValueError, match=message):
        Span(*span)


def test_weights_reach_the_last_step_of_a_pipeline_and_models_without_weights_do_without(rows):
    X, y = rows
    weight = np.where(y == 1, 1.0, 20.0)
    share = np.average(y, weights=weight)
    for model in (models.logistic_regression(), models.boosted(n_estimators=50)):
        said = models.fit_weighted(model, X, y, weight).predict_proba(X)[:, 1]
        assert np.average(said, weights=weight) == pytest.approx(share, rel=0.05)
    models.fit_weighted(models.focal(), X, y, np.ones(len(y)))


@given(st.integers(1, 8), st.integers(0, 50))
@settings(max_examples=10)
def test_trials_of_a_search_differ_and_leave_their_model_alone(n, seed):
    model = models.release_candidate_1()
    before = model.get_params()
    trials = models.perturbed(model, n, seed=seed)
    assert model.get_params() == before
    assert len({trial.learning_rate for trial in trials}) == n
    assert all(4 <= trial.num_leaves <= 31 for trial in trials)
    again = models.perturbed(model, n, seed=seed)
    assert [t.get_params() for t in trials] == [t.get_params() for t in again]
