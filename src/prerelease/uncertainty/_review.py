"""Three ways to decide: accept, hold the payment for a person, or block."""

from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate
from prerelease.costs import CostModel, alerts_at_capacity, bayes_threshold

from ._check import Floats, fraud_probability

Decisions = NDArray[np.int8]


class Decision(IntEnum):
    """What is done with a payment.

    Examples
    --------
    >>> Decision(1).name
    'REVIEW'
    """

    ACCEPT = 0
    REVIEW = 1
    BLOCK = 2


@dataclass(frozen=True, kw_only=True)
class ReviewDesk:
    """People who look at a payment while it is held, what they cost and how often they err.

    The defaults are the book's assumptions, not measurements.

    Parameters
    ----------
    fee : float, default 5
        Euros per payment that is looked at, right or wrong: as a review in `CostModel`.
    wait : float, default 1
        Euros per honest payment that was held and then let go: the customer waited.
    missed_share : float, default 0.1
        Share of the frauds looked at that are let go, from 0 to 1.
    refused_share : float, default 0.02
        Share of the honest payments looked at that are refused, from 0 to 1.

    Raises
    ------
    ValueError
        If a value is negative or not finite, or a share is above 1.

    Examples
    --------
    >>> import numpy as np
    >>> desk = ReviewDesk()
    >>> desk.cost(np.array([True, False]), np.array([100.0, 100.0]), costs=CostModel()).round(2)
    array([17.  ,  6.22])
    """

    fee: float = 5.0
    wait: float = 1.0
    missed_share: float = 0.1
    refused_share: float = 0.02

    def __post_init__(self) -> None:
        """Refuse what is not a cost or a share."""
        for field in fields(self):
            high = 1.0 if field.name.endswith("_share") else np.inf
            value = getattr(self, field.name)
            _validate.number(value, field.name, above=0.0, below=high, closed=True)

    def cost(self, fraud: NDArray[np.bool_], amount: Floats, *, costs: CostModel) -> Floats:
        """Return what looking at each payment costs, averaged over the reviewer's errors.

        Parameters
        ----------
        fraud : ndarray of bool, shape (n,)
            Whether each payment is a fraud.
        amount : ndarray, shape (n,)
            Euros.
        costs : CostModel
            What the outcomes cost that follow. A payment that the reviewer refuses is not
            reviewed, and paid for, a second time.

        Returns
        -------
        ndarray, shape (n,)
            Euros. Inputs are not checked.

        Examples
        --------
        >>> import numpy as np
        >>> never_wrong = ReviewDesk(missed_share=0, refused_share=0)
        >>> never_wrong.cost(np.array([True]), np.array([9.0]), costs=CostModel())
        array([5.])
        """
        after_block = costs.block_cost(fraud, amount) - costs.review
        let_go = costs.accept_cost(fraud, amount) + np.where(fraud, 0.0, self.wait)
        refused = np.where(fraud, 1 - self.missed_share, self.refused_share)
        return self.fee + refused * after_block + (1 - refused) * let_go


def _lines(amount: Floats, costs: CostModel, desk: ReviewDesk) -> tuple[Floats, Floats]:
    """Return the costs (3 decisions, n) of each payment if it is a fraud, and if it is honest."""
    if desk.wait > costs.goodwill:
        msg = (
            "To hold an honest payment must not cost more than to block it: wait must be at "
            f"most goodwill, {costs.goodwill:g} €, got {desk.wait:g} €."
        )
        raise ValueError(msg)
    both = []
    for is_fraud in (True, False):
        fraud = np.full(len(amount), is_fraud)
        accept, block = costs.accept_cost(fraud, amount), costs.block_cost(fraud, amount)
        both.append(np.stack([accept, desk.cost(fraud, amount, costs=costs), block]))
    return both[0], both[1]


def _crossing(saved: Floats, lost: Floats) -> Floats:
    """Return from which probability saving on frauds outweighs losing on honest payments."""
    some = (saved > 0) & (lost > 0)
    between = np.divide(lost, saved + lost, out=np.zeros_like(lost), where=some)
    return np.where(some, between, np.where(saved > 0, 0.0, np.inf))


