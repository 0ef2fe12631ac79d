"""What decisions did cost: each of them, and all of them as savings."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate
from prerelease.costs._model import CostModel

Floats = NDArray[np.float64]


class Cases(NamedTuple):
    """Cases whose outcome is known, checked."""

    positive: NDArray[np.bool_]
    amount: Floats
    weight: Floats


def check_cases(y: ArrayLike, amount: ArrayLike, weight: ArrayLike | None = None) -> Cases:
    """Return labels, amounts and weights as arrays of one length."""
    positive, amounts = _validate.columns(y=y, amount=amount)
    return Cases(positive, amounts, _validate.weights(weight, "weight", len(positive)))


def check_block(block: ArrayLike, n: int) -> NDArray[np.bool_]:
    """Return `n` decisions as booleans."""
    blocked = _validate.binary(block, "block", both=False)
    if len(blocked) != n:
        msg = f"block must hold one decision a case: {n} cases, got {len(blocked)} decisions."
        raise ValueError(msg)
    return blocked


def rule_costs(cases: Cases, block: NDArray[np.bool_], costs: CostModel) -> Floats:
    """Return what each decision of a rule cost."""
    positive, amount, _ = cases
    return np.where(block, costs.block_cost(positive, amount), costs.accept_cost(positive, amount))


def bounds(cases: Cases, costs: CostModel) -> Floats:
    """Return the totals of accept-all, block-all and the oracle, of which the first is no less."""
    positive, amount, weight = cases
    accept, block = costs.accept_cost(positive, amount), costs.block_cost(positive, amount)
    totals = np.array([weight @ rule for rule in (accept, block, np.minimum(accept, block))])
    if not totals[0] > totals[2]:
        msg = (
            "Savings are undefined: accepting every case is already what an oracle would do "
            f"(positives in y: {int(positive.sum())}, worth blocking: 0)."
        )
        raise ValueError(msg)
    return totals


def row_costs(y: ArrayLike, block: ArrayLike, amount: ArrayLike, *, costs: CostModel) -> Floats:
    """Return what each decision cost; larger is worse.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is a positive.
    block : array-like of {0, 1} or bool, shape (n,)
        The decisions of any rule: 1 blocks the case, 0 accepts it.
    amount : array-like, shape (n,)
        Not negative.
    costs : CostModel
        What each outcome costs.

    Returns
    -------
    ndarray, shape (n,)
        Their sum is what the rule cost.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, or if lengths differ.

    Examples
    --------
    >>> row_costs([1, 1, 0, 0], [0, 1, 1, 0], [100, 100, 100, 100], costs=CostModel())
    array([120.,   5.,  17.,   0.])
    """
    cases = check_cases(y, amount)
    return rule_costs(cases, check_block(block, len(cases.positive)), costs)


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
    y, block, amount, costs
        As for `row_costs`.
    weight : array-like, shape (n,), optional
        How many cases each row stands for; 1 each by default.

    Returns
    -------
    float
        At most 1; negative for a rule that is worse than accepting everything.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, if lengths differ, or if accepting
        everything is already what the oracle does (no positive, or none worth blocking).

    Notes
    -----
    .. math:: \frac{C_{accept\ all} - C_{rule}}{C_{accept\ all} - C_{oracle}}

    The oracle knows the label and takes the cheaper decision of each row; it accepts a
    positive that costs less than its review. Bahnsen et al. divide by the cost of the best
    constant rule instead, so that their savings reach 1 only where an oracle costs nothing;
    reviews cost something here, so the oracle is the true upper end.

    References
    ----------
    A. Correa Bahnsen, D. Aouada, B. Ottersten, "Example-dependent cost-sensitive decision
    trees", Expert Systems with Applications 42, 2015.

    Examples
    --------
    >>> savings([1, 0, 0], [1, 0, 0], [100, 9, 9], costs=CostModel())
    1.0
    """
    cases = check_cases(y, amount, weight)
    rows = rule_costs(cases, check_block(block, len(cases.positive)), costs)
    accept_all, _, oracle = bounds(cases, costs)
    return float((accept_all - cases.weight @ rows) / (accept_all - oracle))


def baselines(
    y: ArrayLike, amount: ArrayLike, *, costs: CostModel, weight: ArrayLike | None = None
) -> pd.DataFrame:
    """Return what accept-all, block-all and the oracle cost, before any model.

    Parameters
    ----------
    y, amount, costs, weight
        As for `savings`.

    Returns
    -------
    DataFrame
        Index ``rule`` ("accept all", "block all", "oracle"); columns ``cost``,
        ``cost_per_1000`` (per 1,000 cases, which compares periods of any length) and
        ``savings``.

    Raises
    ------
    ValueError
        As in `savings`.

    Examples
    --------
    >>> baselines([1, 0, 0], [100, 50, 50], costs=CostModel())["cost"].tolist()
    [120.0, 37.0, 5.0]
    """
    cases = check_cases(y, amount, weight)
    cost = bounds(cases, costs)
    return pd.DataFrame(
        {
            "cost": cost,
            "cost_per_1000": 1000 * cost / cases.weight.sum(),
            "savings": (cost[0] - cost) / (cost[0] - cost[2]),
        },
        index=pd.Index(["accept all", "block all", "oracle"], name="rule"),
    )
