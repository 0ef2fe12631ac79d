"""Downloads against a real server that answers as servers do on bad days."""

import pytest

from casebook.data._errors import SourceError
from casebook.data._http import Download
from data_helpers import EXPECTED, TEXT, Answer, serving

HALF = len(TEXT) // 2


def download(url, part, *answers, **options):
    """Download with little patience where a server hangs, and much where only this machine may."""
    patience = 1.0 if any(answer.hang for answer in answers) else 60.0
    Download(url, part, EXPECTED.n_bytes, **{"timeout": patience, **options}).run(wait=0.01)


@pytest.mark.parametrize(
    "bad_days",
    [
        [],
        [Answer(500, b"oops")],
        [Answer(503, b""), Answer(429, b"")],
        [Answer(body=TEXT[:HALF], promised=len(TEXT))],
        [Answer(body=TEXT[:HALF], promised=len(TEXT), hang=True)],
        [Answer(body=b"", promised=len(TEXT), hang=True)],
    ],
    ids=["good", "500", "503 and 429", "truncated", "hangs midway", "hangs at once"],
)
@pytest.mark.parametrize("resumable", [True, False])
def test_what_passes_is_tried_again_until_the_file_is_whole(tmp_path, bad_days, resumable):
    with serving(*bad_days, Answer(resumable=resumable)) as server:
        download(server.url, tmp_path / "part", *bad_days)
    assert (tmp_path / "part").read_bytes() == TEXT
    assert len(server.requests) >= len(bad_days) + 1  # more if this machine is slow itself


def test_a_broken_download_is_resumed_where_it_broke(tmp_path):
    with serving(Answer(body=TEXT[:HALF], promised=len(TEXT)), Answer(resumable=True)) as server:
        download(server.url, tmp_path / "part")
    assert [request["range"] for request in server.requests] == [None, f"bytes={HALF}-"]


@pytest.mark.parametrize(
    ("answer", "tries", "message"),
    [
        (Answer(404, b"no"), 1, "answers 404"),
        (Answer(403, b"no"), 1, "answers 403"),
        (Answer(500, b"no"), 3, "answers 500 .*tried 3 times"),
        (Answer(body=b"<html>log in</html>"), 1, "sent 19 bytes of 7,784,770"),
        (Answer(body=TEXT * 2), 1, "sends more than 7,784,770 bytes"),
        (Answer(body=b"", promised=9, hang=True), 3, "broke off .*timed out.*tried 3 times"),
    ],
    ids=["404", "403", "500", "web page", "too long", "hangs"],
)
def test_what_does_not_pass_is_named_and_bounded(tmp_path, answer, tries, message):
    with serving(answer) as server, pytest.raises(SourceError, match=message):
        download(server.url, tmp_path / "part", answer)
    assert len(server.requests) == tries


def test_a_server_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"127\.0\.0\.1:9/x cannot be reached"):
        download("http://127.0.0.1:9/x", tmp_path / "part")


def test_a_download_that_drips_is_ended(tmp_path):
    with serving(Answer()) as server, pytest.raises(SourceError, match="took more than 0 s"):
        download(server.url, tmp_path / "part", seconds=0.0)
