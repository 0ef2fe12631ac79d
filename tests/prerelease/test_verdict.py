"""Words for a difference never say more than its interval, and know how many were asked."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from prerelease import intervals
from prerelease.intervals import Interval, joint_level, verdict, verdicts

ENDS = st.lists(st.integers(-100, 100), min_size=3, max_size=3).map(sorted)


def gap(low, estimate, high, level=0.95):
    return Interval(estimate, low, high, level=level, method="percentile", n=100)


@given(ends=ENDS)
def test_zero_inside_or_at_an_end_is_never_told_apart(ends):
    words = verdict(gap(*ends), above="more", below="less")
    if ends[0] <= 0 <= ends[2]:
        assert words == intervals.UNTOLD
    else:
        assert words == ("more" if ends[0] > 0 else "less")


@given(ends=ENDS)
def test_turning_a_difference_around_turns_the_words_around(ends):
    one = verdict(gap(*ends), above="more", below="less")
    other = verdict(gap(*(-end for end in ends[::-1])), above="less", below="more")
    assert one == other


@given(asked=st.integers(2, 50))
def test_one_of_several_needs_the_level_of_several(asked):
    with pytest.raises(ValueError, match=f"One of {asked} comparisons needs an interval of level"):
        verdict(gap(1, 2, 3), asked=asked)
    assert verdict(gap(1, 2, 3, joint_level(asked)), asked=asked) == "higher"
    assert verdict(gap(1, 2, 3, joint_level(asked)), asked=asked - 1) == "higher"


def test_several_are_asked_about_at_once_however_many_are_shown():
    low = {"a": gap(1, 2, 3), "b": gap(-1, 0, 1)}
    with pytest.raises(ValueError, match="One of 2 comparisons"):
        verdicts(low)
    high = {name: gap(g.low, g.estimate, g.high, joint_level(2)) for name, g in low.items()}
    assert verdicts(high) == {"a": "higher", "b": "could be luck"}


def test_the_joint_level_keeps_its_promise_when_nothing_differs():
    """Of many families of five, at most 5 % say anything at all, though nothing differs."""
    rng = np.random.default_rng(0)
    families, asked, n = 2000, 5, 400
    means = rng.normal(size=(families, asked)) / np.sqrt(n)
    reach = norm.ppf((1 + joint_level(asked)) / 2) / np.sqrt(n)
    alone = norm.ppf(0.975) / np.sqrt(n)
    assert (np.abs(means) > reach).any(axis=1).mean() == pytest.approx(0.049, abs=0.015)
    assert (np.abs(means) > alone).any(axis=1).mean() > 0.2


@pytest.mark.parametrize("asked", [0, -1, 1.5])
def test_no_number_of_comparisons_but_one_or_more(asked):
    with pytest.raises(ValueError, match="asked"):
        joint_level(asked)


@pytest.mark.parametrize("level", [0, 1, 95])
def test_no_level_but_a_share(level):
    with pytest.raises(ValueError, match="level"):
        joint_level(3, level=level)


@pytest.mark.parametrize("rest", [1e-12, -1e-12])
def test_what_is_left_when_euros_cancel_is_no_difference(rest):
    above, below = gap(rest, 500.0, 2000.0), gap(-2000.0, -500.0, rest)
    assert verdict(above) == verdict(below) == intervals.UNTOLD
    assert f"{above:,.0f} {below:,.0f}" == "500 [0, 2,000] -500 [-2,000, 0]"


def test_a_small_difference_keeps_its_sign_and_its_word():
    assert verdict(gap(-0.09, -0.03, -0.001)) == "lower"
    assert f"{gap(-0.09, -0.03, -0.001):.2f}" == "-0.03 [-0.09, -0.00]"
