"""Deepchecks 0.19.1 (AGPL-3.0): the one place that knows its interface.

It is imported only when a function here is called, which takes 7 to 15 seconds.
"""

import logging
import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from prerelease import _validate

from ._contract import contract
from ._deepchecks_words import tidy

VERSION = "0.19.1"
PPS_ROWS = 5_000
"""Rows that the predictive power score draws unless told ``ppscore_params={"sample": None}``."""
# Deepchecks uses these names while it runs, not only at its import.
NUMPY_1_NAMES = {"Inf": np.inf, "NaN": np.nan, "NINF": -np.inf, "PINF": np.inf}
SUITES = ("data_integrity", "train_test_validation", "model_evaluation")


@contextmanager
def numpy_1_names() -> Iterator[None]:
    """Give numpy the names back that version 2 dropped, for the length of a with statement.

    Names that numpy has of itself are left as they are, and only those given are taken away.

    Examples
    --------
    >>> with numpy_1_names():
    ...     np.PINF
    inf
    >>> hasattr(np, "PINF")
    False
    """
    given = [name for name in NUMPY_1_NAMES if name not in vars(np)]
    for name in given:
        setattr(np, name, NUMPY_1_NAMES[name])
    try:
        yield
    finally:
        for name in given:
            delattr(np, name)


@contextmanager
def _at_home() -> Iterator[None]:
    """Let Deepchecks run: no telemetry, no progress bars of its own, numpy 1's names.

    A version that lacks what is needed here, or none at all, is told in one sentence.
    """
    os.environ["DISABLE_DEEPCHECKS_ANONYMOUS_TELEMETRY"] = "1"
    os.environ["DO_NOT_TRACK"] = "1"
    with contract("deepchecks", VERSION), warnings.catch_warnings(), numpy_1_names():
        # It warns of its own old calls (pkg_resources, pandas), which no reader here can mend.
        warnings.simplefilter("ignore")
        from deepchecks.utils.logger import get_verbosity, set_verbosity  # noqa: PLC0415

        before = get_verbosity()
        set_verbosity(logging.ERROR)
        try:
            yield
        finally:
            set_verbosity(before)


def checks_of(suite: str) -> list[str]:
    """Return the class names of a suite's checks, in its order.

    Parameters
    ----------
    suite : {"data_integrity", "train_test_validation", "model_evaluation"}
        The name of its function in Deepchecks.

    Returns
    -------
    list of str
        What `only` may name.

    Raises
    ------
    ValueError
        If there is no such suite.

    Examples
    --------
    >>> checks_of("train_test_validation")[:2]
    ['DatasetsSizeComparison', 'NewLabelTrainTest']
    """
    _validate.choice(suite, "suite", SUITES)
    with _at_home():
        return [type(check).__name__ for check in _checks(suite)]


def data_integrity(
    df: pd.DataFrame,
    *,
    only: Sequence[str] | None = None,
    progress: Callable[[int, int, str], None] | None = None,
    **settings: Any,
) -> pd.DataFrame:
    """Run Deepchecks' data-integrity suite, with its own conditions, and tidy what it says.

    Parameters
    ----------
    df : pandas.DataFrame
        Columns ``Time`` (seconds since the first row), ``Class`` (0 or 1) and numeric features.
    only : sequence of str, optional
        Class names of the checks to run, such as ``"DataDuplicates"``; all twelve by default.
    progress : callable, optional
        Called before each check with its number (from 1), the number of checks and its name.
    **settings
        Passed to every check that is run, such as ``n_samples=5_000``. ``timeout=0`` is set
        unless given: else the outlier check leaves itself out on a slow or busy machine.

    Returns
    -------
    pandas.DataFrame
        One row a check and condition. ``check``: class name; ``condition``: what the suite
        demands, or empty; ``status``: ``"pass"``, ``"fail"``, ``"warn"``, ``"no condition"`` or
        ``"did not run"``; ``found``: its finding in words; ``value``: what it computed.

    Raises
    ------
    ValueError
        If a column is missing or `only` names an unknown check.

    Notes
    -----
    A check that stops with an error is a row with the status ``"did not run"`` and the error in
    ``found``, as in Deepchecks itself. The suite asks nothing about missing values: a column
    that is half empty passes it.

    References
    ----------
    .. [1] Chorev et al. (2022). Deepchecks: a library for testing and validating machine
       learning models and data. JMLR 23(285), 1-6.

    Examples
    --------
    >>> df = pd.DataFrame({"Time": range(100), "Amount": 1.0, "Class": [0, 1] * 50})
    >>> table = data_integrity(df, only=["IsSingleValue"])
    >>> table.loc[0, ["check", "status"]].tolist()
    ['IsSingleValue', 'fail']
    """
    with _at_home():
        checks = _checks("data_integrity", only, {"timeout": 0, **settings})
        return _run_all(checks, {"dataset": _dataset(df.reset_index(drop=True))}, progress)


