"""Planted leaks are found, noise is not; stability, overfitting and labels without meaning."""

import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMClassifier
from scipy.stats import norm, spearmanr
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from casebook import data, models, split
from prerelease import explain


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(5)
    X = pd.DataFrame(rng.normal(size=(2000, 3)), columns=list("abc"))
    return X, (X["a"] + rng.normal(size=2000) > 2.4).astype(int)


def small():
    return LGBMClassifier(n_estimators=15, num_leaves=6, verbose=-1, n_jobs=1, random_state=0)


def test_a_strong_leak_is_found_by_all_and_a_leak_of_nothing_is_noise(rows):
    X, y = rows
    methods = {
        "gain": lambda trial: explain.gain_importance(trial.model),
        "SHAP": lambda trial: explain.attribute(trial.model, trial.X_held_out).importance(),
        "shuffled": explain.planted_permutation,
        "dropped": explain.planted_drop,
    }
    told = []
    table = explain.dose_response(
        small(), X[:1000], y[:1000], X[1000:], y[1000:], methods=methods,
        strengths=[0.0, 4.0], n_seeds=2, n_noise=2, tell=lambda *n: told.append(n),
    )  # fmt: skip
    assert len(table) == 2 * 2 * 4
    assert table.loc[table["strength"] == 4, "found"].all()
    strong = table.groupby("strength")["average_precision"].mean()
    assert strong[4.0] > strong[0.0] + 0.2
    assert told[-1] == (4, 4)


def test_a_leak_of_nothing_is_found_as_often_as_chance_says():
    rng = np.random.default_rng(0)
    X, y = pd.DataFrame({"a": rng.normal(size=60)}), np.arange(60) % 3 == 0

    def luck(trial):
        drawn = np.random.default_rng(trial.seed).random(len(trial.planted))
        return pd.Series(drawn, index=trial.planted)

    table = explain.dose_response(
        DecisionTreeClassifier(max_depth=1), X, y, X, y, methods={"luck": luck}, strengths=[0.0],
        n_seeds=100, n_noise=3,
    )  # fmt: skip
    assert table["found"].mean() == pytest.approx(0.25, abs=0.15)


@pytest.mark.parametrize("strength", [0.5, 2.0])
def test_a_leak_has_the_auc_of_its_strength(strength):
    y = np.arange(20_000) % 2
    auc = roc_auc_score(y, explain.leak_column(y, strength, seed=1))
    assert auc == pytest.approx(norm.cdf(strength / np.sqrt(2)), abs=0.01)


def test_an_identifier_never_repeats_and_grows():
    number = explain.identifier_column(500, seed=2)
    assert (np.diff(number) >= 1).all()


def test_noise_is_other_noise_with_another_seed():
    one, other = explain.noise_columns(50, 2, seed=0), explain.noise_columns(50, 2, seed=1)
    assert not np.allclose(one, other)


def test_what_is_learned_by_heart_is_worth_more_where_it_was_learned(rows):
    X, y = rows
    X = X.assign(noise=explain.noise_columns(len(X), 1)["noise_1"])
    deep = LGBMClassifier(n_estimators=60, num_leaves=40, min_child_samples=2, verbose=-1, n_jobs=1)
    deep.fit(X[:1000], y[:1000])
    sides = [explain.shuffle(deep, part, n_repeats=2) for part in (X[:1000], X[1000:])]
    worth = (explain.InAveragePrecision(),) * 2
    drawn = [
        explain.resample(part, n_resamples=200, seed=seed)
        for seed, part in enumerate((y[:1000], y[1000:]))
    ]
    found = explain.train_against_held_out(*sides, tuple(drawn), worth)
    assert found["noise"]["difference"].low > 0
    for each in found.values():
        gap = each["train"].estimate - each["held out"].estimate
        assert each["difference"].estimate == pytest.approx(gap)
    with pytest.raises(ValueError, match="same columns"):
        explain.train_against_held_out(
            sides[0], explain.shuffle(deep, X, columns=["a"]), tuple(drawn), worth
        )


def test_labels_without_meaning_teach_nothing_that_holds(rows):
    X, y = rows
    told = []
    null = explain.label_permutation(
        small(), X[:1000], y[:1000], X[1000:], y[1000:], n_permutations=5, n_honest=500,
        importance=lambda model, part: explain.attribute(model, part).importance(),
        tell=lambda *n: told.append(n),
    )  # fmt: skip
    assert null.importance.shape == (5, 3)
    assert null.train.min() > 2 * y[1000:].mean()
    assert null.held_out.mean() < 3 * y[1000:].mean()
    fitted = small().fit(X[:1000], y[:1000])
    p = null.p_values(explain.attribute(fitted, X[:1000]).importance())
    assert p["a"] == pytest.approx(1 / 6)
    assert p.between(1 / 6, 1).all()
    assert p["a"] == null.p_values(pd.Series({"a": 1e9}), family=True)["a"]
    assert (null.p_values(null.importance.iloc[0], family=True) >= 2 / 6).all()
    assert told[-1] == (5, 5)


