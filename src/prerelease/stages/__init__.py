"""How much each stage of a release must see to conclude anything, and what stops it."""

from ._cases import cases_needed, green_tick, passing, power
from ._periods import centred, shown, stretches_needed
from ._switch import KillSwitch, kill_switch

__all__ = [
    "KillSwitch",
    "cases_needed",
    "centred",
    "green_tick",
    "kill_switch",
    "passing",
    "power",
    "shown",
    "stretches_needed",
]
