"""What a test set of this size can tell apart, and how many positives it would take."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy  # scipy.stats is loaded where it is first asked for: it takes long
from numpy.typing import ArrayLike

from prerelease import _validate

from ._bootstrap import AnyMetric, replicates


@dataclass(frozen=True)
class Detectable:
    """The smallest difference between two models that rows like these can show.

    Parameters
    ----------
    difference : float
        In the metric's unit, above 0.
    standard_error : float
        Of the observed difference.
    n_positive : int
        Positives among the rows.
    """

    difference: float
    standard_error: float
    n_positive: int

    def positives_needed(self, difference: float) -> int:
        """Return how many positives it takes to find a true difference this large.

        Parameters
        ----------
        difference : float
            In the metric's unit, above 0; the sign is the models' order and has no part here.

        Returns
        -------
        int
            With negatives in the same proportion: the standard error then falls with
            the square root of their number.

        Raises
        ------
        ValueError
            If `difference` is not above 0.
        """
        sought = _validate.number(difference, "difference", above=0)
        return int(np.ceil(self.n_positive * (self.difference / sought) ** 2))


def smallest_detectable_difference(  # noqa: PLR0913 - see `bootstrap`
    metric: AnyMetric,
    y_true: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    *,
    power: float = 0.8,
    level: float = 0.95,
    **options: Any,
) -> Detectable:
    r"""Return the smallest true difference that a comparison on these rows would find.

    Parameters
    ----------
    metric, y_true, first, second
        As for `bootstrap_difference`.
    power : float, default 0.8
        Chance of finding it.
    level : float, default 0.95
        Of the two-sided interval that has to leave 0 out.
    **options
        ``sample_weight``, ``scheme``, ``n_resamples`` and ``seed`` of `replicates`.

    Returns
    -------
    Detectable
        The difference, and the positives needed for others.

    Raises
    ------
    ValueError
        As `bootstrap`, and if the two models give the same metric in every resample.

    Notes
    -----
    :math:`(z_{1-\alpha/2} + z_{power}) \cdot SE`, with the paired bootstrap's standard error
    :math:`SE` and :math:`\alpha` = 1 - level: a normal approximation [1]_. It depends on how
    alike the two models are, not only on the number of positives.

    References
    ----------
    .. [1] Bloom (1995). Minimum detectable effects: a simple way to report the statistical
       power of experimental designs. Evaluation Review 19, 547-556.

    Examples
    --------
    >>> import numpy as np
    >>> from prerelease.intervals import Recall
    >>> y = np.ones(100)
    >>> first, second = np.arange(100) < 80, np.arange(100) >= 20
    >>> found = smallest_detectable_difference(Recall(1), [*y, 0, 0], [*first, 0, 0],
    ...                                        [*second, 0, 0])
    >>> round(found.difference, 2), found.positives_needed(found.difference / 2)
    (0.18, 400)
    """
    power = _validate.number(power, "power", above=0.5, below=1)
    level = _validate.share(level, "level")
    values = replicates(metric, y_true, [first, second], **options)
    error = float(np.nanstd(values[0] - values[1], ddof=1))
    if not error > 0:
        msg = (
            "The two models have the same metric in every resample, so no size of difference "
            f"can be judged by them (standard error {error:g})."
        )
        raise ValueError(msg)
    reach = scipy.stats.norm.ppf((1 + level) / 2) + scipy.stats.norm.ppf(power)
    return Detectable(float(reach * error), error, int(np.sum(y_true)))
