"""Figures of losses and metrics show what they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from prerelease.intervals import Interval
from prerelease.plots import metrics, use_style


@pytest.fixture(autouse=True)
def _style():
    use_style()
    yield
    plt.close("all")


def interval(estimate, low, high):
    return Interval(estimate, low, high, level=0.95, method="", n=10)


def trace(scale):
    return pd.DataFrame(
        {"trees": [1, 10], "average_precision": [0.5, 0.6], "largest": [6.0, scale]}
    )


def test_traces_share_their_trees_and_name_each_model():
    figure = metrics.training_traces({"a": trace(1e5), "b": trace(10)}, title="What happens?")
    above, below = figure.axes
    assert [text.get_text() for text in above.get_legend().get_texts()] == ["a", "b"]
    assert below.lines[0].get_ydata().tolist() == [6.0, 1e5]
    assert below.get_yscale() == "log"
    assert above.get_title(loc="left") == "What happens?"


def test_prices_of_fbeta_lie_beside_beta_squared_and_the_asked_price():
    table = pd.DataFrame({"beta": [1, 2], "model": [1.5, 5.0]})
    axes = metrics.fbeta_prices(table, price=13.0, title="What price?").axes[0]
    assert axes.lines[0].get_ydata().tolist() == [1.5, 5.0]
    assert list(axes.lines[1].get_ydata()) == [1, 4]
    assert set(axes.lines[2].get_ydata()) == {13.0}
    assert "13" in axes.texts[0].get_text()


def test_differences_say_which_side_is_better_and_grey_what_is_not_resolved():
    drawn = {"sure": interval(5, 1, 9), "unsure": interval(5, -1, 9)}
    axes = metrics.differences(drawn, title="Which?", unit="€").axes[0]
    assert axes.texts[0].get_text() == "← better"
    sure, unsure = axes.lines[0].get_color(), axes.lines[2].get_color()
    assert sure == metrics.COLOURS["blue"]
    assert unsure == metrics.COLOURS["grey"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["sure", "unsure"]


def test_curves_of_precision_lie_over_named_lines_of_equal_cost():
    curve = pd.DataFrame(
        {"threshold": [np.inf, 0.9, 0.4], "recall": [0, 0.5, 1], "precision": [np.nan, 1, 0.25]}
    )
    figure = metrics.precision_recall(
        {"a": curve},
        {234.0: [0.1, 0.1, 0.1], 50.0: [np.nan, 0.9, 0.5]},
        recall=[0.1, 0.2, 1],
        chosen=0.5,
        title="?",
    )
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.texts] == ["234 €", "50 €"]
    assert [text.xy for text in axes.texts] == [(1, 0.1), (0.2, 1)]  # at the side, and on top
    drawn = {line.get_label(): line for line in axes.get_lines()}
    assert drawn["a"].get_ydata()[1:].tolist() == [1, 0.25]
    (mark,) = [line for line in axes.get_lines() if line.get_marker() == "o"]
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (0.5, 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: metrics.differences({}, title="?", unit="€"), "number of intervals"),
        (
            lambda: metrics.training_traces(dict.fromkeys("abcdef", trace(9)), title="?"),
            "number of models",
        ),
        (lambda: metrics.fbeta_prices(pd.DataFrame({"beta": [1]}), price=2, title="?"), "models"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
