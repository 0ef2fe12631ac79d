"""A pytest plugin: what the library's tests need, in the book's environment and in a stranger's."""

import os
import re

import hypothesis
import matplotlib as mpl
import pytest

import prerelease

# How the library's own sentence ends where an extra is not installed.
ABSENT = re.compile(r'pip install "prerelease\[\w+\]"')

mpl.use("Agg")

# A busy laptop is slow now and then, which says nothing about the property that is tested. And
# the same tests try the same examples: a run that fails has a reason in what was changed. To look
# for new ones, `HYPOTHESIS_PROFILE=explore`.
hypothesis.settings.register_profile("prerelease", deadline=None, max_examples=50, derandomize=True)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=200)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "prerelease"))


@pytest.fixture(autouse=True)
def _restore_environment():
    """Give the environment back as it was: doctests and tests set variables."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(autouse=True)
def _words_of_the_house():
    """Let every test begin with the library's own words."""
    prerelease.use_words()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Pass over an example that needs an extra, where the extra is not installed."""
    try:
        return (yield)
    except pytest.skip.Exception:
        raise
    except Exception as error:
        if not isinstance(item, pytest.DoctestItem):
            raise
        for failure in getattr(error, "failures", [error]):
            cause = getattr(failure, "exc_info", (None, failure))[1]
            if isinstance(cause, ImportError) and ABSENT.search(str(cause)):
                # An example of an extra that is not installed here, named by what is missing.
                pytest.skip(str(cause))
        raise
