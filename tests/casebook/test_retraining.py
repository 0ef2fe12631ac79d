from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ks_2samp

from casebook import data, models, split
from casebook.retraining import (
    Blocked,
    Inputs,
    Labelling,
    Learner,
    Never,
    Reports,
    Scheduled,
    Triggered,
    run,
)
from casebook.retraining._compare import cheapest_way, hindsight
from casebook.retraining._known import largest_distance, training_labels
from casebook.retraining._logistic import FastLogistic
from casebook.streams import DAY, Shift, build, pool
from prerelease.costs import CostModel, row_costs

POOL = pool(pd.concat(split.development(data.load_sample())))
STREAM = build(POOL, shift=Shift("concept", day=8), n_days=14, n_history=5, seed=1)
OFTEN = {
    "every 2 days": Scheduled(2),
    "on reports": Triggered(1.0, Reports()),
    "on inputs": Triggered(0.1, Inputs()),
    "on blocked": Triggered(1.0, Blocked()),
}
LATE = Labelling(delay=2)


def flipped(stream, rows):
    """Return the stream with the labels of some rows turned round."""
    return replace(stream, fraud=stream.fraud ^ rows)


@pytest.mark.parametrize("name", OFTEN)
@pytest.mark.parametrize("day", [7, 10])
def test_labels_that_are_not_known_yet_change_no_decision(name, day):
    _, blocked = run(Learner(STREAM), OFTEN[name], labelling=LATE)
    live = STREAM.time >= STREAM.n_history * DAY
    unknown = live & (STREAM.time + 2 * DAY > day * DAY)
    _, poisoned = run(Learner(flipped(STREAM, unknown)), OFTEN[name], labelling=LATE)
    until = STREAM.rows_of(0, day + 1)
    assert unknown[until].any()
    assert np.array_equal(blocked[until], poisoned[until])


def test_labels_that_are_known_do_change_decisions():
    _, blocked = run(Learner(STREAM), Scheduled(2), labelling=LATE)
    known = ~blocked & (STREAM.time >= 5 * DAY) & (STREAM.time < 8 * DAY)
    _, other = run(Learner(flipped(STREAM, known)), Scheduled(2), labelling=LATE)
    assert not np.array_equal(blocked, other)


@pytest.mark.parametrize("name", OFTEN)
def test_labels_of_blocked_payments_change_no_decision(name):
    _, blocked = run(Learner(STREAM), OFTEN[name], labelling=LATE)
    assert (blocked & STREAM.fraud).any()
    assert (blocked & ~STREAM.fraud).any()
    _, other = run(Learner(flipped(STREAM, blocked)), OFTEN[name], labelling=LATE)
    assert np.array_equal(blocked, other)


@settings(max_examples=30, deadline=None)
@given(
    delay=st.floats(0, 9),
    confirmed=st.floats(0, 1),
    day=st.integers(5, 13),
    seed=st.integers(0, 9),
)
def test_training_rows_are_exactly_those_whose_label_is_known(delay, confirmed, day, seed):
    live = STREAM.time >= STREAM.n_history * DAY
    blocked = live & (np.random.default_rng(seed).random(len(STREAM)) < 0.3)
    labelling = Labelling(delay=delay, confirmed=confirmed)
    usable, fraud = training_labels(STREAM, blocked, day, labelling=labelling)
    now = day * DAY
    assert not usable[STREAM.time >= now].any()
    assert usable[~live].all()
    young = live & ~blocked & (STREAM.time + delay * DAY > now)
    assert not usable[young].any()
    old = live & ~blocked & (STREAM.time + delay * DAY <= now)
    assert usable[old].all() or delay == 0
    found = usable & blocked
    assert np.array_equal(found, blocked & (STREAM.time < now) & (STREAM.luck < confirmed))
    assert np.array_equal(fraud, usable & STREAM.fraud)


def test_the_mistaken_table_takes_caught_and_young_frauds_as_honest():
    blocked = STREAM.fraud & (STREAM.time >= 5 * DAY) & (STREAM.time < 7 * DAY)
    toy = Labelling(delay=1, unlabelled="taken as honest")
    usable, fraud = training_labels(STREAM, blocked, 10, labelling=toy)
    assert usable[STREAM.time < 10 * DAY].all()
    assert not fraud[blocked].any()
    young = STREAM.fraud & (STREAM.time >= 9 * DAY) & (STREAM.time < 10 * DAY)
    assert young.any()
    assert not fraud[young].any()


def test_a_run_bills_the_decisions_that_it_returns():
    learner = Learner(STREAM)
    days, blocked = run(learner, Scheduled(3), labelling=LATE)
    assert days["day"].tolist() == list(range(5, 14))
    assert not blocked[STREAM.time < 5 * DAY].any()
    live = STREAM.rows_of(5, 14)
    assert days["cost"].sum() == pytest.approx(learner.bill(blocked[live], live))
    assert days["frauds"].sum() == STREAM.fraud[live].sum()
    assert days["missed"].sum() == (STREAM.fraud & ~blocked)[live].sum()
    assert days.loc[days["retrained"], "day"].tolist() == [8, 11]