def validation(  # noqa: PLR0913 - each option is a decision about the run
    reference: pd.DataFrame,
    current: pd.DataFrame,
    *,
    model: Any = None,
    importance: Mapping[str, float] | None = None,
    only: Sequence[str] | None = None,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> pd.DataFrame:
    """Run Deepchecks' train-test validation suite or, with a model, its model evaluation.

    The first looks for leaks between both sides and for drift; the second for performance, drift
    of predictions and weak segments.

    Parameters
    ----------
    reference, current : pandas.DataFrame
        Both with ``Time`` (seconds since the first row), ``Class`` (0 or 1) and the same
        numeric features: with a model its inputs, in its order.
    model : object, optional
        A fitted scikit-learn classifier of these inputs.
    importance : mapping of str to float, optional
        Of each input of the model, adding up to 1. Without it Deepchecks permutes every column
        of a model that tells none, or leaves checks out without saying so when it expects that
        to be slow.
    only : sequence of str, optional
        Class names of the checks to run, such as ``"FeatureDrift"``; all by default.
    settings : mapping of str to mapping, optional
        Settings of single checks by class name, such as
        ``{"LabelDrift": {"balance_classes": True}}``; conditions stay the suite's.
    progress : callable, optional
        As in `data_integrity`.

    Returns
    -------
    pandas.DataFrame
        As from `data_integrity`.

    Raises
    ------
    ValueError
        If a column is missing, or `only` or `settings` names an unknown check.

    Notes
    -----
    Without a model no importance of features is computed for the multivariate check, which takes
    ten times longer with it and does not become another number.

    Examples
    --------
    >>> df = pd.DataFrame({"Time": range(100), "Amount": range(100), "Class": [0, 1] * 50})
    >>> table = validation(df, df.assign(Amount=500.0), only=["FeatureDrift"])
    >>> table.loc[0, ["check", "status"]].tolist()
    ['FeatureDrift', 'fail']
    """
    suite, given = "train_test_validation", {"feature_importance_timeout": 0}
    if model is not None:
        suite, given = "model_evaluation", {"model": model}
    if importance is not None:
        given["feature_importance"] = pd.Series(dict(importance))
    with _at_home():
        checks = _checks(suite, only, by_check=settings)
        return _run_all(checks, _both(reference, current) | given, progress)


def label_drift(reference: ArrayLike, current: ArrayLike, **settings: Any) -> float:
    """Return the drift score of ``LabelDrift`` for two arrays of labels, without its sampling.

    Parameters
    ----------
    reference, current : array-like of shape (n,), (m,)
        Labels, 0 or 1.
    **settings
        ``balance_classes`` (default False) and ``min_category_size_ratio`` (default 0.01, as in
        the check).

    Returns
    -------
    float
        Cramér's V, corrected for bias; the check's condition fails from 0.15 on.

    Examples
    --------
    >>> label_drift([0] * 999 + [1], [0] * 992 + [1] * 8)
    0.0
    """
    with _at_home():
        from deepchecks.utils.distribution.drift import cramers_v  # noqa: PLC0415

        options = {"min_category_size_ratio": 0.01, **settings}
        return float(cramers_v(np.asarray(reference), np.asarray(current), **options))


def _both(reference: pd.DataFrame, current: pd.DataFrame) -> dict[str, Any]:
    # A row keeps its index, so that a row in both frames is known as such; rows that were drawn
    # twice have none of their own.
    if not (reference.index.is_unique and current.index.is_unique):
        reference = reference.set_axis(pd.RangeIndex(len(reference)))
        current = current.set_axis(pd.RangeIndex(len(reference), len(reference) + len(current)))
    return {
        "train_dataset": _dataset(reference),
        "test_dataset": _dataset(current),
    }


def _run_all(
    checks: list[Any], call: dict[str, Any], progress: Callable[[int, int, str], None] | None
) -> pd.DataFrame:
    results = []
    for number, check in enumerate(checks, start=1):
        if progress is not None:
            progress(number, len(checks), check.name())
        results.append(_run(check, call))
    return tidy(results)


def _run(check: Any, call: dict[str, Any]) -> Any:
    """Run one check; one that stops is a result too, as in a suite of Deepchecks."""
    from deepchecks.core import CheckFailure  # noqa: PLC0415
    from deepchecks.tabular import SingleDatasetCheck  # noqa: PLC0415

    if isinstance(check, SingleDatasetCheck) and "test_dataset" in call:
        # In a suite such a check runs on both; here on the rows that the model has not seen.
        call = {name: part for name, part in call.items() if not name.endswith("_dataset")} | {
            "dataset": call["test_dataset"]
        }
    # Not through a suite: in a notebook each would leave its progress bar's style behind.
    # Whatever stops a check is told in the table, as the suite would tell it.
    try:
        return check.run(**call, with_display=False)
    except Exception as error:
        return CheckFailure(check, error)


def _checks(
    suite: str,
    only: Sequence[str] | None = None,
    settings: Mapping[str, Any] | None = None,
    *,
    by_check: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[Any]:
    """Return the suite's checks, conditions attached, in its own order."""
    from deepchecks.tabular import suites  # noqa: PLC0415

    made = getattr(suites, suite)(**settings or {})
    checks = {type(check).__name__: check for check in made.checks.values()}
    for argument, names in (("only", only), ("settings", by_check)):
        unknown = sorted(set(names or ()) - set(checks))
        if unknown:
            known = ", ".join(checks)
            msg = f"{argument} must name checks out of {known}; got {', '.join(unknown)}."
            raise ValueError(msg)
    for name, own in (by_check or {}).items():
        changed = type(checks[name])(**own)
        for condition in checks[name]._conditions.values():
            changed.add_condition(condition.name, condition.function)
        checks[name] = changed
    return [check for name, check in checks.items() if only is None or name in only]


def _dataset(df: pd.DataFrame) -> Any:
    """Wrap the rows; without the time's unit and an index two checks cannot run."""
    from deepchecks.tabular import Dataset  # noqa: PLC0415

    missing = [name for name in ("Time", "Class") if name not in df.columns]
    if missing:
        msg = f"df must have the columns 'Time' and 'Class', {missing} missing."
        raise ValueError(msg)
    return Dataset(
        df,
        label="Class",
        label_type="binary",
        cat_features=[],
        datetime_name="Time",
        datetime_args={"unit": "s"},
        set_index_from_dataframe_index=True,
    )
