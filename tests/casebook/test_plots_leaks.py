import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from casebook.plots.leaks import best_of_k, forest, frauds_needed, readings
from prerelease.intervals import Interval
from prerelease.plots._style import COLOURS

VALUES = {
    "claim": Interval(0.99, 0.97, 1.0, level=0.95, method="", n=10, n_positive=5),
    "truth": Interval(0.70, 0.60, 0.80, level=0.95, method="", n=10, n_positive=5),
}


def test_every_reading_is_drawn_where_its_numbers_say():
    figure = readings(VALUES, title="Is it true?", unit="average precision")
    axes = figure.axes[0]
    bars, points = axes.lines[::2], axes.lines[1::2]
    for row, interval in enumerate(VALUES.values()):
        assert bars[row].get_xdata() == pytest.approx([interval.low, interval.high])
        assert list(points[row].get_xdata()) == [interval.estimate]
    assert [label.get_text() for label in axes.get_yticklabels()] == list(VALUES)
    assert axes.yaxis_inverted()
    plt.close(figure)


def test_each_reading_is_written_with_its_interval():
    figure = readings(VALUES, title="Is it true?", unit="average precision")
    written = {text.get_text() for text in figure.axes[0].texts}
    assert written == {"0.99 [0.97, 1.00]", "0.70 [0.60, 0.80]"}
    plt.close(figure)


def test_forest_draws_each_row_and_writes_its_name_and_numbers_above_it():
    figure = forest(
        VALUES, title="Is it true?", unit="share", warned=["claim"], reference=0.9, spec=".1f"
    )
    axes = figure.axes[0]
    lines = axes.lines
    segments = axes.collections[0].get_segments()
    assert [segment[:, 0].tolist() for segment in segments] == [[0.9, 0.9]] * 2
    assert [list(line.get_xdata()) for line in lines[::2]] == [[0.97, 1.0], [0.60, 0.80]]
    assert lines[0].get_color() == COLOURS["orange"]
    assert lines[2].get_color() == COLOURS["blue"]
    numbers, names = axes.texts[::2], axes.texts[1::2]
    assert [text.get_text() for text in numbers] == ["1.0 [1.0, 1.0]", "0.7 [0.6, 0.8]"]
    assert [text.get_text() for text in names] == list(VALUES)
    # Rows count downwards, so that above is less.
    assert [text.get_position()[1] for text in axes.texts] == pytest.approx(
        [-0.36] * 2 + [0.64] * 2
    )
    plt.close(figure)


def test_forest_refuses_a_warning_about_a_row_that_is_not_there():
    with pytest.raises(ValueError, match=r"got \['lie'\] for 2 rows"):
        forest(VALUES, title="Is it true?", unit="share", warned=["lie"])
    with pytest.raises(ValueError, match="for 0 rows"):
        forest({}, title="Is it true?", unit="share")


def test_best_of_k_draws_each_curve_with_its_name():
    table = pd.DataFrame({"optimism": np.linspace(0, 0.1, 40)}, index=range(1, 41))
    axes = best_of_k({"luck": table, "real": table / 2}, title="How much?").axes[0]
    np.testing.assert_allclose(axes.lines[1].get_ydata(), table["optimism"] / 2)
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["1", "2", "5", "10", "20"]
    plt.close("all")


def test_four_times_the_frauds_halve_the_difference_that_is_found():
    figure = frauds_needed(
        {"pair": (0.02, 100)}, reach=2.8, per_day=246.0, marks={"test": 75}, title="How many?"
    )
    curve, point = figure.axes[0].lines[:2]
    frauds, found = curve.get_xdata(), curve.get_ydata()
    np.testing.assert_allclose(np.interp(400, frauds, found), 0.028, rtol=0.01)
    assert point.get_ydata()[0] == pytest.approx(0.056)
    plt.close(figure)
