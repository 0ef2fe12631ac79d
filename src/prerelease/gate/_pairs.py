"""Two models on the same rows: the champion's scores beside those of this model."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from prerelease.gate._columns import Columns
from prerelease.gate._criteria import Criteria, Decision
from prerelease.gate._measure import Scored
from prerelease.gate._scores import OWN, checked, read_scores

SAME = ("time", "amount", "label")
"""What two tables must agree on, row by row, where they are matched by order."""
Data = Scored | pd.DataFrame | str | Path


@dataclass(frozen=True, kw_only=True)
class Champion:
    """The rows of this model with the scores and the rule of the one that is there now.

    Parameters
    ----------
    scored : Scored
        In the order of this model's rows.
    told : str
        Where the scores are from and how rows were matched.
    """

    scored: Scored
    told: str


def beside(scored: Scored, criteria: Criteria, data: Data | None) -> Champion | None:
    """Return the champion's scores of the same rows; None where there are none."""
    own, frame = scored.frame.attrs[OWN], scored.frame
    columns = {name: frame[name] for name in frame if name != "block"}
    decision = criteria.champion or scored.decision
    column = own["columns"].get("champion")
    if data is None and column is None:
        return None
    if data is None:
        kind, told = own["champion"], f"in the same table, as {column!r}"
        columns["score"] = frame["champion"]
    elif column is not None:
        msg = f"the champion's scores are given twice: {column!r} holds them already."
        raise ValueError(msg)
    else:
        if isinstance(data, Scored):
            decision = _rule_of(data, scored, criteria)
        other = _read(data, criteria.columns)
        row, how = _matched(frame, other, criteria.columns.key)
        kind = other.attrs[OWN]["kind"]
        told = "{name}, SHA-256 {sha256}; ".format_map(other.attrs[OWN]) + how
        told += "; the same as this model's" if other.attrs[OWN]["sha256"] == own["sha256"] else ""
        told = " ".join([told, *(f"({note})" for note in other.attrs[OWN]["notes"])])
        given = [name for name in ("score", "block") if name in other]
        columns |= {name: other[name].to_numpy()[row] for name in given}
    frame = pd.DataFrame(columns, index=frame.index, copy=False)
    frame.attrs = {OWN: own | {"kind": kind}}
    return Champion(scored=replace(scored, frame=frame, decision=decision), told=told)


def _rule_of(data: Scored, scored: Scored, criteria: Criteria) -> Decision:
    """Return the rule that a champion came with, if nothing that is stated speaks against it."""
    if data.costs != scored.costs:
        msg = f"both models must have the same prices, got {scored.costs} and {data.costs}."
        raise ValueError(msg)
    if "block" not in data.frame and criteria.champion not in (None, data.decision):
        msg = f"[champion] states {criteria.champion}, and its Scored has {data.decision}."
        raise ValueError(msg)
    return data.decision


def _read(data: Data, columns: Columns) -> pd.DataFrame:
    """Return the champion's rows: by a key, what names them and the score is all that counts."""
    if isinstance(data, Scored):
        return data.frame
    alone = dict.fromkeys(("weight", "group", "champion", *(SAME if columns.key else ())), "")
    columns = replace(columns, **alone, segments=())
    if isinstance(data, pd.DataFrame):
        return checked(data, columns, name="a data frame")
    if isinstance(data, str | Path):
        return read_scores(data, columns=columns)
    msg = f"champion must be a file, a data frame or Scored, got {type(data).__name__}."
    raise ValueError(msg)


def _matched(new: pd.DataFrame, old: pd.DataFrame, key: str) -> tuple[NDArray[np.intp], str]:
    """Return which row of the champion goes with each row, and by what."""
    if not key:
        _agree(new, old)
        return np.arange(len(new)), "matched by order"
    for frame in (new, old):
        if "key" not in frame:
            msg = f"{frame.attrs[OWN]['name']} has no key: read it with Columns(key={key!r})."
            raise ValueError(msg)
    left, right = new["key"], old["key"]
    if types.is_numeric_dtype(left) != types.is_numeric_dtype(right):
        left, right = left.astype(str), right.astype(str)
    row = pd.Index(right).get_indexer(pd.Index(left))
    if (row < 0).any():
        alone = str(left.iloc[np.argmax(row < 0)])
        msg = (
            f"{(row < 0).sum():,} of {len(row):,} rows of {new.attrs[OWN]['name']} are not in "
            f"{old.attrs[OWN]['name']}, such as {key} {alone!r}: each needs the champion's score."
        )
        raise ValueError(msg)
    more = f"; {len(right) - len(row):,} more rows of it are left out"
    return row, f"matched by {key!r}" + (more if len(right) > len(row) else "")


def _agree(new: pd.DataFrame, old: pd.DataFrame) -> None:
    """Refuse two tables whose rows are not the same, one by one."""
    left, right = new.attrs[OWN], old.attrs[OWN]
    told = f"{left['name']} and {right['name']}"
    hint = "Rows are matched by order, unless a column names them (--key)."
    if len(new) != len(old):
        msg = f"{told} have {len(new):,} and {len(old):,} rows. {hint}"
        raise ValueError(msg)
    if left["start"] != right["start"]:
        msg = f"{told} differ in time: {left['start'] or 0} and {right['start'] or 0}. {hint}"
        raise ValueError(msg)
    for role in SAME:
        one, other = (frame.get(role, pd.Series(np.nan, frame.index)) for frame in (new, old))
        one, other = one.to_numpy(), other.to_numpy()
        unlike = (one != other) & ~(np.isnan(one) & np.isnan(other))
        if unlike.any():
            row = int(np.argmax(unlike))
            msg = (
                f"{told} differ in {role} at position {row}: {one[row]:.12g} and "
                f"{other[row]:.12g}. {hint}"
            )
            raise ValueError(msg)
