# ruff: noqa: PLW0108 - a value is computed when its test asks for it
"""Headline numbers of the last full build against `referee`, which knows nothing of the package.

Each value must agree to the digit; `test_referee_intervals.py` draws the intervals again.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMRegressor
from scipy import stats
from sklearn.metrics import average_precision_score, log_loss

import referee as r

BUILT = Path(__file__).resolve().parents[2] / "build" / "evidence" / "full"
CHAPTERS = ("00", "01", "02", "03", "04", "05", "06", "08")
pytestmark = [
    pytest.mark.full_data,
    pytest.mark.skipif(
        not all((BUILT / f"{chapter}.jsonl").is_file() for chapter in CHAPTERS),
        reason="needs the evidence of a full build: make book",
    ),
]
DAY = 86_400


@pytest.fixture(scope="module")
def recorded():
    """Return the rows of the release file, read as the lines of JSON that they are."""
    lines = [json.loads(line) for chapter in CHAPTERS for line in open_lines(chapter)]
    return {(line["chapter"], line["claim"]): line for line in lines if not line["answer"]}


def open_lines(chapter):
    """Return the lines that all pages of a chapter recorded."""
    files = sorted(BUILT.glob(f"{chapter}*.jsonl"))
    return [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]


# --- chapter 00 -------------------------------------------------------------------------------


def repeats():
    return r.rows()[r.rows().duplicated()]


def rate_in(part):
    return r.parts()["development"][part]["Class"].mean()


def quiet_hours():
    """The six hours of the day with the fewest payments."""
    development = r.parts()["development"]
    hour = development["Time"] % DAY // 3600
    per_second = hour.value_counts() / covered_seconds(development)
    return hour.isin(per_second.nsmallest(6).index)


def covered_seconds(frame):
    """How many seconds of each hour of the day a period holds."""
    whole = np.arange(int(frame["Time"].iloc[0]), int(frame["Time"].iloc[-1]) + 1)
    return pd.Series(whole % DAY // 3600).value_counts()


def pairs_within_a_minute(frame):
    time = frame.loc[frame["Class"] == 1, "Time"].to_numpy()
    apart = np.abs(time[:, None] - time[None])
    return (np.triu(apart <= 60, k=1)).sum()


def share_of_test_rows_seen_before():
    """Share of test rows that agree with an earlier row in every column but the time."""
    columns = [name for name in r.rows() if name not in ("Time", "Class")]
    before = set(map(tuple, r.parts()["train"][columns].to_numpy()))
    return np.mean([tuple(row) in before for row in r.parts()["test"][columns].to_numpy()])


# --- chapter 01 -------------------------------------------------------------------------------


def on_valid(model):
    return r.score(model, "train", "valid")


def saved_on_valid(block):
    valid = r.parts()["valid"]
    return (r.accept_all(valid) - r.bills(valid, block)).sum()


def one_threshold(model="released"):
    return r.cross_fitted(r.parts()["valid"], on_valid(model))


def threshold_for_each_payment(part="valid", learn="train"):
    """Block where the expected cost of blocking is lower, payment by payment."""
    frame, p = r.parts()[part], r.score("released", learn, part)
    return promised(frame, p, True) < promised(frame, p, False)


def promised(frame, p, block):
    """Expected euros of a decision, if the scores are probabilities."""
    amount = frame["Amount"].to_numpy()
    accepted = p * (r.FEE + amount)
    blocked = p * r.REVIEW + (1 - p) * (r.REVIEW + r.GOODWILL + r.MARGIN * amount)
    return np.where(block, blocked, accepted)


def weighted(correct=True):
    """Scores of the model trained with balanced weights, with the weights undone."""
    train, valid = r.parts()["train"], r.parts()["valid"]
    balance = (train["Class"] == 0).sum() / train["Class"].sum()
    model = r.released().set_params(scale_pos_weight=balance)
    model.fit(train[r.INPUTS].to_numpy(), train["Class"])
    p = model.predict_proba(valid[r.INPUTS].to_numpy())[:, 1]
    return p / (p + balance * (1 - p)) if correct else p


def log_loss_sum(p):
    """Summed log-loss, probabilities kept as far from 0 and 1 as a float allows."""
    y = r.parts()["valid"]["Class"]
    return len(y) * log_loss(y, np.clip(p, 1e-15, 1 - 1e-15))


def queue(order, k):
    """Alerts for the k payments of each hour that stand first."""
    valid = r.parts()["valid"]
    hour = (valid["Time"] // 3600).to_numpy()
    place = pd.Series(-order).groupby(hour).rank(method="first").to_numpy()
    return place <= k


def euros_at_stake():
    valid, p = r.parts()["valid"], on_valid("released")
    return promised(valid, p, False) - promised(valid, p, True)


def queue_gap(k):
    return saved_on_valid(queue(on_valid("released"), k)) - saved_on_valid(
        queue(euros_at_stake(), k)
    )


# --- later chapters ---------------------------------------------------------------------------


def prequential(model):
    """Scores of three stretches as long as the validation rows, each by a model of its past."""
    rows, length = r.rows(), r.LAST_HOURS - r.HALF_DAY_2
    scored = []
    for number in (3, 2, 1):
        begin = r.LAST_HOURS - number * length
        asked = rows[(rows["Time"] >= begin) & (rows["Time"] < begin + length)]
        fitted = r.MODELS[model]()
        past = rows[rows["Time"] < begin]
        fitted.fit(past[r.INPUTS].to_numpy(), past["Class"].to_numpy())
        scored.append((asked["Class"], fitted.predict_proba(asked[r.INPUTS].to_numpy())[:, 1]))
    return average_precision_score(*map(np.concatenate, zip(*scored, strict=True)))


def leaky_threshold():
    """Savings gained on the validation rows by a threshold that they chose themselves."""
    train, valid = r.parts()["train"], r.parts()["valid"]
    cut = 2 * r.HALF_DAY_2 - r.LAST_HOURS
    past, last = train[train["Time"] < cut], train[train["Time"] >= cut]
    model = r.released().fit(past[r.INPUTS].to_numpy(), past["Class"])
    clean = r.cheapest(last, model.predict_proba(last[r.INPUTS].to_numpy())[:, 1])
    score = on_valid("released")
    leaky = r.cheapest(valid, score)
    return r.savings(valid, score >= leaky) - r.savings(valid, score >= clean)


def covered_by_sets(judge):
    """Share of frauds whose score is not below the limit that the validation frauds set."""
    valid = r.parts()["valid"]
    known = np.sort(on_valid("released")[valid["Class"] == 1])
    limit = known[int(np.floor(0.1 * (len(known) + 1))) - 1]
    return (r.score("released", "train", judge)[r.parts()[judge]["Class"] == 1] >= limit).mean()


def misses(n):
    """Frauds outside, so that at most a tenth of those to come is: floor(α (n + 1)) - 1 … n."""
    return int(np.floor(0.1 * (n + 1)))


def spread_is_within(n, within):
    """Whether coverage falls no more than so far below 0.9 in 95 % of all calibrations."""
    below = misses(n)
    return below > 0 and stats.beta(n + 1 - below, below).ppf(0.05) >= 0.9 - within


def first_n(within, upper=6000):
    return next(n for n in range(10, upper) if spread_is_within(n, within))


def always_n(within, upper=6000):
    return max(n for n in range(10, upper) if not spread_is_within(n, within)) + 1


def coverage_of_quantiles(part):
    """Share of amounts between two quantiles that were learned from the first day."""
    train = r.parts()["train"]
    first = train[train["Time"] < DAY]
    where = {"first": first, "night": train[train["Time"] >= DAY]}.get(part, r.parts()["valid"])
    settings = {**r.REPEATABLE, "n_estimators": 100, "num_leaves": 31, "objective": "quantile"}
    inputs, ends = r.INPUTS[:-1], []
    for alpha in (0.025, 0.975):
        model = LGBMRegressor(**settings, alpha=alpha)
        ends.append(model.fit(first[inputs], np.log1p(first["Amount"])).predict(where[inputs]))
    low, high = np.maximum(np.expm1(ends[0]), 0), np.maximum(np.expm1(ends[1]), 0)
    amount = where["Amount"].to_numpy()
    return ((amount >= low - 1e-9) & (amount <= high + 1e-9)).mean()


def fewer_rows(what):
    """What the last stretch of the training rows, as long as the validation rows, adds."""
    train, valid = r.parts()["train"], r.parts()["valid"]
    cut = train["Time"].iloc[-1] - (valid["Time"].iloc[-1] - valid["Time"].iloc[0])
    past = train[train["Time"] <= cut]
    model = r.released().fit(past[r.INPUTS].to_numpy(), past["Class"])
    less = model.predict_proba(valid[r.INPUTS].to_numpy())[:, 1]
    if what == "average precision":
        return r.average_precision("released", "train", "valid") - average_precision_score(
            valid["Class"], less
        )
    saved = [
        r.saved_per_1000(valid, r.cross_fitted(valid, s)) for s in (on_valid("released"), less)
    ]
    return saved[0] - saved[1]


def per_1000_on_valid(block):
    return 1000 * saved_on_valid(block) / len(r.parts()["valid"])


TEST = "test"
VALUES = {
    ("00", "rows that repeat an earlier row exactly"): lambda: len(repeats()),
    ("00", "frauds that repeat an earlier row exactly"): lambda: repeats()["Class"].sum(),
    ("00", "fraud rate"): lambda: r.rows()["Class"].mean(),
    ("00", "fraud rate of payments of zero euros"): lambda: rate_in(
        r.parts()["development"]["Amount"] == 0
    ),
    ("00", "fraud rate in the six quietest hours"): lambda: rate_in(quiet_hours()),
    ("00", "fraud rate in the six quietest hours over that in the others"): lambda: (
        rate_in(quiet_hours()) / rate_in(~quiet_hours())
    ),
    ("00", "training frauds known when labels take a day"): lambda: (
        r.parts()["train"].query(f"Class == 1 and Time < {r.HALF_DAY_2 - DAY}").shape[0]
    ),
    ("00", "pairs of frauds within a minute, all frauds"): lambda: pairs_within_a_minute(
        r.parts()["development"]
    ),
    ("00", "pairs of frauds within a minute, without exact repeats"): lambda: (
        pairs_within_a_minute(r.parts()["development"].drop_duplicates())
    ),
    ("00", "test rows with a twin in training, split by time"): share_of_test_rows_seen_before,
    ("01", "average precision of boosted"): lambda: r.average_precision(
        "released", "train", "valid"
    ),
    ("01", "average precision of boosted above release candidate 1"): lambda: (
        r.average_precision("released", "train", "valid")
        - r.average_precision("candidate 1", "train", "valid")
    ),
    ("01", "savings against accept-all, boosted, one chosen threshold"): lambda: saved_on_valid(
        one_threshold()
    ),
    ("01", "savings against accept-all, release candidate 1 at one half"): lambda: (
        saved_on_valid(on_valid("candidate 1") >= 0.5)
    ),
    ("01", "cost of balanced logistic regression at one half above accept-all"): lambda: (
        -saved_on_valid(on_valid("balanced") >= 0.5)
    ),
    ("01", "cost of a threshold for each row above one chosen threshold"): lambda: (
        saved_on_valid(one_threshold()) - saved_on_valid(threshold_for_each_payment())
    ),
    ("01", "average precision of the loss “weighted” minus plain"): lambda: (
        average_precision_score(r.parts()["valid"]["Class"], weighted())
        - r.average_precision("released", "train", "valid")
    ),
    ("01", "euros of the loss “weighted” minus plain"): lambda: (
        saved_on_valid(one_threshold())
        - saved_on_valid(r.cross_fitted(r.parts()["valid"], weighted()))
    ),
    ("01", "log-loss of the loss “weighted” minus plain"): lambda: (
        log_loss_sum(weighted()) - log_loss_sum(on_valid("released"))
    ),
    **{
        ("01", f"cost of a queue by euros above one by score, {k} an hour"): (
            lambda k=k: queue_gap(k)
        )
        for k in (1, 2, 3, 5, 10, 20, 50)
    },
    ("02", "average precision after the validation period"): lambda: r.average_precision(
        "released", "train", "test"
    ),
    ("02", "savings of the served model"): lambda: r.savings(r.parts()[TEST], r.release_on_test()),
    ("02", "euros saved per 1,000 payments"): lambda: r.saved_per_1000(
        r.parts()[TEST], r.release_on_test()
    ),
    ("02", "frauds blocked"): lambda: r.release_on_test()[r.parts()[TEST]["Class"] == 1].mean(),
    ("02", "bursts of frauds with a payment blocked"): lambda: r.burst_recall(
        r.parts()[TEST], r.release_on_test()
    ),
    ("02", "savings gained by a threshold tuned on the judged rows"): leaky_threshold,
    ("03", "savings of LightGBM, chapter 01"): lambda: r.savings(
        r.parts()["valid"], one_threshold()
    ),
    ("03", "savings of LightGBM, defaults"): lambda: r.savings(
        r.parts()["valid"], one_threshold("candidate 1")
    ),
    ("03", "savings of logistic regression, defaults"): lambda: r.savings(
        r.parts()["valid"], one_threshold("logistic")
    ),
    ("03", "average precision after the development period, chosen: LightGBM, chapter 01"): (
        lambda: r.average_precision("released", "train", "test")
    ),
    ("03", "savings after the development period, chosen: LightGBM, chapter 01"): lambda: (
        r.savings(r.parts()[TEST], r.release_on_test())
    ),
    ("04", "frauds covered by 90 % sets, by label, test"): lambda: covered_by_sets(TEST),
    ("04", "frauds that keep coverage within 0.05 of its level, first"): lambda: first_n(0.05),
    ("04", "frauds that keep coverage within 0.05 of its level, always"): lambda: always_n(0.05),
    ("04", "frauds that keep coverage within 0.01 of its level, first"): lambda: first_n(0.01),
    ("04", "frauds that keep coverage within 0.01 of its level, always"): lambda: always_n(0.01),
    ("04", "amounts between quantiles as they are: day 1, rows learned from"): lambda: (
        coverage_of_quantiles("first")
    ),
    ("04", "amounts between quantiles as they are: night after"): lambda: (
        coverage_of_quantiles("night")
    ),
    ("04", "amounts between quantiles as they are: validation rows"): lambda: (
        coverage_of_quantiles("valid")
    ),
    ("05", "bill of release candidate 1 above that of the chosen model"): lambda: (
        saved_on_valid(one_threshold()) - saved_on_valid(one_threshold("candidate 1"))
    ),
    ("06", "fraud rate of the validation rows over the training rows"): lambda: (
        r.parts()["valid"]["Class"].mean() / r.parts()["train"]["Class"].mean()
    ),
    ("06", "cost of the last evening"): lambda: (
        1000 * r.bills(r.parts()[TEST], r.release_on_test()).mean()
    ),
    ("08", "average_precision of the release"): lambda: r.average_precision(
        "released", "train", "test"
    ),
    ("08", "savings of the release"): lambda: r.savings(r.parts()[TEST], r.release_on_test()),
    ("08", "saved_per_1000 of the release"): lambda: r.saved_per_1000(
        r.parts()[TEST], r.release_on_test()
    ),
    ("08", "recall of the release"): lambda: (
        r.release_on_test()[r.parts()[TEST]["Class"] == 1].mean()
    ),
    ("08", "false_alarms_per_1000 of the release"): lambda: (
        1000 * (r.release_on_test() & (r.parts()[TEST]["Class"] == 0)).mean()
    ),
    ("08", "bursts of frauds of which the release caught one"): lambda: round(
        14 * r.burst_recall(r.parts()[TEST], r.release_on_test())
    ),
    ("08", "saved by RC1 against accepting all"): lambda: per_1000_on_valid(
        on_valid("candidate 1") >= 0.5
    ),
    ("08", "saved by RC2 against RC1"): lambda: (
        per_1000_on_valid(on_valid("released") >= 0.5)
        - per_1000_on_valid(on_valid("candidate 1") >= 0.5)
    ),
    ("08", "saved by RC3 against RC2"): lambda: (
        per_1000_on_valid(one_threshold()) - per_1000_on_valid(on_valid("released") >= 0.5)
    ),
    ("08", "saved by a threshold for each payment against RC3"): lambda: (
        per_1000_on_valid(threshold_for_each_payment()) - per_1000_on_valid(one_threshold())
    ),
    (
        "08",
        "gained by learning from the last rows, as much time as the validation rows: "
        "average precision",
    ): lambda: fewer_rows("average precision"),
    (
        "08",
        "gained by learning from the last rows, as much time as the validation rows: "
        "€ per 1,000 payments",
    ): lambda: fewer_rows("euros"),
}  # fmt: skip


def test_at_least_forty_numbers_of_all_chapters_are_recomputed():
    assert len(VALUES) >= 40
    assert {chapter for chapter, _ in VALUES} == set(CHAPTERS)


@pytest.mark.parametrize("key", VALUES, ids=": ".join)
def test_a_headline_number_comes_out_again(key, recorded):
    assert key in recorded, f"chapter {key[0]} no longer records {key[1]!r}"
    assert recorded[key]["value"] == pytest.approx(float(VALUES[key]()), rel=1e-6, abs=1e-9)
