"""Candidates side by side: differences that must be zero, costs that must grow, one rule."""

import gc
import time

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.metrics import average_precision_score

import real_models
from casebook import conventions, data, leaks, models, race, split
from casebook.race._fit import measured
from prerelease import costs as money
from prerelease import intervals

COSTS = money.CostModel()
FAST = {"n_resamples": 100}


@pytest.fixture(scope="module")
def sample():
    return data.load_sample()


@pytest.fixture(scope="module")
def valid(sample):
    return split.development(sample)[1]


@pytest.fixture(scope="module")
def fitted(sample, valid):
    train, _ = split.development(sample)
    told = []
    found = race.fit_all(
        {"small": models.boosted(n_estimators=5), "large": models.boosted(n_estimators=80),
         "linear": models.logistic_regression()},
        train, valid, processes=1, tell=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    return found, told


def test_each_candidate_is_fitted_as_if_it_were_alone(sample, valid, fitted):
    train, _ = split.development(sample)
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
        time.sleep(0.5)  # long enough to be seen on a machine that is busy
        return super().fit(X, y, sample_weight=sample_weight * room[0])


def test_memory_is_what_the_fit_takes_while_it_runs(sample):
    X, y = sample[["Amount"]].to_numpy(), sample["Class"].to_numpy()
    gc.collect()  # what other tests left must not be given back while the fit is watched
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


@pytest.fixture(scope="module")
def blocks(valid, fitted):
    return {
        name: conventions.decide(valid, each.score, costs=COSTS) for name, each in fitted[0].items()
    }


def test_a_difference_is_that_of_the_savings_and_turns_its_sign(valid, fitted, blocks):
    one, other = blocks["large"], blocks["linear"]
    gap = race.savings(valid, [one], [other], costs=COSTS, **FAST)
    back = race.savings(valid, [other], [one], costs=COSTS, **FAST)
    each = [
        leaks.judge(valid, fitted[0][name].score, costs=COSTS, n_resamples=100)["savings"].estimate
        for name in ("large", "linear")
    ]
    assert gap.estimate == pytest.approx(each[0] - each[1])
    assert back.estimate == pytest.approx(-gap.estimate)
    assert gap.n == len(valid)
    assert (back.low, back.high) == pytest.approx((-gap.high, -gap.low))


def test_equal_decisions_differ_by_nothing(valid, blocks):
    gap = race.savings(valid, [blocks["large"]], [blocks["large"]], costs=COSTS, **FAST)
    assert (gap.low, gap.estimate, gap.high) == (0, 0, 0)


def test_savings_are_those_of_the_costs(valid, blocks):
    weight = data.sampling_weights(valid)
    expected = [
        money.savings(valid["Class"], blocks[name], valid["Amount"], costs=COSTS, weight=weight)
        for name in blocks
    ]
    found = race.savings(valid, list(blocks.values()), costs=COSTS, **FAST)
    assert found.estimate == pytest.approx(np.mean(expected))
    assert found.low < found.estimate < found.high


def test_draws_are_those_of_the_difference(valid, blocks):
    both = [blocks["large"], blocks["linear"]]
    savings, draws = race.savings_draws(valid, both, costs=COSTS, n_resamples=200)
    gap = race.savings(valid, both[:1], both[1:], costs=COSTS, n_resamples=200)
    assert savings[0] - savings[1] == pytest.approx(gap.estimate)
    low, high = np.quantile(draws[0] - draws[1], [0.025, 0.975])
    assert (min(low, gap.estimate), max(high, gap.estimate)) == pytest.approx(
        (gap.low, gap.high), abs=1e-9
    )


def test_several_comparisons_at_once_have_wider_intervals(valid, blocks):
    both = [blocks["large"]], [blocks["linear"]]
    alone, of_ten = (
        race.savings(valid, *both, costs=COSTS, asked=asked, n_resamples=400) for asked in (1, 10)
    )
    assert of_ten.level == 0.995
    assert of_ten.low < alone.low
    assert alone.high < of_ten.high
    intervals.verdict(of_ten, asked=10)


def test_seeds_that_differ_widen_the_interval(valid, blocks):
    same = race.savings(valid, [blocks["large"]] * 3, costs=COSTS, n_resamples=400)
    alone = race.savings(valid, [blocks["large"]], costs=COSTS, n_resamples=400)
    assert (same.low, same.high) == pytest.approx((alone.low, alone.high))
    nothing = np.zeros(len(valid), dtype=bool)
    mixed = race.savings(valid, [blocks["large"], nothing], costs=COSTS, n_resamples=400)
    middle = race.savings_draws(
        valid, [blocks["large"], nothing], costs=COSTS, n_resamples=400
    )[1].mean(axis=0)  # fmt: skip
    assert mixed.high - mixed.low > np.ptp(np.quantile(middle, [0.025, 0.975]))


def test_precision_is_scikit_learns_mean_over_seeds(valid, fitted):
    scores = [each.score for each in fitted[0].values()]
    weight = data.sampling_weights(valid)
    each = [average_precision_score(valid["Class"], one, sample_weight=weight) for one in scores]
    assert race.precision(valid, scores, **FAST).estimate == pytest.approx(np.mean(each))
    gap = race.precision(valid, scores[:1], scores[1:], **FAST)
    assert gap.estimate == pytest.approx(each[0] - np.mean(each[1:]))
    assert gap.low <= gap.estimate <= gap.high


def test_the_interval_of_precision_is_the_one_that_chapters_draw(valid, fitted):
    score = fitted[0]["large"].score
    found = race.precision(valid, [score], n_resamples=200)
    judged = leaks.judge(valid, score, costs=COSTS, n_resamples=200)["average precision"]
    # `judge` draws from the rows that matter to a ranking only: the same to two digits.
    assert (found.low, found.high) == pytest.approx((judged.low, judged.high), abs=0.01)


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


def cheapest_elsewhere(rows, score):
    """Decide as `conventions.decide`, by other code: every threshold tried on the other rows."""
    time_of, fraud, amount = (rows[name].to_numpy() for name in ("Time", "Class", "Amount"))
    edges = np.linspace(time_of[0], time_of[-1], 5)
    stretch = np.clip(np.searchsorted(edges, time_of, side="right") - 1, 0, 3)
    blocked = np.where(fraud == 1, 5.0, 15.0 + 0.02 * amount)
    accepted = np.where(fraud == 1, amount + 20.0, 0.0)
    block = np.zeros(len(rows), dtype=bool)
    for number in range(4):
        rest = stretch != number
        order = np.argsort(-score[rest], kind="stable")
        change = np.cumsum((blocked - accepted)[rest][order])
        ranked = score[rest][order]
        last = np.append(ranked[1:] != ranked[:-1], True)
        best = np.flatnonzero(last)[np.argmin(change[last])]
        limit = ranked[best] if change[best] < 0 else np.inf
        block[~rest] = score[~rest] >= limit
    bill = np.where(block, blocked, accepted).sum()
    oracle = np.minimum(blocked, accepted).sum()
    return (accepted.sum() - bill) / (accepted.sum() - oracle)


@pytest.mark.full_data
def test_the_race_ends_as_an_independent_computation_does(monkeypatch):
    monkeypatch.setenv("PRERELEASE_DATA", str(data.folder() / "creditcard.csv"))
    train, valid = split.development(data.load())
    X, asked = (part[[*models.INPUTS]] for part in (train, valid))
    found = {
        name: cheapest_elsewhere(valid, model.predict_proba(asked)[:, 1])
        for name, model in {
            "ships": real_models.chosen(),
            "simplest": models.logistic_regression(C=0.000275).fit(X, train["Class"]),
            "defaults": models.release_candidate_1().fit(X, train["Class"]),
        }.items()
    }
    assert found["ships"] == pytest.approx(0.631, abs=0.003)
    assert found["simplest"] == pytest.approx(0.611, abs=0.003)
    assert found["defaults"] == pytest.approx(0.370, abs=0.003)
