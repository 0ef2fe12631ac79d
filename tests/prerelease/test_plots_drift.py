"""The figure of drift draws what it is given and changes none of it."""

import numpy as np
import pandas as pd
import pytest

from prerelease.plots import drift as figures


def test_a_row_a_feature_and_a_mark_a_comparison():
    table = pd.DataFrame({"a": [0.3, 0.1], "b": [0.2, 0.4]}, index=["V1", "V2"])
    figure = figures.feature_dots(table, title="?", unit="KS", limit=0.2)
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["V1", "V2"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["a", "b"]
    assert axes.lines[0].get_xdata().tolist() == [0.3, 0.1]


def test_more_series_than_colours_are_refused():
    with pytest.raises(ValueError, match="from 1 to 5, got 6"):
        figures.feature_dots(pd.DataFrame(np.ones((1, 6))), title="?", unit="KS")
