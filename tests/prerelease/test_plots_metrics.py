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


VALUES = {"claim": interval(0.99, 0.97, 1.0), "truth": interval(0.70, 0.60, 0.80)}


def test_forest_draws_each_row_and_writes_its_name_and_numbers_above_it():
    figure = metrics.forest(
        VALUES, title="Is it true?", unit="share", warned=["claim"], reference=0.9, spec=".1f"
    )
    axes = figure.axes[0]
    lines = axes.lines
    segments = axes.collections[0].get_segments()
    assert [segment[:, 0].tolist() for segment in segments] == [[0.9, 0.9]] * 2
    assert [list(line.get_xdata()) for line in lines[::2]] == [[0.97, 1.0], [0.60, 0.80]]
    assert lines[0].get_color() == metrics.COLOURS["orange"]
    assert lines[2].get_color() == metrics.COLOURS["blue"]
    numbers, names = axes.texts[::2], axes.texts[1::2]
    assert [text.get_text() for text in numbers] == ["1.0 [1.0, 1.0]", "0.7 [0.6, 0.8]"]
    assert [text.get_text() for text in names] == list(VALUES)
    # Rows count downwards, so that above is less.
    assert [text.get_position()[1] for text in axes.texts] == pytest.approx(
        [-0.36] * 2 + [0.64] * 2
    )


def test_forest_writes_numbers_as_it_is_told():
    figure = metrics.forest(
        VALUES, title="Is it true?", unit="share", spec=lambda one: f"{one.estimate:.0%}"
    )
    assert [text.get_text() for text in figure.axes[0].texts[::2]] == ["99%", "70%"]


def test_forest_refuses_a_warning_about_a_row_that_is_not_there():
    with pytest.raises(ValueError, match=r"got \['lie'\] for 2 rows"):
        metrics.forest(VALUES, title="Is it true?", unit="share", warned=["lie"])
    with pytest.raises(ValueError, match="for 0 rows"):
        metrics.forest({}, title="Is it true?", unit="share")


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
        (
            lambda: metrics.precision_recall(dict.fromkeys("abcdef"), {}, recall=[1], title="?"),
            "number of models",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
