"""The bootstrap against enumeration, against scikit-learn and scipy, and against the truth."""

import tracemalloc
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics as sk

from prerelease import intervals
from prerelease.intervals import _power

METRICS = [
    intervals.AveragePrecision(),
    intervals.RocAuc(),
    intervals.PrecisionAtK(3),
    intervals.RecallAtK(3),
    intervals.FBeta(2, 0.5),
    intervals.Recall(0.5),
    intervals.Total(),
]
AP = intervals.AveragePrecision()
often = settings(max_examples=20, deadline=None)


@st.composite
def scored_rows(draw):
    """Few rows, at least two of each class, scores with more or fewer ties."""
    n = draw(st.integers(6, 60))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    y = rng.random(n) < draw(st.sampled_from([0.2, 0.5]))
    y[:4] = [True, True, False, False]
    return y, np.round(rng.normal(size=n) + 1.5 * y, draw(st.integers(0, 3)))


def payments(n=20_000, n_positive=75, shift=3.0, seed=0):
    rng = np.random.default_rng(seed)
    y = np.zeros(n, dtype=bool)
    y[rng.choice(n, n_positive, replace=False)] = True
    return y, np.round(rng.normal(size=n) + shift * y, 3)


def drawn(scheme, kernel, y, n_resamples, rng):
    return np.concatenate(list(scheme.draw(kernel, scheme.strata(y), n_resamples, rng)))


def spread(kernel, counts, rng):
    """Turn counts of cells into counts of rows: within a cell every row is alike."""
    rows = np.zeros(len(kernel.cell))
    for cell in np.flatnonzero(counts):
        members = np.flatnonzero(kernel.cell == cell)
        rows[members] = rng.multinomial(counts[cell], np.full(len(members), 1 / len(members)))
    return rows


def test_resampled_average_precision_is_scikit_learns_on_the_same_resamples():
    y, score = payments(n=3000)
    kernel, rng = AP.kernel(y, score), np.random.default_rng(0)
    counts = drawn(intervals.Stratified(), kernel, y, 40, rng)
    for one, value in zip(counts, kernel.evaluate(counts), strict=True):
        rows = spread(kernel, one.astype(int), rng)
        assert (rows[y].sum(), rows[~y].sum()) == (y.sum(), (~y).sum())
        expected = sk.average_precision_score(y, score, sample_weight=rows)
        assert value == pytest.approx(expected, rel=0, abs=1e-12)


def test_values_are_as_frequent_as_among_all_resamples_that_there_are():
    y, score = np.array([1, 1, 0, 0, 0]), np.array([5.0, 2.0, 4.0, 3.0, 1.0])
    every = [
        sk.average_precision_score(y[list(rows)], score[list(rows)])
        for rows in product([0, 1], [0, 1], [2, 3, 4], [2, 3, 4], [2, 3, 4])
    ]
    values = intervals.replicates(AP, y, [score], n_resamples=5000)[0]
    for value in np.unique(np.round(every, 9)):
        expected = np.mean(np.isclose(every, value))
        assert np.mean(np.isclose(values, value)) == pytest.approx(expected, abs=0.03)


def test_independent_resamples_vary_in_their_frauds_as_a_binomial():
    y, score = payments(n=500, n_positive=50)
    scheme, kernel = intervals.Independent(), AP.kernel(*payments(n=500, n_positive=50))
    counts = drawn(scheme, kernel, y, 2000, np.random.default_rng(0))
    frauds = counts[:, : len(np.unique(score[y]))].sum(axis=1)
    assert (counts.sum(axis=1) == 500).all()
    assert frauds.mean() == pytest.approx(50, abs=0.7)
    assert frauds.var() == pytest.approx(45, rel=0.15)


@pytest.mark.parametrize("metric", METRICS, ids=repr)
@often
@given(rows=scored_rows())
def test_a_model_differs_from_itself_by_exactly_nothing(metric, rows):
    y, score = rows
    found = intervals.bootstrap_difference(metric, y, score, score, n_resamples=100)
    assert (found.low, found.estimate, found.high) == (0, 0, 0)


