"""How a resample is drawn, and which parts are left out in turn for the jackknife."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate

from ._kernel import Counts, Kernel, fold, join

CHUNK = 2_000_000
"""Counts that are held at once: 16 MB of floats."""
PARTS = 200
"""Parts of the jackknife where there are too many cells to leave out one by one."""

Unit = tuple[Counts, NDArray[np.float64]]
"""What the jackknife leaves out (units, cells), and how many such units there are."""


class Scheme(Protocol):
    """What `bootstrap` asks of a resampling scheme."""

    name: str

    def strata(self, y_true: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return the stratum of each row."""
        ...

    def draw(
        self, kernel: Kernel, strata: NDArray[np.intp], n_resamples: int, rng: Generator
    ) -> Iterator[Counts]:
        """Yield counts (some resamples, cells) until there are `n_resamples`."""
        ...

    def units(self, kernel: Kernel, strata: NDArray[np.intp], rng: Generator) -> list[Unit]:
        """Return, for each independent sample, what the jackknife leaves out."""
        ...


@dataclass(frozen=True)
class Stratified:
    """Frauds are drawn among frauds, honest payments among honest ones: both counts stay.

    The interval is that of the ranking, given how many frauds there were.
    """

    name = "stratified"

    def strata(self, y_true: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return the class of each row."""
        labels = _validate.binary(y_true, "y_true", both=False)
        counts = np.bincount(labels.astype(np.intp), minlength=2)
        if 1 in counts:
            kind = ("honest payment", "fraud")[int(np.argmax(counts == 1))]
            msg = (
                f"A stratified bootstrap needs at least 2 rows of a class, got 1 {kind}: drawn "
                "from one row, every resample is that row, and the interval would say nothing."
            )
            raise ValueError(msg)
        return labels.astype(np.intp)

    def draw(
        self, kernel: Kernel, strata: NDArray[np.intp], n_resamples: int, rng: Generator
    ) -> Iterator[Counts]:
        """Yield counts (some resamples, cells) until there are `n_resamples`."""
        code, (stratum, cell) = join(strata, kernel.cell)
        sizes = np.bincount(code)
        groups = [np.flatnonzero(stratum == s) for s in np.unique(stratum)]
        step = _step(max(len(sizes), *(_width(sizes[group]) for group in groups)))
        for start in range(0, n_resamples, step):
            n = min(step, n_resamples - start)
            counts = np.empty((n, len(sizes)))
            for group in groups:
                counts[:, group] = _multinomial(sizes[group], n, rng)
            yield fold(counts, cell, kernel.n_cells)

    def units(self, kernel: Kernel, strata: NDArray[np.intp], rng: Generator) -> list[Unit]:
        """Return, for each stratum, its rows or random parts of them."""
        return [_leave_out(kernel, np.flatnonzero(strata == s), rng) for s in np.unique(strata)]


@dataclass(frozen=True)
class Independent(Stratified):
    """All rows are drawn alike: the number of frauds varies from resample to resample."""

    name = "independent"

    def strata(self, y_true: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return one stratum for all."""
        return np.zeros(len(y_true), dtype=np.intp)


@dataclass(frozen=True, eq=False)
class Blocks:
    r"""Stretches of time are drawn, with all that happened in them: frauds come in bursts.

    Parameters
    ----------
    times : array-like of shape (n,)
        Seconds, sorted: the time of each row that is bootstrapped.
    seconds : float
        Length of a block, at most half of the time there is. A resample has as many blocks as
        fit, each stretched a little so that they fill it.

    Notes
    -----
    Blocks begin anywhere and may overlap [1]_, and the period is closed to a circle [2]_, so
    that each moment is drawn as often as any other. Rows of one burst stay together; what is
    further apart than a block is taken as independent. Few blocks give too short intervals:
    with 15 blocks or fewer read them as a lower bound of the doubt.

    References
    ----------
    .. [1] Künsch (1989). The jackknife and the bootstrap for general stationary observations.
       Annals of Statistics 17, 1217-1241.
    .. [2] Politis and Romano (1992). A circular block-resampling procedure for stationary
       data. In Exploring the Limits of Bootstrap, 263-270. Wiley.

    Examples
    --------
    >>> Blocks([0.0, 600.0, 1200.0, 3600.0], seconds=900).n_blocks
    5
    """

    times: ArrayLike = field(repr=False)
    seconds: float
    name = "time-block"

    def __post_init__(self) -> None:
        times = _validate.sorted_times(self.times, "times")
        object.__setattr__(self, "times", times)
        if len(times) < 2 or times[-1] == times[0]:
            msg = f"times must span some time, got {len(times)} rows at {times[0]:g} s."
            raise ValueError(msg)
        _validate.number(self.seconds, "seconds", above=0)
        if self.n_blocks < 2:
            msg = (
                f"seconds must be at most half of the time there is ({self.span:g} s), "
                f"got {self.seconds:g}."
            )
            raise ValueError(msg)

    @property
    def span(self) -> float:
        """Seconds around the circle: first to last row, and one mean distance to close it."""
        n = len(self.times)
        return float((self.times[-1] - self.times[0]) * n / (n - 1))

    @property
    def n_blocks(self) -> int:
        """Blocks in a resample."""
        return round(self.span / self.seconds)

    def strata(self, y_true: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return one stratum for all."""
        _validate.same_length(y_true=y_true, times=self.times)
        return np.zeros(len(y_true), dtype=np.intp)

    def draw(
        self,
        kernel: Kernel,
        strata: NDArray[np.intp],
        n_resamples: int,
        rng: Generator,
    ) -> Iterator[Counts]:
        """Yield counts (some resamples, cells) until there are `n_resamples`."""
        few = len(self.times) * kernel.n_cells <= 8 * CHUNK
        until = _cumulated(kernel) if few else None
        step = _step(
            self.n_blocks * kernel.n_cells if few else max(len(self.times), kernel.n_cells)
        )
        for start in range(0, n_resamples, step):
            n = min(step, n_resamples - start)
            begin = rng.uniform(0, self.span, size=(n, self.n_blocks))
            if few:
                first, last, over = self._reach(begin)
                yield (until[last] - until[first] + until[over]).sum(axis=1, dtype=np.float64)
            else:
                yield fold(self._row_counts(begin), kernel.cell, kernel.n_cells)

    def totals(
        self, columns: NDArray[np.float64], n_resamples: int, rng: Generator
    ) -> NDArray[np.float64]:
        """Return the sum of each column of (n, m) in each resample, from sums up to each row."""
        begin = rng.uniform(0, self.span, size=(n_resamples, self.n_blocks))
        first, last, over = self._reach(begin)
        until = np.zeros((len(columns) + 1, columns.shape[1]))
        np.cumsum(columns, axis=0, out=until[1:])
        return (until[last] - until[first] + until[over]).sum(axis=1)

    def _reach(self, begin: NDArray[np.float64]) -> tuple[NDArray[np.intp], ...]:
        """Return each block's first row, the row after its last, and how many it wraps onto."""
        elapsed = self.times - self.times[0]
        end = begin + self.span / self.n_blocks
        over = np.where(end > self.span, np.searchsorted(elapsed, end - self.span), 0)
        return np.searchsorted(elapsed, begin), np.searchsorted(elapsed, end), over

    def _row_counts(self, begin: NDArray[np.float64]) -> Counts:
        """Return how many blocks that `begin` at these seconds hold each row."""
        change = np.zeros((len(begin), len(self.times) + 1))
        resample = np.arange(len(begin))[:, None]
        first, last, over = self._reach(begin)
        np.add.at(change, (resample, first), 1)
        np.add.at(change, (resample, last), -1)
        np.add.at(change, (resample, np.zeros_like(over)), over > 0)
        np.add.at(change, (resample, over), -1 * (over > 0))
        return np.cumsum(change[:, :-1], axis=1)

    def units(
        self,
        kernel: Kernel,
        strata: NDArray[np.intp],
        rng: Generator,
    ) -> list[Unit]:
        """Return the blocks of the period, end to end."""
        elapsed = self.times - self.times[0]
        part = np.minimum((elapsed / self.span * self.n_blocks).astype(int), self.n_blocks - 1)
        return [_parts(kernel, part, np.arange(len(part)))]


def _cumulated(kernel: Kernel) -> NDArray[np.int32]:
    """Return how many rows of each cell come before each row, (rows + 1, cells)."""
    result = np.zeros((len(kernel.cell) + 1, kernel.n_cells), dtype=np.int32)
    result[np.arange(1, len(result)), kernel.cell] = 1
    return np.cumsum(result, axis=0, out=result)


def _step(width: int) -> int:
    return max(1, CHUNK // width)


def _width(sizes: NDArray[np.intp]) -> int:
    return int(sizes.sum()) if _many(sizes) else len(sizes)


def _many(sizes: NDArray[np.intp]) -> bool:
    """Tell whether drawing rows one by one is faster than a binomial draw for each cell."""
    return len(sizes) * 8 > sizes.sum()


def _multinomial(sizes: NDArray[np.intp], n: int, rng: Generator) -> NDArray[np.intp]:
    """Draw as many rows as there are, `n` times, and count them by cell."""
    total = int(sizes.sum())
    if not _many(sizes):
        return rng.multinomial(total, sizes / total, size=n)
    cell = np.repeat(np.arange(len(sizes)), sizes)
    drawn = cell[rng.integers(total, size=(n, total))]
    drawn += np.arange(n)[:, None] * len(sizes)
    return np.bincount(drawn.ravel(), minlength=n * len(sizes)).reshape(n, len(sizes))


def _leave_out(kernel: Kernel, rows: NDArray[np.intp], rng: Generator) -> Unit:
    sizes = np.bincount(kernel.cell[rows], minlength=kernel.n_cells)
    cells = np.flatnonzero(sizes)
    if len(cells) * kernel.n_cells <= CHUNK:
        removed = np.zeros((len(cells), kernel.n_cells))
        removed[np.arange(len(cells)), cells] = 1
        return removed, sizes[cells].astype(np.float64)
    part = rng.permutation(len(rows)) % PARTS
    return _parts(kernel, part, rows)


def _parts(kernel: Kernel, part: NDArray[np.intp], rows: NDArray[np.intp]) -> Unit:
    """Return what is left out when each part of the rows goes in turn."""
    n = int(part.max()) + 1
    removed = np.zeros((n, kernel.n_cells))
    np.add.at(removed, (part, kernel.cell[rows]), 1)
    filled = removed.any(axis=1)
    return removed[filled], np.ones(int(filled.sum()))
