"""What is wrong with a file that is not the published one, in a sentence or two."""

import csv
from pathlib import Path

import pandas as pd

from ._contract import check
from ._errors import ContractError
from ._facts import COLUMNS, Expected

_SIGNATURES = (
    (b"PK\x03\x04", "It is a zip archive, not a CSV: unzip it and name the CSV inside."),
    (b"\x1f\x8b", "It is a gzip archive, not a CSV: unpack it and name the CSV inside."),
    (b"\xfd7zXZ", "It is an xz archive, not a CSV: unpack it and name the CSV inside."),
    (b"PAR1", "It is a Parquet file, not a CSV."),
    (b"ARROW1", "It is an Arrow file, not a CSV."),
    (b"\xff\xfe", "It is encoded as UTF-16: save it as UTF-8."),
    (b"\xfe\xff", "It is encoded as UTF-16: save it as UTF-8."),
    (b"\xef\xbb\xbf", "It starts with a byte-order mark: it was saved again by another program."),
)


def explain(path: Path, expected: Expected) -> str:
    """Say what is wrong with a file, as closely as can be told.

    Parameters
    ----------
    path : pathlib.Path
        The file that was rejected.
    expected : Expected
        What it should have been.

    Returns
    -------
    str
        One or more sentences; for a broken table they name column, row and value.
    """
    try:
        return _access(path) or _form(path) or _content(path, expected)
    except OSError as error:
        return f"It cannot be read: {error.strerror or error}."


def _access(path: Path) -> str:
    """Say why there is no file to read, or nothing."""
    if path.is_dir():
        return "It is a directory: name the file itself."
    if not path.exists():
        return "There is no such file."
    with path.open("rb") as stream:
        return "" if stream.read(1) else "The file is empty."


def _form(path: Path) -> str:
    """Say which other kind of file it is, or nothing if it is text in lines."""
    with path.open("rb") as stream:
        start = stream.read(4096)
        for signature, sentence in _SIGNATURES:
            if start.startswith(signature):
                return sentence
        if start.lstrip()[:9].lower().startswith((b"<!doctype", b"<html")):
            return "It is a web page, perhaps one that asks to log in."
        stream.seek(0)
        for line, text in enumerate(stream, start=1):
            if not text.isascii() or b"\0" in text:
                odd = next(byte for byte in text if byte > 127 or byte == 0)
                return f"Line {line} holds the byte 0x{odd:02x}, which is no text of this file."
            if text.endswith(b"\r\n"):
                return f"Line {line} ends as on Windows (CR LF): the file was saved again."
    return ""


def _content(path: Path, expected: Expected) -> str:
    """Say where the text is not the table that it should be."""
    size = path.stat().st_size
    with path.open(encoding="ascii", newline="") as stream:
        header = next(csv.reader(stream))
        has_rows = bool(stream.readline())
    if set(header).isdisjoint(COLUMNS):
        return f"Its first line is not the header: it starts with {header[0][:40]!r}."
    if sorted(header) == sorted(COLUMNS) and not has_rows:
        return "It holds a header and no rows."
    try:
        df = pd.read_csv(path, float_precision="round_trip", low_memory=False, index_col=False)
    except ValueError as error:
        return f"It is not a table: {str(error).strip()}."
    whole = [name for name in df if name in COLUMNS[:-1] and df[name].dtype == "int64"]
    try:
        table = df.astype(dict.fromkeys(whole, "float64"))
        check(table, n_rows=expected.n_rows, n_frauds=expected.n_frauds)
    except ContractError as error:
        return f"{_short(size, expected)}{error}"
    return (
        f"It keeps the contract ({len(df):,} rows), but its SHA-256 is not the published one: "
        "a value, or the way it is written, was changed."
    )


def _short(size: int, expected: Expected) -> str:
    """Say that a file is cut short, or nothing."""
    if size >= expected.n_bytes:
        return ""
    return f"It has {size:,} bytes of {expected.n_bytes:,}: it may be cut short. "
