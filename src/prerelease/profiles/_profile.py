"""Profiles: tables of counts that add up, with the contract that they were made by."""

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet

from prerelease import _validate
from prerelease._output import files_in, write_whole

from ._contract import Contract

KEYS = ["column", "segment", "block", "bin", "label"]
SUMS = ["n", "score", "amount", "product"]
TYPES = {"block": "int64", "bin": "int16", "label": "int8"} | dict.fromkeys(SUMS, "int64")
OWN = b"prerelease profile"
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Profile:
    """Counts of rows by block of time, segment, column and bin.

    Parameters
    ----------
    contract : Contract
        What was counted, and in which bins.
    counts : pandas.DataFrame
        A row for each ``column``, ``segment``, ``block``, ``bin`` (-1: missing) and ``label``
        (-1: unknown) that has rows: how many (``n``), and of the score's bins the sums of
        ``score``, ``amount`` and their ``product``, in whole units.

    Examples
    --------
    >>> from prerelease.profiles import profile
    >>> rows = pd.DataFrame({"time": [0, 5, 700], "score": [0.1, 0.4, 0.9]})
    >>> profile(rows, Contract.of(rows, bins=2)).span
    (0.0, 1200.0)
    """

    contract: Contract
    counts: pd.DataFrame

    @cached_property
    def scored(self) -> pd.DataFrame:
        """Return the counts of the score's bins, each row in one of them."""
        return self.counts[self.counts["column"] == self.contract.score]

    @property
    def rows(self) -> int:
        """Return how many rows were counted."""
        return int(self.scored["n"].sum())

    @property
    def known(self) -> int:
        """Return of how many the label is known."""
        return int(self.scored.loc[self.scored["label"] >= 0, "n"].sum())

    @cached_property
    def blocks(self) -> NDArray[np.int64]:
        """Return the numbers of the blocks of time that have rows."""
        return np.unique(self.scored["block"].to_numpy())

    @property
    def span(self) -> tuple[float, float]:
        """Return the seconds at which the first block begins and the last one ends."""
        length = self.contract.block
        return float(self.blocks[0] * length), float((self.blocks[-1] + 1) * length)

    def of_segment(self, name: str) -> "Profile":
        """Return the counts of one segment.

        Parameters
        ----------
        name : str
            A segment of the contract, ``"(other)"`` or ``"(missing)"``.
        """
        return replace(self, counts=self.counts[self.counts["segment"] == name])

    def table(self, column: str) -> Floats:
        """Return the rows of a column by block and bin, the missing ones first.

        Parameters
        ----------
        column : str
            One that is counted in bins.
        """
        if column not in self.contract.edges:
            told = _validate.nearest(column, self.contract.edges)
            msg = f"the profile has no column {column!r}: {told}"
            raise ValueError(msg)
        found = self.counts[self.counts["column"] == column]
        return self.by_block(found, found["bin"] + 1, len(self.contract.bins(column)) + 2)

    def by_block(
        self, found: pd.DataFrame, cell: pd.Series, n_cells: int, what: str = "n"
    ) -> Floats:
        """Add up some of the counts by block and cell."""
        block = np.searchsorted(self.blocks, found["block"])
        place = block * n_cells + cell.to_numpy()
        sums = np.bincount(place, weights=found[what], minlength=len(self.blocks) * n_cells)
        return sums.reshape(len(self.blocks), n_cells)

    def write(self, file: str | Path) -> None:
        """Write the profile as Parquet, whole or not at all.

        Parameters
        ----------
        file : str or pathlib.Path
            Replaced where it is there.
        """
        table = pa.Table.from_pandas(self.counts, preserve_index=False)
        about = {"contract": self.contract.to_json(), "sha256": self.contract.digest}
        told = {OWN: json.dumps(about | {"rows": self.rows}).encode()}
        buffer = io.BytesIO()
        parquet.write_table(table.replace_schema_metadata(told), buffer, compression="zstd")
        write_whole(Path(file), buffer.getvalue())


def in_order(counts: pd.DataFrame) -> pd.DataFrame:
    """Return counts in one order and type, those of the same cell added up."""
    counts = counts[[*KEYS, *SUMS]].astype(TYPES)
    return counts.groupby(KEYS, observed=True, as_index=False, sort=True)[SUMS].sum()


