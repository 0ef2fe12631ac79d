"""What Deepchecks found, as a table to read: no dictionaries, no line breaks, no 1.2e-05."""

import re
from ast import literal_eval
from typing import Any

import numpy as np
import pandas as pd

COLUMNS = ("check", "condition", "status", "found", "value")
_STATUS = {"PASS": "pass", "FAIL": "fail", "WARN": "warn", "ERROR": "did not run"}
MOST = 3
"""Names that are listed; the others are counted."""
# A colon and what Python prints of a dictionary or a list, without one in it.
_PRINTED = re.compile(r":\s*(\{[^{}]*\}|\[[^\[\]]*\])")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?e[-+]\d+")


def tidy(results: list[Any]) -> pd.DataFrame:
    """Return the results of checks as a table, with one row a check and condition.

    Parameters
    ----------
    results : list of deepchecks.core.CheckResult or CheckFailure
        As the checks returned them.

    Returns
    -------
    pandas.DataFrame
        With the columns `COLUMNS`.

    Examples
    --------
    >>> tidy([]).columns.tolist()
    ['check', 'condition', 'status', 'found', 'value']
    """
    rows = [row for result in results for row in _rows(result)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(result: Any) -> list[tuple[Any, ...]]:
    """Return one tuple of `COLUMNS` a condition of one result."""
    name = type(result.check).__name__
    if not hasattr(result, "value"):
        return [(name, "", "did not run", in_words(str(result.exception)), None)]
    conditions = [
        (name, c.name, _STATUS[c.category.name], in_words(c.details), result.value)
        for c in result.conditions_results
    ]
    return conditions or [(name, "", "no condition", "", result.value)]


def in_words(details: str) -> str:
    """Return a finding of Deepchecks without what only a program can read.

    Parameters
    ----------
    details : str
        What a condition says.

    Returns
    -------
    str
        On one line. A printed dictionary or list becomes its first `MOST` entries, those with
        the largest numbers first, and a count of the others; an empty one is left out, and what
        Python cannot read again is left as it is.

    Examples
    --------
    >>> in_words("Found 4 columns: {'V1': '0.3', 'V2': '0.4', 'V3': '0.2', 'V4': '0.1'}")
    'Found 4 columns: V2 0.4, V1 0.3, V3 0.2 and 1 more'
    >>> in_words("Found 0 new labels in test data: []")
    'Found 0 new labels in test data'
    """
    line = " ".join(details.split())
    line = _PRINTED.sub(_listed, line)
    return _SCIENTIFIC.sub(_plain, line)


def _listed(found: re.Match[str]) -> str:
    try:
        entries = literal_eval(found[1])
    except ValueError:  # such as {'V1': nan}
        return found[0]
    if isinstance(entries, dict):
        ranked = sorted(entries.items(), key=lambda entry: -_size(entry[1]))
        entries = [f"{name} {value}" for name, value in ranked]
    if not entries:
        return ""
    others = f" and {len(entries) - MOST} more" if len(entries) > MOST else ""
    return ": " + ", ".join(str(entry) for entry in entries[:MOST]) + others


def _size(value: Any) -> float:
    """Return the number that a value such as 0.4, '0.4' or '75.02%' shows, or 0."""
    found = re.search(r"\d+(?:\.\d+)?", str(value))
    return float(found[0]) if found else 0.0


def _plain(found: re.Match[str]) -> str:
    return np.format_float_positional(float(found[0]), precision=3, fractional=False, trim="-")
