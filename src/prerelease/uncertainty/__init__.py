"""When a model should not decide: reviews, certificates, conformal sets and their limits."""

from ._certificate import certify_recall, misses_allowed, positives_needed
from ._conformal import conformal_limit, coverage_law, describe_sets, fit_sets
from ._review import ReviewDesk, review_region, three_way, three_way_costs
from ._risk_coverage import AreaUnderRiskCoverage, risk_coverage

__all__ = [
    "AreaUnderRiskCoverage",
    "ReviewDesk",
    "certify_recall",
    "conformal_limit",
    "coverage_law",
    "describe_sets",
    "fit_sets",
    "misses_allowed",
    "positives_needed",
    "review_region",
    "risk_coverage",
    "three_way",
    "three_way_costs",
]
