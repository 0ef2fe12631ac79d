"""What policies save against each other on the same streams, with intervals."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from casebook.retraining._compare import NEVER, ORACLE
from prerelease import _validate
from prerelease.intervals import Interval, from_draws

_SETTING = ["delay", "retraining_cost"]


def summary(table: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """Return what each policy costs on average, and saves against never on the same streams.

    Parameters
    ----------
    table : DataFrame
        From `bills`, at least two streams.
    level : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        A row for each delay, retraining cost and policy: the number of ``retrainings`` on
        average, and `Interval` objects in euros per day for the ``total`` and for what is
        ``saved``, the mean over streams of never's total minus the policy's.

    Raises
    ------
    ValueError
        If never is not in the table or there are fewer than two streams.

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
    made = table.groupby([*_SETTING, "policy"])["retrainings"].mean()
    rows = [
        (
            *setting,
            policy,
            made[(*setting, policy)],
            over_streams(wide[policy], level=level),
            over_streams(_never(wide) - wide[policy], level=level),
        )
        for setting, wide in _wide(table)
        for policy in wide
    ]
    return pd.DataFrame(rows, columns=[*_SETTING, "policy", "retrainings", "total", "saved"])


def cheapest(table: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """Return the cheapest policy at each delay and retraining cost, and its lead.

    Parameters
    ----------
    table : DataFrame
        From `bills`, at least two streams and two policies; the oracle, which nobody can have,
        is left out.
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
    for (delay, price), wide in _wide(table[table["policy"] != ORACLE]):
        _validate.integer(wide.shape[1], "the number of policies", low=2)
        first, second = wide.mean().sort_values(kind="stable").index[:2]
        lead = over_streams(wide[second] - wide[first], level=level)
        rows.append((delay, price, first, second, lead, lead.low > 0))
    names = [*_SETTING, "cheapest", "runner_up", "lead", "resolved"]
    return pd.DataFrame(rows, columns=names)


def saved_so_far(days: pd.DataFrame) -> pd.DataFrame:
    """Return the euros that decisions have saved up to each day, against never.

    Parameters
    ----------
    days : DataFrame
        From `daily`, at one delay and at least two streams.

    Returns
    -------
    DataFrame
        A row for each policy but never and each day: mean ``saved`` over the streams,
        euros since the first day of deciding, retrainings not counted, and its interval from
        ``low`` to ``high``.

    Raises
    ------
    ValueError
        If there is more than one delay or never is not in the table.

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
    rows = []
    for policy in dict.fromkeys(days["policy"]):
        if policy == NEVER:
            continue
        gap = (_never(wide) - wide[policy]).groupby("stream").cumsum()
        for day, values in gap.groupby("day"):
            found = over_streams(values)
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


def cheapest_by_price(table: pd.DataFrame) -> pd.DataFrame:
    """Return from which cost of a retraining to which each policy is cheapest on average.

    Parameters
    ----------
    table : DataFrame
        From `bills`. The oracle is left out: nobody can have it, and it goes by the price.

    Returns
    -------
    DataFrame
        For each ``delay`` the ``policy`` that is cheapest at prices ``above`` to ``up_to``,
        euros for each retraining, in the order of prices.

    Notes
    -----
    A policy's total is a straight line in the price, its retrainings a day the slope, so the
    cheapest ones are the lower envelope of lines.

    Examples
    --------
    >>> table = pd.DataFrame({"stream": 0, "delay": 0.0, "policy": ["never", "weekly"],
    ...     "decisions": [100.0, 80.0], "retrainings": [0, 2], "days": 10})
    >>> cheapest_by_price(table)["up_to"].tolist()
    [100.0, inf]
    """
    once = table[table["policy"] != ORACLE].drop_duplicates(["stream", "delay", "policy"])
    once = once.assign(slope=once["retrainings"] / once["days"])
    lines = once.groupby(["delay", "policy"], sort=False)[["decisions", "slope"]].mean()
    rows = []
    for delay, part in lines.groupby(level="delay"):
        left, price = part.droplevel("delay").sort_values(["decisions", "slope"]), 0.0
        while True:
            now, left = left.iloc[0], left[left["slope"] < left["slope"].iloc[0]]
            crossing = (left["decisions"] - now["decisions"]) / (now["slope"] - left["slope"])
            up_to = crossing.min() if len(left) else np.inf
            rows.append((delay, now.name, price, up_to))
            if not len(left):
                break
            price = up_to
            # Of those that cross here, the flattest is cheapest from here on.
            at = left[crossing == up_to].sort_values("slope").iloc[[0]]
            left = pd.concat([at, left.drop(at.index)])
    return pd.DataFrame(rows, columns=["delay", "policy", "above", "up_to"])


def break_even(table: pd.DataFrame, *, policy: str, delay: float) -> Interval:
    """Return the cost of a retraining at which a policy is as dear as never retraining.

    Parameters
    ----------
    table : DataFrame
        From `bills`, at least two streams.
    policy : str
        One that retrains.
    delay : float
        Label delay, days.

    Returns
    -------
    Interval
        Euros for each retraining: below, `policy` is cheaper. Negative where its retrainings
        do harm even if they are free.

    Raises
    ------
    ValueError
        If a policy or the delay is not in the table, or `policy` does not retrain.

    Notes
    -----
    A ratio of two means, the euros saved by decisions over the retrainings made, with a
    percentile bootstrap of whole streams, 2,000 draws.

    Examples
    --------
    >>> table = pd.DataFrame({"stream": [0, 1] * 2, "delay": 0.0, "retraining_cost": 0.0,
    ...     "policy": ["never"] * 2 + ["weekly"] * 2, "retrainings": [0, 0, 2, 2], "days": 10,
    ...     "decisions": [90.0, 110.0, 70.0, 92.0]})
    >>> print(f"{break_even(table, policy='weekly', delay=0):.0f}")
    95 [90, 100]
    """
    at = table[table["delay"] == delay].drop_duplicates(["stream", "policy"])
    for name in (policy, NEVER):
        if name not in set(at["policy"]):
            msg = f"There is no policy {name!r} at a delay of {delay:g} days in the table."
            raise ValueError(msg)
    wide = at.assign(paid=at["decisions"] * at["days"]).pivot_table(
        index="stream", columns="policy", values=["paid", "retrainings"]
    )
    saved = (wide["paid"][NEVER] - wide["paid"][policy]).to_numpy(dtype=np.float64)
    made = wide["retrainings"][policy].to_numpy(dtype=np.float64)
    if made.sum() <= 0:
        msg = f"policy {policy!r} must retrain, and does not."
        raise ValueError(msg)
    draws = np.random.default_rng(0).integers(len(saved), size=(2000, len(saved)))
    total = made[draws].sum(axis=1)
    ratios = saved[draws].sum(axis=1)[total > 0] / total[total > 0]
    estimate = saved.sum() / made.sum()
    how = {"level": 0.95, "method": "bootstrap of streams", "n": len(saved)}
    return from_draws(estimate, ratios, **how)


def _wide(table: pd.DataFrame) -> Iterator[tuple[tuple[float, float], pd.DataFrame]]:
    """Yield each setting with its table of streams by policies."""
    for setting, part in table.groupby(_SETTING, sort=True):
        wide = part.pivot_table(index="stream", columns="policy", values="total")
        yield setting, wide[list(dict.fromkeys(part["policy"]))]


def _never(wide: pd.DataFrame) -> pd.Series:
    if NEVER not in wide:
        msg = f"There must be a policy {NEVER!r} to compare with, got {[*wide]}."
        raise ValueError(msg)
    return wide[NEVER]
