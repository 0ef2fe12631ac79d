"""Checks that the modules of this package share."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate

Floats = NDArray[np.float64]


def fraud_probability(probability: ArrayLike) -> Floats:
    """Return the probability of fraud from one column, or from two that sum to 1."""
    array = np.asarray(probability)
    if array.ndim != 2:
        return _validate.probabilities(probability, "probability")
    if array.shape[1] != 2:
        msg = f"probability must have one column or two (honest, fraud), got shape {array.shape}."
        raise ValueError(msg)
    honest = _validate.probabilities(array[:, 0], "probability of honest")
    fraud = _validate.probabilities(array[:, 1], "probability of fraud")
    wrong = np.flatnonzero(np.abs(honest + fraud - 1) > 1e-6)
    if wrong.size:
        msg = (
            f"probability must sum to 1 in each row, got {honest[wrong[0]] + fraud[wrong[0]]:g} "
            f"at position {wrong[0]} ({wrong.size} such rows)."
        )
        raise ValueError(msg)
    return fraud


def labelled(y: ArrayLike, probability: ArrayLike) -> tuple[NDArray[np.bool_], Floats]:
    """Return labels and probabilities of fraud, of one length."""
    fraud = _validate.binary(y, "y", both=False)
    p_fraud = fraud_probability(probability)
    _validate.same_length(y=fraud, probability=p_fraud)
    return fraud, p_fraud


def not_constant(values: Floats, name: str, why: str) -> None:
    """Refuse scores that are all the same."""
    if values.min() == values.max():
        msg = f"{name} is {values[0]:g} for all {len(values)} rows: {why}."
        raise ValueError(msg)


def share(value: float, name: str) -> float:
    """Return a number strictly between 0 and 1."""
    return _validate.number(value, name, above=0, below=1)
