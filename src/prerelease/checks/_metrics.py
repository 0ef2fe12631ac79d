"""Chapter 01: what focal loss does to promises."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from prerelease.losses import focal_posterior

from ._feedback import by_name, check, close, need, numbers

_GAMMAS = (1, 5)


@check
def focal_promises(focal_said: Any, focal_meant: Any, *, y: ArrayLike) -> str:
    """Look at the answer to “Code it” of chapter 01.

    Parameters
    ----------
    focal_said : dict of float to array-like of shape (n,)
        By γ: what the model that was trained with this γ says of the validation rows.
    focal_meant : dict of float to array-like of shape (n,)
        By γ: the same, undone.
    y : array-like of shape (n,)
        The labels of the validation rows.

    Returns
    -------
    Feedback
        Whether the answer is right, and if not, what to look at.

    Examples
    --------
    >>> print(focal_promises({1.0: [0.2]}, {}, y=[0]))
    Not yet. `focal_said` should be a dict with one entry for each of: 1, 5. Missing: 5.
    """
    n = len(np.asarray(y))
    scores, undone = (
        by_name(focal_said, "focal_said", _GAMMAS),
        by_name(focal_meant, "focal_meant", _GAMMAS),
    )
    for gamma in _GAMMAS:
        score = numbers(scores[gamma], f"focal_said[{gamma:g}]", length=n)
        back = numbers(undone[gamma], f"focal_meant[{gamma:g}]", length=n)
        for values, name in ((score, "focal_said"), (back, "focal_meant")):
            need(
                ((values >= 0) & (values <= 1)).all(),
                f"`{name}[{gamma:g}]` holds values below 0 or above 1: take `predict_proba`.",
            )
        need(
            not set(np.unique(score)) <= {0.0, 1.0},
            f"`focal_said[{gamma:g}]` holds decisions, 0 or 1: promises lie between.",
        )
        need(
            not close(back, score),
            f"`focal_meant[{gamma:g}]` is what the model said, not yet undone.",
        )
        need(
            not close(score, focal_posterior(back, gamma=gamma)),
            f"`focal_said[{gamma:g}]` and `focal_meant[{gamma:g}]` have changed places.",
        )
        need(
            close(back, focal_posterior(score, gamma=gamma)),
            f"`focal_meant[{gamma:g}]` is not `focal_said[{gamma:g}]` undone with the γ "
            "that the model was trained with. Did each model keep its own γ?",
        )
    need(
        not close(scores[1.0], scores[5.0]),
        "Both entries of `focal_said` are the same: γ did not reach the training.",
    )
    return "Each model undone by its own γ. Now compare their log-losses, said and meant."
