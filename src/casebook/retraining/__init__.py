"""When to train again: policies, what they may know, and what they cost in euros.

Each morning a policy sees what may be known by then, and says whether to retrain. Labels of
accepted payments come late, those of blocked payments mostly never.
"""

from casebook.retraining._compare import bills, daily, hindsights
from casebook.retraining._known import Blocked, Inputs, Labelling, Reports, Seen, Signal
from casebook.retraining._run import Learner, Never, Scheduled, Triggered, run
from casebook.retraining._summary import (
    break_even,
    cheapest,
    cheapest_by_price,
    over_streams,
    saved_so_far,
    summary,
)

__all__ = [
    "Blocked",
    "Inputs",
    "Labelling",
    "Learner",
    "Never",
    "Reports",
    "Scheduled",
    "Seen",
    "Signal",
    "Triggered",
    "bills",
    "break_even",
    "cheapest",
    "cheapest_by_price",
    "daily",
    "hindsights",
    "over_streams",
    "run",
    "saved_so_far",
    "summary",
]
