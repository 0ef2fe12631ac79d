"""Rules that say what is to be answered, and what they find: by effect and by evidence."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

import numpy as np

from prerelease import _validate
from prerelease._words import Words, number, use_words, with_interval, words
from prerelease.costs import CostModel
from prerelease.intervals import AveragePrecision, Interval, Precision, Recall, joint_level

from ._compare import compared, first_bin, rate_change
from ._contract import MISSING, OTHER, Contract
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
    asked: str
    because: str
    do: str

    @property
    def value(self) -> str:
        """Return what was found, with its interval if there is one."""
        if self.low is None or self.high is None:
            return "nothing" if self.found is None else number(self.found)
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
        ``findings``, the ``outcome`` of all, its ``exit_code``, and ``to_dict()``.

    Raises
    ------
    ValueError
        If a rule means nothing, or contracts differ.

    Notes
    -----
    Of a column, or of all ``"inputs"``, ask ``ks``, ``psi``, ``js`` or ``missing`` (the change of
    the share missing); of the reference, how many times as many ``alerts`` or ``positives`` there
    are, either way; of now alone ``precision``, ``recall``, ``average_precision``, ``cost`` and
    ``expected_cost``. What depends on decisions needs a ``threshold``.

    With enough rows everything has moved, and with few anything may seem to have. So an alarm
    takes an effect beyond its limit *and* evidence: for distances and missing values a q-value of
    at most 1 - `level` from exchanges of blocks of time, over all columns that are asked about;
    for ratios an interval that leaves out 1; for levels one that lies beyond the limit as a
    whole. Intervals hold together at `level`. An effect beyond its limit without evidence, or
    what cannot be measured, is called insufficient evidence.

    Examples
    --------
    >>> import pandas as pd
    >>> from prerelease.profiles import Contract, profile
    >>> rows = pd.DataFrame({"time": np.arange(4000.0), "score": np.arange(4000) % 97 / 97})
    >>> agreed = Contract.of(rows, block=100)
    >>> moved = profile(rows.assign(score=rows["score"] ** 2), agreed)
    >>> watch(profile(rows, agreed), moved).outcome
    'alarm'
    """
    same_contract(reference, current)
    asked, how, costs = _parse(rules or {}, reference)
    intervals = sum(one.measure not in DRIFT for one in asked)
    level = joint_level(max(intervals, 1), level=how.level)
    findings: list[Finding] = []
    for segment in dict.fromkeys(rule.segment for rule in asked):
        of = [rule for rule in asked if rule.segment == segment]
        sides = [one.of_segment(segment) if segment else one for one in (reference, current)]
        if all(one.rows for one in sides):
            findings += _drifted([rule for rule in of if rule.measure in DRIFT], *sides, how)
            rest = [rule for rule in of if rule.measure not in DRIFT]
            findings += [_bounded(rule, *sides, how, level, costs) for rule in rest]
        else:
            findings += [_unknown(rule, f"a side has no row of {segment!r}") for rule in of]
    place = {rule.name: number for number, rule in enumerate(asked)}
    about = {"contract": reference.contract.digest}
    about |= {name: _about(side) for name, side in (("reference", reference), ("current", current))}
    return Watch(tuple(sorted(findings, key=lambda one: place[one.name])), about)


def _about(side: Profile) -> dict[str, Any]:
    start, end = side.span
    return {"rows": side.rows, "known": side.known, "from": start, "to": end}


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
    asked: list[Rule], reference: Profile, current: Profile, how: Settings
) -> Iterator[Finding]:
    """Tell how far each column that is asked about has moved, tested together."""
    names = {rule.name: columns(rule, current) for rule in asked}
    every = [*dict.fromkeys(name for some in names.values() for name in some)]
    if not every:
        return
    ways = how.match_hours, how.n_permutations, 1 - how.level, how.seed
    table, coarse = compared(reference, current, every, *ways)
    for rule in asked:
        for name in names[rule.name]:
            row = table.loc[name]
            missing = abs(row["missing_current"] - row["missing_reference"])
            effect = float(missing if rule.measure == "missing" else row[rule.measure])
            if np.isnan(effect):
                yield _unknown(rule, "a side has no value of it", of=name)
                continue
            sure = bool(row["alarm"])
            told = f"q-value {row['q_value']:.2g}, of {len(table)} asked about"
            told = coarse if coarse and not sure else told
            tested = {name: float(row[name]) for name in ("p_value", "q_value")}
            yield _finding(rule, effect > rule.limit, sure, told, of=name, found=effect, **tested)


