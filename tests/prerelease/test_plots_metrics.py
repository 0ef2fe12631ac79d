"""Figures of metrics show what they are given."""

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


def test_differences_say_which_side_is_better_and_grey_what_is_not_resolved():
    drawn = {"sure": interval(5, 1, 9), "unsure": interval(5, -1, 9)}
    axes = metrics.differences(drawn, title="Which?", unit="cost").axes[0]
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
        {234.0: [0.1, 0.1, 0.1], 50.0: [np.nan, 0.9, 0.5], 1.0: [np.nan] * 3},
        recall=[0.1, 0.2, 1],
        chosen=0.5,
        title="?",
    )
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.texts] == ["234", "50"]
    assert [text.xy for text in axes.texts] == [(1, 0.1), (0.2, 1)]  # at the side, and on top
    drawn = {line.get_label(): line for line in axes.get_lines()}
    assert drawn["a"].get_ydata()[1:].tolist() == [1, 0.25]
    (mark,) = [line for line in axes.get_lines() if line.get_marker() == "o"]
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (0.5, 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: metrics.differences({}, title="?", unit="cost"), "number of intervals"),
        (
            lambda: metrics.precision_recall(dict.fromkeys("abcdef"), {}, recall=[1], title="?"),
            "number of models",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
