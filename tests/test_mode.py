import pytest

from prerelease import mode


def test_mode_is_full_when_nothing_is_said(monkeypatch):
    monkeypatch.delenv(mode.VARIABLE, raising=False)
    assert mode.current() == "full"
    assert not mode.is_quick()
    assert "Full mode" in mode.banner()


@pytest.mark.parametrize("value", ["quick", " Quick ", "QUICK"])
def test_quick_mode_ignores_case_and_spaces(monkeypatch, value):
    monkeypatch.setenv(mode.VARIABLE, value)
    assert mode.is_quick()
    assert "sample" in mode.banner()


def test_unknown_mode_is_an_error_that_names_it(monkeypatch):
    monkeypatch.setenv(mode.VARIABLE, "fast")
    with pytest.raises(ValueError, match=r"must be 'full' or 'quick', got 'fast'"):
        mode.current()
