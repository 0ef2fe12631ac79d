"""A stream with a change of known date and size."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from casebook import models
from casebook.streams._deal import DAY, deal
from casebook.streams._pool import Pool
from prerelease import _validate

KINDS = ("none", "concept", "covariate", "bug")
BROKEN = "V14"
"""The input that the data bug overwrites."""
_ATTEMPTS = 200


@dataclass(frozen=True)
class Shift:
    """A change in the stream, its first day and its size.

    Parameters
    ----------
    kind : {"none", "concept", "covariate", "bug"}
        ``"concept"``: bursts of quiet frauds (see `quiet_frauds`) come in, where all were loud
        before.
        ``"covariate"``: payments of more than the median amount become rarer, and nothing
        else changes. ``"bug"``: one input, `BROKEN`, arrives as 0.
    day : int, default 0
        First day of the change, counted from the first day of the stream.
    size : float, default 1
        From 0 (no change) to 1: the share of the quiet bursts that come, of the larger honest
        payments that stay away, or of the payments whose input is broken.

    Raises
    ------
    ValueError
        If the kind is unknown or a number is out of range.

    Examples
    --------
    >>> Shift("concept", day=12).size
    1.0
    """

    kind: str
    day: int = 0
    size: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what is no change."""
        _validate.choice(self.kind, "kind", KINDS)
        _validate.integer(self.day, "day", low=0)
        _validate.number(self.size, "size", above=0, below=1, closed=True)


CALM = Shift("none")
"""No change."""


@dataclass(frozen=True, eq=False)
class Stream:
    """Payments of many days, sorted in time.

    Parameters
    ----------
    pool : Pool
        The payments that the stream was dealt from.
    row : ndarray of int, shape (n,)
        Position of each payment in the pool.
    time : ndarray, shape (n,)
        Seconds since the stream began.
    amount : ndarray, shape (n,)
        Euros.
    fraud : ndarray of bool, shape (n,)
        The truth, which policies learn late or never.
    weight : ndarray, shape (n,)
        Real payments that each row stands for: 1 on the full data.
    lot, luck : ndarray, shape (n,)
        Numbers drawn for each row, from 0 to 1. Who draws rows to train on goes by `lot`, so
        that all policies draw alike; whether a review finds out the truth goes by `luck`.
    changed : ndarray of bool, shape (n,)
        Rows in which a data bug overwrote an input; all others are as they were recorded.
    n_days, n_history : int
        Days of the stream, and how many of them come before the model decides.
    shift : Shift
        What changes, and when.
    """

    pool: Pool
    row: NDArray[np.intp]
    time: NDArray[np.float64]
    amount: NDArray[np.float64]
    fraud: NDArray[np.bool_]
    weight: NDArray[np.float64]
    lot: NDArray[np.float64]
    luck: NDArray[np.float64]
    changed: NDArray[np.bool_]
    n_days: int
    n_history: int
    shift: Shift

    def __len__(self) -> int:
        return len(self.row)

    def inputs(self) -> pd.DataFrame:
        """Return what a model may look at, with what a data bug made of it.

        Returns
        -------
        DataFrame, shape (n, 29)
            Columns `casebook.models.INPUTS`, made at each call: a stream itself is small.
        """
        values = self.pool.inputs[self.row]
        values[self.changed, models.INPUTS.index(BROKEN)] = 0.0
        return pd.DataFrame(values, columns=[*models.INPUTS])

    def rows_of(self, first: int, last: int) -> slice:
        """Return where the rows of some days lie.

        Parameters
        ----------
        first, last : int
            First day, and the day after the last, counted from the first day of the stream.

        Returns
        -------
        slice
            Of the rows.
        """
        low, high = np.searchsorted(self.time, [first * DAY, last * DAY])
        return slice(int(low), int(high))


def build(
    pool: Pool, *, shift: Shift = CALM, n_days: int = 30, n_history: int = 7, seed: int = 0
) -> Stream:
    """Build a stream of real payments with a change of known date and size.

    Parameters
    ----------
    pool : Pool
        The payments.
    shift : Shift, default CALM
        The change; the same seed with another change gives the same days before it.
    n_days : int, default 30
        Days of the stream.
    n_history : int, default 7
        The first days, whose labels are complete before the model is put to work.
    seed : int, default 0
        Of the dealing and of all lots.

    Returns
    -------
    Stream
        Before the change it holds honest payments and the bursts that are not quiet.

    Raises
    ------
    ValueError
        If there are too few payments for `deal`, the history leaves no day to decide or cannot
        be dealt a fraud, or the change does not fall on a day on which the model decides.

    Notes
    -----
    A bank whose history holds no fraud has nothing to learn from: such a deal is made anew.

    Examples
    --------
    >>> from casebook import data, split
    >>> from casebook.streams import pool
    >>> payments = pd.concat(split.development(data.load_sample()))
    >>> stream = build(pool(payments), shift=Shift("concept", day=14))
    >>> stream.n_days, bool(stream.fraud.any()), bool(stream.changed.any())
    (30, True, False)
    """
    _validate.integer(n_history, "n_history", low=1)
    _validate.integer(n_days, "n_days", low=n_history + 1)
    if shift.kind != "none" and not n_history <= shift.day < n_days:
        msg = (
            f"shift.day must be a day on which the model decides, from {n_history} to "
            f"{n_days - 1}, got {shift.day}."
        )
        raise ValueError(msg)
    for attempt in range(_ATTEMPTS):
        row, time = deal(pool.time, pool.fraud, n_days=n_days, seed=[seed, attempt])
        history = row[time < n_history * DAY]
        if (pool.fraud & ~pool.quiet)[history].any():
            break
    else:
        msg = f"There is no fraud in the history of {n_history} days: nothing to learn from."
        raise ValueError(msg)
    lot, luck, chance = np.random.default_rng([seed, 1]).random((3, len(pool.time)))
    struck = (time >= shift.day * DAY) & (chance[row] < shift.size)
    comes = ~pool.quiet[row]
    if shift.kind == "concept":
        # A burst comes whole, or not at all: as its first fraud does.
        burst = pool.burst[row]
        _, first, number = np.unique(burst, return_index=True, return_inverse=True)
        comes |= (burst >= 0) & struck[first[number]]
    if shift.kind == "covariate":
        comes &= ~(pool.larger[row] & struck)
    row, time, struck = row[comes], time[comes], struck[comes]
    return Stream(
        pool=pool, row=row, time=time, amount=pool.amount[row], fraud=pool.fraud[row],
        weight=pool.weight[row], lot=lot[row], luck=luck[row],
        changed=struck & (shift.kind == "bug"), n_days=n_days, n_history=n_history, shift=shift,
    )  # fmt: skip
