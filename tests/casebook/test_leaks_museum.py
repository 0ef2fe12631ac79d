import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from casebook import leaks


@given(share=st.floats(0.001, 0.999), frauds=st.integers(1, 30), honest=st.integers(1, 300))
def test_weights_bring_frauds_to_the_share_that_is_asked_for(share, frauds, honest):
    df = pd.DataFrame({"Class": [1] * frauds + [0] * honest})
    weighed = leaks.at_prevalence(df, share)
    assert np.average(weighed["Class"], weights=weighed["weight"]) == pytest.approx(share)


def test_inflation_takes_weights_into_account():
    rng = np.random.default_rng(0)
    y = np.arange(2000) < 40
    y = rng.permutation(y)
    scored = pd.DataFrame({"Class": y.astype(int), "score": rng.normal(size=2000) + 2 * y})
    scored["Time"] = np.arange(2000) * 20.0
    half = leaks.at_prevalence(scored, 0.5)
    found = leaks.inflation(half, scored)
    wanted = average_precision_score(
        y, scored["score"], sample_weight=half["weight"]
    ) - average_precision_score(y, scored["score"])
    assert found.estimate == pytest.approx(wanted)
    assert found.low > 0.1


@pytest.mark.parametrize("share", [0, 1, -0.1, np.nan])
def test_impossible_share_of_frauds_is_refused(share):
    with pytest.raises(ValueError, match="prevalence must"):
        leaks.at_prevalence(pd.DataFrame({"Class": [0, 1]}), share)


def test_clean_encoding_does_not_change_with_the_labels_of_judged_rows():
    df = pd.DataFrame({"Amount": [1.0, 1.0, 2.0, 2.0, 1.0, 9.0], "Class": [0, 1, 0, 0, 0, 0]})
    used = [True, True, True, True, False, False]
    other = df.assign(Class=[0, 1, 0, 0, 1, 1])
    np.testing.assert_array_equal(leaks.encode_amount(df, used), leaks.encode_amount(other, used))
    # Nobody learned from has paid 9 €: it gets the rate of all of them.
    assert leaks.encode_amount(df, used).tolist() == [0.5, 0.5, 0, 0, 0.5, 0.25]
    with pytest.raises(ValueError, match="got none of 6"):
        leaks.encode_amount(df, np.zeros(6))


def test_noise_looks_informative_only_when_chosen_with_the_judged_rows():
    precision = {
        leaky: np.mean(
            [
                average_precision_score(
                    *leaks.selection_on_noise(
                        n_rows=100, n_columns=800, keep=10, leaky=leaky, seed=seed
                    )
                )
                for seed in range(8)
            ]
        )
        for leaky in (True, False)
    }
    assert precision[True] > 0.75
    assert 0.4 < precision[False] < 0.65


def test_more_columns_kept_than_there_are_is_refused():
    with pytest.raises(ValueError, match="keep must be"):
        leaks.selection_on_noise(n_rows=40, n_columns=5, keep=6, leaky=True)


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


def test_share_of_nothing_is_refused():
    with pytest.raises(ValueError, match="share must"):
        leaks.thinned([0, 1], [0, 1], share=0)
    with pytest.raises(ValueError, match="share must"):
        leaks.thinned([0, 1], [0, 1], share=1.5)


def test_company_in_time_equals_a_search_over_all_pairs():
    rng = np.random.default_rng(0)
    df = pd.DataFrame({"Time": rng.integers(0, 3000, 200), "Class": rng.random(200) < 0.3})
    df["Class"] = df["Class"].astype(int)
    order = rng.permutation(200)
    learn, asked = order[:120], order[120:]
    times = df["Time"].to_numpy()
    known, held = (side[df["Class"].to_numpy()[side] == 1] for side in (learn, asked))
    wanted = sum(any(abs(times[k] - times[h]) <= 20 for k in known) for h in held)
    assert leaks.fraud_company(df, learn, asked, seconds=20) == (wanted, len(held))
    assert leaks.fraud_company(df, [], asked, seconds=20)[0] == 0
