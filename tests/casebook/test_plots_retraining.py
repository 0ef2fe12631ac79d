import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from casebook.plots.retraining import alarmed, saved_by_price, saved_so_far
from prerelease.intervals import Interval, binomial

SO_FAR = pd.DataFrame(
    {
        "policy": ["weekly"] * 2 + ["on reports"] * 2, "day": [13, 14] * 2,
        "saved": [0.0, 5.0, 1.0, 9.0], "low": [-1.0, 2.0, 0.0, 4.0], "high": [1.0, 8.0, 2.0, 14.0],
    }
)  # fmt: skip
PRICED = pd.DataFrame(
    {
        "delay": [0.0, 0.0, 1.0, 1.0, 7.0, 7.0], "retraining_cost": [0.0, 100.0] * 3,
        "policy": "weekly",
        "saved": [
            Interval(value, value - 1, value + 1, level=0.95, method="", n=9)
            for value in (9, 5, 7, 3, 2, -2)
        ],
    }
)  # fmt: skip
HEARD = pd.DataFrame(
    {
        "signal": ["reports"] * 2 + ["inputs"] * 2, "shift": ["bug", "none"] * 2,
        "alarmed": [binomial(k, 9) for k in (9, 1, 4, 2)], "delay": [1.0, 3.0, 2.5, np.nan],
        "p_value": [0.001, np.nan, 0.3, np.nan],
    }
)  # fmt: skip
KINDS = {"bug": "broken input", "none": "no change"}


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_each_policy_is_drawn_in_days_since_the_change():
    axes = saved_so_far(SO_FAR, change=14, title="What is saved?").axes[0]
    lines = {line.get_label(): line for line in axes.lines[1:]}
    assert list(lines) == ["weekly", "on reports"]
    assert lines["on reports"].get_xdata().tolist() == [-1, 0]
    assert lines["on reports"].get_ydata().tolist() == [1.0, 9.0]
    ribbon = axes.collections[1].get_paths()[0].vertices[:, 1]
    assert (ribbon.min(), ribbon.max()) == (0.0, 14.0)
    assert axes.get_title("left") == "What is saved?" or axes.get_title() == "What is saved?"


def test_each_delay_has_a_panel_with_its_numbers():
    figure = saved_by_price(PRICED, title="What is saved?")
    assert [axes.get_title("left") for axes in figure.axes] == ["no delay", "1 day", "7 days"]
    assert figure.axes[2].lines[1].get_ydata().tolist() == [2, -2]
    assert figure.axes[0].lines[1].get_xdata().tolist() == [0.0, 100.0]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["weekly"]


def test_a_delay_is_written_only_where_a_change_is_heard():
    figure = alarmed(HEARD, kinds=KINDS, title="Who hears it?")
    written = [[text.get_text() for text in axes.texts] for axes in figure.axes]
    assert written == [["after 1 day", ""], ["", ""]]
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == list(KINDS.values())
    points = [axes.lines[1].get_xdata()[0] for axes in figure.axes]
    assert points == pytest.approx([1.0, 4 / 9])


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="the number of policies"):
        saved_so_far(SO_FAR.iloc[:0], change=14, title="?")
    with pytest.raises(ValueError, match="the number of policies"):
        saved_so_far(
            pd.concat([SO_FAR.assign(policy=str(k)) for k in range(6)]), change=14, title="?"
        )
    with pytest.raises(ValueError, match="is missing"):
        alarmed(HEARD.iloc[:3], kinds=KINDS, title="?")
