"""What two periods are compared in: checked once, before anything is computed."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def features_of(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    features: Sequence[str] | None = None,
    *,
    time: str | None = None,
) -> list[str]:
    """Return the columns to compare, after both frames have been found comparable."""
    sides = {"reference": reference, "current": current}
    for name, frame in sides.items():
        if not isinstance(frame, pd.DataFrame):
            msg = f"{name} must be a pandas DataFrame, got {type(frame).__name__}."
            raise TypeError(msg)
        if frame.empty:
            msg = f"{name} must hold rows and columns, got shape {frame.shape}."
            raise ValueError(msg)
        if time is not None and time not in frame.columns:
            msg = f"{name} must have the column {time!r} (s), which blocks are cut by."
            raise ValueError(msg)
    if features is None:
        both = reference.columns.union(current.columns, sort=False)
        features = both.drop(time, errors="ignore")
    wanted = list(features)
    for name, frame in sides.items():
        missing = [column for column in wanted if column not in frame.columns]
        if missing or not wanted:
            msg = f"{name} must hold every feature, {missing or 'all of them'} missing."
            raise ValueError(msg)
        for column, dtype in frame[wanted].dtypes.items():
            if not pd.api.types.is_numeric_dtype(dtype):
                msg = (
                    f"{name} must be numeric in every feature: {column} is {dtype}. Of "
                    "categories, compare counts of rows with `psi`."
                )
                raise ValueError(msg)
    return wanted


def values(frame: pd.DataFrame, column: str, name: str) -> tuple[Floats, float]:
    """Return the numbers of a column without the missing ones, and the share missing."""
    found = np.ascontiguousarray(frame[column].to_numpy(dtype=np.float64, na_value=np.nan))
    if np.isfinite(found.sum()):
        return found, 0.0
    missing = np.isnan(found)
    if np.isinf(found).any():
        msg = f"{name} must be finite, column {column!r} holds an infinite value."
        raise ValueError(msg)
    if missing.all():
        msg = f"{name} must hold values of {column!r}, all of them are missing."
        raise ValueError(msg)
    return found[~missing], float(missing.mean())


def block_of(times: Floats, seconds: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the blocks of time that hold rows, and which of them each row is in."""
    return np.unique((times // seconds).astype(np.intp), return_inverse=True)


def counted(block: NDArray[np.intp], cell: NDArray[np.intp], n_blocks: int, n_cells: int) -> Floats:
    """Count rows by block and cell."""
    counts = np.bincount(block * n_cells + cell, minlength=n_blocks * n_cells)
    return counts.reshape(n_blocks, n_cells).astype(float)


def redraw(table: Floats, n: int, rng: np.random.Generator) -> Floats:
    """Count cells in `n` draws of the blocks, or of the rows where all are in one block."""
    if len(table) == 1:
        total = int(table.sum())
        return rng.multinomial(total, table[0] / total, size=n).astype(float)
    return rng.multinomial(len(table), np.full(len(table), 1 / len(table)), size=n) @ table
