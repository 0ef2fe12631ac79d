import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from prerelease import costs as money
from prerelease import data, intervals, leaks

COSTS = money.CostModel()


@pytest.fixture(scope="module")
def payments():
    return data.load_sample()


@pytest.fixture(scope="module")
def score(payments):
    rng = np.random.default_rng(0)
    noisy = 0.6 * payments["Class"] + 0.4 * rng.random(len(payments))
    return noisy.to_numpy()


def frame(frauds, amounts):
    return pd.DataFrame({"Class": frauds, "Amount": amounts})


@given(
    st.lists(st.tuples(st.booleans(), st.floats(0, 2000), st.booleans()), min_size=1, max_size=30)
)
def test_savings_and_euros_are_those_of_the_cost_model(rows):
    # One fraud worth blocking, so that there is something to save; one honest payment.
    fraud, amount, block = zip(*rows, (True, 100.0, False), (False, 5.0, False), strict=True)
    df = frame(np.array(fraud, dtype=int), amount)
    rule, accept, oracle = leaks.rule_costs(df, block, costs=COSTS)
    found = intervals.value(leaks.Savings(accept, oracle), df["Class"], rule)
    assert found == pytest.approx(money.savings(df["Class"], block, amount, costs=COSTS))
    per_1000 = intervals.value(leaks.SavedPer1000(accept), df["Class"], rule)
    nobody = np.zeros(len(df), dtype=bool)
    wanted = [money.cost_per_1000(df["Class"], b, amount, costs=COSTS) for b in (nobody, block)]
    assert per_1000 == pytest.approx(wanted[0] - wanted[1])


def test_resampled_savings_are_savings_of_the_resampled_rows():
    rng = np.random.default_rng(0)
    df = frame((np.arange(60) < 12).astype(int), rng.uniform(1, 300, 60))
    rule, accept, oracle = leaks.rule_costs(df, rng.random(60) < 0.3, costs=COSTS)
    kernel = leaks.Savings(accept, oracle).kernel(df["Class"].to_numpy() == 1, rule)
    counts = rng.integers(0, 3, 60)
    cells = np.bincount(kernel.cell, weights=counts, minlength=kernel.n_cells)
    wanted = counts @ (accept - rule) / (counts @ (accept - oracle))
    assert kernel.evaluate(cells[None])[0] == pytest.approx(wanted)


def test_savings_without_a_fraud_in_the_resample_have_no_value():
    df = frame([1, 0], [100.0, 10.0])
    rule, accept, oracle = leaks.rule_costs(df, [True, True], costs=COSTS)
    kernel = leaks.Savings(accept, oracle).kernel(df["Class"].to_numpy() == 1, rule)
    cells = np.bincount(kernel.cell, weights=[0, 2], minlength=kernel.n_cells)
    assert np.isnan(kernel.evaluate(cells[None])[0])


def test_judge_reads_what_scikit_learn_reads_and_leaves_unscored_rows_out(payments, score):
    partly = pd.Series(score, index=payments.index).where(payments["Time"] > 100_000)
    found = leaks.judge(payments, partly, costs=COSTS, n_resamples=100)
    kept = payments[partly.notna()]
    wanted = average_precision_score(
        kept["Class"], partly.dropna(), sample_weight=data.sampling_weights(kept)
    )
    assert found["average precision"].estimate == pytest.approx(wanted)
    assert found["savings"].n == len(kept)
    assert found["savings"].n_positive == kept["Class"].sum()


def test_oracle_scores_save_everything_that_can_be_saved(payments):
    found = leaks.judge(payments, payments["Class"] * 0.99, costs=COSTS, n_resamples=100)
    assert found["average precision"].estimate == 1
    assert found["savings"].estimate == pytest.approx(1)
    assert found["saved"].low > 0


def test_difference_turns_its_sign_with_the_order(payments, score):
    worse = score + np.random.default_rng(1).random(len(score))
    there = leaks.difference(payments, score, worse, n_resamples=200)
    back = leaks.difference(payments, worse, score, n_resamples=200)
    assert there.estimate == pytest.approx(-back.estimate)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    assert there.low > 0


def test_steps_compare_neighbours_on_the_rows_both_have(payments, score):
    half = payments["Time"] < 100_000
    scored = pd.DataFrame({"a": score, "b": np.where(half, score, np.nan), "c": score[::-1]})
    table = leaks.steps(payments, scored, names={"a": "first"})
    assert table.index.tolist() == [("first", "b"), ("b", "c")]
    assert table["rows"].tolist() == [half.sum()] * 2
    assert table["change"].iloc[0].estimate == 0
    assert table["change"].iloc[1].high < 0


def test_scores_that_share_no_row_cannot_be_compared(payments, score):
    half = payments["Time"] < 100_000
    with pytest.raises(ValueError, match="got none of 14708 rows"):
        leaks.difference(payments, np.where(half, score, np.nan), np.where(half, np.nan, score))
