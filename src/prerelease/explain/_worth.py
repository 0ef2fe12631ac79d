"""What a score is worth: in average precision, or in euros. More is better for both."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate, intervals
from prerelease.costs import CostModel, bayes_block, row_costs

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
    """Worth of a score in euros, when each payment is blocked where that is cheaper on average.

    Parameters
    ----------
    amount : array-like, shape (n,)
        Euros that each payment is over: the true ones, whatever the model is shown.
    costs : CostModel
        What each outcome costs.

    Notes
    -----
    The rule is `prerelease.costs.bayes_block`, which tunes no threshold on the rows that judge.

    Examples
    --------
    >>> InEuros([100.0, 20.0], costs=CostModel()).unit
    '€'
    """

    amount: ArrayLike = field(repr=False)
    costs: CostModel
    unit = "€"
    metric = intervals.Total()
    sign = -1

    def column(self, y: NDArray[np.bool_], score: Floats) -> Floats:
        """Return what each decision costs."""
        amount = _validate.non_negative(self.amount, "amount")
        _validate.same_length(y=y, amount=amount)
        block = bayes_block(score, amount, costs=self.costs)
        return row_costs(y, block, amount, costs=self.costs)
