"""The book's release file: both modes apart, under build/ of a checkout."""

import pytest

from casebook import evidence, mode
from prerelease.evidence import VARIABLE

FIELDS = {"unit": "rows", "n": 9, "data_digest": "ab" * 32, "split": "test", "chapter": "02"}


@pytest.mark.parametrize("chosen", [True, False])
def test_the_folder_is_that_of_the_mode(monkeypatch, tmp_path, chosen):
    monkeypatch.setenv(VARIABLE, str(tmp_path) if chosen else "")
    for name in ("full", "quick"):
        monkeypatch.setenv(mode.VARIABLE, name)
        assert evidence.folder().name == name
        place = evidence.folder().parent
        assert place == tmp_path if chosen else place.parts[-2:] == ("build", "evidence")


def test_full_and_quick_runs_are_kept_apart(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    monkeypatch.setenv(mode.VARIABLE, "full")
    evidence.record("counted", 3, None, how="counted", **FIELDS)
    evidence.conclude("ships?", "no", chapter="02", may_differ="fewer seeds")
    monkeypatch.setenv(mode.VARIABLE, "quick")
    assert evidence.read().empty
    assert evidence.conclusions().empty
    assert evidence.read(tmp_path / "full")["claim"].tolist() == ["counted"]
    assert evidence.conclusions(tmp_path / "full")["may_differ"].tolist() == ["fewer seeds"]
