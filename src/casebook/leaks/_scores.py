"""Many fits at once: which rows each model learns from, and which it then scores."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin, clone

from casebook import data
from casebook.models import INPUTS, fit_weighted
from prerelease import _validate

Tell = Callable[[int, int], None]
"""Told how many fits are done, and of how many."""


@dataclass(frozen=True)
class Fit:
    """One model to be fitted.

    Parameters
    ----------
    model : scikit-learn classifier
        Left as it is: a clone is fitted.
    learn, held_out : array of int
        Positions of the rows that it learns from and of those that it scores. A position may
        come twice, and stand on both sides: that is for the caller to answer for.
    weight : array of float, optional
        Of the rows learned from, beside how many real payments each row stands for.
    """

    model: ClassifierMixin
    learn: NDArray[np.intp]
    held_out: NDArray[np.intp]
    weight: NDArray[np.float64] | None = None


def fits(
    model: ClassifierMixin,
    folds: Iterable[tuple[ArrayLike, ArrayLike]],
    *,
    rows: ArrayLike | None = None,
) -> list[Fit]:
    """Return one `Fit` for each fold of a splitter.

    Parameters
    ----------
    model : scikit-learn classifier
        The same for every fold.
    folds : iterable of (learn, held_out)
        Positions, as a scikit-learn splitter yields them.
    rows : array-like of int, optional
        Where the splitter was given these rows of a frame only: their positions in it.

    Returns
    -------
    list of Fit

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> found = fits(DummyClassifier(), [([0, 1], [2])], rows=[3, 5, 9])
    >>> found[0].learn.tolist(), found[0].held_out.tolist()
    ([3, 5], [9])
    """

    def place(side: ArrayLike) -> NDArray[np.intp]:
        side = np.asarray(side, dtype=np.intp)
        return side if rows is None else np.asarray(rows, dtype=np.intp)[side]

    return [Fit(model, place(learn), place(held_out)) for learn, held_out in folds]


def thinned(
    labels: ArrayLike, rows: ArrayLike, *, share: float, seed: int = 0
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Keep all frauds and a share of the honest payments, with weights that make up for it.

    Parameters
    ----------
    labels : array-like of shape (n,)
        1 = fraud.
    rows : array-like of int
        Positions of the rows to be thinned.
    share : float
        Of the honest payments to keep, above 0 and at most 1.
    seed : int, default 0
        Of the draw.

    Returns
    -------
    kept : ndarray of int
        Positions, in the order of `rows`.
    weight : ndarray of float
        1 for frauds; for honest payments one over the share that was kept.

    Raises
    ------
    ValueError
        If the share is out of range.

    Examples
    --------
    >>> kept, weight = thinned([1, 0, 0, 0, 0], range(5), share=0.5)
    >>> int(kept[0]), weight.tolist()
    (0, [1.0, 2.0, 2.0])
    """
    _validate.number(_validate.number(share, "share", above=0), "share", below=1, closed=True)
    rows = np.asarray(rows, dtype=np.intp)
    fraud = _validate.binary(labels, "labels", both=False)[rows]
    honest = np.flatnonzero(~fraud)
    n = round(share * len(honest))
    drawn = np.random.default_rng(seed).choice(honest, size=n, replace=False)
    kept = np.sort(np.append(np.flatnonzero(fraud), drawn))
    return rows[kept], np.where(fraud[kept], 1.0, len(honest) / max(n, 1))


def thinned_fits(labels: ArrayLike, jobs: Iterable[Fit], *, share: float) -> list[Fit]:
    """Let each fit learn from all frauds and a share of the honest payments: see `thinned`.

    Parameters
    ----------
    labels : array-like of shape (n,)
        1 = fraud.
    jobs : iterable of Fit
        The fits, in which no row is weighed yet.
    share : float
        Of the honest payments to keep; more where fewer than 10,000 rows would be left.

    Returns
    -------
    list of Fit
        Each with a draw of its own.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> job = Fit(DummyClassifier(), np.arange(40_000), np.arange(9))
    >>> [len(fit.learn) for fit in thinned_fits(np.arange(40_000) < 50, [job], share=0.05)]
    [10038]
    """
    found = []
    for seed, job in enumerate(jobs):
        kept = max(share, min(1.0, 10_000 / len(job.learn)))
        learn, weight = thinned(labels, job.learn, share=kept, seed=seed)
        found.append(Fit(job.model, learn, job.held_out, weight))
    return found


