"""The candidates of the book, each defined once."""

from ._book import (
    CHOSEN,
    HELD_BACK,
    INPUTS,
    boosted,
    chosen,
    focal,
    perturbed,
    release_candidate_1,
)
from ._families import FAMILIES, Family, Span, fit_weighted, logistic_regression

__all__ = [
    "CHOSEN",
    "FAMILIES",
    "HELD_BACK",
    "INPUTS",
    "Family",
    "Span",
    "boosted",
    "chosen",
    "fit_weighted",
    "focal",
    "logistic_regression",
    "perturbed",
    "release_candidate_1",
]
