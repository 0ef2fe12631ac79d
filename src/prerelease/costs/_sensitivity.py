"""What the decision would be if the costs were others."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from prerelease import _validate
from prerelease.costs._curve import cheapest, check_scored, tally
from prerelease.costs._model import CostModel


def sensitivity(  # noqa: PLR0913 (all but the data are keywords)
    y: ArrayLike,
    scores: Mapping[str, ArrayLike],
    amount: ArrayLike,
    *,
    costs: CostModel,
    vary: Mapping[str, Sequence[float]],
    thresholds: Mapping[str, float] | None = None,
    weight: ArrayLike | None = None,
) -> pd.DataFrame:
    """Return the best threshold and the regret of a fixed one over a grid of costs.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud.
    scores : mapping of str to array-like, shape (n,)
        The scores, from 0 to 1, of each model.
    amount : array-like, shape (n,)
        Euros, not negative.
    costs : CostModel
        The costs that stay as they are.
    vary : mapping of str to sequence of float
        Fields of `CostModel` and the values to try; every combination is tried.
    thresholds : mapping of str to float, optional
        A fixed threshold for each model, to regret. By default, the best under `costs` on
        these rows.
    weight : array-like, shape (n,), optional
        How many payments each row stands for; 1 each by default.

    Returns
    -------
    DataFrame
        One row for each combination and model: a column for each varied cost, ``model``,
        ``best_threshold``, ``best_per_1000`` and ``fixed_per_1000`` (euros per 1,000
        payments), ``regret_per_1000`` (their difference, never negative) and ``best_model``
        (whether this model's best threshold costs the least; ties go to the first model).

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, if lengths differ, if `vary` is empty or
        names no field of `CostModel`, or if a model has no threshold.

    Notes
    -----
    The cost is linear in five tallies, so each model is sorted once for the whole grid.

    Examples
    --------
    >>> table = sensitivity(
    ...     [1, 0, 0, 0], {"a": [0.9, 0.8, 0.2, 0.1]}, [40, 50, 50, 50],
    ...     costs=CostModel(), vary={"goodwill": [10, 90]}, thresholds={"a": 0.8},
    ... )
    >>> table["regret_per_1000"].tolist()
    [4000.0, 24000.0]
    """
    known = [field.name for field in fields(CostModel)]
    if not scores or not vary:
        msg = f"scores and vary must not be empty, got {len(scores)} and {len(vary)} entries."
        raise ValueError(msg)
    for name, values in vary.items():
        _validate.choice(name, "vary", known)
        if len(values) == 0:
            msg = f"vary must hold at least one value for each cost, got none for {name!r}."
            raise ValueError(msg)
    models = [
        replace(costs, **dict(zip(vary, values, strict=True))) for values in product(*vary.values())
    ]
    frames = []
    for name, score in scores.items():
        payments, checked = check_scored(y, score, amount, weight)
        tallies = tally(payments, checked)
        fixed = _fixed_position(tallies.threshold, tallies.cost(costs), name, thresholds)
        grid = [tallies.cost(model) for model in models]
        best = np.array([cheapest(cost) for cost in grid])
        to_1000 = 1000 / tallies.rows
        frame = pd.DataFrame([{v: getattr(model, v) for v in vary} for model in models])
        frame["model"] = name
        frame["best_threshold"] = tallies.threshold[best]
        frame["best_per_1000"] = [to_1000 * cost.min() for cost in grid]
        frame["fixed_per_1000"] = [to_1000 * cost[fixed] for cost in grid]
        frames.append(frame)
    table = pd.concat(frames, ignore_index=True)
    table["regret_per_1000"] = table["fixed_per_1000"] - table["best_per_1000"]
    winners = table.groupby(list(vary), sort=False)["best_per_1000"].idxmin()
    table["best_model"] = table.index.isin(winners)
    return table


def _fixed_position(
    steps: np.ndarray, cost: np.ndarray, name: str, thresholds: Mapping[str, float] | None
) -> int:
    """Return the position on the curve of the threshold that is held fixed."""
    if thresholds is None:
        return cheapest(cost)
    if name not in thresholds:
        msg = f"thresholds must have one for each model, got none for {name!r}."
        raise ValueError(msg)
    value = thresholds[name]
    if np.isnan(value):
        msg = f"thresholds must be numbers, got {value} for {name!r}."
        raise ValueError(msg)
    # Thresholds fall along the curve: what blocks the same rows is the last one not below.
    return int(np.searchsorted(-steps, -value, side="right")) - 1
