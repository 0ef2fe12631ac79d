"""What is computed from scores, each with its interval."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prerelease import _validate, _words
from prerelease.costs import CostModel, row_costs
from prerelease.gate._clusters import Clusters
from prerelease.gate._columns import Columns
from prerelease.gate._criteria import Decision
from prerelease.gate._ends import FEWEST, interval
from prerelease.gate._labels import seen
from prerelease.gate._linear import Linear, linearised
from prerelease.gate._names import COUNTED, METRICS, UNLABELLED, units
from prerelease.gate._scores import DAY, OWN, checked, holes
from prerelease.intervals import Interval


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
        that many cases; ``group``, where rows belong together; ``block``, where the decisions were
        made already.
    costs : CostModel
        What each outcome costs.
    decision : Decision
        How scores become decisions.
    block_seconds : float
        Length of the shortest stretches of time whose cases may share their fate.

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
        if self.frame["label"].isna().any():
            raise ValueError(seen(self).short)
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
    def clusters(self) -> Clusters:
        """Which rows belong together: those of a stretch of time, and those of a group."""
        n, group = len(self.frame), self.frame.get("group")
        group = None if group is None else group.to_numpy(dtype=np.intp)
        if "time" not in self.frame:
            return Clusters(n, group=group)
        stretch = ((self.time - self.time[0]) // self.block_seconds).astype(np.intp)
        total = self.span / self.block_seconds
        return Clusters(n, stretch, self.block_seconds, total, group)

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


def measure(scored: Scored, metric: str, *, k: int | None = None, level: float = 0.95) -> Measured:
    r"""Compute one metric of scored cases, with its interval.

    Parameters
    ----------
    scored : Scored
        The cases.
    metric : str
        One of `units`.
    k : int, optional
        Alerts that are looked at, for the metrics at k: cases, where rows have weights.
    level : float, default 0.95
        Coverage of the interval.

    Returns
    -------
    Measured
        With a `doubt` where no interval can promise its level from so few cases.

    Raises
    ------
    ValueError
        If `metric` is unknown, or needs `k` and has none, or has one and needs none.

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
        found, doubt = interval(estimable(scored, metric, k), scored.clusters, level)
    except ValueError as error:  # these rows cannot show it, and the error says why
        return Measured(None, None, unit, n, str(error))
    return Measured(found.estimate, found, unit, n, doubt)


def _counted(scored: Scored, metric: str) -> float:
    if metric == "days":
        return scored.span / DAY
    return float(scored.weight.sum() if metric == "cases" else scored.weight @ scored.label)


def estimable(scored: Scored, metric: str, k: int | None) -> Linear:
    """Return a metric that these rows can show; a ValueError says why they cannot."""
    if why_not := _impossible(scored, metric, k):
        raise ValueError(why_not)
    return linearised(scored, metric, k)


def _impossible(scored: Scored, metric: str, k: int | None) -> str:
    """Say why a metric cannot be estimated from these rows, or return nothing."""
    n, said = len(scored.frame), _words.words()
    if "time" in scored.frame and scored.time[-1] == scored.time[0]:
        return "all rows have the same time, so nothing is known about how they depend"
    if scored.clusters.n_held < FEWEST:
        return (
            f"{scored.clusters.n_held} stretches of {scored.block_seconds:g} s hold a {said.case}, "
            f"and an interval needs {FEWEST}"
        )
    if metric in UNLABELLED:
        found, called = int(scored.block.sum()), "alerts"
    else:
        found, called = int(scored.label.sum()), said.positives
    if min(found, n - found) < FEWEST:
        return f"{found} of {n} rows are {called}, and an interval needs {FEWEST} of each"
    if k is not None and k > (cases := scored.weight.sum()):
        return f"k is {k}, and there are {cases:,.10g} {said.cases}"
    if metric == "precision" and not scored.block.any():
        return "nothing is blocked, so there is no precision"
    return ""
