"""Candidates side by side: what each costs to fit and to run, what it saves, and who ships."""

import pickle
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from statistics import median

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin, clone

from prerelease import _validate, data, intervals, leaks, losses
from prerelease import costs as money
from prerelease.adapters.tabnet import TabNet
from prerelease.intervals import Interval
from prerelease.models import INPUTS, fit_weighted

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fitted:
    """A fitted candidate and what fitting it took.

    Parameters
    ----------
    model : scikit-learn classifier
        Fitted.
    score : ndarray of shape (n,)
        Probability of fraud of the rows asked about.
    seconds : float
        Of one core, for the fit.
    peak_mib : float
        By how much the process grew at most during the fit, looked at every 10 ms.
    size_kib : float
        Of the pickled model.
    """

    model: ClassifierMixin = field(repr=False)
    score: Floats = field(repr=False)
    seconds: float
    peak_mib: float
    size_kib: float


def fit_all(
    candidates: Mapping[str, ClassifierMixin],
    learn: pd.DataFrame,
    ask: pd.DataFrame,
    *,
    processes: int = 2,
    tell: Callable[[int, int], None] | None = None,
) -> dict[str, Fitted]:
    """Fit each candidate in another process, and measure what that takes.

    Parameters
    ----------
    candidates : mapping of str to scikit-learn classifier
        Left as they are: clones are fitted.
    learn, ask : pandas.DataFrame
        Rows to learn from, in the order of time, and rows to score: with the inputs, and
        ``Class`` in `learn`.
    processes : int, default 2
        How many at a time; a candidate should use one thread.
    tell : callable, optional
        Called as ``tell(done, total)``.

    Returns
    -------
    dict of str to Fitted
        In the order of `candidates`.

    Raises
    ------
    ValueError
        If there is no candidate.

    Examples
    --------
    >>> from prerelease import models
    >>> sample = data.load_sample()
    >>> found = fit_all({"plain": models.linear()}, sample, sample.head(3), processes=1)
    >>> found["plain"].score.shape
    (3,)
    """
    if not candidates:
        msg = "candidates must hold at least one model, got none."
        raise ValueError(msg)
    # TabNet takes longest, so it begins first.
    order = sorted(candidates, key=lambda name: not isinstance(candidates[name], TabNet))
    weights = data.sampling_weights(learn)
    X, y, asked = learn[[*INPUTS]].to_numpy(), learn["Class"].to_numpy(), ask[[*INPUTS]].to_numpy()
    pool = Parallel(
        n_jobs=_validate.integer(processes, "processes", low=1),
        return_as="generator_unordered",
        max_nbytes=None,  # a file in shared memory would count as memory of the fit
    )
    rows = X, y, weights, asked
    jobs = (delayed(_fit)(name, clone(candidates[name]), rows) for name in order)
    found = {}
    for name, fitted in pool(jobs):
        found[name] = fitted
        if tell is not None:
            tell(len(found), len(candidates))
    return {name: found[name] for name in candidates}


def latency(model: ClassifierMixin, X: ArrayLike, *, repeats: int = 20) -> tuple[float, float]:
    """Return how long a fitted model takes for one payment and for a thousand.

    Parameters
    ----------
    model : scikit-learn classifier
        Fitted.
    X : array-like of shape (n, features)
        At least 1,000 rows.
    repeats : int, default 20
        Calls with 1,000 rows; those with one row are ten times as many, each another row.

    Returns
    -------
    single, thousand : float
        Milliseconds of a call, the median of the repeats.

    Raises
    ------
    ValueError
        If there are fewer than 1,000 rows.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> model = DummyClassifier().fit([[0.0], [1.0]], [0, 1])
    >>> min(latency(model, np.zeros((1000, 1)), repeats=2)) > 0
    True
    """
    rows = np.asarray(X)
    if len(rows) < 1000:
        msg = f"X must have at least 1,000 rows, got {len(rows)}."
        raise ValueError(msg)
    _validate.integer(repeats, "repeats", low=1)

    def milliseconds(parts: Sequence[NDArray]) -> float:
        taken = []
        for part in parts:
            began = time.perf_counter()
            model.predict_proba(part)
            taken.append(1000 * (time.perf_counter() - began))
        return median(taken)

    model.predict_proba(rows[:1])  # the first call may build what later ones use
    single = milliseconds([rows[i % len(rows)][None] for i in range(10 * repeats)])
    return single, milliseconds([rows[:1000]] * repeats)


