"""The difference of two models on the same rows, with its interval."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from prerelease import _words
from prerelease.gate._ends import FEWEST, interval
from prerelease.gate._linear import Linear, linearised
from prerelease.gate._measure import Measured, Scored, impossible
from prerelease.gate._names import units

PAIRED = ("recall", "recall_at_k", "false_alarms_per_1000", "alerts_per_1000")
"""Shares of the same cases for both models."""
OF_DECISIONS = ("precision", "alerts_per_day", "savings", "saved_per_1000", "cost_per_1000")


def difference(
    new: Scored, old: Scored, metric: str, *, k: int | None = None, level: float = 0.95
) -> Measured:
    r"""Return a metric of one model minus that of another on the same rows, with its interval.

    Notes
    -----
    The influence of a row on the difference is the difference of its influences, so what both
    models have in common cancels. Shares of the same cases get the score interval of a paired
    difference [1]_, with as many cases as they are worth where they come in bursts: it promises
    something even where both models decide alike. Whatever else hangs on decisions needs
    decisions that differ.

    References
    ----------
    .. [1] Tango (1998). Equivalence test and confidence interval for the difference in
       proportions for the paired-sample design. Statistics in Medicine 17, 891-908.
    """
    n, unit, both = len(new.frame), units()[metric], []
    for scored, who in ((new, "this model"), (old, "the champion")):
        try:
            why_not = impossible(scored, metric, k)
            both += [] if why_not else [linearised(scored, metric, k)]
        except ValueError as error:  # these rows cannot show it, and the error says why
            why_not = str(error)
        if why_not:
            return Measured(None, None, unit, n, f"{who}: {why_not}")
    apart = new.block != old.block if metric in OF_DECISIONS else None
    pair = replace(
        both[0],
        value=both[0].value - both[1].value,
        influence=both[0].influence - both[1].influence,
        kind="paired" if metric in PAIRED else "difference",
        counts=both[0].counts | both[1].counts if apart is None else apart,
        n=min(both[0].n, both[1].n),
        moments=(0.0, 0.0),
        unseen=0.0,
    )
    found, doubt = interval(pair, new.clusters, level)
    doubt = doubt if metric in PAIRED else _alike(pair, apart) or doubt
    return Measured(found.estimate, found, unit, n, doubt)


def _alike(pair: Linear, apart: NDArray[np.bool_] | None) -> str:
    """Say that two models differ on too few rows, or return nothing."""
    if not pair.influence.any():
        return "both models come to the same on every row: how far they differ is not known"
    if apart is not None and (differ := int(apart.sum())) < FEWEST:
        cases = _words.words().cases
        return f"both models decide alike but for {differ} {cases}, and an interval needs {FEWEST}"
    return ""
