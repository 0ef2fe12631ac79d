"""What is computed from scores, each with its interval."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prerelease import _validate, _words, intervals
from prerelease.costs import CostModel, row_costs
from prerelease.gate._blocks import WholeBlocks
from prerelease.gate._columns import Columns
from prerelease.gate._criteria import Decision
from prerelease.gate._names import COUNTED, METRICS, units
from prerelease.gate._scores import DAY, OWN, checked, holes
from prerelease.intervals import Interval, Kernel
from prerelease.intervals._binomial import ends as binomial_ends

PARTS = 2000
"""Into which rows without a time are dealt by chance: enough for intervals of independent rows."""
MONEY = ("savings", "saved_per_1000", "cost_per_1000")
FEWEST = 20
"""Blocks, and cases of each class: with fewer a bootstrap interval is too short to rely on."""
BEYOND = 5
"""Resamples beyond each end of an interval: with fewer its ends are about those of the draws."""
TOO_SURE = (
    "{:,} resamples cannot show a level of {:.12g}: too few of them lie beyond the ends of such "
    "an interval"
)
_PER = {"false_alarms_per_1000": 1000.0}
NO_LENGTH = (
    "every resample gave the same number, so the interval has no length: that is too few "
    "cases to differ, and not certainty"
)


@dataclass(frozen=True)
class Measured:
    """What was found, or why it could not be.

    Parameters
    ----------
    value : float or None
        In `unit`; None where nothing could be measured.
    interval : Interval or None
        Around it; None for what was counted.
    unit : str
        Of the value.
    n : int
        Rows.
    doubt : str
        Why the interval may not be relied upon; empty if it may.
    """

    value: float | None
    interval: Interval | None
    unit: str
    n: int
    doubt: str = ""


@dataclass(frozen=True)
class Scored:
    """Scored cases, the prices, and the rule that decides: all that metrics are computed from.

    Parameters
    ----------
    frame : pandas.DataFrame
        What `read_scores` returns, or one like it, which is checked alike: ``time`` (seconds or
        dates, sorted), ``amount``, ``label`` and ``score``; ``weight``, where each row stands for
        that many cases; ``block``, where the decisions were made already.
    costs : CostModel
        What each outcome costs.
    decision : Decision
        How scores become decisions.
    block_seconds : float
        Length of the stretches of time that are resampled whole.

    Raises
    ------
    ValueError
        If the frame is not what `read_scores` would take from a file.
    """

    frame: pd.DataFrame
    costs: CostModel
    decision: Decision
    block_seconds: float = 600.0

    def __post_init__(self) -> None:
        decided = "block" in self.frame
        frame = checked(self.frame.drop(columns="block") if decided else self.frame, Columns())
        if decided:
            frame["block"] = _validate.binary(self.frame["block"], "block", both=False)
        object.__setattr__(self, "frame", frame)

    def __getattr__(self, name: str) -> NDArray[np.float64]:
        """Return a column as an array; ValueError where there are no times."""
        if name not in ("time", "amount", "score"):
            raise AttributeError(name)
        if name not in self.frame:
            msg = f"there is no column of {name}s"
            raise ValueError(msg)
        return self.frame[name].to_numpy()

    @cached_property
    def label(self) -> NDArray[np.float64]:
        """1 for what is looked for, else 0; ValueError where that is not known of each case."""
        if missing := int(self.frame["label"].isna().sum()):
            msg = f"{missing:,} of {len(self.frame):,} rows have no label yet"
            raise ValueError(msg)
        return self.frame["label"].to_numpy()

    @cached_property
    def probability(self) -> NDArray[np.float64]:
        """The scores; ValueError where they are no probabilities."""
        low, high = self.score.min(), self.score.max()
        if low < 0 or high > 1:
            msg = f"scores run from {low:g} to {high:g}, and it takes probabilities from 0 to 1"
            raise ValueError(msg)
        return self.score

    @cached_property
    def block(self) -> NDArray[np.bool_]:
        """Whether each case is blocked."""
        if "block" in self.frame:
            return self.frame["block"].to_numpy(dtype=bool)
        score = self.probability.astype(self.frame.attrs[OWN]["kind"])
        return self.decision.block(score, self.amount, self.costs)

    @cached_property
    def weight(self) -> NDArray[np.float64]:
        """How many cases each row stands for."""
        if "weight" in self.frame:
            return self.frame["weight"].to_numpy()
        return np.ones(len(self.frame))

    @cached_property
    def scheme(self) -> WholeBlocks:
        """Which stretch of time each case is in; without times, which of many parts."""
        n = len(self.frame)
        if "time" not in self.frame:
            dealt = np.random.default_rng(0).permutation(n)
            return WholeBlocks(dealt * min(n, PARTS) // n, "independent row")
        stretch = (self.time - self.time[0]) // self.block_seconds
        return WholeBlocks(np.unique(stretch, return_inverse=True)[1])  # those that hold something

    @cached_property
    def span(self) -> float:
        """Seconds that were observed, without holes, and with the whole of the last case's.

        Times that are whole days, hours or minutes stand for all of it; others for one mean
        distance. So it is before each hole.
        """
        first, last, n = self.time[0], self.time[-1], len(self.frame)
        hole = holes(self.time)
        seen, ends = float(last - first) - np.diff(self.time)[hole].sum(), 1 + int(hole.sum())
        for unit in (DAY, 3600.0, 60.0):
            if last > first and not np.any((self.time - first) % unit):
                return float(seen + unit * ends)
        return float(seen * n / max(n - ends, 1))

    def cost(self, block: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return what each case costs if these are blocked."""
        return row_costs(self.label, block, self.amount, costs=self.costs)


