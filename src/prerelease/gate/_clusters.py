"""Which rows belong together: those of a stretch of time, of several, or of a group."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SURE = 3.0
"""Standard errors from which companions are more than chance."""
LONGEST = 8
"""Stretches that must be there to tell bursts as long from a world that changes slowly."""


@dataclass(frozen=True, eq=False)
class Parts:
    """What rows add up to in parts that are taken as independent.

    Parameters
    ----------
    where : str
        What the parts are.
    seconds : float
        Their length; 0 where it is not time that makes them.
    total : float
        How many there are, empty ones too.
    seen : ndarray or float
        How much of each part was observed: the last stretch of time may not be over.
    sums : list of ndarray
        One for each column that was summed, without empty parts.
    """

    where: str
    seconds: float
    total: float
    seen: Floats | float
    sums: list[Floats]


@dataclass(frozen=True)
class Bursts:
    """How many cases come together with one, beyond chance, and within how many seconds."""

    companions: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, eq=False)
class Clusters:
    """Rows that may share their fate.

    Parameters
    ----------
    n_rows : int
        Of all.
    stretch : ndarray of int, shape (n,), optional
        Which stretch of time each row is in, from 0, never falling; without, each row is alone.
    seconds : float
        Length of a stretch.
    total : float
        Stretches that were observed, empty ones too.
    group : ndarray of int, shape (n,), optional
        Which group each row is of, from 0.
    """

    n_rows: int
    stretch: NDArray[np.intp] | None = None
    seconds: float = 0.0
    total: float = 0.0
    group: NDArray[np.intp] | None = None

    def __post_init__(self) -> None:
        first, index = None, np.arange(0)
        if self.stretch is not None:  # where each begins is all that is needed
            first = np.append(0, 1 + np.flatnonzero(np.diff(self.stretch)))
            index = self.stretch[first]
        for name, value in (("stretch", None), ("_first", first), ("_index", index)):
            object.__setattr__(self, name, value)

    @property
    def n_held(self) -> int:
        """Stretches that hold a row; rows, where each is alone."""
        return self.n_rows if self._first is None else len(self._first)

    def over_time(self, *columns: NDArray[Any]) -> Iterator[Parts]:
        """Yield sums over stretches, each time twice as long, or the rows as they are."""
        if self._first is None:
            yield Parts("single rows", 0.0, float(self.n_rows), 1.0, [1.0 * one for one in columns])
            return
        index, times = self._index, 1
        sums = [np.add.reduceat(one, self._first, dtype=np.float64) for one in columns]
        end, total = index[-1] + 1, max(self.total, len(index))
        while True:
            seen = np.minimum(end / times - index, 1)
            seconds, number = times * self.seconds, max(total / times, seen.sum())
            yield Parts(f"stretches of {seconds:g} s", seconds, number, seen, sums)
            if len(index) < 2:
                return
            index, times = index >> 1, 2 * times
            first = np.append(0, 1 + np.flatnonzero(np.diff(index)))
            sums, index = [np.add.reduceat(one, first) for one in sums], index[first]

    def by_group(self, *columns: NDArray[Any]) -> Parts:
        """Return sums over groups."""
        sums = [np.bincount(self.group, weights=one) for one in columns]
        return Parts("groups", 0.0, float(len(sums[0])), 1.0, sums)

    def bursts(self, counts: NDArray[np.bool_]) -> Bursts:
        """Return how many companions each of these cases has in time, beyond chance.

        By chance each would have as many, for their number, as the other rows have of them, and
        not fewer than if they were spread evenly.
        """
        found, n = Bursts(), int(np.count_nonzero(counts))
        others = len(counts) - n
        for parts in self.over_time(counts, ~counts):
            (m, other), held = parts.sums, len(parts.sums[0])
            if not parts.seconds or not n or held < LONGEST:
                break
            overlap = max(float(m @ other) / (n * max(others, 1)), 1 / parts.total)
            chance = (n - 1) * overlap
            more = float(m @ m) / n - 1 - chance
            if more > max(chance, SURE * (2 * overlap) ** 0.5, 1.1 * found.companions):
                found = Bursts(more, parts.seconds)
        return found
