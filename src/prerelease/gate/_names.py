"""What can be computed from scores and in which unit it is stated, and the three outcomes."""

from prerelease import _words

OUTCOMES = ("pass", "fail", "insufficient evidence")
PASS, FAIL, INSUFFICIENT = OUTCOMES
COUNTED = ("cases", "positives", "days")


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
        "found_per_promised": f"{said.positives} found per {said.positive} promised",
        "cases": said.cases,
        "positives": said.positives,
        "days": "days",
    }


METRICS = tuple(units())
