"""How much better the best of several trials looks than it is."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from prerelease import _validate, intervals

__all__ = ["best_of", "null_optimism", "of_winner", "optimism_in_parts"]

# Positives of the null world score this far above negatives; a share of them hides.
FOUND, HIDDEN, HIDDEN_SHARE = 5.0, 0.5, 0.17


def null_optimism(  # noqa: PLR0913 - the quantities that optimism depends on
    n_trials: int,
    n_positive: int,
    *,
    alike: float = 0.9,
    negatives_each: int = 750,
    n_rounds: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    r"""Return the optimism of the best of K models that are all equally good.

    Parameters
    ----------
    n_trials : int
        Models; the table has a row for the best of the first 1, 2, …, `n_trials`.
    n_positive : int
        Positives in the validation rows.
    alike : float, default 0.9
        Correlation of two models' scores of a positive, from 0 to 1.
    negatives_each : int, default 750
        Negatives for each positive.
    n_rounds : int, default 200
        Validation sets that are drawn.
    seed : int, default 0
        Of the draws.

    Returns
    -------
    pandas.DataFrame
        Index ``trials``; columns ``optimism`` (mean of the winner's average precision minus
        that of all models), ``low``, ``high`` (2.5 % and 97.5 % of the rounds) and
        ``average_precision`` (mean of all models: the same for each).

    Raises
    ------
    ValueError
        If an option is out of range.

    Notes
    -----
    Scores of negatives are standard normal and independent. A positive's score is normal around
    5, or, for 17 % of positives, around 0.5. The negatives between two positives are a Poisson
    count, as for a very long list. Since all models are equal by construction, whatever the
    winner has above their mean is luck [1]_.

    References
    ----------
    .. [1] Cawley and Talbot (2010). On over-fitting in model selection and subsequent
       selection bias in performance evaluation. JMLR 11, 2079-2107.

    Examples
    --------
    >>> table = null_optimism(20, 75, n_rounds=50)
    >>> float(table.loc[1, "optimism"]) < float(table.loc[20, "optimism"])
    True
    """
    n_trials = _validate.integer(n_trials, "n_trials", low=1)
    n = _validate.integer(n_positive, "n_positive", low=2)
    alike = _validate.number(alike, "alike", above=0, below=1, closed=True)
    n_negative = n * _validate.integer(negatives_each, "negatives_each", low=1)
    rng = np.random.default_rng(seed)
    reached = np.empty((_validate.integer(n_rounds, "n_rounds", low=2), n_trials))
    for one in reached:
        middle = np.where(rng.random(n) < HIDDEN_SHARE, HIDDEN, FOUND)
        shared, own = rng.normal(size=n), rng.normal(size=(n_trials, n))
        score = np.sort(middle + np.sqrt(alike) * shared + np.sqrt(1 - alike) * own)[:, ::-1]
        expected = n_negative * np.diff(stats.norm.sf(score), prepend=0)
        above = np.cumsum(rng.poisson(expected), axis=1)
        caught = np.arange(1, n + 1)
        one[:] = (caught / (caught + above)).mean(axis=1)
    table = _over_rounds(np.maximum.accumulate(reached, axis=1) - reached.mean())
    return table.assign(average_precision=reached.mean())


def best_of(chosen_on: ArrayLike, judged_on: ArrayLike) -> pd.DataFrame:
    r"""Return what the winner among K trials scores where it was chosen, and elsewhere.

    Parameters
    ----------
    chosen_on, judged_on : array-like of shape (trials,)
        A metric, higher is better, of each trial on the rows that choose and on others.

    Returns
    -------
    pandas.DataFrame
        Index ``trials`` from 1 to all; columns ``claimed`` and ``real``, averaged over every
        set of so many trials, and ``optimism``: how much more than for a single trial the
        first exceeds the second.

    Raises
    ------
    ValueError
        If the lengths differ or a value is not finite.

    Notes
    -----
    The r-th best of n trials wins in :math:`\binom{n-r}{K-1}` of the :math:`\binom{n}{K}`
    sets of K, so the averages need no random draw. What separates the two sets of rows for
    every trial alike (such as a harder evening) is in ``claimed - real`` but not in
    ``optimism``.

    Examples
    --------
    >>> best_of([0.8, 0.7], [0.6, 0.7])["optimism"].round(3).tolist()
    [0.0, 0.1]
    """
    chosen, judged = _validate.columns(chosen_on=chosen_on, judged_on=judged_on)
    order, n = np.argsort(-chosen, kind="stable"), len(chosen)
    rank, wins = np.arange(1, n + 1), [np.full(n, 1 / n)]
    for k in range(1, n):  # from how often each rank is the best of k to how often of k + 1
        more = np.maximum(n - rank - k + 1, 0) * (k + 1) / (k * (n - k))
        wins.append(wins[-1] * more)
    claimed, real = np.array(wins) @ chosen[order], np.array(wins) @ judged[order]
    gap = claimed - real
    table = {"claimed": claimed, "real": real, "optimism": gap - gap[0]}
    return pd.DataFrame(table, index=pd.RangeIndex(1, n + 1, name="trials"))


def of_winner(  # noqa: PLR0913 - two sides, and what they rest on
    chosen_on: ArrayLike,
    judged_on: ArrayLike,
    *,
    chosen_draws: ArrayLike,
    judged_draws: ArrayLike,
    n: int,
    n_positive: int | None = None,
    winner: int | None = None,
) -> intervals.Interval:
    """Return the optimism of the trial that won, with an interval.

    Parameters
    ----------
    chosen_on, judged_on : array-like of shape (trials,)
        A metric, higher is better, of each trial on the rows that choose and on others.
    chosen_draws, judged_draws : array-like of shape (trials, resamples)
        The same of resamples of those rows, as `prerelease.intervals.replicates` returns them.
    n, n_positive : int
        Rows, and positives among them, that all this rests on.
    winner : int, optional
        Position of the one that was chosen, where the highest value did not decide alone.

    Returns
    -------
    Interval
        By how much the winner's lead over the mean of all trials is greater on the rows that
        chose it than on the others; the last row of `best_of` has the same estimate.

    Raises
    ------
    ValueError
        If the shapes do not fit.

    Notes
    -----
    The two sides are resampled independently. The winner stays the one that won: this is the
    interval of its optimism, and not of what another search would have.

    Examples
    --------
    >>> chose, judged = [[0.8, 0.9], [0.6, 0.8]], [[0.5, 0.7], [0.6, 0.8]]
    >>> print(of_winner([0.8, 0.7], [0.6, 0.7], chosen_draws=chose, judged_draws=judged, n=9))
    0.100 [0.100, 0.149]
    """
    chosen, judged = _validate.columns(chosen_on=chosen_on, judged_on=judged_on)
    if winner is None:
        winner = int(np.argmax(chosen))
    _validate.integer(winner, "winner", low=0, high=len(chosen) - 1)
    draws = {"chosen_draws": np.asarray(chosen_draws), "judged_draws": np.asarray(judged_draws)}
    for name, drawn in draws.items():
        if drawn.ndim != 2 or len(drawn) != len(chosen):
            msg = f"{name} must have a row for each of {len(chosen)} trials, got {drawn.shape}."
            raise ValueError(msg)

    def lead(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return values[winner] - values.mean(axis=0)

    return intervals.from_draws(
        lead(chosen) - lead(judged),
        np.subtract(*map(lead, draws.values())),
        method="time-block percentile, sides drawn apart",
        n=n,
        n_positive=n_positive,
    )


def optimism_in_parts(
    y_true: ArrayLike,
    scores: Sequence[ArrayLike],
    *,
    n_positive: int,
    n_rounds: int = 100,
    seed: int = 0,
) -> pd.DataFrame:
    """Choose on a random part of the rows, judge on the rest, many times: no drift between them.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        1 = positive.
    scores : sequence of array-like of shape (n,)
        Of each trial, for the same rows, none of which it learned from.
    n_positive : int
        Positives in the part that chooses, with the same share of the negatives.
    n_rounds : int, default 100
        Random parts.
    seed : int, default 0
        Of the draws.

    Returns
    -------
    pandas.DataFrame
        Index ``trials``; columns ``optimism`` (mean), ``low`` and ``high``: where 95 % of the
        rounds lie. The rounds share their positives, so this is no confidence interval.

    Raises
    ------
    ValueError
        If fewer than two positives are left on a side.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> y = np.arange(900) < 60
    >>> trials = [y + rng.normal(size=900) for _ in range(4)]
    >>> len(optimism_in_parts(y, trials, n_positive=20, n_rounds=5))
    4
    """
    y = _validate.binary(y_true, "y_true")
    _validate.integer(n_positive, "n_positive", low=2, high=int(y.sum()) - 2)
    metric = intervals.AveragePrecision()
    kernels = [metric.kernel(y, _validate.vector(score, "scores")) for score in scores]
    positive, rng, found = np.flatnonzero(y), np.random.default_rng(seed), []
    for _ in range(_validate.integer(n_rounds, "n_rounds", low=2)):
        chooses = rng.random(len(y)) < n_positive / len(positive)
        chooses[positive] = False
        chooses[rng.choice(positive, n_positive, replace=False)] = True
        sides = [[kernel.value(side) for kernel in kernels] for side in (chooses, ~chooses)]
        found.append(best_of(*sides)["optimism"].to_numpy())
    return _over_rounds(np.array(found))


def _over_rounds(found: NDArray[np.float64]) -> pd.DataFrame:
    """Return mean and spread, for each number of trials, of rounds of shape (rounds, trials)."""
    low, high = np.quantile(found, [0.025, 0.975], axis=0)
    return pd.DataFrame(
        {"optimism": found.mean(axis=0), "low": low, "high": high},
        index=pd.RangeIndex(1, found.shape[1] + 1, name="trials"),
    )