@pytest.mark.parametrize("method", ["percentile", "bca"])
@often
@given(rows=scored_rows(), seed=st.integers(0, 50))
def test_an_interval_holds_its_estimate_and_stays_within_the_unit(method, rows, seed):
    y, score = rows
    found = intervals.bootstrap(AP, y, score, method=method, seed=seed, n_resamples=200)
    assert 0 <= found.low <= found.estimate <= found.high <= 1 + 1e-12
    assert found.estimate == pytest.approx(sk.average_precision_score(y, score), abs=1e-12)


@often
@given(rows=scored_rows(), seed=st.integers(0, 50))
def test_neither_the_order_of_rows_nor_the_scale_of_scores_changes_the_interval(rows, seed):
    y, score = rows
    order = np.random.default_rng(seed).permutation(len(y))
    expected = intervals.bootstrap(AP, y, score, n_resamples=100)
    assert intervals.bootstrap(AP, y[order], score[order], n_resamples=100) == expected
    assert intervals.bootstrap(AP, y, np.exp(score), n_resamples=100) == expected


def test_swapping_two_models_turns_their_difference_around():
    y, first = payments(n=2000)
    second = first + np.random.default_rng(1).normal(size=2000)
    one = intervals.bootstrap_difference(AP, y, first, second, n_resamples=5000)
    other = intervals.bootstrap_difference(AP, y, second, first, n_resamples=5000)
    assert one.estimate == pytest.approx(-other.estimate)
    assert one.low == pytest.approx(-other.high, abs=0.015)
    assert one.high == pytest.approx(-other.low, abs=0.015)


def test_a_pair_is_known_better_than_its_parts():
    y, first = payments(n=5000)
    second = first + np.random.default_rng(1).normal(scale=0.1, size=5000)
    apart = intervals.bootstrap(AP, y, first)
    pair = intervals.bootstrap_difference(AP, y, first, second)
    assert pair.half_width < apart.half_width / 2


def test_bca_is_scipys():
    y, score = payments(n=300, n_positive=30, shift=1.5)
    ours = intervals.bootstrap(intervals.RocAuc(), y, score, method="bca", n_resamples=20_000)

    def auc(positive, negative, axis=-1):
        del axis
        wins = positive[..., :, None] > negative[..., None, :]
        ties = positive[..., :, None] == negative[..., None, :]
        return (wins + ties / 2).mean(axis=(-1, -2))

    theirs = stats.bootstrap(
        (score[y], score[~y]),
        lambda p, n, axis=-1: auc(p, n, axis),
        method="BCa",
        n_resamples=5000,
        batch=200,
        rng=np.random.default_rng(0),
    ).confidence_interval
    assert ours.low == pytest.approx(theirs.low, abs=0.01)
    assert ours.high == pytest.approx(theirs.high, abs=0.01)


@pytest.mark.parametrize("seed", [1, 3])
def test_euros_and_cents_have_the_same_interval(seed):
    # Many resamples cost what the rows cost. In cents that is exact, in euros but for rounding,
    # and BCa counts which of them lie below.
    cents = np.random.default_rng(seed).integers(1, 8, size=12) * 10
    options = {"scheme": intervals.Independent(), "method": "bca", "seed": seed}
    whole = intervals.bootstrap(intervals.Total(), cents > 40, cents, **options)
    parts = intervals.bootstrap(intervals.Total(), cents > 40, cents / 100, **options)
    assert (parts.low, parts.high) == pytest.approx((whole.low / 100, whole.high / 100))


def test_any_function_gives_the_interval_of_the_fast_path():
    y, score = payments(n=400, n_positive=40, shift=1.5)
    fast = intervals.bootstrap(intervals.RocAuc(), y, score, n_resamples=400)
    slow = intervals.bootstrap(sk.roc_auc_score, y, score, n_resamples=400)
    assert slow.estimate == pytest.approx(fast.estimate, abs=1e-12)
    assert slow.low == pytest.approx(fast.low, abs=0.04)
    assert slow.high == pytest.approx(fast.high, abs=0.04)


