"""What a study found, as data frames."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ._store import StudyError, read, scores_of

MEASURED = ("savings", "average_precision", "folds", "complete", "seconds", "wall")
DIGITS = 3
"""Digits of a setting that count: those after them are the sampler's, not a finding."""


def finished_states() -> tuple[Any, ...]:
    """Return the states of trials that count: carried through, then cut short."""
    from optuna.trial import TrialState  # noqa: PLC0415

    return TrialState.COMPLETE, TrialState.PRUNED


@dataclass(frozen=True)
class Summary:
    """What a family's search has done.

    Parameters
    ----------
    trials : pandas.DataFrame
        One row a finished trial, in order. Columns of `MEASURED`: ``savings`` and
        ``average_precision`` over the folds it ran, how many those were (``folds``), whether it was
        carried through (``complete``), ``seconds`` (of one core) and ``wall`` (seconds); then
        the settings.
    ended_by : {"trials", "seconds"}
        Which limit ended the search: the seconds, if it had fewer trials than it was allowed.
    files : mapping of int to pathlib.Path
        For each trial that was carried through, the file of its scores.
    """

    trials: pd.DataFrame = field(repr=False)
    ended_by: str
    files: Mapping[int, Path] = field(repr=False)

    def scores(self, trial: int) -> NDArray[np.float64]:
        """Return what a trial said of each training row.

        Parameters
        ----------
        trial : int
            One that was carried through.

        Returns
        -------
        ndarray of shape (n,)
            Probability of fraud by a model that had learned from earlier rows; NaN for the
            rows before the first stretch.
        """
        return np.load(self.files[trial]).astype(np.float64)

    @property
    def best(self) -> dict[str, Any]:
        """Return the settings of the best trial that was carried through."""
        return best_settings(self.trials)


def summary(name: str, place: Path, *, limit: int = 0) -> Summary:
    """Return what a family's study holds.

    Parameters
    ----------
    name : str
        The family.
    place : pathlib.Path
        Folder of the study's file.
    limit : int, default 0
        Trials that it was allowed, where ``ended_by`` is asked for.

    Returns
    -------
    Summary

    Raises
    ------
    StudyError
        If there is no study, or its file is corrupt, locked or open elsewhere.

    Examples
    --------
    >>> import tempfile
    >>> summary("TabNet", Path(tempfile.mkdtemp()))
    Traceback (most recent call last):
    ...
    casebook.search._store.StudyError: There is no study of TabNet in ...
    """
    with read(name, place) as study:
        carried_through, _ = states = finished_states()
        trials = study.get_trials(states=states)
        kept = scores_of(name, study, place)
    rows = [
        {
            "savings": trial.user_attrs["savings"],
            "average_precision": trial.user_attrs["average precision"],
            "folds": len(trial.intermediate_values),
            "complete": trial.state == carried_through,
            "seconds": trial.user_attrs["seconds"],
            "wall": trial.user_attrs["wall"],
            **rounded(trial.params),
        }
        for trial in trials
    ]
    columns = None if rows else [*MEASURED]
    table = pd.DataFrame(rows, pd.RangeIndex(1, len(rows) + 1, name="trial"), columns)
    files = {
        number: kept / f"{trial.number}.npy"
        for number, trial in enumerate(trials, start=1)
        if trial.state == carried_through
    }
    return Summary(table, "trials" if len(rows) >= limit else "seconds", files)


def best_settings(trials: pd.DataFrame) -> dict[str, Any]:
    """Return the settings of the complete trial with the highest savings.

    Parameters
    ----------
    trials : pandas.DataFrame
        From `summary`.

    Returns
    -------
    dict of str to object
        Of equals, those of the first.

    Raises
    ------
    StudyError
        If no trial was carried through.

    Examples
    --------
    >>> table = pd.DataFrame({"savings": [0.5, 0.6], "average_precision": 0.5, "folds": 3,
    ...                       "complete": True, "seconds": 1.0, "wall": 1.0, "C": [1.0, 0.1]})
    >>> best_settings(table)
    {'C': 0.1}
    """
    complete = trials[trials["complete"].astype(bool)]
    if complete.empty:
        msg = f"No trial of {len(trials)} was carried through: give the search more seconds."
        raise StudyError(msg)
    return settings_of(trials, complete["savings"].idxmax())


def settings_of(trials: pd.DataFrame, trial: int) -> dict[str, Any]:
    """Return the settings of one trial.

    Parameters
    ----------
    trials : pandas.DataFrame
        From `summary`.
    trial : int
        Its number.

    Returns
    -------
    dict of str to object
        As `casebook.models.Family.model` takes them.

    Examples
    --------
    >>> table = pd.DataFrame({"savings": [0.5], "average_precision": 0.5, "folds": 3,
    ...                       "complete": True, "seconds": 1.0, "wall": 1.0, "C": [1.0]})
    >>> settings_of(table, 0)
    {'C': 1.0}
    """
    return dict(trials.drop(columns=[*MEASURED]).astype(object).loc[trial])


def rounded(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with as many digits as can be told and typed."""
    return {
        name: float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value
        for name, value in settings.items()
    }
