"""Linearised metrics, and their intervals, against other ways to compute the same."""

import numpy as np
import pandas as pd
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from gate_helpers import scores
from prerelease import gate
from prerelease.costs import CostModel
from prerelease.gate._clusters import Clusters
from prerelease.gate._ends import _quantile, interval, spread
from prerelease.gate._linear import Linear, linearised

RULE = gate.Decision(rule="threshold", threshold=0.3)
ESTIMATED = [name for name in gate.units() if name not in ("cases", "positives", "days")]


def scored(frame, **options):
    return gate.Scored(frame, CostModel(), RULE, **{"block_seconds": 60.0, **options})


def tied(n=300, seed=0):
    """Scored cases with ties, uneven weights and both classes."""
    rng = np.random.default_rng(seed)
    frame = scores(n, frauds=n // 5, seed=seed)
    return frame.assign(score=frame["score"].round(1), weight=rng.uniform(0.5, 3, n))


@pytest.mark.parametrize("metric", ESTIMATED)
def test_an_influence_is_the_derivative_by_the_weight(metric):
    frame = tied()
    k = 300 if metric.endswith("_at_k") else None  # cuts many cases of one score
    found = linearised(scored(frame), metric, k)
    for row in (0, 7, 100, 299):
        ends = []
        for nudge in (1e-5, -1e-5):
            weight = frame["weight"].to_numpy(copy=True)
            weight[row] *= 1 + nudge
            ends.append(linearised(scored(frame.assign(weight=weight)), metric, k).value)
        slope = (ends[0] - ends[1]) / 2e-5
        assert found.influence[row] == pytest.approx(slope, rel=1e-4, abs=1e-9)


@pytest.mark.parametrize("metric", [one for one in ESTIMATED if not one.endswith(("_k", "_day"))])
def test_more_of_every_row_changes_no_metric_so_influences_add_up_to_nothing(metric):
    found = linearised(scored(tied()), metric)
    assert abs(found.influence.sum()) < 1e-9 * np.abs(found.influence).sum()


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.floats(0.1, 9)), min_size=4))
def test_ranking_metrics_are_those_of_scikit_learn_with_ties_and_weights(rows):
    label, score, weight = map(
        np.array, zip(*[*rows, (True, 1, 1.0), (False, 1, 1.0)], strict=True)
    )
    frame = pd.DataFrame({"label": 1.0 * label, "score": score / 5, "weight": weight})
    some = gate.Scored(frame.assign(time=0.0, amount=1.0), CostModel(), RULE)
    for metric, by_another in (
        ("average_precision", average_precision_score),
        ("roc_auc", roc_auc_score),
    ):
        other = by_another(label, score, sample_weight=weight)
        assert linearised(some, metric).value == pytest.approx(other, abs=1e-12)


def of_values(values, stretch, seconds=600.0, kind="money"):
    """A sum of values, in stretches."""
    values, stretch = np.asarray(values, dtype=float), np.asarray(stretch)
    clusters = Clusters(len(values), stretch, seconds, float(stretch[-1] + 1))
    counts = np.ones(len(values), dtype=bool)
    return Linear(float(values.sum()), values, kind, counts, float(len(values))), clusters


def test_a_variance_over_stretches_is_that_of_their_sums():
    rng = np.random.default_rng(0)
    stretch = np.sort(rng.integers(0, 30, 400))
    linear, clusters = of_values(rng.normal(size=400), stretch)
    first = spread(linear, clusters)
    assert first.where == "stretches of 600 s"  # of 1,200 s fewer than 20 hold a case
    sums = np.array([linear.influence[stretch == one].sum() for one in range(30)])
    assert first.variance == pytest.approx(30 * sums.var(ddof=1))
    assert first.skew == pytest.approx(((sums - sums.mean()) ** 3).sum() / first.variance**1.5)


