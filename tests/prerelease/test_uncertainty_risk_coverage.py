"""Risk and coverage: the area by hand, by formula and by resamples is one number."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from prerelease import intervals
from prerelease.uncertainty import (
    AreaUnderRiskCoverage,
    area_under_risk_coverage,
    confident_errors,
    risk_coverage,
)


@st.composite
def judged(draw):
    n = draw(st.integers(3, 40))
    wrong = draw(hnp.arrays(bool, n))
    wrong[0], wrong[1] = True, False
    return wrong, draw(hnp.arrays(float, n, elements=st.integers(0, 6)))


def by_hand(loss, doubt, rng, orders=400):
    """The area with ties in random order, averaged."""
    found = []
    for _ in range(orders):
        order = np.lexsort((rng.uniform(size=len(loss)), doubt))
        found.append(np.mean(np.cumsum(loss[order]) / np.arange(1, len(loss) + 1)))
    return np.mean(found), np.std(found) / orders**0.5


@given(judged())
def test_the_metric_is_the_area(rows):
    wrong, doubt = rows
    value = intervals.value(AreaUnderRiskCoverage(), wrong, doubt)
    assert value == pytest.approx(area_under_risk_coverage(wrong, doubt), abs=1e-9)


@given(judged(), st.integers(0, 99))
def test_the_metric_of_repeated_rows_is_that_of_the_rows_written_out(rows, seed):
    wrong, doubt = rows
    times = np.random.default_rng(seed).integers(1, 4, len(wrong))
    weighted = intervals.value(AreaUnderRiskCoverage(), wrong, doubt, sample_weight=times)
    written = area_under_risk_coverage(np.repeat(wrong, times), np.repeat(doubt, times))
    assert weighted == pytest.approx(written, abs=1e-9)


def test_ties_are_taken_in_random_order_on_average():
    rng = np.random.default_rng(0)
    loss, doubt = rng.exponential(size=30), rng.integers(0, 4, 30).astype(float)
    mean, error = by_hand(loss, doubt, rng)
    assert area_under_risk_coverage(loss, doubt) == pytest.approx(mean, abs=5 * error)


def test_constant_doubt_has_the_mean_loss_as_its_area():
    loss = np.array([0.0, 3.0, 0.0, 1.0])
    assert area_under_risk_coverage(loss, np.ones(4)) == pytest.approx(1.0)
    with pytest.raises(ValueError, match="uncertainty is 1 for all 4 rows: it cannot say which"):
        risk_coverage(loss, np.ones(4))


@given(judged())
def test_no_order_beats_the_one_that_knows_the_errors(rows):
    wrong, doubt = rows
    best = area_under_risk_coverage(wrong, wrong.astype(float))
    assert best <= area_under_risk_coverage(wrong, doubt) + 1e-12


def test_the_curve_ends_at_the_mean_loss_of_all():
    loss, doubt = [0, 1, 5, 0], [0.3, 0.9, 0.9, 0.1]
    table = risk_coverage(loss, doubt)
    assert table["coverage"].tolist() == [0.25, 0.5, 1.0]
    assert table["lost"].tolist() == [0, 0, 6]
    assert table["risk"].iloc[-1] == np.mean(loss)


def test_the_area_has_an_interval_that_holds_it():
    rng = np.random.default_rng(0)
    wrong = rng.random(500) < 0.1
    doubt = rng.normal(size=500) + wrong
    found = intervals.bootstrap(AreaUnderRiskCoverage(), wrong, doubt, n_resamples=200)
    assert found.low < found.estimate < found.high


def test_a_model_that_gives_nothing_a_score_is_confident_in_all_its_misses():
    y = np.arange(1000) < 2
    told = confident_errors(y, np.full(1000, 0.001))
    assert told["confident"] == 1000
    assert told["missed_confident"] == told["missed"] == 2
    assert told["false_alarms_confident"] == 0


def test_confident_errors_are_counted_on_both_sides():
    told = confident_errors([1, 0, 1, 0], [0.05, 0.95, 0.3, 0.6])
    assert told.tolist() == [4, 2, 2, 2, 1, 1]


@pytest.mark.parametrize(
    ("loss", "doubt", "told"),
    [
        ([-1, 0], [0, 1], "loss must not be negative"),
        ([0, 1], [np.nan, 1], "uncertainty must be finite"),
        ([0, 1], [1], "same length"),
    ],
)
def test_bad_rows_are_refused(loss, doubt, told):
    for function in (risk_coverage, area_under_risk_coverage):
        with pytest.raises(ValueError, match=told):
            function(loss, doubt)


def test_a_confidence_that_is_none_is_refused():
    with pytest.raises(ValueError, match="confidence must be a finite number above 0"):
        confident_errors([1, 0], [0.5, 0.5], confidence=1.0)
