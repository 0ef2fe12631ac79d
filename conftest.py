"""What all tests share, beside the plugins in their folders: the data they may ask for."""

import os
import sys

# Set before NumPy is loaded: two workers on two cores wait for each other if each takes both.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# jsonschema would load it, for a format that no notebook has: a second in every worker.
sys.modules.setdefault("rfc3987_syntax", None)

import pytest

import casebook
from casebook import data
from prerelease import use_words

CSV = data.folder() / "creditcard.csv"
if not CSV.is_file():  # no test may fetch it: `make data` does
    os.environ.setdefault("PRERELEASE_DATA", "sample")

pytest_plugins = ["plugin_library", "plugin_browser"]


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
    """Say what passed for a stranger, and what each chapter took: no test is timed."""
    told = [
        (name, value)
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", None) == "call"
        for name, value in report.user_properties
    ]
    if lines := [value for name, value in told if name == "stranger"]:
        terminalreporter.section("the library, from its wheel, on the newest of all that it needs")
    for line in lines:
        terminalreporter.line(line)
    rows = sorted(value for name, value in told if name == "chapter")
    if rows:
        terminalreporter.section("chapters in quick mode (aim, alone on 2 cores: 60 s, 2,048 MiB)")
    for stem, seconds, mib in rows:
        terminalreporter.line(f"{stem:<28}{seconds:>6} s{mib:>8} MiB")
