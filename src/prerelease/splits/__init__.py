"""Splits that ask what production will ask: learn from the past, be judged on what follows."""

from ._book import KINDS, TRAIN_END, VALID_END, development, digest, open_test
from ._duplicates import (
    Crossings,
    NearDuplicateKFold,
    count_crossings,
    near_duplicate_groups,
)
from ._temporal import PrequentialSplit, TemporalSplit

__all__ = [
    "KINDS",
    "TRAIN_END",
    "VALID_END",
    "Crossings",
    "NearDuplicateKFold",
    "PrequentialSplit",
    "TemporalSplit",
    "count_crossings",
    "development",
    "digest",
    "near_duplicate_groups",
    "open_test",
]
