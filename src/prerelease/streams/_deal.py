"""Stretches of real time, dealt to the days of a stream."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate

DAY, HOUR = 86_400, 3_600


def deal(
    time: ArrayLike, *, n_days: int = 30, block_seconds: int = 120, seed: int = 0
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Deal stretches of real time to the days of a stream, without replacement.

    Parameters
    ----------
    time : array-like, shape (n,)
        Seconds of the payments, sorted.
    n_days : int, default 30
        Days of the stream, at least 1.
    block_seconds : int, default 120
        Length of a stretch; an hour must be a whole number of them.
    seed : int, default 0
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
        If there are no payments, or fewer stretches of some hour of the day than days.

    Notes
    -----
    Each hour of each day gets one stretch out of the same hour of a real day. So a day of the
    stream holds ``24 * block_seconds`` seconds of real traffic: a bank of the same customers,
    but ``3600 / block_seconds`` times smaller. Payments of one stretch, so also the frauds of
    one burst, stay together.

    References
    ----------
    H. R. Künsch, "The jackknife and the bootstrap for general stationary observations", Annals
    of Statistics 17, 1989: whole blocks keep what hangs together. There they are drawn with
    replacement; a model that is trained on one copy and judged on the other would cheat.

    Examples
    --------
    >>> real = np.arange(0.0, 2 * DAY, 60.0)
    >>> row, time = deal(real, n_days=4, block_seconds=1800)
    >>> len(row), len(set(row)), bool((time % DAY == real[row] % DAY).all())
    (2880, 2880, True)
    """
    real = _validate.sorted_times(time, "time")
    _validate.integer(n_days, "n_days", low=1)
    _validate.integer(block_seconds, "block_seconds", low=1, high=HOUR)
    if HOUR % block_seconds:
        msg = f"An hour must be a whole number of block_seconds, got {block_seconds}."
        raise ValueError(msg)
    rng = np.random.default_rng(seed)
    # A last stretch that the end of the data cuts short by more than a minute is left out.
    blocks = np.arange(int(real[0] // block_seconds), int((real[-1] + 60) // block_seconds))
    hour_of = (blocks * block_seconds // HOUR) % 24
    day_of = np.full(blocks.size, -1)
    for hour in range(24):
        there = np.flatnonzero(hour_of == hour)
        if there.size < n_days:
            msg = (
                f"A stream of {n_days} days needs as many stretches of each hour of the day: "
                f"{hour}:00 to {hour + 1}:00 has {there.size} of {block_seconds} s. "
                "Take fewer days or shorter stretches."
            )
            raise ValueError(msg)
        day_of[rng.permutation(there)[:n_days]] = np.arange(n_days)
    block = (real // block_seconds).astype(int) - blocks[0]
    kept = block < blocks.size
    kept[kept] = day_of[block[kept]] >= 0
    row = np.flatnonzero(kept)
    dealt = day_of[block[row]] * DAY + real[row] % DAY
    order = np.argsort(dealt, kind="stable")
    return row[order], dealt[order]
