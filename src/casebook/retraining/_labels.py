"""What is known of the payments so far: which labels have come in, and which never will."""

from dataclasses import dataclass

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
