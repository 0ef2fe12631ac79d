import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from casebook.plots import candidates

TRIALS = pd.DataFrame(
    {
        "savings": [0.5, 0.7, 0.9, 0.6],
        "complete": [True, True, False, True],
        "seconds": [1.0, 2.0, 1.0, 1.0],
    }
)


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


def test_history_draws_the_best_complete_trial_so_far():
    figure = candidates.history({"one": [TRIALS]}, title="How far?")
    axes = figure.axes[0]
    best, points, cut = axes.lines
    np.testing.assert_array_equal(best.get_ydata(), [0.5, 0.7, 0.7, 0.7])
    np.testing.assert_array_equal(best.get_xdata(), [1, 3, 4, 5])
    assert np.isnan(points.get_ydata()[2])
    assert list(cut.get_xdata()) == [4]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["one"]


def test_searches_of_a_family_share_a_colour_and_a_name():
    searches = {"one": [TRIALS, TRIALS.assign(savings=0.4)], "two": [TRIALS]}
    figure = candidates.history(searches, title="How far?")
    lines = figure.axes[0].lines[::3]
    colours = [line.get_color() for line in lines]
    assert colours[0] == colours[1] != colours[2]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["one", "two"]


def test_history_has_no_room_for_trials_that_lose_money():
    axes = candidates.history({"one": [TRIALS.assign(savings=-3.0)]}, title="How far?").axes[0]
    assert axes.get_ylim()[0] == -0.05
