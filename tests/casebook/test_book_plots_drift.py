"""Figures of what is estimated without labels draw what they are given."""

import pandas as pd

from casebook.plots import drift as figures


def test_estimates_are_drawn_in_per_cent():
    row = pd.DataFrame({"true": [0.01], "estimate": [0.02], "low": [0.0], "high": [0.03]})
    axes = figures.estimates_of_prior({"EM": row}, title="?").axes[0]
    assert axes.lines[1].get_ydata().tolist() == [2.0]
    assert axes.get_xlabel() == "true share of frauds (%)"


def test_promise_and_truth_stand_beside_each_other():
    columns = ["estimate", "low", "high", "real", "real_low", "real_high"]
    table = pd.DataFrame([[1.0, 0.5, 2, 3, 2, 4]], columns=columns, index=["concept"])
    figure = figures.promised_and_realised(table, title="?", unit="cost")
    first, second = figure.axes[0].lines
    assert first.get_xdata().tolist() == [1.0]
    assert second.get_xdata().tolist() == [3.0]
