"""The candidates of the book, each defined once."""

from ._book import (
    CHOSEN,
    INPUTS,
    boosted,
    chosen,
    focal,
    logistic_regression,
    release_candidate_1,
)
from ._families import FAMILIES, Family, Span, fit_weighted, histogram_boosting, linear, tabnet

__all__ = [
    "CHOSEN",
    "FAMILIES",
    "INPUTS",
    "Family",
    "Span",
    "boosted",
    "chosen",
    "fit_weighted",
    "focal",
    "histogram_boosting",
    "linear",
    "logistic_regression",
    "release_candidate_1",
    "tabnet",
]
