"""Figures of chapter 01's costs show what their data frames hold."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from casebook.plots import costs
from prerelease.costs import CostModel, capacity_table
from prerelease.plots import show, use_style

MODEL = CostModel()
ALT = "A figure that a test has drawn."


@pytest.fixture(autouse=True)
def _style():
    use_style()
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def grid():
    cells = [(goodwill, fee) for goodwill in (1.0, 10.0, 100.0) for fee in (2.0, 20.0)]
    table = pd.DataFrame(cells, columns=["goodwill", "miss_fee"])
    return table.assign(high=[0.0, 0.9, 1.1, 5.0, 20.0, 200.0])


def test_regret_map_colours_each_cell_by_the_upper_end_of_its_regret(grid):
    figure = costs.regret_map(grid, base=MODEL, title="How wrong?")
    (mesh,) = figure.axes[0].collections
    rows = grid.sort_values(["miss_fee", "goodwill"])
    assert np.asarray(mesh.get_array()).ravel() == pytest.approx(rows["high"].to_numpy())
    colours = mesh.get_cmap()(mesh.norm(rows["high"].to_numpy()))
    below = (rows["high"] < 1).to_numpy()
    assert len(np.unique(colours[below], axis=0)) == 1  # what is below one looks alike
    assert not (colours[~below] == colours[below][0]).all(axis=1).any()
    assert figure.axes[0].get_xscale() == "log"
    assert figure.axes[0].get_xlabel() == "cost of each honest payment blocked (€)"
    show(figure, alt=ALT)


def test_third_varied_cost_is_not_averaged_in_silence(grid):
    twice = pd.concat([grid.assign(review=1.0), grid.assign(review=2.0)])
    with pytest.raises(ValueError, match="duplicate"):
        costs.regret_map(twice, base=MODEL, title="?")


def test_capacity_draws_shares_against_alerts():
    rng = np.random.default_rng(0)
    score, amount = rng.beta(0.1, 4, 3000), rng.lognormal(3, 1.5, 3000)
    y = rng.random(3000) < score
    time = np.linspace(0, 7200, len(y))
    table = capacity_table(y, score, amount, time, ks=[1, 5, 50], costs=MODEL)
    figure = costs.capacity(table, title="How many?")
    (axes,) = figure.axes
    drawn = [line.get_ydata().tolist() for line in axes.get_lines()]
    assert drawn == [table[c].tolist() for c in ("recall", "amount_recall", "precision")]
    for name, lines in zip(("recall", "precision"), axes.collections, strict=True):
        ends = [segment[:, 1].tolist() for segment in lines.get_segments()]
        assert ends == table[[f"{name}_low", f"{name}_high"]].to_numpy().tolist()
