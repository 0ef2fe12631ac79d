import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from prerelease import coverage


def test_truth_is_what_many_rows_show():
    world = coverage.World(400_000, 20_000, 1000.0)
    y, score, times = world.draw(np.random.default_rng(0))
    assert average_precision_score(y, score) == pytest.approx(world.truth(), abs=0.01)
    assert y.sum() == 20_000
    assert (np.diff(times) >= 0).all()


def test_frauds_of_a_burst_share_their_score_and_their_moment():
    world = coverage.World(5000, 50, 27_544.0, burst=5)
    y, score, times = world.draw(np.random.default_rng(1))
    bursts = np.split(np.flatnonzero(y), 10)
    assert all(len(set(score[burst])) == 1 for burst in bursts)
    assert all(np.ptp(burst) == 4 for burst in bursts)
    assert all(np.ptp(times[burst]) < 300 for burst in bursts)


def test_crowded_bursts_do_not_overlap():
    y, _, _ = coverage.World(50, 45, 100.0, burst=5).draw(np.random.default_rng(0))
    assert y.sum() == 45


def test_only_time_blocks_keep_their_promise_in_bursts():
    world = coverage.World(3000, 75, 27_544.0, burst=5)
    table = coverage.coverage(world, n_worlds=60)
    assert table.loc["stratified", "coverage"] < 0.85
    assert table.loc["time-block", "coverage"] > table.loc["stratified", "coverage"]
    assert table.loc["time-block", "half_width"] > 1.5 * table.loc["stratified", "half_width"]


def test_impossible_worlds_are_refused():
    with pytest.raises(ValueError, match="burst must divide n_frauds=75, got 4"):
        coverage.World(1000, 75, 100.0, burst=4)
    with pytest.raises(ValueError, match="n_frauds must be an integer from 1 to 9, got 10"):
        coverage.World(10, 10, 100.0)
    with pytest.raises(ValueError, match="n_worlds must be"):
        coverage.coverage(coverage.World(1000, 75, 9000.0), n_worlds=0)