def test_a_function_may_take_targets_that_are_no_classes():
    rng = np.random.default_rng(0)
    amount = rng.exponential(size=400)
    found = intervals.bootstrap(
        sk.mean_absolute_error,
        amount,
        np.ones(400),
        scheme=intervals.Independent(),
        n_resamples=500,
    )
    error = np.abs(amount - 1)
    assert found.n_positive is None
    assert found.estimate == pytest.approx(error.mean())
    assert found.half_width == pytest.approx(1.96 * error.std() / 20, rel=0.2)


def test_a_total_has_the_standard_error_that_theory_gives_it():
    cost = np.random.default_rng(0).exponential(10, size=1000)
    y = np.arange(1000) < 20
    options = {"scheme": intervals.Independent(), "method": "percentile", "n_resamples": 4000}
    found = intervals.bootstrap(intervals.Total(), y, cost, **options)
    assert found.half_width == pytest.approx(1.96 * cost.std() * np.sqrt(1000), rel=0.1)


def test_weighted_rows_count_as_often_as_their_weight_says():
    y, score = payments(n=1000)
    weights = np.where(y, 1.0, 4.0)
    repeated = np.repeat(np.arange(1000), weights.astype(int))
    found = intervals.bootstrap(AP, y, score, sample_weight=weights)
    assert found.estimate == pytest.approx(
        sk.average_precision_score(y[repeated], score[repeated]), abs=1e-12
    )


def test_the_seed_decides_the_interval():
    y, score = payments(n=1000)
    first, again, other = (intervals.bootstrap(AP, y, score, seed=s) for s in (0, 0, 1))
    assert first == again
    assert first != other


def test_perfect_and_constant_scores_have_intervals_without_width():
    y, _ = payments(n=1000)
    perfect = intervals.bootstrap(AP, y, y)
    assert (perfect.low, perfect.estimate, perfect.high) == (1, 1, 1)
    constant = intervals.bootstrap(AP, y, np.zeros(1000))
    assert constant.low == constant.high == pytest.approx(y.mean())


def test_average_precision_at_75_frauds_is_covered_about_as_often_as_promised():
    """Two normal distributions, whose true average precision is an integral."""
    n, n_positive, shift, runs = 2000, 75, 2.5, 100
    cut = np.linspace(-8, 12, 20_001)
    recall, false_alarms = stats.norm.sf(cut - shift), stats.norm.sf(cut)
    precision = n_positive * recall / (n_positive * recall + (n - n_positive) * false_alarms)
    truth = -np.trapezoid(precision, recall)
    covered = sum(
        truth
        in intervals.bootstrap(
            AP, *payments(n=n, n_positive=n_positive, shift=shift, seed=seed), n_resamples=500
        )
        for seed in range(runs)
    )
    assert intervals.binomial(covered, runs, level=0.999).high > 0.94
    assert covered / runs > 0.88


def test_a_thousand_resamples_peak_below_500_mebibytes():
    """How fast they are, against a loop over scikit-learn, is in benchmarks/intervals.py."""
    y, score = payments(n=56_962)
    tracemalloc.start()
    intervals.bootstrap(AP, y, score, n_resamples=1000)
    intervals.bootstrap(intervals.Total(), y, np.arange(len(y)), n_resamples=100)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 500 * 2**20


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y_true": [1, 1, 1, 1]}, "must hold both classes, got only 1 in 4 rows"),
        ({"y_true": [0, 0, 0, 0]}, "must hold both classes, got only 0 in 4 rows"),
        ({"y_true": [0, 1, 2, 0]}, "only 0 and 1, got 2 at position 2"),
        ({"y_true": [0, 1, 0, 0]}, "at least 2 rows of a class, got 1 positive"),
        ({"y_true": [1, 1, 0, 1]}, "at least 2 rows of a class, got 1 negative"),
        ({"y_true": []}, "y_true must not be empty"),
        ({"y_score": [0.1, np.nan, 0.2, 0.3]}, "y_score must be finite, got nan at position 1"),
        ({"y_score": [0.1, np.inf, 0.2, 0.3]}, "y_score must be finite, got inf at position 1"),
        ({"y_score": [0.1, 0.2]}, "same length: y_true has 4, y_score has 2"),
        ({"y_score": [[0.1]] * 4}, r"one dimension, got shape \(4, 1\)"),
        ({"y_score": ["a"] * 4}, "y_score must be numbers"),
        ({"sample_weight": [1, 1, 0, 1]}, "sample_weight must be above 0, got 0 at position 2"),
        ({"sample_weight": [1, 1]}, "one value a row: 4 rows, got 2 values"),
        ({"level": 95}, "level must be a finite number above 0 and below 1, got 95"),
        ({"method": "basic"}, "method must be one of .* got 'basic'"),
        ({"scheme": "blocks"}, "scheme must be .*Blocks.* got 'blocks'"),
        ({"scheme": intervals.Blocks}, "scheme must be .*Blocks.* got <class"),
        ({"metric": intervals.Recall}, r"such as AveragePrecision\(\), .* got <class"),
        ({"n_resamples": 10}, "n_resamples must be an integer of at least 100, got 10"),
        ({"seed": -1}, "seed must be an integer of at least 0, got -1"),
    ],
)
def test_input_without_an_answer_is_refused(change, message):
    rows = {"metric": AP, "y_true": [0, 1, 1, 0], "y_score": [0.1, 0.4, 0.3, 0.2]} | change
    with pytest.raises(ValueError, match=message):
        intervals.bootstrap(**rows)


