"""Planted controls: columns whose worth we know, which test the explanation and not the model."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone

from prerelease import _validate

from ._drop import drop_columns
from ._permutation import shuffle
from ._score import Floats, learned_and_held_out, precision, probability

LEAK, IDENTIFIER = "leak", "identifier"


def noise_columns(n: int, k: int, *, seed: int = 0) -> pd.DataFrame:
    """Return columns of pure noise, which nothing should find important.

    Parameters
    ----------
    n, k : int
        Rows and columns, at least 1.
    seed : int, default 0
        Of the draw.

    Returns
    -------
    DataFrame, shape (n, k)
        Normal, mean 0, standard deviation 1; columns ``noise_1``, ``noise_2``, …

    Raises
    ------
    ValueError
        If there are no rows or columns.

    Examples
    --------
    >>> noise_columns(3, 2).columns.tolist()
    ['noise_1', 'noise_2']
    """
    _validate.integer(n, "n", low=1)
    _validate.integer(k, "k", low=1)
    rng = np.random.default_rng(_validate.integer(seed, "seed", low=0))
    names = [f"noise_{number}" for number in range(1, k + 1)]
    return pd.DataFrame(rng.normal(size=(n, k)), columns=names)


def identifier_column(n: int, *, seed: int = 0) -> Floats:
    """Return numbers that grow from row to row and never repeat, as a receipt's number does.

    Parameters
    ----------
    n : int
        Rows, at least 1, in the order of time.
    seed : int, default 0
        Of the draw.

    Returns
    -------
    ndarray, shape (n,)
        Whole numbers, with gaps of 1 to 20 between them.

    Raises
    ------
    ValueError
        If there are no rows.

    Examples
    --------
    >>> bool(np.all(np.diff(identifier_column(100)) > 0))
    True
    """
    _validate.integer(n, "n", low=1)
    rng = np.random.default_rng(_validate.integer(seed, "seed", low=0))
    return np.cumsum(rng.integers(1, 21, size=n)).astype(np.float64)


def leak_column(y: ArrayLike, strength: float, *, seed: int = 0) -> Floats:
    r"""Return noise that knows the label a little, or well.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud.
    strength : float
        By how many standard deviations frauds lie higher, 0 (pure noise) or more.
    seed : int, default 0
        Of the draw.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    ValueError
        If a label is neither 0 nor 1, or `strength` is below 0.

    Notes
    -----
    By itself, a column of strength δ has the ROC AUC :math:`\Phi(\delta / \sqrt 2)`: 0.64 at
    0.5, 0.76 at 1, 0.92 at 2.

    Examples
    --------
    >>> leak_column([0, 1], 1000.0).round(-3).tolist()
    [0.0, 1000.0]
    """
    fraud = _validate.binary(y, "y", both=False)
    _validate.number(strength, "strength", above=0, closed=True)
    rng = np.random.default_rng(_validate.integer(seed, "seed", low=0))
    return rng.normal(size=len(fraud)) + strength * fraud


@dataclass(frozen=True, eq=False)
class Trial:
    """A fitted model with planted columns, and the rows around it.

    Parameters
    ----------
    model : classifier
        Fitted on `X`.
    X, y, fit_weight
        What it learned from.
    X_held_out, y_held_out, sample_weight
        What it did not.
    planted : list of str
        Columns that were planted: the leak first.
    seed : int
        For draws of a method.
    """

    model: Any
    X: pd.DataFrame = field(repr=False)
    y: NDArray[np.bool_] = field(repr=False)
    fit_weight: Floats = field(repr=False)
    X_held_out: pd.DataFrame = field(repr=False)
    y_held_out: NDArray[np.bool_] = field(repr=False)
    sample_weight: Floats = field(repr=False)
    planted: Sequence[str]
    seed: int


def dose_response(  # noqa: PLR0913 - rows to learn from, rows to judge, doses and repetitions
    model: Any,
    X: pd.DataFrame,
    y: ArrayLike,
    X_held_out: pd.DataFrame,
    y_held_out: ArrayLike,
    *,
    methods: Mapping[str, Callable[[Trial], pd.Series]],
    strengths: Sequence[float],
    n_seeds: int,
    n_noise: int = 9,
    fit_weight: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
    tell: Callable[[int, int], object] | None = None,
) -> pd.DataFrame:
    """Plant a leak of growing strength beside noise, and see which method finds it, and when.

    Parameters
    ----------
    model : classifier
        Any; cloned for each fit.
    X, y : DataFrame, shape (n, features), and array-like of {0, 1}, shape (n,)
        Rows to learn from.
    X_held_out, y_held_out : DataFrame, shape (m, features), and array-like, shape (m,)
        Rows to judge by: they have the leak too, as real leaks do, until production.
    methods : mapping of str to callable
        Name of a method and a function that takes a `Trial` and returns the importance of the
        planted columns at least.
    strengths : sequence of float
        Of the leak (`leak_column`).
    n_seeds : int
        Repetitions of each strength, with other noise.
    n_noise : int, default 9
        Columns of noise beside the leak, at least 1.
    fit_weight, sample_weight : array-like, optional
        How many real payments each row stands for.
    tell : callable, optional
        Called with the number of fits done, and of all.

    Returns
    -------
    DataFrame
        A row for each strength, seed and method: ``strength``, ``seed``, ``method``,
        ``importance`` of the leak, ``noise`` (largest importance among the noise), ``found``
        (whether the first is above the second) and ``average_precision`` of the model on the
        held-out rows.

    Raises
    ------
    ValueError
        If an input holds what it cannot.

    Notes
    -----
    A leak of strength 0 is one more column of noise: it is then the largest of all, and falsely
    found, once in ``n_noise + 1`` times, by any method. Ties are not findings. To hold a column
    against the best of columns without meaning is Boruta's yardstick [1]_; its own are shuffled
    copies of the true ones.

    References
    ----------
    .. [1] Kursa and Rudnicki (2010). Feature selection with the Boruta package. Journal of
       Statistical Software 36(11), 1-13.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> X, y = noise_columns(200, 1), np.arange(200) % 4 == 0
    >>> found = dose_response(
    ...     DecisionTreeClassifier(max_depth=2), X.add_prefix("of "), y, X.add_prefix("of "), y,
    ...     methods={"permutation": planted_permutation}, strengths=[0.0, 9.0], n_seeds=1)
    >>> found.set_index("strength").loc[9.0, "found"]
    np.True_
    """
    learn, fraud, judge, other = learned_and_held_out(X, y, X_held_out, y_held_out)
    _validate.integer(n_seeds, "n_seeds", low=1)
    weights = (
        _validate.weights(fit_weight, "fit_weight", len(learn)),
        _validate.weights(sample_weight, "sample_weight", len(judge)),
    )
    doses = [(strength, seed) for seed in range(n_seeds) for strength in strengths]
    rows = []
    for number, (strength, seed) in enumerate(doses, start=1):
        noise = noise_columns(len(learn) + len(judge), n_noise, seed=1000 + seed)
        leak = leak_column(np.concatenate([fraud, other]), strength, seed=seed)
        planted = noise.assign(**{LEAK: leak})[[LEAK, *noise.columns]]
        with_it = [
            frame.assign(**{name: part[name].to_numpy() for name in planted})
            for frame, part in ((learn, planted[: len(learn)]), (judge, planted[len(learn) :]))
        ]
        fitted = clone(model).fit(with_it[0], fraud.astype(int), sample_weight=weights[0])
        trial = Trial(
            fitted, with_it[0], fraud, weights[0], with_it[1], other, weights[1],
            list(planted.columns), seed,
        )  # fmt: skip
        rows += [{"strength": strength, "seed": seed, **row} for row in _read(trial, methods)]
        if tell is not None:
            tell(number, len(doses))
    return pd.DataFrame(rows)


def _read(
    trial: Trial, methods: Mapping[str, Callable[[Trial], pd.Series]]
) -> list[dict[str, Any]]:
    score = probability(trial.model, trial.X_held_out)
    worth = precision(trial.y_held_out, score, trial.sample_weight)
    rows = []
    for name, method in methods.items():
        importance = method(trial)[list(trial.planted)]
        noise = float(importance.iloc[1:].max())
        rows.append(
            {
                "method": name,
                "importance": float(importance.iloc[0]),
                "noise": noise,
                "found": bool(importance.iloc[0] > noise),
                "average_precision": worth,
            }
        )
    return rows


def planted_permutation(trial: Trial) -> pd.Series:
    """Return the permutation importance of the planted columns: a method for `dose_response`.

    Parameters
    ----------
    trial : Trial
        Of any classifier.

    Returns
    -------
    Series
        Average precision lost on the held-out rows, of one shuffle.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> X = pd.DataFrame({"leak": np.repeat([0.0, 1.0], 20), "noise_1": 0.0})
    >>> y = X["leak"].to_numpy() == 1
    >>> model = DecisionTreeClassifier().fit(X, y)
    >>> trial = Trial(model, X, y, np.ones(40), X, y, np.ones(40), ["leak", "noise_1"], 0)
    >>> planted_permutation(trial).gt(0).to_dict()
    {'leak': True, 'noise_1': False}
    """
    shuffled = shuffle(
        trial.model,
        trial.X_held_out,
        columns=trial.planted,
        n_repeats=1,
        sample_weight=trial.sample_weight,
        seed=trial.seed,
    )
    return _lost(shuffled.score, shuffled.without, trial)


def planted_drop(trial: Trial) -> pd.Series:
    """Return the drop-column importance of the planted columns: a method for `dose_response`.

    Parameters
    ----------
    trial : Trial
        Of any classifier that takes ``sample_weight``; it is trained again for each column.

    Returns
    -------
    Series
        Average precision lost on the held-out rows.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> X = pd.DataFrame({"leak": np.repeat([0.0, 1.0], 20), "noise_1": 0.0})
    >>> y = X["leak"].to_numpy() == 1
    >>> model = DecisionTreeClassifier().fit(X, y)
    >>> trial = Trial(model, X, y, np.ones(40), X, y, np.ones(40), ["leak", "noise_1"], 0)
    >>> planted_drop(trial).gt(0).to_dict()
    {'leak': True, 'noise_1': False}
    """
    dropped = drop_columns(
        trial.model,
        trial.X,
        trial.y,
        trial.X_held_out,
        columns=trial.planted,
        fit_weight=trial.fit_weight,
        sample_weight=trial.sample_weight,
    )
    return _lost(dropped.score, dropped.without, trial)


def _lost(score: Floats, without: Mapping[str, Floats], trial: Trial) -> pd.Series:
    fraud, weight = trial.y_held_out, trial.sample_weight
    base = precision(fraud, score, weight)
    return pd.Series({n: base - precision(fraud, s[0], weight) for n, s in without.items()})
