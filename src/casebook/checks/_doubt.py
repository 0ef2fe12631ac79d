"""Chapter 04: when sets begin to cover frauds."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from prerelease import uncertainty

from ._feedback import by_name, check, close, need, numbers

_LEVELS = (0.9, 0.99, 0.999)


def _covered(
    learned: tuple[ArrayLike, ArrayLike], judged: tuple[ArrayLike, ArrayLike], alphas: list[float]
) -> np.ndarray:
    """Return how many frauds of the judged rows marginal sets hold."""
    sets = (uncertainty.fit_sets(*learned, alpha=alpha, kind="marginal") for alpha in alphas)
    y, p = judged
    return np.array(
        [uncertainty.describe_sets(s.holds(p), y).loc["positive", "covered"] for s in sets]
    )


@check
def frauds_covered(
    covered: Any, *, night: tuple[ArrayLike, ArrayLike], valid: tuple[ArrayLike, ArrayLike]
) -> str:
    """Look at the answer to “Code it” of chapter 04.

    Parameters
    ----------
    covered : dict of float to int
        By level (0.9, 0.99, 0.999): how many frauds of the validation rows marginal sets hold.
    night, valid : tuple of two array-like
        Labels and probabilities of the rows to calibrate on, and of those to judge by.

    Returns
    -------
    Feedback
        Whether the answer is right, and if not, what to look at.

    Examples
    --------
    >>> print(frauds_covered({0.9: 1}, night=([], []), valid=([], [])))
    Not yet. `covered` should be a dict with one entry for each of: 0.9, 0.99, 0.999. Missing: \
0.99, 0.999.
    """
    found = by_name(covered, "covered", _LEVELS)
    given = numbers([found[level] for level in _LEVELS], "covered")
    frauds = int(np.sum(valid[0]))
    alphas = [1 - level for level in _LEVELS]
    expected = _covered(night, valid, alphas)
    need(
        not close(given * frauds, expected) or close(given, expected),
        "`covered` holds shares: numbers of frauds are asked for.",
    )
    need(given.max() <= frauds, f"There are {frauds} frauds in the validation rows, not more.")
    need(
        not close(given, _covered(valid, valid, alphas)) or close(given, expected),
        "The sets were calibrated on the rows that judge them. Calibrate on the night.",
    )
    need(
        not close(given, _covered(night, valid, list(_LEVELS))) or close(given, expected),
        "These are the sets that leave out as much as they should hold: `alpha` is the share "
        "that may be left out, not the level.",
    )
    need(
        close(given, expected),
        "Not these numbers. Are the sets marginal, calibrated on the night, and judged by the "
        "frauds among the validation rows?",
    )
    return "Look at the level at which the number jumps, and compare it with the share of frauds."
