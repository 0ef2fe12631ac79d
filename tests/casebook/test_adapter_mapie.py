"""The contract with MAPIE: what moves in it should fail here, by name."""

import inspect
import sys
from importlib.metadata import version
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from casebook import conformal
from casebook.adapters import mapie
from prerelease import uncertainty
from prerelease.adapters.mapie import venn_abers
from prerelease.uncertainty import conformal_limit

pytest.importorskip("mapie", reason='needs "prerelease[conformal]"')
from mapie import classification, exchangeability_testing, regression


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    y = np.arange(400) < 57
    return y, np.where(y, rng.beta(2, 1, 400), rng.beta(0.2, 8, 400))


def test_a_missing_extra_is_told_with_how_to_install_it(rows, monkeypatch):
    monkeypatch.setitem(sys.modules, "mapie", None)
    told = r'mapie is not installed: pip install "prerelease\[conformal\]"'
    with pytest.raises(ImportError, match=told):
        venn_abers(*rows)


@pytest.mark.parametrize(
    ("call", "part"),
    [
        (venn_abers, "mapie.calibration"),
        (lambda y, p: mapie.label_sets(y, p, p, alpha=0.1), "mapie.classification"),
        (lambda y, p: mapie.control_recall(y, p, recall=0.9, delta=0.1), "mapie.risk_control"),
        (lambda y, p: mapie.jumper_wealth(p), "mapie.exchangeability_testing"),
    ],
)
def test_a_mapie_whose_interface_broke_is_named(rows, monkeypatch, call, part):
    for name, other in ((part, SimpleNamespace()), (part, None)):  # a class gone, a module gone
        monkeypatch.setitem(sys.modules, name, other)
        with pytest.raises(TypeError, match=r"MAPIE .* does not answer as MAPIE 1 did"):
            call(*rows)


def test_a_mapie_that_takes_other_options_is_named(rows, monkeypatch):
    monkeypatch.setattr(classification, "SplitConformalClassifier", lambda estimator: estimator)
    with pytest.raises(TypeError, match=r"does not answer as MAPIE 1 did.*confidence_level"):
        mapie.label_sets(*rows, rows[1], alpha=0.1)


def test_the_major_version_is_the_one_that_the_adapter_was_written_for():
    assert version("mapie").split(".")[0] == "1"


def test_classifier_scores_and_signature_are_as_expected(rows):
    named = inspect.signature(classification.SplitConformalClassifier.__init__).parameters
    assert {"estimator", "confidence_level", "conformity_score", "prefit"} <= set(named)
    sets = mapie.label_sets(*rows, np.array([0.0, 0.5, 1.0]), alpha=0.1)
    assert sets.shape == (3, 2)
    assert sets.dtype == bool
    assert sets[0].tolist() == [True, False]


def test_mapie_has_no_door_for_limits_by_label():
    assert not any("ondrian" in name for name in dir(classification))


def test_quantile_regressor_moves_each_end_alone_unless_told(rows):
    named = inspect.signature(regression.ConformalizedQuantileRegressor.predict_interval).parameters
    assert named["symmetric_correction"].default is False
    y = np.random.default_rng(0).exponential(size=99)
    flat = np.tile([0.2, 1.0, 0.6], (99, 1))
    together, alone = (
        np.ravel(mapie.number_intervals(y, flat, flat[:1], alpha=0.1, symmetric=s))
        for s in (True, False)
    )
    assert together[0] - 0.2 == pytest.approx(-(together[1] - 1.0))
    assert abs(alone[0] - 0.2) != pytest.approx(alone[1] - 1.0)


def test_intervals_around_a_mean_are_the_conformal_limit_of_its_misses():
    rng = np.random.default_rng(1)
    y, predicted = rng.exponential(size=199), rng.normal(size=199)
    low, high = mapie.number_intervals(y, predicted[:, None], np.array([[0.0], [3.0]]), alpha=0.07)
    limit = conformal_limit(np.abs(y - predicted), alpha=0.07)
    assert low == pytest.approx([-limit, 3 - limit])
    assert high == pytest.approx([limit, 3 + limit])


def test_known_limit_its_default_correction_finds_no_threshold_with_57_frauds(rows):
    y, p = rows
    own = np.sort(p[y])
    asked = {"recall": 0.9, "delta": 0.1, "thresholds": own}
    assert mapie.control_recall(y, p, **asked, method="bonferroni_holm")[0] is None
    assert mapie.control_recall(y, p, **asked)[0] == own[2]


def test_its_default_grid_is_a_hundred_steps_from_zero(rows):
    _, p_values = mapie.control_recall(*rows, recall=0.5, delta=0.1)
    assert p_values.shape == (100,)


