"""What decided a verdict beside the criteria, said outright, with what nobody had stated."""

from collections.abc import Iterable
from dataclasses import fields

import numpy as np
import pandas as pd

from prerelease import _words
from prerelease.costs import CostModel
from prerelease.gate._criteria import Criteria
from prerelease.gate._measure import DAY, Scored

SURE, MATTERS = 3.0, 0.1
"""Standard errors and size of a correlation of neighbouring stretches from which it is said."""


def of_scores(scored: Scored, criteria: Criteria, n_resamples: int) -> dict[str, str]:
    """Return what decided a verdict on scores."""
    said, costs = criteria.words, vars(scored.costs)
    prices = ", ".join(f"{name} {price:g}" for name, price in costs.items())
    rows = f"{len(scored.frame):,} rows"
    if np.any(scored.weight != 1):
        rows += f" that stand for {scored.weight.sum():,.0f} {said.cases}"
    levels = " and ".join(sorted({f"{one.level:.4g}" for one in criteria.criteria}))
    missing = int(scored.frame["label"].isna().sum())
    found = f"{scored.frame['label'].sum():,.0f} {said.positives}"
    told = {
        "rule": _rule(scored) + _unstated(criteria, "decision", ["rule"]),
        "prices": f"{prices}{f' (in {said.currency})' if said.currency else ''}"
        + _unstated(criteria, "costs", [one.name for one in fields(CostModel)]),
        "intervals": f"of level {levels}, percentiles of {n_resamples:,} resamples, seed 0; of "
        "recall and precision, at least the exact binomial ones"
        + _unstated(criteria, "release", ["level"]),
        "resampled whole": _blocks(scored)
        + _unstated(criteria, "intervals", ["block_seconds"] if _timed(scored) else []),
        "period": _period(scored),
        "rows": f"{rows}, {found}" + (f", {missing:,} without a label" if missing else ""),
    }
    doubts = [*_long_bursts(scored), *scored.frame.attrs.get("notes", ())]
    return told | ({"notes": " ".join(doubts)} if doubts else {})


def of_evidence(rows: pd.DataFrame, model: str, order: str) -> dict[str, str]:
    """Return what decided a verdict on a release file."""
    return {
        "rule and prices": "those of the chapter that recorded each row; the gate decided no case",
        "intervals": "as they were recorded: method and level stand with the evidence",
        "rows": f"{len(rows)} results of {rows['chapter'].nunique()} chapters",
        "served model": model or "nobody named it",
        "test rows": order or "nothing speaks against the order of criteria and evaluations",
    }


def _timed(scored: Scored) -> bool:
    return "time" in scored.frame


def _rule(scored: Scored) -> str:
    if "block" in scored.frame:
        return "the decisions that came with the rows"
    if scored.decision.threshold is not None:
        return f"an alert from a score of {scored.decision.threshold:g} on"
    return f"{scored.decision.rule}, the score taken as a probability"


def _unstated(criteria: Criteria, section: str, names: Iterable[str]) -> str:
    """Say which settings are the library's, since the criteria file does not state them."""
    if criteria.stated is None:  # made in Python
        return ""
    missing = [name for name in names if f"{section}.{name}" not in criteria.stated]
    if not missing:
        return ""
    if any(one.startswith(f"{section}.") for one in criteria.stated):
        return f"; {', '.join(missing)} by default"
    return f"; all by default, since the criteria have no [{section}]"


def _blocks(scored: Scored) -> str:
    if not _timed(scored):
        return "single rows, since they have no time"
    stretches = f"stretches of {scored.block_seconds:g} s"
    return f"{stretches}; {scored.scheme.n_blocks:,} of them hold a row"


def _period(scored: Scored) -> str:
    if not _timed(scored):
        return "unknown, since the rows have no time"
    start, ends = scored.frame.attrs.get("start"), scored.time[[0, -1]]
    first, last = (
        str(pd.Timestamp(start) + pd.Timedelta(end, unit="s")) if start else f"{end:,.10g} s"
        for end in ends
    )
    return f"from {first} to {last}, {scored.span / DAY:,.4g} days"


def _long_bursts(scored: Scored) -> list[str]:
    """Say whether positives of neighbouring stretches go together more than chance would."""
    label = scored.frame["label"].fillna(0).to_numpy()
    if not _timed(scored):
        return []
    found = np.bincount(scored.scheme.block, label) - label.mean() * np.bincount(
        scored.scheme.block
    )
    spread = (found**2).sum()
    together = (found[:-1] @ found[1:]) / spread if spread > 0 else 0.0
    if together < max(MATTERS, SURE / np.sqrt(len(found))):
        return []
    return [
        f"{scored.block_seconds:g} s may be too short: stretches with many "
        f"{_words.words().positives} follow one another (correlation {together:.2f}), so the "
        "intervals may be too short as well. Try longer ones ([intervals] block_seconds)."
    ]
