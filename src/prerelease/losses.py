"""What a model is trained to get right, and what its scores mean afterwards.

Weights, copies, fewer negatives and focal loss all change the question that a model answers.
Each has a formula that leads back to the probability.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlog1py, xlogy

from prerelease import _validate

Floats = NDArray[np.float64]
__all__ = ["correct_prior", "correct_weighting", "focal_posterior", "log_losses"]
_SMALLEST_PROBABILITY = 1e-15


def log_losses(y: ArrayLike, probability: ArrayLike) -> Floats:
    r"""Return the log-loss of each row, :math:`-\log` of what was promised for what happened.

    Parameters
    ----------
    y : array-like of {0, 1}, shape (n,)
        1 is a positive.
    probability : array-like, shape (n,)
        What the model promised.

    Returns
    -------
    ndarray, shape (n,)
        Nats; smaller is better. Their mean is the log-loss.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, or if lengths differ.

    Notes
    -----
    Promises are cut off 1e-15 short of 0 and 1: a positive that was promised to be none would
    cost infinitely much otherwise.

    Examples
    --------
    >>> log_losses([1, 0], [0.5, 0.0]).round(3)
    array([0.693, 0.   ])
    """
    positive, promised = _validate.columns(y=y, probability=probability)
    promised = np.clip(promised, _SMALLEST_PROBABILITY, 1 - _SMALLEST_PROBABILITY)
    return -np.where(positive, np.log(promised), np.log1p(-promised))


def correct_weighting(probability: ArrayLike, *, weight: ArrayLike) -> Floats:
    r"""Return the probabilities that a model trained without weights would give.

    Parameters
    ----------
    probability : array-like, shape (n,)
        What the model says, from 0 to 1.
    weight : float or array-like, shape (n,)
        How many times as much a positive weighed in training as a negative, above 0:
        LightGBM's ``scale_pos_weight``, or the ratio of scikit-learn's ``class_weight``. Where
        a share `b` of the negatives was kept, 1 / b. Where each row was weighed by what a wrong
        decision costs, ``saved_by_blocking(amount) / lost_by_blocking(amount)``.

    Returns
    -------
    ndarray, shape (n,)
        Corrected probabilities. By one weight for all, their order does not change.

    Raises
    ------
    ValueError
        If an input is out of range, or if lengths differ.

    Notes
    -----
    A positive that weighs `w` times is as good as `w` positives: the odds are `w` times too
    high. For undersampling that is the formula of Dal Pozzolo et al.,
    :math:`p' = b p / (b p - p + 1)`. Exact where the model is free to follow the data; a model
    with few parameters or strong regularisation spends them differently under weights, so check
    its reliability after.

    References
    ----------
    C. Elkan, "The foundations of cost-sensitive learning", IJCAI 2001, theorems 1 and 2.
    A. Dal Pozzolo, O. Caelen, R. A. Johnson, G. Bontempi, "Calibrating probability with
    undersampling for unbalanced classification", CIDM 2015.

    Examples
    --------
    >>> correct_weighting([0.5], weight=99).round(3)
    array([0.01])
    """
    p = _validate.probabilities(probability, "probability")
    each = np.full(len(p), weight) if np.ndim(weight) == 0 else weight
    return _multiply_odds(p, 1 / _validate.weights(each, "weight", len(p)))


def correct_prior(probability: ArrayLike, *, trained: float, true: float) -> Floats:
    r"""Return the probabilities that hold at another share of positives.

    Parameters
    ----------
    probability : array-like, shape (n,)
        What the model says, from 0 to 1.
    trained, true : float
        Share of positives that the model was trained on, and where it is used, between 0 and 1.

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
    If only the share of positives differs, and not what they look like, Bayes' rule multiplies
    the odds of every case by one factor:

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
    _validate.share(trained, "trained")
    _validate.share(true, "true")
    p = _validate.probabilities(probability, "probability")
    return _multiply_odds(p, (true / (1 - true)) / (trained / (1 - trained)))


def _multiply_odds(p: Floats, factor: float | Floats) -> Floats:
    # No logarithm is taken, so 0 and 1 stay what they are; neither side can overflow.
    below, above = np.minimum(factor, 1.0), np.maximum(factor, 1.0)
    return p * below / (p * below + (1 - p) / above)


def focal_posterior(probability: ArrayLike, *, gamma: float) -> Floats:
    r"""Return the probability behind what a model trained on focal loss says.

    Parameters
    ----------
    probability : array-like, shape (n,)
        What the model says.
    gamma : float
        That it was trained with, 0 or more.

    Returns
    -------
    ndarray, shape (n,)
        Probabilities, in the same order: nearer to 0 and 1 than what the model says.

    Raises
    ------
    ValueError
        If an input is out of range.

    Notes
    -----
    Focal loss does not ask for the probability `p`, but for the `q` with the smallest expected
    loss: :math:`p\,\ell_1'(q) + (1-p)\,\ell_0'(q) = 0`. Solved for `p` [1]_, that is

    .. math:: p = \frac{a}{a + b}, \quad
        a = q^{\gamma+1} - \gamma q^\gamma (1-q)\log(1-q), \quad
        b = (1-q)^{\gamma+1} - \gamma (1-q)^\gamma q \log q

    References
    ----------
    .. [1] Charoenphakdee, Vongkulbhisal, Chairatanakul and Sugiyama (2021). On focal loss
       for class-posterior probability estimation: a theoretical perspective. CVPR, 5202-5211.

    Examples
    --------
    >>> focal_posterior([0.0, 0.2, 0.5, 1.0], gamma=2).round(3)
    array([0.   , 0.024, 0.5  , 1.   ])
    """
    _validate.number(gamma, "gamma", above=0, closed=True)
    q = _validate.probabilities(probability, "probability")
    a = q ** (gamma + 1) - gamma * q**gamma * xlog1py(1 - q, -q)
    b = (1 - q) ** (gamma + 1) - gamma * (1 - q) ** gamma * xlogy(q, q)
    return a / (a + b)
