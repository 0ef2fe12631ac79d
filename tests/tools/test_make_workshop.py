"""The bundle of a workshop: whole, with its digests, and nothing of the instructor's in it."""

import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from casebook import data
from casebook.data._cache import cache_path, read_cache
from casebook.data._facts import FULL
from tools.environment import doctor
from tools.teach import editions, make_workshop

VALUES = cache_path(data.folder(), FULL)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """The bundle, with a small site for the book's and a small file for 70 MB of payments."""
    build, values = tmp_path_factory.mktemp("build"), tmp_path_factory.mktemp("data") / VALUES.name
    values.write_bytes(b"not the payments")
    (build / "site" / "slides").mkdir(parents=True)
    (build / "site" / "index.html").write_text("<html></html>", encoding="utf-8")
    (build / "site-made-from").write_text("a test", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(make_workshop, "BUILD", build)
        patch.setattr(make_workshop, "SITE", build / "site")
        patch.setattr(make_workshop, "WORKSHOP", build / "workshop")
        patch.setattr(make_workshop, "verified_values", lambda: values)
        make_workshop.make(wheels=False)
    return build / "workshop"


@pytest.fixture(scope="module")
def folder(bundle):
    return bundle / make_workshop.NAME


def test_attendees_have_every_chapter_twice_and_no_solution(folder):
    chapters = {f"{path.stem}.ipynb" for path in editions.chapters()}
    for edition in ("attendee", "live"):
        assert {path.name for path in (folder / edition).iterdir()} == chapters
    assert not (folder / "instructor").exists()
    text = (folder / "attendee" / "00_data.ipynb").read_text(encoding="utf-8")
    assert "Quiz" in text
    assert "solution" not in text.lower().replace("no solution", "")


def test_instructor_has_notes_beside_solutions(bundle):
    text = (bundle / "prerelease-instructor" / "instructor" / "00_data.ipynb").read_text("utf-8")
    assert "Questions that come up" in text
    assert "For the instructor" in text


def test_every_file_has_its_digest(folder):
    sums = doctor.expected_digests(str(folder))
    files = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.name != doctor.SUMS
    }
    assert set(sums) == files
    assert {"START-HERE.txt", "doctor.py", "install.py", "start.py", "LICENSE-DATA"} <= files
    assert {f"data/{VALUES.name}", "data/LICENSE-DATA"} <= files
    assert all(doctor.sha256(str(folder / name)) == digest for name, digest in sums.items())


def test_zip_holds_the_folder_and_is_made_the_same_twice(bundle, folder, tmp_path):
    name = f"{make_workshop.NAME}.zip"
    with zipfile.ZipFile(bundle / name) as archive:
        assert archive.testzip() is None
        assert f"{make_workshop.NAME}/START-HERE.txt" in archive.namelist()
    make_workshop.zip_folder(folder, tmp_path / name)
    assert (tmp_path / name).read_bytes() == (bundle / name).read_bytes()


def test_library_and_casebook_are_a_wheel_each_and_neither_holds_the_other(folder):
    names = {}
    for wheel in (folder / "package").glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            names[wheel.name.split("-")[0]] = set(archive.namelist())
    library, casebook = names.pop("prerelease"), names.pop("prerelease_casebook")
    assert names == {}
    assert {name.split("/")[0].split("-")[0] for name in library} == {"prerelease"}
    assert "prerelease/page.css" in library
    tops = {name.split("/")[0].split("-")[0] for name in casebook}
    assert tops == {"casebook", "prerelease_casebook"}
    files = {"data/sample.csv.xz", "data/sample.json", "data/LICENSE-DATA", "release.toml"}
    assert {f"casebook/{name}" for name in files} <= casebook
    source = make_workshop.ROOT / "src"
    for house, wheel in (("prerelease", library), ("casebook", casebook)):
        modules = {path.relative_to(source).as_posix() for path in source.glob(f"{house}/**/*.py")}
        assert modules <= wheel


def ask_doctor(folder):
    """Return the exit code of the bundle's doctor, and what it said."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PRERELEASE_")}
    command = [sys.executable, str(folder / "doctor.py")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout


@pytest.mark.full_data
def test_doctor_in_the_bundle_looks_at_the_bundle_and_loads_its_payments(folder, tmp_path):
    small, name = folder, f"data/{VALUES.name}"
    folder = shutil.copytree(small, tmp_path / make_workshop.NAME)
    shutil.copy(VALUES, folder / name)
    digests = [doctor.sha256(str(one / name)) for one in (small, folder)]
    sums = (small / doctor.SUMS).read_text("utf-8")
    (folder / doctor.SUMS).write_text(sums.replace(*digests), encoding="utf-8")
    code, said = ask_doctor(folder)
    assert code == 0, said
    assert f"Looking at {folder}" in said
    assert "files are whole, the payments among them" in said
    assert "loads 284,807 payments" in said


def test_bundle_with_damaged_payments_is_not_ready(folder, tmp_path):
    (tmp_path / "data").mkdir()
    shutil.copy(folder / "doctor.py", tmp_path)
    sums = (folder / doctor.SUMS).read_text("utf-8").splitlines(keepends=True)
    (tmp_path / doctor.SUMS).write_text("".join(line for line in sums if VALUES.name in line))
    (tmp_path / "data" / VALUES.name).write_bytes(b"half of the payme")
    code, said = ask_doctor(tmp_path)
    assert code == 1
    assert f"data/{VALUES.name} is damaged" in said
    assert "The environment works, but has no payments" in said
    assert said.count("unpack all of it") == 2
    assert [path.name for path in (tmp_path / "data").iterdir()] == [VALUES.name], "it fetched"


@pytest.mark.full_data
def test_payments_that_are_put_in_are_those_that_the_package_believes(monkeypatch):
    for name in ("PRERELEASE_DATA", "PRERELEASE_MODE"):
        monkeypatch.delenv(name, raising=False)
    assert make_workshop.verified_values() == VALUES
    assert read_cache(VALUES, FULL) is not None


def test_start_gives_chapters_the_payments_of_the_bundle(folder, tmp_path):
    """JupyterLab itself is not started: a Python that prints its environment stands for it."""
    python = tmp_path / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    python.parent.mkdir(parents=True)
    if os.name == "nt":
        pytest.skip("a script cannot stand for python.exe")
    python.write_text("#!/bin/sh\nenv\n")
    python.chmod(0o755)
    shutil.copy(folder / "start.py", tmp_path)
    said = subprocess.check_output([sys.executable, str(tmp_path / "start.py")], text=True)
    assert f"PRERELEASE_DATA_DIR={tmp_path / 'data'}\n" in said
    assert "PRERELEASE_MODE=quick\n" in said
    settings = tmp_path / "work" / "jupyter" / "labconfig" / "default_setting_overrides.json"
    assert '"fetchNews": "false"' in settings.read_text(encoding="utf-8")


def test_bundle_of_the_sample_is_refused(monkeypatch):
    monkeypatch.setenv("PRERELEASE_DATA", "sample")
    with pytest.raises(make_workshop.BuildError, match="A workshop gets all payments"):
        make_workshop.verified_values()


def test_start_says_what_to_do_before_the_installation(folder):
    command = [sys.executable, str(folder / "start.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "run install.py first" in done.stderr


def test_bundle_without_a_site_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(make_workshop, "BUILD", tmp_path)
    with pytest.raises(make_workshop.BuildError, match="no whole site"):
        make_workshop.make(wheels=False)
