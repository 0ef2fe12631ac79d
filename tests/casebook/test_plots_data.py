import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from casebook import data, profile
from casebook.plots import data as figures
from prerelease.plots import show, use_style


@pytest.fixture(autouse=True)
def _style():
    use_style()
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def sample():
    return data.load_sample()


def test_hours_draw_each_day_with_its_intervals(sample):
    table = profile.hourly(sample["Time"], sample["Class"])
    above, below = figures.hours_of_two_days(table, title="When?").axes
    assert [line.get_label() for line in above.lines] == ["day 1", "day 2"]
    for day, line, bars in zip((1, 2), below.lines, below.collections, strict=True):
        part = table[table["day"] == day]
        assert line.get_ydata() == pytest.approx(100 * part["rate"].to_numpy())
        ends = np.array([bar[:, 1] for bar in bars.get_segments()])
        assert ends == pytest.approx(100 * part[["low", "high"]].to_numpy())


def test_calendar_has_a_dot_for_each_fraud_in_its_hour(sample):
    figure = figures.fraud_calendar(sample["Time"], sample["Class"], title="When?")
    minute, hour = figure.axes[0].collections[0].get_offsets().T
    moments = sample.loc[sample["Class"] == 1, "Time"]
    assert np.asarray(3600 * hour + 60 * minute) == pytest.approx(moments.to_numpy())
    assert figure.axes[0].yaxis_inverted()
    assert [text.get_text() for text in figure.axes[0].texts] == ["day 2 starts"]


def test_burst_ratios_draw_each_table_over_the_band_of_chance():
    table = pd.DataFrame(
        {"expected": [2.0, 4.0], "low": [1.0, 3.0], "high": [4.0, 6.0], "ratio": [5.0, 1.5]},
        index=pd.Index([0.0, 60.0], name="width"),
    )
    axes = figures.burst_ratios({"all": table, "some": table / 2}, title="Bursts?").axes[0]
    names = {line.get_label(): line for line in axes.lines}
    assert list(names["all"].get_ydata()) == [5.0, 1.5]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["same second", "1 min"]
    assert {text.get_text() for text in axes.texts} == {"5×", "2×"}
    band = axes.collections[0].get_paths()[0].vertices[:, 1]
    assert band.min() == 0.5
    assert band.max() == 2.0


def test_burst_ratios_refuse_more_tables_than_there_are_colours():
    with pytest.raises(ValueError, match="number of tables must be an integer from 1 to 3, got 4"):
        figures.burst_ratios(dict.fromkeys("abcd", pd.DataFrame()), title="Bursts?")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "same second"), (10, "10 s"), (90, "1.5 min"), (3600, "1 h"), (86_400, "1 day")],
)
def test_durations_are_written_in_their_unit(seconds, text):
    assert figures.duration(seconds) == text


def test_every_title_is_the_question_and_every_figure_can_be_shown(sample):
    table = profile.hourly(sample["Time"], sample["Class"])
    figure = figures.hours_of_two_days(table, title="When is it fraud?")
    assert figure.axes[0].get_title(loc="left") == "When is it fraud?"
    assert show(figure, alt="Traffic above, fraud rates below.").data.count("<img") == 2
