"""The cost of every threshold in one sort, the best of them, and what F-beta asks for."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate
from prerelease.costs._model import CostModel
from prerelease.costs._realised import Cases, bounds, check_cases

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Tallies:
    """What each threshold blocks, highest first: nothing, then down to each distinct score."""

    threshold: Floats
    caught: Floats
    alarms: Floats
    caught_amount: Floats
    alarm_amount: Floats

    def cost(self, costs: CostModel) -> Floats:
        """Return the total cost at each threshold, term by term: there may be millions."""
        cost = costs.miss_fee * (self.caught[-1] - self.caught)
        cost += (1 - costs.recovery_share) * (self.caught_amount[-1] - self.caught_amount)
        cost += costs.review * (self.caught + self.alarms) - costs.catch_gain * self.caught
        cost += costs.goodwill * self.alarms + costs.margin_share * self.alarm_amount
        return cost


def _tally(cases: Cases, score: Floats) -> Tallies:
    positive, amount, weight = cases
    order = np.argsort(-score, kind="stable")
    # Tied scores are blocked together: only the last row of each tie is a threshold.
    last = np.append(np.diff(score[order]) != 0, True)

    def blocked(*factors: Floats) -> Floats:
        values = weight[order]
        for factor in factors:
            values *= factor[order]
        np.cumsum(values, out=values)
        return np.append(0.0, values if last.all() else values[last])

    return Tallies(
        caught=blocked(positive),
        alarms=blocked(~positive),
        caught_amount=blocked(positive, amount),
        alarm_amount=blocked(~positive, amount),
        threshold=np.append(np.inf, score[order[last]]),
    )


def _scored(
    y: ArrayLike, score: ArrayLike, amount: ArrayLike, weight: ArrayLike | None
) -> tuple[Cases, Tallies]:
    cases = check_cases(y, amount, weight)
    scores = _validate.probabilities(score, "score")
    _validate.same_length(y=cases.positive, score=scores)
    return cases, _tally(cases, scores)


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
    y, amount, costs, weight
        As for `savings`.
    score : array-like, shape (n,)
        From 0 to 1; need not be calibrated.

    Returns
    -------
    DataFrame
        One row for accepting all (threshold infinity), then one for each distinct score,
        highest first; the last blocks all. Columns ``threshold``, ``alerts``, ``caught``
        (positives among them), ``precision`` (NaN where there is no alert), ``recall``,
        ``cost``, ``cost_per_1000`` and ``savings``.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, if lengths differ, or if there is no
        positive worth blocking.

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
    return curve_at(lambda cost: slice(None), y, score, amount, costs=costs, weight=weight)


def curve_at(  # noqa: PLR0913 - one more than a curve
    rows: Callable[[Floats], ArrayLike | slice],
    y: ArrayLike,
    score: ArrayLike,
    amount: ArrayLike,
    *,
    costs: CostModel,
    weight: ArrayLike | None = None,
) -> pd.DataFrame:
    """Return some rows of a `cost_curve`: those that `rows` names when it is told the costs."""
    cases, tallies = _scored(y, score, amount, weight)
    accept_all, _, oracle = bounds(cases, costs)
    cost = tallies.cost(costs)
    some = rows(cost)
    cost, caught = cost[some], tallies.caught[some]
    alerts = caught + tallies.alarms[some]
    none = np.full(len(alerts), np.nan)
    return pd.DataFrame(
        {
            "threshold": tallies.threshold[some],
            "alerts": alerts,
            "caught": caught,
            "precision": np.divide(caught, alerts, out=none, where=alerts > 0),
            "recall": caught / tallies.caught[-1],
            "cost": cost,
            "cost_per_1000": 1000 * cost / float(cases.weight.sum()),
            "savings": (accept_all - cost) / (accept_all - oracle),
        }
    )


@dataclass(frozen=True)
class Choice:
    """A threshold, and what it does on the rows that it was chosen on.

    Parameters
    ----------
    threshold : float
        Block if score >= threshold; infinity accepts all.
    cost, cost_per_1000, savings : float
        In total, per 1,000 cases, and between accept-all (0) and the oracle (1).
    alerts, caught : float
        Counts (sums of weights where there are any).
    """

    threshold: float
    cost: float
    cost_per_1000: float
    savings: float
    alerts: float
    caught: float


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
        As for `cost_curve`.

    Returns
    -------
    Choice
        ``threshold``, and what it does on these rows: ``cost``, ``cost_per_1000``,
        ``savings``, ``alerts`` and ``caught``. Where several cost the same (to 1e-10 of the
        largest cost), the highest: it disturbs the fewest.

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
    best = curve_at(lambda cost: [cheapest(cost)], y, score, amount, costs=costs, weight=weight)
    return Choice(**{name: float(best[name].iloc[0]) for name in Choice.__dataclass_fields__})


def cheapest(cost: Floats) -> int:
    """Return the first of the least costs."""
    # Sums of cents differ in their last bits: what differs less is a tie.
    return int(np.argmax(cost <= cost.min() + 1e-10 * max(1.0, np.abs(cost).max())))


@dataclass(frozen=True)
class FBetaOptimum:
    """The best F-beta over all thresholds, the threshold that reaches it, and its price.

    Parameters
    ----------
    threshold : float
        Block if score >= threshold.
    value : float
        The best F-beta, above 0 and at most 1.
    price : float
        How many false alarms one miss is taken to be worth, if the scores are calibrated.
    """

    threshold: float
    value: float
    price: float


def best_fbeta(
    y: ArrayLike, score: ArrayLike, *, beta: float, weight: ArrayLike | None = None
) -> FBetaOptimum:
    r"""Return the best F-beta over all thresholds, and the price of a miss inside it.

    Parameters
    ----------
    y, score, weight
        As for `cost_curve`; at least one label must be 1.
    beta : float
        How many times as much recall weighs as precision; 0 (precision alone) or more.

    Returns
    -------
    FBetaOptimum
        ``value``, its ``threshold`` (of equal values, the highest) and ``price``.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, if lengths differ, or if there is no
        positive.

    Notes
    -----
    With `TP` the positives caught, `A` the alerts and `P` all positives,

    .. math:: F_\beta = \frac{(1 + \beta^2)\, TP}{\beta^2 P + A}

    One alert more, right with probability `p`, adds :math:`(1 + \beta^2) p` above and 1 below
    the line. That raises a ratio exactly when :math:`(1 + \beta^2) p` exceeds it. So at the
    best point of a calibrated model alerts go down to
    :math:`t^* = F^*_\beta / (1 + \beta^2)`, which for F1 is the F*/2 of Lipton et al. With
    constant prices, the threshold of least cost is :math:`1 / (1 + price)` (Elkan). Hence

    .. math:: price = \frac{1 + \beta^2}{F^*_\beta} - 1 \ge \beta^2

    so "beta = 2 means that misses cost four times" holds for a perfect model only. The price
    depends on how good the model is, which no business price does.

    References
    ----------
    Z. C. Lipton, C. Elkan, B. Naryanaswamy, "Optimal thresholding of classifiers to maximize
    F1 measure", ECML PKDD 2014. O. Koyejo, N. Natarajan, P. Ravikumar, I. S. Dhillon,
    "Consistent binary classification with generalized performance metrics", NeurIPS 2014.

    Examples
    --------
    >>> best_fbeta([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1], beta=1)
    FBetaOptimum(threshold=0.7, value=0.8, price=1.5)
    """
    _validate.number(beta, "beta", above=0.0, closed=True)
    cases, tallies = _scored(y, score, np.zeros(len(y)), weight)
    if not cases.positive.any():
        msg = f"y must hold at least one positive for F-beta, got 0 in {len(cases.positive)} rows."
        raise ValueError(msg)
    caught, alarms = tallies.caught[1:], tallies.alarms[1:]
    values = (1 + beta**2) * caught / (beta**2 * caught[-1] + caught + alarms)
    best = int(np.argmax(values))
    value = min(float(values[best]), 1.0)  # rounding may carry a perfect one past 1
    return FBetaOptimum(float(tallies.threshold[best + 1]), value, (1 + beta**2) / value - 1)


def precision_at_cost(
    y: ArrayLike,
    amount: ArrayLike,
    *,
    costs: CostModel,
    recall: ArrayLike,
    cost_per_1000: float,
) -> Floats:
    r"""Return the precision that costs so much at each recall: a line of equal cost.

    Parameters
    ----------
    y, amount, costs
        As for `savings`; both classes must be there.
    recall : array-like, shape (m,)
        Where the precision is asked for, from 0 to 1.
    cost_per_1000 : float
        Cost per 1,000 cases.

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
    At the mean prices :math:`B` (what blocking a positive saves) and :math:`D` (what blocking
    a negative loses), a recall :math:`r` at precision :math:`p` saves

    .. math:: s = P r \left(B - D\,\frac{1 - p}{p}\right)

    over accepting all, with :math:`P` positives. Solved for `p`: lines of equal `s`. That of
    :math:`s = 0` is level, at :math:`p = D / (B + D)`. The lines are exact where every positive
    costs the same, and every negative; else a point costs what its own amounts say.

    Examples
    --------
    >>> y, amount = [1, 0, 0, 0], [100, 100, 100, 100]
    >>> precision_at_cost(y, amount, costs=CostModel(), recall=[0.5, 1.0],
    ...                   cost_per_1000=30_000).round(3)
    array([0.129, 0.129])
    """
    positive, amounts, _ = check_cases(y, amount)
    _validate.binary(y, "y")
    caught = _validate.probabilities(recall, "recall")
    saved = costs.saved_by_blocking(amounts[positive]).mean()
    lost = costs.lost_by_blocking(amounts[~positive]).mean()
    nothing = costs.accept_cost(positive, amounts).sum()
    aim = nothing - _validate.number(cost_per_1000, "cost_per_1000") * len(positive) / 1000
    none = np.full(len(caught), np.nan)
    # False alarms that may come with each positive caught, for the total to be the cost asked for.
    each = np.divide(aim, positive.sum() * caught, out=none.copy(), where=caught > 0)
    alarms = (saved - each) / lost
    # At a precision of 1 there are none, but for rounding.
    return np.divide(1, 1 + np.maximum(alarms, 0), out=none, where=alarms >= -1e-9)
