"""The cache gives back every bit, and nothing that was damaged is believed."""

import io
import os
import signal
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import ipc
from sklearn.linear_model import LogisticRegression

from casebook import data
from casebook.data._cache import cache_path, read_cache, write_cache
from casebook.data._door import load_from
from casebook.data._parse import parse_csv
from data_helpers import EXPECTED, TEXT, place_in, start_python


@pytest.fixture(scope="module")
def df():
    return parse_csv(io.BytesIO(TEXT))


@pytest.fixture(scope="module")
def intact(df, tmp_path_factory):
    path = tmp_path_factory.mktemp("intact") / "cache.arrow"
    write_cache(df, path)
    return path.read_bytes()


def bits(frame):
    return {name: frame[name].to_numpy().view("i8").tolist() for name in frame}


def write_arrow(path, columns):
    table = pa.table(columns)
    with ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table)


def test_cache_gives_back_every_bit_and_type(df, tmp_path):
    write_cache(df, tmp_path / "c.arrow")
    back = read_cache(tmp_path / "c.arrow", EXPECTED)
    assert bits(back) == bits(df)
    assert back.dtypes.tolist() == df.dtypes.tolist()
    assert [path.name for path in tmp_path.iterdir()] == ["c.arrow"]


def test_parsed_values_are_the_nearest_to_their_text(df):
    reference = pd.read_csv(io.BytesIO(TEXT), float_precision="round_trip", dtype={"Time": float})
    assert bits(df) == bits(reference)
    assert reference.dtypes.tolist() == df.dtypes.tolist()


def test_no_cache_is_no_frame(tmp_path):
    assert read_cache(tmp_path / "none.arrow", EXPECTED) is None


