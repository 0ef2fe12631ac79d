"""What happens inside a boosted model, tree by tree."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from prerelease import _validate
from prerelease.intervals import AveragePrecision, value
from prerelease.losses import log_losses


def newton_step(
    frauds: ArrayLike, honest: ArrayLike, *, p: float, penalty: float = 0.0, rate: float = 1.0
) -> NDArray[np.float64]:
    r"""Return by how much a leaf changes the log-odds of its rows under log-loss.

    Parameters
    ----------
    frauds, honest : array-like of shape (leaves,)
        Rows of each kind in each leaf, not both 0.
    p : float
        What the model promised for all of them so far, between 0 and 1.
    penalty : float, default 0
        On the square of the step: LightGBM's ``reg_lambda``.
    rate : float, default 1
        Learning rate.

    Returns
    -------
    ndarray of shape (leaves,)
        Log-odds.

    Notes
    -----
    With `k` frauds, `m` honest rows, promise `p`, penalty λ and rate η, Newton's step is

    .. math:: \eta\,\frac{k (1 - p) - m p}{(k + m)\,p (1 - p) + \lambda}

    Rows that are frauds only are moved by η / p: the rarer frauds are, the further.

    References
    ----------
    .. [1] Friedman (2001). Greedy function approximation: a gradient boosting machine. Annals
       of Statistics 29, 1189-1232.

    Examples
    --------
    >>> newton_step([20], [0], p=0.002).round(6).tolist()
    [500.0]
    >>> newton_step([20], [0], p=0.002, penalty=10).round(2).tolist()
    [1.99]
    """
    k, m = np.asarray(frauds), np.asarray(honest)
    pull = k * (1 - p) - m * p
    curvature = (k + m) * p * (1 - p)
    return rate * pull / (curvature + penalty)


def first_leaves(model: LGBMClassifier, X: ArrayLike, y: ArrayLike) -> pd.DataFrame:
    """Return the leaves of the first tree, what is in them and how far each moves its rows.

    Parameters
    ----------
    model : lightgbm.LGBMClassifier
        Fitted on these rows without weights, from the share of frauds on.
    X : array-like, shape (n, features)
        Inputs.
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud; both classes must be there.

    Returns
    -------
    DataFrame
        One row a leaf, most frauds first. Columns ``frauds``, ``honest``, ``step`` (log-odds)
        and ``newton`` (what `newton_step` says it must be).

    Raises
    ------
    ValueError
        If a label is neither 0 nor 1, or a class is missing.

    Examples
    --------
    >>> X, y = np.repeat([[0.0], [1.0]], 50, axis=0), np.repeat([0, 1], 50)
    >>> model = LGBMClassifier(n_estimators=1, verbose=-1).fit(X, y)
    >>> first_leaves(model, X, y)[["frauds", "honest", "step"]].round(3).to_numpy().tolist()
    [[50.0, 0.0, 0.2], [0.0, 50.0, -0.2]]
    """
    fraud = _validate.binary(y, "y")
    share = float(fraud.mean())
    leaf = np.asarray(model.predict(X, pred_leaf=True, num_iteration=1)).ravel().astype(int)
    frauds = np.bincount(leaf, weights=fraud)
    rows = np.bincount(leaf)
    # The first tree holds the start, the log-odds of the share of frauds, beside its steps.
    start = np.log(share / (1 - share))
    settings = model.get_params()
    table = pd.DataFrame(
        {
            "frauds": frauds.astype(int),
            "honest": rows - frauds.astype(int),
            "step": [model.booster_.get_leaf_output(0, i) - start for i in range(len(rows))],
        }
    )
    table["newton"] = newton_step(
        table["frauds"],
        table["honest"],
        p=share,
        penalty=settings["reg_lambda"],
        rate=settings["learning_rate"],
    )
    return table.sort_values(["frauds", "honest"], ascending=[False, True], ignore_index=True)


def trace(
    model: LGBMClassifier, X: ArrayLike, y: ArrayLike, *, trees: Sequence[int]
) -> pd.DataFrame:
    """Return how a fitted model scores rows after so many of its trees.

    Parameters
    ----------
    model : lightgbm.LGBMClassifier
        Fitted.
    X : array-like, shape (n, features)
        Inputs.
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud; both classes must be there.
    trees : sequence of int
        Numbers of trees, each at least 1.

    Returns
    -------
    DataFrame
        One row for each of `trees`. Columns ``trees``, ``average_precision``, ``log_loss`` and
        ``largest`` (the log-odds furthest from 0, without its sign).

    Raises
    ------
    ValueError
        If a number of trees is not one, or a class is missing.

    Examples
    --------
    >>> X, y = np.repeat([[0.0], [1.0]], 50, axis=0), np.repeat([0, 1], 50)
    >>> model = LGBMClassifier(n_estimators=2, verbose=-1).fit(X, y)
    >>> trace(model, X, y, trees=[1, 2])["average_precision"].tolist()
    [1.0, 1.0]
    """
    rows = []
    for number in trees:
        _validate.integer(number, "trees", low=1)
        log_odds = np.asarray(model.predict(X, raw_score=True, num_iteration=number))
        rows.append(
            {
                "trees": number,
                "average_precision": value(AveragePrecision(), y, log_odds),
                "log_loss": float(log_losses(y, expit(log_odds)).mean()),
                "largest": float(np.abs(log_odds).max()),
            }
        )
    return pd.DataFrame(rows)
