"""Splits in time, with the waits that production has, as scikit-learn splitters."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.model_selection import BaseCrossValidator

from prerelease import _validate

Fold = tuple[NDArray[np.intp], NDArray[np.intp]]


@dataclass(kw_only=True, eq=False)
class _Temporal(BaseCrossValidator):
    """What both splitters share: their waits, where the times are, and one fold's rows."""

    # With metadata routing, scikit-learn hands groups to splitters that ask for them.
    __metadata_request__split: ClassVar = {"groups": True}

    end: float | None = None
    train_seconds: float | None = None
    gap: float = 0.0
    label_delay: float = 0.0
    time: str = "time"

    def split(
        self, X: ArrayLike, y: ArrayLike | None = None, groups: ArrayLike | None = None
    ) -> Iterator[Fold]:
        """Yield the positions of the training rows and of the test rows, fold by fold.

        Parameters
        ----------
        X : array-like of shape (n, features)
            A data frame with the column `time`, or anything when ``groups`` are given.
        y : array-like of shape (n,), optional
            Not looked at.
        groups : array-like of shape (n,), optional
            Seconds, sorted: the time of each row.

        Yields
        ------
        train, test : ndarray of int

        Raises
        ------
        ValueError
            If the times go back, or a fold has no row to train on or to test on.
        """
        del y
        times = self._times(X, groups)
        edges = self._edges(times)
        n = len(edges) - 1
        for i in range(n):
            which = "The split" if n == 1 else f"Fold {i + 1} of {n}"
            yield self._fold(times, edges[i], edges[i + 1], which)

    def get_n_splits(
        self,
        X: ArrayLike | None = None,
        y: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> int:
        """Return the number of folds.

        Parameters
        ----------
        X, y, groups : object
            Not looked at.
        """
        del X, y, groups
        return _validate.integer(self.n_splits, "n_splits", low=1)

    def _times(self, X: ArrayLike, groups: ArrayLike | None) -> NDArray[np.float64]:
        if groups is not None:
            times = _validate.sorted_times(groups, "groups")
        elif self.time in getattr(X, "columns", ()):
            times = _validate.sorted_times(X[self.time], self.time)
        else:
            msg = (
                f"The time of each row must be in the column {self.time!r} of X, a data frame, "
                "or be given as groups."
            )
            raise ValueError(msg)
        if X is not None:
            _validate.same_length(X=X, times=times)
        return times

    def _fold(self, times: NDArray[np.float64], start: float, end: float, which: str) -> Fold:
        """Return the rows to train on and those from `start` to before `end`."""
        gap = _validate.number(self.gap, "gap", above=0, closed=True)
        delay = _validate.number(self.label_delay, "label_delay", above=0, closed=True)
        known = start - gap - delay
        oldest = -np.inf
        if self.train_seconds is not None:
            oldest = known - _validate.number(self.train_seconds, "train_seconds", above=0)
        a, b, c, d = np.searchsorted(times, [oldest, known, start, end], side="left")
        if c == d:
            msg = (
                f"{which} has no test rows: none from {start:g} s to before {end:g} s, "
                f"the times go from {times[0]:g} s to {times[-1]:g} s."
            )
            raise ValueError(msg)
        if a == b:
            msg = (
                f"{which} has no training rows: a gap of {gap:g} s and a label delay of "
                f"{delay:g} s before {start:g} s leave what is older than {known:g} s, "
                f"the times begin at {times[0]:g} s."
            )
            raise ValueError(msg)
        return np.arange(a, b), np.arange(c, d)


@dataclass(eq=False)
class TemporalSplit(_Temporal):
    """One split in time: train on the past whose labels are known, test on what follows.

    Parameters
    ----------
    start : float
        Seconds at which the test rows begin.
    end : float, optional
        Seconds before which they end; by default they go on to the last row.
    train_seconds : float, optional
        Length of the past that is trained on; by default all of it.
    gap : float, default 0
        Seconds between the training of a model and its first decision (checks, deployment).
        It also keeps the two halves of a burst from standing on both sides.
    label_delay : float, default 0
        Seconds from a case to its label. When the model is trained, ``start - gap``, younger
        cases have none yet.
    time : str, default "time"
        Column of X that holds the time of each row, in seconds and sorted. Times given as
        ``groups`` go before it.

    Notes
    -----
    Training rows have ``time < start - gap - label_delay``, test rows ``start <= time < end``.

    References
    ----------
    .. [1] Le Borgne, Siblini, Lebichot and Bontempi (2022). Practical Handbook, chapter 5.
       Université Libre de Bruxelles.

    Examples
    --------
    >>> import pandas as pd
    >>> X = pd.DataFrame({"time": [0, 10, 20, 30, 40]})
    >>> splitter = TemporalSplit(30, gap=5, label_delay=10)
    >>> [(train.tolist(), test.tolist()) for train, test in splitter.split(X)]
    [([0, 1], [3, 4])]
    """

    n_splits: ClassVar[int] = 1
    start: float

    def _edges(self, times: NDArray[np.float64]) -> list[float]:
        start = _validate.number(self.start, "start")
        return [start, _end(times, self.end, after=start)]


@dataclass(eq=False)
class PrequentialSplit(_Temporal):
    """Test on one stretch of time after another, each after training on the past before it.

    Parameters
    ----------
    n_splits : int
        Number of folds.
    test_seconds : float
        Length of each test stretch; they lie end to end and the last ends at `end`.
    end : float, optional
        Seconds before which the last stretch ends; by default it holds the last row.
    train_seconds : float, optional
        Length of the past that is trained on, a window that slides; by default all of the
        past, a window that grows.
    gap, label_delay, time
        As for `TemporalSplit`.

    Notes
    -----
    Fold i of K tests on ``end - (K - i) * test_seconds <= time < end - (K - i - 1) *
    test_seconds`` and trains on ``time < start of the test - gap - label_delay``. Folds come in
    the order of time. The spread of the folds' results is no standard error: they share
    training rows, and each has its own hour of the day.

    References
    ----------
    .. [1] Le Borgne, Siblini, Lebichot and Bontempi (2022). Practical Handbook, chapter 5.
       Université Libre de Bruxelles.
    .. [2] Dawid (1984). Present position and potential developments: the prequential approach.
       Journal of the Royal Statistical Society A 147, 278-292.

    Examples
    --------
    >>> import pandas as pd
    >>> X = pd.DataFrame({"time": [0, 10, 20, 30, 40]})
    >>> folds = PrequentialSplit(2, 10, label_delay=10).split(X)
    >>> [(train.tolist(), test.tolist()) for train, test in folds]
    [([0, 1], [3]), ([0, 1, 2], [4])]
    """

    n_splits: int
    test_seconds: float

    def _edges(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        n = self.get_n_splits()
        length = _validate.number(self.test_seconds, "test_seconds", above=0)
        return _end(times, self.end) - length * np.arange(n, -1, -1)


def _end(times: NDArray[np.float64], end: float | None, *, after: float = -np.inf) -> float:
    """Return where the last stretch ends, by default the first number above the last time."""
    if end is None:
        return float(np.nextafter(times[-1], np.inf))
    return _validate.number(end, "end", above=after)
