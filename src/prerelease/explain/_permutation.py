"""What is lost without a column: shuffled, or never there; priced in average precision or cost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone

from prerelease import _validate
from prerelease.intervals import AveragePrecision, Interval, Total, redrawn

from ._resamples import Resamples
from ._score import Floats, in_turn, probability, table


@dataclass(frozen=True, eq=False)
class Shuffled:
    """Scores of rows as they are, and with one column, or group of columns, shuffled.

    Parameters
    ----------
    score : ndarray, shape (n,)
        Probability of a positive.
    without : mapping of str to ndarray, shape (repeats, n)
        For each column or group, the scores with it shuffled, once for each repeat.
    """

    score: Floats = field(repr=False)
    without: Mapping[str, Floats] = field(repr=False)


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
        Shuffles of each column, at least 1. A cost hangs on a few decisions about large
        amounts, and the luck of a shuffle is as large as that of the rows: take no fewer than
        20.
    sample_weight : array-like, shape (n,), optional
        How many real rows each row stands for. If weights differ, values are drawn by weight,
        with replacement: shuffled rows then hold them as often as real rows do.
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
        If a column is unknown, or an input holds what it cannot.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> X = pd.DataFrame({"used": [0.0, 0.0, 1.0, 1.0], "unused": 1.0})
    >>> model = DecisionTreeClassifier().fit(X, [0, 0, 1, 1])
    >>> scored = shuffle(model, X, n_repeats=1, seed=2)
    >>> scored.without["used"].tolist(), scored.without["unused"].tolist()
    ([[1.0, 1.0, 0.0, 0.0]], [[0.0, 0.0, 1.0, 1.0]])
    """
    rows = table(X)
    groups = _groups(columns, list(rows.columns))
    weight = _validate.weights(sample_weight, "sample_weight", len(rows))
    drawn = _orders(weight, n_repeats, seed)

    def mixed(name: str, order: NDArray[np.intp]) -> Floats:
        moved = {column: rows[column].to_numpy()[order] for column in groups[name]}
        return probability(model, rows.assign(**moved))

    def one(name: str) -> Floats:
        return np.stack([mixed(name, order) for order in drawn])

    return Shuffled(probability(model, rows), in_turn(one, [*groups], at_once, tell))


def drop_columns(  # noqa: PLR0913 - rows to learn from, with weights, and rows to judge by
    model: Any,
    X: pd.DataFrame,
    y: ArrayLike,
    X_held_out: pd.DataFrame,
    *,
    columns: Mapping[str, Sequence[str]] | Sequence[str] | None = None,
    fit_weight: ArrayLike | None = None,
    at_once: int = 2,
    tell: Callable[[int, int], object] | None = None,
) -> Shuffled:
    """Train the model again without each column, and score rows that it did not learn from.

    Parameters
    ----------
    model : classifier
        Cloned for each fit; left as it is.
    X, y : DataFrame, shape (n, features), and array-like of {0, 1}, shape (n,)
        Rows to learn from.
    X_held_out : DataFrame, shape (m, features)
        Rows to be scored.
    fit_weight : array-like, shape (n,), optional
        Passed to ``fit`` as ``sample_weight``.
    columns, at_once, tell
        As for `shuffle`: columns to leave out, and models that are trained at a time.

    Returns
    -------
    Shuffled
        The scores with all columns and without each, for `permutation_importance`: priced and
        given intervals by the same rule, a dropped column is one that was shuffled once.
        Several trainings, on other draws of the rows, go there as a list.

    Raises
    ------
    ValueError
        If a column is unknown, none would be left, or an input holds what it cannot.

    Notes
    -----
    The other columns take over what the lost one knew, as far as they can: this is what the
    *data* loses [1]_. The interval of one training knows the luck of the rows that judge, not
    that of the rows learned from; that of several that were stacked knows both.

    References
    ----------
    .. [1] Lei, G'Sell, Rinaldo, Tibshirani and Wasserman (2018). Distribution-free predictive
       inference for regression. JASA 113, 1094-1111 (there: LOCO, leave one covariate out).

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> X = pd.DataFrame({"used": [0.0, 0.0, 1.0, 1.0], "unused": 1.0})
    >>> scored = drop_columns(DecisionTreeClassifier(), X, [0, 0, 1, 1], X)
    >>> scored.without["used"].tolist()
    [[0.5, 0.5, 0.5, 0.5]]
    """
    learn, judge = table(X), table(X_held_out, "X_held_out")
    positive = _validate.binary(y, "y")
    _validate.same_length(X=learn, y=positive)
    groups = _groups(columns, list(learn.columns))
    if any(len(set(members)) == learn.shape[1] for members in groups.values()):
        msg = "A model needs a column to learn from, got a group of all columns."
        raise ValueError(msg)
    extra = {} if fit_weight is None else {"sample_weight": fit_weight}

    def scores(name: str | None) -> Floats:
        kept = [column for column in learn.columns if column not in groups.get(name, ())]
        fitted = clone(model).fit(learn[kept], positive.astype(int), **extra)
        return probability(fitted, judge[kept])

    found = in_turn(scores, [*groups], at_once, tell)
    return Shuffled(scores(None), {name: score[None] for name, score in found.items()})


