"""The real payments: what chapter 05 says of the model and of one series of frauds."""

import numpy as np
import pytest
from scipy.stats import spearmanr

import real_models
from casebook import conventions, data, models, split
from prerelease import costs, explain


@pytest.mark.full_data
def test_in_euros_the_first_columns_are_those_that_other_shuffles_of_all_rows_name():
    """By code of its own: all validation rows, other shuffles, prices written out."""
    _, valid = split.development(data.load())
    names, model = [*models.INPUTS], real_models.chosen()
    X, y, amount = valid[names], valid["Class"].to_numpy() == 1, valid["Amount"].to_numpy()
    score = model.predict_proba(X)[:, 1]
    threshold = conventions.threshold(valid, score, costs=costs.CostModel())

    def bill(scores):
        blocked = scores >= threshold
        missed, alarm = (amount + 20)[y & ~blocked].sum(), (10 + 0.02 * amount)[~y & blocked].sum()
        return missed + alarm + 5 * blocked.sum()

    rng, theirs = np.random.default_rng(99), {}
    for name in ("V14", "V12", "V4", "Amount"):
        order = [rng.permutation(len(X)) for _ in range(4)]
        moved = [X.assign(**{name: X[name].to_numpy()[one]}) for one in order]
        lost = [bill(model.predict_proba(each)[:, 1]) - bill(score) for each in moved]
        theirs[name] = np.mean(lost), np.std(lost, ddof=1)
    kept = explain.thin(y, 4000, score=score, seed=3)
    some = valid.iloc[kept.rows]
    shuffled = explain.shuffle(model, some[names], columns=list(theirs), sample_weight=kept.weight)

    def cost(scores):
        blocked = scores >= threshold
        return costs.row_costs(some["Class"], blocked, some["Amount"], costs=costs.CostModel())

    drawn = conventions.drawn(some["Time"]) | {"n_resamples": 400}
    drawn = explain.resample(some["Class"], sample_weight=kept.weight, **drawn)
    ours = explain.permutation_importance(shuffled, drawn, cost)
    assert list(ours) == sorted(ours, key=lambda name: -ours[name].estimate)
    for name, (mean, spread) in theirs.items():
        # Thinned honest rows add noise of their own: some euros, and some shares.
        slack = 3 * spread * np.sqrt(1 / 4 + 1 / 20) + 0.05 * mean + 25
        assert ours[name].estimate == pytest.approx(mean, abs=slack)
    assert ours["V14"].low > 0
    assert 0 in ours["Amount"]


@pytest.mark.full_data
def test_on_the_real_payments_v14_comes_first_and_all_frauds_add_up():
    train, valid = split.development(data.load())
    names = [*models.INPUTS]
    kept = explain.thin(train["Class"], 8000)
    rows = train.iloc[kept.rows]
    model = models.boosted().fit(rows[names], rows["Class"], sample_weight=kept.weight)
    score = model.predict_proba(valid[names])[:, 1]
    few = explain.thin(valid["Class"], 2000, score=score)
    part = valid.iloc[few.rows]
    found = explain.attribute(model, part[names])
    assert found.error < 1e-9
    shuffled = explain.shuffle(model, part[names], sample_weight=few.weight, n_repeats=1)
    drawn = explain.resample(part["Class"], sample_weight=few.weight, n_resamples=100)
    loss = explain.permutation_importance(shuffled, drawn)
    assert max(loss, key=lambda name: loss[name].estimate) == "V14"
    assert loss["V14"].low > 0.1


@pytest.mark.full_data
def test_one_series_of_frauds_of_one_price_marches_in_step():
    train, _ = split.development(data.load())
    series = train[np.isclose(train["Amount"], 99.99) & (train["Class"] == 1)].iloc[:21]
    assert series["Time"].iloc[-1] - series["Time"].iloc[0] < 3600
    order = np.arange(21)
    steps = [abs(spearmanr(series[f"V{i}"], order).statistic) for i in range(1, 29)]
    assert sum(step >= 0.95 for step in steps) >= 20


def test_defaults_explode_and_still_add_up():
    sample = data.load_sample()
    X, y = sample[[*models.INPUTS]], sample["Class"]
    fitted = models.release_candidate_1().fit(X, y, sample_weight=np.where(y == 1, 1e-4, 1))
    found = explain.attribute(fitted, X.head(50))
    assert found.error <= 1e-5 * max(1, np.abs(found.score).max())
