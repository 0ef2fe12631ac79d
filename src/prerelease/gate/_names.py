"""What can be computed from scores, and in which unit it is stated."""

UNITS = {
    "average_precision": "average precision",
    "roc_auc": "area under the ROC curve",
    "recall": "share of frauds",
    "precision": "share of alerts",
    "recall_at_k": "share of frauds",
    "precision_at_k": "share of alerts",
    "savings": "share of the oracle's",
    "saved_per_1000": "€ per 1,000 payments",
    "cost_per_1000": "€ per 1,000 payments",
    "false_alarms_per_1000": "honest payments blocked per 1,000",
    "alerts_per_day": "alerts per day",
    "found_per_promised": "frauds found per fraud promised",
    "payments": "payments",
    "frauds": "frauds",
    "days": "days",
}
METRICS = tuple(UNITS)
COUNTED = ("payments", "frauds", "days")
