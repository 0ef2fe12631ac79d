"""The cost model: what each of the four outcomes of a decision costs, in euros."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from prerelease import _validate

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class CostModel:
    r"""What accepting or blocking a payment costs, in euros.

    The defaults are the book's. They are assumptions, not measurements: replace them with
    your own, and see with `sensitivity` how far they may be wrong before the decision flips.

    Parameters
    ----------
    fraud_fee : float, default=20
        Euros lost per missed fraud beside its amount: the investigation, the customer's
        call, the new card. 20 € is what probabl-ai's tutorial takes [4]_.
    recovery_share : float, default=0
        Share of a missed fraud's amount that is got back later, from 0 to 1. None by
        default: the cautious end, and what both published rules take.
    review : float, default=5
        Euros per alert, right or wrong: ten minutes of an analyst who costs 30 € an hour.
        Bahnsen et al. charge this "administrative cost" for hits and false alarms alike [2]_.
    goodwill : float, default=10
        Euros per honest payment blocked: the support call, and the chance that the
        customer leaves. 10 € is what probabl-ai's tutorial takes [4]_.
    margin_share : float, default=0.02
        Share of the amount earned on an accepted honest payment, from 0 to 1, and so lost
        on a blocked one. Both published rules take 2 % [3]_ [4]_.
    catch_gain : float, default=0
        Euros earned per fraud blocked. Nobody pays for that by default; scikit-learn's
        example takes 50 [3]_.

    Raises
    ------
    ValueError
        If a value is negative or not finite, if a share is above 1, or if one of the two
        errors costs nothing at any amount, so that there is nothing to decide.

    Notes
    -----
    With `a` the amount, the cost of each outcome is

    ======== ============================================== ================================
    decision the payment is a fraud                         the payment is honest
    ======== ============================================== ================================
    accept   fraud_fee + (1 − recovery_share) × a           0
    block    review − catch_gain                            review + goodwill + margin_share × a
    ======== ============================================== ================================

    **Sign and zero.** These are costs: larger is worse. Zero is what accepting an honest
    payment costs, so the total is zero when there is no fraud and nothing is blocked. A
    margin that is earned is not in the cost; a margin that is lost is. Money *earned*, as
    published "gains" count it, is `gain`: margin_share × (amount of all honest payments) −
    cost. The two differ by a sum that no decision changes, so they rank decisions alike and
    have the same savings.

    The table is linear in the amount, which makes every total a sum of five tallies: alerts,
    frauds caught, honest payments blocked, and the amounts of the latter two.

    References
    ----------
    .. [1] C. Elkan, "The foundations of cost-sensitive learning", IJCAI 2001.
    .. [2] A. Correa Bahnsen, A. Stojanovic, D. Aouada, B. Ottersten, "Improving credit card
       fraud detection with calibrated probabilities", SIAM SDM 2014.
    .. [3] scikit-learn, "Post-tuning the decision threshold for cost-sensitive learning".
    .. [4] probabl-ai, "Cost-sensitive learning to optimize business metrics".

    Examples
    --------
    >>> import numpy as np
    >>> costs = CostModel()
    >>> missed = costs.accept_cost(np.array([True]), np.array([100.0]))
    >>> blocked_customer = costs.block_cost(np.array([False]), np.array([100.0]))
    >>> float(missed[0]), float(blocked_customer[0])
    (120.0, 17.0)
    """

    fraud_fee: float = 20.0
    recovery_share: float = 0.0
    review: float = 5.0
    goodwill: float = 10.0
    margin_share: float = 0.02
    catch_gain: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what is not a cost."""
        for field in fields(self):
            high = 1.0 if field.name.endswith("_share") else np.inf
            value = getattr(self, field.name)
            _validate.number(value, field.name, above=0.0, below=high, closed=True)
        if self.review == self.goodwill == self.margin_share == 0:
            msg = (
                "Blocking an honest payment must cost something, got review=0, goodwill=0 "
                "and margin_share=0: blocking everything would be free."
            )
            raise ValueError(msg)
        if self.fraud_fee == self.catch_gain == 0 and self.recovery_share == 1:
            msg = (
                "Missing a fraud must cost something, got fraud_fee=0, catch_gain=0 and "
                "recovery_share=1: accepting everything would be free."
            )
            raise ValueError(msg)

    @classmethod
    def scikit_learn_example(cls) -> Self:
        """Return the rule of scikit-learn's example on this data set.

        Returns
        -------
        CostModel
            Accepted honest payment +2 % of the amount, accepted fraud −amount, refused
            honest payment −5 €, refused fraud +50 €: as gains, so compare with `gain`.

        References
        ----------
        scikit-learn, "Post-tuning the decision threshold for cost-sensitive learning",
        second part, ``business_metric``. Its first published version also added the amount
        of a refused fraud to its gain; the present one does not.

        Examples
        --------
        >>> CostModel.scikit_learn_example().catch_gain
        50.0
        """
        return cls(fraud_fee=0.0, review=0.0, goodwill=5.0, margin_share=0.02, catch_gain=50.0)

    @classmethod
    def probabl_tutorial(cls) -> Self:
        """Return the rule of probabl-ai's tutorial on this data set.

        Returns
        -------
        CostModel
            Accepted honest payment +2 % of the amount, accepted fraud −(amount + 20 €),
            refused honest payment −10 €, refused fraud 0: as gains, so compare with `gain`.

        References
        ----------
        probabl-ai, "Cost-sensitive learning to optimize business metrics",
        ``business_gain_func``.

        Examples
        --------
        >>> CostModel.probabl_tutorial().fraud_fee
        20.0
        """
        return cls(fraud_fee=20.0, review=0.0, goodwill=10.0, margin_share=0.02)

    @classmethod
    def bahnsen(cls, *, administrative_cost: float) -> Self:
        """Return the cost matrix of Bahnsen et al.: the amount against one fixed cost.

        Parameters
        ----------
        administrative_cost : float
            Euros per alert, right or wrong.

        Returns
        -------
        CostModel
            Missed fraud: its amount. Any alert: `administrative_cost`.

        Raises
        ------
        ValueError
            If `administrative_cost` is not above 0.

        References
        ----------
        A. Correa Bahnsen, A. Stojanovic, D. Aouada, B. Ottersten, "Improving credit card
        fraud detection with calibrated probabilities", SIAM SDM 2014.

        Examples
        --------
        >>> CostModel.bahnsen(administrative_cost=2.5).review
        2.5
        """
        _validate.number(administrative_cost, "administrative_cost", above=0.0)
        return cls(fraud_fee=0.0, review=administrative_cost, goodwill=0.0, margin_share=0.0)

    def accept_cost(self, fraud: NDArray[np.bool_], amount: Floats) -> Floats:
        """Return what accepting each payment costs, in euros.

        Parameters
        ----------
        fraud : ndarray of bool, shape (n,)
            Whether each payment is a fraud.
        amount : ndarray, shape (n,)
            Euros.

        Returns
        -------
        ndarray, shape (n,)
            Euros. Inputs are not checked: `row_costs` is the public edge for data.

        Examples
        --------
        >>> CostModel().accept_cost(np.array([True, False]), np.array([10.0, 10.0]))
        array([30.,  0.])
        """
        return np.where(fraud, self.fraud_fee + (1 - self.recovery_share) * amount, 0.0)

    def block_cost(self, fraud: NDArray[np.bool_], amount: Floats) -> Floats:
        """Return what blocking each payment costs, in euros.

        Parameters
        ----------
        fraud : ndarray of bool, shape (n,)
            Whether each payment is a fraud.
        amount : ndarray, shape (n,)
            Euros.

        Returns
        -------
        ndarray, shape (n,)
            Euros. Inputs are not checked: `row_costs` is the public edge for data.

        Examples
        --------
        >>> CostModel().block_cost(np.array([True, False]), np.array([10.0, 10.0]))
        array([ 5. , 15.2])
        """
        honest = self.review + self.goodwill + self.margin_share * amount
        return np.where(fraud, self.review - self.catch_gain, honest)

    def saved_by_blocking_fraud(self, amount: Floats) -> Floats:
        """Return the euros that blocking saves if the payment is a fraud.

        Parameters
        ----------
        amount : ndarray, shape (n,)
            Euros.

        Returns
        -------
        ndarray, shape (n,)
            Euros; negative where a review costs more than the fraud.

        Examples
        --------
        >>> CostModel().saved_by_blocking_fraud(np.array([0.0, 100.0]))
        array([ 15., 115.])
        """
        fraud = np.ones(len(amount), dtype=bool)
        return self.accept_cost(fraud, amount) - self.block_cost(fraud, amount)

    def lost_by_blocking_honest(self, amount: Floats) -> Floats:
        """Return the euros that blocking loses if the payment is honest.

        Parameters
        ----------
        amount : ndarray, shape (n,)
            Euros.

        Returns
        -------
        ndarray, shape (n,)
            Euros, never negative.

        Examples
        --------
        >>> CostModel().lost_by_blocking_honest(np.array([0.0, 100.0]))
        array([15., 17.])
        """
        return self.block_cost(np.zeros(len(amount), dtype=bool), amount)
