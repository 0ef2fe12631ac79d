"""What all tests share: a clean environment for each, and the data they may ask for."""

import os
import sys

# Set before NumPy is loaded: two workers on two cores wait for each other if each takes both.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# jsonschema would load it, for a format that no notebook has: a second in every worker.
sys.modules.setdefault("rfc3987_syntax", None)

import hypothesis
import matplotlib as mpl
import pytest

import casebook
from casebook import data
from prerelease import use_words

CSV = data.folder() / "creditcard.csv"
if not CSV.is_file():  # no test may fetch it: `make data` does
    os.environ.setdefault("PRERELEASE_DATA", "sample")

pytest_plugins = ["plugin_browser"]
mpl.use("Agg")

# A busy laptop is slow now and then, which says nothing about the property that is tested.
hypothesis.settings.register_profile("prerelease", deadline=None, max_examples=50)
hypothesis.settings.load_profile("prerelease")


@pytest.fixture(autouse=True)
def _restore_environment():
    """Give the environment back as it was: doctests and tests set the mode."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(autouse=True)
def _words_of_the_house(request):
    """Let what tests the library use its own words, and what tests the book the book's."""
    house = request.path.relative_to(request.config.rootpath).parts[1]
    use_words(**({} if house == "prerelease" else casebook.WORDS))


def pytest_collection_modifyitems(items):
    """Leave out, and say why, the tests that need the whole CSV where it is not there."""
    if CSV.is_file():
        return
    absent = pytest.mark.skip(reason="needs the whole CSV: make data")
    for item in items:
        if "full_data" in item.keywords:
            item.add_marker(absent)


def pytest_terminal_summary(terminalreporter):
    """Say what each chapter took in quick mode: a report, since no test is timed."""
    rows = sorted(
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == "chapter" and report.when == "call"
    )
    if rows:
        terminalreporter.section("chapters in quick mode (aim, alone on 2 cores: 60 s, 2,048 MiB)")
    for stem, seconds, mib in rows:
        terminalreporter.line(f"{stem:<28}{seconds:>6} s{mib:>8} MiB")
