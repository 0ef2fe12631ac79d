"""The bundle of a workshop: whole, with its digests, and nothing of the instructor's in it."""

import subprocess
import sys
import zipfile

import pytest

import doctor
import editions
import make_workshop


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """The bundle, made from a small site in place of the book's."""
    build = tmp_path_factory.mktemp("build")
    (build / "site" / "slides").mkdir(parents=True)
    (build / "site" / "index.html").write_text("<html></html>", encoding="utf-8")
    (build / "site-made-from").write_text("a test", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(make_workshop, "BUILD", build)
        patch.setattr(make_workshop, "SITE", build / "site")
        patch.setattr(make_workshop, "WORKSHOP", build / "workshop")
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
    assert "sample/sample.csv.xz" in files
    assert all(doctor.sha256(str(folder / name)) == digest for name, digest in sums.items())


def test_zip_holds_the_folder_and_is_made_the_same_twice(bundle, folder, tmp_path):
    name = f"{make_workshop.NAME}.zip"
    with zipfile.ZipFile(bundle / name) as archive:
        assert archive.testzip() is None
        assert f"{make_workshop.NAME}/START-HERE.txt" in archive.namelist()
    make_workshop.zip_folder(folder, tmp_path / name)
    assert (tmp_path / name).read_bytes() == (bundle / name).read_bytes()


def test_package_is_a_wheel_with_the_sample_in_it(folder):
    (wheel,) = (folder / "package").glob("prerelease-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "prerelease/data/sample.csv.xz" in names
    assert any(name.startswith("prerelease/checks/") for name in names)


def test_doctor_in_the_bundle_looks_at_the_bundle(folder):
    command = [sys.executable, str(folder / "doctor.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert f"Looking at {folder}" in done.stdout
    assert "other files" in done.stdout


def test_start_says_what_to_do_before_the_installation(folder):
    command = [sys.executable, str(folder / "start.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "run install.py first" in done.stderr


def test_bundle_without_a_site_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(make_workshop, "BUILD", tmp_path)
    with pytest.raises(make_workshop.BuildError, match="no whole site"):
        make_workshop.make(wheels=False)
