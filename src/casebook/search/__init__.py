"""A search for settings that is judged by later payments, and that a kill does not undo."""

from ._confirm import confirm, fresh_savings, gains, settled
from ._run import SEEDS, advance, search_all, study_name
from ._store import Made, StudyError, folder
from ._summary import Summary, best_settings, settings_of, summary
from ._task import Task, make_task

__all__ = [
    "SEEDS",
    "Made",
    "StudyError",
    "Summary",
    "Task",
    "advance",
    "best_settings",
    "confirm",
    "folder",
    "fresh_savings",
    "gains",
    "make_task",
    "search_all",
    "settings_of",
    "settled",
    "study_name",
    "summary",
]
