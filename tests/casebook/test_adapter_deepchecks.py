"""The contract with Deepchecks: what moves in it should fail here, by name."""

import inspect
import os
import subprocess
import sys
from importlib.metadata import version

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from casebook.adapters import deepchecks
from casebook.adapters._contract import ToolError
from casebook.adapters._deepchecks_words import COLUMNS, in_words
from casebook.adapters.deepchecks import NUMPY_1_NAMES, numpy_1_names
from prerelease import drift

CHECKS = [
    "IsSingleValue",
    "SpecialCharacters",
    "MixedNulls",
    "MixedDataTypes",
    "StringMismatch",
    "DataDuplicates",
    "StringLengthOutOfBounds",
    "ConflictingLabels",
    "OutlierSampleDetection",
    "FeatureLabelCorrelation",
    "FeatureFeatureCorrelation",
    "IdentifierLabelCorrelation",
]


@pytest.fixture(scope="module")
def payments():
    rng = np.random.default_rng(0)
    n = 400
    frame = pd.DataFrame(rng.normal(size=(n, 3)), columns=["V1", "V2", "V3"])
    labels = (np.arange(n) % 20 == 0).astype(int)
    return frame.assign(
        Time=np.sort(rng.integers(0, 7200, n)).astype(float),
        Amount=rng.lognormal(3, 1, n).round(2),
        Class=labels,
    )


@pytest.fixture(scope="module")
def told():
    return []


@pytest.fixture(scope="module")
def table(payments, told):
    return deepchecks.data_integrity(payments, progress=lambda *what: told.append(what))


def status(frame, check):
    return deepchecks.data_integrity(frame, only=[check])["status"].tolist()


def test_the_version_is_the_one_that_the_adapter_was_written_for():
    assert version("deepchecks") == deepchecks.VERSION


def test_the_suite_still_has_the_twelve_checks_in_their_order(table):
    assert table["check"].tolist() == CHECKS
    assert list(table.columns) == list(COLUMNS)


def test_only_the_outlier_check_has_no_condition(table):
    assert table.loc[table["condition"] == "", "check"].tolist() == ["OutlierSampleDetection"]
    assert table.set_index("check").loc["OutlierSampleDetection", "status"] == "no condition"


def test_every_check_runs_under_numpy_2(table):
    assert set(table["status"]) <= {"pass", "fail", "warn", "no condition"}


def test_values_have_the_shapes_that_chapter_00_reads(table, payments):
    value = table.set_index("check")["value"]
    assert isinstance(value["DataDuplicates"], float)
    assert value["ConflictingLabels"]["percent_of_conflicting_samples"] == 0
    assert value["OutlierSampleDetection"].shape == (1000,)
    assert set(value["FeatureLabelCorrelation"]) == {"V1", "V2", "V3", "Amount"}
    assert set(value["IdentifierLabelCorrelation"]) == {"Time", "index"}
    assert value["IsSingleValue"] == payments.nunique().to_dict()
    # Time has a role of its own and is no feature.
    assert list(value["FeatureFeatureCorrelation"].columns) == ["V1", "V2", "V3", "Amount"]


def test_progress_is_told_once_a_check(table, told):
    assert [number for number, _, _ in told] == list(range(1, len(table) + 1))
    assert {total for _, total, _ in told} == {len(CHECKS)}


def test_two_runs_give_the_same_table(table, payments):
    again = deepchecks.data_integrity(payments)
    columns = ["check", "condition", "status", "found"]
    pd.testing.assert_frame_equal(again[columns], table[columns])
    for first, second in zip(table["value"], again["value"], strict=True):
        assert repr(first) == repr(second)


def test_a_constant_column_fails(payments):
    assert status(payments.assign(V1=1.0), "IsSingleValue") == ["fail"]


def test_conflicting_labels_of_twins_fail_even_at_other_times(payments):
    twin = payments.head(20).assign(Class=1 - payments["Class"].head(20), Time=9000.0)
    assert status(pd.concat([payments, twin]), "ConflictingLabels") == ["fail"]


