"""At which price of a retraining the choice of a policy flips."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from casebook.retraining._compare import ORACLE
from prerelease.intervals import Interval


def cheapest_by_price(table: pd.DataFrame, *, leave_out: Sequence[str] = (ORACLE,)) -> pd.DataFrame:
    """Return from which cost of a retraining to which each policy is cheapest on average.

    Parameters
    ----------
    table : DataFrame
        From `bills`.
    leave_out : sequence of str, default ("oracle",)
        Policies that nobody can have, or whose choices depend on the price.

    Returns
    -------
    DataFrame
        For each ``delay`` the ``policy`` that is cheapest at prices ``above`` to ``up_to``,
        euros for each retraining, in the order of prices.

    Raises
    ------
    ValueError
        If no policy is left.

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
    once = table[~table["policy"].isin(leave_out)].drop_duplicates(["stream", "delay", "policy"])
    if once.empty:
        msg = f"No policy is left without {', '.join(leave_out)}."
        raise ValueError(msg)
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


def break_even(  # noqa: PLR0913 - all but the data are keywords
    table: pd.DataFrame,
    *,
    policy: str,
    delay: float,
    reference: str = "never",
    level: float = 0.95,
    n_resamples: int = 2000,
    seed: int = 0,
) -> Interval:
    """Return the cost of a retraining at which a policy is as dear as another.

    Parameters
    ----------
    table : DataFrame
        From `bills`, at least two streams.
    policy, reference : str
        `policy` retrains more often; the reference is ``"never"`` by default.
    delay : float
        Label delay, days.
    level : float, default 0.95
        Coverage of the interval.
    n_resamples : int, default 2000
        Draws of streams.
    seed : int, default 0
        Of the draws.

    Returns
    -------
    Interval
        Euros for each retraining: below, `policy` is cheaper. Negative where its retrainings
        do harm even if they are free.

    Raises
    ------
    ValueError
        If a policy or the delay is not in the table, or `policy` does not retrain more often.

    Notes
    -----
    A ratio of two means, the euros saved by decisions over the retrainings made, with a
    percentile bootstrap of whole streams.

    Examples
    --------
    >>> table = pd.DataFrame({"stream": [0, 1] * 2, "delay": 0.0, "retraining_cost": 0.0,
    ...     "policy": ["never"] * 2 + ["weekly"] * 2, "retrainings": [0, 0, 2, 2], "days": 10,
    ...     "decisions": [90.0, 110.0, 70.0, 92.0]})
    >>> print(f"{break_even(table, policy='weekly', delay=0):.0f}")
    95 [90, 100]
    """
    at = table[table["delay"] == delay].drop_duplicates(["stream", "policy"])
    for name in (policy, reference):
        if name not in set(at["policy"]):
            msg = f"There is no policy {name!r} at a delay of {delay:g} days in the table."
            raise ValueError(msg)
    decisions = at.assign(paid=at["decisions"] * at["days"]).pivot_table(
        index="stream", columns="policy", values=["paid", "retrainings"]
    )
    saved = _floats(decisions["paid"][reference] - decisions["paid"][policy])
    made = _floats(decisions["retrainings"][policy] - decisions["retrainings"][reference])
    if made.sum() <= 0:
        msg = f"policy {policy!r} must retrain more often than {reference!r}, and does not."
        raise ValueError(msg)
    draws = np.random.default_rng(seed).integers(len(saved), size=(n_resamples, len(saved)))
    total = made[draws].sum(axis=1)
    ratios = saved[draws].sum(axis=1)[total > 0] / total[total > 0]
    low, high = np.quantile(ratios, [(1 - level) / 2, (1 + level) / 2])
    value = saved.sum() / made.sum()
    return Interval(
        float(value), float(min(low, value)), float(max(high, value)), level=level,
        method="bootstrap of streams", n=len(saved),
    )  # fmt: skip


def _floats(values: pd.Series) -> NDArray[np.float64]:
    return values.to_numpy(dtype=np.float64)
