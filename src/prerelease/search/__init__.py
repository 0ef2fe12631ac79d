"""A search for settings that is judged by later payments, and that a kill does not undo."""

from ._run import SEED, advance, search_all
from ._store import Made, StudyError, folder
from ._summary import Summary, best_settings, importances, settings_of, summary
from ._task import Task, make_task

__all__ = [
    "SEED",
    "Made",
    "StudyError",
    "Summary",
    "Task",
    "advance",
    "best_settings",
    "folder",
    "importances",
    "make_task",
    "search_all",
    "settings_of",
    "summary",
]
