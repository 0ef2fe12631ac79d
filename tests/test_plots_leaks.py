import matplotlib.pyplot as plt
import pytest

from prerelease.intervals import Interval
from prerelease.plots.leaks import readings

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
