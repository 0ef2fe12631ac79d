"""A reader's own scores: a CSV or Parquet file, checked before anything is computed."""

import csv as text
import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api import types
from pyarrow import csv as arrow
from pyarrow import parquet

from prerelease import _validate
from prerelease._validate import nearest
from prerelease.gate._criteria import Columns


def read_scores(path: str | Path, *, columns: Columns | None = None) -> pd.DataFrame:
    r"""Read a file of scores and refuse what it may not have meant.

    Parameters
    ----------
    path : str or pathlib.Path
        Parquet if its name ends in ``.parquet``, else CSV with a header.
    columns : Columns, optional
        What the four columns are called in the file.

    Returns
    -------
    pandas.DataFrame
        ``time`` (seconds, sorted; a column of dates is counted from its first), ``amount``,
        ``label`` (0 or 1) and ``score``, as floats; ``attrs["sha256"]`` and ``attrs["name"]``
        say which file it was.

    Raises
    ------
    ValueError
        If the file cannot be read, is empty or lacks a column; if a label is neither 0 nor 1, a
        score is not from 0 to 1, an amount is negative, or time goes back or has a zone.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "scores.csv"
    >>> _ = file.write_text("time,amount,label,score\n0,9.5,0,0.1\n60,20,1,0.8\n")
    >>> read_scores(file)["score"].tolist()
    [0.1, 0.8]
    """
    path, columns = Path(path), columns or Columns()
    names = {getattr(columns, name): name for name in Columns.__dataclass_fields__}
    if len(names) < len(Columns.__dataclass_fields__):
        msg = f"Each of the four columns needs a name of its own, got {columns}."
        raise ValueError(msg)
    table = _read(path, list(names)).rename(columns=names)
    if table.empty:
        msg = f"{path} has its header and no row."
        raise ValueError(msg)
    try:
        found = pd.DataFrame(
            {
                "time": _validate.sorted_times(_seconds(table["time"]), columns.time),
                "amount": _validate.non_negative(_numbers(table["amount"]), columns.amount),
                "label": _validate.binary(_numbers(table["label"]), columns.label, both=False),
                "score": _validate.probabilities(_numbers(table["score"]), columns.score),
            }
        )
    except ValueError as error:
        msg = f"{path}: {error}"
        raise ValueError(msg) from error
    found = found.astype(np.float64)
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    found.attrs = {"sha256": digest, "name": path.name}
    return found


def _read(path: Path, wanted: list[str]) -> pd.DataFrame:
    try:
        if path.suffix.lower() in {".parquet", ".pq"}:
            there = parquet.read_schema(path).names
            _need(path, wanted, there)
            return parquet.read_table(path, columns=wanted).to_pandas(date_as_object=False)
        with path.open(encoding="utf-8-sig", newline="") as handle:
            there = [name.strip() for name in next(text.reader(handle), [])]
        if not there:
            msg = f"{path} is empty."
            raise ValueError(msg)
        _need(path, wanted, there)
        options = arrow.ConvertOptions(include_columns=wanted)
        reading = arrow.ReadOptions(column_names=there, skip_rows=1)
        table = arrow.read_csv(path, read_options=reading, convert_options=options)
        return table.to_pandas(date_as_object=False)
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror or error}."
        raise ValueError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{path} is neither CSV nor Parquet: its header is no text in UTF-8."
        raise ValueError(msg) from error
    except (pa.ArrowException, text.Error) as error:
        msg = f"{path} is neither CSV nor Parquet: {str(error).splitlines()[0]}"
        raise ValueError(msg) from error


def _need(path: Path, wanted: list[str], there: list[str]) -> None:
    other = next((mark for mark in ";\t|" if len(there) == 1 and mark in there[0]), None)
    if other and wanted != there:
        msg = f"{path} has {other!r} between its columns: write it with commas."
        raise ValueError(msg)
    for name in wanted:
        if name not in there:
            msg = (
                f"{path} has no column {name!r}: {nearest(name, there)} Other names can be given "
                "with --column or in [columns] of the criteria."
            )
            raise ValueError(msg)
        if there.count(name) > 1:
            msg = f"{path} has {there.count(name)} columns {name!r}."
            raise ValueError(msg)


def _numbers(values: pd.Series, what: str = "numbers") -> pd.Series:
    if types.is_numeric_dtype(values) or types.is_bool_dtype(values):
        return values
    if (wrong := pd.to_numeric(values, errors="coerce").isna()).any():
        row = int(np.argmax(wrong))
        msg = f"{values.name} must be {what}, got {values.iloc[row]!r} at position {row}."
    else:
        msg = f"{values.name} must be {what}, got text such as {values.iloc[0]!r}."
    raise ValueError(msg)


def _seconds(values: pd.Series) -> pd.Series:
    """Return seconds; dates are counted from the first, and dates with a zone are refused."""
    if types.is_numeric_dtype(values):
        return values
    if types.is_datetime64_any_dtype(values) and values.dt.tz is None:
        return (values - values.iloc[0]).dt.total_seconds()
    if types.is_datetime64_any_dtype(values) or _with_zone(values):
        msg = (
            f"{values.name} has a time zone, such as {values.iloc[0]}: convert it to UTC and drop "
            "the zone, so that no change of the clocks moves a row."
        )
        raise ValueError(msg)
    return _numbers(values, "seconds, or dates such as 2026-03-01 10:00:00")


def _with_zone(values: pd.Series) -> bool:
    try:
        return pd.Timestamp(values.iloc[0]).tz is not None
    except (TypeError, ValueError):
        return False
