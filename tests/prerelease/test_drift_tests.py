"""Tests of drift: valid when nothing has changed, and able to find what has."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from prerelease import drift
from prerelease.drift._blocks import _some, benjamini_hochberg

DAY = 86_400.0


def blocks_of(n_blocks, rows=20, *, start=0.0, seed=0, shared=2.0, step=600.0):
    """Return rows in blocks, all rows of one moved by one draw: no block is like another."""
    rng = np.random.default_rng(seed)
    times = start + np.repeat(np.arange(n_blocks) * step, rows) + np.tile(np.arange(rows), n_blocks)
    level = np.repeat(rng.normal(0, shared, n_blocks), rows)
    return pd.DataFrame({"time": times, "V1": level + rng.normal(size=len(times))})


def p_of_null_world(seed, **options):
    world = blocks_of(24, seed=seed)
    return drift.feature_drift(
        world.iloc[:240], world.iloc[240:], n_permutations=99, seed=seed, **options
    ).loc["V1", "p_value"]


def test_p_values_are_uniform_when_blocks_are_exchangeable():
    p = np.array([p_of_null_world(seed) for seed in range(150)])
    # A uniform grid from 0.01 to 1, told apart from uniform with a generous limit.
    assert stats.kstest(p - 0.005, "uniform").pvalue > 1e-3


def test_exchanging_rows_would_be_wrong_in_the_same_world():
    usual = []
    for seed in range(40):
        world = blocks_of(24, seed=seed)
        usual.append(stats.ks_2samp(world["V1"][:240], world["V1"][240:]).pvalue)
    assert np.mean(np.array(usual) < 0.05) > 0.5


def test_a_clear_move_is_found_and_a_column_that_stays_is_not():
    world = blocks_of(40, shared=0.1, seed=1).assign(V2=np.random.default_rng(0).normal(size=800))
    later = world.iloc[400:].assign(V1=world["V1"] + 3)
    found = drift.feature_drift(world.iloc[:400], later, n_permutations=199)
    assert found["alarm"].to_dict() == {"V1": True, "V2": False}
    assert found.loc["V1", "p_value"] == 1 / 200


def test_the_tested_score_is_nearly_the_exact_one():
    world = blocks_of(40, rows=100, seed=2)
    first, second = world.iloc[:2000], world.iloc[2000:]
    exact = drift.scan(first, second).loc["V1", "ks"]
    found = drift.feature_drift(first, second, n_permutations=50)
    assert found.loc["V1", "ks"] == pytest.approx(exact, rel=0.1)


def test_a_change_of_the_hour_alone_is_no_drift_within_hours():
    def at(day, hours, seed):
        parts = [
            blocks_of(6, start=day * DAY + hour * 3600, seed=seed + hour, shared=0.1).assign(
                V1=lambda frame, hour=hour: frame["V1"] + hour
            )
            for hour in hours
        ]
        return pd.concat(parts)

    reference, current = at(0, range(8), 0), at(1, range(5, 8), 100)
    plain = drift.feature_drift(reference, current, n_permutations=199).loc["V1"]
    same = drift.feature_drift(reference, current, n_permutations=199, match_hours=True).loc["V1"]
    assert plain["alarm"]
    assert not same["alarm"]
    assert same["n_reference"] == 3 * 6 * 20


def test_a_share_of_weekends_alone_is_no_drift_within_days_of_the_week():
    def period(days):
        parts = [
            blocks_of(1, start=day * DAY, seed=day, shared=0.5).assign(
                V1=lambda frame, day=day: frame["V1"] + 3 * (day % 7 > 4)
            )
            for day in days
        ]
        return pd.concat(parts)

    reference = period(range(42))
    current = period(day for day in range(42, 98) if day % 7 > 3)
    told = {"block": DAY, "n_permutations": 199}
    plain = drift.feature_drift(reference, current, **told).loc["V1"]
    same = drift.feature_drift(reference, current, match_weekdays=True, **told).loc["V1"]
    assert plain["alarm"]
    assert not same["alarm"]
    moved = current.assign(V1=current["V1"] + 1)
    assert drift.feature_drift(reference, moved, match_weekdays=True, **told)["alarm"].all()


def test_more_resolution_than_the_permutations_give_is_refused():
    world = blocks_of(24)
    with pytest.raises(ValueError, match=r"19 permutations of .* needs 0.01: use more perm"):
        drift.feature_drift(world.iloc[:240], world.iloc[240:], n_permutations=19, level=0.01)


def test_more_resolution_than_there_are_blocks_is_refused():
    world = blocks_of(4)
    with pytest.raises(ValueError, match=r"of 6 possible ones can give is 0.17"):
        drift.feature_drift(world.iloc[:40], world.iloc[40:])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda frame: frame.drop(columns="time"), "current must have the column 'time'"),
        (lambda frame: frame.head(0), "current must hold rows"),
        (lambda frame: frame.assign(V1=np.nan), "must hold values of .V1., all of them"),
        (lambda frame: frame.replace(frame["V1"].iloc[0], np.nan), "no missing values .*'V1' has"),
    ],
)
def test_what_cannot_be_tested_is_refused(change, told):
    world = blocks_of(24)
    with pytest.raises(ValueError, match=told):
        drift.feature_drift(world.iloc[:240], change(world.iloc[240:]))


def test_hours_that_do_not_meet_cannot_be_matched():
    with pytest.raises(ValueError, match="share an hour of the day"):
        drift.feature_drift(blocks_of(6), blocks_of(6, start=7200.0), match_hours=True)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_corrected_p_values_are_those_of_scipy(p):
    ours = benjamini_hochberg(np.array(p))
    assert ours == pytest.approx(stats.false_discovery_control(p), abs=1e-12)


@pytest.mark.parametrize("sizes", [(7, 30), (49_999, 2), (60_000, 90_001), (150_000, 1)])
def test_bins_are_cut_at_the_same_rows_as_of_both_periods_in_one(sizes):
    one, other = np.split(np.arange(float(sum(sizes))), [sizes[0]])
    both = np.concatenate([one, other])
    assert np.array_equal(_some(one, other), both[:: max(1, len(both) // 50_000)])
