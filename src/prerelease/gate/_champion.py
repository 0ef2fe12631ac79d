"""Two models on the same rows: the champion's scores beside this model's, and their difference."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from prerelease import _words
from prerelease.gate._cases import Decision, Scored
from prerelease.gate._columns import OWN, Columns
from prerelease.gate._criteria import Criteria
from prerelease.gate._ends import FEWEST, interval
from prerelease.gate._linear import Linear
from prerelease.gate._measure import Measured, estimable
from prerelease.gate._names import units
from prerelease.gate._scores import checked, read_scores

SAME = ("time", "amount", "label")
"""What two tables must agree on, row by row, where they are matched by order."""
PAIRED = ("recall", "recall_at_k", "false_alarms_per_1000", "alerts_per_1000")
"""Shares of the same cases for both models."""
OF_DECISIONS = ("precision", "alerts_per_day", "savings", "saved_per_1000", "cost_per_1000")


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


def beside(scored: Scored, criteria: Criteria, data: Any) -> Champion | None:
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
        # By a key, what names them and the score is all that counts.
        needless = ("weight", "group", "champion", *(SAME if criteria.columns.key else ()))
        needed = replace(criteria.columns, **dict.fromkeys(needless, ""), segments=())
        other = table_of(data, needed, "champion")
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


def table_of(data: Any, columns: Columns, what: str) -> pd.DataFrame:
    """Return cases, however they came, as a table that was checked."""
    if isinstance(data, Scored):
        return data.frame
    if isinstance(data, pd.DataFrame):
        return checked(data, columns, name="a data frame")
    if isinstance(data, str | Path):
        return read_scores(data, columns=columns)
    msg = f"{what} must be a file, a data frame or Scored, got {type(data).__name__}."
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


def difference(
    new: Scored, old: Scored, metric: str, *, k: int | None = None, level: float = 0.95
) -> Measured:
    r"""Return a metric of one model minus that of another on the same rows, with its interval.

    Notes
    -----
    The influence of a row on the difference is the difference of its influences, so what both
    models have in common cancels. Shares of the same cases get the score interval of a paired
    difference [1]_, with as many cases as they are worth where they come in bursts: it promises
    something even where both models decide alike. Whatever else hangs on decisions needs
    decisions that differ.

    References
    ----------
    .. [1] Tango (1998). Equivalence test and confidence interval for the difference in
       proportions for the paired-sample design. Statistics in Medicine 17, 891-908.
    """
    n, unit, both = len(new.frame), units()[metric], []
    for scored, who in ((new, "this model"), (old, "the champion")):
        try:
            both.append(estimable(scored, metric, k))
        except ValueError as error:  # these rows cannot show it, and the error says why
            return Measured(None, None, unit, n, f"{who}: {error}")
    apart = new.block != old.block if metric in OF_DECISIONS else None
    pair = replace(
        both[0],
        value=both[0].value - both[1].value,
        influence=both[0].influence - both[1].influence,
        kind="paired" if metric in PAIRED else "difference",
        counts=both[0].counts | both[1].counts if apart is None else apart,
        n=min(both[0].n, both[1].n),
        moments=(0.0, 0.0),
        unseen=0.0,
    )
    found, doubt = interval(pair, new.clusters, level)
    doubt = doubt if metric in PAIRED else _alike(pair, apart) or doubt
    return Measured(found.estimate, found, unit, n, doubt)


def _alike(pair: Linear, apart: NDArray[np.bool_] | None) -> str:
    """Say that two models differ on too few rows, or return nothing."""
    if not pair.influence.any():
        return "both models come to the same on every row: how far they differ is not known"
    if apart is not None and (differ := int(apart.sum())) < FEWEST:
        cases = _words.words().cases
        return f"both models decide alike but for {differ} {cases}, and an interval needs {FEWEST}"
    return ""
