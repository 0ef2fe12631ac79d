"""The criteria: what has to be shown, of what, and how surely."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from prerelease import _validate, _words
from prerelease._output import CONTROL
from prerelease._validate import nearest
from prerelease.costs import CostModel
from prerelease.evidence import SPLITS
from prerelease.gate._cases import Decision
from prerelease.gate._columns import Columns
from prerelease.gate._labels import Maturity
from prerelease.gate._names import COUNTED, METRICS, settled

if TYPE_CHECKING:
    from prerelease.uncertainty import ReviewDesk

SIDES = ("at_least", "at_most")
CHAMPION = "champion"
OF_METRIC = ("k", "each", "against")
OF_CLAIM = ("chapter", "split", "counted", "served")
"""What a criterion of one kind has, and of the other has not."""
NOTHING_ASKED = "it has no [[criterion]]: a release that nothing is asked of cannot pass."


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a model card says that no measurement can: written by hand, before the results.

    Parameters
    ----------
    use : str
        What the model is for.
    not_for, limits : tuple of str
        What it must not be used for, and what is known about its limits.
    """

    use: str = ""
    not_for: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("not_for", "limits"):
            lines = tuple(_validate.text(line, name) for line in getattr(self, name))
            object.__setattr__(self, name, lines)


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One thing that has to be shown.

    Parameters
    ----------
    name, why : str
        What it asks, in words, and the reason for its bound.
    bound : float
        In `unit`.
    side : {"at_least", "at_most"}
        On which side of the bound the whole interval has to lie.
    unit : str
        In which the evidence has to be stated.
    level : float
        Coverage that the interval has to have at least.
    metric : str
        What to compute from scores; empty where a claim is named.
    k : int or None
        How many alerts, for the metrics at k.
    each : str
        Column of segments: it is asked of every one of them, and passes only if all do. Empty
        where it is asked of all rows at once.
    against : {"", "champion"}
        Whether the bound is on the difference, this model's metric minus the champion's.
    chapter, claim, split : str
        Row of the release file; empty where a metric is named. `split` may be left open.
    counted : bool
        Whether the row may be without an interval, since nothing in it was estimated.
    served : bool
        Whether the row must be about the model that is served: all criteria that say so must
        have been measured on one and the same model.
    """

    name: str
    why: str
    bound: float
    side: str
    unit: str
    level: float = 0.95
    metric: str = ""
    k: int | None = None
    each: str = ""
    against: str = ""
    chapter: str = ""
    claim: str = ""
    split: str = ""
    counted: bool = False
    served: bool = False

    def __post_init__(self) -> None:
        """Refuse what means nothing, a bound that says nothing about its metric, and wild text."""
        in_one_line(vars(self), "")
        of = f"of {self.name!r}"
        _validate.choice(self.side, f"side {of}", SIDES)
        _validate.number(self.bound, f"bound {of}")
        _validate.number(self.level, f"level {of}", above=0.5, below=1)
        for name in ("metric", "claim", "each"):
            _validate.text(getattr(self, name), f"{name} {of}", optional=True)
        _validate.choice(self.against, f"against {of}", ("", CHAMPION))
        if self.split:
            _validate.choice(self.split, f"split {of}", SPLITS)
        for name in ("counted", "served"):
            if not isinstance(flag := getattr(self, name), bool):
                msg = f"{name} {of} must be true or false, got {flag!r}."
                raise ValueError(msg)
        if bool(self.metric) == bool(self.claim):
            msg = f"{self.name!r} must name a metric, or a chapter and its claim, and not both."
            raise ValueError(msg)
        if self.metric:
            self._check_metric()
        told, other, foreign = "is computed from scores", "claim", OF_CLAIM
        if self.claim:
            told, other, foreign = "names a claim", "metric", OF_METRIC
        if extra := [name for name in foreign if getattr(self, name) != getattr(Criterion, name)]:
            msg = f"{self.name!r} {told}: {extra[0]} goes with a {other}."
            raise ValueError(msg)

    def _check_metric(self) -> None:
        if self.metric not in METRICS:
            msg = f"{self.name!r} names the metric {self.metric!r}: {nearest(self.metric, METRICS)}"
            raise ValueError(msg)
        if self.metric.endswith("_at_k") != (self.k is not None):
            msg = f"{self.name!r}: k goes with a metric at k, and one without the other is nothing."
            raise ValueError(msg)
        if self.k is not None:
            _validate.integer(self.k, f"k of {self.name!r}", low=1)
        if self.against and self.metric in COUNTED:
            msg = f"{self.name!r}: {self.metric} is the same for both models."
            raise ValueError(msg)
        if why := settled(self.metric, self.side, self.bound, difference=bool(self.against)):
            msg = f"“{self.name}” asks for {self.asks}: {why}."
            raise ValueError(msg)

    @property
    def asks(self) -> str:
        """What is asked for, as ``at least 0.6 average precision in each region``."""
        asked = f"{self.side.replace('_', ' ')} {_plain(self.bound)} {self.unit}"
        asked += f" in each {self.each}" if self.each else ""
        return f"{asked}, this model minus the champion ({self.shows})" if self.against else asked

    @property
    def shows(self) -> str:
        """What a bound on the difference comes to; empty where it is on the metric itself."""
        ahead = self.bound if self.side == "at_least" else -self.bound
        if not self.against:
            return ""
        if ahead < 0:
            return f"non-inferiority: not worse by more than {_plain(-ahead)}"
        return f"superiority: better{f' by at least {_plain(ahead)}' if ahead else ''}"


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """All that a release is judged by.

    Parameters
    ----------
    name : str
        Of the release.
    criteria : tuple of Criterion
        At least one.
    digest : str
        SHA-256 of the file.
    costs : CostModel
        Prices of the outcomes.
    decision : Decision
        How scores become decisions.
    champion : Decision or None
        How the champion's scores become decisions; None for the same rule.
    block_seconds : float
        Length of the stretches of time that are resampled whole.
    columns : Columns
        What a file of scores calls its columns, and how they are read.
    desk : ReviewDesk or None
        What a look by a person costs, and how often it errs; None for its defaults.
    labels : Maturity
        Which rows metrics of labels are judged on, where labels come late; all, if it says nothing.
    card : Card
        What the model card says of the use and the limits.
    words : Words
        What cases, their classes and their money are called.
    stated : tuple of str or None
        The settings that the file states, such as ``costs.review``; None without a file.
    """

    name: str
    criteria: tuple[Criterion, ...]
    digest: str = ""
    costs: CostModel = field(default_factory=CostModel)
    decision: Decision = field(default_factory=Decision)
    champion: Decision | None = None
    block_seconds: float = 600.0
    columns: Columns = field(default_factory=Columns)
    desk: "ReviewDesk | None" = None
    labels: Maturity = field(default_factory=Maturity)
    card: Card = field(default_factory=Card)
    words: _words.Words = field(default_factory=_words.words)
    stated: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse criteria that ask nothing, or of which two have one name."""
        if not self.criteria:
            raise ValueError(NOTHING_ASKED)
        names = [criterion.name for criterion in self.criteria]
        if twice := {name for name in names if names.count(name) > 1}:
            msg = f"two criteria have the name {min(twice)!r}."
            raise ValueError(msg)
        segments = (*self.columns.segments, *(one.each for one in self.criteria if one.each))
        columns = replace(self.columns, segments=tuple(dict.fromkeys(segments)))
        object.__setattr__(self, "columns", columns)
        # in stretches of less than a second nothing stays together
        _validate.number(self.block_seconds, "block_seconds", above=1, closed=True)


def _plain(bound: float) -> str:
    told = f"{bound:,.10g}"
    return _words.number(bound) if "e" in told else told


def in_one_line(content: Any, where: str) -> Any:
    """Return what a file holds with each text in one line; no text may steer a console."""
    if isinstance(content, Mapping):
        return {name: in_one_line(value, name) for name, value in content.items()}
    if isinstance(content, list):
        return [in_one_line(value, where) for value in content]
    if isinstance(content, str):
        content = re.sub(r"\s*[\r\n\t]\s*", " ", content)
        if CONTROL.search(content):
            msg = f"{where} must be text without control characters, got {content!r}."
            raise ValueError(msg)
    return content
