import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from casebook import data, profile, split


@pytest.fixture(scope="module")
def sample():
    return data.load_sample()


@pytest.fixture(scope="module")
def full():
    return data.load()


def small_frames():
    """Frames of few values, so that rows repeat each other often."""
    row = st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 2), st.integers(0, 1))
    return st.lists(row, min_size=1, max_size=25).map(
        lambda rows: pd.DataFrame(sorted(rows), columns=["Time", "V1", "Amount", "Class"])
    )


# --- fraud rates -----------------------------------------------------------------------------


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 1)), min_size=1, max_size=60))
def test_fraud_rates_agree_with_a_group_by_and_scipys_exact_interval(rows):
    frame = pd.DataFrame(rows, columns=["group", "label"])
    table = profile.fraud_rates(frame["group"], frame["label"])
    expected = frame.groupby("group")["label"].agg(["size", "sum"])
    assert table["payments"].tolist() == expected["size"].tolist()
    assert table["frauds"].tolist() == expected["sum"].tolist()
    for found in table.itertuples():
        interval = stats.binomtest(found.frauds, found.payments).proportion_ci(method="exact")
        assert (found.low, found.high) == pytest.approx((interval.low, interval.high))


def test_a_weight_counts_like_as_many_rows():
    few = profile.fraud_rates(["a", "a", "b"], [0, 1, 0], weights=[20, 1, 5])
    many = profile.fraud_rates(["a"] * 21 + ["b"] * 5, [1] + [0] * 25)
    pd.testing.assert_frame_equal(few, many)


def test_fraud_rates_refuse_lengths_that_differ():
    with pytest.raises(ValueError, match="groups has 1, labels has 2"):
        profile.fraud_rates(["a"], [0, 1])


def bursty(n=6000, seed=0):
    """Traffic of which a group has four times the fraud rate, and frauds come five at a time."""
    rng = np.random.default_rng(seed)
    times = np.sort(rng.uniform(0, 100_000, n))
    group = rng.random(n) < 0.3
    labels = (rng.random(n) < np.where(group, 0.02, 0.005)).astype(int)
    labels[(rng.integers(0, n // 10, 12)[:, None] * 10 + np.arange(5)).ravel()] = 1
    return times, labels, group


def test_rates_in_blocks_are_the_counted_ones_with_the_doubt_of_bursts():
    times, labels, group = bursty()
    exact = profile.fraud_rates(group, labels)
    blocks = profile.fraud_rates(group, labels, times=times)
    pd.testing.assert_frame_equal(
        blocks[["payments", "frauds", "rate"]], exact[["payments", "frauds", "rate"]]
    )
    length = blocks["high"] - blocks["low"]
    assert (length > 1.1 * (exact["high"] - exact["low"])).all()


def test_ratio_of_rates_agrees_with_counts_and_turns_with_the_group():
    times, labels, group = bursty(seed=1)
    found = profile.rate_ratio(times, labels, group)
    assert found.estimate == pytest.approx(labels[group].mean() / labels[~group].mean())
    assert found.low < found.estimate < found.high
    back = profile.rate_ratio(times, labels, ~group)
    assert back.estimate == pytest.approx(1 / found.estimate)
    assert (back.low, back.high) == pytest.approx((1 / found.high, 1 / found.low), rel=0.02)


def test_ratio_to_rows_without_a_fraud_is_refused():
    with pytest.raises(ValueError, match="must hold a fraud outside of the group, got none in 2"):
        profile.rate_ratio([0.0, 900, 1800, 2700], [1, 1, 0, 0], [True, True, False, False])


# --- amounts ---------------------------------------------------------------------------------

EUROS = st.lists(st.integers(0, 5), min_size=1, max_size=30)


@given(EUROS.filter(any), st.floats(0.01, 0.99))
def test_concentration_is_at_least_the_share_and_at_most_everything(euros, share):
    assert share - 1e-12 <= profile.concentration(euros, share) <= 1 + 1e-12


def test_concentration_of_equal_amounts_is_the_share_itself():
    assert profile.concentration([3.0] * 40, 0.25) == pytest.approx(0.25)


def test_concentration_with_weights_is_that_of_repeated_rows():
    weighted = profile.concentration([9.0, 1.0, 4.0], 0.3, weights=[2, 5, 3])
    assert weighted == pytest.approx(profile.concentration([9.0] * 2 + [1.0] * 5 + [4.0] * 3, 0.3))


@pytest.mark.parametrize(
    ("amounts", "share", "message"),
    [
        ([0.0, 0.0], 0.5, "must not all be 0, got 2 zeros"),
        ([1.0], 1.0, "share must be a finite number above 0 and below 1"),
        ([-1.0], 0.5, "amounts must not be negative, got -1 at position 0"),
    ],
)
def test_concentration_refuses_what_has_no_answer(amounts, share, message):
    with pytest.raises(ValueError, match=message):
        profile.concentration(amounts, share)


def test_commonest_amounts_of_a_class_that_is_not_there_are_refused():
    with pytest.raises(ValueError, match="labels must hold both classes, got only 0 in 2 rows"):
        profile.commonest_amounts([1.0, 2.0], [0, 0])


LABELLED = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 1)), min_size=1, max_size=40)


