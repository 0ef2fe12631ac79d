"""Trials, one after the other within a family, two families at a time."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from joblib import delayed
from sklearn.base import ClassifierMixin

from casebook.models import Family, Span
from casebook.workers import dismiss, results
from prerelease import _validate

from ._store import digest, opened
from ._summary import Summary, finished_states, rounded, summary
from ._task import Task

STARTUP = 3
"""Trials that are never cut short, since there is nothing yet to hold them against."""
BLIND = 4
"""Trials that TPE draws at random before it goes by what it has learned."""
SEEDS = (0, 1, 2)
Tell = Callable[[int, int], None]


def study_name(name: str, seed: int) -> str:
    """Return what a family's search with one seed is called."""
    return f"{name} {seed}"


def advance(  # noqa: PLR0913 - all but the first three are keywords
    name: str,
    family: Family,
    task: Task,
    *,
    place: Path,
    seconds: float,
    trials: int | None = None,
    seed: int = 0,
) -> int:
    """Run trials of one family until its budget is used up, from wherever it stands.

    Parameters
    ----------
    name, family : str, Family
        Whose settings are searched.
    task : Task
        What each trial is asked.
    place : pathlib.Path
        Folder of the study's file, see `folder`.
    seconds : float
        Budget: seconds of computing on one core, trials of earlier runs included. A trial
        that has begun is finished.
    trials : int, optional
        Finished trials at most, by default ``family.trials``.
    seed : int, default 0
        Of the sampler and of all fits: a search is one draw of both lucks.

    Returns
    -------
    int
        Trials that were run in this call.

    Raises
    ------
    StudyError
        If the study's file is corrupt, locked or open elsewhere.
    ValueError
        If an option is out of range.

    Notes
    -----
    The sampler is seeded anew before each trial, by the number of finished ones: a study that
    was killed and resumed has the same trials as one that was not. The first trial is
    ``family.start``; the others are drawn at random, or by TPE [1]_ [2]_ after `BLIND` trials.
    After each fold but the last, a trial whose savings so far are below the median of the
    trials before it is cut short.

    References
    ----------
    .. [1] Bergstra, Bardenet, Bengio and Kégl (2011). Algorithms for hyper-parameter
       optimization. NeurIPS 24.
    .. [2] Akiba, Sano, Yanase, Ohta and Koyama (2019). Optuna: a next-generation
       hyperparameter optimization framework. KDD, 2623-2631.

    Examples
    --------
    >>> import tempfile
    >>> from casebook import data, models, split
    >>> from prerelease import costs
    >>> from casebook.search import make_task
    >>> train, _ = split.development(data.load_sample())
    >>> task = make_task(train, costs=costs.CostModel(), share=0.2)
    >>> family = models.FAMILIES["logistic regression"]
    >>> place = Path(tempfile.mkdtemp())
    >>> advance("logistic regression", family, task, place=place, seconds=60, trials=1)
    1
    """
    import optuna  # noqa: PLC0415

    _validate.number(seconds, "seconds", above=0)
    limit = _validate.integer(family.trials if trials is None else trials, "trials", low=1)
    search, ran = study_name(name, seed), 0
    with opened(search, digest(search, family, task, seed), place) as study:
        study.pruner = optuna.pruners.MedianPruner(n_startup_trials=STARTUP)
        while True:
            finished = study.get_trials(deepcopy=False, states=finished_states())
            used = sum(trial.user_attrs["seconds"] for trial in finished)
            if len(finished) >= limit or used >= seconds:
                return ran
            study.sampler = _sampler(name, family, seed, len(finished))
            if not finished:
                study.enqueue_trial(family.start, skip_if_exists=True)
            _one_trial(study, family, task, seed)
            ran += 1


