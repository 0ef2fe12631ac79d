"""The interval itself, intervals of counted shares, and the ends of BCa."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from prerelease.intervals import (
    Blocks,
    Independent,
    Interval,
    RocAuc,
    _schemes,
    binomial,
    bootstrap,
    share,
)
from prerelease.intervals import Total as TotalCost
from prerelease.intervals._bootstrap import Options, _acceleration, _prepare, bca

often = settings(max_examples=40, deadline=None)


@st.composite
def counted(draw):
    n = draw(st.integers(1, 300))
    return draw(st.integers(0, n)), n


def options(scheme):
    return Options(scheme, "bca", 0.95, 100, 0)


def test_an_interval_reads_as_prose():
    interval = Interval(0.79, 0.692, 0.87, 0.95, "stratified bca", 56_962, 75)
    assert str(interval) == f"{interval}" == "0.790 [0.692, 0.870]"
    assert f"{interval:.1%}" == "79.0% [69.2%, 87.0%]"
    assert f"{interval:+.2f}" == "+0.79 [+0.69, +0.87]"


def test_an_interval_knows_what_is_in_it():
    interval = Interval(0.1, -0.1, 0.4, 0.95, "bca", 10)
    assert 0 in interval
    assert 0.4 in interval
    assert 0.5 not in interval
    assert interval.half_width == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ((0.5, 0.6, 0.7, 0.95), "0.6 <= 0.5 <= 0.7"),
        ((np.nan, 0.0, 1.0, 0.95), "0.0 <= nan <= 1.0"),
        ((0.5, 0.4, 0.6, 95), "level must be .* got 95"),
    ],
)
def test_an_interval_that_is_none_is_refused(values, message):
    with pytest.raises(ValueError, match=message):
        Interval(*values, "bca", 10)


@often
@given(counts=counted(), level=st.sampled_from([0.8, 0.95, 0.99]))
def test_binomial_intervals_are_scipys(counts, level):
    found = binomial(*counts, level=level)
    expected = stats.binomtest(*counts).proportion_ci(level)
    assert (found.low, found.high) == pytest.approx(tuple(expected), abs=1e-9)


@often
@given(counts=counted())
def test_binomial_intervals_of_hits_and_misses_mirror_each_other(counts):
    x, n = counts
    hits, misses = binomial(x, n), binomial(n - x, n)
    assert (hits.low, hits.high) == pytest.approx((1 - misses.high, 1 - misses.low), abs=1e-9)


@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_exact_intervals_cover_at_least_what_they_promise(share):
    n = 57
    chance = stats.binom.pmf(np.arange(n + 1), n, share)
    covered = [share in binomial(x, n) for x in range(n + 1)]
    assert chance[covered].sum() >= 0.95


def test_nothing_of_n_ends_where_the_formula_says():
    assert binomial(0, 30).high == pytest.approx(1 - 0.025 ** (1 / 30))
    assert binomial(0, 30).low == 0
    assert binomial(30, 30).high == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((5, 4), "successes must be an integer from 0 to 4, got 5"),
        ((-1, 4), "successes must be an integer from 0 to 4, got -1"),
        ((0, 0), "n must be an integer of at least 1, got 0"),
        ((0.5, 4), "successes must be an integer from 0 to 4, got 0.5"),
    ],
)
def test_impossible_counts_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        binomial(*arguments)


@pytest.mark.parametrize("decimals", [0, 15])  # rounded, many rows share a cell
def test_acceleration_of_a_sum_is_a_sixth_of_its_skewness(decimals):
    cost = np.random.default_rng(0).exponential(size=150).round(decimals)
    y, kernels = _prepare(TotalCost(), np.zeros(150), [cost], None)
    expected = stats.skew(cost) / (6 * np.sqrt(150))
    assert _acceleration(kernels[0], y, options(Independent())) == pytest.approx(expected)


def test_acceleration_from_random_parts_is_near_that_from_single_rows():
    cost = np.random.default_rng(0).exponential(size=20_000)
    y, kernels = _prepare(TotalCost(), np.zeros(20_000), [cost], None)
    expected = stats.skew(cost) / (6 * np.sqrt(20_000))
    found = _acceleration(kernels[0], y, options(Independent()))
    assert found == pytest.approx(expected, abs=0.01)


def test_bca_of_a_symmetric_distribution_is_the_percentile_interval():
    values = stats.norm.ppf((np.arange(1000) + 0.5) / 1000)
    assert bca(0.0, values, 0.9, 0.0) == pytest.approx(np.quantile(values, [0.05, 0.95]))


@pytest.mark.parametrize(("bias", "skew"), [(0.3, 0.0), (0.0, 0.1), (-0.2, 0.08), (0.25, -0.1)])
def test_bca_is_exact_where_efron_proves_it(bias, skew):
    # The estimate of phi is normal around phi - bias * (1 + skew * phi), with that spread: for an
    # estimate of 0 the confidence points of phi are z / (1 - skew * z), z = bias + normal quantile.
    values = stats.norm.ppf((np.arange(100_000) + 0.5) / 100_000) - bias
    z = bias + stats.norm.ppf([0.05, 0.95])
    assert bca(0.0, values, 0.9, skew) == pytest.approx(z / (1 - skew * z), abs=1e-3)


@often
@given(st.integers(0, 1000), st.floats(50, 450))
def test_a_resample_of_blocks_holds_each_row_as_often_as_blocks_cover_it(seed, seconds):
    rng = np.random.default_rng(seed)
    times = np.sort(rng.uniform(0, 1000, size=40))
    blocks = Blocks(times, seconds)
    begin = rng.uniform(0, blocks.span, size=(3, blocks.n_blocks))
    since = (times - times[0] - begin[..., None]) % blocks.span
    expected = (since < blocks.span / blocks.n_blocks).sum(axis=1)
    np.testing.assert_array_equal(blocks._row_counts(begin), expected.T)


@often
@given(st.integers(0, 1000))
def test_few_cells_and_many_cells_are_counted_alike(seed):
    rng = np.random.default_rng(seed)
    y, score = rng.random(30) < 0.5, rng.normal(size=30)
    blocks = Blocks(np.sort(rng.uniform(0, 100, size=30)), 20)
    _, (kernel,) = _prepare(TotalCost(), y, [np.round(score)], None)
    with pytest.MonkeyPatch.context() as patch:
        few = np.concatenate(list(blocks.draw(kernel, None, 50, np.random.default_rng(0))))
        patch.setattr(_schemes, "CHUNK", 1)
        many = np.concatenate(list(blocks.draw(kernel, None, 50, np.random.default_rng(0))))
    np.testing.assert_array_equal(few, many)


def test_every_row_is_drawn_as_often_as_any_other():
    times = np.sort(np.random.default_rng(0).exponential(size=50).cumsum())
    blocks = Blocks(times, 5.0)
    begin = np.random.default_rng(0).uniform(0, blocks.span, size=(20_000, blocks.n_blocks))
    mean = blocks._row_counts(begin).mean(axis=1)
    assert mean == pytest.approx(np.ones(50), abs=0.05)


def test_blocks_see_that_frauds_come_in_bursts_and_rows_do_not():
    """Twenty bursts of ten frauds alike: twenty independent frauds, not two hundred."""
    rng = np.random.default_rng(0)
    times = np.arange(4000.0)
    y = np.isin(np.arange(4000) % 200, range(10))
    score = rng.normal(size=4000) + np.where(y, np.repeat(rng.normal(2, 1, size=20), 200), 0)
    rows = bootstrap(RocAuc(), y, score)
    blocks = bootstrap(RocAuc(), y, score, scheme=Blocks(times, 200))
    assert blocks.half_width > 1.5 * rows.half_width
    assert blocks.method == "time-block percentile"


@pytest.mark.parametrize(
    ("times", "seconds", "message"),
    [
        ([0.0, 2.0, 1.0], 1, "sorted in time, but 1 s at position 2 follows 2 s"),
        ([3.0, 3.0], 1, "must span some time, got 2 rows at 3 s"),
        ([3.0], 1, "must span some time, got 1 rows"),
        ([0.0, 10.0], 0, "seconds must be .* above 0, got 0"),
        ([0.0, 10.0], 15, "at most half of the time there is"),
    ],
)
def test_blocks_that_cannot_be_are_refused(times, seconds, message):
    with pytest.raises(ValueError, match=message):
        Blocks(times, seconds)


def test_blocks_are_of_the_rows_that_are_bootstrapped():
    with pytest.raises(ValueError, match="same length: y_true has 4, times has 3"):
        bootstrap(RocAuc(), [0, 1, 0, 1], [1, 2, 3, 4], scheme=Blocks([0, 1, 2], 1))


def test_frauds_in_one_block_leave_many_resamples_without_a_fraud():
    times = np.arange(400.0)
    y = np.arange(400) < 3
    with pytest.raises(ValueError, match="no value in"):
        bootstrap(RocAuc(), y, times, scheme=Blocks(times, 20))


def test_a_share_is_drawn_by_blocks_unless_few_rows_are_on_one_side():
    blocks, among = {"scheme": Blocks(np.arange(2000.0) * 40, 600)}, np.arange(2000) % 10 == 0
    hits = np.arange(2000) % 30 == 0
    drawn = share(hits, among=among, **blocks)
    assert drawn.method.startswith("time-block percentile")
    assert (drawn.estimate, drawn.n, drawn.n_positive) == (67 / 200, 200, 67)
    few = share(np.arange(2000) < 40, among=among, level=0.975, **blocks)
    assert (few.method, few.level, few.n_positive) == ("binomial exact", 0.975, 4)
    assert share(hits, among=among) == binomial(67, 200)
    with pytest.raises(ValueError, match="n must be an integer of at least 1"):
        share(hits, among=np.zeros(2000))
