import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats

from casebook import data, split
from casebook.retraining import (
    Labelling,
    Never,
    Scheduled,
    bills,
    break_even,
    cheapest,
    cheapest_by_price,
    daily,
    hindsights,
    over_streams,
    saved_so_far,
    summary,
)
from casebook.retraining._compare import cheapest_way, hindsight
from casebook.streams import Shift, build, pool

POOL = pool(pd.concat(split.development(data.load_sample())))
CHANGE = Shift("concept", day=5)
STREAMS = [build(POOL, shift=CHANGE, n_days=10, n_history=5, seed=seed) for seed in range(3)]
POLICIES = {"never": Never(), "every 2 days": Scheduled(2)}
DAYS = daily(STREAMS, POLICIES, delays=[0, 2])
ORACLE = [hindsight(stream) for stream in STREAMS]
BILLS = bills(DAYS, retraining_costs=[0, 50], oracle=ORACLE)


def made_up(decisions, retrainings, *, days=10, delay=0.0):
    """A table of bills: rows of streams, columns of policies."""
    names = ["never", *(f"p{k}" for k in range(1, decisions.shape[1]))]
    parts = [
        pd.DataFrame(
            {
                "stream": range(len(decisions)), "delay": delay, "policy": name, "days": days,
                "decisions": decisions[:, k], "retrainings": retrainings[:, k],
                "retraining_cost": 0.0, "total": decisions[:, k],
            }
        )
        for k, name in enumerate(names)
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def test_there_is_one_row_for_each_stream_delay_policy_and_day():
    assert len(DAYS) == 3 * 2 * 2 * 5
    assert not DAYS.duplicated(["stream", "delay", "policy", "day"]).any()
    assert set(DAYS["day"]) == set(range(5, 10))


def test_policies_meet_the_same_streams():
    frauds = DAYS.groupby(["stream", "day"])["frauds"].nunique()
    assert (frauds == 1).all()


def test_never_retraining_does_not_care_about_labels():
    never = DAYS[DAYS["policy"] == "never"]
    on_time, late = (never[never["delay"] == delay]["cost"].to_numpy() for delay in (0, 2))
    assert np.array_equal(on_time, late)


def test_streams_of_a_generator_give_the_same_and_progress_is_told():
    told = []
    again = daily(iter(STREAMS), POLICIES, delays=[0, 2], tell=told.append)
    pd.testing.assert_frame_equal(DAYS, again)
    assert told == [1, 2, 3]


def test_two_processes_give_the_same_as_one():
    pd.testing.assert_frame_equal(DAYS, daily(STREAMS, POLICIES, delays=[0, 2], processes=2))
    told = []
    for one, other in zip(hindsights(STREAMS, processes=2, tell=told.append), ORACLE, strict=True):
        assert np.array_equal(one, other, equal_nan=True)
    assert told == [1, 2, 3]


def test_a_bill_is_decisions_plus_retrainings():
    for row in BILLS.query("policy != 'oracle'").itertuples():
        part = DAYS.query("stream == @row.stream and delay == @row.delay and policy == @row.policy")
        paid = part["cost"].sum() + row.retraining_cost * part["retrained"].sum()
        assert row.total == pytest.approx(paid / 5)


def test_the_oracle_of_the_table_is_never_dearer_than_never_on_any_stream():
    wide = BILLS.pivot_table(
        index=["stream", "delay", "retraining_cost"], columns="policy", values="total"
    )
    assert (wide["oracle"] <= wide["never"] + 1e-9).all()
    for row in BILLS.query("policy == 'oracle'").itertuples():
        assert row.total * 5 == pytest.approx(
            cheapest_way(ORACLE[row.stream], row.retraining_cost)[0]
        )


def test_intervals_are_those_of_a_paired_t_test():
    found = summary(BILLS).query("delay == 2 and retraining_cost == 50").set_index("policy")
    at = BILLS.query("delay == 2 and retraining_cost == 50").set_index(["policy", "stream"])[
        "total"
    ]
    gap = (at["never"] - at["every 2 days"]).to_numpy()
    expected = stats.ttest_1samp(gap, 0).confidence_interval()
    saved = found.loc["every 2 days", "saved"]
    assert (saved.low, saved.high) == pytest.approx((expected.low, expected.high))
    assert saved.estimate == pytest.approx(gap.mean())
    assert found.loc["never", "saved"].half_width == 0
    assert found.loc["every 2 days", "retrainings"] == 2


def test_what_is_saved_so_far_ends_at_what_is_saved():
    at = DAYS[DAYS["delay"] == 2]
    last = saved_so_far(at).query("day == 9").set_index("policy")
    saved = summary(bills(at)).set_index("policy").loc["every 2 days", "saved"]
    told = last.loc["every 2 days", ["saved", "low", "high"]].to_numpy(dtype=float)
    assert told == pytest.approx(5 * np.array([saved.estimate, saved.low, saved.high]))


def test_the_cheapest_policy_leads_the_runner_up():
    table = made_up(np.array([[9.0, 5, 7], [11, 6, 8], [10, 7, 9]]), np.zeros((3, 3)))
    row = cheapest(table).iloc[0]
    assert (row["cheapest"], row["runner_up"]) == ("p1", "p2")
    assert row["lead"].estimate == pytest.approx(2)
    assert row["resolved"]
    noisy = made_up(np.array([[9.0, 5], [5, 9.5], [7, 7]]), np.zeros((3, 2)))
    assert not cheapest(noisy).iloc[0]["resolved"]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5), st.integers(0, 999))
