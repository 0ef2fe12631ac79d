"""How much each stage of a release must see to conclude anything, and what stops it.

Exact binomial counts for independent cases; simulation for stretches of time, bursts and all; and
counts that stop a canary, looked at often, with one chance of stopping for nothing.
"""

from ._needed import cases_needed, centred, power, shown, stretches_needed
from ._switch import kill_switch

__all__ = [
    "cases_needed",
    "centred",
    "kill_switch",
    "power",
    "shown",
    "stretches_needed",
]
