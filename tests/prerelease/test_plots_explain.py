"""Figures of explanations show what they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from prerelease.intervals import Interval
from prerelease.plots import explain, use_style


@pytest.fixture(autouse=True)
def _style():
    use_style()
    yield
    plt.close("all")


def interval(estimate, low, high):
    return Interval(estimate, low, high, level=0.95, method="", n=10)


def test_importance_draws_each_reading_and_names_them_if_there_are_two():
    one = {"V14": interval(0.3, 0.2, 0.4), "V4": interval(0.1, 0.0, 0.2)}
    figure = explain.importance(
        {"train": one, "held out": one}, title="Where?", unit="AP", columns=["V4", "V14"]
    )
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["V4", "V14"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["train", "held out"]
    assert list(axes.lines[1].get_xdata()) == [0.1, 0.3]
    alone = explain.importance({"train": one}, title="Where?", unit="AP", columns=["V4"])
    assert not alone.legends


def test_a_waterfall_goes_from_the_base_to_the_score():
    steps = pd.DataFrame(
        {"value": [-8.0, np.nan], "contribution": [4.0, -1.0], "reached": [-5.0, -6.0]},
        index=["V14", "all others"],
    )
    axes = explain.waterfall(steps, base=-9.0, title="Why?", unit="log-odds").axes[0]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["base", "V14 = −8", "all others", "score"]
    bars = [(bar.get_x(), bar.get_width()) for bar in axes.patches]
    assert bars == [(-9.0, 4.0), (-5.0, -1.0)]
    colours = {bar.get_facecolor() for bar in axes.patches}
    assert len(colours) == 2
    assert list(axes.lines[-1].get_xdata()) == [-6.0]


def test_a_beeswarm_keeps_every_row_and_its_contribution():
    rng = np.random.default_rng(0)
    contributions = pd.DataFrame(rng.normal(size=(30, 2)), columns=["a", "b"])
    axes = explain.beeswarm(
        contributions, contributions, columns=["b", "a"], title="Which way?", unit="log-odds"
    ).axes[0]
    drawn = axes.collections[0].get_offsets()
    assert drawn[:, 0].tolist() == contributions["b"].tolist()
    assert np.abs(drawn[:, 1]).max() <= 0.3
    assert [label.get_text() for label in axes.get_yticklabels()] == ["b", "a"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: explain.importance({}, title="?", unit="", columns=["a"]), "from 1 to 5, got 0"),
        (
            lambda: explain.importance({"a": {}}, title="?", unit="", columns=[]),
            "number of columns",
        ),
        (
            lambda: explain.beeswarm(
                pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [1, 2]}), columns=["a"], title="?",
                unit="",
            ),
            "same length",
        ),
    ],
)  # fmt: skip
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
