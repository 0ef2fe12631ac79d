"""What the data is and whether it can be trusted: the computations of chapter 00."""

from ._amounts import commonest_amounts, concentration
from ._bursts import burst_recall, burst_test, design_effect, runs
from ._centring import centring
from ._hours import hourly, lull, matched_days
from ._integrity import judge, single_feature_auc
from ._rates import fraud_rates, rate_in_blocks, rate_ratio
from ._repeats import repeats, twin_sets

__all__ = [
    "burst_recall",
    "burst_test",
    "centring",
    "commonest_amounts",
    "concentration",
    "design_effect",
    "fraud_rates",
    "hourly",
    "judge",
    "lull",
    "matched_days",
    "rate_in_blocks",
    "rate_ratio",
    "repeats",
    "runs",
    "single_feature_auc",
    "twin_sets",
]
