"""How often detectors of drift are right, tried on real payments with shifts of known date."""

from ._domain import domain_classifier
from ._inject import Shift, inject, remembered
from ._power import Detector, alarm_rates, calibrate, draw_blocks, streams
from ._world import COLUMNS, SHIFTS, World, bill, told_apart, total, world

__all__ = [
    "COLUMNS",
    "SHIFTS",
    "Detector",
    "Shift",
    "World",
    "alarm_rates",
    "bill",
    "calibrate",
    "domain_classifier",
    "draw_blocks",
    "inject",
    "remembered",
    "streams",
    "told_apart",
    "total",
    "world",
]
