"""What decisions did cost: per payment, in total, per 1,000 payments, and as savings."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate
from prerelease.costs._model import CostModel

Floats = NDArray[np.float64]


class Payments(NamedTuple):
    """Payments whose outcome is known, checked."""

    fraud: NDArray[np.bool_]
    amount: Floats
    weight: Floats


def check_payments(y: ArrayLike, amount: ArrayLike, weight: ArrayLike | None) -> Payments:
    """Return labels, amounts and weights as arrays of one length."""
    fraud = _validate.binary(y, "y", both=False)
    amounts = _validate.non_negative(amount, "amount")
    _validate.same_length(y=fraud, amount=amounts)
    return Payments(fraud, amounts, _validate.weights(weight, "weight", len(fraud)))


def check_block(block: ArrayLike, n: int) -> NDArray[np.bool_]:
    """Return `n` decisions as booleans."""
    array = np.asarray(block)
    wrong = np.flatnonzero(~np.isin(array, (0, 1)))
    if array.ndim != 1 or wrong.size:
        found = f"shape {array.shape}" if array.ndim != 1 else repr(array.tolist()[wrong[0]])
        msg = f"block must hold one 0 (accept) or 1 (block) a payment, got {found}."
        raise ValueError(msg)
    if len(array) != n:
        msg = f"block must hold one decision a payment: {n} payments, got {len(array)} decisions."
        raise ValueError(msg)
    return array.astype(bool)


def rule_costs(payments: Payments, block: NDArray[np.bool_], costs: CostModel) -> Floats:
    """Return what each decision of a rule cost."""
    fraud, amount, _ = payments
    return np.where(block, costs.block_cost(fraud, amount), costs.accept_cost(fraud, amount))


def bounds(payments: Payments, costs: CostModel) -> tuple[float, float, float]:
    """Return the totals of accept-all, block-all and the oracle."""
    fraud, amount, weight = payments
    accept, block = costs.accept_cost(fraud, amount), costs.block_cost(fraud, amount)
    oracle = np.minimum(accept, block)
    return float(weight @ accept), float(weight @ block), float(weight @ oracle)


def savings_scale(payments: Payments, costs: CostModel) -> tuple[float, float]:
    """Return the cost at which savings are 0 and the euros that one whole of them is."""
    accept_all, _, oracle = bounds(payments, costs)
    if not accept_all > oracle:
        frauds = int(payments.fraud.sum())
        msg = (
            "Savings are undefined: accepting every payment is already what an oracle would "
            f"do (frauds in y: {frauds}, worth blocking: 0)."
        )
        raise ValueError(msg)
    return accept_all, accept_all - oracle


def row_costs(y: ArrayLike, block: ArrayLike, amount: ArrayLike, *, costs: CostModel) -> Floats:
    """Return what each decision cost.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud.
    block : array-like of {0, 1} or bool, shape (n,)
        The decisions of any rule: 1 blocks the payment, 0 accepts it.
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
    >>> row_costs([1, 1, 0, 0], [0, 1, 1, 0], [100, 100, 100, 100], costs=CostModel())
    array([120.,   5.,  17.,   0.])
    """
    payments = check_payments(y, amount, None)
    return rule_costs(payments, check_block(block, len(payments.fraud)), costs)


def total_cost(
    y: ArrayLike,
    block: ArrayLike,
    amount: ArrayLike,
    *,
    costs: CostModel,
    weight: ArrayLike | None = None,
) -> float:
    """Return what all decisions together cost.

    Parameters
    ----------
    y, block, amount, costs
        As in `row_costs`.
    weight : array-like, shape (n,), optional
        How many payments each row stands for; 1 each by default.

    Returns
    -------
    float
        Euros; larger is worse.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, or if lengths differ.

    Examples
    --------
    >>> total_cost([1, 0], [0, 1], [100, 100], costs=CostModel())
    137.0
    """
    payments = check_payments(y, amount, weight)
    return float(
        payments.weight @ rule_costs(payments, check_block(block, len(payments.fraud)), costs)
    )


def cost_per_1000(
    y: ArrayLike,
    block: ArrayLike,
    amount: ArrayLike,
    *,
    costs: CostModel,
    weight: ArrayLike | None = None,
) -> float:
    """Return what 1,000 payments cost on average, which compares periods of any length.

    Parameters
    ----------
    y, block, amount, costs, weight
        As in `total_cost`.

    Returns
    -------
    float
        Euros per 1,000 payments; larger is worse.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, or if lengths differ.

    Examples
    --------
    >>> cost_per_1000([1, 0, 0, 0], [0, 0, 0, 0], [100, 9, 9, 9], costs=CostModel())
    30000.0
    """
    payments = check_payments(y, amount, weight)
    rows = rule_costs(payments, check_block(block, len(payments.fraud)), costs)
    return 1000 * float(payments.weight @ rows) / float(payments.weight.sum())


def gain(
    y: ArrayLike,
    block: ArrayLike,
    amount: ArrayLike,
    *,
    costs: CostModel,
    weight: ArrayLike | None = None,
) -> float:
    """Return the money earned, as published "gains" count it.

    Parameters
    ----------
    y, block, amount, costs, weight
        As in `total_cost`.

    Returns
    -------
    float
        Euros; larger is better. Zero is a business without payments.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, or if lengths differ.

    Notes
    -----
    gain = margin_share × (amount of all honest payments) − cost. The first term does not
    depend on the decisions, so the best rule is the same by either count.

    Examples
    --------
    >>> gain([1, 0], [0, 0], [100, 1000], costs=CostModel.probabl_tutorial())
    -100.0
    """
    payments = check_payments(y, amount, weight)
    rows = rule_costs(payments, check_block(block, len(payments.fraud)), costs)
    margin = costs.margin_share * np.where(payments.fraud, 0.0, payments.amount)
    return float(payments.weight @ (margin - rows))


def savings(
    y: ArrayLike,
    block: ArrayLike,
    amount: ArrayLike,
    *,
    costs: CostModel,
    weight: ArrayLike | None = None,
) -> float:
    r"""Return where a rule stands between accepting all (0) and an oracle (1).

    Parameters
    ----------
    y, block, amount, costs, weight
        As in `total_cost`.

    Returns
    -------
    float
        At most 1; negative for a rule that is worse than accepting everything.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, if lengths differ, or if accepting
        everything is already what the oracle does (no fraud, or none worth blocking).

    Notes
    -----
    .. math:: \frac{C_{accept\ all} - C_{rule}}{C_{accept\ all} - C_{oracle}}

    The oracle knows the label and takes the cheaper decision of each row; it accepts a
    fraud that costs less than its review. Bahnsen et al. divide by the cost of the best
    constant rule instead, so that their savings reach 1 only where an oracle costs nothing;
    reviews cost something here, so the oracle is the honest upper end.

    References
    ----------
    A. Correa Bahnsen, D. Aouada, B. Ottersten, "Example-dependent cost-sensitive decision
    trees", Expert Systems with Applications 42, 2015.

    Examples
    --------
    >>> savings([1, 0, 0], [1, 0, 0], [100, 9, 9], costs=CostModel())
    1.0
    """
    payments = check_payments(y, amount, weight)
    rows = rule_costs(payments, check_block(block, len(payments.fraud)), costs)
    accept_all, whole = savings_scale(payments, costs)
    return (accept_all - float(payments.weight @ rows)) / whole


def baselines(
    y: ArrayLike, amount: ArrayLike, *, costs: CostModel, weight: ArrayLike | None = None
) -> pd.DataFrame:
    """Return what accept-all, block-all and the oracle cost, before any model.

    Parameters
    ----------
    y, amount, costs, weight
        As in `total_cost`.

    Returns
    -------
    DataFrame
        Index ``rule`` ("accept all", "block all", "oracle"); columns ``cost`` (euros),
        ``cost_per_1000`` (euros per 1,000 payments), ``gain`` (euros) and ``savings``.

    Raises
    ------
    ValueError
        As in `savings`.

    Examples
    --------
    >>> baselines([1, 0, 0], [100, 50, 50], costs=CostModel())["cost"].tolist()
    [120.0, 37.0, 5.0]
    """
    payments = check_payments(y, amount, weight)
    accept_all, whole = savings_scale(payments, costs)
    cost = np.array(bounds(payments, costs))
    margin = costs.margin_share * float(payments.weight @ (payments.amount * ~payments.fraud))
    return pd.DataFrame(
        {
            "cost": cost,
            "cost_per_1000": 1000 * cost / payments.weight.sum(),
            "gain": margin - cost,
            "savings": (accept_all - cost) / whole,
        },
        index=pd.Index(["accept all", "block all", "oracle"], name="rule"),
    )
