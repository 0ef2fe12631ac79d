"""The append-only ledger of every use of the test rows.

One JSON object a line. Each line carries the digest of the line before it, so an edit, a
deletion or an insertion in the middle is found by `read`. What a chain cannot show is a tail
that was cut off whole: keep the number of lines beside it, as the release file does.

Each line also carries the digest of the release criteria as they stood at that moment, so the
ledger shows whether they were written before the test rows were judged by, or after.
"""

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from prerelease._lock import locked

__all__ = ["append", "path", "read", "repair"]
VARIABLE = "PRERELEASE_LEDGER"
START = "0" * 64
GIVEN = ("who", "why", "kind", "data_digest", "source", "n_rows", "n_positive")
FIELDS = (*GIVEN, "when", "criteria")


def path() -> Path:
    """Return where the ledger is kept.

    Returns
    -------
    pathlib.Path
        The environment variable ``PRERELEASE_LEDGER`` if it is set, else ``ledger.jsonl`` in the
        working folder.

    Examples
    --------
    >>> path().suffix
    '.jsonl'
    """
    return Path(os.environ.get(VARIABLE, "").strip() or "ledger.jsonl").expanduser()


def append(entry: dict[str, Any], *, criteria: Path, file: Path | None = None) -> dict[str, Any]:
    """Add one line to the ledger, on disk before this function returns.

    Parameters
    ----------
    entry : dict
        The values of `GIVEN`; the ledger's own clock says when (UTC).
    criteria : pathlib.Path
        What the release is going to be judged by: its SHA-256 stands in the line.
    file : pathlib.Path, optional
        The ledger; by default `path`.

    Returns
    -------
    dict
        The line as written, with ``when``, ``criteria``, ``previous`` and ``digest``.

    Raises
    ------
    ValueError
        If the ledger was edited or its last line is torn: nothing is added to it then.
    ValueError
        If a field is missing or unknown.

    Examples
    --------
    >>> import os, tempfile
    >>> os.environ["PRERELEASE_LEDGER"] = tempfile.mkdtemp() + "/ledger.jsonl"
    >>> criteria = Path(tempfile.mkdtemp()) / "criteria.toml"
    >>> _ = criteria.write_text("[release]")
    >>> line = append(dict(who="me", why="to show it", kind="demonstration", data_digest="0",
    ...                    source="sample", n_rows=3, n_positive=1), criteria=criteria)
    >>> line["previous"] == START, len(read())
    (True, 1)
    """
    if set(entry) != set(GIVEN):
        msg = f"A ledger entry must have the fields {sorted(GIVEN)}, got {sorted(entry)}."
        raise ValueError(msg)
    file = file or path()
    file.parent.mkdir(parents=True, exist_ok=True)
    with locked(file):
        lines = _parse(file)
        line = {**entry, "when": datetime.now(UTC).isoformat(timespec="seconds")}
        line["criteria"] = criteria_digest(criteria)
        line["previous"] = lines[-1]["digest"] if lines else START
        line["digest"] = digest_of(line)
        with file.open("ab") as handle:
            handle.write((json.dumps(line, sort_keys=True) + "\n").encode())
            handle.flush()
            os.fsync(handle.fileno())
    return line


def read(file: Path | None = None) -> pd.DataFrame:
    """Return the ledger's lines, oldest first, after checking each against the one before.

    Parameters
    ----------
    file : pathlib.Path, optional
        As for `append`.

    Returns
    -------
    pandas.DataFrame
        One row a use of the test rows, with the columns of `FIELDS`; ``when`` is a UTC time,
        ``criteria`` is missing in lines that were written before there were any.

    Raises
    ------
    ValueError
        If a line was edited, removed or inserted, or if the last one is torn.

    Examples
    --------
    >>> import os, tempfile
    >>> os.environ["PRERELEASE_LEDGER"] = tempfile.mkdtemp() + "/none-yet.jsonl"
    >>> len(read())
    0
    """
    file = file or path()
    try:
        lines = _parse(file)
    except ValueError:  # a line may be on its way: look again when nobody writes
        with locked(file):
            lines = _parse(file)
    frame = pd.DataFrame(lines, columns=list(FIELDS))
    return frame.assign(when=pd.to_datetime(frame["when"], utc=True))


def criteria_digest(file: Path | bytes) -> str:
    """Return the SHA-256 of the release criteria, whatever the ends of its lines.

    Parameters
    ----------
    file : pathlib.Path or bytes
        TOML, or what it holds.

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "criteria.toml"
    >>> _ = file.write_text("[release]")
    >>> criteria_digest(file)[:6]
    'ea9208'
    """
    # A checkout on Windows may end lines in CR LF: the words are the same.
    content = file if isinstance(file, bytes) else file.read_bytes()
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def repair(file: str | Path | None = None) -> int:
    """Remove a last line that was never written to its end, and nothing else.

    Parameters
    ----------
    file : pathlib.Path, optional
        As for `append`.

    Returns
    -------
    int
        How many bytes were removed; 0 if the last line is whole.

    Notes
    -----
    A line is on disk before any test row is handed out, so a torn line stands for a use
    that did not happen.

    Examples
    --------
    >>> import os, tempfile
    >>> os.environ["PRERELEASE_LEDGER"] = tempfile.mkdtemp() + "/ledger.jsonl"
    >>> _ = path().write_text('{"who": "som')
    >>> repair()
    12
    """
    file = Path(file or path())
    if not file.exists():
        return 0
    with locked(file):
        content = file.read_bytes()
        whole = content.rfind(b"\n") + 1
        with file.open("r+b") as handle:
            handle.truncate(whole)
    return len(content) - whole


def digest_of(line: dict[str, Any]) -> str:
    """Return the SHA-256 of a line, but for what it says of itself."""
    body = {key: value for key, value in line.items() if key != "digest"}
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _parse(file: Path) -> list[dict[str, Any]]:
    content = file.read_bytes() if file.exists() else b""
    if content and not content.endswith(b"\n"):
        msg = (
            f"The last line of {file} is torn: a process was stopped while it wrote, before it "
            f"was given any test row. Remove that fragment with `ledger.repair({str(file)!r})` of "
            "this package and run again."
        )
        raise ValueError(msg)
    lines: list[dict[str, Any]] = []
    for number, raw in enumerate(content.splitlines(), start=1):
        try:
            line = json.loads(raw)
            whole = line["digest"] == digest_of(line)
            whole &= line["previous"] == (lines[-1]["digest"] if lines else START)
        except (ValueError, TypeError, KeyError):
            whole = False
        if not whole:
            msg = (
                f"Line {number} of {file} is not what was written there, or a line before it is "
                "missing. The ledger is append-only: bring back an unedited copy, or move the "
                "file away and say in the release why its history begins again."
            )
            raise ValueError(msg)
        lines.append(line)
    return lines
