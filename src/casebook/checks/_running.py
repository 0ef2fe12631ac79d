"""Chapters 04 to 07: from a candidate to its release."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from prerelease import uncertainty
from prerelease.gate import Verdict

from ._feedback import by_name, check, close, need, numbers, ranked_as_by_a_model, same, scores

_LEVELS = (0.9, 0.99, 0.999)
_STUCK = (0.01, 0.1, 1.0)
_MANY = 3.0  # times as large: no other training or run of a chapter differs as much


@check
def frauds_covered(
    covered: Any, *, night: tuple[ArrayLike, ArrayLike], valid: tuple[ArrayLike, ArrayLike]
) -> str:
    """Look at the answer to exercise 4.3.

    Parameters
    ----------
    covered : dict of float to int
        By level (0.9, 0.99, 0.999): how many frauds of the validation rows marginal sets hold.
    night, valid : tuple of two array-like
        Labels and probabilities of the rows to calibrate on, and of those to judge by.

    Examples
    --------
    >>> print(frauds_covered({0.9: 1}, night=([], []), valid=([], [])))
    Not yet. `covered` should be a dict with one entry for each of: 0.9, 0.99, 0.999. Missing: \
0.99, 0.999.
    """
    found = by_name(covered, "covered", _LEVELS)
    given = numbers([found[level] for level in _LEVELS], "covered")
    frauds = int(np.sum(valid[0]))
    many = f"There are {frauds} frauds in the validation rows, not more. Is `covered` in percent?"
    need(given.max() <= frauds, many)
    alphas = [1 - level for level in _LEVELS]
    expected = _covered(night, valid, alphas)
    same(
        given,
        expected,
        {
            "`covered` holds shares: numbers of frauds are asked for.": expected / frauds,
            "`covered` holds percent: numbers of frauds are asked for.": 100 * expected / frauds,
            "`covered` counts the frauds that the sets leave out.": frauds - expected,
            "The sets were calibrated on the rows that judge them. Calibrate on the night.": (
                _covered(valid, valid, alphas)
            ),
            "These are the sets that leave out as much as they should hold: `alpha` is the share "
            "that may be left out, not the level.": _covered(night, valid, list(_LEVELS)),
        },
        "Not these numbers. Are the sets marginal, calibrated on the night, and judged by the "
        "frauds among the validation rows?",
    )
    return "Look at the level at which the number jumps, and compare it with the share of frauds."


def _covered(
    learned: tuple[ArrayLike, ArrayLike], judged: tuple[ArrayLike, ArrayLike], alphas: list[float]
) -> np.ndarray:
    """Return how many frauds of the judged rows marginal sets hold."""
    sets = (uncertainty.fit_sets(*learned, alpha=alpha, kind="marginal") for alpha in alphas)
    y, p = judged
    return np.array(
        [uncertainty.describe_sets(s.holds(p), y).loc["positive", "covered"] for s in sets]
    )


@check
def hour_of_day(hour: Any, hour_score: Any, *, valid: pd.DataFrame, score: ArrayLike) -> str:
    """Look at the answer to exercise 5.1.

    Parameters
    ----------
    hour : array-like of shape (n,)
        The new column, on the validation rows.
    hour_score : array-like of shape (n,)
        What the model that was trained with it says of them.
    valid : pandas.DataFrame
        The validation rows, with ``Class``, and ``Time`` in seconds since the first payment, at
        midnight.
    score : array-like of shape (n,)
        What the model without the column says of them.

    Examples
    --------
    >>> valid = pd.DataFrame({"Time": [0.0, 90_000.0], "Class": [0, 1]})
    >>> print(hour_of_day([0, 25], [0.1, 0.2], valid=valid, score=[0.1, 0.1]))
    Not yet. `hour` goes on counting on the second day: no later payment shares it.
    """
    values = numbers(hour, "hour", length=len(valid))
    said = scores(hour_score, "hour_score", length=len(valid))
    count = np.floor(valid["Time"].to_numpy() / 3600.0)
    same(
        np.floor(values),
        count % 24,
        {"`hour` goes on counting on the second day: no later payment shares it.": count},
        "`hour` is not the hour of the day of `Time`, which counts seconds from a midnight."
        if 0 <= values.min() <= values.max() < 24
        else "`hour` should run from 0 to 23: `Time` is in seconds.",
    )
    old = "`hour_score` is what the model without the column says: train it again with the column."
    need(not close(said, score), old)
    ranked_as_by_a_model(said, "hour_score", valid["Class"], score)
    many = said.sum() / np.sum(score)
    need(
        1 / _MANY < many < _MANY,
        f"`hour_score` expects {many:.2g} times the frauds that the model without the column "
        "expects: are they its probabilities?",
    )
    return "Now judge it in three ways, and say what one evening cannot show."


@check
def stuck_column(stuck: Any, *, today: pd.DataFrame, column: str) -> str:
    """Look at the answer to exercise 6.1.

    Parameters
    ----------
    stuck : dict of float to pandas.DataFrame
        By the share of payments (0.01, 0.1, 1): today, with the bug in that share of it.
    today : pandas.DataFrame
        The day before anything happened to it.
    column : str
        The one that sticks.

    Examples
    --------
    >>> today = pd.DataFrame({"V17": [0.5, 1.5]})
    >>> print(stuck_column({0.01: today, 0.1: today, 1.0: today}, today=today, column="V17"))
    Not yet. `stuck[0.01]` is today as it was: nothing has happened to V17.
    """
    days = by_name(stuck, "stuck", _STUCK)
    for share in _STUCK:
        _one_day(days[share], share, today, column)
    return "Now its price, and the distance that a monitor would see."


def _one_day(day: pd.DataFrame, share: float, today: pd.DataFrame, column: str) -> None:
    """Look at one injected day."""
    name = f"stuck[{share:g}]"
    need(isinstance(day, pd.DataFrame), f"`{name}` should be the day's payments, a table.")
    need(len(day) == len(today), f"`{name}` has another number of payments than today.")
    absent = today.columns.difference(day.columns)
    need(absent.empty, f"`{name}` lacks columns of today: {', '.join(map(str, absent[:3]))}.")
    others = today.columns.difference([column])
    moved = [other for other in others if not np.array_equal(day[other], today[other])]
    need(not moved, f"`{name}` has another column changed, too: {', '.join(moved[:3])}.")
    changed = day[column].to_numpy() != today[column].to_numpy()
    need(changed.any(), f"`{name}` is today as it was: nothing has happened to {column}.")
    sticks = len(set(day.loc[changed, column])) == 1
    need(sticks, f"`{name}`: {column} is changed, and does not stick at one value.")
    kept = day.loc[changed, column].isin(today[column]).all()
    need(kept, f"`{name}`: {column} sticks at a value that it never had. What does `Shift` do?")
    far = abs(changed.mean() - share) > 5 * np.sqrt(share * (1 - share) / len(today)) + 0.005
    need(not far, f"`{name}` has {changed.mean():.1%} of its payments changed, not {share:.0%}.")


@check
def labels_found_out(found_out: Any, *, none: pd.DataFrame) -> str:
    """Look at the answer to exercise 7.2.

    Parameters
    ----------
    found_out : dict of float to pandas.DataFrame
        By the share of blocked payments whose truth is found out (0, 0.1, 0.3, 1): the days, from
        `casebook.retraining.daily`.
    none : pandas.DataFrame
        The days when no truth is found out, of all policies.

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
        fits = isinstance(table, pd.DataFrame) and {"policy", "delay", "cost"} <= set(table)
        need(fits, f"{name} should be a table of days, from `retraining.daily`.")
        days = _every_two_days(table, name)
        costs[share] = numbers(days["cost"], f"found_out[{share:g}]['cost']")
        delay = f"{name} has labels after {days['delay'].iloc[0]} days, and one day is asked for."
        need(set(days["delay"]) == set(base["delay"]), delay)
        need(len(days) == len(base), f"{name} has other days or streams than the table without.")
        many = costs[share].sum() / base["cost"].sum()
        unit = f"{name} costs {many:.2g} times as much as the table without: are they euros a day?"
        need(1 / _MANY < many < _MANY, unit)
    is_base = np.array_equal(costs[0], base["cost"])
    need(is_base, "`found_out[0]` is not the run in which nothing is found out.")
    for share in (0.1, 0.3, 1):
        alike = f"`found_out[{share:g}]` is the same as without: the share did not reach the run."
        need(not np.array_equal(costs[share], costs[0]), alike)
    return "What is saved against none, with its interval? And why so much, or so little?"