@settings(max_examples=60, deadline=None)
@given(where=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_an_altered_byte_is_never_believed(df, intact, tmp_path_factory, where, flip):
    damaged = bytearray(intact)
    damaged[int(where * len(damaged))] ^= flip
    path = tmp_path_factory.mktemp("altered") / "cache.arrow"
    path.write_bytes(damaged)
    back = read_cache(path, EXPECTED)
    assert back is None or bits(back) == bits(df)  # a byte of padding alters no value
    path.unlink()


@pytest.mark.parametrize("column", [0, 5, 30])
def test_an_altered_value_is_refused(df, intact, tmp_path, column):
    value = df.iloc[7000, column].tobytes()
    at = intact.index(df.iloc[7000:7004, column].to_numpy().tobytes())
    damaged = bytearray(intact)
    damaged[at] ^= 1
    assert bytes(damaged[at : at + 8]) != value
    (tmp_path / "c.arrow").write_bytes(damaged)
    assert read_cache(tmp_path / "c.arrow", EXPECTED) is None


@pytest.mark.parametrize("share", [0, 0.001, 0.3, 0.999, 0.9999999])
def test_a_truncated_cache_is_refused_and_made_anew(df, intact, tmp_path, share, caplog):
    place = place_in(tmp_path)
    place.cache.write_bytes(intact[: int(share * len(intact))])
    back = load_from(place, EXPECTED, ())
    assert bits(back) == bits(df)
    assert "making it anew" in caplog.text
    assert place.cache.read_bytes() == intact


def wrong_tables():
    frame = parse_csv(io.BytesIO(TEXT))
    columns = {name: frame[name].to_numpy() for name in data.COLUMNS}
    yield "other columns", {"x": [1.0]}
    yield "reordered", {name: columns[name] for name in reversed(data.COLUMNS)}
    yield "class as float", {**columns, "Class": columns["Class"].astype(float)}
    yield "amount as float32", {**columns, "Amount": columns["Amount"].astype("f4")}
    yield "fewer rows", {name: column[:-1] for name, column in columns.items()}
    yield "stale values", {**columns, "V9": columns["V9"] + 1e-12}
    yield "missing value", {**columns, "V1": pa.array([None, *columns["V1"][1:]], pa.float64())}


WRONG = dict(wrong_tables())


@pytest.mark.parametrize("name", WRONG)
def test_a_cache_of_other_data_is_refused(tmp_path, name):
    write_arrow(tmp_path / "c.arrow", WRONG[name])
    assert read_cache(tmp_path / "c.arrow", EXPECTED) is None


def test_compressed_or_chunked_caches_are_refused(df, tmp_path):
    table = pa.table({name: df[name].to_numpy() for name in data.COLUMNS})
    options = ipc.IpcWriteOptions(compression="zstd")
    with ipc.new_file(str(tmp_path / "z.arrow"), table.schema, options=options) as writer:
        writer.write_table(table)
    with ipc.new_file(str(tmp_path / "m.arrow"), table.schema) as writer:
        writer.write_table(table, max_chunksize=1000)
    assert read_cache(tmp_path / "z.arrow", EXPECTED) is None
    assert read_cache(tmp_path / "m.arrow", EXPECTED) is None


def test_a_directory_in_place_of_the_cache_does_no_harm(tmp_path, df):
    place = place_in(tmp_path)
    place.cache.mkdir()
    assert bits(load_from(place, EXPECTED, ())) == bits(df)


def test_another_version_or_csv_has_another_cache(tmp_path, monkeypatch):
    before = cache_path(tmp_path, EXPECTED)
    monkeypatch.setattr("casebook.data._cache.VERSION", 2)
    assert cache_path(tmp_path, EXPECTED) != before


def test_the_frame_is_the_users_own(tmp_path, df, intact):
    place = place_in(tmp_path)
    place.cache.write_bytes(intact)
    frame = load_from(place, EXPECTED, ())
    place.cache.write_bytes(b"somebody writes over the file in place")
    assert bits(frame) == bits(df)
    frame.loc[0, "Amount"] = 1.0
    frame["night"] = frame["Time"] % 86_400 < 21_600
    frame["V1"] *= 2
    part = frame[frame["Class"] == 1].copy()
    part.loc[part.index[0], "V2"] = 0.0
    model = LogisticRegression(max_iter=5, tol=1.0).fit(frame[["V3", "V4"]], frame["Class"])
    assert frame.loc[0, "Amount"] == 1.0
    assert np.isfinite(model.coef_).all()
    assert place.cache.read_bytes().startswith(b"somebody")


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a word of POSIX")
def test_a_kill_while_the_cache_is_written_leaves_nothing_to_believe(tmp_path, df):
    place = place_in(tmp_path)
    code = """
from pathlib import Path
import time
from data_helpers import *
def never(part, target):
    print("written", flush=True)
    time.sleep(60)
import casebook.data._cache, casebook.data._door
casebook.data._cache.put_in_place = never
casebook.data._door.load_from(place_in(Path(sys.argv[1])), EXPECTED, ())
"""
    process = start_python(code, tmp_path)
    assert process.stdout.readline() == "written\n"
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert list(tmp_path.glob(".prerelease-*.part"))
    assert not place.cache.exists()
    assert bits(load_from(place, EXPECTED, ())) == bits(df)
    assert not list(tmp_path.glob(".prerelease-*.part"))
    assert read_cache(place.cache, EXPECTED) is not None


@pytest.mark.skipif(sys.platform == "win32", reason="file-size limits are POSIX")
def test_a_disk_that_fills_up_costs_the_cache_only(tmp_path):
    code = """
import resource, signal, logging
from pathlib import Path
from data_helpers import *
from casebook.data._door import load_from
place = place_in(Path(sys.argv[1]))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
print(len(load_from(place, EXPECTED, ())), place.cache.exists())
"""
    process = start_python(code, tmp_path)
    out, err = process.communicate(timeout=300)
    assert out == f"{EXPECTED.n_rows} False\n"
    assert "The cache could not be written" in err
    assert not list(tmp_path.glob(".prerelease-*.part"))
