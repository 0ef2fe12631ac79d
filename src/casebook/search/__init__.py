"""A search for settings that is judged by later payments, and that a kill does not undo."""

from ._confirm import confirm, fresh_savings, settled
from ._run import SEEDS, search_all
from ._store import StudyError, folder
from ._task import make_task

__all__ = [
    "SEEDS",
    "StudyError",
    "confirm",
    "folder",
    "fresh_savings",
    "make_task",
    "search_all",
    "settled",
]
