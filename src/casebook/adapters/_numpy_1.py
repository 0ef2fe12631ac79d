"""The names that numpy 2 dropped, for tools that were written before."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

# Deepchecks uses these names while it runs, not only at its import.
NUMPY_1_NAMES = {"Inf": np.inf, "NaN": np.nan, "NINF": -np.inf, "PINF": np.inf}


@contextmanager
def numpy_1_names() -> Iterator[None]:
    """Give numpy the names back that version 2 dropped, for the length of a with statement.

    Names that numpy has of itself are left as they are, and only those given are taken away.

    Examples
    --------
    >>> with numpy_1_names():
    ...     np.PINF
    inf
    >>> hasattr(np, "PINF")
    False
    """
    given = [name for name in NUMPY_1_NAMES if name not in vars(np)]
    for name in given:
        setattr(np, name, NUMPY_1_NAMES[name])
    try:
        yield
    finally:
        for name in given:
            delattr(np, name)
