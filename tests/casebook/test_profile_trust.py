"""Tests of what tells whether to trust the data: centring, judged findings."""

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score

from casebook import data, profile, split
from casebook.profile._integrity import RULES


@pytest.fixture(scope="module")
def sample():
    return data.load_sample()


@pytest.fixture(scope="module")
def development(sample):
    return pd.concat(split.development(sample))


@pytest.fixture(scope="module")
def auc(development):
    return profile.single_feature_auc(development, n_resamples=100)


def components(fitted_on, n=3000, seed=0):
    """Components of a drifting table, by a PCA that was fitted on its first rows only."""
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(n, 5)) @ rng.normal(size=(5, 5)) + np.linspace(0, 1, n)[:, None]
    return PCA().fit(table[:fitted_on]).transform(table)


@pytest.mark.parametrize("fitted_on", [3000, 2000])
def test_only_the_rows_that_a_pca_was_fitted_on_are_centred_and_uncorrelated(fitted_on):
    first = np.arange(3000) < 2000
    table = profile.centring(components(fitted_on), {3000: first | ~first, 2000: first})
    other = 5000 - fitted_on
    assert table.loc[fitted_on, "offset"] < 1e-12
    assert table.loc[fitted_on, "correlation"] < 1e-12
    assert table.loc[other, "offset"] > 0.1
    assert table.loc[other, "correlation"] > 0.01
    assert table["rows"].tolist() == [3000, 2000]


def test_one_row_left_out_breaks_the_centring():
    rows = np.arange(3000)
    table = profile.centring(components(3000), {k: rows < 3000 - k for k in (0, 1)})
    assert table.loc[0, "offset"] < 1e-12
    assert table.loc[1, "offset"] > 1e-6


def test_offset_of_random_rows_is_about_what_chance_makes():
    X = np.random.default_rng(0).normal(size=(4000, 20))
    found = profile.centring(X, {"all": np.ones(4000, dtype=bool)}).loc["all"]
    assert 0.6 < found["offset"] / found["chance"] < 1.4


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda X: profile.centring(X, {"one": [True, False, False]}),
            "'one' must have at least 2",
        ),
        (lambda X: profile.centring(X, {"a": [True, True]}), "features has 3, part has 2"),
    ],
)
def test_centring_refuses_what_has_no_answer(call, message):
    with pytest.raises(ValueError, match=message):
        call(np.array([[1.0, 2.0], [-1.0, 2.0], [0.0, -4.0]]))


def test_a_part_in_which_columns_stand_still_has_no_correlation():
    X = np.array([[1.0, 1.0], [1.0, 1.0], [2.0, 3.0]])
    table = profile.centring(X, {"still": [True, True, False]})
    assert np.isnan(table.loc["still", "correlation"])


# --- judged findings -----------------------------------------------------------------------------


def test_single_feature_auc_agrees_with_scikit_learn_on_the_better_side(development, auc):
    for name in ("V4", "V14", "Amount"):
        value = roc_auc_score(development["Class"], development[name])
        assert auc.loc[name, "auc"] == pytest.approx(max(value, 1 - value))
    assert auc["auc"].min() >= 0.5
    assert (auc["low"] <= auc["auc"]).all()
    assert not {"Time", "Class"} & set(auc.index)


def results(df, **changes):
    """What the suite would say of the frame if it made no mistake; changes go by check name."""
    auc_like = dict.fromkeys(df.columns.drop(["Time", "Class"]), 0.5)
    rows = {
        "IsSingleValue": ("pass", df.nunique().to_dict()),
        "SpecialCharacters": ("pass", {}),
        "MixedNulls": ("pass", {}),
        "MixedDataTypes": ("pass", {}),
        "StringMismatch": ("pass", {}),
        "DataDuplicates": ("pass", float(df.duplicated().mean())),
        "StringLengthOutOfBounds": ("pass", {}),
        "ConflictingLabels": ("pass", {"percent_of_conflicting_samples": 0.0}),
        "OutlierSampleDetection": ("no condition", np.linspace(0, 0.71, 1000)),
        "FeatureLabelCorrelation": ("pass", auc_like),
        "FeatureFeatureCorrelation": ("pass", None),
        "IdentifierLabelCorrelation": ("pass", {"Time": 0.2}),
    } | changes
    return pd.DataFrame(
        [(name, "", status, "", value) for name, (status, value) in rows.items()],
        columns=["check", "condition", "status", "found", "value"],
    )


def verdicts(sample, development, auc, **changes):
    return profile.judge(results(sample, **changes), sample, development, auc=auc)["verdict"]


def test_a_tool_in_line_with_our_measures_is_never_blind_or_mistaken(sample, development, auc):
    verdict = verdicts(sample, development, auc)
    assert set(verdict.index) == set(RULES)
    assert set(verdict) == {"real", "harmless"}
    # There are repeated frauds, outlying frauds and quiet hours: real, tick or no tick.
    real = {"DataDuplicates", "OutlierSampleDetection", "IdentifierLabelCorrelation"}
    assert set(verdict.index[verdict == "real"]) == real


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ("FeatureFeatureCorrelation", ("fail", None)),
        ("ConflictingLabels", ("fail", {"percent_of_conflicting_samples": 0.1})),
        ("MixedNulls", ("fail", {})),
        ("SpecialCharacters", ("fail", {})),
        ("IsSingleValue", ("pass", {"Time": 1})),
    ],
)
def test_an_alarm_about_nothing_is_the_tools_mistake(sample, development, auc, check, said):
    verdict = verdicts(sample, development, auc, **{check: said})
    assert verdict.index[verdict == "the tool's mistake"].tolist() == [check]
    assert "blind here" not in set(verdict)


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ("DataDuplicates", ("pass", 0.0)),
        ("IdentifierLabelCorrelation", ("pass", {"Time": 0, "index": 0})),
        ("FeatureLabelCorrelation", ("pass", {"V14": 0.0, "V1": 0.4})),
        ("OutlierSampleDetection", ("no condition", np.zeros(1000))),
    ],
)
def test_a_tool_that_does_not_show_what_is_there_is_blind(sample, development, auc, check, said):
    verdict = verdicts(sample, development, auc, **{check: said})
    assert verdict.index[verdict == "blind here"].tolist() == [check]
    assert "the tool's mistake" not in set(verdict)


def test_faults_that_are_there_are_real_when_the_tool_says_so(sample, development, auc):
    copied = sample.assign(V28=sample["V27"], V1=0.0)
    table = results(copied, FeatureFeatureCorrelation=("fail", None))
    verdict = profile.judge(table, copied, development, auc=auc)["verdict"]
    assert verdict["FeatureFeatureCorrelation"] == "real"
    assert verdict["IsSingleValue"] == "real"


def test_a_tool_that_passes_a_copy_with_its_sign_turned_is_blind(sample, development, auc):
    turned = sample.assign(V28=-sample["V27"])
    verdict = profile.judge(results(turned), turned, development, auc=auc)["verdict"]
    assert verdict["FeatureFeatureCorrelation"] == "blind here"


def test_a_missing_check_is_refused(sample, development, auc):
    table = results(sample).iloc[1:]
    with pytest.raises(ValueError, match="results must hold the checks"):
        profile.judge(table, sample, development, auc=auc)
