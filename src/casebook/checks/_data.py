"""Chapter 00: amounts that are often fraud."""

from typing import Any

import numpy as np
import pandas as pd

from casebook.data import sampling_weights

from ._feedback import by_name, check, close, need, numbers

_ASKED, _LEAST_FRAUDS = 3, 5
_ROUNDED = 0.01  # payments of the sample are weighed, and their number may be rounded


def _rates(rows: pd.DataFrame, weights: np.ndarray | None = None) -> pd.DataFrame:
    """Return the number of frauds and the fraud rate of each amount."""
    weight = sampling_weights(rows) if weights is None else weights
    frame = pd.DataFrame({"weight": weight, "fraud": weight * rows["Class"].to_numpy()})
    sums = frame.groupby(rows["Amount"].to_numpy()).sum()
    frauds = rows.groupby("Amount")["Class"].sum()
    return pd.DataFrame({"frauds": frauds, "rate": sums["fraud"] / sums["weight"]})


def _highest(rates: pd.DataFrame, least: int = _LEAST_FRAUDS) -> set[float]:
    enough = rates[rates["frauds"] >= least]
    return set(enough.nlargest(_ASKED, "rate").index)


@check
def risky_amounts(chosen: Any, rates: Any, *, train: pd.DataFrame, valid: pd.DataFrame) -> str:
    """Look at the answer to “Code it” of chapter 00.

    Parameters
    ----------
    chosen : array-like of shape (3,)
        The amounts (€) that look most risky on the training rows.
    rates : dict or pandas.Series
        The fraud rate of each of them on the validation rows; NaN where nobody paid it.
    train, valid : pandas.DataFrame
        The development rows, from `casebook.split.development`.

    Returns
    -------
    Feedback
        Whether the answer is right, and if not, what to look at.

    Examples
    --------
    >>> print(risky_amounts([1.0, 2.0], {}, train=None, valid=None))
    Not yet. `chosen` has 2 numbers, and 3 are asked for.
    """
    amounts = numbers(chosen, "chosen", length=_ASKED)
    learned = _rates(train)
    need(
        set(amounts) <= set(learned.index),
        "`chosen` holds an amount that nobody paid in training. It should hold amounts in "
        "euros, as they stand in the column.",
    )
    frauds = learned.loc[amounts, "frauds"].min()
    need(
        frauds >= _LEAST_FRAUDS,
        f"An amount in `chosen` has {frauds:.0f} training frauds: the exercise asks for at "
        "least five, because a rate of so few says nothing.",
    )
    need(
        set(amounts) == _highest(learned),
        "These are not the three highest fraud rates of the training rows among the amounts "
        "with at least five frauds. A rate is frauds by payments, not a number of frauds.",
    )
    later = by_name(rates, "rates", amounts)
    said = numbers([later[amount] for amount in amounts], "rates")
    expected = _rates(valid)["rate"].reindex(amounts).to_numpy()
    need(
        not close(said, learned.loc[amounts, "rate"], rtol=_ROUNDED),
        "`rates` are those of the training rows, by which the amounts were chosen. Ask the "
        "validation rows.",
    )
    need(
        not close(said, _rates(valid, np.ones(len(valid)))["rate"].reindex(amounts), rtol=_ROUNDED)
        or close(said, expected, rtol=_ROUNDED),
        "`rates` count the rows of the sample, where frauds are too frequent: weigh them with "
        "`data.sampling_weights`.",
    )
    need(
        close(np.nan_to_num(said), np.nan_to_num(expected), rtol=_ROUNDED),
        "`rates` differ from frauds by payments of the validation rows that have these amounts.",
    )
    return "Chosen on one set of rows, measured on another. Now: would you ship it?"
