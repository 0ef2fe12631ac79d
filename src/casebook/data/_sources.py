"""The sources of the file, in the order in which they are tried."""

import importlib.util
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ._errors import SourceError
from ._facts import Expected
from ._files import remove, temporary
from ._http import Download
from ._index import get_from_index
from ._process import run
from ._retry import retry

TENSORFLOW_URL = "https://storage.googleapis.com/download.tensorflow.org/data/creditcard.csv"
_KAGGLE = (
    "import kagglehub, shutil, sys; shutil.copyfile("
    "kagglehub.dataset_download('mlg-ulb/creditcardfraud', path='creditcard.csv'), sys.argv[1])"
)


@dataclass(frozen=True)
class Source:
    """One place that may have the file.

    Parameters
    ----------
    name : str
        What to call it in a message.
    get : callable
        Writes the CSV, not verified yet, to the path it is given, or raises a SourceError.
    """

    name: str
    get: Callable[[Path, Expected], None]


def get_from_kaggle(part: Path, expected: Expected) -> None:
    """Write Kaggle's own copy to `part`, for those who have kagglehub and an account."""
    if importlib.util.find_spec("kagglehub") is None:
        msg = "kagglehub is not installed (pip install kagglehub)."
        raise SourceError(msg)
    if not _has_kaggle_account():
        msg = "no Kaggle account is set up: put its API token into ~/.kaggle, or log in."
        raise SourceError(msg)
    _get_from_program([sys.executable, "-c", _KAGGLE], part, expected, seconds=900)


def get_from_openml(part: Path, expected: Expected) -> None:
    """Write the values that OpenML holds to `part`, as the published file writes them."""
    command = [sys.executable, "-m", "casebook.data._openml"]
    _get_from_program(command, part, expected, seconds=900)


def get_from_tensorflow(part: Path, expected: Expected) -> None:
    """Write the copy of TensorFlow's tutorial on imbalanced data to `part`."""
    Download(TENSORFLOW_URL, part, expected.n_bytes).run()


def _has_kaggle_account() -> bool:
    """Tell whether Kaggle's client would find credentials; they are not read."""
    if os.environ.get("KAGGLE_API_TOKEN") or os.environ.get("KAGGLE_KEY"):
        return True
    home = Path(os.environ.get("KAGGLE_CONFIG_DIR") or Path.home() / ".kaggle")
    return any((home / name).is_file() for name in ("kaggle.json", "access_token"))


def _get_from_program(
    command: Sequence[str], part: Path, expected: Expected, *, seconds: float
) -> None:
    """Let a program write the CSV to the path that is its last argument, then take it."""
    scratch = temporary(part)
    scratch.mkdir()
    made = scratch / "made.csv"
    try:
        retry(
            lambda: run([*command, str(made)], scratch, seconds=seconds, n_bytes=expected.n_bytes),
            tries=1,
        )
        made.replace(part)
    finally:
        remove(scratch)


SOURCES = (
    Source("the Python package index", get_from_index),
    Source("Kaggle", get_from_kaggle),
    Source("OpenML", get_from_openml),
    Source("TensorFlow's copy", get_from_tensorflow),
)
