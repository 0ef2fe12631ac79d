import numpy as np
import pytest

from gate_helpers import scores
from prerelease import gate
from prerelease.costs import CostModel

RULE = gate.Decision(rule="threshold", threshold=0.3)


def scored(frame):
    return gate.Scored(frame, CostModel(), RULE, 60.0)


BASE = scores(2000, frauds=100)
BETTER = BASE.assign(score=np.clip(BASE["score"] + 0.3 * BASE["label"], 0, 1))


@pytest.mark.parametrize("metric", ["average_precision", "recall", "savings", "saved_per_1000"])
def test_the_difference_is_that_of_the_two_metrics(metric):
    better, base = scored(BETTER), scored(BASE)
    found = gate.versus(better, base, metric, n_resamples=300)
    expected = [gate.measure(one, metric, n_resamples=100).value for one in (better, base)]
    assert found.estimate == pytest.approx(expected[0] - expected[1])
    assert found.low > 0
    turned = gate.versus(base, better, metric, n_resamples=300)
    assert turned.estimate == pytest.approx(-found.estimate)


def test_a_model_does_not_beat_itself():
    found = gate.versus(scored(BASE), scored(BASE), "cost_per_1000", n_resamples=100)
    assert (found.low, found.estimate, found.high) == (0, 0, 0)


def test_the_pair_is_known_better_than_two_intervals_suggest():
    close = scored(BASE.assign(score=np.sqrt(BASE["score"] * (BASE["score"] * 0.99 + 0.001))))
    pair = gate.versus(close, scored(BASE), "average_precision", n_resamples=300)
    alone = gate.measure(scored(BASE), "average_precision", n_resamples=300).interval
    assert pair.half_width < alone.half_width / 3


@pytest.mark.parametrize(
    ("first", "metric", "message"),
    [
        (BASE.assign(amount=1.0), "savings", "about the same payments: their amount differs"),
        (BASE, "frauds", "frauds cannot be compared: it is counted"),
        (BETTER, "found_per_promised", "another denominator"),
        (BASE, "zeal", "metric must be one of"),
    ],
)
def test_what_cannot_be_compared_is_refused(first, metric, message):
    with pytest.raises(ValueError, match=message):
        gate.versus(scored(first), scored(BASE), metric)


def test_decisions_that_were_made_already_are_taken_as_they_are():
    frame = BASE.assign(block=BASE["label"] == 1)
    assert gate.measure(scored(frame), "recall", n_resamples=100).value == 1
