"""Fits, with what they take: time, memory, size and the time of an answer."""

import pickle
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import BaseContext
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin, clone
from threadpoolctl import threadpool_limits

from casebook import data
from casebook.adapters.tabnet import TabNet
from casebook.models import INPUTS, fit_weighted
from prerelease import _validate


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
        By how much its process grew at most during the fit, looked at every 10 ms: with the
        libraries that only this model loads.
    size_kib : float
        Of the pickled model.
    """

    model: ClassifierMixin = field(repr=False)
    score: NDArray[np.float64] = field(repr=False)
    seconds: float
    peak_mib: float
    size_kib: float


def fit_all(  # noqa: PLR0913 - all but the first three are keywords
    candidates: Mapping[str, ClassifierMixin],
    learn: pd.DataFrame,
    ask: pd.DataFrame,
    *,
    inputs: Sequence[str] = INPUTS,
    processes: int = 2,
    tell: Callable[[int, int], None] | None = None,
) -> dict[str, Fitted]:
    """Fit each candidate in a fresh process, on one thread, and measure what that takes.

    Parameters
    ----------
    candidates : mapping of str to scikit-learn classifier
        Left as they are: clones are fitted.
    learn, ask : pandas.DataFrame
        Rows to learn from, in the order of time, and rows to score: with the inputs, and
        ``Class`` in `learn`.
    inputs : sequence of str
        What the models may look at.
    processes : int, default 2
        How many at a time.
    tell : callable, optional
        Called as ``tell(done, total)``.

    Returns
    -------
    dict of str to Fitted
        In the order of `candidates`.

    Raises
    ------
    ValueError
        If there is no candidate, or `processes` is below 1.

    Notes
    -----
    No process fits twice: memory that one fit gave back would be there for the next, which
    would seem to need none.

    Examples
    --------
    >>> from casebook import models
    >>> sample = data.load_sample()
    >>> plain = models.logistic_regression()
    >>> found = fit_all({"plain": plain}, sample, sample.head(3), processes=1)
    >>> found["plain"].score.shape
    (3,)
    """
    if not candidates:
        msg = "candidates must hold at least one model, got none."
        raise ValueError(msg)
    _validate.integer(processes, "processes", low=1)
    # TabNet takes longest, so it begins first.
    order = sorted(candidates, key=lambda name: not isinstance(candidates[name], TabNet))
    X, asked = (part[[*inputs]].to_numpy() for part in (learn, ask))
    rows = X, learn["Class"].to_numpy(), data.sampling_weights(learn), asked
    found: dict[str, Fitted] = {}
    with (
        TemporaryDirectory() as place,
        ProcessPoolExecutor(processes, _fresh(), max_tasks_per_child=1) as workers,
    ):
        # The rows go through a file: sent with each job, they would wait there several times.
        file = Path(place) / "rows"
        file.write_bytes(pickle.dumps(rows, protocol=5))
        jobs = {workers.submit(_measured, clone(candidates[name]), file): name for name in order}
        for job in as_completed(jobs):
            found[jobs[job]] = pickle.loads(job.result())
            if tell is not None:
                tell(len(found), len(candidates))
    return {name: found[name] for name in candidates}


def latency(model: ClassifierMixin, X: ArrayLike, *, repeats: int = 20) -> tuple[float, float]:
    """Return how long a fitted model takes on one thread, for one payment and for a thousand.

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

    # Where a machine is busy, threads of one call wait for each other, longest for one payment.
    with threadpool_limits(1):
        model.predict_proba(rows[:1])  # the first call may build what later ones use
        single = milliseconds([rows[i % len(rows)][None] for i in range(10 * repeats)])
        return single, milliseconds([rows[:1000]] * repeats)


def measured(model: ClassifierMixin, rows: tuple[NDArray, ...]) -> Fitted:
    """Fit a model in this process, and measure what that takes.

    Parameters
    ----------
    model : scikit-learn classifier
        Fitted in place.
    rows : tuple of ndarray
        Inputs, labels and weights to learn from, and inputs to score.

    Returns
    -------
    Fitted
    """
    X, y, weights, asked = rows
    with threadpool_limits(1):
        began = time.process_time()
        with _growth() as grown:
            fit_weighted(model, X, y, weights)
        seconds = time.process_time() - began
        score = model.predict_proba(asked)[:, 1]
    return Fitted(model, score, seconds, grown[0], len(pickle.dumps(model, protocol=5)) / 1024)


def _measured(model: ClassifierMixin, rows: Path) -> bytes:
    """Return as bytes what `measured` does with the rows of a file."""
    # As they are, torch's tensors would be asked for when this process is gone.
    return pickle.dumps(measured(model, pickle.loads(rows.read_bytes())), protocol=5)


def _fresh() -> BaseContext:
    """Return how processes begin: with this package imported, and nothing that was done since."""
    if "forkserver" not in get_all_start_methods():  # Windows
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


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
