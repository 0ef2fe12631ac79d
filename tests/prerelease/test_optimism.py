from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from prerelease import optimism

values = st.lists(st.integers(0, 1000).map(lambda x: x / 1000), min_size=1, max_size=7, unique=True)


@given(values, st.randoms(use_true_random=False))
def test_averages_over_all_sets_equal_those_of_enumeration(chosen, random):
    judged = [random.random() for _ in chosen]
    table = optimism.best_of(chosen, judged)
    for k in range(1, len(chosen) + 1):
        winners = [
            max(part, key=lambda i: chosen[i]) for part in combinations(range(len(chosen)), k)
        ]
        assert table.loc[k, "claimed"] == pytest.approx(np.mean([chosen[i] for i in winners]))
        assert table.loc[k, "real"] == pytest.approx(np.mean([judged[i] for i in winners]))


@given(values)
def test_rows_that_differ_for_all_trials_alike_make_no_optimism(chosen):
    table = optimism.best_of(chosen, np.array(chosen) - 0.2)
    assert table["optimism"].abs().max() == pytest.approx(0, abs=1e-12)


def test_many_trials_do_not_overflow():
    rng = np.random.default_rng(0)
    table = optimism.best_of(rng.random(2000), rng.random(2000))
    assert table["claimed"].is_monotonic_increasing
    assert table["claimed"].iloc[-1] == pytest.approx(1, abs=0.01)


def test_lengths_that_differ_are_refused():
    with pytest.raises(ValueError, match="chosen_on"):
        optimism.best_of([0.1, 0.2], [0.1])


@given(st.lists(st.tuples(values.map(lambda v: v[0]), st.floats(0, 1)), min_size=2, max_size=6))
def test_optimism_of_the_winner_is_that_of_the_best_of_all(pairs):
    chosen, judged = np.array(pairs).T
    assume(np.sum(chosen == chosen.max()) == 1)
    rng = np.random.default_rng(0)
    draws = [side[:, None] + rng.normal(0, 0.1, (len(pairs), 50)) for side in (chosen, judged)]
    found = optimism.of_winner(
        chosen, judged, chosen_draws=draws[0], judged_draws=draws[1], n=100, n_positive=7
    )
    assert found.estimate == pytest.approx(optimism.best_of(chosen, judged)["optimism"].iloc[-1])
    assert found.n_positive == 7


def test_interval_of_the_winner_holds_its_true_optimism_as_often_as_it_says():
    rng = np.random.default_rng(1)
    truth, kept = rng.normal(0, 1, (2, 8)), 0
    for _ in range(400):
        # Trial 0 wins by far on both sides, so the winner is the same in every world.
        seen = truth + rng.normal(0, 0.3, (2, 8)) + [[50, *[0] * 7]]
        draws = [side[:, None] + rng.normal(0, 0.3, (8, 300)) for side in seen]
        found = optimism.of_winner(*seen, chosen_draws=draws[0], judged_draws=draws[1], n=1)
        wanted = np.subtract(*(side[0] - side.mean() for side in truth))
        kept += wanted in found
    assert 0.92 < kept / 400 < 0.98


def test_the_one_that_was_chosen_may_be_another_than_the_best():
    sides, draws = [[0.8, 0.7, 0.1], [0.6, 0.7, 0.2]], np.zeros((2, 3, 5))
    options = {"chosen_draws": draws[0], "judged_draws": draws[1], "n": 9}
    best, named = (optimism.of_winner(*sides, winner=winner, **options) for winner in (None, 1))
    assert best.estimate == pytest.approx((0.8 - 1.6 / 3) - (0.6 - 0.5))
    assert named.estimate == pytest.approx((0.7 - 1.6 / 3) - (0.7 - 0.5))
    with pytest.raises(ValueError, match="winner must be an integer from 0 to 2, got 3"):
        optimism.of_winner(*sides, winner=3, **options)


@pytest.mark.parametrize("shape", [(3, 10), (2,)])
def test_draws_that_do_not_fit_the_trials_are_refused(shape):
    with pytest.raises(ValueError, match=r"judged_draws must have a row for each of 2 trials"):
        optimism.of_winner(
            [1, 2], [1, 2], chosen_draws=np.ones((2, 10)), judged_draws=np.ones(shape), n=1
        )


