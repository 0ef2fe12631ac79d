"""When a model should not decide: reviews, certificates, conformal sets and their limits."""

from ._adaptive import adaptive_conformal
from ._certificate import certify_recall, misses_allowed, positives_needed
from ._conformal import conformal_limit, describe_sets, fit_sets
from ._coverage import coverage_law
from ._exchangeability import exchangeability_test
from ._regression import conformalise_quantiles, fit_binned_limits, quantile_scores
from ._review import ReviewDesk, review_region, three_way, three_way_costs
from ._risk_coverage import AreaUnderRiskCoverage, risk_coverage

__all__ = [
    "AreaUnderRiskCoverage",
    "ReviewDesk",
    "adaptive_conformal",
    "certify_recall",
    "conformal_limit",
    "conformalise_quantiles",
    "coverage_law",
    "describe_sets",
    "exchangeability_test",
    "fit_binned_limits",
    "fit_sets",
    "misses_allowed",
    "positives_needed",
    "quantile_scores",
    "review_region",
    "risk_coverage",
    "three_way",
    "three_way_costs",
]
