"""Chapter 05: the hour of the day as a column."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ._feedback import check, close, need, numbers

_HOUR = 3600.0


@check
def hour_of_day(hour: Any, hour_score: Any, *, valid: pd.DataFrame, score: ArrayLike) -> str:
    """Look at the answer to “Code it” of chapter 05.

    Parameters
    ----------
    hour : array-like of shape (n,)
        The new column, on the validation rows.
    hour_score : array-like of shape (n,)
        What the model that was trained with it says of them.
    valid : pandas.DataFrame
        The validation rows, with ``Time`` in seconds since the first payment, at midnight.
    score : array-like of shape (n,)
        What the model without the column says of them.

    Returns
    -------
    Feedback
        Whether the answer is right, and if not, what to look at.

    Examples
    --------
    >>> valid = pd.DataFrame({"Time": [0.0, 90_000.0]})
    >>> print(hour_of_day([0, 25], [0.1, 0.2], valid=valid, score=[0.1, 0.1]))
    Not yet. `hour` goes on counting on the second day: no later payment shares it.
    """
    values = numbers(hour, "hour", length=len(valid))
    said = numbers(hour_score, "hour_score", length=len(valid))
    count = np.floor(valid["Time"].to_numpy() / _HOUR)
    need(
        not close(np.floor(values), count) or close(count, count % 24),
        "`hour` goes on counting on the second day: no later payment shares it.",
    )
    need(
        values.min() >= 0 and values.max() < 24,
        "`hour` should run from 0 to 23: `Time` is in seconds.",
    )
    need(
        close(np.floor(values), count % 24),
        "`hour` is not the hour of the day of `Time`, which counts seconds from a midnight.",
    )
    need(
        ((said >= 0) & (said <= 1)).all() and len(np.unique(said)) > 2,
        "`hour_score` should be probabilities: take `predict_proba`.",
    )
    need(
        not close(said, score),
        "`hour_score` is what the model without the column says: train it again with the column.",
    )
    return "Now judge it in three ways, and say what one evening cannot show."
