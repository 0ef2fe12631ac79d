import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, precision_score, recall_score, roc_auc_score

from gate_helpers import scores
from prerelease import gate
from prerelease.costs import CostModel, row_costs, savings
from prerelease.gate._scores import checked
from prerelease.intervals import binomial

RULE = gate.Decision(rule="threshold", threshold=0.3)


def scored(frame=None, **options):
    frame = scores() if frame is None else frame
    return gate.Scored(frame, CostModel(), RULE, **{"block_seconds": 60.0, **options})


def by_another_way(metric, some):
    """The metric by scikit-learn or by hand."""
    y, score, block = some.label, some.score, some.score >= 0.3
    n, days = len(y), some.span / 86_400
    nothing = np.zeros(n)

    def bill(decisions):
        return row_costs(y, decisions, some.amount, costs=CostModel()).sum()

    return {
        "average_precision": lambda: average_precision_score(y, score),
        "roc_auc": lambda: roc_auc_score(y, score),
        "recall": lambda: recall_score(y, block),
        "precision": lambda: precision_score(y, block),
        "recall_at_k": lambda: y[np.argsort(-score)[:250]].sum() / y.sum(),
        "precision_at_k": y[np.argsort(-score)[:250]].mean,
        "savings": lambda: savings(y, block, some.amount, costs=CostModel()),
        "cost_per_1000": lambda: 1000 * bill(block) / n,
        "saved_per_1000": lambda: 1000 * (bill(nothing) - bill(block)) / n,
        "false_alarms_per_1000": lambda: 1000 * (block & (y == 0)).mean(),
        "alerts_per_day": lambda: block.sum() / days,
        "alerts_per_1000": lambda: 1000 * block.mean(),
        "found_per_promised": lambda: y.sum() / score.sum(),
        "cases": lambda: n,
        "positives": y.sum,
        "days": lambda: days,
    }[metric]()


@pytest.mark.parametrize("metric", gate.units())
def test_every_metric_agrees_with_another_way_to_compute_it(metric):
    some = scored()
    k = 250 if metric.endswith("_at_k") else None
    found = gate.measure(some, metric, k=k)
    assert found.value == pytest.approx(by_another_way(metric, some), rel=1e-9)
    if found.interval:
        assert found.interval.low < found.value < found.interval.high
        assert not found.doubt


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    truth, held = 0.5, 0
    for seed in range(60):
        frame = scores(2000, frauds=400, seed=seed).assign(score=0.5)
        frame["label"] = np.random.default_rng(seed).random(2000) < 0.25
        found = gate.measure(scored(frame), "found_per_promised")
        held += truth in found.interval
    assert held >= 52


def test_catching_every_fraud_is_not_certainty_about_recall():
    frame = scores(1000, frauds=30)
    found = gate.measure(scored(frame.assign(score=frame["label"])), "recall")
    assert found.interval.high == 1
    assert found.interval.low == pytest.approx(0.025 ** (1 / 30))


@pytest.mark.parametrize(
    ("some", "message"),
    [
        (lambda: scored(scores(1000, frauds=19)), "19 of 1000 rows are positives"),
        (lambda: scored(scores().assign(label=1)), "4000 of 4000 rows are positives"),
        (lambda: scored(scores().assign(time=5.0)), "all rows have the same time"),
        (lambda: scored(block_seconds=1000.0), "15 stretches of 1000 s hold a case"),
        (lambda: scored(scores().assign(score=0.0)), "nothing is blocked"),
    ],
)
def test_what_cannot_be_estimated_has_no_value_and_a_reason(some, message):
    found = gate.measure(some(), "precision")
    assert found.value is None
    assert message in found.doubt


def test_more_alerts_than_rows_cannot_be_looked_at():
    assert "k is 5000" in gate.measure(scored(), "recall_at_k", k=5000).doubt


def test_alerts_that_are_looked_at_are_cases_and_not_rows():
    twice = scored(scores().assign(weight=2.0))
    for metric in ("recall_at_k", "precision_at_k"):
        once = gate.measure(scored(), metric, k=40).value
        assert gate.measure(twice, metric, k=80).value == pytest.approx(once)


@pytest.mark.parametrize("k", [None, 0, -1, 1.5, True])
def test_a_metric_at_k_needs_a_k(k):
    with pytest.raises(ValueError, match="k of precision_at_k must be an integer of at least 1"):
        gate.measure(scored(), "precision_at_k", k=k)


