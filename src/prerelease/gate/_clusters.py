"""Which rows belong together: those of a stretch of time, of several, or of a group."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


SURE = 3.0
"""Standard errors from which companions are more than chance."""
LONGEST = 8
"""Stretches that must be there to tell bursts as long from a world that changes slowly."""


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
        Which stretch of time each row is in, never falling; without, each row is alone.
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
        if self.stretch is None:
            first, index = None, np.arange(0)
        else:
            first = np.append(0, 1 + np.flatnonzero(np.diff(self.stretch)))
            index = self.stretch[first]
        object.__setattr__(self, "stretch", None)  # its starts are all that is needed
        object.__setattr__(self, "_first", first)
        object.__setattr__(self, "_index", index)

    @property
    def n_held(self) -> int:
        """Stretches that hold a row; rows, where each is alone."""
        return self.n_rows if self._first is None else len(self._first)

    def sums(self, *columns: ArrayLike) -> Iterator[tuple[float, float, list[Floats]]]:
        """Yield length of stretches, their number, and sums; from the shortest to the longest.

        Each length is twice the one before.
        """
        values = [np.asarray(column, dtype=np.float64) for column in columns]
        if self._first is None:
            yield 0.0, float(self.n_rows), values
            return
        values = [np.add.reduceat(column, self._first) for column in values]
        index, seconds, total = self._index, self.seconds, max(self.total, len(self._first))
        while True:
            yield seconds, total, values
            if len(index) < 2:
                return
            index = index >> 1
            first = np.append(0, 1 + np.flatnonzero(np.diff(index)))
            values, index = [np.add.reduceat(one, first) for one in values], index[first]
            seconds, total = 2 * seconds, max(total / 2, len(index))

    def by_group(self, *columns: ArrayLike) -> tuple[float, list[Floats]]:
        """Return the number of groups, and the sums of each."""
        values = [np.bincount(self.group, weights=np.asarray(column)) for column in columns]
        return float(len(values[0])), values

    def bursts(self, counts: NDArray[np.bool_]) -> Bursts:
        """Return how many companions each of these cases has in time, beyond chance."""
        found = Bursts()
        for seconds, _, (m,) in self.sums(counts):
            held, n = len(m), m.sum()
            if not seconds or not n or held < LONGEST:
                break
            chance = (n - 1) / held
            more = float(m @ m) / n - 1 - chance
            if more > max(chance, SURE * (2 / held) ** 0.5, 1.1 * found.companions):
                found = Bursts(more, seconds)
        return found
