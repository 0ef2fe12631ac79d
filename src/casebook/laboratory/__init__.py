"""How often detectors of drift are right, tried on real payments with shifts of known date."""

from ._inject import Shift, inject, remembered
from ._power import (
    Detector,
    alarm_rates,
    calibrate,
    draw_blocks,
    largest_feature_drift,
    streams,
)

__all__ = [
    "Detector",
    "Shift",
    "alarm_rates",
    "calibrate",
    "draw_blocks",
    "inject",
    "largest_feature_drift",
    "remembered",
    "streams",
]