def test_the_same_run_twice_decides_the_same():
    for policy in OFTEN.values():
        one, again = (run(Learner(STREAM), policy, labelling=LATE) for _ in range(2))
        pd.testing.assert_frame_equal(one[0], again[0])
        assert np.array_equal(one[1], again[1])


def test_a_signal_that_never_alarms_is_never_and_one_that_always_does_rests():
    never, _ = run(Learner(STREAM), Never())
    silent, _ = run(Learner(STREAM), Triggered(1e9))
    pd.testing.assert_frame_equal(never, silent)
    always, _ = run(Learner(STREAM), Triggered(-1.0, rest=3))
    assert always.loc[always["retrained"], "day"].tolist() == [6, 9, 12]


def test_any_statistic_of_two_frames_can_be_the_signal():
    seen = []

    def count_columns(reference, current):
        seen.append((len(reference), len(current)))
        return float(list(reference.columns) == list(models.INPUTS))

    policy = Triggered(1.0, Inputs(window=2, reference_days=3, statistic=count_columns))
    days, _ = run(Learner(STREAM), policy)
    assert days.loc[days["retrained"], "day"].tolist() == [7, 10, 13]
    sizes = np.array(
        [STREAM.rows_of(d, d + 1).stop - STREAM.rows_of(d, d + 1).start for d in range(14)]
    )
    assert seen[0] == (sizes[2:5].sum(), sizes[5:7].sum())


def test_reports_count_missed_frauds_when_they_are_reported():
    _, blocked = run(Learner(STREAM), Never())
    missed = STREAM.time[STREAM.fraud & ~blocked & (STREAM.time >= 5 * DAY)]
    said = []

    class Note:
        def retrain(self, seen):
            said.append((seen.day, Reports(window=2)(seen)))
            return False

    run(Learner(STREAM), Note(), labelling=Labelling(delay=1.5))
    for day, value in said:
        due = missed + 1.5 * DAY
        assert value == ((due > (day - 2) * DAY) & (due <= day * DAY)).sum() / 2


def test_the_threshold_is_the_cheapest_on_days_that_its_judges_have_not_learned():
    learner = Learner(STREAM, n_honest=10**6)
    model, threshold = learner.first
    rows = STREAM.rows_of(0, 5)
    fold = (STREAM.time[rows] // DAY).astype(int) % 4
    values, fraud = STREAM.inputs().to_numpy()[rows], STREAM.fraud[rows]
    score = np.empty(len(fold))
    for k in range(4):
        out = fold == k
        judge = FastLogistic().fit(values[~out], fraud[~out], model) if fraud[~out].any() else model
        score[out] = judge.predict_proba(values[out])[:, 1]
    paid = {
        at: row_costs(fraud, score >= at, STREAM.amount[rows], costs=CostModel())
        @ STREAM.weight[rows]
        for at in (threshold, *np.quantile(score, np.linspace(0.5, 1, 200)))
    }
    assert paid[threshold] == pytest.approx(min(paid.values()))
    later = STREAM.rows_of(5, 14)
    said = model.predict_proba(STREAM.inputs().to_numpy()[later])[:, 1]
    assert np.array_equal(learner.decide(learner.first, later), said >= threshold)


def test_a_history_with_all_frauds_on_one_day_still_has_a_threshold():
    days = STREAM.time // DAY
    first = days[STREAM.fraud].min()
    known = (days <= first) | ((days < 5) & ~STREAM.fraud)
    _, threshold = Learner(STREAM).fit(known, known & STREAM.fraud)
    assert 0 < threshold <= 1


def test_never_retraining_is_never_cheaper_than_the_oracle():
    for seed in range(3):
        stream = build(POOL, shift=Shift("concept", day=8), n_days=14, n_history=5, seed=seed)
        every = hindsight(stream)
        never = run(Learner(stream), Never())[0]["cost"].sum()
        assert every[0].sum() == pytest.approx(never)
        totals = [cheapest_way(every, price)[0] for price in (0, 10, 100, 1e6)]
        assert totals == sorted(totals)
        assert totals[0] <= never
        assert totals[-1] == pytest.approx(never)


def test_no_schedule_that_knows_all_labels_is_cheaper_than_the_oracle():
    learner = Learner(STREAM)
    every = cheapest_way(hindsight(STREAM), 0)[0]
    for step in (1, 2, 4):
        cost, fitted = 0.0, learner.first
        for day in range(5, 14):
            if day > 5 and (day - 5) % step == 0:
                known = STREAM.time < day * DAY
                fitted = learner.fit(known, known & STREAM.fraud)
            rows = STREAM.rows_of(day, day + 1)
            cost += learner.bill(learner.decide(fitted, rows), rows)
        assert every <= cost + 1e-9


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 6), st.integers(0, 999), st.floats(0, 5))
def test_the_oracle_finds_the_best_of_all_ways(days, seed, price):
    cost = np.random.default_rng(seed).uniform(0, 10, (days, days))
    best = np.inf
    for k in range(days):
        for chosen in combinations(range(1, days), k):
            models_used = [max([0, *[c for c in chosen if c <= t]]) for t in range(days)]
            total = sum(cost[s, t] for t, s in enumerate(models_used)) + price * k
            best = min(best, total)
    total, path = cheapest_way(cost, price)
    assert total == pytest.approx(best)
    used = [max([0, *[c for c in path if c <= t]]) for t in range(days)]
    paid = sum(cost[s, t] for t, s in enumerate(used)) + price * len(path)
    assert total == pytest.approx(paid)


