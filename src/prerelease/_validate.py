"""Checks of input, made once at the public edge; each error names the offending value."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from importlib import import_module
from numbers import Integral, Real
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def vector(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return finite floats of one dimension, or say which value is not one."""
    try:
        array = np.asarray(values)
        if np.iscomplexobj(array):  # NumPy would drop the imaginary part
            raise TypeError("complex numbers")
        if array.dtype.kind in "mM":  # NumPy would count nanoseconds
            raise TypeError("dates or lengths of time")
        array = array.astype(np.float64)
    except (TypeError, ValueError) as error:
        msg = f"{name} must be numbers: {error}."
        raise ValueError(msg) from error
    if array.ndim != 1:
        msg = f"{name} must have one dimension, got shape {array.shape}."
        raise ValueError(msg)
    if array.size == 0:
        msg = f"{name} must not be empty."
        raise ValueError(msg)
    refuse(array, ~np.isfinite(array), f"{name} must be finite", counted=True)
    return array


def refuse(
    array: NDArray[np.float64],
    wrong: NDArray[np.bool_],
    told: str,
    *,
    counted: bool = False,
    hint: str = "",
) -> None:
    """Say what values must be where some are wrong, with the first of those and where it is."""
    places = np.flatnonzero(wrong)
    if places.size:
        more = f" ({places.size} such values)" if counted else ""
        msg = f"{told}, got {array[places[0]]:g} at position {places[0]}{more}.{hint}"
        raise ValueError(msg)


def non_negative(values: ArrayLike, name: str, *, hint: str = "") -> NDArray[np.float64]:
    """Return finite floats of one dimension, none below zero; `hint` says what to do else."""
    array = vector(values, name)
    refuse(array, array < 0, f"{name} must not be negative", hint=hint)
    return array


