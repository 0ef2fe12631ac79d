"""What the winners of several searches are worth with other seeds than their own."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
from joblib import delayed
from sklearn.base import ClassifierMixin

from casebook.models import Family
from casebook.workers import dismiss, results

from ._run import SEEDS
from ._summary import Summary
from ._task import Task


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
