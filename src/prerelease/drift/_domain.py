"""Can a model tell new rows from old ones? Drift in all features at once."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from prerelease import _validate
from prerelease.intervals import Interval

from ._columns import features_of
from ._findings import Finding

Floats = NDArray[np.float64]
DAY, HOUR = 86_400.0, 3600.0
_LEVELS = 1_000


def domain_classifier(  # noqa: PLR0913 - each option is a decision of the test
    reference: pd.DataFrame,
    current: pd.DataFrame,
    *,
    features: Sequence[str] | None = None,
    block: float = 600.0,
    folds: int = 5,
    rows: int = 20_000,
    n_resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Finding:
    r"""Return how well a model tells current rows from rows of the reference.

    Parameters
    ----------
    reference, current : pandas.DataFrame
        With ``Time`` in seconds.
    features : sequence of str, optional
        What it may look at; by default all but ``Time`` and ``Class``. With ``Time`` it would
        always be perfect, and say nothing.
    block : float, default 600
        Seconds. Rows of one block are held out together and drawn together.
    folds : int, default 5
        Of the cross-validation.
    rows : int, default 20,000
        Rows drawn of each side, at most.
    n_resamples, level : int, float
        Of the interval.
    seed : int, default 0
        Of rows, folds, model and interval.

    Returns
    -------
    Finding
        Score: the ROC AUC of rows held out, one half if nothing can be told apart; alarm: if
        its interval lies above one half.

    Raises
    ------
    ValueError
        If input is not comparable, or a side has fewer blocks than there are folds.

    Notes
    -----
    A classifier two-sample test [1]_ with boosted trees. Blocks are shared out among the folds
    at random within each side, so that no row is judged by a model that has seen its
    neighbours. The interval draws blocks of both sides again; the fitted models stay.

    References
    ----------
    .. [1] Lopez-Paz and Oquab (2017). Revisiting classifier two-sample tests. ICLR.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> df = pd.DataFrame({"Time": np.arange(4000.0), "V1": rng.normal(size=4000)})
    >>> moved = df.iloc[2000:].assign(V1=df["V1"] + 9)
    >>> domain_classifier(df.iloc[:2000], moved, block=100).score > 0.999
    True
    """
    names = features_of(reference, current, features)
    folds = _validate.integer(folds, "folds", low=2)
    rows = _validate.integer(rows, "rows", low=2)
    n_resamples = _validate.integer(n_resamples, "n_resamples", low=1)
    level = _validate.number(level, "level", above=0, below=1)
    rng = np.random.default_rng(seed)
    parts, blocks, fold = [], [], []
    for name, frame in (("reference", reference), ("current", current)):
        kept = np.sort(rng.permutation(len(frame))[:rows])
        part = frame.iloc[kept]
        number, place = np.unique((part["Time"] // block).to_numpy(), return_inverse=True)
        if len(number) < folds:
            msg = f"{name} must have at least {folds} blocks of {block:g} s, got {len(number)}."
            raise ValueError(msg)
        parts.append(part[names].to_numpy(dtype=np.float64))
        blocks.append(place)
        fold.append((rng.permutation(len(number)) % folds)[place])
    X, y = np.concatenate(parts), np.repeat([0, 1], [len(part) for part in parts])
    score = _held_out(X, y, np.concatenate(fold), folds, seed)
    estimate = float(roc_auc_score(y, score))
    drawn = _drawn_again(score, y, blocks, n_resamples, rng)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    low, high = min(float(low), estimate), max(float(high), estimate)
    interval = Interval(estimate, low, high, level, "block bootstrap", len(y))
    return Finding(
        detector="domain classifier",
        subject=f"{len(names)} features at once",
        score=interval.estimate,
        unit="ROC AUC",
        alarm=interval.low > 0.5,
        interval=interval,
        n_reference=len(parts[0]),
        n_current=len(parts[1]),
    )


def _held_out(
    X: Floats, y: NDArray[np.intp], fold: NDArray[np.intp], folds: int, seed: int
) -> Floats:
    """Return the score of each row by a model that was fitted without its fold."""
    score = np.empty(len(y))
    for number in range(folds):
        out = fold == number
        model = LGBMClassifier(
            n_estimators=60,
            learning_rate=0.1,
            num_leaves=15,
            class_weight="balanced",
            random_state=seed,
            deterministic=True,
            force_col_wise=True,
            n_jobs=1,
            verbose=-1,
        )
        score[out] = model.fit(X[~out], y[~out]).predict_proba(X[out])[:, 1]
    return score


def _drawn_again(
    score: Floats,
    y: NDArray[np.intp],
    blocks: list[NDArray[np.intp]],
    n_resamples: int,
    rng: np.random.Generator,
) -> Floats:
    """Return the AUC of blocks drawn again; scores are gathered in levels, which is fast."""
    edges = np.unique(np.quantile(score, np.linspace(0, 1, _LEVELS + 1)[1:-1]))
    place = np.searchsorted(edges, score, side="left")
    drawn = []
    for side, block in enumerate(blocks):
        n = block.max() + 1
        cell = np.bincount(block * _LEVELS + place[y == side], minlength=n * _LEVELS)
        picked = rng.multinomial(n, np.full(n, 1 / n), size=n_resamples)
        counts = picked @ cell.reshape(n, _LEVELS).astype(np.float64)
        drawn.append(counts / counts.sum(axis=1, keepdims=True))
    below = np.cumsum(drawn[0], axis=1) - drawn[0] / 2
    return (below * drawn[1]).sum(axis=1)


def within_day_null(df: pd.DataFrame, *, seconds: float, **options: object) -> list[Finding]:
    """Return how well stretches of one and the same day can be told apart.

    Parameters
    ----------
    df : pandas.DataFrame
        Rows of a time in which nothing is known to have gone wrong, with ``Time`` in seconds.
    seconds : float
        Length of a stretch, such as that of the current period.
    **options
        Of `domain_classifier`.

    Returns
    -------
    list of Finding
        One for each two stretches of the same day; ``subject`` names their first hours. A new
        period that is told apart no better than these is as different as an evening from its
        morning.

    Raises
    ------
    ValueError
        If no day holds two whole stretches.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> df = pd.DataFrame({"Time": np.arange(0.0, 86_400.0, 20), "V1": rng.normal(size=4320)})
    >>> len(within_day_null(df, seconds=20_000))
    6
    """
    seconds = _validate.number(seconds, "seconds", above=0, below=DAY / 2)
    times = _validate.sorted_times(df["Time"], "Time")
    found = []
    for day in range(int(times[0] // DAY), int(times[-1] // DAY) + 1):
        start, end = max(day * DAY, times[0]), min((day + 1) * DAY, times[-1] + 1)
        whole = int((end - start) // seconds)
        begins = start + seconds * np.arange(whole)
        windows = [df.iloc[slice(*np.searchsorted(times, [b, b + seconds]))] for b in begins]
        for i in range(whole):
            for j in range(i + 1, whole):
                finding = domain_classifier(windows[i], windows[j], **options)
                hours = [begins[k] % DAY / HOUR for k in (i, j)]
                named = f"day {day + 1}: from hour {hours[0]:.1f}, from hour {hours[1]:.1f}"
                found.append(replace(finding, subject=named))
    if not found:
        msg = f"df must hold a day with two stretches of {seconds:g} s, it holds none."
        raise ValueError(msg)
    return found
