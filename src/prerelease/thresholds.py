"""Thresholds that are chosen on some rows and priced on others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate
from prerelease.costs import CostModel, best_threshold


@dataclass(frozen=True)
class CrossFitted:
    """Decisions about each row by a threshold that was chosen without it.

    Parameters
    ----------
    block : ndarray of bool, shape (n,)
        Whether to block each payment.
    thresholds : tuple of float
        The threshold used in each stretch of time, in their order.
    """

    block: NDArray[np.bool_]
    thresholds: tuple[float, ...]


def cross_fitted(  # noqa: PLR0913 (all but the data are keywords)
    y: ArrayLike,
    score: ArrayLike,
    amount: ArrayLike,
    time: ArrayLike,
    *,
    costs: CostModel,
    n_stretches: int = 4,
    weight: ArrayLike | None = None,
) -> CrossFitted:
    """Choose the cheapest threshold for each stretch of time on all the other stretches.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud.
    score : array-like, shape (n,)
        From 0 to 1; need not be calibrated.
    amount : array-like, shape (n,)
        Euros, not negative.
    time : array-like, shape (n,)
        Seconds, sorted.
    costs : CostModel
        What each outcome costs.
    n_stretches : int, default 4
        Stretches of equal length, at least 2.
    weight : array-like, shape (n,), optional
        How many payments each row stands for; 1 each by default.

    Returns
    -------
    CrossFitted
        The decisions, to be priced on the rows that they are about.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, if lengths differ, or if without one of the
        stretches there is no fraud left to choose a threshold by.

    Notes
    -----
    The best of all thresholds looks better on the rows that chose it than it is. Here no row
    has a say in the threshold that decides about it. Stretches of time, not random parts,
    since payments of one burst agree with each other. The result prices the *procedure*: the
    thresholds of the stretches differ, and how much is a measure of how well it is known.

    Examples
    --------
    >>> y, score = [1, 0, 1, 0], [0.9, 0.1, 0.8, 0.2]
    >>> found = cross_fitted(y, score, [50] * 4, [0, 1, 2, 3], costs=CostModel(), n_stretches=2)
    >>> found.block.tolist(), found.thresholds
    ([True, False, False, False], (0.8, 0.9))
    """
    times = _validate.sorted_times(time, "time")
    scores = _validate.probabilities(score, "score")
    fraud = _validate.binary(y, "y", both=False)
    amounts = _validate.non_negative(amount, "amount")
    _validate.same_length(y=fraud, score=scores, amount=amounts, time=times)
    _validate.integer(n_stretches, "n_stretches", low=2)
    stood = _validate.weights(weight, "weight", len(times))
    if times[0] == times[-1]:
        msg = f"time must span some time to be cut into stretches, got {times[0]:g} s only."
        raise ValueError(msg)
    edges = np.linspace(times[0], times[-1], n_stretches + 1)[1:-1]
    stretch = np.searchsorted(edges, times, side="right")
    block = np.zeros(len(times), dtype=bool)
    thresholds = []
    for number in range(n_stretches):
        here = stretch == number
        if not fraud[~here].any():
            msg = (
                f"Without stretch {number + 1} of {n_stretches} there is no fraud to choose a "
                f"threshold by: all {fraud.sum()} frauds are in it. Take other stretches."
            )
            raise ValueError(msg)
        choice = best_threshold(
            fraud[~here], scores[~here], amounts[~here], costs=costs, weight=stood[~here]
        )
        thresholds.append(choice.threshold)
        block[here] = scores[here] >= choice.threshold
    return CrossFitted(block, tuple(thresholds))
