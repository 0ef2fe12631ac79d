"""The sources of the file, in the order in which they are tried."""

import importlib.util
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ._errors import SourceError
from ._facts import Expected
from ._index import get_from_index
from ._process import run
from ._retry import retry

TENSORFLOW_URL = "https://storage.googleapis.com/download.tensorflow.org/data/creditcard.csv"
# Seconds are for each answer; the time of the whole is limited by who runs the program.
_DOWNLOAD = (
    "import socket, sys, urllib.request; socket.setdefaulttimeout(10); "
    "urllib.request.urlretrieve(*sys.argv[1:])"
)
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
        Writes the CSV, not verified yet, to the path it is given, or raises a SourceError. The
        folder of that path is its own, and is thrown away afterwards.
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
    run([sys.executable, "-c", _KAGGLE, str(part)], part.parent, n_bytes=expected.n_bytes)


def get_from_openml(part: Path, expected: Expected) -> None:
    """Write the values that OpenML holds to `part`, as the published file writes them."""
    command = [sys.executable, "-m", "casebook.data._openml", str(part)]
    run(command, part.parent, n_bytes=expected.n_bytes)


def get_from_tensorflow(part: Path, expected: Expected) -> None:
    """Write the copy of TensorFlow's tutorial on imbalanced data to `part`."""
    command = [sys.executable, "-c", _DOWNLOAD, TENSORFLOW_URL, str(part)]
    retry(lambda: run(command, part.parent, n_bytes=expected.n_bytes))


def _has_kaggle_account() -> bool:
    """Tell whether Kaggle's client would find credentials; they are not read."""
    if os.environ.get("KAGGLE_API_TOKEN") or os.environ.get("KAGGLE_KEY"):
        return True
    home = Path(os.environ.get("KAGGLE_CONFIG_DIR") or Path.home() / ".kaggle")
    return any((home / name).is_file() for name in ("kaggle.json", "access_token"))


SOURCES = (
    Source("the Python package index", get_from_index),
    Source("Kaggle", get_from_kaggle),
    Source("OpenML", get_from_openml),
    Source("TensorFlow's copy", get_from_tensorflow),
)
