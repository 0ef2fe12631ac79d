"""Candidates side by side: differences that must be zero, costs that must grow, one rule."""

import time

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.metrics import log_loss as sklearn_log_loss

from prerelease import costs as money
from prerelease import data, leaks, models, race, splits
from prerelease.race._fit import measured

COSTS = money.CostModel()
FAST = {"n_resamples": 100}


@pytest.fixture(scope="module")
def sample():
    return data.load_sample()


@pytest.fixture(scope="module")
def valid(sample):
    return splits.development(sample)[1]


@pytest.fixture(scope="module")
def fitted(sample, valid):
    train, _ = splits.development(sample)
    told = []
    found = race.fit_all(
        {"small": models.boosted(n_estimators=5), "large": models.boosted(n_estimators=80),
         "linear": models.logistic_regression()},
        train, valid, processes=1, tell=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    return found, told


def test_each_candidate_is_fitted_as_if_it_were_alone(sample, valid, fitted):
    train, _ = splits.development(sample)
    found, told = fitted
    assert list(found) == ["small", "large", "linear"]
    assert told == [(1, 3), (2, 3), (3, 3)]
    alone = models.boosted(n_estimators=5)
    X, y = train[[*models.INPUTS]].to_numpy(), train["Class"]
    alone.fit(X, y, sample_weight=data.sampling_weights(train))
    said = alone.predict_proba(valid[[*models.INPUTS]].to_numpy())[:, 1]
    np.testing.assert_allclose(found["small"].score, said)


class Hog(DummyClassifier):
    """A model that learns nothing and takes 64 MiB for it, for a while."""

    def fit(self, X, y, sample_weight=None):
        room = np.ones(2**23)
        time.sleep(0.05)
        return super().fit(X, y, sample_weight=sample_weight * room[0])


def test_memory_is_what_the_fit_takes_while_it_runs(sample):
    X, y = sample[["Amount"]].to_numpy(), sample["Class"].to_numpy()
    found = measured(Hog(), (X, y, np.full(len(y), 2.0), X[:5]))
    assert found.peak_mib > 60
    assert found.size_kib < 10
    assert found.score.shape == (5,)


def test_more_trees_take_more_room_and_time(valid, fitted):
    found, _ = fitted
    assert found["large"].size_kib > found["small"].size_kib > found["linear"].size_kib > 0
    assert found["large"].seconds > 0
    assert min(each.peak_mib for each in found.values()) >= 0
    X = valid[[*models.INPUTS]].to_numpy()
    slow, fast = (race.latency(found[name].model, X, repeats=5) for name in ("large", "small"))
    assert slow[1] > fast[1]
    assert slow[1] > slow[0] > 0


def test_latency_needs_a_thousand_rows():
    with pytest.raises(ValueError, match="at least 1,000 rows, got 999"):
        race.latency(DummyClassifier(), np.zeros((999, 1)))


def test_no_candidate_is_an_error(sample):
    with pytest.raises(ValueError, match="at least one model, got none"):
        race.fit_all({}, sample, sample)


def test_no_process_is_an_error(sample):
    with pytest.raises(ValueError, match="processes must be an integer of at least 1, got 0"):
        race.fit_all({"linear": models.logistic_regression()}, sample, sample, processes=0)


def test_a_difference_is_that_of_the_savings_and_turns_its_sign(valid, fitted):
    found, _ = fitted
    one, other = found["large"].score, found["linear"].score
    gap = race.savings_difference(valid, one, other, costs=COSTS, **FAST)
    back = race.savings_difference(valid, other, one, costs=COSTS, **FAST)
    each = [
        leaks.judge(valid, score, costs=COSTS, n_resamples=100)["savings"].estimate
        for score in (one, other)
    ]
    assert gap.estimate == pytest.approx(each[0] - each[1])
    assert back.estimate == pytest.approx(-gap.estimate)
    assert gap.n == len(valid)
    assert (back.low, back.high) == pytest.approx((-gap.high, -gap.low))


def test_equal_scores_differ_by_nothing(valid, fitted):
    score = fitted[0]["large"].score
    gap = race.savings_difference(valid, score, score, costs=COSTS, euros=True, **FAST)
    assert (gap.low, gap.estimate, gap.high) == (0, 0, 0)


def test_a_difference_in_euros_is_that_of_the_costs_per_thousand(valid, fitted):
    found, _ = fitted
    weight = data.sampling_weights(valid)
    costs = [
        money.cost_per_1000(
            valid["Class"], money.bayes_block(score, valid["Amount"], costs=COSTS),
            valid["Amount"], costs=COSTS, weight=weight,
        )
        for score in (found["large"].score, found["linear"].score)
    ]  # fmt: skip
    gap = race.savings_difference(
        valid, found["large"].score, found["linear"].score, costs=COSTS, euros=True, **FAST
    )
    assert gap.estimate == pytest.approx(costs[1] - costs[0])


def test_draws_are_those_of_the_difference(valid, fitted):
    found, _ = fitted
    scores = [found["large"].score, found["linear"].score]
    savings, draws = race.savings_draws(valid, scores, costs=COSTS, n_resamples=200)
    gap = race.savings_difference(valid, *scores, costs=COSTS, n_resamples=200)
    assert savings[0] - savings[1] == pytest.approx(gap.estimate)
    low, high = np.quantile(draws[0] - draws[1], [0.025, 0.975])
    assert (min(low, gap.estimate), max(high, gap.estimate)) == pytest.approx(
        (gap.low, gap.high), abs=1e-9
    )


def test_no_scores_are_an_error(valid):
    with pytest.raises(ValueError, match="scores must be of at least one model, got none"):
        race.savings_draws(valid, [], costs=COSTS)


def test_log_loss_is_scikit_learns(valid, fitted):
    score = fitted[0]["large"].score
    found = race.log_loss(valid, score, **FAST)
    expected = sklearn_log_loss(valid["Class"], score, sample_weight=data.sampling_weights(valid))
    assert found.estimate == pytest.approx(1000 * expected, rel=1e-3)
    assert found.low < found.estimate < found.high


@pytest.mark.parametrize(
    ("margin", "winner", "as_good"),
    [(0.0, "a", ("a",)), (0.01, "b", ("a", "b")), (1.0, "c", ("a", "b", "c"))],
)
def test_the_smallest_within_the_margin_ships(margin, winner, as_good):
    choice = race.choose({"a": 0.61, "b": 0.605, "c": 0.4}, {"a": 9, "b": 5, "c": 1}, margin=margin)
    assert (choice.winner, choice.leader, choice.as_good) == (winner, "a", as_good)


def test_of_equal_sizes_the_one_that_saves_more_ships():
    choice = race.choose({"a": 0.60, "b": 0.61}, {"a": 5, "b": 5}, margin=0.1)
    assert choice.winner == "b"


@pytest.mark.parametrize(
    ("savings", "size", "said"),
    [
        ({}, {}, "at least one"),
        ({"a": 1.0}, {"b": 1.0}, "the same candidates"),
        ({"a": float("nan")}, {"a": 1.0}, "savings of a must be a finite number"),
        ({"a": 1.0}, {"a": float("inf")}, "size of a must be a finite number"),
    ],
)
def test_a_choice_without_numbers_is_refused(savings, size, said):
    with pytest.raises(ValueError, match=said):
        race.choose(savings, size, margin=0.1)


@pytest.mark.full_data
def test_what_ships_saves_more_on_the_validation_rows_than_what_chapter_01_left(monkeypatch):
    monkeypatch.setenv("PRERELEASE_DATA", str(data.folder() / "creditcard.csv"))
    payments = data.load()
    train, valid = splits.development(payments)
    X, asked = (part[[*models.INPUTS]].to_numpy() for part in (train, valid))
    scores = [
        model.fit(X, train["Class"]).predict_proba(asked)[:, 1]
        for model in (models.chosen(), models.boosted())
    ]
    savings, _ = race.savings_draws(valid, scores, costs=COSTS, n_resamples=100)
    assert savings[0] > savings[1]
