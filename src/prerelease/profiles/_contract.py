"""What is counted and in which bins: agreed once, and the same for profiles that add up."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prerelease import _validate

if TYPE_CHECKING:
    from ibis import Table

Floats = NDArray[np.float64]
ROLES = ("time", "score", "amount", "label", "segment")
MOST_ROWS, MOST_SEGMENTS, MOST_POSITIVES = 500_000, 50, 200
"""Rows that bins are cut from, segments that are told apart, cuts at the scores of positives."""
LARGEST = 1e12
"""What an amount stays below, so that sums of amounts can be exact."""
MISSING, OTHER = "(missing)", "(other)"


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What a profile counts, in which bins and blocks of time.

    Parameters
    ----------
    edges : mapping of str to sequence of float
        Rising edges of the bins of each column that is counted, the score's among them. A value
        is in the bin that its number of edges at or below it says: an edge belongs to the bin
        above it.
    time, score, amount, label, segment : str
        What these columns are called; without `amount`, `label` or `segment` where empty.
    segments : sequence of str
        Segments that are told apart; the rest counts as ``"(other)"``.
    block : float, default 600
        Seconds that are counted as one.
    thresholds : sequence of float
        Scores from which on there is an alert: edges too, so that what decisions do is exact.
    fine : sequence of float
        Further edges of the score, for rankings, where its own are coarse.

    Examples
    --------
    >>> agreed = Contract(edges={"score": [0.1, 0.5]}, amount="", thresholds=[0.3])
    >>> agreed.bins("score").round(2).tolist(), len(agreed.digest)
    ([0.0, 0.1, 0.3, 0.5, 1.0], 64)
    """

    edges: Mapping[str, Sequence[float]]
    time: str = "time"
    score: str = "score"
    amount: str = "amount"
    label: str = "label"
    segment: str = ""
    segments: Sequence[str] = ()
    block: float = 600.0
    thresholds: Sequence[float] = ()
    fine: Sequence[float] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be counted by."""
        for role in ROLES:
            optional = role not in ("time", "score")
            _validate.text(getattr(self, role), role, optional=optional)
        named = [name for role in ROLES if (name := getattr(self, role))]
        if len(set(named)) < len(named):
            msg = f"Each column needs a name of its own, got {', '.join(named)}."
            raise ValueError(msg)
        edges = {name: _rising(values, f"edges of {name}") for name, values in self.edges.items()}
        for name in filter(None, (self.score, self.amount)):
            if name not in edges:
                msg = f"edges must have those of {name!r}, got those of {', '.join(edges)}."
                raise ValueError(msg)
        if taken := {self.time, self.label, self.segment} & set(edges):
            msg = f"edges must not be those of {min(taken)!r}, which is not counted in bins."
            raise ValueError(msg)
        object.__setattr__(self, "edges", edges)
        object.__setattr__(self, "segments", tuple(map(str, self.segments)))
        object.__setattr__(self, "block", _validate.number(self.block, "block", above=0))
        for name in ("thresholds", "fine"):
            object.__setattr__(self, name, _rising(getattr(self, name), name))

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that are counted in bins."""
        return tuple(self.edges)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Return those that are neither the score nor the amount."""
        return tuple(name for name in self.edges if name not in (self.score, self.amount))

    def bins(self, column: str) -> Floats:
        """Return all edges of a column, with those that its role asks for.

        Parameters
        ----------
        column : str
            One that is counted in bins.
        """
        edges = set(self.edges[column])
        if column == self.score:  # outside of 0 to 1 it is no probability
            edges |= {*self.thresholds, *self.fine, 0.0, float(np.nextafter(1, 2))}
        if column == self.amount:  # outside of these it is no amount
            edges |= {0.0, LARGEST}
        return np.array(sorted(edges))

    @cached_property
    def digest(self) -> str:
        """Return its SHA-256."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def to_json(self) -> str:
        """Return the contract as text, from which it can be made again."""
        return json.dumps(asdict(self), indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the contract that was written as text.

        Parameters
        ----------
        text : str
            As `to_json` wrote it.
        """
        try:
            content = json.loads(text)
            known = {one.name for one in fields(cls)}
            if not isinstance(content, dict) or not known >= set(content):
                raise TypeError("a table of " + ", ".join(sorted(known)) + " is needed")
            return cls(**content)
        except (TypeError, AttributeError, json.JSONDecodeError) as error:
            msg = f"this is no contract of bins: {error}."
            raise ValueError(msg) from error

    @classmethod
    def of(  # noqa: PLR0913 - each option is a part of what is agreed
        cls,
        rows: "pd.DataFrame | Table",
        *,
        inputs: Sequence[str] | None = None,
        leave_out: Sequence[str] = (),
        thresholds: Sequence[float] = (),
        block: float = 600.0,
        bins: int = 20,
        **roles: str,
    ) -> Self:
        """Cut the bins from rows of a time when all was well: at quantiles.

        Parameters
        ----------
        rows : pandas.DataFrame or Ibis table
            Of more than 500,000 rows, so many are drawn.
        inputs : sequence of str, optional
            Columns to count beside score and amount; by default all others that are numbers.
        leave_out : sequence of str
            Columns that are no inputs, such as what names each row.
        thresholds, block
            As for the class.
        bins : int, default 20
            Bins of each column; the score gets more, for its largest values and its positives.
        **roles : str
            What the columns are called: ``time``, ``score``, ``amount``, ``label``, ``segment``.
            Amount and label may be absent under their usual names.

        Examples
        --------
        >>> rows = pd.DataFrame({"time": [0, 1, 2, 3], "score": [0.1, 0.2, 0.3, 0.4]})
        >>> Contract.of(rows, bins=2).columns
        ('score',)
        """
        table = as_table(rows)
        bins = _validate.integer(bins, "bins", low=2)
        usual = {role: role for role in ROLES[:3] if role != "amount"} | {"segment": ""}
        usual |= {role: role if role in table.columns else "" for role in ("amount", "label")}
        named = usual | roles
        for name in (*filter(None, named.values()), *(inputs or ()), *leave_out):
            there(table, name)
        if inputs is None:
            known = {*named.values(), *leave_out}
            inputs = [name for name in table.columns if name not in known and _counts(table[name])]
        frame = _some(table, [*dict.fromkeys([*filter(None, named.values()), *inputs])])
        counted = [named["score"], *filter(None, [named["amount"]]), *inputs]
        values = {name: _values(frame[name]) for name in counted}
        return cls(
            **named,
            edges={name: _cuts(values[name], bins) for name in counted},
            segments=_segments(frame, named["segment"]),
            block=block,
            thresholds=thresholds,
            fine=_fine(frame, named["score"], named["label"]),
        )


def as_table(rows: "pd.DataFrame | Table") -> "Table":
    """Return rows as an Ibis table."""
    ibis = _validate.extra("ibis", "scale")
    if isinstance(rows, pd.DataFrame):
        return ibis.memtable(rows)
    if not isinstance(rows, ibis.Table):
        msg = f"rows must be a pandas DataFrame or an Ibis table, got {type(rows).__name__}."
        raise TypeError(msg)
    return rows


def there(table: "Table", name: str) -> str:
    """Return the name of a column, if it is there."""
    if name not in table.columns:
        msg = f"the rows have no column {name!r}: {_validate.nearest(name, table.columns)}"
        raise ValueError(msg)
    return name


def _rising(values: Sequence[float], name: str) -> tuple[float, ...]:
    edges = tuple(_validate.vector(values, name).tolist()) if len(values) else ()
    if any(high <= low for low, high in pairwise(edges)):
        msg = f"{name} must rise, got {', '.join(map(str, edges[:8]))}."
        raise ValueError(msg)
    return edges


def _counts(column: Any) -> bool:
    return column.type().is_numeric() or column.type().is_boolean()


def _some(table: "Table", names: list[str]) -> pd.DataFrame:
    n = int(table.count().to_pyarrow().as_py())
    if not n:
        msg = "there is no row to cut bins from."
        raise ValueError(msg)
    some = table.select(*names)
    return (some if n <= MOST_ROWS else some.sample(MOST_ROWS / n, seed=0)).to_pandas()


def _values(column: pd.Series) -> Floats:
    try:
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        msg = f"{column.name} must be numbers, got {column.dropna().iloc[0]!r}."
        raise ValueError(msg) from error
    return values[np.isfinite(values)]


def _cuts(values: Floats, bins: int) -> list[float]:
    """Return edges just above quantiles, as `drift.scan` cuts; of a constant, on both sides."""
    if not len(values):
        return []
    levels = np.arange(1, bins) / bins
    cuts = np.unique(np.quantile(values, levels, method="inverted_cdf") + 0.0)
    above = np.nextafter(cuts, np.inf)
    return [*(cuts if len(cuts) == 1 else ()), *above]


def _fine(frame: pd.DataFrame, score: str, label: str) -> list[float]:
    """Return edges where a ranking is decided: at the top, and at positives."""
    values = _values(frame[score])
    if not len(values):
        return []
    levels = 1 - 0.5 ** np.arange(1, np.log2(len(values)))
    found = [np.quantile(values, levels, method="inverted_cdf")]
    if label:
        positive = _values(frame.loc[frame[label] == 1, score])
        few = np.linspace(0, 1, MOST_POSITIVES)
        at = positive if len(positive) <= len(few) else np.quantile(positive, few)
        found.append(at)
    return np.unique(np.concatenate(found)).tolist()


def _segments(frame: pd.DataFrame, segment: str) -> list[str]:
    """Return the most frequent segments, by name."""
    if not segment:
        return []
    names = frame[segment].dropna().astype(str).str.strip()
    return sorted(names[names != ""].value_counts().index[:MOST_SEGMENTS])
