"""Which rows have a label, and what may be expected of those that have none."""

from dataclasses import replace

import numpy as np

from prerelease import _html, _words, words
from prerelease.drift._performance import Estimate, estimate_performance
from prerelease.gate import Scored
from prerelease.gate._labels import Maturity
from prerelease.gate._measure import Measured
from prerelease.gate._times import moment
from prerelease.intervals import Interval

DRAWS, MOST = 1000, 100_000_000
"""Worlds that are drawn, and positives in all of them together: fewer worlds for more rows."""
MEASURED = {name: name for name in ("positives", "precision", "recall")} | {"cost": "cost_per_1000"}
"""Metric of what is estimated."""


def with_labels(scored: Scored, labels: Maturity) -> Scored:
    """Return the cases that have a label and are old enough: as stated, else as it is seen."""
    label = scored.frame["label"]
    if not label.isna().any() and not labels:
        return scored
    ripe = labels.rows(scored.frame) if labels else scored.seen.ripe
    there = label.notna().to_numpy() & (np.arange(len(label)) < ripe)
    return replace(scored, frame=scored.frame[there]) if there.any() else scored


def which(scored: Scored, known: Scored, labels: Maturity) -> str:
    """Say which labels are there, and which cases the parts that need labels are about."""
    told = [scored.seen.told]
    if known is not scored:
        left = int(scored.frame["label"].notna().sum()) - len(known.frame)
        told.append(f"Whatever needs labels is shown of {len(known.frame):,} rows{_period(known)}")
        told[-1] += ", as [labels] of the criteria says." if labels else "."
        if left:
            told.append(
                f"{left:,} later rows have a label already and are left out: labels that come "
                "early may not be like the rest."
            )
    return _html.paragraph(" ".join(told))


def _period(known: Scored) -> str:
    if "time" not in known.frame:
        return ""
    first, last = (moment(known.frame, known.time[row]) for row in (0, -1))
    return f", from {first} to {last}"


def expected(scored: Scored, known: Scored, found: dict[str, Measured]) -> str:
    """Return what the scores promise of the rows without a label, and on which conditions."""
    rest = replace(scored, frame=scored.frame[scored.frame["label"].isna().to_numpy()])
    promised, checked = _estimate(rest), None if known is scored else _estimate(known)
    rows = []
    for name, metric in MEASURED.items():
        told = [_told(getattr(one, name)) if one else "none" for one in (promised, checked)]
        rows.append([name, *told, measured(found[metric]), found[metric].unit])
    header = (
        *("What", f"Expected of {len(rest.frame):,} rows without a label"),
        *("Expected of the rows with a label", "Found there", "Unit"),
    )
    ratio = found["found_per_promised"]
    kept = f" (where labels are known, {measured(ratio)} {ratio.unit})" if checked else ""
    conditions = (
        "An estimate without labels, from the scores alone. Its intervals hold if three things do. "
        f"The scores are calibrated probabilities of these very rows{kept}, for large amounts as "
        "for small ones. Outcomes do not depend on each other: where they come in bursts, the "
        f"intervals are too short. And a {words().case} still means what it meant: if that has "
        "changed, the estimate is wrong and nothing here shows it. The two columns on the right "
        "show how well the same estimate does where labels are known."
    )
    return _html.table(header, rows, caption="Expected performance") + _html.paragraph(conditions)


def _estimate(scored: Scored) -> Estimate:
    probability = scored.probability
    worlds = int(np.clip(MOST / max(probability.sum(), 1), 100, DRAWS))
    return estimate_performance(
        probability,
        scored.block,
        scored.amount,
        costs=scored.costs,
        weight=scored.weight,
        n_draws=worlds,
    )


def measured(found: Measured) -> str:
    """Return what was found, with its interval."""
    if found.value is None:
        return "none"
    return _words.number(found.value) if found.interval is None else _told(found.interval)


def _told(interval: Interval) -> str:
    return _words.with_interval(interval.estimate, interval.low, interval.high)
