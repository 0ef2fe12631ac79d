"""Bootstrap intervals of one metric, and of the difference of two models on the same rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy  # scipy.stats is loaded where it is first asked for: it takes long
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate

from . import _kernel
from ._interval import Interval, from_draws
from ._kernel import Kernel
from ._metrics import Function, Metric
from ._schemes import Scheme, Stratified

UNDEFINED = 0.05  # share of resamples in which a metric may have no value before we refuse

AnyMetric = Metric | Callable[..., float]


def value(
    metric: AnyMetric,
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Return a metric of the rows as they are.

    Parameters
    ----------
    metric : Metric or callable
        As for `bootstrap`.
    y_true, y_score : array-like of shape (n,)
        Labels (1 = positive) and scores.
    sample_weight : array-like of shape (n,), optional
        How many real rows each row stands for.

    Returns
    -------
    float
        In the metric's unit; NaN where it has no value.

    Examples
    --------
    >>> from prerelease.intervals import AveragePrecision
    >>> value(AveragePrecision(), [0, 1, 0, 1], [0.1, 0.9, 0.2, 0.8])
    1.0
    """
    _, kernels = _prepare(metric, y_true, [y_score], sample_weight)
    return kernels[0].value()


def bootstrap(  # noqa: PLR0913 - each option is a decision that a reader may want to change
    metric: AnyMetric,
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    scheme: Scheme | None = None,
    method: str = "percentile",
    level: float = 0.95,
    n_resamples: int = 2000,
    seed: int = 0,
) -> Interval:
    r"""Return a metric with its bootstrap interval.

    Parameters
    ----------
    metric : Metric or callable
        `AveragePrecision`, `RocAuc`, `PrecisionAtK`, `RecallAtK`, `FBeta`, `Precision`,
        `Recall`, `Total`; or any ``function(y_true, y_score, sample_weight=counts)``, such as
        scikit-learn's, which is called once a resample.
    y_true : array-like of shape (n,)
        Labels, 1 = positive. A callable may take other targets, with a scheme without classes.
    y_score : array-like of shape (n,)
        Scores, higher is more likely positive; for `Total` the cost of each row.
    sample_weight : array-like of shape (n,), optional
        How many real rows each row stands for, where the rows are a sample.
    scheme : Scheme, optional
        `Stratified()` (default), `Blocks(times, seconds)` or `Independent()`.
    method : {"percentile", "bca"}, default "percentile"
        ``"percentile"`` takes the resampled values as they are; ``"bca"`` corrects bias and
        skew [1]_.
    level : float, default 0.95
        Nominal coverage. benchmarks/intervals.py measures the real one.
    n_resamples : int, default 2000
        At least 100.
    seed : int, default 0
        Of the random draws; same seed and same rows give the same interval.

    Returns
    -------
    Interval
        Where a bootstrap interval leaves its own estimate out, it is stretched to hold it.

    Raises
    ------
    ValueError
        For NaN, lengths that differ, a single class or a single positive, an unknown option, or
        when the metric has no value in more than 5 % of the resamples; fewer are left out.

    Notes
    -----
    A resample gives each row a count. Rows that the metric cannot tell apart share one
    multinomial draw, so that 1,000 resamples of average precision need no sort and no loop;
    the distribution is that of drawing row by row. An interval without width says that no
    resample differed, not that there is no doubt: see `binomial` for perfect scores. Near 1,
    where a few positives decide, intervals are too short by any method; and where these come in
    bursts, only `Blocks` cover what they promise. benchmarks/intervals.py measures both.

    References
    ----------
    .. [1] Efron (1987). Better bootstrap confidence intervals. Journal of the American
       Statistical Association 82, 171-185.

    Examples
    --------
    >>> import numpy as np
    >>> from prerelease.intervals import AveragePrecision
    >>> rng = np.random.default_rng(0)
    >>> y = np.arange(2000) < 40
    >>> print(bootstrap(AveragePrecision(), y, rng.normal(size=2000) + 3 * y, seed=1))
    0.826 [0.725, 0.909]
    """
    y, kernels = _prepare(metric, y_true, [y_score], sample_weight)
    return _interval(kernels[0], y, Options(scheme, method, level, n_resamples, seed))


