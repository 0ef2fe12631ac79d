"""For each check: the right answer, what the chapter gives it, and wrong answers with their hints.

A wrong answer is told by what it changes in the right one.
"""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from casebook import data, laboratory, split
from gate_helpers import criteria_file, scores
from prerelease import gate, losses, uncertainty

HOURS = 3600.0
NAMES = ("losses", "inputs", "scores")


def amounts_by_rate(rows, least):
    weight = data.sampling_weights(rows)
    table = rows.assign(weight=weight, fraud=weight * rows["Class"]).groupby("Amount")
    table = table.agg(frauds=("Class", "sum"), weight=("weight", "sum"), fraud=("fraud", "sum"))
    table["rate"] = table["fraud"] / table["weight"]
    return table[table["frauds"] >= least].sort_values("rate", ascending=False)


def risky_amounts():
    train, valid = split.development(data.load_sample())
    learned, later = amounts_by_rate(train, 5), amounts_by_rate(valid, 0)
    chosen = learned.index[:3].to_numpy()
    right = {"chosen": chosen, "rates": later["rate"].reindex(chosen)}
    by_row = valid.groupby("Amount")["Class"].mean().reindex(chosen)
    wrong = {
        "a rate of one fraud": ({"chosen": amounts_by_rate(train, 1).index[:3]}, "at least five"),
        "judged by training": ({"rates": learned["rate"][chosen].to_dict()}, "validation rows"),
        "not weighed": ({"rates": by_row}, "sampling_weights"),
        "the wrong three": ({"chosen": learned.index[1:4]}, "three highest fraud rates"),
        "in cents": ({"chosen": chosen * 100}, "in euros"),
        "in percent": ({"rates": right["rates"] * 100}, "hold percent"),
        "numbers of frauds": ({"rates": later["frauds"].reindex(chosen)}, "count frauds"),
        "the sign": ({"rates": -right["rates"] - 0.1}, "differ from frauds by payments"),
        "typed in": ({"rates": dict.fromkeys(chosen, 0.5)}, "differ from frauds by payments"),
        "as text": ({"chosen": [f"{amount:.2f}" for amount in chosen]}, "should hold numbers"),
        "too few": ({"chosen": chosen[:2]}, "3 are asked for"),
        "words": ({"chosen": ["a", "b", "c"]}, "should hold numbers"),
        "a table": ({"chosen": np.ones((3, 1))}, "one row of numbers"),
        "a list": ({"rates": [1, 2, 3]}, "should be a dict"),
        "any other": ({"rates": right["rates"] / 2 + 0.1}, "differ from frauds by payments"),
    }
    return right, {"train": train, "valid": valid}, wrong


def focal_corrections():
    rng = np.random.default_rng(0)
    y = (np.arange(400) % 10 == 0).astype(int)
    odds = 2 * y - 2 + rng.normal(size=400)  # of a model that has not seen these rows
    plain = 1 / (1 + np.exp(-odds))
    score = {1.0: 1 / (1 + np.exp(-0.8 * odds)), 5.0: 1 / (1 + np.exp(-0.3 * odds))}

    def undone(gamma=None, score=score):
        return {g: losses.focal_posterior(s, gamma=gamma or g) for g, s in score.items()}

    def both(score):
        return {"focal_scores": score, "focal_corrected": undone(score=score)}

    right = both(score)
    hole = {g: np.r_[np.nan, s[1:]] for g, s in score.items()}
    wrong = {
        "the γ of the chapter": ({"focal_corrected": undone(2.0)}, "trained with"),
        "nothing undone": ({"focal_corrected": score}, "not yet corrected"),
        "exchanged": ({"focal_scores": undone(), "focal_corrected": score}, "changed places"),
        "one only": ({"focal_scores": {5.0: score[5.0]}}, "Missing: 1."),
        "other rows": ({"focal_scores": {g: s[:40] for g, s in score.items()}}, "has 40 numbers"),
        "decisions": ({"focal_scores": {g: s.round() for g, s in score.items()}}, "decisions"),
        "log-odds": ({"focal_scores": {g: 9 * s - 4 for g, s in score.items()}}, "predict_proba"),
        "in percent": ({"focal_scores": {g: 100 * s for g, s in score.items()}}, "above 1"),
        "a hole": ({"focal_scores": hole}, "holds NaN"),
        "γ exchanged": (both({1.0: score[5.0], 5.0: score[1.0]}), "nearer"),
        "trained on the validation rows": (
            both({g: 0.5 + 0.4 * (y - 0.5) * s for g, s in score.items()}),
            "was it trained on them",
        ),
        "trained on all rows": (
            both({g: 1 / (1 + np.exp(-(odds + 4 * y) / (1 + g))) for g in score}),
            "was it trained on them",
        ),
        "typed in": (both({g: rng.uniform(size=400) for g in score}), "far worse"),
        "honest, not fraud": (both({g: 1 - s for g, s in score.items()}), "far worse"),
        "rows in another order": (both({g: np.sort(s) for g, s in score.items()}), "far worse"),
        "the chapter's model": (both(score | {1.0: plain}), "which has no γ"),
        "γ not passed on": (
            {
                "focal_scores": dict.fromkeys(score, score[1.0]),
                "focal_corrected": {g: losses.focal_posterior(score[1.0], gamma=g) for g in score},
            },
            "did not reach the training",
        ),
    }
    return right, {"y": y, "plain": plain}, wrong


