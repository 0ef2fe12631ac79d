"""Names that are no more say where they went."""

import importlib.util

import pytest

import prerelease


@pytest.mark.parametrize("name", prerelease._GONE)
def test_a_module_that_went_says_where_it_is(name):
    told = rf"prerelease has no module '{name}': it"
    with pytest.raises(ImportError, match=told):
        getattr(prerelease, name)
    with pytest.raises(ImportError, match=told):
        exec(f"from prerelease import {name}")
    assert importlib.util.find_spec(f"prerelease.{name}") is None


def test_any_other_name_is_unknown_as_ever():
    assert not hasattr(prerelease, "zeal")
    with pytest.raises(ImportError, match="cannot import name 'zeal'"):
        exec("from prerelease import zeal")