@dataclass(frozen=True, eq=False)
class Ratio:
    """A ratio of two sums over cases, for the bootstrap of whole blocks."""

    block: NDArray[np.intp]
    top: NDArray[np.float64]
    bottom: NDArray[np.float64]
    both_classes = False

    def kernel(self, y_true: NDArray[np.bool_], y_score: NDArray[np.float64]) -> Kernel:
        """Return the kernel: a block is drawn whole, so its two sums are all that counts."""
        n = int(self.block.max()) + 1
        size = np.bincount(self.block, minlength=n)
        top, bottom = (np.bincount(self.block, v, n) / size for v in (self.top, self.bottom))

        def evaluate(counts: NDArray[np.float64]) -> NDArray[np.float64]:
            below = counts @ bottom
            empty = np.full_like(below, np.nan)
            return np.divide(counts @ top, below, out=empty, where=below > 0)

        return Kernel(self.block, n, evaluate)


def measure(  # noqa: PLR0913 - all but the first two are options
    scored: Scored,
    metric: str,
    *,
    k: int | None = None,
    level: float = 0.95,
    n_resamples: int = 2000,
    seed: int = 0,
) -> Measured:
    r"""Compute one metric of scored cases, with its interval.

    Parameters
    ----------
    scored : Scored
        The cases.
    metric : str
        One of `units`.
    k : int, optional
        Alerts that are looked at, for the metrics at k.
    level : float, default 0.95
        Coverage of the interval.
    n_resamples : int, default 2000
        Resamples of the bootstrap.
    seed : int, default 0
        Of its draws.

    Returns
    -------
    Measured
        With a `doubt` where there are too few blocks, cases of a class or resamples for the level,
        or where every resample gave the same: an interval of no length claims to know what nobody
        can.

    Raises
    ------
    ValueError
        If `metric` is unknown, or needs `k` and has none, or has one and needs none.

    Notes
    -----
    Percentile intervals of a bootstrap of whole time blocks, which do not overlap. Recall and
    precision, and false alarms where there are fewer than 20, get the hull of that and the exact
    binomial interval, since at 100 % no resample shows any doubt; rows of unequal weight count
    there as :math:`(\sum w)^2 / \sum w^2` [1]_.

    References
    ----------
    .. [1] Kish (1965). Survey Sampling. Wiley.

    Examples
    --------
    >>> frame = pd.DataFrame({"time": [0.0, 9.0], "amount": 1.0, "label": [0, 1], "score": 0.5})
    >>> measure(Scored(frame, CostModel(), Decision()), "positives").value
    1.0
    """
    _validate.choice(metric, "metric", METRICS)
    if metric.endswith("_at_k"):
        _validate.integer(k, f"k of {metric}", low=1)
    elif k is not None:
        msg = f"k goes with a metric at k, and {metric} is none."
        raise ValueError(msg)
    n, unit = len(scored.frame), units()[metric]
    try:
        if metric in COUNTED:
            return Measured(_counted(scored, metric), None, unit, n)
        if why_not := _impossible(scored, metric, k):
            return Measured(None, None, unit, n, why_not)
        interval = _interval(scored, metric, k, level=level, n_resamples=n_resamples, seed=seed)
    except ValueError as error:  # these rows cannot show it, and the error says why
        return Measured(None, None, unit, n, str(error))
    doubt = "" if interval.low < interval.high else NO_LENGTH
    if counted := _hits(scored, metric):
        interval, doubt = _with_binomial(interval, *counted, unit=_PER.get(metric, 1.0)), ""
    if n_resamples * (1 - level) / 2 < BEYOND - 1e-9:
        doubt = TOO_SURE.format(n_resamples, level)
    return Measured(interval.estimate, interval, unit, n, doubt)


