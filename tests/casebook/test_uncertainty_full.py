"""What chapter 04 says of the whole data, by one model of the first day."""

import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMRegressor

from casebook import conformal, data, models, split
from casebook.adapters import mapie
from prerelease import uncertainty

pytestmark = pytest.mark.full_data


@pytest.fixture(scope="module")
def slices():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PRERELEASE_MODE", "full")
        patch.delenv("PRERELEASE_DATA", raising=False)
        train, valid = split.development(data.load())
    first = train["Time"] < 86_400
    model = models.chosen().fit(train.loc[first, [*models.INPUTS]], train.loc[first, "Class"])
    return [
        (rows["Class"].to_numpy() == 1, model.predict_proba(rows[[*models.INPUTS]])[:, 1])
        for rows in (train[~first], valid)
    ]


def test_the_calibration_slices_hold_79_and_57_frauds(slices):
    assert [int(y.sum()) for y, _ in slices] == [79, 57]


def test_marginal_sets_leave_most_frauds_out_and_sets_by_label_do_not(slices):
    (y, p), (later, p_later) = slices
    covered = {
        kind: uncertainty.describe_sets(
            uncertainty.fit_sets(y, p, alpha=0.1, kind=kind).holds(p_later), later
        ).loc["positive", "coverage"]
        for kind in ("marginal", "by label")
    }
    assert covered["marginal"] < 0.2
    assert covered["by label"] > 0.7


def test_most_misses_hide_among_the_confident(slices):
    y, p = slices[1]
    sure, missed = np.maximum(p, 1 - p) >= 0.9, y & (p < 0.5)
    assert sure.mean() > 0.99
    assert (missed & sure).sum() > missed.sum() / 2


def test_sets_equal_those_of_mapie_on_every_payment(slices):
    (y, p), (_, p_later) = slices
    ours = uncertainty.fit_sets(y, p, alpha=0.1, kind="marginal").holds(p_later)
    assert (ours == mapie.label_sets(y, p, p_later, alpha=0.1)).all()


def test_no_certificate_of_mapie_is_bolder_than_the_exact_one(slices):
    y, p = slices[0]
    exact = uncertainty.certify_recall(y, p, recall=0.9, delta=0.1)
    best, _ = mapie.control_recall(y, p, recall=0.9, delta=0.1, thresholds=np.sort(p[y]))
    assert exact.missed <= uncertainty.misses_allowed(79, recall=0.9, delta=0.1)
    assert best <= exact.threshold


@pytest.fixture(scope="module")
def amounts():
    """Quantiles of amounts by a model of the first day, and the amounts, for each stretch."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PRERELEASE_MODE", "full")
        patch.delenv("PRERELEASE_DATA", raising=False)
        train, valid = split.development(data.load())
    first, columns = train["Time"] < 86_400, list(data.FEATURES)
    out = train.loc[first, "Time"] // 3600 % 4 == 0
    stretches = {
        "learned": train[first],
        "held out": train[first][out],
        "night": train[~first],
        "valid": valid,
    }
    ends = {name: [] for name in stretches}
    for alpha in (0.025, 0.975):
        for names, rows in (
            (["held out"], train[first][~out]),
            (["learned", "night", "valid"], train[first]),
        ):
            model = LGBMRegressor(
                n_estimators=100, objective="quantile", alpha=alpha, deterministic=True,
                force_col_wise=True, n_jobs=1, verbose=-1, random_state=0,
            ).fit(rows[columns], np.log1p(rows["Amount"]))  # fmt: skip
            for name in names:
                ends[name].append(model.predict(stretches[name][columns]))
    return {name: (np.log1p(rows["Amount"]), ends[name]) for name, rows in stretches.items()}


def test_quantiles_lose_little_by_overfitting_and_much_by_change(amounts):
    covered = {
        name: np.mean(conformal.quantile_scores(y, *ends) <= 0)
        for name, (y, ends) in amounts.items()
    }
    assert covered["learned"] == pytest.approx(0.957, abs=0.005)
    assert covered["held out"] == pytest.approx(0.946, abs=0.01)
    assert covered["valid"] == pytest.approx(0.826, abs=0.01)


def test_limits_by_bin_of_the_true_amount_cover_every_bin_and_one_limit_does_not(amounts):
    edges = np.log1p([0, 1, 10, 50, 100, 500, np.inf])
    (y_night, night), (y, ends) = amounts["night"], amounts["valid"]
    limits = conformal.fit_binned_limits(y_night, *night, edges=edges, alpha=0.05)
    one = conformal.quantile_shift(y_night, *night, alpha=0.05)
    bins = np.searchsorted(edges, y, side="right") - 1
    scores = conformal.quantile_scores(y, *ends)
    held = pd.DataFrame(
        {"by bin": scores <= np.array(limits.limits)[bins], "one": scores <= one[1]}
    )
    table = held.groupby(bins).mean()
    assert table["by bin"].between(0.94, 0.97).all()
    assert table["one"].min() == pytest.approx(0.69, abs=0.01)
    wide, narrow = limits.apply(*ends), (ends[0] - one[0], ends[1] + one[1])
    widths = [
        np.median(np.expm1(high) - np.expm1(np.maximum(low, 0))) for low, high in (wide, narrow)
    ]
    assert widths[0] == pytest.approx(230, abs=5)
    assert widths[1] == pytest.approx(154, abs=5)