def permutation_importance(
    shuffled: Shuffled | Sequence[Shuffled],
    rows: Resamples,
    cost: Callable[[Floats], ArrayLike] | None = None,
    *,
    asked: int | None = None,
) -> dict[str, Interval]:
    r"""Return what is lost when a column is shuffled, with intervals.

    Parameters
    ----------
    shuffled : Shuffled or sequence of Shuffled
        Scores by `shuffle`, or those of several trainings by `drop_columns`: the repeats.
    rows : Resamples
        The same rows, with their labels, and how they are drawn: by `resample`.
    cost : callable, optional
        Takes scores of the rows and returns what the decisions by them cost, one number a row:
        then the loss is what the bill grows by. The rule should be the one that is served, its
        threshold where it is, as it would stay in production: nobody tunes it to broken scores.
        By default the loss is in average precision.
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
    anew from the `R`, with replacement; drawn so, their mean varies too little, and is stretched
    by :math:`\sqrt{R / (R - 1)}`. One shuffle alone has no spread to learn from: its interval
    knows the rows only.

    A column is judged *beside all others*: what two columns both know is missed in neither.
    Shuffle them together to see it.

    References
    ----------
    .. [1] Breiman (2001). Random forests. Machine Learning 45, 5-32.
    .. [2] Fisher, Rudin and Dominici (2019). All models are wrong, but many are useful.
       JMLR 20(177), 1-81.

    Examples
    --------
    >>> from prerelease.explain import resample
    >>> scored = Shuffled(np.array([0.1, 0.2, 0.8, 0.9]), {"a": np.array([[0.9, 0.8, 0.2, 0.1]])})
    >>> rows = resample([0, 0, 1, 1], n_resamples=100)
    >>> round(permutation_importance(scored, rows)["a"].estimate, 3)
    0.583
    >>> missed = permutation_importance(scored, rows, lambda score: 50 * ([0, 0, 1, 1] > score))
    >>> missed["a"].estimate
    0.0
    """
    found = losses(shuffled, rows, cost)
    asked = len(found) if asked is None else asked
    return {name: loss.interval(asked=asked) for name, loss in found.items()}


def losses(
    shuffled: Shuffled | Sequence[Shuffled],
    rows: Resamples,
    cost: Callable[[Floats], ArrayLike] | None = None,
) -> dict[str, Loss]:
    """Return what is lost without each column: on the rows, and on each resample.

    Parameters
    ----------
    shuffled, rows, cost
        As for `permutation_importance`.

    Returns
    -------
    dict of str to Loss
        ``estimate``, ``resampled`` and ``interval(asked=...)``. Shuffle `r` is the same order
        for all columns, and so is its draw: differences of these losses are paired.

    Examples
    --------
    >>> from prerelease.explain import resample
    >>> score = np.array([0.1, 0.2, 0.8, 0.9])
    >>> rows = resample([0, 0, 1, 1], n_resamples=100)
    >>> losses(Shuffled(score, {"a": score[None]}), rows)["a"].estimate
    0.0
    """

    def read(scores: Floats) -> tuple[Floats, Floats]:
        columns = np.atleast_2d(scores)
        if cost is None:
            values, drawn = zip(*(rows.read(AveragePrecision(), c) for c in columns), strict=True)
            return np.array(values), np.stack(drawn)
        bills = (np.asarray(cost(column), dtype=np.float64) for column in columns)
        values, drawn = zip(*(rows.read(Total(), bill) for bill in bills), strict=True)
        return -np.array(values), -np.stack(drawn)

    repeats = [shuffled] if isinstance(shuffled, Shuffled) else shuffled
    whole, whole_drawn = read(np.stack([each.score for each in repeats]))
    result = {}
    for name in repeats[0].without:
        scores = np.concatenate([each.without[name] for each in repeats])
        values, drawn = read(scores)
        # The same picks for all columns: shuffle r is the same order for all of them.
        picks = np.random.default_rng([rows.seed, len(drawn)])
        lost = redrawn(whole_drawn - drawn, picks)
        result[name] = Loss(float(np.mean(whole - values)), lost, rows, len(scores))
    return result


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


def _orders(weight: Floats, n_repeats: int, seed: int) -> NDArray[np.intp]:
    """Return whose value each row gets, in each repeat: rows that weigh more give theirs more."""
    n = len(weight)
    _validate.integer(n_repeats, "n_repeats", low=1)
    rng = np.random.default_rng(_validate.integer(seed, "seed", low=0))
    if np.ptp(weight) == 0:
        return np.stack([rng.permutation(n) for _ in range(n_repeats)])
    return rng.choice(n, size=(n_repeats, n), p=weight / weight.sum())