def add(*profiles: Profile) -> Profile:
    """Add profiles of the same contract, in any order.

    Parameters
    ----------
    *profiles : Profile
        Of rows that differ: rows that are in two of them count twice.

    Returns
    -------
    Profile
        What counting all rows at once would have given.

    Raises
    ------
    ValueError
        If there is none, or contracts differ.

    Examples
    --------
    >>> from prerelease.profiles import profile
    >>> rows = pd.DataFrame({"time": [0, 5, 700], "score": [0.1, 0.4, 0.9]})
    >>> agreed = Contract.of(rows, bins=2)
    >>> add(profile(rows.iloc[:2], agreed), profile(rows.iloc[2:], agreed)).rows
    3
    """
    if not profiles:
        msg = "There must be a profile to add, got none."
        raise ValueError(msg)
    for one in profiles[1:]:
        same_contract(profiles[0], one)
    if len(profiles) == 1:
        return profiles[0]
    counts = pd.concat([one.counts for one in profiles], ignore_index=True)
    return Profile(profiles[0].contract, in_order(counts))


def same_contract(one: Profile, other: Profile) -> None:
    """Say in what two profiles differ that cannot be held against each other."""
    if one.contract.digest == other.contract.digest:
        return
    sides = asdict(one.contract), asdict(other.contract)
    differ = ", ".join(name for name, value in sides[0].items() if value != sides[1][name])
    msg = (
        f"Profiles must be of the same contract, got {one.contract.digest[:12]}… and "
        f"{other.contract.digest[:12]}…, which differ in {differ}: count the rows of one again by "
        "the contract of the other."
    )
    raise ValueError(msg)


def read(*places: str | Path) -> Profile:
    """Read profiles and add them up.

    Parameters
    ----------
    *places : str or pathlib.Path
        Files, or folders, of which all profiles are read.

    Returns
    -------
    Profile
        Their sum.

    Raises
    ------
    ValueError
        If there is no profile, a file is none or is damaged, or contracts differ.

    Examples
    --------
    >>> import tempfile
    >>> from prerelease.profiles import profile
    >>> rows = pd.DataFrame({"time": [0, 5, 700], "score": [0.1, 0.4, 0.9]})
    >>> folder = Path(tempfile.mkdtemp())
    >>> profile(rows, Contract.of(rows, bins=2)).write(folder / "monday.parquet")
    >>> read(folder).rows
    3
    """
    files = [file for place in places for file in _files(Path(place))]
    found = [_read(file) for file in files]
    for file, one in zip(files, found, strict=True):
        try:
            same_contract(found[0], one)
        except ValueError as error:
            msg = f"{files[0]} and {file}: {error}"
            raise ValueError(msg) from error
    return add(*found)


def _files(place: Path) -> Sequence[Path]:
    if not place.exists():
        raise FileNotFoundError(2, "No such file or directory", str(place))
    files = [
        file
        for file in files_in(place)
        if file == place or (file.suffix == ".parquet" and not file.name.startswith("."))
    ]
    if not files:
        msg = f"{place} holds no profile: `prerelease profile … --out {place}` makes one."
        raise ValueError(msg)
    return files


def _read(file: Path) -> Profile:
    try:
        table = parquet.read_table(file, partitioning=None)
        about = json.loads((table.schema.metadata or {})[OWN])
        contract = Contract.from_json(about["contract"])
        counts = table.to_pandas()
        counts["column"] = pd.Categorical(counts["column"], categories=[*contract.columns])
        made = Profile(contract, in_order(counts))
    except KeyError as error:
        msg = f"{file} is no profile: `prerelease profile` makes one of rows."
        raise ValueError(msg) from error
    except (pa.ArrowException, ValueError, TypeError) as error:
        reason = str(error).split("\n", maxsplit=1)[0]
        msg = f"{file} is no profile, or was not written whole: {reason}"
        raise ValueError(msg) from error
    if about["sha256"] != contract.digest or about["rows"] != made.rows:
        msg = (
            f"{file} was changed after it was written: it says {about['rows']:,} rows and contract "
            f"{about['sha256'][:12]}…, and holds {made.rows:,} and {contract.digest[:12]}…."
        )
        raise ValueError(msg)
    return made