def _every_two_days(table: pd.DataFrame, name: str) -> pd.DataFrame:
    days = table[table["policy"] == "every 2 days"]
    need(len(days), f"{name} has no policy that is called “every 2 days”.")
    return days


@check
def added_criterion(added: Any, *, rows: int) -> str:
    """Look at the answer to exercise 8.2.

    Parameters
    ----------
    added : prerelease.gate.Verdict
        From judging the last candidate by a file of one criterion.
    rows : int
        How many payments were scored.

    Examples
    --------
    >>> print(added_criterion("pass", rows=10))
    Not yet. `added` should be the verdict that `gate.judge` returns.
    """
    is_verdict = isinstance(added, Verdict)
    need(is_verdict, "`added` should be the verdict that `gate.judge` returns.")
    count = len(added.findings)
    need(count == 1, f"The file should hold one criterion, and it holds {count}.")
    finding, asked = added.findings[0], added.findings[0].criterion
    about = f"The criterion is about {asked.metric or asked.claim}, and it should be about"
    need(asked.metric == "precision", f"{about} how many alerts are right.")
    need(asked.side == "at_least", "The criterion asks for at most: few right alerts would pass.")
    need(asked.bound == 0.5, "The bound is not one half.")
    need(finding.n <= rows, "The verdict rests on other rows than those of the last candidate.")
    return "And yet it was written after the results were known: what may it be used for?"


