"""One query that counts: by block of time, segment, column and bin."""

# ruff: noqa: PD003 - columns of Ibis are none of pandas

from typing import TYPE_CHECKING, Any

import pandas as pd

from prerelease import _validate

from ._contract import LARGEST, MISSING, OTHER, Contract, as_table, there
from ._profile import Profile, in_order

if TYPE_CHECKING:
    from ibis import Table
    from ibis.expr.types import Column

UNITS = {"score": 1e-9, "amount": 1e-4, "product": 1e-6}
"""Sums are counted in these, each row rounded: whole numbers add up the same in any order."""
UNKNOWN, WRONG = -1, -2
LATEST = 1e15


def profile(rows: "pd.DataFrame | Table", contract: Contract) -> Profile:
    """Count rows, by whatever holds them: a frame, or a table of DuckDB, Spark or another engine.

    Parameters
    ----------
    rows : pandas.DataFrame or Ibis table
        One row a case. A missing label is not known yet; other missing values are counted apart.
        Dates without a zone are taken as the engine takes them: DuckDB as UTC, Spark as its
        session's zone.
    contract : Contract
        What is counted, and in which bins.

    Returns
    -------
    Profile
        Counts, which can be added to others of the same contract.

    Raises
    ------
    ValueError
        If a column is absent or no number, there is no row, a row has no time, a label is
        neither 1 nor 0 nor missing, or an amount is negative.

    Notes
    -----
    It is one query, in which each column is read once and no row is kept or sorted, so it takes
    time in proportion to the rows and memory to the bins.

    Examples
    --------
    >>> rows = pd.DataFrame({"time": [0, 700], "score": [0.1, 0.9], "label": [0, None]})
    >>> counted = profile(rows, Contract.of(rows, bins=2))
    >>> counted.rows, counted.known
    (2, 1)
    """
    table = as_table(rows)
    frame = counting(table, contract).to_pandas()
    if frame.empty:
        msg = "there is no row to count."
        raise ValueError(msg)
    _refuse(frame, table, contract)
    names = pd.Categorical.from_codes(frame["column"], categories=[*contract.columns])
    return Profile(contract, in_order(frame.assign(column=names)))


def counting(table: "Table", contract: Contract) -> "Table":
    """Return the query."""
    ibis = _validate.extra("ibis", "scale")
    place = {"block": _block(table, contract), "segment": _segment(table, contract)}
    parts = []
    for number, name in enumerate(contract.columns):
        value = _number(table, name)
        cell = {"column": ibis.literal(number, "int16"), "bin": _bin(value, contract.bins(name))}
        nothing = ibis.literal(0, "int64")
        cell |= {"label": ibis.literal(UNKNOWN, "int8")} | dict.fromkeys(UNITS, nothing)
        if name == contract.score:
            cell |= {"label": _label(table, contract.label)} | _sums(table, value, contract)
        cells = table.select(**place, **cell)
        by = cells.group_by("block", "segment", "column", "bin", "label")
        sums = {what: cells[what].sum().cast("int64") for what in UNITS}
        parts.append(by.agg(n=cells.count(), **sums))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _number(table: "Table", name: str) -> "Column":
    """Return a column as floats, without a value where there is no number."""
    column = table[there(table, name)]
    kind = column.type()
    if not (kind.is_numeric() or kind.is_boolean()):
        msg = f"{name} must be numbers, got a column of type {kind}."
        raise ValueError(msg)
    value = column.cast("float64")
    return value.isnan().ifelse(_none("float64"), value)


def _none(kind: str) -> Any:
    return _validate.extra("ibis", "scale").null(kind)


def _bin(value: "Column", edges: Any) -> "Column":
    """Return how many edges are at or below a value, -1 where it is missing."""
    ibis = _validate.extra("ibis", "scale")

    def between(low: int, high: int) -> Any:  # by halves: few comparisons a row
        if low == high:
            return ibis.literal(low, "int16")
        middle = (low + high) // 2
        # Written out and read again by the engine, a float stays what it is to the last bit.
        edge = ibis.literal(repr(float(edges[middle]))).cast("float64")
        return ibis.ifelse(value >= edge, between(middle + 1, high), between(low, middle))

    return ibis.ifelse(value.isnull(), ibis.literal(-1, "int16"), between(0, len(edges)))


