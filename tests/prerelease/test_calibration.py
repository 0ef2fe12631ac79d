"""Calibration: reliability, decompositions, ECE and corrections learned from data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.optimize import isotonic_regression
from scipy.special import expit, logit
from scipy.stats import binomtest
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss

from prerelease import calibration


def promises(n=2000, seed=0, shift=0.0, slope=1.0):
    """Labels drawn from known probabilities, and promises whose log-odds are off."""
    rng = np.random.default_rng(seed)
    true = expit(rng.normal(-2, 1.5, n))
    y = (rng.random(n) < true).astype(int)
    return y, expit(slope * logit(true) + shift)


rows = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from([0.0, 1e-300, 0.01, 0.2, 0.5, 0.9, 1.0])),
    min_size=2,
    max_size=40,
).filter(lambda pairs: 0 < sum(y for y, _ in pairs) < len(pairs))


@given(
    hnp.arrays(float, 60, elements=st.floats(0, 1)),
    hnp.arrays(int, 60, elements=st.integers(0, 1)),
    st.integers(1, 5),
)
def test_each_bin_counts_what_lies_between_its_ends(p, y, bins):
    y[:2] = [0, 1]
    table = calibration.reliability_table(y, p, bins_per_decade=bins)
    assert table["cases"].sum() == len(p)
    assert table["positives"].sum() == y.sum()
    for row in table.to_dict("records"):
        inside = (p >= row["from"]) & ((p < row["to"]) | ((row["to"] == 1) & (p == 1)))
        assert row["cases"] == inside.sum()
        assert row["positives"] == y[inside].sum()
        assert row["promised"] == pytest.approx(p[inside].mean(), abs=1e-12)
        assert row["found_low"] <= row["found"] <= row["found_high"]


def test_intervals_are_those_of_the_exact_binomial_test():
    rng = np.random.default_rng(0)
    p = 10 ** rng.uniform(-4, 0, 2000)
    table = calibration.reliability_table(rng.random(2000) < p, p, level=0.9)
    for row in table.itertuples():
        exact = binomtest(int(row.positives), int(row.cases)).proportion_ci(0.9, "exact")
        assert (row.found_low, row.found_high) == pytest.approx((exact.low, exact.high))


def test_calibrated_probabilities_lie_inside_their_intervals():
    rng = np.random.default_rng(1)
    p = 10 ** rng.uniform(-4, -0.1, 100_000)
    table = calibration.reliability_table(rng.random(len(p)) < p, p, level=0.999)
    assert table["promised"].between(table["found_low"], table["found_high"]).all()


def test_bins_are_equally_wide_on_a_log_axis():
    table = calibration.reliability_table([0, 1, 0, 1], [0.02, 0.05, 0.2, 1.0], bins_per_decade=2)
    widths = np.log10(table["to"] / table["from"])
    assert widths.to_numpy() == pytest.approx(0.5)


def test_a_promise_at_an_edge_belongs_to_the_bin_that_begins_there():
    table = calibration.reliability_table([0, 1, 0], [0.01, 0.1, 1.0], bins_per_decade=1)
    assert table[["from", "cases"]].to_numpy().tolist() == [[0.01, 1], [0.1, 2]]


def test_zero_and_tiny_probabilities_share_the_first_bin():
    table = calibration.reliability_table([0, 0, 1], [0.0, 1e-9, 0.5], lowest=1e-3)
    assert table["from"].iloc[0] == 0
    assert table["to"].iloc[0] == pytest.approx(1e-3)
    assert table["cases"].iloc[0] == 2


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
        calibration.reliability_table(y, p, **options)


@pytest.mark.parametrize(
    ("score", "reference"), [("Brier", brier_score_loss), ("log-loss", log_loss)]
)
@given(pairs=rows)
def test_parts_are_not_negative_and_make_up_the_score(score, reference, pairs):
    y, p = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    parts = calibration.decompose(y, p, score=score)
    whole = parts.miscalibration - parts.discrimination + parts.uncertainty
    assert whole == pytest.approx(parts.score)
    assert parts.miscalibration >= -1e-9
    assert parts.discrimination >= -1e-9
    if score == "Brier" or 0 < p.min() <= p.max() < 1:
        assert parts.score == pytest.approx(reference(y, np.clip(p, 1e-15, 1 - 1e-15)))


def test_decomposition_agrees_with_an_independent_isotonic_regression():
    y, p = promises(shift=1.0)
    order = np.argsort(p)  # no ties here, so the order is all there is
    fitted = isotonic_regression(y[order].astype(float)).x
    parts = calibration.decompose(y, p, score="Brier")
    assert parts.score - parts.miscalibration == pytest.approx(np.mean((fitted - y[order]) ** 2))


def test_perfect_promises_have_no_miscalibration_and_all_discrimination():
    y = np.array([0, 0, 1, 1])
    parts = calibration.decompose(y, y.astype(float), score="Brier")
    assert (parts.score, parts.miscalibration) == (0, 0)
    assert parts.discrimination == parts.uncertainty == 0.25


def test_one_promise_for_all_discriminates_nothing():
    parts = calibration.decompose([0, 0, 0, 1], [0.6] * 4, score="Brier")
    assert parts.discrimination == pytest.approx(0)
    assert parts.miscalibration == pytest.approx((0.6 - 0.25) ** 2)


def test_promises_that_differ_by_next_to_nothing_are_ranked_all_the_same():
    y = np.array([0, 1, 0, 1, 1])
    near = calibration.decompose(y, [0.0, 5e-324, 1e-310, 1e-300, 0.5])
    apart = calibration.decompose(y, [0.1, 0.2, 0.3, 0.4, 0.5])
    assert near.discrimination == apart.discrimination
    assert np.isfinite(near.miscalibration)


def test_distorting_the_log_odds_changes_miscalibration_only():
    y, right = promises()
    _, wrong = promises(shift=2.0)
    before, after = calibration.decompose(y, right), calibration.decompose(y, wrong)
    assert after.miscalibration > before.miscalibration + 0.1
    assert after.discrimination == pytest.approx(before.discrimination)
    assert after.uncertainty == before.uncertainty


def test_ece_agrees_with_scikit_learns_bins():
    y, p = promises(shift=1.0)
    found, promised = calibration_curve(y, p, n_bins=10, strategy="uniform")
    sizes = np.histogram(p, bins=10, range=(0, 1))[0]
    expected = np.abs(found - promised) @ sizes[sizes > 0] / len(y)
    assert calibration.expected_calibration_error(y, p) == pytest.approx(expected)


def test_weights_of_the_ece_are_as_good_as_repeated_rows():
    rng = np.random.default_rng(0)
    y, p, times = rng.integers(0, 2, 60), rng.random(60), rng.integers(1, 4, 60)
    again = calibration.expected_calibration_error(np.repeat(y, times), np.repeat(p, times))
    weighed = calibration.expected_calibration_error(y, p, sample_weight=times)
    assert weighed == pytest.approx(again)


def test_ece_of_promising_nothing_is_the_share_of_positives():
    y = np.arange(1000) < 2
    assert calibration.expected_calibration_error(y, np.zeros(1000)) == pytest.approx(0.002)
    assert calibration.expected_calibration_error(y, y.astype(float)) == 0


def test_sigmoid_is_unpenalised_logistic_regression_on_the_log_odds():
    y, p = promises(shift=1.5, slope=2.0)
    reference = LogisticRegression(C=1e12, tol=1e-10).fit(logit(p)[:, None], y)
    expected = reference.predict_proba(logit(p)[:, None])[:, 1]
    assert calibration.fit(y, p, method="sigmoid")(p) == pytest.approx(expected, abs=1e-5)


def test_temperature_takes_the_slope_off_and_leaves_one_half_alone():
    y, p = promises(n=20_000, slope=3.0)
    correct = calibration.fit(y, p, method="temperature")
    assert correct([0.5]) == pytest.approx([0.5])
    _, true = promises(n=20_000)
    assert np.abs(correct(p) - true).max() < 0.05


@pytest.fixture(params=calibration.METHODS)
def method(request):
    if request.param == "Venn-Abers":
        pytest.importorskip("mapie", reason='needs "prerelease[conformal]"')
    return request.param


def test_each_method_mends_what_is_badly_off_and_keeps_the_order(method):
    y, p = promises(n=6000, shift=3.0, slope=1.5)
    correct = calibration.fit(y[:3000], p[:3000], method=method)
    corrected = correct(p[3000:])
    assert ((corrected >= 0) & (corrected <= 1)).all()
    assert log_loss(y[3000:], corrected) < log_loss(y[3000:], p[3000:])
    assert (np.diff(correct(np.linspace(0, 1, 50))) >= -1e-9).all()


@pytest.mark.parametrize("method", ["sigmoid", "isotonic", "Venn-Abers"], indirect=True)
def test_all_but_temperature_promise_on_the_whole_what_is_found(method):
    y, p = promises(n=4000, shift=2.0)
    assert calibration.fit(y, p, method=method)(p).sum() == pytest.approx(y.sum(), rel=0.02)


@pytest.mark.parametrize("method", ["Venn-Abers"], indirect=True)
def test_venn_abers_promises_neither_certainty_nor_nothing(method):
    y, p = promises(n=500)
    corrected = calibration.fit(y, p, method=method)([0.0, 1.0])
    assert 0 < corrected[0] < corrected[1] < 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: calibration.decompose([0, 1], [0.1, 0.2], score="ECE"), "score must be one of"),
        (lambda: calibration.decompose([0, 0], [0.1, 0.2]), "both classes"),
        (lambda: calibration.decompose([0, 1], [0.1]), "same length"),
        (lambda: calibration.fit([0, 1], [0.1, 0.2], method="magic"), "method must be one of"),
        (lambda: calibration.fit([0, 1], [0.1, 1.2], method="sigmoid"), "from 0 to 1"),
        (lambda: calibration.expected_calibration_error([0, 1], [0.1, 0.2], bins=0), "bins"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