@check
def alarm_moved(false_calls: Any, heard: Any, *, seen: pd.DataFrame, limit: float) -> str:
    """Look at the answer to exercise 9.2.

    Parameters
    ----------
    false_calls, heard : dict of float to int
        By limit (half of the plan's, the plan's, twice): mornings before day 16 on which the alarm
        of losses rings, and runs in which it rings in the week after.
    seen : pandas.DataFrame
        From `casebook.rehearsal.signals`.
    limit : float
        The plan's.

    Examples
    --------
    >>> print(alarm_moved({}, {}, seen=None, limit=1.0))
    Not yet. `false_calls` should be a dict with one entry for each of: 0.5, 1.0, 2.0. \
Missing: 0.5, 1.0, 2.0.
    """
    limits = [limit / 2, limit, 2 * limit]
    given = {
        name: numbers([*by_name(answer, name, limits).values()], name)
        for name, answer in (("false_calls", false_calls), ("heard", heard))
    }
    losses = seen[seen["name"] == "losses"]
    before, week = losses[losses["day"] < 16], losses[losses["day"].between(16, 22)]

    def counts(rows: pd.DataFrame, unit: list[str]) -> np.ndarray:
        return np.array(
            [len(rows.loc[rows["found"] > one, unit].drop_duplicates()) for one in limits]
        )

    morning, run = ["seed", "day"], ["seed"]
    everything = seen[seen["day"] < 16]
    same(
        given["false_calls"],
        counts(before, morning),
        {
            "`false_calls` counts runs: mornings are asked for.": counts(before, run),
            "`false_calls` counts all three alarms: losses are asked for.": counts(
                everything, ["seed", "day", "name"]
            ),
            "`false_calls` counts the mornings after the change as well.": counts(losses, morning),
        },
        "`false_calls` is another number. Are these the mornings before day 16, in all runs?",
    )
    same(
        given["heard"],
        counts(week, run),
        {"`heard` counts mornings: runs are asked for.": counts(week, morning)},
        "`heard` is another number. Are these the runs in which it rings on days 16 to 22?",
    )
    return "Now say what each call for nothing costs: who comes, and what is trained?"