def test_duplicates_are_compared_in_all_columns_unless_told_otherwise(payments):
    frame = pd.concat([payments, payments.tail(40).assign(Time=9000.0)])
    only = ["DataDuplicates"]
    assert deepchecks.data_integrity(frame, only=only)["value"][0] == 0
    mended = deepchecks.data_integrity(frame, only=only, ignore_columns=["Time"])["value"][0]
    assert mended == pytest.approx(40 / 440)


def test_known_flaw_duplicates_up_to_one_row_in_twenty_pass(payments):
    assert status(pd.concat([payments, payments.tail(15)]), "DataDuplicates") == ["pass"]
    assert status(pd.concat([payments, payments.tail(40)]), "DataDuplicates") == ["warn"]


def test_known_flaw_a_copy_with_its_sign_turned_passes(payments):
    copy, turned = payments.assign(V2=payments["V1"]), payments.assign(V2=-payments["V1"])
    assert status(copy, "FeatureFeatureCorrelation") == ["fail"]
    assert status(turned, "FeatureFeatureCorrelation") == ["pass"]


def test_known_flaw_missing_values_pass_every_check(payments):
    half_empty = payments.assign(V1=payments["V1"].where(np.arange(len(payments)) % 2 == 0))
    only = [name for name in CHECKS if name != "OutlierSampleDetection"]
    table = deepchecks.data_integrity(half_empty, only=only)
    assert set(table["status"]) == {"pass"}


def test_known_flaw_the_power_score_draws_five_thousand_rows_by_default(table):
    from deepchecks import ppscore  # noqa: PLC0415 - imported after the adapter has done so

    assert len(table) == len(CHECKS)
    assert inspect.signature(ppscore.score).parameters["sample"].default == deepchecks.PPS_ROWS


def test_a_check_that_stops_is_a_row_that_says_so(payments):
    table = deepchecks.data_integrity(payments.head(20), only=["OutlierSampleDetection"])
    assert table["status"].tolist() == ["did not run"]
    assert "not enough samples" in table["found"][0]
    assert table["value"].tolist() == [None]


BOTH = [
    "DatasetsSizeComparison",
    "NewLabelTrainTest",
    "NewCategoryTrainTest",
    "StringMismatchComparison",
    "DateTrainTestLeakageDuplicates",
    "DateTrainTestLeakageOverlap",
    "IndexTrainTestLeakage",
    "TrainTestSamplesMix",
    "FeatureLabelCorrelationChange",
    "FeatureDrift",
    "LabelDrift",
    "MultivariateDrift",
]


@pytest.fixture(scope="module")
def later(payments):
    return payments.assign(Time=payments["Time"] + 7200).set_axis(range(400, 800))


@pytest.fixture(scope="module")
def fitted(payments):
    return LogisticRegression().fit(payments[["V1", "V2", "V3", "Amount"]], payments["Class"])


@pytest.fixture(scope="module")
def validated(payments, later):
    return deepchecks.validation(payments, later)


def evaluated(payments, later, fitted, **options):
    importance = dict.fromkeys(["V1", "V2", "V3", "Amount"], 0.25)
    columns = ["Time", *importance, "Class"]
    return deepchecks.validation(
        payments[columns], later[columns], model=fitted, importance=importance, **options
    )


def test_the_validation_suite_still_has_its_checks_and_they_all_run(validated):
    assert validated["check"].drop_duplicates().tolist() == BOTH
    assert set(validated["status"]) <= {"pass", "fail", "warn"}


def test_values_have_the_shapes_that_chapter_06_reads(validated, payments, later):
    value = validated.drop_duplicates("check").set_index("check")["value"]
    exact = drift.scan(payments, later)["ks"]
    for name, found in value["FeatureDrift"].items():
        assert found["Drift score"] == pytest.approx(exact[name], abs=1e-9)
    assert set(value["LabelDrift"]) == {"Drift score", "Method"}
    assert "domain_classifier_auc" in value["MultivariateDrift"]