def test_runs_that_are_alike_agree_fully():
    runs = pd.DataFrame([[3.0, 2.0, 1.0]] * 4, columns=list("abc"))
    found = explain.agreement(runs)
    assert (found.low, found.estimate, found.high) == (1, 1, 1)
    assert explain.agreement(runs, runs, top=2).estimate == 1


def test_agreement_is_the_mean_of_spearman_over_pairs():
    rng = np.random.default_rng(3)
    runs = pd.DataFrame(rng.random((5, 8)), columns=list("abcdefgh"))
    theirs = spearmanr(runs.to_numpy(), axis=1).statistic[np.triu_indices(5, 1)].mean()
    found = explain.agreement(runs)
    assert found.estimate == pytest.approx(theirs)
    assert found.low < found.estimate < found.high
    across = explain.agreement(runs[:2], runs[2:])
    pairs = [spearmanr(runs.loc[i], runs.loc[j]).statistic for i in (0, 1) for j in (2, 3, 4)]
    assert across.estimate == pytest.approx(np.mean(pairs))


def test_opposite_rankings_disagree_and_the_interval_stays_in_bounds():
    runs = pd.DataFrame([[1.0, 2, 3], [3, 2, 1], [1, 2, 3]], columns=list("abc"))
    found = explain.agreement(runs)
    assert found.estimate == pytest.approx(-1 / 3)
    assert found.low >= -1


def test_two_runs_a_side_say_next_to_nothing():
    rng = np.random.default_rng(3)
    runs = pd.DataFrame(np.arange(8) + rng.normal(size=(12, 8)))
    two, six = explain.agreement(runs[:2], runs[2:4]), explain.agreement(runs[:6], runs[6:])
    assert two.high - two.low > 0.5 > six.high - six.low


def test_row_agreement_holds_for_the_rows_and_ignores_signs():
    rng = np.random.default_rng(0)
    one = pd.DataFrame(rng.normal(size=(60, 6)) + np.arange(6) / 2)
    other = -(one**2) + rng.normal(scale=0.3, size=one.shape)
    drawn = explain.resample(np.arange(120) % 2, n_resamples=200)
    found = explain.row_agreement(one, other, drawn, where=drawn.fraud)
    by_hand = spearmanr(one.abs().mean(), other.abs().mean()).statistic
    assert found.estimate == pytest.approx(by_hand)
    assert found.low < found.high
    assert explain.row_agreement(one, one, drawn, where=drawn.fraud, top=3).low == 1


def test_block_counts_draw_whole_stretches():
    counts = explain.block_counts(np.arange(1000.0), 100, 40, seed=1)
    assert counts.shape == (40, 1000)
    assert counts.mean() == pytest.approx(1, abs=0.05)
    changes = (np.diff(counts, axis=1) != 0).sum(axis=1)
    assert changes.max() <= 2 * 10 + 1


def test_gain_sees_only_what_is_split_on(rows):
    X, y = rows
    gain = explain.gain_importance(small().fit(X.assign(unused=1.0), y))
    assert gain["unused"] == 0
    assert gain.idxmax() == "a"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: explain.noise_columns(0, 1), "n must be an integer"),
        (lambda: explain.noise_columns(1, 0), "k must be an integer"),
        (lambda: explain.identifier_column(0), "n must be an integer"),
        (lambda: explain.leak_column([0, 1], -1), "strength"),
        (lambda: explain.leak_column([0, 2], 1), "0 \\(honest\\) and 1"),
        (lambda: explain.agreement(pd.DataFrame(np.ones((2, 3)))), "number of runs"),
        (lambda: explain.agreement(pd.DataFrame(np.ones((3, 3))), top=4), "top must be"),
        (
            lambda: explain.agreement(pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"b": [1, 2]})),
            "same columns",
        ),
        (
            lambda: explain.row_agreement(
                pd.DataFrame([[1]]), pd.DataFrame([[1], [1]]), explain.resample([0, 1] * 2)
            ),
            "same rows and columns",
        ),
        (
            lambda: explain.row_agreement(
                pd.DataFrame([[1]]), pd.DataFrame([[1]]), explain.resample([0, 1] * 2), top=2
            ),
            "top must be",
        ),
        (lambda: explain.block_counts([0.0, 1.0], 0.5, 0), "n_resamples"),
        (lambda: explain.block_counts([1.0, 0.0], 0.5, 1), "sorted in time"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


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
    loss = explain.permutation_importance(shuffled, drawn, explain.InAveragePrecision())
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
