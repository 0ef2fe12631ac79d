"""Many streams with one change, as the pages of retraining deal them."""

from collections.abc import Iterator

from casebook.streams._pool import Pool
from casebook.streams._stream import Shift, Stream, build

HOW_MANY = {"full": (60, 60), "quick": (4, 8)}
"""Streams for the policies, and for the signals, by mode."""


def fewer() -> str:
    """Return the sentence that says what quick mode does less."""
    (policies, signals), (book, _) = HOW_MANY["quick"], HOW_MANY["full"]
    return (
        f"The policies get {policies} streams and the signals {signals}, in the book {book} each. "
        "That is too few to tell apart what the book tells apart."
    )


def deal(pool: Pool, kind: str, n: int, *, day: int, first_seed: int = 0) -> Iterator[Stream]:
    """Deal streams, one by one, with a change of one kind on a day."""
    shift = Shift(kind, day=day, size=0.5 if kind == "covariate" else 1.0)
    return (build(pool, shift=shift, seed=first_seed + k) for k in range(n))
