"""Deepchecks' data-integrity results, each judged by a measure of our own."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from prerelease import intervals

from ._hours import HOUR, lull
from ._rates import fraud_rates, rate_ratio
from ._repeats import repeats

CORRELATED = 0.9
"""Spearman correlation from which the suite calls two features one."""
TELLING = 0.75
"""ROC AUC from which a single feature is said to tell something about the label."""
OUTLYING = 0.7
"""Outlier score from which Deepchecks, where it is asked to judge, calls a row an outlier."""
FARTHEST = 0.01
"""Share of the rows, those farthest from the centre, in which we look for frauds."""


VERDICTS = {
    (True, True): "real",
    (True, False): "harmless",
    (False, True): "blind here",
    (False, False): "the tool's mistake",
}
"""By whether the tool's result is in line with our measure, and whether something is there."""

Evidence = tuple[str, bool, bool]
"""Our own measure in words, and the two answers that make a verdict."""


def judge(
    results: pd.DataFrame, df: pd.DataFrame, development: pd.DataFrame, *, auc: pd.DataFrame
) -> pd.DataFrame:
    """Judge each result of the data-integrity suite by a measure made without the tool.

    Parameters
    ----------
    results : pandas.DataFrame
        What `casebook.adapters.deepchecks.data_integrity` returned for all twelve checks.
    df : pandas.DataFrame
        The rows that it was given.
    development : pandas.DataFrame
        The rows on which features may be held against labels.
    auc : pandas.DataFrame
        What `single_feature_auc` returned for `development`.

    Returns
    -------
    pandas.DataFrame
        One row a check: ``status`` as the tool has it, ``ours`` in words, and the ``verdict``.

    Raises
    ------
    ValueError
        If `results` holds a check that has no rule here, or lacks one.

    Notes
    -----
    In line with our measure, and something is there that a model or its evaluation must allow
    for: ``"real"``; in line, and nothing is: ``"harmless"``. Not in line: ``"blind here"`` where
    something is there, ``"the tool's mistake"`` where nothing is. The verdict can so never
    contradict the numbers beside it; the cut-offs are those of this module.

    Examples
    --------
    >>> sorted(RULES)[:3]
    ['ConflictingLabels', 'DataDuplicates', 'FeatureFeatureCorrelation']
    """
    if sorted(results["check"]) != sorted(RULES):
        msg = f"results must hold the checks {sorted(RULES)}, got {sorted(results['check'])}."
        raise ValueError(msg)
    context = {"df": df, "development": development, "auc": auc}
    rows = {}
    for result in results.itertuples(index=False):
        ours, agrees, matters = RULES[result.check](result, context)
        verdict = VERDICTS[bool(agrees), bool(matters)]
        rows[result.check] = {"status": result.status, "ours": ours, "verdict": verdict}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("check")


def single_feature_auc(df: pd.DataFrame, *, n_resamples: int = 200) -> pd.DataFrame:
    """Return how well each feature alone ranks frauds, whichever end of it is the suspect one.

    Parameters
    ----------
    df : pandas.DataFrame
        Development rows: a column ``Class``; ``Time`` is left out, all others are features.
    n_resamples : int, default 200
        Of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        One row a feature: ``auc`` from 0.5 (tells nothing by its order), ``low`` and ``high``.

    Notes
    -----
    Unlike the predictive power score, the area under the ROC curve does not depend on how rare
    frauds are. The side is chosen on the same rows, which favours a useless feature by a hair.

    References
    ----------
    .. [1] Fawcett (2006). An introduction to ROC analysis. Pattern Recognition Letters 27,
       861-874.

    Examples
    --------
    >>> df = pd.DataFrame({"V1": [1.0, 2, 3, 9, 8], "Class": [1, 1, 0, 0, 0]})
    >>> single_feature_auc(df)["auc"].to_dict()
    {'V1': 1.0}
    """
    labels = df["Class"].to_numpy()
    rows = {}
    for name in df.columns.drop(["Class", "Time"], errors="ignore"):
        values = df[name].to_numpy()
        side = 1 if intervals.value(intervals.RocAuc(), labels, values) >= 0.5 else -1
        interval = intervals.bootstrap(
            intervals.RocAuc(), labels, side * values, n_resamples=n_resamples, method="percentile"
        )
        rows[name] = {"auc": interval.estimate, "low": interval.low, "high": interval.high}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("feature")


def _single_value(result: Any, context: dict[str, Any]) -> Evidence:
    distinct = context["df"].nunique()
    least = distinct.idxmin()
    ours = f"{least} has the fewest distinct values: {distinct.min():,}"
    return ours, dict(result.value) == distinct.to_dict(), bool(distinct.min() < 2)


def _not_numeric(result: Any, context: dict[str, Any]) -> Evidence:
    text = context["df"].select_dtypes(exclude="number").shape[1]
    ours = f"{text} of {context['df'].shape[1]} columns hold anything but numbers"
    return ours, (text == 0) == (result.status == "pass"), text > 0


