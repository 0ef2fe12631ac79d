"""Headline results of the last full build, computed again by other means than the package's.

Models and the split are the package's; metrics, costs, thresholds and intervals are not: they
come from scikit-learn or are written out here. Skipped where no full build left its evidence.
"""

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from casebook import data, mode, models, split
from prerelease import evidence, ledger

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "build" / "evidence" / "full"
INPUTS = list(models.INPUTS)
pytestmark = [
    pytest.mark.full_data,
    pytest.mark.skipif(
        not all((BUILT / f"{chapter}.jsonl").is_file() for chapter in ("01", "02", "08")),
        reason="needs the evidence of a full build: make book",
    ),
]


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(mode.VARIABLE, "full")
        patch.delenv("PRERELEASE_DATA", raising=False)
        patch.setenv(ledger.VARIABLE, str(tmp_path_factory.mktemp("ledger") / "ledger.jsonl"))
        payments = data.load()
        train, valid = split.development(payments)
        test = split.open_test(payments, who="tests", why="to compute again", kind="description")
    return train, valid, test


@pytest.fixture(scope="module")
def recorded():
    return evidence.read(BUILT).set_index(["chapter", "claim"])


def fit_and_score(model, learn, judge):
    model.fit(learn[INPUTS].to_numpy(), learn["Class"].to_numpy())
    return model.predict_proba(judge[INPUTS].to_numpy())[:, 1]


def euros(block, frame):
    """The cost of each decision, written out from the table of chapter 01."""
    fraud, amount = frame["Class"].to_numpy() == 1, frame["Amount"].to_numpy()
    accepted = np.where(fraud, 20 + amount, 0)
    blocked = np.where(fraud, 5, 5 + 10 + 0.02 * amount)
    return np.where(block, blocked, accepted)


def cheapest_threshold(score, frame):
    """By trying the highest 3,000 scores one after another: below them all is worse."""
    tried = np.unique(score)[::-1][:3000]
    return min(tried, key=lambda t: (round(euros(score >= t, frame).sum(), 6), -t))


@pytest.fixture(scope="module")
def validation(rows):
    train, valid, _ = rows
    return fit_and_score(models.chosen(), train, valid)


@pytest.fixture(scope="module")
def release(rows):
    train, _, test = rows
    return fit_and_score(models.chosen(), train, test)


def test_savings_of_release_candidate_1_in_chapter_01(rows, recorded):
    train, valid, _ = rows
    score = fit_and_score(models.release_candidate_1(), train, valid)
    saved = euros(np.zeros(len(valid), bool), valid).sum() - euros(score >= 0.5, valid).sum()
    row = recorded.loc[("01", "savings against accept-all, release candidate 1 at one half")]
    assert row["value"] == pytest.approx(saved, rel=1e-9)


def test_the_release_on_the_test_rows(rows, recorded, validation, release):
    _, valid, test = rows
    block = release >= cheapest_threshold(validation, valid)
    cost, accept = euros(block, test), euros(np.zeros(len(test), bool), test)
    oracle = np.minimum(accept, euros(np.ones(len(test), bool), test))
    fraud = test["Class"].to_numpy() == 1
    expected = {
        "average_precision": average_precision_score(fraud, release),
        "saved_per_1000": 1000 * (accept - cost).mean(),
        "savings": (accept - cost).sum() / (accept - oracle).sum(),
        "recall": block[fraud].mean(),
        "false_alarms_per_1000": 1000 * (block & ~fraud).mean(),
    }
    for metric, value in expected.items():
        row = recorded.loc[("08", f"{metric} of the release")]
        assert row["value"] == pytest.approx(value, rel=1e-9), metric


def test_the_interval_that_is_quoted_by_a_loop_over_resamples(rows, recorded, release):
    test, rng = rows[2], np.random.default_rng(1)
    fraud = test["Class"].to_numpy() == 1
    block = (test["Time"].to_numpy() // 600).astype(int)
    members = [np.flatnonzero(block == number) for number in np.unique(block)]
    values = []
    for _ in range(300):
        drawn = np.concatenate([members[i] for i in rng.integers(len(members), size=len(members))])
        values.append(average_precision_score(fraud[drawn], release[drawn]))
    row = recorded.loc[("02", "average precision after the validation period")]
    low, high = np.quantile(values, [0.025, 0.975])
    width = row["high"] - row["low"]
    # Blocks that do not overlap, 300 resamples, against circular ones, 2,000: alike, not equal.
    assert row["low"] == pytest.approx(low, abs=0.25 * width)
    assert row["high"] == pytest.approx(high, abs=0.25 * width)


def test_chapter_02_quotes_the_same_model_alike(recorded):
    for claim, metric in (
        ("average precision after the validation period", "average_precision"),
        ("euros saved per 1,000 payments", "saved_per_1000"),
        ("savings of the served model", "savings"),
        ("frauds blocked", "recall"),
    ):
        quoted, released = (
            recorded.loc[("02", claim)],
            recorded.loc[("08", f"{metric} of the release")],
        )
        assert quoted["value"] == pytest.approx(released["value"], rel=1e-9), claim
        assert quoted["model"] == released["model"], claim
