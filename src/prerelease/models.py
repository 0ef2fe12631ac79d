"""The candidates of the book, each defined once."""

from lightgbm import LGBMClassifier

from prerelease.data import FEATURES

INPUTS = (*FEATURES, "Amount")
"""What a candidate may look at: not ``Time``, which no later payment shares with an earlier one."""


def release_candidate_1(*, seed: int = 0) -> LGBMClassifier:
    """Return the model that the naive notebook ships: LightGBM with its defaults.

    Parameters
    ----------
    seed : int, default 0
        Of the model's random draws.

    Returns
    -------
    lightgbm.LGBMClassifier
        Not fitted. Its fits are repeatable, which LightGBM's are not by default.

    Examples
    --------
    >>> release_candidate_1().get_params()["n_estimators"]
    100
    """
    return LGBMClassifier(
        random_state=seed, deterministic=True, force_col_wise=True, n_jobs=1, verbose=-1
    )
