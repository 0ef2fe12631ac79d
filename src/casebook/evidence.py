"""The book's release file: `prerelease.evidence`, full and quick runs in folders of their own."""

import os
from pathlib import Path
from typing import Any

import pandas as pd

from casebook import mode
from prerelease import evidence
from prerelease.intervals import Interval


def folder() -> Path:
    """Return the folder of this mode: ``full`` or ``quick``.

    Returns
    -------
    pathlib.Path
        Under ``build/evidence`` of the checkout, or under `prerelease.evidence.folder` where that
        was chosen or there is no checkout.

    Examples
    --------
    >>> folder().name in ("full", "quick")
    True
    """
    project = Path(__file__).parents[2]
    chosen = os.environ.get(evidence.VARIABLE, "").strip()
    if chosen or not (project / "pyproject.toml").is_file():
        return evidence.folder() / mode.current()
    return project / "build" / "evidence" / mode.current()


def record(claim: str, value: float, interval: Interval | None, **fields: Any) -> None:
    """Write one result into its chapter's release file.

    Parameters
    ----------
    claim, value, interval, **fields
        As for `prerelease.evidence.record`.

    Examples
    --------
    >>> import tempfile
    >>> os.environ["PRERELEASE_EVIDENCE"] = tempfile.mkdtemp()
    >>> record("frauds in the test rows", 75, None, unit="rows", n=56_962, data_digest="0" * 64,
    ...        split="test", chapter="02", how="counted")
    >>> read()["value"].tolist()
    [75.0]
    """
    evidence.record(claim, value, interval, place=folder(), **fields)


def conclude(question: str, answer: str, **fields: Any) -> None:
    """Write what a chapter concludes, in words, into its release file.

    Parameters
    ----------
    question, answer, **fields
        As for `prerelease.evidence.conclude`.

    Examples
    --------
    >>> import tempfile
    >>> os.environ["PRERELEASE_EVIDENCE"] = tempfile.mkdtemp()
    >>> conclude("who ships?", "the simple one", chapter="03")
    >>> conclusions()["answer"].tolist()
    ['the simple one']
    """
    evidence.conclude(question, answer, place=folder(), **fields)


def read(place: Path | None = None) -> pd.DataFrame:
    """Return the rows of a folder of release files, by default that of this mode."""
    return evidence.read(place or folder())


def conclusions(place: Path | None = None) -> pd.DataFrame:
    """Return what the chapters concluded in words, by default in this mode."""
    return evidence.conclusions(place or folder())
