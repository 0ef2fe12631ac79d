"""From counts alone: each number is that of the rows, or within a bound that is stated."""

import functools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from prerelease import costs, drift, intervals, profiles
from prerelease.intervals import AveragePrecision, FBeta, Precision, Recall, RocAuc
from prerelease.profiles import Contract

pytest.importorskip("ibis", reason="needs the extra scale")

T = 0.3
PRICES = costs.CostModel(miss_fee=30, recovery_share=0.2, catch_gain=3)


def draw(seed, *, n=1500, start=0, moved=0.0, unknown=0.2, ties=3):
    """Draw rows whose scores are calibrated; ties in the score, missing labels and inputs."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"time": start + np.sort(rng.integers(0, 86_400, n))})
    frame["score"] = rng.beta(0.5, 4, n).round(ties)
    frame["amount"] = rng.lognormal(3, 1, n).round(2)
    frame["x"] = rng.normal(moved, size=n)
    frame["few"] = rng.choice([0, 1, 2], n, p=[0.9, 0.06, 0.04])
    frame["holes"] = np.where(rng.random(n) < 0.1 + moved / 10, np.nan, rng.normal(size=n))
    frame["label"] = (rng.random(n) < frame["score"]).astype(float)
    frame.loc[rng.random(n) < unknown, "label"] = np.nan
    return frame


@functools.cache
def both(seed):
    """Return rows of two periods and their profiles, in bins of the first."""
    sides = draw(seed), draw(seed + 1, start=86_400, moved=0.3)
    agreed = Contract.of(sides[0], thresholds=[T], block=3600, bins=10)
    return sides, [profiles.profile(side, agreed) for side in sides], agreed


SEEDS = st.integers(0, 3)  # counted once for all tests


@settings(max_examples=6)
@given(SEEDS)
def test_distances_are_those_of_the_rows(seed):
    (old, new), counted, agreed = both(seed)
    found = profiles.drift(*counted)
    exact = drift.scan(old[[*agreed.columns]], new[[*agreed.columns]], bins=10)
    for same in ("psi", "js", "missing_reference", "missing_current"):
        np.testing.assert_allclose(found[same], exact[same], rtol=1e-9, atol=1e-12)
    assert (found["ks"] <= exact["ks"] + 1e-12).all()
    assert (exact["ks"] <= found["ks_at_most"] + 1e-12).all()


def binned(frame, agreed):
    """Return which of the bins that were cut at quantiles each value is in."""
    kept = {"time": frame["time"]}
    for name, edges in agreed.edges.items():
        bins = np.searchsorted(edges, frame[name], side="right")
        kept[name] = np.where(frame[name].isna(), -1, bins)
    return pd.DataFrame(kept)


@pytest.mark.parametrize("match", [False, True])
@settings(max_examples=3)
@given(seed=SEEDS)
def test_p_values_are_those_of_the_block_test_on_the_binned_rows(match, seed):
    sides, counted, agreed = both(seed)
    kept = [binned(side, agreed) for side in sides]
    how = {"match_hours": match, "n_permutations": 199, "level": 0.3, "seed": 3}
    wanted = drift.feature_drift(*kept, block=3600, bins=5000, **how)
    found = profiles.drift(*counted, **how)
    for same in ("p_value", "q_value", "alarm", "n_reference", "n_current"):
        assert found[same].tolist() == wanted[same].tolist()


@settings(max_examples=4)
@given(SEEDS)
def test_rates_are_those_of_the_rows(seed):
    (old, new), counted, _ = both(seed)
    known = [side.dropna(subset="label") for side in (old, new)]
    how = {"n_permutations": 199, "seed": 5}
    columns = [one[name] for one in known for name in ("time", "label")]
    assert profiles.rate_change(*counted, **how) == drift.label_rate_change(
        *columns, block=3600, **how
    )
    alerts = [one for side in (old, new) for one in (side["time"], side["score"] >= T)]
    found = profiles.rate_change(*counted, threshold=T, **how)
    assert found == drift.label_rate_change(*alerts, block=3600, **how)


def test_hours_that_one_side_lacks_are_left_out_of_rates():
    old, new = draw(1, n=4000), draw(2, start=86_400)
    morning = new[new["time"] % 86_400 < 6 * 3600]
    agreed = Contract.of(old, thresholds=[T], block=1800)
    counted = [profiles.profile(side, agreed) for side in (old, morning)]
    wanted = drift.label_rate_change(
        *[
            one
            for side in (old[old["time"] < 6 * 3600], morning)
            for one in (side["time"], side["score"] >= T)
        ],
        block=1800,
        n_permutations=99,
    )
    how = {"threshold": T, "match_hours": True, "n_permutations": 99}
    assert profiles.rate_change(*counted, **how) == wanted


@settings(max_examples=6)
@given(SEEDS)
def test_decisions_are_measured_exactly(seed):
    (old, _), (counted, _), _ = both(seed)
    known = old.dropna(subset="label")
    for metric in (Precision(T), Recall(T), FBeta(2, threshold=T)):
        found = profiles.measure(counted, metric, n_resamples=100)
        exact = intervals.value(metric, known["label"], known["score"])
        assert found.interval.estimate == pytest.approx(exact, abs=1e-12)
        assert found.least == found.most == found.interval.estimate


@settings(max_examples=8)
@given(st.integers(0, 10**6), st.sampled_from([2, 3, 6]), st.integers(2, 40))
def test_rankings_are_within_their_bounds(seed, ties, bins):
    frame = draw(seed, n=400, ties=ties)
    agreed = Contract(edges={"score": np.linspace(0.02, 0.9, bins)}, amount="", block=3600)
    counted = profiles.profile(frame, agreed)
    known = frame.dropna(subset="label")
    for metric in (AveragePrecision(), RocAuc()):
        found = profiles.measure(counted, metric, n_resamples=100)
        exact = intervals.value(metric, known["label"], known["score"])
        assert found.least - 1e-12 <= exact <= found.most + 1e-12
        assert found.least <= found.interval.estimate <= found.most


def test_bounds_of_average_precision_are_reached():
    """Ten rows in one bin: the worst order, one by one, and the best."""
    label = np.array([1, 1, 1, 0, 0, 0, 0, 0, 0, 0])
    agreed = Contract(edges={"score": [0.5]}, amount="", block=1)
    rows = pd.DataFrame({"time": np.arange(10), "score": 0.7, "label": label})
    found = profiles.measure(profiles.profile(rows, agreed), AveragePrecision())
    assert found.least == pytest.approx(metrics.average_precision_score(label, np.arange(10)))
    assert found.most == 1.0


def test_fine_bins_make_the_bounds_of_average_precision_narrow():
    (_, _), (counted, _), _ = both(0)
    found = profiles.measure(counted, AveragePrecision())
    assert found.most - found.least < 0.1 * (found.interval.high - found.interval.low)


def drawn_again(frame, agreed, value, n=100, seed=0):
    """Draw blocks of rows again, and measure the rows: no counts, one resample after another."""
    block = (frame["time"] // agreed.block).to_numpy()
    names, place = np.unique(block, return_inverse=True)
    rng = np.random.default_rng(seed)
    times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=n)
    drawn = [value(frame, weight[place]) for weight in times]
    return np.quantile(drawn, [0.025, 0.975])


@settings(max_examples=3)
@given(SEEDS)
def test_intervals_are_those_of_rows_whose_blocks_are_drawn_again(seed):
    (old, _), (counted, _), agreed = both(seed)
    known = old.dropna(subset="label")
    tied = np.searchsorted(agreed.bins("score"), known["score"], side="right")
    alert = known["score"] >= T

    def average_precision(rows, weight):
        return metrics.average_precision_score(rows["label"], tied, sample_weight=weight)

    def recall(rows, weight):
        return metrics.recall_score(rows["label"], alert, sample_weight=weight)

    def price(rows, weight):
        each = costs.row_costs(rows["label"], alert, rows["amount"], costs=PRICES)
        return 1000 * weight @ each / weight.sum()

    how = {"n_resamples": 100, "seed": 0}
    found = {
        average_precision: profiles.measure(counted, AveragePrecision(), **how),
        recall: profiles.measure(counted, Recall(T), **how),
        price: profiles.cost(counted, PRICES, threshold=T, **how),
    }
    for value, one in found.items():
        wanted = drawn_again(known, agreed, value)
        np.testing.assert_allclose([one.interval.low, one.interval.high], wanted, rtol=1e-6)


@settings(max_examples=6)
@given(st.integers(0, 10**6), st.integers(2, 8))
def test_costs_are_those_of_the_rows_within_their_bounds(seed, digits):
    frame = draw(seed, n=500, ties=12)
    frame["amount"] = np.random.default_rng(seed).lognormal(3, 1, 500).round(digits)
    agreed = Contract.of(frame, thresholds=[T], block=3600)
    counted = profiles.profile(frame, agreed)
    known, block = frame.dropna(subset="label"), frame["score"] >= T
    came = costs.row_costs(known["label"], block[known.index], known["amount"], costs=PRICES)
    awaited = costs.expected_cost(frame["score"], block, frame["amount"], costs=PRICES)
    for expected, rows in ((False, came), (True, awaited)):
        found = profiles.cost(counted, PRICES, threshold=T, expected=expected, n_resamples=100)
        assert found.least <= 1000 * rows.mean() <= found.most
        assert found.most - found.least < 0.2


def test_few_hits_get_an_exact_interval():
    rows = pd.DataFrame({"time": np.arange(50) * 60.0, "score": [0.9] * 3 + [0.1] * 47})
    rows["label"] = (rows["score"] > 0.5).astype(int)
    agreed = Contract(edges={"score": [0.5]}, amount="", thresholds=[T])
    found = profiles.measure(profiles.profile(rows, agreed), Recall(T)).interval
    assert found == intervals.binomial(3, 3)


def test_a_column_that_is_missing_altogether_moves_and_is_tested():
    (_, new), (reference, _), agreed = both(3)
    gone = profiles.profile(new.assign(x=np.nan), agreed)
    found = profiles.drift(reference, gone, level=0.3).loc["x"]
    assert np.isnan(found["ks"])
    assert (found["missing_current"], found["alarm"]) == (1.0, True)


REFUSED = [
    (lambda a, b: profiles.measure(a, Precision(0.31)), "threshold must be an edge of the score"),
    (lambda a, b: profiles.measure(a, metrics.f1_score), "metric must be one of AveragePrecision"),
    (lambda a, b: profiles.measure(a, Recall(T), n_resamples=3), "n_resamples must be an integer"),
    (lambda a, b: profiles.measure(b, Recall(T)), "no label is known"),
    (lambda a, b: profiles.cost(b, PRICES, threshold=T), "no cost came true"),
    (profiles.rate_change, "no label is known in current"),
    (lambda a, b: profiles.drift(a, b, columns=["v"]), "no column 'v'"),
    (lambda a, b: profiles.drift(a, b, n_permutations=9), "use more permutations"),
    (lambda a, b: profiles.drift(a, b, level=2), "level must be a finite number above 0"),
]


@pytest.mark.parametrize(("ask", "told"), REFUSED)
def test_what_cannot_be_told_is_refused(ask, told):
    (old, _), (counted, _), agreed = both(4)
    unknown = profiles.profile(old.assign(label=np.nan), agreed)
    with pytest.raises(ValueError, match=told):
        ask(counted, unknown)


CHANGED = [
    ({"label": 0.0}, Precision(T), "known labels must be of both classes, got only 0"),
    ({"score": 0.1}, Precision(T), "there is no alert at the threshold 0.3"),
]


@pytest.mark.parametrize(("changed", "metric", "told"), CHANGED)
def test_a_metric_without_a_value_is_refused(changed, metric, told):
    (old, _), _, agreed = both(5)
    with pytest.raises(ValueError, match=told):
        profiles.measure(profiles.profile(old.assign(**changed), agreed), metric)


PRICELESS = [
    ({"amount": np.nan}, False, "1,500 rows have no amount"),
    ({"score": 1.5}, True, "1,500 rows have no probability for a score"),
    ({"score": np.nan}, True, "1,500 rows have no probability for a score"),
    ({"time": 5}, False, "rows in two blocks of time or more"),
]


@pytest.mark.parametrize(("changed", "expected", "told"), PRICELESS)
def test_what_cannot_be_priced_is_refused(changed, expected, told):
    (old, _), _, agreed = both(6)
    counted = profiles.profile(old.assign(**changed), agreed)
    with pytest.raises(ValueError, match=told):
        profiles.cost(counted, PRICES, threshold=T, expected=expected)


def test_hours_are_matched_only_where_blocks_fit_into_them():
    (old, _), _, _ = both(7)
    counted = profiles.profile(old, Contract.of(old, block=7200))
    with pytest.raises(ValueError, match="where blocks fit into an hour, got blocks of 7200 s"):
        profiles.drift(counted, counted, match_hours=True)
