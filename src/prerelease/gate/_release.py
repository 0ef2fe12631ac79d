"""The verdict on what the chapters recorded: each criterion against its row of the release file."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from prerelease._validate import nearest
from prerelease.gate._criteria import Criteria, Criterion
from prerelease.gate._measure import Measured
from prerelease.gate._terms import of_evidence
from prerelease.gate._verdict import Finding, Verdict, compared, missing, verdict_of
from prerelease.intervals import Interval


def judge_evidence(
    rows: pd.DataFrame,
    criteria: Criteria,
    *,
    data_digest: str,
    data: str = "the release file",
    order: str = "",
) -> Verdict:
    """Judge the rows of the release file by the criteria.

    Parameters
    ----------
    rows : pandas.DataFrame
        What `prerelease.evidence.read` returns.
    criteria : Criteria
        What is asked.
    data_digest : str
        SHA-256 of the data that the release is about: rows of other data are no evidence.
    data : str
        What to call the data.
    order : str, default ""
        Why rows of the test split cannot be believed; empty if they can.

    Returns
    -------
    Verdict
        As of `judge`. A criterion that nothing was recorded for lacks evidence.

    Examples
    --------
    >>> from prerelease import evidence
    >>> asks = Criterion(name="ranks", why="agreed", bound=0.6, side="at_least",
    ...                  unit="average precision", chapter="02", claim="average precision")
    >>> none = pd.DataFrame(columns=list(evidence.COLUMNS))
    >>> criteria = Criteria(name="A model", criteria=(asks,))
    >>> judge_evidence(none, criteria, data_digest="0" * 64).outcome
    'insufficient evidence'
    """
    about = (data_digest, served_model(rows, criteria), order)
    findings = [_against_row(criterion, rows, *about) for criterion in criteria.criteria]
    decided = of_evidence(rows, *about[1:])
    return verdict_of(criteria, findings, data, data_digest, decided)


def served_model(rows: pd.DataFrame, criteria: Criteria) -> str:
    """Return which model is served: the one that the first criterion about it was measured on.

    That is its `prerelease.serving.fingerprint`; empty where nobody named it.

    Examples
    --------
    >>> asks = Criterion(name="ranks", why="agreed", bound=0.6, side="at_least",
    ...                  unit="average precision", chapter="02", claim="of it", served=True)
    >>> rows = pd.DataFrame({"chapter": ["02"], "claim": ["of it"], "model": ["ab12"]})
    >>> served_model(rows, Criteria(name="A model", criteria=(asks,)))
    'ab12'
    """
    for one in criteria.criteria:
        if one.served:
            found = rows[(rows["chapter"] == one.chapter) & (rows["claim"] == one.claim)]
            return "" if found.empty else str(found["model"].iloc[0])
    return ""


def order(ledger_rows: pd.DataFrame, *, criteria_digest: str, source: str | None = None) -> str:
    """Say why evidence of the test rows came too early to be judged by these criteria.

    Parameters
    ----------
    ledger_rows : pandas.DataFrame
        What `prerelease.ledger.read` returns.
    criteria_digest : str
        SHA-256 of the criteria file.
    source : str, optional
        What the ledger calls the data; by default all of its lines count.

    Returns
    -------
    str
        Empty if each evaluation noted these very criteria. A criterion that is added or moved
        after the results are known is a description of them, not a test.

    Examples
    --------
    >>> rows = pd.DataFrame({"kind": ["evaluation"], "source": ["full"], "criteria": ["ab"],
    ...                      "when": pd.to_datetime(["2026-01-01"], utc=True)})
    >>> order(rows, criteria_digest="ab", source="full")
    ''
    """
    judged = ledger_rows[ledger_rows["kind"] == "evaluation"]
    if source is not None:
        judged = judged[judged["source"] == source]
    if judged.empty:
        return "the test ledger holds no evaluation of these test rows"
    before = judged[judged["criteria"] != criteria_digest]
    if before.empty:
        return ""
    first = before["when"].min()
    return (
        f"{len(before)} of {len(judged)} evaluations of the test rows, the first on "
        f"{first:%Y-%m-%d %H:%M} UTC, were made under other criteria or none"
    )


def _against_row(
    criterion: Criterion, rows: pd.DataFrame, data_digest: str, model: str, order: str
) -> Finding:
    if not criterion.claim:
        return missing(criterion, "it needs scores (--scores), and none were given")
    of_chapter = rows[rows["chapter"] == criterion.chapter]
    found = of_chapter[of_chapter["claim"] == criterion.claim]
    if found.empty:
        told = f"chapter {criterion.chapter} recorded no claim {criterion.claim!r}"
        claims = of_chapter["claim"].tolist()
        near = f": {nearest(criterion.claim, claims)}" if claims else ", nor any other"
        return missing(criterion, told + near)
    row = found.iloc[0].to_dict()
    how = ", ".join(row[name] for name in ("how", "method", "because") if row[name])
    source = f"chapter {criterion.chapter}, {row['split']} rows: {how}"
    if problem := _unfit(criterion, row, data_digest, model, order):
        return missing(criterion, problem, source)
    return compared(criterion, _measured(row), source)


def _unfit(  # noqa: PLR0911 - each is a reason of its own
    criterion: Criterion, row: Mapping[str, Any], data_digest: str, model: str, order: str
) -> str:
    """Say why a row is no evidence for a criterion, or return nothing."""
    if row["data_digest"] != data_digest:
        return (
            f"it was measured on other data (SHA-256 {row['data_digest'][:12]}…, and the release "
            f"is about {data_digest[:12]}…)"
        )
    if row["unit"] != criterion.unit:
        return f"it was recorded in {row['unit']!r}, and {criterion.unit!r} was asked for"
    if criterion.split and row["split"] != criterion.split:
        return f"it was measured on {row['split']} rows, and {criterion.split} rows were asked for"
    if not (np.isfinite(row["low"]) or criterion.counted):
        return "it was recorded without an interval, and the criterion does not say `counted`"
    if np.isfinite(row["level"]) and row["level"] < criterion.level:
        return f"its interval has level {row['level']:g}, and {criterion.level:g} was asked for"
    if criterion.served and not (row["model"] and row["model"] == model):
        return (
            f"it was measured on the model {row['model'] or 'that nobody named'}, and served is "
            f"{model or 'one that nobody named'}"
        )
    return order if row["split"] == "test" else ""


def _measured(row: Mapping[str, Any]) -> Measured:
    interval = None
    if np.isfinite(row["low"]):
        interval = Interval(
            row["value"], row["low"], row["high"], row["level"], row["how"], int(row["n"])
        )
    doubt = "" if interval is None or interval.low < interval.high else "its interval has no length"
    return Measured(row["value"], interval, row["unit"], int(row["n"]), doubt)