@given(LABELLED.filter(lambda rows: len({label for _, label in rows}) == 2))
def test_commonest_amounts_of_frauds_agree_with_a_count(rows):
    amounts, labels = np.array(rows).T
    table = profile.commonest_amounts(amounts, labels, k=3)
    counts = pd.Series(amounts[labels == 1]).value_counts()
    assert table["frauds"].tolist() == sorted(counts, reverse=True)[:3]
    assert table["of_class"].tolist() == pytest.approx((table["frauds"] / counts.sum()).tolist())
    for amount, row in table.iterrows():
        assert row["payments"] == (amounts == amount).sum()


# --- repeats ---------------------------------------------------------------------------------


@given(small_frames(), st.sampled_from([(), ("Time",), ("Time", "Amount")]))
def test_repeats_agree_with_pandas_and_with_sets_of_tuples(frame, ignore):
    found = profile.repeats(frame, ignore=ignore)
    compared = frame.drop(columns=list(ignore))
    surplus = compared.duplicated()
    assert found["surplus"] == surplus.sum()
    assert found["surplus_frauds"] == frame.loc[surplus, "Class"].sum()
    sets = {}
    for row in compared.to_dict("records"):
        label = row.pop("Class")
        sets.setdefault(tuple(row.values()), []).append(label)
    twins = [members for members in sets.values() if len(members) > 1]
    assert found["groups"] == len(twins)
    assert found["rows"] == sum(map(len, twins))
    assert found["frauds"] == sum(map(sum, twins))
    assert found["largest"] == max(map(len, sets.values()))
    assert found["mixed"] == sum(len(set(members)) == 2 for members in twins)


def test_repeats_refuse_an_unknown_column(sample):
    with pytest.raises(ValueError, match=r"ignore must name columns of df, got \['Date'\]"):
        profile.repeats(sample, ignore=["Date"])


# --- hours -----------------------------------------------------------------------------------


def test_hours_add_up_to_the_file(sample):
    weights = data.sampling_weights(sample)
    table = profile.hourly(sample["Time"], sample["Class"], weights=weights)
    assert table["frauds"].sum() == sample["Class"].sum()
    assert table["payments"].sum() == pytest.approx(weights.sum(), abs=24)
    assert (24 * (table["day"] - 1) + table["hour_of_day"]).tolist() == table.index.tolist()


def test_lull_finds_the_hours_with_least_traffic_and_counts_weights():
    times = np.arange(24) * 3600.0
    weights = np.full(24, 9.0)
    weights[[3, 17]] = 1.0
    assert profile.lull(times, hours=2, weights=weights).tolist() == [3, 17]


def two_days(rates, n=2000, seed=0):
    """Payments of two days in four hours, with a fraud rate for each (day, hour)."""
    rng = np.random.default_rng(seed)
    times, labels = [], []
    for day in range(2):
        for hour in range(4):
            times.append(np.sort(rng.integers(0, 3600, n)) + 86_400.0 * day + 3600 * hour)
            labels.append(rng.random(n) < rates[day][hour])
    return np.concatenate(times), np.concatenate(labels).astype(int)


def test_matching_by_hour_removes_a_difference_of_traffic():
    times, labels = two_days([[0.01, 0.01, 0.1, 0.1]] * 2)
    # Day 2 loses most of the payments of its risky hours: its crude rate falls, its risk does not.
    rng = np.random.default_rng(1)
    risky = (times >= 86_400) & (times % 86_400 >= 7200)
    kept = ~risky | (rng.random(len(times)) < 0.1)
    found = profile.matched_days(times[kept], labels[kept], n_permutations=499)
    assert found["crude"] < 0.6
    assert found["low"] < 1 < found["high"]
    assert found["p_value"] > 0.05
    assert found["hours"] == 4


