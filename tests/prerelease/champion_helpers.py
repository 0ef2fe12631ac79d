"""A model and the one that is there now, on the same rows, for the tests that compare them."""

import numpy as np

from gate_helpers import CRITERIA, criteria_file, scores
from prerelease import gate
from prerelease.costs import CostModel

SETTINGS = '\n[decision]\nrule = "threshold"\nthreshold = 0.1\n'
AGAINST = CRITERIA.replace("why =", 'against = "champion"\nwhy =') + SETTINGS
MONEY = AGAINST.replace("average_precision", "saved_per_1000").replace(
    'unit = "average precision"\n', ""
)
RULE = gate.Decision(rule="threshold", threshold=0.1)


def noisy(frame, sd, seed):
    """Return the frame with scores that tell less."""
    odds = np.log(frame["score"] / (1 - frame["score"]))
    odds += np.random.default_rng(seed).normal(0, sd, len(frame))
    return frame.assign(score=1 / (1 + np.exp(-odds)))


GOOD = scores(4000, frauds=400).assign(id=lambda rows: rows.index[::-1] + 1000)
NEW, OLD = noisy(GOOD, 0.3, 1), noisy(GOOD, 1.5, 2)


def scored(frame, rule=RULE):
    """The frame as cases that are decided by a rule."""
    return gate.Scored(frame, CostModel(), rule, 60.0)


def finding(tmp_path, text=None, *, new=NEW, old=OLD, bound=0.01):
    """The verdict on one model against another."""
    criteria = criteria_file(tmp_path, (AGAINST if text is None else text).format(bound=bound))
    return gate.judge(new, criteria, champion=old)
