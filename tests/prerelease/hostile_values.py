"""Files with odd times, labels, scores, amounts and weights, and what the gate makes of each."""

import numpy as np
import pandas as pd

from hostile import (
    ALERTS,
    COLUMNS,
    DATES,
    FAIL,
    GOOD,
    HOURS,
    INSUFFICIENT,
    PASS,
    PERIOD,
    SECONDS,
    STAMPS,
    THRESHOLD,
    UNIT,
    WRONG,
    Hostile,
    asks,
    csv,
    named,
    parquet,
    times,
    to,
    with_one,
)

OF_VALUES = {
    # Time
    "epoch milliseconds": Hostile(
        times(1_772_323_200_000 + (1000 * SECONDS).astype(int)), WRONG, "counts ms since 1970"
    ),
    "epoch milliseconds, declared": Hostile(
        times(1_772_323_200_000 + (1000 * SECONDS).astype(int)), PASS, settings=UNIT.format("ms")
    ),
    "epoch microseconds": Hostile(
        times(1_772_323_200_000_000 + (1e6 * SECONDS).astype(int)), WRONG, "counts us since 1970"
    ),
    "epoch nanoseconds": Hostile(
        times(1_772_323_200 * 10**9 + (10**9 * SECONDS.astype(int))), WRONG, "counts ns since 1970"
    ),
    "epoch seconds": Hostile(times(1_772_323_200 + SECONDS.astype(int)), PASS),
    "milliseconds of five days": Hostile(
        times(np.linspace(0, 432_000_000, 600).astype(int)), WRONG, "would span 13.7 years"
    ),
    "hours of a simulation": Hostile(times(HOURS), WRONG, "would span 29 seconds, for 600 rows"),
    "hours of a simulation, declared": Hostile(
        times(HOURS), PASS, settings=UNIT.format("h"), asks=asks("days", "at_most = 1.25")
    ),
    "dates as numbers": Hostile(
        times(np.sort(20_260_301 + np.arange(600) % 30)), WRONG, "look like dates, such as 20260301"
    ),
    "dates and hours as numbers": Hostile(
        times(STAMPS.dt.strftime("%Y%m%d%H%M%S")), WRONG, "look like dates, such as 20260301"
    ),
    "a unit that there is not": Hostile(
        csv(), WRONG, "unit must be one of", settings=UNIT.format("sec")
    ),
    "UTC in ISO 8601": Hostile(times(STAMPS.dt.strftime("%Y-%m-%dT%H:%M:%SZ")), PASS),
    "a zone in ISO 8601": Hostile(times(STAMPS.dt.strftime("%Y-%m-%dT%H:%M:%S+02:00")), PASS),
    "a zone in some rows": Hostile(
        times(STAMPS.dt.strftime("%Y-%m-%dT%H:%M:%S").where(STAMPS.index > 0, "2026-03-01T00:00Z")),
        WRONG,
        "has a time zone in some rows and none in others",
    ),
    "a zone of hours alone in some rows": Hostile(
        times(STAMPS.astype(str) + np.where(STAMPS.index < 300, "+02", "")),
        WRONG,
        "has a time zone in some rows and none in others",
    ),
    "a zone of hours alone": Hostile(times(STAMPS.astype(str) + "+02"), PASS),
    "the last date that there is": Hostile(
        times(STAMPS.astype(str).where(STAMPS.index < 599, "9999-12-31 00:00:00")),
        WRONG,
        "time must be dates from 1700 to 2200, got 9999-12-31 00:00:00 at position 599",
    ),
    "the first date that there is": Hostile(
        parquet(
            lambda frame: frame.assign(
                time=STAMPS.astype("M8[s]").mask(STAMPS.index < 1, np.datetime64("0001-01-01"))
            )
        ),
        WRONG,
        "time must be dates from 1700 to 2200, got 0001-01-01 00:00:00 at position 0",
        name="s.parquet",
    ),
    "UTC in Parquet": Hostile(
        parquet(lambda frame: frame.assign(time=STAMPS.dt.tz_localize("UTC"))),
        PASS,
        name="s.parquet",
    ),
    "Brussels in Parquet": Hostile(
        parquet(lambda frame: frame.assign(time=STAMPS.dt.tz_localize("Europe/Brussels"))),
        PASS,
        name="s.parquet",
    ),
    "time since the start in Parquet": Hostile(
        parquet(lambda frame: frame.assign(time=STAMPS - DATES)), PASS, name="s.parquet"
    ),
    "text of dates in Parquet": Hostile(
        parquet(lambda frame: frame.assign(time=STAMPS.astype(str))), PASS, name="s.parquet"
    ),
    "90 dates": Hostile(times(PERIOD.astype(str)), PASS, asks=asks("days", "at_least = 86")),
    "90 dates are no more than they are": Hostile(
        times(PERIOD.astype(str)), FAIL, asks=asks("days", "at_least = 86.5")
    ),
    "dates of another country": Hostile(
        times(STAMPS.dt.strftime("%d/%m/%Y %H:%M")), WRONG, "time must be seconds, or dates such as"
    ),
    "times of day": Hostile(times("10:30"), WRONG, "time must be seconds, or dates"),
    "a missing time": Hostile(with_one("time", np.nan), WRONG, "time must be finite, got nan"),
    "a missing date": Hostile(
        times(STAMPS.astype(str).where(STAMPS.index != 7, "")), WRONG, "time must be"
    ),
    "newest first": Hostile(csv(lambda frame: frame[::-1]), WRONG, "time must be sorted in time"),
    "32 years of nothing": Hostile(
        times(STAMPS.mask(STAMPS.index < 300, STAMPS - pd.Timedelta(days=11_588)).astype(str)),
        FAIL,
        "nothing happened for 11,588 days after position 299",
        asks=asks("days", "at_least = 1"),
    ),
    "all at once": Hostile(times(5), INSUFFICIENT, "all rows have the same time"),
    "no times, not said": Hostile(
        csv(lambda frame: frame.drop(columns="time")), WRONG, 'time = "" where rows are independent'
    ),
    "no times": Hostile(
        csv(lambda frame: frame.drop(columns="time")), PASS, settings=COLUMNS.format('time = ""')
    ),
    "no times, and a rate asked for": Hostile(
        csv(lambda frame: frame.drop(columns="time")),
        INSUFFICIENT,
        "there is no column of times",
        settings=COLUMNS.format('time = ""') + THRESHOLD.replace("0.7", "0.1"),
        asks=ALERTS,
    ),
    # Labels
    "labels by name": Hostile(
        named("yes", "no"), PASS, settings=COLUMNS.format('positive = "yes"')
    ),
    "labels by name, not said": Hostile(named("yes", "no"), WRONG, 'say positive = "yes"'),
    "labels by another name": Hostile(
        named("Yes", "No"),
        WRONG,
        "label must hold 'yes' and one other label, got 'No', 'Yes'",
        settings=COLUMNS.format('positive = "yes"'),
    ),
    "true and false, by name": Hostile(
        named("true", "false"), PASS, settings=COLUMNS.format('positive = "true"')
    ),
    "TRUE and false, some missing": Hostile(
        to(label=GOOD["label"].map({1: "TRUE", 0: "false"}).where(GOOD.index != 3)),
        INSUFFICIENT,
        "1 of 600 rows have no label yet",
        settings=COLUMNS.format('positive = "TRUE"'),
    ),
    "three labels": Hostile(
        csv(lambda frame: frame.assign(label=np.where(frame.index == 3, "open", "no"))),
        WRONG,
        "one other label",
        settings=COLUMNS.format('positive = "yes"'),
    ),
    "labels of 1 and 2": Hostile(
        csv(lambda frame: frame.assign(label=frame["label"] + 1)), WRONG, "must hold only 0 and 1"
    ),
    "labels of 1 and 2, said": Hostile(
        csv(lambda frame: frame.assign(label=frame["label"] + 1)),
        PASS,
        settings=COLUMNS.format('positive = "2"'),
    ),
    "labels of -1 and 1": Hostile(
        csv(lambda frame: frame.assign(label=2 * frame["label"] - 1)), WRONG, "got -1 at position"
    ),
    "true and false": Hostile(csv(lambda frame: frame.assign(label=frame["label"] == 1)), PASS),
    "one label is missing": Hostile(
        with_one("label", np.nan), INSUFFICIENT, "1 of 600 rows have no label yet"
    ),
    "no label is known": Hostile(
        to(label=np.nan), INSUFFICIENT, "600 of 600 rows have no label yet"
    ),
    "no column of labels": Hostile(
        csv(lambda frame: frame.drop(columns="label")), WRONG, "has no column 'label'"
    ),
    "no column of labels, said": Hostile(
        csv(lambda frame: frame.drop(columns="label")),
        INSUFFICIENT,
        "600 of 600 rows have no label yet",
        settings=COLUMNS.format('label = ""'),
    ),
    # Scores
    "a score above 1 by rounding": Hostile(with_one("score", 1.0000000000000002), PASS),
    "scores that are tiny and no probabilities": Hostile(
        csv(lambda frame: frame.assign(score=(frame["score"] - 0.3) * 1e-6)),
        PASS,
        asks=asks("roc_auc", "at_least = 0.9"),
    ),
    "a score above 1": Hostile(
        with_one("score", 1.2),
        INSUFFICIENT,
        "it takes probabilities from 0 to 1",
        settings=THRESHOLD,
        asks=asks("recall", "at_least = 0.01"),
    ),
    "log-odds": Hostile(
        csv(lambda frame: frame.assign(score=np.log(frame["score"] / (1 - frame["score"])))), PASS
    ),
    "log-odds that decide": Hostile(
        csv(lambda frame: frame.assign(score=np.log(frame["score"] / (1 - frame["score"])))),
        INSUFFICIENT,
        "it takes probabilities from 0 to 1",
        asks=asks("cost_per_1000", "at_most = 1e9"),
    ),
    "an infinite score": Hostile(with_one("score", "inf"), WRONG, "score must be finite, got inf"),
    "a number that no parser survives": Hostile(
        with_one("score", "0.50786261e999230225712"), WRONG, "score must be finite"
    ),
    "a missing score": Hostile(with_one("score", np.nan), WRONG, "score must be finite, got nan"),
    "scores in words": Hostile(to(score="high"), WRONG, "score must be numbers, got 'high'"),
    "a score in words": Hostile(with_one("score", "n.a."), WRONG, "got 'n.a.' at position 7"),
    "scores in per cent": Hostile(
        csv(lambda frame: frame.assign(score=[f"{one:.2%}" for one in frame["score"]])),
        WRONG,
        "score must be numbers",
    ),
    "complex scores": Hostile(to(score="(0.5+1j)"), WRONG, "score must be numbers"),
    "scores of 32 bits": Hostile(
        parquet(
            lambda frame: frame.assign(
                score=frame["score"].mask((frame["label"] == 1) & (frame.index % 4 > 0), 0.7)
            ).astype({"score": "f4"})
        ),
        PASS,
        name="s.parquet",
        settings=THRESHOLD,
        asks=asks("recall", "at_least = 0.3"),
    ),
    # Amounts and weights
    "a refund": Hostile(with_one("amount", -5), WRONG, 'say negative_amounts = "zero"'),
    "a refund that counts as nothing": Hostile(
        with_one("amount", -5), PASS, settings=COLUMNS.format('negative_amounts = "zero"')
    ),
    "a refund that counts as much": Hostile(
        with_one("amount", -5), PASS, settings=COLUMNS.format('negative_amounts = "absolute"')
    ),
    "another rule for refunds": Hostile(
        with_one("amount", -5),
        WRONG,
        "negative_amounts must be one of",
        settings=COLUMNS.format('negative_amounts = "drop"'),
    ),
    "amounts with their currency": Hostile(
        to(amount="€ 5"), WRONG, "amount must be numbers, got '€ 5'"
    ),
    "amounts with thousands": Hostile(
        to(amount="1,234.50"), WRONG, "got '1,234.50' at position 0."
    ),
    "a missing amount": Hostile(with_one("amount", ""), WRONG, "amount must be finite, got nan"),
    "no amounts, not said": Hostile(
        csv(lambda frame: frame.drop(columns="amount")),
        WRONG,
        'amount = "" where there is no money',
    ),
    "no amounts": Hostile(
        csv(lambda frame: frame.drop(columns="amount")),
        PASS,
        settings=COLUMNS.format('amount = ""'),
    ),
    "no amounts and no fee": Hostile(
        csv(lambda frame: frame.drop(columns="amount")),
        INSUFFICIENT,
        "what is missed costs nothing",
        settings=COLUMNS.format('amount = ""') + "\n[costs]\nmiss_fee = 0\n",
        asks=asks("cost_per_1000", "at_most = 1e9"),
    ),
    "weights": Hostile(to(weight=2), FAIL, asks=asks("cases", "at_most = 700")),
    "weights that are not meant": Hostile(
        to(weight=2),
        PASS,
        "Not used: 'weight'",
        settings=COLUMNS.format('weight = ""'),
        asks=asks("cases", "at_most = 700"),
    ),
    "weights of more cases than k": Hostile(
        to(weight=2), PASS, asks=asks("recall_at_k", "at_least = 0.5\nk = 1000")
    ),
    "weights of fewer cases than k": Hostile(
        to(weight=0.5),
        INSUFFICIENT,
        "k is 400, and there are 300 cases",
        asks=asks("recall_at_k", "at_least = 0.1\nk = 400"),
    ),
    "weights of 0": Hostile(to(weight=0), WRONG, "weight must be above 0, got 0"),
    "weights beyond all sums": Hostile(to(weight=1e308), WRONG, "weight must have a finite sum"),
    "a missing weight": Hostile(
        csv(lambda frame: frame.assign(weight=np.where(frame.index == 7, np.nan, 1))),
        WRONG,
        "weight must be finite, got nan",
    ),
    "weights by a name that is not there": Hostile(
        csv(), WRONG, "has no column 'w'", settings=COLUMNS.format('weight = "w"')
    ),
}