def test_findings_are_told_in_words(payments, later):
    moved = later.assign(**{name: later[name] + 9 for name in ("V1", "V2", "V3", "Amount")})
    found = deepchecks.validation(payments, moved, only=["FeatureDrift"])["found"][0]
    assert found.startswith("Failed for 4 out of")
    assert found.endswith(" and 1 more")
    assert not set("{}\n'") & set(found)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("Found 0 new labels: []", "Found 0 new labels"),
        ("Found: ['a', 'b']", "Found: a, b"),
        ("Gain: {'F1': '9.5%', 'AUC': '75.02%'}", "Gain: AUC 75.02%, F1 9.5%"),
        ("Types: {'V1': 'float'}", "Types: V1 float"),
        ("Seconds: 1.224e-05", "Seconds: 0.0000122"),
        ("Found: {'V1': nan}", "Found: {'V1': nan}"),
        ("Two\nlines", "Two lines"),
    ],
)
def test_what_a_program_prints_becomes_words(told, words):
    assert in_words(told) == words


def test_the_suites_have_the_checks_that_chapter_06_accounts_for(validated):
    assert deepchecks.checks_of("train_test_validation") == BOTH
    assert "RegressionErrorDistribution" in deepchecks.checks_of("model_evaluation")
    with pytest.raises(ValueError, match="suite must be"):
        deepchecks.checks_of("nonsense")


def test_rows_that_are_in_both_frames_are_known_by_their_index(validated, payments, later):
    only = ["IndexTrainTestLeakage"]
    assert validated.set_index("check").loc["IndexTrainTestLeakage", "status"] == "pass"
    mixed = later.set_axis(range(200, 600))
    found = deepchecks.validation(payments, mixed, only=only)
    assert found["status"].tolist() == ["fail"]


def test_rows_that_were_drawn_twice_can_be_compared(payments, later):
    twice = later.iloc[[0, 0, *range(1, 399)]]
    found = deepchecks.validation(payments, twice, only=["FeatureDrift"])
    assert found["status"].tolist() == ["pass"]


def test_settings_reach_one_check_and_leave_its_condition(payments, later):
    found = deepchecks.validation(
        payments,
        later.assign(Amount=later["Amount"] * 100),
        only=["FeatureDrift"],
        settings={"FeatureDrift": {"numerical_drift_method": "EMD"}},
    )
    assert found["value"][0]["V1"]["Method"] == "Earth Mover's Distance"
    assert "drift score < 0.2" in found["condition"][0]


def test_known_flaw_label_drift_does_not_see_rare_classes():
    before = np.repeat([0, 1], [9995, 5])
    after = np.repeat([0, 1], [9905, 95])
    assert deepchecks.label_drift(before, after) == 0
    assert deepchecks.label_drift(before, after, balance_classes=True) > 0.15


@pytest.mark.parametrize("share", [0.005, 0.02, 0.034, 0.05])
@pytest.mark.parametrize("before", [0.0, 0.0017])
def test_known_flaw_a_rare_class_cannot_score_high_merged_or_not(share, before):
    sides = [np.arange(20_000) < round(20_000 * part) for part in (before, share)]
    scores = [
        deepchecks.label_drift(*sides, min_category_size_ratio=ratio) for ratio in (0.0, 0.01)
    ]
    assert max(scores) <= np.sqrt(share / (2 - share)) + 1e-9
    if share > 0.01:
        assert scores[0] == scores[1] > 0
    assert deepchecks.label_drift(*sides, balance_classes=True) > 0.15


def test_label_drift_is_what_the_check_says(payments, later):
    more = later.assign(Class=(np.arange(400) % 4 == 0).astype(int))
    found = deepchecks.validation(payments, more, only=["LabelDrift"])
    ours = deepchecks.label_drift(payments["Class"], more["Class"])
    assert found["value"][0]["Drift score"] == pytest.approx(ours, abs=1e-12)


def test_the_evaluation_suite_still_has_the_checks_that_chapter_06_runs(payments, later, fitted):
    only = ["RocReport", "ConfusionMatrixReport", "PredictionDrift", "SimpleModelComparison"]
    only += ["CalibrationScore", "UnusedFeatures", "ModelInferenceTime", "TrainTestPerformance"]
    found = evaluated(payments, later, fitted, only=only)
    assert sorted(found["check"].unique()) == sorted(only)
    assert "did not run" not in set(found["status"])


