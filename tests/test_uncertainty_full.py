"""What chapter 04 says of the whole data, by one model of the first day."""

import numpy as np
import pytest

from prerelease import data, models, splits, uncertainty
from prerelease.adapters import mapie

pytestmark = pytest.mark.full_data


@pytest.fixture(scope="module")
def slices():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PRERELEASE_MODE", "full")
        patch.delenv("PRERELEASE_DATA", raising=False)
        train, valid = splits.development(data.load())
    first = train["Time"] < 86_400
    model = models.chosen().fit(train.loc[first, [*models.INPUTS]], train.loc[first, "Class"])
    return [
        (rows["Class"].to_numpy() == 1, model.predict_proba(rows[[*models.INPUTS]])[:, 1])
        for rows in (train[~first], valid)
    ]


def test_the_calibration_slices_hold_79_and_57_frauds(slices):
    assert [int(y.sum()) for y, _ in slices] == [79, 57]


def test_marginal_sets_leave_most_frauds_out_and_sets_by_label_do_not(slices):
    (y, p), (later, promised) = slices
    covered = {
        kind: uncertainty.describe_sets(
            uncertainty.fit_sets(y, p, alpha=0.1, kind=kind).holds(promised), later
        ).loc["fraud", "coverage"]
        for kind in ("marginal", "by label")
    }
    assert covered["marginal"] < 0.2
    assert covered["by label"] > 0.7


def test_most_misses_hide_among_the_confident(slices):
    told = uncertainty.confident_errors(*slices[1])
    assert told["confident"] / told["rows"] > 0.99
    assert told["missed_confident"] > told["missed"] / 2


def test_sets_equal_those_of_mapie_on_every_payment(slices):
    (y, p), (_, promised) = slices
    ours = uncertainty.fit_sets(y, p, alpha=0.1, kind="marginal").holds(promised)
    assert (ours == mapie.label_sets(y, p, promised, alpha=0.1)).all()


def test_no_certificate_of_mapie_is_bolder_than_the_exact_one(slices):
    y, p = slices[0]
    exact = uncertainty.certify_recall(y, p, recall=0.9, delta=0.1)
    theirs = mapie.control_recall(y, p, recall=0.9, delta=0.1, thresholds=np.sort(p[y]))
    assert exact.missed <= uncertainty.misses_allowed(79, recall=0.9, delta=0.1)
    assert theirs.best <= exact.threshold
