"""Permutation importance: scores with one column shuffled, then priced in any measure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import sub
from typing import Any, Self

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate
from prerelease.intervals import Interval, redrawn

from ._resamples import Resamples
from ._score import Floats, probability, table
from ._worth import Worth


@dataclass(frozen=True, eq=False)
class Shuffled:
    """Scores of rows as they are, and with one column, or group of columns, shuffled.

    Parameters
    ----------
    score : ndarray, shape (n,) or (repeats, n)
        Probability of fraud; one row a repeat where each repeat has a model of its own.
    without : mapping of str to ndarray, shape (repeats, n)
        For each column or group, the scores with it shuffled, once for each repeat.
    weight : ndarray, shape (n,)
        How many real payments each row stands for.
    """

    score: Floats = field(repr=False)
    without: Mapping[str, Floats] = field(repr=False)
    weight: Floats = field(repr=False)

    @classmethod
    def of_trainings(cls, repeats: Sequence["Shuffled"]) -> Self:
        """Return several trainings of one model, such as `drop_columns` returns, as repeats."""
        return cls(
            np.stack([each.score for each in repeats]),
            {
                name: np.concatenate([each.without[name] for each in repeats])
                for name in repeats[0].without
            },
            repeats[0].weight,
        )


@dataclass(frozen=True, eq=False)
class Loss:
    """What is lost without a column: on some rows, and on each resample of them.

    Parameters
    ----------
    estimate : float
        On the rows as they are, the mean over all repeats.
    resampled : ndarray, shape (resamples,)
        On each resample, the repeats drawn anew.
    rows : Resamples
        The rows.
    repeats : int
        Shuffles, or trainings.
    """

    estimate: float
    resampled: Floats = field(repr=False)
    rows: Resamples = field(repr=False)
    repeats: int

    def __sub__(self, other: "Loss") -> "Loss":
        """Return the difference, paired where both are of the same resamples."""
        drawn = self.resampled - other.resampled
        return replace(self, estimate=self.estimate - other.estimate, resampled=drawn)

    def interval(self, *, asked: int = 1) -> Interval:
        """Return the interval of one of several losses that are asked about at once."""
        known = self.rows.interval(self.estimate, self.resampled, asked=asked)
        if self.repeats == 1:
            return known
        return replace(known, method=f"{known.method} over rows and {self.repeats} repeats")


def shuffle(  # noqa: PLR0913 - all but the model and its rows are keywords
    model: Any,
    X: pd.DataFrame,
    *,
    columns: Mapping[str, Sequence[str]] | Sequence[str] | None = None,
    n_repeats: int = 20,
    sample_weight: ArrayLike | None = None,
    orders: ArrayLike | None = None,
    seed: int = 0,
    at_once: int = 2,
    tell: Callable[[int, int], object] | None = None,
) -> Shuffled:
    """Score rows with each column in turn shuffled: once, however many measures follow.

    Parameters
    ----------
    model : classifier
        Any fitted classifier of two classes with ``predict_proba``.
    X : DataFrame, shape (n, features)
        Rows that the model did not learn from, unless it is to be caught doing so.
    columns : sequence of str, or mapping of str to sequence of str, optional
        Columns to shuffle, one at a time; or named groups, whose columns are shuffled
        together, so that they still fit each other. All columns by default.
    n_repeats : int, default 20
        Shuffles of each column, at least 1. Euros hang on a few decisions about large amounts,
        and the luck of a shuffle is as large as that of the rows: take no fewer than 20.
    sample_weight : array-like, shape (n,), optional
        How many real payments each row stands for. If weights differ, values are drawn by
        weight, with replacement: shuffled rows then hold them as often as real payments do.
    orders : array-like of int, shape (repeats, n), optional
        Which row each row takes its value from, in place of random draws.
    seed : int, default 0
        Of the draws. All columns meet the same shuffles, so that they can be compared.
    at_once : int, default 2
        How many columns are scored at a time.
    tell : callable, optional
        Called with the number of columns done, and of all.

    Returns
    -------
    Shuffled
        For `permutation_importance`, with any measure.

    Raises
    ------
    ValueError
        If a column is unknown, `orders` does not fit, or an input holds what it cannot.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> X = pd.DataFrame({"used": [0.0, 0.0, 1.0, 1.0], "unused": 1.0})
    >>> model = DecisionTreeClassifier().fit(X, [0, 0, 1, 1])
    >>> scored = shuffle(model, X, orders=[[3, 2, 1, 0]])
    >>> scored.without["used"].tolist(), scored.without["unused"].tolist()
    ([[1.0, 1.0, 0.0, 0.0]], [[0.0, 0.0, 1.0, 1.0]])
    """
    rows = table(X)
    groups = _groups(columns, list(rows.columns))
    weight = _validate.weights(sample_weight, "sample_weight", len(rows))
    drawn = _orders(orders, weight, n_repeats, seed)
    without = {}

    def one(name: str, members: Sequence[str]) -> None:
        without[name] = np.stack([_scored(model, rows, members, order) for order in drawn])
        if tell is not None:
            tell(len(without), len(groups))

    Parallel(n_jobs=_validate.integer(at_once, "at_once", low=1), require="sharedmem")(
        delayed(one)(name, members) for name, members in groups.items()
    )
    return Shuffled(probability(model, rows), {name: without[name] for name in groups}, weight)


def permutation_importance(
    shuffled: Shuffled, rows: Resamples, worth: Worth, *, asked: int | None = None
) -> dict[str, Interval]:
    r"""Return what is lost when a column is shuffled, with intervals.

    Parameters
    ----------
    shuffled : Shuffled
        Scores by `shuffle`.
    rows : Resamples
        The same rows, with their labels, and how they are drawn: by `resample`.
    worth : InAveragePrecision or InEuros
        What the loss is measured in.
    asked : int, optional
        How many losses are asked about at once, so that their intervals hold together
        (`prerelease.intervals.joint_level`): by default all that were shuffled.

    Returns
    -------
    dict of str to Interval
        For each column or group, in their order: above 0 where the model needs it.

    Raises
    ------
    ValueError
        If lengths differ.

    Notes
    -----
    With `M` the measure, `s` the scores and :math:`s^{(r)}` those of shuffle `r` of `R`,

    .. math:: I = M(s) - \frac{1}{R} \sum_{r=1}^{R} M(s^{(r)})

    [1]_, on any rows [2]_. The interval is a paired percentile bootstrap of the rows *and of
    the shuffles*: in each resample all scores meet the same rows, and `R` shuffles are drawn
    anew from the `R`, with replacement. So few vary too little among themselves, so what their
    mean deviates from the mean of all is stretched by the root of :math:`R / (R - 1)`. One
    shuffle alone has no spread to learn from: its interval knows the rows only.

    A column is judged *beside all others*: what two columns both know is missed in neither.
    Shuffle them together to see it (`beyond_members`).

    References
    ----------
    .. [1] Breiman (2001). Random forests. Machine Learning 45, 5-32.
    .. [2] Fisher, Rudin and Dominici (2019). All models are wrong, but many are useful.
       JMLR 20(177), 1-81.

    Examples
    --------
    >>> from prerelease.explain import InAveragePrecision, resample
    >>> scored = Shuffled(np.array([0.1, 0.2, 0.8, 0.9]), {"a": np.array([[0.9, 0.8, 0.2, 0.1]])},
    ...                   np.ones(4))
    >>> rows = resample([0, 0, 1, 1], n_resamples=100)
    >>> loss = permutation_importance(scored, rows, InAveragePrecision())
    >>> round(loss["a"].estimate, 3)
    0.583
    """
    found = losses(shuffled, rows, worth)
    asked = len(found) if asked is None else asked
    return {name: loss.interval(asked=asked) for name, loss in found.items()}


def losses(shuffled: Shuffled, rows: Resamples, worth: Worth) -> dict[str, Loss]:
    """Return what is lost without each column: on the rows, and on each resample.

    Parameters
    ----------
    shuffled, rows, worth
        As for `permutation_importance`.

    Returns
    -------
    dict of str to Loss
        Shuffle `r` is the same order for all columns, and so is its draw: sums and differences
        of these losses are paired.

    Examples
    --------
    >>> from prerelease.explain import InAveragePrecision, resample
    >>> score = np.array([0.1, 0.2, 0.8, 0.9])
    >>> losses(Shuffled(score, {"a": score[None]}, np.ones(4)),
    ...        resample([0, 0, 1, 1], n_resamples=100), InAveragePrecision())["a"].estimate
    0.0
    """

    def read(scores: Floats) -> tuple[Floats, Floats]:
        columns = [worth.column(rows.fraud, score) for score in np.atleast_2d(scores)]
        values, drawn = zip(*(rows.read(worth.metric, each) for each in columns), strict=True)
        return worth.sign * np.array(values), worth.sign * np.stack(drawn)

    whole, whole_drawn = read(shuffled.score)
    result = {}
    for name, scores in shuffled.without.items():
        values, drawn = read(scores)
        # The same picks for all columns: shuffle r is the same order for all of them.
        picks = np.random.default_rng([rows.seed, len(drawn)])
        lost = redrawn(whole_drawn - drawn, picks)
        result[name] = Loss(float(np.mean(whole - values)), lost, rows, len(scores))
    return result


def beyond_members(
    together: Mapping[str, Loss],
    single: Mapping[str, Loss],
    groups: Mapping[str, Sequence[str]],
    *,
    asked: int | None = None,
) -> dict[str, Interval]:
    """Return how much more a group costs when shuffled together than its members one by one.

    Parameters
    ----------
    together, single : mapping of str to Loss
        What `losses` returns of each group, and of each of their columns: of the same rows,
        shuffled by the same orders.
    groups : mapping of str to sequence of str
        The members of each group.
    asked : int, optional
        As for `permutation_importance`: by default as many as there are groups.

    Returns
    -------
    dict of str to Interval
        The loss of the group minus the sum of its members' losses, paired in rows and shuffles.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from prerelease.explain import InAveragePrecision, resample
    >>> X = pd.DataFrame({"a": [0.0, 0.0, 1.0, 1.0], "b": 1.0})
    >>> model, pair = DecisionTreeClassifier().fit(X, [0, 0, 1, 1]), {"a, b": ["a", "b"]}
    >>> rows = resample([0, 0, 1, 1], n_resamples=100)
    >>> both, one = (losses(shuffle(model, X, columns=columns), rows, InAveragePrecision())
    ...              for columns in (pair, None))
    >>> print(beyond_members(both, one, pair)["a, b"])
    0.000 [0.000, 0.000]
    """
    asked = len(groups) if asked is None else asked
    return {
        name: reduce(sub, (single[member] for member in members), together[name]).interval(
            asked=asked
        )
        for name, members in groups.items()
    }


def _scored(
    model: Any, rows: pd.DataFrame, members: Sequence[str], order: NDArray[np.intp]
) -> Floats:
    mixed = rows.assign(**{name: rows[name].to_numpy()[order] for name in members})
    return probability(model, mixed)


def _groups(
    columns: Mapping[str, Sequence[str]] | Sequence[str] | None, known: list[str]
) -> dict[str, Sequence[str]]:
    if columns is None:
        columns = known
    groups = dict(columns) if isinstance(columns, Mapping) else {name: [name] for name in columns}
    unknown = [name for members in groups.values() for name in members if name not in known]
    empty = [name for name, members in groups.items() if not len(members)]
    if unknown or empty or not groups:
        msg = f"columns must be columns of X, got unknown {unknown} and empty groups {empty}."
        raise ValueError(msg)
    return groups


def _orders(
    orders: ArrayLike | None, weight: Floats, n_repeats: int, seed: int
) -> NDArray[np.intp]:
    n = len(weight)
    if orders is not None:
        drawn = np.asarray(orders)
        whole = np.issubdtype(drawn.dtype, np.integer)
        if (
            drawn.ndim != 2
            or drawn.shape[1] != n
            or not whole
            or not np.isin(drawn, range(n)).all()
        ):
            msg = f"orders must hold positions from 0 to {n - 1} in rows of {n}."
            raise ValueError(msg)
        return drawn
    _validate.integer(n_repeats, "n_repeats", low=1)
    rng = np.random.default_rng(_validate.integer(seed, "seed", low=0))
    if np.ptp(weight) == 0:
        return np.stack([rng.permutation(n) for _ in range(n_repeats)])
    return rng.choice(n, size=(n_repeats, n), p=weight / weight.sum())
