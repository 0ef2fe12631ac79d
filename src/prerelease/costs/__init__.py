"""What decisions cost: the business goal as a number, and what follows from it.

A decision is to *block* a case (an alert, which somebody reviews) or to *accept* it. Costs are
in the unit of the amounts, and smaller is better. Zero is the day on which every negative case
is accepted and there is no positive one.
"""

from prerelease.costs._bayes import bayes_block, bayes_threshold, expected_cost, expected_saving
from prerelease.costs._capacity import alerts_at_capacity, capacity_table, review_times
from prerelease.costs._curve import best_fbeta, best_threshold, cost_curve, precision_at_cost
from prerelease.costs._model import CostModel
from prerelease.costs._realised import baselines, row_costs, savings
from prerelease.costs._scorer import cost_scorer

__all__ = [
    "CostModel",
    "alerts_at_capacity",
    "baselines",
    "bayes_block",
    "bayes_threshold",
    "best_fbeta",
    "best_threshold",
    "capacity_table",
    "cost_curve",
    "cost_scorer",
    "expected_cost",
    "expected_saving",
    "precision_at_cost",
    "review_times",
    "row_costs",
    "savings",
]
