import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from casebook import data, leaks, models, split
from prerelease import splits

MODEL = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))


@pytest.fixture(scope="module")
def payments():
    return data.load_sample()


def test_scores_are_those_of_a_fit_by_hand(payments):
    learn, held_out = np.arange(9000), np.arange(9000, 9500)
    (found,) = leaks.scores(payments, [leaks.Fit(MODEL, learn, held_out)], at_once=1)
    inputs = payments[[*models.INPUTS]].to_numpy()
    weights = data.sampling_weights(payments)
    scaler = StandardScaler().fit(inputs[learn])
    by_hand = LogisticRegression(max_iter=500).fit(
        scaler.transform(inputs[learn]), payments["Class"].iloc[learn], weights[learn]
    )
    wanted = by_hand.predict_proba(scaler.transform(inputs[held_out]))[:, 1]
    np.testing.assert_allclose(found, wanted, rtol=1e-9)
    assert not hasattr(MODEL[-1], "coef_")


def test_two_at_once_give_what_one_gives_and_tell_each_fit(payments):
    small = models.boosted(n_estimators=10, colsample_bytree=0.5)
    jobs = leaks.fits(MODEL, KFold(3).split(payments)) + leaks.fits(small, KFold(3).split(payments))
    told = []
    many = leaks.scores(payments, jobs, tell=lambda done, total: told.append((done, total)))
    one = leaks.scores(payments, jobs, at_once=1)
    for first, second in zip(many, one, strict=True):
        np.testing.assert_array_equal(first, second)
    assert told == [(done, 6) for done in range(7)]


def test_weights_of_a_fit_change_it_for_a_model_without_a_pipeline(payments):
    plain = models.release_candidate_1().set_params(n_estimators=5)
    learn, held_out = np.arange(9000), np.arange(9000, 9100)
    jobs = [leaks.Fit(plain, learn, held_out, weight) for weight in (None, learn / 9000 + 0.1)]
    unweighted, weighted = leaks.scores(payments, jobs, at_once=1)
    assert np.abs(unweighted - weighted).max() > 0


def test_folds_of_a_run_fill_its_column_and_others_stay_empty(payments):
    late = splits.TemporalSplit(split.VALID_END, time="Time")
    table = leaks.score_runs(
        payments,
        {
            "folds": leaks.fits(MODEL, KFold(3).split(payments)),
            "late": leaks.fits(MODEL, late.split(payments)),
        },
        at_once=1,
    )
    assert table["folds"].notna().all()
    assert (table["late"].notna() == (payments["Time"] >= split.VALID_END)).all()
    assert table.index.equals(payments.index)


def test_positions_of_some_rows_become_positions_of_the_frame():
    (fit,) = leaks.fits(MODEL, [([1, 0], [2])], rows=[10, 20, 30])
    assert fit.learn.tolist() == [20, 10]
    assert fit.held_out.tolist() == [30]


def test_run_that_scores_a_row_twice_is_refused(payments):
    fit = leaks.Fit(MODEL, np.arange(9), np.arange(3))
    with pytest.raises(ValueError, match="'twice' scores a row twice"):
        leaks.score_runs(payments, {"twice": [fit, fit]})


def test_nothing_to_fit_and_missing_columns_are_refused(payments):
    with pytest.raises(ValueError, match="at least one fit, got none"):
        leaks.scores(payments, [])
    fit = leaks.Fit(MODEL, np.arange(9), np.arange(3))
    with pytest.raises(ValueError, match=r"columns \['V99'\]"):
        leaks.scores(payments, [fit], inputs=["V1", "V99"])
    with pytest.raises(ValueError, match="at_once must be"):
        leaks.scores(payments, [fit], at_once=0)


@given(st.floats(0.05, 1), st.integers(0, 5))
def test_thinned_rows_keep_all_frauds_and_the_sum_of_weights(share, seed):
    labels = np.zeros(400)
    labels[::40] = 1
    rows = np.arange(100, 400)
    kept, weight = leaks.thinned(labels, rows, share=share, seed=seed)
    assert set(rows[labels[rows] == 1]) <= set(kept)
    assert set(kept) <= set(rows)
    assert (np.diff(kept) > 0).all()
    assert weight.sum() == pytest.approx(len(rows))


def test_fits_are_thinned_each_by_a_draw_of_its_own_and_never_below_ten_thousand_rows():
    labels = np.zeros(40_000)
    labels[::1000] = 1
    jobs = [leaks.Fit(None, np.arange(n), np.arange(9)) for n in (40_000, 40_000, 9_000)]
    one, other, few = leaks.thinned_fits(labels, jobs, share=0.05)
    assert set(one.learn) != set(other.learn)
    assert min(len(one.learn), len(other.learn)) >= 10_000
    assert few.learn.tolist() == list(range(9_000))


def test_share_of_nothing_is_refused():
    with pytest.raises(ValueError, match="share must"):
        leaks.thinned([0, 1], [0, 1], share=0)
    with pytest.raises(ValueError, match="share must"):
        leaks.thinned([0, 1], [0, 1], share=1.5)
