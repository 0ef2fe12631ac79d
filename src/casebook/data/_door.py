"""The door itself: which file is meant, is it the right one, and the frame in it."""

import logging
import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from ._cache import cache_path, read_cache, write_cache
from ._contract import check
from ._diagnose import explain
from ._errors import DataError
from ._facts import FILE_NAME, FULL, HOME_PAGE, Expected
from ._fetch import VARIABLE, fetch_into
from ._files import folder, is_published, locked, remove_leftovers
from ._parse import parse_csv
from ._sample import load_sample, sample_text
from ._sources import SOURCES, Source

logger = logging.getLogger("casebook.data")


@dataclass(frozen=True)
class Place:
    """Where the data are, as `where` finds them.

    Parameters
    ----------
    kind : {"folder", "file", "sample"}
        The data folder, the file that ``PRERELEASE_DATA`` names, or the packaged sample.
    csv : pathlib.Path or None
        The CSV that `load` reads, there or not; None for the sample.
    cache : pathlib.Path or None
        Its cache, there or not; None for the sample.
    """

    kind: Literal["folder", "file", "sample"]
    csv: Path | None
    cache: Path | None


def where() -> Place:
    """Tell which file `load` would read.

    Returns
    -------
    Place
        Nothing is read, made or fetched.

    Examples
    --------
    >>> import os
    >>> os.environ["PRERELEASE_DATA"] = "sample"
    >>> where().kind
    'sample'
    >>> del os.environ["PRERELEASE_DATA"]
    """
    named = os.environ.get(VARIABLE, "").strip()
    if named == "sample":
        return Place("sample", None, None)
    home = folder()
    csv = Path(named).expanduser().absolute() if named else home / FILE_NAME
    return Place("file" if named else "folder", csv, cache_path(home, FULL))


def load() -> pd.DataFrame:
    """Load the credit-card data, verified; fetch them first if they are not here yet.

    Returns
    -------
    pandas.DataFrame of shape (284807, 31)
        In order of time: Time (seconds since the first payment, float64), V1 to V28 (principal
        components, float64), Amount (euros, float64), Class (1 is fraud, int64).
        ``attrs["source"]`` is ``"full"``, or ``"sample"`` for the packaged sample of 14,708 rows;
        ``attrs["sha256"]`` is the digest of the CSV text. The frame is yours to change.

    Raises
    ------
    DataError
        If the file that was asked for is not the published one, or if no source has it. The
        message says what was tried and what to do.

    Notes
    -----
    ``PRERELEASE_DATA`` chooses the data: the path of a ``creditcard.csv`` that you have, or the
    word ``sample``. Where it is not set, it is the file in the data folder (`folder`), fetched if
    need be (`fetch`), in full mode and in quick mode alike. One choice never stands in for
    another.

    The first load parses the CSV and writes a cache into the data folder; later loads read that,
    and check the values it holds. Every number is the float64 nearest to its text in the CSV, as
    with ``pandas.read_csv(path, float_precision="round_trip")``; the default parser of
    ``read_csv`` would change the last digit of 127,152 of them.

    References
    ----------
    Andrea Dal Pozzolo, Olivier Caelen, Reid A. Johnson and Gianluca Bontempi. Calibrating
    Probability with Undersampling for Unbalanced Classification. IEEE CIDM, 2015.

    Examples
    --------
    >>> import os
    >>> from casebook import data
    >>> os.environ["PRERELEASE_DATA"] = "sample"
    >>> df = data.load()
    >>> df.shape, df.attrs["source"]
    ((14708, 31), 'sample')
    >>> del os.environ["PRERELEASE_DATA"]
    """
    place = where()
    if place.kind == "sample":
        df = load_sample()
        logger.warning("This is the packaged sample: %s real payments, not all of them.", len(df))
        return df
    if place.kind == "file" and not is_published(place.csv, FULL.sha256):
        msg = (
            f"{VARIABLE} names {place.csv}, which is not the published creditcard.csv:\n"
            f"{explain(place.csv, FULL)}\n"
            f"Download it from {HOME_PAGE}, or unset {VARIABLE} to have it fetched, "
            f"or set {VARIABLE}=sample to work on the packaged sample."
        )
        raise DataError(msg)
    return load_from(place, FULL, SOURCES)


def load_from(place: Place, expected: Expected, sources: Sequence[Source]) -> pd.DataFrame:
    """Load a full table: from its cache, else from its CSV, else from the first source that works.

    Parameters
    ----------
    place : Place
        A place of kind "folder", or of kind "file" with a CSV that is the published one.
    expected : Expected
        What the CSV must be.
    sources : sequence of Source
        Where to fetch it, in order, if the folder has none.
    """
    df = read_cache(place.cache, expected)
    if df is None:
        with ExitStack() as stack:
            writable = _try_to_lock(place.cache.parent, stack)
            df = read_cache(place.cache, expected) if writable else None
            if df is None:  # no other process made it while this one waited for the lock
                df = _parse_and_keep(place, expected, sources, writable)
    df.attrs.update(source="full", sha256=expected.sha256)
    logger.info("Loaded all %s payments, verified (%s).", len(df), place.csv)
    return df


def _try_to_lock(home: Path, stack: ExitStack) -> bool:
    """Lock the data folder and clear it of leftovers; False, and a notice, if it is read-only."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        stack.enter_context(locked(home))
        remove_leftovers(home)
    except (DataError, OSError) as error:
        logger.warning("No cache can be kept in %s (%s).", home, error)
        return False
    return True


def _parse_and_keep(
    place: Place, expected: Expected, sources: Sequence[Source], writable: bool
) -> pd.DataFrame:
    """Parse the CSV, fetched if need be, check its contract, and write the cache."""
    if place.kind == "folder":
        fetch_into(place.csv, expected, sources)
    df = check(parse_csv(place.csv), n_rows=expected.n_rows, n_frauds=expected.n_frauds)
    if writable:
        try:
            write_cache(df, place.cache)
        except OSError as error:
            logger.warning("The cache could not be written (%s); the next load is slow too.", error)
    return df


def verify() -> list[str]:
    """Check everything that `load` would believe: digest, contract and cache.

    Returns
    -------
    list of str
        What was found to be right, one sentence each.

    Raises
    ------
    DataError
        If the CSV is not the published one or breaks the contract, or if neither it nor its
        cache is there.

    Examples
    --------
    >>> import os
    >>> from casebook import data
    >>> os.environ["PRERELEASE_DATA"] = "sample"
    >>> data.verify()[0].split(":")[0]
    'The packaged sample is whole'
    >>> del os.environ["PRERELEASE_DATA"]
    """
    place = where()
    if place.kind == "sample":
        text = sample_text()
        check(load_sample())
        return [f"The packaged sample is whole: {len(text):,} bytes of CSV keep the contract."]
    good = read_cache(place.cache, FULL) is not None
    if good and place.kind == "folder" and not place.csv.exists():
        return [
            f"{place.cache}: its values are right, {FULL.n_rows:,} rows.",
            f"{place.csv} is not there, and is not needed: load() reads the cache.",
        ]
    if not is_published(place.csv, FULL.sha256):
        msg = f"{place.csv} is not the published file. {explain(place.csv, FULL)}"
        raise DataError(msg)
    check(parse_csv(place.csv), n_rows=FULL.n_rows, n_frauds=FULL.n_frauds)
    return [
        f"{place.csv}: SHA-256 is {FULL.sha256}.",
        f"It keeps the contract: {FULL.n_rows:,} rows, {FULL.n_frauds} frauds, Time in order.",
        f"{place.cache}: {'its values are right' if good else 'not made, the next load does it'}.",
    ]
