"""Deepchecks 0.19.1 (AGPL-3.0): the one place that knows its interface.

It is imported only when a function here is called, which takes 7 to 15 seconds.
"""

import json
import logging
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

VERSION = "0.19.1"
PPS_ROWS = 5_000
"""Rows that the predictive power score draws unless told ``ppscore_params={"sample": None}``."""
# Deepchecks was written for numpy 1 and uses these names while it runs, not only at its import.
NUMPY_1_NAMES = {"Inf": np.inf, "NaN": np.nan, "NINF": -np.inf, "PINF": np.inf}
COLUMNS = ("check", "condition", "status", "found", "value")
_STATUS = {"PASS": "pass", "FAIL": "fail", "WARN": "warn", "ERROR": "did not run"}


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
    """Let Deepchecks run: no telemetry, no progress bars of its own, numpy 1's names."""
    os.environ["DISABLE_DEEPCHECKS_ANONYMOUS_TELEMETRY"] = "1"
    os.environ["DO_NOT_TRACK"] = "1"
    with warnings.catch_warnings(), numpy_1_names():
        # It warns of its own old calls (pkg_resources, pandas), which no reader here can mend.
        warnings.simplefilter("ignore")
        from deepchecks.utils.logger import get_verbosity, set_verbosity  # noqa: PLC0415

        before = get_verbosity()
        set_verbosity(logging.ERROR)
        try:
            yield
        finally:
            set_verbosity(before)


def data_integrity(
    df: pd.DataFrame,
    *,
    only: Sequence[str] | None = None,
    progress: Callable[[int, int, str], None] | None = None,
    json_path: str | Path | None = None,
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
    json_path : str or pathlib.Path, optional
        A file to write the raw results to, as a JSON list with one object a check.
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
    missing = [name for name in ("Time", "Class") if name not in df.columns]
    if missing:
        msg = f"df must have the columns 'Time' and 'Class', {missing} missing."
        raise ValueError(msg)
    with _at_home():
        checks = _checks(only, {"timeout": 0, **settings})
        dataset = _dataset(df)
        results = []
        for number, check in enumerate(checks, start=1):
            if progress is not None:
                progress(number, len(checks), check.name())
            results.append(_run(check, dataset))
        if json_path is not None:
            raw = [json.loads(result.to_json()) for result in results]
            Path(json_path).write_text(json.dumps(raw, indent=1), encoding="utf-8")
        rows = [row for result in results for row in _rows(result)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _run(check: Any, dataset: Any) -> Any:
    """Run one check; one that stops is a result too, as in a suite of Deepchecks."""
    from deepchecks.core import CheckFailure  # noqa: PLC0415

    # Not through a suite: in a notebook each would leave its progress bar's style behind.
    # Whatever stops a check is told in the table, as the suite would tell it.
    try:
        return check.run(dataset, with_display=False)
    except Exception as error:
        return CheckFailure(check, error)


def _checks(only: Sequence[str] | None, settings: dict[str, Any]) -> list[Any]:
    """Return the suite's checks, conditions attached, in its own order."""
    from deepchecks.tabular.suites import data_integrity as suite  # noqa: PLC0415

    checks = list(suite(**settings).checks.values())
    if only is None:
        return checks
    known = [type(check).__name__ for check in checks]
    unknown = sorted(set(only) - set(known))
    if unknown:
        msg = f"only must name checks out of {', '.join(known)}; got {', '.join(unknown)}."
        raise ValueError(msg)
    return [check for check in checks if type(check).__name__ in only]


def _dataset(df: pd.DataFrame) -> Any:
    """Wrap the rows; without the time's unit and an index two checks cannot run."""
    from deepchecks.tabular import Dataset  # noqa: PLC0415

    return Dataset(
        df.reset_index(drop=True),
        label="Class",
        label_type="binary",
        cat_features=[],
        datetime_name="Time",
        datetime_args={"unit": "s"},
        set_index_from_dataframe_index=True,
    )


def _rows(result: Any) -> list[tuple[Any, ...]]:
    """Return one tuple of `COLUMNS` a condition of one result."""
    name = type(result.check).__name__
    if not hasattr(result, "value"):
        return [(name, "", "did not run", str(result.exception), None)]
    conditions = [
        (name, c.name, _STATUS[c.category.name], c.details, result.value)
        for c in result.conditions_results
    ]
    return conditions or [(name, "", "no condition", "", result.value)]
