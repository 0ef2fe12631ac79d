"""How far apart two profiles are, and whether that is more than chance."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prerelease import _validate
from prerelease.drift import psi
from prerelease.drift._blocks import (
    DAY,
    HOUR,
    SIDES,
    Layout,
    benjamini_hochberg,
    exchanged,
    lay_out,
    shares,
    too_coarse,
)
from prerelease.drift._labels import RateChange
from prerelease.drift._labels import rate_change as change
from prerelease.drift._scan import jensen_shannon

from ._contract import Contract
from ._profile import Profile, same_contract

Floats = NDArray[np.float64]


def drift(  # noqa: PLR0913 - each option is a decision of the test
    reference: Profile,
    current: Profile,
    *,
    columns: Sequence[str] | None = None,
    match_hours: bool = False,
    n_permutations: int = 999,
    level: float = 0.05,
    seed: int = 0,
) -> pd.DataFrame:
    r"""Return how far each column has moved, with a test that exchanges blocks of time.

    Parameters
    ----------
    reference, current : Profile
        Of the same contract.
    columns : sequence of str, optional
        Which; by default all that were counted.
    match_hours, n_permutations, level, seed
        As for `prerelease.drift.feature_drift`. Hours can be matched where blocks fit into them.

    Returns
    -------
    pandas.DataFrame
        Index: column. ``psi``, ``js`` and ``ks``; ``ks_at_most``, which the exact distance does
        not exceed; ``missing_reference`` and ``missing_current``, shares; ``p_value``,
        ``q_value``, ``alarm``, ``n_reference`` and ``n_current``.

    Raises
    ------
    ValueError
        If contracts differ, a column was not counted, hours cannot be matched, or the
        permutations cannot give p-values that are small enough.

    Notes
    -----
    Of missing values, PSI, Jensen-Shannon and Kolmogorov-Smirnov know nothing; for the test
    they are a bin of their own. It takes blocks for exchangeable: they should hold about as many
    rows now as before. PSI and Jensen-Shannon are those of `drift.scan` with the bins of the
    contract. ``ks`` is exact at the edges, and between two of them distribution functions F and G
    are no further apart than :math:`\max(F(b) - G(a), G(b) - F(a))`.

    Examples
    --------
    >>> from prerelease.profiles import profile
    >>> rows = pd.DataFrame({"time": np.arange(4000.0), "score": np.arange(4000) % 97 / 97})
    >>> agreed = Contract.of(rows, block=100)
    >>> sides = [profile(rows, agreed), profile(rows.assign(score=rows["score"] ** 2), agreed)]
    >>> drift(*sides)[["ks", "p_value"]].round(3).loc["score"].to_dict()
    {'ks': 0.246, 'p_value': 0.001}
    """
    names = [*(current.contract.columns if columns is None else columns)]
    found, coarse = compared(reference, current, names, match_hours, n_permutations, level, seed)
    if coarse:
        raise ValueError(coarse)
    return found


def compared(  # noqa: PLR0913, PLR0917 - as `drift`
    reference: Profile,
    current: Profile,
    names: Sequence[str],
    match_hours: bool,
    n_permutations: int,
    level: float,
    seed: int,
) -> tuple[pd.DataFrame, str]:
    """Return what `drift` does, and why the test could find nothing, if that is so."""
    same_contract(reference, current)
    level = _validate.number(level, "level", above=0, below=1)
    n_permutations = _validate.integer(n_permutations, "n_permutations", low=1)
    layout = _layout(reference, current, match_hours)
    contract = reference.contract
    tables = {name: _both(reference, current, layout, name) for name in names}
    rows = {name: _apart(table, layout, contract, name) for name, table in tables.items()}
    coarse_bins = [_merged(table, contract, name) for name, table in tables.items()]
    width = max(table.shape[1] for table in coarse_bins)
    padded = [np.pad(table, ((0, 0), (0, width - table.shape[1]))) for table in coarse_bins]
    rng = np.random.default_rng(seed)
    _, p_values = exchanged(np.stack(padded, axis=1), layout, n_permutations, rng)
    found = pd.DataFrame.from_dict(rows, orient="index").rename_axis("column")
    found["p_value"], found["q_value"] = p_values, benjamini_hochberg(p_values)
    found["alarm"] = found["q_value"] <= level
    by_block = next(iter(tables.values())).sum(axis=1)
    for side, of in zip(SIDES, (~layout.is_current, layout.is_current), strict=True):
        found[f"n_{side}"] = int(by_block[of].sum())
    return found, too_coarse(layout, n_permutations, level, len(names))


def rate_change(  # noqa: PLR0913 - each option is a decision of the test
    reference: Profile,
    current: Profile,
    *,
    threshold: float | None = None,
    match_hours: bool = False,
    n_permutations: int = 9999,
    level: float = 0.95,
    seed: int = 0,
) -> RateChange:
    """Test whether the rate of positives, or of alerts, has changed, and by how much.

    Parameters
    ----------
    reference, current : Profile
        Of the same contract.
    threshold : float, optional
        With it, the share of rows whose score is at least this, an edge of the score's bins.
        Without, the share of positives among the rows whose label is known.
    match_hours : bool, default False
        Leave out the hours of the day that one side does not have.
    n_permutations, level, seed
        As for `prerelease.drift.label_rate_change`, whose result this is, of the same rows.

    Returns
    -------
    RateChange
        ``ratio``, an interval that allows for bursts, ``p_value`` and more.

    Raises
    ------
    ValueError
        If contracts differ, no label is known on one side, there is no positive or no alert on
        either, or `threshold` is no edge.

    Examples
    --------
    >>> from prerelease.profiles import profile
    >>> rows = pd.DataFrame({"time": np.arange(400.0), "score": np.arange(400) % 10 / 10})
    >>> counted = profile(rows, Contract.of(rows, thresholds=[0.8], block=20))
    >>> rate_change(counted, counted, threshold=0.8).rates
    (0.2, 0.2)
    """
    same_contract(reference, current)
    layout = _layout(reference, current, match_hours)
    tables = []
    for name, side, place in zip(SIDES, (reference, current), layout.blocks, strict=True):
        found = side.scored
        if threshold is None:
            known = found[found["label"] >= 0]
            both = side.by_block(known, known["label"], 2)
            told = "no label is known"
        else:
            alert = found["bin"] >= first_bin(side.contract, threshold)
            both, told = side.by_block(found, alert.astype(int), 2), "there is no row"
        both = both[(place >= 0) & (both.sum(axis=1) > 0)]
        if not len(both):
            msg = f"{told} in {name} in the blocks that are compared, so there is no rate."
            raise ValueError(msg)
        tables.append(np.stack([both.sum(axis=1), both[:, 1]]))
    n = int(sum(table[0].sum() for table in tables))
    return change(tables, n, n_permutations, level, seed)


def first_bin(contract: Contract, threshold: float) -> int:
    """Return the lowest bin of the score whose rows are alerts at a threshold."""
    threshold = _validate.number(threshold, "threshold")
    edges = contract.bins(contract.score)
    place = int(np.searchsorted(edges, threshold))
    if place == len(edges) or edges[place] != threshold:
        agreed = ", ".join(map(str, contract.thresholds)) or "none"
        msg = (
            f"threshold must be an edge of the score's bins, got {threshold}: the contract's "
            f"thresholds are {agreed}, and its other edges near it "
            f"{', '.join(map(str, edges[max(place - 1, 0) : place + 1]))}."
        )
        raise ValueError(msg)
    return place + 1


def _layout(reference: Profile, current: Profile, match_hours: bool) -> Layout:
    length = reference.contract.block
    if match_hours and (HOUR / length) % 1:
        msg = f"hours can be matched where blocks fit into an hour, got blocks of {length:g} s."
        raise ValueError(msg)
    times = [(side.blocks + 0.5) * length for side in (reference, current)]
    return lay_out(*times, [(DAY, HOUR)] if match_hours else [], length)


def _both(reference: Profile, current: Profile, layout: Layout, name: str) -> Floats:
    """Return rows by block, of both sides, and bin, the missing ones first."""
    sides = zip((reference, current), layout.blocks, strict=True)
    return np.concatenate([side.table(name)[place >= 0] for side, place in sides])


def _merged(table: Floats, contract: Contract, name: str) -> Floats:
    """Return the columns of missing rows and of the bins that were cut at quantiles."""
    at = np.searchsorted(contract.bins(name), contract.edges[name]) + 2
    return np.add.reduceat(table, [0, 1, *at], axis=1)


def _apart(table: Floats, layout: Layout, contract: Contract, name: str) -> dict[str, float]:
    sides = shares(table[:, None], layout, layout.is_current[None])
    p, q = (side[0, 0] for side in sides)
    missing = {"missing_reference": p[0], "missing_current": q[0]}
    if p[1:].sum() <= 0 or q[1:].sum() <= 0:  # no value at all on one side: nothing to compare
        return dict.fromkeys(("psi", "js", "ks", "ks_at_most"), np.nan) | missing
    f, g = (np.cumsum(np.append(0.0, side[1:])) / side[1:].sum() for side in (p, q))
    counts = [_merged(side[None], contract, name)[0, 1:] for side in (p, q)]
    between = np.maximum(f[1:] - g[:-1], g[1:] - f[:-1]).max()
    return {
        "psi": psi(*counts),
        "js": jensen_shannon(*counts),
        "ks": float(np.abs(f - g).max()),
        "ks_at_most": float(min(between, 1.0)),
    } | missing
