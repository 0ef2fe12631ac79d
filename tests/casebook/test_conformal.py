"""Intervals for a number: as wide as they should be, equal to MAPIE's, not taken for a mean's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from casebook.conformal import (
    BinnedLimits,
    adaptive_limits,
    fit_binned_limits,
    quantile_scores,
    quantile_shift,
)
from prerelease.uncertainty import conformal_limit


def world(seed, n=300):
    rng = np.random.default_rng(seed)
    low, high = np.sort(rng.normal(size=(2, n)), axis=0)
    return rng.normal(size=n) * 2, low, high


@pytest.mark.parametrize("symmetric", [True, False])
def test_bad_quantiles_are_mended_to_the_coverage_asked_for(symmetric):
    rng = np.random.default_rng(0)
    held = []
    for _ in range(600):
        y = rng.exponential(size=79)
        shift = quantile_shift(y, y * 0 + 0.4, y * 0 + 0.6, alpha=0.1, symmetric=symmetric)
        held.append(stats.expon.cdf(0.6 + shift[1]) - stats.expon.cdf(0.4 - shift[0]))
    assert np.mean(held) >= 0.9 - 3 * np.std(held) / 600**0.5
    assert np.mean(held) < 0.93


def test_quantiles_that_are_too_wide_are_moved_in():
    y = np.linspace(-1, 1, 99)
    shift = quantile_shift(y, np.full(99, -9.0), np.full(99, 9.0), alpha=0.1)
    assert shift[0] == shift[1] < -8


@given(st.integers(0, 1000))
def test_a_score_is_negative_exactly_inside(seed):
    y, low, high = world(seed, n=50)
    assert ((quantile_scores(y, low, high) <= 0) == ((low <= y) & (y <= high))).all()


def test_the_symmetric_shift_is_the_limit_of_the_scores():
    y, low, high = world(3)
    shift = quantile_shift(y, low, high, alpha=0.2)
    assert shift[0] == conformal_limit(quantile_scores(y, low, high), alpha=0.2)


def binned_world(seed, n):
    """Values whose spread and predicted quantiles say little about the largest of them."""
    rng = np.random.default_rng(seed)
    hint = rng.normal(size=n)
    y = np.exp(hint + rng.normal(size=n))
    return y, np.exp(hint - 1.5), np.exp(hint + 0.8)


EDGES = [0.0, 0.5, 2.0, np.inf]


def test_limits_by_bin_cover_every_bin_and_one_limit_does_not():
    held = {"one": [], "by bin": []}
    for seed in range(150):
        (y, *ends), (new, *new_ends) = binned_world(seed, 300), binned_world(10_000 + seed, 1000)
        bins = np.searchsorted(EDGES, new, side="right") - 1
        limits = fit_binned_limits(y, *ends, edges=EDGES, alpha=0.1)
        of_all = conformal_limit(quantile_scores(y, *ends), alpha=0.1)
        scores = quantile_scores(new, *new_ends)
        for name, limit in (("one", of_all), ("by bin", np.array(limits.limits)[bins])):
            held[name].append([np.mean((scores <= limit)[bins == b]) for b in range(3)])
    one, by_bin = (np.mean(held[name], axis=0) for name in ("one", "by bin"))
    noise = np.std(held["by bin"], axis=0) / 150**0.5
    assert (by_bin >= 0.9 - 3 * noise).all()
    assert (by_bin < 0.93).all()
    assert one.min() < 0.8


def test_intervals_hold_the_values_that_keep_to_the_limit_of_their_own_bin():
    y, *ends = binned_world(0, 300)
    limits = fit_binned_limits(y, *ends, edges=EDGES, alpha=0.1)
    new, *new_ends = binned_world(1, 500)
    bins = np.searchsorted(EDGES, new, side="right") - 1
    admitted = quantile_scores(new, *new_ends) <= np.array(limits.limits)[bins]
    low, high = limits.apply(*new_ends)
    assert ((low <= new) & (new <= high))[admitted].all()


def test_limits_by_bin_by_hand():
    # Of 9 values in each bin, at most none may be left out at 10 %: the limit is the largest miss.
    y = np.r_[np.arange(9.0), 10 + np.arange(9.0)]
    found = fit_binned_limits(y, y * 0 + 3, y * 0 + 12, edges=[0, 9, 20], alpha=0.1)
    assert found.limits == (3.0, 6.0)
    assert [end.tolist() for end in found.apply([8.0], [11.0])] == [[5.0], [17.0]]


def test_where_no_value_is_admitted_there_is_no_interval():
    low, high = BinnedLimits((0.0, 1.0), (-2.0,)).apply([0.0, 0.0], [1.0, 9.0])
    assert np.isnan([low[0], high[0]]).all()
    assert np.isnan([low[1], high[1]]).all()


def test_bins_that_cannot_be_are_refused():
    y = np.arange(18.0)
    for edges, told in (
        ([0, 5, 5, 20], "edges must be at least 2 rising numbers"),
        ([0.0], "edges must be at least 2 rising numbers"),
        ([1, 20], "edges must hold every value of y, got 0 in no bin"),
        ([0, 17], "edges must hold every value of y, got 17 in no bin"),
        ([0, 3, 20], r"coverage of 0.9 takes at least 9 calibration rows from 0 to 3, got 3"),
    ):
        with pytest.raises(ValueError, match=told):
            fit_binned_limits(y, y, y, edges=edges, alpha=0.1)


def test_bad_values_are_refused():
    with pytest.raises(ValueError, match="y must be finite, got nan"):
        quantile_shift([np.nan], [0.0], [1.0], alpha=0.5)
    with pytest.raises(ValueError, match="takes at least 19 calibration rows"):
        quantile_shift([1.0] * 9, [0.0] * 9, [2.0] * 9, alpha=0.05)
    with pytest.raises(ValueError, match="same length"):
        quantile_scores([1.0], [0.0, 0.0], [2.0, 2.0])


@given(st.integers(0, 1000), st.sampled_from([0.002, 0.02, 0.2]))
@settings(max_examples=25)
def test_adaptive_limits_keep_their_bound_on_any_stream(seed, gamma):
    rng = np.random.default_rng(seed)
    n = 400
    stream = rng.normal(size=n) * rng.choice([0.1, 1, 50]) + np.linspace(0, rng.normal() * 5, n)
    told = adaptive_limits(rng.normal(size=100), stream, alpha=0.1, gamma=gamma)
    off = abs(np.mean(~told["covered"]) - 0.1)
    assert off <= (0.9 + gamma) / (n * gamma) + 1e-12
    assert ((told["covered"]) == (stream <= told["limit"])).all()


def test_an_adaptive_limit_begins_as_the_fixed_one():
    calibration = np.random.default_rng(0).normal(size=57)
    told = adaptive_limits(calibration, [0.0], alpha=0.1)
    assert told["limit"][0] == conformal_limit(calibration, alpha=0.1)


def test_adaptive_limits_may_let_in_everything_and_nothing():
    far = adaptive_limits([1.0, 2.0], [9.0] * 30, alpha=0.4, gamma=0.2)
    assert np.isposinf(far["limit"]).any()
    near = adaptive_limits([1.0, 2.0], [-9.0] * 30, alpha=0.4, gamma=0.2)
    assert np.isneginf(near["limit"]).any()


def test_adaptive_limits_refuse_to_stand_still():
    with pytest.raises(ValueError, match="gamma must be a finite number above 0"):
        adaptive_limits([1.0], [1.0], alpha=0.1, gamma=0)
    with pytest.raises(ValueError, match="alpha must be"):
        adaptive_limits([1.0], [1.0], alpha=1.1)
