"""What is explained: the score that a fitted classifier gives to rows."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.parallel import Parallel, delayed

from prerelease import _validate

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


def probability(model: Any, X: pd.DataFrame | Floats) -> Floats:
    """Return the probability of a positive that a fitted classifier gives to rows."""
    return np.asarray(model.predict_proba(X), dtype=np.float64)[:, 1]


def in_turn(
    call: Callable[..., Any],
    parts: Sequence[tuple[Any, ...]],
    at_once: int,
    tell: Callable[[int, int], object] | None,
) -> list[Any]:
    """Return what is answered for each part, several being asked at once, and tell how far."""
    done = []

    def one(*part: Any) -> Any:
        answer = call(*part)
        done.append(part)
        if tell is not None:
            tell(len(done), len(parts))
        return answer

    at_once = _validate.integer(at_once, "at_once", low=1)
    return Parallel(n_jobs=at_once, require="sharedmem")(delayed(one)(*part) for part in parts)
