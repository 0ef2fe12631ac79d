"""The contract of the table, checked with pandera; errors name column, row and value."""

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ._errors import ContractError
from ._facts import COLUMNS

if TYPE_CHECKING:
    import pandera.pandas

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
    # pandera takes about a second to import, and a warm load does not need it.
    from pandera.errors import SchemaErrors  # noqa: PLC0415

    problems = _column_problems(df)
    if problems:
        raise ContractError(problems)
    try:
        with warnings.catch_warnings():  # pandera 0.35 meets a deprecation of pandas in its report
            warnings.simplefilter("ignore", FutureWarning)
            _schema(n_rows, n_frauds).validate(df.reset_index(drop=True), lazy=True)
    except SchemaErrors as error:
        raise ContractError(_sentences(df, error.failure_cases)) from error
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
    return problems[:MOST_PROBLEMS]


def _schema(n_rows: int | None, n_frauds: int | None) -> "pandera.pandas.DataFrameSchema":
    """Build the schema; the name of each check is the end of its error's sentence."""
    import pandera.pandas as pa  # noqa: PLC0415

    finite = pa.Check(np.isfinite, error="is not finite", ignore_na=True)
    not_negative = pa.Check.ge(0, error="is below 0")
    forward = pa.Check(
        lambda time: time.diff().fillna(0) >= 0, error="is earlier than the row before"
    )
    columns = {name: pa.Column("float64", finite) for name in COLUMNS[1:-2]}
    table_checks = []
    if n_rows is not None:
        table_checks.append(
            pa.Check(lambda df: len(df) == n_rows, error=f"rows, where {n_rows:,} belong")
        )
    if n_frauds is not None:
        table_checks.append(
            pa.Check(
                lambda df: int((df["Class"] == 1).sum()) == n_frauds,
                error=f"frauds, where {n_frauds:,} belong",
            )
        )
    return pa.DataFrameSchema(
        {
            "Time": pa.Column("float64", [finite, not_negative, forward]),
            **columns,
            "Amount": pa.Column("float64", [finite, not_negative]),
            "Class": pa.Column("int64", pa.Check.isin((0, 1), error="is neither 0 nor 1")),
        },
        checks=table_checks,
        strict=True,
        ordered=True,
    )


def _sentences(df: pd.DataFrame, failures: pd.DataFrame) -> list[str]:
    """Turn pandera's table of failures into sentences, wrong types and rows first."""
    sentences = []
    wrong_type = set(failures.loc[failures["check"].str.startswith("dtype("), "column"])
    for failure in failures.itertuples():
        if failure.schema_context == "DataFrameSchema":
            count = len(df) if failure.check.startswith("rows") else int((df["Class"] == 1).sum())
            sentence = f"there are {count:,} {failure.check}."
        elif failure.check.startswith("dtype("):
            sentence = _type_sentence(df[failure.column], failure.check[7:-2])
        elif failure.column in wrong_type:
            continue  # checks of values make no sense there
        else:
            reason = "is missing" if failure.check == "not_nullable" else failure.check
            sentence = _cell(failure.column, int(failure.index), failure.failure_case, reason)
        if sentence not in sentences:
            sentences.append(sentence)
    if len(sentences) > MOST_PROBLEMS:
        more = len(sentences) - MOST_PROBLEMS
        sentences = [*sentences[:MOST_PROBLEMS], f"and {more:,} problems more."]
    return sentences


def _type_sentence(column: pd.Series, wanted: str) -> str:
    """Name the first value that makes a column have another type than it should."""
    numbers = pd.to_numeric(column, errors="coerce")
    text = np.flatnonzero(numbers.isna() & column.notna())
    if text.size:
        return _cell(column.name, text[0], repr(column.iloc[text[0]]), "is not a number")
    missing = np.flatnonzero(column.isna())
    if missing.size:
        return _cell(column.name, missing[0], "the value", "is missing")
    if wanted == "int64":
        broken = np.flatnonzero(numbers % 1 != 0)
        if broken.size:
            value = column.iloc[broken[0]]
            return _cell(column.name, broken[0], value, "is not a whole number")
    return f"column {column.name} has type {column.dtype}, where {wanted} belongs."


def _cell(column: str, row: int, value: object, reason: str) -> str:
    """Write one sentence about one cell."""
    what = "the value" if reason == "is missing" else value
    return f"column {column}, row {row} (line {row + 2} of the CSV): {what} {reason}."
