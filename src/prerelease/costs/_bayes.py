"""The decision that is right for each payment, given a calibrated probability (Elkan)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate
from prerelease.costs._model import CostModel
from prerelease.costs._realised import check_block

Floats = NDArray[np.float64]


def _check(probability: ArrayLike, amount: ArrayLike) -> tuple[Floats, Floats]:
    probabilities = _validate.probabilities(probability, "probability")
    amounts = _validate.non_negative(amount, "amount")
    _validate.same_length(probability=probabilities, amount=amounts)
    return probabilities, amounts


def bayes_threshold(amount: ArrayLike, *, costs: CostModel) -> Floats:
    r"""Return the probability of fraud from which blocking pays, for each payment.

    Parameters
    ----------
    amount : array-like, shape (n,)
        Euros, not negative.
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
    With `B` the euros that blocking saves if the payment is a fraud, and `D` those that it
    loses if it is honest, blocking pays where :math:`p B \ge (1 - p) D`, so

    .. math:: t = \frac{D}{B + D}

    `B` grows with the amount faster than `D`, so large payments are blocked on less
    suspicion. Two degenerate cases. If :math:`B \le 0`, a review costs as much as the fraud
    itself: blocking never pays, and the threshold is infinite. If :math:`D = 0 < B`, blocking
    an honest payment is free: blocking always pays, and the threshold is 0. (`D` is zero only
    where amount, review and goodwill all are.)

    References
    ----------
    C. Elkan, "The foundations of cost-sensitive learning", IJCAI 2001.

    Examples
    --------
    >>> bayes_threshold([0, 100, 1000], costs=CostModel()).round(3)
    array([0.5  , 0.129, 0.033])
    """
    amounts = _validate.non_negative(amount, "amount")
    saved = costs.saved_by_blocking_fraud(amounts)
    lost = costs.lost_by_blocking_honest(amounts)
    return np.divide(lost, saved + lost, out=np.full(len(amounts), np.inf), where=saved > 0)


def bayes_block(
    probability: ArrayLike, amount: ArrayLike, *, costs: CostModel
) -> NDArray[np.bool_]:
    """Return the cheapest decision for each payment in expectation.

    Parameters
    ----------
    probability : array-like, shape (n,)
        Calibrated probability of fraud: among the payments given 2 %, 2 % must be frauds.
        Undo reweighting and undersampling first (`correct_weighting`,
        `correct_undersampling`).
    amount : array-like, shape (n,)
        Euros, not negative.
    costs : CostModel
        What each outcome costs.

    Returns
    -------
    ndarray of bool, shape (n,)
        Whether to block.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, or if lengths differ.

    References
    ----------
    C. Elkan, "The foundations of cost-sensitive learning", IJCAI 2001.

    Examples
    --------
    >>> bayes_block([0.2, 0.2], [1, 1000], costs=CostModel())
    array([False,  True])
    """
    probabilities, amounts = _check(probability, amount)
    return probabilities >= bayes_threshold(amounts, costs=costs)


def expected_cost(
    probability: ArrayLike, block: ArrayLike, amount: ArrayLike, *, costs: CostModel
) -> Floats:
    """Return what each decision costs on average if the probabilities are right.

    Parameters
    ----------
    probability : array-like, shape (n,)
        Calibrated probability of fraud.
    block : array-like of {0, 1} or bool, shape (n,)
        The decisions.
    amount : array-like, shape (n,)
        Euros, not negative.
    costs : CostModel
        What each outcome costs.

    Returns
    -------
    ndarray, shape (n,)
        Euros per payment; larger is worse.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, or if lengths differ.

    Examples
    --------
    >>> expected_cost([0.5, 0.5], [0, 1], [100, 100], costs=CostModel())
    array([60., 11.])
    """
    probabilities, amounts = _check(probability, amount)
    blocked = check_block(block, len(probabilities))
    fraud = np.ones(len(amounts), dtype=bool)
    if_fraud = np.where(
        blocked, costs.block_cost(fraud, amounts), costs.accept_cost(fraud, amounts)
    )
    if_honest = np.where(blocked, costs.lost_by_blocking_honest(amounts), 0.0)
    return probabilities * if_fraud + (1 - probabilities) * if_honest


def expected_saving(probability: ArrayLike, amount: ArrayLike, *, costs: CostModel) -> Floats:
    """Return the euros that blocking each payment saves on average.

    Parameters
    ----------
    probability : array-like, shape (n,)
        Calibrated probability of fraud.
    amount : array-like, shape (n,)
        Euros, not negative.
    costs : CostModel
        What each outcome costs.

    Returns
    -------
    ndarray, shape (n,)
        Euros per payment, negative where accepting is better: the order in which a team
        with too few reviewers should work (`alerts_at_capacity`).

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, or if lengths differ.

    Notes
    -----
    p × (euros saved if fraud) − (1 − p) × (euros lost if honest).

    Examples
    --------
    >>> expected_saving([0.5, 0.0], [100, 100], costs=CostModel())
    array([ 49., -17.])
    """
    probabilities, amounts = _check(probability, amount)
    saved = costs.saved_by_blocking_fraud(amounts)
    lost = costs.lost_by_blocking_honest(amounts)
    return probabilities * saved - (1 - probabilities) * lost
