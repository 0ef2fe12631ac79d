"""Has the world moved? Effect sizes, tests, estimates without labels, and shifts to try them on.

Every test gives a `Finding`, and `table` puts findings of all kinds into one table.
"""

from ._blocks import feature_drift
from ._domain import domain_classifier, within_day_null
from ._findings import Finding, benjamini_hochberg, table
from ._labels import RateChange, label_rate_change
from ._performance import Estimate, estimate_performance
from ._priors import bbse, prior_em
from ._scan import STATISTICS, category_drift, jensen_shannon, psi, scan

__all__ = [
    "STATISTICS",
    "Estimate",
    "Finding",
    "RateChange",
    "bbse",
    "benjamini_hochberg",
    "category_drift",
    "domain_classifier",
    "estimate_performance",
    "feature_drift",
    "jensen_shannon",
    "label_rate_change",
    "prior_em",
    "psi",
    "scan",
    "table",
    "within_day_null",
]
