"""Policies on the same streams: euros day by day, and what they add up to with retrainings."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from joblib import delayed
from numpy.typing import NDArray

from casebook.retraining._known import Labelling
from casebook.retraining._run import Learner, Policy, run
from casebook.streams import Stream
from casebook.workers import results
from prerelease import _validate

NEVER, ORACLE = "never", "oracle"


def daily(  # noqa: PLR0913 - all but the data are keywords
    streams: Iterable[Stream],
    policies: Mapping[str, Policy],
    *,
    delays: Sequence[float] = (0.0,),
    labelling: Labelling | None = None,
    processes: int = 1,
    tell: Callable[[int], None] | None = None,
) -> pd.DataFrame:
    """Run each policy on each stream at each label delay, day by day.

    Parameters
    ----------
    streams : iterable of Stream
        At least one; each with its own seed. Those of a generator need not fit into memory
        together.
    policies : mapping of str to Policy
        Under the names for the table; ``"oracle"`` is taken.
    delays : sequence of float, default (0,)
        Days until the fraud in an accepted payment is reported.
    labelling : Labelling, optional
        How labels come to be known, but for the delay.
    processes : int, default 1
        How many streams are run at a time.
    tell : callable, optional
        Called with the number of streams done.

    Returns
    -------
    DataFrame
        A row for each ``stream``, ``delay``, ``policy`` and day, with the columns of `run`.

    Raises
    ------
    ValueError
        If there is no stream or policy, or a delay is negative or not finite.

    Examples
    --------
    >>> from casebook import data, split
    >>> from casebook.retraining import Never, Scheduled
    >>> from casebook.streams import build, pool
    >>> payments = pd.concat(split.development(data.load_sample()))
    >>> stream = build(pool(payments), n_days=16)
    >>> table = daily([stream], {"never": Never(), "weekly": Scheduled(7)})
    >>> table.groupby("policy")["retrained"].sum().to_dict()
    {'never': 0, 'weekly': 1}
    """
    if not policies or ORACLE in policies:
        msg = f"policies must not be empty, and none may be named {ORACLE!r}; got {[*policies]}."
        raise ValueError(msg)
    delays = _validate.non_negative(list(delays), "delays").tolist()
    labelling = labelling or Labelling()
    rules = [replace(labelling, delay=delay) for delay in delays]
    calls = (delayed(_one)(stream, policies, rules) for stream in streams)
    done = enumerate(results(calls, processes=processes, tell=tell))
    parts = [part.assign(stream=number) for number, part in done]
    if not parts:
        msg = "streams must not be empty."
        raise ValueError(msg)
    return pd.concat(parts, ignore_index=True)


def _one(
    stream: Stream, policies: Mapping[str, Policy], rules: Sequence[Labelling]
) -> pd.DataFrame:
    """Run each policy on one stream under each rule of labelling."""
    learner = Learner(stream)
    return pd.concat(
        run(learner, policy, labelling=rule)[0].assign(delay=rule.delay, policy=name)
        for rule in rules
        for name, policy in policies.items()
    )


def bills(
    days: pd.DataFrame,
    *,
    retraining_costs: Sequence[float] = (0.0,),
    oracle: Sequence[NDArray[np.float64]] = (),
) -> pd.DataFrame:
    """Add up what each policy costs on each stream, with its retrainings.

    Parameters
    ----------
    days : DataFrame
        From `daily`.
    retraining_costs : sequence of float, default (0,)
        Euros for each retraining.
    oracle : sequence of ndarray, optional
        From `hindsights` of the streams. The oracle knows all labels at once, so it is
        the same at every delay.

    Returns
    -------
    DataFrame
        A row for each stream, delay, cost and policy: ``decisions`` (euros per day),
        ``retrainings`` (number in the stream), ``days`` and ``total`` (euros per day, with the
        retrainings).

    Raises
    ------
    ValueError
        If a cost is negative or not finite, or there is not one oracle a stream.

    Examples
    --------
    >>> days = pd.DataFrame({"stream": 0, "delay": 0.0, "policy": "weekly", "day": [7, 8],
    ...     "cost": [50.0, 70.0], "retrained": [False, True]})
    >>> bills(days, retraining_costs=[0, 100])["total"].tolist()
    [60.0, 110.0]
    """
    prices = _validate.non_negative(list(retraining_costs), "retraining_costs")
    found = days.groupby(["stream", "delay", "policy"], sort=False).agg(
        decisions=("cost", "mean"), retrainings=("retrained", "sum"), days=("day", "size")
    )
    found = found.reset_index()
    parts = [found.assign(retraining_cost=price) for price in prices]
    if len(oracle):
        if len(oracle) != found["stream"].nunique():
            msg = f"There must be one oracle a stream, got {len(oracle)}."
            raise ValueError(msg)
        once = found.drop_duplicates(["stream", "delay"]).assign(policy=ORACLE)
        for price in prices:
            total, days_of = zip(*(cheapest_way(cost, price) for cost in oracle), strict=True)
            made = once["stream"].map([*map(len, days_of)].__getitem__)
            paid = once["stream"].map(total.__getitem__) - price * made
            parts.append(
                once.assign(decisions=paid / once["days"], retrainings=made, retraining_cost=price)
            )
    table = pd.concat(parts, ignore_index=True)
    table["total"] = table.eval("decisions + retraining_cost * retrainings / days")
    return table


def hindsight(stream: Stream) -> NDArray[np.float64]:
    """Train a model in each morning on all labels so far, and price it on all days after.

    Parameters
    ----------
    stream : Stream
        The payments.

    Returns
    -------
    ndarray, shape (d, d)
        Euros; row s is the model trained in the morning of decision day s on all labels
        before it, column t the day. NaN where t < s.

    Examples
    --------
    >>> import pandas as pd
    >>> from casebook import data, split, streams
    >>> payments = pd.concat(split.development(data.load_sample()))
    >>> hindsight(streams.build(streams.pool(payments), n_days=9)).shape
    (2, 2)
    """
    learner = Learner(stream)
    first, last = stream.n_history, stream.n_days
    cost = np.full((last - first, last - first), np.nan)
    for start in range(first, last):
        fitted = learner.first
        if start > first:
            known = np.zeros(len(stream), dtype=bool)
            known[stream.rows_of(0, start)] = True
            fitted = learner.fit(known, known & stream.fraud)
        block = learner.decide(fitted, stream.rows_of(start, last))
        offset = stream.rows_of(start, last).start
        for day in range(start, last):
            today = stream.rows_of(day, day + 1)
            mine = block[today.start - offset : today.stop - offset]
            cost[start - first, day - first] = learner.bill(mine, today)
    return cost


def hindsights(
    streams: Iterable[Stream],
    *,
    processes: int = 1,
    tell: Callable[[int], None] | None = None,
) -> list[NDArray[np.float64]]:
    """Return `hindsight` of each stream, several at a time.

    Parameters
    ----------
    streams, processes, tell
        As for `casebook.retraining.daily`.

    Returns
    -------
    list of ndarray
        In the order of the streams.

    Examples
    --------
    >>> hindsights([])
    []
    """
    calls = (delayed(hindsight)(stream) for stream in streams)
    return [*results(calls, processes=processes, tell=tell)]


def cheapest_way(cost: NDArray[np.float64], price: float) -> tuple[float, tuple[int, ...]]:
    """Return the cheapest way through the days, and when it retrains.

    Parameters
    ----------
    cost : ndarray, shape (d, d)
        From `hindsight`.
    price : float
        Euros for each retraining.

    Returns
    -------
    total : float
        Euros, retrainings included.
    days : tuple of int
        Decision days in whose morning it retrains.

    Notes
    -----
    The models do not depend on the decisions, since all labels are known, so dynamic
    programming finds the exact optimum. Never retraining is one of the ways, and so is
    every schedule that has all labels: none of them is ever cheaper. A policy that lacks
    labels trains other models, and could be cheaper by luck.

    Examples
    --------
    >>> cost = np.array([[1.0, 9.0], [np.nan, 2.0]])
    >>> cheapest_way(cost, 0.0), cheapest_way(cost, 10.0)
    ((3.0, (1,)), (10.0, ()))
    """
    best = {0: (float(cost[0, 0]), ())}
    for day in range(1, len(cost)):
        total, path = min(best.values())
        best = {s: (t + float(cost[s, day]), p) for s, (t, p) in best.items()}
        best[day] = (total + price + float(cost[day, day]), (*path, day))
    return min(best.values())
