"""A bootstrap of whole stretches of time that a million rows do not slow down."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy  # scipy.sparse is loaded where it is first asked for: it takes long
from numpy.random import Generator
from numpy.typing import NDArray

from prerelease.intervals import Kernel

CHUNK = 2_000_000


@dataclass(frozen=True, eq=False)
class WholeBlocks:
    """Stretches of time, side by side, are drawn with all that happened in them.

    Parameters
    ----------
    block : ndarray of int, shape (n,)
        Which stretch each row is in, from 0, none empty.
    name : str, default "whole time-block"
        What is drawn.

    Notes
    -----
    Blocks do not overlap [1]_, so a resample is one multinomial draw over the blocks and one
    product with the table of what each holds: its cost grows with the number of cells of the
    metric and not with the rows times the resamples.

    References
    ----------
    .. [1] Carlstein (1986). The use of subseries values for estimating the variance of a
       general statistic from a stationary sequence. Annals of Statistics 14, 1171-1179.
    """

    block: NDArray[np.intp]
    name: str = "whole time-block"

    @property
    def n_blocks(self) -> int:
        """Blocks that hold a row."""
        return int(self.block.max()) + 1

    def strata(self, y_true: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return one stratum for all."""
        return np.zeros(len(y_true), dtype=np.intp)

    def draw(
        self, kernel: Kernel, strata: NDArray[np.intp], n_resamples: int, rng: Generator
    ) -> Iterator[NDArray[np.float64]]:
        """Yield counts (some resamples, cells) until there are `n_resamples`."""
        n = self.n_blocks
        pairs = (np.ones(len(self.block)), (self.block, kernel.cell))
        held = scipy.sparse.coo_array(pairs, shape=(n, kernel.n_cells)).tocsr()
        step = max(1, CHUNK // max(kernel.n_cells, n))
        for start in range(0, n_resamples, step):
            size = min(step, n_resamples - start)
            times = rng.multinomial(n, np.full(n, 1 / n), size=size)
            yield np.asarray((held.T @ times.T).T)
