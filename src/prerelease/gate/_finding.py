"""What follows from an interval for one criterion, and from all findings for the release."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime

from prerelease import _words
from prerelease._output import plain
from prerelease.gate._criteria import Criteria, Criterion
from prerelease.gate._measure import Measured
from prerelease.gate._names import FAIL, INSUFFICIENT, OUTCOMES, PASS
from prerelease.gate._verdict import Evidence, Finding, Segment, Verdict


def verdict_of(
    criteria: Criteria, findings: list[Finding], data: str, digest: str, decided: dict[str, str]
) -> Verdict:
    """Return the verdict: one failure decides, else one that lacks evidence."""
    outcomes = {finding.outcome for finding in findings}
    return Verdict(
        name=plain(criteria.name),
        outcome=next((one for one in (FAIL, INSUFFICIENT) if one in outcomes), PASS),
        findings=tuple(findings),
        criteria_digest=criteria.digest,
        data_digest=digest,
        data=plain(data),
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        decided={what: plain(told) for what, told in decided.items()},
    )


def missing(criterion: Criterion, because: str, source: str = "nowhere") -> Finding:
    """Return that there is no evidence, and why."""
    return Finding(criterion=criterion, outcome=INSUFFICIENT, because=because, source=source)


def compared(criterion: Criterion, found: Measured, source: str) -> Finding:
    """Compare the whole interval with the bound."""
    if found.value is None:
        return missing(criterion, found.doubt, source)
    counted = found.interval is None
    low, high = (found.value,) * 2 if counted else (found.interval.low, found.interval.high)
    if criterion.side == "at_least":
        inside, outside, end, speaks = low >= criterion.bound, high < criterion.bound, "lower", low
    else:
        inside, outside, end, speaks = high <= criterion.bound, low > criterion.bound, "upper", high
    outcome = PASS if inside else FAIL if outside else INSUFFICIENT
    if counted:
        because = f"counted: {_words.number(found.value)}, and {criterion.asks} was asked for"
    elif outcome == INSUFFICIENT:
        because = f"the bound lies inside the interval: its {end} end is {_words.number(speaks)}"
    else:
        side = "right" if inside else "wrong"
        because = f"the whole interval is on the {side} side of the bound"
        because += _shown(criterion) if inside and not criterion.each else ""
    if outcome == PASS and found.doubt:
        outcome, because = INSUFFICIENT, found.doubt
    of_interval = {} if counted else {"low": low, "high": high, "level": found.interval.level}
    return Finding(
        criterion=criterion,
        outcome=outcome,
        because=because,
        value=found.value,
        n=found.n,
        source=source,
        **of_interval,
    )


def of_each(criterion: Criterion, found: Mapping[str, Measured], source: str) -> Finding:
    """Compare the interval in each segment with the bound: all have to pass, and one may fail."""
    segments = []
    for name, one in found.items():
        how = "counted" if one.interval is None else one.interval.method
        alone = compared(criterion, one, how if one.value is not None else "nowhere")
        told = {part.name: getattr(alone, part.name) for part in fields(Evidence)}
        segments.append(Segment(**told | {"name": plain(name), "n": one.n}))
    named = {
        outcome: [one.name for one in segments if one.outcome == outcome] for outcome in OUTCOMES
    }
    because = f"passes in {len(named[PASS])} of {len(segments)} segments"
    if named[FAIL]:
        because += f", fails in {_listed(named[FAIL])}"
    if named[INSUFFICIENT]:
        because += f", lacks evidence in {_listed(named[INSUFFICIENT])}"
    outcome = next((one for one in (FAIL, INSUFFICIENT) if named[one]), PASS)
    because += _shown(criterion) if outcome == PASS else ""
    levels = [one.level for one in segments if one.level is not None]
    return Finding(
        criterion=criterion,
        outcome=outcome,
        because=because,
        n=sum(one.n for one in segments),
        level=levels[0] if levels else None,
        source=source,
        segments=tuple(segments),
    )


def _shown(criterion: Criterion) -> str:
    return f", which shows {criterion.shows}" if criterion.against else ""


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more
