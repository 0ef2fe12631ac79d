"""The same service on PostgreSQL: a server of its own, where one can be started."""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pandas as pd
import pytest

from casebook.rehearsal._store import Store
from rehearsal_shop import N, Shop, made

psycopg = pytest.importorskip("psycopg")
pwd = pytest.importorskip("pwd", reason="users of POSIX")


def program(name):
    """Return a program of PostgreSQL, in the path or where Debian keeps it."""
    elsewhere = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or next(map(str, reversed(elsewhere)), None)


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """A server on a free port of loopback, for these tests alone."""
    if not (program("initdb") and program("postgres")):
        pytest.skip("no PostgreSQL server is installed (initdb, postgres)")
    folder, run = tmp_path_factory.mktemp("postgresql"), []
    above = [one for one in folder.parents if one.is_relative_to(tempfile.gettempdir())][:-1]
    if os.geteuid() == 0:  # it refuses to run as root
        try:
            user = pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
        for one in (folder, *above):  # that user has to get there; tests side by side lie deeper
            one.chmod(0o755)
        os.chown(folder, user.pw_uid, user.pw_gid)
        run = ["runuser", "-u", "postgres", "--"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    where = str(folder / "data")
    start = [*run, program("initdb"), "-D", where, "-U", "book", "-A", "trust", "--no-sync"]
    subprocess.run(start, check=True, capture_output=True)
    serve = [*run, program("postgres"), "-D", where, "-p", port, "-h", "127.0.0.1", "-k", ""]
    server = subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"postgresql://book@127.0.0.1:{port}/postgres"
    for left in reversed(range(600)):  # a minute, as other tests may run beside
        try:
            psycopg.connect(address).close()
            break
        except psycopg.OperationalError:
            if not left:
                raise
            time.sleep(0.1)
    yield address
    server.terminate()
    server.wait(30)


@pytest.fixture
def empty(url):
    """The server without tables."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS decisions, labels, releases")
    return url


@pytest.fixture(scope="module")
def artefact(tmp_path_factory):
    return made(tmp_path_factory.mktemp("artefact"))


def test_both_databases_keep_the_first_of_what_comes_twice(empty):
    for store in (Store(":memory:"), Store(empty)):
        row = (7, 1.5, [0.25, -1.0], 0.125, True, 1)
        assert store.insert("decisions", [row]) == {7}
        assert store.insert("decisions", [(*row[:3], 0.5, False, 2), (8, *row[1:])]) == {8}
        found = store.rows(
            "SELECT id, time, inputs, score, block, release FROM decisions WHERE id = ?", [7]
        )
        assert [(one[0], one[1], list(one[2]), *one[3:]) for one in found] == [row]


def test_a_service_killed_while_it_writes_to_postgresql_loses_nothing(empty, tmp_path, artefact):
    shop = Shop(tmp_path, artefact, empty)
    client = shop.client()
    threading.Timer(0.5, shop.service.kill).start()
    client.ask(float(N), "")
    client.close()
    assert shop.service.starts == 2
    shop.check()


def test_a_table_that_somebody_locks_delays_answers_and_changes_none(empty, tmp_path, artefact):
    shop = Shop(tmp_path, artefact, empty)
    client = shop.client()
    with psycopg.connect(empty) as other:
        other.execute("LOCK TABLE decisions IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        threading.Timer(1.0, other.commit).start()
        client.ask(640.0, "")
        assert time.monotonic() - began >= 1.0
    client.close()
    shop.check(640)


def test_what_is_written_out_is_the_same_from_both_databases(empty, tmp_path, artefact):
    tables = []
    for name, store in (("duckdb", ""), ("postgresql", empty)):
        (tmp_path / name).mkdir()
        shop = Shop(tmp_path / name, artefact, store)
        client = shop.client()
        client.ask(640.0, "")
        client.close()
        file = tmp_path / name / "part.parquet"
        shop.line.ask("/labels", [{"id": 5, "label": 1}])
        shop.line.ask("/export", {"since": 0.0, "until": 500.0, "file": str(file)})
        tables.append(pd.read_parquet(file))
        shop.service.close()
    assert len(tables[0]) == 500
    pd.testing.assert_frame_equal(*tables)
