"""Effect sizes: exact, invariant where they should be, and plain about bad input."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats
from scipy.spatial.distance import jensenshannon

from prerelease import drift
from prerelease.drift._buckets import compare
from prerelease.drift._scan import STATISTICS, jensen_shannon

VALUES = st.one_of(
    st.floats(-1e6, 1e6),
    st.sampled_from([0.0, -0.0, 1.0, -1.0, 1e-300, -1e-300, 1e30, 5e-324]),
)
SAMPLES = arrays.arrays(np.float64, st.integers(2, 60), elements=VALUES)


def frame(values):
    return pd.DataFrame({"V1": values})


def cut_counts(x, y, bins):
    cuts = np.unique(np.quantile(x, np.arange(1, bins) / bins, method="inverted_cdf"))
    return [np.bincount(np.searchsorted(cuts, v), minlength=len(cuts) + 1) for v in (x, y)]


@settings(max_examples=150, deadline=None)
@given(SAMPLES, SAMPLES)
def test_distances_of_any_two_samples_are_those_of_scipy(x, y):
    found = compare(x, y, bins=2)
    assert found.ks == pytest.approx(stats.ks_2samp(x, y, method="asymp").statistic, abs=1e-12)
    scale = max(np.abs(x).max(), np.abs(y).max())
    assert found.wasserstein == pytest.approx(
        stats.wasserstein_distance(x, y), rel=1e-9, abs=1e-12 * scale
    )
    for own, other in zip(
        (found.reference_counts, found.current_counts), cut_counts(x, y, 2), strict=True
    ):
        assert own.tolist() == other.tolist()


@pytest.mark.parametrize("offset", [0.0, 1e7])
@pytest.mark.parametrize("shape", ["normal", "rounded", "heavy"])
def test_large_samples_agree_with_scipy_to_nine_digits(shape, offset):
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=20_000), rng.normal(0.05, 1.1, size=7_000)
    if shape == "rounded":
        x, y = x.round(1), y.round(1)
    if shape == "heavy":
        x, y = np.sinh(3 * x), np.sinh(3 * y)
    x, y = x + offset, y + offset
    row = drift.scan(frame(x), frame(y)).loc["V1"]
    assert row["ks"] == pytest.approx(stats.ks_2samp(x, y, method="asymp").statistic, abs=1e-12)
    assert row["wasserstein"] == pytest.approx(stats.wasserstein_distance(x, y), rel=1e-9)
    p, q = cut_counts(x, y, 10)
    assert row["js"] == pytest.approx(jensenshannon(p, q, base=2), abs=1e-9)
    p, q = p / p.sum(), q / q.sum()
    assert row["psi"] == pytest.approx(((p - q) * np.log(p / q)).sum(), abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(SAMPLES)
def test_a_sample_has_no_distance_from_itself_in_any_order(x):
    shuffled = np.random.default_rng(0).permutation(x)
    row = drift.scan(frame(x), frame(shuffled), bins=2).loc["V1", list(STATISTICS)]
    assert row["ks"] == row["psi"] == row["js"] == 0
    # Sums in another order differ in their last digits.
    assert row["wasserstein"] <= 1e-14 * np.abs(x).max()


def test_a_monotone_change_of_scale_leaves_ks_psi_and_js_unchanged():
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=3000), rng.normal(0.3, 1, size=2000)
    kept = ["ks", "psi", "js"]
    first = drift.scan(frame(x), frame(y)).loc["V1", kept]
    second = drift.scan(frame(np.exp(x)), frame(np.exp(y))).loc["V1", kept]
    assert second.tolist() == pytest.approx(first.tolist(), abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=8))
def test_jensen_shannon_and_psi_are_symmetric_and_bounded(pairs):
    p, q = np.array(pairs).T
    if p.sum() == 0 or q.sum() == 0:
        with pytest.raises(ValueError, match="must count rows"):
            jensen_shannon(p, q)
        return
    js = jensen_shannon(p, q)
    assert js == pytest.approx(jensen_shannon(q, p), abs=1e-12)
    assert 0 <= js <= 1
    assert js == pytest.approx(np.nan_to_num(jensenshannon(p, q, base=2)), abs=1e-7)
    assert drift.psi(p, q) == pytest.approx(drift.psi(q, p), abs=1e-12)
    assert drift.psi(p, q) >= 0


def test_a_constant_on_one_side_is_compared_like_any_other_value():
    x, y = np.zeros(50), np.linspace(-1, 1, 50)
    for a, b in ((x, y), (y, x)):
        row = drift.scan(frame(a), frame(b)).loc["V1"]
        assert row["ks"] == pytest.approx(stats.ks_2samp(a, b, method="asymp").statistic)
        assert row["wasserstein"] == pytest.approx(stats.wasserstein_distance(a, b))


def test_two_equal_constants_have_not_moved():
    row = drift.scan(frame(np.ones(20)), frame(np.ones(5))).loc["V1", list(STATISTICS)]
    assert row.tolist() == [0, 0, 0, 0]


def test_missing_values_are_left_out_and_counted_on_their_side():
    x = np.arange(100.0)
    holes = np.where(np.arange(100) % 4 == 0, np.nan, x)
    row = drift.scan(frame(x), frame(holes)).loc["V1"]
    assert row["missing_reference"] == 0
    assert row["missing_current"] == 0.25
    assert row["ks"] == pytest.approx(stats.ks_2samp(x, holes[~np.isnan(holes)]).statistic)


def test_integers_and_floats_of_the_same_value_are_the_same():
    x = np.arange(50)
    assert drift.scan(frame(x), frame(x.astype(float))).loc["V1", "ks"] == 0


def test_without_the_area_the_rest_is_the_same():
    rng = np.random.default_rng(3)
    x, y = frame(rng.normal(size=500)), frame(rng.normal(size=300))
    full, few = drift.scan(x, y), drift.scan(x, y, statistics=["ks", "psi"])
    pd.testing.assert_frame_equal(full[few.columns], few)


def test_no_frame_is_changed():
    x, y = frame(np.arange(30.0)), frame(np.arange(20.0))
    copies = x.copy(), y.copy()
    drift.scan(x, y)
    pd.testing.assert_frame_equal(x, copies[0])
    pd.testing.assert_frame_equal(y, copies[1])


GOOD = frame(np.arange(30.0))


@pytest.mark.parametrize(
    ("reference", "current", "told"),
    [
        (GOOD.head(0), GOOD, "reference must hold rows and columns, got shape"),
        (GOOD, GOOD.head(0), "current must hold rows and columns"),
        (
            GOOD,
            GOOD.rename(columns={"V1": "V2"}),
            r"reference must hold every feature, .'V2'. missing",
        ),
        (GOOD, GOOD.astype(str), "current must be numeric in every feature: V1 is (object|str)"),
        (GOOD.head(5), GOOD, "at least as many values as bins: 'V1' has 5 for bins=10"),
        (GOOD, GOOD * np.nan, "current must hold values of 'V1', all of them are missing"),
        (GOOD, GOOD.replace(1.0, np.inf), "'V1' holds an infinite value"),
    ],
)
def test_what_cannot_be_compared_is_refused_by_name(reference, current, told):
    with pytest.raises(ValueError, match=told):
        drift.scan(reference, current)


def test_a_feature_that_is_asked_for_must_be_on_both_sides():
    with pytest.raises(ValueError, match=r"current must hold every feature, .'V2'. missing"):
        drift.scan(GOOD.assign(V2=1.0), GOOD, features=["V2"])


def test_other_types_than_frames_are_refused():
    with pytest.raises(TypeError, match="current must be a pandas DataFrame, got ndarray"):
        drift.scan(GOOD, np.zeros((3, 1)))


def test_an_unknown_statistic_is_refused():
    with pytest.raises(ValueError, match=r"statistics must be one of 'ks'.*got 'tv'"):
        drift.scan(GOOD, GOOD, statistics=["tv"])
