"""One line after each coding exercise: whether the answer is right, and if not, what to look at.

A check takes the answer by position and what the chapter has prepared by keyword. It says what is
wrong in words, and never the answer. In the stub of an exercise, each answer is ``...``.
"""

from ._candidates import averaged_log_odds
from ._data import risky_amounts
from ._doubt import frauds_covered
from ._drift import labels_found_out, stuck_column
from ._explain import hour_of_day
from ._feedback import Feedback
from ._metrics import focal_corrections
from ._release import sixth_criterion
from ._representative import waiting_rows

__all__ = [
    "Feedback",
    "averaged_log_odds",
    "focal_corrections",
    "frauds_covered",
    "hour_of_day",
    "labels_found_out",
    "risky_amounts",
    "sixth_criterion",
    "stuck_column",
    "waiting_rows",
]
