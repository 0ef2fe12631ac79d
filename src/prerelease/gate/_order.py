"""Were the criteria written before the test rows were judged by? The ledger knows."""

import pandas as pd


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
