"""Estimates beside each other stand where their numbers say."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import shap
from matplotlib.colors import to_hex
from shap.plots import _style as style

from casebook import plots
from prerelease.intervals import Interval
from prerelease.plots import COLOURS, INK, show, use_style


@pytest.fixture(autouse=True)
def _style():
    use_style()
    yield
    plt.close("all")


def interval(estimate, low, high):
    return Interval(estimate, low, high, level=0.95, method="", n=10)


SERIES = {
    "shuffled": {"V14": interval(0.5, 0.4, 0.8), "V4": interval(0.2, -0.1, 0.3)},
    "dropped": {"V14": interval(0.3, 0.2, 0.4), "V4": interval(0.0, -0.1, 0.1)},
}


@pytest.mark.parametrize("upright", ["", "column"])
def test_each_estimate_is_a_point_and_each_interval_a_line_from_end_to_end(upright):
    axes = plots.beside(SERIES, title="What?", unit="loss", upright=upright).axes[0]
    drawn = [line.get_ydata() if upright else line.get_xdata() for line in axes.lines]
    drawn = [np.asarray(values).tolist() for values in drawn if len(values)]
    for series in SERIES.values():
        assert [each.estimate for each in series.values()] in drawn
        for each in series.values():
            assert [each.low, each.high] in drawn


def test_rows_are_named_in_the_order_given_and_series_in_the_legend():
    figure = plots.beside(SERIES, title="What?", unit="loss", reference=0)
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["V14", "V4"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == list(SERIES)
    assert axes.yaxis_inverted()
    shown = show(figure, alt="Two estimates of each of two columns.")
    assert shown.data.count("<img") == 2


def test_series_do_not_lie_on_each_other():
    (axes,) = plots.beside(SERIES, title="What?", unit="loss").axes
    heights = [line.get_ydata()[0] for line in axes.lines if len(line.get_ydata()) == 2]
    assert len(set(np.round(heights, 3))) == 4


def test_shap_still_takes_our_colours():
    before = style.get_style()
    up, down = COLOURS["orange"], COLOURS["blue"]
    style.set_style(
        primary_color_positive=up, primary_color_negative=down, tick_labels_color=INK["light"]
    )
    try:
        values = shap.Explanation(
            np.array([1.0, -2.0]), base_values=0.5, data=np.zeros(2), feature_names=["a", "b"]
        )
        axes = shap.plots.waterfall(values, show=False).figure.axes[0]
    finally:
        style.set_style(before)
    drawn = {to_hex(patch.get_facecolor()) for patch in axes.patches}
    assert {up, down} <= drawn
