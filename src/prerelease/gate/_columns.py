"""What the columns of a file of scores are called, and what they hold: numbers, names, groups."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from prerelease import _validate

ROLES = ("time", "amount", "label", "score", "weight", "group", "key", "champion")
IF_THERE = ("weight", "group")
"""Used under these names where the file has them, and not missed where it has not."""
TAKEN = (*ROLES, "block")
"""What a column of segments cannot be called: a table of scores has these names for its own."""
UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9, "min": 60.0, "h": 3600.0, "d": 86_400.0}
OWN = "prerelease"
"""Under which a data frame's ``attrs`` hold what is known of where it came from."""
NEGATIVE = ("refuse", "zero", "absolute")
MOST, MISSING = 50, "(missing)"
"""Segments that a table still shows, and what those rows are called that are in none."""


@dataclass(frozen=True, kw_only=True)
class Columns:
    """What the columns of a file of scores are called, and how they are to be read.

    Parameters
    ----------
    time, amount, label, score : str
        Seconds or date of each row; what is at stake in it; 1 for what is looked for, 0 for the
        rest, nothing where it is not known yet; higher is more suspect. Empty where there is
        none: without `time` rows are taken as independent, without `amount` nothing is at stake
        but the fees.
    weight : str
        How many cases each row stands for: used where the file has it. Empty to do without.
    group : str
        Which rows belong together, such as those of one customer, and are resampled whole as
        stretches of time are: used where the file has it. A row without one is a group of its own.
    key : str
        What names each row once, to find it in the scores of another model. Empty: by order.
    champion : str
        Score of the model that is there now, where it stands beside the other. Empty where not.
    segments : tuple of str
        Columns that tell parts of the rows, each of which a criterion may be asked of.
    positive : str
        The label that is looked for, where labels are not 0 and 1. The rest must have one other.
    negative_amounts : {"refuse", "zero", "absolute"}
        What an amount below zero, such as a refund, counts as.
    unit : {"", "s", "ms", "us", "ns", "min", "h", "d"}
        Of times that are numbers. Empty: seconds, but refused where they can hardly be.
    decimal : {".", ","}
        Mark before the decimals in a CSV file.
    """

    time: str = "time"
    amount: str = "amount"
    label: str = "label"
    score: str = "score"
    weight: str = "weight"
    group: str = "group"
    key: str = ""
    champion: str = ""
    segments: tuple[str, ...] = ()
    positive: str = ""
    negative_amounts: str = "refuse"
    unit: str = ""
    decimal: str = "."

    def __post_init__(self) -> None:
        for name in (*ROLES, "positive"):
            _validate.text(getattr(self, name), name, optional=name != "score")
        one = isinstance(self.segments, str)
        object.__setattr__(self, "segments", (self.segments,) if one else tuple(self.segments))
        for name in self.segments:
            if _validate.text(name, "segments") in TAKEN:
                msg = f"A column of segments must not be called {name!r}, which is a role's name."
                raise ValueError(msg)
        names = [*filter(None, (getattr(self, role) for role in ROLES)), *self.segments]
        if len(set(names)) < len(names):
            msg = f"Each column needs a name of its own, got {', '.join(names)}."
            raise ValueError(msg)
        _validate.choice(self.negative_amounts, "negative_amounts", NEGATIVE)
        _validate.choice(self.unit, "unit", ("", *UNITS))
        _validate.choice(self.decimal, "decimal", (".", ","))


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


def numbers_in(values: pd.Series, what: str = "numbers", hint: str = "") -> NDArray[np.float64]:
    """Return floats, NaN for what is missing; complex numbers and text are refused."""
    kind = types.infer_dtype(values, skipna=True)
    if kind == "complex":
        msg = f"{values.name} must be {what}, got complex ones."
        raise ValueError(msg)
    if kind in ("boolean", "decimal", "empty", "integer", "floating", "mixed-integer-float"):
        try:
            return values.to_numpy(dtype=np.float64, na_value=np.nan)
        except OverflowError as error:
            msg = f"{values.name} must be {what}, got one beyond all floats."
            raise ValueError(msg) from error
    missing = values.isna().to_numpy()
    wrong = (row for row, one in enumerate(values) if not (missing[row] or is_number(one)))
    if (row := next(wrong, None)) is None:
        msg = f"{values.name} must be {what}, got text such as {values.iloc[0]!r}."
        raise ValueError(msg)
    value = values.iloc[row]
    if isinstance(value, str) and is_number(value.replace(",", ".")):
        hint = ' If that is a decimal comma, say decimal = "," in [file] of the criteria.'
    msg = f"{values.name} must be {what}, got {value!r} at position {row}.{hint}"
    raise ValueError(msg)


def is_number(value: Any) -> bool:
    try:
        return np.ndim(value) == 0 and bool(np.isfinite(float(value)))
    except (TypeError, ValueError):
        return False
