"""Permutation importance: scores with one column shuffled, then priced in any measure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate, intervals
from prerelease.intervals import Interval

from ._score import Floats, probability, table
from ._worth import Worth


@dataclass(frozen=True, eq=False)
class Shuffled:
    """Scores of rows as they are, and with one column, or group of columns, shuffled.

    Parameters
    ----------
    score : ndarray, shape (n,)
        Probability of fraud.
    without : mapping of str to ndarray, shape (repeats, n)
        For each column or group, the scores with it shuffled, once for each repeat.
    weight : ndarray, shape (n,)
        How many real payments each row stands for.
    """

    score: Floats = field(repr=False)
    without: Mapping[str, Floats] = field(repr=False)
    weight: Floats = field(repr=False)


def shuffle(  # noqa: PLR0913 - all but the model and its rows are keywords
    model: Any,
    X: pd.DataFrame,
    *,
    columns: Mapping[str, Sequence[str]] | Sequence[str] | None = None,
    n_repeats: int = 3,
    sample_weight: ArrayLike | None = None,
    orders: ArrayLike | None = None,
    seed: int = 0,
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
    n_repeats : int, default 3
        Shuffles of each column, at least 1.
    sample_weight : array-like, shape (n,), optional
        How many real payments each row stands for. If weights differ, values are drawn by
        weight, with replacement: shuffled rows then hold them as often as real payments do.
    orders : array-like of int, shape (repeats, n), optional
        Which row each row takes its value from, in place of random draws.
    seed : int, default 0
        Of the draws. All columns meet the same shuffles, so that they can be compared.
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
    for number, (name, members) in enumerate(groups.items(), start=1):
        without[name] = np.stack([_scored(model, rows, members, order) for order in drawn])
        if tell is not None:
            tell(number, len(groups))
    return Shuffled(probability(model, rows), without, weight)


def permutation_importance(  # noqa: PLR0913 - the measure, and how rows are drawn
    shuffled: Shuffled,
    y: ArrayLike,
    worth: Worth,
    *,
    scheme: Any = None,
    n_resamples: int = 500,
    seed: int = 0,
) -> dict[str, Interval]:
    r"""Return what is lost when a column is shuffled, with intervals.

    Parameters
    ----------
    shuffled : Shuffled
        Scores by `shuffle`.
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud.
    worth : InAveragePrecision or InEuros
        What the loss is measured in.
    scheme : Scheme, optional
        How rows are drawn: `prerelease.intervals.Blocks` where frauds come in bursts;
        stratified by default.
    n_resamples : int, default 500
        Of the bootstrap, at least 100.
    seed : int, default 0
        Of the bootstrap.

    Returns
    -------
    dict of str to Interval
        For each column or group, in their order: above 0 where the model needs it.

    Raises
    ------
    ValueError
        If lengths differ, a label is neither 0 nor 1, or a class is missing.

    Notes
    -----
    With `M` the measure, `s` the scores and :math:`s^{(r)}` those of shuffle `r` of `R`,

    .. math:: I = M(s) - \frac{1}{R} \sum_{r=1}^{R} M(s^{(r)})

    [1]_, on any rows [2]_. The interval is a paired percentile bootstrap: in each resample all
    scores meet the same rows. Shuffles are averaged over, not drawn again: with more repeats
    that share of the doubt vanishes. A column is judged *beside all others*: what two columns
    both know is missed in neither. Shuffle them together to see it.

    References
    ----------
    .. [1] Breiman (2001). Random forests. Machine Learning 45, 5-32.
    .. [2] Fisher, Rudin and Dominici (2019). All models are wrong, but many are useful.
       JMLR 20(177), 1-81.

    Examples
    --------
    >>> from prerelease.explain import InAveragePrecision
    >>> scored = Shuffled(np.array([0.1, 0.2, 0.8, 0.9]), {"a": np.array([[0.9, 0.8, 0.2, 0.1]])},
    ...                   np.ones(4))
    >>> loss = permutation_importance(scored, [0, 0, 1, 1], InAveragePrecision())
    >>> round(loss["a"].estimate, 3)
    0.583
    """
    fraud = _validate.binary(y, "y")
    draws = losses(shuffled, fraud, worth, scheme=scheme, n_resamples=n_resamples, seed=seed)
    return {name: as_interval(*draw, fraud) for name, draw in draws.items()}


def losses(  # noqa: PLR0913 - as `permutation_importance`
    shuffled: Shuffled,
    fraud: NDArray[np.bool_],
    worth: Worth,
    *,
    scheme: Any,
    n_resamples: int,
    seed: int,
) -> dict[str, tuple[float, Floats]]:
    """Return, for each column, what is lost without it: on these rows, and in each resample."""
    _validate.same_length(y=fraud, score=shuffled.score)
    base = worth.column(fraud, shuffled.score)
    how = {"sample_weight": shuffled.weight}
    result = {}
    for name, scores in shuffled.without.items():
        columns = [base, *(worth.column(fraud, score) for score in scores)]
        of_all = [intervals.value(worth.metric, fraud, column, **how) for column in columns]
        resampled = intervals.replicates(
            worth.metric, fraud, columns, scheme=scheme, n_resamples=n_resamples, seed=seed, **how
        )
        estimate = worth.sign * (of_all[0] - float(np.mean(of_all[1:])))
        result[name] = estimate, worth.sign * (resampled[0] - resampled[1:].mean(axis=0))
    return result


def as_interval(
    estimate: float, resampled: Floats, fraud: NDArray[np.bool_], *, level: float = 0.95
) -> Interval:
    """Return the percentile interval of resampled values, stretched to hold the estimate."""
    tails = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(resampled[~np.isnan(resampled)], tails)
    return Interval(
        estimate,
        min(float(low), estimate),
        max(float(high), estimate),
        level,
        "paired percentile",
        len(fraud),
        int(fraud.sum()),
    )


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
