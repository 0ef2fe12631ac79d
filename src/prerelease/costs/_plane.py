"""What a cost model looks like in the plane of precision and recall."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate
from prerelease.costs._model import CostModel
from prerelease.costs._realised import check_payments


def precision_at_cost(
    y: ArrayLike,
    amount: ArrayLike,
    *,
    costs: CostModel,
    recall: ArrayLike,
    cost_per_1000: float,
) -> NDArray[np.float64]:
    r"""Return the precision that costs so much at each recall: a line of equal cost.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud; both classes must be there.
    amount : array-like, shape (n,)
        Euros, not negative.
    costs : CostModel
        What each outcome costs.
    recall : array-like, shape (m,)
        Where the precision is asked for, from 0 to 1.
    cost_per_1000 : float
        Euros per 1,000 payments.

    Returns
    -------
    ndarray, shape (m,)
        Precision above 0 and at most 1; NaN where no precision costs that.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, if a class is missing or lengths differ.

    Notes
    -----
    At the mean prices :math:`B` (what blocking a fraud saves) and :math:`D` (what blocking an
    honest payment loses), a recall :math:`r` at precision :math:`p` saves

    .. math:: s = P r \left(B - D\,\frac{1 - p}{p}\right)

    over accepting all, with :math:`P` frauds. Solved for `p`: lines of equal `s`. That of
    :math:`s = 0` is level, at :math:`p = D / (B + D)`. The lines are exact where every fraud
    costs the same, and every honest payment; else a point costs what its own amounts say.

    Examples
    --------
    >>> y, amount = [1, 0, 0, 0], [100, 100, 100, 100]
    >>> precision_at_cost(y, amount, costs=CostModel(), recall=[0.5, 1.0],
    ...                   cost_per_1000=30_000).round(3)
    array([0.129, 0.129])
    """
    payments = check_payments(y, amount, None)
    fraud, amounts, _ = payments
    _validate.binary(y, "y")
    caught = _validate.probabilities(recall, "recall")
    saved = costs.saved_by_blocking_fraud(amounts[fraud]).mean()
    lost = costs.lost_by_blocking_honest(amounts[~fraud]).mean()
    nothing = costs.accept_cost(fraud, amounts).sum()
    aim = nothing - _validate.number(cost_per_1000, "cost_per_1000") * len(fraud) / 1000
    # False alarms that may come with each fraud caught, for the total to be the cost asked for.
    each = np.divide(aim, fraud.sum() * caught, out=np.full(len(caught), np.nan), where=caught > 0)
    alarms = (saved - each) / lost
    # At a precision of 1 there are none, but for rounding.
    possible = alarms >= -1e-9
    return np.divide(1, 1 + np.maximum(alarms, 0), out=np.full(len(caught), np.nan), where=possible)
