"""Figures of chapter 04 show the numbers that they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from casebook.plots import uncertainty as figures

COVERAGE = pd.DataFrame(
    {"coverage": [0.9, 0.5], "low": [0.8, 0.4], "high": [0.95, 0.6]}, index=["a", "b"]
)


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_handed_over_leaves_out_the_point_at_which_nothing_is():
    table = pd.DataFrame({"coverage": [0.5, 0.9, 1.0], "lost": [0.0, 3.0, 7.0]})
    (line,) = figures.handed_over({"x": table}, title="Who?", unit="frauds").axes[0].lines
    assert line.get_xdata() == pytest.approx([0.5, 0.1])
    assert line.get_ydata().tolist() == [0.0, 3.0]


def test_spread_shows_two_ranges_of_each_law_and_each_finding():
    laws = {"57": stats.beta(53, 5), "500": stats.beta(451, 50)}
    axes = figures.coverage_spread(laws, nominal=0.9, found={"test": 0.8}, title="How?").axes[0]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["57", "500", "test"]
    drawn = [lines.get_segments()[0][:, 0].tolist() for lines in axes.collections]
    expected = [law.interval(mass) for law in laws.values() for mass in (0.95, 0.5)]
    assert drawn == [pytest.approx(ends) for ends in expected]
    assert axes.lines[-1].get_xydata().tolist() == [[0.8, 2]]


def test_evidence_has_a_line_at_the_alarm():
    hours = np.arange(3)
    axes = figures.evidence_paths({"all": (hours, hours)}, level=0.01, title="Is it?").axes[0]
    assert axes.lines[0].get_ydata()[0] == pytest.approx(2)
    assert axes.lines[1].get_ydata().tolist() == [0, 1, 2]


def test_coverage_by_group_names_the_groups():
    both = {"one": COVERAGE, "two": COVERAGE}
    axes = figures.coverage_by_group(both, nominal=0.9, title="Where?", unit="x").axes[0]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["a", "b"]
    assert axes.lines[1].get_ydata().tolist() == [0.9, 0.5]


def test_more_series_than_colours_are_refused():
    with pytest.raises(ValueError, match="number of series must be an integer from 1 to 4, got 5"):
        figures.handed_over({str(n): COVERAGE for n in range(5)}, title="t", unit="u")
