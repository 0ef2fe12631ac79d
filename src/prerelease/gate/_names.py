"""What can be computed from scores and in which unit it is stated, and the three outcomes."""

from math import inf

from prerelease import _words

OUTCOMES = ("pass", "fail", "insufficient evidence")
PASS, FAIL, INSUFFICIENT = OUTCOMES
COUNTED = ("cases", "positives", "days")
UNLABELLED = ("cases", "days", "alerts_per_day", "alerts_per_1000")
"""What needs no label."""
RANGES = {
    **dict.fromkeys((*COUNTED, "alerts_per_day", "found_per_promised"), (0.0, inf)),
    **dict.fromkeys(("saved_per_1000", "cost_per_1000"), (-inf, inf)),
    "savings": (-inf, 1.0),
    **dict.fromkeys(("false_alarms_per_1000", "alerts_per_1000"), (0.0, 1000.0)),
}
"""Between what a metric lies, where it is no share."""


def units(words: _words.Words | None = None) -> dict[str, str]:
    """Return the metrics that can be computed from scores, each with its unit.

    Parameters
    ----------
    words : Words, optional
        Those that the units are stated in; by default those in use.

    Returns
    -------
    dict of str to str
        Unit by name of metric.

    Examples
    --------
    >>> units()["saved_per_1000"], units()["recall"]
    ('per 1,000 cases', 'share of positives')
    """
    said = words or _words.words()
    caught, alerts = f"share of {said.positives}", "share of alerts"
    return {
        "average_precision": "average precision",
        "roc_auc": "area under the ROC curve",
        "recall": caught,
        "precision": alerts,
        "recall_at_k": caught,
        "precision_at_k": alerts,
        "savings": "share of the oracle's",
        "saved_per_1000": said.per_1000,
        "cost_per_1000": said.per_1000,
        "false_alarms_per_1000": f"{said.negatives} blocked per 1,000",
        "alerts_per_day": "alerts per day",
        "alerts_per_1000": "alerts per 1,000",
        "found_per_promised": f"{said.positives} found per {said.positive} promised",
        "cases": said.cases,
        "positives": said.positives,
        "days": "days",
    }


METRICS = tuple(units())


def settled(metric: str, side: str, bound: float, *, difference: bool = False) -> str:
    """Say why a criterion can never pass or never fail, or return nothing.

    An interval with a length never lies whole at the end of what is possible; a count may.
    """
    low, high = RANGES.get(metric, (0.0, 1.0))
    if difference:
        low, high, metric = low - high, high - low, f"a difference of {metric}"
    above, below = bound >= high, bound < low or (bound == low and metric not in COUNTED)
    if side == "at_least":
        never = "pass" if above else "fail" if bound <= low else ""
    else:
        never = "fail" if above else "pass" if below else ""
    possible = f"is from {low:g} to {high:g}" if high < inf else f"is not below {low:g}"
    possible = f"is at most {high:g}" if low == -inf else possible
    return f"{metric} {possible}, so it can never {never}" if never else ""
