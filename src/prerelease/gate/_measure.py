"""What is computed from scores, each with its interval."""

from dataclasses import dataclass

from prerelease import _validate, _words
from prerelease.gate._cases import Scored
from prerelease.gate._ends import FEWEST, interval
from prerelease.gate._linear import Linear, linearised
from prerelease.gate._names import COUNTED, METRICS, UNLABELLED, units
from prerelease.gate._times import DAY
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
    >>> import pandas as pd
    >>> from prerelease.costs import CostModel
    >>> from prerelease.gate import Decision
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
