"""Dates are times: every function that takes seconds takes them, to the same result."""

import numpy as np
import pandas as pd
import pytest

from prerelease import costs, drift, intervals, splits, thresholds

N = 600
RNG = np.random.default_rng(0)
SECONDS = (
    1_700_000_000 + np.repeat(np.arange(N // 20) * 7200.0, 20) + np.tile(np.arange(20), N // 20)
)
LABELS, SCORE = (RNG.random(N) < 0.3).astype(int), RNG.random(N)
ROWS = pd.DataFrame({"time": SECONDS, "fee": np.repeat(RNG.random(N // 20), 20)})
UTC = pd.to_datetime(pd.Series(SECONDS), unit="s", utc=True)
DATES = {
    "naive": UTC.dt.tz_localize(None),
    "UTC": UTC,
    "another zone": UTC.dt.tz_convert("Asia/Tokyo"),
    "NumPy": UTC.dt.tz_localize(None).to_numpy(),
    "microseconds": UTC.dt.tz_localize(None).astype("datetime64[us]"),
}
HALF = N // 2


def results(time):
    """Return what each function that is given times makes of them."""
    rows = ROWS.assign(time=time)
    first, second = rows.iloc[:HALF], rows.iloc[HALF:]
    known, later = (np.asarray(time)[:HALF], np.asarray(time)[HALF:])
    if isinstance(time, pd.Series):
        known, later = time.iloc[:HALF], time.iloc[HALF:]
    prices = costs.CostModel()
    fold = next(iter(splits.TemporalSplit(SECONDS[HALF]).split(rows)))
    return [
        drift.label_rate_change(known, LABELS[:HALF], later, LABELS[HALF:], n_permutations=99),
        drift.feature_drift(first, second, n_permutations=99).to_numpy().tolist(),
        intervals.bootstrap(
            intervals.RocAuc(), LABELS, SCORE, scheme=intervals.Blocks(time, 7200), n_resamples=100
        ),
        thresholds.cross_fitted(LABELS, SCORE, np.ones(N), time, costs=prices).thresholds,
        costs.alerts_at_capacity(SCORE, time, k=3).tolist(),
        [part.tolist() for part in fold],
    ]


@pytest.mark.parametrize("dates", DATES.values(), ids=DATES)
def test_dates_give_what_their_seconds_give(dates):
    assert results(dates) == results(SECONDS)


def test_a_missing_date_is_told_with_its_place():
    dates = DATES["naive"].copy()
    dates.iloc[3] = pd.NaT
    with pytest.raises(ValueError, match="a date in each row, missing at position 3"):
        intervals.Blocks(dates, 600)


@pytest.mark.parametrize("values", [DATES["NumPy"], np.diff(DATES["NumPy"])])
def test_dates_are_no_other_numbers(values):
    with pytest.raises(ValueError, match="score must be numbers: dates or lengths of time"):
        costs.best_threshold(
            LABELS[: len(values)], values, SCORE[: len(values)], costs=costs.CostModel()
        )
