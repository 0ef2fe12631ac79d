"""Chapter 01: what focal loss does to scores."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from prerelease.intervals import AveragePrecision, value
from prerelease.losses import focal_posterior

from ._feedback import by_name, check, close, need, numbers

_GAMMAS = (1, 5)
_TOO_GOOD = 0.1


@check
def focal_corrections(
    focal_scores: Any, focal_corrected: Any, *, y: ArrayLike, plain: ArrayLike
) -> str:
    """Look at the answer to “Code it” of chapter 01.

    Parameters
    ----------
    focal_scores : dict of float to array-like of shape (n,)
        By γ: the scores, for the validation rows, of the model that was trained with this γ.
    focal_corrected : dict of float to array-like of shape (n,)
        By γ: the same, corrected.
    y : array-like of shape (n,)
        The labels of the validation rows.
    plain : array-like of shape (n,)
        Scores for them of the chapter's model, which was trained on the training rows.

    Returns
    -------
    Feedback
        Whether the answer is right, and if not, what to look at.

    Examples
    --------
    >>> print(focal_corrections({1.0: [0.2]}, {}, y=[0], plain=[0.2]))
    Not yet. `focal_scores` should be a dict with one entry for each of: 1, 5. Missing: 5.
    """
    n = len(np.asarray(y))
    scores, undone = (
        by_name(focal_scores, "focal_scores", _GAMMAS),
        by_name(focal_corrected, "focal_corrected", _GAMMAS),
    )
    for gamma in _GAMMAS:
        score = numbers(scores[gamma], f"focal_scores[{gamma:g}]", length=n)
        back = numbers(undone[gamma], f"focal_corrected[{gamma:g}]", length=n)
        _are_scores(score, f"focal_scores[{gamma:g}]")
        _are_scores(back, f"focal_corrected[{gamma:g}]")
        _are_undone(score, back, gamma)
        need(
            not _too_good(y, score, plain),
            f"`focal_scores[{gamma:g}]` rank the validation rows far better than any model that "
            "has not seen them: was it trained on them? Fit on `X`, `y`, score `X_valid`.",
        )
    need(
        not close(scores[1.0], scores[5.0]),
        "Both entries of `focal_scores` are the same: γ did not reach the training.",
    )
    return "Each model corrected by its own γ. Now compare their log-losses, before and after."


def _are_scores(values: np.ndarray, name: str) -> None:
    need(
        ((values >= 0) & (values <= 1)).all(),
        f"`{name}` holds values below 0 or above 1: take `predict_proba`.",
    )
    need(
        not set(np.unique(values)) <= {0.0, 1.0},
        f"`{name}` holds decisions, 0 or 1: scores lie between.",
    )


def _are_undone(score: np.ndarray, back: np.ndarray, gamma: float) -> None:
    need(
        not close(back, score),
        f"`focal_corrected[{gamma:g}]` is the score of the model, not yet corrected.",
    )
    need(
        not close(score, focal_posterior(back, gamma=gamma)),
        f"`focal_scores[{gamma:g}]` and `focal_corrected[{gamma:g}]` have changed places.",
    )
    need(
        close(back, focal_posterior(score, gamma=gamma)),
        f"`focal_corrected[{gamma:g}]` is not `focal_scores[{gamma:g}]` corrected with the γ "
        "that the model was trained with. Did each model keep its own γ?",
    )


def _too_good(y: ArrayLike, score: np.ndarray, plain: ArrayLike) -> bool:
    """Tell whether scores rank so far above the chapter's model that they must know the labels."""
    reached, fair = (value(AveragePrecision(), y, values) for values in (score, plain))
    return reached > fair + _TOO_GOOD
