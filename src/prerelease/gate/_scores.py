"""A reader's own scores, from a file or a data frame, checked before anything is computed."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pandas.api import types

from prerelease import _validate, _words
from prerelease.gate._columns import OWN, ROLES, Columns, groups, keys, numbers_in, segments
from prerelease.gate._files import read, used
from prerelease.gate._times import seconds_in, told_holes

NUMBERS = ("time", "amount", "label", "score", "weight", "group", "champion")
ROUNDING = 1e-6
"""How far a probability may be outside 0 and 1 and be taken for one of them."""


def read_scores(path: str | Path, *, columns: Columns | None = None) -> pd.DataFrame:
    r"""Read a file of scores and refuse what it may not have meant.

    Parameters
    ----------
    path : str or pathlib.Path
        CSV with a header, or Parquet, known by what is in it: a file, compressed by gzip, bzip2
        or Zstandard if at all, a folder of Parquet files (without what is hidden: names that begin
        with a dot or ``_``), or ``-`` for the standard input. What stands between the columns of a
        CSV file is found: a comma, a semicolon, a tab or ``|``.
    columns : Columns, optional
        What the columns are called, and how they are to be read.

    Returns
    -------
    pandas.DataFrame
        ``time`` (seconds, sorted; a column of dates is counted from its first), ``amount``,
        ``label`` (0, 1, or NaN where it is not known yet), ``score`` and, where there is one,
        ``weight`` and ``group``, as floats, ``key``, and segments as categories. Its
        ``attrs["prerelease"]`` hold the ``name`` and the ``sha256`` of the file, the columns that
        were ``ignored``, the first date (``start``) and ``notes``: sentences on what may not be as
        meant. A frame that is changed afterwards keeps its seconds and its first date; the rest is
        found anew.

    Raises
    ------
    ValueError
        If the file cannot be read, is empty or lacks a column; if a value is missing (but for
        labels), a label is neither 0 nor 1 nor named, an amount is negative, time goes back or is
        in no likely unit.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "scores.csv"
    >>> _ = file.write_text("time,amount,label,score\n0,9.5,0,0.1\n60,20,1,0.8\n")
    >>> read_scores(file)["score"].tolist()
    [0.1, 0.8]
    """
    if not str(path).strip():
        msg = "the name of the file of scores is empty."
        raise ValueError(msg)
    path, columns = Path(path), columns or Columns()
    try:
        table, there, digest, left_out = read(path, columns)
        found = checked(table, columns, there)
    except ValueError as error:
        msg = f"{path}: {error}"
        raise ValueError(msg) from error
    del table
    pa.default_memory_pool().release_unused()  # else it keeps what the file took
    name = "the standard input" if str(path) == "-" else path.name
    notes = (*found.attrs[OWN]["notes"], *_told("Left out of the folder", left_out))
    found.attrs[OWN] |= {"sha256": digest, "name": name, "notes": notes}
    return found


def checked(
    table: pd.DataFrame, columns: Columns, there: list[str] | None = None, name: str = "scores"
) -> pd.DataFrame:
    """Return the columns that play a role under its name, as floats that are what they must be.

    `there` are the names of all columns, where `table` no longer has them all. A table that this
    returned before has names and seconds of ours, and is what it was if its content is the same.
    """
    there = list(table.columns) if there is None else there
    named = {getattr(columns, one) for one in ROLES} - {*ROLES}
    known = None if named & {*there} else table.attrs.get(OWN)
    columns = _ours(columns, known, there) if known else columns
    names = used(columns, there)
    if known and set(names) == set(there) and known["content"] == _content(table):
        return table.astype({name: np.float64 for name in table if name in NUMBERS})
    if table.empty:
        msg = "it has its header and no row."
        raise ValueError(msg)
    found = {role: _flat(table[name]) for role, name in names.items()}
    start, kind = (known["start"], known["kind"]) if known else ("", _kind(found["score"]))
    since = known["since"] if known else types.is_timedelta64_dtype(found.get("time"))
    if "time" in found:
        time, first = seconds_in(found["time"], columns.unit)
        start = first or start
        found["time"] = _validate.sorted_times(time, columns.time)
    found["amount"] = _amounts(found["amount"], columns) if "amount" in found else 0.0
    found["label"] = _labels(found["label"], columns) if "label" in found else np.nan
    kind_of_champion = known["champion"] if known else _kind(found.get("champion", found["score"]))
    found |= {role: _scores(found[role]) for role in ("score", "champion") if role in found}
    if "weight" in found:
        found["weight"] = _validate.weights(numbers_in(found["weight"]), columns.weight, len(table))
    if "group" in found:
        found["group"], alone = groups(found["group"])
    if "key" in found:
        found["key"] = keys(found["key"])
    found |= {name: segments(found[name]) for name in columns.segments}
    made = pd.DataFrame(found, index=table.index, copy=False)
    ignored = tuple(map(str, dict.fromkeys(name for name in there if name not in names.values())))
    notes = (*_told("Not used", ignored), *told_holes(made.get("time"), columns.time))
    if "group" in found and alone:
        notes += (f"{alone:,} rows have no {columns.group}: each is a group of its own.",)
    content = _content(made)
    about = {"name": name, "sha256": content, "content": content, "start": start, "kind": kind}
    called = {
        role: known["columns"].get(role, role) if known else str(names[role]) for role in names
    }
    about |= {"since": since, "columns": called, "champion": kind_of_champion}
    made.attrs = {OWN: about | {"ignored": ignored, "notes": notes}}
    return made


def _ours(columns: Columns, known: dict[str, Any], there: list[str]) -> Columns:
    """Return what the columns are called in a table that was checked before."""
    roles = {one: one for one in ROLES if getattr(columns, one)}
    roles |= {one: one for one in ("key", "champion") if one in there}
    roles |= {} if "time" in there else {"time": ""}
    held = [name for name in known["columns"] if name not in ROLES and name in there]
    parts = tuple(dict.fromkeys((*columns.segments, *held)))
    own = dict.fromkeys(ROLES, "") | roles
    return replace(columns, **own, segments=parts, positive="", unit="s")


def _content(table: pd.DataFrame) -> str:
    """Return the SHA-256 of a table as it is once checked; nothing for any other."""
    numbers = [name for name in table if name in NUMBERS]
    if not all(map(types.is_any_real_numeric_dtype, table[numbers].dtypes)):
        return ""
    digest = hashlib.sha256(str(list(table)).encode())
    for name in numbers:  # one by one: the table is not copied
        column = table[name].to_numpy(dtype=np.float64, na_value=np.nan)
        digest.update(np.ascontiguousarray(column))
    for name in table.columns.difference(numbers, sort=False):
        digest.update(pd.util.hash_pandas_object(table[name], index=False).to_numpy().tobytes())
    return digest.hexdigest()


def _kind(values: pd.Series) -> str:
    """Return the type of floats that a column is in: the type decides, never the values."""
    kind = str(getattr(values.dtype, "numpy_dtype", values.dtype))
    return kind if kind in ("float16", "float32") else "float64"


def _told(what: str, names: Sequence[str]) -> list[str]:
    shown = [repr(one if len(one) <= 80 else f"{one[:80]}…") for one in names]
    return [f"{what}: {_words.listed(shown, 20)}."] if names else []


def _flat(values: pd.Series) -> pd.Series:
    """Return categories as what they stand for."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.astype(values.cat.categories.dtype)
    return values


