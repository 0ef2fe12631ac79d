"""Chapter 06: a column that sticks."""

from typing import Any

import numpy as np
import pandas as pd

from ._feedback import by_name, check, need

_SHARES = (0.01, 0.1, 1.0)


def _one_day(day: pd.DataFrame, share: float, today: pd.DataFrame, column: str) -> None:
    """Look at one injected day."""
    name = f"stuck[{share:g}]"
    need(isinstance(day, pd.DataFrame), f"`{name}` should be the day's payments, a table.")
    need(len(day) == len(today), f"`{name}` has another number of payments than today.")
    others = today.columns.difference([column])
    moved = [other for other in others if not np.array_equal(day[other], today[other])]
    need(not moved, f"`{name}` has another column changed, too: {', '.join(moved[:3])}.")
    changed = day[column].to_numpy() != today[column].to_numpy()
    need(changed.any(), f"`{name}` is today as it was: nothing has happened to {column}.")
    need(
        len(np.unique(day.loc[changed, column])) == 1,
        f"`{name}`: {column} is changed, and does not stick at one value.",
    )
    spread = 5 * np.sqrt(share * (1 - share) / len(today)) + 0.005
    need(
        abs(changed.mean() - share) <= spread,
        f"`{name}` has {changed.mean():.1%} of its payments changed, not {share:.0%}.",
    )


@check
def stuck_column(stuck: Any, *, today: pd.DataFrame, column: str) -> str:
    """Look at the answer to “Code it” of chapter 06.

    Parameters
    ----------
    stuck : dict of float to pandas.DataFrame
        By the share of payments (0.01, 0.1, 1): today, with the bug in that share of it.
    today : pandas.DataFrame
        The day before anything happened to it.
    column : str
        The one that sticks.

    Returns
    -------
    Feedback
        Whether the answer is right, and if not, what to look at.

    Examples
    --------
    >>> today = pd.DataFrame({"V17": [0.5, 1.5]})
    >>> print(stuck_column({0.01: today, 0.1: today, 1.0: today}, today=today, column="V17"))
    Not yet. `stuck[0.01]` is today as it was: nothing has happened to V17.
    """
    days = by_name(stuck, "stuck", _SHARES)
    for share in _SHARES:
        _one_day(days[share], share, today, column)
    return "Now its price, and the distance that a monitor would see."
