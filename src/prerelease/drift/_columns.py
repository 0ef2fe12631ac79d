"""What two periods are compared in: checked once, before anything is computed."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NOT_FEATURES = ("Time", "Class")


def features_of(
    reference: pd.DataFrame, current: pd.DataFrame, features: Sequence[str] | None = None
) -> list[str]:
    """Return the columns to compare, after both frames have been found comparable."""
    for name, frame in (("reference", reference), ("current", current)):
        if not isinstance(frame, pd.DataFrame):
            msg = f"{name} must be a pandas DataFrame, got {type(frame).__name__}."
            raise TypeError(msg)
        if frame.empty:
            msg = f"{name} must hold rows and columns, got shape {frame.shape}."
            raise ValueError(msg)
    wanted = list(features) if features is not None else _shared(reference, current)
    for name, frame in (("reference", reference), ("current", current)):
        missing = [column for column in wanted if column not in frame.columns]
        if missing or not wanted:
            msg = f"{name} must hold every feature, {missing or 'all of them'} missing."
            raise ValueError(msg)
        _only_numbers(frame, wanted, name)
    return wanted


def _shared(reference: pd.DataFrame, current: pd.DataFrame) -> list[str]:
    """Return all features, which must be the same on both sides."""
    first, second = (
        [column for column in frame.columns if column not in NOT_FEATURES]
        for frame in (reference, current)
    )
    only = {
        "reference": sorted(set(first) - set(second)),
        "current": sorted(set(second) - set(first)),
    }
    if only["reference"] or only["current"]:
        told = "; ".join(f"only {side} has {names}" for side, names in only.items() if names)
        msg = f"reference and current must have the same columns: {told}."
        raise ValueError(msg)
    return first


def _only_numbers(frame: pd.DataFrame, wanted: list[str], name: str) -> None:
    """Refuse text and categories: their drift is a question of counts, see `category_drift`."""
    wrong = {
        column: str(frame[column].dtype)
        for column in wanted
        if not pd.api.types.is_numeric_dtype(frame[column])
    }
    if wrong:
        told = ", ".join(f"{column} is {dtype}" for column, dtype in wrong.items())
        msg = f"{name} must be numeric in every feature: {told}. Use `category_drift` for those."
        raise ValueError(msg)


def values(frame: pd.DataFrame, column: str, name: str) -> tuple[Floats, float]:
    """Return the numbers of a column without the missing ones, and the share missing."""
    found = np.ascontiguousarray(frame[column].to_numpy(dtype=np.float64, na_value=np.nan))
    if np.isfinite(found.sum()):
        return found, 0.0
    missing = np.isnan(found)
    if np.isinf(found).any():
        msg = f"{name} must be finite, column {column!r} holds an infinite value."
        raise ValueError(msg)
    return found[~missing], float(missing.mean())
