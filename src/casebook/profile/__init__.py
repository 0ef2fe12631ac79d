"""What the data is and whether it can be trusted: the computations of chapter 00."""

from ._amounts import commonest_amounts, concentration, exceedance
from ._bursts import burst_recall, burst_test, design_effect, runs
from ._centring import centring, centring_by_rows_left_out
from ._faults import plant_faults
from ._hours import hourly, labels_known, lull, matched_days
from ._integrity import judge, single_feature_auc
from ._rates import fraud_rates, rate_in_blocks, rate_ratio
from ._repeats import both_ways, repeats, twin_sets, twins_across

__all__ = [
    "both_ways",
    "burst_recall",
    "burst_test",
    "centring",
    "centring_by_rows_left_out",
    "commonest_amounts",
    "concentration",
    "design_effect",
    "exceedance",
    "fraud_rates",
    "hourly",
    "judge",
    "labels_known",
    "lull",
    "matched_days",
    "plant_faults",
    "rate_in_blocks",
    "rate_ratio",
    "repeats",
    "runs",
    "single_feature_auc",
    "twin_sets",
    "twins_across",
]