def savings_difference(  # noqa: PLR0913 - all but the data are keywords
    df: pd.DataFrame,
    first: ArrayLike,
    second: ArrayLike,
    *,
    costs: money.CostModel,
    euros: bool = False,
    n_resamples: int = 1000,
    seed: int = 0,
) -> Interval:
    """Return how much more the first scores save than the second, on the same blocks.

    Parameters
    ----------
    df : pandas.DataFrame
        Rows with ``Time`` (seconds, sorted), ``Amount`` (euros) and ``Class``.
    first, second : array-like of shape (n,)
        Probability of fraud; each payment is blocked where that is cheaper on average.
    costs : CostModel
        What each outcome costs.
    euros : bool, default False
        Euros per 1,000 payments in place of the share of what the oracle saves.
    n_resamples, seed
        As for `prerelease.intervals.bootstrap`.

    Returns
    -------
    Interval
        From a paired bootstrap in blocks of ten minutes.

    Examples
    --------
    >>> sample = data.load_sample()
    >>> good, useless = sample["Class"] * 0.9, sample["Class"] * 0.0
    >>> savings_difference(sample, good, useless, costs=money.CostModel(),
    ...                    n_resamples=100).estimate
    1.0
    """
    kept, metric, bills = _bills(df, [first, second], costs)
    weight = data.sampling_weights(df)
    if euros:
        metric = intervals.Total()
        bills = [-1000 * bill / weight.sum() for bill in bills]
    found = intervals.bootstrap_difference(
        metric,
        df["Class"][kept],
        *bills,
        sample_weight=weight[kept],
        scheme=intervals.Blocks(df["Time"][kept], leaks.BLOCK_SECONDS),
        method="percentile",
        n_resamples=n_resamples,
        seed=seed,
    )
    return replace(found, n=len(df))


def savings_draws(
    df: pd.DataFrame,
    scores: Sequence[ArrayLike],
    *,
    costs: money.CostModel,
    n_resamples: int = 300,
    seed: int = 0,
) -> tuple[Floats, Floats]:
    """Return what several models save, on the rows and on the same resamples of their blocks.

    Parameters
    ----------
    df, costs, n_resamples, seed
        As for `savings_difference`.
    scores : sequence of array-like of shape (n,)
        Probabilities of fraud.

    Returns
    -------
    savings : ndarray of shape (models,)
        Between accepting all (0) and the oracle (1).
    draws : ndarray of shape (models, n_resamples)
        The same on each resample, as `prerelease.optimism.of_winner` takes them.

    Examples
    --------
    >>> sample = data.load_sample()
    >>> savings, draws = savings_draws(sample, [sample["Class"] * 0.9],
    ...                                costs=money.CostModel(), n_resamples=100)
    >>> savings.tolist(), draws.shape
    ([1.0], (1, 100))
    """
    kept, metric, bills = _bills(df, scores, costs)
    rows = {"sample_weight": data.sampling_weights(df)[kept]}
    savings = [intervals.value(metric, df["Class"][kept], bill, **rows) for bill in bills]
    draws = intervals.replicates(
        metric,
        df["Class"][kept],
        bills,
        scheme=intervals.Blocks(df["Time"][kept], leaks.BLOCK_SECONDS),
        n_resamples=n_resamples,
        seed=seed,
        **rows,
    )
    return np.array(savings), draws


