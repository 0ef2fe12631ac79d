import pytest

from casebook import mode


@pytest.fixture(autouse=True)
def _no_wish(monkeypatch):
    for name in (mode.VARIABLE, "PRERELEASE_DATA"):
        monkeypatch.delenv(name, raising=False)


def test_mode_is_full_when_nothing_is_said():
    assert mode.current() == "full"
    assert not mode.is_quick()
    assert "Full mode" in mode.banner()
    assert "all 284,807 payments" in mode.banner()


@pytest.mark.parametrize("value", ["quick", " Quick ", "QUICK"])
def test_quick_mode_ignores_case_and_spaces(monkeypatch, value):
    monkeypatch.setenv(mode.VARIABLE, value)
    assert mode.is_quick()
    assert "all 284,807 payments, with less effort" in mode.banner()


@pytest.mark.parametrize("value", ["full", "quick"])
def test_page_made_from_the_sample_says_so_in_both_modes(monkeypatch, value):
    monkeypatch.setenv(mode.VARIABLE, value)
    monkeypatch.setenv("PRERELEASE_DATA", "sample")
    assert "from the packaged sample" in mode.banner()
    assert "284,807" not in mode.banner()


def test_unknown_mode_is_an_error_that_names_it(monkeypatch):
    monkeypatch.setenv(mode.VARIABLE, "fast")
    with pytest.raises(ValueError, match=r"must be 'full' or 'quick', got 'fast'"):
        mode.current()
