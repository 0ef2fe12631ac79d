"""SHAP values add up, are Shapley's, give nothing to what is not used, and name their scale."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.tree import DecisionTreeClassifier

from prerelease import explain
from prerelease.adapters import shap as adapter

pytest.importorskip("shap")


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


@pytest.mark.parametrize(
    ("compare", "output"),
    [(False, "log-odds"), (True, "log-odds"), (True, "probability")],
)
def test_base_and_contributions_add_up_to_the_score(rows, model, background, compare, output):
    X = rows[0].head(60)
    found = explain.attribute(model, X, background=background if compare else None, output=output)
    score = model.predict_proba(X)[:, 1]
    expected = score if output == "probability" else np.log(score / (1 - score))
    total = found.base + found.contributions.sum(axis=1)
    assert total.to_numpy() == pytest.approx(expected, abs=1e-6)
    assert found.error < 1e-6
    assert (found.output, found.method) == (
        output,
        "interventional" if compare else "tree-path-dependent",
    )


def test_the_base_is_the_mean_score_of_the_background(rows, model, background):
    found = explain.attribute(model, rows[0].head(3), background=background)
    assert found.base == pytest.approx(raw(model)(background).mean(), abs=1e-6)


def test_a_column_that_is_never_used_gets_exactly_nothing(rows, model, background):
    for compared in (None, background):
        found = explain.attribute(model, rows[0].head(50), background=compared)
        assert (found.contributions["unused"] == 0).all()


@pytest.mark.parametrize(
    "other",
    [
        HistGradientBoostingClassifier(max_iter=5, random_state=0),
        DecisionTreeClassifier(max_depth=3, random_state=0),
    ],
)
def test_tree_models_of_other_makers_are_read_too(rows, background, other):
    fitted = other.fit(*rows)
    found = explain.attribute(fitted, rows[0].head(20), background=background, output="probability")
    assert found.score == pytest.approx(fitted.predict_proba(rows[0].head(20))[:, 1])


def test_a_model_with_a_decision_function_is_explained_in_log_odds(rows):
    fitted = HistGradientBoostingClassifier(max_iter=5, random_state=0).fit(*rows)
    found = explain.attribute(fitted, rows[0].head(20))
    assert found.score == pytest.approx(fitted.decision_function(rows[0].head(20)))


def test_log_odds_of_a_model_that_has_none_are_refused(rows):
    fitted = DecisionTreeClassifier(max_depth=3, random_state=0).fit(*rows)
    with pytest.raises(ValueError, match="DecisionTreeClassifier adds up probabilities"):
        explain.attribute(fitted, rows[0].head(3))


def test_values_that_miss_the_score_are_refused(rows, model, monkeypatch):
    wrong = np.zeros((3, 6)), 0.0
    monkeypatch.setattr(adapter, "tree_values", lambda *_, **__: wrong)
    with pytest.raises(ArithmeticError, match="missed by"):
        explain.attribute(model, rows[0].head(3))


def test_importance_weighs_the_rows(rows, model):
    found = explain.attribute(model, rows[0].head(2))
    second = found.importance([1e-9, 1.0])
    assert second.to_numpy() == pytest.approx(found.contributions.iloc[1].abs(), abs=1e-8)


def test_a_waterfall_ends_at_the_score_however_much_of_it_is_told(rows, model):
    found = explain.attribute(model, rows[0].head(5))
    for top in (None, 2, 6):
        steps = found.waterfall(3, top=top)
        assert steps["reached"].iloc[-1] == pytest.approx(found.score[3])
    short = found.waterfall(3, top=2)
    assert short.index[-1] == "all others"
    assert np.isnan(short["value"].iloc[-1])
    assert short["contribution"].iloc[:2].abs().is_monotonic_decreasing


def test_log_odds_of_lightgbm_are_its_own_and_not_had_from_probabilities(rows):
    lightgbm = pytest.importorskip("lightgbm")
    # So sure of itself that probabilities have no digits left to say by how much.
    fitted = lightgbm.LGBMClassifier(n_estimators=60, learning_rate=5.0, verbose=-1).fit(*rows)
    found = explain.attribute(fitted, rows[0].head(50))
    assert np.abs(found.score).max() > 50
    assert found.error <= 1e-5 * np.abs(found.score).max()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m, X, _: explain.attribute(m, X, output="odds"), "output must be one of"),
        (lambda m, X, _: explain.attribute(m, X, output="probability"), "needs background"),
        (lambda m, X, b: explain.attribute(m, X, background=b[b.columns[::-1]]), "in their order"),
        (lambda m, X, _: explain.attribute(m, X.assign(a=np.nan)), r"X\['a'\] must be finite"),
        (lambda m, X, _: explain.attribute(m, X.iloc[:0]), "must hold rows"),
        (lambda m, X, _: explain.attribute(m, X.iloc[:, [0, 0]]), "'a' twice"),
        (lambda m, X, _: explain.attribute(m, X).waterfall(99), "row must be an integer"),
        (lambda m, X, _: explain.attribute(m, X).waterfall(0, top=9), "top must be an integer"),
        (lambda m, X, _: explain.attribute(m, X).importance([1.0]), "one value a row"),
    ],
)
def test_bad_input_is_named(rows, model, background, call, message):
    with pytest.raises(ValueError, match=message):
        call(model, rows[0].head(3), background)
