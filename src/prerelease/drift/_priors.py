"""How frequent positives have become, from what the model says alone: no labels of today."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from prerelease import _validate
from prerelease.intervals import Interval, from_draws

from ._columns import Floats, block_of, counted, redraw

_CELLS = 400
_STEPS = 60
_EDGE = 1e-9


def bbse(  # noqa: PLR0913 - each option is a decision of the estimate
    labels: ArrayLike,
    scores: ArrayLike,
    current_scores: ArrayLike,
    *,
    threshold: float,
    times: ArrayLike | None = None,
    current_times: ArrayLike | None = None,
    block: float = 600.0,
    n_resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    r"""Estimate the share of positives from the share of alerts, without current labels.

    Parameters
    ----------
    labels : array-like of {0, 1}, shape (n,)
        Of rows that the model was not trained on; both classes.
    scores : array-like of shape (n,)
        What the model says of them.
    current_scores : array-like of shape (m,)
        What it says of the rows whose share of positives is wanted.
    threshold : float
        A score of at least this is an alert.
    times, current_times : array-like of shape (n,), (m,), optional
        Seconds; with both, blocks of time are drawn again and not single rows.
    block : float, default 600
        Seconds.
    n_resamples, level, seed : int, float, int
        Of the bootstrap interval (percentiles), which draws both sets of rows.

    Returns
    -------
    Interval
        The share of positives, from 0 to 1.

    Raises
    ------
    ValueError
        If a class is missing, lengths differ, or alerts are no more frequent among positives
        than among negatives: then they say nothing about the share.

    Notes
    -----
    Under label shift the share of alerts is :math:`q = \pi\,\mathrm{TPR} + (1-\pi)\mathrm{FPR}`,
    so :math:`\pi = (q - \mathrm{FPR}) / (\mathrm{TPR} - \mathrm{FPR})`, cut to 0 to 1 [1]_. The
    model need not be calibrated.

    References
    ----------
    .. [1] Lipton, Wang and Smola (2018). Detecting and correcting for label shift with black
       box predictors. ICML, 3122-3130.

    Examples
    --------
    >>> labels = [0] * 90 + [1] * 10
    >>> bbse(labels, labels, [0] * 80 + [1] * 20, threshold=0.5).estimate
    0.2
    """
    positive = _validate.binary(labels, "labels")
    score, now = _validate.vector(scores, "scores"), _validate.vector(current_scores, "current")
    _validate.same_length(labels=positive, scores=score)
    threshold = _validate.number(threshold, "threshold")
    alert, alert_now = score >= threshold, now >= threshold
    hit, false = alert[positive].mean(), alert[~positive].mean()
    if hit <= false:
        msg = (
            f"Alerts at threshold={threshold:g} must be more frequent among positives "
            f"({hit:.3g}) than among negatives ({false:.3g})."
        )
        raise ValueError(msg)
    cells = positive * 2 + alert

    def estimate(known: Floats, current: Floats) -> Floats:
        tpr = known[:, 3] / np.maximum(known[:, 2] + known[:, 3], 1)
        fpr = known[:, 1] / np.maximum(known[:, 0] + known[:, 1], 1)
        q = current[:, 1] / current.sum(axis=1)
        found = np.divide(q - fpr, tpr - fpr, out=np.zeros_like(q), where=tpr > fpr)
        return np.clip(found, 0, 1)

    return _resampled(
        estimate,
        _tables(cells, 4, times, block, "times"),
        _tables(alert_now.astype(np.intp), 2, current_times, block, "current_times"),
        n_resamples,
        seed,
        {"level": level, "method": "black-box shift estimation", "n": len(now)},
    )


def prior_em(  # noqa: PLR0913 - each option is a decision of the estimate
    current_probability: ArrayLike,
    *,
    prior: float,
    current_times: ArrayLike | None = None,
    block: float = 600.0,
    n_resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    r"""Estimate the share of positives by expectation and maximisation, without current labels.

    Parameters
    ----------
    current_probability : array-like of shape (m,)
        *Calibrated* probabilities of a positive, right for rows with the share `prior`.
    prior : float
        Share of positives among the rows that they were calibrated on, between 0 and 1.
    current_times : array-like of shape (m,), optional
        Seconds; with them, blocks of time are drawn again and not single rows.
    block : float, default 600
        Seconds.
    n_resamples, level, seed : int, float, int
        Of the bootstrap interval (percentiles). It draws current rows only: what the
        calibration may be wrong by is not in it.

    Returns
    -------
    Interval
        The share of positives, from 0 to 1.

    Raises
    ------
    ValueError
        If an input is no probability, or lengths differ.

    Notes
    -----
    Saerens, Latinne and Decaestecker [1]_ turn each probability into one under the present
    guess of the share, :math:`o_i = \frac{p_i}{1-p_i}\cdot\frac{\pi}{1-\pi}\cdot\frac{1-\pi_0}
    {\pi_0}`, and take the mean of :math:`o_i / (1 + o_i)` as the next guess. The limit is the
    maximum of the likelihood, which is found here by bisection of its slope, on probabilities
    gathered in cells of nearly equal log-odds.

    References
    ----------
    .. [1] Saerens, Latinne and Decaestecker (2002). Adjusting the outputs of a classifier to
       new a priori probabilities: a simple procedure. Neural Computation 14, 21-41.

    Examples
    --------
    >>> round(prior_em([0.1] * 100, prior=0.1).estimate, 3)
    0.1
    """
    p = _validate.probabilities(current_probability, "current_probability")
    prior = _validate.number(prior, "prior", above=0, below=1)
    odds = logit(np.clip(p, _EDGE, 1 - _EDGE)) - logit(prior)
    edges = np.unique(np.quantile(odds, np.linspace(0, 1, _CELLS // 2 + 1)[1:-1]))
    # Few rows have high odds and they decide: half of the cells are for them, evenly spaced.
    edges = np.union1d(edges, np.linspace(odds.min(), odds.max(), _CELLS // 2))
    place = np.searchsorted(edges, odds, side="left")
    mass = np.bincount(place, minlength=len(edges) + 1)
    ratio = np.bincount(place, weights=np.exp(odds), minlength=len(edges) + 1)
    ratio = ratio / np.maximum(mass, 1)

    def estimate(_: Floats, current: Floats) -> Floats:
        shares = current / current.sum(axis=1, keepdims=True)
        return _most_likely(shares, ratio, prior)

    return _resampled(
        estimate,
        np.ones((1, 1)),
        _tables(place, len(edges) + 1, current_times, block, "current_times"),
        n_resamples,
        seed,
        {"level": level, "method": "expectation and maximisation", "n": len(p)},
    )


def _most_likely(shares: Floats, ratio: Floats, prior: float) -> Floats:
    """Return, for each row of shares, the prior at which the likelihood has no slope."""
    low, high = np.full(len(shares), logit(_EDGE)), np.full(len(shares), logit(1 - _EDGE))
    for _ in range(_STEPS):
        middle = (low + high) / 2
        guess = expit(middle)[:, None]
        # Derivative of the mean of log(1 - guess + guess * ratio), which only ever falls.
        slope = (shares * (ratio - 1) / (1 + guess * (ratio - 1))).sum(axis=1)
        low, high = np.where(slope > 0, middle, low), np.where(slope > 0, high, middle)
    flat = np.isclose(shares @ np.abs(ratio - 1), 0)
    return np.where(flat, prior, expit((low + high) / 2))


def _tables(
    cells: NDArray[np.intp], n_cells: int, times: ArrayLike | None, block: float, name: str
) -> Floats:
    """Count rows by block of time and cell; without times there is a row for each row."""
    block = _validate.number(block, "block", above=0)
    if times is None:
        return np.bincount(cells, minlength=n_cells)[None].astype(float)
    seconds = _validate.times(times, name)
    _validate.same_length(times=seconds, scores=cells)
    blocks, place = block_of(seconds, block)
    return counted(place, cells, len(blocks), n_cells)


def _resampled(  # noqa: PLR0913, PLR0917 - what both estimates were asked
    estimate: Callable[[Floats, Floats], Floats],
    known: Floats,
    current: Floats,
    n_resamples: int,
    seed: int,
    told: dict[str, Any],
) -> Interval:
    n_resamples = _validate.integer(n_resamples, "n_resamples", low=1)
    rng = np.random.default_rng(seed)
    value = estimate(*(table.sum(axis=0)[None] for table in (known, current)))[0]
    drawn = estimate(*(redraw(table, n_resamples, rng) for table in (known, current)))
    return from_draws(value, drawn, **told)
