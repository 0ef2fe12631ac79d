"""Fetching: every source in order, one process at a time, all or nothing."""

import errno
import importlib
import os
import shutil
import signal
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import filelock
import pytest

from casebook.data import DataError
from casebook.data import _files as files
from casebook.data import _sources as sources
from casebook.data._door import load_from
from casebook.data._errors import SourceError, TransientError
from casebook.data._fetch import fetch_into
from casebook.data._process import run
from casebook.data._sources import Source
from data_helpers import EXPECTED, TEXT, Answer, place_in, serving, start_python

FETCH = """
from pathlib import Path
from data_helpers import *
from casebook.data import _sources as sources
from casebook.data._door import load_from
sources.TENSORFLOW_URL = sys.argv[2]
df = load_from(place_in(Path(sys.argv[1]), csv=None), EXPECTED, sources.SOURCES[-1:])
print(len(df))
"""


def gives(content):
    return Source("a giver", lambda part, expected: part.write_bytes(content))


def fails(message):
    def get(part, expected):
        part.write_bytes(b"half")
        raise SourceError(message)

    return Source("a failer", get)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_first_source_that_has_the_file_gives_it(tmp_path):
    csv = tmp_path / "creditcard.csv"
    altered = TEXT.replace(b",149.62,", b",149.63,", 1)  # as long, and it keeps the contract
    assert altered != TEXT
    wrong = [fails("no."), gives(b"garbage\n"), gives(altered)]
    fetch_into(csv, EXPECTED, [*wrong, gives(TEXT), fails("never.")])
    assert csv.read_bytes() == TEXT
    assert names(tmp_path) == ["creditcard.csv"]


def test_a_file_that_is_right_is_not_fetched_again(tmp_path):
    place = place_in(tmp_path)
    fetch_into(place.csv, EXPECTED, [fails("never asked")])
    assert names(tmp_path) == ["creditcard.csv"]


def test_a_file_that_is_wrong_is_kept_under_another_name(tmp_path):
    place = place_in(tmp_path, csv=b"mine\n")
    fetch_into(place.csv, EXPECTED, [gives(TEXT)])
    assert place.csv.read_bytes() == TEXT
    assert (tmp_path / "creditcard.csv.rejected").read_bytes() == b"mine\n"


@pytest.mark.parametrize("csv", [None, b"", TEXT[:-9], TEXT.replace(b"1", b"2", 1)])
def test_when_no_source_works_the_error_says_what_was_tried_and_what_to_do(tmp_path, csv):
    place = place_in(tmp_path, csv=csv)
    before = names(tmp_path)
    with pytest.raises(DataError) as caught:
        load_from(place, EXPECTED, [fails("it was closed."), gives(TEXT[:99])])
    message = str(caught.value)
    assert "1. the data folder: " in message
    assert "2. a failer: it was closed." in message
    assert "3. a giver: what it gave is not the published file." in message
    assert "PRERELEASE_DATA=/path/to/creditcard.csv" in message
    assert "PRERELEASE_DATA=sample" in message
    assert names(tmp_path) == sorted({*before, "creditcard.lock"})


def test_two_processes_fetch_once(tmp_path):
    with serving(Answer()) as server:
        both = [start_python(FETCH, tmp_path, server.url) for _ in range(2)]
        ends = [process.communicate(timeout=300) for process in both]
    assert [out for out, _ in ends] == [f"{EXPECTED.n_rows}\n"] * 2, ends
    assert len(server.requests) == 1
    assert len(list(tmp_path.glob("*.arrow"))) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a word of POSIX")
