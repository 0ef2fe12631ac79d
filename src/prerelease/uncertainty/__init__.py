"""When a model should not decide: reviews, certificates, conformal sets and their limits."""

from ._adaptive import adaptive_bound, adaptive_conformal
from ._certificate import (
    Certificate,
    certify_recall,
    frauds_needed,
    misses_allowed,
    recall_bound,
    recall_p_values,
)
from ._conformal import (
    ConformalSets,
    conformal_limit,
    describe_sets,
    fit_sets,
    p_values,
    rank_of_limit,
    rows_needed,
)
from ._coverage import (
    RowsForSpread,
    coverage_law,
    coverage_table,
    observed_coverage_law,
    rows_for_spread,
)
from ._epistemic import (
    cross_fitted_risk,
    disagreement,
    mutual_information,
    own_error_probability,
    strangeness,
)
from ._exchangeability import (
    ExchangeabilityTest,
    exchangeability_test,
    jumper_martingale,
    online_p_values,
)
from ._regression import (
    BinnedLimits,
    QuantileShift,
    conformalise_quantiles,
    fit_binned_limits,
    mean_intervals,
    normal_half_width,
    quantile_scores,
)
from ._review import (
    Decision,
    ReviewDesk,
    expected_three_way_cost,
    review_region,
    three_way,
    three_way_at_capacity,
    three_way_costs,
)
from ._risk_coverage import (
    AreaUnderRiskCoverage,
    area_under_risk_coverage,
    confident_errors,
    risk_coverage,
)

__all__ = [
    "AreaUnderRiskCoverage",
    "BinnedLimits",
    "Certificate",
    "ConformalSets",
    "Decision",
    "ExchangeabilityTest",
    "QuantileShift",
    "ReviewDesk",
    "RowsForSpread",
    "adaptive_bound",
    "adaptive_conformal",
    "area_under_risk_coverage",
    "certify_recall",
    "confident_errors",
    "conformal_limit",
    "conformalise_quantiles",
    "coverage_law",
    "coverage_table",
    "cross_fitted_risk",
    "describe_sets",
    "disagreement",
    "exchangeability_test",
    "expected_three_way_cost",
    "fit_binned_limits",
    "fit_sets",
    "frauds_needed",
    "jumper_martingale",
    "mean_intervals",
    "misses_allowed",
    "mutual_information",
    "normal_half_width",
    "observed_coverage_law",
    "online_p_values",
    "own_error_probability",
    "p_values",
    "quantile_scores",
    "rank_of_limit",
    "recall_bound",
    "recall_p_values",
    "review_region",
    "risk_coverage",
    "rows_for_spread",
    "rows_needed",
    "strangeness",
    "three_way",
    "three_way_at_capacity",
    "three_way_costs",
]
