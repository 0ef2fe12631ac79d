"""The real payments: exact statistics, and what chapter 06 says of both days."""

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import jensenshannon

from casebook import data, split
from prerelease import drift

pytestmark = pytest.mark.full_data


@pytest.fixture(scope="module")
def payments():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PRERELEASE_MODE", "full")
        patch.delenv("PRERELEASE_DATA", raising=False)
        return data.load()


@pytest.mark.parametrize("name", ["Time", "Amount", "V3", "V28"])
def test_the_scan_of_real_payments_agrees_with_scipy_to_nine_digits(payments, name):
    sides = payments.iloc[:200_000], payments.iloc[200_000:]
    row = drift.scan(*sides, features=[name]).loc[name]
    x, y = (side[name].to_numpy() for side in sides)
    assert row["ks"] == pytest.approx(stats.ks_2samp(x, y, method="asymp").statistic, abs=1e-12)
    assert row["wasserstein"] == pytest.approx(stats.wasserstein_distance(x, y), rel=1e-9)
    cuts = np.unique(np.quantile(x, np.arange(1, 10) / 10, method="inverted_cdf"))
    counts = [np.bincount(np.searchsorted(cuts, v), minlength=len(cuts) + 1) for v in (x, y)]
    assert row["js"] == pytest.approx(jensenshannon(*counts, base=2), abs=1e-9)


def test_the_second_day_differs_from_the_first_at_the_same_hours(payments):
    train, valid = split.development(payments)
    named = {"time": "Time", "features": ["V3", "V1"]}
    found = drift.feature_drift(train, valid, match_hours=True, **named)
    assert found["alarm"].all()
    assert found["ks"].min() > 0.3


def test_bursts_weaken_what_the_counts_of_frauds_say(payments):
    train, valid = split.development(payments)
    found = drift.label_rate_change(train["Time"], train["Class"], valid["Time"], valid["Class"])
    assert found.naive_p_value < 1e-6
    assert found.p_value > 1e-3
    assert found.ratio.low < found.naive.low
