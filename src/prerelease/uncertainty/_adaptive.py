"""Conformal limits that follow what happens, where tomorrow is not like yesterday."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from prerelease import _validate

from ._check import share
from ._conformal import place


def adaptive_conformal(
    calibration: ArrayLike, stream: ArrayLike, *, alpha: float, gamma: float = 0.005
) -> pd.DataFrame:
    r"""Move the limit after each row of a stream, so that coverage is kept in the long run.

    Parameters
    ----------
    calibration : array-like, shape (n,)
        Scores of calibration rows: how strange each is, given its truth.
    stream : array-like, shape (m,)
        Scores of later rows, in their order.
    alpha : float
        Share that may be left out, between 0 and 1.
    gamma : float, default 0.005
        How fast the limit follows, above 0. With 0 it would stay where it is.

    Returns
    -------
    pandas.DataFrame
        One row each of the stream: ``aimed`` (the share that was to be left out at that moment;
        outside 0 to 1 when everything or nothing is to be let in), ``limit`` (the score up to
        which a row was covered; infinite where everything was) and ``covered``.

    Raises
    ------
    ValueError
        If a score is not finite, `alpha` is not between 0 and 1, or `gamma` is not above 0.

    Notes
    -----
    Adaptive conformal inference [1]_: :math:`\alpha_{t+1} = \alpha_t + \gamma(\alpha - e_t)`,
    with :math:`e_t` = 1 where row :math:`t` was not covered. For any stream whatever, the share
    of rows not covered differs from :math:`\alpha` after :math:`n` rows by at most
    :math:`(\max(\alpha, 1 - \alpha) + \gamma) / (n \gamma)`. It needs the truth of each row before
    the next one comes: right for an amount, not for a label that is known weeks later.

    References
    ----------
    .. [1] Gibbs and Candès (2021). Adaptive conformal inference under distribution shift.
       NeurIPS 34.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> told = adaptive_conformal(rng.normal(size=500), 1 + rng.normal(size=4000), alpha=0.1)
    >>> round(float(told["covered"].mean()), 2)
    0.9
    """
    known = np.sort(_validate.vector(calibration, "calibration"))
    scores = _validate.vector(stream, "stream").tolist()
    share(alpha, "alpha")
    step = _validate.number(gamma, "gamma", above=0)
    n, places = len(known), [-np.inf, *known.tolist(), np.inf]
    now, told = float(alpha), []
    for score in scores:
        # Anything from nothing to everything is allowed.
        rank = int(place(n, now)) if 0 < now < 1 else (n + 1) * (now <= 0)
        inside = score <= places[rank]
        told.append((now, places[rank], inside))
        now += step * (alpha - (not inside))
    return pd.DataFrame(told, columns=["aimed", "limit", "covered"])