def _nulls(result: Any, context: dict[str, Any]) -> Evidence:
    missing = int(context["df"].isna().to_numpy().sum())
    ours = f"{missing} values are missing"
    return ours, missing > 0 or result.status == "pass", missing > 0


def _duplicates(result: Any, context: dict[str, Any]) -> Evidence:
    df = context["df"]
    found = repeats(df)
    ours = (
        f"{found['surplus']:,} rows repeat another, {found['surplus_frauds']:,} of them fraud "
        f"({100 * found['surplus_frauds'] / df['Class'].sum():.1f} % of all frauds)"
    )
    agrees = bool(np.isclose(result.value, found["surplus"] / len(df)))
    return ours, agrees, found["surplus_frauds"] > 0


def _conflicts(result: Any, context: dict[str, Any]) -> Evidence:
    mixed = repeats(context["df"], ignore=["Time"])["mixed"]
    ours = f"{mixed} sets of twins (Time ignored) hold both labels"
    told = result.value["percent_of_conflicting_samples"] > 0
    return ours, told == (mixed > 0), mixed > 0


def _outliers(result: Any, context: dict[str, Any]) -> Evidence:
    """Look for frauds among the rows farthest from the centre, where outliers are."""
    development = context["development"]
    features = development.drop(columns=["Time", "Class"]).to_numpy()
    distance = np.linalg.norm((features - features.mean(axis=0)) / features.std(axis=0), axis=1)
    rates = fraud_rates(distance >= np.quantile(distance, 1 - FARTHEST), development["Class"])
    apart = bool(rates.loc[True, "low"] > rates.loc[False, "high"])
    share = 100 * rates.loc[True, "frauds"] / rates["frauds"].sum()
    ours = (
        f"{share:.0f} % of the development frauds are "
        f"among the {100 * FARTHEST:.0f} % of rows that are farthest from the centre"
    )
    ours += ": to drop outliers is to drop frauds" if apart else ""
    told = bool(np.any(np.asarray(result.value) > OUTLYING))
    return ours, told or not apart, apart


def _label_scores(result: Any, context: dict[str, Any]) -> Evidence:
    scores = pd.Series(result.value, dtype=float)
    nothing = scores.index[scores == 0]
    auc = context["auc"].loc[nothing]
    overlooked = auc[auc["low"] > TELLING].sort_values("auc", ascending=False)
    if overlooked.empty:
        ours = f"it scores 0 no column whose ROC AUC is above {TELLING}"
        return ours, True, False
    best = overlooked.iloc[0]
    ours = (
        f"columns that it scores 0 though their ROC AUC is above {TELLING}: {len(overlooked)}, "
        f"first {best.name} with {best['auc']:.2f} [{best['low']:.2f}, {best['high']:.2f}]"
    )
    return ours, False, True


def _feature_pairs(result: Any, context: dict[str, Any]) -> Evidence:
    features = context["df"].drop(columns=["Time", "Class"])
    size = np.abs(features.corr(method="spearman").to_numpy())
    size = np.nan_to_num(size)  # a column that does not vary correlates with none
    np.fill_diagonal(size, 0)
    i, j = np.unravel_index(np.argmax(size), size.shape)
    ours = (
        f"the largest Spearman correlation in size, over all rows, is {size[i, j]:.2f} "
        f"({features.columns[i]}, {features.columns[j]})"
    )
    high = bool(size[i, j] > CORRELATED)
    return ours, high == (result.status == "fail"), high


def _identifiers(result: Any, context: dict[str, Any]) -> Evidence:
    """Hold its score of Time against the fraud rates of night and day."""
    rows = context["development"]
    hour = (rows["Time"].to_numpy() // HOUR).astype(int) % 24
    night = np.isin(hour, lull(rows["Time"]))
    ratio = rate_ratio(rows["Time"], rows["Class"], night)
    apart = ratio.low > 1
    ours = f"in the six quietest hours the fraud rate is {ratio:.1f} times that of the others"
    told = pd.Series(result.value, dtype=float).max() > 0
    return ours, told == apart, apart


RULES: dict[str, Callable[[Any, dict[str, Any]], Evidence]] = {
    "IsSingleValue": _single_value,
    "SpecialCharacters": _not_numeric,
    "MixedNulls": _nulls,
    "MixedDataTypes": _not_numeric,
    "StringMismatch": _not_numeric,
    "DataDuplicates": _duplicates,
    "StringLengthOutOfBounds": _not_numeric,
    "ConflictingLabels": _conflicts,
    "OutlierSampleDetection": _outliers,
    "FeatureLabelCorrelation": _label_scores,
    "FeatureFeatureCorrelation": _feature_pairs,
    "IdentifierLabelCorrelation": _identifiers,
}