def waiting_rows():
    times = np.sort(np.random.default_rng(0).uniform(0, 172_800, 20_000))

    def before(wait=0.0):
        return np.flatnonzero(times < split.TRAIN_END - wait)

    right = {"neither": before(), "gap": before(6 * HOURS), "delay": before(6 * HOURS)}
    wrong = {
        "six seconds": (right | {"gap": before(6.0)}, "counts in seconds"),
        "both at once": (right | {"delay": before(12 * HOURS)}, "at work at once"),
        "not passed on": (right | {"delay": before()}, "Did its six hours reach"),
        "one hour": (right | {"gap": before(HOURS)}, "not six hours"),
        "judged by what it learned": (right | {"neither": before(-HOURS)}, "judged by"),
        "all three wait": (dict.fromkeys(right, before(6 * HOURS)), "wait for nothing"),
        "the recent past only": (right | {"gap": right["gap"][500:]}, "leaves out rows"),
        "labels": (right | {"gap": times[:9] * 1000}, "positions"),
        "moments": (right | {"gap": times[:9] / 1000}, "positions"),
        "from the end": (right | {"gap": right["gap"] - len(times)}, "positions"),
        "filled up": (right | {"gap": np.r_[right["gap"], right["gap"]]}, "twice"),
        "a mask": (right | {"gap": times < split.TRAIN_END - 6 * HOURS}, "should hold numbers"),
        "how many": (right | {"gap": len(right["gap"])}, "one row of numbers"),
        "a hole": (right | {"gap": np.r_[np.nan, right["gap"]]}, "holds NaN"),
        "nothing": (right | {"gap": []}, "is empty"),
        "no gap": ({"neither": before()}, "Missing: gap, delay"),
    }
    wrong = {what: ({"known_then": answer}, hint) for what, (answer, hint) in wrong.items()}
    return {"known_then": right}, {"rows": pd.DataFrame({"Time": times})}, wrong


def averaged_log_odds():
    given = np.random.default_rng(0).uniform(0.01, 0.99, (60, 3))
    scores_of = pd.DataFrame(given, columns=["a, searched", "b, searched", "c"])
    odds = np.log(scores_of / (1 - scores_of))
    both = odds[["a, searched", "b, searched"]].mean(axis=1)
    wrong = {
        "of probabilities": (scores_of.iloc[:, :2].mean(axis=1), "mean of the probabilities"),
        "not turned back": (both, "still in log-odds"),
        "all candidates": (1 / (1 + np.exp(-odds.mean(axis=1))), "every candidate"),
        "one alone": (scores_of["b, searched"], "says alone"),
        "a sum": (1 / (1 + np.exp(-2 * both)), "differs from the mean"),
        "a table": (scores_of, "one row of numbers"),
        "honest, not fraud": (1 / (1 + np.exp(both)), "honest payment"),
        "in percent": (100 / (1 + np.exp(-both)), "holds percent"),
        "a hole": (both.where(both > both.min()), "holds NaN"),
        "typed in": (np.full(60, 0.5), "differs from the mean"),
    }
    wrong = {what: ({"average": answer}, hint) for what, (answer, hint) in wrong.items()}
    return {"average": 1 / (1 + np.exp(-both))}, {"scores": scores_of}, wrong


