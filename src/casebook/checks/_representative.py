"""Chapter 02: what a gap and a label delay take away."""

from typing import Any

import numpy as np
import pandas as pd

from casebook.split import TRAIN_END

from ._feedback import by_name, check, need, numbers

_WAIT = 6 * 3600.0


@check
def waiting_rows(known_then: Any, *, rows: pd.DataFrame) -> str:
    """Look at the answer to “Code it” of chapter 02.

    Parameters
    ----------
    known_then : dict of str to array-like of int
        Positions in `rows` of what each of ``"neither"``, ``"gap"`` and ``"delay"`` trains on.
    rows : pandas.DataFrame
        The payments in order of time, with their column ``Time`` in seconds.

    Returns
    -------
    Feedback
        Whether the answer is right, and if not, what to look at.

    Examples
    --------
    >>> print(waiting_rows([1, 2, 3], rows=None))
    Not yet. `known_then` should be a dict with one entry for each of: neither, gap, delay.
    """
    found = by_name(known_then, "known_then", ("neither", "gap", "delay"))
    times = rows["Time"].to_numpy()
    ends = {}
    for name, positions in found.items():
        place = numbers(positions, f"learned[{name!r}]").astype(int)
        need(len(place), f"`known_then[{name!r}]` is empty.")
        need(
            place.max() < len(rows),
            f"`known_then[{name!r}]` should hold positions in `rows`, from 0.",
        )
        ends[name] = times[place].max()
        need(
            len(place) == np.searchsorted(times, ends[name], side="right"),
            f"`known_then[{name!r}]` leaves out rows of the past that it may learn from.",
        )
    need(
        ends["neither"] < TRAIN_END,
        "`neither` learns from rows that it is judged by: the validation rows start at "
        "`split.TRAIN_END`.",
    )
    whole = np.searchsorted(times, TRAIN_END)
    need(
        len(found["neither"]) == whole,
        "`neither` should wait for nothing: its gap and its delay are 0.",
    )
    waited = {name: np.searchsorted(times, TRAIN_END - _WAIT) for name in ("gap", "delay")}
    for name, expected in waited.items():
        have = len(found[name])
        need(
            have < np.searchsorted(times, TRAIN_END - _WAIT / 3600),
            f"`{name}` learns up to the last seconds, as `neither` does. Did its six hours reach "
            "the splitter, which counts in seconds?",
        )
        need(
            have >= expected,
            f"`{name}` waits longer than six hours. Are a gap and a delay at work at once?",
        )
        need(have == expected, f"`{name}` waits, but not six hours.")
    return "Look at the three numbers of rows: what do they say about the scores to come?"
