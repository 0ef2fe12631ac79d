"""The cost model inside scikit-learn, with the amounts routed to it."""

import numpy as np
import pytest
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    StratifiedKFold,
    TunedThresholdClassifierCV,
    cross_val_predict,
    cross_validate,
)

from prerelease.costs import CostModel, best_threshold, cost_scorer, row_costs

COSTS = CostModel()


def cost_per_1000(y, block, amount, *, costs, weight=None):
    return 1000 * np.average(row_costs(y, block, amount, costs=costs), weights=weight)


@pytest.fixture(autouse=True)
def _routing():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    n = 3000
    x = rng.normal(size=(n, 3))
    y = (rng.random(n) < 1 / (1 + np.exp(4 - 2.5 * x[:, 0]))).astype(int)
    return x, y, rng.lognormal(3, 1.5, n)


def test_cross_validation_gives_each_fold_its_own_amounts(data):
    x, y, amount = data
    folds = StratifiedKFold(4)
    scores = cross_validate(
        LogisticRegression(),
        x,
        y,
        cv=folds,
        scoring=cost_scorer(COSTS),
        params={"amount": amount},
        error_score="raise",
    )["test_score"]
    for (train, test), score in zip(folds.split(x, y), scores, strict=True):
        block = LogisticRegression().fit(x[train], y[train]).predict(x[test])
        assert score == pytest.approx(-cost_per_1000(y[test], block, amount[test], costs=COSTS))


def test_tuned_threshold_is_cheaper_than_one_half_and_near_the_best(data):
    x, y, amount = data
    tuned = TunedThresholdClassifierCV(
        LogisticRegression(), scoring=cost_scorer(COSTS), thresholds=200, cv=5
    ).fit(x, y, amount=amount)
    held_out = cross_val_predict(LogisticRegression(), x, y, cv=5, method="predict_proba")[:, 1]
    best = best_threshold(y, held_out, amount, costs=COSTS)
    at_tuned = cost_per_1000(y, held_out >= tuned.best_threshold_, amount, costs=COSTS)
    at_half = cost_per_1000(y, held_out >= 0.5, amount, costs=COSTS)
    assert tuned.best_threshold_ < 0.5
    assert best.cost_per_1000 <= at_tuned < at_half
    assert at_tuned == pytest.approx(best.cost_per_1000, rel=0.05)


def test_prefit_tuning_finds_the_threshold_of_the_curve(data):
    x, y, amount = data
    model = LogisticRegression().fit(x, y)
    p = model.predict_proba(x)[:, 1]
    tuned = TunedThresholdClassifierCV(
        model, scoring=cost_scorer(COSTS), thresholds=np.unique(p), cv="prefit", refit=False
    ).fit(x, y, amount=amount)
    best = best_threshold(y, p, amount, costs=COSTS)
    assert -tuned.best_score_ == pytest.approx(best.cost_per_1000)
    assert tuned.best_threshold_ == pytest.approx(best.threshold)


def test_rows_can_be_weighed_too(data):
    x, y, amount = data
    model = LogisticRegression().fit(x, y)
    scorer = cost_scorer(COSTS).set_score_request(amount=True, weight=True)
    weight = np.where(y == 1, 1.0, 20.0)
    expected = cost_per_1000(y, model.predict(x), amount, costs=COSTS, weight=weight)
    assert scorer(model, x, y, amount=amount, weight=weight) == pytest.approx(-expected)


def test_scorer_without_routing_is_refused_by_scikit_learn():
    with (
        sklearn.config_context(enable_metadata_routing=False),
        pytest.raises(RuntimeError, match="enable_metadata_routing"),
    ):
        cost_scorer(COSTS)


def test_negative_amount_is_refused_inside_cross_validation(data):
    x, y, amount = data
    with pytest.raises(ValueError, match="amount must not be negative"):
        cross_validate(
            LogisticRegression(),
            x,
            y,
            scoring=cost_scorer(COSTS),
            params={"amount": -amount},
            error_score="raise",
        )
