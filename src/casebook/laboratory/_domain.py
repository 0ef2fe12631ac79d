"""Can a model tell new rows from old ones? Drift in all features at once."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.metrics import roc_auc_score

from prerelease import _validate
from prerelease.drift._columns import Floats, block_of, counted, redraw
from prerelease.intervals import Interval, from_draws

_LEVELS = 1_000


def domain_classifier(  # noqa: PLR0913 - each option is a decision of the test
    reference: pd.DataFrame,
    current: pd.DataFrame,
    *,
    features: Sequence[str],
    model: Any,
    time: str = "Time",
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
    features : sequence of str
        What it may look at. With the time it would always be perfect and say nothing.
    model : classifier
        Cloned for each fold.
    time : str, default "Time"
        The column that holds the seconds of each row.
    block : float, default 600
        Seconds. Rows of one block are held out together and drawn together.
    folds : int, default 5
        Of the cross-validation.
    rows : int, default 20,000
        Rows drawn of each side, at most.
    n_resamples, level : int, float
        Of the interval.
    seed : int, default 0
        Of rows, folds and interval.

    Returns
    -------
    Interval
        Of the ROC AUC of rows held out: one half if nothing can be told apart.

    Raises
    ------
    ValueError
        If a side has fewer blocks than there are folds.

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
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> df = pd.DataFrame({"Time": np.arange(4000.0), "x": rng.normal(size=4000)})
    >>> moved, model = df.iloc[2000:].assign(x=df["x"] + 9), DecisionTreeClassifier(max_depth=2)
    >>> domain_classifier(df[:2000], moved, features=["x"], model=model, block=100).estimate > 0.999
    True
    """
    rng = np.random.default_rng(seed)
    parts, blocks, fold = [], [], []
    for name, frame in (("reference", reference), ("current", current)):
        part = frame.iloc[np.sort(rng.permutation(len(frame))[:rows])]
        number, place = block_of(_validate.times(part[time], time), block)
        if len(number) < folds:
            msg = f"{name} must have at least {folds} blocks of {block:g} s, got {len(number)}."
            raise ValueError(msg)
        parts.append(part[list(features)].to_numpy(dtype=np.float64))
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
