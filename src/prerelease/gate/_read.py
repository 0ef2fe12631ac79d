"""The criteria file: read, and refused where it may have meant something else."""

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from prerelease import _validate, _words, ledger
from prerelease._validate import known
from prerelease.costs import CostModel
from prerelease.gate._cases import Decision
from prerelease.gate._columns import Columns
from prerelease.gate._criteria import (
    CHAMPION,
    NOTHING_ASKED,
    OF_CLAIM,
    OF_METRIC,
    SIDES,
    Card,
    Criteria,
    Criterion,
    in_one_line,
)
from prerelease.gate._labels import Maturity
from prerelease.gate._names import units

SECTIONS = (
    *("release", "words", "columns", "time", "file", "costs", "decision", "champion"),
    *("intervals", "labels", "reviews", "card", "criterion"),
)
TEXTS = ("name", "why", "unit", "metric", "each", "against", "chapter", "claim")
"""What says something in a criterion, where it is there."""


def read_criteria(path: str | Path) -> Criteria:
    """Read a criteria file and refuse whatever it may have meant otherwise.

    Parameters
    ----------
    path : str or pathlib.Path
        A TOML file with ``[release]`` and one ``[[criterion]]`` or more; ``[words]``,
        ``[columns]``, ``[time]``, ``[file]``, ``[costs]``, ``[decision]``, ``[champion]``,
        ``[intervals]``, ``[labels]``, ``[reviews]`` and ``[card]`` may be left out. A criterion
        has ``name``, ``why``, ``at_least`` or ``at_most``, and ``metric``, perhaps in ``each``
        segment of a column, or ``against = "champion"``: then the bound is on the difference.

    Returns
    -------
    Criteria
        ``name``, ``criteria``, ``costs``, ``decision`` and what else the file holds, with its
        ``digest``. Checked: every name is known, every bound a number, every unit that of its
        metric.

    Raises
    ------
    ValueError
        If the file cannot be read, or holds a name that means nothing: with the nearest that
        does.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "criteria.toml"
    >>> _ = file.write_text('''
    ... [release]
    ... name = "A model"
    ... [[criterion]]
    ... name = "It finds them"
    ... metric = "recall"
    ... at_least = 0.6
    ... unit = "share of positives"
    ... why = "As many as without it."
    ... ''')
    >>> read_criteria(file).criteria[0].asks
    'at least 0.6 share of positives'
    """
    path = Path(path)
    try:
        written = path.read_bytes()  # once: it may be a pipe
        lines = written.decode("utf-8-sig").replace("\r\n", "\n")  # a mark may come first
        content = tomllib.loads(lines.replace("\r", "\n"))
    except OSError as error:
        msg = f"The criteria file {path} cannot be read: {error.strerror or error}."
        raise ValueError(msg) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"The criteria file {path} is no TOML: {error}."
        raise ValueError(msg) from error
    try:
        return _parse(in_one_line(content, "it"), ledger.criteria_digest(written))
    except (TypeError, ValueError) as error:
        msg = f"{path}: {error}"
        raise ValueError(msg) from error


def _parse(content: dict[str, Any], digest: str) -> Criteria:
    from prerelease.uncertainty import ReviewDesk  # noqa: PLC0415 - it takes a while

    sections = known(content, SECTIONS, "A criteria file")

    def section(kind: type, name: str) -> Any:
        names = [one.name for one in fields(kind)]
        return kind(**known(sections.get(name, {}), names, f"[{name}]"))

    release = known(sections.get("release", {}), ("name", "level"), "[release]")
    apart = {"unit": "time", "decimal": "file"}  # fields of Columns that have a section of theirs
    named = {one.name for one in fields(Columns)} - {*apart, "segments"}  # criteria name those
    columns = known(sections.get("columns", {}), named, "[columns]")
    for name, where in apart.items():
        columns |= known(sections.get(where, {}), (name,), f"[{where}]")
    resampling = known(sections.get("intervals", {}), ("block_seconds",), "[intervals]")
    level = _validate.number(release.get("level", 0.95), "level", above=0.5, below=1)
    words = section(_words.Words, "words") if "words" in sections else _words.words()
    rows = sections.get("criterion", [])
    if isinstance(rows, Mapping):
        msg = "[criterion] has one bracket on each side and needs two: [[criterion]]."
        raise ValueError(msg)
    if not isinstance(rows, list) or not rows:
        raise ValueError(NOTHING_ASKED)
    criteria = tuple(
        _criterion(row, f"criterion {i}", level, words) for i, row in enumerate(rows, 1)
    )
    return Criteria(
        name=_validate.text(release.get("name", ""), "[release] name"),
        criteria=criteria,
        digest=digest,
        costs=section(CostModel, "costs"),
        decision=section(Decision, "decision"),
        champion=section(Decision, CHAMPION) if CHAMPION in sections else None,
        columns=Columns(**columns),
        desk=section(ReviewDesk, "reviews"),
        labels=section(Maturity, "labels"),
        card=section(Card, "card"),
        words=words,
        stated=tuple(f"{name}.{key}" for name in SECTIONS[:-1] for key in sections.get(name, ())),
        block_seconds=resampling.get("block_seconds", 600.0),
    )


def _criterion(row: Any, where: str, level: float, words: _words.Words) -> Criterion:
    """Return one criterion: what it asks is checked where it is made."""
    names = ("name", "why", "unit", "level", *SIDES, "metric", "claim", *OF_METRIC, *OF_CLAIM)
    row = {"name": "", "why": ""} | known(row, names, where)
    sides = [side for side in SIDES if side in row]
    if len(sides) != 1:
        msg = f"{where} must have at_least or at_most, and not both."
        raise ValueError(msg)
    if "claim" in row:
        row = {"chapter": "", "unit": ""} | row
    texts = [name for name in row if name in TEXTS]
    row |= {name: _validate.text(row[name], f"{name} of {where}") for name in texts}
    metric = row.get("metric", "")
    unit = units(words).get(metric, "")
    if unit and row.get("unit", unit) != unit:
        msg = f"{where} states {metric} in {row['unit']!r}: its unit is {unit!r}."
        raise ValueError(msg)
    bound = _validate.number(row.pop(sides[0]), f"{sides[0]} of {where}")
    return Criterion(**{"level": level, "unit": unit} | row, side=sides[0], bound=bound)
