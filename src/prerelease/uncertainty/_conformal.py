"""Sets of labels that hold the true one with a chosen probability."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from prerelease import _validate

Floats = NDArray[np.float64]
KINDS = ("by label", "marginal")
SETS = ("none", "negative", "positive", "both")
OURS = "of the kind that it is claimed for"
_TINY = 1e-9


def rows_needed(alpha: float) -> int:
    """Return how many calibration rows a coverage of 1 - `alpha` takes at least."""
    return max(1, int(np.ceil(1 / _validate.share(alpha, "alpha") - _TINY)) - 1)


def rank_of_limit(n: int, *, alpha: float, kind: str = OURS) -> int:
    """Return which of `n` calibration scores, counted from the smallest, is the limit."""
    needed = rows_needed(alpha)
    if _validate.integer(n, "n", low=0) < needed:
        msg = (
            f"A coverage of {1 - alpha:g} takes at least {needed} calibration rows {kind}, got {n}."
        )
        raise ValueError(msg)
    return int(place(n, alpha))


def place(n: ArrayLike, alpha: float) -> Floats:
    """Return the rank of the limit, whatever rounding did; above `n` where rows are too few."""
    rows = np.asarray(n, dtype=np.float64) + 1
    return rows - np.floor(rows * alpha + _TINY)


def limit_of(scores: Floats, alpha: float, kind: str = OURS) -> float:
    """Return the conformal limit of scores of rows of some kind."""
    rank = rank_of_limit(len(scores), alpha=alpha, kind=kind)
    return float(np.partition(scores, rank - 1)[rank - 1])


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
        If there are too few rows for `alpha` (the message says how many it takes), or a score is
        not finite.

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
    return limit_of(_validate.vector(scores, "scores"), alpha)


@dataclass(frozen=True)
class ConformalSets:
    """What it takes for a label to be in the set of a row.

    Parameters
    ----------
    kind : {"by label", "marginal"}
        Whether each label has a limit of its own.
    alpha : float
        Share that may be left out.
    negative_limit, positive_limit : float
        *Negative* is in the set if the probability of a positive is at most `negative_limit`;
        *positive* is in it if the probability of a negative is at most `positive_limit`.
    """

    kind: str
    alpha: float
    negative_limit: float
    positive_limit: float

    def holds(self, probability: ArrayLike) -> NDArray[np.bool_]:
        """Return which labels are in each row's set.

        Parameters
        ----------
        probability : array-like, shape (n,)
            Probability of a positive.

        Returns
        -------
        ndarray of bool, shape (n, 2)
            Columns: negative, positive.

        Raises
        ------
        ValueError
            If a value is no probability.

        Examples
        --------
        >>> ConformalSets("by label", 0.1, 0.3, 0.8).holds([0.1, 0.25]).tolist()
        [[True, False], [True, True]]
        """
        p = _validate.probabilities(probability, "probability")
        negative = p - self.negative_limit <= _TINY
        return np.stack([negative, 1 - p - self.positive_limit <= _TINY], axis=1)


def fit_sets(
    y: ArrayLike, probability: ArrayLike, *, alpha: float, kind: str = "by label"
) -> ConformalSets:
    r"""Learn from calibration rows which labels cannot be ruled out.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is positive. Rows that did not train the model.
    probability : array-like, shape (n,)
        Probability of a positive.
    alpha : float
        Share that may be left out, between 0 and 1.
    kind : {"by label", "marginal"}
        ``"marginal"`` guarantees coverage over all rows, ``"by label"`` for positives and for
        negatives separately, also called Mondrian [1]_.

    Returns
    -------
    ConformalSets
        Its method ``holds`` gives the set of each new row.

    Raises
    ------
    ValueError
        If there are too few rows of a label (the message says how many it takes), if all
        probabilities are the same, or if an input holds a value that it cannot.

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
    >>> round(found.negative_limit, 3), round(found.positive_limit, 3)
    (0.592, 0.264)
    """
    positive, p = _validate.columns(y=y, probability=probability)
    _validate.choice(kind, "kind", KINDS)
    _validate.not_constant(p, "probability", "a set that is the same for all tells nothing")
    scores = np.where(positive, 1 - p, p)
    if kind == "marginal":
        limit = limit_of(scores, alpha)
        return ConformalSets(kind, alpha, limit, limit)
    limits = [limit_of(scores[positive == one], alpha, f"with label {one}") for one in (0, 1)]
    return ConformalSets(kind, alpha, *limits)


def describe_sets(sets: NDArray[np.bool_], y: ArrayLike) -> pd.DataFrame:
    """Return how often sets hold the truth, and which sets there are, for each label.

    Parameters
    ----------
    sets : ndarray of bool, shape (n, 2)
        From `ConformalSets.holds`.
    y : array-like of {0, 1}, shape (n,)
        1 is positive; both must be there.

    Returns
    -------
    pandas.DataFrame
        Index "all", "negative", "positive". Columns ``n``, ``covered``, ``coverage``, and the
        shares of the sets "none", "negative", "positive" and "both".

    Raises
    ------
    ValueError
        If shapes do not fit, or a label is missing.

    Examples
    --------
    >>> import numpy as np
    >>> table = describe_sets(np.array([[True, False], [True, True]]), [0, 1])
    >>> table.loc["positive", ["coverage", "both"]].tolist()
    [1.0, 1.0]
    """
    positive = _validate.binary(y, "y")
    held = np.asarray(sets, dtype=bool)
    if held.shape != (len(positive), 2):
        msg = f"sets must have shape ({len(positive)}, 2), got {held.shape}."
        raise ValueError(msg)
    kinds = held[:, 0] + 2 * held[:, 1]
    covered = np.where(positive, held[:, 1], held[:, 0])
    rows = {}
    for name, here in (("all", positive | True), ("negative", ~positive), ("positive", positive)):
        shares = np.bincount(kinds[here], minlength=4) / here.sum()
        counts = {"n": here.sum(), "covered": covered[here].sum(), "coverage": covered[here].mean()}
        rows[name] = counts | dict(zip(SETS, shares, strict=True))
    return pd.DataFrame.from_dict(rows, orient="index")


def coverage_law(n: int, *, alpha: float, n_new: int | None = None) -> Any:
    r"""Return the law of the coverage that one calibration set will give.

    Parameters
    ----------
    n : int
        Calibration rows, of the kind that coverage is claimed for.
    alpha : float
        Share that may be left out, between 0 and 1.
    n_new : int, optional
        Rows on which coverage will be counted; endless many by default.

    Returns
    -------
    scipy.stats frozen distribution
        With the methods ``mean``, ``std``, ``cdf``, ``ppf`` and ``interval``: of the share
        covered, or with `n_new` of how many of them are, before either set is seen.

    Raises
    ------
    ValueError
        If there are too few rows for `alpha`: the message says how many it takes.

    Notes
    -----
    "At least 90 %" holds on average over calibration sets. Of one set, the coverage over
    endless new rows is :math:`\mathrm{Beta}(k, n + 1 - k)` with
    :math:`k = \lceil (n + 1)(1 - \alpha) \rceil`, if scores have no ties [1]_; the number
    covered among so many is beta-binomial.

    References
    ----------
    .. [1] Angelopoulos and Bates (2023). Conformal prediction: a gentle introduction.
       Foundations and Trends in Machine Learning 16, 494-591.

    Examples
    --------
    >>> law = coverage_law(57, alpha=0.1)
    >>> round(float(law.mean()), 3), [round(float(x), 2) for x in law.interval(0.95)]
    (0.914, [0.83, 0.97])
    >>> [int(x) for x in coverage_law(57, alpha=0.1, n_new=75).interval(0.95)]
    [60, 74]
    """
    rank = rank_of_limit(n, alpha=alpha)
    if n_new is None:
        return stats.beta(rank, n + 1 - rank)
    return stats.betabinom(_validate.integer(n_new, "n_new", low=1), rank, n + 1 - rank)
