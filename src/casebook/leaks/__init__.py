"""Ways to judge a model, from those that leak to those that do not, each measured."""

from ._draws import fewer
from ._judge import (
    Savings,
    difference,
    judge,
    judge_all,
    measures,
    rule_costs,
    steps,
)
from ._museum import (
    at_prevalence,
    encode_amount,
    fraud_company,
    selection_on_noise,
    thinned,
)
from ._naive import (
    balance,
    balanced_before_split,
    inflation,
    scored_later,
    split_at_random,
)
from ._scores import Fit, fits, score_runs, scores, thinly

__all__ = [
    "Fit",
    "Savings",
    "at_prevalence",
    "balance",
    "balanced_before_split",
    "difference",
    "encode_amount",
    "fewer",
    "fits",
    "fraud_company",
    "inflation",
    "judge",
    "judge_all",
    "measures",
    "rule_costs",
    "score_runs",
    "scored_later",
    "scores",
    "selection_on_noise",
    "split_at_random",
    "steps",
    "thinly",
    "thinned",
]
