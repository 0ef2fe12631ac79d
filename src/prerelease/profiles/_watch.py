"""Rules that say what is to be answered, and what they find: by effect and by evidence."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

import numpy as np
import pandas as pd

from prerelease import _validate
from prerelease._words import Words, number, use_words, with_interval, words
from prerelease.costs import CostModel
from prerelease.intervals import AveragePrecision, Interval, Precision, Recall, joint_level

from ._compare import compared, rate_change
from ._measure import Measure, cost, measure
from ._profile import Profile, same_contract

QUIET, ALARM, UNSURE = "quiet", "alarm", "insufficient evidence"
CODES = {QUIET: 0, ALARM: 1, UNSURE: 3}
DRIFT, RATES = ("ks", "psi", "js", "missing"), ("alerts", "positives")
LEVELS = ("precision", "recall", "average_precision", "cost", "expected_cost")
AT_THRESHOLD = ("alerts", "precision", "recall", "cost", "expected_cost")
SIDES = ("at_most", "at_least")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What is asked of a measure, and what to do where it says no."""

    name: str
    measure: str
    at_most: float | None = None
    at_least: float | None = None
    of: str = ""
    threshold: float | None = None
    segment: str = ""
    do: str = ""

    def __post_init__(self) -> None:
        where = f"rule {_validate.text(self.name, 'name of a rule')!r}"
        _validate.choice(self.measure, f"measure of {where}", (*DRIFT, *RATES, *LEVELS))
        given = [side for side in SIDES if getattr(self, side) is not None]
        allowed = SIDES if self.measure in LEVELS else SIDES[:1]
        if len(given) != 1 or given[0] not in allowed:
            msg = f"{where} must have {' or '.join(allowed)}, got {' and '.join(given) or 'none'}."
            raise ValueError(msg)
        lowest = 1.0 if self.measure in RATES else -np.inf if "cost" in self.measure else 0.0
        _validate.number(self.limit, f"{given[0]} of {where}", above=lowest, closed=True)
        for name, needed in (("of", DRIFT), ("threshold", AT_THRESHOLD)):
            if (self.measure in needed) != (getattr(self, name) not in ("", None)):
                told = "needs" if self.measure in needed else "has no use for"
                msg = f"{where}: {self.measure} {told} `{name}`."
                raise ValueError(msg)

    @property
    def limit(self) -> float:
        return self.at_least if self.at_most is None else self.at_most

    @property
    def asked(self) -> str:
        ratio = " times the reference, either way" if self.measure in RATES else ""
        per = f" {words().per_1000}" if "cost" in self.measure else ""
        return f"at {'most' if self.at_least is None else 'least'} {self.limit:g}{ratio}{per}"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How it is asked."""

    match_hours: bool = False
    level: float = 0.95
    n_permutations: int = 999
    n_resamples: int = 1000
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a rule found."""

    name: str
    measure: str
    of: str
    outcome: str
    found: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    q_value: float | None = None
    asked: str = ""
    because: str = ""
    do: str = ""

    @property
    def value(self) -> str:
        """Return what was found, with its interval if there is one."""
        if self.found is None:
            return "nothing"
        if self.low is None:
            return number(self.found)
        return with_interval(self.found, self.low, self.high)


@dataclass(frozen=True)
class Watch:
    """All findings, and what they come to."""

    findings: tuple[Finding, ...]
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def outcome(self) -> str:
        """Return the gravest outcome: an alarm, else insufficient evidence, else quiet."""
        found = {one.outcome for one in self.findings}
        return next((one for one in (ALARM, UNSURE) if one in found), QUIET)

    @property
    def exit_code(self) -> int:
        """Return 0, 1 or 3."""
        return CODES[self.outcome]

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        told = {"outcome": self.outcome, "exit_code": self.exit_code} | dict(self.about)
        return told | {"findings": [asdict(one) for one in self.findings]}

    def to_frame(self) -> pd.DataFrame:
        """Return the findings as a table."""
        return pd.DataFrame([asdict(one) for one in self.findings])


