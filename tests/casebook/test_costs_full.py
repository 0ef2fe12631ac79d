"""Chapter 01's numbers about queues and thresholds, computed again from the CSV by other code."""

import numpy as np
import pandas as pd
import pytest

from casebook import conventions, data, models, split
from prerelease import costs, thresholds

pytestmark = pytest.mark.full_data
COSTS = costs.CostModel()


@pytest.fixture(scope="module")
def rows():
    """Validation rows with the score of the chapter's model and the euros of both decisions."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PRERELEASE_DATA", raising=False)
        train, valid = split.development(data.load())
    inputs = [*models.INPUTS]
    score = models.boosted().fit(train[inputs], train["Class"]).predict_proba(valid[inputs])[:, 1]
    fraud, amount = valid["Class"] == 1, valid["Amount"]
    return pd.DataFrame(
        {
            "Time": valid["Time"],
            "Amount": amount,
            "Class": valid["Class"],
            "score": score,
            # 20 € a missed fraud beside its amount; 5 € an alert; 10 € and 2 % a false one.
            "accepted": np.where(fraud, amount + 20, 0.0),
            "blocked": np.where(fraud, 5.0, 15 + 0.02 * amount),
            "worth": score * (amount + 15) - (1 - score) * (15 + 0.02 * amount),
        }
    ).reset_index(drop=True)


def hourly(rows, by, k, shift=0.0):
    """Return the bill of a team that reviews the first k of each hour, hour by hour."""
    bill = rows["accepted"].sum()
    for _, hour in rows.groupby((rows["Time"] + shift) // 3600):
        first = hour.sort_values([by, "Time"], ascending=[False, True], kind="stable").head(k)
        bill += (first["blocked"] - first["accepted"]).sum()
    return bill


@pytest.mark.parametrize(("k", "gap"), [(1, -2056), (3, -2875), (10, 193), (50, -960)])
def test_a_queue_by_euros_costs_less_or_more_than_one_by_score_as_the_chapter_says(rows, k, gap):
    assert hourly(rows, "worth", k) - hourly(rows, "score", k) == pytest.approx(gap, abs=1)
    ours = [
        costs.row_costs(
            rows["Class"],
            costs.alerts_at_capacity(rows[by], rows["Time"], k=k),
            rows["Amount"],
            costs=COSTS,
        ).sum()
        for by in ("worth", "score")
    ]
    assert ours[0] - ours[1] == pytest.approx(gap, abs=1)


def test_other_borders_of_the_hours_move_the_difference(rows):
    gaps = [
        hourly(rows, "worth", 3, shift) - hourly(rows, "score", 3, shift)
        for shift in (900, 1800, 2700)
    ]
    assert min(gaps) == pytest.approx(-2479, abs=1)
    assert max(gaps) == pytest.approx(-443, abs=1)


def test_a_threshold_chosen_on_rows_drawn_anew_costs_forty_cents_more_and_up_to_two_euros(rows):
    """The referee's numbers: 0.4 € per 1,000 payments on average, up to 1.7."""
    rng = np.random.default_rng(1)
    steps = np.sort(rows.loc[rows["Class"] == 1, "score"].unique())[::-1]
    change = (rows["blocked"] - rows["accepted"]).to_numpy()
    place = np.searchsorted(-steps, -rows["score"].to_numpy())
    here = np.cumsum(np.bincount(place, change, len(steps) + 1)[: len(steps)])
    seconds = (rows["Time"] - rows["Time"].iloc[0]).to_numpy()
    block = (seconds // 600).astype(int)
    table = np.zeros((block.max() + 1, len(steps) + 1))
    np.add.at(table, (block, place), change)
    regrets = []
    for _ in range(2000):
        drawn = table[rng.integers(len(table), size=len(table))].sum(axis=0)
        regrets.append(here[np.argmin(np.cumsum(drawn[: len(steps)]))] - here.min())
    regrets = 1000 * np.array(regrets) / len(rows)
    assert regrets.mean() == pytest.approx(0.4, abs=0.15)
    assert np.quantile(regrets, 0.975) == pytest.approx(1.7, abs=0.5)
    ours = thresholds.rechosen(
        rows["Class"], rows["score"], rows["Amount"], costs=COSTS,
        scheme=conventions.drawn(rows["Time"])["scheme"], n_resamples=400,
    )  # fmt: skip
    assert ours.mean() == pytest.approx(regrets.mean(), abs=0.15)


def test_doing_nothing_and_the_one_threshold_cost_what_the_chapter_says(rows):
    assert rows["accepted"].sum() == pytest.approx(13_371.09, abs=0.01)
    edges = np.linspace(rows["Time"].min(), rows["Time"].max(), 5)[1:-1]
    stretch = np.searchsorted(edges, rows["Time"], side="right")
    bill = 0.0
    for number in range(4):
        here = stretch == number
        others = rows[~here].sort_values("score", ascending=False, kind="stable")
        paid = (others["blocked"] - others["accepted"]).cumsum()
        at = others["score"].to_numpy()[int(np.argmin(paid.to_numpy().round(6)))]
        part = rows[here]
        bill += np.where(part["score"] >= at, part["blocked"], part["accepted"]).sum()
    assert bill == pytest.approx(5111, abs=1)


def test_a_team_in_real_time_reviews_no_more_than_it_can_and_costs_what_the_chapter_says(rows):
    time = rows["Time"].to_numpy()
    raised = thresholds.raised(rows["score"], time, per_hour=10)
    at = costs.review_times(rows["score"], time, k=10, raised=raised)
    looked = np.isfinite(at)
    starts = np.sort(at[looked])
    assert all(((starts >= s) & (starts < s + 3600 - 1e-6)).sum() <= 10 for s in starts)
    bill = np.where(looked, rows["blocked"], rows["accepted"]).sum()
    assert bill == pytest.approx(5274, abs=1)
