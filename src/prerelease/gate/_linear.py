"""Every metric as a sum over rows: its value, and what each row adds to its error."""

from dataclasses import dataclass

import numpy as np
import scipy  # scipy.special is loaded where it is first asked for
from numpy.typing import NDArray

from prerelease.gate._cases import Scored
from prerelease.gate._times import DAY

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
MONEY = ("savings", "saved_per_1000", "cost_per_1000")
FEWEST = 20
"""Stretches, bursts and cases of each class: with fewer no interval keeps what it promises."""


@dataclass(frozen=True, eq=False)
class Linear:
    """A metric, linearised.

    Parameters
    ----------
    value : float
        Of all rows.
    influence : ndarray of shape (n,)
        By how much the metric changes per case of each row, times its cases: the variance of the
        metric is about that of the sum of these. 0 for rows that are left out. For the difference
        of two models on the same rows, one array minus the other.
    kind : {"share", "ranking", "money", "count", "difference", "paired"}
        How its interval ends.
    counts : ndarray of bool, shape (n,)
        The cases that tell: positives for recall, alerts for precision.
    n : float
        How many independent cases of weight 1 a share is worth, were all rows independent.
    scale : float
        What a share is multiplied by.
    moments : tuple of float
        Sums of the squares and cubes of the influences by a model that tells what chance hid: of
        money, had each decision fallen on any case of its class; of the ROC curve, were the scores
        of both classes normal. 0 without one.
    unseen : float
        By how much the metric would differ, were all positives unlike those that are here: none
        of them found, or their scores those of chance.
    bias : float
        By how much a ranking metric is too high on average: each positive is among the alerts that
        its own precision is of.
    most : float
        What the metric cannot exceed: savings are 1 if each decision is the cheapest.
    """

    value: float
    influence: Floats
    kind: str
    counts: Flags
    n: float = 0.0
    scale: float = 1.0
    moments: tuple[float, float] = (0.0, 0.0)
    unseen: float = 0.0
    bias: float = 0.0
    most: float = np.inf


def linearised(scored: Scored, metric: str, k: int | None = None) -> Linear:
    r"""Return a metric with the influence of each row.

    Parameters
    ----------
    scored : Scored
        The cases.
    metric : str
        One that is estimated, of `prerelease.gate.units`.
    k : int, optional
        Alerts that are looked at, for the metrics at k.

    Returns
    -------
    Linear
        Arrays of as many rows as the cases have.

    Raises
    ------
    ValueError
        If the metric has no value on these rows.

    Notes
    -----
    The influence of row `i` with weight :math:`w_i` on the metric :math:`\theta` is
    :math:`w_i\,\partial\theta/\partial w_i` [1]_. At k the cut moves with the rows above it: one
    more pushes out one at the cut, which is positive as often as those within :math:`\sqrt k`
    ranks of it.

    References
    ----------
    .. [1] Deville (1999). Variance estimation for complex statistics and estimators:
       linearization and residual techniques. Survey Methodology 25, 193-203.

    Examples
    --------
    >>> import pandas as pd
    >>> from prerelease.costs import CostModel
    >>> from prerelease.gate import Decision, Scored
    >>> frame = pd.DataFrame({"time": [0.0, 1.0, 2.0], "amount": 1.0})
    >>> frame = frame.assign(label=[0, 1, 1], score=[0.1, 0.2, 0.9])
    >>> rule = Decision(rule="threshold", threshold=0.5)
    >>> found = linearised(Scored(frame, CostModel(), rule), "recall")
    >>> found.value, found.influence.tolist()
    (0.5, [0.0, -0.25, 0.25])
    """
    if metric == "average_precision":
        return _average_precision(scored)
    if metric == "roc_auc":
        return _roc_auc(scored)
    if metric.endswith("_at_k"):
        return _at_k(scored, metric, float(k or 1))
    return _ratio(scored, metric)


def _kish(weight: Floats) -> float:
    """Return how many cases of equal weight these are worth (Kish 1965)."""
    if not len(weight):
        return 0.0
    share = weight / weight.max()  # before the squares, which may be beyond all floats
    return float(share.sum() ** 2 / (share @ share))


