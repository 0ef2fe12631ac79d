"""How much each stage of a release must see to conclude anything, and what stops it."""

from ._cases import cases_needed, power
from ._periods import centred, shown, stretches_needed
from ._switch import kill_switch

__all__ = ["cases_needed", "centred", "kill_switch", "power", "shown", "stretches_needed"]
