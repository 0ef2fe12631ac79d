"""Counts that stop a canary, looked at often, with one chance of stopping for nothing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate

Floats, Ints = NDArray[np.float64], NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class KillSwitch:
    """Counts that stop a canary, one for each look at it.

    Parameters
    ----------
    looks : ndarray of int
        How many stretches of time have been seen at each look.
    stop : ndarray of int
        The count of stretches with an event at which to stop: at this or more where `too_many`,
        else at this or fewer. Where no count stops yet it is out of reach.
    too_many : bool
        Whether too many events stop, or too few.
    """

    looks: Ints
    stop: Ints
    too_many: bool

    def stopped(self, rates: ArrayLike) -> Floats:
        """Return the chance of having been stopped by each look.

        Parameters
        ----------
        rates : array-like of shape (stretches,) or (cases, stretches)
            Chance of each stretch to hold an event; each case is a history of its own.

        Returns
        -------
        ndarray of shape (looks,) or (cases, looks)
            Exact.
        """
        table = _table(rates, self.looks)
        # A count that has passed every limit need not be told from a higher one.
        state, gone = _Counts(table, most=int(self.stop.max()) + 1), []
        for seen, stop in zip(self.looks, self.stop, strict=True):
            state.go_on(seen)
            gone.append(state.tail(stop, too_many=self.too_many))
            state.leave(stop, too_many=self.too_many)
        total = np.cumsum(gone, axis=0).T
        return total if np.ndim(rates) > 1 else total[0]

    def hours_until(self, rates: ArrayLike, *, chance: float = 0.9, seconds: float = 600) -> float:
        """Return after how many hours it has stopped with a given chance.

        Parameters
        ----------
        rates : array-like
            As for `stopped`.
        chance : float, default 0.9
            Of having stopped.
        seconds : float, default 600
            Length of a stretch.

        Returns
        -------
        float
            For the case that takes longest; infinite if it is not stopped so surely.
        """
        sure = np.atleast_2d(self.stopped(rates)) >= chance
        if not sure[:, -1].all():
            return float("inf")
        return float(self.looks[np.argmax(sure, axis=1)].max() * seconds / 3600)


def kill_switch(
    rates: ArrayLike, looks: ArrayLike, *, too_many: bool, false_stops: float = 0.01
) -> KillSwitch:
    """Return the counts at which to roll back: as strict as the false stops allow.

    Parameters
    ----------
    rates : array-like of shape (stretches,) or (cases, stretches)
        Chance of each stretch of time to hold an event while nothing is wrong; with several
        cases, such as the hours at which a canary may begin, each of them is allowed for.
    looks : array-like of int
        How many stretches have been seen at each look, growing.
    too_many : bool
        Whether too many events stop, or too few.
    false_stops : float, default 0.01
        Chance of stopping for nothing, over all looks together. It is spent evenly over the
        time, so that a large harm is seen early.

    Returns
    -------
    KillSwitch
        ``looks`` and ``stop``, the count that stops at each of them; ``stopped(rates)``, the
        chance of having been stopped by each look, under any rates; ``hours_until(rates)``, when
        that chance is nine in ten.

    Raises
    ------
    ValueError
        If a rate is not from 0 to 1, looks do not grow or there are more stretches than rates.

    Notes
    -----
    A group-sequential test, which spends its chance of a false stop over the looks [1]_, here in
    proportion to the time. Chances are exact: the distribution of the count is carried from
    stretch to stretch. Counted are stretches that hold an event, so a burst counts once.

    References
    ----------
    .. [1] Lan and DeMets (1983). Discrete sequential boundaries for clinical trials. Biometrika
       70, 659-663.

    Examples
    --------
    >>> switch = kill_switch(np.full(60, 0.1), [6, 30, 60], too_many=True)
    >>> switch.stop.tolist()
    [5, 9, 13]
    >>> bool(switch.stopped(np.full(60, 0.1))[-1] <= 0.01)
    True
    """
    looks = np.asarray(looks, dtype=np.int64)
    false_stops = _validate.number(false_stops, "false_stops", above=0, below=0.5)
    state, stop = _Counts(_table(rates, looks)), []
    used = np.zeros(len(state.count))
    for seen in looks:
        state.go_on(seen)
        left = false_stops * seen / looks[-1] - used
        tails = np.cumsum(state.count[:, ::-1] if too_many else state.count, axis=1)
        allowed = int((tails <= left[:, None]).all(axis=0).cumprod().sum())
        stop.append(state.count.shape[1] - allowed if too_many else allowed - 1)
        used += state.tail(stop[-1], too_many=too_many)
        state.leave(stop[-1], too_many=too_many)
    return KillSwitch(looks, np.array(stop), too_many)


class _Counts:
    """The distribution of a count of stretches with an event, among those not stopped yet."""

    def __init__(self, rates: Floats, most: int | None = None) -> None:
        self.rates, self.seen = rates, 0
        most = rates.shape[1] if most is None else min(most, rates.shape[1])
        self.count = np.zeros((len(rates), most + 1))
        self.count[:, 0] = 1

    def go_on(self, until: int) -> None:
        """Add the stretches up to this one."""
        for rate in self.rates[:, self.seen : until].T:
            more = self.count[:, :-1] * rate[:, None]
            self.count[:, :-1] -= more
            self.count[:, 1:] += more
        self.seen = until

    def tail(self, stop: int, *, too_many: bool) -> Floats:
        """Return the chance of a count that stops."""
        part = self.count[:, stop:] if too_many else self.count[:, : stop + 1]
        return part.sum(axis=1)

    def leave(self, stop: int, *, too_many: bool) -> None:
        """Take out the histories that are stopped."""
        part = slice(stop, None) if too_many else slice(0, stop + 1)
        self.count[:, part] = 0


def _table(rates: ArrayLike, looks: Ints) -> Floats:
    table = np.atleast_2d(np.asarray(rates, dtype=np.float64))
    if not ((table >= 0) & (table <= 1)).all():
        msg = f"rates must be from 0 to 1, got {table.min():g} to {table.max():g}."
        raise ValueError(msg)
    if len(looks) == 0 or (np.diff(looks, prepend=0) <= 0).any() or looks[-1] > table.shape[1]:
        msg = f"looks must grow, from 1 to the {table.shape[1]} stretches that have a rate."
        raise ValueError(msg)
    return table[:, : looks[-1]]