def review_region(
    amount: ArrayLike, *, costs: CostModel, desk: ReviewDesk
) -> tuple[Floats, Floats]:
    r"""Return between which probabilities of fraud a look by a person is the cheapest.

    Parameters
    ----------
    amount : array-like, shape (n,)
        Euros, not negative.
    costs : CostModel
        What accepting and blocking cost.
    desk : ReviewDesk
        What a review costs, and how often it errs.

    Returns
    -------
    low, high : ndarray, shape (n,)
        Review where ``low <= probability < high``, accept below, block above. Where a review
        never pays, both are the two-way threshold (`prerelease.costs.bayes_threshold`).

    Raises
    ------
    ValueError
        If an amount is negative or not finite, or if to hold costs more than to block.

    Notes
    -----
    Each decision :math:`d` costs :math:`p F_d + (1-p) H_d` on average: a line in :math:`p`. The
    cheapest of three lines changes at most twice [1]_, at

    .. math:: t_{de} = \frac{H_e - H_d}{(F_d - F_e) + (H_e - H_d)}

    for the step from :math:`d` to :math:`e`. A review pays if
    :math:`t_{accept, review} < t_{review, block}`.

    References
    ----------
    .. [1] Chow (1970). On optimum recognition error and reject tradeoff. IEEE Transactions on
       Information Theory 16, 41-46.

    Examples
    --------
    >>> low, high = review_region([100.0], costs=CostModel(), desk=ReviewDesk())
    >>> low.round(3), high.round(3)
    (array([0.057]), array([0.473]))
    """
    amounts = _validate.non_negative(amount, "amount")
    if_fraud, if_honest = _lines(amounts, costs, desk)
    low = _crossing(if_fraud[0] - if_fraud[1], if_honest[1] - if_honest[0])
    high = _crossing(if_fraud[1] - if_fraud[2], if_honest[2] - if_honest[1])
    two_way = bayes_threshold(amounts, costs=costs)
    pays = low < high
    return np.where(pays, low, two_way), np.where(pays, high, two_way)


def three_way(
    probability: ArrayLike, amount: ArrayLike, *, costs: CostModel, desk: ReviewDesk
) -> Decisions:
    """Return the cheapest of accept, review and block for each payment, in expectation.

    Parameters
    ----------
    probability : array-like, shape (n,) or (n, 2)
        Calibrated probability of fraud; with two columns the second, and rows must sum to 1.
    amount : array-like, shape (n,)
        Euros, not negative.
    costs, desk
        As in `review_region`.

    Returns
    -------
    ndarray of int8, shape (n,)
        0 accept, 1 review, 2 block: see `Decision`.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, or if lengths differ.

    Examples
    --------
    >>> three_way([0.01, 0.2, 0.9], [100, 100, 100], costs=CostModel(), desk=ReviewDesk()).tolist()
    [0, 1, 2]
    """
    p_fraud, amounts = _check(probability, amount)
    low, high = review_region(amounts, costs=costs, desk=desk)
    return ((p_fraud >= low).astype(np.int8) + (p_fraud >= high)).astype(np.int8)


