from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook import data, models, profile, split
from casebook.streams import DAY, KINDS, Shift, build, pool
from casebook.streams._deal import GAP, bursts, deal
from casebook.streams._pool import quiet_frauds
from casebook.streams._stream import BROKEN, CALM

PAYMENTS = pd.concat(split.development(data.load_sample()))
POOL = pool(PAYMENTS)
DAYS = {"n_days": 12, "n_history": 4}


def shifted(kind, *, size=1.0, seed=0):
    return build(POOL, shift=Shift(kind, day=7, size=size), seed=seed, **DAYS)


def evening(n, seed):
    """Return times of two days, sorted, and frauds in bursts that go on past any stretch."""
    rng = np.random.default_rng(seed)
    began = rng.uniform(0, 2 * DAY - 7200, 12)
    spaced = (began[:, None] + np.cumsum(rng.uniform(0, 500, (12, 8)), axis=1)).ravel()
    time = np.r_[0, 2 * DAY - 1, rng.uniform(0, 2 * DAY, n), spaced]
    order = np.argsort(time)
    return time[order], (np.arange(time.size) >= n + 2)[order]


@settings(max_examples=25, deadline=None)
@given(
    n=st.integers(200, 2000),
    n_days=st.integers(2, 8),
    seed=st.integers(0, 99),
    block=st.sampled_from([300, 600, 900]),
)
def test_a_deal_repeats_no_payment_and_keeps_each_at_its_second_of_the_day(n, n_days, seed, block):
    real, fraud = evening(n, seed)
    row, time = deal(real, fraud, n_days=n_days, block_seconds=block, seed=seed)
    assert len(set(row)) == len(row)
    assert np.allclose(time % DAY, real[row] % DAY)
    assert (np.diff(time) >= 0).all()
    assert time.size == 0 or time.max() < n_days * DAY


@settings(max_examples=25, deadline=None)
@given(n_days=st.integers(2, 8), seed=st.integers(0, 99))
def test_a_burst_is_dealt_whole_or_not_at_all(n_days, seed):
    real, fraud = evening(300, seed)
    burst = bursts(real, fraud)
    row, time = deal(real, fraud, n_days=n_days, block_seconds=600, seed=seed)
    moved = (time - real[row]) / DAY
    assert np.allclose(moved, np.round(moved))
    dealt = burst[row]
    for number in np.unique(dealt[dealt >= 0]):
        assert np.unique(np.round(moved[dealt == number])).size == 1
        assert (dealt == number).sum() == (burst == number).sum()


def test_bursts_are_the_runs_of_the_book():
    fraud = (PAYMENTS["Class"] == 1).to_numpy()
    found = pd.Series(bursts(PAYMENTS["Time"], fraud)).value_counts().drop(-1).sort_index()
    assert found.tolist() == profile.runs(PAYMENTS["Time"], fraud, gap=GAP)["frauds"].tolist()


@pytest.mark.parametrize("kind", KINDS)
def test_every_burst_of_a_stream_is_whole_on_one_day_with_its_own_spacing(kind):
    real, sizes = POOL.time, np.bincount(POOL.burst[POOL.burst >= 0])
    for seed in range(4):
        stream = shifted(kind, size=0.5, seed=seed)
        burst = POOL.burst[stream.row]
        for number in np.unique(burst[burst >= 0]):
            here = burst == number
            assert here.sum() == sizes[number]
            assert np.unique(np.round((stream.time - real[stream.row])[here], 6)).size == 1


def test_the_rate_of_fraud_is_that_of_the_data():
    real, fraud = evening(3000, 5)
    n_days, per_hour = 4, 2 * 6  # of twelve stretches of ten minutes, four are dealt
    drawn = [deal(real, fraud, n_days=n_days, block_seconds=600, seed=k)[0] for k in range(300)]
    held = np.array([fraud[row].sum() for row in drawn])
    assert abs(held.mean() - fraud.sum() * n_days / per_hour) < 3 * held.std() / np.sqrt(300)