def bootstrap_difference(
    metric: AnyMetric,
    y_true: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    **options: Any,
) -> Interval:
    """Return the metric of the first scores minus that of the second, on the same resamples.

    Parameters
    ----------
    metric, y_true, sample_weight
        As for `bootstrap`.
    first, second : array-like of shape (n,)
        Scores of two models for the same rows.
    **options
        ``scheme``, ``method``, ``level``, ``n_resamples`` and ``seed``, as for `bootstrap`.

    Returns
    -------
    Interval
        Of the difference: above 0 where the first metric is higher.

    Raises
    ------
    ValueError
        As `bootstrap`.

    Notes
    -----
    Both models meet the same lucky and unlucky rows, so the difference is known better than
    two separate intervals suggest: whether those overlap says little.

    Examples
    --------
    >>> import numpy as np
    >>> from prerelease.intervals import AveragePrecision
    >>> rng = np.random.default_rng(0)
    >>> y = np.arange(2000) < 40
    >>> score = rng.normal(size=2000) + 3 * y
    >>> print(bootstrap_difference(AveragePrecision(), y, score, score))
    0.000 [0.000, 0.000]
    """
    y, kernels = _prepare(metric, y_true, [first, second], sample_weight)
    return _interval(_kernel.difference(*kernels), y, Options(**options))


def replicates(
    metric: AnyMetric,
    y_true: ArrayLike,
    scores: Sequence[ArrayLike],
    *,
    sample_weight: ArrayLike | None = None,
    **options: Any,
) -> NDArray[np.float64]:
    """Return a metric of several models on the same resamples.

    Parameters
    ----------
    metric, y_true, sample_weight
        As for `bootstrap`.
    scores : sequence of array-like of shape (n,)
        Scores of one or more models for the same rows.
    **options
        ``scheme``, ``n_resamples`` and ``seed``, as for `bootstrap`.

    Returns
    -------
    ndarray of shape (len(scores), n_resamples)
        In the metric's unit; NaN where it has no value.

    Raises
    ------
    ValueError
        As `bootstrap`.

    Examples
    --------
    >>> from prerelease.intervals import AveragePrecision
    >>> replicates(AveragePrecision(), [0, 0, 1, 1], [[1, 2, 3, 4], [4, 3, 2, 1]]).shape
    (2, 2000)
    """
    y, kernels = _prepare(metric, y_true, scores, sample_weight)
    return _draw(_kernel.together(kernels), y, Options(**options)).T


@dataclass(frozen=True)
class Options:
    """How to resample, as `bootstrap` has it."""

    scheme: Scheme | None = None
    method: str = "percentile"
    level: float = 0.95
    n_resamples: int = 2000
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "scheme", self.scheme or Stratified())
        if isinstance(self.scheme, type) or not hasattr(self.scheme, "draw"):
            msg = (
                "scheme must be Stratified(), Independent() or Blocks(times, seconds), "
                f"got {self.scheme!r}."
            )
            raise ValueError(msg)
        _validate.choice(self.method, "method", ("percentile", "bca"))
        _validate.share(self.level, "level")
        _validate.integer(self.n_resamples, "n_resamples", low=100)
        _validate.integer(self.seed, "seed", low=0)


