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
    n, unit = len(new.frame), units()[metric]
    try:
        for scored, who in ((new, "this model"), (old, "the champion")):
            if why_not := impossible(scored, metric, k):
                return Measured(None, None, unit, n, f"{who}: {why_not}")
        ours, theirs = (linearised(scored, metric, k) for scored in (new, old))
        apart = new.block != old.block if metric in OF_DECISIONS else None
        pair = _minus(ours, theirs, apart)
        pair = replace(pair, kind="paired") if metric in PAIRED else pair
        found, doubt = interval(pair, new.clusters, level)
        doubt = doubt if metric in PAIRED else _alike(pair, apart) or doubt
    except ValueError as error:  # these rows cannot show it, and the error says why
        return Measured(None, None, unit, n, str(error))
    return Measured(found.estimate, found, unit, n, doubt)


def _minus(new: Linear, old: Linear, apart: NDArray[np.bool_] | None) -> Linear:
    return replace(
        new,
        value=new.value - old.value,
        influence=new.influence - old.influence,
        kind="money" if new.kind == "money" else "difference",
        counts=(new.counts | old.counts) if apart is None else apart,
        n=min(new.n, old.n),
        moments=(0.0, 0.0),
    )


def _alike(pair: Linear, apart: NDArray[np.bool_] | None) -> str:
    """Say that two models differ on too few rows, or return nothing."""
    if not pair.influence.any():
        return "both models come to the same on every row: how far they differ is not known"
    if apart is not None and (differ := int(apart.sum())) < FEWEST:
        cases = _words.words().cases
        return f"both models decide alike but for {differ} {cases}, and an interval needs {FEWEST}"
    return ""