def _ratio(scored: Scored, metric: str) -> Linear:
    """Linearise one sum over another."""
    weight = scored.weight
    if metric == "alerts_per_day":
        top = weight * scored.block / (scored.span / DAY)
        return Linear(float(top.sum()), top, "count", scored.block)
    if metric in MONEY:
        return _money(scored, metric)
    # all labels, but where none is needed
    label = scored.block if metric == "alerts_per_1000" else scored.label == 1
    top, bottom, counts = {
        "recall": lambda: (scored.block & label, label, label),
        "precision": lambda: (scored.block & label, scored.block, scored.block),
        "false_alarms_per_1000": lambda: (scored.block & ~label, True, scored.block & ~label),
        "alerts_per_1000": lambda: (scored.block, True, scored.block),
        "found_per_promised": lambda: (label, scored.probability, label),
    }[metric]()
    bottom = weight * bottom
    if not (total := bottom.sum()) > 0:
        msg = f"{metric} has no value on these rows"
        raise ValueError(msg)
    if metric == "false_alarms_per_1000" and np.count_nonzero(counts) < FEWEST:
        counts = counts | label  # so few cannot tell whether cases come in bursts
    scale = 1000.0 if metric.endswith("_per_1000") else 1.0
    value = float(scale * (weight @ top) / total)
    influence = (scale * weight * top - value * bottom) / total
    if metric == "found_per_promised":  # positives that promise nothing may be yet to come
        more = {"n": _kish(weight[label]), "unseen": value * bottom[label].sum() / total}
        return Linear(value, influence, "money", counts, **more)
    return Linear(value, influence, "share", counts, n=_kish(bottom), scale=scale)


def _money(scored: Scored, metric: str) -> Linear:
    if not scored.costs.miss_fee and not scored.amount.any():
        msg = "there are no amounts and miss_fee is 0, so what is missed costs nothing"
        raise ValueError(msg)
    label, weight, amount, costs = scored.label == 1, scored.weight, scored.amount, scored.costs
    passed, blocked = costs.accept_cost(label, amount), costs.block_cost(label, amount)
    bottom = 1e-3 * weight
    if metric == "savings":
        bottom = weight * np.maximum(passed - blocked, 0)  # what the oracle saves
    if metric != "cost_per_1000":
        blocked = np.subtract(passed, blocked, out=blocked)
        passed = np.zeros(1)
    if not (total := bottom.sum()) > 0:
        msg = f"{metric} has no value on these rows"
        raise ValueError(msg)
    influence = weight * np.where(scored.block, blocked, passed)
    value = float(influence.sum() / total)
    influence -= value * bottom
    influence /= total
    found, of = scored.block[label], weight[label] / total
    either = [of * np.broadcast_to(one, label.shape)[label] for one in (blocked, passed)]
    more = {"n": _kish(of), "unseen": float((either[1] - either[0])[found].sum())}
    more["most"] = 1.0 if metric == "savings" else np.inf
    if metric != "saved_per_1000":  # there the more is found the more of its spread is seen
        share, own = (of @ found) / of.sum(), value * bottom[label] / total
        moments = _powers(influence) - _powers(influence[label])
        moments += share * _powers(either[0] - own) + (1 - share) * _powers(either[1] - own)
        more["moments"] = tuple(moments)
    return Linear(value, influence, "money", label | scored.block, **more)


def _powers(values: Floats) -> Floats:
    """Return the sums of squares and of cubes."""
    squares = values * values
    return np.array([squares.sum(), squares @ values])


