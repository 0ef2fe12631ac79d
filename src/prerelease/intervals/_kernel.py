"""A metric as a function of counts.

A bootstrap resample of rows is a count for each row. Most metrics cannot tell most rows
apart: average precision sees of a negative only between which two positives it ranks. A
`Kernel` says which rows are alike (`cell`) and computes the metric from the counts of the
cells, for many resamples at once. With 75 positives 56,962 rows are at most 226 cells, and a
resample is one multinomial draw over the cells: the same distribution as drawing the rows one
by one, not an approximation of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Labels = NDArray[np.bool_]
Counts = NDArray[np.float64]  # how often each cell was drawn, shape (resamples, cells)


@dataclass(frozen=True)
class Kernel:
    """A metric of some rows, as a function of how often each kind of row was drawn.

    Parameters
    ----------
    cell : ndarray of int, shape (n,)
        The cell of each row: rows of one cell are alike to the metric.
    n_cells : int
        How many cells there are.
    evaluate : callable
        Takes counts of shape (resamples, n_cells), how often a row of each cell was drawn, and
        returns the metric of each resample, shape (resamples,), NaN where it has no value.

    Examples
    --------
    >>> from prerelease.intervals import AveragePrecision
    >>> kernel = AveragePrecision().kernel(np.array([0, 0, 1]), np.array([0.2, 0.5, 0.5]))
    >>> kernel.value()
    0.5
    """

    cell: Ints
    n_cells: int
    evaluate: Callable[[Counts], Floats]

    def value(self, rows: Labels | slice = slice(None)) -> float:
        """Return the metric of the rows as they are, or of some of them."""
        counts = np.bincount(self.cell[rows], minlength=self.n_cells)
        return float(self.evaluate(counts[None].astype(np.float64))[0])


def join(*labels: Ints) -> tuple[Ints, list[Ints]]:
    """Return one code for each combination of labels that occurs, and its labels."""
    code = np.zeros(len(labels[0]), dtype=np.intp)
    for label in labels:
        code = np.unique(code * (label.max() + 1) + label, return_inverse=True)[1]
    first = np.unique(code, return_index=True)[1]
    return code, [label[first] for label in labels]


def fold(counts: Counts, to: Ints, n: int) -> Counts:
    """Add up the columns of `counts` that go to the same one of `n` columns."""
    order = np.argsort(to, kind="stable")
    present, starts = np.unique(to[order], return_index=True)
    result = np.zeros((len(counts), n))
    result[:, present] = np.add.reduceat(counts[:, order], starts, axis=1)
    return result


def weighted(kernel: Kernel, weights: Floats) -> Kernel:
    """Return a kernel in which each row counts as many times as its weight says."""
    if np.all(weights == 1):
        return kernel
    values, label = np.unique(weights, return_inverse=True)
    cell, (old, weight) = join(kernel.cell, label)
    times, n = values[weight], kernel.n_cells
    return Kernel(cell, len(old), lambda counts: kernel.evaluate(fold(counts * times, old, n)))


def together(kernels: Sequence[Kernel]) -> Kernel:
    """Return the kernel that gives the values of all, (resamples, kernels), on the same rows."""
    cell, labels = join(*(kernel.cell for kernel in kernels))

    def evaluate(counts: Counts) -> Floats:
        parts = zip(kernels, labels, strict=True)
        return np.stack([k.evaluate(fold(counts, label, k.n_cells)) for k, label in parts], axis=1)

    return Kernel(cell, len(labels[0]), evaluate)


def difference(first: Kernel, second: Kernel) -> Kernel:
    """Return the kernel of the first metric minus the second, on the same rows."""
    both = together([first, second])
    return Kernel(both.cell, both.n_cells, lambda counts: np.subtract(*both.evaluate(counts).T))