def test_only_a_metric_at_k_has_a_k():
    with pytest.raises(ValueError, match="k goes with a metric at k, and recall is none"):
        gate.measure(scored(), "recall", k=5)


def test_a_metric_without_meaning_on_these_rows_has_no_value():
    frame = scores().assign(amount=0.0)
    some = gate.Scored(frame, CostModel(miss_fee=1.0), RULE, 60.0)
    found = gate.measure(some, "savings")  # each fraud costs less than its review
    assert found.value is None
    assert "no value" in found.doubt


def test_a_block_without_rows_changes_nothing():
    frame = scores()
    gap = frame.assign(time=frame["time"] + 1e6 * (frame["time"] > 7200))
    first, second = (gate.measure(scored(one), "savings").interval for one in (frame, gap))
    assert first.low == pytest.approx(second.low, rel=0.2)


def test_scored_has_no_other_columns():
    with pytest.raises(AttributeError, match="colour"):
        scored().colour  # noqa: B018


@pytest.mark.parametrize("metric", [name for name in gate.units() if name != "recall_at_k"])
def test_a_row_of_weight_two_counts_as_two_rows(metric):
    frame = scores(1500, frauds=100)
    weight = np.where(frame["label"] == 1, 1, 2)
    twice = frame.loc[frame.index.repeat(weight)]
    k = 40 if metric.endswith("_at_k") else None
    one, other = (
        gate.measure(scored(some), metric, k=k)
        for some in (frame.assign(weight=weight.astype(float)), twice)
    )
    rel = 1e-3 if metric in ("days", "alerts_per_day") else 1e-9  # the span has an end of its own
    assert one.value == pytest.approx(other.value, rel=rel)
    # where weights go with labels, a share is worth at most as many cases as all weights are
    if one.interval and metric not in ("recall", "precision", "alerts_per_1000"):
        assert one.interval.low == pytest.approx(other.interval.low, rel=0.05)


def test_average_precision_is_no_share_of_alerts_that_are_right():
    frame = scores(4000, frauds=200)
    found_early = frame["label"].cumsum() <= 90  # the others rank below half of the honest
    frame["score"] = np.where(frame["label"] == 0, np.linspace(0.01, 0.2, 4000), 0.1)
    frame.loc[(frame["label"] == 1) & found_early, "score"] = 0.9
    some = scored(frame)
    assert gate.measure(some, "precision").value == 1
    assert gate.measure(some, "average_precision").interval.high < 0.7


def test_rows_without_times_are_drawn_one_by_one_in_whatever_order_they_lie():
    frame = scores(20_000, frauds=400).sort_values("label")
    frame = checked(frame.drop(columns="time"), gate.Columns(time=""))
    found = gate.measure(scored(frame), "recall").interval
    exact = binomial(int((frame["label"] * (frame["score"] >= 0.3)).sum()), 400)
    assert found.method.endswith("variance over single rows")
    assert found.high - found.low == pytest.approx(exact.high - exact.low, rel=0.15)


@pytest.mark.parametrize("metric", gate.units())
def test_scores_that_are_no_probabilities_rank_and_decide_nothing(metric):
    frame = scores(1500, frauds=100)
    odds = frame.assign(score=np.log(frame["score"] / (1 - frame["score"])))
    k = 40 if metric.endswith("_at_k") else None
    one, other = (gate.measure(scored(some), metric, k=k) for some in (frame, odds))
    ranks = k or metric in ("average_precision", "roc_auc", "cases", "positives", "days")
    assert other.value == (one.value if ranks else None)
    assert ranks or "it takes probabilities from 0 to 1" in other.doubt


@pytest.mark.parametrize("metric", gate.units())
def test_labels_that_are_missing_are_no_negatives(metric):
    frame = scores(1500, frauds=100)
    frame["label"] = frame["label"].mask(frame.index % 100 == 7)
    k = 40 if metric.endswith("_at_k") else None
    found = gate.measure(scored(frame), metric, k=k)
    needs_none = metric in ("alerts_per_day", "alerts_per_1000", "cases", "days")
    assert (found.value is not None) == needs_none
    assert needs_none or found.doubt == "15 of 1,500 rows have no label yet"


