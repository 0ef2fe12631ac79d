"""Files that people really have, and what the gate makes of each: exit code, part of a sentence."""

import bz2
import gzip
import json
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

HOSTILE = {
    # Time
    "epoch milliseconds": Hostile(
        times(1_772_323_200_000 + (1000 * SECONDS).astype(int)), WRONG, "counts ms since 1970"
    ),
    "epoch milliseconds, declared": Hostile(
        times(1_772_323_200_000 + (1000 * SECONDS).astype(int)), PASS, settings=UNIT.format("ms")
    ),
    "epoch microseconds": Hostile(
        times(1_772_323_200_000_000 + (1e6 * SECONDS).astype(int)), WRONG, "counts us since 1970"
    ),
    "epoch nanoseconds": Hostile(
        times(1_772_323_200 * 10**9 + (10**9 * SECONDS.astype(int))), WRONG, "counts ns since 1970"
    ),
    "epoch seconds": Hostile(times(1_772_323_200 + SECONDS.astype(int)), PASS),
    "milliseconds of five days": Hostile(
        times(np.linspace(0, 432_000_000, 600).astype(int)), WRONG, "would span 13.7 years"
    ),
    "hours of a simulation": Hostile(times(HOURS), WRONG, "would span 29 seconds, for 600 rows"),
    "hours of a simulation, declared": Hostile(
        times(HOURS), PASS, settings=UNIT.format("h"), asks=asks("days", "at_most = 1.25")
    ),
    "dates as numbers": Hostile(
        times(np.sort(20_260_301 + np.arange(600) % 30)), WRONG, "look like dates, such as 20260301"
    ),
    "dates and hours as numbers": Hostile(
        times(STAMPS.dt.strftime("%Y%m%d%H%M%S")), WRONG, "look like dates, such as 20260301"
    ),
    "a unit that there is not": Hostile(
        csv(), WRONG, "unit must be one of", settings=UNIT.format("sec")
    ),
    "UTC in ISO 8601": Hostile(times(STAMPS.dt.strftime("%Y-%m-%dT%H:%M:%SZ")), PASS),
    "a zone in ISO 8601": Hostile(times(STAMPS.dt.strftime("%Y-%m-%dT%H:%M:%S+02:00")), PASS),
    "a zone in some rows": Hostile(
        times(STAMPS.dt.strftime("%Y-%m-%dT%H:%M:%S").where(STAMPS.index > 0, "2026-03-01T00:00Z")),
        WRONG,
        "has a time zone in some rows and none in others",
    ),
    "a zone of hours alone in some rows": Hostile(
        times(STAMPS.astype(str) + np.where(STAMPS.index < 300, "+02", "")),
        WRONG,
        "has a time zone in some rows and none in others",
    ),
    "a zone of hours alone": Hostile(times(STAMPS.astype(str) + "+02"), PASS),
    "the last date that there is": Hostile(
        times(STAMPS.astype(str).where(STAMPS.index < 599, "9999-12-31 00:00:00")),
        WRONG,
        "time must be dates from 1700 to 2200, got 9999-12-31 00:00:00 at position 599",
    ),
    "the first date that there is": Hostile(
        parquet(
            lambda frame: frame.assign(
                time=STAMPS.astype("M8[s]").mask(STAMPS.index < 1, np.datetime64("0001-01-01"))
            )
        ),
        WRONG,
        "time must be dates from 1700 to 2200, got 0001-01-01 00:00:00 at position 0",
        name="s.parquet",
    ),
    "UTC in Parquet": Hostile(
        parquet(lambda frame: frame.assign(time=STAMPS.dt.tz_localize("UTC"))),
        PASS,
        name="s.parquet",
    ),
    "Brussels in Parquet": Hostile(
        parquet(lambda frame: frame.assign(time=STAMPS.dt.tz_localize("Europe/Brussels"))),
        PASS,
        name="s.parquet",
    ),
    "time since the start in Parquet": Hostile(
        parquet(lambda frame: frame.assign(time=STAMPS - DATES)), PASS, name="s.parquet"
    ),
    "text of dates in Parquet": Hostile(
        parquet(lambda frame: frame.assign(time=STAMPS.astype(str))), PASS, name="s.parquet"
    ),
    "90 dates": Hostile(times(PERIOD.astype(str)), PASS, asks=asks("days", "at_least = 86")),
    "90 dates are no more than they are": Hostile(
        times(PERIOD.astype(str)), FAIL, asks=asks("days", "at_least = 86.5")
    ),
    "dates of another country": Hostile(
        times(STAMPS.dt.strftime("%d/%m/%Y %H:%M")), WRONG, "time must be seconds, or dates such as"
    ),
    "times of day": Hostile(times("10:30"), WRONG, "time must be seconds, or dates"),
    "a missing time": Hostile(with_one("time", np.nan), WRONG, "time must be finite, got nan"),
    "a missing date": Hostile(
        times(STAMPS.astype(str).where(STAMPS.index != 7, "")), WRONG, "time must be"
    ),
    "newest first": Hostile(csv(lambda frame: frame[::-1]), WRONG, "time must be sorted in time"),
    "32 years of nothing": Hostile(
        times(STAMPS.mask(STAMPS.index < 300, STAMPS - pd.Timedelta(days=11_588)).astype(str)),
        FAIL,
        "nothing happened for 11,588 days after position 299",
        asks=asks("days", "at_least = 1"),
    ),
    "all at once": Hostile(times(5), INSUFFICIENT, "all rows have the same time"),
    "no times, not said": Hostile(
        csv(lambda frame: frame.drop(columns="time")), WRONG, 'time = "" where rows are independent'
    ),
    "no times": Hostile(
        csv(lambda frame: frame.drop(columns="time")), PASS, settings=COLUMNS.format('time = ""')
    ),
    "no times, and a rate asked for": Hostile(
        csv(lambda frame: frame.drop(columns="time")),
        INSUFFICIENT,
        "there is no column of times",
        settings=COLUMNS.format('time = ""') + THRESHOLD.replace("0.7", "0.1"),
        asks=ALERTS,
    ),
    # Labels
    "labels by name": Hostile(
        named("yes", "no"), PASS, settings=COLUMNS.format('positive = "yes"')
    ),
    "labels by name, not said": Hostile(named("yes", "no"), WRONG, 'say positive = "yes"'),
    "labels by another name": Hostile(
        named("Yes", "No"),
        WRONG,
        "label must hold 'yes' and one other label, got 'No', 'Yes'",
        settings=COLUMNS.format('positive = "yes"'),
    ),
    "true and false, by name": Hostile(
        named("true", "false"), PASS, settings=COLUMNS.format('positive = "true"')
    ),
    "TRUE and false, some missing": Hostile(
        to(label=GOOD["label"].map({1: "TRUE", 0: "false"}).where(GOOD.index != 3)),
        INSUFFICIENT,
        "1 of 600 rows have no label yet",
        settings=COLUMNS.format('positive = "TRUE"'),
    ),
    "three labels": Hostile(
        csv(lambda frame: frame.assign(label=np.where(frame.index == 3, "open", "no"))),
        WRONG,
        "one other label",
        settings=COLUMNS.format('positive = "yes"'),
    ),
    "labels of 1 and 2": Hostile(
        csv(lambda frame: frame.assign(label=frame["label"] + 1)), WRONG, "must hold only 0 and 1"
    ),
    "labels of 1 and 2, said": Hostile(
        csv(lambda frame: frame.assign(label=frame["label"] + 1)),
        PASS,
        settings=COLUMNS.format('positive = "2"'),
    ),
    "labels of -1 and 1": Hostile(
        csv(lambda frame: frame.assign(label=2 * frame["label"] - 1)), WRONG, "got -1 at position"
    ),
    "true and false": Hostile(csv(lambda frame: frame.assign(label=frame["label"] == 1)), PASS),
    "one label is missing": Hostile(
        with_one("label", np.nan), INSUFFICIENT, "1 of 600 rows have no label yet"
    ),
    "no label is known": Hostile(
        to(label=np.nan), INSUFFICIENT, "600 of 600 rows have no label yet"
    ),
    "no column of labels": Hostile(
        csv(lambda frame: frame.drop(columns="label")), WRONG, "has no column 'label'"
    ),
    "no column of labels, said": Hostile(
        csv(lambda frame: frame.drop(columns="label")),
        INSUFFICIENT,
        "600 of 600 rows have no label yet",
        settings=COLUMNS.format('label = ""'),
    ),
    # Scores
    "a score above 1 by rounding": Hostile(with_one("score", 1.0000000000000002), PASS),
    "scores that are tiny and no probabilities": Hostile(
        csv(lambda frame: frame.assign(score=(frame["score"] - 0.3) * 1e-6)),
        PASS,
        asks=asks("roc_auc", "at_least = 0.9"),
    ),
    "a score above 1": Hostile(
        with_one("score", 1.2),
        INSUFFICIENT,
        "it takes probabilities from 0 to 1",
        settings=THRESHOLD,
        asks=asks("recall", "at_least = 0.01"),
    ),
    "log-odds": Hostile(
        csv(lambda frame: frame.assign(score=np.log(frame["score"] / (1 - frame["score"])))), PASS
    ),
    "log-odds that decide": Hostile(
        csv(lambda frame: frame.assign(score=np.log(frame["score"] / (1 - frame["score"])))),
        INSUFFICIENT,
        "it takes probabilities from 0 to 1",
        asks=asks("cost_per_1000", "at_most = 1e9"),
    ),
    "an infinite score": Hostile(with_one("score", "inf"), WRONG, "score must be finite, got inf"),
    "a number that no parser survives": Hostile(
        with_one("score", "0.50786261e999230225712"), WRONG, "score must be finite"
    ),
    "a missing score": Hostile(with_one("score", np.nan), WRONG, "score must be finite, got nan"),
    "scores in words": Hostile(to(score="high"), WRONG, "score must be numbers, got 'high'"),
    "a score in words": Hostile(with_one("score", "n.a."), WRONG, "got 'n.a.' at position 7"),
    "scores in per cent": Hostile(
        csv(lambda frame: frame.assign(score=[f"{one:.2%}" for one in frame["score"]])),
        WRONG,
        "score must be numbers",
    ),
    "complex scores": Hostile(to(score="(0.5+1j)"), WRONG, "score must be numbers"),
    "scores of 32 bits": Hostile(
        parquet(
            lambda frame: frame.assign(
                score=frame["score"].mask((frame["label"] == 1) & (frame.index % 4 > 0), 0.7)
            ).astype({"score": "f4"})
        ),
        PASS,
        name="s.parquet",
        settings=THRESHOLD,
        asks=asks("recall", "at_least = 0.3"),
    ),
    # Amounts and weights
    "a refund": Hostile(with_one("amount", -5), WRONG, 'say negative_amounts = "zero"'),
    "a refund that counts as nothing": Hostile(
        with_one("amount", -5), PASS, settings=COLUMNS.format('negative_amounts = "zero"')
    ),
    "a refund that counts as much": Hostile(
        with_one("amount", -5), PASS, settings=COLUMNS.format('negative_amounts = "absolute"')
    ),
    "another rule for refunds": Hostile(
        with_one("amount", -5),
        WRONG,
        "negative_amounts must be one of",
        settings=COLUMNS.format('negative_amounts = "drop"'),
    ),
    "amounts with their currency": Hostile(
        to(amount="€ 5"), WRONG, "amount must be numbers, got '€ 5'"
    ),
    "amounts with thousands": Hostile(
        to(amount="1,234.50"), WRONG, "got '1,234.50' at position 0."
    ),
    "a missing amount": Hostile(with_one("amount", ""), WRONG, "amount must be finite, got nan"),
    "no amounts, not said": Hostile(
        csv(lambda frame: frame.drop(columns="amount")),
        WRONG,
        'amount = "" where there is no money',
    ),
    "no amounts": Hostile(
        csv(lambda frame: frame.drop(columns="amount")),
        PASS,
        settings=COLUMNS.format('amount = ""'),
    ),
    "no amounts and no fee": Hostile(
        csv(lambda frame: frame.drop(columns="amount")),
        INSUFFICIENT,
        "what is missed costs nothing",
        settings=COLUMNS.format('amount = ""') + "\n[costs]\nmiss_fee = 0\n",
        asks=asks("cost_per_1000", "at_most = 1e9"),
    ),
    "weights": Hostile(to(weight=2), FAIL, asks=asks("cases", "at_most = 700")),
    "weights that are not meant": Hostile(
        to(weight=2),
        PASS,
        "Not used: 'weight'",
        settings=COLUMNS.format('weight = ""'),
        asks=asks("cases", "at_most = 700"),
    ),
    "weights of more cases than k": Hostile(
        to(weight=2), PASS, asks=asks("recall_at_k", "at_least = 0.5\nk = 1000")
    ),
    "weights of fewer cases than k": Hostile(
        to(weight=0.5),
        INSUFFICIENT,
        "k is 400, and there are 300 cases",
        asks=asks("recall_at_k", "at_least = 0.1\nk = 400"),
    ),
    "weights of 0": Hostile(to(weight=0), WRONG, "weight must be above 0, got 0"),
    "weights beyond all sums": Hostile(to(weight=1e308), WRONG, "weight must have a finite sum"),
    "a missing weight": Hostile(
        csv(lambda frame: frame.assign(weight=np.where(frame.index == 7, np.nan, 1))),
        WRONG,
        "weight must be finite, got nan",
    ),
    "weights by a name that is not there": Hostile(
        csv(), WRONG, "has no column 'w'", settings=COLUMNS.format('weight = "w"')
    ),
    # Names
    "columns that play no part": Hostile(
        to(customer="x", segment=3), PASS, "Not used: 'customer', 'segment'."
    ),
    "names in capitals": Hostile(
        csv(lambda frame: frame.rename(columns=NAMES)), WRONG, "did you mean 'TIME'?"
    ),
    "a column twice": Hostile(
        csv(lambda frame: pd.concat([frame, frame[["score"]]], axis=1)), WRONG, "2 columns 'score'"
    ),
    "an index in front": Hostile(csv(index=True), PASS, "Not used: ''"),
    "names that are the same": Hostile(
        csv(), WRONG, "needs a name of its own", settings=COLUMNS.format('score = "label"')
    ),
    "a number for a name": Hostile(
        csv(), WRONG, "time must be text", settings=COLUMNS.format("time = 0")
    ),
    "no header": Hostile(csv(header=False), WRONG, "has no column 'time'"),
    "spaces around names": Hostile(raw(lambda text: text.replace(b",", b" , ", 3)), PASS),
    # Text
    "semicolons": Hostile(csv(sep=";"), PASS),
    "tabs": Hostile(csv(sep="\t"), PASS, name="scores.tsv"),
    "bars": Hostile(csv(sep="|"), PASS),
    "semicolons and commas": Hostile(
        csv(sep=";", decimal=","), WRONG, 'say decimal = "," in [file]'
    ),
    "semicolons and commas, said": Hostile(
        csv(sep=";", decimal=","), PASS, settings='\n[file]\ndecimal = ","\n'
    ),
    "commas, said, and points there": Hostile(
        csv(sep=";"), WRONG, "must be", settings='\n[file]\ndecimal = ","\n'
    ),
    "a spreadsheet's first line": Hostile(
        lambda path: path.write_text("sep=;\n" + GOOD.to_csv(sep=";", index=False)), PASS
    ),
    "a mark of UTF-8": Hostile(raw(lambda text: b"\xef\xbb\xbf" + text), PASS),
    "empty lines first": Hostile(raw(lambda text: b"\n\r\n" + text), PASS),
    "lines that end as of old": Hostile(raw(lambda text: text.replace(b"\n", b"\r")), PASS),
    "line breaks in quotes": Hostile(quoted(60_000), PASS, "Not used: 'note'."),
    "a very long cell": Hostile(
        raw(lambda text: with_note(text, "it says\n" * 40_000)), PASS, "Not used: 'note'."
    ),
    "a very long name": Hostile(
        raw(lambda text: with_note(text, "short", name="n" * 200_000)),
        PASS,
        f"Not used: '{'n' * 80}…'.",
    ),
    "a very long cell, and inches": Hostile(
        raw(lambda text: with_note(text, "it says\n" * 40_000) + b'9999,1,0,"5 "inch,"\n'),
        WRONG,
        "do not match",
    ),
    "a line break in a name": Hostile(
        lambda path: GOOD.assign(x=1).rename(columns={"x": "a\nb"}).to_csv(path, index=False), PASS
    ),
    "a quote that is never closed": Hostile(inches('"5 inch', "6 inch"), WRONG),
    "quotes in many rows": Hostile(
        raw(lambda text: text.replace(b"\n", b'\n"', 8)), WRONG, 'its quotes (") do not match'
    ),
    "inches": Hostile(inches('"5 inch', '"6 inch'), WRONG, "do not match, by line 401"),
    "feet and inches": Hostile(inches('"5 inch', '6" inch'), WRONG, "do not match, by line 401"),
    "inches, and lines that end as of old": Hostile(old_inches, WRONG, "do not match, by line 401"),
    "a row too short": Hostile(
        raw(lambda text: text + b"1,2\n"), WRONG, "Expected 4 columns, got 2"
    ),
    "a file cut off": Hostile(raw(lambda text: text[:-30]), WRONG, "Expected 4 columns"),
    "an empty file": Hostile(raw(lambda text: b""), WRONG, "it is empty"),
    "only a mark": Hostile(raw(lambda text: b"\xef\xbb\xbf\r\n"), WRONG, "it is empty"),
    "only a header": Hostile(csv(lambda frame: frame[:0]), WRONG, "its header and no row"),
    "Latin-1": Hostile(
        lambda path: GOOD.assign(Größe=1).to_csv(path, index=False, encoding="latin-1"),
        WRONG,
        "no text in UTF-8",
    ),
    "bytes of value 0": Hostile(
        raw(lambda text: text[:50] + b"\0" + text[50:]), WRONG, "no text has"
    ),
    # Other formats
    "UTF-16": Hostile(csv(encoding="utf-16"), WRONG, "is text in UTF-16"),
    "gzip": Hostile(raw(gzip.compress), PASS, name="scores.csv.gz"),
    "gzip by another name": Hostile(raw(gzip.compress), PASS),
    "gzip cut off": Hostile(raw(lambda text: gzip.compress(text)[:-40]), WRONG, "cannot be read"),
    "bzip2": Hostile(raw(bz2.compress), PASS, name="scores.csv.bz2"),
    "Zstandard": Hostile(zstd_file, PASS, name="scores.csv.zst"),
    "gzip of gzip": Hostile(
        raw(lambda text: gzip.compress(gzip.compress(text))), WRONG, "neither CSV nor Parquet"
    ),
    "zip": Hostile(zipped("scores.csv"), WRONG, "is a zip archive: unpack it", name="scores.zip"),
    "a spreadsheet": Hostile(
        zipped("[Content_Types].xml"), WRONG, "is a spreadsheet (.xlsx)", name="scores.xlsx"
    ),
    "JSON": Hostile(
        lambda path: path.write_text(json.dumps(GOOD.to_dict("list"))), WRONG, "is JSON"
    ),
    "lines of JSON": Hostile(
        lambda path: GOOD.to_json(path, orient="records", lines=True), WRONG, "is JSON"
    ),
    "a page": Hostile(lambda path: path.write_text("<html><table>"), WRONG, "is HTML or XML"),
    "a pickle": Hostile(
        lambda path: GOOD.to_pickle(path, compression=None), WRONG, "neither CSV nor Parquet"
    ),
    "Feather": Hostile(GOOD.to_feather, WRONG, "neither CSV nor Parquet"),
    "Parquet by another name": Hostile(parquet(), PASS),
    "Parquet in gzip": Hostile(
        lambda path: path.write_bytes(gzip.compress(GOOD.to_parquet())),
        WRONG,
        "Parquet inside gzip",
    ),
    "Parquet cut off": Hostile(
        lambda path: path.write_bytes(GOOD.to_parquet()[:-30]), WRONG, "Parquet", name="s.parquet"
    ),
    "CSV that is called Parquet": Hostile(csv(), PASS, name="s.parquet"),
    "Parquet with an index": Hostile(
        parquet(lambda frame: frame.set_index("time")), PASS, name="s.parquet"
    ),
    "Parquet with decimals": Hostile(
        arrow(amount=lambda one: one.cast(pa.decimal128(12, 2), safe=False)), PASS, name="s.parquet"
    ),
    "Parquet with dictionaries": Hostile(
        parquet(
            lambda frame: frame.assign(label=np.where(frame["label"] == 1, "yes", "no")).astype(
                {"label": "category"}
            )
        ),
        PASS,
        name="s.parquet",
        settings=COLUMNS.format('positive = "yes"'),
    ),
    "Parquet with missing labels": Hostile(
        parquet(
            lambda frame: frame.assign(
                label=frame["label"].astype("boolean").mask(frame.index == 3)
            )
        ),
        INSUFFICIENT,
        "1 of 600 rows have no label yet",
        name="s.parquet",
    ),
    "Parquet with numbers as text": Hostile(
        parquet(lambda frame: frame.assign(score=frame["score"].astype(str))),
        WRONG,
        "score must be numbers, got text such as",
        name="s.parquet",
    ),
    "Parquet with empty labels": Hostile(
        parquet(lambda frame: frame.assign(label=np.where(frame["label"] == 1, "yes", ""))),
        INSUFFICIENT,
        "540 of 600 rows have no label yet",
        name="s.parquet",
        settings=COLUMNS.format('positive = "yes"'),
    ),
    "Parquet with lists": Hostile(
        parquet(lambda frame: frame.assign(score=[[1.0]] * 600)),
        WRONG,
        "score must be numbers",
        name="s.parquet",
    ),
    "a folder of parts": Hostile(parts, PASS, name="scores"),
    "parts of different types": Hostile(
        odd_parts(SECONDS, STAMPS), WRONG, "in different types", name="scores"
    ),
    "parts of which one has a zone": Hostile(
        odd_parts(STAMPS, STAMPS.dt.tz_localize("UTC")), WRONG, "in different types", name="scores"
    ),
    "parts of two zones": Hostile(
        odd_parts(
            STAMPS.dt.tz_localize("UTC"), STAMPS.dt.tz_localize("UTC").dt.tz_convert("Japan")
        ),
        PASS,
        name="scores",
    ),
    "parts whose times are tables": Hostile(
        odd_parts([{"s": 1}] * 600, [{"s": 1}] * 600), WRONG, "without an order", name="scores"
    ),
    "parts by other endings": Hostile(
        folder(**{"0.parquet": GOOD[:200], "1.pq": GOOD[200:400], "2/3.PARQUET": GOOD[400:]}),
        PASS,
        name="scores",
        asks=ALL_THERE,
    ),
    "parts of a job that died": Hostile(
        folder(**{"0.parquet": GOOD, "_temporary/0/0.parquet": GOOD, ".cache/0.parquet": GOOD}),
        PASS,
        "Left out of the folder: '.cache', '_temporary'.",
        name="scores",
        asks=ALL_THERE,
    ),
    "parts beside other files": Hostile(
        folder(**{"0.parquet": GOOD, "1.parquet.bak": GOOD}),
        PASS,
        "Left out of the folder: '1.parquet.bak'.",
        name="scores",
    ),
    "a Delta table": Hostile(
        folder(**{"0.parquet": GOOD, "_delta_log/0.checkpoint.parquet": GOOD}),
        WRONG,
        "it is a Delta table",
        name="scores",
    ),
    "an empty folder": Hostile(lambda path: path.mkdir(), WRONG, "folder without Parquet files"),
    "no file": Hostile(lambda path: None, WRONG, "cannot be read: No such file"),
}
