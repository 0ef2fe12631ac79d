"""Splits that ask what production will ask: learn from the past, be judged on what follows."""

from ._duplicates import NearDuplicateKFold, count_crossings, near_duplicate_groups
from ._temporal import PrequentialSplit, TemporalSplit

__all__ = [
    "NearDuplicateKFold",
    "PrequentialSplit",
    "TemporalSplit",
    "count_crossings",
    "near_duplicate_groups",
]