@pytest.mark.parametrize("metric", ["recall", "precision"])
def test_weights_do_not_shorten_an_interval_below_the_exact_one(metric):
    frame = scores(1000, frauds=60)
    frame["score"] = 0.9 * frame["label"].where(frame["label"].cumsum() != 7, 0)  # 59 of 60
    plain = gate.measure(scored(frame), metric).interval
    same = gate.measure(scored(frame.assign(weight=2.0)), metric).interval
    assert (same.low, same.high) == pytest.approx((plain.low, plain.high))
    weight = np.random.default_rng(0).lognormal(0, 1, len(frame))
    uneven = gate.measure(scored(frame.assign(weight=weight)), metric).interval
    assert uneven.low < plain.low
    assert uneven.high == pytest.approx(1)


@pytest.mark.parametrize("n", [0, 1, 5])
def test_few_false_alarms_are_no_certainty(n):
    frame = scores(4000, frauds=200)
    frame["score"] = frame["label"].astype(float)
    frame.loc[frame.index[frame["label"] == 0][::700][:n], "score"] = 1.0
    found, exact = gate.measure(scored(frame), "false_alarms_per_1000"), binomial(n, 4000)
    assert found.doubt == ""
    assert found.value == pytest.approx(n / 4)
    assert found.interval.low <= 1000 * exact.low
    assert found.interval.high >= 1000 * exact.high


def dated(*days):
    frame = scores(6 * len(days), frauds=len(days))
    return scored(
        frame.assign(time=pd.Timestamp("2026-01-01") + pd.to_timedelta(np.repeat(days, 6), "D"))
    )


YEAR = np.arange(365)
SPANS = {
    "a year": (YEAR, 365),
    "three months of it": (np.r_[0:31, 151:181, 334:365], 92),
    "both ends are nobody's dates": (np.r_[-20_454, 0:31, 27_029], 33),
    "weeks, and a summer without": (np.delete(np.arange(0, 364, 7), range(20, 26)), 358),
    "months": (np.cumsum([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30]), 335),
    "quarters": (np.arange(0, 2000, 91), 1912),
    "two years, five apart": (np.r_[YEAR, 2190 + YEAR], 730),
}


def few_false_alarms(alarms, *, per_burst=1, frauds=60):
    """Two days of payments; bursts, of frauds and of false alarms, are of one minute."""
    n = 57_600
    frame = pd.DataFrame({"time": np.arange(n) * 3.0, "amount": 10.0, "label": 0, "score": 0.01})
    starts = np.linspace(100, n - 100, frauds // per_burst).astype(int)
    frame.loc[(starts[:, None] + np.arange(per_burst)).ravel(), "label"] = 1
    frame.loc[np.linspace(500, n - 500, alarms).astype(int), "score"] = 0.9
    return frame


@pytest.mark.parametrize("alarms", [1, 3, 10, 19])
def test_a_few_false_alarms_far_apart_have_nearly_the_exact_interval(alarms):
    some = scored(few_false_alarms(alarms), block_seconds=600)
    found = gate.measure(some, "false_alarms_per_1000")
    exact = binomial(alarms, len(some.label))
    assert not found.doubt
    assert 1000 * exact.high <= found.interval.high < 1250 * exact.high
    assert 700 * exact.low < found.interval.low <= 1000 * exact.low


@pytest.mark.parametrize("alarms", [0, 3])
def test_false_alarms_too_few_to_show_bursts_are_taken_to_come_in_them_as_positives_do(alarms):
    ends = [
        gate.measure(
            scored(few_false_alarms(alarms, per_burst=size, frauds=240), block_seconds=600),
            "false_alarms_per_1000",
        ).interval.high
        for size in (1, 8)
    ]
    assert ends[1] > 3 * ends[0]


def test_savings_never_reach_above_all_that_can_be_saved():
    frame = scores(400, frauds=25, skill=6.0)
    frame.loc[frame["label"] == 1, "amount"] *= np.r_[np.ones(24), 400]
    found = gate.measure(scored(frame), "savings")
    assert found.interval.high == 1


@pytest.mark.parametrize("what", SPANS)
def test_every_pause_out_of_proportion_is_left_out_of_the_days_and_no_other(what):
    days, seen = SPANS[what]
    some = dated(*days)
    assert some.span / 86_400 == seen
    there = np.count_nonzero(np.diff(days) > 100)
    told = " ".join(some.frame.attrs["prerelease"]["notes"])
    assert told.count("days after position") == there
