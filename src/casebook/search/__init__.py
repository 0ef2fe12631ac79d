"""A search for settings that is judged by later payments, and that a kill does not undo."""

from ._run import SEEDS, confirm, fresh_savings, search_all, settled
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