@dataclass(frozen=True, eq=False)
class _Ranks:
    """Cases and positives by distinct score, highest first, as weights."""

    order: NDArray[np.intp]
    sizes: NDArray[np.intp]
    cases: Floats
    positives: Floats

    @classmethod
    def of(cls, label: Floats, score: Floats, weight: Floats) -> "_Ranks":
        order = np.argsort(score)[::-1]
        falls = score[order]
        last = np.append(np.flatnonzero(falls[1:] != falls[:-1]), len(falls) - 1)
        del falls
        weight = weight[order]
        cases = np.cumsum(weight)[last]
        weight *= label[order]
        return cls(order, np.diff(last, prepend=-1), cases, np.cumsum(weight)[last])

    def rows(self, by_score: Floats) -> Floats:
        """Return what belongs to each score, for each row."""
        values = np.empty(len(self.order))
        values[self.order] = np.repeat(by_score, self.sizes)
        return values


def _average_precision(scored: Scored) -> Linear:
    label, weight = scored.label, scored.weight
    ranks = _Ranks.of(label, scored.score, weight)
    all_positives, here = ranks.positives[-1], np.diff(ranks.positives, prepend=0)
    precision = ranks.positives / ranks.cases
    value = float(here @ precision / all_positives)
    here /= ranks.cases
    # one more case at a score changes the precision there and at all lower ones
    lifts = np.cumsum(here[::-1])[::-1]
    here *= precision
    lowers = np.cumsum(here[::-1])[::-1]
    bias = (lifts[0] - lowers[0]) / all_positives
    lifts += precision
    lifts -= value
    influence = ranks.rows(lifts)
    influence *= label
    influence -= ranks.rows(lowers)
    influence *= weight
    influence /= all_positives
    counts = label == 1
    return Linear(
        value, influence, "ranking", counts, n=_kish(weight[counts]), unseen=-value, bias=bias
    )


def _roc_auc(scored: Scored) -> Linear:
    """Linearise the area, and say what its variance were if scores of both classes were normal."""
    counts, weight = scored.label == 1, scored.weight
    ranks = _Ranks.of(scored.label, scored.score, weight)
    above = ranks.positives
    negatives = ranks.cases - above
    positives_here = np.diff(above, prepend=0)
    negatives_here = np.diff(negatives, prepend=0)
    won = 1 - (negatives - negatives_here / 2) / negatives[-1]  # a tie is half a win
    lost = (above - positives_here / 2) / above[-1]
    value = float(positives_here @ won / above[-1])
    influence = np.where(
        counts,
        ranks.rows((won - value) / above[-1]),
        ranks.rows((lost - value) / negatives[-1]),
    )
    influence *= weight
    two = value - 2 * scipy.special.owens_t(scipy.special.ndtri(value), 3**-0.5)
    n, other = _kish(weight[counts]), _kish(weight[~counts])
    squares = max(float(two - value**2), 0.0) * (1 / n + 1 / other)
    counts = counts if n <= other else ~counts
    return Linear(
        value,
        influence,
        "ranking",
        counts,
        n=min(n, other),
        moments=(squares, 0.0),
        unseen=min(0.5 - value, 0),
    )


def _at_k(scored: Scored, metric: str, k: float) -> Linear:
    label, weight = scored.label, scored.weight
    ranks = _Ranks.of(label, scored.score, weight)
    total, found = ranks.cases[-1], ranks.positives[-1]
    tied, here = np.diff(ranks.cases, prepend=0), np.diff(ranks.positives, prepend=0)
    before = ranks.cases - tied
    taken = np.clip(k - before, 0, tied) / tied
    caught, looked_at = taken @ here, min(k, total)
    near = (ranks.cases > k - np.sqrt(k)) & (before < k + np.sqrt(k))
    at_cut = here[near].sum() / tied[near].sum()
    at_cut = caught / looked_at if k >= total else at_cut  # then there is no cut
    each = ranks.rows(taken)
    influence = each * (label - at_cut)
    if metric == "precision_at_k":
        value, below, counts = caught / looked_at, looked_at, each > 0
    else:
        value, below, counts = caught / found, found, label == 1
        influence -= value * label
    influence *= weight / below
    n = _kish(weight[counts])
    middle = (n * value + 2) / (n + 4)  # a perfect share does not rule out that the cut moves
    middle *= 1 - middle
    moves = n * (influence @ influence) - value * (1 - value)
    n /= max(1 + moves / middle, 0.5)
    return Linear(float(value), influence, "share", counts, n=n)