def watch(reference: Profile, current: Profile, rules: Mapping[str, Any] | None = None) -> Watch:
    """Hold a profile against a reference, by rules.

    Parameters
    ----------
    reference, current : Profile
        Of the same contract.
    rules : mapping, optional
        What a file of rules holds: ``rule``, a list of tables with ``name``, ``measure``,
        ``at_most`` or ``at_least`` and perhaps ``of``, ``threshold``, ``segment`` and ``do``;
        ``watch``, with ``match_hours``, ``level``, ``n_permutations``, ``n_resamples`` and
        ``seed``; ``costs`` and ``words``. By default the usual limits on score, inputs, missing
        values and alerts.

    Returns
    -------
    Watch
        ``findings``, the ``outcome`` of all, its ``exit_code``, ``to_frame()``, ``to_dict()``.

    Raises
    ------
    ValueError
        If a rule means nothing, or contracts differ.

    Notes
    -----
    With enough rows everything has moved, and with few anything may seem to have. So an alarm
    takes an effect beyond its limit *and* evidence: for distances and missing values a q-value of
    at most 1 - `level` from exchanges of blocks of time, over all columns that are asked about;
    for ratios an interval that leaves out 1; for levels one that lies beyond the limit as a
    whole. Intervals hold together at `level`. An effect beyond its limit without evidence, or
    what cannot be measured, is called insufficient evidence.

    Examples
    --------
    >>> from prerelease.profiles import Contract, profile
    >>> rows = pd.DataFrame({"time": np.arange(4000.0), "score": np.arange(4000) % 97 / 97})
    >>> agreed = Contract.of(rows, block=100)
    >>> moved = profile(rows.assign(score=rows["score"] ** 2), agreed)
    >>> watch(profile(rows, agreed), moved).outcome
    'alarm'
    """
    same_contract(reference, current)
    asked, settings, costs = _parse(rules or {}, reference)
    for side, name in ((reference, "reference"), (current, "current")):
        if not side.rows:
            msg = f"{name} must hold rows, got none."
            raise ValueError(msg)
    intervals = sum(one.measure not in DRIFT for one in asked)
    level = joint_level(max(intervals, 1), level=settings.level)
    moved = _moved(reference, current, asked, settings)
    findings = []
    for rule in asked:
        sides = [
            one.of_segment(rule.segment) if rule.segment else one for one in (reference, current)
        ]
        if not all(one.rows for one in sides):
            findings.append(_unknown(rule, f"there is no row of {rule.segment!r} on one side"))
        elif rule.measure in DRIFT:
            findings += _drifted(rule, *moved[rule.segment], sides[1], settings)
        else:
            findings.append(_bounded(rule, *sides, settings, level, costs))
    about = {"contract": reference.contract.digest}
    about |= {name: _about(side) for name, side in (("reference", reference), ("current", current))}
    return Watch(tuple(findings), about)


def _about(side: Profile) -> dict[str, Any]:
    start, end = side.span
    return {"rows": side.rows, "known": side.known, "from": start, "to": end}


def _moved(
    reference: Profile, current: Profile, asked: list[Rule], how: Settings
) -> dict[str, tuple[pd.DataFrame, str]]:
    """Return the distances of all columns that are asked about, by segment."""
    found = {}
    for segment in {rule.segment for rule in asked if rule.measure in DRIFT}:
        of = [rule for rule in asked if rule.measure in DRIFT and rule.segment == segment]
        names = [*dict.fromkeys(name for rule in of for name in columns(rule, current))]
        sides = [one.of_segment(segment) if segment else one for one in (reference, current)]
        if names and all(one.rows for one in sides):
            ways = how.match_hours, how.n_permutations, 1 - how.level, how.seed
            found[segment] = compared(*sides, names, *ways)
    return found