def test_a_deal_gives_each_hour_of_each_day_one_stretch_of_honest_payments():
    real = np.arange(0.0, 2 * DAY, 30.0)
    fraud = (real % 3600 < 900) & (real < DAY)
    row, time = deal(real, fraud, n_days=6, block_seconds=600)
    honest = ~fraud[row]
    hours = pd.Series(real[row] // 600).groupby(time // 3600)
    assert hours.apply(lambda part: len(part[honest[part.index]].unique()) < 2).all()
    row, time = deal(real, np.zeros(real.size), n_days=6, block_seconds=600)
    hours = pd.Series(real[row] // 600).groupby(time // 3600).nunique()
    assert len(hours) == 6 * 24
    assert (hours == 1).all()
    assert (pd.Series(time // 3600).value_counts() == 600 / 30).all()


def test_a_burst_past_midnight_needs_a_day_to_go_on():
    real = np.arange(0.0, 2 * DAY, 300.0)
    fraud = np.abs(real - DAY) < 900
    deals = [deal(real, fraud, n_days=2, block_seconds=1800, seed=k) for k in range(9)]
    dealt = [time[fraud[row]] for row, time in deals if fraud[row].any()]
    assert 0 < len(dealt) < 9
    assert all(np.array_equal(real[fraud], time) for time in dealt)
    with pytest.raises(ValueError, match="goes on past midnight"):
        deal(real, fraud, n_days=1, block_seconds=1800)


def test_every_payment_of_a_stream_is_a_real_row_at_its_hour():
    for kind in ("none", "concept", "covariate"):
        stream = shifted(kind)
        real = PAYMENTS.iloc[stream.row]
        assert np.array_equal(stream.inputs(), real[[*models.INPUTS]])
        assert np.array_equal(stream.fraud, real["Class"] == 1)
        assert np.array_equal(stream.amount, real["Amount"])
        assert np.allclose(stream.time % DAY, real["Time"] % DAY)
        assert len(set(stream.row)) == len(stream)
        assert not stream.changed.any()


def test_a_bug_overwrites_one_input_after_its_day_and_nothing_else():
    calm, broken = shifted("none"), shifted("bug", size=0.5)
    assert np.array_equal(calm.row, broken.row)
    assert (broken.time[broken.changed] >= 7 * DAY).all()
    after = broken.time >= 7 * DAY
    assert 0.4 < broken.changed[after].mean() < 0.6
    assert (broken.inputs().loc[broken.changed, BROKEN] == 0).all()
    others = [name for name in models.INPUTS if name != BROKEN]
    assert broken.inputs()[others].equals(calm.inputs()[others])


@pytest.mark.parametrize("kind", KINDS)
def test_days_before_the_change_are_those_of_the_stream_without_one(kind):
    calm, changed = shifted("none", seed=3), shifted(kind, seed=3)
    before = changed.rows_of(0, 7)
    assert before == calm.rows_of(0, 7)
    assert np.array_equal(changed.row[before], calm.row[before])
    assert changed.inputs().iloc[before].equals(calm.inputs().iloc[before])


def test_quiet_frauds_come_with_the_change_and_not_before():
    quiet, stream = quiet_frauds(PAYMENTS), shifted("concept")
    came = quiet[stream.row]
    assert came.any()
    assert (stream.time[came] >= 7 * DAY).all()
    assert stream.fraud[came].all()
    fewer = shifted("concept", size=0.3)
    assert set(fewer.row) < set(stream.row)


def test_fewer_large_payments_leave_small_ones_and_frauds_alone():
    calm, stream = shifted("none"), shifted("covariate")
    gone = np.setdiff1d(calm.row, stream.row)
    missing = PAYMENTS.iloc[gone]
    median = PAYMENTS.query("Class == 0")["Amount"].median()
    assert len(gone) > 0
    assert (missing["Class"] == 0).all()
    assert (missing["Amount"] > median).all()
    assert stream.amount[~stream.fraud & (stream.time >= 7 * DAY)].max() <= median


@pytest.mark.parametrize("kind", KINDS)
def test_size_zero_is_no_change(kind):
    calm, same = shifted("none"), shifted(kind, size=0)
    assert np.array_equal(calm.row, same.row)
    assert same.inputs().equals(calm.inputs())


def test_a_seed_gives_the_same_stream_and_another_seed_another():
    one, again, other = (shifted("concept", seed=seed) for seed in (5, 5, 6))
    for name in ("row", "time", "lot", "luck"):
        assert np.array_equal(getattr(one, name), getattr(again, name))
    assert not np.array_equal(one.row, other.row)


def test_about_half_of_the_frauds_are_quiet_in_bursts_nearer_to_honest_payments():
    quiet = quiet_frauds(PAYMENTS)
    fraud = (PAYMENTS["Class"] == 1).to_numpy()
    burst = bursts(PAYMENTS["Time"], fraud)
    assert not np.isin(burst[quiet], burst[fraud & ~quiet]).any()
    assert abs(quiet.sum() - fraud.sum() / 2) <= np.bincount(burst[fraud]).max() / 2
    honest = PAYMENTS.loc[~fraud, [*data.FEATURES]]
    far = (((PAYMENTS[[*data.FEATURES]] - honest.mean()) / honest.std(ddof=0)) ** 2).sum(axis=1)
    far = far[fraud].groupby(burst[fraud]).median()
    near = far.index.isin(burst[quiet])
    assert far[near].max() <= far[~near].min()


def test_rows_of_days_tile_the_stream():
    stream = shifted("none")
    sizes = [stream.rows_of(day, day + 1) for day in range(12)]
    assert [part.start for part in sizes[1:]] == [part.stop for part in sizes[:-1]]
    assert sizes[-1].stop == len(stream)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n_days": 4, "n_history": 4}, "n_days must be an integer of at least 5"),
        ({"n_days": 100}, "100 days needs as many stretches of each hour"),
        ({"n_history": 0}, "n_history must be"),
        ({"shift": Shift("bug", day=2)}, "from 4 to 11, got 2"),
        ({"shift": Shift("bug", day=12)}, "from 4 to 11, got 12"),
    ],
)
def test_build_says_what_is_wrong(changes, message):
    with pytest.raises(ValueError, match=message):
        build(POOL, **{**DAYS, "shift": CALM, **changes})


def test_a_history_without_fraud_is_refused():
    all_later = replace(POOL, quiet=POOL.fraud)
    with pytest.raises(ValueError, match="no fraud in the history of 4 days"):
        build(all_later, **DAYS)


@pytest.mark.parametrize(
    ("kind", "day", "size", "message"),
    [
        ("storm", 7, 1, "kind must be one of"),
        ("bug", -1, 1, "day must be an integer of at least 0"),
        ("bug", 7, -0.1, "size must be a finite number from 0 to 1"),
        ("bug", 7, np.nan, "size must be a finite number from 0 to 1"),
    ],
)
def test_a_shift_says_what_is_wrong(kind, day, size, message):
    with pytest.raises(ValueError, match=message):
        Shift(kind, day=day, size=size)


def test_a_pool_says_what_is_wrong():
    with pytest.raises(ValueError, match=r"\['V3'\] missing"):
        pool(PAYMENTS.drop(columns="V3"))
    with pytest.raises(ValueError, match="got only 0"):
        quiet_frauds(PAYMENTS[PAYMENTS["Class"] == 0])
    with pytest.raises(ValueError, match="sorted in time"):
        pool(PAYMENTS.iloc[::-1])


def test_a_stretch_fits_into_an_hour():
    with pytest.raises(ValueError, match="whole number of block_seconds, got 7"):
        deal(POOL.time, POOL.fraud, block_seconds=7)
