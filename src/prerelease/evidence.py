"""The release file: one row for each conclusion of a chapter, which the last chapter judges.

Each chapter has its own file of JSON lines, or one for each of its pages: "04" and "04b" are both
of chapter 04. A process that runs a page again replaces the rows of the run before it: nothing
stands that it no longer says.

Each line carries its own digest, so that `read` finds a number that was changed by hand. That
guards against slips; against a forger, compare with a run on another machine.

A row notes the cell that recorded it, the method of its interval, and which fitted model it is
about. Conclusions in words (`conclude`) let two runs of a chapter be compared.
"""

import hashlib
import json
import os
import sys
import uuid
from pathlib import Path
from typing import Any

import pandas as pd

from prerelease import _validate
from prerelease._lock import locked
from prerelease._output import write_whole
from prerelease.intervals import Interval
from prerelease.ledger import digest_of

__all__ = ["conclude", "conclusions", "folder", "read", "record"]
VARIABLE = "PRERELEASE_EVIDENCE"
SPLITS = ("train", "valid", "development", "test", "all", "none")
COLUMNS = {
    **dict.fromkeys(("chapter", "claim"), "str"),
    **dict.fromkeys(("value", "low", "high", "level"), "float64"),
    **{"unit": "str", "n": "int64", "split": "str", "data_digest": "str", "how": "str"},
    **dict.fromkeys(("method", "because", "model", "may_differ", "cell"), "str"),
}
COUNTED = "counted"
"""The method of a number that was not estimated."""
_FIELDS = (*COLUMNS, "answer", "folder", "run", "digest")
_RUN, _BEGUN = uuid.uuid4().hex, set[tuple[str, Path]]()


def folder() -> Path:
    """Return the folder of the release files.

    Returns
    -------
    pathlib.Path
        The environment variable ``PRERELEASE_EVIDENCE`` if it is set, else ``evidence`` in the
        working folder. Runs of different kinds belong into folders of different names, which
        each row notes.

    Examples
    --------
    >>> import os
    >>> os.environ["PRERELEASE_EVIDENCE"] = "release-3"
    >>> folder().name
    'release-3'
    """
    return Path(os.environ.get(VARIABLE, "").strip() or "evidence").expanduser()


def record(  # noqa: PLR0913 - the columns of the release file
    claim: str,
    value: float,
    interval: Interval | None,
    *,
    unit: str,
    n: int,
    data_digest: str,
    split: str,
    chapter: str,
    how: str,
    because: str = "",
    model: str = "",
    may_differ: str = "",
    place: Path | None = None,
) -> None:
    """Write one result into its chapter's release file.

    Parameters
    ----------
    claim : str
        What the number is, the same from run to run: with `chapter` it names the row.
    value : float
        The number, in `unit`.
    interval : Interval or None
        Around `value`; None only for a number that was counted and not estimated.
    unit : str
        Such as ``"average precision"``, ``"per 1,000 cases"`` or ``"rows"``.
    n : int
        Rows it rests on, at least 1.
    data_digest : str
        SHA-256 of the data, ``df.attrs["sha256"]``.
    split : {"train", "valid", "development", "test", "all", "none"}
        The rows it was measured on; ``"none"`` for a simulation.
    chapter : str
        Two digits, ``"00"`` to ``"99"``, and a letter for a page that has a file of its own.
    how : str
        How it was computed, in a sentence.
    because : str, optional
        Why the interval was drawn otherwise than the project draws its intervals.
    model : str, optional
        Which fitted model this is about: what `prerelease.serving.fingerprint` returns.
    may_differ : str, optional
        Why another run, such as one of less effort, may conclude otherwise, where it may.
    place : pathlib.Path, optional
        The folder; by default `folder`.

    Raises
    ------
    ValueError
        If a field is empty, `value` is not finite or not in its interval, the interval does not
        say by which method it was drawn, or a word is unknown.

    Examples
    --------
    >>> import os, tempfile
    >>> os.environ["PRERELEASE_EVIDENCE"] = tempfile.mkdtemp()
    >>> record("frauds in the test rows", 75, None, unit="rows", n=56_962, data_digest="0" * 64,
    ...        split="test", chapter="02", how="counted")
    >>> read()[["chapter", "claim", "value"]].to_dict("records")
    [{'chapter': '02', 'claim': 'frauds in the test rows', 'value': 75.0}]
    """
    row = _row(chapter, "claim", claim, may_differ) | {
        "value": _validate.number(value, "value"),
        "unit": _validate.text(unit, "unit"),
        "n": _validate.integer(n, "n", low=1),
        "split": _validate.choice(split, "split", SPLITS),
        "data_digest": _validate.digest(data_digest, "data_digest"),
        "how": _validate.text(how, "how"),
        "method": COUNTED,
        "because": _validate.text(because, f"because of {claim!r}", optional=True),
        "model": _validate.text(model, f"model of {claim!r}", optional=True),
    }
    if interval is not None:
        if value not in interval:
            msg = f"value must lie in its interval {interval}, got {value!r} for {claim!r}."
            raise ValueError(msg)
        row |= {"low": interval.low, "high": interval.high, "level": interval.level}
        row |= {"method": _validate.text(interval.method, f"method of {claim!r}")}
        if row["method"] == COUNTED:
            msg = f"The interval of {claim!r} was drawn by no method, got {COUNTED!r}."
            raise ValueError(msg)
    _replace((place or folder()) / f"{chapter}.jsonl", row)


