"""The interval of a linearised metric, and why it may not be relied upon."""

from dataclasses import dataclass, replace

import numpy as np
import scipy  # scipy.stats is loaded where it is first asked for: it takes long

from prerelease.gate._clusters import Bursts, Clusters, Parts
from prerelease.gate._linear import FEWEST, Linear
from prerelease.intervals import Interval
from prerelease.intervals._binomial import ends as binomial_ends
from prerelease.intervals._binomial import paired_ends

SKEWED = 0.8
"""Skewness of a sum of money from which no end can be promised; 1, if one case is all of it."""
FURTHEST = 0.55
"""Skewness at which Hall's quantile of level .95 is furthest out."""
NO_LENGTH = (
    "every case adds the same, so the interval has no length: that is too few cases to differ, "
    "and not certainty"
)


@dataclass(frozen=True, kw_only=True)
class Spread:
    """How much a metric varies, as independent parts show it: stretches of a length, or groups.

    Parameters
    ----------
    variance, skew, model_skew : float
        Of the metric; the last by a model that tells what chance hid, if there is one.
    freedom : float
        Degrees of freedom of the variance.
    design : float
        How many times the variance is that of independent rows.
    where : str
        What the parts are.
    few : float
        Degrees of freedom where cases come in bursts: those on the side of the metric on which
        there are fewer hardly know how much the others vary.
    held : int
        Parts that hold a case that tells; of shares of all cases, any case.
    bursts : Bursts
        In which cases that tell come together.
    """

    variance: float
    freedom: float
    skew: float
    model_skew: float
    design: float
    where: str
    held: int
    few: float
    bursts: Bursts

    @property
    def worst(self) -> float:
        """How many times the variance were that of independent rows, if bursts share their fate."""
        return 1 + self.bursts.companions

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
        Coverage: at its bound a metric passes at most as often as half of the rest.

    Returns
    -------
    Interval
        Of the metric; its ``method`` says how it was made.
    str
        Empty, if it may be relied upon.

    Notes
    -----
    The variance is that of the influences summed over stretches of time, which are doubled in
    length while 20 hold a case that tells; the largest counts, since bursts that are longer than a
    stretch show in longer ones only. Its degrees of freedom are those of as many equal clusters as
    the stretches are worth [1]_. A share ends where Clopper and Pearson's interval of as many
    cases as they are worth does [2]_, a ranking metric on the logit scale [3]_, and a sum where a
    t interval does that allows for its skewness [4]_. What chance may have hidden is added: money
    that was at stake and by luck not lost, normal scores below the ROC curve, and as many cases of
    a kind that is not here as could be absent by chance. Refused is what comes in fewer than 20
    bursts or stretches, and money whose sum has a skewness above 0.8, so that a few cases decide
    it: a Cochran rule [5]_ that is wider, for these ends allow for skewness.

    References
    ----------
    .. [1] Carter, Schnepel and Steigerwald (2017). Asymptotic behavior of a t-test robust to
       cluster heterogeneity. Review of Economics and Statistics 99, 698-709.
    .. [2] Korn and Graubard (1998). Confidence intervals for proportions with small expected
       number of positive counts estimated from survey data. Survey Methodology 24, 193-201.
    .. [3] Boyd, Eng and Page (2013). Area under the precision-recall curve: point estimates and
       confidence intervals. ECML PKDD, LNCS 8190, 451-466.
    .. [4] Hall (1992). On the removal of skewness by transformation. Journal of the Royal
       Statistical Society B.
    .. [5] Sugden, Smith and Jones (2000). Cochran's rule for simple random sampling. Journal of
       the Royal Statistical Society B 62, 787-793.

    Examples
    --------
    >>> hit = np.arange(100) < 60
    >>> linear = Linear(0.6, (hit - 0.6) / 100, "share", np.ones(100, dtype=bool), n=100)
    >>> print(interval(linear, Clusters(100))[0])
    0.600 [0.497, 0.697]
    """
    found = spread(linear, clusters)
    ends = {"share": _share, "paired": _paired, "ranking": _ranking}.get(linear.kind, _sum)
    low, high, how = ends(linear, found, level)
    method = f"{how}, variance over {found.where}"
    if found.bursts.companions:
        method += f"; cases that tell come in bursts of up to {found.bursts.seconds:g} s"
    low, high = min(float(low), linear.value), max(min(float(high), linear.most), linear.value)
    made = Interval(linear.value, low, high, level, method, len(linear.influence))
    return made, _doubt(linear, found, made)


def spread(linear: Linear, clusters: Clusters) -> Spread:
    """Return how much a metric varies where it varies most: over time, or over groups."""
    columns, found = (linear.influence, linear.counts), []
    alone, bursts = float(linear.influence @ linear.influence), clusters.bursts(linear.counts)
    for parts in clusters.over_time(*columns):
        if found and np.count_nonzero(parts.sums[1]) < FEWEST:
            break
        found.append(_spread(parts, linear, alone, bursts))
    if clusters.group is not None:
        found.append(_spread(clusters.by_group(*columns), linear, alone, bursts))
        if found[-1].held < FEWEST:  # whatever their variance is, it is not known
            return found[-1]
    most = max(found, key=lambda one: one.reach)
    squares, cubes = linear.moments
    if not (squares > 0 and most.variance > 0):
        return most
    skew = cubes / squares**1.5 * max(most.design, 1) ** 0.5
    variance = most.variance * max(1.0, squares / alone)
    return replace(most, variance=variance, model_skew=skew)


def _spread(parts: Parts, linear: Linear, alone: float, bursts: Bursts) -> Spread:
    """Return the variance of a sum over independent parts, and what is known of it."""
    (u, m), total = parts.sums, parts.total
    rate = u.sum() / total
    u = u - rate * parts.seen
    empty = max(total - np.sum(parts.seen) if np.ndim(parts.seen) else 0.0, 0.0)
    variance = (float(u @ u) + empty * rate**2) * total / max(total - 1, 1)
    skew = float((u**3).sum() - empty * rate**3) / variance**1.5 if variance > 0 else 0.0
    design = variance / alone if alone > 0 else 1.0
    together = max(float(m @ m) / max(m.sum(), 1) - 1, 1e-9)
    size = m * (1 + np.maximum(m - 1, 0) * np.clip((design - 1) / together, 0, 1))
    freedom = max(float(size.sum() ** 2 / max(size @ size, 1e-300)) - 1, 1.0)
    sides = min(np.count_nonzero(u > 0), np.count_nonzero(u < 0))
    return Spread(
        variance=variance,
        freedom=freedom,
        few=min(freedom, max(sides - 1.0, 1.0)) if bursts.companions else freedom,
        skew=skew,
        model_skew=skew,
        design=design,
        where=parts.where,
        held=len(u) if linear.scale != 1 else int(np.count_nonzero(m)),
        bursts=bursts,
    )


def _t(freedom: float, level: float) -> float:
    return float(scipy.stats.t.ppf((1 + level) / 2, freedom))


def _share(linear: Linear, found: Spread, level: float) -> tuple[float, float, str]:
    """Clopper and Pearson, of as many cases as they are worth (Korn and Graubard 1998)."""
    share, n = linear.value / linear.scale, linear.n
    fewer, design = found.worst, max(found.design, 1.0)
    if 0 < share < 1:
        # So few events cannot tell how much stretches vary: then the worst counts.
        rare, freedom = linear.scale != 1 and share * n < FEWEST, found.freedom
        if rare:
            freedom = max(freedom, FEWEST - 1.0)
        free, few = (
            (_t(one, level) / _t(max(n - 1, 1), level)) ** 2 for one in (freedom, found.few)
        )
        worst = found.worst * free
        fewer = max(design * free, worst if rare else min(design * few, worst))
    n /= fewer
    low, high = (linear.scale * end for end in binomial_ends(share * n, n, 1 - level))
    return low, high, "exact binomial of effective cases"


def _paired(linear: Linear, found: Spread, level: float) -> tuple[float, float, str]:
    """Return the score interval of a paired difference, of as many cases as they are worth."""
    value = linear.value / linear.scale
    alone = float(linear.influence @ linear.influence) / linear.scale**2
    differ = min(1.0, linear.n * alone + value**2)  # the share of cases on which the two differ
    n = linear.n / found.worst
    if found.held >= FEWEST:
        wide = _t(found.freedom, level) / _t(np.inf, level)
        n = linear.n / max(found.design, 1.0) / wide**2
    ends = paired_ends(n * (differ + value) / 2, n * (differ - value) / 2, n, 1 - level)
    return linear.scale * ends[0], linear.scale * ends[1], "paired score of effective cases"


def _ranking(linear: Linear, found: Spread, level: float) -> tuple[float, float, str]:
    """Return ends on the logit scale (Boyd, Eng and Page 2013).

    As many positives may be unlike all that are here as could be absent by chance: those may rank
    no better than chance, or best of all.
    """
    value, below = linear.value, linear.value - min(linear.bias, linear.value / 2)
    absent = _absent(linear, found, level)
    low, high = value + absent * linear.unseen, value + absent * (1 - value)
    if 0 < value < 1:
        half = _t(found.few, level) * found.variance**0.5 / (value * (1 - value))
        low = min(low, scipy.special.expit(scipy.special.logit(below) - half))
        high = max(high, scipy.special.expit(scipy.special.logit(value) + half))
    if abs(found.skew) > FURTHEST:  # a few cases are almost all of it
        n = linear.n / max(found.design, found.worst)
        least = binomial_ends(value * n, n, 1 - level)
        low, high = min(low, least[0]), max(high, least[1])
    return low, high, "logit scale, t"


def _absent(linear: Linear, found: Spread, level: float) -> float:
    """Return which share of all cases may be of a kind that is not here, by chance."""
    return 1 - ((1 - level) / 2) ** (max(found.design, found.worst) / linear.n)


def _sum(linear: Linear, found: Spread, level: float) -> tuple[float, float, str]:
    """Return a t interval that allows for the skewness of the sum (Hall 1992)."""
    t, half, value = _t(found.few, level), found.variance**0.5, linear.value
    skews = [found.skew, found.model_skew]
    if linear.kind == "money" and not linear.moments[0]:  # larger amounts are yet to be seen
        skews.append(float(np.clip(2 * found.skew, -FURTHEST, FURTHEST)))
    low = min(value - half * _quantile(t, skew) for skew in skews)
    high = max(value - half * _quantile(-t, skew) for skew in skews)
    if linear.unseen:
        lost = value + linear.unseen * _absent(linear, found, level)
        low, high = min(low, lost), max(high, lost)
    return low, high, "t, corrected for skewness"


def _quantile(z: float, skew: float) -> float:
    """Return the quantile of a studentised sum of some skewness (Hall 1992)."""
    if abs(skew) < 1e-6:
        return z
    return float(3 / skew * (np.cbrt(1 + skew * (z - skew / 6)) - 1))


def _doubt(linear: Linear, found: Spread, made: Interval) -> str:
    if not made.low < made.high:
        return NO_LENGTH
    n = int(linear.counts.sum())
    if (apart := n / found.worst) < FEWEST and found.bursts.companions:
        return (
            f"the {n} cases that tell come in about {apart:.0f} bursts of up to "
            f"{found.bursts.seconds:g} s, and an interval needs {FEWEST}: about "
            f"{FEWEST / apart:.1f} times as much"
        )
    if found.held < FEWEST:
        return (
            f"the {n} cases that tell stand in {found.held} {found.where}, and an interval needs "
            f"{FEWEST}"
        )
    if linear.kind in ("money", "difference") and abs(found.skew) > SKEWED:
        need = int(np.ceil(found.held * (found.skew / SKEWED) ** 2))
        return (
            f"a few cases decide it: an interval needs some {need:,} {found.where} with a case "
            f"that tells, and there are {found.held:,}"
        )
    return ""