def _prepare(
    metric: AnyMetric,
    y_true: ArrayLike,
    scores: Sequence[ArrayLike],
    sample_weight: ArrayLike | None,
) -> tuple[NDArray[Any], list[Kernel]]:
    """Validate the rows and return their labels and the kernel of each model."""
    if isinstance(metric, type) or not callable(getattr(metric, "kernel", metric)):
        msg = (
            "metric must be a metric of this module, such as AveragePrecision(), or a function, "
            f"got {metric!r}."
        )
        raise ValueError(msg)
    if not len(scores):
        msg = "scores must hold the scores of at least one model, got none."
        raise ValueError(msg)
    if hasattr(metric, "kernel"):
        y = _validate.binary(y_true, "y_true", both=metric.both_classes)
    else:
        metric, y = Function(metric), _validate.vector(y_true, "y_true")
    columns = [_validate.vector(score, "y_score") for score in scores]
    for column in columns:
        _validate.same_length(y_true=y, y_score=column)
    weights = _validate.weights(sample_weight, "sample_weight", len(y))
    return y, [_kernel.weighted(metric.kernel(y, column), weights) for column in columns]


def _draw(kernel: Kernel, y: NDArray[Any], options: Options) -> NDArray[np.float64]:
    rng = np.random.default_rng(options.seed)
    strata = options.scheme.strata(y)
    counts = options.scheme.draw(kernel, strata, options.n_resamples, rng)
    values = np.concatenate([kernel.evaluate(chunk) for chunk in counts])
    undefined = np.isnan(values).reshape(len(values), -1).any(axis=1)
    if undefined.mean() > UNDEFINED:
        msg = (
            f"The metric has no value in {undefined.sum()} of {len(values)} resamples: there are "
            "too few positives or alerts for this scheme."
        )
        raise ValueError(msg)
    return values


def _interval(kernel: Kernel, y: NDArray[Any], options: Options) -> Interval:
    values, estimate = _draw(kernel, y, options), kernel.value()
    # Equal but for rounding is equal: BCa counts what lies below the estimate.
    values[np.isclose(values, estimate, rtol=1e-12, atol=1e-15)] = estimate
    facts = {
        "level": options.level,
        "method": f"{options.scheme.name} {options.method}",
        "n": len(y),
        "n_positive": n_positive(y),
    }
    if options.method == "percentile":
        return from_draws(estimate, values, **facts)
    skew = _acceleration(kernel, y, options)
    low, high = bca(estimate, values[~np.isnan(values)], options.level, skew)
    return Interval(estimate, min(low, estimate), max(high, estimate), **facts)


def n_positive(y: NDArray[Any]) -> int | None:
    """Return how many positives there are, None where the question has no classes."""
    return int(y.sum()) if np.isin(y, (0, 1)).all() else None


def _acceleration(kernel: Kernel, y: NDArray[Any], options: Options) -> float:
    """Return BCa's acceleration from leave-one-out values and how often each occurs.

    One part for each independent sample, as scipy's `bootstrap` has it for several samples.
    """
    everything = np.bincount(kernel.cell, minlength=kernel.n_cells)
    rng = np.random.default_rng(options.seed)
    top = bottom = 0.0
    for removed, times in options.scheme.units(kernel, options.scheme.strata(y), rng):
        n, values = times.sum(), kernel.evaluate(everything - removed)
        influence = (n - 1) * (np.average(values, weights=times) - values)
        top += (times * influence**3).sum() / n**3
        bottom += (times * influence**2).sum() / n**2
    return float(top / (6 * bottom**1.5)) if bottom > 0 else 0.0


def bca(
    estimate: float, values: NDArray[np.float64], level: float, acceleration: float
) -> tuple[float, float]:
    """Return bias-corrected and accelerated quantiles (Efron 1987)."""
    below = np.mean(values < estimate) + np.mean(values == estimate) / 2
    if not 0 < below < 1:
        msg = (
            f"All resampled values lie on one side of the estimate {estimate:g}, so its bias "
            "cannot be corrected: use method='percentile'."
        )
        raise ValueError(msg)
    bias = scipy.stats.norm.ppf(below)
    z = bias + scipy.stats.norm.ppf([(1 - level) / 2, (1 + level) / 2])
    low, high = np.quantile(values, scipy.stats.norm.cdf(bias + z / (1 - acceleration * z)))
    return float(low), float(high)
