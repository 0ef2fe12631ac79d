"""What the pages on metrics share: models scored side by side, and decisions with their bills."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin, clone
from threadpoolctl import threadpool_limits

from casebook import conventions, models, profile
from prerelease import intervals
from prerelease.costs import CostModel, row_costs

__all__ = ["Bills", "jointly", "scores", "signed"]

Floats = NDArray[np.float64]


def jointly(times: ArrayLike, asked: int = 1) -> dict[str, Any]:
    """Return how intervals are drawn that are to hold together, as often in a quick run as in full.

    Examples
    --------
    >>> jointly([0.0, 3600.0], asked=5)["n_resamples"]
    2000
    """
    often = {"n_resamples": conventions.RESAMPLES["full"]}
    return conventions.drawn(times, asked=asked) | often


def signed(gap: intervals.Interval, digits: int = 0) -> str:
    """Write a difference, with more digits where rounding would hide the sign of an end.

    Examples
    --------
    >>> signed(intervals.Interval(0.3, 0.04, 0.6, 0.95, "", 9), 1)
    '+0.30 [+0.04, +0.60]'
    """
    while digits < 4 and any(end and not round(end, digits) for end in (gap.low, gap.high)):
        digits += 1
    return f"{gap:+.{digits}f}"


def scores(
    jobs: Iterable[tuple[ClassifierMixin, dict[str, Any]]], train: pd.DataFrame, valid: pd.DataFrame
) -> list[Floats]:
    """Fit models side by side on training rows, and return their scores of the validation rows.

    Parameters
    ----------
    jobs : iterable of (classifier, dict)
        Each model, and what its fit takes besides; ``rows`` are the positions it learns from.
    train, valid : pandas.DataFrame
        With the models' inputs and ``Class``.

    Returns
    -------
    list of ndarray

    Examples
    --------
    >>> from casebook import data
    >>> rows = data.load_sample()
    >>> [score.shape for score in scores([(models.logistic_regression(), {})], rows, rows[:9])]
    [(9,)]
    """
    X, y, X_valid = train[[*models.INPUTS]], train["Class"], valid[[*models.INPUTS]]

    def scored(model: ClassifierMixin, rows: Any = slice(None), **extra: Any) -> Floats:
        with threadpool_limits(1):  # where a machine is shared, more threads wait for each other
            fitted = clone(model).fit(X.iloc[rows], y.iloc[rows], **extra)
            return fitted.predict_proba(X_valid)[:, 1]

    work = (delayed(scored)(model, **extra) for model, extra in jobs)
    return Parallel(n_jobs=2, prefer="threads")(work)


@dataclass(frozen=True)
class Bills:
    """What decisions about some rows cost.

    Parameters
    ----------
    rows : pandas.DataFrame
        With ``Class``, ``Amount`` and ``Time``.
    costs : CostModel, optional
        The prices; by default the book's.

    Examples
    --------
    >>> rows = pd.DataFrame({"Class": [0, 1], "Amount": [10.0, 90.0], "Time": [0.0, 900.0]})
    >>> Bills(rows).of(np.array([False, False])).tolist()
    [0.0, 110.0]
    """

    rows: pd.DataFrame
    costs: CostModel = field(default_factory=CostModel)

    def of(self, block: ArrayLike) -> Floats:
        """Return the euros that each decision cost."""
        return row_costs(self.rows["Class"], block, self.rows["Amount"], costs=self.costs)

    def excess(self, first: ArrayLike, second: ArrayLike, asked: int = 1) -> intervals.Interval:
        """Return the euros by which the first decisions cost more than the second."""
        bills = [self.of(first)], [self.of(second)]
        how = jointly(self.rows["Time"], asked)
        return intervals.mean_difference(intervals.Total(), self.rows["Class"], *bills, **how)

    def caught(self, block: ArrayLike) -> str:
        """Write how many frauds were caught, and how many bursts of them."""
        fraud = self.rows["Class"] == 1
        bursts = profile.burst_recall(self.rows["Time"], self.rows["Class"], block)[0]
        return f"{int((np.asarray(block, dtype=bool) & fraud).sum())} ({bursts})"
