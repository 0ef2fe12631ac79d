"""What a score is worth: in average precision, or in euros. More is better for both."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate, intervals
from prerelease.costs import CostModel, row_costs

from ._score import Floats


class Worth(Protocol):
    """What permutation and drop-column importance ask of a measure."""

    unit: str
    metric: intervals.AveragePrecision | intervals.Total
    sign: int

    def column(self, y: NDArray[np.bool_], score: Floats) -> Floats:
        """Return what the metric is computed from, a number a row."""
        ...


@dataclass(frozen=True)
class InAveragePrecision:
    """Worth of a score in average precision.

    Examples
    --------
    >>> InAveragePrecision().unit
    'average precision'
    """

    unit = "average precision"
    metric = intervals.AveragePrecision()
    sign = 1

    def column(self, y: NDArray[np.bool_], score: Floats) -> Floats:
        """Return the score: average precision needs no more."""
        del y
        return score


@dataclass(frozen=True, eq=False)
class InEuros:
    """Worth of a score in euros, when payments are blocked from a threshold on.

    Parameters
    ----------
    amount : array-like, shape (n,)
        Euros that each payment is over: the true ones, whatever the model is shown.
    threshold : float or array-like, shape (n,)
        Block scores from here on: that of the served rule, such as
        `casebook.conventions.threshold` returns, or one for each payment
        (`prerelease.costs.bayes_threshold`). It stays when a column is shuffled, as it would
        stay in production: nobody tunes it to broken scores.
    costs : CostModel
        What each outcome costs.

    Examples
    --------
    >>> InEuros([100.0, 20.0], 0.5, costs=CostModel()).unit
    '€'
    """

    amount: ArrayLike = field(repr=False)
    threshold: ArrayLike = field(repr=False)
    costs: CostModel
    unit = "€"
    metric = intervals.Total()
    sign = -1

    def column(self, y: NDArray[np.bool_], score: Floats) -> Floats:
        """Return what each decision costs."""
        amount = _validate.non_negative(self.amount, "amount")
        cut = np.broadcast_to(np.asarray(self.threshold, dtype=np.float64), amount.shape)
        _validate.same_length(y=y, amount=amount)
        return row_costs(y, score >= cut, amount, costs=self.costs)
