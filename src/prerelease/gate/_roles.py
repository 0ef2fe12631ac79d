"""Rows that belong together, rows that have a name, and parts of the rows."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

MOST, MISSING = 50, "(missing)"
"""Segments that a table still shows, and what those rows are called that are in none."""


def _codes(values: pd.Series) -> tuple[NDArray[np.intp], Any]:
    """Return which of its different values each row holds, -1 where it holds none."""
    try:
        return pd.factorize(values if types.is_numeric_dtype(values) else values.mask(values == ""))
    except TypeError as error:
        msg = f"{values.name} must hold numbers, text or dates, got {values.iloc[0]!r}."
        raise ValueError(msg) from error


def groups(values: pd.Series) -> tuple[NDArray[np.float64], int]:
    """Return a number for each group, and how many rows are in none: each gets its own."""
    group, found = _codes(values)
    alone = group < 0
    group[alone] = len(found) + np.arange(alone.sum())
    return group.astype(np.float64), int(alone.sum())


def keys(values: pd.Series) -> pd.Series:
    """Return what names each row once."""
    codes, found = _codes(values)
    if (codes < 0).any():
        msg = f"{values.name} must name each row, missing at position {np.argmax(codes < 0)}."
        raise ValueError(msg)
    if len(found) < len(codes):
        row = int(np.argmax(values.duplicated()))
        first = int(np.argmax(codes == codes[row]))
        msg = (
            f"{values.name} must name each row once, got {str(values.iloc[row])!r} at positions "
            f"{first} and {row}."
        )
        raise ValueError(msg)
    return values


def segments(values: pd.Series) -> pd.Categorical:
    """Return in which segment each row is, by its name; those in none make one of their own."""
    codes, found = _codes(values)
    if len(found) > MOST:
        msg = (
            f"{values.name} tells {len(found):,} segments, and a criterion is judged in at most "
            f"{MOST}: put those together that are to be judged as one."
        )
        raise ValueError(msg)
    numbers = (
        int(one) if types.is_float(one) and float(one).is_integer() else one for one in found
    )
    names = np.array([*(str(one).strip() or MISSING for one in numbers), MISSING], dtype=object)
    order = sorted({*names[codes]}, key=lambda name: (name == MISSING, name))
    return pd.Categorical(names[codes], categories=order)
