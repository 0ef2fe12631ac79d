"""How long one must look before an interval shows what is so: simulated, bursts and all."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate

Floats = NDArray[np.float64]


def centred(top: ArrayLike, bottom: ArrayLike, *, truth: float, bound: float) -> Floats:
    """Return what each stretch of time says for a ratio being above a bound, were `truth` true.

    Parameters
    ----------
    top, bottom : array-like of shape (n,)
        Sums over each stretch, such as positives found and positives, or what was saved and what
        a perfect model saves.
    truth : float
        The ratio as it is supposed to be. The stretches show how it varies, not how high it is.
    bound : float
        Which it is to be shown to be above.

    Returns
    -------
    ndarray of shape (n,)
        With a sum of ``(truth - bound) * bottom.sum()``: above zero speaks for the claim.

    Raises
    ------
    ValueError
        If `bottom` has no positive sum.

    Examples
    --------
    >>> centred([3, 0, 1], [4, 0, 4], truth=0.75, bound=0.5).tolist()
    [2.0, 0.0, 0.0]
    """
    top, bottom = np.asarray(top, dtype=np.float64), np.asarray(bottom, dtype=np.float64)
    if not bottom.sum() > 0:
        msg = f"bottom must have a positive sum, got {bottom.sum():g}."
        raise ValueError(msg)
    return top - (top.sum() / bottom.sum() - truth + bound) * bottom


def shown(
    value: ArrayLike, n: int, *, level: float = 0.95, rounds: int = 400, seed: int = 0
) -> float:
    """Return the chance that so many stretches of time show a sum to be above zero.

    Parameters
    ----------
    value : array-like of shape (m,)
        What each of the stretches that were seen says, such as `centred` returns.
    n : int
        Stretches that are going to be seen, each as one of these, drawn at random.
    level : float, default 0.95
        Of the percentile interval that has to lie above zero.
    rounds : int, default 400
        Periods that are simulated, and resamples of each.
    seed : int, default 0
        Of the draws.

    Returns
    -------
    float
        Share of the simulated periods whose whole interval is above zero.

    Raises
    ------
    ValueError
        If a value is not finite or `n` is below 1.

    Notes
    -----
    No formula: what is going to be done is done, `rounds` times. Cases of one burst lie in one
    stretch and are drawn together, so the chance allows for bursts.

    Examples
    --------
    >>> shown([5.0, 0.0, -1.0, 0.0], 100) > shown([5.0, 0.0, -1.0, 0.0], 10)
    True
    """
    n = _validate.integer(n, "n", low=1)
    found, times = np.unique(_validate.vector(value, "value"), return_counts=True)
    rng, above = np.random.default_rng(seed), 0
    for drawn in rng.multinomial(n, times / times.sum(), size=rounds):
        held = drawn > 0
        again = rng.multinomial(n, drawn[held] / n, size=rounds)
        above += np.quantile(again @ found[held], (1 - level) / 2) > 0
    return float(above / rounds)


def stretches_needed(
    value: ArrayLike, *, chance: float = 0.8, most: int = 1_000_000, **options: Any
) -> int | None:
    """Return how many stretches of time show a sum to be above zero, with a given chance.

    Parameters
    ----------
    value : array-like of shape (m,)
        As for `shown`.
    chance : float, default 0.8
        Of success, if the stretches to come are like these.
    most : int, default 1,000,000
        Where to give up.
    **options
        Of `shown`.

    Returns
    -------
    int or None
        To within 5 %; None if not even `most` would do.

    Raises
    ------
    ValueError
        As `shown`.

    Examples
    --------
    >>> stretches_needed([-1.0, 0.0, 0.5]) is None
    True
    >>> 20 < stretches_needed([5.0, 0.0, -1.0, 0.0]) < 80
    True
    """
    _validate.number(chance, "chance", above=0, below=1)
    value = _validate.vector(value, "value")
    if not value.sum() > 0:
        return None
    low, high = 0, 8
    while shown(value, high, **options) < chance:
        low, high = high, 2 * high
        if high > most:
            return None
    while high - low > max(1, 0.05 * high):
        middle = (low + high) // 2
        low, high = (low, middle) if shown(value, middle, **options) >= chance else (middle, high)
    return high
