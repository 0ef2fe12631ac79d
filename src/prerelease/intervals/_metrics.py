"""The metrics whose bootstrap is one pass of numpy."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from prerelease import _validate

from ._kernel import Counts, Kernel

Labels = NDArray[np.bool_]
Scores = NDArray[np.float64]


class Metric(Protocol):
    """What `bootstrap` asks of a metric: its kernel on given rows, and whether it is a share."""

    share: bool
    both_classes: bool

    def kernel(self, y_true: Labels, y_score: Scores) -> Kernel:
        """Return the kernel of the metric on these rows."""
        ...


@dataclass(frozen=True)
class AveragePrecision:
    r"""Average precision, :math:`\sum_k (R_k - R_{k-1}) P_k`, ties as scikit-learn has them.

    Examples
    --------
    >>> from prerelease import intervals
    >>> y, score = [0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.8, 0.9]
    >>> round(intervals.value(AveragePrecision(), y, score), 3)
    0.917
    """

    share = True
    both_classes = True

    def kernel(self, y_true: Labels, y_score: Scores) -> Kernel:
        """Return the kernel of the metric on these rows."""

        def evaluate(counts: Counts) -> NDArray[np.float64]:
            positive, _, reached, _ = _ladder_sums(counts)
            caught = np.cumsum(positive, axis=1)
            alerts = caught + reached
            precision = np.divide(caught, alerts, out=np.zeros_like(alerts), where=alerts > 0)
            return _ratio((positive * precision).sum(axis=1), caught[:, -1])

        return _ladder(y_true, y_score, evaluate)


@dataclass(frozen=True)
class RocAuc:
    """Area under the ROC curve: the chance that a fraud scores above an honest payment.

    Examples
    --------
    >>> from prerelease import intervals
    >>> intervals.value(RocAuc(), [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """

    share = True
    both_classes = True

    def kernel(self, y_true: Labels, y_score: Scores) -> Kernel:
        """Return the kernel of the metric on these rows."""

        def evaluate(counts: Counts) -> NDArray[np.float64]:
            positive, above, reached, total = _ladder_sums(counts)
            below = total[:, None] - (above + reached) / 2  # a tie is half a win
            return _ratio((positive * below).sum(axis=1), positive.sum(axis=1) * total)

        return _ladder(y_true, y_score, evaluate)


@dataclass(frozen=True)
class PrecisionAtK:
    """Share of frauds among the `k` highest scores; ties at the cut count by their share.

    Parameters
    ----------
    k : int
        Alerts that are looked at, from 1 to the number of rows.

    Examples
    --------
    >>> from prerelease import intervals
    >>> intervals.value(PrecisionAtK(2), [0, 1, 1, 0], [0.1, 0.4, 0.4, 0.4])
    0.6666666666666666
    """

    k: int
    share = True
    both_classes = True

    def kernel(self, y_true: Labels, y_score: Scores) -> Kernel:
        """Return the kernel of the metric on these rows."""
        k = _validate.integer(self.k, "k", low=1, high=len(y_true))

        def evaluate(counts: Counts) -> NDArray[np.float64]:
            return _ratio(_caught_at(k, counts), np.minimum(k, counts.sum(axis=1)))

        return _ladder(y_true, y_score, evaluate)


@dataclass(frozen=True)
class RecallAtK:
    """Share of all frauds that are among the `k` highest scores.

    Parameters
    ----------
    k : int
        Alerts that are looked at, from 1 to the number of rows.

    Examples
    --------
    >>> from prerelease import intervals
    >>> intervals.value(RecallAtK(1), [0, 1, 1, 0], [0.1, 0.4, 0.9, 0.4])
    0.5
    """

    k: int
    share = True
    both_classes = True

    def kernel(self, y_true: Labels, y_score: Scores) -> Kernel:
        """Return the kernel of the metric on these rows."""
        k = _validate.integer(self.k, "k", low=1, high=len(y_true))

        def evaluate(counts: Counts) -> NDArray[np.float64]:
            return _ratio(_caught_at(k, counts), _ladder_sums(counts)[0].sum(axis=1))

        return _ladder(y_true, y_score, evaluate)


@dataclass(frozen=True)
class FBeta:
    r"""F-beta at a threshold, :math:`(1+\beta^2)TP / ((1+\beta^2)TP + \beta^2 FN + FP)`.

    Parameters
    ----------
    beta : float
        Above 0: how many times recall weighs as much as precision.
    threshold : float
        A payment raises an alert when its score is at least this.

    Examples
    --------
    >>> from prerelease import intervals
    >>> intervals.value(FBeta(1, threshold=0.5), [0, 1, 1, 0], [0.1, 0.6, 0.4, 0.2])
    0.6666666666666666
    """

    beta: float
    threshold: float
    share = True
    both_classes = True

    def kernel(self, y_true: Labels, y_score: Scores) -> Kernel:
        """Return the kernel of the metric on these rows."""
        square = _validate.number(self.beta, "beta", above=0) ** 2

        def evaluate(counts: Counts) -> NDArray[np.float64]:
            _, false_alerts, missed, caught = counts.T
            top = (1 + square) * caught
            return _ratio(top, top + square * missed + false_alerts)

        return _confusion(y_true, y_score, self.threshold, evaluate)


@dataclass(frozen=True)
class Precision:
    """Share of frauds among the alerts at a threshold; no value where there is no alert.

    Parameters
    ----------
    threshold : float
        A payment raises an alert when its score is at least this.

    Examples
    --------
    >>> from prerelease import intervals
    >>> intervals.value(Precision(0.5), [0, 1, 1, 0], [0.7, 0.6, 0.4, 0.2])
    0.5
    """

    threshold: float
    share = True
    both_classes = True

    def kernel(self, y_true: Labels, y_score: Scores) -> Kernel:
        """Return the kernel of the metric on these rows."""

        def evaluate(counts: Counts) -> NDArray[np.float64]:
            return _ratio(counts[:, 3], counts[:, 1] + counts[:, 3])

        return _confusion(y_true, y_score, self.threshold, evaluate)


@dataclass(frozen=True)
class Recall:
    """Share of the frauds that raise an alert at a threshold.

    Parameters
    ----------
    threshold : float
        A payment raises an alert when its score is at least this.

    Examples
    --------
    >>> from prerelease import intervals
    >>> intervals.value(Recall(0.5), [0, 1, 1, 0], [0.7, 0.6, 0.4, 0.2])
    0.5
    """

    threshold: float
    share = True
    both_classes = True

    def kernel(self, y_true: Labels, y_score: Scores) -> Kernel:
        """Return the kernel of the metric on these rows."""

        def evaluate(counts: Counts) -> NDArray[np.float64]:
            return _ratio(counts[:, 3], counts[:, 2] + counts[:, 3])

        return _confusion(y_true, y_score, self.threshold, evaluate)


@dataclass(frozen=True)
class Total:
    """The sum of what each row costs under a decision made before, in its unit (euros).

    Pass the cost of each row where the other metrics take a score.

    Examples
    --------
    >>> from prerelease import intervals
    >>> intervals.value(Total(), [0, 1, 0], [2.5, 100.0, 0.0])
    102.5
    """

    share = False
    both_classes = False

    def kernel(self, y_true: Labels, y_score: Scores) -> Kernel:
        """Return the kernel of the metric on these rows."""
        values, cell = np.unique(y_score, return_inverse=True)
        return Kernel(cell, len(values), lambda counts: counts @ values)


@dataclass(frozen=True)
class Function:
    """Any ``function(y_true, y_score, sample_weight=counts)``, called once a resample.

    `bootstrap` makes one of a plain function. Rows with a count of 0 are left out of the call.
    """

    function: Callable[..., float]
    share = False
    both_classes = False

    def kernel(self, y_true: NDArray[np.float64], y_score: Scores) -> Kernel:
        """Return the kernel of the metric on these rows."""

        def evaluate(counts: Counts) -> NDArray[np.float64]:
            return np.array([one(count) for count in counts])

        def one(count: NDArray[np.float64]) -> float:
            kept = np.flatnonzero(count)
            return float(self.function(y_true[kept], y_score[kept], sample_weight=count[kept]))

        return Kernel(np.arange(len(y_true)), len(y_true), evaluate)


def _ladder(
    y_true: Labels, y_score: Scores, evaluate: Callable[[Counts], NDArray[np.float64]]
) -> Kernel:
    """Cells of a ranking metric: the frauds' scores are rungs, highest first.

    Cells 0 to G-1 are the frauds of a rung; G + 2g the honest payments between rung g and the
    one above, G + 2g + 1 those on rung g, and 3G those below all rungs.
    """
    rungs = np.unique(y_score[y_true])
    n = len(rungs)
    left = np.searchsorted(rungs, y_score, side="left")
    right = np.searchsorted(rungs, y_score, side="right")
    cell = np.where(y_true, n - right, n + 2 * n - left - right)
    return Kernel(cell, 3 * n + 1, evaluate)


def _ladder_sums(counts: Counts) -> tuple[Counts, Counts, Counts, NDArray[np.float64]]:
    """Return, by rung: its frauds; honest payments above; above or on it; and of all payments."""
    n = (counts.shape[1] - 1) // 3
    honest = np.cumsum(counts[:, n:], axis=1)
    return counts[:, :n], honest[:, 0:-1:2], honest[:, 1::2], honest[:, -1]


def _caught_at(k: int, counts: Counts) -> NDArray[np.float64]:
    positive, above, reached, _ = _ladder_sums(counts)
    before = np.cumsum(positive, axis=1) - positive + above
    tied = positive + reached - above
    taken = np.clip(k - before, 0, tied)
    share = np.divide(taken, tied, out=np.zeros_like(tied), where=tied > 0)
    return (positive * share).sum(axis=1)


def _confusion(
    y_true: Labels,
    y_score: Scores,
    threshold: float,
    evaluate: Callable[[Counts], NDArray[np.float64]],
) -> Kernel:
    """Cells 0 honest and let pass, 1 false alert, 2 missed fraud, 3 caught fraud."""
    alert = y_score >= _validate.number(threshold, "threshold")
    return Kernel(2 * y_true.astype(np.intp) + alert, 4, evaluate)


def _ratio(top: NDArray[np.float64], bottom: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide; where there is nothing to divide by there is no value (NaN)."""
    return np.divide(top, bottom, out=np.full_like(bottom, np.nan), where=bottom > 0)
