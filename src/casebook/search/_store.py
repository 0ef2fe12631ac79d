"""Where studies are kept: one SQLite file for each, made whole, locked and checked."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from casebook import mode
from casebook.models import Family

from ._task import Task

VARIABLE = "PRERELEASE_STUDIES"
NAME = "search"
PATIENCE = 5.0
"""Seconds to wait for another process that has the study open."""
_HOUSES = Path(__file__).parents[2]
_SOURCES = (
    "casebook/models/_families.py",
    "casebook/search",
    "casebook/adapters/tabnet.py",
    "casebook/adapters/_tabnet_training.py",
    "casebook/conventions.py",
    "casebook/leaks/_scores.py",
    "prerelease/costs",
    "prerelease/thresholds.py",
    "prerelease/splits/_temporal.py",
)
_LIBRARIES = ("optuna", "lightgbm", "scikit-learn", "numpy", "torch", "pytorch-tabnet")


class StudyError(RuntimeError):
    """A study's file cannot be used as it is."""


def digest(name: str, family: Family, task: Task, seed: int) -> str:
    """Return a SHA-256 of what a study is made from: with any other, its trials would be others."""
    facts = [name, repr(family.space), repr(family.held), task.asked, seed]
    facts.append(repr(sorted(family.model(**family.start).get_params().items())))
    facts += [f"{library} {_version(library)}" for library in _LIBRARIES]
    found = hashlib.sha256(json.dumps(facts).encode())
    for source in _SOURCES:
        place = _HOUSES / source
        for file in sorted(place.glob("*.py")) if place.is_dir() else [place]:
            found.update(file.read_bytes())
    return found.hexdigest()


def folder() -> Path:
    """Return the folder of this mode's studies.

    Returns
    -------
    pathlib.Path
        ``full`` or ``quick`` under the environment variable ``PRERELEASE_STUDIES`` if it is
        set, else under ``build/studies`` of a source checkout or of the working folder.

    Examples
    --------
    >>> folder().name in ("full", "quick")
    True
    """
    chosen = os.environ.get(VARIABLE, "").strip()
    project = Path(__file__).parents[3]
    root = project if (project / "pyproject.toml").is_file() else Path.cwd()
    studies = Path(chosen).expanduser() if chosen else root / "build" / "studies"
    return studies / mode.current()


def file_of(name: str, place: Path) -> Path:
    """Return the file of a family's study."""
    return place / f"{name.replace(' ', '-')}.db"


@contextmanager
def opened(name: str, made: str, place: Path) -> Iterator[Any]:
    """Open a family's study, begun if there is none; nobody else has it open meanwhile.

    A study that was made from something else is set aside beside the new one.
    """
    from optuna.trial import TrialState  # noqa: PLC0415

    file = file_of(name, place)
    place.mkdir(parents=True, exist_ok=True)
    with _alone(file):
        if file.exists() and _made_from(file) != made:
            file.replace(file.with_suffix(".stale.db"))
        if not file.exists():
            new = file.with_suffix(".new")
            new.unlink(missing_ok=True)
            with _study(new) as study:
                study.set_user_attr("made", made)
            new.replace(file)
        with _study(file) as study:
            # What a kill left unfinished is not counted, and never resumed.
            for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
                study.tell(trial.number, state=TrialState.FAIL)
            yield study


@contextmanager
def read(name: str, place: Path) -> Iterator[Any]:
    """Open a study that is there, to be read."""
    file = file_of(name, place)
    if not file.is_file():
        msg = f"There is no study of {name} in {place}: run the search first."
        raise StudyError(msg)
    with _alone(file):
        _made_from(file)
        with _study(file) as study:
            yield study


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    lock = FileLock(file.with_name(f".{file.name}.lock"))
    try:
        lock.acquire(timeout=PATIENCE)
    except Timeout as error:
        msg = (
            f"Another process has the study {file} open. Wait until it is done, or end it: "
            "its finished trials are kept."
        )
        raise StudyError(msg) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _study(file: Path) -> Iterator[Any]:
    import optuna  # noqa: PLC0415 - takes a second, and only a search needs it

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    storage = optuna.storages.RDBStorage(
        f"sqlite:///{file.as_posix()}", engine_kwargs={"connect_args": {"timeout": PATIENCE}}
    )
    try:
        yield optuna.create_study(
            storage=storage, study_name=NAME, direction="maximize", load_if_exists=True
        )
    finally:
        storage.engine.dispose()


def _made_from(file: Path) -> str | None:
    """Return the digest that is noted in a study's file, after a check that it is sound."""
    hint = f"Remove {file} and the search begins anew."
    try:
        address = f"{file.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=PATIENCE)) as base:
            sound = base.execute("PRAGMA integrity_check").fetchone()[0]
            noted = base.execute(
                "SELECT value_json FROM study_user_attributes WHERE key = 'made'"
            ).fetchone()
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            msg = f"Another program has locked the study {file} ({error}): close it."
            raise StudyError(msg) from error
        msg = f"The study {file} is no file of Optuna's ({error}). {hint}"
        raise StudyError(msg) from error
    except sqlite3.DatabaseError as error:
        msg = f"The study {file} is corrupt ({error}). {hint}"
        raise StudyError(msg) from error
    if sound != "ok":
        msg = f"The study {file} is corrupt ({sound}). {hint}"
        raise StudyError(msg)
    return json.loads(noted[0]) if noted else None


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "missing"
