"""Downloads from a real server that answers as servers do on bad days."""

import pytest

from casebook.data import _sources as sources
from casebook.data._errors import SourceError
from data_helpers import EXPECTED, TEXT, Answer, serving

HALF = len(TEXT) // 2


@pytest.fixture
def download(tmp_path, monkeypatch):
    """Download with little patience where a server hangs, and much where only this machine may."""
    monkeypatch.setattr("casebook.data._retry.retry.__kwdefaults__", {"tries": 3, "wait": 0.01})

    def get(url, *answers):
        monkeypatch.setattr(sources, "TENSORFLOW_URL", url)
        assert "setdefaulttimeout(10)" in sources._DOWNLOAD
        if any(answer.hang for answer in answers):
            quick = sources._DOWNLOAD.replace("setdefaulttimeout(10)", "setdefaulttimeout(0.5)")
            monkeypatch.setattr(sources, "_DOWNLOAD", quick)
        sources.get_from_tensorflow(tmp_path / "part", EXPECTED)
        return (tmp_path / "part").read_bytes()

    return get


@pytest.mark.parametrize(
    "bad_days",
    [
        [],
        [Answer(503, b""), Answer(429, b"")],
        [Answer(body=TEXT[:HALF], promised=len(TEXT))],
        [Answer(body=TEXT[:HALF], promised=len(TEXT), hang=True)],
        [Answer(body=b"", promised=len(TEXT), hang=True)],
    ],
    ids=["good", "503 and 429", "truncated", "hangs midway", "hangs at once"],
)
def test_what_passes_is_tried_again_until_the_file_is_whole(download, bad_days):
    with serving(*bad_days, Answer()) as server:
        assert download(server.url, *bad_days) == TEXT
    assert len(server.requests) >= len(bad_days) + 1  # more if this machine is slow itself


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Answer(404, b"no"), "HTTP Error 404: .*tried 3 times"),
        (Answer(body=b"", promised=9, hang=True), "[Tt]ime.*out.*tried 3 times"),
    ],
    ids=["404", "hangs"],
)
def test_what_does_not_pass_is_named_and_bounded(download, answer, message):
    with serving(answer) as server, pytest.raises(SourceError, match=message):
        download(server.url, answer)
    assert len(server.requests) == 3


def test_a_server_that_is_not_there_is_named(download):
    with pytest.raises(SourceError, match=r"urlopen error .*tried 3 times"):
        download("http://127.0.0.1:9/x")