@example(3, 780)  # two slopes that differ by a rounding error
def test_the_cheapest_by_price_is_the_cheapest_at_every_price(n, seed):
    rng = np.random.default_rng(seed)
    decisions, made = rng.uniform(0, 50, (2, n)), rng.integers(0, 6, (2, n))
    found = cheapest_by_price(made_up(decisions, made))
    assert found["above"].iloc[0] == 0
    assert np.isinf(found["up_to"].iloc[-1])
    assert found["above"].iloc[1:].tolist() == found["up_to"].iloc[:-1].tolist()
    for price in rng.uniform(0, 500, 20):
        totals = decisions.mean(axis=0) + price * made.mean(axis=0) / 10
        row = found[(found["above"] <= price) & (price <= found["up_to"])].iloc[0]
        place = ["never", *(f"p{k}" for k in range(1, n))].index(row["policy"])
        assert totals[place] == pytest.approx(totals.min())


def test_at_the_break_even_price_both_cost_the_same():
    table = made_up(np.array([[90.0, 70], [110, 92], [95, 60]]), np.array([[0, 2], [0, 3], [0, 2]]))
    found = break_even(table, policy="p1", delay=0)
    totals = table.groupby("policy").agg(d=("decisions", "mean"), r=("retrainings", "mean"))
    dear = totals["d"] + found.estimate * totals["r"] / 10
    assert dear["never"] == pytest.approx(dear["p1"])
    assert found.low <= found.estimate <= found.high
    assert found == break_even(table, policy="p1", delay=0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: daily([], POLICIES), "streams must not be empty"),
        (lambda: daily(STREAMS, {}), "policies must not be empty"),
        (lambda: daily(STREAMS, {"oracle": Never()}), "none may be named 'oracle'"),
        (lambda: daily(STREAMS, POLICIES, delays=[-1]), "delays must not be negative, got -1"),
        (lambda: daily(STREAMS, POLICIES, delays=[np.nan]), "delays must be finite"),
        (lambda: bills(DAYS, retraining_costs=[-5]), "retraining_costs must not be negative"),
        (lambda: bills(DAYS, retraining_costs=[np.nan]), "retraining_costs must be finite"),
        (lambda: bills(DAYS, oracle=ORACLE[:1]), "one oracle a stream, got 1"),
        (lambda: summary(BILLS.query("policy != 'never'")), "must be a policy 'never'"),
        (lambda: over_streams([1.0]), "the number of streams must be"),
        (lambda: over_streams([1.0, np.nan]), "values must be finite"),
        (lambda: saved_so_far(DAYS), r"days must hold one delay, got \[0.0, 2.0\]"),
        (lambda: cheapest(BILLS.query("policy == 'never'")), "the number of policies must be"),
        (
            lambda: break_even(BILLS, policy="monthly", delay=0),
            "no policy 'monthly' at a delay of 0",
        ),
        (lambda: break_even(BILLS, policy="never", delay=5), "no policy 'never' at a delay of 5"),
        (lambda: break_even(BILLS, policy="never", delay=0), "must retrain, and does not"),
    ],
)
def test_what_is_wrong_is_said(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_hindsight_of_one_day_is_that_day():
    assert cheapest_way(np.array([[7.0]]), 3) == (7.0, ())


def test_mistaken_tables_can_be_priced_on_the_same_streams():
    toy = Labelling(delay=1, unlabelled="taken as honest")
    wrong = daily(STREAMS, POLICIES, labelling=toy, delays=[1])
    right = daily(STREAMS, POLICIES, delays=[1])
    never = "policy == 'never'"
    assert np.array_equal(wrong.query(never)["cost"], right.query(never)["cost"])
    assert wrong["cost"].sum() > right["cost"].sum()