def _counted(scored: Scored, metric: str) -> float:
    if metric == "days":
        return scored.span / DAY
    return float(scored.weight.sum() if metric == "cases" else scored.weight @ scored.label)


def _interval(scored: Scored, metric: str, k: int | None, **options: Any) -> Interval:
    kind = _ranking(metric, k) or _ratio(scored, metric)
    score = scored.score if metric in ("average_precision", "roc_auc") or k else scored.block
    weight = None if isinstance(kind, Ratio) else scored.weight  # a ratio has its own inside
    label = scored.block if metric == "alerts_per_day" else scored.label  # alerts need no labels
    return intervals.bootstrap(
        kind, label, score, sample_weight=weight, scheme=scored.scheme, **options
    )


def _impossible(scored: Scored, metric: str, k: int | None) -> str:
    """Say why a metric cannot be estimated from these rows, or return nothing."""
    n, said = len(scored.frame), _words.words()
    if "time" in scored.frame and scored.time[-1] == scored.time[0]:
        return "all rows have the same time, so nothing is known about how they depend"
    if scored.scheme.n_blocks < FEWEST:
        return (
            f"{scored.scheme.n_blocks} stretches of {scored.block_seconds:g} s hold a {said.case}, "
            f"and an interval needs {FEWEST}"
        )
    if metric == "alerts_per_day":
        found, called = int(scored.block.sum()), "alerts"
    else:
        found, called = int(scored.label.sum()), said.positives
    if min(found, n - found) < FEWEST:
        return f"{found} of {n} rows are {called}, and an interval needs {FEWEST} of each"
    if k is not None and k > n:
        return f"k is {k}, and there are {n} rows"
    if metric == "precision" and not scored.block.any():
        return "nothing is blocked, so there is no precision"
    return ""


def _ranking(metric: str, k: int | None) -> intervals.AveragePrecision | None:
    """Return a metric of the order of the scores, or of decisions as scores of 0 and 1."""
    return {
        "average_precision": intervals.AveragePrecision(),
        "roc_auc": intervals.RocAuc(),
        "recall": intervals.Recall(0.5),
        "precision": intervals.Precision(0.5),
        "recall_at_k": intervals.RecallAtK(k or 1),
        "precision_at_k": intervals.PrecisionAtK(k or 1),
    }.get(metric)


def _ratio(scored: Scored, metric: str) -> Ratio:
    """Return a metric that is one sum over another."""
    weight, block = scored.weight, scored.block
    if metric in MONEY:
        if not scored.costs.miss_fee and not scored.amount.any():
            msg = "there are no amounts and miss_fee is 0, so what is missed costs nothing"
            raise ValueError(msg)
        nobody = np.zeros(len(scored.frame), dtype=bool)
        cost, accept = scored.cost(block), scored.cost(nobody)
        oracle = np.minimum(accept, scored.cost(~nobody))
        top, bottom = {
            "savings": (accept - cost, accept - oracle),
            "saved_per_1000": (1000 * (accept - cost), 1.0),
            "cost_per_1000": (1000 * cost, 1.0),
        }[metric]
    elif metric == "false_alarms_per_1000":
        top, bottom = 1000.0 * (block & (scored.label == 0)), 1.0
    elif metric == "alerts_per_day":
        top, bottom = block / (scored.span / DAY / weight.sum()), 1.0
    else:
        top, bottom = scored.label, scored.probability
    return Ratio(scored.scheme.block, weight * top, weight * bottom)


def _hits(scored: Scored, metric: str) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Return the weights of what was hit and of all, where a metric is a share of few."""
    wrong = scored.block & (scored.label == 0) if metric in _PER else None
    if wrong is not None and wrong.sum() < FEWEST:
        return scored.weight[wrong], scored.weight
    if metric not in ("recall", "precision"):
        return None
    of = scored.label == 1 if metric == "recall" else scored.block
    return scored.weight[of & scored.block & (scored.label == 1)], scored.weight[of]


def _with_binomial(
    interval: Interval, hits: NDArray[np.float64], of: NDArray[np.float64], *, unit: float
) -> Interval:
    """Return the hull with the exact binomial interval of so many hits.

    Rows of unequal weight count as fewer (Kish's effective number), and never as more than rows.
    """
    most = of.max()
    hit, total, squares = (hits / most).sum(), (of / most).sum(), ((of / most) ** 2).sum()
    ends = binomial_ends(hit * total / squares, total**2 / squares, 1 - interval.level)
    share = unit * (hit / total)
    low = min(interval.low, unit * ends[0], share)
    high = max(interval.high, unit * ends[1], share)
    method = f"{interval.method}, at least exact binomial"
    return replace(interval, estimate=share, low=low, high=high, method=method)
