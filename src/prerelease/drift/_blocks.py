"""Tests of drift that keep what happened together together: whole stretches change sides."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, prod

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from prerelease import _validate

from ._columns import features_of, values
from ._findings import Finding, benjamini_hochberg
from ._scan import FLOOR, STATISTICS

Floats = NDArray[np.float64]
DAY, HOUR = 86_400.0, 3600.0
_CHUNK = 100


def feature_drift(  # noqa: PLR0913 - each option is a decision of the test
    reference: pd.DataFrame,
    current: pd.DataFrame,
    *,
    features: Sequence[str] | None = None,
    statistic: str = "ks",
    match_hours: bool = False,
    block: float = 600.0,
    bins: int = 50,
    n_permutations: int = 999,
    level: float = 0.05,
    seed: int = 0,
) -> list[Finding]:
    r"""Test every feature for drift by exchanging blocks of time between both periods.

    Parameters
    ----------
    reference, current : pandas.DataFrame
        With ``Time`` in seconds and no missing values in the features.
    features : sequence of str, optional
        Numeric columns; by default all but ``Time`` and ``Class``.
    statistic : {"ks", "wasserstein", "psi", "js"}, default "ks"
        What is tested, computed on `bins` bins.
    match_hours : bool, default False
        Compare and exchange only within the same hour of the day, each hour weighing as it
        does in the current period. Hours that one side does not have are left out.
    block : float, default 600
        Seconds; rows that are further apart are taken as independent.
    bins : int, default 50
        Bins, cut at quantiles of both periods together.
    n_permutations : int, default 999
        Random exchanges of blocks.
    level : float, default 0.05
        Bound on the false discovery rate over all features.
    seed : int, default 0
        Of the exchanges.

    Returns
    -------
    list of Finding
        One a feature, in their order.

    Raises
    ------
    ValueError
        If input is not comparable (see `scan`), an hour of the day is on no two sides, or the
        permutations cannot give p-values that small: one feature alone must be able to pass.

    Notes
    -----
    If nothing has changed, it is chance which blocks came before and which after:
    :math:`p = (1 + \#\{S_b \ge S\}) / (1 + B)` is then a valid p-value [1]_, however rows hang
    together within a block. What differs from hour to hour breaks that, hence `match_hours`.
    q-values are Benjamini and Hochberg's.

    References
    ----------
    .. [1] Phipson and Smyth (2010). Permutation p-values should never be zero. Statistical
       Applications in Genetics and Molecular Biology 9, article 39.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> df = pd.DataFrame({"Time": np.arange(4000.0), "V1": rng.normal(size=4000)})
    >>> moved = df.iloc[2000:].assign(V1=df["V1"] + 1)
    >>> [found] = feature_drift(df.iloc[:2000], moved, block=100)
    >>> found.alarm, found.p_value
    (True, 0.001)
    """
    names = features_of(reference, current, features)
    _validate.choice(statistic, "statistic", STATISTICS)
    level = _validate.number(level, "level", above=0, below=1)
    n_permutations = _validate.integer(n_permutations, "n_permutations", low=1)
    layout = _layout(reference, current, match_hours=match_hours, block=block)
    _fine_enough(layout, n_permutations, level, len(names))
    tables, steps = _tables(reference, current, names, layout, bins)
    rng = np.random.default_rng(seed)
    seen = _statistic(tables, layout, layout.is_current[None], statistic, steps)[0]
    reached = np.zeros(len(names))
    for start in range(0, n_permutations, _CHUNK):
        chosen = layout.draw(min(_CHUNK, n_permutations - start), rng)
        null = _statistic(tables, layout, chosen, statistic, steps)
        # Slack: the same table summed in another order must count as reached.
        reached += (null >= seen - 1e-12).sum(axis=0)
    p_values = (1 + reached) / (1 + n_permutations)
    q_values = benjamini_hochberg(p_values)
    told = f"{statistic}, blocks of {block:g} s" + (", same hours" if match_hours else "")
    n_reference, n_current = (int(layout.rows[side].sum()) for side in (0, 1))
    return [
        Finding(
            detector=told,
            subject=name,
            score=float(score),
            unit=statistic,
            alarm=bool(q <= level),
            p_value=float(p),
            q_value=float(q),
            n_reference=n_reference,
            n_current=n_current,
        )
        for name, score, p, q in zip(names, seen, p_values, q_values, strict=True)
    ]


@dataclass(frozen=True, eq=False)
class _Layout:
    """Which rows lie in which block, and which blocks may change sides with each other."""

    blocks: tuple[NDArray[np.intp], NDArray[np.intp]]
    is_current: NDArray[np.bool_]
    stratum: NDArray[np.intp]

    @property
    def rows(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Rows of each side that are in a block at all."""
        return self.blocks[0] >= 0, self.blocks[1] >= 0

    def draw(self, n: int, rng: Generator) -> NDArray[np.bool_]:
        """Choose, `n` times, as many current blocks in each stratum as it has."""
        chosen = np.zeros((n, len(self.stratum)), dtype=bool)
        for name in np.unique(self.stratum):
            members = np.flatnonzero(self.stratum == name)
            order = np.argsort(rng.random((n, len(members))), axis=1)
            k = int(self.is_current[members].sum())
            chosen[np.arange(n)[:, None], members[order[:, :k]]] = True
        return chosen


