"""When to train again: policies, what they may know, and what they cost in euros.

Each morning a policy sees what may be known by then, and says whether to retrain. Labels of
accepted payments come late, those of blocked payments mostly never.
"""

from casebook.retraining._compare import bills, daily
from casebook.retraining._labels import Labelling, Seen, training_labels
from casebook.retraining._logistic import FastLogistic
from casebook.retraining._oracle import Hindsight, hindsight, hindsights
from casebook.retraining._price import break_even, cheapest_by_price
from casebook.retraining._run import Learner, Never, Policy, Scheduled, Triggered, run
from casebook.retraining._signals import Blocked, Inputs, Reports, Signal, largest_distance
from casebook.retraining._summary import cheapest, over_streams, saved_so_far, summary

__all__ = [
    "Blocked",
    "FastLogistic",
    "Hindsight",
    "Inputs",
    "Labelling",
    "Learner",
    "Never",
    "Policy",
    "Reports",
    "Scheduled",
    "Seen",
    "Signal",
    "Triggered",
    "bills",
    "break_even",
    "cheapest",
    "cheapest_by_price",
    "daily",
    "hindsight",
    "hindsights",
    "largest_distance",
    "over_streams",
    "run",
    "saved_so_far",
    "summary",
    "training_labels",
]
