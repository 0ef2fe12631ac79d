"""Thresholds are priced on rows that did not choose them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prerelease.costs import CostModel, best_threshold, row_costs
from prerelease.intervals import Blocks
from prerelease.intervals._draws import row_counts
from prerelease.thresholds import cross_fitted, raised, rechosen, regret

COSTS = CostModel()


def total_cost(y, block, amount, *, costs, weight=1.0):
    return (weight * row_costs(y, block, amount, costs=costs)).sum()


def cases(n=400, seed=0, noise=0.5):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.15).astype(int)
    score = np.clip(0.3 * y + noise * rng.random(n), 0, 1)
    return y, score, rng.exponential(60, n), np.sort(rng.uniform(0, 1000, n))


def test_no_row_has_a_say_in_its_own_decision():
    y, score, amount, time = cases()
    before = cross_fitted(y, score, amount, time, costs=COSTS)
    last = time > 750 + time[0] * 0.25  # well inside the last stretch
    changed = y.copy()
    changed[last] = 1 - changed[last]
    after = cross_fitted(changed, score, amount, time, costs=COSTS)
    assert after.thresholds[-1] == before.thresholds[-1]
    assert (after.block[last] == before.block[last]).all()


def test_each_threshold_is_the_best_of_the_other_stretches():
    y, score, amount, time = cases()
    found = cross_fitted(y, score, amount, time, costs=COSTS, n_stretches=2)
    half = (time[0] + time[-1]) / 2
    for rows, threshold in zip((time < half, time >= half), found.thresholds, strict=True):
        best = best_threshold(y[~rows], score[~rows], amount[~rows], costs=COSTS)
        assert threshold == best.threshold
        assert (found.block[rows] == (score[rows] >= threshold)).all()


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), stretches=st.integers(2, 6))
def test_no_cheaper_than_the_best_threshold_of_all_rows_unless_thresholds_differ(seed, stretches):
    y, score, amount, time = cases(seed=seed)
    found = cross_fitted(y, score, amount, time, costs=COSTS, n_stretches=stretches)
    assert len(found.thresholds) == stretches
    if len(set(found.thresholds)) == 1:
        best = best_threshold(y, score, amount, costs=COSTS).cost
        assert total_cost(y, found.block, amount, costs=COSTS) >= best - 1e-9


def test_choosing_and_pricing_on_the_same_rows_is_optimistic_on_average():
    gaps = []
    for seed in range(40):
        y, score, amount, time = cases(n=150, seed=seed, noise=0.9)
        apart = total_cost(
            y, cross_fitted(y, score, amount, time, costs=COSTS).block, amount, costs=COSTS
        )
        gaps.append(apart - best_threshold(y, score, amount, costs=COSTS).cost)
    assert np.mean(gaps) > 0


def test_a_perfect_score_is_decided_perfectly():
    y, _, amount, time = cases()
    found = cross_fitted(y, y.astype(float), amount, time, costs=COSTS)
    assert (found.block == (y == 1)).all()


def test_positives_of_one_stretch_only_leave_nothing_to_choose_by():
    y = np.r_[np.zeros(50, dtype=int), np.ones(50, dtype=int)]
    with pytest.raises(ValueError, match=r"Without stretch 2 of 2 .* all 50 are in it"):
        cross_fitted(y, np.linspace(0, 1, 100), np.ones(100), np.arange(100.0), costs=COSTS,
                     n_stretches=2)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_stretches": 1}, "n_stretches must be an integer of at least 2"),
        ({"time": [3.0, 2.0, 1.0, 0.0]}, "time must be sorted"),
        ({"time": [5.0] * 4}, "time must span some time .* got 5 s only"),
        ({"score": [0.1, 0.2, 0.3, np.nan]}, "score must be finite"),
        ({"score": [0.1, 0.2, 0.3]}, "same length"),
        ({"amount": [1.0, 1.0, 1.0, -1.0]}, "amount must not be negative"),
    ],
)
def test_bad_input_is_named(change, message):
    good = {
        "y": [1, 0, 1, 0],
        "score": [0.9, 0.1, 0.8, 0.2],
        "amount": [50.0] * 4,
        "time": [0.0, 1.0, 2.0, 3.0],
        "n_stretches": 2,
    }
    values = {**good, **change}
    arrays = [values[name] for name in ("y", "score", "amount", "time")]
    with pytest.raises(ValueError, match=message):
        cross_fitted(*arrays, costs=COSTS, n_stretches=values["n_stretches"])


def test_a_row_of_weight_nine_counts_as_nine_rows():
    rng = np.random.default_rng(3)
    y = rng.random(400) < 0.1
    score, amount, weight = (
        0.7 * rng.random(400) + 0.3 * y,
        rng.exponential(50, 400),
        np.where(y, 1, 9),
    )
    time = np.arange(400.0)
    once = cross_fitted(y, score, amount, time, costs=CostModel(), weight=weight)
    again = np.repeat(np.arange(400), weight)
    twice = cross_fitted(y[again], score[again], amount[again], time[again], costs=CostModel())
    assert once.thresholds == twice.thresholds
    alone = cross_fitted(y, score, amount, time, costs=CostModel())
    assert alone.thresholds != once.thresholds


def others(*changes):
    return [replace(COSTS, **change) for change in changes]


OTHERS = others(
    {"goodwill": 2.0}, {"goodwill": 80.0}, {"miss_fee": 200.0}, {"review": 1.0},
    {"margin_share": 0.3}, {"recovery_share": 0.5, "catch_gain": 3.0}, {},
)  # fmt: skip


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), ties=st.booleans())
def test_regret_is_what_todays_cross_fitted_decisions_cost_more_than_those_for_the_other_costs(
    seed, ties
):
    y, score, amount, time = cases(n=200, seed=seed, noise=0.9)
    score = score.round(1) if ties else score
    table = regret(
        y, score, amount, time, costs=COSTS, others=OTHERS, scheme=Blocks(time, 100),
        n_resamples=100,
    )  # fmt: skip
    today = cross_fitted(y, score, amount, time, costs=COSTS).block
    for found, costs in zip(table["regret_per_1000"], OTHERS, strict=True):
        then = cross_fitted(y, score, amount, time, costs=costs).block
        gap = total_cost(y, today, amount, costs=costs) - total_cost(y, then, amount, costs=costs)
        assert found == pytest.approx(1000 * gap / len(y), abs=1e-6)
    assert table.iloc[-1].tolist() == [0.0, 0.0, 0.0]  # at today's costs there is none


def test_all_thresholds_of_the_regret_are_chosen_anew_in_each_resample():
    y, score, amount, time = cases(n=120, noise=0.9)
    scheme, dear = Blocks(time, 100), OTHERS[1]
    found = regret(
        y, score, amount, time, costs=COSTS, others=[dear], scheme=scheme, n_resamples=100,
        level=0.9,
    )  # fmt: skip
    gaps = []
    stretch = np.searchsorted(np.linspace(time[0], time[-1], 5)[1:-1], time, side="right")
    for counts in np.concatenate([*row_counts(scheme, y, n_resamples=100)]):
        gap = 0.0
        for number in range(4):
            here, rest = stretch == number, (stretch != number) & (counts > 0)
            blocks = []
            for costs in (COSTS, dear):
                data = y[rest], score[rest], amount[rest]
                # A resample without positives elsewhere accepts all.
                at = (
                    best_threshold(*data, costs=costs, weight=counts[rest]).threshold
                    if y[rest].any()
                    else np.inf
                )
                blocks.append(score[here] >= at)
            now, then = (
                total_cost(y[here], b, amount[here], costs=dear, weight=counts[here])
                for b in blocks
            )
            gap += now - then
        gaps.append(1000 * gap / counts.sum())
    low, high = np.quantile(gaps, [0.05, 0.95])
    estimate = found["regret_per_1000"].iloc[0]
    assert found["low"].iloc[0] == pytest.approx(min(low, estimate), abs=1e-6)
    assert found["high"].iloc[0] == pytest.approx(max(high, estimate), abs=1e-6)


def test_a_threshold_chosen_again_never_costs_less_than_the_best_of_the_rows():
    y, score, amount, time = cases(noise=0.9)
    scheme = Blocks(time, 50)
    found = rechosen(y, score, amount, costs=COSTS, scheme=scheme, n_resamples=200)
    best = best_threshold(y, score, amount, costs=COSTS)
    assert found.shape == (200,)
    assert found.min() >= -1e-9
    first = next(row_counts(scheme, y, n_resamples=200))[0]
    rows = first > 0
    chosen = best_threshold(y[rows], score[rows], amount[rows], costs=COSTS, weight=first[rows])
    cost = total_cost(y, score >= chosen.threshold, amount, costs=COSTS)
    assert found[0] == pytest.approx(1000 * (cost - best.cost) / len(y), abs=1e-6)


@given(seed=st.integers(0, 1000), per_hour=st.floats(0.5, 30))
def test_alerts_are_raised_by_a_threshold_that_other_stretches_keep_to(seed, per_hour):
    rng = np.random.default_rng(seed)
    time, priority = np.sort(rng.uniform(0, 8 * 3600, 300)), rng.random(300)
    alerts = raised(priority, time, per_hour=per_hour)
    stretch = np.searchsorted(np.linspace(time[0], time[-1], 5)[1:-1], time, side="right")
    hours = (time[-1] - time[0]) / 3600 * 3 / 4
    for number in range(4):
        here = stretch == number
        if alerts[here].any() and not alerts[here].all():
            assert priority[here][alerts[here]].min() > priority[here][~alerts[here]].max()
            least = priority[here][alerts[here]].min()
            assert (priority[~here] >= least).sum() <= max(1, round(per_hour * hours))


def test_no_case_has_a_say_in_the_threshold_that_raises_it():
    time, priority = np.arange(0.0, 8 * 3600, 60), np.random.default_rng(0).random(480)
    first = np.arange(480) < 100  # within the first stretch
    changed = np.where(first, 1.0, priority)
    assert raised(changed, time, per_hour=10)[first].all()  # the threshold is still the others'
    assert raised(np.where(first, 0.0, priority), time, per_hour=10)[first].sum() == 0


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: raised([1.0, 2.0], [0, 1], per_hour=0), "per_hour"),
        (lambda: raised([1.0, 2.0], [0, 1, 2], per_hour=1), "must have one length|same length"),
        (
            lambda: regret(
                [1, 0], [0.9, 0.1], [5, 5], [0, 9], costs=COSTS, others=[COSTS],
                scheme=Blocks([0, 9], 1), method="bca",
            ),
            "method must be one of",
        ),
    ],
)  # fmt: skip
def test_bad_requests_of_regret_and_queues_are_named(call, told):
    with pytest.raises(ValueError, match=told):
        call()
