"""Whether the rate of fraud has changed, given that frauds come in bursts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from prerelease import _validate
from prerelease.intervals import Interval

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RateChange:
    """How many times as frequent fraud has become, and what that is worth.

    Parameters
    ----------
    ratio : Interval
        Rate of the current period over that of the reference, bursts allowed for.
    naive : Interval
        The same if every fraud were independent of every other.
    p_value : float
        Two-sided, by exchanging blocks of time.
    naive_p_value : float
        Two-sided, exact, if every fraud were independent.
    design_effect : float
        How many times the variance of the frauds in a block is what independence gives.
    rates : tuple of float
        Share of frauds in the reference and in the current period.
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
    r"""Test whether the rate of fraud has changed, and estimate by how much.

    Parameters
    ----------
    reference_times, current_times : array-like of shape (n,), (m,)
        Seconds since the first payment, sorted.
    reference_labels, current_labels : array-like of {0, 1}, shape (n,), (m,)
        1 is fraud; together they must hold one.
    reference_weights, current_weights : array-like of shape (n,), (m,), optional
        How many payments each row stands for; 1 by default.
    block : float, default 600
        Seconds; frauds that are further apart are taken as independent.
    n_permutations : int, default 9999
        Random exchanges of blocks.
    level : float, default 0.95
        Nominal coverage of the intervals.
    seed : int, default 0
        Of the exchanges.

    Returns
    -------
    RateChange
        With a current period without fraud the ratio is 0, its interval still has an end; with
        a reference without fraud the ratio and the upper end are infinite.

    Raises
    ------
    ValueError
        If no side holds a fraud, times are not sorted, or lengths differ.

    Notes
    -----
    Given all k frauds, those of the current period are binomial with the share of payments
    there times the ratio: the exact conditional test and Clopper and Pearson's interval. Frauds
    of one burst are not k independent ones, so for `ratio` the counts are divided by the design
    effect [1]_: the variance of frauds between the blocks of each period, over their mean,
    never less than 1. The p-value needs no such model: it counts how often a random exchange of
    blocks makes rates differ as much.

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
    sides = [
        _side(*side, name)
        for side, name in (
            ((reference_times, reference_labels, reference_weights), "reference"),
            ((current_times, current_labels, current_weights), "current"),
        )
    ]
    block = _validate.number(block, "block", above=0)
    n_permutations = _validate.integer(n_permutations, "n_permutations", low=1)
    level = _validate.number(level, "level", above=0, below=1)
    tables = [_by_block(*side, block) for side in sides]
    payments, frauds = (np.array([table[i].sum() for table in tables]) for i in (0, 1))
    if frauds.sum() == 0:
        msg = "One side at least must hold a fraud, got none: no rate can be compared."
        raise ValueError(msg)
    effect = _design_effect(tables)
    share = payments[1] / payments.sum()
    rows, found = int(sum(len(side[0]) for side in sides)), int(frauds.sum())
    naive, allowed = (
        Interval(*_ratio(frauds / divisor, payments, level), level, method, rows, found)
        for divisor, method in ((1.0, "conditional binomial"), (effect, "Rao-Scott binomial"))
    )
    exact = stats.binomtest(int(frauds[1]), int(frauds.sum()), share).pvalue
    return RateChange(
        ratio=allowed,
        naive=naive,
        p_value=_permuted(tables, n_permutations, np.random.default_rng(seed)),
        naive_p_value=float(min(exact, 1.0)),
        design_effect=effect,
        rates=(float(frauds[0] / payments[0]), float(frauds[1] / payments[1])),
    )


def _side(
    times: ArrayLike, labels: ArrayLike, weights: ArrayLike | None, name: str
) -> tuple[Floats, NDArray[np.bool_], Floats]:
    seconds = _validate.sorted_times(times, f"{name}_times")
    fraud = _validate.binary(labels, f"{name}_labels", both=False)
    _validate.same_length(times=seconds, labels=fraud)
    return seconds, fraud, _validate.weights(weights, f"{name}_weights", len(fraud))


def _by_block(
    times: Floats, fraud: NDArray[np.bool_], weight: Floats, block: float
) -> tuple[Floats, Floats]:
    """Return the payments and the frauds of each block that has payments."""
    place = np.unique((times // block).astype(np.intp), return_inverse=True)[1]
    return np.bincount(place, weights=weight), np.bincount(place, weights=fraud)


def _design_effect(tables: list[tuple[Floats, Floats]]) -> float:
    """Return the variance of frauds by block, over what independence gives; at least 1."""
    squares = degrees = 0.0
    for payments, frauds in tables:
        if frauds.sum() == 0 or len(frauds) < 2:
            continue
        expected = frauds.sum() * payments / payments.sum()
        squares += ((frauds - expected) ** 2 / expected).sum()
        degrees += len(frauds) - 1
    return float(max(squares / degrees, 1.0)) if degrees else 1.0


def _ratio(frauds: Floats, payments: Floats, level: float) -> list[float]:
    """Turn the interval of the share of frauds that are current into one of the rate ratio."""
    x, n = frauds[1], frauds.sum()
    alpha = 1 - level
    low = stats.beta.ppf(alpha / 2, x, n - x + 1) if x > 0 else 0.0
    high = stats.beta.ppf(1 - alpha / 2, x + 1, n - x) if x < n else 1.0
    turn = payments[0] / payments[1]
    return [
        float(share / (1 - share) * turn) if share < 1 else np.inf for share in (x / n, low, high)
    ]


def _permuted(tables: list[tuple[Floats, Floats]], n: int, rng: np.random.Generator) -> float:
    """Return how often blocks that change sides make rates differ as much as they do."""
    payments, frauds = (np.concatenate([table[i] for table in tables]) for i in (0, 1))
    k = len(tables[1][0])

    def difference(chosen: NDArray[np.intp]) -> Floats:
        now, caught = payments[chosen].sum(axis=-1), frauds[chosen].sum(axis=-1)
        before = (frauds.sum() - caught) / (payments.sum() - now)
        return np.abs(caught / now - before)

    seen = difference(np.arange(len(payments) - k, len(payments))[None])[0]
    reached = 0
    for start in range(0, n, 1000):
        keys = rng.random((min(1000, n - start), len(payments)))
        chosen = np.argpartition(keys, k - 1, axis=1)[:, :k]
        reached += int((difference(chosen) >= seen * (1 - 1e-12)).sum())
    return (1 + reached) / (1 + n)
