"""What a model is worth today, from its own probabilities: no labels of today."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate, costs
from prerelease.intervals import Interval

Floats = NDArray[np.float64]
PER = 1_000


@dataclass(frozen=True)
class Estimate:
    """What a model's own probabilities promise of a period.

    Parameters
    ----------
    frauds : Interval
        Number of frauds.
    precision, recall : Interval
        Of the decisions; NaN has no interval, so a period must hold an alert.
    cost : Interval
        Euros per 1,000 payments.
    """

    frauds: Interval
    precision: Interval
    recall: Interval
    cost: Interval


def estimate_performance(  # noqa: PLR0913 - each option is a decision of the estimate
    probability: ArrayLike,
    block: ArrayLike,
    amount: ArrayLike,
    *,
    cost_model: costs.CostModel,
    weight: ArrayLike | None = None,
    n_draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    r"""Estimate what decisions will turn out to be worth, before any label is known.

    Parameters
    ----------
    probability : array-like of shape (n,)
        *Calibrated* probabilities of fraud.
    block : array-like of bool, shape (n,)
        The decisions: True blocks the payment.
    amount : array-like of shape (n,)
        Euros.
    cost_model : prerelease.costs.CostModel
        What each outcome costs.
    weight : array-like of shape (n,), optional
        How many payments each row stands for; 1 by default.
    n_draws : int, default 1000
        Worlds that are drawn: in each a payment is a fraud with its probability.
    level : float, default 0.95
        Share of worlds in the intervals.
    seed : int, default 0
        Of the draws.

    Returns
    -------
    Estimate
        Expected values, and the range in which outcomes will lie if the probabilities are
        right. Whether they still are is what no such estimate can tell.

    Raises
    ------
    ValueError
        If no payment is blocked, no fraud is to be expected, or input does not fit together.

    Notes
    -----
    Confidence-based performance estimation [1]_: with calibrated p, the number of frauds
    blocked is a sum of independent draws with mean :math:`\sum_{i \in B} p_i`, and likewise the
    cost, :math:`\sum_i p_i c_i(1) + (1 - p_i) c_i(0)`. It asks three things of today's payments.
    p is calibrated on them; calibration is an average over payments, so a change in the payments
    (covariate shift) may end it although each means what it meant [2]_. For the cost p is
    calibrated given the amount as well, since :math:`c_i` depends on it. And outcomes are
    independent of each other: bursts make the intervals too short. It fails, without a sign of
    it, when the meaning of a payment changes (concept shift).

    References
    ----------
    .. [1] Kivimäki, Białek, Kuberski and Nurminen (2025). Performance estimation in binary
       classification using calibrated confidence. arXiv:2505.05295.
    .. [2] Białek, Kivimäki, Kuberski and Perrakis (2025). Estimating model performance under
       covariate shift without labels. NeurIPS. Their method calibrates again, weighted by how
       much more frequent each payment has become.

    Examples
    --------
    >>> found = estimate_performance([0.0, 0.8], [False, True], [10.0, 10.0],
    ...                              cost_model=costs.CostModel())
    >>> found.precision.estimate, found.recall.estimate
    (0.8, 1.0)
    """
    p = _validate.probabilities(probability, "probability")
    amounts = _validate.non_negative(amount, "amount")
    blocked = _validate.binary(block, "block", both=False)
    _validate.same_length(probability=p, block=blocked, amount=amounts)
    w = _validate.weights(weight, "weight", len(p))
    n_draws = _validate.integer(n_draws, "n_draws", low=1)
    level = _validate.number(level, "level", above=0, below=1)
    if not blocked.any() or not (p > 0).any():
        msg = f"A payment must be blocked and one may be a fraud, got {int(blocked.sum())} blocked."
        raise ValueError(msg)
    honest, fraud = (
        costs.row_costs(label, blocked, amounts, costs=cost_model)
        for label in (np.zeros(len(p)), np.ones(len(p)))
    )
    gains = np.array([w, w * blocked, w * (fraud - honest)])
    drawn = _worlds(p, gains, n_draws, np.random.default_rng(seed))
    mean = gains @ p
    alerts, base = float(w @ blocked), float(w @ honest)
    ends = [(1 - level) / 2, (1 + level) / 2]

    def told(value: float, worlds: Floats) -> Interval:
        low, high = np.quantile(worlds, ends)
        return Interval(value, min(low, value), max(high, value), level, "worlds drawn", len(p))

    scale = PER / w.sum()
    recall = np.divide(drawn[1], drawn[0], out=np.ones(n_draws), where=drawn[0] > 0)
    return Estimate(
        frauds=told(float(mean[0]), drawn[0]),
        precision=told(float(mean[1] / alerts), drawn[1] / alerts),
        recall=told(float(mean[1] / mean[0]), recall),
        cost=told(scale * (base + mean[2]), scale * (base + drawn[2])),
    )


def _worlds(p: Floats, gains: Floats, n: int, rng: np.random.Generator) -> Floats:
    """Return, for each of `n` worlds, the sums of `gains` over the payments that are fraud."""
    times = rng.binomial(n, p)
    drawn = np.zeros((len(gains), n))
    for i in np.flatnonzero(times):
        drawn[:, rng.choice(n, times[i], replace=False)] += gains[:, i, None]
    return drawn
