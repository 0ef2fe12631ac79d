"""Thresholds that are chosen on some rows and priced on others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from prerelease import _validate
from prerelease.costs import CostModel, best_threshold
from prerelease.intervals import Blocks
from prerelease.intervals._draws import row_counts

Floats = NDArray[np.float64]
__all__ = ["cross_fitted", "raised", "rechosen", "regret"]


@dataclass(frozen=True)
class CrossFitted:
    """Decisions about each row by a threshold that was chosen without it.

    Parameters
    ----------
    block : ndarray of bool, shape (n,)
        Whether to block each case.
    thresholds : tuple of float
        The threshold used in each stretch of time, in their order.
    """

    block: NDArray[np.bool_]
    thresholds: tuple[float, ...]


def _stretches(time: ArrayLike, n_stretches: int) -> tuple[Floats, NDArray[np.intp]]:
    """Return the times, checked, and which stretch of equal length each row is in."""
    times = _validate.sorted_times(time, "time")
    _validate.integer(n_stretches, "n_stretches", low=2)
    if times[0] == times[-1]:
        msg = f"time must span some time to be cut into stretches, got {times[0]:g} s only."
        raise ValueError(msg)
    edges = np.linspace(times[0], times[-1], n_stretches + 1)[1:-1]
    return times, np.searchsorted(edges, times, side="right")


def cross_fitted(  # noqa: PLR0913 (all but the data are keywords)
    y: ArrayLike,
    score: ArrayLike,
    amount: ArrayLike,
    time: ArrayLike,
    *,
    costs: CostModel,
    n_stretches: int = 4,
    weight: ArrayLike | None = None,
) -> CrossFitted:
    """Choose the cheapest threshold for each stretch of time on all the other stretches.

    Parameters
    ----------
    y, score, amount, costs, weight
        As for `prerelease.costs.cost_curve`.
    time : array-like, shape (n,)
        Seconds, sorted.
    n_stretches : int, default 4
        Stretches of equal length, at least 2.

    Returns
    -------
    CrossFitted
        ``block``, the decisions, to be priced on the rows that they are about, and
        ``thresholds``, one for each stretch.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, if lengths differ, or if without one of the
        stretches there is no positive left to choose a threshold by.

    Notes
    -----
    The best of all thresholds looks better on the rows that chose it than it is. Here no row
    has a say in the threshold that decides about it. Stretches of time, not random parts,
    since cases of one burst agree with each other. The result prices the *procedure*: the
    thresholds of the stretches differ, and how much is a measure of how well it is known.

    Examples
    --------
    >>> y, score = [1, 0, 1, 0], [0.9, 0.1, 0.8, 0.2]
    >>> found = cross_fitted(y, score, [50] * 4, [0, 1, 2, 3], costs=CostModel(), n_stretches=2)
    >>> found.block.tolist(), found.thresholds
    ([True, False, False, False], (0.8, 0.9))
    """
    scores = _validate.probabilities(score, "score")
    positive, scores, amounts = _validate.columns(y=y, score=scores, amount=amount)
    times, stretch = _stretches(time, n_stretches)
    _validate.same_length(y=positive, time=times)
    stood = _validate.weights(weight, "weight", len(times))
    block = np.zeros(len(times), dtype=bool)
    thresholds = []
    for number in range(n_stretches):
        here = stretch == number
        if not positive[~here].any():
            msg = (
                f"Without stretch {number + 1} of {n_stretches} there is no positive to choose a "
                f"threshold by: all {positive.sum()} are in it. Take other stretches."
            )
            raise ValueError(msg)
        choice = best_threshold(
            positive[~here], scores[~here], amounts[~here], costs=costs, weight=stood[~here]
        )
        thresholds.append(choice.threshold)
        block[here] = scores[here] >= choice.threshold
    return CrossFitted(block, tuple(thresholds))


def raised(
    priority: ArrayLike, time: ArrayLike, *, per_hour: float, n_stretches: int = 4
) -> NDArray[np.bool_]:
    """Raise so many alerts an hour on average, by a threshold from the other stretches of time.

    Parameters
    ----------
    priority : array-like, shape (n,)
        What an alert is raised for: a score, or what is at stake.
    time, n_stretches
        As for `cross_fitted`.
    per_hour : float
        Alerts an hour, above 0, on the stretches that the threshold is chosen on.

    Returns
    -------
    ndarray of bool, shape (n,)
        Whether each case raises an alert when it arrives.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, or lengths differ.

    Examples
    --------
    >>> raised([3, 2, 1, 3, 2, 1], [0, 600, 1200, 3600, 4200, 4800], per_hour=1.5, n_stretches=2)
    array([ True, False, False,  True, False, False])
    """
    priorities = _validate.vector(priority, "priority")
    _validate.number(per_hour, "per_hour", above=0)
    times, stretch = _stretches(time, n_stretches)
    _validate.same_length(priority=priorities, time=times)
    hours = (times[-1] - times[0]) / 3600 * (n_stretches - 1) / n_stretches
    alerts = np.zeros(len(times), dtype=bool)
    for number in range(n_stretches):
        here = stretch == number
        others = np.sort(priorities[~here])[::-1]
        last = int(np.clip(round(per_hour * hours), 1, len(others))) - 1
        alerts[here] = priorities[here] >= others[last]
    return alerts


def regret(  # noqa: PLR0913 (all but the data are keywords)
    y: ArrayLike,
    score: ArrayLike,
    amount: ArrayLike,
    time: ArrayLike,
    *,
    costs: CostModel,
    others: Sequence[CostModel],
    scheme: Blocks,
    n_stretches: int = 4,
    method: str = "percentile",
    level: float = 0.95,
    n_resamples: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    r"""Return what thresholds for today's costs cost too much if the costs are others.

    Parameters
    ----------
    y, score, amount, time, n_stretches
        As for `cross_fitted`.
    costs : CostModel
        Today's, which the threshold is chosen for.
    others : sequence of CostModel
        What the costs may be in truth.
    scheme, level, n_resamples, seed
        As for `prerelease.intervals.bootstrap`.
    method : {"percentile"}
        Taken so that options of `prerelease.intervals.bootstrap` can be passed on.

    Returns
    -------
    DataFrame
        One row for each of `others`: ``regret_per_1000``, ``low`` and ``high``, per 1,000 cases.

    Raises
    ------
    ValueError
        As `cross_fitted`.

    Notes
    -----
    Each stretch is decided twice: by the threshold that was cheapest on the other stretches
    under today's costs, and by the one that was cheapest there under the other costs. Both are
    priced under the other costs. So no row has a say in a threshold that it prices, and the
    regret may be below zero. In each resample all thresholds are chosen anew.

    The cheapest threshold is always a score of a positive, or none, since to block more
    negatives only costs; the cost is linear in what such a threshold blocks. So all thresholds
    and costs are one product of matrices.

    Examples
    --------
    >>> from prerelease.intervals import Blocks
    >>> y, score, time = [1, 0, 1, 0] * 20, [0.9, 0.1, 0.8, 0.2] * 20, list(range(80))
    >>> table = regret(y, score, [50] * 80, time, costs=CostModel(), others=[CostModel()],
    ...                scheme=Blocks(time, 10), n_resamples=100)
    >>> table["regret_per_1000"].tolist()
    [0.0]
    """
    _validate.choice(method, "method", ("percentile",))
    times, stretch = _stretches(time, n_stretches)
    tallies = _Tallies.of(y, score, amount, stretch)
    prices = np.array([_prices(model) for model in (costs, *others)])
    estimate = tallies.regrets(np.ones((1, len(times))), prices)[0]
    counts = row_counts(scheme, np.ones(len(times)), n_resamples=n_resamples, seed=seed)
    drawn = np.concatenate([tallies.regrets(some, prices) for some in counts])
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return pd.DataFrame(
        {
            "regret_per_1000": estimate,
            "low": np.minimum(low, estimate),
            "high": np.maximum(high, estimate),
        }
    )


def rechosen(  # noqa: PLR0913 (all but the data are keywords)
    y: ArrayLike,
    score: ArrayLike,
    amount: ArrayLike,
    *,
    costs: CostModel,
    scheme: Blocks,
    n_resamples: int = 2000,
    seed: int = 0,
) -> Floats:
    """Return what thresholds that resamples choose cost too much on the rows themselves.

    Parameters
    ----------
    y, score, amount, costs
        As for `cross_fitted`.
    scheme, n_resamples, seed
        As for `prerelease.intervals.bootstrap`.

    Returns
    -------
    ndarray of shape (n_resamples,)
        Cost per 1,000 cases above the best threshold of these rows; never below 0.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, or lengths differ.

    Examples
    --------
    >>> from prerelease.intervals import Blocks
    >>> y, score, time = [1, 0, 1, 0] * 20, [0.9, 0.1, 0.8, 0.2] * 20, list(range(80))
    >>> float(rechosen(y, score, [50] * 80, costs=CostModel(), scheme=Blocks(time, 10),
    ...                n_resamples=100).max())
    0.0
    """
    n = len(_validate.vector(score, "score"))
    tallies, prices = _Tallies.of(y, score, amount, np.zeros(n, dtype=np.intp)), _prices(costs)
    paid = tallies.blocked(np.ones((1, n)))[0, 0] @ prices
    found = []
    for counts in row_counts(scheme, np.ones(n), n_resamples=n_resamples, seed=seed):
        found.append(paid[_cheapest(tallies.blocked(counts)[:, 0] @ prices)])
    return 1000 * (np.concatenate(found) - paid.min()) / n


def _prices(costs: CostModel) -> Floats:
    """Return what one more of each tally costs: see `_Tallies`."""
    return np.array(
        [
            costs.review - costs.catch_gain - costs.miss_fee,
            -(1 - costs.recovery_share),
            costs.review + costs.goodwill,
            costs.margin_share,
        ]
    )


@dataclass(frozen=True)
class _Tallies:
    """Positives, their amounts, negatives and their amounts, by threshold and stretch.

    `cells` adds up rows (n, stretches x thresholds x 4): what falls between two thresholds.
    """

    cells: sparse.csr_matrix
    n_stretches: int
    n_thresholds: int

    @classmethod
    def of(
        cls, y: ArrayLike, score: ArrayLike, amount: ArrayLike, stretch: NDArray[np.intp]
    ) -> "_Tallies":
        scores = _validate.probabilities(score, "score")
        positive, scores, amounts = _validate.columns(y=y, score=scores, amount=amount)
        _validate.same_length(y=positive, time=stretch)
        steps = np.unique(scores[positive])[::-1]
        place = np.searchsorted(-steps, -scores) + 1  # 0 is to block nothing
        rows = np.flatnonzero(place <= len(steps))
        n, n_stretches = len(steps) + 1, int(stretch.max()) + 1
        at = ((stretch * n + place) * 4 + np.where(positive, 0, 2))[rows]
        cells = sparse.csr_matrix(
            (np.r_[np.ones(len(rows)), amounts[rows]], (np.r_[rows, rows], np.r_[at, at + 1])),
            shape=(len(positive), n_stretches * n * 4),
        )
        return cls(cells, n_stretches, n)

    def blocked(self, counts: Floats) -> Floats:
        """Return what each threshold blocks, (resamples, stretches, thresholds, 4)."""
        shape = len(counts), self.n_stretches, self.n_thresholds, 4
        return np.cumsum((self.cells.T @ counts.T).T.reshape(shape), axis=2)

    def regrets(self, counts: Floats, prices: Floats) -> Floats:
        """Return the regret per 1,000 cases, (resamples, prices but the first)."""
        here = self.blocked(counts)
        elsewhere = here.sum(axis=1, keepdims=True) - here
        result = np.empty((len(counts), len(prices) - 1))
        for number in range(len(counts)):
            cost = elsewhere[number] @ prices.T  # (stretches, thresholds, prices)
            best = _cheapest(cost)
            paid = here[number] @ prices.T
            own = np.take_along_axis(paid, best[:, None], axis=1)[:, 0, 1:]
            todays = paid[np.arange(self.n_stretches), best[:, 0], 1:]
            result[number] = (todays - own).sum(axis=0)
        return 1000 * result / counts.sum(axis=1, keepdims=True)


def _cheapest(cost: Floats) -> NDArray[np.intp]:
    """Return the position, along the second axis, of the lowest cost; of equal ones the first."""
    # Sums of cents differ in their last bits: what differs less is a tie.
    return (cost <= cost.min(axis=1, keepdims=True) + 1e-7).argmax(axis=1)
