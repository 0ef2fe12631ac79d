"""Scored cases, and the rule that decides about them: what every metric is computed from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prerelease import _validate
from prerelease.costs import CostModel, bayes_block, row_costs
from prerelease.gate._clusters import Clusters
from prerelease.gate._columns import OWN, Columns
from prerelease.gate._labels import Seen, seen
from prerelease.gate._scores import checked
from prerelease.gate._times import DAY, holes

RULES = ("cheapest for each case", "threshold")


@dataclass(frozen=True, kw_only=True)
class Decision:
    """How a score becomes a decision.

    Parameters
    ----------
    rule : {"cheapest for each case", "threshold"}
        The first takes the score as a probability and compares what both decisions about this
        case cost; the second blocks from `threshold` on.
    threshold : float, optional
        From 0 to 1, for the second rule only.

    Examples
    --------
    >>> Decision(rule="threshold", threshold=0.5).block(np.array([0.4, 0.6]), np.ones(2),
    ...                                                 CostModel())
    array([False,  True])
    """

    rule: str = RULES[0]
    threshold: float | None = None

    def __post_init__(self) -> None:
        _validate.choice(self.rule, "rule", RULES)
        if (self.rule == "threshold") != (self.threshold is not None):
            msg = f"threshold goes with rule='threshold', got {self.threshold} with {self.rule!r}."
            raise ValueError(msg)
        if self.threshold is not None:
            _validate.number(self.threshold, "threshold", above=0, below=1, closed=True)

    def block(
        self, score: NDArray[np.float64], amount: NDArray[np.float64], costs: CostModel
    ) -> NDArray[np.bool_]:
        """Return whether each case is blocked; scores of 16 or 32 bits meet the bound as such."""
        if self.threshold is not None:
            return score >= score.dtype.type(self.threshold)
        return bayes_block(score, amount, costs=costs)


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
            raise ValueError(self.seen.short)
        return self.frame["label"].to_numpy()

    @cached_property
    def seen(self) -> Seen:
        """What is seen of labels that are missing."""
        try:
            return seen(self.frame, self.block)
        except ValueError:  # scores that are no probabilities decide nothing
            return seen(self.frame)

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
