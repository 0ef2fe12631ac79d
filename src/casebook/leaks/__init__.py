"""Ways to judge a model, from those that leak to those that do not, each measured."""

from ._draws import fewer, measured
from ._judge import Savings, difference, judge, judge_all, measures
from ._naive import at_prevalence, balanced_before_split, inflation, scored_later, split_at_random
from ._scores import Fit, fits, score_runs, scores, thinned, thinned_fits

__all__ = [
    "Fit",
    "Savings",
    "at_prevalence",
    "balanced_before_split",
    "difference",
    "fewer",
    "fits",
    "inflation",
    "judge",
    "judge_all",
    "measured",
    "measures",
    "score_runs",
    "scored_later",
    "scores",
    "split_at_random",
    "thinned",
    "thinned_fits",
]