def test_equal_models_seem_better_the_more_there_are_and_the_fewer_the_frauds():
    few, many = (optimism.null_optimism(50, n, alike=0, n_rounds=200) for n in (20, 500))
    for table in (few, many):
        assert table["optimism"].is_monotonic_increasing
        assert abs(table.loc[1, "optimism"]) < 3 * table["optimism"].iloc[-1]
        assert (table["low"] <= table["optimism"]).all()
        assert (table["optimism"] <= table["high"]).all()
    assert few["optimism"].iloc[-1] > 2 * many["optimism"].iloc[-1]


def test_null_world_is_that_of_honest_payments_drawn_one_by_one():
    rng, caught = np.random.default_rng(2), np.arange(1, 11)
    reached = np.empty((2000, 4))
    for one in reached:
        hides = rng.random(10) < optimism.HIDDEN_SHARE
        shared = np.where(hides, optimism.HIDDEN, optimism.FOUND) + 0.5**0.5 * rng.normal(size=10)
        frauds = np.sort(shared + 0.5**0.5 * rng.normal(size=(4, 10)))[:, ::-1]
        above = (rng.normal(size=(4, 300, 1)) > frauds[:, None]).sum(axis=1)
        one[:] = (caught / (caught + above)).mean(axis=1)
    table = optimism.null_optimism(4, 10, alike=0.5, negatives_each=30, n_rounds=2000)
    for column, drawn in (
        ("optimism", reached.max(axis=1) - reached.mean(axis=1)),
        ("average_precision", reached.mean(axis=1)),
    ):
        error = drawn.std() * (2 / 2000) ** 0.5
        assert table.loc[4, column] == pytest.approx(drawn.mean(), abs=4 * error)


def test_models_that_are_alike_share_their_luck():
    apart, alike = (optimism.null_optimism(50, 60, alike=a, n_rounds=200) for a in (0, 0.95))
    assert alike["optimism"].iloc[-1] < apart["optimism"].iloc[-1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_trials": 0}, "n_trials must be"),
        ({"n_positive": 1}, "n_positive must be"),
        ({"alike": 1.5}, "alike must"),
        ({"n_rounds": 1}, "n_rounds must be"),
        ({"negatives_each": 0}, "negatives_each must be"),
    ],
)
def test_impossible_null_worlds_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        optimism.null_optimism(**{"n_trials": 2, "n_positive": 5} | options)


def rows(n_trials, signal, seed=0):
    rng = np.random.default_rng(seed)
    y = np.arange(1500) < 80
    return y, [signal * y + rng.normal(size=1500) for _ in range(n_trials)]


def test_parts_of_equal_trials_show_optimism_and_one_trial_none():
    y, scores = rows(12, 2.0)
    table = optimism.optimism_in_parts(y, scores, n_positive=30, n_rounds=40)
    assert table["optimism"].iloc[0] == 0
    assert table["optimism"].iloc[-1] > 0


def test_optimism_in_parts_is_what_scikit_learn_finds_on_the_same_parts():
    y, scores = rows(3, 2.0)
    found = optimism.optimism_in_parts(y, scores, n_positive=30, n_rounds=2, seed=4)
    rng, gaps = np.random.default_rng(4), []
    for _ in range(2):
        chooses = rng.random(1500) < 30 / 80
        chooses[:80] = False
        chooses[rng.choice(80, 30, replace=False)] = True
        sides = [
            [average_precision_score(y[side], score[side]) for score in scores]
            for side in (chooses, ~chooses)
        ]
        gaps.append(optimism.best_of(*sides)["optimism"])
    assert found["optimism"].tolist() == pytest.approx(np.mean(gaps, axis=0).tolist())


def test_one_trial_that_is_really_better_is_no_optimism():
    y, scores = rows(2, 1.0)
    better = 6.0 * y + np.random.default_rng(5).normal(size=len(y))
    table = optimism.optimism_in_parts(y, [*scores, better], n_positive=30, n_rounds=40)
    assert abs(table["optimism"].iloc[-1]) < 0.05


def test_same_seed_chooses_the_same_parts():
    y, scores = rows(3, 2.0)
    one, same = (optimism.optimism_in_parts(y, scores, n_positive=9, n_rounds=5) for _ in range(2))
    np.testing.assert_array_equal(one, same)


def test_part_must_leave_frauds_to_judge():
    y, scores = rows(2, 1.0)
    with pytest.raises(ValueError, match="n_positive must be an integer from 2 to 78, got 79"):
        optimism.optimism_in_parts(y, scores, n_positive=79)
