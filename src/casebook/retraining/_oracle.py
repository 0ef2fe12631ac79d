"""The best that retraining could do: every label at once, and hindsight about when."""

from collections.abc import Callable, Iterable

import numpy as np
from joblib import delayed
from numpy.typing import NDArray

from casebook.retraining._run import Learner
from casebook.streams import Stream
from casebook.workers import results


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
