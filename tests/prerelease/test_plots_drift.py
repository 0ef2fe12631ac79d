"""Figures of drift draw what they are given and change none of it."""

import numpy as np
import pandas as pd
import pytest

from prerelease.plots import drift as figures


def test_p_values_too_small_for_the_axis_are_drawn_at_its_end():
    table = pd.DataFrame({"V1": [0.5, 0.0]}, index=[100, 1000])
    axes = figures.p_against_n(table, title="?").axes[0]
    assert axes.lines[0].get_ydata().tolist() == [0.5, 1e-12]
    assert table["V1"].tolist() == [0.5, 0.0]


def test_a_row_a_feature_and_a_mark_a_comparison():
    table = pd.DataFrame({"a": [0.3, 0.1], "b": [0.2, 0.4]}, index=["V1", "V2"])
    figure = figures.feature_dots(table, title="?", unit="KS", limit=0.2)
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["V1", "V2"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["a", "b"]
    assert axes.lines[0].get_xdata().tolist() == [0.3, 0.1]


def test_estimates_are_drawn_in_per_cent():
    row = pd.DataFrame({"true": [0.01], "estimate": [0.02], "low": [0.0], "high": [0.03]})
    axes = figures.estimates_of_prior({"EM": row}, title="?").axes[0]
    assert axes.lines[1].get_ydata().tolist() == [2.0]


def test_promise_and_truth_stand_beside_each_other():
    columns = ["estimate", "low", "high", "real", "real_low", "real_high"]
    table = pd.DataFrame([[1.0, 0.5, 2, 3, 2, 4]], columns=columns, index=["concept"])
    figure = figures.promised_and_realised(table, title="?", unit="€")
    first, second = figure.axes[0].lines
    assert first.get_xdata().tolist() == [1.0]
    assert second.get_xdata().tolist() == [3.0]


def test_what_was_not_tried_has_an_empty_cell_and_few_alarms_have_no_number():
    table = pd.DataFrame({"a": [0.25, np.nan], "b": [0.5, 0.4]}, index=["one", "two"])
    axes = figures.power_grid(table, title="?").axes[0]
    assert [text.get_text() for text in axes.texts] == ["25", "50"]
    assert len(axes.patches) == 3


def test_shifts_are_ordered_by_their_score_and_none_hides_another():
    table = pd.DataFrame(
        {
            "kind": ["a", "b", "a"],
            "score": [0.2, 0.1, 0.1],
            "euros": [5.0, -3, 8],
            "low": [1.0, -9, 2],
            "high": [9.0, 2, 9],
        },
        index=["large", "small", "same"],
    )
    axes = figures.euros_by_score(table, title="?", unit="KS").axes[0]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["small: 0.10", "same: 0.10", "large: 0.20"]
    assert [line.get_ydata()[0] for line in axes.lines[1:]] == [0, 1, 2]
    assert [line.get_xdata()[0] for line in axes.lines[1:]] == [-3, 8, 5]
    marks = [line.get_color() for line in axes.lines[1:]]
    assert marks[1] == marks[2] != marks[0]


@pytest.mark.parametrize(
    "draw",
    [
        lambda n: figures.p_against_n(pd.DataFrame(np.ones((1, n))), title="?"),
        lambda n: figures.feature_dots(pd.DataFrame(np.ones((1, n))), title="?", unit="KS"),
        lambda n: figures.estimates_of_prior(dict.fromkeys(range(n), pd.DataFrame()), title="?"),
    ],
)
def test_more_series_than_colours_are_refused(draw):
    with pytest.raises(ValueError, match="from 1 to 5, got 6"):
        draw(6)
