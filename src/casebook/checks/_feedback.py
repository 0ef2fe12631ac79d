"""What a check says, and the ways in which it looks at an answer."""

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prerelease.intervals import AveragePrecision, value

_FAR = 0.1  # average precision; models of the same rows and columns differ by less


@dataclass(frozen=True)
class Feedback:
    """What a check has to say about an answer.

    Parameters
    ----------
    right : bool
        Whether the answer is right.
    hint : str
        Why it is right, or what to look at; never the answer.

    Examples
    --------
    >>> print(Feedback(False, "Look at the units of the gap."))
    Not yet. Look at the units of the gap.
    """

    right: bool
    hint: str

    def __str__(self) -> str:
        """Return the line that an attendee reads."""
        return f"{'Right.' if self.right else 'Not yet.'} {self.hint}"

    def _repr_markdown_(self) -> str:
        """Return the same line for a notebook."""
        sign, word = ("✓", "Right.") if self.right else ("✗", "Not yet.")
        return f"{sign} **{word}** {self.hint}"


class NotYet(Exception):  # noqa: N818 - a verdict, not an error
    """An answer is not right, for the reason that the message gives."""


def need(condition: object, hint: str) -> None:
    """End the check with a hint unless a condition holds."""
    if not condition:
        raise NotYet(hint)


def check(judge: Callable[..., str]) -> Callable[..., Feedback]:
    """Make a function that returns praise, or raises `NotYet`, into a check of an exercise."""

    @functools.wraps(judge)
    def checked(*answers: Any, **given: Any) -> Feedback:
        if any(answer is ... for answer in answers):
            return Feedback(False, "Nothing here yet: put your code in place of each `...`.")
        try:
            return Feedback(True, judge(*answers, **given))
        except NotYet as verdict:
            return Feedback(False, str(verdict))

    return checked


def numbers(
    answer: Any, name: str, *, length: int | None = None, gaps: bool = False
) -> NDArray[np.float64]:
    """Return an answer as one row of floats; NaN are let through where there may be `gaps`."""
    try:
        raw = np.asarray(answer)
    except ValueError:  # rows of several lengths
        raw = np.asarray(None)
    need(raw.dtype.kind in "iuf", f"`{name}` should hold numbers, and it holds something else.")
    need(raw.ndim == 1, f"`{name}` should be one row of numbers.")
    if length is not None:
        have = f"`{name}` has {len(raw):,} numbers"
        need(len(raw) == length, f"{have}, and {length:,} are asked for.")
    values = raw.astype(np.float64)
    told = np.isfinite(values) | (gaps & np.isnan(values))
    need(told.all(), f"`{name}` holds NaN or infinity: look for where they come from.")
    return values


def scores(answer: Any, name: str, *, length: int) -> NDArray[np.float64]:
    """Return an answer as one row of scores between 0 and 1."""
    values = numbers(answer, name, length=length)
    inside = (values >= 0) & (values <= 1)
    need(inside.all(), f"`{name}` holds values below 0 or above 1: take `predict_proba`.")
    between = (values > 0) & (values < 1)
    need(between.any(), f"`{name}` holds decisions, 0 or 1: scores lie between.")
    return values


def ranked_as_by_a_model(score: Any, name: str, y: Any, known: Any) -> None:
    """End the check unless scores rank rows about as well as `known`, of a model like theirs.

    Scores far better are of a model that has seen the labels, and scores far worse of none.
    """
    reached, fair = (value(AveragePrecision(), y, one) for one in (score, known))
    need(
        reached <= fair + _FAR,
        f"`{name}` ranks the validation rows far better than any model that has not seen them: "
        "was it trained on them? Fit on the training rows, score the validation rows.",
    )
    need(
        reached >= fair - 2 * _FAR,
        f"`{name}` ranks the validation rows far worse than the chapter's model: is it the "
        "probability of fraud, of these rows, in their order?",
    )


def by_name(answer: Any, name: str, keys: Iterable[Any]) -> dict[Any, Any]:
    """Return an answer that has a value for each of `keys`, as a dict."""
    keys = list(keys)
    named = f"`{name}` should be a dict with one entry for each of: {', '.join(map(str, keys))}"
    need(isinstance(answer, Mapping) or hasattr(answer, "to_dict"), f"{named}.")
    found = dict(answer) if isinstance(answer, Mapping) else dict(answer.to_dict())
    absent = [str(key) for key in keys if key not in found]
    need(not absent, f"{named}. Missing: {', '.join(absent)}.")
    return found


def close(one: Any, other: Any, *, rtol: float = 1e-6) -> bool:
    """Tell whether two arrays are equal but for rounding; both may have gaps in one place."""
    return np.shape(one) == np.shape(other) and bool(
        np.allclose(one, other, rtol=rtol, atol=1e-9, equal_nan=True)
    )


def same(
    given: Any, expected: Any, wrong: Mapping[str, Any], other: str, *, rtol: float = 1e-6
) -> None:
    """End the check with the hint of the wrong answer that was given, or `other`, if it is one."""
    if close(given, expected, rtol=rtol):
        return
    for hint, answer in wrong.items():
        need(not close(given, answer, rtol=rtol), hint)
    raise NotYet(other)