def frauds_covered():
    rng = np.random.default_rng(3)

    def rows(n, frauds, skill):
        y = np.zeros(n, dtype=int)
        y[rng.choice(n, frauds, replace=False)] = 1
        return y, 1 / (1 + np.exp(5 - skill * y - rng.normal(size=n)))

    night, valid = rows(8000, 60, 4.0), rows(6000, 50, 3.0)

    def covered(learned, alpha_of=lambda level: 1 - level, kind="marginal"):
        found = {}
        for level in (0.9, 0.99, 0.999):
            sets = uncertainty.fit_sets(*learned, alpha=alpha_of(level), kind=kind)
            row = uncertainty.describe_sets(sets.holds(valid[1]), valid[0]).loc["positive"]
            found[level] = int(row["covered"])
        return found

    right = covered(night)
    wrong = {
        "the level as alpha": (covered(night, lambda level: level), "share that may be left out"),
        "calibrated on the judges": (covered(valid), "Calibrate on the night"),
        "shares": ({level: count / 50 for level, count in right.items()}, "holds shares"),
        "in percent": ({level: 2 * count for level, count in right.items()}, "in percent"),
        "those left out": ({level: 50 - count for level, count in right.items()}, "leave out"),
        "as text": ({level: f"{count} of 50" for level, count in right.items()}, "hold numbers"),
        "a hole": (right | {0.9: np.nan}, "holds NaN"),
        "honest ones, too": (dict.fromkeys(right, 6000), "not more"),
        "any others": ({0.9: 1, 0.99: 2, 0.999: 3}, "Not these numbers"),
        "a list": ([1, 2, 3], "should be a dict"),
    }
    wrong = {what: ({"covered": answer}, hint) for what, (answer, hint) in wrong.items()}
    return {"covered": right}, {"night": night, "valid": valid}, wrong


