"""The contract of the table; errors name column, row and value."""

from collections.abc import Iterator
from itertools import chain, islice

import numpy as np
import pandas as pd

from ._errors import ContractError
from ._facts import COLUMNS, column_type

MOST_PROBLEMS = 10  # an error lists no more than that


def check(
    df: pd.DataFrame, *, n_rows: int | None = None, n_frauds: int | None = None
) -> pd.DataFrame:
    """Check that a table keeps the contract of the credit-card data.

    Parameters
    ----------
    df : pandas.DataFrame of shape (n, 31)
        Time (seconds), V1 to V28, Amount (euros), Class (1 is fraud), in this order.
    n_rows, n_frauds : int, optional
        The exact numbers of rows, and of rows with Class 1, that there must be.

    Returns
    -------
    pandas.DataFrame
        The same frame, unchanged.

    Raises
    ------
    ContractError
        If a column is missing, unknown or out of order, has another type, has a value that is
        missing, infinite or out of range, if Time goes back, or if a count is wrong.

    Notes
    -----
    Rows are counted from 0, as pandas does; in the CSV, row 0 stands on line 2.

    Examples
    --------
    >>> from casebook import data
    >>> df = data.load_sample()
    >>> data.check(df) is df
    True
    >>> try:
    ...     data.check(df.assign(Amount=-df["Amount"]).iloc[:1])
    ... except data.ContractError as error:
    ...     print(error.problems[0])
    column Amount, row 0 (line 2 of the CSV): -149.62 is below 0.
    """
    problems = iter(_column_problems(df) or chain(_wrong_counts(df, n_rows, n_frauds), _cells(df)))
    listed = list(islice(problems, MOST_PROBLEMS))
    if more := sum(1 for _ in problems):
        listed.append(f"and {more:,} problems more.")
    if listed:
        raise ContractError(listed)
    return df


def _column_problems(df: pd.DataFrame) -> list[str]:
    """Return a sentence for each missing, unknown, repeated or misplaced column."""
    names = [str(name) for name in df.columns]
    problems = [f"column {name} is missing." for name in COLUMNS if name not in names]
    problems += [
        f"column {name!r} (number {place}) is not part of the data."
        for place, name in enumerate(names, start=1)
        if name not in COLUMNS
    ]
    problems += [
        f"column {name} stands {names.count(name)} times."
        for name in COLUMNS
        if names.count(name) > 1
    ]
    if not problems:
        problems = [
            f"column {name} stands at place {place}, where {wanted} belongs."
            for place, (name, wanted) in enumerate(zip(names, COLUMNS, strict=True), start=1)
            if name != wanted
        ]
    return problems


def _wrong_counts(df: pd.DataFrame, n_rows: int | None, n_frauds: int | None) -> Iterator[str]:
    """Yield a sentence for each number of rows that is not the one asked for."""
    n_ones = int((df["Class"] == 1).sum())
    for what, found, wanted in (("rows", len(df), n_rows), ("frauds", n_ones, n_frauds)):
        if wanted is not None and found != wanted:
            yield f"there are {found:,} {what}, where {wanted:,} belong."


def _cells(df: pd.DataFrame) -> Iterator[str]:
    """Yield a sentence for each value out of place, and for each column of another type."""
    for name in COLUMNS:
        if df[name].dtype != column_type(name):
            yield _wrong_type(df[name])
            continue
        values = df[name].to_numpy()
        rules = {"is missing": np.isnan(values), "is not finite": np.isinf(values)}
        if name == "Class":
            rules["is neither 0 nor 1"] = (values != 0) & (values != 1)
        if name in ("Time", "Amount"):
            rules["is below 0"] = values < 0
        if name == "Time":
            rules["is earlier than the row before"] = np.append(False, values[1:] < values[:-1])
        for reason, wrong in rules.items():
            for row in np.flatnonzero(wrong):
                yield _cell(name, row, values[row], reason)


def _wrong_type(column: pd.Series) -> str:
    """Name the first value that makes a column have another type than it should."""
    wanted = column_type(column.name)
    numbers = pd.to_numeric(column, errors="coerce")
    for reason, wrong in (
        ("is not a number", numbers.isna() & column.notna()),
        ("is missing", column.isna()),
        ("is not a whole number", (numbers % 1 != 0) & (wanted.kind == "i")),
    ):
        if wrong.any():
            row = int(np.argmax(wrong))
            return _cell(column.name, row, column.iloc[row], reason)
    return f"column {column.name} has type {column.dtype}, where {wanted} belongs."


def _cell(column: str, row: int, value: object, reason: str) -> str:
    """Write one sentence about one cell."""
    shown = repr(value) if isinstance(value, str) else value
    what = "the value" if reason == "is missing" else shown
    return f"column {column}, row {row} (line {row + 2} of the CSV): {what} {reason}."
