"""Candidates side by side: what each costs to fit and to run, what it saves, and who ships."""

from ._choose import Choice, choose
from ._fit import Fitted, fit_all, latency
from ._judge import (
    precision,
    precision_difference,
    savings,
    savings_difference,
    savings_draws,
)

__all__ = [
    "Choice",
    "Fitted",
    "choose",
    "fit_all",
    "latency",
    "precision",
    "precision_difference",
    "savings",
    "savings_difference",
    "savings_draws",
]
