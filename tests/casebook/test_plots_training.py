"""Figures of chapter 01's own experiments show what they are given."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from casebook.plots import training
from prerelease.plots import use_style


@pytest.fixture(autouse=True)
def _style():
    use_style()
    yield
    plt.close("all")


def trace(scale):
    return pd.DataFrame(
        {"trees": [1, 10], "average_precision": [0.5, 0.6], "largest": [6.0, scale]}
    )


def test_traces_share_their_trees_and_name_each_model():
    figure = training.training_traces({"a": trace(1e5), "b": trace(10)}, title="What happens?")
    above, below = figure.axes
    assert [text.get_text() for text in above.get_legend().get_texts()] == ["a", "b"]
    assert below.lines[0].get_ydata().tolist() == [6.0, 1e5]
    assert below.get_yscale() == "log"
    assert above.get_title(loc="left") == "What happens?"


def test_prices_of_fbeta_lie_beside_beta_squared_and_the_asked_price():
    table = pd.DataFrame({"beta": [1, 2], "model": [1.5, 5.0]})
    axes = training.fbeta_prices(table, price=13.0, title="What price?").axes[0]
    assert axes.lines[0].get_ydata().tolist() == [1.5, 5.0]
    assert list(axes.lines[1].get_ydata()) == [1, 4]
    assert set(axes.lines[2].get_ydata()) == {13.0}
    assert "13" in axes.texts[0].get_text()


@pytest.mark.parametrize(
    "call",
    [
        lambda: training.training_traces(dict.fromkeys("abcdef", trace(9)), title="?"),
        lambda: training.fbeta_prices(pd.DataFrame({"beta": [1]}), price=2, title="?"),
    ],
)
def test_no_model_and_too_many_are_refused(call):
    with pytest.raises(ValueError, match="number of models"):
        call()
