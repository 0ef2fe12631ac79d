"""Has the world moved? Effect sizes, tests that know of time, and estimates without labels."""

from ._blocks import feature_drift
from ._labels import label_rate_change
from ._performance import estimate_performance
from ._priors import bbse, prior_em
from ._scan import psi, scan

__all__ = [
    "bbse",
    "estimate_performance",
    "feature_drift",
    "label_rate_change",
    "prior_em",
    "psi",
    "scan",
]