def conclude(
    question: str, answer: str, *, chapter: str, may_differ: str = "", place: Path | None = None
) -> None:
    """Write what a chapter concludes, in words, into its release file.

    Parameters
    ----------
    question : str
        The same from run to run: with `chapter` it names the row.
    answer : str
        Such as the words of `prerelease.intervals.verdict`, or a name.
    chapter, may_differ, place
        As for `record`.

    Raises
    ------
    ValueError
        If a field is empty.

    Examples
    --------
    >>> import os, tempfile
    >>> os.environ["PRERELEASE_EVIDENCE"] = tempfile.mkdtemp()
    >>> conclude("who ships?", "the simple one", chapter="03")
    >>> conclusions()["answer"].tolist(), len(read())
    (['the simple one'], 0)
    """
    row = _row(chapter, "question", question, may_differ)
    row |= {"answer": _validate.text(answer, "answer"), "n": 1, "split": "none"}
    _replace((place or folder()) / f"{chapter}.jsonl", row)


def read(place: Path | None = None) -> pd.DataFrame:
    """Return the rows of all chapters, in the order of chapters and of their recording.

    Parameters
    ----------
    place : pathlib.Path, optional
        As for `record`.

    Returns
    -------
    pandas.DataFrame
        The columns of `COLUMNS`; ``low``, ``high`` and ``level`` are NaN for counts, and
        ``cell`` is empty for what no notebook recorded.

    Raises
    ------
    ValueError
        If a line is not as `record` wrote it, or of another folder: its file and number.

    Examples
    --------
    >>> import os, tempfile
    >>> os.environ["PRERELEASE_EVIDENCE"] = tempfile.mkdtemp()
    >>> read().empty
    True
    """
    rows = [row for row in _all(place) if not row["answer"]]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({name: kind for name, kind in COLUMNS.items() if kind != "str"})


def conclusions(place: Path | None = None) -> pd.DataFrame:
    """Return what the chapters concluded in words, in their order.

    Parameters
    ----------
    place : pathlib.Path, optional
        As for `record`.

    Returns
    -------
    pandas.DataFrame
        Columns ``chapter``, ``question``, ``answer`` and ``may_differ``.

    Raises
    ------
    ValueError
        As `read`.

    Examples
    --------
    >>> import os, tempfile
    >>> os.environ["PRERELEASE_EVIDENCE"] = tempfile.mkdtemp()
    >>> conclusions().empty
    True
    """
    rows = [row for row in _all(place) if row["answer"]]
    frame = pd.DataFrame(rows, columns=["chapter", "claim", "answer", "may_differ"])
    return frame.rename(columns={"claim": "question"})


def _all(place: Path | None) -> list[dict[str, Any]]:
    rows, where = [], {}
    for file in sorted((place or folder()).glob("*.jsonl")):
        for row in _rows(file):
            first = where.setdefault((row["chapter"], row["claim"]), file)
            if first != file:
                msg = f"{first} and {file} both hold the claim {row['claim']!r}: rename one."
                raise ValueError(msg)
            rows.append(row)
    return rows


