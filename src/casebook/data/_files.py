"""Files: where they live, and how to write them so that none is ever seen half-made."""

import errno
import hashlib
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import filelock
import platformdirs

from ._errors import DataError

FOLDER_VARIABLE = "PRERELEASE_DATA_DIR"
LOCK_PATIENCE = 1800.0  # seconds to wait for another process that is fetching
_TEMPORARY = ".prerelease-"
NO_SPACE = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}

logger = logging.getLogger("casebook.data")


def folder() -> Path:
    """Return the folder that holds the data: the CSV, its cache and its lock.

    Returns
    -------
    pathlib.Path
        ``PRERELEASE_DATA_DIR`` if it is set; else ``data/`` of the project when the package
        runs from its source tree; else the user's cache folder. It may not exist yet.

    Examples
    --------
    >>> folder().is_absolute()
    True
    """
    named = os.environ.get(FOLDER_VARIABLE, "").strip()
    if named:
        return Path(named).expanduser().absolute()
    project = Path(__file__).resolve().parents[3]
    settings = project / "pyproject.toml"
    if settings.is_file() and 'name = "prerelease"' in settings.read_text(encoding="utf-8"):
        return project / "data"
    return platformdirs.user_cache_path("prerelease", appauthor=False)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file (0.1 s for the 151 MB of the full CSV)."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def is_published(path: Path, sha256: str) -> bool:
    """Tell whether a file has a digest; one that is gone or cannot be read has not."""
    try:
        return digest(path) == sha256
    except OSError:
        return False


@contextmanager
def told(home: Path) -> Iterator[None]:
    """Turn the error of a file that cannot be written into a sentence on what can be done."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_SPACE:  # or the quota, or the limit of a file's size
            msg = f"The disk of {home} is full: nothing was kept. Free 0.3 GB and try again."
        else:
            msg = (
                f"{home} cannot be written to ({error.strerror}). "
                f"Set {FOLDER_VARIABLE} to a folder that you may write to."
            )
        raise DataError(msg) from error


def check_space(path: Path, needed: int) -> None:
    """Raise a DataError if the disk under `path` has fewer than `needed` bytes free."""
    free = shutil.disk_usage(path).free
    if free < needed:
        msg = (
            f"Not enough disk space in {path}: {needed / 1e6:,.0f} MB are needed, "
            f"{free / 1e6:,.0f} MB are free. Free some, or set {FOLDER_VARIABLE} to a folder "
            "on another disk."
        )
        raise DataError(msg)


def scratch(home: Path) -> TemporaryDirectory:
    """Make a folder for what is half-made, on the disk of `home`, so that a rename is atomic."""
    return TemporaryDirectory(
        suffix=".part", prefix=_TEMPORARY, dir=home, ignore_cleanup_errors=True
    )


def remove_leftovers(path: Path) -> None:
    """Remove what killed runs left in the folder. Call it with the lock held."""
    for leftover in path.glob(f"{_TEMPORARY}*.part"):
        logger.info("Removing %s, left by a run that was killed.", leftover)
        shutil.rmtree(leftover, ignore_errors=True)


def put_in_place(part: Path, target: Path) -> None:
    """Flush `part` to the disk, then let it take the name `target` in one step."""
    with part.open("rb+") as stream:
        os.fsync(stream.fileno())
    part.replace(target)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the folder's lock: one process fetches or writes the cache, the others wait for it."""
    lock = filelock.FileLock(path / "creditcard.lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        logger.warning("Another process is preparing the data in %s: waiting for it.", path)
        try:
            lock.acquire(timeout=LOCK_PATIENCE)
        except filelock.Timeout as error:
            msg = f"Another process has held {lock.lock_file} for {LOCK_PATIENCE:.0f} s."
            raise DataError(msg) from error
    try:
        yield
    finally:
        lock.release()
