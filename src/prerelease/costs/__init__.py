"""What decisions cost, in euros: the business goal as a number, and what follows from it.

A decision is to *block* a payment (an alert, which somebody reviews) or to *accept* it.
Costs are in euros and smaller is better. Zero is the day on which every honest payment is
accepted and there is no fraud.
"""

from prerelease.costs._bayes import bayes_block, bayes_threshold, expected_cost, expected_saving
from prerelease.costs._capacity import alerts_at_capacity, capacity_table, review_times
from prerelease.costs._curve import Choice, best_threshold, cost_curve
from prerelease.costs._fbeta import (
    FBetaOptimum,
    best_fbeta,
    cost_price,
    fbeta_price,
    fbeta_threshold,
    implied_beta,
)
from prerelease.costs._model import CostModel
from prerelease.costs._plane import precision_at_cost
from prerelease.costs._prior import correct_prior, correct_undersampling, correct_weighting
from prerelease.costs._realised import (
    baselines,
    cost_per_1000,
    gain,
    row_costs,
    savings,
    total_cost,
)
from prerelease.costs._reliability import reliability_table
from prerelease.costs._scorer import cost_scorer

__all__ = [
    "Choice",
    "CostModel",
    "FBetaOptimum",
    "alerts_at_capacity",
    "baselines",
    "bayes_block",
    "bayes_threshold",
    "best_fbeta",
    "best_threshold",
    "capacity_table",
    "correct_prior",
    "correct_undersampling",
    "correct_weighting",
    "cost_curve",
    "cost_per_1000",
    "cost_price",
    "cost_scorer",
    "expected_cost",
    "expected_saving",
    "fbeta_price",
    "fbeta_threshold",
    "gain",
    "implied_beta",
    "precision_at_cost",
    "reliability_table",
    "review_times",
    "row_costs",
    "savings",
    "total_cost",
]
