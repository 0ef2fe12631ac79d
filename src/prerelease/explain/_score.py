"""What is explained: the score that a fitted classifier gives to rows."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils.parallel import Parallel, delayed

from prerelease import _validate

Floats = NDArray[np.float64]


def table(frame: pd.DataFrame, name: str = "X") -> pd.DataFrame:
    """Return inputs that are a frame of finite numbers, each column there once."""
    if not isinstance(frame, pd.DataFrame):
        msg = f"{name} must be a data frame, got {type(frame).__name__}."
        raise ValueError(msg)
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


def probability(model: Any, X: pd.DataFrame | Floats) -> Floats:
    """Return the probability of a positive that a fitted classifier gives to rows."""
    return np.asarray(model.predict_proba(X), dtype=np.float64)[:, 1]


def in_turn(
    call: Callable[[str], Floats],
    names: Sequence[str],
    at_once: int,
    tell: Callable[[int, int], object] | None,
) -> dict[str, Floats]:
    """Return what is answered for each name, several being asked at once, and tell how far."""
    done = []

    def one(name: str) -> Floats:
        answer = call(name)
        done.append(name)
        if tell is not None:
            tell(len(done), len(names))
        return answer

    at_once = _validate.integer(at_once, "at_once", low=1)
    parallel = Parallel(n_jobs=at_once, require="sharedmem")
    return dict(zip(names, parallel(delayed(one)(name) for name in names), strict=True))
