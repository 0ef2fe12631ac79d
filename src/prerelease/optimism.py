"""How much better the best of several trials looks than it is."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from scipy.special import gammaln

from prerelease import _validate, intervals

FOUND, HIDDEN, HIDDEN_SHARE = 5.0, 0.5, 0.17
"""Frauds of the null world score this far above honest payments; a share of them hides."""


def null_optimism(  # noqa: PLR0913 - the quantities that optimism depends on
    n_trials: int,
    n_frauds: int,
    *,
    alike: float = 0.9,
    honest_per_fraud: int = 750,
    n_rounds: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    r"""Return the optimism of the best of K models that are all equally good.

    Parameters
    ----------
    n_trials : int
        Models; the table has a row for the best of the first 1, 2, …, `n_trials`.
    n_frauds : int
        Frauds in the validation rows.
    alike : float, default 0.9
        Correlation of two models' scores of a fraud, from 0 to 1.
    honest_per_fraud : int, default 750
        Honest payments for each fraud.
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
    Honest scores are standard normal and independent. A fraud's score is normal around 5,
    or, for 17 % of frauds, around 0.5. The honest payments between two frauds are a Poisson
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
    n = _validate.integer(n_frauds, "n_frauds", low=2)
    alike = _validate.number(alike, "alike", above=0, below=1, closed=True)
    n_honest = n * _validate.integer(honest_per_fraud, "honest_per_fraud", low=1)
    rng = np.random.default_rng(seed)
    reached = np.empty((_validate.integer(n_rounds, "n_rounds", low=2), n_trials))
    for one in reached:
        middle = np.where(rng.random(n) < HIDDEN_SHARE, HIDDEN, FOUND)
        shared, own = rng.normal(size=n), rng.normal(size=(n_trials, n))
        score = np.sort(middle + np.sqrt(alike) * shared + np.sqrt(1 - alike) * own)[:, ::-1]
        expected = n_honest * np.diff(stats.norm.sf(score), prepend=0)
        above = np.cumsum(rng.poisson(expected), axis=1)
        caught = np.arange(1, n + 1)
        one[:] = (caught / (caught + above)).mean(axis=1)
    best = np.maximum.accumulate(reached, axis=1) - reached.mean()
    low, high = np.quantile(best, [0.025, 0.975], axis=0)
    return pd.DataFrame(
        {
            "optimism": best.mean(axis=0),
            "low": low,
            "high": high,
            "average_precision": reached.mean(),
        },
        index=pd.RangeIndex(1, n_trials + 1, name="trials"),
    )


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
    chosen = _validate.vector(chosen_on, "chosen_on")
    judged = _validate.vector(judged_on, "judged_on")
    _validate.same_length(chosen_on=chosen, judged_on=judged)
    order = np.argsort(-chosen, kind="stable")
    wins = _win_shares(len(chosen))
    claimed, real = wins @ chosen[order], wins @ judged[order]
    gap = claimed - real
    return pd.DataFrame(
        {"claimed": claimed, "real": real, "optimism": gap - gap[0]},
        index=pd.RangeIndex(1, len(chosen) + 1, name="trials"),
    )


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
        Rows, and frauds among them, that all this rests on.
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
    sides = []
    for name, values, drawn in (
        ("chosen", chosen_on, chosen_draws),
        ("judged", judged_on, judged_draws),
    ):
        reached, draws = _validate.vector(values, f"{name}_on"), np.asarray(drawn, np.float64)
        if draws.ndim != 2 or len(draws) != len(reached):
            msg = (
                f"{name}_draws must have a row for each of {len(reached)} trials, got the shape "
                f"{draws.shape}."
            )
            raise ValueError(msg)
        sides.append((reached, draws))
    (chosen, _), (judged, _) = sides
    _validate.same_length(chosen_on=chosen, judged_on=judged)
    if winner is None:
        winner = int(np.argmax(chosen))
    _validate.integer(winner, "winner", low=0, high=len(chosen) - 1)
    estimate, draws = (
        (one[winner] - one.mean(axis=0)) - (other[winner] - other.mean(axis=0))
        for one, other in zip(*sides, strict=True)
    )
    return intervals.from_draws(
        estimate,
        draws,
        method="time-block percentile, sides drawn apart",
        n=n,
        n_positive=n_positive,
    )


def optimism_in_parts(
    y_true: ArrayLike,
    scores: Sequence[ArrayLike],
    *,
    n_frauds: int,
    n_rounds: int = 100,
    seed: int = 0,
) -> pd.DataFrame:
    """Choose on a random part of the rows, judge on the rest, many times: no drift between them.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        1 = fraud.
    scores : sequence of array-like of shape (n,)
        Of each trial, for the same rows, none of which it learned from.
    n_frauds : int
        Frauds in the part that chooses, with the same share of the honest payments.
    n_rounds : int, default 100
        Random parts.
    seed : int, default 0
        Of the draws.

    Returns
    -------
    pandas.DataFrame
        Index ``trials``; columns ``optimism`` (mean), ``low`` and ``high``: where 95 % of the
        rounds lie. The rounds share their frauds, so this is no confidence interval.

    Raises
    ------
    ValueError
        If fewer than two frauds are left on a side.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> y = np.arange(900) < 60
    >>> trials = [y + rng.normal(size=900) for _ in range(4)]
    >>> len(optimism_in_parts(y, trials, n_frauds=20, n_rounds=5))
    4
    """
    y = _validate.binary(y_true, "y_true")
    _validate.integer(n_frauds, "n_frauds", low=2, high=int(y.sum()) - 2)
    metric = intervals.AveragePrecision()
    kernels = [metric.kernel(y, _validate.vector(score, "scores")) for score in scores]
    share, rng = n_frauds / y.sum(), np.random.default_rng(seed)
    found = []
    for _ in range(_validate.integer(n_rounds, "n_rounds", low=2)):
        chooses = rng.random(len(y)) < share
        frauds = np.flatnonzero(y)
        chooses[frauds] = False
        chooses[rng.choice(frauds, n_frauds, replace=False)] = True
        sides = [[_on_rows(kernel, side) for kernel in kernels] for side in (chooses, ~chooses)]
        found.append(best_of(*sides)["optimism"].to_numpy())
    low, high = np.quantile(found, [0.025, 0.975], axis=0)
    return pd.DataFrame(
        {"optimism": np.mean(found, axis=0), "low": low, "high": high},
        index=pd.RangeIndex(1, len(kernels) + 1, name="trials"),
    )


def _win_shares(n: int) -> NDArray[np.float64]:
    """Return, for each size of a set (rows), how often each rank (columns) is its best."""
    size, rank = np.arange(1, n + 1)[:, None], np.arange(1, n + 1)[None]
    possible = n - rank >= size - 1
    left = np.where(possible, n - rank - size + 1, 0)

    def log_choose(top: NDArray[np.int64], rest: NDArray[np.int64]) -> NDArray[np.float64]:
        return gammaln(top + 1) - gammaln(top - rest + 1) - gammaln(rest + 1)

    return np.where(possible, np.exp(log_choose(n - rank, left) - log_choose(n, n - size)), 0.0)


def _on_rows(kernel: intervals.Kernel, rows: NDArray[np.bool_]) -> float:
    counts = np.bincount(kernel.cell[rows], minlength=kernel.n_cells)
    return float(kernel.evaluate(counts[None].astype(np.float64))[0])
