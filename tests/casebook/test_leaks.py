import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from casebook import conventions, data, leaks, models
from casebook.leaks._naive import balanced
from prerelease import intervals, ledger

MODEL = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))


@pytest.fixture(scope="module")
def payments():
    return data.load_sample()


@pytest.fixture(autouse=True)
def _own_ledger(monkeypatch, tmp_path):
    monkeypatch.setenv("PRERELEASE_LEDGER", str(tmp_path / "ledger.jsonl"))


@given(honest=st.integers(1, 60), frauds=st.integers(1, 20), seed=st.integers(0, 9))
@settings(deadline=None)
def test_balanced_rows_are_half_fraud_and_lose_no_honest_payment(honest, frauds, seed):
    df = pd.DataFrame({"Class": [0] * honest + [1] * frauds, "row": range(honest + frauds)})
    rows = balanced(df, seed=seed)
    assert rows["Class"].sum() == honest
    assert sorted(rows.loc[rows["Class"] == 0, "row"]) == list(range(honest))
    assert set(rows["row"]) <= set(df["row"])


def test_balance_needs_a_fraud():
    with pytest.raises(ValueError, match="must hold a fraud to repeat, got 3 rows without one"):
        balanced(pd.DataFrame({"Class": [0, 0, 0]}))


def test_same_seed_gives_the_same_rows_and_another_seed_others(payments):
    one, same, other = (balanced(payments, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same)
    assert not one.index.equals(other.index)


def test_balancing_before_the_split_puts_the_same_frauds_on_both_sides(payments):
    scored = leaks.balanced_before_split(payments, MODEL)
    frauds = scored.index[scored["Class"] == 1]
    # Every row has copies: some of those held out must have been learned from.
    assert frauds.has_duplicates
    assert scored["Class"].mean() == pytest.approx(0.5, abs=1e-3)


def test_random_split_holds_out_each_row_at_most_once_at_the_real_prevalence(payments):
    scored = leaks.split_at_random(payments, MODEL)
    assert not scored.index.has_duplicates
    assert scored["Class"].mean() == pytest.approx(payments["Class"].mean(), rel=0.02)


def test_later_rows_come_after_all_that_were_learned_from_and_stand_in_the_ledger(payments):
    scored = leaks.scored_later(payments, MODEL, who="a test", why="to see the ledger")
    first = payments.loc[scored.index, "Time"].min()
    assert first > payments.loc[payments.index.difference(scored.index), "Time"].max()
    line = ledger.read().iloc[-1]
    assert (line["who"], line["kind"], line["n_rows"]) == ("a test", "demonstration", len(scored))
    learned = balanced(payments.drop(scored.index))
    model = clone(MODEL).fit(learned[[*models.INPUTS]], learned["Class"])
    wanted = model.predict_proba(payments.loc[scored.index, [*models.INPUTS]])[:, 1]
    np.testing.assert_allclose(scored["score"], wanted)


def test_model_that_is_handed_in_stays_unfitted(payments):
    model = models.release_candidate_1()
    leaks.split_at_random(payments, model)
    assert not hasattr(model, "booster_")


def test_release_candidate_is_repeatable(payments):
    one, two = (leaks.split_at_random(payments, models.release_candidate_1()) for _ in range(2))
    np.testing.assert_array_equal(one["score"], two["score"])


def drawn_rows(n, frauds, signal, rng):
    y = rng.permutation(np.arange(n) < frauds)
    scores = {"Class": y.astype(int), "score": rng.normal(size=n) + signal * y}
    return pd.DataFrame({"Time": np.sort(rng.uniform(0, 60_000, n)), **scores})


def test_inflation_is_the_difference_that_scikit_learn_finds_whatever_the_order_of_rows():
    rng = np.random.default_rng(0)
    parts = [drawn_rows(500, 40, signal, rng) for signal in (3.0, 1.0)]
    found = leaks.inflation(*parts)
    wanted = [average_precision_score(part["Class"], part["score"]) for part in parts]
    assert found.estimate == pytest.approx(wanted[0] - wanted[1], abs=1e-12)
    assert 0 < found.low < found.estimate < found.high
    back = leaks.inflation(*parts[::-1])
    assert back.estimate == pytest.approx(-found.estimate, abs=1e-12)
    mixed = leaks.inflation(*(part.sample(frac=1, random_state=0) for part in parts))
    assert (mixed.low, mixed.high) == (found.low, found.high)


def test_inflation_takes_weights_into_account():
    scored = drawn_rows(2000, 40, 2.0, np.random.default_rng(0))
    y = scored["Class"]
    half = scored.assign(weight=np.where(y == 1, 1.0, 40 / 1960))
    found = leaks.inflation(half, scored)
    wanted = average_precision_score(
        y, scored["score"], sample_weight=half["weight"]
    ) - average_precision_score(y, scored["score"])
    assert found.estimate == pytest.approx(wanted)
    assert found.low > 0.1


def test_the_two_sides_are_drawn_apart_from_each_other():
    part = drawn_rows(500, 40, 2.0, np.random.default_rng(0))
    how = conventions.drawn(part["Time"])
    alone = intervals.bootstrap(intervals.AveragePrecision(), part["Class"], part["score"], **how)
    found = leaks.inflation(part, part)
    assert found.half_width == pytest.approx(np.sqrt(2) * alone.half_width, rel=0.15)
    assert leaks.inflation(part, part, asked=5).half_width > found.half_width
    assert leaks.inflation(part, part, asked=5).level == intervals.joint_level(5)


def test_inflation_doubts_more_where_frauds_come_in_bursts():
    rng = np.random.default_rng(1)
    real = drawn_rows(4000, 0, 0.0, rng)
    # All frauds of one burst are easy, or all are hard: the burst is what varies.
    burst = np.isin(real["Time"] // 600, [3, 20, 41, 60])
    y = (burst & (rng.random(4000) < 0.15)).astype(int)
    score = real["score"] + y * np.where(real["Time"] < 20_000, 6, 0)
    real = real.assign(Class=y, score=score)
    scattered = real.assign(Time=real["Time"].sample(frac=1, random_state=0).to_numpy())
    assert leaks.inflation(real, real).estimate == 0
    assert leaks.inflation(real, real).half_width > leaks.inflation(scattered, scattered).half_width