def scores(
    df: pd.DataFrame,
    jobs: Sequence[Fit],
    *,
    inputs: Sequence[str] = INPUTS,
    at_once: int = 2,
    tell: Tell | None = None,
) -> list[NDArray[np.float64]]:
    """Fit each model on its rows and score its held-out rows, several fits at a time.

    Parameters
    ----------
    df : pandas.DataFrame
        Rows with ``Class`` and the columns of `inputs`, and ``attrs`` that say where they come
        from, since rows of the sample are weighed in the fit.
    jobs : sequence of Fit
        What to fit.
    inputs : sequence of str
        What the models may look at.
    at_once : int, default 2
        How many fits run at a time; models should use one thread each.
    tell : callable, optional
        Called as ``tell(done, total)`` after each fit.

    Returns
    -------
    list of ndarray
        For each of `jobs` the probability of fraud of its held-out rows, in their order.

    Raises
    ------
    ValueError
        If there is nothing to fit or a column is missing.

    Examples
    --------
    >>> from casebook import data, models
    >>> sample = data.load_sample()
    >>> fit = Fit(models.release_candidate_1(), np.arange(9000), np.arange(9000, 9003))
    >>> scores(sample, [fit], at_once=1)[0].shape
    (3,)
    """
    _validate.integer(at_once, "at_once", low=1)
    if not jobs:
        msg = "jobs must hold at least one fit, got none."
        raise ValueError(msg)
    missing = [name for name in ("Class", *inputs) if name not in df.columns]
    if missing:
        msg = f"df must have the columns {missing}, which are missing."
        raise ValueError(msg)
    inputs_of_all, labels = df[[*inputs]].to_numpy(np.float64), df["Class"].to_numpy()
    weights = data.sampling_weights(df)
    if tell is not None:
        tell(0, len(jobs))
    found = []
    # Threads suffice: LightGBM and NumPy compute without Python's lock, and nothing is copied.
    pool = Parallel(n_jobs=at_once, prefer="threads", return_as="generator")
    for result in pool(delayed(_score)(job, inputs_of_all, labels, weights) for job in jobs):
        found.append(result)
        if tell is not None:
            tell(len(found), len(jobs))
    return found


def score_runs(
    df: pd.DataFrame, runs: Mapping[str, Sequence[Fit]], **options: object
) -> pd.DataFrame:
    """Return the score that each run gave to each row that it held out.

    Parameters
    ----------
    df : pandas.DataFrame
        As for `scores`.
    runs : mapping of str to sequence of Fit
        Fits that belong together, such as the folds of one splitter; no two of a run may
        hold out the same row.
    **options
        As for `scores`.

    Returns
    -------
    pandas.DataFrame
        The index of `df`, a column for each run, NaN for rows that it did not score.

    Raises
    ------
    ValueError
        As `scores`, and if a run scores a row twice.

    Examples
    --------
    >>> from casebook import data, models
    >>> sample = data.load_sample()
    >>> fit = Fit(models.release_candidate_1(), np.arange(9000), np.arange(9000, 9003))
    >>> score_runs(sample, {"later": [fit]}, at_once=1)["later"].count()
    np.int64(3)
    """
    jobs = [(name, job) for name, run in runs.items() for job in run]
    for name, run in runs.items():
        held_out = np.concatenate([job.held_out for job in run])
        if len(np.unique(held_out)) < len(held_out):
            msg = f"The run {name!r} scores a row twice: its fits must hold out different rows."
            raise ValueError(msg)
    table = np.full((len(df), len(runs)), np.nan)
    columns = {name: column for column, name in enumerate(runs)}
    results = scores(df, [job for _, job in jobs], **options)
    for (name, job), result in zip(jobs, results, strict=True):
        table[job.held_out, columns[name]] = result
    return pd.DataFrame(table, index=df.index, columns=list(runs))


def _score(
    job: Fit,
    inputs: NDArray[np.float64],
    labels: NDArray[np.int64],
    weights: NDArray[np.float64],
) -> NDArray[np.float64]:
    weight = weights[job.learn] * (1 if job.weight is None else job.weight)
    model = fit_weighted(clone(job.model), inputs[job.learn], labels[job.learn], weight)
    return model.predict_proba(inputs[job.held_out])[:, 1]
