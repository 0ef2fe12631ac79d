"""Checks that the modules of this package share."""

import numpy as np
from numpy.typing import NDArray

from prerelease import _validate

Floats = NDArray[np.float64]


def not_constant(values: Floats, name: str, why: str) -> None:
    """Refuse scores that are all the same."""
    if values.min() == values.max():
        msg = f"{name} is {values[0]:g} for all {len(values)} rows: {why}."
        raise ValueError(msg)


def share(value: float, name: str) -> float:
    """Return a number strictly between 0 and 1."""
    return _validate.number(value, name, above=0, below=1)