def three_way_at_capacity(  # noqa: PLR0913 - each is a part of the problem
    probability: ArrayLike,
    amount: ArrayLike,
    time: ArrayLike,
    *,
    k: int,
    costs: CostModel,
    desk: ReviewDesk,
    period: str = "hour",
) -> Decisions:
    """Return the cheapest decisions when at most `k` payments a period can be looked at.

    Parameters
    ----------
    probability, amount, costs, desk
        As in `three_way`.
    time : array-like, shape (n,)
        Seconds; periods are counted from 0.
    k : int
        Payments a period that the desk can look at, from 0 to n.
    period : {"hour", "day"}
        How long a period is.

    Returns
    -------
    ndarray of int8, shape (n,)
        0 accept, 1 review, 2 block: see `Decision`.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, or if lengths differ.

    Notes
    -----
    A look at one payment saves what the better of accept and block would cost, less what the
    look costs, whatever is done with the others. So the `k` largest savings of a period are
    the best choice. They are known at its end only: a desk that must choose at once does a
    little worse.

    Examples
    --------
    >>> three_way_at_capacity([0.2, 0.2], [100, 500], [0, 9], k=1, costs=CostModel(),
    ...                       desk=ReviewDesk()).tolist()
    [1, 2]
    """
    p_fraud, amounts = _check(probability, amount)
    times = _validate.vector(time, "time")
    _validate.same_length(probability=p_fraud, time=times)
    _validate.integer(k, "k", low=0, high=len(p_fraud))
    mean = _mean_costs(p_fraud, amounts, costs, desk)
    without = np.where(p_fraud >= bayes_threshold(amounts, costs=costs), 2, 0).astype(np.int8)
    if k == 0:
        return without
    saved = np.minimum(mean[0], mean[2]) - mean[1]
    looked_at = alerts_at_capacity(saved, times, k=k, period=period) & (saved > 0)
    return np.where(looked_at, np.int8(Decision.REVIEW), without)


def three_way_costs(
    y: ArrayLike, decision: ArrayLike, amount: ArrayLike, *, costs: CostModel, desk: ReviewDesk
) -> Floats:
    """Return what each decision did cost, averaged over the reviewer's errors.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud.
    decision : array-like of {0, 1, 2}, shape (n,)
        Of any rule: see `Decision`.
    amount : array-like, shape (n,)
        Euros, not negative.
    costs, desk
        As in `review_region`.

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
    >>> three_way_costs([1, 1, 1], [0, 1, 2], [100] * 3, costs=CostModel(), desk=ReviewDesk())
    array([120.,  17.,   5.])
    """
    fraud = _validate.binary(y, "y", both=False)
    amounts = _validate.non_negative(amount, "amount")
    chosen = check_decisions(decision)
    _validate.same_length(y=fraud, decision=chosen, amount=amounts)
    if_fraud, if_honest = _lines(amounts, costs, desk)
    rows = np.arange(len(fraud))
    return np.where(fraud, if_fraud[chosen, rows], if_honest[chosen, rows])


def expected_three_way_cost(
    probability: ArrayLike,
    decision: ArrayLike,
    amount: ArrayLike,
    *,
    costs: CostModel,
    desk: ReviewDesk,
) -> Floats:
    """Return what each decision costs on average if the probabilities are right.

    Parameters
    ----------
    probability, amount, costs, desk
        As in `three_way`.
    decision : array-like of {0, 1, 2}, shape (n,)
        Of any rule: see `Decision`.

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
    >>> expected_three_way_cost([0.5], [1], [100], costs=CostModel(), desk=ReviewDesk()).round(2)
    array([11.61])
    """
    p_fraud, amounts = _check(probability, amount)
    chosen = check_decisions(decision)
    _validate.same_length(probability=p_fraud, decision=chosen)
    mean = _mean_costs(p_fraud, amounts, costs, desk)
    return mean[chosen, np.arange(len(p_fraud))]


def check_decisions(decision: ArrayLike) -> NDArray[np.intp]:
    """Return decisions as integers, or say which is none."""
    array = _validate.vector(decision, "decision")
    wrong = np.flatnonzero(~np.isin(array, list(Decision)))
    if wrong.size:
        msg = (
            "decision must hold 0 (accept), 1 (review) or 2 (block), got "
            f"{array[wrong[0]]:g} at position {wrong[0]}."
        )
        raise ValueError(msg)
    return array.astype(np.intp)


def _mean_costs(p_fraud: Floats, amounts: Floats, costs: CostModel, desk: ReviewDesk) -> Floats:
    if_fraud, if_honest = _lines(amounts, costs, desk)
    return p_fraud * if_fraud + (1 - p_fraud) * if_honest


def _check(probability: ArrayLike, amount: ArrayLike) -> tuple[Floats, Floats]:
    p_fraud = fraud_probability(probability)
    amounts = _validate.non_negative(amount, "amount")
    _validate.same_length(probability=p_fraud, amount=amounts)
    return p_fraud, amounts