def probabilities(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return floats of one dimension, each from 0 to 1."""
    array = vector(values, name)
    outside = (array < 0) | (array > 1)
    refuse(array, outside, f"{name} must be probabilities from 0 to 1", counted=True)
    return array


def binary(values: ArrayLike, name: str, *, both: bool = True) -> NDArray[np.bool_]:
    """Return labels as booleans; with `both`, each class must be there."""
    array = vector(values, name)
    refuse(array, (array != 0) & (array != 1), f"{name} must hold only 0 and 1")
    labels = array == 1
    if both and (labels.all() or not labels.any()):
        msg = f"{name} must hold both classes, got only {int(labels[0])} in {labels.size} rows."
        raise ValueError(msg)
    return labels


def not_constant(values: NDArray[np.float64], name: str, why: str) -> None:
    """Refuse scores that are all the same."""
    if values.min() == values.max():
        msg = f"{name} is {values[0]:g} for all {len(values)} rows: {why}."
        raise ValueError(msg)


def weights(values: ArrayLike | None, name: str, n: int) -> NDArray[np.float64]:
    """Return `n` positive weights, all 1 where none are given."""
    if values is None:
        return np.ones(n)
    array = vector(values, name)
    refuse(array, array <= 0, f"{name} must be above 0")
    if array.size != n:
        msg = f"{name} must have one value a row: {n} rows, got {array.size} values."
        raise ValueError(msg)
    if array.max() > np.finfo(np.float64).max / n:  # before the sum, which would warn
        msg = f"{name} must have a finite sum, got values up to {array.max():g}."
        raise ValueError(msg)
    return array


def same_length(**arrays: Sequence[Any] | NDArray[Any]) -> None:
    """Say which of the named arrays differ in length."""
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        msg = f"Arguments must have the same length: {told}."
        raise ValueError(msg)


def columns(*, both: bool = False, **given: ArrayLike) -> tuple[NDArray[Any], ...]:
    """Return columns of one length, each of them what its name says, and else numbers.

    Of the labels ``y`` with `both` each class must be there.
    """
    kinds = {"probability": probabilities, "amount": non_negative, "loss": non_negative}
    kinds |= {"y": partial(binary, both=both), "time": times}
    found = {name: kinds.get(name, vector)(values, name) for name, values in given.items()}
    same_length(**found)
    return tuple(found.values())


def times(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return times in seconds; dates are counted from 1970, those without a zone as UTC."""
    kind = str(getattr(values, "dtype", ""))  # of pandas or NumPy; a zone is a part of pandas' name
    if not kind.startswith("datetime64"):
        return vector(values, name)
    dates = np.asarray(values, dtype="datetime64[ns]")
    if np.isnat(dates).any():
        msg = (
            f"{name} must hold a date in each row, missing at position {np.isnat(dates).argmax()}."
        )
        raise ValueError(msg)
    return vector(dates.astype(np.int64) / 1e9, name)


def sorted_times(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return times in seconds that never go back; dates as `times` counts them."""
    found = times(values, name)
    back = np.flatnonzero(np.diff(found) < 0)
    if back.size:
        i = int(back[0])
        msg = (
            f"{name} must be sorted in time, but {found[i + 1]:g} s at position {i + 1} "
            f"follows {found[i]:g} s."
        )
        raise ValueError(msg)
    return found


def number(
    value: float, name: str, *, above: float = -np.inf, below: float = np.inf, closed: bool = False
) -> float:
    """Return a finite number within (`above`, `below`), or within their closed interval."""
    good = isinstance(value, Real) and not isinstance(value, bool | np.bool_) and np.isfinite(value)
    inside = good and (above <= value <= below if closed else above < value < below)
    if not inside:
        low, high = ("from", "to") if closed else ("above", "and below")
        bounds = f" {low} {above:g}" if np.isfinite(above) else ""
        bounds += f" {high} {below:g}" if np.isfinite(below) else " up" if closed else ""
        msg = f"{name} must be a finite number{bounds}, got {_plain(value)!r}."
        raise ValueError(msg)
    return float(value)


def share(value: float, name: str) -> float:
    """Return a number strictly between 0 and 1."""
    return number(value, name, above=0, below=1)


def prices(model: Any) -> None:
    """Refuse, in a data class, what is no cost or, where its name ends so, no share."""
    for name, value in vars(model).items():
        high = 1.0 if name.endswith("_share") else np.inf
        number(value, name, above=0.0, below=high, closed=True)


def integer(value: int, name: str, *, low: int, high: int | None = None) -> int:
    """Return an integer from `low` to `high`."""
    good = isinstance(value, Integral) and not isinstance(value, bool | np.bool_)
    if not good or value < low or (high is not None and value > high):
        bounds = f"of at least {low}" if high is None else f"from {low} to {high}"
        msg = f"{name} must be an integer {bounds}, got {_plain(value)!r}."
        raise ValueError(msg)
    return int(value)


def _plain(value: Any) -> Any:
    """Return a scalar of NumPy as Python's own, which a message can show as it was written."""
    return value.item() if isinstance(value, np.generic) else value


def choice(value: str, name: str, allowed: Sequence[str]) -> str:
    """Return one of the allowed words."""
    if value not in allowed:
        msg = f"{name} must be one of {', '.join(map(repr, allowed))}, got {value!r}."
        raise ValueError(msg)
    return value


def text(value: str, name: str, *, optional: bool = False) -> str:
    """Return text that says something; where it is `optional`, it may be empty."""
    if optional and value == "":
        return value
    if not isinstance(value, str) or not value.strip():
        msg = f"{name} must be text that is not empty, got {value!r}."
        raise ValueError(msg)
    return value.strip()


def matching(value: str, name: str, pattern: str, words: str) -> str:
    """Return text that has a form."""
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        msg = f"{name} must be {words}, got {value!r}."
        raise ValueError(msg)
    return value


def digest(value: str, name: str) -> str:
    """Return a SHA-256 as it is written."""
    return matching(value, name, r"[0-9a-f]{64}", "a SHA-256 of 64 hexadecimal digits")


def nearest(wrong: str, known: Iterable[str]) -> str:
    """Return the advice to be given with a name that is not known: the nearest, or all."""
    names = sorted(known)
    folded = {name.casefold(): name for name in names}
    found = difflib.get_close_matches(wrong.casefold(), folded, n=1, cutoff=0.4)
    if found:
        return f"did you mean {folded[found[0]]!r}?"
    listed = ", ".join(map(repr, names[:15]))
    return f"known are {listed}{', …' if len(names) > 15 else '.'}"


def known(table: Any, names: Iterable[str], where: str) -> dict[str, Any]:
    """Return a table of a settings file, or say which of its names is not one of these."""
    if not isinstance(table, Mapping):
        msg = f"{where} must be a table, got {table!r}."
        raise ValueError(msg)
    for name in table:
        if name not in names:
            msg = f"{where} does not know {name!r}: {nearest(name, names)}"
            raise ValueError(msg)
    return dict(table)


def extra(module: str, name: str) -> ModuleType:
    """Import a module that an extra of this package brings, or say how to install it."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        package = module.split(".", maxsplit=1)[0]
        if error.name not in (package, module):
            raise
        msg = f'{package} is not installed: pip install "prerelease[{name}]".'
        raise ImportError(msg) from error
