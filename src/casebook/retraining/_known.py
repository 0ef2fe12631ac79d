"""What is known each morning: which labels have come in, and the signals made of what is known."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from casebook.streams import DAY, Stream
from prerelease import _validate

UNLABELLED = ("left out", "taken as honest")


@dataclass(frozen=True, kw_only=True)
class Labelling:
    """How labels come to be known once the model decides.

    Parameters
    ----------
    delay : float, default 0
        Days from a payment that was accepted to the customer's complaint, if it was a fraud.
        Who has not complained by then is honest.
    confirmed : float, default 0
        Share of the blocked payments, from 0 to 1, whose review finds out the truth; it is
        known on the next day. The others never show what they were.
    unlabelled : {"left out", "taken as honest"}
        What training does with rows whose label is not known: blocked ones, and accepted ones
        that are younger than the delay. ``"taken as honest"`` is the mistake of a table in
        which no complaint means no fraud.

    Raises
    ------
    ValueError
        If a number is out of range or a word unknown.

    Examples
    --------
    >>> Labelling(delay=7).unlabelled
    'left out'
    """

    delay: float = 0.0
    confirmed: float = 0.0
    unlabelled: str = "left out"

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        _validate.number(self.delay, "delay", above=0, below=np.inf, closed=True)
        _validate.number(self.confirmed, "confirmed", above=0, below=1, closed=True)
        _validate.choice(self.unlabelled, "unlabelled", UNLABELLED)


@dataclass(frozen=True, eq=False)
class Seen:
    """All that may be known in the morning of a day: nothing in it is from later.

    Parameters
    ----------
    day : int
        The day that begins, counted from the first day of the stream.
    since : int
        First day on which the present model decided.
    n_history : int
        First day on which any model decided.
    time : ndarray, shape (n,)
        Seconds of all payments so far.
    inputs : DataFrame, shape (n, 29)
        Their inputs.
    blocked : ndarray of bool, shape (n,)
        What was decided about them; False in the history.
    report_time : ndarray, shape (k,)
        When each fraud that was accepted has been reported, in seconds.
    """

    day: int
    since: int
    n_history: int
    time: NDArray[np.float64]
    inputs: pd.DataFrame
    blocked: NDArray[np.bool_]
    report_time: NDArray[np.float64]

    def rows_of(self, first: int, last: int) -> slice:
        """Return where the rows of the days from `first` to before `last` lie."""
        low, high = np.searchsorted(self.time, [first * DAY, last * DAY])
        return slice(int(low), int(high))


def training_labels(
    stream: Stream, blocked: NDArray[np.bool_], day: int, *, labelling: Labelling
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which rows may be trained on in the morning of a day, and as what.

    Parameters
    ----------
    stream : Stream
        The payments.
    blocked : ndarray of bool, shape (n,)
        What was decided so far.
    day : int
        The day that begins, counted from the first day of the stream.
    labelling : Labelling
        How labels come to be known.

    Returns
    -------
    usable, fraud : ndarray of bool, shape (n,)
        Rows to train on, and those of them that are to be taken as fraud.

    Notes
    -----
    The labels of the history are complete. After it:

    ======================================= =====================================
    payment                                 label
    ======================================= =====================================
    accepted, at least `delay` days old     known: reported as fraud, or honest
    accepted, younger                       not known yet
    blocked, review found out               known the next day
    blocked, review found nothing out       never known
    ======================================= =====================================

    Examples
    --------
    >>> from casebook import data, split, streams
    >>> payments = pd.concat(split.development(data.load_sample()))
    >>> stream = streams.build(streams.pool(payments))
    >>> nothing = np.zeros(len(stream), dtype=bool)
    >>> usable, _ = training_labels(stream, nothing, 10, labelling=Labelling(delay=2))
    >>> int(stream.time[usable].max() // DAY)
    7
    """
    now = day * DAY
    past = stream.time < now
    history = stream.time < stream.n_history * DAY
    settled = ~blocked & (stream.time + labelling.delay * DAY <= now)
    found_out = blocked & (stream.luck < labelling.confirmed)
    known = past & (history | settled | found_out)
    if labelling.unlabelled == "taken as honest":
        return past, known & stream.fraud
    return known, known & stream.fraud


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
