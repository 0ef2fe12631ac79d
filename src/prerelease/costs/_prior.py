"""Probabilities of a model that was trained on a changed share of frauds, put right."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate

Floats = NDArray[np.float64]


def _multiply_odds(probability: ArrayLike, factor: float) -> Floats:
    """Multiply the odds of each probability by `factor`."""
    p = _validate.probabilities(probability, "probability")
    # Neither way takes a logarithm, so 0 and 1 stay what they are; neither can overflow.
    return p * factor / (p * factor + (1 - p)) if factor <= 1 else p / (p + (1 - p) / factor)


def correct_prior(probability: ArrayLike, *, trained: float, true: float) -> Floats:
    r"""Return the probabilities that hold at another share of frauds.

    Parameters
    ----------
    probability : array-like, shape (n,)
        What the model says, from 0 to 1.
    trained : float
        Share of frauds that the model was trained on, between 0 and 1.
    true : float
        Share of frauds where it is used, between 0 and 1.

    Returns
    -------
    ndarray, shape (n,)
        Corrected probabilities. Their order does not change.

    Raises
    ------
    ValueError
        If an input is out of range.

    Notes
    -----
    If only the share of frauds differs, and not what frauds look like, Bayes' rule
    multiplies the odds of every payment by one factor:

    .. math:: \frac{p'}{1 - p'} = \frac{p}{1 - p} \cdot
              \frac{\pi_{true} / (1 - \pi_{true})}{\pi_{trained} / (1 - \pi_{trained})}

    which is Elkan's theorem 2 written in odds. Swapping `trained` and `true` undoes it.

    References
    ----------
    C. Elkan, "The foundations of cost-sensitive learning", IJCAI 2001, theorem 2.

    Examples
    --------
    >>> correct_prior([0.0, 0.5, 1.0], trained=0.5, true=0.02)
    array([0.  , 0.02, 1.  ])
    """
    _validate.number(trained, "trained", above=0.0, below=1.0)
    _validate.number(true, "true", above=0.0, below=1.0)
    return _multiply_odds(probability, (true / (1 - true)) / (trained / (1 - trained)))


def correct_undersampling(probability: ArrayLike, *, kept: float) -> Floats:
    r"""Return the probabilities that a model trained on all honest payments would give.

    Parameters
    ----------
    probability : array-like, shape (n,)
        What the model says, from 0 to 1.
    kept : float
        Share of the honest payments that was kept for training, above 0 and at most 1. All
        frauds were kept.

    Returns
    -------
    ndarray, shape (n,)
        Corrected probabilities. Their order does not change.

    Raises
    ------
    ValueError
        If an input is out of range.

    Notes
    -----
    With `b` the share kept and `p` the model's probability,

    .. math:: p' = \frac{b\, p}{b\, p - p + 1}

    References
    ----------
    A. Dal Pozzolo, O. Caelen, R. A. Johnson, G. Bontempi, "Calibrating probability with
    undersampling for unbalanced classification", CIDM 2015.

    Examples
    --------
    >>> correct_undersampling([0.5], kept=0.01).round(4)
    array([0.0099])
    """
    _validate.number(kept, "kept", above=0.0)
    _validate.number(kept, "kept", above=0.0, below=1.0, closed=True)
    return _multiply_odds(probability, kept)


def correct_weighting(probability: ArrayLike, *, weight: float) -> Floats:
    """Return the probabilities that a model trained without class weights would give.

    Parameters
    ----------
    probability : array-like, shape (n,)
        What the model says, from 0 to 1.
    weight : float
        How many times as much a fraud weighed in training as an honest payment, above 0:
        LightGBM's ``scale_pos_weight``, or the ratio of scikit-learn's ``class_weight``.

    Returns
    -------
    ndarray, shape (n,)
        Corrected probabilities. Their order does not change.

    Raises
    ------
    ValueError
        If an input is out of range.

    Notes
    -----
    A fraud that weighs `w` times is as good as `w` frauds: the odds are `w` times too high.
    Exact where the model is free to follow the data; a model with few parameters or strong
    regularisation spends them differently under weights, so check its reliability after.

    References
    ----------
    C. Elkan, "The foundations of cost-sensitive learning", IJCAI 2001, theorems 1 and 2.

    Examples
    --------
    >>> correct_weighting([0.5], weight=99).round(3)
    array([0.01])
    """
    _validate.number(weight, "weight", above=0.0)
    return _multiply_odds(probability, 1 / weight)
