import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from casebook.plots.leaks import best_of_k, frauds_needed


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
