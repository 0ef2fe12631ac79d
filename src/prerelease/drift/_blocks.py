"""Tests of drift that keep what happened together together: whole stretches change sides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import comb, prod

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from prerelease import _validate

from ._columns import Floats, block_of, counted, features_of, values

DAY, HOUR = 86_400.0, 3600.0
_CHUNK = 100
SIDES = ("reference", "current")


def feature_drift(  # noqa: PLR0913 - each option is a decision of the test
    reference: pd.DataFrame,
    current: pd.DataFrame,
    *,
    time: str = "time",
    features: Sequence[str] | None = None,
    match_hours: bool = False,
    match_weekdays: bool = False,
    block: float = 600.0,
    bins: int = 50,
    n_permutations: int = 999,
    level: float = 0.05,
    seed: int = 0,
) -> pd.DataFrame:
    r"""Test every feature for drift by exchanging blocks of time between both periods.

    Parameters
    ----------
    reference, current : pandas.DataFrame
        Rows of both periods; no missing values in the features.
    time : str, default "time"
        The column that holds the seconds of each row.
    features : sequence of str, optional
        Numeric columns; by default all but `time`.
    match_hours : bool, default False
        Compare and exchange only within the same hour of the day, each hour weighing as it
        does in the current period. Hours that one side does not have are left out.
    match_weekdays : bool, default False
        The same for days of the week. Both periods should then hold several of each.
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
    pandas.DataFrame
        Index: feature. ``ks`` (Kolmogorov-Smirnov, on the bins), ``p_value``, ``q_value``
        (after correction for the number of features), ``alarm`` (whether it is at most
        `level`), ``n_reference`` and ``n_current`` (rows compared).

    Raises
    ------
    ValueError
        If input is not comparable (see `scan`), nothing is left to be matched, or the
        permutations cannot give p-values that small: one feature alone must be able to pass.

    Notes
    -----
    If nothing has changed, it is chance which blocks came before and which after:
    :math:`p = (1 + \#\{S_b \ge S\}) / (1 + B)` is then a valid p-value [1]_, however rows hang
    together within a block. What differs from hour to hour breaks that, hence `match_hours`.
    q-values are those of Benjamini and Hochberg [2]_: of all alarms, a share of at most `level`
    is expected to be false, for independent features and for many dependent ones.

    References
    ----------
    .. [1] Phipson and Smyth (2010). Permutation p-values should never be zero. Statistical
       Applications in Genetics and Molecular Biology 9, article 39.
    .. [2] Benjamini and Hochberg (1995). Controlling the false discovery rate. Journal of the
       Royal Statistical Society B 57, 289-300.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> df = pd.DataFrame({"time": np.arange(4000.0), "x": rng.normal(size=4000)})
    >>> moved = df.iloc[2000:].assign(x=df["x"] + 1)
    >>> feature_drift(df.iloc[:2000], moved, block=100)["p_value"].to_dict()
    {'x': 0.001}
    """
    names = features_of(reference, current, features, time=time)
    level = _validate.number(level, "level", above=0, below=1)
    n_permutations = _validate.integer(n_permutations, "n_permutations", low=1)
    asked = {(DAY, HOUR): match_hours, (7 * DAY, DAY): match_weekdays}
    cycles = [cycle for cycle, matched in asked.items() if matched]
    layout = lay_out(reference[time], current[time], cycles, block)
    if coarse := too_coarse(layout, n_permutations, level, len(names)):
        raise ValueError(coarse)
    tables = _tables(reference, current, names, layout, bins)
    seen, p_values = exchanged(tables, layout, n_permutations, np.random.default_rng(seed))
    q_values = benjamini_hochberg(p_values)
    return pd.DataFrame(
        {
            "ks": seen,
            "p_value": p_values,
            "q_value": q_values,
            "alarm": q_values <= level,
            "n_reference": int((layout.blocks[0] >= 0).sum()),
            "n_current": int((layout.blocks[1] >= 0).sum()),
        },
        index=pd.Index(names, name="feature"),
    )


@dataclass(frozen=True, eq=False)
class Layout:
    """Which block each row lies in (-1 for none), and which blocks may change sides."""

    blocks: tuple[NDArray[np.intp], NDArray[np.intp]]
    is_current: NDArray[np.bool_]
    stratum: NDArray[np.intp]

    def draw(self, n: int, rng: Generator) -> NDArray[np.bool_]:
        """Choose, `n` times, as many current blocks in each stratum as it has."""
        chosen = np.zeros((n, len(self.stratum)), dtype=bool)
        for name in np.unique(self.stratum):
            members = np.flatnonzero(self.stratum == name)
            order = np.argsort(rng.random((n, len(members))), axis=1)
            k = int(self.is_current[members].sum())
            chosen[np.arange(n)[:, None], members[order[:, :k]]] = True
        return chosen


def lay_out(
    reference: ArrayLike, current: ArrayLike, cycles: Iterable[tuple[float, ...]], block: float
) -> Layout:
    """Return the blocks; those at the same part of each cycle (its length, a part's) may swap."""
    block = _validate.number(block, "block", above=0)
    sides = [
        _validate.times(times, f"times of {name}")
        for name, times in zip(SIDES, (reference, current), strict=True)
    ]
    starts, places = zip(*(block_of(times, block) for times in sides), strict=True)
    is_current = np.repeat([False, True], [len(starts[0]), len(starts[1])])
    begin = np.concatenate(starts) * block
    stratum = np.zeros(len(begin), dtype=np.intp)
    for length, part in cycles:
        stratum = 24 * stratum + (begin % length // part).astype(np.intp)
    both = np.isin(stratum, np.intersect1d(stratum[~is_current], stratum[is_current]))
    if not both.any():
        msg = (
            "reference and current must share an hour of the day and a day of the week to be "
            "matched by them, they share none."
        )
        raise ValueError(msg)
    new = np.where(both, np.cumsum(both) - 1, -1)
    blocks = new[places[0]], new[len(starts[0]) + places[1]]
    return Layout(blocks, is_current[both], stratum[both])


def too_coarse(layout: Layout, n_permutations: int, level: float, n_features: int) -> str:
    """Say why a test could not find anything, whatever the data; nothing where it could."""
    arrangements = prod(
        comb(int(of.sum()), int(layout.is_current[of].sum()))
        for of in (layout.stratum == name for name in np.unique(layout.stratum))
    )
    finest = max(1 / (1 + n_permutations), 1 / arrangements)
    if finest <= level / n_features:
        return ""
    return (
        f"The smallest p-value that {n_permutations} permutations of {arrangements:,} possible "
        f"ones can give is {finest:.2g}; one finding among {n_features} features at "
        f"level={level:g} needs {level / n_features:.2g}: use more permutations, more blocks "
        "or fewer features."
    )


def _tables(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    names: list[str],
    layout: Layout,
    bins: int,
) -> Floats:
    """Count rows by block, feature and bin."""
    bins = _validate.integer(bins, "bins", low=2)
    n_blocks = len(layout.stratum)
    tables = np.zeros((n_blocks, len(names), bins))
    for number, name in enumerate(names):
        sides = []
        for frame, side, block in zip((reference, current), SIDES, layout.blocks, strict=True):
            value, missing = values(frame, name, side)
            if missing:
                msg = f"{side} must have no missing values for a block test, {name!r} has some."
                raise ValueError(msg)
            sides.append(value if block.min() >= 0 else value[block >= 0])
        edges = np.unique(np.quantile(_some(*sides), np.arange(1, bins) / bins))
        for value, block in zip(sides, layout.blocks, strict=True):
            place = np.searchsorted(edges, value, side="left")
            tables[:, number] += counted(block[block >= 0], place, n_blocks, bins)
    return tables


def _some(first: Floats, second: Floats) -> Floats:
    """Return every so manieth of the rows of both, one after the other: some 50,000."""
    step = max(1, (len(first) + len(second)) // 50_000)
    return np.concatenate([first[::step], second[-len(first) % step :: step]])


def exchanged(tables: Floats, layout: Layout, n: int, rng: Generator) -> tuple[Floats, Floats]:
    """Return Kolmogorov-Smirnov of each feature, and its p-value from `n` exchanges of blocks.

    `tables` counts rows by block, feature and bin: of each feature, all rows of a block.
    """
    seen, reached = _distances(tables, layout, layout.is_current[None])[0], 0
    for start in range(0, n, _CHUNK):
        chosen = layout.draw(min(_CHUNK, n - start), rng)
        # Slack: the same table summed in another order must count as reached.
        reached += (_distances(tables, layout, chosen) >= seen - 1e-12).sum(axis=0)
    return seen, (1 + reached) / (1 + n)


def _distances(tables: Floats, layout: Layout, chosen: NDArray[np.bool_]) -> Floats:
    """Return Kolmogorov-Smirnov of each feature for each choice of current blocks."""
    p, q = shares(tables, layout, chosen)
    return np.abs(np.cumsum(p - q, axis=-1)).max(axis=-1)


def shares(tables: Floats, layout: Layout, chosen: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return the share of each bin in the reference, each stratum weighing as now, and now."""
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
    return p / n_current[:, None, None], q / n_current[:, None, None]


def benjamini_hochberg(p_values: Floats) -> Floats:
    """Return p-values corrected for the number of tests."""
    order = np.argsort(p_values)
    scaled = p_values[order] * len(order) / np.arange(1, len(order) + 1)
    result = np.empty_like(scaled)
    result[order] = np.minimum.accumulate(scaled[::-1])[::-1].clip(max=1)
    return result
