"""Signals that a model may not know what it is talking about, and whether they are worth it."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import entr, logit
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from prerelease import _validate

from ._check import Floats

METHODS = ("isolation forest", "Mahalanobis")
_EDGE = 1e-12


def _ensemble(probabilities: ArrayLike) -> Floats:
    array = np.asarray(probabilities, dtype=np.float64)
    if array.ndim != 2 or len(array) < 2:
        msg = f"probabilities must be of at least 2 models, shape (models, n), got {array.shape}."
        raise ValueError(msg)
    for row in array:
        _validate.probabilities(row, "probabilities")
    return array


def disagreement(probabilities: ArrayLike) -> Floats:
    """Return how far the models of an ensemble are apart about each row.

    Parameters
    ----------
    probabilities : array-like, shape (models, n)
        Probability of fraud by each of at least 2 models.

    Returns
    -------
    ndarray, shape (n,)
        Standard deviation of the log-odds.

    Raises
    ------
    ValueError
        If there are fewer than 2 models, or a value is no probability.

    Examples
    --------
    >>> disagreement([[0.5, 0.9], [0.5, 0.1]]).round(2)
    array([0.  , 3.11])
    """
    return logit(np.clip(_ensemble(probabilities), _EDGE, 1 - _EDGE)).std(axis=0, ddof=1)


def mutual_information(probabilities: ArrayLike) -> Floats:
    r"""Return how much would be learned about each label by knowing which model is right.

    Parameters
    ----------
    probabilities : array-like, shape (models, n)
        Probability of fraud by each of at least 2 models.

    Returns
    -------
    ndarray, shape (n,)
        Nats, not negative: :math:`H(\bar p) - \overline{H(p)}`, the uncertainty of the mean less
        the mean uncertainty. 0 where all models agree, however unsure they are.

    Raises
    ------
    ValueError
        As `disagreement`.

    Examples
    --------
    >>> mutual_information([[0.5, 1.0], [0.5, 0.0]]).round(3)
    array([0.   , 0.693])
    """
    array = _ensemble(probabilities)
    mean = array.mean(axis=0)
    within = (entr(array) + entr(1 - array)).mean(axis=0)
    return np.maximum(entr(mean) + entr(1 - mean) - within, 0.0)


def strangeness(
    train: ArrayLike, rows: ArrayLike, *, method: str = "isolation forest", seed: int = 0
) -> Floats:
    r"""Return how far rows are from what the model was trained on.

    Parameters
    ----------
    train : array-like, shape (m, features)
        Training rows.
    rows : array-like, shape (n, features)
        New rows.
    method : {"isolation forest", "Mahalanobis"}
        ``"isolation forest"``: how soon random cuts set a row apart. ``"Mahalanobis"``: the
        distance from the training mean in units of the training covariance.
    seed : int, default 0
        Of the random cuts.

    Returns
    -------
    ndarray, shape (n,)
        Larger is stranger. No labels are used.

    Raises
    ------
    ValueError
        If shapes do not fit, a value is not finite, or `method` is unknown.

    References
    ----------
    Liu, Ting and Zhou (2008). Isolation forest. ICDM, 413-422.

    Examples
    --------
    >>> import numpy as np
    >>> known = np.random.default_rng(0).normal(size=(500, 2))
    >>> near, far = strangeness(known, [[0.0, 0.0], [9.0, 9.0]], method="Mahalanobis")
    >>> bool(near < 1 < far)
    True
    """
    known, new = (np.asarray(values, dtype=np.float64) for values in (train, rows))
    _validate.choice(method, "method", METHODS)
    if known.ndim != 2 or new.ndim != 2 or known.shape[1] != new.shape[1]:
        msg = f"train and rows must have the same columns, got {known.shape} and {new.shape}."
        raise ValueError(msg)
    _validate.vector(known.ravel(), "train")
    _validate.vector(new.ravel(), "rows")
    if method == "isolation forest":
        return -IsolationForest(random_state=seed).fit(known).score_samples(new)
    inverse = np.linalg.pinv(np.cov(known, rowvar=False))
    away = new - known.mean(axis=0)
    return np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", away, inverse, away), 0.0))


def own_error_probability(probability: ArrayLike, block: ArrayLike) -> Floats:
    """Return how probable it is, by the model's own word, that each decision is wrong.

    Parameters
    ----------
    probability : array-like, shape (n,)
        Probability of fraud.
    block : array-like of {0, 1}, shape (n,)
        The decisions.

    Returns
    -------
    ndarray, shape (n,)
        The probability of fraud where the payment is accepted, else one minus it: what any
        other signal has to add to.

    Raises
    ------
    ValueError
        If an input holds a value that it cannot, or lengths differ.

    Examples
    --------
    >>> own_error_probability([0.2, 0.9], [0, 1]).round(2)
    array([0.2, 0.1])
    """
    p_fraud = _validate.probabilities(probability, "probability")
    blocked = _validate.binary(block, "block", both=False)
    _validate.same_length(probability=p_fraud, block=blocked)
    return np.where(blocked, 1 - p_fraud, p_fraud)


def cross_fitted_risk(
    wrong: ArrayLike, signals: ArrayLike, time: ArrayLike, *, n_stretches: int = 4
) -> Floats:
    """Return the probability of an error, learned from signals on all other stretches of time.

    Parameters
    ----------
    wrong : array-like of {0, 1}, shape (n,)
        Whether each decision was wrong.
    signals : array-like, shape (n, k)
        What may tell, such as the log-odds of `own_error_probability`, and a signal.
    time : array-like, shape (n,)
        Seconds, sorted.
    n_stretches : int, default 4
        Stretches of equal length, at least 2.

    Returns
    -------
    ndarray, shape (n,)
        By logistic regression. No row has a say in the weights that it is judged by.

    Raises
    ------
    ValueError
        If shapes do not fit, or without one of the stretches there is no error left, or nothing
        but errors.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.tile([0.0, 1.0], 20)
    >>> risk = cross_fitted_risk(x, x[:, None], np.arange(40), n_stretches=2)
    >>> bool(risk[x == 1].min() > 0.5 > risk[x == 0].max())
    True
    """
    errors = _validate.binary(wrong, "wrong")
    times = _validate.sorted_times(time, "time")
    known = np.asarray(signals, dtype=np.float64)
    if known.ndim != 2:
        msg = f"signals must have one column a signal, shape (n, k), got {known.shape}."
        raise ValueError(msg)
    _validate.vector(known.ravel(), "signals")
    _validate.same_length(wrong=errors, time=times, signals=known)
    _validate.integer(n_stretches, "n_stretches", low=2)
    edges = np.linspace(times[0], times[-1], n_stretches + 1)[1:-1]
    stretch = np.searchsorted(edges, times, side="right")
    risk = np.empty(len(errors))
    for number in range(n_stretches):
        here = stretch == number
        _validate.binary(errors[~here], f"wrong without stretch {number + 1}")
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        model.fit(known[~here], errors[~here])
        if here.any():
            risk[here] = model.predict_proba(known[here])[:, 1]
    return risk
