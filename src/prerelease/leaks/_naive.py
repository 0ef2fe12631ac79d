"""Ways to judge a model, from one that leaks to one that does not, each as it is done."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import ClassifierMixin, clone
from sklearn.model_selection import train_test_split

from prerelease import conventions, intervals, splits
from prerelease.intervals import Interval
from prerelease.models import INPUTS


_HELD_OUT = 0.2


def balance(df: pd.DataFrame, *, seed: int = 0) -> pd.DataFrame:
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
    >>> balance(pd.DataFrame({"Class": [0, 0, 0, 1]}))["Class"].tolist()
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
        What ``prerelease.data.load()`` returns.
    model : scikit-learn classifier
        Left as it is: a clone is fitted.
    seed : int, default 0
        Of the draws and the split.

    Returns
    -------
    pandas.DataFrame
        The held-out rows with their ``Class`` and ``score`` (a probability).

    Examples
    --------
    >>> from prerelease import data, models
    >>> scored = balanced_before_split(data.load_sample(), models.release_candidate_1())
    >>> list(scored.columns)
    ['Class', 'score']
    """
    copies = balance(df, seed=seed)
    learn, held_out = train_test_split(
        copies, test_size=_HELD_OUT, random_state=seed, stratify=copies["Class"]
    )
    return _scored(model, learn, held_out)


def split_at_random(df: pd.DataFrame, model: ClassifierMixin, *, seed: int = 0) -> pd.DataFrame:
    """Judge a model on rows held out at random, with only the rows it learns from balanced.

    Parameters
    ----------
    df, model, seed
        As for `balanced_before_split`.

    Returns
    -------
    pandas.DataFrame
        The held-out rows with their ``Class`` and ``score`` (a probability).

    Examples
    --------
    >>> from prerelease import data, models
    >>> sample = data.load_sample()
    >>> len(split_at_random(sample, models.release_candidate_1())) / len(sample) < 0.21
    True
    """
    learn, held_out = train_test_split(
        df, test_size=_HELD_OUT, random_state=seed, stratify=df["Class"]
    )
    return _scored(model, balance(learn, seed=seed), held_out)


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
        The test rows with their ``Class`` and ``score`` (a probability).

    Examples
    --------
    >>> import os, tempfile
    >>> from prerelease import data, models
    >>> os.environ["PRERELEASE_LEDGER"] = tempfile.mkdtemp() + "/ledger.jsonl"
    >>> later = scored_later(
    ...     data.load_sample(), models.release_candidate_1(), who="docs", why="to show it"
    ... )
    >>> int(later["Class"].sum())
    75
    """
    past = pd.concat(splits.development(df))
    later = splits.open_test(df, who=who, why=why, kind="demonstration")
    return _scored(model, balance(past, seed=seed), later)


def inflation(  # noqa: PLR0913 - two sides, and how they are drawn
    claimed: pd.DataFrame,
    real: pd.DataFrame,
    *,
    claimed_times: ArrayLike | None = None,
    real_times: ArrayLike | None = None,
    n_resamples: int = 2000,
    seed: int = 0,
) -> Interval:
    """Return by how much one way to judge exceeds another in average precision.

    Parameters
    ----------
    claimed, real : pandas.DataFrame
        Different rows with their ``Class`` and ``score``, as the other functions return them,
        and a ``weight`` where a row stands for more or less than itself.
    claimed_times, real_times : array-like, optional
        Seconds of the rows of `claimed` and of `real`, sorted: these rows are then drawn in
        blocks of time, which allows for frauds that come in bursts.
    n_resamples : int, default 2000
        Resamples of each side, at least 100.
    seed : int, default 0
        Of the bootstrap's draws.

    Returns
    -------
    Interval
        The difference of the two average precisions, from -1 to 1, at 95 %.

    Notes
    -----
    The rows differ, so the two are resampled independently. What varies with the rows that the
    model learned from is not in this interval.

    Examples
    --------
    >>> scored = pd.DataFrame({"Class": [0, 0, 1, 1], "score": [0.1, 0.2, 0.8, 0.9]})
    >>> print(inflation(scored, scored))
    0.000 [0.000, 0.000]
    """
    metric = intervals.AveragePrecision()
    estimates, resampled = [], []
    sides = ((claimed, claimed_times), (real, real_times))
    for number, (part, times) in enumerate(sides):
        y, score, weight = part["Class"], part["score"], part.get("weight")
        scheme = None if times is None else intervals.Blocks(times, conventions.BLOCK_SECONDS)
        estimates.append(intervals.value(metric, y, score, sample_weight=weight))
        draws = intervals.replicates(
            metric,
            y,
            [score],
            sample_weight=weight,
            scheme=scheme,
            n_resamples=n_resamples,
            seed=2 * seed + number,
        )
        resampled.append(draws[0])
    estimate = estimates[0] - estimates[1]
    low, high = np.nanquantile(resampled[0] - resampled[1], [0.025, 0.975])
    return Interval(
        estimate,
        min(low, estimate),
        max(high, estimate),
        level=0.95,
        method="independent percentile",
        n=len(claimed) + len(real),
        n_positive=int(claimed["Class"].sum() + real["Class"].sum()),
    )


def _scored(model: ClassifierMixin, learn: pd.DataFrame, held_out: pd.DataFrame) -> pd.DataFrame:
    fitted = clone(model).fit(learn[[*INPUTS]], learn["Class"])
    score = fitted.predict_proba(held_out[[*INPUTS]])[:, 1]
    return held_out[["Class"]].assign(score=score)
