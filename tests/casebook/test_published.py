"""The published examples as special cases of the cost model."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from casebook import data, published, split


@pytest.fixture(scope="module")
def halves():
    return published.split_in_halves(data.load_sample())


@pytest.mark.parametrize("example", [published.SCIKIT_LEARN, published.PROBABL])
def test_the_replay_prices_each_rule_as_the_examples_own_code_would(example, halves):
    learn, held_out = halves
    model = published.search(learn, example.inputs, penalties=[0.1, 10.0])
    again = published.replay(learn, held_out, example, model=model)
    y, amount = held_out["Class"].to_numpy(), held_out["Amount"].to_numpy()
    for rule, block in again.blocks.items():
        expected = (
            0.02 * amount[(y == 0) & ~block].sum()
            - (amount[(y == 1) & ~block] + example.costs.miss_fee).sum()
            - example.costs.goodwill * ((y == 0) & block).sum()
            + example.costs.catch_gain * ((y == 1) & block).sum()
        )
        assert again.gains[rule] == pytest.approx(expected)
    assert again.gains["oracle"] == again.gains.max()
    assert set(example.gains) <= set(again.gains.index)
    assert again.penalty in (0.1, 10.0)
    said = model.predict_proba(held_out[[*example.inputs]])[:, 1]
    assert (again.blocks["tuned threshold"] == (said >= again.threshold)).all()


def test_halves_are_stratified_and_the_same_each_time(halves):
    learn, held_out = halves
    assert learn["Class"].sum() == held_out["Class"].sum()
    assert not set(learn.index) & set(held_out.index)
    assert published.split_in_halves(data.load_sample())[0].index.equals(learn.index)


def test_the_default_search_goes_over_the_published_penalties(halves):
    learn = halves[0].iloc[::3]
    chosen = published.search(learn, ["V14", "V4"])[-1].C
    grid = np.logspace(-6, 6, 13)
    assert np.isclose(grid, chosen).any()
    by_hand = {C: -published_loss(learn, C) for C in grid}
    assert chosen == pytest.approx(max(by_hand, key=by_hand.get))


def published_loss(learn, C):
    """Log-loss of five-fold cross-validation, written out."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=C))
    X, y = learn[["V14", "V4"]], learn["Class"]
    return -cross_val_score(model, X, y, scoring="neg_log_loss", cv=5).mean()


@pytest.mark.full_data
@pytest.mark.parametrize(
    ("example", "penalty"), [(published.SCIKIT_LEARN, 100.0), (published.PROBABL, 10.0)]
)
def test_all_published_figures_come_out_to_the_cent(example, penalty, tmp_path, monkeypatch):
    monkeypatch.setenv("PRERELEASE_LEDGER", str(tmp_path / "ledger.jsonl"))
    rows = data.load()
    split.open_test(rows, who="tests", why="random halves, as published", kind="demonstration")
    learn, held_out = published.split_in_halves(rows)
    model = published.search(learn, example.inputs, penalties=[penalty])
    again = published.replay(learn, held_out, example, model=model)
    table = published.comparison(example, again)
    assert table["difference"].abs().max() < 0.01
    assert len(table) == len(example.gains)
