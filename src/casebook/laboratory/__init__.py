"""How often detectors of drift are right, tried on real payments with shifts of known date."""

from ._domain import domain_classifier
from ._inject import Shift, inject, remembered
from ._power import Detector, alarm_rates, calibrate, draw_blocks, streams

__all__ = [
    "Detector",
    "Shift",
    "alarm_rates",
    "calibrate",
    "domain_classifier",
    "draw_blocks",
    "inject",
    "remembered",
    "streams",
]
