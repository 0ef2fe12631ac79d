import pandas as pd

from prerelease.plots import report


def test_the_cheapest_point_of_the_review_curve_is_marked():
    curve = pd.DataFrame({"reviews_per_1000": [0, 1, 2], "cost_per_1000": [9.0, 5.0, 7.0]})
    axes = report.review_gain(curve, title="What does a look buy?").axes[0]
    assert axes.lines[1].get_xydata().tolist() == [[1, 5]]


def test_scores_that_no_case_reaches_are_not_drawn():
    curve = pd.DataFrame({"score": [0.1, 0.5], "reference": [1, 0], "current": [1, 0.3]})
    axes = report.distributions(curve, title="Have scores moved?").axes[0]
    assert [len(line.get_xdata()) for line in axes.lines] == [1, 2]
