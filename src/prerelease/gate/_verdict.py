"""What a judgement comes to: a finding for each criterion, and the verdict in every form."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime

import pandas as pd

from prerelease import __version__, _words
from prerelease._output import plain
from prerelease.gate._criteria import Criteria, Criterion
from prerelease.gate._measure import Measured
from prerelease.gate._names import FAIL, INSUFFICIENT, OUTCOMES, PASS
from prerelease.gate._page import junit, markdown, page

EXIT_CODES = {PASS: 0, FAIL: 1, INSUFFICIENT: 3}


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What was found, and what follows.

    Parameters
    ----------
    outcome : {"pass", "fail", "insufficient evidence"}
        What follows.
    because : str
        Why, in a sentence.
    value, low, high, level : float or None
        What was found, its interval and the interval's coverage; None for what is missing.
    n : int
        Rows it rests on.
    source : str
        Where it comes from.
    """

    outcome: str
    because: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    n: int = 0
    source: str = "nowhere"

    def against(self, lowest: bool) -> float:
        """Return the end that speaks against, of what was found."""
        end = self.low if lowest else self.high
        return self.value if end is None else end

    @property
    def found(self) -> str:
        """What was found, as ``0.79 [0.69, 0.87]``, or that there is nothing."""
        if self.value is None:
            return "nothing"
        if self.low is None:
            return f"{_words.number(self.value)} (counted)"
        return _words.with_interval(self.value, self.low, self.high)


@dataclass(frozen=True, kw_only=True)
class Segment(Evidence):
    """What was found in one segment.

    Parameters
    ----------
    name : str
        Of the segment.
    """

    name: str


@dataclass(frozen=True, kw_only=True)
class Finding(Evidence):
    """One criterion, what was found, and what follows.

    Parameters
    ----------
    criterion : Criterion
        What was asked.
    segments : tuple of Segment
        What was found in each, where that was asked.
    """

    criterion: Criterion
    segments: tuple[Segment, ...] = ()

    @property
    def found(self) -> str:
        """What was found: of segments, what speaks most against."""
        told = [one for one in self.segments if one.value is not None]
        if not told:
            return super().found
        lowest = self.criterion.side == "at_least"
        worst = (min if lowest else max)(told, key=lambda one: one.against(lowest))
        place = "lowest" if lowest else "highest"
        return f"{worst.found} in {worst.name}, the {place} of {len(self.segments)}"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether to ship, and on what grounds.

    Parameters
    ----------
    name : str
        Of the release.
    outcome : {"pass", "fail", "insufficient evidence"}
        Fail if a criterion fails; else insufficient if one lacks evidence; else pass.
    findings : tuple of Finding
        One for each criterion, in their order.
    criteria_digest, data_digest : str
        SHA-256 of the criteria file and of the data.
    data : str
        Name of the data.
    made : str
        When, in UTC.
    decided : dict of str to str
        What decided beside the criteria: rule, prices, intervals, period, rows; and what of it
        nobody had stated.
    version : str
        Of this package.
    """

    name: str
    outcome: str
    findings: tuple[Finding, ...]
    criteria_digest: str
    data_digest: str
    data: str
    made: str
    decided: dict[str, str]
    version: str = __version__

    @property
    def exit_code(self) -> int:
        """0 for pass, 1 for fail, 3 for insufficient evidence."""
        return EXIT_CODES[self.outcome]

    @property
    def decision(self) -> str:
        """Whether to ship, said outright: how many criteria pass, and which do not."""
        names = {
            outcome: [f"“{f.criterion.name}”" for f in self.findings if f.outcome == outcome]
            for outcome in OUTCOMES
        }
        said = {PASS: "We ship", FAIL: "We do not ship", INSUFFICIENT: "We do not ship yet"}
        told = f"{said[self.outcome]}: {len(names[PASS])} of {len(self.findings)} criteria pass."
        if names[FAIL]:
            told += f" Missed: {'; '.join(names[FAIL])}."
        if names[INSUFFICIENT]:
            told += f" Evidence is missing for {'; '.join(names[INSUFFICIENT])}."
        return told

    def table(self) -> pd.DataFrame:
        """Return the findings as a table to be read."""
        columns = ["criterion", "outcome", "found", "asked for", "because"]
        rows = [
            (one.criterion.name, one.outcome, one.found, one.criterion.asks, one.because)
            for one in self.findings
        ]
        return pd.DataFrame(rows, columns=columns).set_index("criterion")

    def to_json(self) -> str:
        """Return all of it as JSON."""
        content = asdict(self) | {"exit_code": self.exit_code}
        return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    def to_html(self) -> str:
        """Return it as one HTML file that needs no other."""
        return page(self)

    def to_markdown(self) -> str:
        """Return it as Markdown, as the summary of a job shows it."""
        return markdown(self)

    def to_junit(self) -> str:
        """Return it as JUnit XML: what is not a pass is a failure."""
        return junit(self)


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
        because += f", fails in {_words.listed(named[FAIL], 5)}"
    if named[INSUFFICIENT]:
        because += f", lacks evidence in {_words.listed(named[INSUFFICIENT], 5)}"
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