def cell_name(source: str) -> str:
    r"""Return the name of a notebook's cell: twelve digits of the SHA-256 of its source.

    White space around the source does not count. Rows that the cell records have the name as
    their ``cell``.

    Examples
    --------
    >>> cell_name("1 + 1") == cell_name("1 + 1\n")
    True
    """
    return hashlib.sha256(source.strip().encode()).hexdigest()[:12]


def _running_cell() -> str:
    """Return the name of the cell that a kernel is running, or nothing outside of notebooks."""
    inputs = getattr(sys.modules.get("__main__"), "In", None)
    return cell_name(inputs[-1]) if inputs else ""


def _row(chapter: str, name: str, claim: str, may_differ: str) -> dict[str, Any]:
    """Return what every row has; its numbers are none, and its other words are empty."""
    return {column: None if kind == "float64" else "" for column, kind in COLUMNS.items()} | {
        "chapter": _validate.matching(
            chapter, "chapter", r"\d\d[a-z]?", "two digits (and a letter: a page of its own)"
        )[:2],
        "claim": _validate.text(claim, name),
        "may_differ": _validate.text(may_differ, f"may_differ of {claim!r}", optional=True),
        "cell": _running_cell(),
        "answer": "",
    }


def _replace(file: Path, row: dict[str, Any]) -> None:
    """Put a row into a file in place of the one with its claim, or after the last.

    The first row of a run begins the file anew, whatever stood there before.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with locked(file):
        before = _rows(file) if (_RUN, file) in _BEGUN else []
        kept = {old["claim"]: old for old in before if old["run"] == _RUN}
        new = row | {"folder": file.absolute().parent.name, "run": _RUN}
        kept[row["claim"]] = new | {"digest": digest_of(new)}
        lines = [json.dumps(one, ensure_ascii=False, sort_keys=True) for one in kept.values()]
        write_whole(file, "\n".join(lines) + "\n")
        _BEGUN.add((_RUN, file))


def _rows(file: Path) -> list[dict[str, Any]]:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:  # as it is where a build removes it while it is looked for
        return []
    rows = []
    # Not splitlines: it also cuts at U+2028, which a JSON string may hold.
    for number, line in enumerate(text.strip().split("\n"), start=1):
        problem = _problem(line, file)
        if problem:
            msg = (
                f"Line {number} of {file} is not a row of evidence: {problem}. "
                f"Remove the file and run chapter {file.stem} again."
            )
            raise ValueError(msg)
        rows.append(json.loads(line))
    claims = [row["claim"] for row in rows]
    if len(set(claims)) < len(claims):
        twice = next(claim for claim in claims if claims.count(claim) > 1)
        msg = f"{file} holds the claim {twice!r} twice. Remove it and run the chapter again."
        raise ValueError(msg)
    return rows


def _problem(line: str, file: Path) -> str:
    """Say what is wrong with a line, or return nothing."""
    try:
        row = json.loads(line)
    except ValueError as error:
        return f"no JSON ({error})"
    if not isinstance(row, dict) or set(row) != set(_FIELDS):
        return f"its fields are not {', '.join(_FIELDS)}"
    return _misplaced(row, file) or _meaningless(row)


def _misplaced(row: dict[str, Any], file: Path) -> str:
    """Say why a row is not what was recorded in this file, or return nothing."""
    if row["chapter"] != file.stem[:2]:
        return f"it is of chapter {row['chapter']!r}"
    if row["folder"] != file.absolute().parent.name:
        return f"it was recorded in the folder {row['folder']!r}"
    if row["digest"] != digest_of(row):
        return "it was edited after it was recorded (its digest is that of another row)"
    return ""


def _meaningless(row: dict[str, Any]) -> str:
    """Say which value `record` would have refused, or return nothing."""
    if row["answer"]:
        return "" if row["claim"] else "it answers no question"
    low, value, high = row["low"], row["value"], row["high"]
    if not row["method"] or (row["method"] == COUNTED) != (low is None):
        return f"its method, {row['method']!r}, is not that of such a number"
    numbers = [value] if low is None and high is None else [low, value, high]
    if any(not isinstance(x, int | float) for x in numbers) or numbers != sorted(numbers):
        return f"low <= value <= high does not hold for {low}, {value}, {high}"
    if not isinstance(row["n"], int) or row["n"] < 1 or row["split"] not in SPLITS:
        return f"n={row['n']!r} or split={row['split']!r} is not allowed"
    return ""
