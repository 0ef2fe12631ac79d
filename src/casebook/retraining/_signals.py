"""Signals: one number each morning, from what may be known, that may call for a retraining."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from casebook.retraining._labels import Seen
from casebook.streams import DAY


class Signal(Protocol):
    """Anything that turns what may be known into one number; larger is more alarming."""

    window: int

    def __call__(self, seen: Seen) -> float:
        """Return the signal of this morning."""


def largest_distance(reference: pd.DataFrame, current: pd.DataFrame) -> float:
    r"""Return the largest Kolmogorov–Smirnov distance of a column, read at the deciles.

    Parameters
    ----------
    reference, current : DataFrame, shapes (n, p) and (m, p)
        The same columns, each with at least one row and no missing value.

    Returns
    -------
    float
        From 0 to 1.

    Notes
    -----
    For each column :math:`\max_k |F(q_k) - F_0(q_k)|` over the nine deciles :math:`q_k` of the
    reference (of 2,000 evenly spaced rows of it at most), where :math:`F` and :math:`F_0` are the
    shares of values of at most :math:`q_k`. It is never above the Kolmogorov–Smirnov distance,
    takes a few milliseconds, and is not led astray by a few wild values, as a difference of means
    is.

    Examples
    --------
    >>> old = pd.DataFrame({"a": range(100), "b": range(100)})
    >>> round(largest_distance(old, old + [0, 30]), 3)
    0.3
    """
    old, new = reference.to_numpy(), current.to_numpy()
    old = np.sort(old[:: -(-len(old) // 2000)], axis=0)
    deciles = old[[-(-len(old) * k // 10) - 1 for k in range(1, 10)]]
    # A column's values side by side are counted three times as fast.
    sides = [np.ascontiguousarray(side.T) for side in (old, new)]

    def shares(edge: NDArray[np.float64]) -> list[NDArray[np.float64]]:
        return [np.count_nonzero(v <= edge[:, None], axis=1) / v.shape[1] for v in sides]

    return max(float(np.abs(np.subtract(*shares(edge))).max()) for edge in deciles)


@dataclass(frozen=True)
class Reports:
    """Reported frauds a day: needs labels, and so comes late.

    Parameters
    ----------
    window : int, default 2
        Days over which reports are counted.

    Examples
    --------
    >>> Reports(window=3).window
    3
    """

    window: int = 2

    def __call__(self, seen: Seen) -> float:
        """Return the reports of the window, by day of the window."""
        return float((seen.report_time > (seen.day - self.window) * DAY).sum() / self.window)


@dataclass(frozen=True)
class Inputs:
    """A distance between the inputs of late and those that the model started with: no label.

    Parameters
    ----------
    window : int, default 1
        Days that are compared.
    reference_days : int, default 7
        Days before the present model began, to compare with.
    statistic : callable, default `largest_distance`
        Takes the inputs of the reference and of the window, two data frames, and returns a
        number that is larger where they differ more. Any detector of drift can stand here.

    Examples
    --------
    >>> Inputs(window=2).reference_days
    7
    """

    window: int = 1
    reference_days: int = 7
    statistic: Callable[[pd.DataFrame, pd.DataFrame], float] = largest_distance

    def __call__(self, seen: Seen) -> float:
        """Return the distance; 0 while the model is younger than the window."""
        if seen.day - seen.since < self.window:
            return 0.0
        before = seen.rows_of(max(seen.since - self.reference_days, 0), seen.since)
        late = seen.rows_of(seen.day - self.window, seen.day)
        return float(self.statistic(seen.inputs.iloc[before], seen.inputs.iloc[late]))


@dataclass(frozen=True)
class Blocked:
    r"""A change in the number of blocked payments a day: no label, and reviewers see it first.

    Parameters
    ----------
    window : int, default 1
        Days that are compared.
    reference_days : int, default 7
        Days before the window to compare with, of the present model; at least 3 are needed.

    Notes
    -----
    The signal is :math:`|\sqrt{a} - \sqrt{b}|` for `a` and `b` blocked payments a day, up or
    down: the root makes a change by chance about as large for few as for many.

    Examples
    --------
    >>> Blocked().window
    1
    """

    window: int = 1
    reference_days: int = 7

    def __call__(self, seen: Seen) -> float:
        """Return the change; 0 while the present model is too new for a comparison."""
        end = seen.day - self.window
        begin = max(seen.since, end - self.reference_days)
        if end - begin < 3:
            return 0.0
        late = seen.blocked[seen.rows_of(end, seen.day)].sum() / self.window
        before = seen.blocked[seen.rows_of(begin, end)].sum() / (end - begin)
        return float(abs(np.sqrt(late) - np.sqrt(before)))
