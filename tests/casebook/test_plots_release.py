import pandas as pd
import pytest

from casebook.plots import release
from prerelease.plots import report


def table(bounds):
    rows = [(n, bound, n / 1000) for bound in bounds for n in (10, 100, 1000)]
    return pd.DataFrame(rows, columns=["frauds", "bound", "power"])


def test_there_is_a_curve_for_each_bound_and_a_line_at_the_chance():
    axes = release.power_curves(table((0.6, 0.7)), chance=0.8, title="How many?").axes[0]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "at least 0.6",
        "at least 0.7",
    ]
    assert axes.lines[-1].get_ydata()[0] == 0.8


def test_more_bounds_than_colours_are_refused():
    with pytest.raises(ValueError, match="number of bounds must be an integer from 1 to"):
        release.power_curves(table([i / 10 for i in range(1, 9)]), chance=0.8, title="Too many?")


def test_the_cheapest_point_of_the_review_curve_is_marked():
    curve = pd.DataFrame({"reviews_per_1000": [0, 1, 2], "cost_per_1000": [9.0, 5.0, 7.0]})
    axes = report.review_gain(curve, title="What does a look buy?").axes[0]
    assert axes.lines[1].get_xydata().tolist() == [[1, 5]]


def test_scores_that_no_payment_reaches_are_not_drawn():
    curve = pd.DataFrame({"score": [0.1, 0.5], "reference": [1, 0], "current": [1, 0.3]})
    axes = report.distributions(curve, title="Have scores moved?").axes[0]
    assert [len(line.get_xdata()) for line in axes.lines] == [1, 2]
