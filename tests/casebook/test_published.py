"""The published examples as special cases of the cost model."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from casebook import data, published, split


def in_halves(rows):
    return train_test_split(rows, test_size=0.5, random_state=42, stratify=rows["Class"].to_numpy())


@pytest.fixture(scope="module")
def halves():
    return in_halves(data.load_sample())


@pytest.mark.parametrize("example", [published.SCIKIT_LEARN, published.PROBABL])
def test_the_replay_prices_each_rule_as_the_examples_own_code_would(example, halves):
    learn, held_out = halves
    again = published.replay(learn, held_out, example, penalties=[0.1, 10.0])
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
    model = make_pipeline(StandardScaler(), LogisticRegression(C=again.penalty))
    inputs = [*example.inputs]
    said = model.fit(learn[inputs], learn["Class"]).predict_proba(held_out[inputs])[:, 1]
    assert (again.blocks["tuned threshold"] == (said >= again.threshold)).all()


def test_the_default_search_goes_over_the_published_penalties(halves):
    learn = halves[0].iloc[::3]
    narrow = replace(published.SCIKIT_LEARN, inputs=("V14", "V4"))
    chosen = published.replay(learn, learn, narrow).penalty
    by_hand = {C: -published_loss(learn, C) for C in np.logspace(-6, 6, 13)}
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
    again = published.replay(*in_halves(rows), example, penalties=[penalty])
    for rule, gain in example.gains.items():
        assert again.gains[rule] == pytest.approx(gain, abs=0.01)
