"""Can a model tell new rows from old ones? Drift in all features at once."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

from prerelease import _validate
from prerelease.intervals import Interval, from_draws

from ._columns import Floats, block_of, counted, features_of, redraw

_LEVELS = 1_000


def domain_classifier(  # noqa: PLR0913 - each option is a decision of the test
    reference: pd.DataFrame,
    current: pd.DataFrame,
    *,
    time: str = "time",
    features: Sequence[str] | None = None,
    model: Any = None,
    block: float = 600.0,
    folds: int = 5,
    rows: int = 20_000,
    n_resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    r"""Return how well a model tells current rows from rows of the reference.

    Parameters
    ----------
    reference, current : pandas.DataFrame
        Rows of both periods.
    time : str, default "time"
        The column that holds the seconds of each row.
    features : sequence of str, optional
        What it may look at; by default all but `time`, with which it would always be perfect
        and say nothing.
    model : classifier, optional
        Cloned for each fold; by default boosted trees of scikit-learn, both periods weighing
        alike.
    block : float, default 600
        Seconds. Rows of one block are held out together and drawn together.
    folds : int, default 5
        Of the cross-validation.
    rows : int, default 20,000
        Rows drawn of each side, at most.
    n_resamples, level : int, float
        Of the interval.
    seed : int, default 0
        Of rows, folds and interval, and of the default model.

    Returns
    -------
    Interval
        Of the ROC AUC of rows held out: one half if nothing can be told apart.

    Raises
    ------
    ValueError
        If input is not comparable, or a side has fewer blocks than there are folds.

    Notes
    -----
    A classifier two-sample test [1]_. Blocks are shared out among the folds at random within
    each side, so that no row is judged by a model that has seen its neighbours. The interval
    draws blocks of both sides again; the fitted models stay.

    References
    ----------
    .. [1] Lopez-Paz and Oquab (2017). Revisiting classifier two-sample tests. ICLR.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> df = pd.DataFrame({"time": np.arange(4000.0), "x": rng.normal(size=4000)})
    >>> moved = df.iloc[2000:].assign(x=df["x"] + 9)
    >>> domain_classifier(df.iloc[:2000], moved, block=100).estimate > 0.999
    True
    """
    names = features_of(reference, current, features, time=time)
    folds = _validate.integer(folds, "folds", low=2)
    rows = _validate.integer(rows, "rows", low=2)
    n_resamples = _validate.integer(n_resamples, "n_resamples", low=1)
    if model is None:
        model = HistGradientBoostingClassifier(
            max_iter=60, max_leaf_nodes=15, class_weight="balanced", random_state=seed
        )
    rng = np.random.default_rng(seed)
    parts, blocks, fold = [], [], []
    for name, frame in (("reference", reference), ("current", current)):
        part = frame.iloc[np.sort(rng.permutation(len(frame))[:rows])]
        number, place = block_of(_validate.times(part[time], time), block)
        if len(number) < folds:
            msg = f"{name} must have at least {folds} blocks of {block:g} s, got {len(number)}."
            raise ValueError(msg)
        parts.append(part[names].to_numpy(dtype=np.float64))
        blocks.append(place)
        fold.append((rng.permutation(len(number)) % folds)[place])
    X, y = np.concatenate(parts), np.repeat([0, 1], [len(part) for part in parts])
    score, out_of = np.empty(len(y)), np.concatenate(fold)
    for number in range(folds):
        out = out_of == number
        score[out] = clone(model).fit(X[~out], y[~out]).predict_proba(X[out])[:, 1]
    drawn = _drawn_again(score, y, blocks, n_resamples, rng)
    area = roc_auc_score(y, score)
    return from_draws(area, drawn, level=level, method="block bootstrap", n=len(y))


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
        table = counted(block, place[y == side], block.max() + 1, _LEVELS)
        counts = redraw(table, n_resamples, rng)
        drawn.append(counts / counts.sum(axis=1, keepdims=True))
    below = np.cumsum(drawn[0], axis=1) - drawn[0] / 2
    return (below * drawn[1]).sum(axis=1)
