"""From resampled values to the two ends of an interval."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

METHODS = ("bca", "percentile", "logit")
Influence = tuple[NDArray[np.float64], NDArray[np.float64]]


def percentile(values: NDArray[np.float64], level: float) -> tuple[float, float]:
    """Return the quantiles that leave half of ``1 - level`` on each side."""
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


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
    bias = stats.norm.ppf(below)
    z = bias + stats.norm.ppf([(1 - level) / 2, (1 + level) / 2])
    low, high = np.quantile(values, stats.norm.cdf(bias + z / (1 - acceleration * z)))
    return float(low), float(high)


def logit(estimate: float, values: NDArray[np.float64], level: float) -> tuple[float, float]:
    """Return a normal interval on the log-odds scale, which stays within 0 and 1."""
    if not 0 < estimate < 1:
        msg = (
            f"The log-odds of the estimate {estimate:g} are infinite: use method='bca', or "
            "`binomial` for a share that was counted."
        )
        raise ValueError(msg)
    error = np.std(values, ddof=1) / (estimate * (1 - estimate))
    reach = stats.norm.ppf((1 + level) / 2) * error
    middle = special.logit(estimate)
    return float(special.expit(middle - reach)), float(special.expit(middle + reach))


def acceleration(samples: Sequence[Influence]) -> float:
    """Return BCa's acceleration from leave-one-out values and how often each occurs.

    One pair for each independent sample, as scipy's `bootstrap` has it for several samples.
    """
    top = bottom = 0.0
    for values, times in samples:
        n = times.sum()
        influence = (n - 1) * (np.average(values, weights=times) - values)
        top += (times * influence**3).sum() / n**3
        bottom += (times * influence**2).sum() / n**2
    return float(top / (6 * bottom**1.5)) if bottom > 0 else 0.0
