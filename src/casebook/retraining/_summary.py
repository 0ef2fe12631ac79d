"""What policies save against each other on the same streams, with intervals."""

from collections.abc import Iterator, Sequence

import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from casebook.retraining._compare import ORACLE
from prerelease import _validate
from prerelease.intervals import Interval

_SETTING = ["delay", "retraining_cost"]


def summary(table: pd.DataFrame, *, reference: str = "never", level: float = 0.95) -> pd.DataFrame:
    """Return what each policy costs on average, and saves against another on the same streams.

    Parameters
    ----------
    table : DataFrame
        From `bills`, at least two streams.
    reference : str, default "never"
        Policy to compare with.
    level : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        A row for each delay, retraining cost and policy: the number of ``retrainings`` on
        average, and `Interval` objects in euros per day for the ``total`` and for what is
        ``saved``, the mean over streams of the reference's total minus the policy's.

    Raises
    ------
    ValueError
        If the reference is not in the table or there are fewer than two streams.

    Notes
    -----
    Student's t over streams. Policies meet the same streams, so what streams differ in falls
    out of the differences. All streams are dealt from the same real hours: the intervals speak
    of other deals, not of other frauds.

    Examples
    --------
    >>> table = pd.DataFrame({"stream": [0, 1] * 2, "delay": 0.0, "retraining_cost": 0.0,
    ...     "policy": ["never"] * 2 + ["weekly"] * 2, "retrainings": [0, 0, 1, 1],
    ...     "total": [90.0, 110.0, 70.0, 92.0]})
    >>> print(f"{summary(table)['saved'].iloc[1]:.0f}")
    19 [6, 32]
    """
    rows = []
    for (delay, price), wide in _wide(table, reference):
        for policy in wide:
            rows.append(
                {
                    "delay": delay,
                    "retraining_cost": price,
                    "policy": policy,
                    "retrainings": table.query(
                        "delay == @delay and retraining_cost == @price and policy == @policy"
                    )["retrainings"].mean(),
                    "total": over_streams(wide[policy], level=level),
                    "saved": over_streams(wide[reference] - wide[policy], level=level),
                }
            )
    return pd.DataFrame(rows)


def cheapest(
    table: pd.DataFrame, *, leave_out: Sequence[str] = (ORACLE,), level: float = 0.95
) -> pd.DataFrame:
    """Return the cheapest policy at each delay and retraining cost, and its lead.

    Parameters
    ----------
    table : DataFrame
        From `bills`, at least two streams and two policies besides those left out.
    leave_out : sequence of str, default ("oracle",)
        Policies that nobody can have.
    level : float, default 0.95
        Coverage of the interval.

    Returns
    -------
    DataFrame
        For each delay and retraining cost the ``cheapest`` policy on average, the
        ``runner_up``, the ``lead`` (an `Interval`, euros per day, paired), and whether it is
        ``resolved``: its interval is above zero.

    Raises
    ------
    ValueError
        If there are fewer than two streams or policies.

    Examples
    --------
    >>> table = pd.DataFrame({"stream": [0, 1] * 2, "delay": 0.0, "retraining_cost": 0.0,
    ...     "policy": ["never"] * 2 + ["weekly"] * 2, "total": [90.0, 110.0, 70.0, 92.0]})
    >>> found = cheapest(table)
    >>> found["cheapest"].iloc[0], bool(found["resolved"].iloc[0])
    ('weekly', True)
    """
    rows = []
    for (delay, price), wide in _wide(table[~table["policy"].isin(leave_out)]):
        _validate.integer(wide.shape[1], "the number of policies", low=2)
        first, second = wide.mean().sort_values(kind="stable").index[:2]
        lead = over_streams(wide[second] - wide[first], level=level)
        rows.append((delay, price, first, second, lead, lead.low > 0))
    names = [*_SETTING, "cheapest", "runner_up", "lead", "resolved"]
    return pd.DataFrame(rows, columns=names)


def saved_so_far(
    days: pd.DataFrame, *, reference: str = "never", level: float = 0.95
) -> pd.DataFrame:
    """Return the euros that decisions have saved up to each day, against another policy.

    Parameters
    ----------
    days : DataFrame
        From `daily`, at one delay and at least two streams.
    reference : str, default "never"
        Policy to compare with on the same streams.
    level : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        A row for each policy but the reference and each day: mean ``saved`` over the streams,
        euros since the first day of deciding, retrainings not counted, and its interval from
        ``low`` to ``high``.

    Raises
    ------
    ValueError
        If there is more than one delay or the reference is not in the table.

    Examples
    --------
    >>> days = pd.DataFrame({"stream": [0, 1] * 2, "delay": 0.0, "day": 7,
    ...     "policy": ["never"] * 2 + ["weekly"] * 2, "cost": [90.0, 110.0, 70.0, 92.0]})
    >>> saved_so_far(days)["saved"].tolist()
    [19.0]
    """
    delays = sorted(set(days["delay"]))
    if len(delays) != 1:
        msg = f"days must hold one delay, got {delays}."
        raise ValueError(msg)
    wide = days.pivot_table(index=["stream", "day"], columns="policy", values="cost")
    _named(wide, reference)
    rows = []
    for policy in dict.fromkeys(days["policy"]):
        if policy == reference:
            continue
        gap = (wide[reference] - wide[policy]).groupby("stream").cumsum()
        for day, values in gap.groupby("day"):
            found = over_streams(values, level=level)
            rows.append((policy, day, found.estimate, found.low, found.high))
    return pd.DataFrame(rows, columns=["policy", "day", "saved", "low", "high"])


def over_streams(values: ArrayLike, *, level: float = 0.95) -> Interval:
    """Return the mean over streams with Student's interval.

    Parameters
    ----------
    values : array-like, shape (n,)
        One value for each stream, at least two.
    level : float, default 0.95
        Coverage.

    Returns
    -------
    Interval
        In the unit of `values`.

    Raises
    ------
    ValueError
        If there are fewer than two values or one is not finite.

    Examples
    --------
    >>> print(f"{over_streams([1.0, 2.0, 3.0]):.1f}")
    2.0 [-0.5, 4.5]
    """
    array = _validate.vector(values, "values")
    _validate.integer(array.size, "the number of streams", low=2)
    _validate.number(level, "level", above=0, below=1)
    give = stats.t.ppf((1 + level) / 2, array.size - 1) * stats.sem(array)
    mean = float(array.mean())
    method = "Student's t over streams"
    return Interval(mean, mean - give, mean + give, level=level, method=method, n=array.size)


def _wide(table: pd.DataFrame, *needed: str) -> Iterator[tuple[tuple[float, float], pd.DataFrame]]:
    """Yield each setting with its table of streams by policies."""
    for setting, part in table.groupby(_SETTING, sort=True):
        wide = part.pivot_table(index="stream", columns="policy", values="total")
        wide = wide[list(dict.fromkeys(part["policy"]))]
        for name in needed:
            _named(wide, name)
        yield setting, wide


def _named(wide: pd.DataFrame, name: str) -> None:
    if name not in wide:
        msg = f"reference must be a policy of the table, got {name!r}."
        raise ValueError(msg)
