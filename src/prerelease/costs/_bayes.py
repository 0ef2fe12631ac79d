"""The decision that is right for each case, given a calibrated probability (Elkan)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate
from prerelease.costs._model import CostModel
from prerelease.costs._realised import check_block

Floats = NDArray[np.float64]


def bayes_threshold(amount: ArrayLike, *, costs: CostModel) -> Floats:
    r"""Return the probability from which blocking pays, for each case.

    Parameters
    ----------
    amount : array-like, shape (n,)
        Not negative.
    costs : CostModel
        What each outcome costs.

    Returns
    -------
    ndarray, shape (n,)
        Block if probability >= threshold. From 0 to below 1, or infinity.

    Raises
    ------
    ValueError
        If an amount is negative or not finite.

    Notes
    -----
    With `B` what blocking saves if the case is positive, and `D` what it loses if it is
    negative, blocking pays where :math:`p B \ge (1 - p) D`, so

    .. math:: t = \frac{D}{B + D}

    `B` grows with the amount faster than `D`, so large amounts are blocked on less suspicion.
    Two degenerate cases. If :math:`B \le 0`, a review costs as much as the miss itself:
    blocking never pays, and the threshold is infinite. If :math:`D = 0 < B`, a false alarm is
    free: blocking always pays, and the threshold is 0. (`D` is zero only where amount, review
    and goodwill all are.)

    References
    ----------
    C. Elkan, "The foundations of cost-sensitive learning", IJCAI 2001.

    Examples
    --------
    >>> bayes_threshold([0, 100, 1000], costs=CostModel()).round(3)
    array([0.5  , 0.129, 0.033])
    """
    amounts = _validate.non_negative(amount, "amount")
    saved, lost = costs.saved_by_blocking(amounts), costs.lost_by_blocking(amounts)
    return np.divide(lost, saved + lost, out=np.full(len(amounts), np.inf), where=saved > 0)


def bayes_block(
    probability: ArrayLike, amount: ArrayLike, *, costs: CostModel
) -> NDArray[np.bool_]:
    """Return the cheapest decision for each case in expectation: 1 blocks it.

    Parameters
    ----------
    probability : array-like, shape (n,)
        Calibrated: among the cases given 2 %, 2 % must be positive. Undo reweighting and
        resampling first (`prerelease.losses.correct_weighting`).
    amount, costs
        As for `bayes_threshold`.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, or if lengths differ.

    Examples
    --------
    >>> bayes_block([0.2, 0.2], [1, 1000], costs=CostModel())
    array([False,  True])
    """
    probabilities, amounts = _validate.columns(probability=probability, amount=amount)
    return probabilities >= bayes_threshold(amounts, costs=costs)


def expected_cost(
    probability: ArrayLike, block: ArrayLike, amount: ArrayLike, *, costs: CostModel
) -> Floats:
    """Return what each decision costs on average if the probabilities are right.

    Parameters
    ----------
    probability, amount, costs
        As for `bayes_block`.
    block : array-like of {0, 1} or bool, shape (n,)
        The decisions.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, or if lengths differ.

    Examples
    --------
    >>> expected_cost([0.5, 0.5], [0, 1], [100, 100], costs=CostModel())
    array([60., 11.])
    """
    probabilities, amounts = _validate.columns(probability=probability, amount=amount)
    blocked = check_block(block, len(probabilities))
    positive = np.ones(len(amounts), dtype=bool)
    if_positive = np.where(
        blocked, costs.block_cost(positive, amounts), costs.accept_cost(positive, amounts)
    )
    if_negative = np.where(blocked, costs.lost_by_blocking(amounts), 0.0)
    return probabilities * if_positive + (1 - probabilities) * if_negative


def expected_saving(probability: ArrayLike, amount: ArrayLike, *, costs: CostModel) -> Floats:
    """Return what blocking each case saves on average; negative where accepting is better.

    It is the order in which a team with too few reviewers should work (`alerts_at_capacity`).

    Parameters
    ----------
    probability, amount, costs
        As for `bayes_block`.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, or if lengths differ.

    Examples
    --------
    >>> expected_saving([0.5, 0.0], [100, 100], costs=CostModel())
    array([ 49., -17.])
    """
    probabilities, amounts = _validate.columns(probability=probability, amount=amount)
    saved, lost = costs.saved_by_blocking(amounts), costs.lost_by_blocking(amounts)
    return probabilities * saved - (1 - probabilities) * lost