@pytest.mark.parametrize("C", [0.01, 0.1, 10.0])
def test_fast_logistic_regression_finds_the_optimum_of_scikit_learn(C):
    history = STREAM.rows_of(0, 10)
    X, y = STREAM.inputs().iloc[history], STREAM.fraud[history]
    reference = models.logistic_regression(C=C).set_params(
        logisticregression__tol=1e-10, logisticregression__solver="newton-cholesky"
    )
    expected = reference.fit(X.to_numpy(), y).predict_proba(X.to_numpy())
    found = FastLogistic(C=C, tol=1e-14).fit(X, y).predict_proba(X)
    assert found == pytest.approx(expected, abs=1e-6)


def test_fast_logistic_regression_finds_the_same_minimum_from_wherever_it_starts():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(400, 5)) * [1, 10, 0.1, 1, 3], rng.random(400) < 0.2
    near = FastLogistic(C=0.5).fit(X[100:] + 2, y[100:])
    far = FastLogistic(C=50).fit(-X, y)
    expected = FastLogistic(C=0.5, tol=1e-14).fit(X, y).predict_proba(X)
    for start in (near, far):
        found = FastLogistic(C=0.5, tol=1e-14).fit(X, y, start)
        assert found.predict_proba(X) == pytest.approx(expected, abs=1e-7)


def test_fast_logistic_regression_survives_a_constant_input_and_separable_classes():
    X = np.column_stack([np.ones(40), np.arange(40.0)])
    y = np.arange(40) >= 20
    score = FastLogistic(C=1000).fit(X, y).predict_proba(X)[:, 1]
    assert np.isfinite(score).all()
    assert np.array_equal(score > 0.5, y)


def test_fast_logistic_regression_says_what_is_wrong():
    with pytest.raises(ValueError, match="both classes"):
        FastLogistic().fit([[0.0], [1.0]], [0, 0])
    with pytest.raises(ValueError, match="X must be finite"):
        FastLogistic().fit([[0.0], [np.inf], [1.0]], [0, 1, 0])
    with pytest.raises(ValueError, match="C must be a finite number above 0"):
        FastLogistic(C=0).fit([[0.0], [1.0]], [0, 1])


@settings(max_examples=25, deadline=None)
@given(st.integers(10, 300), st.integers(1, 200), st.integers(0, 99))
def test_the_largest_distance_is_never_above_that_of_kolmogorov_and_smirnov(n, m, seed):
    rng = np.random.default_rng(seed)
    old = pd.DataFrame(rng.normal(size=(n, 3)))
    new = pd.DataFrame(rng.normal(rng.uniform(0, 2), size=(m, 3)))
    exact = max(ks_2samp(old[c], new[c]).statistic for c in old)
    assert 0 <= largest_distance(old, new) <= exact + 1e-12


def test_the_largest_distance_of_a_sample_from_itself_is_zero():
    old = pd.DataFrame(np.random.default_rng(0).normal(size=(500, 4)))
    assert largest_distance(old, old) == 0
    broken = old.copy()
    broken[2] = 0.0
    assert largest_distance(old, broken) >= 0.4


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Labelling(delay=-1), "delay must be a finite number from 0"),
        (lambda: Labelling(delay=np.nan), "delay must be"),
        (lambda: Labelling(confirmed=1.5), "confirmed must be a finite number from 0 to 1"),
        (lambda: Labelling(unlabelled="guessed"), "unlabelled must be one of"),
        (lambda: Scheduled(0), "every must be an integer of at least 1"),
        (lambda: Triggered(np.nan), "threshold must be a finite number"),
        (lambda: Triggered(1.0, rest=0), "rest must be"),
    ],
)
def test_bad_settings_are_refused_by_name(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_training_without_a_known_fraud_is_refused():
    none = np.zeros(len(STREAM), dtype=bool)
    with pytest.raises(ValueError, match="known frauds and known honest payments, got 0"):
        Learner(STREAM).fit(~STREAM.fraud, none)
