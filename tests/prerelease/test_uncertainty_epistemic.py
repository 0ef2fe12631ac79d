"""Signals of ignorance, and what they add."""

import numpy as np
import pytest
from sklearn.covariance import EmpiricalCovariance
from sklearn.ensemble import IsolationForest

from prerelease.uncertainty import (
    cross_fitted_risk,
    disagreement,
    mutual_information,
    own_error_probability,
    strangeness,
)


def test_models_that_agree_disagree_about_nothing():
    same = np.tile(np.linspace(0, 1, 11), (3, 1))
    assert disagreement(same) == pytest.approx(np.zeros(11))
    assert mutual_information(same) == pytest.approx(np.zeros(11), abs=1e-12)


def test_information_is_between_nothing_and_a_label():
    rng = np.random.default_rng(0)
    found = mutual_information(rng.uniform(size=(5, 500)))
    assert ((found >= 0) & (found <= np.log(2))).all()


def test_being_unsure_together_is_not_disagreement():
    together, apart = np.full((2, 1), 0.5), np.array([[0.1], [0.9]])
    assert mutual_information(together)[0] == 0
    assert mutual_information(apart)[0] > 0.3


@pytest.mark.parametrize("bad", [[[0.1, 0.2]], [0.1, 0.2], [[0.1], [1.2]]])
def test_less_than_two_models_or_no_probabilities_are_refused(bad):
    for function in (disagreement, mutual_information):
        with pytest.raises(ValueError, match="probabilities must be"):
            function(bad)


def test_distances_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    known, new = rng.normal(size=(400, 3)) @ rng.normal(size=(3, 3)), rng.normal(size=(20, 3))
    reference = EmpiricalCovariance().fit(known).mahalanobis(new)
    ours = strangeness(known, new, method="Mahalanobis") ** 2
    assert ours == pytest.approx(reference * 399 / 400, rel=1e-6)


def test_strangeness_by_cuts_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    known, new = rng.normal(size=(300, 2)), np.array([[0.0, 0.0], [8.0, -8.0]])
    ours = strangeness(known, new, seed=3)
    assert ours == pytest.approx(-IsolationForest(random_state=3).fit(known).score_samples(new))
    assert ours[1] > ours[0]


def test_rows_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="the same columns"):
        strangeness(np.zeros((4, 2)), np.zeros((4, 3)))
    with pytest.raises(ValueError, match="rows must be finite"):
        strangeness(np.zeros((4, 1)), [[np.nan]])
    with pytest.raises(ValueError, match="method must be one of"):
        strangeness(np.zeros((4, 1)), [[0.0]], method="kNN")


def test_own_words_are_the_probability_of_being_wrong():
    p = np.array([0.1, 0.1, 0.8])
    assert own_error_probability(p, [0, 1, 1]) == pytest.approx([0.1, 0.9, 0.2])


def test_no_row_has_a_say_in_its_own_risk():
    rng = np.random.default_rng(0)
    wrong, signal, time = rng.random(400) < 0.3, rng.normal(size=(400, 1)), np.arange(400.0)
    before = cross_fitted_risk(wrong, signal, time)
    changed = wrong.copy()
    changed[350:] = ~changed[350:]
    after = cross_fitted_risk(changed, signal, time)
    assert after[300:] == pytest.approx(before[300:])
    assert after[:300] != pytest.approx(before[:300])


def test_a_signal_that_tells_errors_raises_their_risk():
    rng = np.random.default_rng(0)
    wrong = rng.random(1000) < 0.2
    signals = np.column_stack([rng.normal(size=1000), rng.normal(size=1000) + 2 * wrong])
    risk = cross_fitted_risk(wrong, signals, np.arange(1000.0))
    assert risk[wrong].mean() > 2 * risk[~wrong].mean()


def test_a_stretch_that_holds_all_errors_is_named():
    wrong = np.arange(40) >= 30
    with pytest.raises(ValueError, match="wrong without stretch 4 must hold both classes"):
        cross_fitted_risk(wrong, np.zeros((40, 1)), np.arange(40.0))
    with pytest.raises(ValueError, match="signals must have one column a signal"):
        cross_fitted_risk(wrong, np.zeros(40), np.arange(40.0))


def test_an_hour_without_rows_is_no_obstacle():
    wrong = np.tile([0, 1], 20)
    time = np.r_[np.arange(20.0), 1000 + np.arange(20.0)]
    assert len(cross_fitted_risk(wrong, wrong[:, None], time, n_stretches=4)) == 40