def _bounded(  # noqa: PLR0913, PLR0917 - what a rule is asked of, and how
    rule: Rule, reference: Profile, current: Profile, how: Settings, level: float, costs: CostModel
) -> Finding:
    """Tell a rate against the reference, or a level against its limit."""
    again = {"level": level, "seed": how.seed}
    try:
        if rule.measure in RATES:
            again |= {"match_hours": how.match_hours, "n_permutations": how.n_permutations}
            changed = rate_change(reference, current, threshold=rule.threshold, **again)
            found = changed.ratio
            beyond = not 1 / rule.limit <= found.estimate <= rule.limit
            old, new = map(number, changed.rates)
            sure, told = 1.0 not in found, f"a share of {old} in the reference, {new} now"
            ends = _ends(found) | {"p_value": changed.p_value}
        else:
            found = _measured(rule, current, costs, n_resamples=how.n_resamples, **again).interval
            sign = 1 if rule.at_least is None else -1
            low, beyond, high = (
                sign * (end - rule.limit) > 0 for end in (found.low, found.estimate, found.high)
            )
            sure, told, ends = low and high, f"of {found.n:,} {words().cases}", _ends(found)
    except ValueError as error:
        return _unknown(rule, str(error).rstrip("."))
    return _finding(rule, beyond, sure, told, **ends)


def _ends(found: Interval) -> dict[str, float | None]:
    """Return an interval as JSON can hold it: without what is infinite."""
    ends = {"found": found.estimate, "low": found.low, "high": found.high}
    return {name: float(end) if np.isfinite(end) else None for name, end in ends.items()}


def _measured(rule: Rule, current: Profile, costs: CostModel, **how: Any) -> Measure:
    if rule.measure in ("cost", "expected_cost"):
        expected = rule.measure == "expected_cost"
        return cost(current, costs, threshold=rule.threshold, expected=expected, **how)
    if rule.measure == "average_precision":
        return measure(current, AveragePrecision(), **how)
    return measure(
        current, {"precision": Precision, "recall": Recall}[rule.measure](rule.threshold), **how
    )


def _unknown(rule: Rule, because: str, **found: Any) -> Finding:
    return replace(_finding(rule, True, False, "", **found), because=because)


def _finding(rule: Rule, beyond: bool, sure: bool, told: str, **found: Any) -> Finding:
    """Return what an effect comes to, with evidence and without."""
    outcome = (ALARM if sure else UNSURE) if beyond else QUIET
    luck = f"beyond its limit, and {'more than' if sure else 'could be'} luck"
    about = {"name": rule.name, "measure": rule.measure, "asked": rule.asked, "do": rule.do}
    about |= {"of": rule.of, "because": f"{luck if beyond else 'within its limit'}: {told}"}
    return Finding(**(about | found), outcome=outcome)


def _parse(content: Mapping[str, Any], profile: Profile) -> tuple[list[Rule], Settings, CostModel]:
    sections = _validate.known(content, ("rule", "watch", "costs", "words"), "A file of rules")

    def section(kind: type, name: str) -> Any:
        known = [one.name for one in fields(kind)]
        return kind(**_validate.known(sections.get(name, {}), known, f"[{name}]"))

    settings, costs = section(Settings, "watch"), section(CostModel, "costs")
    if "words" in sections:
        use_words(**asdict(section(Words, "words")))
    for name in ("n_permutations", "n_resamples", "seed"):
        _validate.integer(getattr(settings, name), name, low=0 if name == "seed" else 100)
    _validate.number(settings.level, "level", above=0.5, below=1)
    if not isinstance(settings.match_hours, bool):
        msg = f"match_hours must be true or false, got {settings.match_hours!r}."
        raise ValueError(msg)
    rows = sections.get("rule", _usual(profile.contract))
    if not isinstance(rows, list) or not rows:
        msg = "A file of rules must hold a [[rule]], in two brackets, got none."
        raise ValueError(msg)
    known = [one.name for one in fields(Rule)]
    asked = [
        _rule(_validate.known(row, known, f"rule {i}"), i, profile) for i, row in enumerate(rows, 1)
    ]
    if len({rule.name for rule in asked}) < len(asked):
        msg = f"each rule needs a name of its own, got {', '.join(rule.name for rule in asked)}."
        raise ValueError(msg)
    return asked, settings, costs


def _rule(row: dict[str, Any], i: int, profile: Profile) -> Rule:
    """Return a rule about what the contract knows."""
    if missing := {"name", "measure"} - set(row):
        msg = f"rule {i} must have `{min(missing)}`."
        raise ValueError(msg)
    rule, segments = Rule(**row), (*profile.contract.segments, OTHER, MISSING)
    if rule.of:
        columns(rule, profile)
    if rule.threshold is not None:
        first_bin(profile.contract, rule.threshold)
    if rule.segment and rule.segment not in segments:
        told = _validate.nearest(rule.segment, segments)
        msg = f"rule {rule.name!r} is of the segment {rule.segment!r}, not counted: {told}"
        raise ValueError(msg)
    return rule


def _usual(contract: Contract) -> list[dict[str, Any]]:
    """Return rules for whoever has none: the limits that are usual."""
    look, queue = "See which rows have moved, and ask whoever feeds them.", "Can the queue take it?"
    usual = [("the score has moved", "ks", "score", 0.1)]
    if contract.inputs:
        usual += [("an input has moved", "ks", "inputs", 0.2)]
        usual += [("an input is missing", "missing", "inputs", 0.01)]
    keys = "name", "measure", "of", "at_most"
    return [dict(zip(keys, one, strict=True)) | {"do": look} for one in usual] + [
        {"name": f"alerts from {one:g}", "measure": "alerts", "threshold": one, "at_most": 1.5}
        | {"do": queue}
        for one in contract.thresholds
    ]
