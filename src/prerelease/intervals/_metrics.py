"""The metrics whose bootstrap is one pass of numpy."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from prerelease import _validate

from ._kernel import Counts, Floats, Kernel, Labels


class Metric:
    """What `bootstrap` asks of a metric: ``kernel(y_true, y_score)`` and ``both_classes``."""

    both_classes = True


class Ranking(Metric):
    """Cells of a ranking metric: the positives' scores are rungs, highest first.

    Cells 0 to G-1 are the positives of a rung; G + 2g the negatives between rung g and the one
    above, G + 2g + 1 those on rung g, and 3G those below all rungs.
    """

    def kernel(self, y_true: Labels, y_score: Floats) -> Kernel:
        """Return the kernel of the metric on these rows."""
        rungs = np.unique(y_score[y_true])
        n = len(rungs)
        left = np.searchsorted(rungs, y_score, side="left")
        right = np.searchsorted(rungs, y_score, side="right")
        cell = np.where(y_true, n - right, 3 * n - left - right)
        return Kernel(cell, 3 * n + 1, self._of)


def ladder(counts: Counts) -> tuple[Counts, Counts, Counts, Floats]:
    """Return, by rung: its positives; negatives above; above or on it; and of all negatives."""
    n = (counts.shape[1] - 1) // 3
    negative = np.cumsum(counts[:, n:], axis=1)
    return counts[:, :n], negative[:, 0:-1:2], negative[:, 1::2], negative[:, -1]


@dataclass(frozen=True)
class AveragePrecision(Ranking):
    r"""Average precision, :math:`\sum_k (R_k - R_{k-1}) P_k`, ties as scikit-learn has them.

    Examples
    --------
    >>> from prerelease import intervals
    >>> y, score = [0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.8, 0.9]
    >>> round(intervals.value(AveragePrecision(), y, score), 3)
    0.917
    """

    def _of(self, counts: Counts) -> Floats:
        positive, _, reached, _ = ladder(counts)
        caught = np.cumsum(positive, axis=1)
        alerts = caught + reached
        precision = np.divide(caught, alerts, out=np.zeros_like(alerts), where=alerts > 0)
        return _ratio((positive * precision).sum(axis=1), caught[:, -1])


@dataclass(frozen=True)
class RocAuc(Ranking):
    """Area under the ROC curve: the chance that a positive scores above a negative.

    Examples
    --------
    >>> from prerelease import intervals
    >>> intervals.value(RocAuc(), [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """

    def _of(self, counts: Counts) -> Floats:
        positive, above, reached, total = ladder(counts)
        below = total[:, None] - (above + reached) / 2  # a tie is half a win
        return _ratio((positive * below).sum(axis=1), positive.sum(axis=1) * total)


@dataclass(frozen=True)
class _AtK(Ranking):
    k: int

    def kernel(self, y_true: Labels, y_score: Floats) -> Kernel:
        """Return the kernel of the metric on these rows."""
        _validate.integer(self.k, "k", low=1, high=len(y_true))
        return super().kernel(y_true, y_score)

    def _caught(self, counts: Counts) -> Floats:
        positive, above, reached, _ = ladder(counts)
        before = np.cumsum(positive, axis=1) - positive + above
        tied = positive + reached - above
        taken = np.clip(self.k - before, 0, tied)
        share = np.divide(taken, tied, out=np.zeros_like(tied), where=tied > 0)
        return (positive * share).sum(axis=1)


class PrecisionAtK(_AtK):
    """Share of positives among the `k` highest scores; ties at the cut count by their share.

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

    def _of(self, counts: Counts) -> Floats:
        return _ratio(self._caught(counts), np.minimum(self.k, counts.sum(axis=1)))


class RecallAtK(_AtK):
    """Share of all positives that are among the `k` highest scores.

    Parameters
    ----------
    k : int
        As for `PrecisionAtK`.

    Examples
    --------
    >>> from prerelease import intervals
    >>> intervals.value(RecallAtK(1), [0, 1, 1, 0], [0.1, 0.4, 0.9, 0.4])
    0.5
    """

    def _of(self, counts: Counts) -> Floats:
        return _ratio(self._caught(counts), ladder(counts)[0].sum(axis=1))


class _AtThreshold(Metric):
    """Cells: 0 negative and let pass, 1 false alert, 2 missed positive, 3 caught positive."""

    threshold: float

    def kernel(self, y_true: Labels, y_score: Floats) -> Kernel:
        """Return the kernel of the metric on these rows."""
        alert = y_score >= _validate.number(self.threshold, "threshold")
        return Kernel(2 * y_true.astype(np.intp) + alert, 4, self._of)


@dataclass(frozen=True)
class FBeta(_AtThreshold):
    r"""F-beta at a threshold, :math:`(1+\beta^2)TP / ((1+\beta^2)TP + \beta^2 FN + FP)`.

    Parameters
    ----------
    beta : float
        Above 0: how many times recall weighs as much as precision.
    threshold : float
        A row raises an alert when its score is at least this.

    Examples
    --------
    >>> from prerelease import intervals
    >>> intervals.value(FBeta(1, threshold=0.5), [0, 1, 1, 0], [0.1, 0.6, 0.4, 0.2])
    0.6666666666666666
    """

    beta: float
    threshold: float

    def __post_init__(self) -> None:
        """Refuse a weight that is none."""
        _validate.number(self.beta, "beta", above=0)

    def _of(self, counts: Counts) -> Floats:
        _, false_alerts, missed, caught = counts.T
        top = (1 + self.beta**2) * caught
        return _ratio(top, top + self.beta**2 * missed + false_alerts)


@dataclass(frozen=True)
class Precision(_AtThreshold):
    """Share of positives among the alerts at a threshold; no value where there is no alert.

    Parameters
    ----------
    threshold : float
        As for `FBeta`.

    Examples
    --------
    >>> from prerelease import intervals
    >>> intervals.value(Precision(0.5), [0, 1, 1, 0], [0.7, 0.6, 0.4, 0.2])
    0.5
    """

    threshold: float

    def _of(self, counts: Counts) -> Floats:
        return _ratio(counts[:, 3], counts[:, 1] + counts[:, 3])


@dataclass(frozen=True)
class Recall(_AtThreshold):
    """Share of the positives that raise an alert at a threshold.

    Parameters
    ----------
    threshold : float
        As for `FBeta`.

    Examples
    --------
    >>> from prerelease import intervals
    >>> intervals.value(Recall(0.5), [0, 1, 1, 0], [0.7, 0.6, 0.4, 0.2])
    0.5
    """

    threshold: float

    def _of(self, counts: Counts) -> Floats:
        return _ratio(counts[:, 3], counts[:, 2] + counts[:, 3])


@dataclass(frozen=True)
class Total(Metric):
    """The sum of what each row costs under a decision made before, in its unit.

    Pass the cost of each row where the other metrics take a score.

    Examples
    --------
    >>> from prerelease import intervals
    >>> intervals.value(Total(), [0, 1, 0], [2.5, 100.0, 0.0])
    102.5
    """

    both_classes = False

    def kernel(self, y_true: Labels, y_score: Floats) -> Kernel:
        """Return the kernel of the metric on these rows."""
        values, cell = np.unique(y_score, return_inverse=True)
        return Kernel(cell, len(values), lambda counts: counts @ values)


@dataclass(frozen=True)
class Function(Metric):
    """Any ``function(y_true, y_score, sample_weight=counts)``, called once a resample.

    `bootstrap` makes one of a plain function. Rows with a count of 0 are left out of the call.
    """

    function: Callable[..., float]
    both_classes = False

    def kernel(self, y_true: Floats, y_score: Floats) -> Kernel:
        """Return the kernel of the metric on these rows."""

        def one(count: Floats) -> float:
            kept = np.flatnonzero(count)
            return float(self.function(y_true[kept], y_score[kept], sample_weight=count[kept]))

        n = len(y_true)
        return Kernel(np.arange(n), n, lambda counts: np.array([one(row) for row in counts]))


def _ratio(top: Floats, bottom: Floats) -> Floats:
    """Divide; where there is nothing to divide by there is no value (NaN)."""
    return np.divide(top, bottom, out=np.full_like(bottom, np.nan), where=bottom > 0)
