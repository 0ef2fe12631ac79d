"""The contract with MAPIE: what moves in it should fail here, by name."""

import inspect
from importlib.metadata import version

import numpy as np
import pytest

from prerelease.adapters import mapie
from prerelease.uncertainty import conformal_limit


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    y = np.arange(400) < 57
    return y, np.where(y, rng.beta(2, 1, 400), rng.beta(0.2, 8, 400))


def test_the_major_version_is_the_one_that_the_adapter_was_written_for():
    assert version("mapie").split(".")[0] == "1"


def test_classifier_scores_and_signature_are_as_expected(rows):
    from mapie.classification import SplitConformalClassifier  # noqa: PLC0415

    named = inspect.signature(SplitConformalClassifier.__init__).parameters
    assert {"estimator", "confidence_level", "conformity_score", "prefit"} <= set(named)
    sets = mapie.label_sets(*rows, np.array([0.0, 0.5, 1.0]), alpha=0.1)
    assert sets.shape == (3, 2)
    assert sets.dtype == bool
    assert sets[0].tolist() == [True, False]


def test_mapie_has_no_door_for_limits_by_label():
    import mapie.classification as module  # noqa: PLC0415

    assert not any("ondrian" in name for name in dir(module))


def test_quantile_regressor_moves_each_end_alone_unless_told(rows):
    from mapie.regression import ConformalizedQuantileRegressor  # noqa: PLC0415

    named = inspect.signature(ConformalizedQuantileRegressor.predict_interval).parameters
    assert named["symmetric_correction"].default is False
    y = np.random.default_rng(0).exponential(size=99)
    flat = np.tile([0.2, 1.0, 0.6], (99, 1))
    together, alone = (
        np.ravel(mapie.quantile_intervals(y, flat, flat[:1], alpha=0.1, symmetric=s))
        for s in (True, False)
    )
    assert together[0] - 0.2 == pytest.approx(-(together[1] - 1.0))
    assert abs(alone[0] - 0.2) != pytest.approx(alone[1] - 1.0)


def test_intervals_around_a_mean_are_the_conformal_limit_of_its_misses():
    rng = np.random.default_rng(1)
    y, predicted = rng.exponential(size=199), rng.normal(size=199)
    low, high = mapie.mean_intervals(y, predicted, np.array([0.0, 3.0]), alpha=0.07)
    limit = conformal_limit(np.abs(y - predicted), alpha=0.07)
    assert low == pytest.approx([-limit, 3 - limit])
    assert high == pytest.approx([limit, 3 + limit])


def test_known_limit_its_default_correction_finds_no_threshold_with_57_frauds(rows):
    y, p = rows
    own = np.sort(p[y])
    default = mapie.control_recall(
        y, p, recall=0.9, delta=0.1, thresholds=own, method="bonferroni_holm"
    )
    fixed = mapie.control_recall(y, p, recall=0.9, delta=0.1, thresholds=own)
    assert default.best is None
    assert default.valid.size == 0
    assert fixed.best == own[2]
    assert fixed.valid.tolist() == own[:3].tolist()


def test_its_default_grid_is_a_hundred_steps_from_zero(rows):
    found = mapie.control_recall(*rows, recall=0.5, delta=0.1)
    assert found.p_values.shape == (100,)


def test_known_flaw_it_now_and_then_counts_one_miss_too_many(rows):
    from scipy.stats import binom  # noqa: PLC0415

    y, p = rows
    theirs = mapie.control_recall(y, p, recall=0.9, delta=0.1, thresholds=np.sort(p[y])).p_values
    exact, one_more = binom.cdf(np.arange(57), 57, 0.1), binom.cdf(np.arange(57) + 1, 57, 0.1)
    wrong = np.abs(theirs - exact) > 1e-9
    assert wrong[1]
    assert not wrong[2]
    # Too large, never too small: the safe side.
    assert (theirs[wrong] > exact[wrong]).all()
    assert (theirs <= one_more + 1e-9).all()


def test_martingale_begins_with_one_and_does_not_bet_at_one_half():
    assert mapie.jumper_wealth(np.full(5, 0.5)) == pytest.approx(np.ones(5))
