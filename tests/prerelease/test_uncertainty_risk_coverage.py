"""Risk and coverage: the area by hand, by formula and by resamples is one number."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from prerelease import intervals
from prerelease.uncertainty import AreaUnderRiskCoverage, risk_coverage


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


def area(loss, doubt):
    """The area by its definition: a level of doubt has the mean of its losses."""
    _, place, size = np.unique(doubt, return_inverse=True, return_counts=True)
    in_order = np.repeat(np.bincount(place, weights=loss) / size, size)
    return np.mean(np.cumsum(in_order) / np.arange(1, len(loss) + 1))


@given(judged())
def test_the_metric_is_the_area(rows):
    wrong, doubt = rows
    assert intervals.value(AreaUnderRiskCoverage(), wrong, doubt) == pytest.approx(
        area(wrong, doubt), abs=1e-9
    )


@given(judged(), st.integers(0, 99))
def test_the_metric_of_repeated_rows_is_that_of_the_rows_written_out(rows, seed):
    wrong, doubt = rows
    times = np.random.default_rng(seed).integers(1, 4, len(wrong))
    weighted = intervals.value(AreaUnderRiskCoverage(), wrong, doubt, sample_weight=times)
    written = area(np.repeat(wrong, times), np.repeat(doubt, times))
    assert weighted == pytest.approx(written, abs=1e-9)


def test_ties_are_taken_in_random_order_on_average():
    rng = np.random.default_rng(0)
    wrong, doubt = rng.random(30) < 0.4, rng.integers(0, 4, 30).astype(float)
    mean, error = by_hand(wrong, doubt, rng)
    found = intervals.value(AreaUnderRiskCoverage(), wrong, doubt)
    assert found == pytest.approx(mean, abs=5 * error)


def test_constant_doubt_has_the_mean_loss_as_its_area():
    wrong = np.array([0, 1, 0, 1])
    assert intervals.value(AreaUnderRiskCoverage(), wrong, np.ones(4)) == pytest.approx(0.5)
    with pytest.raises(ValueError, match="uncertainty is 1 for all 4 rows: it cannot say which"):
        risk_coverage(wrong, np.ones(4))


@given(judged())
def test_no_order_beats_the_one_that_knows_the_errors(rows):
    wrong, doubt = rows
    best, found = (intervals.value(AreaUnderRiskCoverage(), wrong, d) for d in (wrong, doubt))
    assert best <= found + 1e-12


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


@pytest.mark.parametrize(
    ("loss", "doubt", "told"),
    [
        ([-1, 0], [0, 1], "loss must not be negative"),
        ([0, 1], [np.nan, 1], "uncertainty must be finite"),
        ([0, 1], [1], "same length"),
    ],
)
def test_bad_rows_are_refused(loss, doubt, told):
    with pytest.raises(ValueError, match=told):
        risk_coverage(loss, doubt)
