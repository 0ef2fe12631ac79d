"""Stretches of real time and whole bursts of fraud, dealt to the days of a stream."""

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate

DAY, HOUR = 86_400, 3_600
GAP = 600.0
"""Seconds within which frauds that follow each other are one burst, see `profile.runs`."""


def bursts(time: ArrayLike, fraud: ArrayLike) -> NDArray[np.intp]:
    """Return the burst of each payment: frauds that follow each other within `GAP`.

    Parameters
    ----------
    time : array-like, shape (n,)
        Seconds of the payments, sorted.
    fraud : array-like of bool, shape (n,)
        Which of them are frauds.

    Returns
    -------
    ndarray of int, shape (n,)
        Numbers from 0 in the order of time; -1 for honest payments.

    Raises
    ------
    ValueError
        If times go back or lengths differ.

    Examples
    --------
    >>> bursts([0.0, 30.0, 500.0, 1500.0], [1, 0, 1, 1]).tolist()
    [0, -1, 0, 1]
    """
    seconds = _validate.sorted_times(time, "time")
    is_fraud = _validate.binary(fraud, "fraud", both=False)
    _validate.same_length(time=seconds, fraud=is_fraud)
    number = np.full(seconds.size, -1)
    number[is_fraud] = np.cumsum(np.diff(seconds[is_fraud], prepend=-np.inf) > GAP) - 1
    return number


def deal(
    time: ArrayLike,
    fraud: ArrayLike,
    *,
    n_days: int = 30,
    block_seconds: int = 120,
    seed: int | Sequence[int] = 0,
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    r"""Deal real payments to the days of a stream: each at most once, bursts of fraud whole.

    Parameters
    ----------
    time : array-like, shape (n,)
        Seconds of the payments, sorted.
    fraud : array-like of bool, shape (n,)
        Which of them are frauds.
    n_days : int, default 30
        Days of the stream, at least 1.
    block_seconds : int, default 120
        Length of a stretch of honest payments; an hour must be a whole number of them.
    seed : int or sequence of int, default 0
        Of the dealing.

    Returns
    -------
    row : ndarray of int, shape (m,)
        Positions of the payments in the stream, in the order of their new times. No position
        occurs twice.
    time : ndarray, shape (m,)
        Seconds since the stream began; modulo a day they are those that were given.

    Raises
    ------
    ValueError
        If there are no payments, fewer stretches of some hour of the day than days, or a burst
        goes on past the end of a stream of one day.

    Notes
    -----
    *Honest payments*: each hour of each day gets one stretch out of the same hour of a real
    day. So a day of the stream holds ``24 * block_seconds`` seconds of real traffic: a bank of
    the same customers, but ``3600 / block_seconds`` times smaller.

    *Frauds*: a stretch would tear a burst that is longer than it, and spread one attack over
    weeks. So a burst goes whole to one day drawn at random, at its own time of the day and with
    its own spacing. It is dealt at all with the chance that honest payments of its hours have
    to be dealt (the mean over its frauds :math:`i` of the share :math:`s_{h(i)}` of the
    stretches of their hour that are dealt). So the expected number of frauds is
    :math:`\sum_i s_{h(i)}`, and the rate of fraud that of the data; it varies from stream to
    stream as whole bursts do.

    References
    ----------
    H. R. Künsch, "The jackknife and the bootstrap for general stationary observations", Annals
    of Statistics 17, 1989: whole blocks keep what hangs together. There they are drawn with
    replacement; a model that is trained on one copy and judged on the other would cheat.

    Examples
    --------
    >>> real = np.arange(0.0, 2 * DAY, 60.0)
    >>> row, time = deal(real, np.zeros(len(real)), n_days=4, block_seconds=1800)
    >>> len(row), len(set(row)), bool((time % DAY == real[row] % DAY).all())
    (2880, 2880, True)
    """
    burst = bursts(time, fraud)
    real = np.asarray(time, dtype=np.float64)
    _validate.integer(n_days, "n_days", low=1)
    _validate.integer(block_seconds, "block_seconds", low=1, high=HOUR)
    if HOUR % block_seconds:
        msg = f"An hour must be a whole number of block_seconds, got {block_seconds}."
        raise ValueError(msg)
    rng = np.random.default_rng(seed)
    # A last stretch that the end of the data cuts short by more than a minute is left out.
    blocks = np.arange(int(real[0] // block_seconds), int((real[-1] + 60) // block_seconds))
    day_of, share = _deal_stretches(blocks * block_seconds, n_days, rng)
    block = (real // block_seconds).astype(int) - blocks[0]
    day = np.full(real.size, -1)
    honest = (burst < 0) & (block < blocks.size)
    day[honest] = day_of[block[honest]]
    frauds = np.flatnonzero(burst >= 0)
    day[frauds] = _deal_bursts(real[frauds], burst[frauds], share, n_days, rng)
    row = np.flatnonzero(day >= 0)
    dealt = day[row] * DAY + real[row] % DAY
    order = np.argsort(dealt, kind="stable")
    return row[order], dealt[order]


def _deal_stretches(
    starts: NDArray[np.intp], n_days: int, rng: Generator
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the day of each stretch (-1: of none), and the share that is dealt of each hour."""
    hour_of = (starts // HOUR) % 24
    day_of, share = np.full(starts.size, -1), np.zeros(24)
    for hour in range(24):
        there = np.flatnonzero(hour_of == hour)
        if there.size < n_days:
            msg = (
                f"A stream of {n_days} days needs as many stretches of each hour of the day: "
                f"{hour}:00 to {hour + 1}:00 has {there.size}. "
                "Take fewer days or shorter stretches."
            )
            raise ValueError(msg)
        day_of[rng.permutation(there)[:n_days]] = np.arange(n_days)
        share[hour] = n_days / there.size
    return day_of, share


def _deal_bursts(
    time: NDArray[np.float64],
    burst: NDArray[np.intp],
    share: NDArray[np.float64],
    n_days: int,
    rng: Generator,
) -> NDArray[np.intp]:
    """Return the day of each fraud: all of a burst are as many days from their own, or none is."""
    if not burst.size:
        return burst
    hours = (time % DAY // HOUR).astype(int)
    sizes = np.bincount(burst)
    chance = np.bincount(burst, weights=share[hours]) / sizes
    first = np.flatnonzero(np.diff(burst, prepend=-1))
    last = np.append(first[1:], burst.size) - 1
    began = time[first] // DAY
    # A burst that goes on past midnight must find its next day in the stream as well.
    room = n_days - (time[last] // DAY - began)
    if (room < 1).any():
        msg = f"A burst goes on past midnight: a stream of {n_days} days cannot hold it whole."
        raise ValueError(msg)
    luck, place = rng.random((2, sizes.size))
    day = np.where(luck < chance, (place * room).astype(int) - began, -np.inf)
    dealt = time // DAY + day[burst]
    return np.where(np.isfinite(dealt), dealt, -1).astype(int)
