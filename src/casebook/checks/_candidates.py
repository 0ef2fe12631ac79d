"""Chapter 03: an average of candidates."""

from typing import Any

import numpy as np
import pandas as pd

from ._feedback import check, close, need, numbers


@check
def averaged_log_odds(average: Any, *, scores: pd.DataFrame) -> str:
    """Look at the answer to “Code it” of chapter 03.

    Parameters
    ----------
    average : array-like of shape (n,)
        Probabilities: the average of the searched candidates, taken in log-odds.
    scores : pandas.DataFrame
        One column a candidate; the names of the searched ones end in ``"searched"``.

    Returns
    -------
    Feedback
        Whether the answer is right, and if not, what to look at.

    Examples
    --------
    >>> scores = pd.DataFrame({"a, searched": [0.5, 0.9], "b, searched": [0.5, 0.5]})
    >>> print(averaged_log_odds([0.5, 0.7], scores=scores))
    Not yet. `average` is the mean of the probabilities. Turn them into log-odds first.
    """
    values = numbers(average, "average", length=len(scores))
    odds = {
        name: np.log(column / (1 - column)) for name, column in scores.clip(1e-9, 1 - 1e-9).items()
    }
    odds = pd.DataFrame(odds)
    searched = [name for name in scores if name.endswith("searched")]
    expected = odds[searched].mean(axis=1)
    need(
        not close(values, expected),
        "`average` is still in log-odds: turn it back into probabilities.",
    )
    need(
        not close(values, scores[searched].mean(axis=1)),
        "`average` is the mean of the probabilities. Turn them into log-odds first.",
    )
    need(
        not close(_back(odds.mean(axis=1)), values) or len(searched) == scores.shape[1],
        "`average` takes in every candidate: only those that were searched are asked for.",
    )
    need(
        not any(close(values, scores[name], rtol=1e-5) for name in scores) or len(searched) == 1,
        "`average` is what one candidate says alone.",
    )
    need(
        close(values, _back(expected)),
        "`average` differs from the mean of the searched candidates' log-odds, turned back.",
    )
    return "Compare it with the leader by the interval of the difference."


def _back(log_odds: pd.Series) -> pd.Series:
    return 1 / (1 + np.exp(-log_odds))
