"""Three ways to decide: accept, hold the case for a person, or block."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate
from prerelease.costs import CostModel, alerts_at_capacity, bayes_threshold

Floats = NDArray[np.float64]
ACCEPT, REVIEW, BLOCK = range(3)


@dataclass(frozen=True, kw_only=True)
class ReviewDesk:
    """People who look at a case while it is held, what they cost and how often they err.

    The defaults are assumptions, not measurements: replace them with your own.

    Parameters
    ----------
    fee : float, default 5
        Per case that is looked at, right or wrong: as a review in `CostModel`.
    wait : float, default 1
        Per negative that was held and then let go: the customer waited.
    missed_share : float, default 0.1
        Share of the positives looked at that are let go, from 0 to 1.
    refused_share : float, default 0.02
        Share of the negatives looked at that are refused, from 0 to 1. What the reviewer refuses
        is not reviewed, and paid for, a second time.

    Raises
    ------
    ValueError
        If a value is negative or not finite, or a share is above 1.

    Examples
    --------
    >>> ReviewDesk(fee=2).wait
    1.0
    """

    fee: float = 5.0
    wait: float = 1.0
    missed_share: float = 0.1
    refused_share: float = 0.02

    def __post_init__(self) -> None:
        """Refuse what is not a cost or a share."""
        _validate.prices(self)


def _prices(amount: Floats, costs: CostModel, desk: ReviewDesk) -> tuple[Floats, Floats]:
    """Return the costs (3 decisions, n) of each case if it is positive, and if it is negative."""
    if desk.wait > costs.goodwill:
        msg = (
            "To hold a negative must not cost more than to block it: wait must be at most "
            f"goodwill, {costs.goodwill:g}, got {desk.wait:g}."
        )
        raise ValueError(msg)
    both = []
    for positive, refused, wait in (
        (True, 1 - desk.missed_share, 0.0),
        (False, desk.refused_share, desk.wait),
    ):
        rows = np.full(len(amount), positive)
        accept, block = costs.accept_cost(rows, amount), costs.block_cost(rows, amount)
        look = desk.fee + refused * (block - costs.review) + (1 - refused) * (accept + wait)
        both.append(np.stack([accept, look, block]))
    return both[0], both[1]


def _crossing(saved: Floats, lost: Floats) -> Floats:
    """Return from which probability saving on positives outweighs losing on negatives."""
    some = (saved > 0) & (lost > 0)
    between = np.divide(lost, saved + lost, out=np.zeros_like(lost), where=some)
    return np.where(some, between, np.where(saved > 0, 0.0, np.inf))


def review_region(
    amount: ArrayLike, *, costs: CostModel, desk: ReviewDesk
) -> tuple[Floats, Floats]:
    r"""Return between which probabilities of a positive a look by a person is the cheapest.

    Parameters
    ----------
    amount : array-like, shape (n,)
        Not negative.
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
    Each decision :math:`d` costs :math:`p P_d + (1-p) N_d` on average: a line in :math:`p`. The
    cheapest of three lines changes at most twice [1]_, at

    .. math:: t_{de} = \frac{N_e - N_d}{(P_d - P_e) + (N_e - N_d)}

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
    if_positive, if_negative = _prices(amounts, costs, desk)
    low, high = _crossing(-np.diff(if_positive, axis=0), np.diff(if_negative, axis=0))
    two_way = bayes_threshold(amounts, costs=costs)
    pays = low < high
    return np.where(pays, low, two_way), np.where(pays, high, two_way)


def three_way(  # noqa: PLR0913 - each is a part of the problem
    probability: ArrayLike,
    amount: ArrayLike,
    *,
    costs: CostModel,
    desk: ReviewDesk,
    k: int | None = None,
    time: ArrayLike | None = None,
    period: str = "hour",
) -> NDArray[np.int8]:
    """Return the cheapest of accept, review and block for each case, in expectation.

    Parameters
    ----------
    probability : array-like, shape (n,)
        Calibrated probability of a positive.
    amount, costs, desk
        As for `review_region`.
    k : int, optional
        Cases a period that the desk can look at, from 0 to n; no limit by default.
    time, period
        As for `prerelease.costs.alerts_at_capacity`; not needed without `k`.

    Returns
    -------
    ndarray of int8, shape (n,)
        0 accept, 1 review, 2 block.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, or if lengths differ.

    Notes
    -----
    A look at one case saves what the better of accept and block would cost, less what the look
    costs, whatever is done with the others. So the `k` largest savings of a period are the best
    choice. They are known at its end only: a desk that must choose at once does a little worse.

    Examples
    --------
    >>> prices = {"costs": CostModel(), "desk": ReviewDesk()}
    >>> three_way([0.01, 0.2, 0.9], [100, 100, 100], **prices).tolist()
    [0, 1, 2]
    >>> three_way([0.2, 0.2], [100, 500], **prices, k=1, time=[0, 9]).tolist()
    [1, 2]
    """
    p, amounts = _validate.columns(probability=probability, amount=amount)
    if k is None:
        low, high = review_region(amounts, costs=costs, desk=desk)
        return ((p >= low).astype(np.int8) + (p >= high)).astype(np.int8)
    _validate.integer(k, "k", low=0, high=len(p))
    without = np.where(p >= bayes_threshold(amounts, costs=costs), BLOCK, ACCEPT).astype(np.int8)
    if k == 0:
        return without
    mean = _mean(p, amounts, costs, desk)
    saved = np.minimum(mean[ACCEPT], mean[BLOCK]) - mean[REVIEW]
    looked_at = alerts_at_capacity(saved, time, k=k, period=period) & (saved > 0)
    return np.where(looked_at, np.int8(REVIEW), without)


def three_way_costs(
    probability: ArrayLike,
    decision: ArrayLike,
    amount: ArrayLike,
    *,
    costs: CostModel,
    desk: ReviewDesk,
) -> Floats:
    """Return what each decision costs, averaged over the reviewer's errors.

    Parameters
    ----------
    probability : array-like, shape (n,)
        Labels (1 = positive) for what was paid; probabilities for what is expected if these are
        right.
    decision : array-like of {0, 1, 2}, shape (n,)
        Of any rule: 0 accept, 1 review, 2 block.
    amount, costs, desk
        As for `review_region`.

    Returns
    -------
    ndarray, shape (n,)
        In the unit of the amounts; larger is worse.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, or if lengths differ.

    Examples
    --------
    >>> prices = {"costs": CostModel(), "desk": ReviewDesk()}
    >>> three_way_costs([1, 1, 1], [0, 1, 2], [100] * 3, **prices)
    array([120.,  17.,   5.])
    >>> three_way_costs([0.5], [1], [100], **prices).round(2)
    array([11.61])
    """
    p, amounts = _validate.columns(probability=probability, amount=amount)
    chosen = _validate.vector(decision, "decision")
    _validate.same_length(probability=p, decision=chosen)
    unknown = ~np.isin(chosen, (ACCEPT, REVIEW, BLOCK))
    _validate.refuse(chosen, unknown, "decision must hold 0 (accept), 1 (review) or 2 (block)")
    return _mean(p, amounts, costs, desk)[chosen.astype(np.intp), np.arange(len(p))]


def _mean(p: Floats, amounts: Floats, costs: CostModel, desk: ReviewDesk) -> Floats:
    if_positive, if_negative = _prices(amounts, costs, desk)
    return p * if_positive + (1 - p) * if_negative