def test_matched_ratio_of_equal_traffic_is_the_ratio_of_counts():
    times = np.r_[np.full(100, 10.0), np.full(100, 86_410.0)]
    labels = np.r_[np.repeat([1, 0], [20, 80]), np.repeat([1, 0], [10, 90])]
    found = profile.matched_days(times, labels)
    assert found["matched"] == pytest.approx(0.5)
    # One matched hour has two exchanges, and both are as extreme as what was seen.
    assert found["p_value"] == 1
    share = stats.binomtest(10, 30).proportion_ci(method="exact")
    assert found["low"] == pytest.approx(share.low / (1 - share.low))
    assert found["high"] == pytest.approx(share.high / (1 - share.high))
    # And there is only one hour to draw.
    assert found["hours_low"] == found["hours_high"] == pytest.approx(0.5)


def test_matched_days_see_a_day_that_is_worse_in_every_hour():
    rng = np.random.default_rng(3)
    hours = np.repeat(np.arange(48), 400)
    labels = (rng.random(len(hours)) < np.where(hours < 24, 0.02, 0.08)).astype(int)
    found = profile.matched_days(hours * 3600.0, labels, n_permutations=999)
    assert found["low"] > 2
    assert found["hours_low"] > 2
    assert found["p_value"] == 1 / 1000


def test_frauds_that_come_by_the_hour_widen_the_interval_of_whole_hours_alone():
    rng = np.random.default_rng(0)
    hours = np.repeat(np.arange(48), 400)
    bad = np.arange(48) % 5 == 0  # most frauds fall into a few hours of either day
    rate = np.where(bad[hours], 0.1, 0.005)
    labels = (rng.random(len(hours)) < rate).astype(int)
    found = profile.matched_days(hours * 3600.0, labels, n_permutations=999)
    alone, whole = (
        np.log(found[high] / found[low])
        for low, high in (("low", "high"), ("hours_low", "hours_high"))
    )
    assert whole > 1.5 * alone


def test_exchanging_the_names_of_the_days_inverts_the_ratio():
    times, labels = two_days([[0.02] * 4, [0.05] * 4], n=500)
    day_2 = times >= 86_400
    order = np.argsort(other := np.where(day_2, times - 86_400, times + 86_400), kind="stable")
    one, two = (
        profile.matched_days(times, labels, n_permutations=99),
        profile.matched_days(other[order], labels[order], n_permutations=99),
    )
    assert one["matched"] == pytest.approx(1 / two["matched"])


def test_matched_days_refuse_a_single_day():
    with pytest.raises(ValueError, match=r"on both of two days.*by day \{1: 1\}"):
        profile.matched_days([0.0, 1.0], [1, 0])


# --- the published facts ------------------------------------------------------------------------


@pytest.mark.full_data
def test_the_published_counts_of_repeats_are_found(full):
    exact, but_for_time = profile.repeats(full), profile.repeats(full, ignore=["Time"])
    assert (exact["surplus"], exact["surplus_frauds"]) == (1081, 19)
    assert but_for_time["surplus"] == 9144
    assert exact["mixed"] == but_for_time["mixed"] == 0


@pytest.mark.full_data
def test_the_published_headlines_are_found(full):
    fraud = full["Class"] == 1
    assert full.loc[fraud, "Amount"].sum() == pytest.approx(60_127.97)
    assert full["Amount"].sum() == pytest.approx(25_162_590.01)
    assert profile.hourly(full["Time"], fraud).groupby("day")["frauds"].sum().tolist() == [281, 211]
    zero = profile.fraud_rates(full["Amount"] == 0, full["Class"])
    assert zero.loc[True, ["payments", "frauds"]].tolist() == [1825, 27]


@pytest.mark.full_data
def test_no_exact_twins_are_parted_by_time(full):
    part = np.searchsorted([split.TRAIN_END, split.VALID_END], full["Time"], side="right")
    sets = profile.twin_sets(full, ignore=())
    assert not set(sets[part < 2]) & set(sets[part == 2])


@pytest.mark.full_data
def test_the_components_are_centred_over_all_rows_and_no_fewer(full):
    rows = np.arange(len(full))
    parts = {k: rows < len(rows) - k for k in (0, 1)}
    cliff = profile.centring(full[list(data.FEATURES)], parts)["offset"]
    assert cliff[0] < 1e-13
    assert cliff[1] > 1e-7
