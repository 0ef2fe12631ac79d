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


@check
def labels_found_out(found_out: Any, *, none: pd.DataFrame) -> str:
    """Look at the answer to the second “Code it” of chapter 06.

    Parameters
    ----------
    found_out : dict of float to pandas.DataFrame
        By the share of blocked payments whose truth is found out (0, 0.1, 0.3, 1): the days, from
        `casebook.retraining.daily`.
    none : pandas.DataFrame
        The days when no truth is found out, of all policies.

    Returns
    -------
    Feedback
        Whether the answer is right, and if not, what to look at.

    Examples
    --------
    >>> print(labels_found_out({0: None}, none=None))
    Not yet. `found_out` should be a dict with one entry for each of: 0, 0.1, 0.3, 1. Missing: \
0.1, 0.3, 1.
    """
    tables = by_name(found_out, "found_out", (0, 0.1, 0.3, 1))
    base = _every_two_days(none, "the days without")
    costs = {}
    for share, table in tables.items():
        name = f"`found_out[{share:g}]`"
        need(
            isinstance(table, pd.DataFrame) and {"policy", "delay", "cost"} <= set(table),
            f"{name} should be a table of days, from `retraining.daily`.",
        )
        days = _every_two_days(table, name)
        need(
            set(days["delay"]) == set(base["delay"]),
            f"{name} has labels after {days['delay'].iloc[0]:g} days, and one day is asked for.",
        )
        need(len(days) == len(base), f"{name} has other days or streams than the table without.")
        costs[share] = days["cost"].to_numpy()
    need(
        np.array_equal(costs[0], base["cost"]),
        "`found_out[0]` is not the run in which nothing is found out.",
    )
    for share in (0.1, 0.3, 1):
        need(
            not np.array_equal(costs[share], costs[0]),
            f"`found_out[{share:g}]` is the same as without: the share did not reach the run.",
        )
    return "What is saved against none, with its interval? And why so much, or so little?"


def _every_two_days(table: pd.DataFrame, name: str) -> pd.DataFrame:
    days = table[table["policy"] == "every 2 days"]
    need(len(days), f"{name} has no policy that is called “every 2 days”.")
    return days
