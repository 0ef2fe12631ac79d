"""What decided a verdict beside the criteria, said outright, with what nobody had stated."""

import numpy as np
import pandas as pd

from prerelease.gate._cases import Scored
from prerelease.gate._champion import Champion
from prerelease.gate._columns import OWN, ROLES
from prerelease.gate._criteria import Criteria
from prerelease.gate._times import DAY


def of_scores(scored: Scored, criteria: Criteria, rival: Champion | None = None) -> dict[str, str]:
    """Return what decided a verdict on scores."""
    said, frame, costs = criteria.words, scored.frame, vars(scored.costs)
    own = frame.attrs[OWN]
    levels = " and ".join(sorted({f"{one.level:.12g}" for one in criteria.criteria}))
    prices = said.in_currency(", ".join(f"{name} {price:g}" for name, price in costs.items()))
    if scored.costs is criteria.costs:  # and did not come with the rows
        prices += _unstated(criteria, "costs", *costs)
    rows = f"{len(frame):,} rows, {frame['label'].sum():,.0f} {said.positives}"
    if np.any(scored.weight != 1):
        rows += f", for {scored.weight.sum():,.0f} {said.cases} by their weights"
    if missing := int(frame["label"].isna().sum()):
        rows += f", {missing:,} without a label"
    told = {
        "rule": rule(scored),
        "prices": prices,
        "intervals": f"of level {levels}; how each was made stands with it"
        + _unstated(criteria, "release", "level"),
        "kept together": "rows without a time are taken as independent",
        "rows": rows,
        "columns": ", ".join(
            f"{role if role in ROLES else 'segment'} {name!r}"
            for role, name in own["columns"].items()
        ),
    }
    by_default = scored.decision is criteria.decision and scored.decision.threshold is None
    if by_default and "block" not in frame:
        told["rule"] += _unstated(criteria, "decision", "rule")
    if criteria.labels:
        told["labels"] = criteria.labels.told(frame)
    elif missing:
        late = scored.seen
        told["labels"] = late.told
        if late.when:
            told["labels"] += " [labels] of the criteria can state which rows are old enough."
    if rival is not None:
        told["champion"] = f"{rival.told}; rule: {rule(rival.scored)}"
        if not any(one.against for one in criteria.criteria):
            told["champion"] += "; no criterion asks against it"
    if each := {one.each for one in criteria.criteria if one.each}:
        told["segments"] = _segments(frame, sorted(each))
    notes = own["notes"]
    if "time" in frame:
        told |= _of_time(scored, criteria)
    if "group" in frame:
        told["kept together"] += (
            f"; {frame['group'].nunique():,} groups of {own['columns']['group']!r}: where these "
            "vary more, by these"
        )
    return told | ({"notes": " ".join(notes)} if notes else {})


def of_evidence(rows: pd.DataFrame, model: str, order: str) -> dict[str, str]:
    """Return what decided a verdict on a release file."""
    return {
        "rule and prices": "those of the chapter that recorded each row; the gate decided no case",
        "intervals": "as they were recorded: method and level stand with the evidence",
        "rows": f"results in the release file: {len(rows)}",
        "served model": model or "nobody named it",
        "test rows": order or "nothing speaks against the order of criteria and evaluations",
    }


def rule(scored: Scored) -> str:
    """Return how scores become decisions."""
    if "block" in scored.frame:
        return "the decisions that came with the rows"
    if scored.decision.threshold is not None:
        return f"an alert from a score of {scored.decision.threshold:g} on"
    return f"{scored.decision.rule}, the score taken as a probability"


def _segments(frame: pd.DataFrame, each: list[str]) -> str:
    """Return how many there are, and at what level each is judged."""
    told = ", ".join(f"{frame[name].nunique()} of {name!r}" for name in each)
    return (
        f"{told}; each judged at a level that is corrected for their number (Bonferroni), so that "
        "the intervals of all hold at once"
    )


def _unstated(criteria: Criteria, section: str, *names: str) -> str:
    """Say which settings are the library's, since the criteria file does not state them."""
    stated = names if criteria.stated is None else criteria.stated  # all, if it is no file
    missing = [name for name in names if not {name, f"{section}.{name}"} & {*stated}]
    return f"; by default, since [{section}] does not say: {', '.join(missing)}" if missing else ""


def _of_time(scored: Scored, criteria: Criteria) -> dict[str, str]:
    own, ends = scored.frame.attrs[OWN], scored.time[[0, -1]]
    start = own["start"]
    first, last = (
        str(pd.Timestamp(start) + pd.Timedelta(end, unit="s")) if start else f"{end:,.10g} s"
        for end in ends
    )
    stretches = (
        f"stretches of {scored.block_seconds:g} s; {scored.clusters.n_held:,} hold a row; longer "
        "ones for a metric that varies more in them"
    )
    unit = "" if start or own["since"] else _unstated(criteria, "time", "unit")
    return {
        "kept together": stretches + _unstated(criteria, "intervals", "block_seconds"),
        "period": f"from {first} to {last}, {scored.span / DAY:,.4g} days{unit}",
    }
