"""How good decisions and rankings were, and what they cost, from counts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma

from prerelease import _validate
from prerelease.costs import CostModel
from prerelease.drift._columns import redraw
from prerelease.intervals import (
    AveragePrecision,
    FBeta,
    Interval,
    Precision,
    Recall,
    RocAuc,
    binomial,
    from_draws,
)
from prerelease.intervals._bootstrap import UNDEFINED
from prerelease.intervals._kernel import fold, indicator
from prerelease.intervals._share import FEW

from ._compare import first_bin
from ._count import UNITS
from ._profile import Profile

Floats = NDArray[np.float64]
METRICS = (AveragePrecision, RocAuc, Precision, Recall, FBeta)


@dataclass(frozen=True)
class Measure:
    """A measure of a profile.

    Parameters
    ----------
    interval : Interval
        Its value with the interval of resampled blocks of time.
    least, most : float
        Between which the value of the rows themselves lies, for certain.
    """

    interval: Interval
    least: float
    most: float


def measure(
    profile: Profile,
    metric: Any,
    *,
    n_resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Measure:
    """Return how good a model was in the rows whose label is known.

    Parameters
    ----------
    profile : Profile
        With labels.
    metric : AveragePrecision, RocAuc, Precision, Recall or FBeta
        Of `prerelease.intervals`; a threshold must be an edge of the score's bins.
    n_resamples : int, default 1000
        Times that blocks are drawn.
    level, seed
        Of the interval.

    Returns
    -------
    Measure
        ``interval``, and ``least`` and ``most``, between which the exact value lies: the same
        where there is a threshold. A ranking knows no order within a bin, whose rows count as
        tied.

    Raises
    ------
    ValueError
        If known labels are of one class, or the metric has no value in too many resamples.

    Notes
    -----
    Blocks are drawn with replacement, as many as there are. Precision and recall with fewer than
    5 rows on one side get an exact binomial interval, as in `intervals.share`.

    Examples
    --------
    >>> import pandas as pd
    >>> from prerelease.profiles import Contract, profile
    >>> rows = pd.DataFrame({"time": np.arange(400.0), "score": np.arange(400) % 10 / 10})
    >>> rows["label"] = (rows["score"] > 0.75).astype(int)
    >>> counted = profile(rows, Contract.of(rows, thresholds=[0.7], block=20))
    >>> print(measure(counted, Precision(0.7)).interval)
    0.667 [0.667, 0.667]
    """
    if not isinstance(metric, METRICS):
        names = ", ".join(one.__name__ for one in METRICS)
        msg = f"metric must be one of {names}, got {metric!r}."
        raise ValueError(msg)
    if hasattr(metric, "threshold"):
        first_bin(profile.contract, metric.threshold)
    found = profile.scored.query("label >= 0 and bin >= 0")
    if found.empty:
        msg = "no label is known, so nothing can be measured by labels."
        raise ValueError(msg)
    cells, cell = np.unique(2 * found["bin"] + found["label"], return_inverse=True)
    bins, positive = cells // 2, cells % 2 == 1
    if positive.all() or not positive.any():
        n = found["n"].sum()
        msg = f"known labels must be of both classes, got only {int(positive[0])} in {n:,} rows."
        raise ValueError(msg)
    edges = profile.contract.bins(profile.contract.score)
    lowest = np.append(edges[0] - 1, edges)[bins]
    by_block = profile.by_block(found, found["bin"] * 0 + cell, len(cells))
    by_block = by_block[by_block.sum(axis=1) > 0]

    def of(score: Floats) -> Callable[[Floats], Floats]:
        kernel = metric.kernel(positive, score)
        sums = indicator(kernel.cell, kernel.n_cells)
        return lambda counts: kernel.evaluate(fold(counts, sums))

    total = by_block.sum(axis=0)
    evaluate = of(lowest)
    least, most = _ends(metric, of, bins, positive, total)
    told = {"level": level, "n": int(total.sum()), "n_positive": int(total[positive].sum())}
    rng = np.random.default_rng(seed)
    few = _few(metric, lowest, positive, total, level)
    interval = few or _resampled(evaluate, by_block, n_resamples, rng, **told)
    value = interval.estimate
    return Measure(interval, value if least is None else least, value if most is None else most)


def _ends(
    metric: Any, of: Any, bins: NDArray[Any], positive: NDArray[np.bool_], total: Floats
) -> tuple[float | None, float | None]:
    """Return the least and the most that a ranking can be, whatever the order within bins."""
    if hasattr(metric, "threshold"):
        return None, None
    most = of(2.0 * bins + positive)(total[None])[0]
    if isinstance(metric, RocAuc):
        return float(of(2.0 * bins - positive)(total[None])[0]), float(most)
    # Negatives of a bin first, then its positives one by one: a sum of (c + j) / (c + j + N).
    n, p = (np.bincount(bins, np.where(positive == side, total, 0))[::-1] for side in (False, True))
    caught, alarms = np.cumsum(p) - p, np.cumsum(n)
    worst = p - alarms * (digamma(caught + p + alarms + 1) - digamma(caught + alarms + 1))
    return float(worst.sum() / p.sum()), float(most)


def _few(
    metric: Any, lowest: Floats, positive: NDArray[np.bool_], total: Floats, level: float
) -> Interval | None:
    if not isinstance(metric, Precision | Recall):
        return None
    alert = lowest >= metric.threshold
    among = alert if isinstance(metric, Precision) else positive
    hits, n = int(total[alert & positive].sum()), int(total[among].sum())
    if not n:
        msg = f"there is no alert at the threshold {metric.threshold:g} among known labels."
        raise ValueError(msg)
    return binomial(hits, n, level=level) if min(hits, n - hits) < FEW else None


def _resampled(
    evaluate: Callable[[Floats], Floats], by_block: Floats, times: int, rng: Any, **told: Any
) -> Interval:
    times = _validate.integer(times, "n_resamples", low=100)
    drawn = evaluate(redraw(by_block, times, rng))
    if (undefined := np.isnan(drawn).sum()) > UNDEFINED * times:
        msg = (
            f"the metric has no value in {undefined} of {times} resamples: there are too few rows."
        )
        raise ValueError(msg)
    value = evaluate(by_block.sum(axis=0)[None])[0]
    return from_draws(value, drawn, method="blocks drawn, percentile", **told)


def cost(  # noqa: PLR0913 - each option is a decision of the estimate
    profile: Profile,
    costs: CostModel,
    *,
    threshold: float,
    expected: bool = False,
    n_resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Measure:
    """Return what blocking from a threshold on costs per 1,000 rows.

    Parameters
    ----------
    profile : Profile
        With amounts, if there are any.
    costs : CostModel
        What each outcome costs.
    threshold : float
        Rows whose score is at least this are blocked; an edge of the score's bins.
    expected : bool, default False
        Of all rows, if their scores are right as probabilities. By default what came true, of
        the rows whose label is known.
    n_resamples, level, seed
        As for `measure`.

    Returns
    -------
    Measure
        Per 1,000 rows; ``least`` and ``most`` differ by what rounding each amount to 1e-4 and
        each probability to 1e-9 can do.

    Raises
    ------
    ValueError
        If there is no row to price, an amount is missing or a score is no probability.

    Examples
    --------
    >>> import pandas as pd
    >>> from prerelease.profiles import Contract, profile
    >>> rows = pd.DataFrame({"time": np.arange(400.0), "score": np.arange(400) % 10 / 10})
    >>> rows = rows.assign(label=(rows["score"] > 0.75).astype(int), amount=100.0)
    >>> counted = profile(rows, Contract.of(rows, thresholds=[0.7], block=20))
    >>> round(cost(counted, CostModel(), threshold=0.7).interval.estimate)
    2700
    """
    found = profile.scored if expected else profile.scored.query("label >= 0")
    if found.empty:
        msg = "no label is known, so no cost came true: expected costs need none."
        raise ValueError(msg)
    _check(profile, found, expected)
    alert = (found["bin"] >= first_bin(profile.contract, threshold)).astype(int)
    n, amount, share, product = (
        profile.by_block(found, alert if expected else alert + 2 * found["label"], 4, what)
        * UNITS.get(what, 1)
        for what in ("n", "amount", "score", "product")
    )
    if expected:  # each row is positive by its share, and else negative: [negative, positive]
        n = np.hstack([(n - share)[:, :2], share[:, :2]])
        amount = np.hstack([(amount - product)[:, :2], product[:, :2]])
    fixed, slope = _prices(costs)
    table = np.column_stack([n @ fixed + amount @ slope, n.sum(axis=1)])
    table = table[table[:, 1] > 0]
    interval = _per_thousand(table, n_resamples, level, seed)
    # Half a unit a row; of expected costs, of the share at any amount and of the product as well.
    off = 0.5 * np.abs(slope).max() * UNITS["amount"]
    if expected:
        both = np.abs(fixed).max() * UNITS["score"] + np.abs(slope).max() * UNITS["product"]
        off += both
    value = interval.estimate
    return Measure(interval, value - 1000 * off, value + 1000 * off)


def _check(profile: Profile, found: Any, expected: bool) -> None:
    contract = profile.contract
    amounts = profile.table(contract.amount).sum(axis=0)[0] if contract.amount else 0
    edges = contract.bins(contract.score)
    last = int(np.searchsorted(edges, 1.0, side="right")) + 1
    wrong = found.loc[(found["bin"] < 1) | (found["bin"] >= last), "n"].sum() if expected else 0
    for count, what in ((amounts, "no amount"), (wrong, "no probability for a score")):
        if count:
            msg = f"{int(count):,} rows have {what}, so there is no cost to tell."
            raise ValueError(msg)


def _prices(costs: CostModel) -> tuple[Floats, Floats]:
    """Return what each outcome costs at no amount, and for each unit of it."""
    sure = [(False, costs.accept_cost), (False, costs.block_cost)]
    sure += [(True, costs.accept_cost), (True, costs.block_cost)]
    at = np.array([price(np.full(2, kind), np.array([0.0, 1.0])) for kind, price in sure])
    return at[:, 0], at[:, 1] - at[:, 0]


def _per_thousand(table: Floats, n_resamples: int, level: float, seed: int) -> Interval:
    """Return the interval of a ratio of sums over blocks; a single block tells nothing of luck."""
    if len(table) < 2:
        msg = "there must be rows in two blocks of time or more to tell luck, got one."
        raise ValueError(msg)
    rng = np.random.default_rng(seed)
    return _resampled(
        lambda sums: 1000 * sums[:, 0] / sums[:, 1],
        table,
        n_resamples,
        rng,
        level=level,
        n=int(table[:, 1].sum()),
    )
