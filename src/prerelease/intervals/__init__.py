"""How well an estimate is known: bootstrap and binomial intervals, of models and differences."""

from ._binomial import binomial
from ._bootstrap import bootstrap, bootstrap_difference, replicates, value
from ._draws import mean_difference, redrawn
from ._interval import Interval, from_draws
from ._kernel import Kernel
from ._metrics import (
    AveragePrecision,
    FBeta,
    Precision,
    PrecisionAtK,
    Recall,
    RecallAtK,
    RocAuc,
    Total,
)
from ._power import smallest_detectable_difference
from ._schemes import Blocks, Independent, Stratified
from ._share import share
from ._verdict import UNTOLD as UNTOLD
from ._verdict import joint_level, verdict, verdicts

__all__ = [
    "AveragePrecision",
    "Blocks",
    "FBeta",
    "Independent",
    "Interval",
    "Kernel",
    "Precision",
    "PrecisionAtK",
    "Recall",
    "RecallAtK",
    "RocAuc",
    "Stratified",
    "Total",
    "binomial",
    "bootstrap",
    "bootstrap_difference",
    "from_draws",
    "joint_level",
    "mean_difference",
    "redrawn",
    "replicates",
    "share",
    "smallest_detectable_difference",
    "value",
    "verdict",
    "verdicts",
]