def test_longer_stretches_are_sums_of_two():
    stretch = np.array([0, 0, 1, 4, 5, 5, 9])
    clusters = Clusters(7, stretch, 10.0, 10.0)
    values = np.arange(7.0)
    levels = list(clusters.over_time(values))
    assert [one.seconds for one in levels] == [10, 20, 40, 80, 160]
    assert [one.sums[0].tolist() for one in levels[:3]] == [[1, 2, 3, 9, 6], [3, 12, 6], [3, 12, 6]]
    for one in levels:
        by_hand = [values[stretch // (one.seconds / 10) == i].sum() for i in range(10)]
        assert one.sums[0].tolist() == [x for x in by_hand if x]
    assert levels[2].seen.tolist() == [1, 1, 0.5]  # of 80 to 120 s half is over


def test_the_largest_variance_counts():
    rng = np.random.default_rng(1)
    burst = np.repeat(rng.normal(size=200), 8)  # alike for eight stretches
    linear, clusters = of_values(burst, np.arange(1600))
    found = spread(linear, clusters)
    assert float(found.where.split()[2]) >= 8 * 600
    assert found.design > 5
    lonely, clusters = of_values(rng.normal(size=1600), np.arange(1600))
    assert spread(lonely, clusters).design < 2


def test_a_group_that_shares_its_fate_counts_as_one():
    rng = np.random.default_rng(2)
    each = rng.normal(size=100)
    of = rng.permutation(np.repeat(np.arange(100), 5))
    linear, clusters = of_values(each[of], np.arange(500))
    grouped = Clusters(500, np.arange(500), 600.0, 500.0, of)
    assert spread(linear, grouped).where == "groups"
    assert spread(linear, grouped).design == pytest.approx(5, rel=0.2)
    assert spread(linear, clusters).design < 2.5


@pytest.mark.parametrize("hits", [0, 1, 30, 59, 60])
def test_a_share_of_independent_cases_gets_the_exact_interval(hits):
    label = np.ones(80)
    label[60:] = 0
    score = np.zeros(80)
    score[:hits] = 1
    frame = pd.DataFrame(
        {"label": label, "score": score, "amount": 1.0, "time": 600.0 * np.arange(80)}
    )
    found = gate.measure(scored(frame, block_seconds=1.0), "recall").interval
    low, high = (
        scipy.stats.beta.ppf(0.025, hits, 61 - hits) if hits else 0,
        scipy.stats.beta.ppf(0.975, hits + 1, 60 - hits) if hits < 60 else 1,
    )
    if hits in (0, 60):
        assert (found.low, found.high) == pytest.approx((low, high))
    assert found.low <= low + 1e-12
    assert found.high >= high - 1e-12


@given(st.floats(-2, 2), st.floats(-3, 3))
@settings(max_examples=50, deadline=None, derandomize=True)
def test_a_quantile_turns_what_hall_makes_normal_back(skew, z):
    t = _quantile(z, skew)
    assert t + skew * t**2 / 3 + skew**2 * t**3 / 27 + skew / 6 == pytest.approx(z, abs=1e-4)


def test_perfect_scores_are_no_certainty():
    frame = scores(1000, frauds=30)
    for metric in ("average_precision", "roc_auc"):
        found = gate.measure(scored(frame.assign(score=frame["label"])), metric).interval
        assert found.high == 1
        worst = 0 if metric == "average_precision" else 0.5  # where the unseen rank
        assert found.low == pytest.approx(1 - (1 - 0.025 ** (1 / 30)) * (1 - worst))


def bursty(n_bursts, seed=0, seconds=7200.0):
    """Ten days in which positives come in bursts of eight that share their fate."""
    rng = np.random.default_rng(seed)
    start = np.repeat(rng.uniform(0, 864_000, n_bursts), 8)
    hit = np.repeat(rng.random(n_bursts) < 0.8, 8)
    others = 100 * n_bursts
    return pd.DataFrame(
        {
            "time": np.r_[
                start + rng.uniform(0, seconds, len(start)), rng.uniform(0, 864_000, others)
            ],
            "amount": 1.0,
            "label": np.r_[np.ones(len(start)), np.zeros(others)],
            "score": np.r_[0.2 + 0.6 * hit, rng.uniform(0, 0.31, others)],
        }
    ).sort_values("time", ignore_index=True)


def test_too_few_bursts_are_said_with_their_number_and_length():
    found = gate.measure(scored(bursty(8), block_seconds=600.0), "recall")
    assert "come in about" in found.doubt
    assert "an interval needs 20" in found.doubt
    about = int(found.doubt.split("about ")[1].split()[0])
    assert 5 <= about <= 16
    assert not gate.measure(scored(bursty(60), block_seconds=600.0), "recall").doubt


@pytest.mark.parametrize("seconds", [300.0, 7200.0])
def test_recall_at_its_bound_passes_seldom_though_bursts_share_their_fate(seconds):
    passes = 0
    for seed in range(200):
        some = scored(bursty(40, seed, seconds), block_seconds=600.0)
        found, doubt = interval(linearised(some, "recall"), some.clusters)
        passes += not doubt and found.low >= 0.8
    # Of 200 at one in 40, more than 11 come once in 200 times. Were cases taken for independent,
    # one in four would pass (the spread is 8 ** 0.5 times as large), and 11 or fewer of 200 never.
    assert passes <= 11


def test_cost_of_few_heavy_misses_passes_seldom_at_its_bound():
    rng, passes, n, stay = np.random.default_rng(0), 0, 60, 0.25
    true = 1000 * (0.1 * (stay * (20 + 100.0) + (1 - stay) * 5))
    for _ in range(200):
        label = np.arange(600) < n
        amount = 100 * rng.lognormal(-(1.5**2) / 2, 1.5, 600)
        score = np.where(label & (rng.random(600) > stay), 0.9, 0.1)
        frame = pd.DataFrame({"label": 1.0 * label, "amount": amount, "score": score})
        some = scored(frame.assign(time=600.0 * rng.permutation(600)).sort_values("time"))
        found = gate.measure(some, "cost_per_1000")
        passes += not found.doubt and found.interval.high <= true
    assert passes <= 11


def test_numbers_of_alerts_vary_by_stretch():
    rng = np.random.default_rng(0)
    per_hour = rng.poisson(rng.gamma(2, 10, 240))  # over-dispersed
    time = np.repeat(3600.0 * np.arange(240), per_hour) + rng.uniform(0, 3600, per_hour.sum())
    frame = pd.DataFrame({"time": np.sort(time), "amount": 1.0, "label": 0.0, "score": 0.9})
    found = gate.measure(
        scored(
            frame.assign(score=np.where(np.arange(len(time)) % 2, 0.1, 0.9)), block_seconds=3600.0
        ),
        "alerts_per_day",
    ).interval
    exact = 24 * per_hour.std(ddof=1) / 240**0.5 / 2
    assert (found.high - found.low) / 2 / 1.96 == pytest.approx(exact, rel=0.4)
    assert found.high - found.low > 3.92 * 24 * (per_hour.mean() / 240) ** 0.5 / 2
