"""One rule of decision and one way to draw an interval, for every chapter."""

import numpy as np
import pandas as pd
import pytest

from casebook import conventions, data
from prerelease import intervals
from prerelease.costs import CostModel, best_threshold, row_costs

COSTS = CostModel()


def payments(n=4000, seed=0):
    rng = np.random.default_rng(seed)
    fraud = rng.random(n) < 0.03
    df = pd.DataFrame(
        {
            "Time": np.sort(rng.uniform(0, 40_000, n)),
            "Amount": rng.exponential(80, n),
            "Class": fraud.astype(int),
        }
    )
    df.attrs["source"] = "full"
    return df, np.clip(0.4 * fraud + 0.6 * rng.random(n), 0, 1)


def test_no_payment_has_a_say_in_the_threshold_that_decides_about_it():
    df, score = payments()
    quarters = np.searchsorted(
        np.linspace(df["Time"].iloc[0], df["Time"].iloc[-1], 5)[1:-1], df["Time"], side="right"
    )
    block = conventions.decide(df, score, costs=COSTS)
    for quarter in range(conventions.STRETCHES):
        here = quarters == quarter
        others = df[~here]
        chosen = best_threshold(others["Class"], score[~here], others["Amount"], costs=COSTS)
        assert (block[here] == (score[here] >= chosen.threshold)).all()


def test_the_threshold_for_later_rows_is_the_cheapest_of_all_that_may_choose():
    df, score = payments()
    found = conventions.threshold(df, score, costs=COSTS)
    cost, *costs = (
        row_costs(df["Class"], score >= threshold, df["Amount"], costs=COSTS).sum()
        for threshold in (found, *np.unique(score)[::40])
    )
    assert cost <= min(costs) + 1e-9


def test_an_interval_is_a_percentile_one_of_ten_minutes(monkeypatch):
    monkeypatch.setenv("PRERELEASE_MODE", "full")
    df, score = payments()
    how = conventions.drawn(df["Time"])
    assert how["scheme"].n_blocks == 67  # 40,000 s
    assert how["n_resamples"] == 2000
    found = intervals.bootstrap(intervals.AveragePrecision(), df["Class"], score, **how)
    assert found.method == "time-block percentile"
    assert found.level == 0.95


@pytest.mark.parametrize(("mode", "resamples"), [("full", 2000), ("quick", 400)])
def test_quick_mode_draws_fewer_and_nothing_else(monkeypatch, mode, resamples):
    monkeypatch.setenv("PRERELEASE_MODE", mode)
    how = conventions.drawn([0.0, 7200.0], asked=10)
    assert how["n_resamples"] == resamples
    assert how["level"] == pytest.approx(0.995)
    assert how["method"] == "percentile"
    assert how["scheme"].seconds == 600


def test_what_is_drawn_for_several_may_be_judged_as_one_of_several():
    df, score = payments()
    gap = intervals.bootstrap_difference(
        intervals.AveragePrecision(),
        df["Class"],
        score,
        1 - score,
        **conventions.drawn(df["Time"], asked=4),
    )
    assert intervals.verdict(gap, asked=4) == "higher"


def test_rows_of_the_sample_count_as_many_as_they_stand_for():
    sample = data.load_sample()
    rng = np.random.default_rng(0)
    score = np.clip(0.4 * sample["Class"] + 0.6 * rng.random(len(sample)), 0, 1)
    weight = data.sampling_weights(sample)
    weighed = best_threshold(
        sample["Class"], score, sample["Amount"], costs=COSTS, weight=weight
    ).threshold
    assert conventions.threshold(sample, score, costs=COSTS) == weighed
    without = best_threshold(sample["Class"], score, sample["Amount"], costs=COSTS).threshold
    assert weighed > without  # each honest payment blocked stands for many


def test_confidence_intervals_of_a_mean_cover_the_mean_and_not_the_rows():
    rng = np.random.default_rng(0)
    values = rng.exponential(size=(200, 200))
    tables = [conventions.mean_intervals(row, np.zeros(200)).iloc[0] for row in values]
    held = np.mean([table["low"] <= 1 <= table["high"] for table in tables])
    assert held == pytest.approx(0.95, abs=0.05)
    table = tables[0]
    assert np.mean((values[0] >= table["low"]) & (values[0] <= table["high"])) < 0.3


def test_confidence_intervals_halve_with_four_times_the_rows():
    values = np.tile([0.0, 1.0, 5.0], 200)
    wide, narrow = (conventions.mean_intervals(values[:n], np.zeros(n)).iloc[0] for n in (150, 600))
    ratio = (wide["high"] - wide["low"]) / (narrow["high"] - narrow["low"])
    assert ratio == pytest.approx(2, abs=0.03)


def test_a_group_of_one_has_no_interval():
    with pytest.raises(ValueError, match="groups must have at least 2 rows each, got 1 in 'b'"):
        conventions.mean_intervals([1.0, 2.0, 3.0], ["a", "a", "b"])
