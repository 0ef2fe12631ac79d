"""What a model is worth today, from its own probabilities: no labels of today."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from prerelease import _validate
from prerelease.costs import CostModel, row_costs
from prerelease.intervals import Interval, from_draws

from ._columns import Floats

CHUNK = 5_000_000
"""Positives, of all worlds together, that are drawn at once."""


@dataclass(frozen=True)
class Estimate:
    """What a model's own probabilities promise of a period.

    Parameters
    ----------
    positives : Interval
        Number of positives.
    precision, recall : Interval
        Of the decisions; NaN has no interval, so a period must hold an alert.
    cost : Interval
        Per 1,000 cases.
    """

    positives: Interval
    precision: Interval
    recall: Interval
    cost: Interval


def estimate_performance(  # noqa: PLR0913 - each option is a decision of the estimate
    probability: ArrayLike,
    alert: ArrayLike,
    amount: ArrayLike,
    *,
    costs: CostModel,
    weight: ArrayLike | None = None,
    n_draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    r"""Estimate what decisions will turn out to be worth, before any label is known.

    Parameters
    ----------
    probability : array-like of shape (n,)
        *Calibrated* probabilities of a positive.
    alert : array-like of bool, shape (n,)
        The decisions: True treats the case as a positive.
    amount : array-like of shape (n,)
        Of each case.
    costs : prerelease.costs.CostModel
        What each outcome costs.
    weight : array-like of shape (n,), optional
        How many cases each row stands for; 1 by default.
    n_draws : int, default 1000
        Worlds that are drawn: in each a case is a positive with its probability.
    level : float, default 0.95
        Share of worlds in the intervals.
    seed : int, default 0
        Of the draws.

    Returns
    -------
    Estimate
        ``positives`` (their number), ``precision``, ``recall`` and ``cost`` (per 1,000 cases):
        expected values, and the range in which outcomes will lie if the probabilities are
        right. Whether they still are is what no such estimate can tell.

    Raises
    ------
    ValueError
        If there is no alert, no positive is to be expected, or input does not fit together.

    Notes
    -----
    Confidence-based performance estimation [1]_: with calibrated p, the number of positives
    among the alerts is a sum of independent draws with mean :math:`\sum_{i \in B} p_i`, and
    likewise the cost, :math:`\sum_i p_i c_i(1) + (1 - p_i) c_i(0)`. It asks three things of
    today's cases. p is calibrated on them; calibration is an average over cases, so a change in
    the cases (covariate shift) may end it although each means what it meant [2]_. For the cost
    p is calibrated given the amount as well, since :math:`c_i` depends on it. And outcomes are
    independent of each other: bursts make the intervals too short. It fails, without a sign of
    it, when the meaning of a case changes (concept shift).

    References
    ----------
    .. [1] Kivimäki, Białek, Kuberski and Nurminen (2026). Performance estimation in binary
       classification using calibrated confidence. Machine Learning 115, article 67.
    .. [2] Białek, Kivimäki, Kuberski and Perrakis (2025). Estimating model performance under
       covariate shift without labels. NeurIPS. Their method calibrates again, weighted by how
       much more frequent each case has become.

    Examples
    --------
    >>> found = estimate_performance([0.0, 0.8], [False, True], [10.0, 10.0], costs=CostModel())
    >>> found.precision.estimate, found.recall.estimate
    (0.8, 1.0)
    """
    p = _validate.probabilities(probability, "probability")
    amounts = _validate.non_negative(amount, "amount")
    alerts = _validate.binary(alert, "alert", both=False)
    _validate.same_length(probability=p, alert=alerts, amount=amounts)
    w = _validate.weights(weight, "weight", len(p))
    n_draws = _validate.integer(n_draws, "n_draws", low=1)
    if not alerts.any() or not (p > 0).any():
        msg = f"There must be an alert and a possible positive, got {alerts.sum()} alerts."
        raise ValueError(msg)
    negative, positive = (
        row_costs(np.full(len(p), label), alerts, amounts, costs=costs) for label in (0.0, 1.0)
    )
    gains = np.array([w, w * alerts, w * (positive - negative)])
    drawn = _worlds(p, gains, n_draws, np.random.default_rng(seed))
    mean = gains @ p
    base, scale = float(w @ negative), 1000 / w.sum()
    recall = np.divide(drawn[1], drawn[0], out=np.ones(n_draws), where=drawn[0] > 0)
    found = {
        "positives": (mean[0], drawn[0]),
        "precision": (mean[1] / (w @ alerts), drawn[1] / (w @ alerts)),
        "recall": (mean[1] / mean[0], recall),
        "cost": (scale * (base + mean[2]), scale * (base + drawn[2])),
    }
    told = {"level": level, "method": "worlds drawn", "n": len(p)}
    return Estimate(**{name: from_draws(*each, **told) for name, each in found.items()})


def _worlds(p: Floats, gains: Floats, n: int, rng: np.random.Generator) -> Floats:
    """Return, for each of `n` worlds, the sums of `gains` over the cases that are positive.

    How often a case is positive is binomial. In which worlds is every so many-th from a random
    one on: each world alone is then a draw of independent cases, at no cost of a loop over them.
    """
    steps = np.flatnonzero(np.gcd(np.arange(n), n) == 1)  # those that meet every world once
    drawn = np.zeros((len(gains), n))
    cuts = np.searchsorted(np.cumsum(p), np.arange(CHUNK / n, p.sum(), CHUNK / n))
    for rows in np.split(np.arange(len(p)), cuts):
        times = rng.binomial(n, p[rows])
        case = np.repeat(rows, times)
        turn = np.arange(len(case)) - np.repeat(np.cumsum(times) - times, times)
        start, step = rng.integers(n, size=len(rows)), rng.choice(steps, size=len(rows))
        world = (np.repeat(start, times) + turn * np.repeat(step, times)) % n
        drawn += [np.bincount(world, gain[case], minlength=n) for gain in gains]
    return drawn
