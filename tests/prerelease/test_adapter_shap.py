"""The contract with SHAP: what moves in it should fail here, by name."""

import inspect

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.tree import DecisionTreeClassifier

from prerelease.adapters import shap as adapter

shap = pytest.importorskip("shap")


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 4))
    return X, (X[:, 0] + X[:, 1] * X[:, 2] > 1).astype(int)


@pytest.fixture(scope="module")
def model(rows):
    return HistGradientBoostingClassifier(max_iter=8, max_leaf_nodes=6).fit(*rows)


def test_the_explainer_still_takes_the_arguments_that_we_give_it():
    taken = set(inspect.signature(shap.TreeExplainer.__init__).parameters)
    assert {"model", "data", "model_output", "feature_perturbation"} <= taken
    assert "check_additivity" in inspect.signature(shap.TreeExplainer.shap_values).parameters


def test_one_sentence_says_that_a_newer_one_has_lost_the_check_of_additivity(
    rows, model, monkeypatch
):
    monkeypatch.setattr(shap.TreeExplainer, "shap_values", lambda self, X: X)
    monkeypatch.setattr(shap, "__version__", "9.9.0")
    with pytest.raises(TypeError, match=r"^SHAP 9\.9\.0 does not .* argument 'check_additivity'"):
        adapter.tree_values(model, rows[0][:5])


def test_values_have_one_number_a_row_and_column_for_the_second_class(rows, model):
    values, base = adapter.tree_values(model, rows[0])
    assert values.shape == rows[0].shape
    score = model.decision_function(rows[0])
    assert base + values.sum(axis=1) == pytest.approx(score, abs=1e-9)


def test_a_second_class_is_explained_and_not_the_first(rows):
    tree = DecisionTreeClassifier(max_depth=3, random_state=0).fit(*rows)
    values, base = adapter.tree_values(tree, rows[0], background=rows[0][:50], output="probability")
    assert base + values.sum(axis=1) == pytest.approx(tree.predict_proba(rows[0])[:, 1], abs=1e-6)


@pytest.mark.parametrize(
    "answer", [np.zeros((2, 3)), [np.zeros((2, 3)), np.zeros((2, 3))], np.zeros((2, 3, 2))]
)
def test_all_shapes_that_shap_has_used_are_read(answer):
    assert adapter._second_class(answer, (2, 3)).shape == (2, 3)


def test_a_shape_that_it_never_used_is_named():
    with pytest.raises(TypeError, match=r"shape \(2, 3\) were expected, got \(2, 3, 5\)"):
        adapter._second_class(np.zeros((2, 3, 5)), (2, 3))
