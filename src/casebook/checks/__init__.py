"""One line after each coding exercise: whether the answer is right, and if not, what to look at.

A check takes the answer by position and what the chapter has prepared by keyword. It says what is
wrong in words, and never the answer. In the stub of an exercise, each answer is ``...``.
"""

from ._building import averaged_log_odds, focal_corrections, risky_amounts, waiting_rows
from ._running import (
    frauds_covered,
    hour_of_day,
    labels_found_out,
    sixth_criterion,
    stuck_column,
)

__all__ = [
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
