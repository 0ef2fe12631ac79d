"""Figures of drift draw what they are given and change none of it."""

import numpy as np
import pandas as pd
import pytest

from prerelease import use_words
from prerelease.plots import drift as figures


def test_a_row_a_feature_and_a_mark_a_comparison():
    table = pd.DataFrame({"a": [0.3, 0.1], "b": [0.2, 0.4]}, index=["V1", "V2"])
    figure = figures.feature_dots(table, title="?", unit="KS", limit=0.2)
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["V1", "V2"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["a", "b"]
    assert axes.lines[0].get_xdata().tolist() == [0.3, 0.1]


def test_estimates_are_drawn_in_per_cent():
    row = pd.DataFrame({"true": [0.01], "estimate": [0.02], "low": [0.0], "high": [0.03]})
    use_words(positives="defaults")
    axes = figures.estimates_of_prior({"EM": row}, title="?").axes[0]
    assert axes.lines[1].get_ydata().tolist() == [2.0]
    assert axes.get_xlabel() == "true share of defaults (%)"


def test_promise_and_truth_stand_beside_each_other():
    columns = ["estimate", "low", "high", "real", "real_low", "real_high"]
    table = pd.DataFrame([[1.0, 0.5, 2, 3, 2, 4]], columns=columns, index=["concept"])
    figure = figures.promised_and_realised(table, title="?", unit="cost")
    first, second = figure.axes[0].lines
    assert first.get_xdata().tolist() == [1.0]
    assert second.get_xdata().tolist() == [3.0]


@pytest.mark.parametrize(
    "draw",
    [
        lambda n: figures.feature_dots(pd.DataFrame(np.ones((1, n))), title="?", unit="KS"),
        lambda n: figures.estimates_of_prior(dict.fromkeys(range(n), pd.DataFrame()), title="?"),
    ],
)
def test_more_series_than_colours_are_refused(draw):
    with pytest.raises(ValueError, match="from 1 to 5, got 6"):
        draw(6)
