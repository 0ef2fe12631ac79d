"""What the pages on metrics share."""

import numpy as np
import pandas as pd
import pytest

from casebook import impact
from prerelease.costs import CostModel
from prerelease.intervals import Interval


@pytest.fixture
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "Class": (np.arange(400) % 20 == 0).astype(int),
            "Amount": rng.exponential(80, 400),
            "Time": np.arange(400) * 400.0,
        }
    )


def test_an_excess_is_the_difference_of_two_bills_and_changes_its_sign_with_them(rows):
    desk = impact.Bills(rows, CostModel(review=7.0))
    some, none = np.arange(400) % 3 == 0, np.zeros(400, dtype=bool)
    one, other = desk.excess(some, none), desk.excess(none, some)
    assert one.estimate == pytest.approx(desk.of(some).sum() - desk.of(none).sum())
    assert one.estimate == pytest.approx(-other.estimate)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low), rel=0.01)


def test_intervals_that_are_asked_for_together_are_wider(rows):
    desk, some = impact.Bills(rows), np.arange(400) % 3 == 0
    widths = [desk.excess(some, ~some, asked=asked).half_width for asked in (1, 7)]
    assert widths[0] < widths[1]


def test_frauds_caught_are_counted_with_their_bursts(rows):
    assert impact.Bills(rows).caught(rows["Class"] == 1) == "20 (20)"
    assert impact.Bills(rows).caught(np.zeros(400)) == "0 (0)"


def test_a_difference_that_is_not_zero_is_never_written_as_zero():
    assert impact.signed(Interval(0.2, 0.004, 0.4, 0.95, "", 9), 1) == "+0.200 [+0.004, +0.400]"
