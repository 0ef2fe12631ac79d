"""The interval of a linearised metric, and why it may not be relied upon."""

from dataclasses import dataclass

import numpy as np
import scipy  # scipy.stats is loaded where it is first asked for: it takes long

from prerelease.gate._clusters import Clusters
from prerelease.gate._linear import Floats, Linear
from prerelease.intervals import Interval
from prerelease.intervals._binomial import ends as binomial_ends

FEWEST = 20
"""Stretches of time, and cases of each class: with fewer no interval keeps what it promises."""
SKEWED = 0.4
"""Skewness of the sum of the influences from which no end can be promised."""
SURE = 2.0
"""Standard errors from which companions are more than chance."""
NO_LENGTH = (
    "every case adds the same, so the interval has no length: that is too few cases to differ, "
    "and not certainty"
)


@dataclass(frozen=True, kw_only=True)
class Spread:
    """How much a metric varies, as stretches of one length show it."""

    variance: float
    freedom: float
    skew: float
    design: float
    where: str
    held: int

    @property
    def reach(self) -> float:
        """Half the length of a t interval of level .95."""
        return self.variance**0.5 * _t(self.freedom, 0.95)


def interval(linear: Linear, clusters: Clusters, level: float = 0.95) -> tuple[Interval, str]:
    r"""Return a metric with its interval, and why that may not be relied upon.

    Parameters
    ----------
    linear : Linear
        The metric.
    clusters : Clusters
        Which rows belong together.
    level : float, default 0.95
        Coverage.

    Returns
    -------
    Interval
        Of the metric.
    str
        Empty, if it may be relied upon.
    """
    found = spread(linear, clusters)
    if linear.kind == "share":
        low, high, how = _share(linear, found, level)
    elif linear.kind == "ranking":
        low, high, how = _ranking(linear, found, level)
    else:
        low, high, how = _sum(linear, found, level)
    method = f"{how}, variance over {found.where}"
    made = Interval(linear.value, float(low), float(high), level, method, len(linear.influence))
    return made, _doubt(linear, clusters, found, made)


def spread(linear: Linear, clusters: Clusters) -> Spread:
    """Return the variance of a metric at the length of stretches where it is largest."""
    columns, found = (linear.influence, linear.counts), []
    alone = float(linear.influence @ linear.influence)
    for seconds, total, (u, m) in clusters.sums(*columns):
        if found and np.count_nonzero(m) < FEWEST:
            break
        where = f"stretches of {seconds:g} s" if seconds else "single rows"
        found.append(_spread(u, m, total, alone, where))
    if clusters.group is not None:
        total, (u, m) = clusters.by_group(*columns)
        found.append(_spread(u, m, total, alone, "groups"))
        if found[-1].held < FEWEST:  # whatever their variance is, it is not known
            return found[-1]
    return max(found, key=lambda one: one.reach)


def _spread(u: Floats, m: Floats, total: float, alone: float, where: str) -> Spread:
    """Return the variance of a sum of independent parts `u`, which hold `m` cases that tell."""
    mean = u.sum() / total
    variance = max(float(u @ u) - total * mean**2, 0.0) * total / max(total - 1, 1)
    design = variance / alone if alone > 0 else 1.0
    together = max(float(m @ m) / max(m.sum(), 1) - 1, 1e-9)
    size = m * (1 + np.maximum(m - 1, 0) * np.clip((design - 1) / together, 0, 1))
    return Spread(
        variance=variance,
        freedom=max(float(size.sum() ** 2 / max(size @ size, 1e-300)) - 1, 1.0),
        skew=float(((u - mean) ** 3).sum() / variance**1.5) if variance > 0 else 0.0,
        design=design,
        where=where,
        held=int(np.count_nonzero(m)),
    )


def _t(freedom: float, level: float) -> float:
    return float(scipy.stats.t.ppf((1 + level) / 2, freedom))


def _share(linear: Linear, found: Spread, level: float) -> tuple[float, float, str]:
    """Clopper and Pearson, of as many cases as they are worth (Korn and Graubard 1998)."""
    share, n = linear.value / linear.scale, linear.n
    ratio = _t(max(n - 1, 1), level) / _t(found.freedom, level)
    n = max(min(n, n / max(found.design, 1e-9) * ratio**2), 1e-3) if found.variance else n
    low, high = (linear.scale * end for end in binomial_ends(share * n, n, 1 - level))
    return min(low, linear.value), max(high, linear.value), "exact binomial of effective cases"


def _ranking(linear: Linear, found: Spread, level: float) -> tuple[float, float, str]:
    """On the logit scale (Boyd, Eng and Page 2013)."""
    value, half = linear.value, _t(found.freedom, level) * found.variance**0.5
    low, high, how = value, value, "logit scale, t"
    if 0 < value < 1:
        half /= value * (1 - value)
        low, high = (scipy.special.expit(scipy.special.logit(value) + end) for end in (-half, half))
    if abs(found.skew) > SKEWED or not 0 < value < 1:
        n = max(linear.n / max(found.design, 1), 1)
        least = binomial_ends(value * n, n, 1 - level)
        low, high = min(low, least[0]), max(high, least[1])
        how += ", at least exact binomial"
    return float(min(low, value)), float(max(high, value)), how


def _sum(linear: Linear, found: Spread, level: float) -> tuple[float, float, str]:
    """Return a t interval that allows for the skewness of the sum (Hall 1992)."""
    t, half = _t(found.freedom, level), found.variance**0.5
    ends = [linear.value - half * _unskewed(q, found.skew) for q in (t, -t)]
    return min(ends[0], linear.value), max(ends[1], linear.value), "t, corrected for skewness"


def _unskewed(z: float, a: float) -> float:
    """Return the quantile of a studentised sum of skewness `a` (Hall 1992)."""
    if abs(a) < 1e-6:
        return z
    return 3 / a * (np.cbrt(1 + a * (z - a / 6)) - 1)


def _doubt(linear: Linear, clusters: Clusters, found: Spread, made: Interval) -> str:
    if not made.low < made.high:
        return NO_LENGTH
    if found.held < FEWEST:
        return (
            f"the {int(linear.counts.sum())} cases that tell stand in {found.held} {found.where}, "
            f"and an interval needs {FEWEST}"
        )
    if linear.kind in ("money", "difference") and abs(found.skew) > SKEWED:
        need = int(np.ceil(found.held * (found.skew / SKEWED) ** 2))
        return (
            f"a few cases decide it: an interval needs some {need:,} {found.where} with a case "
            f"that tells, and there are {found.held}"
        )
    return ""
