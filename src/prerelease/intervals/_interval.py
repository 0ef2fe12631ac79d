"""What an estimate is worth: its value, and the interval around it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from prerelease import _validate


@dataclass(frozen=True)
class Interval:
    """An estimate with the interval around it, in the unit of what was estimated.

    Parameters
    ----------
    estimate, low, high : float
        ``low <= estimate <= high``.
    level : float
        Nominal coverage, between 0 and 1.
    method : str
        How it was made, such as ``"stratified bca"``.
    n : int
        Rows it rests on.
    n_positive : int or None
        Positives among them; None where the question has no classes.

    Examples
    --------
    >>> interval = Interval(0.79, 0.692, 0.87, level=0.95, method="bca", n=56_962, n_positive=75)
    >>> f"{interval}", f"{interval:.1%}", 0.7 in interval
    ('0.790 [0.692, 0.870]', '79.0% [69.2%, 87.0%]', True)
    """

    estimate: float
    low: float
    high: float
    level: float
    method: str
    n: int
    n_positive: int | None = None

    def __post_init__(self) -> None:
        """Refuse an interval that its estimate is not in."""
        if not self.low <= self.estimate <= self.high:
            msg = (
                "An interval must hold its estimate: low <= estimate <= high, got "
                f"{self.low!r} <= {self.estimate!r} <= {self.high!r}."
            )
            raise ValueError(msg)
        _validate.share(self.level, "level")

    def __format__(self, spec: str) -> str:
        """Return ``estimate [low, high]``, each in the format asked for (default ``.3f``)."""
        # Amounts that cancel leave a rest in their last bits, which is no "-0".
        nothing = 1e-9 * max(abs(self.low), abs(self.high))
        estimate, low, high = (
            format(0.0 if abs(value) <= nothing else float(value), spec or ".3f")
            for value in (self.estimate, self.low, self.high)
        )
        return f"{estimate} [{low}, {high}]"

    def __str__(self) -> str:
        return format(self)

    def __contains__(self, value: float) -> bool:
        return bool(self.low <= value <= self.high)

    @property
    def half_width(self) -> float:
        """Half the distance from low to high: the "give or take"."""
        return float(np.subtract(self.high, self.low) / 2)


def from_draws(estimate: float, draws: ArrayLike, *, level: float = 0.95, **facts: Any) -> Interval:
    """Return the percentile interval of values that were resampled elsewhere.

    Parameters
    ----------
    estimate : float
        Of the rows as they are.
    draws : array-like of shape (resamples,)
        The same of resamples; NaN where it has no value.
    level : float, default 0.95
        Nominal coverage.
    **facts
        Of `Interval`: ``method``, ``n`` and ``n_positive``.

    Returns
    -------
    Interval
        Stretched to hold the estimate where it would leave it out.

    Examples
    --------
    >>> print(from_draws(0.5, [0.4, 0.5, 0.6], method="percentile", n=9))
    0.500 [0.405, 0.595]
    """
    values = np.asarray(draws, dtype=np.float64)
    low, high = np.nanquantile(values, [(1 - level) / 2, (1 + level) / 2])
    middle = float(estimate)
    return Interval(middle, min(float(low), middle), max(float(high), middle), level, **facts)