def _layout(
    reference: pd.DataFrame, current: pd.DataFrame, *, match_hours: bool, block: float
) -> _Layout:
    block = _validate.number(block, "block", above=0)
    numbers = []
    for name, frame in (("reference", reference), ("current", current)):
        if "Time" not in frame.columns:
            msg = f"{name} must have the column 'Time' (s), which blocks are cut by."
            raise ValueError(msg)
        numbers.append((_validate.vector(frame["Time"], f"{name} Time") // block).astype(np.intp))
    starts, places = zip(*(np.unique(each, return_inverse=True) for each in numbers), strict=True)
    is_current = np.repeat([False, True], [len(starts[0]), len(starts[1])])
    hour = (np.concatenate(starts) * block % DAY // HOUR).astype(np.intp)
    stratum = hour if match_hours else np.zeros_like(hour)
    both = np.isin(stratum, np.intersect1d(stratum[~is_current], stratum[is_current]))
    if not both.any():
        msg = "reference and current must share an hour of the day to be matched, they share none."
        raise ValueError(msg)
    new = np.where(both, np.cumsum(both) - 1, -1)
    blocks = new[places[0]], new[len(starts[0]) + places[1]]
    return _Layout(blocks, is_current[both], stratum[both])


def _fine_enough(layout: _Layout, n_permutations: int, level: float, n_features: int) -> None:
    """Refuse a test that could not find anything, whatever the data."""
    arrangements = prod(
        comb(int(of.sum()), int(layout.is_current[of].sum()))
        for of in (layout.stratum == name for name in np.unique(layout.stratum))
    )
    finest = max(1 / (1 + n_permutations), 1 / arrangements)
    if finest > level / n_features:
        msg = (
            f"The smallest p-value that {n_permutations} permutations of {arrangements:,} possible "
            f"ones can give is {finest:.2g}; one finding among {n_features} features at "
            f"level={level:g} needs {level / n_features:.2g}: use more permutations, more blocks "
            "or fewer features."
        )
        raise ValueError(msg)


def _tables(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    names: list[str],
    layout: _Layout,
    bins: int,
) -> tuple[Floats, list[Floats]]:
    """Count rows by block, feature and bin; return also the widths between bins' middles."""
    bins = _validate.integer(bins, "bins", low=2)
    n_blocks = len(layout.stratum)
    tables, steps = np.zeros((n_blocks, len(names), bins)), []
    for number, name in enumerate(names):
        sides = []
        for frame, rows, side in zip(
            (reference, current), layout.rows, ("reference", "current"), strict=True
        ):
            value, missing = values(frame, name, side)
            if missing:
                msg = f"{side} must have no missing values for a block test, {name!r} has some."
                raise ValueError(msg)
            sides.append(value[rows])
        both = np.concatenate(sides)
        edges = np.unique(
            np.quantile(both[:: max(1, len(both) // 50_000)], np.arange(1, bins) / bins)
        )
        place = np.searchsorted(edges, both, side="left")
        block = np.concatenate(
            [of[rows] for of, rows in zip(layout.blocks, layout.rows, strict=True)]
        )
        cell = np.bincount(block * bins + place, minlength=n_blocks * bins)
        tables[:, number] = cell.reshape(n_blocks, bins)
        steps.append(steps_between(place, both, bins))
    return tables, steps


def _statistic(
    tables: Floats,
    layout: _Layout,
    chosen: NDArray[np.bool_],
    statistic: str,
    steps: list[Floats],
) -> Floats:
    """Return the statistic of each feature for each choice of current blocks."""
    n_blocks, n_features, bins = tables.shape
    flat = tables.reshape(n_blocks, -1)
    shape = (len(chosen), n_features, bins)
    p, q = np.zeros(shape), np.zeros(shape)
    rows = tables[:, 0].sum(axis=1)
    n_current = chosen @ rows
    for name in np.unique(layout.stratum):
        of = layout.stratum == name
        now = (chosen[:, of] @ flat[of]).reshape(shape)
        before = flat[of].sum(axis=0).reshape(shape[1:]) - now
        there = chosen[:, of] @ rows[of]
        q += now
        p += before * (there / (rows[of].sum() - there))[:, None, None]
    p, q = p / n_current[:, None, None], q / n_current[:, None, None]
    return measure(p, q, statistic, np.array(steps))


def steps_between(place: NDArray[np.intp], value: Floats, bins: int) -> Floats:
    """Return how far the mean value of each bin is from that of the next one that is filled."""
    count = np.bincount(place, minlength=bins)
    middle = np.bincount(place, weights=value, minlength=bins) / np.maximum(count, 1)
    filled = np.flatnonzero(count)
    step = np.zeros(bins)
    step[filled[:-1]] = np.diff(middle[filled])
    return step


def measure(p: Floats, q: Floats, statistic: str, steps: Floats) -> Floats:
    """Return a measure of the distance of shares along the last axis."""
    if statistic == "ks":
        return np.abs(np.cumsum(p - q, axis=-1)).max(axis=-1)
    if statistic == "wasserstein":
        return (np.abs(np.cumsum(p - q, axis=-1)) * steps).sum(axis=-1)
    if statistic == "psi":
        p, q = np.maximum(p, FLOOR), np.maximum(q, FLOOR)
        return ((p - q) * np.log(p / q)).sum(axis=-1)
    mean = (p + q) / 2
    parts = [
        (side * np.log2(np.divide(side, mean, out=np.ones_like(side), where=side > 0))).sum(axis=-1)
        for side in (p, q)
    ]
    return np.sqrt(np.clip(sum(parts) / 2, 0, 1))
