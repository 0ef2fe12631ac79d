"""How large payments are, and how unevenly their value is spread."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from prerelease import _validate

from ._rates import fraud_rates


def concentration(amounts: ArrayLike, share: float, *, weights: ArrayLike | None = None) -> float:
    """Return the share of all euros that the dearest payments carry.

    Parameters
    ----------
    amounts : array-like of shape (n,)
        Euros, none negative, not all 0.
    share : float
        Which part of the payments counts as the dearest, such as 0.01.
    weights : array-like of shape (n,), optional
        How many real payments each row stands for; 1 by default.

    Returns
    -------
    float
        From `share` (all payments alike) to 1. A payment at the edge counts by its part.

    Raises
    ------
    ValueError
        If `share` is not between 0 and 1, or no payment is above 0 euros.

    Examples
    --------
    >>> concentration([1.0, 1.0, 1.0, 7.0], 0.25)
    0.7
    """
    euros = _validate.non_negative(amounts, "amounts")
    share = _validate.number(share, "share", above=0, below=1)
    weight = _validate.weights(weights, "weights", len(euros))
    if not euros.any():
        msg = f"amounts must not all be 0, got {len(euros)} zeros."
        raise ValueError(msg)
    order = np.argsort(-euros, kind="stable")
    mass, value = np.cumsum(weight[order]), np.cumsum((weight * euros)[order])
    carried = np.interp(share * mass[-1], np.append(0.0, mass), np.append(0.0, value))
    return float(carried / value[-1])


def commonest_amounts(
    amounts: ArrayLike,
    labels: ArrayLike,
    *,
    k: int = 8,
    weights: ArrayLike | None = None,
) -> pd.DataFrame:
    """Return the amounts that frauds have most often.

    Parameters
    ----------
    amounts, labels, weights
        Euros, none negative; 1 is fraud, 0 is honest; real payments that each row stands for.
    k : int, default 8
        How many amounts; fewer come back where there are not so many.

    Returns
    -------
    pandas.DataFrame
        One row an amount, the commonest first (the smaller one on a tie), with the columns of
        `fraud_rates` and ``of_class``: the share of the frauds that has this amount.

    Raises
    ------
    ValueError
        If lengths differ, a class is missing, or a value is not one that it can be.

    Examples
    --------
    >>> commonest_amounts([1.0, 1.0, 5.0, 5.0], [1, 1, 1, 0], k=1)["of_class"].round(2).to_dict()
    {1.0: 0.67}
    """
    euros = _validate.non_negative(amounts, "amounts")
    fraud = _validate.binary(labels, "labels")
    _validate.same_length(amounts=euros, labels=fraud)
    k = _validate.integer(k, "k", low=1)
    weight = _validate.weights(weights, "weights", len(euros))
    values, place = np.unique(euros[fraud], return_inverse=True)
    mass = np.bincount(place, weights=weight[fraud])
    top = values[np.argsort(-mass, kind="stable")[:k]]
    rows = np.isin(euros, top)
    table = fraud_rates(euros[rows], fraud[rows], weights=weight[rows]).loc[top]
    table["of_class"] = mass[np.searchsorted(values, top)] / mass.sum()
    return table.rename_axis("amount")
