"""Intervals of the last full build against a plain loop over resamples, without the package."""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

import referee as r

BUILT = Path(__file__).resolve().parents[2] / "build" / "evidence" / "full"
CHAPTERS = ("01", "02", "03", "08")
TEST = "test"
pytestmark = [
    pytest.mark.full_data,
    pytest.mark.skipif(
        not all((BUILT / f"{chapter}.jsonl").is_file() for chapter in CHAPTERS),
        reason="needs the evidence of a full build: make book",
    ),
]


def recorded(chapter, claim):
    """Return the row of the release file, read as the line of JSON that it is."""
    texts = [file.read_text(encoding="utf-8") for file in BUILT.glob(f"{chapter}*.jsonl")]
    rows = [json.loads(line) for text in texts for line in text.splitlines()]
    return next(row for row in rows if row["claim"] == claim)


def precision_of(part):
    frame, score = r.parts()[part], r.score("released", "train", part)
    fraud = frame["Class"].to_numpy()
    return frame, lambda drawn: average_precision_score(fraud[drawn], score[drawn])


def savings_of(part):
    frame = r.parts()[part]
    block = (
        r.release_on_test()
        if part == TEST
        else r.cross_fitted(frame, r.score("released", "train", part))
    )
    rule, accept, best = r.bills(frame, block), r.accept_all(frame), r.oracle(frame)
    return (
        frame,
        lambda drawn: (accept[drawn] - rule[drawn]).sum() / (accept[drawn] - best[drawn]).sum(),
    )


def recall_of(part):
    frame, block = r.parts()[part], r.release_on_test()
    fraud = frame["Class"].to_numpy() == 1
    return frame, lambda drawn: block[drawn][fraud[drawn]].mean()


INTERVALS = {
    ("01", "average precision of boosted"): lambda: precision_of("valid"),
    ("02", "average precision after the validation period"): lambda: precision_of(TEST),
    ("02", "savings of the served model"): lambda: savings_of(TEST),
    ("03", "savings of LightGBM, chapter 01"): lambda: savings_of("valid"),
    ("02", "frauds blocked"): lambda: recall_of(TEST),
}


JUDGED = {  # what chapter 08 is judged by, and the same quoted in chapter 02
    "average_precision of the release": "average precision after the validation period",
    "savings of the release": "savings of the served model",
    "saved_per_1000 of the release": "euros saved per 1,000 payments",
    "recall of the release": "frauds blocked",
}


@pytest.mark.parametrize("key", INTERVALS, ids=": ".join)
def test_an_interval_comes_out_again_by_a_loop_over_resamples(key):
    row, (frame, statistic) = recorded(*key), INTERVALS[key]()
    low, high = np.quantile(r.resampled(frame, statistic), [0.025, 0.975])
    width = row["high"] - row["low"]
    # Ends of 300 resamples wander by about a tenth of the width; these are not the same draws.
    assert row["low"] == pytest.approx(low, abs=0.2 * width)
    assert row["high"] == pytest.approx(high, abs=0.2 * width)


@pytest.mark.parametrize(("judged", "quoted"), JUDGED.items())
def test_what_the_release_is_judged_by_claims_no_more_than_resamples(judged, quoted):
    judge, quote = recorded("08", judged), recorded("02", quoted)
    assert judge["high"] - judge["low"] > 0.95 * (quote["high"] - quote["low"])
