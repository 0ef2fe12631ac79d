"""A monitoring plan from measurements: what each signal sees, how late, and how often it errs."""

from casebook.monitoring._plan import ANY, false_alarms, performance, plan
from casebook.monitoring._watch import threshold, watch

__all__ = ["ANY", "false_alarms", "performance", "plan", "threshold", "watch"]
