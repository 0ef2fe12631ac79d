"""Ways to judge a model, from one that leaks to one that does not, each as it is done."""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import ClassifierMixin, clone
from sklearn.model_selection import train_test_split

from casebook import conventions, split
from casebook.models import INPUTS
from prerelease import intervals
from prerelease.intervals import Interval

from ._draws import fewer


def balanced(df: pd.DataFrame, *, seed: int = 0) -> pd.DataFrame:
    """Repeat frauds, drawn at random, until they are as many as the honest payments.

    Parameters
    ----------
    df : pandas.DataFrame
        Rows with ``Class``, both classes present, frauds the fewer.
    seed : int, default 0
        Of the draws.

    Returns
    -------
    pandas.DataFrame
        All honest rows, and as many rows of fraud.

    Raises
    ------
    ValueError
        If there is no fraud to repeat.

    Examples
    --------
    >>> balanced(pd.DataFrame({"Class": [0, 0, 0, 1]}))["Class"].tolist()
    [0, 0, 0, 1, 1, 1]
    """
    frauds, honest = df[df["Class"] == 1], df[df["Class"] == 0]
    if frauds.empty:
        msg = f"df must hold a fraud to repeat, got {len(df)} rows without one."
        raise ValueError(msg)
    drawn = np.random.default_rng(seed).integers(len(frauds), size=len(honest))
    return pd.concat([honest, frauds.iloc[drawn]])


def balanced_before_split(
    df: pd.DataFrame, model: ClassifierMixin, *, seed: int = 0
) -> pd.DataFrame:
    """Judge a model as the naive notebook does: balance all rows, then hold some out at random.

    Copies of one fraud end up on both sides of the split, so the model is asked about frauds
    that it learned by heart, among as many frauds as honest payments.

    Parameters
    ----------
    df : pandas.DataFrame
        What ``casebook.data.load()`` returns.
    model : scikit-learn classifier
        Left as it is: a clone is fitted.
    seed : int, default 0
        Of the draws and the split.

    Returns
    -------
    pandas.DataFrame
        The held-out rows with their ``Time``, ``Class`` and ``score`` (a probability).

    Examples
    --------
    >>> from casebook import data, models
    >>> scored = balanced_before_split(data.load_sample(), models.release_candidate_1())
    >>> list(scored.columns)
    ['Time', 'Class', 'score']
    """
    return _scored(model, *_held_out(balanced(df, seed=seed), seed))


def split_at_random(df: pd.DataFrame, model: ClassifierMixin, *, seed: int = 0) -> pd.DataFrame:
    """Judge a model on rows held out at random, with only the rows it learns from balanced.

    Parameters
    ----------
    df, model, seed
        As for `balanced_before_split`.

    Returns
    -------
    pandas.DataFrame
        The held-out rows with their ``Time``, ``Class`` and ``score`` (a probability).

    Examples
    --------
    >>> from casebook import data, models
    >>> sample = data.load_sample()
    >>> len(split_at_random(sample, models.release_candidate_1())) / len(sample) < 0.21
    True
    """
    learn, held_out = _held_out(df, seed)
    return _scored(model, balanced(learn, seed=seed), held_out)


def scored_later(
    df: pd.DataFrame, model: ClassifierMixin, *, who: str, why: str, seed: int = 0
) -> pd.DataFrame:
    """Judge a model on the payments that came after all those it learned from.

    Parameters
    ----------
    df, model, seed
        As for `balanced_before_split`; the rows learned from are balanced.
    who, why : str
        For the ledger of the test rows, where this stands as a demonstration.

    Returns
    -------
    pandas.DataFrame
        The test rows with their ``Time``, ``Class`` and ``score`` (a probability).

    Examples
    --------
    >>> import os, tempfile
    >>> from casebook import data, models
    >>> os.environ["PRERELEASE_LEDGER"] = tempfile.mkdtemp() + "/ledger.jsonl"
    >>> later = scored_later(
    ...     data.load_sample(), models.release_candidate_1(), who="docs", why="to show it"
    ... )
    >>> int(later["Class"].sum())
    75
    """
    past = pd.concat(split.development(df))
    later = split.open_test(df, who=who, why=why, kind="demonstration")
    return _scored(model, balanced(past, seed=seed), later)


