"""The cost model: what each of the four outcomes of a decision costs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prerelease import _validate

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class CostModel:
    r"""What accepting or blocking a case costs, in the unit of its amount.

    The defaults follow published examples. They are assumptions, not measurements: replace
    them with your own, and see with `prerelease.thresholds.regret` how far they may be wrong
    before the decision flips.

    Parameters
    ----------
    miss_fee : float, default=20
        Lost per missed positive beside its amount: the investigation, the customer's call.
        20 is what probabl-ai's tutorial takes [4]_.
    recovery_share : float, default=0
        Share of a missed positive's amount that is got back later, from 0 to 1. None by
        default: the cautious end, and what both published rules take.
    review : float, default=5
        Per alert, right or wrong: ten minutes of an analyst who costs 30 an hour. Bahnsen
        et al. charge this "administrative cost" for hits and false alarms alike [2]_.
    goodwill : float, default=10
        Per negative blocked: the support call, and the chance that the customer leaves. 10
        is what probabl-ai's tutorial takes [4]_.
    margin_share : float, default=0.02
        Share of the amount earned on an accepted negative, from 0 to 1, and so lost on a
        blocked one. Both published rules take 2 % [3]_ [4]_.
    catch_gain : float, default=0
        Earned per positive blocked. Nobody pays for that by default; scikit-learn's example
        takes 50 [3]_.

    Raises
    ------
    ValueError
        If a value is negative or not finite, if a share is above 1, or if one of the two
        errors costs nothing at any amount, so that there is nothing to decide.

    Notes
    -----
    With `a` the amount, the cost of each outcome is

    ======== ============================================== ================================
    decision the case is positive                           the case is negative
    ======== ============================================== ================================
    accept   miss_fee + (1 − recovery_share) × a            0
    block    review − catch_gain                            review + goodwill + margin_share × a
    ======== ============================================== ================================

    **Sign and zero.** These are costs: larger is worse. Zero is what accepting a negative
    costs, so the total is zero when there is no positive and nothing is blocked. A margin that
    is earned is not in the cost; a margin that is lost is. Money *earned*, as published "gains"
    count it, is margin_share × (amount of all negatives) − cost. The two differ by a sum that
    no decision changes, so they rank decisions alike and have the same savings.

    The table is linear in the amount, which makes every total a sum of five tallies: alerts,
    positives caught, negatives blocked, and the amounts of the latter two.

    References
    ----------
    .. [1] C. Elkan, "The foundations of cost-sensitive learning", IJCAI 2001.
    .. [2] A. Correa Bahnsen, A. Stojanovic, D. Aouada, B. Ottersten, in: Proceedings of the
       SIAM International Conference on Data Mining, 2014, pages 677-685.
    .. [3] scikit-learn, "Post-tuning the decision threshold for cost-sensitive learning".
    .. [4] probabl-ai, "Cost-sensitive learning to optimize business metrics".

    Examples
    --------
    >>> costs = CostModel()
    >>> missed = costs.accept_cost(np.array([True]), np.array([100.0]))
    >>> false_alarm = costs.block_cost(np.array([False]), np.array([100.0]))
    >>> float(missed[0]), float(false_alarm[0])
    (120.0, 17.0)
    """

    miss_fee: float = 20.0
    recovery_share: float = 0.0
    review: float = 5.0
    goodwill: float = 10.0
    margin_share: float = 0.02
    catch_gain: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what is not a cost."""
        _validate.prices(self)
        if self.review == self.goodwill == self.margin_share == 0:
            msg = (
                "Blocking a negative must cost something, got review=0, goodwill=0 and "
                "margin_share=0: blocking everything would be free."
            )
            raise ValueError(msg)
        if self.miss_fee == self.catch_gain == 0 and self.recovery_share == 1:
            msg = (
                "Missing a positive must cost something, got miss_fee=0, catch_gain=0 and "
                "recovery_share=1: accepting everything would be free."
            )
            raise ValueError(msg)

    def accept_cost(self, positive: NDArray[np.bool_], amount: Floats) -> Floats:
        """Return what accepting each case costs.

        Parameters
        ----------
        positive : ndarray of bool, shape (n,)
            Whether each case is positive.
        amount : ndarray, shape (n,)
            Amounts. Inputs are not checked: `row_costs` is the public edge for data.

        Examples
        --------
        >>> CostModel().accept_cost(np.array([True, False]), np.array([10.0, 10.0]))
        array([30.,  0.])
        """
        return np.where(positive, self.miss_fee + (1 - self.recovery_share) * amount, 0.0)

    def block_cost(self, positive: NDArray[np.bool_], amount: Floats) -> Floats:
        """Return what blocking each case costs.

        Parameters
        ----------
        positive, amount
            As for `accept_cost`.

        Examples
        --------
        >>> CostModel().block_cost(np.array([True, False]), np.array([10.0, 10.0]))
        array([ 5. , 15.2])
        """
        false_alarm = self.review + self.goodwill + self.margin_share * amount
        return np.where(positive, self.review - self.catch_gain, false_alarm)

    def saved_by_blocking(self, amount: Floats) -> Floats:
        """Return what blocking saves if the case is positive; negative where a review costs more.

        Parameters
        ----------
        amount
            As for `accept_cost`.

        Examples
        --------
        >>> CostModel().saved_by_blocking(np.array([0.0, 100.0]))
        array([ 15., 115.])
        """
        positive = np.ones(len(amount), dtype=bool)
        return self.accept_cost(positive, amount) - self.block_cost(positive, amount)

    def lost_by_blocking(self, amount: Floats) -> Floats:
        """Return what blocking loses if the case is negative.

        Parameters
        ----------
        amount
            As for `accept_cost`.

        Examples
        --------
        >>> CostModel().lost_by_blocking(np.array([0.0, 100.0]))
        array([15., 17.])
        """
        return self.block_cost(np.zeros(len(amount), dtype=bool), amount)
