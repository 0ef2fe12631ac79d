"""Candidates side by side: what each costs to fit and to run, what it saves, and who ships."""

from ._choose import choose
from ._fit import fit_all, latency
from ._judge import precision, savings, savings_draws

__all__ = ["choose", "fit_all", "latency", "precision", "savings", "savings_draws"]
