"""What chapter 02 quotes, computed again from the whole data by code of its own."""

import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMClassifier
from sklearn.metrics import average_precision_score

import real_models
from casebook import conventions, data, leaks, models, profile, split
from prerelease import costs

pytestmark = pytest.mark.full_data

SETTINGS = {
    "n_estimators": 200,
    "learning_rate": 0.05,
    "num_leaves": 15,
    "reg_lambda": 10.0,
    "random_state": 0,
    "deterministic": True,
    "force_col_wise": True,
    "n_jobs": 1,
    "verbose": -1,
}
FEE, REVIEW, GOODWILL, MARGIN = 20.0, 5.0, 10.0, 0.02
"""The book's prices: of a fraud beside its amount, of an alert, of a good customer blocked."""


@pytest.fixture(scope="module")
def parts():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PRERELEASE_MODE", "full")
        patch.delenv("PRERELEASE_DATA", raising=False)
        payments = data.load()
    edges = [payments["Time"].searchsorted(t) for t in (split.TRAIN_END, split.VALID_END)]
    return payments.iloc[: edges[0]], payments.iloc[edges[0] : edges[1]], payments.iloc[edges[1] :]


def fitted(rows):
    inputs = [f"V{i}" for i in range(1, 29)] + ["Amount"]
    model = LGBMClassifier(**SETTINGS).fit(rows[inputs].to_numpy(), rows["Class"])
    return lambda asked: model.predict_proba(asked[inputs].to_numpy())[:, 1]


@pytest.fixture(scope="module")
def scores(parts):
    """The served model's scores of the validation and the test rows; those of all earlier rows."""
    train, valid, test = parts
    served = fitted(train)
    return served(valid), served(test), fitted(pd.concat([train, valid]))(test)


def bill(rows, block):
    """Return what decisions cost, what accepting all costs, and what an oracle would pay."""
    fraud, amount = rows["Class"].to_numpy() == 1, rows["Amount"].to_numpy()
    lost = amount + FEE
    blocked = REVIEW + np.where(fraud, 0, GOODWILL + MARGIN * amount)
    accepted = np.where(fraud, lost, 0)
    oracle = np.minimum(blocked, accepted).sum()
    return np.where(block, blocked, accepted).sum(), accepted.sum(), oracle


def cheapest(rows, score):
    """Return the cheapest threshold, by a bill for each of the highest scores."""
    highest = np.sort(np.unique(score))[::-1][:400]
    costs_of = [bill(rows, score >= t)[0] for t in highest]
    return highest[int(np.argmin(costs_of))]


def quoted(rows, score, threshold):
    paid, nothing, oracle = bill(rows, score >= threshold)
    caught = int(((score >= threshold) & (rows["Class"] == 1)).sum())
    saved = nothing - paid
    return caught, round(1000 * saved / len(rows)), round(saved / (nothing - oracle), 2)


def test_prices_are_those_of_the_book():
    book = costs.CostModel()
    mine = (book.miss_fee, book.review, book.goodwill, book.margin_share)
    assert mine == (FEE, REVIEW, GOODWILL, MARGIN)
    assert book.recovery_share == 0


def test_the_threshold_is_the_cheapest_on_the_validation_rows(parts, scores):
    found = conventions.threshold(parts[1], scores[0], costs=costs.CostModel())
    by_hand = cheapest(parts[1], scores[0])
    assert bill(parts[1], scores[0] >= found)[0] == pytest.approx(
        bill(parts[1], scores[0] >= by_hand)[0]
    )


def test_trained_again_on_all_earlier_rows_it_has_the_numbers_that_a_referee_found(parts, scores):
    threshold = cheapest(parts[1], scores[0])
    assert quoted(parts[2], scores[2], threshold) == (53, 71, 0.45)


def test_the_quoted_numbers_are_those_of_the_served_model(parts, scores):
    test, score = parts[2], scores[1]
    threshold = conventions.threshold(parts[1], scores[0], costs=costs.CostModel())
    found = leaks.judge(test, score, costs=costs.CostModel(), threshold=threshold, n_resamples=100)
    caught, euros, savings = quoted(test, score, threshold)
    assert round(found["recall"].estimate * 75) == caught
    assert round(found["saved"].estimate) == euros
    assert round(found["savings"].estimate, 2) == savings
    wanted = average_precision_score(test["Class"], score)
    assert found["average precision"].estimate == pytest.approx(wanted)
    touched, bursts = profile.burst_recall(test["Time"], test["Class"], score >= threshold)
    frauds = test[test["Class"] == 1].assign(hit=(score >= threshold)[test["Class"] == 1])
    number = (frauds["Time"].diff() > 600).cumsum()
    assert (touched, bursts) == (frauds.groupby(number)["hit"].any().sum(), number.nunique())
    own = real_models.chosen().predict_proba(test[[*models.INPUTS]])[:, 1]
    np.testing.assert_array_equal(own, score)


def test_with_labels_of_eighteen_hours_the_three_models_learn_from_3_and_85_and_180_frauds(parts):
    train, valid, _ = parts
    length = split.VALID_END - split.TRAIN_END
    frauds = np.r_[train["Time"][train["Class"] == 1], valid["Time"][valid["Class"] == 1]]
    starts = split.VALID_END - length * np.array([3, 2, 1])
    assert [(frauds < start - 18 * 3600).sum() for start in starts] == [3, 85, 180]