def _amounts(values: pd.Series, columns: Columns) -> NDArray[np.float64]:
    amount = _validate.vector(numbers_in(values), columns.amount)
    if columns.negative_amounts == "refuse":
        hint = ' If it is meant, say negative_amounts = "zero" or "absolute" in [columns] of the '
        _validate.non_negative(amount, columns.amount, hint=f"{hint}criteria.")
    return np.abs(amount) if columns.negative_amounts == "absolute" else np.maximum(amount, 0)


def _labels(values: pd.Series, columns: Columns) -> NDArray[np.float64]:
    """Return 0, 1 and NaN."""
    if columns.positive:
        return _named(values, columns.positive)
    hint = ' If labels have names, say positive = "yes", or what it is, in [columns].'
    label = numbers_in(values, hint=hint)
    _validate.binary(np.where(np.isnan(label), 0, label), columns.label, both=False)
    return label


def _named(values: pd.Series, positive: str) -> NDArray[np.float64]:
    """Return 1 for the label that is looked for, 0 for the other, NaN for what is missing."""
    codes, found = pd.factorize(values)
    names = names_of(found)
    if {*names} <= {"True", "False"}:  # as which true, TRUE and the like were read
        positive = positive.capitalize()
    others = sorted(set(names) - {positive, ""})
    if positive not in names or len(others) > 1:
        shown = ", ".join(map(repr, others[:5])) or "nothing"
        msg = f"{values.name} must hold {positive!r} and one other label, got {shown}."
        raise ValueError(msg)
    meant = [float(name == positive) if name else np.nan for name in names]
    return np.array([*meant, np.nan])[codes]


def names_of(labels: Iterable[Any]) -> list[str]:
    """Return labels as criteria name them."""
    flags = bool, np.bool_
    return [
        f"{one:g}" if types.is_number(one) and not isinstance(one, flags) else str(one).strip()
        for one in labels
    ]


def _scores(values: pd.Series) -> NDArray[np.float64]:
    """Return finite scores; probabilities are brought to 0 and 1 where they miss by rounding."""
    score = _validate.vector(numbers_in(values), str(values.name))
    rounded = np.clip(score, 0, 1)
    near = np.abs(rounded - score).max() <= ROUNDING < np.ptp(score) / 2  # else it may be a ranking
    return rounded if near else score