def _block(table: "Table", contract: Contract) -> "Column":
    column = table[there(table, contract.time)]
    kind = column.type()
    if kind.is_date() or kind.is_timestamp():
        moment = column.cast("timestamp") if kind.is_date() else column
        # Whole seconds first: engines differ in how they round the rest.
        seconds = moment.truncate("s").epoch_seconds().cast("float64")
    elif kind.is_numeric():
        seconds = column.cast("float64")
    else:
        msg = f"{contract.time} must be seconds or dates, got a column of type {kind}."
        raise ValueError(msg)
    known = seconds.abs() < LATEST  # not so of NaN, which engines take for the largest number
    return (known.ifelse(seconds, _none("float64")) / contract.block).floor().cast("int64")


def _segment(table: "Table", contract: Contract) -> "Column":
    ibis = _validate.extra("ibis", "scale")
    if not contract.segment:
        return ibis.literal("")
    name = table[there(table, contract.segment)].cast("string").strip()
    known = name.isin(contract.segments).ifelse(name, OTHER) if contract.segments else OTHER
    return (name.isnull() | (name == "")).ifelse(MISSING, known)


def _label(table: "Table", name: str) -> "Column":
    ibis = _validate.extra("ibis", "scale")
    if not name:
        return ibis.literal(UNKNOWN, "int8")
    label = _number(table, name)
    known = ibis.cases((label == 1, 1), (label == 0, 0), else_=WRONG)
    return label.isnull().ifelse(UNKNOWN, known).cast("int8")


def _sums(table: "Table", score: "Column", contract: Contract) -> dict[str, "Column"]:
    """Return what is summed: whole numbers, nothing where a value is none that can be summed."""
    ibis = _validate.extra("ibis", "scale")
    zero = ibis.literal(0.0)
    share = ((score >= 0) & (score <= 1)).ifelse(score, zero).fill_null(0.0)
    amount = zero
    if contract.amount:
        amount = _number(table, contract.amount)
        amount = ((amount >= 0) & (amount < LARGEST)).ifelse(amount, zero).fill_null(0.0)
    values = {"score": share, "amount": amount, "product": share * amount}
    # Not `round`, which engines have each in their own way.
    return {what: (values[what] / UNITS[what] + 0.5).floor().cast("int64") for what in UNITS}


def _refuse(frame: pd.DataFrame, table: "Table", contract: Contract) -> None:
    """Say what is wrong with rows that were counted apart."""
    number = {name: i for i, name in enumerate(contract.columns)}

    def of(which: pd.Series) -> int:
        return int(frame.loc[which, "n"].sum())

    def such_as(name: str, wrong: Any) -> Any:
        return table.filter(wrong).select(name).limit(1).to_pandas()[name].iloc[0]

    scores = frame["column"] == number[contract.score]
    if n := of(scores & frame["block"].isna()):
        msg = f"{contract.time} must be there in each row, and is none in {n:,} rows."
        raise ValueError(msg)
    if n := of(scores & (frame["label"] == WRONG)):
        value = such_as(contract.label, _label(table, contract.label) == WRONG)
        msg = f"{contract.label} must be 1, 0 or missing, got {value!r} ({n:,} such rows)."
        raise ValueError(msg)
    if contract.amount:
        last = len(contract.bins(contract.amount))
        amounts = frame["column"] == number[contract.amount]
        if n := of(amounts & frame["bin"].isin([0, last])):
            amount = _number(table, contract.amount)
            value = such_as(contract.amount, (amount < 0) | (amount >= LARGEST))
            msg = (
                f"{contract.amount} must be at least 0 and below {LARGEST:g}, got {value:g} "
                f"({n:,} such rows)."
            )
            raise ValueError(msg)
