"""Every exercise: the solution passes, the stub fails, typical wrong answers get the right hint.

A wrong answer is told by what it changes in the right one.
"""

import inspect

import numpy as np
import pandas as pd
import pytest

from prerelease import checks, data, losses, splits
from prerelease.checks import _feedback

HOURS = 3600.0


def amounts_by_rate(rows, least):
    weight = data.sampling_weights(rows)
    table = rows.assign(weight=weight, fraud=weight * rows["Class"]).groupby("Amount")
    table = table.agg(frauds=("Class", "sum"), weight=("weight", "sum"), fraud=("fraud", "sum"))
    table["rate"] = table["fraud"] / table["weight"]
    return table[table["frauds"] >= least].sort_values("rate", ascending=False)


def risky_amounts():
    train, valid = splits.development(data.load_sample())
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
        "too few": ({"chosen": chosen[:2]}, "3 are asked for"),
        "words": ({"chosen": ["a", "b", "c"]}, "should hold numbers"),
        "a table": ({"chosen": np.ones((3, 1))}, "one row of numbers"),
        "a list": ({"rates": [1, 2, 3]}, "should be a dict"),
        "any other": ({"rates": right["rates"] / 2 + 0.1}, "differ from frauds by payments"),
    }
    return right, {"train": train, "valid": valid}, wrong


def focal_promises():
    score = {
        1.0: np.random.default_rng(0).uniform(size=50),
        5.0: np.random.default_rng(1).uniform(size=50),
    }

    def undone(gamma=None):
        return {g: losses.focal_posterior(s, gamma=gamma or g) for g, s in score.items()}

    right = {"focal_said": score, "focal_meant": undone()}
    wrong = {
        "the γ of the chapter": ({"focal_meant": undone(2.0)}, "trained with"),
        "nothing undone": ({"focal_meant": score}, "not yet undone"),
        "exchanged": ({"focal_said": undone(), "focal_meant": score}, "changed places"),
        "one only": ({"focal_said": {5.0: score[5.0]}}, "Missing: 1."),
        "other rows": ({"focal_said": {g: s[:40] for g, s in score.items()}}, "has 40 numbers"),
        "decisions": ({"focal_said": {g: s.round() for g, s in score.items()}}, "decisions"),
        "log-odds": ({"focal_said": {g: 9 * s - 4 for g, s in score.items()}}, "predict_proba"),
        "γ not passed on": (
            {
                "focal_said": dict.fromkeys(score, score[1.0]),
                "focal_meant": {g: losses.focal_posterior(score[1.0], gamma=g) for g in score},
            },
            "did not reach the training",
        ),
    }
    return right, {"y": np.arange(50) % 2}, wrong


def waiting_rows():
    times = np.sort(np.random.default_rng(0).uniform(0, 172_800, 20_000))

    def before(wait=0.0):
        return np.flatnonzero(times < splits.TRAIN_END - wait)

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
        "nothing": (right | {"gap": []}, "is empty"),
        "no gap": ({"neither": before()}, "Missing: gap, delay"),
    }
    wrong = {what: ({"known_then": answer}, hint) for what, (answer, hint) in wrong.items()}
    return {"known_then": right}, {"rows": pd.DataFrame({"Time": times})}, wrong


EXERCISES = {make.__name__: make() for make in (risky_amounts, focal_promises, waiting_rows)}
WRONG = [(name, what) for name, (_, _, wrong) in EXERCISES.items() for what in wrong]
every_exercise = pytest.mark.parametrize("name", EXERCISES)


def ask(name, answers, given):
    return getattr(checks, name)(*answers.values(), **given)


def test_every_check_has_its_table():
    public = {name for name in checks.__all__ if name != "Feedback"}
    assert public == set(EXERCISES)


@every_exercise
def test_right_answer_passes(name):
    right, given, _ = EXERCISES[name]
    feedback = ask(name, right, given)
    assert feedback.right, feedback.hint
    assert str(feedback).startswith("Right. ")


@every_exercise
def test_stub_fails_and_says_where_to_write(name):
    right, given, _ = EXERCISES[name]
    for left_out in right:
        feedback = ask(name, right | {left_out: ...}, given)
        assert not feedback.right
        assert "in place of each `...`" in feedback.hint


@every_exercise
def test_at_least_two_wrong_answers_are_known(name):
    assert len(EXERCISES[name][2]) >= 2


@pytest.mark.parametrize(("name", "what"), WRONG, ids=lambda value: value.replace(" ", "-"))
def test_wrong_answer_gets_the_hint_that_helps(name, what):
    right, given, wrong = EXERCISES[name]
    change, hint = wrong[what]
    feedback = ask(name, right | change, given)
    assert not feedback.right
    assert hint in feedback.hint
    assert "\n" not in feedback.hint


@every_exercise
def test_answers_are_positional_and_context_is_by_keyword(name):
    right, given, _ = EXERCISES[name]
    parameters = inspect.signature(getattr(checks, name)).parameters.values()
    kinds = {kind: [p.name for p in parameters if p.kind == kind] for kind in (1, 3)}
    assert kinds == {1: list(right), 3: list(given)}


def test_feedback_in_a_notebook_is_one_line_of_markdown():
    for right, word in ((True, "✓ **Right.** Well"), (False, "✗ **Not yet.** Well")):
        assert _feedback.Feedback(right, "Well")._repr_markdown_() == word
