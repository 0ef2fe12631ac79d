"""Fetching: the verified CSV into the data folder, from the first source that has it."""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from ._diagnose import explain
from ._errors import DataError, SourceError
from ._facts import FILE_NAME, FULL, HOME_PAGE, Expected
from ._files import (
    check_space,
    folder,
    is_published,
    locked,
    put_in_place,
    remove_leftovers,
    scratch,
    told,
)
from ._sources import SOURCES, Source

VARIABLE = "PRERELEASE_DATA"

logger = logging.getLogger("casebook.data")


def fetch() -> Path:
    """Make sure that the verified CSV is in the data folder.

    Returns
    -------
    pathlib.Path
        The CSV. Nothing is downloaded if it is there already.

    Raises
    ------
    DataError
        If no source has it; lists each source and why it failed.

    Examples
    --------
    >>> from casebook import data
    >>> path = data.fetch()  # doctest: +SKIP
    """
    csv = folder() / FILE_NAME
    with told(csv.parent):
        csv.parent.mkdir(parents=True, exist_ok=True)
        with locked(csv.parent):
            remove_leftovers(csv.parent)
            fetch_into(csv, FULL, SOURCES)
    return csv


def fetch_into(
    csv: Path,
    expected: Expected,
    sources: Sequence[Source],
    *,
    explain: Callable[[Path, Expected], str] = explain,
    advice: str = "",
) -> None:
    """Put the verified file at `csv` from the first source that has it. Call with the lock held.

    A file that is there already and is not the published one is kept, under another name, once
    a right one has been had. `explain` says what is wrong with a file, and `advice` what to do
    where no source has it.
    """
    if not csv.exists():
        failures = [f"the data folder: there is no {csv}."]
        logger.warning("%s is not here yet: fetching it (once; about half a minute).", csv)
    elif is_published(csv, expected.sha256):
        return
    else:
        reason = f"{csv} is not the published file. {explain(csv, expected)}"
        failures = [f"the data folder: {reason}"]
        logger.warning("%s\nFetching the published one.", reason)
    with told(csv.parent):
        csv.parent.mkdir(parents=True, exist_ok=True)
        check_space(csv.parent, 2 * expected.n_bytes)  # a compressed copy, the CSV, and its cache
        for source in sources:
            try:
                _fetch_from(source, csv, expected, explain)
            except SourceError as error:
                failures.append(f"{source.name}: {error}")
                logger.warning("%s", failures[-1])
            else:
                logger.info("Got %s from %s.", csv, source.name)
                return
    raise DataError(_nothing_worked(failures, advice or _advice(csv)))


def _fetch_from(source: Source, csv: Path, expected: Expected, explain: Callable) -> None:
    """Put what one source gives in place, if it is the published file."""
    with scratch(csv.parent) as folder:
        part = Path(folder, csv.name)
        source.get(part, expected)
        if not is_published(part, expected.sha256):
            msg = f"what it gave is not the published file. {explain(part, expected)}"
            raise SourceError(msg)
        with suppress(FileNotFoundError):
            csv.replace(csv.with_name(f"{csv.name}.rejected"))
        put_in_place(part, csv)


def _nothing_worked(failures: Sequence[str], advice: str) -> str:
    """Say what was tried and what can be done."""
    tried = "".join(f"\n{i}. {failure}" for i, failure in enumerate(failures, start=1))
    return (
        f"The data could not be had from any source.{tried}\n"
        "What to do, one of:\n"
        f"- connect to a network, then: python -m casebook.data fetch\n{advice}"
    )


def _advice(csv: Path) -> str:
    """Say what else can be done where the payments cannot be had."""
    return (
        f"- download creditcard.csv from {HOME_PAGE} and put it into {csv.parent}\n"
        f"- if you have the file: set {VARIABLE}=/path/to/creditcard.csv\n"
        f"- to work on the packaged sample of real payments: set {VARIABLE}=sample"
    )