def test_known_flaw_it_now_and_then_counts_one_miss_too_many(rows):
    y, p = rows
    _, theirs = mapie.control_recall(y, p, recall=0.9, delta=0.1, thresholds=np.sort(p[y]))
    exact, one_more = (
        stats.binom.cdf(np.arange(57), 57, 0.1),
        stats.binom.cdf(np.arange(57) + 1, 57, 0.1),
    )
    wrong = np.abs(theirs - exact) > 1e-9
    assert wrong[1]
    assert not wrong[2]
    # Too large, never too small: the safe side.
    assert (theirs[wrong] > exact[wrong]).all()
    assert (theirs <= one_more + 1e-9).all()


def test_martingale_begins_with_one_and_does_not_bet_at_one_half():
    assert mapie.jumper_wealth(np.full(5, 0.5)) == pytest.approx(np.ones(5))


@settings(max_examples=15)
@given(st.integers(22, 90), st.integers(0, 9))
def test_mapie_certifies_nothing_that_we_do_not(n, seed):
    rng = np.random.default_rng(seed)
    y = np.arange(n + 50) < n
    p = np.where(y, rng.uniform(0.3, 1, len(y)), rng.uniform(0, 0.4, len(y)))
    ours = uncertainty.certify_recall(y, p, recall=0.9, delta=0.1)
    own = np.sort(p[y])
    best, theirs = mapie.control_recall(y, p, recall=0.9, delta=0.1, thresholds=own)
    assert best is None or best <= ours.threshold
    exact = stats.binom.cdf(np.searchsorted(own, own), n, 1 - 0.9)
    one_more = stats.binom.cdf(np.arange(n) + 1, n, 1 - 0.9)
    close = np.abs(theirs - exact) < 1e-9
    assert close.any()
    # Where not, MAPIE has rounded one miss up and then takes the smaller of two bounds.
    assert (theirs >= exact - 1e-9).all()
    assert (theirs <= one_more + 1e-9).all()


def drawn(seed, n=400, n_positive=60):
    rng = np.random.default_rng(seed)
    y = np.arange(n) < n_positive
    return y, np.where(y, rng.beta(2, 1.5, n), rng.beta(0.5, 6, n)), rng.uniform(size=200)


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.floats(0.02, 0.6))
def test_marginal_sets_equal_those_of_mapie(seed, alpha):
    y, p, new = drawn(seed)
    ours = uncertainty.fit_sets(y, p, alpha=alpha, kind="marginal").holds(new)
    assert (ours == mapie.label_sets(y, p, new, alpha=alpha)).all()


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.floats(0.02, 0.6))
def test_sets_by_label_equal_those_of_mapie_on_rows_of_one_label(seed, alpha):
    y, p, new = drawn(seed)
    ours = uncertainty.fit_sets(y, p, alpha=alpha).holds(new)
    for label in (False, True):
        theirs = mapie.label_sets(y[y == label], p[y == label], new, alpha=alpha)
        assert (ours[:, int(label)] == theirs[:, int(label)]).all()


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.sampled_from([0.05, 0.1, 0.37]), st.booleans())
def test_intervals_equal_ours(seed, alpha, symmetric):
    rng = np.random.default_rng(seed)
    y, (low, high) = 2 * rng.normal(size=340), np.sort(rng.normal(size=(2, 340)), axis=0)
    known, new = slice(300), slice(300, None)
    shift = conformal.quantile_shift(
        y[known], low[known], high[known], alpha=alpha, symmetric=symmetric
    )
    three = np.column_stack([low, high, (low + high) / 2])
    theirs = mapie.number_intervals(
        y[known], three[known], three[new], alpha=alpha, symmetric=symmetric
    )
    for mine, other in zip((low[new] - shift[0], high[new] + shift[1]), theirs, strict=True):
        assert mine == pytest.approx(other, abs=1e-9)


@settings(max_examples=20)
@given(st.integers(0, 1000), st.sampled_from([0.01, 0.1, 0.5]))
def test_wealth_equals_that_of_mapie(seed, jump):
    values = np.random.default_rng(seed).beta(1, 1.5, 200)
    ours = np.exp(conformal.jumper_martingale(values, jump=jump))
    assert ours == pytest.approx(mapie.jumper_wealth(values, jump=jump), rel=1e-9)


def test_p_values_equal_those_of_mapie():
    scores = np.random.default_rng(2).integers(0, 9, 40).astype(float)
    test = exchangeability_testing.OnlineMartingaleTest(warn=False)
    mine = conformal.online_p_values(scores, seed=7)
    luck = np.random.default_rng(7).uniform(size=40)
    for t in range(1, 40):
        test.rng = type("Fixed", (), {"uniform": lambda self, u=luck[t]: u})()
        assert mine[t] == pytest.approx(test.compute_p_value(scores[t], scores[:t]))