def search_all(  # noqa: PLR0913 - all but the first two are keywords
    families: Mapping[str, Family],
    task: Task,
    *,
    place: Path,
    seconds: float,
    trials: Mapping[str, int] | None = None,
    processes: int = 2,
    seeds: Sequence[int] = SEEDS,
    tell: Tell | None = None,
) -> dict[str, list[Summary]]:
    """Search each family's settings, once with each seed, all on the same budget.

    Parameters
    ----------
    families : mapping of str to Family
        Who races.
    task, place, seconds
        As for `advance`; the seconds are those of each search.
    trials : mapping of str to int, optional
        Finished trials at most, for families that are to have another limit than their own.
    processes : int, default 2
        Searches at a time, each on one core.
    seeds : sequence of int, default `SEEDS`
        Of the searches of each family, see `advance`.
    tell : callable, optional
        Called as ``tell(done, total)`` with trials after each search.

    Returns
    -------
    dict of str to list of Summary
        By the names of the families, one for each seed.

    Raises
    ------
    StudyError
        As `advance`.
    ValueError
        As `advance`, and if there is no family, or `trials` names one that does not race.

    Examples
    --------
    >>> import tempfile
    >>> from casebook import data, models, split
    >>> from prerelease import costs
    >>> from casebook.search import make_task
    >>> train, _ = split.development(data.load_sample())
    >>> task = make_task(train, costs=costs.CostModel(), share=0.2)
    >>> family = {"logistic regression": models.FAMILIES["logistic regression"]}
    >>> found = search_all(family, task, place=Path(tempfile.mkdtemp()), seconds=60,
    ...                    trials={"logistic regression": 1}, processes=1, seeds=[0])
    >>> found["logistic regression"][0].ended_by
    'trials'
    """
    unknown = sorted(set(trials or {}) - set(families))
    if unknown or not families:
        msg = f"trials must be of families that race, at least one, got {unknown or 'no family'}."
        raise ValueError(msg)
    limits = {name: (trials or {}).get(name, family.trials) for name, family in families.items()}
    # What takes longest begins first: the last family that is named.
    jobs = [(name, seed) for name in reversed(families) for seed in seeds]
    total, done = len(seeds) * sum(limits.values()), 0
    calls = (
        delayed(advance)(
            name, families[name], task, place=place, seconds=seconds, trials=limits[name], seed=seed
        )
        for name, seed in jobs
    )
    for (name, _), _ in zip(jobs, results(calls, processes=processes), strict=True):
        done += limits[name]
        if tell is not None:
            tell(done, total)
    return {
        name: [summary(study_name(name, seed), place, limit=limits[name]) for seed in seeds]
        for name in families
    }


def confirm(  # noqa: PLR0913 - all but the first three are keywords
    families: Mapping[str, Family],
    task: Task,
    found: Mapping[str, Sequence[Summary]],
    *,
    seeds: Sequence[int] = SEEDS,
    processes: int = 2,
    tell: Callable[[int, int], None] | None = None,
) -> dict[str, pd.DataFrame]:
    """Train the winner of each search again, with the seeds of the other searches.

    Parameters
    ----------
    families, task
        As for `search_all`.
    found : mapping of str to sequence of Summary
        What `search_all` returned, for the same `seeds`.
    seeds : sequence of int, default `SEEDS`
        Of the searches.
    processes : int, default 2
        Models at a time, each on one core.
    tell : callable, optional
        Called as ``tell(done, total)`` after each model.

    Returns
    -------
    dict of str to pandas.DataFrame
        Savings by family: a row for the winner of each search, a column for each seed it was
        trained with. On the diagonal stands what the search itself saw: the seed that chose it.

    Notes
    -----
    A winner is good and lucky, and part of the luck is that of its own seed. Off the diagonal
    nothing was chosen. Families whose fits draw nothing have one value in a row.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from casebook import data, models, split
    >>> from prerelease import costs
    >>> from casebook.search import make_task, search_all
    >>> train, _ = split.development(data.load_sample())
    >>> task = make_task(train, costs=costs.CostModel(), share=0.2)
    >>> family = {"logistic regression": models.FAMILIES["logistic regression"]}
    >>> found = search_all(family, task, place=Path(tempfile.mkdtemp()), seconds=60,
    ...                    trials={"logistic regression": 1}, processes=1, seeds=[0])
    >>> confirm(family, task, found, seeds=[0], processes=1)["logistic regression"].shape
    (1, 1)
    """
    tables = {
        name: pd.DataFrame(index=list(seeds), columns=list(seeds), dtype=float) for name in found
    }
    jobs = []
    for name, searches in found.items():
        for own, each in zip(seeds, searches, strict=True):
            reached = each.trials.loc[each.trials["complete"].astype(bool), "savings"].max()
            tables[name].loc[own, own if families[name].seeded else list(seeds)] = reached
            if families[name].seeded:
                model = families[name].model
                jobs += [(name, own, s, model(seed=s, **each.best)) for s in seeds if s != own]
    # What takes longest begins first: the last family that is named.
    jobs.reverse()
    saved = results((delayed(_savings)(task, model) for *_, model in jobs), processes=processes)
    for done, ((name, own, seed, _), value) in enumerate(zip(jobs, saved, strict=True), 1):
        tables[name].loc[own, seed] = value
        if tell is not None:
            tell(done, len(jobs))
    # Each worker holds the task, and no search follows.
    dismiss()
    return tables


