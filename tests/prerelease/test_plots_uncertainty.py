"""The figure of regions shows the numbers that it is given."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from prerelease import use_words
from prerelease.plots import uncertainty as figures


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_regions_show_both_thresholds_and_the_single_one():
    table = pd.DataFrame(
        {"amount": [1.0, 10.0, 100.0], "low": 0.1, "high": 0.6, "two_way": [0.5, 0.4, 0.3]}
    )
    axes = figures.review_regions(table, title="Which?").axes[0]
    drawn = [line.get_ydata().tolist() for line in axes.lines]
    assert drawn == [[0.1] * 3, [0.6] * 3, [0.5, 0.4, 0.3]]
    assert [text.get_text() for text in axes.texts] == ["block", "let a person look", "accept"]


def test_axes_speak_the_words_of_the_reader():
    use_words(cases="loans", positive="default", positives="defaults", currency="$")
    table = pd.DataFrame({"amount": [1.0, 9.0], "low": 0.1, "high": 0.6, "two_way": 0.3})
    axes = figures.review_regions(table, title="Which?").axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("amount ($)", "probability of default")
