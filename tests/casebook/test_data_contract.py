"""The contract names column, row and value; a rejected file is told what is wrong with it."""

import gzip
import io
import lzma
import zipfile

import numpy as np
import pandas as pd
import pytest

from casebook import data
from casebook.data._diagnose import explain
from data_helpers import EXPECTED, TEXT

LINES = TEXT.decode().splitlines(keepends=True)
HEADER = LINES[0]


@pytest.fixture(scope="module")
def df():
    return data.load_sample().iloc[:50]


def with_cell(row, column, value):
    def change(df):
        df = df.copy()
        if isinstance(value, str):
            df[column] = df[column].astype(object)
        df.loc[row, column] = value
        return df

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda df: df.drop(columns="V7"), "column V7 is missing."),
        (lambda df: df.assign(Extra=1), "column 'Extra' (number 32) is not part of the data."),
        (lambda df: df[df.columns[::-1]], "column Class stands at place 1, where Time belongs."),
        (lambda df: df.rename(columns={"V2": "V1"}), "column V1 stands 2 times."),
        (
            with_cell(17, "V3", "abc"),
            "column V3, row 17 (line 19 of the CSV): 'abc' is not a number.",
        ),
        (with_cell(3, "V5", np.nan), "column V5, row 3 (line 5 of the CSV): the value is missing."),
        (
            with_cell(4, "Class", np.nan),
            "column Class, row 4 (line 6 of the CSV): the value is missing.",
        ),
        (with_cell(6, "V9", np.inf), "column V9, row 6 (line 8 of the CSV): inf is not finite."),
        (
            with_cell(2, "Amount", -1.5),
            "column Amount, row 2 (line 4 of the CSV): -1.5 is below 0.",
        ),
        (
            with_cell(8, "Class", 2),
            "column Class, row 8 (line 10 of the CSV): 2 is neither 0 nor 1.",
        ),
        (
            with_cell(8, "Class", 0.5),
            "column Class, row 8 (line 10 of the CSV): 0.5 is not a whole number.",
        ),
        (
            with_cell(49, "Time", 1.0),
            "column Time, row 49 (line 51 of the CSV): 1.0 is earlier than the row before.",
        ),
        (lambda df: df.astype({"V4": "float32"}), "column V4 has type float32, where float64"),
        (lambda df: df.iloc[:-1], "there are 49 rows, where 50 belong."),
        (lambda df: df.assign(Class=0), "there are 0 frauds, where 2 belong."),
    ],
)
@pytest.mark.filterwarnings("ignore:Setting an item of incompatible dtype")
def test_a_broken_table_is_told_where(df, change, message):
    with pytest.raises(data.ContractError) as caught:
        data.check(change(df), n_rows=50, n_frauds=2)
    assert any(problem.startswith(message) for problem in caught.value.problems)


def test_the_sample_keeps_the_contract_and_comes_back_unchanged():
    df = data.load_sample()
    before = df.copy()
    assert data.check(df, n_rows=14_708, n_frauds=492) is df
    pd.testing.assert_frame_equal(df, before)


def test_many_problems_are_counted_not_all_told(df):
    with pytest.raises(data.ContractError, match="and 40 problems more") as caught:
        data.check(df.assign(Amount=-1.0))
    assert len(caught.value.problems) == 11


def zipped():
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr("creditcard.csv", "".join(LINES[:9]))
    return memory.getvalue()


def changed(line, old, new):
    lines = LINES.copy()
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    return "".join(lines)


def with_fields(line, change):
    lines = LINES.copy()
    fields = lines[line - 1].rstrip("\n").split(",")
    lines[line - 1] = ",".join(change(fields)) + "\n"
    return "".join(lines)


def reordered(line):
    fields = line.rstrip("\n").split(",")
    return ",".join([fields[1], fields[0], *fields[2:]]) + "\n"


BAD_FILES = {
    "empty": ("", "The file is empty."),
    "header only": (HEADER, "It holds a header and no rows."),
    "no header": ("".join(LINES[1:]), "Its first line is not the header: it starts with '0'."),
    "truncated in a line": (
        TEXT[: len(TEXT) // 2],
        "It has 3,892,385 bytes of 7,784,770: it may be cut short.",
    ),
    "truncated after a line": ("".join(LINES[:-100]), "rows, where 14,708 belong"),
    "one byte": (changed(5000, "3", "4"), "keeps the contract (14,708 rows), but its SHA-256"),
    "text": (
        with_fields(300, lambda fields: [*fields[:3], "oops", *fields[4:]]),
        "column V3, row 298 (line 300 of the CSV): 'oops' is not a number.",
    ),
    "nan": (
        with_fields(300, lambda fields: [*fields[:3], "NaN", *fields[4:]]),
        "column V3, row 298 (line 300 of the CSV): the value is missing.",
    ),
    "empty cell": (
        with_fields(300, lambda fields: [*fields[:30], ""]),
        "column Class, row 298 (line 300 of the CSV): the value is missing.",
    ),
    "a cell too many": (with_fields(300, lambda fields: [*fields, "1"]), "line 300, saw 32"),
    "extra column": (
        HEADER.replace("\n", ',"More"\n') + "".join(f"{line[:-1]},1\n" for line in LINES[1:]),
        "column 'More' (number 32) is not part of the data.",
    ),
    "missing column": (
        "".join(line.rsplit(",", 1)[0] + "\n" for line in LINES),
        "column Class is missing.",
    ),
    "reordered": (
        "".join(map(reordered, LINES)),
        "column V1 stands at place 1, where Time belongs.",
    ),
    "utf-16": (TEXT.decode().encode("utf-16"), "It is encoded as UTF-16"),
    "utf-8 mark": (b"\xef\xbb\xbf" + TEXT, "It starts with a byte-order mark"),
    "latin-1": (
        with_fields(12, lambda fields: ["\u20ac", *fields[1:]]).encode("cp1252"),
        "Line 12 holds the byte 0x80",
    ),
    "windows": (TEXT.replace(b"\n", b"\r\n"), "Line 1 ends as on Windows"),
    "zip": (zipped(), "It is a zip archive, not a CSV: unzip it"),
    "gzip": (gzip.compress(b"x"), "It is a gzip archive"),
    "xz": (lzma.compress(b"x"), "It is an xz archive"),
    "parquet": (b"PAR1....", "It is a Parquet file"),
    "web page": (b"\n<!DOCTYPE html><p>Log in", "It is a web page"),
    "binary": (b"\x00\x01\x02", "Line 1 holds the byte 0x00"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_told_what_is_wrong_with_it(tmp_path, name):
    content, message = BAD_FILES[name]
    content = content.encode() if isinstance(content, str) else content
    path = tmp_path / "creditcard.csv"
    path.write_bytes(content)
    assert message in explain(path, EXPECTED)


def test_what_is_no_file_is_named(tmp_path):
    assert explain(tmp_path, EXPECTED) == "It is a directory: name the file itself."
    assert explain(tmp_path / "none", EXPECTED) == "There is no such file."