def columns(rule: Rule, profile: Profile) -> tuple[str, ...]:
    """Return the columns that a rule is about."""
    contract = profile.contract
    several = {"inputs": contract.inputs, "score": (contract.score,)}
    several |= {"amount": (contract.amount,) if contract.amount else ()}
    if rule.of not in several and rule.of not in contract.columns:
        told = _validate.nearest(rule.of, (*contract.columns, *several))
        msg = f"rule {rule.name!r} is of {rule.of!r}, which was not counted: {told}"
        raise ValueError(msg)
    return several.get(rule.of) or ((rule.of,) if rule.of in contract.columns else ())


def _drifted(
    rule: Rule, found: pd.DataFrame, coarse: str, current: Profile, how: Settings
) -> Iterator[Finding]:
    for name in columns(rule, current):
        row = found.loc[name]
        missing = abs(row["missing_current"] - row["missing_reference"])
        effect = float(missing if rule.measure == "missing" else row[rule.measure])
        tested = f"q-value {row['q_value']:.2g}, of {len(found)} asked about"
        if np.isnan(effect):
            yield replace(_unknown(rule, "all of its values are missing on one side"), of=name)
            continue
        outcome, because = QUIET, f"within its limit; {tested}"
        if effect > rule.limit:
            outcome = ALARM if row["alarm"] else UNSURE
            because = f"beyond its limit, and {'more than' if row['alarm'] else 'could be'} luck"
            because += f": {coarse if coarse and not row['alarm'] else tested}"
        p, q = float(row["p_value"]), float(row["q_value"])
        yield _finding(rule, outcome, because, of=name, found=effect, p_value=p, q_value=q)


def _bounded(  # noqa: PLR0913, PLR0917 - what a rule is asked of, and how
    rule: Rule,
    reference: Profile,
    current: Profile,
    how: Settings,
    level: float,
    costs: CostModel,
) -> Finding:
    try:
        if rule.measure in RATES:
            changed = rate_change(
                reference,
                current,
                threshold=rule.threshold,
                match_hours=how.match_hours,
                n_permutations=how.n_permutations,
                level=level,
                seed=how.seed,
            )
            return _ratio(rule, changed.ratio, changed.p_value, changed.rates)
        return _level(rule, _measured(rule, current, how, level, costs).interval)
    except ValueError as error:
        return _unknown(rule, str(error).rstrip("."))


def _ratio(rule: Rule, ratio: Interval, p_value: float, rates: tuple[float, float]) -> Finding:
    beyond = not 1 / rule.limit <= ratio.estimate <= rule.limit
    told = f"{number(rates[0])} of rows in the reference, {number(rates[1])} now"
    outcome, because = QUIET, f"within its limit: {told}"
    if beyond:
        outcome = UNSURE if 1.0 in ratio else ALARM
        luck = "could be" if 1.0 in ratio else "more than"
        because = f"beyond its limit, and {luck} luck: {told}"
    ends = {"low": ratio.low, "high": ratio.high if np.isfinite(ratio.high) else None}
    found = ratio.estimate if np.isfinite(ratio.estimate) else None
    ends = ends if ends["high"] is not None else {}
    return _finding(rule, outcome, because, found=found, p_value=p_value, **ends)


def _level(rule: Rule, found: Interval) -> Finding:
    sign = 1 if rule.at_least is None else -1
    beyond = [sign * (end - rule.limit) > 0 for end in (found.low, found.estimate, found.high)]
    outcome, because = QUIET, "within its limit"
    if beyond[1]:
        outcome = ALARM if all(beyond) else UNSURE
        because = f"beyond its limit, and {'more than' if all(beyond) else 'could be'} luck"
    because += f"; of {found.n:,} {words().cases}"
    value = {"found": found.estimate, "low": found.low, "high": found.high}
    return _finding(rule, outcome, because, **value)


def _measured(
    rule: Rule, current: Profile, how: Settings, level: float, costs: CostModel
) -> Measure:
    told = {"n_resamples": how.n_resamples, "level": level, "seed": how.seed}
    if rule.measure in ("cost", "expected_cost"):
        expected = rule.measure == "expected_cost"
        return cost(current, costs, threshold=rule.threshold, expected=expected, **told)
    metrics: dict[str, Callable[[], Any]] = {
        "precision": lambda: Precision(rule.threshold),
        "recall": lambda: Recall(rule.threshold),
        "average_precision": AveragePrecision,
    }
    return measure(current, metrics[rule.measure](), **told)


