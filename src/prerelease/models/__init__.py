"""The candidates of the book, each defined once."""

from ._book import INPUTS, boosted, chosen, focal, logistic_regression, release_candidate_1
from ._families import FAMILIES, Family, Span, histogram_boosting, linear, tabnet

__all__ = [
    "FAMILIES",
    "INPUTS",
    "Family",
    "Span",
    "boosted",
    "chosen",
    "focal",
    "histogram_boosting",
    "linear",
    "logistic_regression",
    "release_candidate_1",
    "tabnet",
]
