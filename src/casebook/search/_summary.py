"""What a study found, as data frames."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from ._store import StudyError, read

MEASURED = ("savings", "folds", "complete", "seconds")
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
        One row a finished trial, in order. Columns of `MEASURED`: ``savings`` over the folds it
        ran, how many those were (``folds``), whether it was carried through (``complete``) and
        ``seconds`` (of one core); then the settings.
    ended_by : {"trials", "seconds"}
        Which limit ended the search: the seconds, if it had fewer trials than it was allowed.
    """

    trials: pd.DataFrame = field(repr=False)
    ended_by: str

    @property
    def best(self) -> dict[str, Any]:
        """Return the settings of the best trial that was carried through: of equals the first."""
        complete = self.trials[self.trials["complete"].astype(bool)]
        if complete.empty:
            msg = (
                f"No trial of {len(self.trials)} was carried through: give the search more seconds."
            )
            raise StudyError(msg)
        settings = self.trials.drop(columns=[*MEASURED]).astype(object)
        return dict(settings.loc[complete["savings"].idxmax()])


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
    rows = [
        {
            "savings": trial.user_attrs["savings"],
            "folds": len(trial.intermediate_values),
            "complete": trial.state == carried_through,
            "seconds": trial.user_attrs["seconds"],
            **rounded(trial.params),
        }
        for trial in trials
    ]
    columns = None if rows else [*MEASURED]
    table = pd.DataFrame(rows, pd.RangeIndex(1, len(rows) + 1, name="trial"), columns)
    return Summary(table, "trials" if len(rows) >= limit else "seconds")


def rounded(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with as many digits as can be told and typed."""
    return {
        name: float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value
        for name, value in settings.items()
    }