def test_a_kill_in_mid_download_leaves_nothing_to_believe(tmp_path):
    half = Answer(body=TEXT[: len(TEXT) // 2], promised=len(TEXT), hang=True)
    with serving(half, Answer()) as server:
        process = start_python(FETCH, tmp_path, server.url)
        while not any(path.stat().st_size > 1000 for path in tmp_path.glob("*.part/*")):
            assert process.poll() is None, process.communicate()
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert not (tmp_path / "creditcard.csv").exists()
        assert list(tmp_path.glob("*.part"))
        out, err = start_python(FETCH, tmp_path, server.url).communicate(timeout=300)
    assert out == f"{EXPECTED.n_rows}\n", err
    assert (tmp_path / "creditcard.csv").read_bytes() == TEXT
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.skipif(sys.platform == "win32", reason="file-size limits are POSIX")
def test_a_disk_that_fills_up_is_told_and_leaves_nothing(tmp_path):
    limit = (
        "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))\n"
    )
    with serving(Answer()) as server:
        _, err = start_python(limit + FETCH, tmp_path, server.url).communicate(timeout=300)
    assert "is full: nothing was kept" in err
    assert names(tmp_path) == ["creditcard.lock"]


def test_a_disk_without_room_is_told_before_anything_is_downloaded(tmp_path):
    huge = replace(EXPECTED, n_bytes=10**18)
    with pytest.raises(DataError, match=r"Not enough disk space .* MB are needed, .* are free"):
        fetch_into(tmp_path / "creditcard.csv", huge, [fails("never asked")])
    assert names(tmp_path) == []


@contextmanager
def nobody():
    """Be a user without rights for a while: root may write anywhere."""
    if not hasattr(os, "geteuid"):
        # Windows has no user to become, so a folder without rights cannot be had there.
        pytest.skip("no users to switch between on this system")
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.fixture
def read_only():
    """Give a folder that `nobody` can read and not write."""
    load_from(place_in(Path(tempfile.mkdtemp())), EXPECTED, ())  # all modules are imported now
    folder = Path(tempfile.mkdtemp())
    place_in(folder)
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_read_only_folder_with_the_csv_still_loads(read_only, caplog):
    with nobody():
        df = load_from(place_in(read_only, csv=None), EXPECTED, ())
    assert len(df) == EXPECTED.n_rows
    assert "No cache can be kept" in caplog.text
    assert names(read_only) == ["creditcard.csv"]


def test_a_read_only_folder_without_the_csv_says_so(read_only):
    (read_only / "creditcard.csv").unlink()
    with nobody(), pytest.raises(DataError, match=r"cannot be written to .*PRERELEASE_DATA_DIR"):
        load_from(place_in(read_only, csv=None), EXPECTED, [gives(TEXT)])
    assert names(read_only) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataError, match=r"file.data cannot be written to .*PRERELEASE_DATA_DIR"):
        fetch_into(tmp_path / "file" / "data" / "creditcard.csv", EXPECTED, [gives(TEXT)])


def test_a_lock_that_is_never_released_ends_the_wait(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "LOCK_PATIENCE", 0.05)
    with (
        filelock.FileLock(tmp_path / "creditcard.lock"),
        pytest.raises(DataError, match="Another process has held"),
        files.locked(tmp_path),
    ):
        pytest.fail("the lock was not respected")


def test_an_interrupt_leaves_the_old_file_and_nothing_half_made(tmp_path):
    def interrupted(part, expected):
        part.write_bytes(TEXT[:999])
        raise KeyboardInterrupt

    place = place_in(tmp_path, csv=b"mine\n")
    with pytest.raises(KeyboardInterrupt):
        fetch_into(place.csv, EXPECTED, [Source("interrupted", interrupted)])
    assert place.csv.read_bytes() == b"mine\n"
    assert names(tmp_path) == ["creditcard.csv"]


def test_leftovers_are_removed_and_nothing_else(tmp_path):
    left = files.scratch(tmp_path)
    (Path(left.name) / "half").write_text("half")
    (tmp_path / "notes.part").write_text("mine")
    files.remove_leftovers(tmp_path)
    assert names(tmp_path) == ["notes.part"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_recognised_also_in_what_a_program_prints(tmp_path, number):
    def full(part, expected):
        code = f"import os; raise OSError({number}, os.strerror({number}))"
        run([sys.executable, "-c", code], part.parent, n_bytes=1)

    with pytest.raises(DataError, match="is full: nothing was kept"):
        fetch_into(tmp_path / "creditcard.csv", EXPECTED, [Source("full", full)])
    assert names(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_write_to_a_full_device_is_recognised(tmp_path):
    with pytest.raises(DataError, match="is full"), files.told(tmp_path):
        Path("/dev/full").write_bytes(b"x")


def test_a_program_that_hangs_is_killed(tmp_path):
    with pytest.raises(TransientError, match=r"no answer within 0 s"):
        run([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path, seconds=0.2, n_bytes=1)


@pytest.mark.parametrize(
    ("code", "message"),
    [("print('fine'); raise SystemExit('Error: no way')", "no way"), ("exit(3)", "exit code 3")],
)
def test_a_program_that_fails_is_quoted(tmp_path, code, message):
    with pytest.raises(TransientError, match=message):
        run([sys.executable, "-c", code], tmp_path, seconds=300, n_bytes=1)


def test_without_a_network_every_source_fails_and_is_named(tmp_path, monkeypatch):
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("KAGGLE_CONFIG_DIR", str(tmp_path / "no account"))
    monkeypatch.setattr("casebook.data._retry.retry.__kwdefaults__", {"tries": 1, "wait": 0.01})
    with pytest.raises(DataError) as caught:
        fetch_into(tmp_path / "creditcard.csv", EXPECTED, sources.SOURCES)
    for source in sources.SOURCES:
        assert f". {source.name}: " in str(caught.value)
    assert names(tmp_path) == []


def test_kaggle_is_asked_only_by_those_who_can(tmp_path, monkeypatch):
    monkeypatch.setenv("KAGGLE_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("KAGGLE_API_TOKEN", "")
    monkeypatch.setenv("KAGGLE_KEY", "")
    (tmp_path / "kagglehub.py").write_text("raise SystemExit('Error: asked')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    part = tmp_path / "part"
    bare = [path for path in sys.path if "site-packages" not in path]
    monkeypatch.setattr(sys, "path", bare)
    with pytest.raises(SourceError, match="kagglehub is not installed"):
        sources.get_from_kaggle(part, EXPECTED)
    # Not `syspath_prepend`: on its way out it would leave all later tests the bare path.
    monkeypatch.setattr(sys, "path", [str(tmp_path), *bare])
    importlib.invalidate_caches()
    with pytest.raises(SourceError, match="no Kaggle account"):
        sources.get_from_kaggle(part, EXPECTED)
    (tmp_path / "kaggle.json").write_text("{}")
    with pytest.raises(SourceError, match="asked"):
        sources.get_from_kaggle(part, EXPECTED)
    monkeypatch.setenv("KAGGLE_API_TOKEN", "t")
    (tmp_path / "kagglehub.py").write_text(
        "def dataset_download(name, path):\n    return __file__.replace('hub.py', '.csv')"
    )
    (tmp_path / "kaggle.csv").write_bytes(TEXT)
    sources.get_from_kaggle(part, EXPECTED)
    assert part.read_bytes() == TEXT
