"""Inside a boosted model: the first step is Newton's, and it runs away where frauds are rare."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from sklearn.metrics import average_precision_score, log_loss

from casebook import boosting, data, models


@pytest.fixture(scope="module")
def sample():
    rows = data.load_sample()
    return rows[[*models.INPUTS]], rows["Class"]


@given(p=st.floats(1e-4, 0.9), frauds=st.integers(1, 500), rate=st.floats(0.01, 1))
def test_a_leaf_of_frauds_only_moves_by_the_rate_over_the_promise(p, frauds, rate):
    step = boosting.newton_step(frauds, 0, p=p, rate=rate)
    assert step == pytest.approx(rate / p)


@given(p=st.floats(1e-3, 0.9), frauds=st.integers(0, 50), honest=st.integers(1, 50))
def test_a_penalty_shortens_the_step_and_keeps_its_side(p, frauds, honest):
    free = boosting.newton_step(frauds, honest, p=p)
    held = boosting.newton_step(frauds, honest, p=p, penalty=10)
    assert abs(held) <= abs(free)
    assert held * free >= 0


def test_the_step_minimises_the_second_order_loss():
    k, m, p, penalty = 3, 40, 0.02, 5.0

    def quadratic(step):
        slope = m * p - k * (1 - p)
        return slope * step + ((k + m) * p * (1 - p) + penalty) * step**2 / 2

    best = minimize_scalar(quadratic).x
    assert boosting.newton_step(k, m, p=p, penalty=penalty) == pytest.approx(best)


@pytest.mark.parametrize("build", [models.release_candidate_1, models.boosted])
def test_lightgbm_takes_the_step_of_the_formula(sample, build):
    X, y = sample
    model = build().set_params(n_estimators=2).fit(X, y)
    leaves = boosting.first_leaves(model, X, y)
    assert leaves["step"].to_numpy() == pytest.approx(leaves["newton"].to_numpy(), abs=1e-5)
    assert leaves["frauds"].sum() == y.sum()
    assert leaves[["frauds", "honest"]].to_numpy().sum() == len(y)
    assert leaves["frauds"].is_monotonic_decreasing


def test_the_trace_ends_where_the_model_does(sample):
    X, y = sample
    model = models.boosted(n_estimators=10).fit(X, y)
    table = boosting.trace(model, X, y, trees=[1, 5, 10])
    promised = model.predict_proba(X)[:, 1]
    last = table.iloc[-1]
    assert last["average_precision"] == pytest.approx(average_precision_score(y, promised))
    assert last["log_loss"] == pytest.approx(log_loss(y, promised))
    assert last["largest"] == pytest.approx(np.abs(np.log(promised / (1 - promised))).max())
    assert table["log_loss"].is_monotonic_decreasing


@pytest.mark.full_data
def test_defaults_diverge_on_the_training_rows_and_the_model_held_back_does_not():
    rows = data.load()
    rows = rows[rows["Time"] < 90_000]
    X, y = rows[[*models.INPUTS]], rows["Class"]
    wild = boosting.trace(models.release_candidate_1().fit(X, y), X, y, trees=[5, 100])
    calm = boosting.trace(models.boosted(n_estimators=50).fit(X, y), X, y, trees=[5, 50])
    assert wild["log_loss"].iloc[1] > wild["log_loss"].iloc[0]
    assert wild["largest"].iloc[1] > 1000
    assert calm["log_loss"].iloc[1] < calm["log_loss"].iloc[0]
    assert calm["largest"].iloc[1] < 20