def hour_of_day():
    rng = np.random.default_rng(0)
    y = (np.arange(300) % 10 == 0).astype(int)
    valid = pd.DataFrame({"Time": np.sort(rng.uniform(80_000, 145_000, 300)), "Class": y})
    odds = 2 * y - 2 + rng.normal(size=300)
    score, hour_score = (1 / (1 + np.exp(-odds - shift)) for shift in (0, rng.normal(size=300) / 9))
    wrong = {
        "goes on counting": ({"hour": valid["Time"] // HOURS}, "goes on counting"),
        "in seconds": ({"hour": valid["Time"] % (24 * HOURS)}, "0 to 23"),
        "twelve hours": ({"hour": valid["Time"] // HOURS % 12}, "not the hour of the day"),
        "as text": ({"hour": (valid["Time"] // HOURS % 24).astype(str)}, "should hold numbers"),
        "decisions": ({"hour_score": hour_score.round()}, "decisions"),
        "log-odds": ({"hour_score": odds}, "predict_proba"),
        "in percent": ({"hour_score": hour_score * 100}, "above 1"),
        "a share of them": ({"hour_score": hour_score / 100}, "are they its probabilities"),
        "a hole": ({"hour_score": np.r_[np.nan, hour_score[1:]]}, "holds NaN"),
        "not trained again": ({"hour_score": score}, "train it again"),
        "other rows": ({"hour_score": hour_score[:99]}, "has 99 numbers"),
        "another order": ({"hour_score": hour_score[::-1]}, "in their order"),
        "honest, not fraud": ({"hour_score": 1 - hour_score}, "probability of fraud"),
        "typed in": ({"hour_score": rng.uniform(size=300)}, "far worse"),
        "trained on the validation rows": (
            {"hour_score": 0.9 * y + 0.05 * hour_score},
            "was it trained on them",
        ),
    }
    right = {"hour": valid["Time"] // HOURS % 24, "hour_score": hour_score}
    return right, {"valid": valid, "score": score}, wrong


def stuck_column():
    rng = np.random.default_rng(0)
    today = pd.DataFrame({
        "Time": np.arange(20_000.0), "V1": rng.normal(size=20_000),
        "V17": rng.normal(size=20_000), "Class": (np.arange(20_000) % 50 == 0).astype(int),
    })  # fmt: skip

    def days(kind="bug: stuck", column="V17", sizes=(0.01, 0.1, 1.0)):
        return {
            share: laboratory.inject(today, laboratory.Shift(kind, size, column=column), seed=6)
            for share, size in zip((0.01, 0.1, 1.0), sizes, strict=True)
        }

    wrong = {
        "another bug": (days("bug: sign"), "does not stick"),
        "another column": (days(column="V1"), "another column changed"),
        "one share for all": (days(sizes=(0.1, 0.1, 0.1)), "not 1%"),
        "nothing injected": (dict.fromkeys(days(), today), "nothing has happened"),
        "part of the day": ({k: day.iloc[:50] for k, day in days().items()}, "another number"),
        "prices": (dict.fromkeys(days(), 3.0), "a table"),
        "a constant typed in": (days() | {1.0: today.assign(V17=99.0)}, "never had"),
        "a hole": (days() | {1.0: today.assign(V17=np.nan)}, "does not stick"),
        "without the labels": ({k: d.drop(columns="Class") for k, d in days().items()}, "lacks"),
        "shares exchanged": (days(sizes=(1.0, 0.1, 0.01)), "not 1%"),
    }
    wrong = {what: ({"stuck": answer}, hint) for what, (answer, hint) in wrong.items()}
    return {"stuck": days()}, {"today": today, "column": "V17"}, wrong


def labels_found_out():
    def days(seed, delay=1.0, policy="every 2 days", n=24):
        cost = np.random.default_rng(seed).uniform(1, 9, n)
        return pd.DataFrame({"policy": policy, "delay": delay, "cost": cost})

    none = pd.concat([days(9, policy="never"), days(0)])
    right = {0: none, 0.1: days(1), 0.3: days(2), 1: days(3)}
    wrong = {
        "labels after a week": (right | {0.1: days(1, delay=7.0)}, "after 7.0 days"),
        "never retrained": (right | {1: days(3, policy="never")}, "every 2 days"),
        "share not passed on": (right | {0.3: none}, "did not reach"),
        "nothing left out": (right | {0: days(5)}, "nothing is found out"),
        "another number of days": (right | {0.1: days(1, n=12)}, "other days"),
        "only their sums": (right | {0.1: 812.0}, "a table of days"),
        "in cents": (right | {0.1: days(1).assign(cost=days(1)["cost"] * 100)}, "euros a day"),
        "savings": (right | {0.1: days(1).assign(cost=-days(1)["cost"])}, "euros a day"),
        "a hole": (right | {0.1: days(1).assign(cost=np.nan)}, "holds NaN"),
        "as text": (right | {0.1: days(1).assign(cost="€")}, "should hold numbers"),
        "one run": ({0: none}, "Missing: 0.1, 0.3, 1"),
    }
    wrong = {what: ({"found_out": answer}, hint) for what, (answer, hint) in wrong.items()}
    return {"found_out": right}, {"none": none}, wrong


def alarm_moved():
    rng = np.random.default_rng(0)
    mornings = [(seed, day, name) for seed in range(4) for day in range(8, 24) for name in NAMES]
    seen = pd.DataFrame(mornings, columns=["seed", "day", "name"])
    seen["found"] = rng.uniform(0, 4, len(seen))
    losses = seen[seen["name"] == "losses"]

    def rings(rows):
        return {limit: rows[rows["found"] > limit] for limit in (0.5, 1.0, 2.0)}

    before, week = rings(losses[losses["day"] < 16]), rings(losses[losses["day"].between(16, 22)])
    right = {
        "false_calls": {limit: len(rows) for limit, rows in before.items()},
        "heard": {limit: rows["seed"].nunique() for limit, rows in week.items()},
    }
    all_three = {limit: len(rows) for limit, rows in rings(seen[seen["day"] < 16]).items()}
    later = {limit: len(rows) for limit, rows in rings(losses).items()}
    runs = {limit: rows["seed"].nunique() for limit, rows in before.items()}
    wrong = {
        "runs for mornings": ({"false_calls": runs}, "mornings are asked for"),
        "all alarms": ({"false_calls": all_three}, "losses are asked for"),
        "mornings after it": ({"false_calls": later}, "after the change"),
        "mornings for runs": ({"heard": {k: len(r) for k, r in week.items()}}, "runs are asked"),
        "one limit": ({"heard": {1.0: 3}}, "Missing: 0.5, 2"),
        "as text": ({"heard": dict.fromkeys(week, "often")}, "should hold numbers"),
        "any other": ({"heard": dict.fromkeys(week, 99)}, "days 16 to 22"),
    }
    return right, {"seen": seen, "limit": 1.0}, wrong


def added_criterion():
    frame = scores()
    text = """[release]
name = "x"
[[criterion]]
name = "alerts"
metric = "precision"
at_least = 0.5
unit = "share of alerts"
why = "People stop looking."
"""

    def verdict(text, frame=frame):
        with tempfile.TemporaryDirectory() as folder:
            criteria = gate.read_criteria(criteria_file(Path(folder), text))
        scored = gate.Scored(frame, criteria.costs, criteria.decision, criteria.block_seconds)
        return gate.judge(scored, criteria)

    twice = text + text[text.index("[[") :].replace('"alerts"', '"again"')
    wrong = {
        "recall": (
            verdict(
                text.replace('"precision"', '"recall"').replace('alerts"\nwhy', 'frauds"\nwhy')
            ),
            "it should be about",
        ),
        "another bound": (verdict(text.replace("0.5", "0.6")), "not one half"),
        "at most": (verdict(text.replace("at_least", "at_most")), "few right alerts"),
        "two criteria": (verdict(twice), "it holds 2"),
        "other rows": (verdict(text, scores(9000)), "other rows"),
        "a word": ("pass", "should be the verdict"),
    }
    wrong = {what: ({"added": answer}, hint) for what, (answer, hint) in wrong.items()}
    return {"added": verdict(text)}, {"rows": len(frame)}, wrong


MAKERS = (
    risky_amounts, focal_corrections, waiting_rows, averaged_log_odds, frauds_covered, hour_of_day,
    stuck_column, labels_found_out, added_criterion, alarm_moved,
)  # fmt: skip
EXERCISES = {make.__name__: make() for make in MAKERS}
