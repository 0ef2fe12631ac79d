"""Bootstrap intervals of one metric, and of the difference of two models on the same rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate

from . import _bounds, _kernel
from ._interval import Interval
from ._kernel import Kernel
from ._metrics import AveragePrecision, Function, Metric
from ._schemes import Scheme, Stratified

UNDEFINED = 0.05
"""Share of resamples in which a metric may have no value before we refuse to go on."""

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
        Labels (1 = fraud) and scores.
    sample_weight : array-like of shape (n,), optional
        How many real rows each row stands for.

    Returns
    -------
    float
        In the metric's unit; NaN where it has no value.

    Examples
    --------
    >>> value(AveragePrecision(), [0, 1, 0, 1], [0.1, 0.9, 0.2, 0.8])
    1.0
    """
    _, kernels = _prepare(metric, y_true, [y_score], sample_weight)
    return _of_all(kernels[0])


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
        Labels, 1 = fraud. A callable may take other targets, with a scheme without classes.
    y_score : array-like of shape (n,)
        Scores, higher is more suspect; for `Total` the cost of each row.
    sample_weight : array-like of shape (n,), optional
        How many real rows each row stands for, where the rows are a sample.
    scheme : Scheme, optional
        `Stratified()` (default), `Blocks(times, seconds)` or `Independent()`.
    method : {"percentile", "bca", "logit"}, default "percentile"
        ``"percentile"`` takes the resampled values as they are; ``"bca"`` corrects bias and
        skew [1]_; ``"logit"`` is normal on the log-odds scale, for metrics that are shares [2]_.
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
        For NaN, lengths that differ, a single class or a single fraud, an unknown option, or
        when the metric has no value in more than 5 % of the resamples; fewer are left out.

    Notes
    -----
    A resample gives each row a count. Rows that the metric cannot tell apart share one
    multinomial draw, so that 1,000 resamples of average precision need no sort and no loop;
    the distribution is that of drawing row by row. An interval without width says that no
    resample differed, not that there is no doubt: see `binomial` for perfect scores. Near 1,
    where a few frauds decide, intervals are too short by any method; and where frauds come in
    bursts, only `Blocks` cover what they promise. benchmarks/intervals.py measures both.

    References
    ----------
    .. [1] Efron (1987). Better bootstrap confidence intervals. Journal of the American
       Statistical Association 82, 171-185.
    .. [2] Boyd, Eng and Page (2013). Area under the precision-recall curve: point estimates
       and confidence intervals. ECML PKDD, 451-466.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> y = np.arange(2000) < 40
    >>> print(bootstrap(AveragePrecision(), y, rng.normal(size=2000) + 3 * y, seed=1))
    0.826 [0.725, 0.909]
    """
    y, kernels = _prepare(metric, y_true, [y_score], sample_weight)
    share = getattr(metric, "share", False)
    options = _Options(scheme, method, level, n_resamples, seed, share=share)
    return _interval(kernels[0], y, options)


def bootstrap_difference(  # noqa: PLR0913 - see `bootstrap`
    metric: AnyMetric,
    y_true: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    scheme: Scheme | None = None,
    method: str = "percentile",
    level: float = 0.95,
    n_resamples: int = 2000,
    seed: int = 0,
) -> Interval:
    """Return the metric of the first scores minus that of the second, on the same resamples.

    Parameters
    ----------
    metric, y_true, sample_weight, scheme, level, n_resamples, seed
        As for `bootstrap`.
    first, second : array-like of shape (n,)
        Scores of two models for the same rows.
    method : {"percentile", "bca"}, default "percentile"
        As for `bootstrap`; a difference has no log-odds.

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
    Both models meet the same lucky and unlucky frauds, so the difference is known better than
    two separate intervals suggest: whether those overlap says little.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> y = np.arange(2000) < 40
    >>> score = rng.normal(size=2000) + 3 * y
    >>> print(bootstrap_difference(AveragePrecision(), y, score, score))
    0.000 [0.000, 0.000]
    """
    y, kernels = _prepare(metric, y_true, [first, second], sample_weight)
    options = _Options(scheme, method, level, n_resamples, seed, share=False)
    return _interval(_kernel.difference(*kernels), y, options)


def average_precision(y_true: ArrayLike, y_score: ArrayLike, **options: Any) -> Interval:
    """Return average precision with its interval: `bootstrap` with `AveragePrecision`.

    Parameters
    ----------
    y_true, y_score : array-like of shape (n,)
        Labels (1 = fraud) and scores, higher is more suspect.
    **options
        As for `bootstrap`.

    Returns
    -------
    Interval
        From 0 to 1. By default of a stratified bootstrap: for as many frauds as there were.

    Examples
    --------
    >>> f"{average_precision([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9]):.2f}"
    '1.00 [1.00, 1.00]'
    """
    return bootstrap(AveragePrecision(), y_true, y_score, **options)


def average_precision_difference(
    y_true: ArrayLike, first: ArrayLike, second: ArrayLike, **options: Any
) -> Interval:
    """Return how much higher the first model's average precision is, with its interval.

    Parameters
    ----------
    y_true, first, second : array-like of shape (n,)
        Labels (1 = fraud) and the scores of two models for the same rows.
    **options
        As for `bootstrap_difference`.

    Returns
    -------
    Interval
        From -1 to 1.

    Examples
    --------
    >>> y, first, second = [0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9], [0.9, 0.2, 0.8, 0.7]
    >>> average_precision_difference(y, first, second).estimate
    0.41666666666666674
    """
    return bootstrap_difference(AveragePrecision(), y_true, first, second, **options)


def replicates(  # noqa: PLR0913 - see `bootstrap`
    metric: AnyMetric,
    y_true: ArrayLike,
    scores: Sequence[ArrayLike],
    *,
    sample_weight: ArrayLike | None = None,
    scheme: Scheme | None = None,
    n_resamples: int = 2000,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Return a metric of several models on the same resamples.

    Parameters
    ----------
    metric, y_true, sample_weight, scheme, n_resamples, seed
        As for `bootstrap`.
    scores : sequence of array-like of shape (n,)
        Scores of one or more models for the same rows.

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
    >>> replicates(AveragePrecision(), [0, 0, 1, 1], [[1, 2, 3, 4], [4, 3, 2, 1]]).shape
    (2, 2000)
    """
    y, kernels = _prepare(metric, y_true, scores, sample_weight)
    options = _Options(scheme, "percentile", 0.95, n_resamples, seed, share=False)
    return _draw(_kernel.together(kernels), y, options).T