def _unknown(rule: Rule, because: str) -> Finding:
    return _finding(rule, UNSURE, because)


def _finding(rule: Rule, outcome: str, because: str, **found: Any) -> Finding:
    of = {"of": rule.of} | found
    about = {"name": rule.name, "measure": rule.measure, "asked": rule.asked, "do": rule.do}
    return Finding(**about, outcome=outcome, because=because, **of)


def _parse(content: Mapping[str, Any], profile: Profile) -> tuple[list[Rule], Settings, CostModel]:
    sections = _known(content, ("rule", "watch", "costs", "words"), "A file of rules")

    def section(kind: type, name: str) -> Any:
        known = [one.name for one in fields(kind)]
        return kind(**_known(sections.get(name, {}), known, f"[{name}]"))

    settings, costs = section(Settings, "watch"), section(CostModel, "costs")
    if "words" in sections:
        use_words(**asdict(section(Words, "words")))
    for name in ("n_permutations", "n_resamples", "seed"):
        _validate.integer(getattr(settings, name), name, low=0 if name == "seed" else 100)
    _validate.number(settings.level, "level", above=0.5, below=1)
    if not isinstance(settings.match_hours, bool):
        msg = f"match_hours must be true or false, got {settings.match_hours!r}."
        raise ValueError(msg)
    rows = sections.get("rule", _usual(profile))
    if not isinstance(rows, list) or not rows:
        msg = "A file of rules must hold a [[rule]], in two brackets, got none."
        raise ValueError(msg)
    known = [one.name for one in fields(Rule)]
    asked = []
    for i, row in enumerate(rows, 1):
        told = _known(row, known, f"rule {i}")
        if missing := {"name", "measure"} - set(told):
            msg = f"rule {i} must have `{min(missing)}`."
            raise ValueError(msg)
        asked.append(Rule(**told))
    _check(asked, profile)
    return asked, settings, costs


def _check(asked: list[Rule], profile: Profile) -> None:
    """Refuse rules about what the contract does not know."""
    from ._compare import first_bin  # noqa: PLC0415

    for rule in asked:
        if rule.of:
            columns(rule, profile)
        if rule.threshold is not None:
            first_bin(profile.contract, rule.threshold)
        segments = (*profile.contract.segments, "(other)", "(missing)")
        if rule.segment and rule.segment not in segments:
            told = _validate.nearest(rule.segment, segments)
            msg = f"rule {rule.name!r} is of the segment {rule.segment!r}, not counted: {told}"
            raise ValueError(msg)


def _usual(profile: Profile) -> list[dict[str, Any]]:
    """Return rules for whoever has none: the limits that are usual."""
    look = "See which rows have moved, and ask whoever feeds them."
    found = [("the score has moved", "ks", "score", 0.1)]
    if profile.contract.inputs:
        found += [
            ("an input has moved", "ks", "inputs", 0.2),
            ("missing", "missing", "inputs", 0.01),
        ]
    rules = [
        {"name": name, "measure": measure, "of": of, "at_most": limit, "do": look}
        for name, measure, of, limit in found
    ]
    return rules + [
        {"name": f"alerts from {one:g}", "measure": "alerts", "threshold": one, "at_most": 1.5}
        | {"do": "Ask whether the queue can take them."}
        for one in profile.contract.thresholds
    ]


def _known(table: Any, names: Any, where: str) -> dict[str, Any]:
    if not isinstance(table, Mapping):
        msg = f"{where} must be a table, got {table!r}."
        raise ValueError(msg)
    for name in table:
        if name not in names:
            msg = f"{where} does not know {name!r}: {_validate.nearest(name, names)}"
            raise ValueError(msg)
    return dict(table)
