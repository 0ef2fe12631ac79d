"""What a team that can review only so many alerts an hour or a day will catch."""

import heapq
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate
from prerelease.costs._model import CostModel
from prerelease.costs._realised import bounds, check_block, check_cases, rule_costs
from prerelease.intervals import binomial

_SECONDS = {"hour": 3600.0, "day": 86_400.0}


def alerts_at_capacity(
    priority: ArrayLike,
    time: ArrayLike,
    *,
    k: int,
    period: str = "hour",
) -> NDArray[np.bool_]:
    """Return which cases are blocked when at most `k` alerts a period can be reviewed.

    Parameters
    ----------
    priority : array-like, shape (n,)
        What is reviewed first: a score, or what is at stake (`expected_saving`).
    time : array-like, shape (n,)
        Seconds; periods are counted from 0. Need not be sorted.
    k : int
        Alerts a period, from 1 to n.
    period : {"hour", "day"}
        How long a period is. Each has its `k` alerts, or all its cases, if fewer.

    Returns
    -------
    ndarray of bool, shape (n,)
        Whether to block.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, if lengths differ, or if `k` is not an
        integer from 1 to n.

    Notes
    -----
    Equal priorities are served first come, first served, then in the order of the rows: a
    queue, unlike a threshold, can separate them. The `k` most urgent of an hour are known at
    its end only, so this is a team that works through the past hour, and an upper bound for
    one that must decide at once.

    Examples
    --------
    >>> alerts_at_capacity([0.9, 0.8, 0.1, 0.2], [0, 10, 3600, 3700], k=1)
    array([ True, False, False,  True])
    """
    priorities, times = _validate.columns(priority=priority, time=time)
    _validate.integer(k, "k", low=1, high=len(priorities))
    slot = np.floor(times / _SECONDS[_validate.choice(period, "period", list(_SECONDS))])
    urgent = np.lexsort((times, -priorities))
    place = pd.Series(slot).iloc[urgent].groupby(slot[urgent]).cumcount()
    return (place.sort_index() < k).to_numpy()


def capacity_table(  # noqa: PLR0913 (all but the data are keywords)
    y: ArrayLike,
    priority: ArrayLike,
    amount: ArrayLike,
    time: ArrayLike,
    *,
    ks: Sequence[int],
    costs: CostModel,
    period: str = "hour",
) -> pd.DataFrame:
    """Return what is caught, and what it costs, at each capacity.

    Parameters
    ----------
    y, amount, costs
        As for `savings`.
    priority, time, period
        As for `alerts_at_capacity`.
    ks : sequence of int
        Alerts a period to try, each from 1 to n.

    Returns
    -------
    DataFrame
        One row for each of `ks`. Columns ``k``, ``alerts``, ``caught`` (positives among them),
        ``precision``, ``recall``, their exact binomial 95 % intervals ``precision_low``,
        ``precision_high``, ``recall_low`` and ``recall_high``, ``amount_caught``,
        ``amount_recall`` (its share of all positives' amounts; NaN if those are 0), ``cost``,
        ``cost_per_1000`` and ``savings``.

    Raises
    ------
    ValueError
        As in `alerts_at_capacity`, if `ks` is empty, or if no positive is worth blocking.

    Notes
    -----
    The intervals take cases to be independent; positives that come in bursts make them too
    narrow. The share of the amounts has none: it hangs on a few large ones.

    Examples
    --------
    >>> table = capacity_table(
    ...     [1, 0, 0, 1], [0.9, 0.8, 0.1, 0.2], [100, 5, 5, 60], [0, 10, 3600, 3700],
    ...     ks=[1, 2], costs=CostModel(),
    ... )
    >>> table[["alerts", "precision", "recall"]].to_numpy().tolist()
    [[2.0, 1.0, 1.0], [4.0, 0.5, 1.0]]
    """
    cases = check_cases(y, amount)
    positive, amounts, _ = cases
    _validate.same_length(y=positive, priority=np.asarray(priority))
    if len(ks) == 0:
        msg = "ks must hold at least one number of alerts, got none."
        raise ValueError(msg)
    accept_all, _, oracle = bounds(cases, costs)
    all_amounts = float(amounts[positive].sum())
    rows = []
    for k in ks:
        block = alerts_at_capacity(priority, time, k=k, period=period)
        caught = positive & block
        cost = float(rule_costs(cases, block, costs).sum())
        amount_caught = float(amounts[caught].sum())
        rows.append(
            {
                "k": k,
                "alerts": int(block.sum()),
                "caught": int(caught.sum()),
                **_share("precision", caught, block),
                **_share("recall", caught, positive),
                "amount_caught": amount_caught,
                "amount_recall": amount_caught / all_amounts if all_amounts > 0 else np.nan,
                "cost": cost,
                "cost_per_1000": 1000 * cost / len(positive),
                "savings": (accept_all - cost) / (accept_all - oracle),
            }
        )
    return pd.DataFrame(rows)


def _share(name: str, hits: NDArray[np.bool_], of: NDArray[np.bool_]) -> dict[str, float]:
    share = binomial(int(hits.sum()), int(of.sum()))
    return {name: share.estimate, f"{name}_low": share.low, f"{name}_high": share.high}


def review_times(
    priority: ArrayLike,
    time: ArrayLike,
    *,
    k: int,
    raised: ArrayLike | None = None,
    wait: float = 3600.0,
) -> NDArray[np.float64]:
    """Return when each case is reviewed by a team that works as the cases come in.

    Parameters
    ----------
    priority : array-like, shape (n,)
        What is reviewed first among the alerts that wait.
    time : array-like, shape (n,)
        Seconds, sorted.
    k : int
        Reviews an hour, 1 or more: one begins every ``3600 / k`` seconds, counted from 0.
    raised : array-like of {0, 1} or bool, shape (n,), optional
        Which cases raise an alert when they arrive; all by default.
    wait : float, default 3600
        Seconds that an alert may wait; after that nobody looks at it.

    Returns
    -------
    ndarray, shape (n,)
        Seconds at which the review of a case begins; NaN for those that nobody reviews.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, if lengths differ, or times are not sorted.

    Notes
    -----
    Nothing here looks ahead: what is reviewed at a moment depends on what has arrived by then,
    so `alerts_at_capacity`, which knows the whole hour, is its upper bound only by hindsight.
    A reviewer who finds nothing waiting waits for the next turn. Equal priorities are served
    in the order of their arrival.

    Examples
    --------
    >>> review_times([0.3, 0.9, 0.5], [10, 20, 1900], k=2)
    array([  nan, 1800., 3600.])
    """
    priorities, times = _validate.columns(priority=priority, time=time)
    _validate.sorted_times(times, "time")
    every = 3600.0 / _validate.integer(k, "k", low=1)
    _validate.number(wait, "wait", above=0)
    alert = np.ones(len(times), dtype=bool) if raised is None else check_block(raised, len(times))
    waiting: list[tuple[float, int]] = []
    reviewed = np.full(len(times), np.nan)
    rows = np.flatnonzero(alert)
    turn, came = 0, 0
    while came < len(rows) or waiting:
        if not waiting:  # nothing happens until the next alert
            turn = max(turn, int(np.ceil(times[rows[came]] / every)))
        now = turn * every
        while came < len(rows) and times[rows[came]] <= now:
            heapq.heappush(waiting, (-priorities[rows[came]], int(rows[came])))
            came += 1
        while waiting:
            _, row = heapq.heappop(waiting)
            if now - times[row] <= wait:
                reviewed[row] = now
                break
        turn += 1
    return reviewed
