"""What all tests share: a clean environment for each, and the data they may ask for."""

import os

import matplotlib as mpl
import pytest

mpl.use("Agg")


@pytest.fixture(autouse=True)
def _restore_environment():
    """Give the environment back as it was: doctests and tests set the mode."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)
