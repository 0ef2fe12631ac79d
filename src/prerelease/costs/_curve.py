"""The cost of every threshold in one sort, and the best of them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate
from prerelease.costs._model import CostModel
from prerelease.costs._realised import Payments, check_payments, savings_scale

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Tallies:
    """What each threshold blocks: all that a cost linear in the amount can ask for."""

    threshold: Floats
    frauds: Floats
    honest: Floats
    fraud_amount: Floats
    honest_amount: Floats
    total_frauds: float
    total_fraud_amount: float
    rows: float

    def cost(self, costs: CostModel) -> Floats:
        """Return the total cost at each threshold, in euros."""
        missed = costs.fraud_fee * (self.total_frauds - self.frauds)
        lost = (1 - costs.recovery_share) * (self.total_fraud_amount - self.fraud_amount)
        alerts = costs.review * (self.frauds + self.honest) - costs.catch_gain * self.frauds
        customers = costs.goodwill * self.honest + costs.margin_share * self.honest_amount
        return missed + lost + alerts + customers


def tally(payments: Payments, score: Floats) -> Tallies:
    """Count what each distinct threshold blocks, highest first, after one sort."""
    fraud, amount, weight = payments
    order = np.argsort(-score, kind="stable")
    sorted_score = score[order]
    # Tied scores are blocked together: only the last row of each tie is a threshold.
    ends = np.append(np.flatnonzero(np.diff(sorted_score)), len(score) - 1)

    def blocked(values: Floats) -> Floats:
        return np.concatenate([[0.0], np.cumsum(values[order])[ends]])

    is_fraud = weight * fraud
    is_honest = weight * ~fraud
    frauds, fraud_amount = blocked(is_fraud), blocked(is_fraud * amount)
    return Tallies(
        threshold=np.concatenate([[np.inf], sorted_score[ends]]),
        frauds=frauds,
        honest=blocked(is_honest),
        fraud_amount=fraud_amount,
        honest_amount=blocked(is_honest * amount),
        total_frauds=float(frauds[-1]),
        total_fraud_amount=float(fraud_amount[-1]),
        rows=float(weight.sum()),
    )


def cheapest(cost: Floats) -> int:
    """Return the position of the lowest cost; of equal ones, the first (fewest alerts)."""
    # Sums of cents differ in their last bits: what differs less is a tie.
    lowest = cost.min()
    return int(np.argmax(cost <= lowest + 1e-10 * max(1.0, np.abs(cost).max())))


def check_scored(
    y: ArrayLike, score: ArrayLike, amount: ArrayLike, weight: ArrayLike | None
) -> tuple[Payments, Floats]:
    """Return checked payments and their scores."""
    payments = check_payments(y, amount, weight)
    scores = _validate.probabilities(score, "score")
    _validate.same_length(y=payments.fraud, score=scores)
    return payments, scores


def cost_curve(
    y: ArrayLike,
    score: ArrayLike,
    amount: ArrayLike,
    *,
    costs: CostModel,
    weight: ArrayLike | None = None,
) -> pd.DataFrame:
    """Return the realised cost of the rule "block if score >= threshold" at every threshold.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud.
    score : array-like, shape (n,)
        From 0 to 1; need not be calibrated.
    amount : array-like, shape (n,)
        Euros, not negative.
    costs : CostModel
        What each outcome costs.
    weight : array-like, shape (n,), optional
        How many payments each row stands for; 1 each by default.

    Returns
    -------
    DataFrame
        One row for accepting all (threshold infinity), then one for each distinct score,
        highest first; the last blocks all. Columns ``threshold``, ``alerts``,
        ``frauds_caught``, ``precision`` (NaN where there is no alert), ``recall``,
        ``cost`` (euros), ``cost_per_1000`` and ``savings``.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, if lengths differ, or if there is no fraud
        worth blocking.

    Notes
    -----
    Sort once, sum once: O(n log n) for all thresholds instead of O(n²). No threshold
    separates tied scores, so a constant score has two rows only.

    Examples
    --------
    >>> curve = cost_curve([1, 0, 0], [0.9, 0.2, 0.2], [100, 50, 50], costs=CostModel())
    >>> curve["threshold"].tolist(), curve["cost"].tolist()
    ([inf, 0.9, 0.2], [120.0, 5.0, 37.0])
    """
    payments, scores = check_scored(y, score, amount, weight)
    accept_all, whole = savings_scale(payments, costs)
    tallies = tally(payments, scores)
    cost = tallies.cost(costs)
    alerts = tallies.frauds + tallies.honest
    return pd.DataFrame(
        {
            "threshold": tallies.threshold,
            "alerts": alerts,
            "frauds_caught": tallies.frauds,
            "precision": np.divide(
                tallies.frauds, alerts, out=np.full(len(alerts), np.nan), where=alerts > 0
            ),
            "recall": tallies.frauds / tallies.total_frauds,
            "cost": cost,
            "cost_per_1000": 1000 * cost / tallies.rows,
            "savings": (accept_all - cost) / whole,
        }
    )


@dataclass(frozen=True)
class Choice:
    """A threshold, and what it does on the rows that it was chosen on.

    Parameters
    ----------
    threshold : float
        Block if score >= threshold; infinity accepts all.
    cost : float
        Euros.
    cost_per_1000 : float
        Euros per 1,000 payments.
    savings : float
        Between accept-all (0) and the oracle (1).
    alerts, frauds_caught : float
        Counts (sums of weights where there are any).
    """

    threshold: float
    cost: float
    cost_per_1000: float
    savings: float
    alerts: float
    frauds_caught: float


def best_threshold(
    y: ArrayLike,
    score: ArrayLike,
    amount: ArrayLike,
    *,
    costs: CostModel,
    weight: ArrayLike | None = None,
) -> Choice:
    """Return the threshold with the lowest realised cost.

    Parameters
    ----------
    y, score, amount, costs, weight
        As in `cost_curve`.

    Returns
    -------
    Choice
        The threshold and what it does on these rows. Where several cost the same (to 1e-10
        of the largest cost), the highest: it disturbs the fewest customers.

    Raises
    ------
    ValueError
        As in `cost_curve`.

    Notes
    -----
    Its cost on these rows is optimistic, as that of any best of many: choose on validation
    rows, and quote the cost on others.

    Examples
    --------
    >>> best_threshold([1, 0, 0], [0.9, 0.2, 0.1], [100, 50, 50], costs=CostModel()).threshold
    0.9
    """
    curve = cost_curve(y, score, amount, costs=costs, weight=weight)
    row = curve.iloc[cheapest(curve["cost"].to_numpy())]
    return Choice(**{name: float(row[name]) for name in Choice.__dataclass_fields__})
