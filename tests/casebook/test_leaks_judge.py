import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from casebook import conventions, data, leaks
from casebook.leaks._judge import Savings
from prerelease import costs as money
from prerelease import intervals

COSTS = money.CostModel()


@pytest.fixture(scope="module")
def payments():
    return data.load_sample()


@pytest.fixture(scope="module")
def score(payments):
    rng = np.random.default_rng(0)
    noisy = 0.6 * payments["Class"] + 0.4 * rng.random(len(payments))
    return noisy.to_numpy()


def saved(df, block):
    """Return the metric of savings on all rows, and the bill of the decisions."""
    how = {"costs": COSTS, "weight": np.ones(len(df))}
    metric, (bill,), kept = leaks.measures(df, [block], [block], **how)["savings"]
    whole = np.zeros((2, len(df)))
    whole[:, kept] = metric.accept, metric.oracle
    return Savings(*whole), bill


def frame(frauds, amounts):
    return pd.DataFrame({"Class": frauds, "Amount": amounts})


@given(
    st.lists(st.tuples(st.booleans(), st.floats(0, 2000), st.booleans()), min_size=1, max_size=30)
)
def test_savings_are_those_of_the_cost_model(rows):
    # One fraud worth blocking, so that there is something to save; one honest payment.
    fraud, amount, block = zip(*rows, (True, 100.0, False), (False, 5.0, False), strict=True)
    df = frame(np.array(fraud, dtype=int), amount)
    metric, rule = saved(df, block)
    found = intervals.value(metric, df["Class"], rule)
    assert found == pytest.approx(money.savings(df["Class"], block, amount, costs=COSTS))


def test_resampled_savings_are_savings_of_the_resampled_rows():
    rng = np.random.default_rng(0)
    df = frame((np.arange(60) < 12).astype(int), rng.uniform(1, 300, 60))
    metric, rule = saved(df, rng.random(60) < 0.3)
    accept, oracle = metric.accept, metric.oracle
    kernel = metric.kernel(df["Class"].to_numpy() == 1, rule)
    counts = rng.integers(0, 3, 60)
    cells = np.bincount(kernel.cell, weights=counts, minlength=kernel.n_cells)
    wanted = counts @ (accept - rule) / (counts @ (accept - oracle))
    assert kernel.evaluate(cells[None])[0] == pytest.approx(wanted)


def test_savings_without_a_fraud_in_the_resample_have_no_value():
    df = frame([1, 0], [100.0, 10.0])
    metric, rule = saved(df, [True, True])
    kernel = metric.kernel(df["Class"].to_numpy() == 1, rule)
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


def test_columns_are_judged_as_if_each_were_alone(payments, score):
    half = payments["Time"] < 100_000
    scored = pd.DataFrame({"a": score, "b": np.where(half, score, np.nan)})
    found = leaks.judge_all(payments, scored, costs=COSTS, n_resamples=100)
    alone = {
        name: leaks.judge(payments, scored[name], costs=COSTS, n_resamples=100) for name in "ab"
    }
    assert found == alone


def test_judged_euros_and_savings_are_those_of_all_rows(payments, score):
    score = score**3
    found = leaks.judge(payments, score, costs=COSTS)
    given = {
        "amount": payments["Amount"],
        "costs": COSTS,
        "weight": data.sampling_weights(payments),
    }
    block = conventions.decide(payments, score, costs=COSTS)
    nobody = np.zeros(len(payments), dtype=bool)
    per_1000 = [
        1000
        * np.average(
            money.row_costs(payments["Class"], rule, payments["Amount"], costs=COSTS),
            weights=given["weight"],
        )
        for rule in (nobody, block)
    ]
    assert found["saved"].estimate == pytest.approx(per_1000[0] - per_1000[1])
    assert found["savings"].estimate == pytest.approx(
        money.savings(payments["Class"], block, **given)
    )
    # Rows without a cost are left out of the resampling: it must not change the interval much.
    metric, rule = saved(payments, block)
    of_all = intervals.bootstrap(
        metric,
        payments["Class"],
        rule,
        sample_weight=given["weight"],
        **conventions.drawn(payments["Time"]),
    )
    near = (of_all.high - of_all.low) / 10
    assert found["savings"].low == pytest.approx(of_all.low, abs=near)
    assert found["savings"].high == pytest.approx(of_all.high, abs=near)


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


def test_scores_that_share_no_row_cannot_be_compared(payments, score):
    half = payments["Time"] < 100_000
    with pytest.raises(ValueError, match="got none of 14708 rows"):
        leaks.difference(payments, np.where(half, score, np.nan), np.where(half, np.nan, score))


def test_one_threshold_judges_as_the_decisions_that_it_makes(payments, score):
    found = leaks.judge(payments, score, costs=COSTS, threshold=0.5, n_resamples=100)
    by_hand = leaks.judge(payments, score, costs=COSTS, block=score >= 0.5, n_resamples=100)
    assert found == by_hand
    frauds = payments["Class"] == 1
    assert found["recall"].estimate == (score[frauds] >= 0.5).mean()


def test_trainings_that_agree_are_judged_as_one_and_those_that_do_not_widen_the_doubt(
    payments, score
):
    one = leaks.judge(payments, score, costs=COSTS, threshold=0.5, n_resamples=200)
    same = leaks.judge(payments, [score, score], costs=COSTS, threshold=0.5, n_resamples=200)
    for name, interval in one.items():
        assert (same[name].low, same[name].high) == pytest.approx((interval.low, interval.high))
    other = score + np.random.default_rng(1).random(len(score))
    gap = leaks.difference(payments, [score, other], score, n_resamples=400)
    lone = leaks.difference(payments, other, score, n_resamples=400)
    assert gap.estimate == pytest.approx(lone.estimate / 2)
    assert gap.half_width > lone.half_width / 2
    assert gap.method == "time-block percentile over rows and repetitions"


def test_few_rows_stand_for_all_in_the_interval_and_the_estimate_is_that_of_all(payments, score):
    other = score + 0.3 * np.random.default_rng(3).random(len(score))
    weight = data.sampling_weights(payments)
    how = conventions.drawn(payments["Time"]) | {"sample_weight": weight, "n_resamples": 2000}
    of_all = intervals.bootstrap_difference(
        intervals.AveragePrecision(), payments["Class"], score, other, **how
    )
    found = leaks.difference(payments, score, other, n_resamples=2000)
    assert found.estimate == pytest.approx(of_all.estimate, abs=1e-12)
    assert found.n == of_all.n
    near = of_all.half_width / 15
    assert (found.low, found.high) == pytest.approx((of_all.low, of_all.high), abs=near)
    kept, stands_for = leaks.fewer(payments["Class"], [score, other], weight)
    assert len(kept) < len(payments) / 5
    assert payments["Class"].iloc[kept].sum() == payments["Class"].sum()
    assert stands_for.sum() == pytest.approx(weight.sum())
    few = [
        average_precision_score(payments["Class"].iloc[kept], one[kept], sample_weight=stands_for)
        for one in (score, other)
    ]
    assert few[0] - few[1] == pytest.approx(of_all.estimate, abs=2e-4)