def test_a_metric_that_often_has_no_value_has_no_interval():
    y, score = payments(n=1000)
    top = intervals.Precision(np.sort(score)[-1])
    with pytest.raises(ValueError, match=r"no value in \d+ of 2000 resamples"):
        intervals.bootstrap(top, y, score)


def test_the_default_interval_is_made_of_the_quantiles_of_the_resamples():
    y, score = payments(n=2000)
    found = intervals.bootstrap(AP, y, score, seed=3)
    values = intervals.replicates(AP, y, [score], seed=3)[0]
    assert found.method == "stratified percentile"
    assert (found.low, found.high) == pytest.approx(np.quantile(values, [0.025, 0.975]))


def test_bca_cannot_correct_a_bias_that_every_resample_has():
    y, score = payments(n=1000)

    def distinct_rows(y_true, y_score, sample_weight):
        assert len(y_true) == len(y_score) == np.count_nonzero(sample_weight)
        return len(y_true)

    with pytest.raises(ValueError, match="lie on one side of the estimate 1000"):
        intervals.bootstrap(distinct_rows, y, score, n_resamples=100, method="bca")
    stretched = intervals.bootstrap(distinct_rows, y, score, n_resamples=100)
    assert stretched.low < stretched.high == stretched.estimate == 1000


def test_replicates_need_a_model():
    with pytest.raises(ValueError, match="at least one model, got none"):
        intervals.replicates(AP, [0, 0, 1, 1], [])


def test_the_detectable_difference_has_the_standard_error_of_paired_shares():
    """For recall the paired standard error is known: McNemar's."""
    y = np.r_[np.ones(200), np.zeros(50)]
    first = np.r_[np.arange(200) < 160, np.zeros(50)]
    second = np.r_[np.arange(200) >= 60, np.zeros(50)]
    found = intervals.smallest_detectable_difference(
        intervals.Recall(1), y, first, second, n_resamples=10_000
    )
    apart, mean = (first != second)[:200].mean(), (160 - 140) / 200
    assert found.standard_error == pytest.approx(np.sqrt((apart - mean**2) / 200), rel=0.05)
    assert found.difference == pytest.approx(2.80 * found.standard_error, rel=0.01)
    assert found.positives_needed(found.difference / 2) == pytest.approx(800, abs=1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"power": 0.3}, "power must be .* got 0.3"),
        ({"level": 0}, "level must be .* got 0"),
        ({"second": [0.1, 0.4, 0.3, 0.2]}, "the same metric in every resample"),
    ],
)
def test_a_comparison_that_shows_nothing_is_refused(change, message):
    options = {"first": [0.1, 0.4, 0.3, 0.2], "second": [0.4, 0.1, 0.3, 0.2]} | change
    with pytest.raises(ValueError, match=message):
        intervals.smallest_detectable_difference(AP, [0, 1, 1, 0], **options)


def test_a_needed_number_of_frauds_is_for_a_difference():
    found = _power.Detectable(0.1, 0.035, 75)
    with pytest.raises(ValueError, match="difference must be a finite number above 0, got 0"):
        found.positives_needed(0)
