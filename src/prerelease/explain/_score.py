"""What is explained: the score that a fitted classifier gives to rows."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate, intervals

Floats = NDArray[np.float64]


def table(X: ArrayLike | pd.DataFrame, name: str = "X") -> pd.DataFrame:
    """Return inputs as a frame of finite numbers; columns without names get x0, x1 and so on."""
    if isinstance(X, pd.DataFrame):
        frame = X
    else:
        array = np.asarray(X)
        if array.ndim != 2:
            msg = f"{name} must have two dimensions, got shape {array.shape}."
            raise ValueError(msg)
        frame = pd.DataFrame(array, columns=[f"x{i}" for i in range(array.shape[1])])
    if frame.empty:
        msg = f"{name} must hold rows and columns, got shape {frame.shape}."
        raise ValueError(msg)
    if frame.columns.has_duplicates:
        twice = frame.columns[frame.columns.duplicated()][0]
        msg = f"{name} must not hold a column twice, got {twice!r} twice."
        raise ValueError(msg)
    for column in frame.columns:
        _validate.vector(frame[column], f"{name}[{column!r}]")
    return frame


def learned_and_held_out(
    X: pd.DataFrame, y: ArrayLike, X_held_out: pd.DataFrame, y_held_out: ArrayLike
) -> tuple[pd.DataFrame, NDArray[np.bool_], pd.DataFrame, NDArray[np.bool_]]:
    """Return rows to learn from with their labels, and rows to judge by with theirs."""
    learn, judge = table(X), table(X_held_out, "X_held_out")
    fraud, other = _validate.binary(y, "y"), _validate.binary(y_held_out, "y_held_out")
    _validate.same_length(X=learn, y=fraud)
    _validate.same_length(X_held_out=judge, y_held_out=other)
    return learn, fraud, judge, other


def probability(model: Any, X: pd.DataFrame | Floats) -> Floats:
    """Return the probability of fraud that a fitted classifier gives to rows."""
    return np.asarray(model.predict_proba(X), dtype=np.float64)[:, 1]


def precision(
    fraud: NDArray[np.bool_], score: Floats, sample_weight: ArrayLike | None = None
) -> float:
    """Return the average precision of scores."""
    metric = intervals.AveragePrecision()
    return intervals.value(metric, fraud, score, sample_weight=sample_weight)
