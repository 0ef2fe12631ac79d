r"""Exact distances of two samples in one pass over each, with next to no sorting.

Values are put into buckets by the leading 16 bits of their distance to the middle, written in
single precision: a bucket is a range of values, and buckets are in the values' order. From the
counts and the sums in each bucket follow

* bounds on the largest distance of both distribution functions within it, so that only the few
  buckets that may hold the largest are looked into;
* the area between both functions, wherever they cannot cross within the bucket;
* the bucket that each quantile lies in.

Only the values of the buckets that remain open are sorted. The results are exact.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_HALF = 1 << 15
_PROBE = 1_000
# The half of a single-precision number that holds its sign and exponent.
_LEADING = slice(int(np.little_endian), None, 2)
# Keys in the order of values: negative ones, whose sign is the leading bit, run backwards.
_ORDER = np.concatenate([np.arange(2 * _HALF - 1, _HALF - 1, -1), np.arange(_HALF)])


def _lower_ends() -> Floats:
    """Return the smallest value of each key, in the order of values.

    The values of a key are those that single precision rounds to it: it begins half a step of
    single precision before the first number that has these bits.
    """
    first = (np.arange(_HALF, dtype=np.uint32) << 16).view(np.float32)
    with np.errstate(invalid="ignore", over="ignore"):
        first = np.where(np.isfinite(first), first, np.finfo(np.float32).max)
        before = np.nextafter(first, np.float32(0)).astype(np.float64)
        ends = (first.astype(np.float64) + before) / 2
    ends[0] = 0.0
    return np.concatenate([[-np.inf], -ends[:0:-1], ends])


_LOWER_ENDS = _lower_ends()


@dataclass(frozen=True)
class Distances:
    """Two samples of one feature, compared; counts are by the quantiles of the reference."""

    ks: float
    wasserstein: float
    reference_counts: Ints
    current_counts: Ints


def compare(reference: Floats, current: Floats, *, bins: int = 1, area: bool = True) -> Distances:
    """Return the distances of two samples of finite values; no area, NaN, unless wanted."""
    # Adding to 0.0 leaves no negative zero, which would have another key than zero.
    offset = 0.0 - float(np.median(reference[:: max(1, len(reference) // _PROBE)]))
    centred = [sample + offset for sample in (reference, current)]
    with np.errstate(over="ignore", under="ignore"):
        keys = [value.astype(np.float32).view(np.uint16)[_LEADING] for value in centred]
    sizes = np.array([[len(reference)], [len(current)]])
    counts = np.array([np.bincount(key, minlength=2 * _HALF) for key in keys])
    filled = np.flatnonzero(counts.any(axis=0)[_ORDER])
    counts = counts[:, _ORDER[filled]]
    until = np.cumsum(counts, axis=1)
    low, high = (until - counts) / sizes, until / sizes
    gap = np.abs(high[0] - high[1]).max()
    # A little slack, so that rounding never hides the bucket that has the largest distance.
    open_ = np.maximum(high[0] - low[1], high[1] - low[0]) > gap - 1e-12
    if area:
        open_ |= (low[0] < high[1]) & (low[1] < high[0])
    ranks = np.ceil(np.arange(1, bins) / bins * len(reference)).astype(np.int64)
    home = np.searchsorted(until[0], ranks)
    open_[home] = True
    # Sorted as they came: values too close to differ in their distance to the middle do differ.
    inside = _Inside([reference, current], keys, filled, counts, open_)
    ks = max(gap, np.abs(np.subtract(*inside.shares)).max())
    between = _area(centred, keys, filled, low, inside, offset=offset) if area else np.nan
    return Distances(min(float(ks), 1.0), float(between), *inside.counts_by(ranks, home))


class _Inside:
    """The values of the buckets that have to be looked into, sorted."""

    def __init__(
        self,
        samples: list[Floats],
        keys: list[NDArray[np.uint16]],
        filled: Ints,
        counts: Ints,
        open_: NDArray[np.bool_],
    ) -> None:
        self.counts, self.open, self.buckets = counts, open_, np.flatnonzero(open_)
        looked = np.zeros(2 * _HALF, dtype=bool)
        looked[_ORDER[filled[self.buckets]]] = True
        self.samples = [np.sort(v[looked[key]]) for v, key in zip(samples, keys, strict=True)]
        own = counts[:, self.buckets]
        # Values of closed buckets that come before each open one.
        self.skipped = np.cumsum(counts, axis=1)[:, self.buckets] - np.cumsum(own, axis=1)
        self.values = np.sort(np.concatenate(self.samples))
        self.place = np.repeat(np.arange(len(self.buckets)), own.sum(axis=0))
        self.shares = [
            (np.searchsorted(sample, self.values, side="right") + skipped[self.place]) / len(key)
            for sample, skipped, key in zip(self.samples, self.skipped, keys, strict=True)
        ]

    def counts_by(self, ranks: Ints, home: Ints) -> list[Ints]:
        """Return how many values of each sample lie between the reference's quantiles."""
        if not len(ranks):
            return [counts.sum(keepdims=True) for counts in self.counts]
        place = np.searchsorted(self.buckets, home)
        cut, first = np.unique(
            self.samples[0][ranks - 1 - self.skipped[0, place]], return_index=True
        )
        place = place[first]
        tables = []
        for sample, skipped, counts in zip(self.samples, self.skipped, self.counts, strict=True):
            until = np.searchsorted(sample, cut, side="right") + skipped[place]
            tables.append(np.diff(until, prepend=0, append=counts.sum()))
        return tables


def _area(  # noqa: PLR0913 - all that `compare` knows
    centred: list[Floats],
    keys: list[NDArray[np.uint16]],
    filled: Ints,
    low: Floats,
    inside: _Inside,
    *,
    offset: float,
) -> float:
    """Return the area between both distribution functions."""
    start, end = min(v.min() for v in centred), max(v.max() for v in centred)
    edges = np.concatenate([[start], _LOWER_ENDS[filled[1:]], [end]])
    # Closed buckets: the functions do not cross, so the area is the difference of two areas.
    under = []
    for value, key, count, share in zip(centred, keys, inside.counts, low, strict=True):
        total = np.bincount(key, weights=value, minlength=2 * _HALF)[_ORDER[filled]]
        under.append(share * np.diff(edges) + (count * edges[1:] - total) / len(key))
    closed = np.abs(np.subtract(*under))[~inside.open].sum()
    # Open buckets: from their lower edge over each value to their upper edge.
    gap = np.abs(np.subtract(*inside.shares))
    values = inside.values + offset
    after = np.append(values[1:], end)
    last = np.flatnonzero(np.diff(inside.place, append=-1))
    after[last] = edges[inside.buckets + 1]
    first = np.concatenate([[0], last[:-1] + 1])
    before = np.abs(np.subtract(*low))[inside.buckets]
    entry = before * (values[first] - edges[inside.buckets])
    return float(closed + entry.sum() + gap @ (after - values))
