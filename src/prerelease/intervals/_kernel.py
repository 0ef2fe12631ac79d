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
from scipy.sparse import csr_array

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


def indicator(to: Ints, n: int, dtype: type = np.float64) -> csr_array:
    """Return the matrix (n, columns) that adds up the columns which go to the same one of `n`."""
    ends = np.cumsum(np.bincount(to, minlength=n))
    order = np.argsort(to, kind="stable")
    return csr_array((np.ones(len(to), dtype), order, np.r_[0, ends]), shape=(n, len(to)))


def fold(counts: Counts, sums: csr_array) -> Counts:
    """Add up the columns of `counts` as an `indicator` says."""
    return np.ascontiguousarray((sums @ counts.T).T)


def weighted(kernel: Kernel, weights: Floats) -> Kernel:
    """Return a kernel in which each row counts as many times as its weight says."""
    if np.all(weights == 1):
        return kernel
    values, label = np.unique(weights, return_inverse=True)
    cell, (old, weight) = join(kernel.cell, label)
    times, sums = values[weight], indicator(old, kernel.n_cells)
    return Kernel(cell, len(old), lambda counts: kernel.evaluate(fold(counts * times, sums)))


def together(kernels: Sequence[Kernel]) -> Kernel:
    """Return the kernel that gives the values of all, (resamples, kernels), on the same rows."""
    cell, labels = join(*(kernel.cell for kernel in kernels))
    sums = [indicator(to, kernel.n_cells) for to, kernel in zip(labels, kernels, strict=True)]

    def evaluate(counts: Counts) -> Floats:
        parts = zip(kernels, sums, strict=True)
        return np.stack([kernel.evaluate(fold(counts, each)) for kernel, each in parts], axis=1)

    return Kernel(cell, len(labels[0]), evaluate)


def difference(first: Kernel, second: Kernel) -> Kernel:
    """Return the kernel of the first metric minus the second, on the same rows."""
    both = together([first, second])
    return Kernel(both.cell, both.n_cells, lambda counts: np.subtract(*both.evaluate(counts).T))