@dataclass(frozen=True)
class _Options:
    scheme: Scheme | None
    method: str
    level: float
    n_resamples: int
    seed: int
    share: bool

    def __post_init__(self) -> None:
        object.__setattr__(self, "scheme", self.scheme or Stratified())
        if isinstance(self.scheme, type) or not hasattr(self.scheme, "draw"):
            msg = (
                "scheme must be Stratified(), Independent() or Blocks(times, seconds), "
                f"got {self.scheme!r}."
            )
            raise ValueError(msg)
        _validate.choice(self.method, "method", _bounds.METHODS)
        _validate.number(self.level, "level", above=0, below=1)
        _validate.integer(self.n_resamples, "n_resamples", low=100)
        _validate.integer(self.seed, "seed", low=0)
        if self.method == "logit" and not self.share:
            msg = "method='logit' is for one metric that is a share from 0 to 1: use 'bca'."
            raise ValueError(msg)


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
    if not hasattr(metric, "kernel"):
        metric = Function(metric)
    if not len(scores):
        msg = "scores must hold the scores of at least one model, got none."
        raise ValueError(msg)
    columns = [_validate.vector(score, "y_score") for score in scores]
    if isinstance(metric, Function):
        y = _validate.vector(y_true, "y_true")
    else:
        y = _validate.binary(y_true, "y_true", both=metric.both_classes)
    for column in columns:
        _validate.same_length(y_true=y, y_score=column)
    weights = _validate.weights(sample_weight, "sample_weight", len(y))
    return y, [_kernel.weighted(metric.kernel(y, column), weights) for column in columns]


def _of_all(kernel: Kernel) -> float:
    return float(kernel.evaluate(kernel.sizes()[None].astype(np.float64))[0])


def _draw(kernel: Kernel, y: NDArray[Any], options: _Options) -> NDArray[np.float64]:
    rng = np.random.default_rng(options.seed)
    strata = options.scheme.strata(y)
    counts = options.scheme.draw(kernel, strata, options.n_resamples, rng)
    values = np.concatenate([kernel.evaluate(chunk) for chunk in counts])
    undefined = np.isnan(values).reshape(len(values), -1).any(axis=1)
    if undefined.mean() > UNDEFINED:
        msg = (
            f"The metric has no value in {undefined.sum()} of {len(values)} resamples: there are "
            "too few frauds or alerts for this scheme."
        )
        raise ValueError(msg)
    return values


def _interval(kernel: Kernel, y: NDArray[Any], options: _Options) -> Interval:
    values = _draw(kernel, y, options)
    values = values[~np.isnan(values)]
    estimate = _of_all(kernel)
    # Equal but for rounding is equal: BCa counts what lies below the estimate.
    values[np.isclose(values, estimate, rtol=1e-12, atol=1e-15)] = estimate
    if options.method == "percentile":
        low, high = _bounds.percentile(values, options.level)
    elif options.method == "logit":
        low, high = _bounds.logit(estimate, values, options.level)
    else:
        skew = _acceleration(kernel, y, options)
        low, high = _bounds.bca(estimate, values, options.level, skew)
    return Interval(
        estimate,
        min(low, estimate),
        max(high, estimate),
        options.level,
        f"{options.scheme.name} {options.method}",
        len(y),
        int(y.sum()) if np.isin(y, (0, 1)).all() else None,
    )


def _acceleration(kernel: Kernel, y: NDArray[Any], options: _Options) -> float:
    everything = kernel.sizes()
    rng = np.random.default_rng(options.seed)
    units = options.scheme.units(kernel, options.scheme.strata(y), rng)
    samples = [(kernel.evaluate(everything - removed), times) for removed, times in units]
    return _bounds.acceleration(samples)
