"""Figures of costs show what their data frames hold."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from prerelease import use_words
from prerelease.calibration import reliability_table
from prerelease.costs import (
    CostModel,
    baselines,
    best_threshold,
    cost_curve,
)
from prerelease.plots import COLOURS, costs, use_style

MODEL = CostModel()
ALT = "A figure that a test has drawn."


@pytest.fixture(autouse=True)
def _style():
    use_style()
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    n = 3000
    p = rng.beta(0.1, 4, n)
    amount = rng.lognormal(3, 1.5, n)
    return rng.random(n) < p, {"right": p, "noisy": p * rng.random(n)}, amount


def texts(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_cost_curves_run_through_every_threshold_and_mark_the_chosen(data):
    y, scores, amount = data
    curves = {name: cost_curve(y, s, amount, costs=MODEL) for name, s in scores.items()}
    best = {name: best_threshold(y, s, amount, costs=MODEL) for name, s in scores.items()}
    figure = costs.cost_curves(
        curves,
        baselines=baselines(y, amount, costs=MODEL),
        title="Which threshold?",
        chosen={name: choice.threshold for name, choice in best.items()},
    )
    (axes,) = figure.axes
    lines = {line.get_label(): line for line in axes.get_lines()}
    for name, curve in curves.items():
        steps = curve.iloc[1:]
        assert lines[name].get_ydata() == pytest.approx(steps["cost_per_1000"].to_numpy())
        assert lines[name].get_xdata() == pytest.approx(1000 * steps["alerts"].to_numpy() / len(y))
    marks = [line.get_ydata()[0] for line in axes.get_lines() if line.get_marker() == "o"]
    assert marks == pytest.approx([choice.cost_per_1000 for choice in best.values()])
    assert texts(axes) == list(curves)


def test_chosen_threshold_that_accepts_all_has_no_mark_on_the_curve(data):
    y, scores, amount = data
    curve = cost_curve(y, scores["right"], amount, costs=MODEL)
    figure = costs.cost_curves(
        {"a": curve},
        baselines=baselines(y, amount, costs=MODEL),
        title="Which?",
        chosen={"a": np.inf},
    )
    assert not [line for line in figure.axes[0].get_lines() if line.get_marker() == "o"]


def test_model_that_always_costs_more_is_still_drawn():
    y, amount = [1, 0, 0], [100, 9000, 9000]
    curve = cost_curve(y, [0.1, 0.9, 0.8], amount, costs=MODEL)
    figure = costs.cost_curves(
        {"costly": curve}, baselines=baselines(y, amount, costs=MODEL), title="Which?"
    )
    assert texts(figure.axes[0]) == ["costly"]


def test_axes_speak_the_readers_words(data):
    y, scores, amount = data
    use_words(cases="loans", currency="$")
    curve = cost_curve(y, scores["right"], amount, costs=MODEL)
    figure = costs.cost_curves({"a": curve}, baselines=baselines(y, amount, costs=MODEL), title="?")
    assert figure.axes[0].get_ylabel() == "cost ($ per 1,000 loans)"


def test_levels_to_compare_with_are_named_where_no_curve_runs(data):
    y, scores, amount = data
    figure = costs.cost_curves(
        {"a": cost_curve(y, scores["right"], amount, costs=MODEL)},
        baselines=baselines(y, amount, costs=MODEL),
        title="Which?",
    )
    figure.canvas.draw()
    (axes,) = figure.axes
    named = {text.get_text(): text.get_window_extent() for text in axes.texts}
    assert set(named) == {"accept all", "oracle"}
    for box in named.values():
        assert box.x0 >= axes.bbox.x1  # beside the axes
        assert box.x1 <= figure.bbox.x1  # and not cut off


def test_reliability_draws_each_bin_and_its_interval(data):
    y, scores, _ = data
    tables = {name: reliability_table(y, s) for name, s in scores.items()}
    figure = costs.reliability(tables, title="As many as predicted?")
    (axes,) = figure.axes
    assert texts(axes) == ["as many found as predicted", *tables]
    for table, lines in zip(tables.values(), axes.collections, strict=True):
        assert [line[1][1] for line in lines.get_segments()] == pytest.approx(
            table["found_high"].tolist()
        )
    drawn = sum(len(line.get_xdata()) for line in axes.get_lines()[1:])
    assert drawn == sum(len(table) for table in tables.values())


def test_more_models_than_colours_are_refused(data):
    y, scores, amount = data
    curve = cost_curve(y, scores["right"], amount, costs=MODEL)
    with pytest.raises(ValueError, match=r"number of models must be .* from 1 to 5, got 6"):
        costs.cost_curves(
            dict.fromkeys("abcdef", curve),
            baselines=baselines(y, amount, costs=MODEL),
            title="Which?",
        )
    assert len(COLOURS) == 5


def test_no_bin_above_nothing_is_refused(data):
    y, _, _ = data
    zero = reliability_table(y, np.zeros(len(y)))
    with pytest.raises(ValueError, match="tables must hold a bin that predicts more than 0"):
        costs.reliability({"zero": zero}, title="?")