def test_prediction_drift_is_the_distance_of_probabilities(payments, later, fitted):
    features = ["V1", "V2", "V3", "Amount"]
    moved = later.assign(V1=later["V1"] + 2)
    found = evaluated(payments, moved, fitted, only=["PredictionDrift"])
    scores = [fitted.predict_proba(frame[features])[:, [1]] for frame in (payments, moved)]
    exact = drift.scan(*(pd.DataFrame(score, columns=["p"]) for score in scores))
    assert found["value"][0]["Drift score"] == pytest.approx(exact.loc["p", "ks"], abs=1e-9)


@pytest.mark.parametrize("argument", ["only", "settings"])
def test_an_unknown_check_of_the_validation_is_refused_by_name(payments, later, argument):
    named = {"only": ["Nonsense"], "settings": {"Nonsense": {}}}[argument]
    with pytest.raises(ValueError, match=f"{argument} must name checks out of .*got Nonsense"):
        deepchecks.validation(payments, later, **{argument: named})


@pytest.mark.parametrize("column", ["Time", "Class"])
def test_the_validation_needs_its_columns_on_both_sides(payments, later, column):
    with pytest.raises(ValueError, match=f"{column!r}.* missing"):
        deepchecks.validation(payments, later.drop(columns=column))


def test_numpy_has_its_old_names_only_inside():
    assert not any(hasattr(np, name) for name in NUMPY_1_NAMES)
    with numpy_1_names():
        assert np.isnan(np.NaN)  # noqa: NPY201
        assert np.isneginf(np.NINF)  # noqa: NPY201
        with numpy_1_names():
            assert np.isposinf(np.Inf)  # noqa: NPY201
        assert np.isposinf(np.PINF)  # noqa: NPY201
    assert not any(hasattr(np, name) for name in NUMPY_1_NAMES)


def test_numpy_loses_its_old_names_after_an_error_too():
    def stop():
        with numpy_1_names():
            raise KeyError

    with pytest.raises(KeyError):
        stop()
    assert not hasattr(np, "NaN")


def test_the_frame_is_not_changed(payments):
    before = payments.copy()
    deepchecks.data_integrity(payments, only=["FeatureLabelCorrelation", "ConflictingLabels"])
    pd.testing.assert_frame_equal(payments, before)


def test_an_unknown_check_is_refused_by_name(payments):
    with pytest.raises(ValueError, match=r"only must name checks out of .*got Nonsense"):
        deepchecks.data_integrity(payments, only=["Nonsense"])


@pytest.mark.parametrize("column", ["Time", "Class"])
def test_a_missing_column_is_refused_by_name(payments, column):
    with pytest.raises(ValueError, match=f"{column!r}.* missing"):
        deepchecks.data_integrity(payments.drop(columns=column))


def test_a_newer_version_that_lacks_something_is_told_in_one_sentence(table, payments, monkeypatch):
    assert len(table) == len(CHECKS)
    from deepchecks.tabular import suites  # noqa: PLC0415 - imported after the adapter has done so

    monkeypatch.delattr(suites, "data_integrity")
    with pytest.raises(AttributeError):  # the known version: told as it is
        deepchecks.data_integrity(payments)
    monkeypatch.setattr("casebook.adapters._contract.version", lambda _: "0.20.0")
    with pytest.raises(
        ToolError, match=r"^deepchecks 0\.20\.0 is installed, and .*data_integ"
    ) as told:
        deepchecks.data_integrity(payments)
    assert f"pip install deepchecks=={deepchecks.VERSION}" in str(told.value)
    assert "\n" not in str(told.value)


def test_deepchecks_is_imported_late_quietly_and_without_telemetry(tmp_path):
    code = """
import sys, os
from casebook.adapters import deepchecks
assert "deepchecks" not in sys.modules
import pandas as pd
df = pd.DataFrame({"Time": range(30), "V1": range(30), "Class": [0, 1] * 15})
deepchecks.data_integrity(df, only=["IsSingleValue", "DataDuplicates"])
assert "deepchecks" in sys.modules
from deepchecks.analytics import anonymous_telemetry
assert anonymous_telemetry.ANALYTICS_DISABLED
"""
    environment = {k: v for k, v in os.environ.items() if "DEEPCHECKS" not in k}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
