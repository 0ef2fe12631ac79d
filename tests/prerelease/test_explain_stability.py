"""What is learned by heart, and what is missing."""

import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.tree import DecisionTreeClassifier

from prerelease import explain


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(5)
    X = pd.DataFrame(rng.normal(size=(2000, 3)), columns=list("abc"))
    return X, (X["a"] + rng.normal(size=2000) > 2.4).astype(int)


def test_what_is_learned_by_heart_is_worth_more_where_it_was_learned(rows):
    X, y = rows
    X = X.assign(noise=np.random.default_rng(0).normal(size=len(X)))
    deep = DecisionTreeClassifier(random_state=0).fit(X[:1000], y[:1000])
    here, there = (
        explain.losses(
            explain.shuffle(deep, X[half], n_repeats=2),
            explain.resample(y[half], n_resamples=200, seed=seed),
        )
        for seed, half in enumerate((slice(0, 1000), slice(1000, 2000)))
    )
    gap = here["noise"] - there["noise"]
    assert gap.interval(asked=4).low > 0
    assert gap.estimate == pytest.approx(here["noise"].estimate - there["noise"].estimate)


def test_one_sentence_says_how_to_get_shap_where_it_is_missing(rows, monkeypatch):
    monkeypatch.setitem(sys.modules, "shap", None)
    model = DecisionTreeClassifier(max_depth=2).fit(*rows)
    with pytest.raises(ImportError, match=r'pip install "prerelease\[explain\]"\.$'):
        explain.attribute(model, rows[0][:5], background=rows[0][5:9], output="probability")
