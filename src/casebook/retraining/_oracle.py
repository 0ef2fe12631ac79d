"""The best that retraining could do: every label at once, and hindsight about when."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from joblib import delayed
from numpy.typing import NDArray

from casebook.retraining._run import Learner
from casebook.streams import Stream
from casebook.workers import pool
from prerelease import _validate


@dataclass(frozen=True, eq=False)
class Hindsight:
    """What each model would have cost on each day.

    Parameters
    ----------
    cost : ndarray, shape (d, d)
        Euros; row s is the model trained in the morning of decision day s on all labels
        before it, column t the day. Only t >= s is used.
    """

    cost: NDArray[np.float64]

    def best(self, retraining_cost: float) -> tuple[float, tuple[int, ...]]:
        """Return the cheapest way through, and when it retrains.

        Parameters
        ----------
        retraining_cost : float
            Euros each, not negative.

        Returns
        -------
        total : float
            Euros, retrainings included.
        days : tuple of int
            Decision days in whose morning it retrains.

        Raises
        ------
        ValueError
            If `retraining_cost` is negative or not finite.

        Notes
        -----
        The models do not depend on the decisions, since all labels are known, so dynamic
        programming finds the exact optimum. Never retraining is one of the ways, and so is
        every schedule that has all labels: none of them is ever cheaper. A policy that lacks
        labels trains other models, and could be cheaper by luck.

        Examples
        --------
        >>> hindsight = Hindsight(np.array([[1.0, 9.0], [np.nan, 2.0]]))
        >>> hindsight.best(0.0), hindsight.best(10.0)
        ((3.0, (1,)), (10.0, ()))
        """
        price = _validate.number(
            retraining_cost, "retraining_cost", above=0, below=np.inf, closed=True
        )
        best = {0: (float(self.cost[0, 0]), ())}
        for day in range(1, len(self.cost)):
            total, path = min(best.values())
            best = {s: (t + float(self.cost[s, day]), p) for s, (t, p) in best.items()}
            best[day] = (total + price + float(self.cost[day, day]), (*path, day))
        return min(best.values())


def hindsight(learner: Learner) -> Hindsight:
    """Train a model in each morning on all labels so far, and price it on all days after.

    Parameters
    ----------
    learner : Learner
        The stream and the model.

    Returns
    -------
    Hindsight
        What each model would have cost on each day.

    Examples
    --------
    >>> import pandas as pd
    >>> from casebook import data, split, streams
    >>> payments = pd.concat(split.development(data.load_sample()))
    >>> hindsight(Learner(streams.build(streams.pool(payments), n_days=9))).cost.shape
    (2, 2)
    """
    stream = learner.stream
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
    return Hindsight(cost)


def hindsights(
    streams: Iterable[Stream],
    *,
    processes: int = 1,
    tell: Callable[[int], None] | None = None,
) -> list[Hindsight]:
    """Return the `hindsight` of each stream with the usual `Learner`.

    Parameters
    ----------
    streams : iterable of Stream
        In their order.
    processes : int, default 1
        How many streams are worked on at a time.
    tell : callable, optional
        Called with the number of streams done.

    Returns
    -------
    list of Hindsight
        One a stream.

    Examples
    --------
    >>> hindsights([])
    []
    """
    found = []
    with pool(processes, return_as="generator") as workers:
        for one in workers(delayed(_of_stream)(stream) for stream in streams):
            found.append(one)
            if tell:
                tell(len(found))
    return found


def _of_stream(stream: Stream) -> Hindsight:
    return hindsight(Learner(stream))
