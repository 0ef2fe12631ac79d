"""One policy on one stream, day by day: decide, wait for labels, perhaps retrain."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from casebook.retraining._known import Labelling, Reports, Seen, Signal, training_labels
from casebook.retraining._logistic import FastLogistic
from casebook.streams import DAY, Stream
from prerelease import _validate
from prerelease.costs import CostModel, best_threshold, row_costs

_FOLDS, _PRICED, _COSTS = 4, 10_000, CostModel()


class Policy(Protocol):
    """Anything that says each morning whether to retrain."""

    def retrain(self, seen: Seen) -> bool:
        """Tell whether to retrain, from what may be known."""


@dataclass(frozen=True)
class Never:
    """Keep the first model.

    Examples
    --------
    >>> Never()
    Never()
    """

    def retrain(self, seen: Seen) -> bool:
        """Tell that there is no retraining."""
        return False


@dataclass(frozen=True)
class Scheduled:
    """Retrain every so many days.

    Parameters
    ----------
    every : int, default 7
        Days from one retraining to the next.

    Examples
    --------
    >>> Scheduled(every=1)
    Scheduled(every=1)
    """

    every: int = 7

    def __post_init__(self) -> None:
        """Refuse a schedule without days."""
        _validate.integer(self.every, "every", low=1)

    def retrain(self, seen: Seen) -> bool:
        """Tell whether the day has come."""
        return seen.day > seen.n_history and (seen.day - seen.n_history) % self.every == 0


@dataclass(frozen=True)
class Triggered:
    """Retrain when a signal reaches its threshold.

    Parameters
    ----------
    threshold : float
        See `casebook.monitoring.threshold` for one that keeps false alarms rare.
    signal : Signal, default `Reports()`
        Called each morning with what may be known.
    rest : int, default 3
        Days from one retraining to the next at least.

    Raises
    ------
    ValueError
        If the threshold is not a number or `rest` not a positive integer.

    Examples
    --------
    >>> Triggered(4.0).rest
    3
    """

    threshold: float
    signal: Signal = field(default_factory=Reports)
    rest: int = 3

    def __post_init__(self) -> None:
        """Refuse what cannot be reached."""
        _validate.number(self.threshold, "threshold")
        _validate.integer(self.rest, "rest", low=1)

    def retrain(self, seen: Seen) -> bool:
        """Tell whether the signal alarms, unless the present model is new."""
        rested = seen.since == seen.n_history or seen.day - seen.since >= self.rest
        return rested and seen.day > seen.n_history and self.signal(seen) >= self.threshold


@dataclass(eq=False)
class Learner:
    """A model to be trained on what is known of a stream, and to decide about its payments.

    Parameters
    ----------
    stream : Stream
        The payments.
    n_honest : int, default 2000
        Honest payments to train on, drawn from those that are known; all known frauds are used.

    Notes
    -----
    The model is `FastLogistic`, which is trained in milliseconds.

    It decides as the book's models do: by one threshold, the cheapest on what is known. The
    scores that choose it come from models of the same kind that have not learned the days which
    they score (four folds of whole days, so of whole bursts); where all known frauds lie in one
    fold, that fold is scored by the model itself.

    Rows are drawn by their lots, so policies that know the same have the same model.
    """

    stream: Stream
    n_honest: int = 2000

    def fit(self, usable: NDArray[np.bool_], fraud: NDArray[np.bool_]) -> tuple[Any, float]:
        """Return a model of the usable rows, and the score from which it blocks."""
        frauds, honest = np.flatnonzero(usable & fraud), np.flatnonzero(usable & ~fraud)
        if not frauds.size or not honest.size:
            msg = (
                f"Training needs known frauds and known honest payments, got {frauds.size} "
                f"and {honest.size}."
            )
            raise ValueError(msg)
        rows = np.sort(np.r_[self._drawn(honest, self.n_honest), frauds])
        model = FastLogistic().fit(self._values[rows], fraud[rows])
        drawn = self._drawn(honest, max(self.n_honest, _PRICED))
        weight = self.stream.weight.copy()
        weight[drawn] *= weight[honest].sum() / weight[drawn].sum()
        priced = np.sort(np.r_[drawn, frauds])
        choice = best_threshold(
            fraud[priced], self._held_out(model, rows, priced, fraud), self.stream.amount[priced],
            costs=_COSTS, weight=weight[priced],
        )  # fmt: skip
        return model, choice.threshold

    def _drawn(self, rows: NDArray[np.intp], n: int) -> NDArray[np.intp]:
        """Return at most `n` of the rows, those with the lowest lots."""
        if rows.size <= n:
            return rows
        return rows[np.argpartition(self.stream.lot[rows], n)[:n]]

    def _held_out(
        self,
        model: FastLogistic,
        rows: NDArray[np.intp],
        priced: NDArray[np.intp],
        fraud: NDArray[np.bool_],
    ) -> NDArray[np.float64]:
        """Return the score of each priced row by a model that has not learned its day."""
        fold_of = self._fold_of
        score = np.empty(priced.size)
        for fold in np.unique(fold_of[priced]):
            out, rest = fold_of[priced] == fold, rows[fold_of[rows] != fold]
            both = fraud[rest].any() and not fraud[rest].all()
            judge = FastLogistic().fit(self._values[rest], fraud[rest], model) if both else model
            score[out] = judge.predict_proba(self._values[priced[out]])[:, 1]
        return score

    @cached_property
    def inputs(self) -> pd.DataFrame:
        """The inputs of the stream."""
        return self.stream.inputs()

    @cached_property
    def _values(self) -> NDArray[np.float64]:
        # Row after row: picking rows out of columns takes longer than learning from them.
        return np.ascontiguousarray(self.inputs)

    @cached_property
    def _fold_of(self) -> NDArray[np.intp]:
        return (self.stream.time // DAY).astype(np.intp) % _FOLDS

    @cached_property
    def first(self) -> tuple[Any, float]:
        """The model of the history."""
        history = np.zeros(len(self.stream), dtype=bool)
        history[self.stream.rows_of(0, self.stream.n_history)] = True
        return self.fit(history, history & self.stream.fraud)

    def decide(self, fitted: tuple[Any, float], rows: slice) -> NDArray[np.bool_]:
        """Return which payments a model blocks."""
        model, threshold = fitted
        return model.predict_proba(self._values[rows])[:, 1] >= threshold

    def bill(self, block: NDArray[np.bool_], rows: slice) -> float:
        """Return the euros that decisions about some rows cost."""
        stream = self.stream
        paid = row_costs(stream.fraud[rows], block, stream.amount[rows], costs=_COSTS)
        return float(paid @ stream.weight[rows])


def run(
    learner: Learner, policy: Policy, *, labelling: Labelling | None = None
) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Let a policy decide and retrain through a stream.

    Parameters
    ----------
    learner : Learner
        The stream and the model.
    policy : Policy
        Says each morning whether to retrain.
    labelling : Labelling, optional
        How labels come to be known; by default at once for accepted payments, never for
        blocked ones.

    Returns
    -------
    days : DataFrame
        A row for each day on which the model decided: ``day``, counted from the first day of
        the stream, ``cost`` (euros, without the retraining), ``retrained``, and the number of
        ``frauds`` and of those ``missed``.
    blocked : ndarray of bool, shape (n,)
        The decisions; False in the history.

    Raises
    ------
    ValueError
        If a model is to be trained where no fraud is known.

    Examples
    --------
    >>> from casebook import data, split, streams
    >>> payments = pd.concat(split.development(data.load_sample()))
    >>> stream = streams.build(streams.pool(payments))
    >>> days, blocked = run(Learner(stream), Scheduled(every=7))
    >>> days.loc[days["retrained"], "day"].tolist()
    [14, 21, 28]
    """
    labelling = labelling or Labelling()
    stream = learner.stream
    blocked = np.zeros(len(stream), dtype=bool)
    fitted, since, rows = learner.first, stream.n_history, []
    begin = stream.rows_of(0, since).stop
    for day in range(stream.n_history, stream.n_days):
        n = stream.rows_of(0, day).stop
        missed = (np.arange(n) >= begin) & stream.fraud[:n] & ~blocked[:n]
        reported = stream.time[:n][missed] + labelling.delay * DAY
        seen = Seen(
            day=day, since=since, n_history=stream.n_history, time=stream.time[:n],
            inputs=learner.inputs.iloc[:n], blocked=blocked[:n],
            report_time=reported[reported <= day * DAY],
        )  # fmt: skip
        retrain = policy.retrain(seen)
        if retrain:
            fitted = learner.fit(*training_labels(stream, blocked, day, labelling=labelling))
            since = day
        today = stream.rows_of(day, day + 1)
        blocked[today] = learner.decide(fitted, today)
        frauds = stream.fraud[today]
        rows.append(
            (day, learner.bill(blocked[today], today), retrain, int(frauds.sum()),
             int((frauds & ~blocked[today]).sum()))
        )  # fmt: skip
    return pd.DataFrame(rows, columns=["day", "cost", "retrained", "frauds", "missed"]), blocked
