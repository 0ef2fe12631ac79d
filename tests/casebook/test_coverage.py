import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score

from casebook import coverage, data, profile
from prerelease import costs as money
from prerelease import intervals

COSTS = money.CostModel()
SECONDS = 27_000.0


@pytest.fixture(scope="module")
def rows():
    """The sample with scores that the frauds of a burst share."""
    sample = data.load_sample()
    rng = np.random.default_rng(0)
    number = (sample["Time"] // 600).astype(int)
    shared = rng.normal(size=number.max() + 1)[number]
    logit = np.where(sample["Class"] == 1, 2 + 2 * shared, -5) + rng.normal(size=len(sample)) / 2
    return sample.assign(score=1 / (1 + np.exp(-logit)))


@pytest.fixture(scope="module")
def world(rows):
    return coverage.World(rows, threshold=0.5, costs=COSTS, seconds=SECONDS)


def test_bursts_of_the_world_are_those_of_the_book(rows, world):
    sizes = profile.runs(rows["Time"], rows["Class"], gap=coverage.GAP)["frauds"]
    assert [len(burst) for burst in world.bursts] == sizes.tolist()


def test_an_evening_has_whole_bursts_in_order_of_time_and_stands_for_its_payments(rows, world):
    evening, weight = world.draw(np.random.default_rng(1))
    times = evening["Time"].to_numpy()
    assert (np.diff(times) >= 0).all()
    assert 0 <= times[0] <= times[-1] <= SECONDS
    frauds = evening.index[evening["Class"] == 1]
    drawn = [np.isin(rows.index[burst], frauds).mean() for burst in world.bursts]
    assert set(drawn) == {0, 1}
    share = SECONDS / np.ptp(rows["Time"])
    payments = data.sampling_weights(rows)[rows["Class"] == 0].sum() * share
    assert weight[(evening["Class"] == 0).to_numpy()].sum() == pytest.approx(payments)


def test_truth_is_what_many_evenings_show_together(rows, world):
    drawn = [world.draw(np.random.default_rng([7, number])) for number in range(60)]
    together = pd.concat([evening for evening, _ in drawn])
    weight = np.concatenate([weight for _, weight in drawn])
    found = world.measures(together)
    truth = world.truth()
    frauds = together["Class"] == 1
    assert (together["score"][frauds] >= 0.5).mean() == pytest.approx(truth["recall"], abs=0.05)
    ranked = average_precision_score(together["Class"], together["score"], sample_weight=weight)
    assert ranked == pytest.approx(truth["average precision"], abs=0.05)
    for name, times in (("savings", 1), ("saved", len(drawn))):
        metric, values, kept = found[name]
        args = together["Class"][kept], values[kept]
        seen = intervals.value(metric, *args, sample_weight=weight[kept]) / times
        assert seen == pytest.approx(truth[name], rel=0.15)


def test_only_blocks_keep_their_promise_in_bursts(world):
    ways = dict(list(coverage.WAYS.items())[:2])
    table = coverage.coverage(world, ways=ways, n_worlds=60, n_resamples=150)
    alone, blocks = (table.loc[(way, "average precision")] for way in ways)
    assert alone["coverage"] < 0.85
    assert blocks["coverage"] > alone["coverage"]
    assert blocks["half_width"] > alone["half_width"]
    assert set(table.loc[list(ways)[1]].index) == {
        "average precision",
        "savings",
        "saved",
        "recall",
    }
    assert (table["held"] + table["below"] + table["above"] == 60).all()


def test_no_evening_is_refused(world):
    with pytest.raises(ValueError, match="n_worlds must be"):
        coverage.coverage(world, n_worlds=0)