def at_prevalence(scored: pd.DataFrame, share: float) -> pd.DataFrame:
    """Weigh honest payments so that frauds have a given share: average precision rises with it.

    Parameters
    ----------
    scored : pandas.DataFrame
        Rows with ``Class``, both classes present.
    share : float
        Of frauds, above 0 and below 1.

    Returns
    -------
    pandas.DataFrame
        The rows with a column ``weight``.

    Examples
    --------
    >>> at_prevalence(pd.DataFrame({"Class": [1, 0, 0]}), 0.5)["weight"].tolist()
    [1.0, 0.5, 0.5]
    """
    fraud = scored["Class"] == 1
    honest = fraud.sum() * (1 - share) / share / (~fraud).sum()
    return scored.assign(weight=np.where(fraud, 1.0, honest))


def inflation(
    claimed: pd.DataFrame,
    real: pd.DataFrame,
    *,
    metric: Any = None,
    asked: int = 1,
) -> Interval:
    """Return by how much one way to judge exceeds another.

    Parameters
    ----------
    claimed, real : pandas.DataFrame
        Different rows with their ``Time`` (seconds), ``Class`` and ``score``, as the other
        functions return them, and a ``weight`` where a row stands for more or less than itself.
    metric : Metric, optional
        Of `prerelease.intervals`; average precision by default.
    asked : int, default 1
        How many differences are asked about at once, see `prerelease.intervals.verdict`.

    Returns
    -------
    Interval
        The difference, in the unit of the metric.

    Notes
    -----
    Rows are drawn in blocks of time, so that a burst, and the copies of one fraud, stay
    together. The rows differ, so the two sides are resampled independently; where they share
    some, the interval is too wide if anything. What varies with the rows that the model
    learned from is not in it.

    Examples
    --------
    >>> from casebook import data
    >>> sample = data.load_sample().assign(score=lambda rows: rows["V4"])
    >>> round(inflation(sample.assign(score=sample["Class"]), sample).estimate, 3)
    0.375
    """
    measure = metric or intervals.AveragePrecision()
    reached, drawn = [], []
    for number, side in enumerate((claimed, real)):
        part = side.sort_values("Time", kind="stable")
        weight = part.get("weight", np.ones(len(part)))
        reached.append(intervals.value(measure, part["Class"], part["score"], sample_weight=weight))
        kept, weight = fewer(part["Class"], [part["score"]], weight)
        few = part.iloc[kept]
        how = conventions.drawn(few["Time"], asked=asked)
        drawn += list(
            intervals.replicates(
                measure, few["Class"], [few["score"]], sample_weight=weight, seed=number,
                scheme=how["scheme"], n_resamples=how["n_resamples"],
            )
        )  # fmt: skip
    return intervals.from_draws(
        reached[0] - reached[1],
        drawn[0] - drawn[1],
        level=how["level"],
        method="time-block percentile, sides drawn apart",
        n=len(claimed) + len(real),
        n_positive=int(claimed["Class"].sum() + real["Class"].sum()),
    )


def _held_out(df: pd.DataFrame, seed: int) -> list[pd.DataFrame]:
    return train_test_split(df, test_size=0.2, random_state=seed, stratify=df["Class"])


def _scored(model: ClassifierMixin, learn: pd.DataFrame, held_out: pd.DataFrame) -> pd.DataFrame:
    fitted = clone(model).fit(learn[[*INPUTS]], learn["Class"])
    score = fitted.predict_proba(held_out[[*INPUTS]])[:, 1]
    return held_out[["Time", "Class"]].assign(score=score)
