"""Reliability on a log axis, with exact intervals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import binomtest

from prerelease.costs import reliability_table


@given(
    hnp.arrays(float, 60, elements=st.floats(0, 1)),
    hnp.arrays(int, 60, elements=st.integers(0, 1)),
    st.integers(1, 5),
)
def test_each_bin_counts_what_lies_between_its_ends(p, y, bins):
    y[:2] = [0, 1]
    table = reliability_table(y, p, bins_per_decade=bins)
    assert table["payments"].sum() == len(p)
    assert table["frauds"].sum() == y.sum()
    for row in table.to_dict("records"):
        inside = (p >= row["from"]) & ((p < row["to"]) | ((row["to"] == 1) & (p == 1)))
        assert row["payments"] == inside.sum()
        assert row["frauds"] == y[inside].sum()
        assert row["promised"] == pytest.approx(p[inside].mean(), abs=1e-12)
        assert row["found_low"] <= row["found"] <= row["found_high"]


def test_intervals_are_those_of_the_exact_binomial_test():
    rng = np.random.default_rng(0)
    p = 10 ** rng.uniform(-4, 0, 2000)
    table = reliability_table(rng.random(2000) < p, p, level=0.9)
    for row in table.itertuples():
        exact = binomtest(int(row.frauds), int(row.payments)).proportion_ci(0.9, "exact")
        assert (row.found_low, row.found_high) == pytest.approx((exact.low, exact.high))


def test_calibrated_probabilities_lie_inside_their_intervals():
    rng = np.random.default_rng(1)
    p = 10 ** rng.uniform(-4, -0.1, 100_000)
    table = reliability_table(rng.random(len(p)) < p, p, level=0.999)
    assert table["promised"].between(table["found_low"], table["found_high"]).all()


def test_bins_are_equally_wide_on_a_log_axis():
    table = reliability_table([0, 1, 0, 1], [0.02, 0.05, 0.2, 1.0], bins_per_decade=2)
    widths = np.log10(table["to"] / table["from"])
    assert widths.to_numpy() == pytest.approx(0.5)


def test_a_promise_at_an_edge_belongs_to_the_bin_that_begins_there():
    table = reliability_table([0, 1, 0], [0.01, 0.1, 1.0], bins_per_decade=1)
    assert table[["from", "payments"]].to_numpy().tolist() == [[0.01, 1], [0.1, 2]]


def test_zero_and_tiny_probabilities_share_the_first_bin():
    table = reliability_table([0, 0, 1], [0.0, 1e-9, 0.5], lowest=1e-3)
    assert table["from"].iloc[0] == 0
    assert table["to"].iloc[0] == pytest.approx(1e-3)
    assert table["payments"].iloc[0] == 2


@pytest.mark.parametrize(
    ("y", "p", "options", "told"),
    [
        ([0, 0], [0.1, 0.2], {}, "y must hold both classes"),
        ([0, 1], [0.1, 1.2], {}, "probability must be probabilities .* got 1.2"),
        ([0, 1], [0.1], {}, "same length: y has 2, probability has 1"),
        ([0, 1], [0.1, 0.2], {"bins_per_decade": 0}, "bins_per_decade must be .* got 0"),
        ([0, 1], [0.1, 0.2], {"lowest": 0}, "lowest must be .* got 0"),
        ([0, 1], [0.1, 0.2], {"level": 1}, "level must be .* got 1"),
    ],
)
def test_bad_reliability_input_is_refused(y, p, options, told):
    with pytest.raises(ValueError, match=told):
        reliability_table(y, p, **options)
