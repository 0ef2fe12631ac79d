"""Splits that ask what production will ask: learn from the past, be judged on what follows."""

from ._duplicates import (
    Crossings,
    NearDuplicateKFold,
    count_crossings,
    near_duplicate_groups,
)
from ._temporal import PrequentialSplit, TemporalSplit

__all__ = [
    "Crossings",
    "NearDuplicateKFold",
    "PrequentialSplit",
    "TemporalSplit",
    "count_crossings",
    "near_duplicate_groups",
]