def settled(tables: pd.DataFrame, searches: Sequence[Summary]) -> dict[str, Any]:
    """Return the settings of the search whose winner saves most with seeds that did not choose it.

    Parameters
    ----------
    tables : pandas.DataFrame
        Of one family, from `confirm`.
    searches : sequence of Summary
        Of the same family, in the order of the rows.

    Returns
    -------
    dict of str to object
        As `casebook.models.Family.model` takes them.

    Examples
    --------
    >>> settled.__name__
    'settled'
    """
    fresh = fresh_savings(tables).mean(axis=1)
    return searches[int(fresh.to_numpy().argmax())].best


def fresh_savings(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of `confirm` without what the searches themselves saw.

    Parameters
    ----------
    table : pandas.DataFrame
        Of one family.

    Returns
    -------
    pandas.DataFrame
        NaN on the diagonal; the table itself where a family draws nothing, which shows where
        there are several seeds.

    Examples
    --------
    >>> fresh_savings(pd.DataFrame([[0.5, 0.4], [0.3, 0.6]])).round(1).to_numpy().tolist()
    [[nan, 0.4], [0.3, nan]]
    """
    if table.shape[1] > 1 and (table.max(axis=1) == table.min(axis=1)).all():
        return table
    own = table.index.to_numpy()[:, None] == table.columns.to_numpy()[None]
    return table.mask(own)


def _savings(task: Task, model: ClassifierMixin) -> float:
    *_, saved = task.grade(model)
    return saved


def _sampler(name: str, family: Family, seed: int, finished: int) -> Any:
    """Return the sampler of one trial: no two families, searches or trials share a stream."""
    import optuna  # noqa: PLC0415

    stream = int(np.random.SeedSequence([*name.encode(), seed, finished]).generate_state(1)[0])
    if family.sampler == "random":
        return optuna.samplers.RandomSampler(seed=stream)
    return optuna.samplers.TPESampler(seed=stream, n_startup_trials=BLIND)


def _one_trial(study: Any, family: Family, task: Task, seed: int) -> None:
    """Ask for settings, and try them fold by fold."""
    from optuna.trial import TrialState  # noqa: PLC0415

    trial = study.ask()
    model = family.model(seed=seed, **rounded(_suggested(trial, family.space)))
    began = time.process_time()
    for step, saved in enumerate(task.grade(model)):
        trial.report(saved, step)
        cut = step + 1 < len(task.folds) and trial.should_prune()
        if cut:
            break
    trial.set_user_attr("savings", saved)
    trial.set_user_attr("seconds", time.process_time() - began)
    if cut:
        study.tell(trial, state=TrialState.PRUNED)
    else:
        study.tell(trial, saved)


def _suggested(trial: Any, space: Mapping[str, Span | tuple[Any, ...]]) -> dict[str, Any]:
    """Return what the sampler says for each setting."""
    settings = {}
    for name, where in space.items():
        if not isinstance(where, Span):
            settings[name] = trial.suggest_categorical(name, where)
        elif isinstance(where.low, int) and isinstance(where.high, int):
            settings[name] = trial.suggest_int(name, where.low, where.high, log=where.log)
        else:
            settings[name] = trial.suggest_float(name, where.low, where.high, log=where.log)
    return settings
