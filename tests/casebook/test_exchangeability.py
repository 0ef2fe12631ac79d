"""The gambler is fair: rich where order matters, and rarely where it does not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from casebook.conformal import exchangeability_test, jumper_martingale, online_p_values
from prerelease import intervals


def by_definition(scores, luck):
    found = []
    for t, score in enumerate(scores):
        past = scores[:t]
        found.append(((past > score).sum() + luck[t] * ((past == score).sum() + 1)) / (t + 1))
    return np.array(found)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=60), st.integers(0, 99))
def test_p_values_are_those_of_the_definition(scores, seed):
    values = np.array(scores, dtype=float)
    luck = np.random.default_rng(seed).uniform(size=len(values))
    assert online_p_values(values, seed=seed) == pytest.approx(by_definition(values, luck))


def test_p_values_of_exchangeable_rows_are_uniform_even_with_ties():
    rng = np.random.default_rng(0)
    values = np.concatenate(
        [online_p_values(rng.integers(0, 4, 200).astype(float), seed=seed) for seed in range(20)]
    )
    assert stats.kstest(values, "uniform").pvalue > 0.001


def test_no_bet_gains_on_average():
    # The mean of (1 + e (p - 1/2)) over uniform p is 1, whatever the wealth before.
    rng = np.random.default_rng(0)
    wealth = np.exp([jumper_martingale(rng.uniform(size=50), jump=0.1)[-1] for _ in range(1500)])
    assert wealth.mean() == pytest.approx(1, abs=5 * wealth.std() / 1500**0.5)


@pytest.mark.parametrize("level", [0.05, 0.2])
def test_false_alarms_are_no_more_frequent_than_their_level_however_long_one_watches(level):
    rng = np.random.default_rng(0)
    alarms = sum(
        exchangeability_test(rng.normal(size=300), level=level, jump=0.1, seed=seed).alarm
        is not None
        for seed in range(250)
    )
    assert intervals.binomial(alarms, 250).low <= level


def test_a_change_is_found_and_the_alarm_comes_after_it():
    rng = np.random.default_rng(0)
    found = exchangeability_test(np.r_[rng.normal(size=300), 1.5 + rng.normal(size=300)])
    assert found.alarm is not None
    assert found.alarm > 300
    assert found.evidence[found.alarm] >= -np.log10(0.05)
    assert (found.evidence[: found.alarm] < -np.log10(0.05)).all()


def test_overwhelming_evidence_does_not_overflow():
    found = exchangeability_test(np.arange(20_000.0))
    assert np.isfinite(found.evidence).all()
    assert found.evidence[-1] > 308


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="scores is 2 for all 3 rows"):
        exchangeability_test([2.0, 2.0, 2.0])
    with pytest.raises(ValueError, match="jump must be a finite number above 0"):
        exchangeability_test([1.0, 2.0], jump=0.0)
    with pytest.raises(ValueError, match="level must be"):
        exchangeability_test([1.0, 2.0], level=1.0)
