"""A monitoring plan from measurements: what each signal sees, how late, and how often it errs."""

from prerelease.monitoring._plan import Duty, performance, plan
from prerelease.monitoring._watch import alarms, threshold, watch

__all__ = ["Duty", "alarms", "performance", "plan", "threshold", "watch"]
