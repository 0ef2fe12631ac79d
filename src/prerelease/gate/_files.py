"""Any file of scores as a table: CSV or Parquet, whole or in parts, compressed or piped."""

import codecs
import csv as text
import hashlib
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow
from pyarrow import parquet

from prerelease._validate import nearest
from prerelease.gate._columns import IF_THERE, ROLES, Columns

MARKS = ",;\t|"
HEAD, BLOCK = 1 << 20, 1 << 24
NONE = {
    "time": ', and time = "" where rows are independent',
    "amount": ', and amount = "" where there is no money',
    "label": ', and label = "" where none is known yet',
}
"""What may be missing, if that is said."""
COMPRESSED = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\x28\xb5\x2f\xfd": "zstd"}
OTHERS = {
    b"PK\x03\x04": "a zip archive: unpack it",
    b"\xff\xfe": "text in UTF-16: save it in UTF-8",
    b"\xfe\xff": "text in UTF-16: save it in UTF-8",
    b"{": "JSON: save it as CSV",
    b"[": "JSON: save it as CSV",
    b"<": "HTML or XML: save it as CSV",
}

Source = Callable[[], pa.NativeFile]


def used(columns: Columns, there: Sequence[str]) -> dict[str, str]:
    """Return which column plays which role, or say which one is not there, or is there twice.

    A column of segments plays a role of its own name.
    """
    found = {role: name for role in ROLES if (name := getattr(columns, role))}
    for role in IF_THERE:
        if found.get(role) == role and role not in there:
            found.pop(role)
    found |= {name: name for name in columns.segments}
    for role, name in found.items():
        if there.count(name) > 1:
            msg = f"it has {there.count(name)} columns {name!r}."
            raise ValueError(msg)
        if name not in there:
            near = nearest(name, map(str, there))
            msg = f"it has no column {name!r}: {near} Other names can be given with --column or in "
            msg += f"[columns] of the criteria{NONE.get(role, '')}."
            if role in columns.segments:
                msg = f"it has no column {name!r}, which holds segments: {near}"
            raise ValueError(msg)
    return found


def read(path: Path, columns: Columns) -> tuple[pd.DataFrame, list[str], str, list[str]]:
    """Return the columns that play a role, the names of all, the SHA-256, and what was left out."""
    try:
        if path.is_dir():
            return _parts(path, columns)
        source, digest = _opened(path)
        table, there = _table(source, columns)
        return _plain(table), there, digest, []
    except OSError as error:
        msg = f"it cannot be read: {error.strerror or error}."
        raise ValueError(msg) from error
    except UnicodeDecodeError as error:
        msg = "it is neither CSV nor Parquet: it is no text in UTF-8."
        raise ValueError(msg) from error
    except (pa.ArrowException, text.Error) as error:
        msg = f"it is neither CSV nor Parquet: {str(error).splitlines()[0]}"
        raise ValueError(msg) from error


def _opened(path: Path) -> tuple[Source, str]:
    """Return what opens the file, as often as it takes, and its SHA-256."""
    if str(path) == "-":
        if sys.stdin is None:
            msg = "that is the standard input, and it is closed."
            raise ValueError(msg)
        if sys.stdin.isatty():
            msg = "that is the standard input, and nothing is piped into it."
            raise ValueError(msg)
        content = sys.stdin.buffer.read()
        return partial(pa.BufferReader, content), hashlib.sha256(content).hexdigest()
    if path.exists() and not path.is_file():
        msg = f"it is a pipe or a device: say - instead, and `< {path}` at the end."
        raise ValueError(msg)
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    return partial(pa.OSFile, str(path)), digest


def _parts(path: Path, columns: Columns) -> tuple[pd.DataFrame, list[str], str, list[str]]:
    """Return the Parquet files of a folder as one, in the order of their times."""
    files, left_out = _listed(path)
    if "_delta_log" in left_out:
        msg = "it is a Delta table, which may hold rows that no longer count: export it."
        raise ValueError(msg)
    if not files:
        msg = "it is a folder without Parquet files."
        raise ValueError(msg)
    found = [read(file, columns) for file in files]
    table = pd.concat([frame for frame, *_ in found], ignore_index=True)
    if columns.time:
        try:
            if table[columns.time].dtype == object and len({*map(type, table[columns.time])}) > 1:
                raise TypeError
            table = table.sort_values(columns.time, kind="stable", ignore_index=True)
        except TypeError as error:
            msg = f"its parts hold {columns.time} in different types, or in one without an order."
            raise ValueError(msg) from error
    digest = hashlib.sha256("".join(one[2] for one in found).encode()).hexdigest()
    there = list(dict.fromkeys(name for one in found for name in one[1]))
    return table, there, digest, left_out


