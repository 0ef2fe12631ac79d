"""Files that people really have, and what the gate makes of each: exit code, part of a sentence."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from gate_helpers import CRITERIA, scores

PASS, FAIL, WRONG, INSUFFICIENT = 0, 1, 2, 3


@dataclass(frozen=True)
class Hostile:
    """One file: what writes it, its name, what criteria say besides, and what has to come of it."""

    write: Callable[[Path], object]
    code: int
    says: str = ""
    name: str = "scores.csv"
    settings: str = ""
    asks: str = ""

    @property
    def criteria(self) -> str:
        """The text of the criteria file."""
        return CRITERIA.format(bound=0.1) + self.asks + self.settings


def asks(metric: str, bound: str) -> str:
    """One criterion more."""
    return f'\n[[criterion]]\nname = "{metric}"\nmetric = "{metric}"\n{bound}\nwhy = "Agreed."\n'


THRESHOLD = '\n[decision]\nrule = "threshold"\nthreshold = 0.7\n'
DATES = pd.Timestamp("2026-03-01")
GOOD = scores(600, frauds=60)
SECONDS = GOOD["time"].round()
STAMPS = DATES + pd.to_timedelta(SECONDS, unit="s")


def csv(change: Callable[[pd.DataFrame], pd.DataFrame] = lambda frame: frame, **options):
    """Write the good scores, changed, as CSV."""
    return lambda path: change(GOOD.copy()).to_csv(path, **{"index": False} | options)


def to(**columns) -> Callable[[Path], object]:
    """Write the good scores as CSV with other columns."""
    return csv(lambda frame: frame.assign(**columns))


def raw(change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    """Write the bytes of the good CSV, changed."""
    return lambda path: path.write_bytes(change(GOOD.to_csv(index=False).encode()))


def parquet(change: Callable[[pd.DataFrame], pd.DataFrame] = lambda frame: frame, **options):
    """Write the good scores, changed, as Parquet."""
    return lambda path: change(GOOD.copy()).to_parquet(path, **options)


def arrow(**columns: Callable[[pa.Array], pa.Array]) -> Callable[[Path], object]:
    """Write the good scores as Parquet, some columns in a type of Arrow's."""

    def write(path: Path) -> None:
        table = pa.Table.from_pandas(GOOD)
        for name, change in columns.items():
            column = change(table[name].combine_chunks())
            table = table.set_column(table.column_names.index(name), name, column)
        pa.parquet.write_table(table, path)

    return write


def parts(path: Path) -> None:
    """Write a folder of Parquet files, the later part under the earlier name."""
    path.mkdir()
    GOOD.iloc[300:].to_parquet(path / "part-0.parquet")
    GOOD.iloc[:300].to_parquet(path / "part-1.parquet")
    (path / "_SUCCESS").write_text("")


def odd_parts(first: object, second: object) -> Callable[[Path], object]:
    """Write a folder of two Parquet files whose times are in different types."""
    return folder(
        **{
            "part-0.parquet": GOOD.assign(time=first)[:300],
            "part-1.parquet": GOOD.assign(time=second)[300:],
        }
    )


def folder(**frames: pd.DataFrame) -> Callable[[Path], object]:
    """Write a folder of Parquet files."""

    def write(path: Path) -> None:
        for name, frame in frames.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            frame.to_parquet(path / name)

    return write


def with_one(column: str, value: object) -> Callable[[Path], object]:
    """Write the good scores as CSV with one other value, at position 7."""

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame[column] = frame[column].astype(object)
        frame.loc[7, column] = value
        return frame

    return csv(change)


def zipped(inner: str) -> Callable[[Path], object]:
    """Write a zip archive that holds one file."""

    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(inner, GOOD.to_csv(index=False))

    return write


def quoted(n: int) -> Callable[[Path], object]:
    """Write many rows, each with a line break in a column that is not used."""

    def write(path: Path) -> None:
        frame = scores(n, frauds=n // 10).assign(note='a "long"\nremark ' * 6)
        frame.to_csv(path, index=False)

    return write


def zstd_file(path: Path) -> None:
    """Write CSV in Zstandard, as the command of that name does."""
    with pa.CompressedOutputStream(str(path), "zstd") as stream:
        stream.write(GOOD.to_csv(index=False).encode())


def with_note(text: bytes, note: str, name: str = "note") -> bytes:
    """Add a column of notes, of which the first is quoted, and long."""
    header, first, rest = text.split(b"\n", maxsplit=2)
    header, first = header + f',"{name}"'.encode(), first + f',"{note}"'.encode()
    return b"\n".join([header, first, rest.replace(b"\n", b",\n")])


def inches(first: str, second: str) -> Callable[[Path], object]:
    """Write two quotes that are no quotes, in a column that is not used, in lines 11 and 401."""

    def change(frame: pd.DataFrame) -> bytes:
        lines = frame.assign(note="plain").to_csv(index=False).encode().splitlines(keepends=True)
        for row, note in ((10, first), (400, second)):
            lines[row] = lines[row].replace(b"plain", note.encode())
        return b"".join(lines)

    return lambda path: path.write_bytes(change(GOOD))


def old_inches(path: Path) -> None:
    """Write two quotes that are no quotes in a file whose lines end with CR alone."""
    inches('"5 inch', '"6 inch')(path)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r"))


def named(yes: str, no: str, **options):
    """Write labels as words."""
    return csv(lambda frame: frame.assign(label=np.where(frame["label"] == 1, yes, no)), **options)


def times(values: object, **more: object) -> Callable[[Path], object]:
    """Write other times."""
    return to(time=values, **more)


HOURS = np.sort(np.arange(600) % 30 + 1)
PERIOD = pd.date_range("2026-01-01", periods=90).repeat(7)[:600]
ALL_THERE = asks("cases", "at_least = 600") + asks("positives", "at_most = 60")
ALERTS = asks("alerts_per_day", "at_most = 5")
UNIT = '\n[time]\nunit = "{}"\n'
COLUMNS = "\n[columns]\n{}\n"
NAMES = {"time": "TIME", "amount": "AMOUNT", "label": "LABEL", "score": "SCORE"}