def log_loss(
    df: pd.DataFrame, score: ArrayLike, *, n_resamples: int = 1000, seed: int = 0
) -> Interval:
    """Return the mean log-loss of scores with its interval.

    Parameters
    ----------
    df : pandas.DataFrame
        Rows with ``Time`` (seconds, sorted) and ``Class``.
    score : array-like of shape (n,)
        Probability of fraud.
    n_resamples, seed
        As for `prerelease.intervals.bootstrap`.

    Returns
    -------
    Interval
        Thousandths of a nat per payment, from a bootstrap in blocks of ten minutes.

    Examples
    --------
    >>> sample = data.load_sample()
    >>> round(log_loss(sample, np.full(len(sample), 0.5), n_resamples=100).estimate, 1)
    693.1
    """
    each = losses.log_losses(df["Class"], score)
    weight = data.sampling_weights(df)
    # To the digits that count, so that most honest payments share a value and a draw.
    each = 1000 * np.round(each, 6) / weight.sum()
    return intervals.bootstrap(
        intervals.Total(),
        df["Class"],
        each,
        sample_weight=weight,
        scheme=intervals.Blocks(df["Time"], leaks.BLOCK_SECONDS),
        method="percentile",
        n_resamples=n_resamples,
        seed=seed,
    )


@dataclass(frozen=True)
class Choice:
    """Who ships by the rule of `choose`.

    Parameters
    ----------
    winner : str
        Who ships.
    leader : str
        Who saved most.
    as_good : tuple of str
        The leader and those that trail it by no more than the margin.
    """

    winner: str
    leader: str
    as_good: tuple[str, ...]


def choose(savings: Mapping[str, float], size: Mapping[str, float], *, margin: float) -> Choice:
    """Return the smallest of the candidates that save about as much as the best.

    Parameters
    ----------
    savings : mapping of str to float
        Of each candidate on the validation rows.
    size : mapping of str to float
        What each costs to run, in any unit; its size does not change from run to run, as
        a measured time does.
    margin : float
        By how much a candidate may trail the leader and still count as good, 0 or more.

    Returns
    -------
    Choice

    Raises
    ------
    ValueError
        If there is no candidate, the names differ, or a number is not finite.

    Examples
    --------
    >>> choose({"a": 0.61, "b": 0.60, "c": 0.4}, {"a": 9.0, "b": 5.0, "c": 1.0}, margin=0.02)
    Choice(winner='b', leader='a', as_good=('a', 'b'))
    """
    _validate.number(margin, "margin", above=0, closed=True)
    if not savings or set(savings) != set(size):
        msg = (
            "savings and size must be of the same candidates, at least one, got "
            f"{sorted(savings)} and {sorted(size)}."
        )
        raise ValueError(msg)
    for name in savings:
        _validate.number(savings[name], f"savings of {name}")
        _validate.number(size[name], f"size of {name}")
    leader = max(savings, key=savings.__getitem__)
    as_good = tuple(name for name in savings if savings[leader] - savings[name] <= margin)
    return Choice(min(as_good, key=lambda name: (size[name], -savings[name])), leader, as_good)


def _bills(
    df: pd.DataFrame, scores: Sequence[ArrayLike], costs: money.CostModel
) -> tuple[NDArray[np.bool_], leaks.Savings, list[Floats]]:
    """Return the rows that can cost something, savings on them, and each model's costs there."""
    bills = []
    for score in scores:
        block = money.bayes_block(score, df["Amount"], costs=costs)
        bill, accept, oracle = leaks.rule_costs(df, block, costs=costs)
        bills.append(bill)
    # Rows that cost nothing either way add nothing to a sum; the ends say how long time is.
    kept = np.any(bills, axis=0) | (accept != 0)
    kept[[0, -1]] = True
    return kept, leaks.Savings(accept[kept], oracle[kept]), [bill[kept] for bill in bills]


def _fit(name: str, model: ClassifierMixin, rows: tuple[NDArray, ...]) -> tuple[str, Fitted]:
    """Fit and measure in this process."""
    X, y, weights, asked = rows
    began = time.process_time()
    with _growth() as grown:
        fit_weighted(model, X, y, weights)
    seconds = time.process_time() - began
    size = len(pickle.dumps(model, protocol=5)) / 1024
    score = model.predict_proba(asked)[:, 1]
    return name, Fitted(model, score, seconds, grown[0], size)


@contextmanager
def _growth() -> Iterator[list[float]]:
    """Watch by how many MiB this process grows at most within a with statement."""
    import psutil  # noqa: PLC0415 - comes with the notebooks' kernel

    process = psutil.Process()
    before, grown, done = process.memory_info().rss, [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(0.01):
            now = (process.memory_info().rss - before) / 2**20
            grown[0] = max(grown[0], now)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield grown
    finally:
        done.set()
        watcher.join()
