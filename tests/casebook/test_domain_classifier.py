"""A classifier that tells two periods apart: blind where nothing moved, sharp where much did."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from casebook.laboratory import domain_classifier
from prerelease import drift

TREES = HistGradientBoostingClassifier(max_iter=60, max_leaf_nodes=15, random_state=0)


def blocks_of(n_blocks, *, start=0.0, seed=0):
    """Return rows in blocks of ten minutes, all of one kind."""
    rng = np.random.default_rng(seed)
    rows = 20
    times = (
        start + np.repeat(np.arange(n_blocks) * 600.0, rows) + np.tile(np.arange(rows), n_blocks)
    )
    return pd.DataFrame({"Time": times, "V1": rng.normal(size=len(times))})


def found(first, second, features=("V1",), model=TREES, **how):
    return domain_classifier(first, second, features=list(features), model=model, folds=3, **how)


def test_a_classifier_that_can_tell_nothing_has_an_area_of_one_half():
    world = blocks_of(60, seed=4)
    assert 0.5 in found(world.iloc[:600], world.iloc[600:])


def test_it_finds_what_moves_together():
    rng = np.random.default_rng(5)
    first, second = (blocks_of(60, start=s, seed=i) for i, s in enumerate((0, 36_000)))
    first["V2"] = first["V1"] + rng.normal(0, 0.1, len(first))
    second["V2"] = -second["V1"] + rng.normal(0, 0.1, len(second))
    apart = drift.scan(first[["V1", "V2"]], second[["V1", "V2"]])["ks"]
    area = found(first, second, ["V1", "V2"])
    assert apart.max() < 0.1
    assert area.estimate > 0.8
    assert area.low > 0.5


def test_a_clock_tells_everything():
    world = blocks_of(40)
    halves = world.iloc[:400], world.iloc[400:]
    assert found(*halves).estimate < 0.7
    assert found(*halves, ["Time"]).estimate > 0.95


def test_fewer_blocks_than_folds_are_refused():
    with pytest.raises(ValueError, match="current must have at least 3 blocks of 600 s, got 2"):
        found(blocks_of(8), blocks_of(2))


def test_the_same_seed_gives_the_same_interval():
    world = blocks_of(40)
    halves = world.iloc[:400], world.iloc[400:]
    assert found(*halves) == found(*halves)


def test_any_classifier_can_be_the_judge_and_is_left_as_it_is():
    world = blocks_of(60, seed=4)
    moved = world.iloc[600:].assign(V1=world["V1"] + 2)
    model = LogisticRegression()
    area = found(world.iloc[:600], moved, model=model)
    # Two normal columns two standard deviations apart.
    assert area.estimate == pytest.approx(stats.norm.cdf(2 / np.sqrt(2)), abs=0.03)
    assert not hasattr(model, "coef_")
