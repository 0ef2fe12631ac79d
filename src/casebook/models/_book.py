"""The boosted models of the book: the first candidate, what was done about it, what ships."""

from typing import Any

import numpy as np
from lightgbm import LGBMClassifier
from sklearn.base import clone

from casebook.data import FEATURES
from prerelease import _validate

from ._focal import FocalClassifier

INPUTS = (*FEATURES, "Amount")
"""What a candidate may look at: not ``Time``, which no later payment shares with an earlier one."""


HELD_BACK: dict[str, Any] = {
    "n_estimators": 200,
    "learning_rate": 0.05,
    "num_leaves": 15,
    "reg_lambda": 10.0,
}
"""Settings of LightGBM held back, by rule of thumb: chapter 01 shows why each is there."""
CHOSEN = HELD_BACK
"""Settings of the candidate that goes on: who won chapter 03's race by its rule. The chapter says
whether its own race still agrees."""


def release_candidate_1(*, seed: int = 0) -> LGBMClassifier:
    """Return the model that the naive notebook ships: LightGBM with its defaults.

    Parameters
    ----------
    seed : int, default 0
        Of the model's random draws.

    Returns
    -------
    lightgbm.LGBMClassifier
        Not fitted. Its fits are repeatable, which LightGBM's are not by default, and take one
        thread: where a machine is shared, more of them mostly wait for each other.

    Examples
    --------
    >>> release_candidate_1().get_params()["n_estimators"]
    100
    """
    return LGBMClassifier(
        random_state=seed, deterministic=True, force_col_wise=True, n_jobs=1, verbose=-1
    )


def boosted(*, seed: int = 0, **changes: Any) -> LGBMClassifier:
    """Return LightGBM held back: smaller steps, smaller trees and a penalty on large steps.

    Parameters
    ----------
    seed : int, default 0
        Of the model's random draws.
    **changes
        LightGBM's settings that are to be others.

    Returns
    -------
    lightgbm.LGBMClassifier
        Not fitted. Its fits are repeatable.

    Notes
    -----
    The settings are a rule of thumb and were not searched for: chapter 01 shows why each is
    there, chapter 03 searches.

    Examples
    --------
    >>> boosted(num_leaves=7).get_params()["num_leaves"]
    7
    """
    return release_candidate_1(seed=seed).set_params(**{**HELD_BACK, **changes})


def chosen(*, seed: int = 0, **changes: Any) -> LGBMClassifier:
    """Return the candidate that the release goes on with, by the rule of chapter 03.

    Parameters
    ----------
    seed : int, default 0
        Of the model's random draws.
    **changes
        LightGBM's settings that are to be others.

    Returns
    -------
    lightgbm.LGBMClassifier
        Not fitted. Its fits are repeatable.

    Examples
    --------
    >>> chosen(seed=3).get_params()["random_state"]
    3
    """
    return release_candidate_1(seed=seed).set_params(**{**CHOSEN, **changes})


def focal(gamma: float = 2.0, *, seed: int = 0, **changes: Any) -> FocalClassifier:
    """Return `boosted` trained on focal loss.

    Parameters
    ----------
    gamma : float, default 2
        How strongly rows that the model has right are played down, 0 or more.
    seed : int, default 0
        Of the model's random draws.
    **changes
        LightGBM's settings that are to be others.

    Returns
    -------
    FocalClassifier
        Not fitted.

    Examples
    --------
    >>> focal().gamma
    2.0
    """
    return FocalClassifier(boosted(seed=seed, **changes), gamma=gamma)


def perturbed(model: LGBMClassifier, n: int, *, seed: int = 0) -> list[LGBMClassifier]:
    """Return trials of a random search around a gradient boosting model.

    Parameters
    ----------
    model : LGBMClassifier
        Left as it is.
    n : int
        Trials.
    seed : int, default 0
        Of the search.

    Returns
    -------
    list of LGBMClassifier
        Not fitted: between 60 and 180 trees, 4 to 31 leaves, and other settings that a search
        would try. Few trees, since there are many trials.

    Raises
    ------
    ValueError
        If `n` is below 1.

    Examples
    --------
    >>> [trial.n_estimators for trial in perturbed(release_candidate_1(), 3)]
    [162, 138, 93]
    """
    rng = np.random.default_rng(seed)
    trials = []
    for _ in range(_validate.integer(n, "n", low=1)):
        settings = {
            "n_estimators": int(rng.integers(60, 181)),
            "learning_rate": float(np.exp(rng.uniform(np.log(0.02), np.log(0.1)))),
            "num_leaves": int(rng.integers(4, 32)),
            "min_child_samples": int(rng.integers(5, 60)),
            "reg_lambda": float(np.exp(rng.uniform(np.log(1), np.log(50)))),
            "colsample_bytree": float(rng.uniform(0.4, 1)),
            "random_state": int(rng.integers(1_000_000)),
        }
        trials.append(clone(model).set_params(**settings))
    return trials
