"""A monitoring plan from measurements: what each signal sees, how late, and how often it errs."""

from casebook.monitoring._plan import ANY, Duty, false_alarms, performance, plan, sheet
from casebook.monitoring._watch import alarms, threshold, watch

__all__ = [
    "ANY",
    "Duty",
    "alarms",
    "false_alarms",
    "performance",
    "plan",
    "sheet",
    "threshold",
    "watch",
]
