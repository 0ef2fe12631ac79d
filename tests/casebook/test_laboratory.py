"""Shifts that are what they say, detectors with the limits they should have."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from casebook import laboratory
from casebook.laboratory import Shift
from prerelease import drift


def payments(n=4000, seed=0, prior=0.05):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "Time": np.arange(n) * 10.0,
            "V1": rng.normal(size=n),
            "Amount": rng.lognormal(3, 1, n).round(2),
            "Class": (rng.random(n) < prior).astype(int),
        }
    )


DF = payments()


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(
        [
            Shift("covariate", 1.0, 20_000.0),
            Shift("prior", 4.0, 20_000.0),
            Shift("concept", 0.5, 20_000.0),
            Shift("bug: cents", 0.3, 20_000.0),
            Shift("bug: sign", 1.0, 20_000.0, "V1"),
            Shift("bug: stuck", 0.5, 20_000.0),
        ]
    ),
    st.integers(0, 1000),
)
def test_nothing_changes_before_its_date_and_no_row_is_added(shift, seed):
    before = DF.copy()
    after = laboratory.inject(DF, shift, seed=seed)
    early = DF["Time"].to_numpy() < 20_000
    pd.testing.assert_frame_equal(after[early], DF[early], check_dtype=False)
    assert after["Time"].tolist() == DF["Time"].tolist()
    assert not after.equals(DF)
    pd.testing.assert_frame_equal(DF, before)
    pd.testing.assert_frame_equal(after, laboratory.inject(DF, shift, seed=seed))


def test_a_covariate_shift_moves_the_column_and_keeps_what_a_payment_means():
    df = payments(n=40_000, seed=1)
    df["Class"] = (np.random.default_rng(0).random(40_000) < 0.4 * (df["V1"] > 0)).astype(int)
    after = laboratory.inject(df, Shift("covariate", 0.7, column="V1"))
    assert after["V1"].mean() == pytest.approx(0.7, abs=0.05)
    high = after["V1"] > 0
    assert after.loc[high, "Class"].mean() == pytest.approx(0.4, abs=0.02)
    assert after.loc[~high, "Class"].mean() == 0


@pytest.mark.parametrize("factor", [0.3, 1.0, 4.0])
def test_a_prior_shift_multiplies_frauds_and_keeps_the_looks_of_each_class(factor):
    df = payments(n=40_000, seed=2).assign(V1=lambda frame: frame["V1"] + 3 * frame["Class"])
    after = laboratory.inject(df, Shift("prior", factor))
    assert after["Class"].mean() == pytest.approx(factor * df["Class"].mean(), rel=0.1)
    for label in (0, 1):
        x, y = (frame.loc[frame["Class"] == label, "V1"] for frame in (df, after))
        assert drift.scan(x.to_frame(), y.to_frame()).loc["V1", "ks"] < 0.06


def test_a_concept_shift_changes_labels_and_nothing_else():
    after = laboratory.inject(DF, Shift("concept", 0.5))
    pd.testing.assert_frame_equal(after.drop(columns="Class"), DF.drop(columns="Class"))
    assert after["Class"].sum() == DF["Class"].sum()
    kept = (after["Class"] & DF["Class"]).sum()
    assert kept == DF["Class"].sum() - round(0.5 * DF["Class"].sum())


def test_bugs_do_to_a_column_what_they_say():
    cents = laboratory.inject(DF, Shift("bug: cents", 1.0))["Amount"]
    assert (cents / DF["Amount"]).round(9).unique().tolist() == [100]
    sign = laboratory.inject(DF, Shift("bug: sign", 1.0, column="V1"))["V1"]
    assert (sign == -DF["V1"]).all()
    stuck = laboratory.inject(DF, Shift("bug: stuck", 1.0, start=20_000.0))["Amount"]
    assert (stuck[2000:] == stuck[2000]).all()
    assert stuck[2000] == DF["Amount"][1999]
    some = laboratory.inject(DF, Shift("bug: cents", 0.25))["Amount"]
    assert (some != DF["Amount"]).mean() == pytest.approx(0.25, abs=0.03)


@pytest.mark.parametrize(
    ("kind", "size", "told"),
    [
        ("novel", 1.0, "kind must be one of"),
        ("prior", 0.0, "size must be a finite number above 0"),
        ("concept", 1.5, "size must be a finite number from 0 to 1"),
        ("covariate", np.inf, "size must be a finite number"),
    ],
)
def test_a_shift_that_cannot_be_is_refused(kind, size, told):
    with pytest.raises(ValueError, match=told):
        Shift(kind, size)


@pytest.mark.parametrize(
    ("shift", "told"),
    [
        (Shift("prior", 2.0, start=1e9), "start must not be after the last row"),
        (Shift("bug: sign", 1.0, column="V9"), r"\['V9'\] missing"),
        (Shift("prior", 50.0), "fewer than all rows"),
    ],
)
def test_a_shift_that_does_not_fit_the_rows_is_refused(shift, told):
    with pytest.raises(ValueError, match=told):
        laboratory.inject(DF, shift)


def test_a_prior_shift_without_a_fraud_in_the_window_is_refused():
    with pytest.raises(ValueError, match=r"needs frauds.*0 frauds in 4000 rows"):
        laboratory.inject(DF.assign(Class=0), Shift("prior", 2.0))


@pytest.mark.parametrize(
    ("shift", "asked"),
    [
        (Shift("covariate", 1.0), 0),
        (Shift("prior", 4.0), 0),
        (Shift("concept", 0.5), 0),
        (Shift("bug: sign", 0.3, column="V1"), 1200),
    ],
)
def test_a_model_is_asked_only_about_rows_that_a_bug_has_struck(shift, asked):
    seen = []

    def score(rows):
        seen.append(len(rows))
        return np.tanh(rows["V1"]) + rows["Amount"]

    remembered = laboratory.remembered(score, DF[["V1", "Amount"]])
    day = laboratory.inject(DF, shift, seed=1)
    result = remembered(day)
    assert seen[0] == len(DF)
    assert sum(seen[1:]) == pytest.approx(asked, rel=0.1)
    assert result == pytest.approx(score(day).to_numpy(), abs=0)


def test_rows_from_elsewhere_are_scored_and_known_rows_need_an_index_of_their_own():
    remembered = laboratory.remembered(lambda rows: 3 * rows["V1"], DF.loc[:9, ["V1"]])
    assert remembered(DF) == pytest.approx(3 * DF["V1"].to_numpy(), abs=0)
    with pytest.raises(ValueError, match="unique index, 3 occurs twice"):
        laboratory.remembered(len, DF.loc[[3, 3], ["V1"]])


def test_calibrated_detectors_keep_their_rate_of_false_alarms():
    rng = np.random.default_rng(3)
    alarms = []
    for _ in range(200):
        windows = [pd.DataFrame({"V1": rng.normal(size=3)}) for _ in range(40)]
        rule = laboratory.calibrate(
            "mean", lambda w: w["V1"].mean(), windows[:39], false_alarms=0.1
        )
        alarms.append(rule.alarm(windows[39]))
    assert 0.04 < np.mean(alarms) <= 0.16


def test_too_few_quiet_windows_cannot_set_a_limit():
    with pytest.raises(ValueError, match=r"5 quiet windows cannot set .* 19 are needed"):
        laboratory.calibrate("n", len, [DF.head(3)] * 5)


def test_blocks_are_drawn_whole_and_none_twice():
    drawn = laboratory.draw_blocks(DF, 5, block=600.0, seed=1)
    sizes = (drawn["Time"] // 600).value_counts()
    assert sizes.tolist() == [60] * 5
    assert drawn.index.is_monotonic_increasing
    assert drawn.equals(laboratory.draw_blocks(DF, 5, block=600.0, seed=1))


def test_more_blocks_than_there_are_cannot_be_drawn():
    with pytest.raises(ValueError, match="n_blocks must be an integer from 1 to 67, got 68"):
        laboratory.draw_blocks(DF, 68)


def watched(**options):
    rich = laboratory.Detector("rich", lambda w: w["Amount"].mean(), 500.0)
    slow = laboratory.Detector("slow", lambda w: w["Amount"].max(), 1e9, costly=True)
    shifts = {"nothing": None, "cents": Shift("bug: cents", 1.0)}
    return laboratory.streams(DF, [rich, slow], shifts, n_streams=5, costly_streams=2, **options)


def test_streams_see_the_shift_and_nothing_else():
    told = []
    seen = watched(tell=lambda done, total: told.append((done, total)))
    assert told[-1] == (10, 10)
    by = seen.groupby(["detector", "shift"])["alarm"]
    assert by.mean()[("rich", "cents")] == 1
    assert by.mean()[("rich", "nothing")] == 0
    assert by.size()[("rich", "cents")] == 20
    assert by.size()[("slow", "cents")] == 2
    assert seen.equals(watched())


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"n_streams": 0}, "n_streams must be"),
        ({"n_windows": 0}, "n_windows must be"),
        ({"detectors": []}, "a detector and a shift, got 0 and 1"),
        ({"shifts": {}}, "a detector and a shift, got 1 and 0"),
    ],
)
def test_streams_without_anything_to_watch_are_refused(changes, told):
    given = {"detectors": [laboratory.Detector("any", len, 1)], "shifts": {"nothing": None}}
    with pytest.raises(ValueError, match=told):
        laboratory.streams(DF, **{**given, **changes})


def test_every_shift_meets_the_same_windows():
    seen = []
    look = laboratory.Detector("look", lambda w: seen.append(w["V1"].sum()) or 0, 1)
    laboratory.streams(DF, [look], {"a": None, "b": Shift("concept", 1.0)}, n_streams=3)
    assert seen[:12] == seen[12:]


def test_a_window_is_prepared_before_it_is_looked_at():
    seen = watched(prepare=lambda w: w.assign(Amount=w["Amount"] * 1000))
    assert seen.loc[seen["detector"] == "rich", "alarm"].all()


def test_rates_are_exact_binomial_and_delays_are_medians():
    rates = laboratory.alarm_rates(watched())
    row = rates.loc[("rich", "cents")]
    assert row[["rate", "trials", "delay"]].tolist() == [1, 20, 1]
    assert row["low"] == pytest.approx(stats.binomtest(20, 20).proportion_ci().low)
    assert rates.loc[("rich", "nothing"), "delay"] == np.inf
    assert np.isnan(rates.loc[("slow", "cents"), "delay"])
