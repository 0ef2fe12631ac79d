"""Resamples where something is drawn besides the rows, or decided anew in each of them."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate

from ._bootstrap import AnyMetric, Options, n_positive, replicates, value
from ._interval import Interval, from_draws
from ._kernel import Counts, Floats, Kernel
from ._metrics import Total
from ._schemes import Blocks, Scheme


def mean_difference(
    metric: AnyMetric,
    y_true: ArrayLike,
    first: Sequence[ArrayLike],
    second: Sequence[ArrayLike],
    **options: Any,
) -> Interval:
    r"""Return how much higher a metric is, on average over draws of two models, than of another.

    Parameters
    ----------
    metric, y_true
        As for `bootstrap`.
    first, second : sequence of array-like of shape (n,)
        Scores of each model, one training or one random draw after another; a single one where
        nothing is drawn.
    **options
        ``scheme``, ``level``, ``n_resamples`` and ``seed``, as for `bootstrap`; its ``method``
        must be ``"percentile"``.

    Returns
    -------
    Interval
        Of the mean over draws of the first less that of the second, on the same rows. It
        allows for the rows and for the draws: each resample also draws the draws anew.

    Raises
    ------
    ValueError
        As `replicates`, or if ``method`` is another.

    Notes
    -----
    Drawing `R` draws anew makes their mean vary too little, by :math:`\sqrt{(R-1)/R}`; that is
    put right. One draw says nothing of how draws differ: then only the rows count.

    Examples
    --------
    >>> y, good, bad = [0, 1, 0, 1], [0.1, 0.9, 0.2, 0.8], [0.9, 0.1, 0.8, 0.2]
    >>> from prerelease.intervals import RocAuc
    >>> mean_difference(RocAuc(), y, [good, bad], [bad]).estimate
    0.5
    """
    how = Options(**options)
    _validate.choice(how.method, "method", ("percentile",))
    scores, n = [*first, *second], len(first)
    reached = np.array([value(metric, y_true, score) for score in scores])
    found = _values(metric, y_true, scores, how)
    rng = np.random.default_rng(how.seed)
    over = " over rows and draws" if len(scores) > 2 else ""
    y = np.asarray(y_true)
    return from_draws(
        reached[:n].mean() - reached[n:].mean(),
        redrawn(found[:n], rng) - redrawn(found[n:], rng),
        level=how.level,
        method=f"{how.scheme.name} percentile{over}",
        n=len(y),
        n_positive=n_positive(y),
    )


def _values(
    metric: AnyMetric, y_true: ArrayLike, scores: Sequence[ArrayLike], how: Options
) -> NDArray[np.float64]:
    """Return the metric of each scores in each resample, as `replicates`, but for many scores.

    Blocks are drawn alike whatever is measured, so scores may be measured one by one: rows that
    twenty scores cannot tell apart are few, and cells without end are slow.
    """
    options = {"scheme": how.scheme, "n_resamples": how.n_resamples, "seed": how.seed}
    if not isinstance(how.scheme, Blocks):
        return replicates(metric, y_true, scores, **options)
    if not isinstance(metric, Total):
        return np.concatenate([replicates(metric, y_true, [one], **options) for one in scores])
    table = np.column_stack([_validate.vector(score, "y_score") for score in scores])
    _validate.same_length(y_score=table, times=how.scheme.times)
    return how.scheme.totals(table, how.n_resamples, np.random.default_rng(how.seed)).T


def redrawn(values: ArrayLike, rng: np.random.Generator) -> NDArray[np.float64]:
    r"""Return the mean over draws in each resample, with the draws drawn anew each time.

    Parameters
    ----------
    values : array-like of shape (draws, resamples)
        The same quantity of the same resamples of rows, for trainings, shuffles or others that
        differ by luck alone.
    rng : numpy.random.Generator
        Two sides of a comparison whose draws are apart need two of them.

    Returns
    -------
    ndarray of shape (resamples,)

    Notes
    -----
    `R` draws that are drawn with replacement vary too little among themselves, so what a
    resample's mean of them deviates from the mean of all is stretched by
    :math:`\sqrt{R / (R - 1)}`. A single draw tells nothing of that luck.

    Examples
    --------
    >>> redrawn([[0.1, 0.2], [0.1, 0.2]], np.random.default_rng(0)).round(3).tolist()
    [0.1, 0.2]
    """
    drawn = np.asarray(values, dtype=np.float64)
    n = len(drawn)
    if n == 1:
        return drawn[0]
    picked = rng.integers(n, size=drawn.shape)
    middle = drawn.mean(axis=0)
    luck = np.take_along_axis(drawn, picked, axis=0).mean(axis=0) - middle
    return middle + np.sqrt(n / (n - 1)) * luck


def row_counts(scheme: Scheme, y: Floats, *, n_resamples: int, seed: int = 0) -> Iterator[Counts]:
    """Yield how often each row stands in each resample, for what must be decided anew in it.

    Parameters
    ----------
    scheme : Scheme
        As for `bootstrap`.
    y : ndarray of shape (n,)
        Labels; some numbers for schemes that ask for none.
    n_resamples, seed
        As for `bootstrap`; the resamples are those that it draws with this seed.

    Yields
    ------
    ndarray of shape (some resamples, n)
        Counts.

    Examples
    --------
    >>> from prerelease.intervals import Blocks
    >>> counts = np.concatenate([*row_counts(Blocks([0, 1, 2], 1.0), np.ones(3), n_resamples=9)])
    >>> counts.shape
    (9, 3)
    """
    _validate.integer(n_resamples, "n_resamples", low=1)
    each = Kernel(np.arange(len(y)), len(y), lambda counts: counts)
    yield from scheme.draw(each, scheme.strata(y), n_resamples, np.random.default_rng(seed))
