"""Whether the rate of positives has changed, given that they come in bursts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from prerelease import _validate
from prerelease.intervals import Interval

from ._columns import Floats, block_of


@dataclass(frozen=True)
class RateChange:
    """How many times as frequent positives have become, and what that is worth.

    Parameters
    ----------
    ratio : Interval
        Rate of the current period over that of the reference, bursts allowed for.
    naive : Interval
        The same if every positive were independent of every other.
    p_value : float
        Two-sided, by exchanging blocks of time.
    naive_p_value : float
        Two-sided, exact, if every positive were independent.
    design_effect : float
        How many times the variance of the positives in a block is what independence gives.
    rates : tuple of float
        Share of positives in the reference and in the current period.
    """

    ratio: Interval
    naive: Interval
    p_value: float
    naive_p_value: float
    design_effect: float
    rates: tuple[float, float]


def label_rate_change(  # noqa: PLR0913 - each option is a decision of the test
    reference_times: ArrayLike,
    reference_labels: ArrayLike,
    current_times: ArrayLike,
    current_labels: ArrayLike,
    *,
    reference_weights: ArrayLike | None = None,
    current_weights: ArrayLike | None = None,
    block: float = 600.0,
    n_permutations: int = 9999,
    level: float = 0.95,
    seed: int = 0,
) -> RateChange:
    r"""Test whether the rate of positives has changed, and estimate by how much.

    Parameters
    ----------
    reference_times, current_times : array-like of shape (n,), (m,)
        Seconds, sorted.
    reference_labels, current_labels : array-like of {0, 1}, shape (n,), (m,)
        1 is a positive; together they must hold one.
    reference_weights, current_weights : array-like of shape (n,), (m,), optional
        How many cases each row stands for; 1 by default.
    block : float, default 600
        Seconds; positives that are further apart are taken as independent.
    n_permutations : int, default 9999
        Random exchanges of blocks.
    level : float, default 0.95
        Nominal coverage of the intervals.
    seed : int, default 0
        Of the exchanges.

    Returns
    -------
    RateChange
        ``ratio`` and ``naive``, the rate of the current period over that of the reference, with
        bursts allowed for and without; ``p_value`` and ``naive_p_value``; ``design_effect``;
        ``rates``, before and now. With a current period without positives the ratio is 0, its
        interval still has an end; with a reference without them the ratio and the upper end are
        infinite.

    Raises
    ------
    ValueError
        If no side holds a positive, times are not sorted, or lengths differ.

    Notes
    -----
    Given all k positives, those of the current period are binomial with the share of cases
    there times the ratio: the exact conditional test and Clopper and Pearson's interval. The
    positives of one burst are not k independent ones, so for `ratio` the counts are divided by
    the design effect [1]_: the variance of positives between the blocks of each period, over
    their mean, never less than 1. The p-value needs no such model: it counts how often a random
    exchange of blocks makes rates differ as much.

    References
    ----------
    .. [1] Rao and Scott (1992). A simple method for the analysis of clustered binary data.
       Biometrics 48, 577-585.

    Examples
    --------
    >>> labels = np.arange(10_000) % 100 == 0
    >>> change = label_rate_change(np.arange(10_000.0), labels, np.arange(10_000.0), labels)
    >>> change.ratio.estimate, change.p_value
    (1.0, 1.0)
    """
    block = _validate.number(block, "block", above=0)
    n_permutations = _validate.integer(n_permutations, "n_permutations", low=1)
    level = _validate.number(level, "level", above=0, below=1)
    tables, n = [], 0
    for name, times, labels, weights in (
        ("reference", reference_times, reference_labels, reference_weights),
        ("current", current_times, current_labels, current_weights),
    ):
        seconds = _validate.sorted_times(times, f"{name}_times")
        positive = _validate.binary(labels, f"{name}_labels", both=False)
        _validate.same_length(times=seconds, labels=positive)
        weight = _validate.weights(weights, f"{name}_weights", len(positive))
        place = block_of(seconds, block)[1]
        tables.append(np.stack([np.bincount(place, weights=w) for w in (weight, positive)]))
        n += len(seconds)
    return rate_change(tables, n, n_permutations, level, seed)


def rate_change(
    tables: list[Floats], n: int, n_permutations: int, level: float, seed: int
) -> RateChange:
    """Return the change between two tables of cases and positives (2, blocks), of `n` rows."""
    cases, found = np.stack([table.sum(axis=1) for table in tables], axis=1)
    if found.sum() == 0:
        msg = "One side at least must hold a positive, got none: no rate can be compared."
        raise ValueError(msg)
    effect = _design_effect(tables)
    naive, allowed = (
        Interval(*_ratio(found / divisor, cases, level), level, method, n, int(found.sum()))
        for divisor, method in ((1.0, "conditional binomial"), (effect, "Rao-Scott binomial"))
    )
    exact = stats.binomtest(int(found[1]), int(found.sum()), cases[1] / cases.sum()).pvalue
    return RateChange(
        ratio=allowed,
        naive=naive,
        p_value=_permuted(tables, n_permutations, np.random.default_rng(seed)),
        naive_p_value=float(min(exact, 1.0)),
        design_effect=effect,
        rates=(float(found[0] / cases[0]), float(found[1] / cases[1])),
    )


def _design_effect(tables: list[Floats]) -> float:
    """Return the variance of positives by block, over what independence gives; at least 1."""
    squares = degrees = 0.0
    for cases, found in tables:
        if found.sum() == 0 or len(found) < 2:
            continue
        expected = found.sum() * cases / cases.sum()
        squares += ((found - expected) ** 2 / expected).sum()
        degrees += len(found) - 1
    return float(max(squares / degrees, 1.0)) if degrees else 1.0


def _ratio(found: Floats, cases: Floats, level: float) -> list[float]:
    """Turn the interval of the share of positives that are current into one of the rate ratio."""
    x, n = found[1], found.sum()
    alpha = 1 - level
    low = stats.beta.ppf(alpha / 2, x, n - x + 1) if x > 0 else 0.0
    high = stats.beta.ppf(1 - alpha / 2, x + 1, n - x) if x < n else 1.0
    turn = cases[0] / cases[1]
    return [
        float(share / (1 - share) * turn) if share < 1 else np.inf for share in (x / n, low, high)
    ]


def _permuted(tables: list[Floats], n: int, rng: np.random.Generator) -> float:
    """Return how often blocks that change sides make rates differ as much as they do."""
    cases, found = np.concatenate(tables, axis=1)
    k = tables[1].shape[1]

    def difference(chosen: NDArray[np.intp]) -> Floats:
        now, caught = cases[chosen].sum(axis=-1), found[chosen].sum(axis=-1)
        before = (found.sum() - caught) / (cases.sum() - now)
        return np.abs(caught / now - before)

    seen = difference(np.arange(len(cases) - k, len(cases))[None])[0]
    reached = 0
    for start in range(0, n, 1000):
        keys = rng.random((min(1000, n - start), len(cases)))
        chosen = np.argpartition(keys, k - 1, axis=1)[:, :k]
        reached += int((difference(chosen) >= seen * (1 - 1e-12)).sum())
    return (1 + reached) / (1 + n)
