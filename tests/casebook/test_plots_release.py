import pandas as pd
import pytest

from casebook.plots import release


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
