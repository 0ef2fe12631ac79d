"""One line after each coding exercise: whether the answer is right, and if not, what to look at.

A check takes the answer by position and what the chapter has prepared by keyword. It says what is
wrong in words, and never the answer. In the stub of an exercise, each answer is ``...``.

What a check cannot see: a model that was trained on a small part of the rows that judge it, or with
other settings than the task gives; results that were copied from somebody who has them right; which
of two rankings that are alike is whose; and whether anybody has understood why. An order that means
nothing, as that of chosen amounts or of training rows, is free.
"""

from ._building import averaged_log_odds, focal_corrections, risky_amounts, waiting_rows
from ._running import (
    added_criterion,
    alarm_moved,
    frauds_covered,
    hour_of_day,
    labels_found_out,
    stuck_column,
)

__all__ = [
    "added_criterion",
    "alarm_moved",
    "averaged_log_odds",
    "focal_corrections",
    "frauds_covered",
    "hour_of_day",
    "labels_found_out",
    "risky_amounts",
    "stuck_column",
    "waiting_rows",
]
