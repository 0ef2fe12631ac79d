"""Sets of labels that hold the true one with a chosen probability."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate

from ._check import Floats, fraud_probability, labelled, not_constant, share

KINDS = ("by label", "marginal")
SETS = ("none", "honest", "fraud", "both")
_TINY = 1e-9


def rows_needed(alpha: float) -> int:
    """Return how many calibration rows a coverage of 1 - `alpha` takes at least.

    Parameters
    ----------
    alpha : float
        Share that may be left out, between 0 and 1.

    Returns
    -------
    int
        With fewer rows, only a limit of infinity would do.

    Raises
    ------
    ValueError
        If `alpha` is not between 0 and 1.

    Examples
    --------
    >>> rows_needed(0.1), rows_needed(0.01)
    (9, 99)
    """
    return max(1, int(np.ceil(1 / share(alpha, "alpha") - _TINY)) - 1)


def rank_of_limit(n: int, *, alpha: float) -> int:
    r"""Return which of `n` calibration scores, counted from the smallest, is the limit.

    Parameters
    ----------
    n : int
        Calibration rows.
    alpha : float
        Share that may be left out, between 0 and 1.

    Returns
    -------
    int
        :math:`\lceil (n + 1)(1 - \alpha) \rceil`, from 1 to `n`.

    Raises
    ------
    ValueError
        If there are too few rows: the message says how many it takes.

    Examples
    --------
    >>> rank_of_limit(57, alpha=0.1)
    53
    """
    needed = rows_needed(alpha)
    if _validate.integer(n, "n", low=0) < needed:
        msg = (
            f"A coverage of {1 - alpha:g} takes at least {needed} calibration rows of the kind "
            f"that it is claimed for, got {n}."
        )
        raise ValueError(msg)
    return int(place(n, alpha))


def place(n: ArrayLike, alpha: float) -> Floats:
    """Return the rank of the limit, whatever rounding did; above `n` where rows are too few."""
    rows = np.asarray(n, dtype=np.float64) + 1
    return rows - np.floor(rows * alpha + _TINY)


def conformal_limit(scores: ArrayLike, *, alpha: float) -> float:
    r"""Return the score that a new row keeps to with a probability of at least 1 - `alpha`.

    Parameters
    ----------
    scores : array-like, shape (n,)
        How strange each calibration row is, given its true label or value.
    alpha : float
        Share that may be left out, between 0 and 1.

    Returns
    -------
    float
        The :math:`\lceil (n + 1)(1 - \alpha) \rceil`-th smallest score.

    Raises
    ------
    ValueError
        If there are too few rows for `alpha`, or a score is not finite.

    Notes
    -----
    If calibration rows and the new row are exchangeable, the new row's score is as likely to
    take each place among them, so it is at most the limit with probability at least
    :math:`1 - \alpha` [1]_. On average over calibration sets, that is: see `coverage_law`.

    References
    ----------
    .. [1] Vovk, Gammerman and Shafer (2005). Algorithmic Learning in a Random World. Springer.

    Examples
    --------
    >>> conformal_limit([1, 2, 3, 4, 5, 6, 7, 8, 9], alpha=0.2)
    8.0
    """
    values = _validate.vector(scores, "scores")
    rank = rank_of_limit(len(values), alpha=alpha)
    return float(np.partition(values, rank - 1)[rank - 1])


@dataclass(frozen=True)
class ConformalSets:
    """What it takes for a label to be in the set of a payment.

    Parameters
    ----------
    kind : {"by label", "marginal"}
        Whether each label has a limit of its own.
    alpha : float
        Share that may be left out.
    honest_limit, fraud_limit : float
        *Honest* is in the set if the probability of fraud is at most `honest_limit`; *fraud* is
        in it if the probability of not being one is at most `fraud_limit`.
    n_honest, n_fraud : int
        Calibration rows.
    """

    kind: str
    alpha: float
    honest_limit: float
    fraud_limit: float
    n_honest: int
    n_fraud: int

    def holds(self, probability: ArrayLike) -> NDArray[np.bool_]:
        """Return which labels are in each payment's set.

        Parameters
        ----------
        probability : array-like, shape (n,) or (n, 2)
            Probability of fraud.

        Returns
        -------
        ndarray of bool, shape (n, 2)
            Columns: honest, fraud.

        Raises
        ------
        ValueError
            If a value is no probability, or two columns do not sum to 1.

        Examples
        --------
        >>> ConformalSets("by label", 0.1, 0.3, 0.8, 90, 10).holds([0.1, 0.25]).tolist()
        [[True, False], [True, True]]
        """
        p_fraud = fraud_probability(probability)
        honest = p_fraud - self.honest_limit <= _TINY
        return np.stack([honest, 1 - p_fraud - self.fraud_limit <= _TINY], axis=1)


def fit_sets(
    y: ArrayLike, probability: ArrayLike, *, alpha: float, kind: str = "by label"
) -> ConformalSets:
    r"""Learn from calibration rows which labels cannot be ruled out.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud. Rows that did not train the model.
    probability : array-like, shape (n,) or (n, 2)
        Probability of fraud; with two columns the second, and rows must sum to 1.
    alpha : float
        Share that may be left out, between 0 and 1.
    kind : {"by label", "marginal"}
        ``"marginal"`` guarantees coverage over all payments, ``"by label"`` for frauds and for
        honest payments separately, also called Mondrian [1]_.

    Returns
    -------
    ConformalSets

    Raises
    ------
    ValueError
        If there is no fraud or there are too few rows of a label (the message says how many it
        takes), if all probabilities are the same, or if an input holds a value that it cannot.

    Notes
    -----
    The score of a label is one minus its probability.

    References
    ----------
    .. [1] Vovk, Gammerman and Shafer (2005). Algorithmic Learning in a Random World. Springer.

    Examples
    --------
    >>> import numpy as np
    >>> y, p = np.arange(40) < 10, np.linspace(0.9, 0.1, 40)
    >>> found = fit_sets(y, p, alpha=0.2)
    >>> round(found.honest_limit, 3), round(found.fraud_limit, 3)
    (0.592, 0.264)
    """
    fraud, p_fraud = labelled(y, probability)
    _validate.choice(kind, "kind", KINDS)
    not_constant(p_fraud, "probability", "a set that is the same for all tells nothing")
    n_fraud, n_honest = int(fraud.sum()), int((~fraud).sum())
    if kind == "marginal":
        both = conformal_limit(np.where(fraud, 1 - p_fraud, p_fraud), alpha=alpha)
        return ConformalSets(kind, alpha, both, both, n_honest, n_fraud)
    limits = []
    for name, n, scores in (
        ("honest payments", n_honest, p_fraud[~fraud]),
        ("frauds", n_fraud, 1 - p_fraud[fraud]),
    ):
        if n < rows_needed(alpha):
            msg = (
                f"A coverage of {1 - alpha:g} among {name} takes at least {rows_needed(alpha)} of "
                f"them in the calibration rows, got {n}."
            )
            raise ValueError(msg)
        limits.append(conformal_limit(scores, alpha=alpha))
    return ConformalSets(kind, alpha, *limits, n_honest, n_fraud)


def describe_sets(sets: NDArray[np.bool_], y: ArrayLike) -> pd.DataFrame:
    """Return how often sets hold the truth, and which sets there are, for each label.

    Parameters
    ----------
    sets : ndarray of bool, shape (n, 2)
        From `ConformalSets.holds`.
    y : array-like of {0, 1}, shape (n,)
        1 is a fraud; both must be there.

    Returns
    -------
    pandas.DataFrame
        Index "all", "honest", "fraud". Columns ``n``, ``covered``, ``coverage``, and the shares
        of the sets of `SETS`: nothing, one label, or both.

    Raises
    ------
    ValueError
        If shapes do not fit, or a label is missing.

    Examples
    --------
    >>> import numpy as np
    >>> table = describe_sets(np.array([[True, False], [True, True]]), [0, 1])
    >>> table.loc["fraud", ["coverage", "both"]].tolist()
    [1.0, 1.0]
    """
    fraud = _validate.binary(y, "y")
    held = np.asarray(sets, dtype=bool)
    if held.shape != (len(fraud), 2):
        msg = f"sets must have shape ({len(fraud)}, 2), got {held.shape}."
        raise ValueError(msg)
    kinds = held[:, 0] + 2 * held[:, 1]
    covered = np.where(fraud, held[:, 1], held[:, 0])
    rows = {}
    for name, here in (("all", fraud | True), ("honest", ~fraud), ("fraud", fraud)):
        shares = np.bincount(kinds[here], minlength=4) / here.sum()
        counts = {"n": here.sum(), "covered": covered[here].sum(), "coverage": covered[here].mean()}
        rows[name] = counts | dict(zip(SETS, shares, strict=True))
    return pd.DataFrame.from_dict(rows, orient="index")


def p_values(calibration: ArrayLike, scores: ArrayLike) -> Floats:
    r"""Return for each score the share of calibration scores that are at least as strange.

    Parameters
    ----------
    calibration : array-like, shape (n,)
        Scores of calibration rows.
    scores : array-like, shape (m,)
        Scores of new rows.

    Returns
    -------
    ndarray, shape (m,)
        :math:`(1 + \#\{i : s_i \ge s\}) / (n + 1)`. At most :math:`\alpha` with probability at
        most :math:`\alpha` if the rows are exchangeable.

    Raises
    ------
    ValueError
        If a score is not finite.

    Examples
    --------
    >>> p_values([1, 2, 3], [0, 2.5, 9]).tolist()
    [1.0, 0.5, 0.25]
    """
    known = np.sort(_validate.vector(calibration, "calibration"))
    new = _validate.vector(scores, "scores")
    at_least = len(known) - np.searchsorted(known, new, side="left")
    return (1 + at_least) / (len(known) + 1)
