"""Has the world moved? Effect sizes, tests, estimates without labels, and shifts to try them on.

Every test gives a `Finding`, and `table` puts findings of all kinds into one table.
"""

from ._blocks import feature_drift
from ._domain import domain_classifier, within_day_null
from ._findings import Finding, benjamini_hochberg, table
from ._inject import Shift, inject, remembered
from ._labels import RateChange, label_rate_change
from ._performance import Estimate, estimate_performance
from ._power import (
    Detector,
    alarm_rates,
    calibrate,
    draw_blocks,
    largest_feature_drift,
    streams,
)
from ._priors import bbse, prior_em
from ._scan import STATISTICS, category_drift, jensen_shannon, psi, scan

__all__ = [
    "STATISTICS",
    "Detector",
    "Estimate",
    "Finding",
    "RateChange",
    "Shift",
    "alarm_rates",
    "bbse",
    "benjamini_hochberg",
    "calibrate",
    "category_drift",
    "domain_classifier",
    "draw_blocks",
    "estimate_performance",
    "feature_drift",
    "inject",
    "jensen_shannon",
    "label_rate_change",
    "largest_feature_drift",
    "prior_em",
    "psi",
    "remembered",
    "scan",
    "streams",
    "table",
    "within_day_null",
]
