"""The figure of single payments says what the explanation says."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from sklearn.ensemble import HistGradientBoostingClassifier

from casebook import interactive, mode
from casebook.interactive import _payment
from prerelease import explain
from prerelease.plots import use_style

KINDS = {"Fraud, caught": [3, 7], "Honest, blocked": [7, 11]}


@pytest.fixture(scope="module")
def explained():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(300, 12)), columns=[f"V{n}" for n in range(12)])
    y = X["V0"] + X["V1"] - X["V2"] > 1
    model = HistGradientBoostingClassifier(max_iter=20, max_leaf_nodes=6).fit(X, y)
    return explain.attribute(model, X.head(12))


@pytest.fixture(scope="module")
def table(explained):
    return _payment.parts(explained, KINDS, pd.Series(np.arange(12.0)))


def test_bars_and_base_add_up_to_the_score(explained, table):
    found = table.groupby(["kind", "number"], sort=False).agg(
        part=("part", "sum"), total=("total", "first")
    )
    assert (found["part"] + explained.base).to_numpy() == pytest.approx(
        found["total"].to_numpy(), abs=0.001
    )
    assert found["total"].to_numpy() == pytest.approx(explained.score[[3, 7, 7, 11]], abs=1e-4)


@pytest.mark.parametrize("cover", [0, 2, _payment.TOP])
def test_what_is_left_is_the_score_less_the_largest_contributions(explained, table, cover):
    values = explained.contributions.to_numpy()
    for (_, index), found in zip(
        [(kind, one) for kind, many in KINDS.items() for one in many],
        _payment.left(table, cover),
        strict=True,
    ):
        largest = values[index][np.argsort(-np.abs(values[index]))[:cover]].sum()
        assert logit(found) == pytest.approx(explained.score[index] - largest, abs=0.002)
    if not cover:
        assert _payment.left(table, 0).to_numpy() == pytest.approx(
            expit(explained.score[[3, 7, 7, 11]]), abs=1e-4
        )


def test_bars_stand_by_size_and_the_others_last(table):
    for _, one in table.groupby(["kind", "number"]):
        told = one.sort_values("rank")["part"].abs().to_numpy()[: _payment.TOP]
        assert np.all(np.diff(told) <= 1e-4)
        assert one.loc[one["rank"].idxmax(), "column"] == "4 others"


def test_the_page_holds_the_payments_and_little_else(explained, monkeypatch):
    monkeypatch.setenv(mode.FOR_THE_SITE, "1")
    use_style()
    shown = interactive.why_this_payment(
        explained, KINDS, pd.Series(np.arange(12.0)), threshold=0.5
    )
    assert [one["name"] for one in shown.spec["params"]] == ["kind", "number", "cover"]
    assert shown.spec["params"][0]["bind"]["options"] == [*KINDS]
    assert len(json.dumps(shown.spec)) < 20_000
    assert "Fraud, caught, 3.00 €" in shown.picture.alt
