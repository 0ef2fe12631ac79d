"""Means over repeated draws, such as trainings or shuffles, and rows at once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prerelease import intervals
from prerelease.intervals import _draws, redrawn
from prerelease.intervals._bootstrap import Options

AP = intervals.AveragePrecision()


def payments(n=20_000, n_positive=75, shift=3.0, seed=0):
    rng = np.random.default_rng(seed)
    y = np.zeros(n, dtype=bool)
    y[rng.choice(n, n_positive, replace=False)] = True
    return y, np.round(rng.normal(size=n) + shift * y, 3)


def test_a_single_draw_of_each_is_the_plain_difference():
    y, first = payments(n=1000)
    second = first + np.random.default_rng(1).normal(size=1000)
    scheme = intervals.Blocks(np.arange(1000.0), 50)
    one = intervals.bootstrap_difference(AP, y, first, second, scheme=scheme)
    many = intervals.mean_difference(AP, y, [first], [second], scheme=scheme)
    assert (many.estimate, many.low, many.high) == pytest.approx((one.estimate, one.low, one.high))
    assert many.method == one.method == "time-block percentile"


def test_sums_of_one_draw_each_are_those_of_the_plain_difference():
    rng, y = np.random.default_rng(0), np.arange(500) % 5 == 0
    first, second = rng.exponential(size=500), rng.exponential(size=500)
    scheme = intervals.Blocks(np.arange(500.0), 25)
    one = intervals.bootstrap_difference(intervals.Total(), y, first, second, scheme=scheme)
    many = intervals.mean_difference(intervals.Total(), y, [first], [second], scheme=scheme)
    assert (many.estimate, many.low, many.high) == pytest.approx((one.estimate, one.low, one.high))
    assert (many.method, many.n_positive) == (one.method, one.n_positive)


@pytest.mark.parametrize("metric", [AP, intervals.Total(), intervals.Recall(0.5)])
def test_draws_of_a_model_are_measured_on_the_same_blocks(metric):
    y, first = payments(n=600)
    scores = [first, first + np.random.default_rng(1).normal(size=600)]
    scheme = intervals.Blocks(np.arange(600.0), 30)
    together = intervals.replicates(metric, y, scores, scheme=scheme, n_resamples=300)
    found = _draws._values(metric, y, scores, Options(scheme, n_resamples=300))
    assert found == pytest.approx(together, nan_ok=True)


def test_the_interval_of_a_mean_over_draws_covers_the_procedure_it_is_the_mean_of():
    """Rows and draws both vary: of many repetitions, 95 % of the intervals hold the truth."""
    rng, held, n, draws = np.random.default_rng(0), 0, 200, 4
    scheme, y = intervals.Blocks(np.arange(float(n)), 1.0), np.arange(n) % 2
    for repetition in range(120):
        rows = rng.normal(size=n)
        costs = [rows + rng.normal(0, 0.15) for _ in range(draws)]  # luck of each draw
        found = intervals.mean_difference(
            intervals.Total(), y, costs, [np.zeros(n)], scheme=scheme, n_resamples=200,
            seed=repetition,
        )  # fmt: skip
        held += 0.0 in found
    # Four draws tell little of how draws differ, so somewhat less than promised.
    assert 0.86 <= held / 120 <= 0.99


def test_row_counts_are_the_resamples_of_the_bootstrap():
    y, score = payments(n=500)
    scheme = intervals.Blocks(np.arange(500.0), 25)
    counts = np.concatenate([*_draws.row_counts(scheme, np.ones(500), n_resamples=200, seed=3)])
    totals = intervals.replicates(
        intervals.Total(), y, [score], scheme=scheme, n_resamples=200, seed=3
    )
    assert counts @ score == pytest.approx(totals[0])


def test_means_over_draws_have_percentile_intervals_only():
    with pytest.raises(ValueError, match="method must be one of"):
        intervals.mean_difference(AP, [0, 0, 1, 1], [[1, 2, 3, 4]], [[4, 3, 2, 1]], method="bca")


@pytest.mark.parametrize("values", [[0.0, 1.0], [0.0, 0.2, 1.0]])
def test_draws_vary_as_their_mean_does(values):
    draws = np.repeat(np.array(values)[:, None], 100_000, axis=1)
    found = redrawn(draws, np.random.default_rng(1))
    assert found.mean() == pytest.approx(np.mean(values), abs=0.01)
    assert found.var() == pytest.approx(np.var(values, ddof=1) / len(values), rel=0.02)


@given(st.integers(2, 6), st.integers(0, 2**16))
@settings(max_examples=20, deadline=None)
def test_repetitions_that_agree_add_no_doubt_and_others_add_their_variance(n, seed):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=4000)
    same = redrawn(np.tile(rows, (n, 1)), rng)
    np.testing.assert_allclose(same, rows)
    level = rng.normal(size=(n, 1))
    varied = redrawn(rows + level, rng)
    # The mean of n repetitions varies with the variance of one over n.
    wanted = rows.var() + level.var(ddof=1) / n
    assert varied.var() == pytest.approx(wanted, rel=0.25)
    assert varied.mean() == pytest.approx(rows.mean() + level.mean(), abs=0.15 * np.sqrt(wanted))
