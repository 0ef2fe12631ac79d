"""Champion against challenger: the difference on the same rows, with its interval."""

import numpy as np

from prerelease import intervals
from prerelease.gate._measure import Ratio, Scored, measure, ranking, ratio
from prerelease.intervals import Interval


def versus(  # noqa: PLR0913 - all but the first three are options
    challenger: Scored,
    champion: Scored,
    metric: str,
    *,
    level: float = 0.95,
    n_resamples: int = 2000,
    seed: int = 0,
) -> Interval:
    """Return how much higher a metric of the challenger is, on the same rows.

    Parameters
    ----------
    challenger, champion : Scored
        The same payments, scored or decided about by two models.
    metric : str
        One that is estimated: a metric of the ranking, or of the decisions.
    level, n_resamples, seed
        As for `measure`.

    Returns
    -------
    Interval
        Of the difference, in the metric's unit: both models meet the same resamples.

    Raises
    ------
    ValueError
        If the rows are not the same, or if the metric cannot be estimated from them.

    Examples
    --------
    >>> import pandas as pd
    >>> from prerelease.costs import CostModel
    >>> from prerelease.gate import Decision
    >>> rng = np.random.default_rng(0)
    >>> frame = pd.DataFrame({"time": np.arange(2000.0), "amount": 50.0, "score": rng.random(2000)})
    >>> frame["label"] = (rng.random(2000) < 0.05) * 1.0
    >>> first = Scored(frame, CostModel(), Decision(), 50.0)
    >>> versus(first, first, "average_precision").high
    0.0
    """
    for name in ("time", "amount", "label"):
        if not np.array_equal(getattr(challenger, name), getattr(champion, name)):
            msg = f"Champion and challenger must be about the same payments: their {name} differs."
            raise ValueError(msg)
    checked = measure(champion, metric, n_resamples=100)
    if checked.interval is None:
        msg = f"{metric} cannot be compared: {checked.doubt or 'it is counted'}."
        raise ValueError(msg)
    options = {"level": level, "n_resamples": n_resamples, "seed": seed, "scheme": champion.scheme}
    if kind := ranking(metric, None):
        by_order = metric in ("average_precision", "roc_auc")
        both = [one.score if by_order else one.block for one in (challenger, champion)]
        weight = champion.weight
        return intervals.bootstrap_difference(
            kind, champion.label, *both, sample_weight=weight, **options
        )
    first, second = ratio(challenger, metric), ratio(champion, metric)
    if not np.allclose(first.bottom, second.bottom):
        msg = f"{metric} has another denominator for each model: compare a metric per payment."
        raise ValueError(msg)
    pair = Ratio(first.block, first.top - second.top, first.bottom)
    return intervals.bootstrap(pair, champion.label, champion.block, **options)
