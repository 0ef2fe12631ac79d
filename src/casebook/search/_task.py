"""What each trial is asked: to learn from the past and to decide on what came next."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin

from casebook import conventions, data, leaks, split
from casebook.models import INPUTS
from prerelease import costs as money
from prerelease import splits


@dataclass(frozen=True)
class Task:
    """Rows, folds and prices: the same for every trial of every family.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``Time``, ``Class``, ``Amount`` and the inputs.
    folds : tuple of (learn, decide, weight)
        Positions of the rows that are learned from and of those that are decided on
        afterwards, and the weights of the former.
    costs : CostModel
        What each outcome costs.
    asked : str
        All that shapes the folds, in words, to tell one task from another.
    """

    rows: pd.DataFrame = field(repr=False)
    folds: tuple[tuple[NDArray, NDArray, NDArray], ...] = field(repr=False)
    costs: money.CostModel
    asked: str

    def grade(self, model: ClassifierMixin) -> Iterator[float]:
        """Fit and judge a model fold by fold.

        Parameters
        ----------
        model : scikit-learn classifier
            Left as it is.

        Yields
        ------
        float
            Savings over the rows decided on so far, which come in the order of time, by the
            book's one rule (`casebook.conventions.decide`).
        """
        score = np.full(len(self.rows), np.nan)
        for learn, decide, weight in self.folds:
            fit = leaks.Fit(model, learn, decide, weight)
            score[decide] = leaks.scores(self.rows, [fit], at_once=1)[0]
            known = ~np.isnan(score)
            rows = self.rows[known]
            block = conventions.decide(rows, score[known], costs=self.costs)
            weights = data.sampling_weights(rows)
            yield money.savings(
                rows["Class"], block, rows["Amount"], costs=self.costs, weight=weights
            )


def make_task(
    df: pd.DataFrame,
    *,
    costs: money.CostModel,
    share: float,
    n_folds: int = 3,
    seed: int = 0,
) -> Task:
    """Return the question that a search puts to each trial.

    Parameters
    ----------
    df : pandas.DataFrame
        The training rows, sorted by ``Time``.
    costs : CostModel
        What each outcome costs.
    share : float
        Of the honest payments that are learned from, above 0 and at most 1. They weigh as
        much as all, so probabilities stay what they are. All are decided on.
    n_folds : int, default 3
        Stretches that are decided on, each as long as the validation rows; the last ends
        where validation begins.
    seed : int, default 0
        Of the draw of honest payments.

    Returns
    -------
    Task

    Raises
    ------
    ValueError
        If an option is out of range or a fold has no rows.

    Examples
    --------
    >>> train, _ = split.development(data.load_sample())
    >>> task = make_task(train, costs=money.CostModel(), share=0.5)
    >>> len(task.folds)
    3
    """
    length = split.VALID_END - split.TRAIN_END
    labels = df["Class"].to_numpy()
    splitter = splits.PrequentialSplit(n_folds, length, end=split.TRAIN_END, time="Time")
    folds = []
    for learn, decide in splitter.split(df):
        few, weight = leaks.thinned(labels, learn, share=share, seed=seed)
        folds.append((few, decide, weight))
    asked = f"{n_folds} folds, share {share:g}, seed {seed}, {costs!r}, {split.digest(df)}"
    return Task(df[["Time", "Class", *INPUTS]], tuple(folds), costs, asked)
