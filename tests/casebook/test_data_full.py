"""What is claimed of the full data, shown on the full data."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from casebook import data
from casebook.data._cache import checksum
from casebook.data._facts import FULL

PROJECT = Path(__file__).resolve().parents[2]
CSV = data.folder() / "creditcard.csv"
pytestmark = pytest.mark.full_data


@pytest.fixture
def environment():
    """Full mode, on the project's data folder."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PRERELEASE_")}
    return {**clean, "PRERELEASE_DATA_DIR": str(CSV.parent)}


@pytest.fixture
def df(environment, monkeypatch):
    for name in ("PRERELEASE_DATA", "PRERELEASE_MODE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PRERELEASE_DATA_DIR", environment["PRERELEASE_DATA_DIR"])
    return data.load()


def differing(df, reference):
    return sum(
        int((df[name].to_numpy().view("i8") != reference[name].to_numpy().view("i8")).sum())
        for name in data.COLUMNS
    )


def test_the_frame_is_that_of_an_exact_read_csv_bit_for_bit(df):
    reference = pd.read_csv(CSV, float_precision="round_trip")
    assert differing(df, reference) == 0
    pd.testing.assert_frame_equal(df, reference, check_exact=True)


def test_the_default_read_csv_loses_the_last_digit_of_some_numbers(df):
    """The docstring of `parse_csv` says how many; each changes by less than one part in 10^12."""
    reference = pd.read_csv(CSV)
    assert differing(df, reference) == 127_152
    pd.testing.assert_frame_equal(df, reference, rtol=1e-12, atol=0)


def test_the_text_written_from_the_frame_is_the_published_file(environment):
    """Nothing of the file is lost in the frame, and R's way of writing is known."""
    code = """
import hashlib
from casebook import data
from casebook.data._text import lines
made = hashlib.sha256()
for line in lines(data.load()):
    made.update(line.encode("ascii"))
print(made.hexdigest())
"""  # in a process of its own: measuring coverage makes this loop five times slower
    out = subprocess.check_output([sys.executable, "-c", code], env=environment, text=True)
    assert out.strip() == FULL.sha256


def test_the_facts_are_those_of_the_file(df):
    assert CSV.stat().st_size == FULL.n_bytes
    assert len(df) == FULL.n_rows
    assert df["Class"].sum() == FULL.n_frauds
    assert checksum(df) == FULL.checksum
    data.check(df, n_rows=FULL.n_rows, n_frauds=FULL.n_frauds)


def test_the_sample_is_made_of_rows_of_the_full_data(df):
    frauds = df["Class"] == 1
    honest = df[~frauds].iloc[::20]
    expected = pd.concat([df[frauds], honest]).sort_index().reset_index(drop=True)
    pd.testing.assert_frame_equal(data.load_sample(), expected, check_exact=True)


def test_the_sample_is_reproduced_bit_for_bit():
    program = [sys.executable, str(PROJECT / "tools" / "data" / "make_sample.py"), "--check"]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "the sample is reproduced\n"), done.stderr


PEAK = """
from casebook import data
data.load()
print(int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) / 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the memory from /proc")
@pytest.mark.usefixtures("df")
def test_a_warm_load_peaks_below_300_mebibytes(environment):
    """How fast it is, against other readers, is measured in benchmarks/data_load.py."""
    printed = subprocess.check_output([sys.executable, "-c", PEAK], env=environment, text=True)
    assert float(printed) < 300
