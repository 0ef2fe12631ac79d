"""Every exercise: the solution passes, the stub fails, typical wrong answers get the right hint."""

import inspect

import numpy as np
import pandas as pd
import pytest

from casebook import checks
from casebook.checks import _feedback
from check_tables import EXERCISES

WRONG = [(name, what) for name, (_, _, wrong) in EXERCISES.items() for what in wrong]
every_exercise = pytest.mark.parametrize("name", EXERCISES)


def ask(name, answers, given):
    return getattr(checks, name)(*answers.values(), **given)


def test_every_check_has_its_table():
    assert set(checks.__all__) == set(EXERCISES)


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


def slips(answer):
    """Yield what becomes of an answer, or of any part of it, by a slip of type, shape or gap."""
    yield from (None, "0.5", float("nan"), len, [], object())
    if isinstance(answer, dict):
        for key, part in answer.items():
            yield from (answer | {key: slip} for slip in slips(part))
    elif isinstance(answer, pd.DataFrame):
        yield from (answer.drop(columns=name) for name in answer)
        yield from (answer.iloc[:0], answer.astype(str))
    elif np.ndim(answer):
        row = np.asarray(answer, dtype=float)
        yield from (row * 1j, row.astype(str), row > 0, row[:, None], row[:-1], -row - 1)
        yield from (np.r_[np.nan, row[1:]], np.r_[np.inf, row[1:]])


@every_exercise
def test_no_slip_passes_or_stops_a_check(name):
    right, given, _ = EXERCISES[name]
    for asked, answer in right.items():
        for slip in slips(answer):
            assert not ask(name, right | {asked: slip}, given).right, slip


@every_exercise
def test_no_answer_of_another_exercise_passes(name):
    right, given, _ = EXERCISES[name]
    for other in set(EXERCISES) - {name}:
        for answer in EXERCISES[other][0].values():
            for asked in right:
                assert not ask(name, right | {asked: answer}, given).right, other


@every_exercise
def test_answers_are_positional_and_context_is_by_keyword(name):
    right, given, _ = EXERCISES[name]
    parameters = inspect.signature(getattr(checks, name)).parameters.values()
    kinds = {kind: [p.name for p in parameters if p.kind == kind] for kind in (1, 3)}
    assert kinds == {1: list(right), 3: list(given)}


def test_feedback_in_a_notebook_is_one_line_of_markdown():
    for right, word in ((True, "✓ **Right.** Well"), (False, "✗ **Not yet.** Well")):
        assert _feedback.Feedback(right, "Well")._repr_markdown_() == word