def _listed(path: Path) -> tuple[list[Path], list[str]]:
    """Return the Parquet files below a folder, and what else is there but hidden files.

    As elsewhere, a name that begins with a dot or ``_`` is hidden: what a job left, or a log.
    Links to folders are not followed.
    """
    files, others = [], []
    for folder, inside, names in os.walk(path):
        read = [one for one in inside if one[0] not in "._" and not Path(folder, one).is_symlink()]
        others += [Path(folder, one) for one in {*inside} - {*read}]
        inside[:] = read
        for file in (Path(folder, one) for one in names if one[0] not in "._"):
            (files if file.suffix.lower() in (".parquet", ".pq") else others).append(file)
    return sorted(files), sorted(one.relative_to(path).as_posix() for one in others)


def _table(source: Source, columns: Columns) -> tuple[pa.Table, list[str]]:
    opened, head = source, _head(source)
    kind = next((kind for mark, kind in COMPRESSED.items() if head.startswith(mark)), None)
    if kind:
        opened = partial(_unpacked, source, kind)
        head = _head(opened)
    if head.startswith(b"PAR1"):
        if kind:
            msg = f"it is Parquet inside {kind}: unpack it."
            raise ValueError(msg)
        with opened() as stream:
            file = parquet.ParquetFile(stream)
            there = file.schema_arrow.names
            return file.read(columns=list(used(columns, there).values())), there
    _no_text(head)
    there, mark, skip = _header(head, columns)
    convert = arrow.ConvertOptions(
        include_columns=list(used(columns, there).values()),
        decimal_point=columns.decimal,
        strings_can_be_null=True,
        column_types=dict.fromkeys(columns.segments, pa.string()),  # 007 is no number
    )
    reading = arrow.ReadOptions(column_names=there, skip_rows=skip, block_size=BLOCK)
    parsing = arrow.ParseOptions(delimiter=mark, newlines_in_values=True)
    with opened() as stream:
        table = arrow.read_csv(stream, reading, parsing, convert)
    _quotes(opened, mark, len(table) + skip)
    return table, there


def _quotes(opened: Source, mark: str, lines: int) -> None:
    """Refuse a quote that ends amid a cell, where more lines are there than rows were found.

    A quote that is left open takes all rows up to the next one into its cell, without a word.
    """
    found = quotes = 0
    with opened() as stream:
        while chunk := stream.read(BLOCK):
            ends = chunk.count(b"\n") + chunk.count(b"\r") - chunk.count(b"\r\n")
            found, quotes = found + ends, quotes + chunk.count(b'"')
    if not quotes or found <= lines:
        return
    with opened() as stream, _long_cells():
        there = io.TextIOWrapper(stream, "utf-8", errors="replace", newline="")
        reader = text.reader(there, delimiter=mark, strict=True)
        try:
            for _ in reader:
                pass
        except text.Error as error:
            msg = f'its quotes (") do not match, by line {reader.line_num}: {error}.'
            raise ValueError(msg) from error


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let a cell be as long as a file; else 131,072 signs are the most."""
    before = text.field_size_limit(2**31 - 1)
    try:
        yield
    finally:
        text.field_size_limit(before)


def _unpacked(source: Source, kind: str) -> pa.NativeFile:
    return pa.CompressedInputStream(source(), kind)


def _head(source: Source) -> bytes:
    with source() as stream:
        return stream.read(HEAD)


def _no_text(head: bytes) -> None:
    """Say what it is, where it is no CSV."""
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        msg = "it is empty."
        raise ValueError(msg)
    told = next((told for mark, told in OTHERS.items() if head.lstrip().startswith(mark)), "")
    if head.startswith(b"PK") and b"[Content_Types].xml" in head:
        told = "a spreadsheet (.xlsx): save it as CSV"
    if b"\0" in head and not told:
        told = "neither CSV nor Parquet: it holds bytes that no text has"
    if told:
        msg = f"it is {told}."
        raise ValueError(msg)


def _header(head: bytes, columns: Columns) -> tuple[list[str], str, int]:
    """Return the names, the mark between them, and how many lines end with them."""
    lines = codecs.getincrementaldecoder("utf-8-sig")().decode(head)
    with _long_cells():
        first = {mark: _first(lines, mark) for mark in MARKS}
    wanted = {getattr(columns, role) for role in ROLES} | {*columns.segments}
    best = max(MARKS, key=lambda mark: (len(wanted & {*first[mark][0]}), len(first[mark][0])))
    return first[best][0], best, first[best][1]


def _first(lines: str, mark: str) -> tuple[list[str], int]:
    """Return the first row that says something, and the number of its last line."""
    reader = text.reader(io.StringIO(lines, newline=""), delimiter=mark)
    for row in reader:
        names = [name.strip() for name in row]
        if any(names) and not names[0].lower().startswith("sep="):  # as spreadsheets begin
            return names, reader.line_num
    return [], 0


def _plain(table: pa.Table) -> pd.DataFrame:
    """Return a data frame of numbers, dates and text, whatever Parquet calls them."""
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        kind = pa.float64() if pa.types.is_decimal(kind) else kind
        columns[name] = column.cast(kind).to_pandas(date_as_object=False)
    return pd.DataFrame(columns, copy=False)
